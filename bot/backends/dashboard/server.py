"""One port for everything: the static files, `/healthz`, and the WebSocket `/feed`.

    room -> Page(room, item) -> bounded state -> every 100 ms one frame -> all browsers of that room

Laws of this file: taking an item never waits; a browser that does not keep up gets no frames until its
buffer is empty, then a snapshot; nobody from another site or behind a foreign name gets anything.
"""

import asyncio
import logging
import secrets
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from http import HTTPStatus
from urllib.parse import parse_qs, urlsplit

import msgspec
from websockets.asyncio.server import ServerConnection, broadcast, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from bot.backends.dashboard.http import LOOPBACK, cannot_listen, read_static, response, same_host, url_of
from bot.backends.dashboard.state import Item, Room
from bot.backends.dashboard.visitor import Visitor
from bot.domain.desk import Person
from bot.domain.errors import JournalError, ScriptError
from bot.domain.events import Heard
from bot.domain.ports import Desks

EVERY = 0.1  # seconds between frames
MAX_ROOMS = 32
MAX_CLIENTS = 100
MAX_STRANGERS = 50  # not logged in
BEHIND = 512 * 1024  # bytes unsent before a browser is left out
CAUGHT_UP = 32 * 1024
PATIENCE = 15.0  # seconds left out before it is cut off

# What a malformed item can raise while it is read and encoded.
_ODD = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError, msgspec.MsgspecError)
# The library reports every plain file as a rejected handshake, and every port scan with a traceback.
_quiet = logging.getLogger("zhubo.page.wire")
_quiet.setLevel(logging.CRITICAL)


class Page:
    """The live page. An Observer (bot.domain.ports): `page(room, item)` never blocks, never raises, coalesces.

    Args:
        host: address to listen on. On a loopback address only requests for a loopback name are served.
        port: TCP port; 0 takes a free one.
        plain: further pages of plain text, by path; each is made when it is asked for.
        people: who may log in, by token; empty: whoever reaches the page owns it.
        desks: where commands go; None for a page to look at only.

    Attributes:
        url: where the page is; with port 0 it is right once `ready` is set.
        ready: set while the page is being served.
        dropped: items not shown: malformed ones, rooms beyond `MAX_ROOMS`, comments beyond a frame's cap.
    """

    def __init__(
        self, host: str = "127.0.0.1", port: int = 8765, plain: Mapping[str, Callable[[], bytes]] | None = None, *,
        people: Mapping[str, Person] | None = None, desks: Desks | None = None,
    ) -> None:  # fmt: skip
        self._plain, self._people, self._desks = plain or {}, dict(people or {}), desks
        self._tickets: dict[str, tuple[float, bytes, str]] = {}
        self.host, self.port = host, port
        self.url = url_of(host, port)
        self.ready = asyncio.Event()
        self.dropped = 0
        self._rooms: dict[str, Room] = {}
        self._names = b"[]"
        self._clients: set[Visitor] = set()
        self._news = asyncio.Event()
        self._files = read_static()

    def __call__(self, room: str, item: object) -> None:
        """Take a comment and whatever else a page shows (`state.Item`); nothing is kept of anything else."""
        if not isinstance(item, Item):
            return
        if isinstance(item, Heard) and item.kind != "comment":
            return
        try:
            state = self._rooms.get(room) or self._open(room)
            state.take(item)
        except _ODD:
            self.dropped += 1
            return
        if self._clients:
            self._news.set()

    def _open(self, name: str) -> Room:
        if not isinstance(name, str):
            raise TypeError("a room's name must be a string")
        names = msgspec.json.encode([*self._rooms, name])
        if len(self._rooms) >= MAX_ROOMS:
            over = next((r.name for r in self._rooms.values() if r.link == "ended" and not r.watched), None)
            if over is None:
                raise ValueError(f"more than {MAX_ROOMS} rooms on one page")
            del self._rooms[over]
            names = msgspec.json.encode([*self._rooms, name])
        self._rooms[name] = Room(name)
        self._names = names
        for client in self._clients:
            client.stale |= client.room is None  # its room may be here now
        return self._rooms[name]

    async def serve(self) -> None:
        """Serve until cancelled.

        Raises:
            PortInUse: the port is taken; the message names it and the fix.
            SettingsError: the address cannot be listened on for another reason.
        """
        server = serve(
            self._watch,
            self.host,
            self.port,
            process_request=self._request,
            compression=None,
            max_size=8192,
            max_queue=4,
            open_timeout=1.5,  # browsers open sockets ahead of need: each would hold up a stop this long
            close_timeout=1,
            server_header=None,
            logger=_quiet,
        )
        try:
            listening = await server
        except OSError as error:
            raise cannot_listen(self.host, self.port, error) from error
        async with listening:
            self.port = listening.sockets[0].getsockname()[1]
            self.url = url_of(self.host, self.port)
            self.ready.set()
            try:
                while True:
                    await self._news.wait()
                    self._news.clear()
                    self._flush()
                    await asyncio.sleep(EVERY)
            finally:
                self.ready.clear()

    def _flush(self) -> None:
        now = time.monotonic()
        current: dict[Room | None, list[ServerConnection]] = {}
        stale: dict[Room | None, list[ServerConnection]] = {}
        for client in self._clients:
            if not client.welcome:
                if client.banned:
                    client.connection.transport.abort()
                continue
            if not self._keeps_up(client, now):
                self._news.set()  # look again, even when the room is quiet
                continue
            if client.stale:
                client.room = self._find(client.wanted)
            elif client.room is not None and client.room.restarted:
                client.stale = True
            (stale if client.stale else current).setdefault(client.room, []).append(client.connection)
            client.stale = False
        for room, connections in current.items():
            if room is not None and room.changed:
                frame, left_out = room.frame(self._names)
                self.dropped += left_out
                broadcast(connections, frame.decode())
        for room, connections in stale.items():
            snapshot = room.snapshot(self._names) if room else b'{"kind":"wait","rooms":' + self._names + b"}"
            broadcast(connections, snapshot.decode())
        watched = {client.room for client in self._clients}
        for room in self._rooms.values():
            room.restarted = False
            room.watched = room in watched
            if not room.watched:
                room.forget_changes()

    def _keeps_up(self, client: Visitor, now: float) -> bool:
        unsent = client.connection.transport.get_write_buffer_size()
        if client.behind_since is None and unsent <= BEHIND:
            return True
        if client.behind_since is None:
            client.behind_since, client.stale = now, True
        if unsent <= CAUGHT_UP:
            client.behind_since = None
            return True
        if now - client.behind_since > PATIENCE:
            client.connection.transport.abort()
        return False

    def _find(self, wanted: str) -> Room | None:
        return self._rooms.get(wanted) if wanted else next(iter(self._rooms.values()), None)

    async def _watch(self, connection: ServerConnection) -> None:
        """Keep one browser until it leaves."""
        request = connection.request
        query = parse_qs(urlsplit(request.path).query) if request else {}
        client = Visitor(connection, query.get("room", [""])[0], self._people, self._desks)
        self._clients.add(client)
        self._news.set()
        try:
            with suppress(ConnectionClosed):
                await connection.send(client.greet().decode())
                async for raw in connection:
                    reply = client.take(raw)
                    if client.export:
                        reply = await self._export(client)
                    elif client.brief:
                        reply = await self._write(client)
                    if reply is not None:
                        await connection.send(reply.decode())
                    if client.banned:
                        await connection.close(1008, "log in again")
                    self._news.set()
        finally:
            self._clients.discard(client)

    async def _write(self, client: Visitor) -> bytes:
        """Have a script written; the page asks for it then."""
        assert client.brief and self._desks  # noqa: S101 - for mypy
        (room, brief), client.brief = client.brief, None
        try:
            await self._desks.write(room, brief)
        except ScriptError as error:
            return msgspec.json.encode({"kind": "no", "why": "no_script", "detail": str(error)})
        return b'{"kind":"written"}'

    async def _export(self, client: Visitor) -> bytes:
        """Make a day's record ready to be fetched, once and within a minute, under a name that nobody can guess."""
        assert client.export and self._desks  # noqa: S101 - for mypy
        (room, day), client.export = client.export, None
        try:
            body = await self._desks.export(room, day)
        except JournalError as error:
            return msgspec.json.encode({"kind": "no", "why": "no_record", "detail": str(error)})
        now = time.monotonic()
        self._tickets = {k: v for k, v in self._tickets.items() if now - v[0] < 60}
        ticket = secrets.token_urlsafe(24)
        self._tickets[ticket] = now, body, f"zhubo-{day}.zip"
        return msgspec.json.encode({"kind": "file", "path": f"/export/{ticket}"})

    def _request(self, connection: ServerConnection, request: Request) -> Response | None:
        """Answer a plain request, or return None to let a WebSocket handshake on `/feed` go on."""
        try:
            parts = urlsplit(request.path)
        except ValueError:
            return response(HTTPStatus.BAD_REQUEST, b"bad path\n")
        hosts, origins = request.headers.get_all("Host"), request.headers.get_all("Origin")
        if len(hosts) != 1 or not self._own_name(hosts[0]):
            return response(HTTPStatus.MISDIRECTED_REQUEST, b"open this page by its own address\n")
        if getattr(request, "method", "GET") != "GET":
            return response(HTTPStatus.METHOD_NOT_ALLOWED, b"GET only\n")
        if parts.path == "/feed":
            return self._feed(origins, hosts[0])
        if parts.path == "/healthz":
            health = {"status": "ok", "rooms": len(self._rooms), "watching": len(self._clients)}
            return response(HTTPStatus.OK, msgspec.json.encode(health), "application/json", cache="no-store")
        if parts.path.startswith("/export/"):
            return self._ticket(parts.path[8:])
        if make := self._plain.get(parts.path):
            if not self._near(connection):
                return response(HTTPStatus.FORBIDDEN, b"from this machine only\n")
            return response(HTTPStatus.OK, make(), "text/plain; version=1.0.0")
        found = self._files.get(parts.path)
        if found is None:
            return response(HTTPStatus.NOT_FOUND, b"not found\n")
        body, kind = found
        return response(HTTPStatus.OK, body, kind, cache="no-store" if kind == "text/html" else "no-cache")

    def _ticket(self, ticket: str) -> Response:
        made, body, name = self._tickets.pop(ticket, (0.0, b"", ""))
        if not name or time.monotonic() - made > 60:
            return response(HTTPStatus.NOT_FOUND, b"this link is used up\n")
        return response(HTTPStatus.OK, body, "application/zip", name=name)

    def _feed(self, origins: list[str], host: str) -> Response | None:
        """Refuse a handshake of a foreign page, or one too many; None lets it go on."""
        if any(not same_host(origin, host) for origin in origins):
            return response(HTTPStatus.FORBIDDEN, b"foreign origin\n")
        inside = sum(client.welcome for client in self._clients)
        if inside >= MAX_CLIENTS or len(self._clients) - inside >= MAX_STRANGERS:
            return response(HTTPStatus.SERVICE_UNAVAILABLE, b"too many viewers of this page\n")
        return None

    def _near(self, connection: ServerConnection) -> bool:
        """Tell whether a request may read plain pages: where people log in, those of this machine alone."""
        return not self._people or (connection.remote_address or ("",))[0] in LOOPBACK

    def _own_name(self, host: str) -> bool:
        """Refuse foreign names on a loopback address: a name that was made to point here (DNS rebinding)."""
        if self.host not in LOOPBACK:
            return True
        try:
            return urlsplit("//" + host).hostname in LOOPBACK
        except ValueError:
            return False
