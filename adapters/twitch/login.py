"""Getting a Twitch token without a web server: the device-code flow, and renewing it.

The page names a code, the streamer types it into twitch.tv/activate on any device, and the token comes here.
https://dev.twitch.tv/docs/authentication/getting-tokens-oauth/#device-code-grant-flow
"""

import asyncio
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import msgspec

from adapters.rest import Rest
from bot.domain.errors import SettingsError

ID = "https://id.twitch.tv/oauth2"
SCOPES = "user:read:chat user:write:chat"
T = TypeVar("T")
GRANT = "urn:ietf:params:oauth:grant-type:device_code"


class Code(msgspec.Struct):
    """What the streamer types in, where, and how often to ask whether it was."""

    device_code: str
    user_code: str
    verification_uri: str
    expires_in: float = 1800.0
    interval: float = 5.0


class Pair(msgspec.Struct):
    """A token, and what renews it once."""

    access_token: str
    refresh_token: str = ""
    client_id: str = ""

    def __repr__(self) -> str:
        """Keep secrets out of logs."""
        return "Pair(...)"


async def code(rest: Rest, base: str, client: str) -> Code:
    """Ask for a code. Raises SettingsError."""
    answer = await rest.call("POST", f"{base}/device", data={"client_id": client, "scopes": SCOPES})
    if not answer.good:
        why = answer.why or answer.words() or answer.status
        raise SettingsError(
            f"--client {client}: Twitch answers {why}. Fix: copy the Client ID from dev.twitch.tv/console."
        )
    return _read(answer.body, Code)


async def wait(
    rest: Rest, base: str, client: str, asked: Code, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
) -> Pair:
    """Wait until the streamer typed the code in. Raises SettingsError when it ran out or was refused."""
    fields = {"client_id": client, "scopes": SCOPES, "device_code": asked.device_code, "grant_type": GRANT}
    pause, left = max(1.0, asked.interval), asked.expires_in
    while left > 0:
        await sleep(pause)
        left -= pause
        answer = await rest.call("POST", f"{base}/token", data=fields)
        if answer.good:
            return msgspec.structs.replace(_read(answer.body, Pair), client_id=client)
        said = answer.words().lower()
        if "slow_down" in said:
            pause += 5.0
        elif answer.status == 400 and "authorization_pending" not in said:
            raise SettingsError(f"Twitch did not give a token: {said}. Fix: run the login again.")
    raise SettingsError("nobody typed the code in, and it ran out. Fix: run the login again.")


async def refresh(rest: Rest, base: str, pair: Pair) -> Pair:
    """Renew a token. Raises SettingsError when Twitch does not."""
    fields = {"client_id": pair.client_id, "grant_type": "refresh_token", "refresh_token": pair.refresh_token}
    answer = await rest.call("POST", f"{base}/token", data=fields)
    if not answer.good:
        raise SettingsError(f"Twitch does not renew the token ({answer.why or answer.status}). Fix: log in again.")
    return msgspec.structs.replace(_read(answer.body, Pair), client_id=pair.client_id)


def load(file: Path) -> Pair:
    """Read a kept token. Raises SettingsError."""
    try:
        return _read(file.read_bytes(), Pair)
    except OSError as error:
        raise SettingsError(
            f"ZHUBO_TWITCH_REFRESH_FILE: {file} cannot be read ({error.strerror}). Fix: run `zhubo login twitch`."
        ) from error


def save(file: Path, pair: Pair) -> None:
    """Keep a token where only its owner can read it; the old one stays whole until the new one is."""
    file.parent.mkdir(parents=True, exist_ok=True)
    new = file.with_name(file.name + ".new")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        out.write(msgspec.json.encode(pair))
        os.fsync(out.fileno())
    new.replace(file)


def _read(body: bytes, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(body, type=kind, strict=False)
    except (msgspec.DecodeError, RecursionError) as error:
        raise SettingsError(f"Twitch's answer was not understood ({error}). Fix: run the login again.") from error
