"""The generic room protocol's connections, in both roles.

    ws://host:port/room, wss://…   we dial the platform
    listen://host:port/room        the platform (or a bridge) dials us

Frames are described by `schema/zhubo.v1.json`; the subprotocol is `zhubo.v1`, the token goes as
`Authorization: Bearer …` (environment variable ZHUBO_TOKEN), close codes are in `CLOSE`. The side with the room
numbers its events; after a reconnect `hello.resume` asks for everything after the last number seen. The platform's
hello tells the number of its last event so far: what comes up to it on the first attach is history, never answered.
"""

import asyncio
import hmac
import logging
import time
from collections.abc import Mapping
from contextlib import suppress
from http import HTTPStatus
from urllib.parse import urlsplit, urlunsplit

import msgspec
from websockets.asyncio.client import connect
from websockets.asyncio.connection import Connection
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus, InvalidURI
from websockets.http11 import Request, Response

from adapters.generic import codec
from adapters.generic.codec import CLOSE, FATAL, SUBPROTOCOL, Frame, decode, encode, to_event
from bot.domain.errors import Fatal, Retry, RoomEnded, SettingsError
from bot.domain.ports import Caps, Outgoing, Receipt, Session

HELLO_WITHIN = 10.0  # seconds
PATIENCE = 40.0  # seconds without any frame after which a connection is given up; after half of it one is asked for
MAX_SOCKET = 1024 * 1024  # bytes; larger frames end the connection (1009)


# At its debug level the library writes headers, and with them the token.
_quiet = logging.getLogger("zhubo.generic.wire")
_quiet.setLevel(logging.WARNING)


class _Room:
    """What both roles share: reading frames, resuming, and sending lines with receipts."""

    def __init__(self, room: str, token: str, patience: float) -> None:
        self._room, self._token, self._patience = room, token, patience
        self._seq = self._past = 0
        self._new = True
        self._life = 0.0
        self._caps = Caps()
        self._link: Connection | None = None
        self._receipts: dict[str, asyncio.Future[Receipt]] = {}

    def caps(self) -> Caps:
        """Return the limits the peer announced; until then our cautious own."""
        return self._caps

    async def send(self, out: Outgoing) -> Receipt:
        """Send one line and wait for its receipt; the caller bounds the wait."""
        return await self._ask(out.key, codec.send(out))

    async def erase(self, message: str) -> str:
        """Have a line deleted; returns why not."""
        key = f"erase {message}"
        receipt = await self._ask(key, encode(Frame("erase", key=key, message=message)))
        return "" if receipt.outcome in ("accepted", "confirmed") else receipt.why or receipt.outcome

    async def _ask(self, key: str, raw: str) -> Receipt:
        link = self._link
        if link is None:
            return Receipt(key, "dropped", "not connected")
        receipt: asyncio.Future[Receipt] = asyncio.get_running_loop().create_future()
        self._receipts[key] = receipt
        try:
            await link.send(raw)
            return await receipt
        except ConnectionClosed:
            return Receipt(key, "unknown", "the connection closed before the receipt came")
        finally:
            self._receipts.pop(key, None)

    async def _talk(self, link: Connection, ctx: Session) -> None:
        """Run one connection; always ends by raising."""
        watch = asyncio.create_task(self._watch(link))
        try:
            await link.send(encode(Frame("hello", room=self._room, resume=self._seq)))
            async with asyncio.timeout(HELLO_WITHIN) as patience:
                while True:
                    raw = await link.recv(decode=False)
                    self._life = time.monotonic()
                    try:
                        await self._take(decode(raw), link, ctx)
                    except ValueError as error:
                        ctx.malformed(str(error))
                    if self._link is not None:
                        patience.reschedule(None)
                    await ctx.breathe()
        except TimeoutError as error:
            raise Retry(f"no hello within {HELLO_WITHIN:.0f} s. Fix: does the platform speak zhubo.v1?") from error
        except ConnectionClosed as closed:
            self._closed(closed)
        finally:
            watch.cancel()
            await asyncio.wait([watch])
            self._link = None
            for key, receipt in self._receipts.items():
                if not receipt.done():
                    receipt.set_result(Receipt(key, "unknown", "the connection closed before the receipt came"))

    async def _watch(self, link: Connection) -> None:
        """Cut a connection on which nothing comes any more. Any frame is a sign of life: behind a flood of them, the
        answer to a ping may wait longer than a dead connection is waited for.
        """
        self._life, half = time.monotonic(), self._patience / 2
        while True:
            await asyncio.sleep(max(half / 4, half - (time.monotonic() - self._life)))
            if time.monotonic() - self._life < half:
                continue
            with suppress(ConnectionClosed, TimeoutError):
                pong = await link.ping()
                async with asyncio.timeout(half):
                    await pong
                    self._life = time.monotonic()
            if time.monotonic() - self._life >= half:
                link.transport.abort()
                return

    async def _take(self, frame: Frame, link: Connection, ctx: Session) -> None:
        if frame.type == "event":
            self._event(frame, ctx)
        elif frame.type == "receipt":
            waiting = self._receipts.get(frame.key)
            if waiting and not waiting.done():
                waiting.set_result(Receipt(frame.key, frame.outcome, frame.why, frame.after, frame.message))
        elif frame.type == "hello":
            self._caps = frame.caps or self._caps
            if self._new:
                self._past, self._new = frame.seq, False
            elif frame.seq < self._seq:
                self._past = 0
                if frame.seq:
                    self._seq = 0  # the platform began to count anew
            self._link = link
            ctx.ready()
        elif frame.type == "ping":
            await link.send(encode(Frame("pong")))
        elif frame.type == "error":
            ctx.malformed(f"the platform says: {frame.code} {frame.why}")

    def _event(self, frame: Frame, ctx: Session) -> None:
        if frame.event is None:
            ctx.malformed("an event frame without an event")
            return
        if frame.seq > self._seq:
            self._seq = frame.seq
        elif frame.seq and not frame.event.id:
            ctx.malformed(f"event {frame.seq} again, and no id to tell whether it is another one")
            return
        event = to_event(frame.event)
        if 0 < frame.seq <= self._past:
            event = msgspec.structs.replace(event, backfill=True)
        ctx.emit(event)

    def _closed(self, closed: ConnectionClosed) -> None:
        code = closed.rcvd.code if closed.rcvd else 1006
        if closed.sent and closed.sent.code == 1009:
            self._seq += 1  # the frame that was too large would come again for ever
        why = f"connection closed with {code}: {CLOSE.get(code) or (closed.rcvd.reason if closed.rcvd else 'lost')}"
        if code == 4410:
            raise RoomEnded(CLOSE[code]) from closed
        if code in FATAL:
            raise Fatal(f"{why}. Fix: check the room's URL and ZHUBO_TOKEN.") from closed
        raise Retry(why, 5.0 if code == 4429 else None) from closed

    async def aclose(self) -> None:
        """Nothing is held between connections."""


class Dial(_Room):
    """We dial the platform."""

    def __init__(self, url: str, token: str, patience: float = PATIENCE) -> None:
        super().__init__(urlsplit(url).path.strip("/"), token, patience)
        self._url, parts = url, urlsplit(url)
        self._shown = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))  # no password in messages

    async def session(self, ctx: Session) -> None:
        """Run one connection."""
        headers = {"Authorization": f"Bearer {self._token}"} if self._token else {}
        try:
            async with connect(
                self._url, subprotocols=[SUBPROTOCOL], additional_headers=headers, compression=None,
                max_size=MAX_SOCKET, close_timeout=1, open_timeout=10, max_queue=256, user_agent_header="zhubo",
                proxy=None, ping_interval=None, logger=_quiet,
            ) as link:  # fmt: skip
                if link.subprotocol != SUBPROTOCOL:
                    raise Fatal(f"{self._shown} does not speak zhubo.v1. Fix: check the room's URL.")
                await self._talk(link, ctx)
        except InvalidURI as error:
            raise Fatal(f"{self._shown} is not a WebSocket URL. Fix: give ws://HOST:PORT/ROOM.") from error
        except InvalidStatus as error:
            status = error.response.status_code
            if status in (401, 403, 404):
                raise Fatal(f"{self._shown} answers {status}. Fix: check the room's URL and ZHUBO_TOKEN.") from error
            raise Retry(f"{self._shown} answers {status}") from error
        except (OSError, TimeoutError, InvalidHandshake) as error:
            raise Retry(f"{self._shown} cannot be reached ({type(error).__name__})") from error


class Listen(_Room):
    """The platform dials us; one peer at a time, the newest wins nothing: a second one is turned away."""

    def __init__(self, host: str, port: int, room: str, token: str, patience: float = PATIENCE) -> None:
        super().__init__(room, token, patience)
        self._host, self._port = host, port
        self._server: Server | None = None
        self.port = 0  # the real one, once listening
        self._peers: asyncio.Queue[tuple[ServerConnection, asyncio.Event]] = asyncio.Queue(1)

    async def session(self, ctx: Session) -> None:
        """Wait for a peer and run its connection."""
        if self._server is None:
            try:
                self._server = await serve(
                    self._welcome,
                    self._host,
                    self._port,
                    subprotocols=[SUBPROTOCOL],
                    compression=None,
                    max_size=MAX_SOCKET,
                    close_timeout=1,
                    process_request=self._check,
                    ping_interval=None,
                    logger=_quiet,
                )
            except OSError as error:
                raise Fatal(
                    f"listen://{self._host}:{self._port} cannot be opened ({error.strerror}). Fix: take another port."
                ) from error
            self.port = self._server.sockets[0].getsockname()[1]
        link, done = await self._peers.get()
        try:
            await self._talk(link, ctx)
        finally:
            done.set()

    def _check(self, link: ServerConnection, request: Request) -> Response | None:
        given = request.headers.get("Authorization", "")
        if self._token and not hmac.compare_digest(given.encode(), f"Bearer {self._token}".encode()):
            return link.respond(HTTPStatus.UNAUTHORIZED, "wrong or missing token\n")
        if urlsplit(request.path).path.strip("/") != self._room:
            return link.respond(HTTPStatus.NOT_FOUND, "no such room\n")
        if self._link is not None or self._peers.full():
            return link.respond(HTTPStatus.CONFLICT, "this room has its platform already\n")
        return None

    async def _welcome(self, link: ServerConnection) -> None:
        done = asyncio.Event()
        try:
            self._peers.put_nowait((link, done))
        except asyncio.QueueFull:
            await link.close(4429, CLOSE[4429])
            return
        await done.wait()

    async def aclose(self) -> None:
        """Stop listening."""
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()


def dial(url: str, options: Mapping[str, str]) -> Dial:
    """Build the adapter for ws:// and wss:// rooms."""
    try:
        known = bool(urlsplit(url).hostname) and urlsplit(url).port != 0
    except ValueError:  # a port that is none
        known = False
    if not known:
        raise SettingsError("room: no host, or a port that is none. Fix: give ws://HOST:PORT/ROOM.")
    return Dial(url, options.get("token", ""), float(options.get("patience", PATIENCE)))


def listen(url: str, options: Mapping[str, str]) -> Listen:
    """Build the adapter for listen:// rooms. Beyond loopback a token is required."""
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError:
        port = None
    if port is None:
        raise SettingsError(f"room {url}: no port. Fix: give listen://127.0.0.1:PORT/ROOM.")
    host, token = parts.hostname or "127.0.0.1", options.get("token", "")
    if host not in ("127.0.0.1", "localhost", "::1") and not token:
        raise SettingsError(f"room {url}: listens beyond this machine without a token. Fix: set ZHUBO_TOKEN.")
    return Listen(host, port, parts.path.strip("/"), token, float(options.get("patience", PATIENCE)))
