"""A server of rooms in zhubo.v1 over real sockets: what a platform does, and what it does when it misbehaves.

It numbers events and resumes after a reconnect, checks token and subprotocol, enforces a send quota with receipts,
and shows posted lines to the room (the echo). On command it throttles, swallows lines, falls silent, or hangs up.
"""

import asyncio
import hmac
import logging
import time
from collections import Counter, deque
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from http import HTTPStatus
from urllib.parse import urlsplit

from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.protocol import State

from adapters.generic.codec import MAX_FRAME, SUBPROTOCOL, Frame, WireEvent, WireUser, decode, encode
from bot.domain.errors import PortInUse
from bot.domain.events import Event, User
from bot.domain.ports import Caps

log = logging.getLogger(__name__)

HISTORY = 20_000  # events kept for resuming
UNREAD = 16 << 20  # bytes that a client may leave unread before it is cut off
CAPS = Caps(max_chars=100, per_window=(30, 60.0), min_gap=2.0, can_delete=True)
SLACK = 0.2  # seconds of jitter forgiven in the gap between two lines

Posted = Callable[["Room", Frame], None]


class Room:
    """One room: its numbered history, its clients, its quota, its moods.

    Attributes:
        lines: lines of clients, by outcome.
        throttled, swallowing, silent: until when (monotonic seconds) lines are refused; accepted and never shown;
            and nothing at all is read, answered or sent.
    """

    def __init__(self, name: str, caps: Caps, posted: Posted) -> None:
        self.name, self.caps, self._on_post = name, caps, posted
        self.seq = 0
        self.lines: Counter[str] = Counter()
        self.throttled = self.swallowing = self.silent = 0.0
        self._history: deque[tuple[int, bytes]] = deque(maxlen=HISTORY)
        self._unsent = bytearray()
        self._peers: set[ServerConnection] = set()
        self._posts: deque[float] = deque()

    @property
    def attended(self) -> bool:
        """Somebody is here."""
        return bool(self._peers)

    def emit(self, event: Event) -> None:
        """Say something to the room; `flush` sends it."""
        self.seq += 1
        frame = framed(encode(Frame("event", seq=self.seq, event=_wire(event))).encode())
        self._history.append((self.seq, frame))
        self._unsent += frame

    def flush(self) -> None:
        """Send what was said since the last time."""
        if not self._unsent or time.monotonic() < self.silent:
            return
        data, self._unsent = bytes(self._unsent), bytearray()
        for peer in list(self._peers):
            if peer.transport.get_write_buffer_size() > UNREAD:
                log.warning("a client does not read: disconnected; it may resume")
                self._leave(peer)
            elif peer.state is State.OPEN:
                peer.transport.write(data)  # whole frames, past the library: it would write each by itself

    def hang_up(self) -> None:
        """Cut all connections without a word."""
        for peer in list(self._peers):
            self._leave(peer)

    def _leave(self, peer: ServerConnection) -> None:
        self._peers.discard(peer)
        if not peer.transport.is_closing():
            peer.transport.abort()

    async def close(self) -> None:
        """The show is over."""
        self.flush()
        await asyncio.gather(*(peer.close(4410, "the show is over") for peer in list(self._peers)))

    async def talk(self, link: ServerConnection, joined: Callable[[], None]) -> None:
        """Serve one client until it leaves; `joined` is called once it has said hello."""
        try:
            hello = decode(await link.recv(decode=False))
            if hello.type != "hello":
                raise ValueError("the first frame must be hello")
            await asyncio.sleep(max(0.0, self.silent - time.monotonic()))
            self.flush()
            await link.send(encode(Frame("hello", caps=self.caps, seq=self.seq)))
            self.flush()
            missed = b"".join(frame for seq, frame in self._history if seq > hello.resume)
            if missed:
                link.transport.write(missed)
            self._peers.add(link)
            joined()
            while True:
                frame = decode(await link.recv(decode=False))
                await asyncio.sleep(max(0.0, self.silent - time.monotonic()))
                if frame.type == "send":
                    await link.send(encode(self._post(frame)))
                    self.flush()
                elif frame.type == "erase":
                    await link.send(encode(Frame("receipt", key=frame.key, outcome="confirmed")))
                elif frame.type == "ping":
                    await link.send(encode(Frame("pong")))
        except ValueError as error:
            await link.close(4400, str(error).encode()[:120].decode(errors="ignore"))  # a close frame holds 123 bytes
        except ConnectionClosed:
            return
        finally:
            self._peers.discard(link)

    def _post(self, frame: Frame) -> Frame:
        """Judge a line by the quota; return its receipt."""
        now = time.monotonic()
        while self._posts and now - self._posts[0] > self.caps.per_window[1]:
            self._posts.popleft()
        why, after = "", 0.0
        too_soon = bool(self._posts) and now - self._posts[-1] < self.caps.min_gap - SLACK
        if now < self.throttled:
            why, after = "too fast", self.throttled - now
        elif too_soon or len(self._posts) >= self.caps.per_window[0]:
            why, after = "too fast", self.caps.min_gap
        elif len(frame.text) > self.caps.max_chars:
            why = f"longer than {self.caps.max_chars}"
        if why:
            self.lines["dropped"] += 1
            return Frame("receipt", key=frame.key, outcome="dropped", why=why, after=round(after, 3))
        self._posts.append(now)
        if now < self.swallowing:
            self.lines["swallowed"] += 1
            return Frame("receipt", key=frame.key, outcome="accepted")
        self.lines["accepted"] += 1
        self._on_post(self, frame)
        self.emit(
            Event("comment", f"own-{frame.key}", user=User("bot", "助播"), text=frame.text, target=frame.key, own=True)
        )
        return Frame("receipt", key=frame.key, outcome="accepted", message=f"own-{frame.key}")


class RoomServer:
    """Rooms on one port.

    Args:
        names: paths of the rooms.
        posted: told of each accepted line, before its receipt and its echo.
        token: bearer token to ask for, "" for none.

    Attributes:
        port: where it listens.
        clients: connections so far.
        joined: set by the first hello to any room.
    """

    def __init__(self, names: Sequence[str], posted: Posted, *, token: str = "", caps: Caps = CAPS) -> None:
        self.rooms = {name: Room(name, caps, posted) for name in names}
        self._token = token
        self.port = self.clients = 0
        self.joined = asyncio.Event()

    @asynccontextmanager
    async def listening(self, host: str = "127.0.0.1", port: int = 0) -> AsyncIterator[None]:
        """Serve meanwhile. Raises PortInUse."""
        try:
            server = await serve(
                self._serve, host, port, subprotocols=[SUBPROTOCOL], compression=None, close_timeout=1,
                max_size=MAX_FRAME, process_request=self._check,
            )  # fmt: skip
        except OSError as error:
            raise PortInUse(f"port {port} cannot be opened ({error.strerror}). Fix: choose another one.") from error
        self.port = server.sockets[0].getsockname()[1]
        async with server:
            yield

    async def close(self) -> None:
        """End the show in all rooms."""
        await asyncio.gather(*(room.close() for room in self.rooms.values()))

    def _check(self, link: ServerConnection, request: Request) -> Response | None:
        given = request.headers.get("Authorization", "")
        if self._token and not hmac.compare_digest(given.encode(), f"Bearer {self._token}".encode()):
            return link.respond(HTTPStatus.UNAUTHORIZED, "wrong or missing token\n")
        if self._room(request.path) is None:
            known = ", ".join(f"/{name}" for name in list(self.rooms)[:5])
            return link.respond(HTTPStatus.NOT_FOUND, f"no such room; this server has {known}\n")
        return None

    def _room(self, path: str) -> Room | None:
        return self.rooms.get(urlsplit(path).path.strip("/"))

    async def _serve(self, link: ServerConnection) -> None:
        self.clients += 1
        room = self._room(link.request.path) if link.request else None
        if room:
            await room.talk(link, self.joined.set)


def framed(text: bytes) -> bytes:
    """Write one unmasked text frame (RFC 6455, 5.2)."""
    n = len(text)
    size = bytes((n,)) if n < 126 else b"\x7e" + n.to_bytes(2, "big") if n < 65536 else b"\x7f" + n.to_bytes(8, "big")
    return b"\x81" + size + text


def _wire(event: Event) -> WireEvent:
    user = WireUser(event.user.id, event.user.name, event.user.roles) if event.user else None
    return WireEvent(
        event.kind, event.id, time.time(), user, event.text, event.count, event.amount_minor, event.currency,
        event.product, event.target, event.backfill, event.own, event.stats,
    )  # fmt: skip
