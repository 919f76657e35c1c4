"""Getting a Twitch token without a web server, by the device-code flow; checking it, and renewing it.

The page names a code, the streamer types it into twitch.tv/activate on any device, and the token comes here. It is good
for some four hours; what renews it, of an application whose client type is "Public", can be used once, and no secret is
asked for.

https://dev.twitch.tv/docs/authentication/getting-tokens-oauth/#device-code-grant-flow
https://dev.twitch.tv/docs/authentication/refresh-tokens/ · https://dev.twitch.tv/docs/authentication/validate-tokens/
"""

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

import msgspec

from adapters.rest import Answer, Rest
from adapters.twitch.codec import AGAIN
from bot.domain.errors import Fatal, Retry, SettingsError

log = logging.getLogger(__name__)

ID = "https://id.twitch.tv/oauth2"
NEEDED = ("user:read:chat", "user:write:chat")
SCOPES = " ".join(NEEDED)
FASTER = 1.0  # seconds in which another room has saved what it renewed
T = TypeVar("T")
GRANT = "urn:ietf:params:oauth:grant-type:device_code"


class Code(msgspec.Struct):
    """What the streamer types in, where, and how often to ask whether it was."""

    device_code: str
    user_code: str
    verification_uri: str
    expires_in: float = 1800.0
    interval: float = 5.0

    def __repr__(self) -> str:
        """Keep secrets out of logs."""
        return "Code(...)"


class Pair(msgspec.Struct):
    """A token, and what renews it once."""

    access_token: str
    refresh_token: str = ""
    client_id: str = ""

    def __repr__(self) -> str:
        """Keep secrets out of logs."""
        return "Pair(...)"


class Valid(msgspec.Struct):
    """What a token is good for."""

    client_id: str = ""
    login: str = ""
    user_id: str = ""
    scopes: list[str] | None = None


class Account:
    """The account that reads and writes: its token, checked and renewed.

    Args:
        file: where the token and what renews it are kept; None for a token that is not renewed.
        client: id of the application, where the file does not tell.

    Attributes:
        me: our user id, once checked.
    """

    def __init__(self, token: str, file: Path | None, base: str, client: str = "") -> None:
        self._token, self._file, self._base, self._client = token, file, base, client
        self._unsaved: Pair | None = None
        self.me = ""

    def headers(self) -> dict[str, str]:
        """Return what every call of the API carries."""
        return {
            "Authorization": f"Bearer {self._token}", "Client-Id": self._client, "Content-Type": "application/json",
        }  # fmt: skip

    async def check(self, rest: Rest) -> None:
        """Find out who we are and what we may; renew an expired token. Raises Fatal, Retry."""
        answer = await validate(rest, self._base, self._token)
        if answer.status == 401 and self._adopted():
            answer = await validate(rest, self._base, self._token)
        if answer.status == 401 and self._file:
            await self._renew(rest)
            answer = await validate(rest, self._base, self._token)
        if answer.status == 401:
            raise Fatal(f"Twitch refuses the token: it expired or was revoked. {AGAIN}")
        if not answer.good:
            raise rest.failed(answer)
        try:
            found = answer.read(Valid)
        except ValueError as error:
            raise Retry(f"Twitch's answer on the token is {error}") from error
        if missing := [scope for scope in NEEDED if scope not in (found.scopes or ())]:
            raise Fatal(f"the Twitch token may not do {', '.join(missing)}. {AGAIN}")
        if not found.user_id:
            raise Fatal(f"the Twitch token belongs to no user. {AGAIN}")
        self._client, self.me = found.client_id, found.user_id

    def _adopted(self) -> bool:
        """Take the token that another room, or a new login, has put into the file since."""
        with suppress(SettingsError):
            if self._file and (kept := load(self._file).access_token) not in ("", self._token):
                self._token = kept
                return True
        return False

    async def _renew(self, rest: Rest) -> None:
        assert self._file
        try:
            pair = self._unsaved or load(self._file)
        except SettingsError as error:
            raise Fatal(str(error)) from error
        pair.client_id = pair.client_id or self._client
        try:
            pair = await refresh(rest, self._base, pair)
        except Fatal:
            await asyncio.sleep(FASTER)  # another room was, and saves now
            if self._adopted():
                return
            raise
        self._token, self._unsaved = pair.access_token, None
        try:
            save(self._file, pair)
        except OSError as error:
            self._unsaved = pair  # the old one was used up
            log.warning("Twitch: the renewed token cannot be written to %s (%s); it is lost when zhubo stops. "
                        "Fix: make the file writable.", self._file, error.strerror)  # fmt: skip


async def validate(rest: Rest, base: str, token: str) -> Answer:
    """Ask what a token is good for; 401 when it is none."""
    return await rest.call("GET", f"{base}/validate", headers={"Authorization": f"OAuth {token}"})


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
    """Renew a token. Raises Fatal when Twitch does not, Retry when it cannot be asked."""
    fields = {"client_id": pair.client_id, "grant_type": "refresh_token", "refresh_token": pair.refresh_token}
    answer = await rest.call("POST", f"{base}/token", data=fields)
    if answer.status in (400, 401, 403):
        said = answer.words()
        public = " Register the application with the client type Public." if "secret" in said.lower() else ""
        raise Fatal(f"Twitch does not renew the token ({said or answer.status}). {AGAIN}{public}")
    if not answer.good:
        raise rest.failed(answer)
    try:
        new = _read(answer.body, Pair)
    except SettingsError as error:
        raise Fatal(str(error)) from error
    return Pair(new.access_token, new.refresh_token or pair.refresh_token, pair.client_id)


def load(file: Path) -> Pair:
    """Read a kept token. Raises SettingsError."""
    try:
        return _read(file.read_bytes(), Pair, f"ZHUBO_TWITCH_REFRESH_FILE: {file}")
    except OSError as error:
        raise SettingsError(f"ZHUBO_TWITCH_REFRESH_FILE: {file} cannot be read ({error.strerror}). {AGAIN}") from error


def save(file: Path, pair: Pair) -> None:
    """Keep a token where only its owner can read it; the old one stays whole until the new one is. Raises OSError."""
    file.parent.mkdir(parents=True, exist_ok=True)
    new = file.with_name(f"{file.name}.{os.getpid()}.new")
    new.unlink(missing_ok=True)  # made anew, so that nobody else holds it open
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        out.write(msgspec.json.encode(pair))
        out.flush()
        os.fsync(out.fileno())
    new.replace(file)


def _read(body: bytes, kind: type[T], what: str = "Twitch's answer") -> T:
    try:
        return msgspec.json.decode(body, type=kind, strict=False)
    except (msgspec.DecodeError, RecursionError) as error:
        raise SettingsError(f"{what} is not understood ({error}). {AGAIN}") from error
