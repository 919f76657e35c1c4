"""A room server that behaves like a live platform: it replays a show over a real WebSocket in zhubo.v1.

It numbers its events and resumes after a reconnect, checks the token and the subprotocol, enforces its send quota
with receipts, shows our lines to the room (the echo), and changes the merchant's catalogue file as the show goes on.
The show starts when the first client has said hello.
"""

import asyncio
import hmac
import logging
import time
from collections import Counter, deque
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from adapters.generic.codec import MAX_FRAME, SUBPROTOCOL, Frame, WireEvent, WireUser, decode, encode
from bot.backends.catalog_file import write_csv
from bot.demo.audit import Auditor, Wrong
from bot.demo.show import CatalogueEdit, Cue
from bot.domain.catalog import Catalogue
from bot.domain.errors import PortInUse
from bot.domain.events import Event, User
from bot.domain.ports import Caps

log = logging.getLogger(__name__)

HISTORY = 20_000  # events kept for resuming
QUIET = 12.0  # seconds after the last cue before the room closes
CAPS = Caps(max_chars=100, per_window=(30, 60.0), min_gap=2.0)
FRESH = 60.0  # seconds that a posted line answers those who ask the same
SLACK = 0.2  # seconds of jitter forgiven in the gap between two lines


class Report(msgspec.Struct):
    """What the platform saw, for the demo's table.

    Attributes:
        sent: events by kind. `labels` comments by ground truth, first word ("fact", "open", …).
        covered: comments by ground truth that a posted line answered, or that asked again what one had answered in the
            minute before.
        lines: our lines by outcome. `wrong` the numbers in them that the shop does not explain.
        clients: connections so far.
    """

    sent: dict[str, int]
    labels: dict[str, int]
    covered: dict[str, int]
    lines: dict[str, int]
    wrong: list[Wrong]
    clients: int


class Platform:
    """One room.

    Args:
        cues: the show.
        catalogue: what the shop sells at the start; `file` is the merchant's file that edits are saved to.
        token: bearer token to ask for, "" for none.
        quiet: seconds to stay open after the last cue.
    """

    def __init__(
        self, cues: list[Cue], catalogue: Catalogue, file: Path | None, *, token: str = "", quiet: float = QUIET,
        caps: Caps = CAPS,
    ) -> None:  # fmt: skip
        self._cues, self._catalogue, self._file, self._token = cues, catalogue, file, token
        self._quiet, self._caps = quiet, caps
        self._auditor = Auditor(catalogue)
        self._history: deque[tuple[int, str]] = deque(maxlen=HISTORY)
        self._peers: dict[ServerConnection, asyncio.Queue[str]] = {}
        self._posted: deque[float] = deque()
        self._labels: dict[str, str] = {}
        self._asked: dict[str, tuple[str, str, bool]] = {}  # comment -> what it asks, of which product, in ASCII
        self._told: dict[tuple[str, str, bool], float] = {}  # the same -> second at which a line answered it
        self._covered: set[str] = set()
        self._lines: Counter[str] = Counter()
        self._kinds: Counter[str] = Counter()
        self._wrong: list[Wrong] = []
        self._seq = self._clients = 0
        self._began = 0.0
        self._first, self._over = asyncio.Event(), asyncio.Event()
        self.port = 0

    async def run(self, host: str = "127.0.0.1", port: int = 0, listening: asyncio.Event | None = None) -> Report:
        """Serve the show once, then close the room (4410) and report."""
        try:
            server = await serve(
                self._serve, host, port, subprotocols=[SUBPROTOCOL], compression=None, close_timeout=1,
                max_size=MAX_FRAME, process_request=self._check,
            )  # fmt: skip
        except OSError as error:
            raise PortInUse(
                f"port {port} cannot be opened ({error.strerror}). Fix: choose another with --port."
            ) from error
        self.port = server.sockets[0].getsockname()[1]
        if listening:
            listening.set()
        async with server:
            await self._first.wait()
            await self._play()
            await asyncio.sleep(self._quiet)
            self._over.set()
            await asyncio.gather(*(peer.close(4410, "the show is over") for peer in list(self._peers)))
        return self.report()

    def report(self) -> Report:
        """Return what was seen so far."""
        told = {id: label for id, label in self._labels.items() if label}
        labels = Counter(label.partition(":")[0] for label in told.values())
        covered = Counter(told[c].partition(":")[0] for c in self._covered if c in told)
        return Report(dict(self._kinds), dict(labels), dict(covered), dict(self._lines), self._wrong, self._clients)

    async def _play(self) -> None:
        self._began = time.monotonic()
        for cue in self._cues:
            ahead = cue.at - self._second()
            if ahead > 0.002:
                await asyncio.sleep(ahead)
            if cue.event is not None:
                if cue.event.kind == "comment":
                    self._labels[cue.event.id] = cue.label
                    asks = self._asked[cue.event.id] = (cue.label, cue.about, cue.event.text.isascii())
                    if self._second() - self._told.get(asks, -FRESH) < FRESH:
                        self._covered.add(cue.event.id)
                self._broadcast(cue.event)
            if cue.edit is not None:
                await self._edit(cue.edit)

    def _second(self) -> float:
        return time.monotonic() - self._began

    def _broadcast(self, event: Event) -> None:
        self._seq += 1
        self._kinds[event.kind] += 1
        frame = encode(Frame("event", seq=self._seq, event=_wire(event)))
        self._history.append((self._seq, frame))
        for peer, outbox in list(self._peers.items()):
            if outbox.full():
                log.warning("a client does not read: disconnected; it may resume")
                del self._peers[peer]
                peer.transport.abort()
            else:
                outbox.put_nowait(frame)

    async def _edit(self, edit: CatalogueEdit) -> None:
        self._catalogue = edit.apply(self._catalogue)
        self._auditor.changed(self._second(), self._catalogue)
        if self._file is not None:
            await asyncio.to_thread(write_csv, self._catalogue, self._file)

    # --- one client -----------------------------------------------------------------------------------------------

    def _check(self, link: ServerConnection, request: Request) -> Response | None:
        given = request.headers.get("Authorization", "")
        if self._token and not hmac.compare_digest(given.encode(), f"Bearer {self._token}".encode()):
            return link.respond(HTTPStatus.UNAUTHORIZED, "wrong or missing token\n")
        if urlsplit(request.path).path.strip("/") != "demo":
            return link.respond(HTTPStatus.NOT_FOUND, "no such room; this server has /demo\n")
        return None

    async def _serve(self, link: ServerConnection) -> None:
        self._clients += 1
        outbox: asyncio.Queue[str] = asyncio.Queue(2 * HISTORY)
        try:
            hello = decode(await link.recv(decode=False))
            if hello.type != "hello":
                raise ValueError("the first frame must be hello")
            await link.send(encode(Frame("hello", caps=self._caps, seq=self._seq)))
            for seq, frame in list(self._history):
                if seq > hello.resume:
                    outbox.put_nowait(frame)
            self._peers[link] = outbox
            self._first.set()
            async with asyncio.TaskGroup() as group:
                writer = group.create_task(self._write(link, outbox))
                await self._read(link)
                writer.cancel()
        except ValueError as error:
            await link.close(4400, _reason(error))
        except ConnectionClosed:
            return
        finally:
            self._peers.pop(link, None)

    async def _write(self, link: ServerConnection, outbox: asyncio.Queue[str]) -> None:
        try:
            while True:
                await link.send(await outbox.get())
        except ConnectionClosed:
            return

    async def _read(self, link: ServerConnection) -> None:
        try:
            while True:
                frame = decode(await link.recv(decode=False))
                if frame.type == "send":
                    await link.send(encode(self._post(frame)))
                elif frame.type == "ping":
                    await link.send(encode(Frame("pong")))
        except ValueError as error:
            await link.close(4400, _reason(error))
        except ConnectionClosed:
            return

    def _post(self, frame: Frame) -> Frame:
        now = time.monotonic()
        while self._posted and now - self._posted[0] > self._caps.per_window[1]:
            self._posted.popleft()
        too_soon = bool(self._posted) and now - self._posted[-1] < self._caps.min_gap - SLACK
        if too_soon or len(self._posted) >= self._caps.per_window[0]:
            self._lines["dropped"] += 1
            return Frame("receipt", key=frame.key, outcome="dropped", why="too fast", after=self._caps.min_gap)
        if len(frame.text) > self._caps.max_chars:
            self._lines["dropped"] += 1
            return Frame("receipt", key=frame.key, outcome="dropped", why=f"longer than {self._caps.max_chars}")
        self._posted.append(now)
        self._lines["accepted"] += 1
        self._covered |= set(frame.reply_to)
        self._told |= {self._asked[id]: self._second() for id in frame.reply_to if id in self._asked}
        self._wrong += self._auditor.check(self._second(), frame.text)
        self._broadcast(
            Event("comment", f"own-{frame.key}", user=User("bot", "助播"), text=frame.text, target=frame.key, own=True)
        )
        return Frame("receipt", key=frame.key, outcome="accepted")


def _reason(error: ValueError) -> str:
    return str(error).encode()[:120].decode(errors="ignore")  # a close frame holds 123 bytes


def _wire(event: Event) -> WireEvent:
    user = WireUser(event.user.id, event.user.name, event.user.roles) if event.user else None
    return WireEvent(
        event.kind, event.id, time.time(), user, event.text, event.count, event.amount_minor, event.currency,
        event.product, event.target, event.backfill, event.own, event.stats,
    )  # fmt: skip
