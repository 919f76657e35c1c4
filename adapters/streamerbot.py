"""Streamer.bot: chats of Twitch, YouTube, Kick and more through the streamer's own program.

    streamerbot://127.0.0.1:8080/?platform=twitch

ZHUBO_STREAMERBOT_TOKEN is the password of its WebSocket server (Servers/Clients); without one that server lets us read
but not write. It writes as the account that is logged in there.

https://docs.streamer.bot/api/websocket/requests
"""

import asyncio
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from adapters.dial import Answers, dialled, heard, proof
from bot.domain.errors import Fatal, Retry, SettingsError
from bot.domain.events import Event, User
from bot.domain.ports import Caps, Outgoing, Receipt, Session

PATIENCE = 40.0  # seconds in which an unanswered ping ends the connection
WITHIN = 4.0  # seconds for an answer
# What to subscribe to, by platform: events that are comments, and events that take comments back.
SOURCES = {
    "twitch": ("Twitch", ("ChatMessage",), ("ChatMessageDeleted",)),
    "youtube": ("YouTube", ("Message", "SuperChat"), ("MessageDeleted",)),
    "kick": ("Kick", ("ChatMessage",), ("ChatMessageDeleted",)),
    "trovo": ("Trovo", ("ChatMessage",), ("ChatMessageDeleted",)),
}
_PASSWORD = "Fix: copy the password from Streamer.bot (Servers/Clients, WebSocket Server) into ZHUBO_STREAMERBOT_TOKEN."


def frame(raw: bytes) -> dict[str, Any]:
    """Read a frame. Raises ValueError."""
    try:
        return msgspec.json.decode(raw, type=dict[str, Any])
    except (msgspec.DecodeError, RecursionError) as error:
        raise ValueError(str(error)) from error


def event(found: Mapping[str, Any], comments: tuple[str, ...], deletions: tuple[str, ...]) -> Event:
    """Turn a frame with an event into ours. Raises ValueError."""
    head, data = found["event"], found.get("data")
    kind = head.get("type") if isinstance(head, dict) else ""
    if not isinstance(data, dict):
        raise ValueError("an event without data")
    message = data.get("message")
    message = message if isinstance(message, dict) else data
    id = _first(message, "msgId", "messageId", "id") or _first(data, "targetMessageId", "messageId", "eventId", "id")
    if kind in deletions:
        return Event("retract", f"d-{id}", target=id)
    if kind not in comments:
        return Event("other", id)
    user = data.get("user") if isinstance(data.get("user"), dict) else {}
    who = _first(message, "userId") or _first(user or {}, "id")
    name = _first(message, "displayName", "username") or _first(user or {}, "name", "displayName")
    text = _first(message, "message", "text") or _first(data, "text")
    role = message.get("role")
    roles = {4: ("host",), 3: ("moderator",), 2: ("vip",)}.get(role, ()) if isinstance(role, int) else ()
    own = message.get("isMe") is True or data.get("isMe") is True or message.get("internal") is True
    return Event("comment", id, user=User(who or name, name, roles) if who or name else None, text=text, own=own)


def _first(fields: Mapping[str, Any], *names: str) -> str:
    found = (fields.get(name) for name in names)
    return next((str(value) for value in found if isinstance(value, (str, int)) and value != ""), "")


class StreamerBot:
    """One platform of one Streamer.bot."""

    def __init__(self, url: str, password: str, platform: str, patience: float) -> None:
        self._url, self._password, self._platform, self._patience = url, password, platform, patience
        self._source, self._comments, self._deletions = SOURCES[platform]
        self._link: ClientConnection | None = None
        self._answers = Answers()

    def caps(self) -> Caps:
        """Return the tightest of the platforms behind it."""
        return Caps(max_chars=200, per_window=(20, 30.0), min_gap=1.5)

    async def session(self, ctx: Session) -> None:
        """Run one connection."""
        async with dialled(self._url, "Streamer.bot", keepalive=self._patience) as link:
            opening = asyncio.create_task(self._open(link, frame_of(await heard(link, 10.0)), ctx))
            try:
                while True:
                    raw = await heard(link, None)
                    try:
                        self._take(frame(raw), ctx)
                    except ValueError as error:
                        ctx.malformed(str(error))
                    await ctx.breathe()
            except ConnectionClosed:
                if opening.done() and (why := opening.exception()):
                    raise why from None
                raise
            finally:
                self._link = None
                self._answers.close()
                opening.cancel()
                await asyncio.wait([opening])

    def _take(self, found: Mapping[str, Any], ctx: Session) -> None:
        if "event" in found:
            ctx.emit(event(found, self._comments, self._deletions))
        elif "id" in found:
            self._answers.take(found["id"], dict(found))

    async def _open(self, link: ClientConnection, hello: Mapping[str, Any], ctx: Session) -> None:
        asked = hello.get("authentication")
        if isinstance(asked, dict):
            seal = proof(self._password, str(asked.get("salt")), str(asked.get("challenge")))
            if not _ok(await self._ask(link, "Authenticate", authentication=seal)):
                link.transport.abort()
                raise Fatal(f"Streamer.bot refuses the password. {_PASSWORD}")
        wanted = {self._source: [*self._comments, *self._deletions]}
        if not _ok(await self._ask(link, "Subscribe", events=wanted)):
            link.transport.abort()
            raise Retry("Streamer.bot did not subscribe us")
        self._link = link
        ctx.ready()

    async def _ask(self, link: ClientConnection, verb: str, **fields: object) -> dict[str, Any] | None:
        def write(id: str) -> str:
            return msgspec.json.encode({"request": verb, "id": id, **fields}).decode()

        return await self._answers.ask(link, write, WITHIN)

    async def send(self, out: Outgoing) -> Receipt:
        """Write one line."""
        link = self._link
        if link is None:
            return Receipt(out.key, "dropped", "not connected")
        reply = await self._ask(
            link, "SendMessage", platform=self._platform, message=out.text, bot=False, internal=False
        )
        if reply is None:
            return Receipt(out.key, "unknown", "Streamer.bot did not answer")
        why = str(reply.get("error") or reply.get("status"))[:200]
        return Receipt(out.key, "accepted") if _ok(reply) else Receipt(out.key, "dropped", f"Streamer.bot: {why}")

    async def aclose(self) -> None:
        """Nothing is held between connections."""


def _ok(reply: Mapping[str, Any] | None) -> bool:
    return reply is not None and reply.get("status") == "ok"


def frame_of(raw: bytes) -> dict[str, Any]:
    """Read the greeting. Raises Retry."""
    try:
        return frame(raw)
    except ValueError as error:
        raise Retry(f"this is no Streamer.bot: {error}") from error


def open_room(url: str, options: Mapping[str, str]) -> StreamerBot:
    """Build the adapter for streamerbot:// rooms."""
    parts = urlsplit(url)
    platform = parse_qs(parts.query).get("platform", ["twitch"])[-1].lower()
    if platform not in SOURCES:
        raise SettingsError(f"room {url}: platform {platform}. Fix: use one of {', '.join(SOURCES)}.")
    try:
        host, port = parts.hostname or "127.0.0.1", parts.port or 8080
    except ValueError as error:
        raise SettingsError(f"room {url}: {error}. Fix: give streamerbot://127.0.0.1:8080/?platform=twitch.") from error
    patience = float(options.get("patience", PATIENCE))
    return StreamerBot(f"ws://{host}:{port}/", options.get("token", ""), platform, patience)
