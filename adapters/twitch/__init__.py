"""Twitch: a channel's chat by EventSub over WebSocket, and Helix to write.

    twitch://CHANNEL

ZHUBO_TWITCH_TOKEN is a user access token with user:read:chat and user:write:chat (`zhubo login twitch` gets one by the
device-code flow); ZHUBO_TWITCH_REFRESH_FILE, which that command writes, lets it be renewed when it expires.

https://dev.twitch.tv/docs/eventsub/handling-websocket-events/ · https://dev.twitch.tv/docs/api/reference/#send-chat-message
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from adapters.dial import dialled, heard
from adapters.rest import Answer, Rest
from adapters.twitch.codec import WANTED, event, frame
from adapters.twitch.login import ID, load, refresh, save
from bot.domain.errors import Fatal, Retry, SettingsError
from bot.domain.ports import Caps, Outgoing, Receipt, Session

HELIX = "https://api.twitch.tv/helix"
EVENTSUB = "wss://eventsub.wss.twitch.tv/ws"
NEEDED = ("user:read:chat", "user:write:chat")
SLACK = 5.0  # seconds beyond the keepalive that the platform announces
REST = 0.3  # seconds that a connection is read after its successor said welcome
KEPT = 200  # lines of ours whose echo is recognised
FATAL = {
    4001: "the connection was used to send. This is a defect of the adapter",
    4003: "nothing was subscribed to in time", 4007: "the address to reconnect to is not valid",
}  # fmt: skip
_LOGIN = "Fix: run `zhubo login twitch` and set what it prints."


class Twitch:
    """One channel."""

    def __init__(
        self, channel: str, token: str, *, file: Path | None, patience: float | None, helix: str, eventsub: str, id: str
    ) -> None:  # fmt: skip
        self._channel, self._token, self._file, self._patience = channel, token, file, patience
        self._helix, self._eventsub, self._id = helix, eventsub, id
        self._client = self._me = self._room = ""
        self._ours: OrderedDict[str, str] = OrderedDict()
        self._rest: Rest | None = None

    def caps(self) -> Caps:
        """Return the published limits: 500 characters, 20 messages in 30 s, one in a second for a channel."""
        return Caps(max_chars=500, per_window=(20, 30.0), min_gap=1.0, echo=True)

    async def session(self, ctx: Session) -> None:
        """Run one connection; when the platform moves it, follow without a gap."""
        async with Rest("Twitch") as rest:
            await self._who(rest)
            async with dialled(self._eventsub, "Twitch EventSub", fatal=FATAL) as link:
                welcome = await self._welcome(link)
                for kind in WANTED:
                    await self._subscribe(rest, kind, welcome.get("id", ""))
                self._rest = rest
                ctx.ready()
                try:
                    await self._follow(link, welcome, ctx)
                finally:
                    self._rest = None

    async def _follow(self, link: ClientConnection, welcome: Mapping[str, Any], ctx: Session) -> None:
        """Read a connection, and the one that the platform moves it to: nothing falls between them."""
        move = await self._listen(link, welcome, ctx)
        async with dialled(move, "Twitch EventSub", fatal=FATAL) as new:
            welcome = await self._welcome(new)
            with suppress(TimeoutError, ConnectionClosed):
                async with asyncio.timeout(REST):  # what the old one still has
                    while True:
                        self._take(await link.recv(decode=False), ctx)
            await link.close()
            await self._follow(new, welcome, ctx)

    async def _welcome(self, link: ClientConnection) -> dict[str, Any]:
        for _ in range(10):
            try:
                found = frame(await heard(link, 10.0))
            except ValueError:
                continue
            if found.metadata.message_type == "session_welcome":
                session = found.payload.get("session")
                return session if isinstance(session, dict) else {}
        raise Retry("Twitch did not say welcome")

    async def _listen(self, link: ClientConnection, welcome: Mapping[str, Any], ctx: Session) -> str:
        """Read until the platform names another address; returns it."""
        announced = welcome.get("keepalive_timeout_seconds") or 10
        patience = self._patience or (float(announced) + SLACK if isinstance(announced, (int, float)) else 30.0)
        while True:
            if move := self._take(await heard(link, patience), ctx):
                return move
            await ctx.breathe()

    def _take(self, raw: bytes, ctx: Session) -> str:
        """Take a frame; returns the address that it moves the connection to, commonly ""."""
        try:
            found = frame(raw)
            if found.metadata.message_type == "notification":
                ctx.emit(event(found, self._me, self._ours))
            elif found.metadata.message_type == "session_reconnect":
                session = found.payload.get("session")
                return str(session.get("reconnect_url") or "") if isinstance(session, dict) else ""
            elif found.metadata.message_type == "revocation":
                subscription = found.payload.get("subscription")
                why = subscription.get("status", "") if isinstance(subscription, dict) else ""
                raise Fatal(f"Twitch took the permission back ({why}). {_LOGIN}")
        except ValueError as error:
            ctx.malformed(str(error))
        return ""

    async def _who(self, rest: Rest) -> None:
        """Find out who we are and what we may, and who the channel is."""
        answer = await rest.call("GET", f"{self._id}/validate", headers={"Authorization": f"OAuth {self._token}"})
        if answer.status == 401 and self._file and await self._renewed(rest, self._file):
            answer = await rest.call("GET", f"{self._id}/validate", headers={"Authorization": f"OAuth {self._token}"})
        if answer.status == 401:
            raise Fatal(f"Twitch refuses the token: it expired or was revoked. {_LOGIN}")
        found = self._object(rest, answer)
        self._client, self._me = str(found.get("client_id", "")), str(found.get("user_id", ""))
        scopes = found.get("scopes")
        if missing := [scope for scope in NEEDED if scope not in (scopes if isinstance(scopes, list) else [])]:
            raise Fatal(f"the Twitch token may not do {', '.join(missing)}. {_LOGIN}")
        if not self._me:
            raise Fatal(f"the Twitch token belongs to no user. {_LOGIN}")
        answer = await rest.call(
            "GET", f"{self._helix}/users", params={"login": self._channel}, headers=self._headers()
        )
        users = self._object(rest, answer).get("data")
        if not isinstance(users, list) or not users:
            raise Fatal(f"Twitch has no channel {self._channel}. Fix: give twitch://CHANNEL, as in twitch.tv/CHANNEL.")
        self._room = str(users[0].get("id", "")) if isinstance(users[0], dict) else ""

    async def _renewed(self, rest: Rest, file: Path) -> bool:
        try:
            pair = await refresh(rest, self._id, load(file))
            save(file, pair)
        except (SettingsError, OSError):
            return False
        self._token = pair.access_token
        return True

    async def _subscribe(self, rest: Rest, kind: str, session: str) -> None:
        condition = {"broadcaster_user_id": self._room, "user_id": self._me}
        transport = {"method": "websocket", "session_id": session}
        body = msgspec.json.encode({"type": kind, "version": "1", "condition": condition, "transport": transport})
        answer = await rest.call("POST", f"{self._helix}/eventsub/subscriptions", headers=self._headers(), data=body)
        if answer.good or answer.status == 409 or (kind != WANTED[0] and answer.status in (400, 403)):
            return
        if answer.status in (401, 403):
            raise Fatal(f"Twitch does not let the token read this chat ({answer.words()}). {_LOGIN}")
        raise rest.failed(answer)

    def _object(self, rest: Rest, answer: Answer) -> dict[str, Any]:
        if not answer.good:
            raise rest.failed(answer)
        try:
            return answer.read(dict[str, Any])
        except ValueError as error:
            raise Retry(f"Twitch: {error}") from error

    def _headers(self) -> dict[str, str]:
        return {
            "Authorization": f"Bearer {self._token}", "Client-Id": self._client, "Content-Type": "application/json",
        }  # fmt: skip

    async def send(self, out: Outgoing) -> Receipt:
        """Write one line, as a reply to the newest comment that it answers."""
        rest = self._rest
        if rest is None:
            return Receipt(out.key, "dropped", "not connected")
        fields = {"broadcaster_id": self._room, "sender_id": self._me, "message": out.text}
        if out.reply_to:
            fields["reply_parent_message_id"] = out.reply_to[-1]
        body = msgspec.json.encode(fields)
        answer = await rest.call("POST", f"{self._helix}/chat/messages", headers=self._headers(), data=body)
        if answer.status == 429:
            reset = answer.headers.get("Ratelimit-Reset", "")
            after = max(0.0, float(reset) - time.time()) if reset.isdecimal() and len(reset) < 12 else 30.0
            return Receipt(out.key, "dropped", "Twitch: too many requests", min(after, 120.0))
        if not answer.good:
            lost = answer.left and not 400 <= answer.status < 500
            why = answer.why or f"Twitch answers {answer.status} {answer.words()}"
            return Receipt(out.key, "unknown" if lost else "dropped", why)
        return self._taken(out.key, answer)

    def _taken(self, key: str, answer: Answer) -> Receipt:
        try:
            data = answer.read(dict[str, list[dict[str, Any]]])["data"][0]
        except (ValueError, KeyError, IndexError):
            return Receipt(key, "unknown", "Twitch's answer was not understood")
        if data.get("is_sent") is True:
            self._ours[str(data.get("message_id"))] = key
            while len(self._ours) > KEPT:
                self._ours.popitem(last=False)
            return Receipt(key, "accepted")
        reason = data.get("drop_reason")
        why = reason.get("message") or reason.get("code") if isinstance(reason, dict) else ""
        return Receipt(key, "dropped", f"Twitch did not show it: {str(why)[:200]}")

    async def aclose(self) -> None:
        """Nothing is held between connections."""


def open_room(url: str, options: Mapping[str, str]) -> Twitch:
    """Build the adapter for twitch:// rooms."""
    parts = urlsplit(url)
    given = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    channel = (parts.hostname or "").lower()
    if not channel.replace("_", "").isalnum():
        raise SettingsError("room twitch: no channel. Fix: give twitch://CHANNEL, as in twitch.tv/CHANNEL.")
    file = Path(options["refresh_file"]).expanduser() if options.get("refresh_file") else None
    token = options.get("token", "")
    if not token and file:
        token = load(file).access_token
    if not token:
        raise SettingsError(f"room {url}: no token. {_LOGIN}")
    patience = float(options["patience"]) if options.get("patience") else None
    return Twitch(
        channel, token, file=file, patience=patience, helix=given.get("api", HELIX),
        eventsub=given.get("eventsub", EVENTSUB), id=given.get("id", ID),
    )  # fmt: skip
