"""Bilibili Open Live (直播开放平台): a room's comments by the official route; read-only.

    bilibili://LABEL?app=APP_ID&key=ACCESS_KEY_ID

ZHUBO_BILIBILI_TOKEN is the access key's secret, ZHUBO_BILIBILI_CODE the streamer's identity code (身份码). LABEL is any
name. The platform offers no way to write comments; answers go to the page, or to an OBS overlay in the same show.

Control is signed HTTP (start, heartbeat every 20 s, end), comments come as binary WebSocket packets.
https://open-live.bilibili.com/document/
"""

import asyncio
import secrets
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from adapters.bilibili.codec import ASK_AUTH, ASK_BEAT, AUTH_REPLY, MESSAGE, events, pack, packets, signed
from adapters.dial import dialled, heard
from adapters.rest import Rest
from bot.domain.errors import Fatal, Retry, SettingsError
from bot.domain.ports import Caps, Outgoing, Receipt, Session

API = "https://live-open.biliapi.com"
BEAT, LIVE_BEAT = 30.0, 20.0  # seconds: of the socket, of the project
CUTS = 4  # failed connections in a row after which the session is given up
PATIENCE = 70.0  # seconds: two heartbeats without an answer
GONE = 7003  # the project's session is not there any more
_KEYS = "Fix: check ?key= and ZHUBO_BILIBILI_TOKEN (access key id and secret of the developer account)"
FATAL = {
    4001: "the application is not valid. Fix: check ?app=", 4002: f"the signature is refused. {_KEYS}",
    4003: "the request counts as expired. Fix: set this machine's clock; it may be off by more than 10 minutes",
    4007: "this address is not on the application's list. Fix: add it on the developer page",
    4008: "the application may not do this. Fix: ask for the permission on the developer page",
    5004: "the room is not on the application's list", 5005: "the room is barred from the application",
    7007: "the identity code is wrong. Fix: copy it anew from the streamer's page into ZHUBO_BILIBILI_CODE",
    8002: "the project is not released to this room. Fix: release it, or add the streamer as a tester",
}  # fmt: skip
WAIT = {7001: 30.0, 7002: 30.0}  # the last session of this room is not over yet


class Reply(msgspec.Struct):
    """Answer of the HTTP interface."""

    code: int
    message: str = ""
    data: Any = None


class Game(msgspec.Struct):
    """The project's session."""

    game_id: str = ""


class Socket(msgspec.Struct):
    """Where comments come from, and how to say who asks."""

    auth_body: str
    wss_link: list[str]


class Started(msgspec.Struct):
    """What `start` answers."""

    game_info: Game
    websocket_info: Socket


class Bilibili:
    """One room."""

    def __init__(self, api: str, app: int, key: str, secret: str, code: str, patience: float) -> None:
        self._api, self._app, self._key, self._secret, self._code = api, app, key, secret, code
        self._patience = patience
        self._beat, self._live_beat = min(BEAT, patience / 3), min(LIVE_BEAT, patience / 3)
        self._started: Started | None = None
        self._cuts = 0

    def caps(self) -> Caps:
        """Return that nothing can be sent."""
        return Caps(can_send=False)

    async def session(self, ctx: Session) -> None:
        """Run one connection. The project is started once: after a cut its session goes on, since each start may be
        followed by a time in which the room takes no other.
        """
        async with Rest("Bilibili") as rest:
            if self._cuts >= CUTS:
                await self._end(rest)
            started = self._started = self._started or await self._start(rest)
            game, links = started.game_info.game_id, started.websocket_info.wss_link
            beating = asyncio.create_task(self._alive(rest, game))
            try:
                if not links:
                    raise Retry("Bilibili named no address for the comments")
                self._cuts += 1
                async with dialled(links[(self._cuts - 1) % len(links)], "Bilibili's comments") as link:
                    await self._listen(link, started.websocket_info.auth_body, game, beating, ctx)
            finally:
                beating.cancel()
                await asyncio.wait([beating])

    async def _end(self, rest: Rest) -> None:
        """End the project's session; without it the room may refuse the next start for a while."""
        started, self._started, self._cuts = self._started, None, 0
        if started:
            with suppress(TimeoutError):
                async with asyncio.timeout(1.0):
                    await self._call(rest, "end", {"app_id": self._app, "game_id": started.game_info.game_id})

    async def _listen(
        self, link: ClientConnection, auth: str, game: str, beating: asyncio.Task[None], ctx: Session
    ) -> None:
        await link.send(pack(ASK_AUTH, auth.encode()))
        knocking = asyncio.create_task(self._knock(link))
        beating.add_done_callback(lambda _: link.transport.abort())
        try:
            while True:
                raw = await heard(link, self._patience)
                try:
                    for operation, body in packets(raw):
                        self._take(operation, body, game, ctx)
                except ValueError as error:
                    ctx.malformed(str(error))
                await ctx.breathe()
        except ConnectionClosed:
            if beating.done() and not beating.cancelled() and (why := beating.exception()):
                raise why from None
            raise
        finally:
            knocking.cancel()
            await asyncio.wait([knocking])

    def _take(self, operation: int, body: bytes, game: str, ctx: Session) -> None:
        if operation == AUTH_REPLY:
            if b'"code":0' not in body.replace(b" ", b"")[:1000]:
                self._cuts = CUTS  # its session is of no use any more
                raise Retry(f"Bilibili's comments refuse the connection ({body[:100].decode('utf-8', 'replace')})")
            self._cuts = 0
            ctx.ready()
        elif operation == MESSAGE:
            for event in events(body):
                ctx.emit(event)
                if event.text == "interaction_end" and event.kind == "room" and event.target in (game, "?"):
                    self._started = None
                    raise Retry("Bilibili ended the project's session; it is started again")

    async def _knock(self, link: ClientConnection) -> None:
        with suppress(ConnectionClosed):
            while True:
                await asyncio.sleep(self._beat)
                await link.send(pack(ASK_BEAT, b""))

    async def _alive(self, rest: Rest, game: str) -> None:
        """Tell the platform every 20 s that the project runs. Raises Retry when it does not know it any more."""
        while True:
            await asyncio.sleep(self._live_beat)
            reply = await self._call(rest, "heartbeat", {"game_id": game})
            if isinstance(reply, Reply) and reply.code == GONE:
                self._started = None
                raise Retry("Bilibili does not know the project's session any more; it is started again")

    async def _start(self, rest: Rest) -> Started:
        reply = await self._call(rest, "start", {"code": self._code, "app_id": self._app})
        if isinstance(reply, Retry):
            raise reply
        if reply.code in FATAL:
            raise Fatal(f"Bilibili ({reply.code}): {FATAL[reply.code]}.")
        if reply.code in WAIT:
            raise Retry(f"Bilibili ({reply.code}): the room's last session is not over yet", WAIT[reply.code])
        if reply.code:
            raise Retry(f"Bilibili ({reply.code}): {reply.message[:100]}")
        try:
            return msgspec.convert(reply.data, Started, strict=False)
        except msgspec.ValidationError as error:
            raise Retry(f"Bilibili's start was not understood: {error}") from error

    async def _call(self, rest: Rest, verb: str, fields: Mapping[str, object]) -> Reply | Retry:
        body = msgspec.json.encode(fields)
        headers = signed(body, self._key, self._secret, time.time(), secrets.token_hex(16))
        answer = await rest.call("POST", f"{self._api}/v2/app/{verb}", headers=headers, data=body)
        try:
            return answer.read(Reply) if answer.good else rest.failed(answer)
        except ValueError as error:
            return Retry(f"Bilibili's {verb}: {error}")

    async def send(self, out: Outgoing) -> Receipt:
        """There is no way to write here."""
        return Receipt(out.key, "dropped", "Bilibili Open Live is read-only")

    async def aclose(self) -> None:
        """End the project's session."""
        if self._started:
            async with Rest("Bilibili") as rest:
                await self._end(rest)


def open_room(url: str, options: Mapping[str, str]) -> Bilibili:
    """Build the adapter for bilibili:// rooms."""
    given = {name: values[-1] for name, values in parse_qs(urlsplit(url).query).items()}
    app, key = given.get("app", ""), given.get("key", "")
    if not app.isdecimal() or not key:
        raise SettingsError(f"room {url}: app or key is missing. Fix: give bilibili://NAME?app=APP_ID&key=KEY_ID.")
    secret, code = options.get("token", ""), options.get("code", "")
    if not secret or not code:
        missing = "ZHUBO_BILIBILI_CODE (the streamer's 身份码)" if secret else "ZHUBO_BILIBILI_TOKEN (the key's secret)"
        raise SettingsError(f"room bilibili: no credential. Fix: set {missing}.")
    patience = float(options.get("patience", PATIENCE))
    return Bilibili(given.get("api", API).rstrip("/"), int(app), key, secret, code, patience)
