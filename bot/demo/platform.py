"""The demo's platform: one room that plays a show over a real WebSocket in zhubo.v1 and judges what is posted there.

It changes the merchant's catalogue file as the show goes on. The show starts when the first client has said hello.
"""

import asyncio
import random
import time
from collections import Counter
from pathlib import Path

import msgspec

from adapters.generic.codec import Frame
from bot.backends.catalog_file import write_csv
from bot.demo.audit import Auditor, Wrong
from bot.demo.server import CAPS, Room, RoomServer
from bot.demo.show import CatalogueEdit, Cue
from bot.demo.tastes import opens
from bot.domain.catalog import Catalogue
from bot.domain.events import Event, User
from bot.domain.ports import Caps

QUIET = 12.0  # seconds after the last cue before the room closes
FRESH = 60.0  # seconds that a posted line answers those who ask the same


class Report(msgspec.Struct):
    """What the platform saw, for the demo's table.

    Attributes:
        sent: events by kind. `labels` comments by ground truth, first word ("fact", "open", …).
        covered: comments by ground truth that a posted line answered, or that asked again what one had answered in the
            minute before.
        lines: our lines by outcome. `wrong` the numbers in them that the shop does not explain.
        clients: connections so far.
        sold_out: suggestions of something that had no piece left when they were posted.
    """

    sent: dict[str, int]
    labels: dict[str, int]
    covered: dict[str, int]
    lines: dict[str, int]
    wrong: list[Wrong]
    clients: int
    sold_out: int = 0


class Platform:
    """One room, `/demo`.

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
        self._cues, self._catalogue, self._file, self._quiet = cues, catalogue, file, quiet
        self._server = RoomServer(["demo"], self._posted, token=token, caps=caps)
        self._room = self._server.rooms["demo"]
        self._auditor = Auditor(catalogue)
        self._labels: dict[str, str] = {}
        self._asked: dict[str, tuple[str, str, bool]] = {}  # comment -> what it asks, of which product, in ASCII
        self._told: dict[tuple[str, str, bool], float] = {}  # the same -> second at which a line answered it
        self._covered: set[str] = set()
        self._kinds: Counter[str] = Counter()
        self._wrong: list[Wrong] = []
        self._sold_out = 0
        self._began = 0.0
        self._people: dict[str, User] = {}
        self._screen, self._clicks, self._dice = "", 0, random.Random(1)

    @property
    def port(self) -> int:
        """Where it listens."""
        return self._server.port

    async def run(self, host: str = "127.0.0.1", port: int = 0, listening: asyncio.Event | None = None) -> Report:
        """Serve the show once, then close the room (4410) and report."""
        async with self._server.listening(host, port):
            if listening:
                listening.set()
            await self._server.joined.wait()
            await self._play()
            await asyncio.sleep(self._quiet)
            await self._server.close()
        return self.report()

    def report(self) -> Report:
        """Return what was seen so far."""
        told = {id: label for id, label in self._labels.items() if label}
        labels = Counter(label.partition(":")[0] for label in told.values())
        covered = Counter(told[c].partition(":")[0] for c in self._covered if c in told)
        return Report(
            dict(self._kinds),
            dict(labels),
            dict(covered),
            dict(self._room.lines),
            self._wrong,
            self._server.clients,
            self._sold_out,
        )

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
                    self._people[cue.event.id] = cue.event.user or User("")
                elif cue.event.kind == "room":
                    self._screen = cue.event.product
                self._say(cue.event)
            if cue.edit is not None:
                await self._edit(cue.edit)

    def _second(self) -> float:
        return time.monotonic() - self._began

    def _say(self, event: Event) -> None:
        self._kinds[event.kind] += 1
        self._room.emit(event)
        self._room.flush()

    async def _edit(self, edit: CatalogueEdit) -> None:
        self._catalogue = edit.apply(self._catalogue)
        self._auditor.changed(self._second(), self._catalogue)
        if self._file is not None:
            await asyncio.to_thread(write_csv, self._catalogue, self._file)

    def _posted(self, room: Room, frame: Frame) -> None:
        self._kinds["comment"] += 1  # the echo
        self._covered |= set(frame.reply_to)
        self._told |= {self._asked[id]: self._second() for id in frame.reply_to if id in self._asked}
        self._wrong += self._auditor.check(self._second(), frame.text)
        if frame.product and (product := self._catalogue.by_id.get(frame.product)) and product.stock == 0:
            self._sold_out += 1
        loop = asyncio.get_running_loop()
        for asker in {self._people[id] for id in frame.reply_to if id in self._people} if frame.product else ():
            if opens(frame.product, self._screen, self._dice):
                loop.call_later(self._dice.uniform(1.0, 6.0), self._click, asker, frame.product)

    def _click(self, viewer: User, product: str) -> None:
        self._clicks += 1
        self._say(Event("click", f"k{self._clicks}", user=viewer, product=product))
