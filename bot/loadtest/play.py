"""Playing a scenario: acts become frames at their time, posted lines go to the judge, the bot's figures are sampled.

Open loop: an act is due at its second whatever the bot does, and waits are measured from then.
"""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import urllib3

from adapters.generic.codec import Frame
from bot.backends.catalog_file import write_csv
from bot.demo.server import CAPS, Room, RoomServer
from bot.demo.shop import CatalogueEdit
from bot.domain.catalog import Catalogue, Product
from bot.domain.errors import ZhuboError
from bot.domain.events import Event, User
from bot.domain.ports import Caps
from bot.loadtest.judge import Fault, Judge, Result, Sample
from bot.loadtest.scenarios import Act
from bot.loadtest.scrape import Scrape, scrape

log = logging.getLogger(__name__)

TICK = 0.005  # seconds between two writes
SAMPLE = 1.0  # seconds between two looks at the bot's figures
SETTLE = 45.0  # seconds at most that the bot has to end what is open; longer than any deadline of its own
QUIET = 3.0  # seconds in which nothing may change any more
COMES = 60.0  # seconds to wait for a bot

Hands = Mapping[str, Callable[[float], None]]  # acts on processes: each is given the seconds of the fault


class Play:
    """One scenario on one server.

    Args:
        catalogue, file: what the shop sells, and the file that the bot reads it from.
        hands: how acts on processes are done.
        metrics: URL of the bot's `/metrics`, "" for none: then the ledger is not checked. May be set before `run`.
    """

    def __init__(
        self, name: str, acts: Iterator[Act], rooms: int, catalogue: Catalogue, file: Path, *, hands: Hands,
        metrics: str = "", caps: Caps = CAPS,
    ) -> None:  # fmt: skip
        self._name, self._acts, self._catalogue, self._file = name, acts, catalogue, file
        self._hands, self.metrics = hands, metrics
        self.server = RoomServer([f"r{n}" for n in range(rooms)], self._posted, caps=caps)
        self._rooms = list(self.server.rooms.values())
        self._number = {room.name: n for n, room in enumerate(self._rooms)}
        self.judge = Judge(catalogue)
        self._screen = [""] * rooms
        self._late: list[tuple[float, int, Event]] = []
        self._began = 0.0
        self._count = 0
        self._http = urllib3.PoolManager(retries=False, timeout=2.0)

    async def run(self, seconds: float) -> Result:
        """Play to all rooms once the bot has joined them. Raises ZhuboError when it does not come, or is mute."""
        await self._joined()
        before = await scrape(self._http, self.metrics) if self.metrics else None
        self._began = time.monotonic()
        async with asyncio.TaskGroup() as group:
            sampler = group.create_task(self._sample())
            await self._play()
            await self._settle()
            sampler.cancel()
        received, fates, jobs = await self._ledger(before) if before else (-1, {}, {})
        await self.server.close()
        lines: Counter[str] = Counter()
        for room in self._rooms:
            lines.update(room.lines)
        return self.judge.result(
            self._name, len(self._rooms), seconds, lines=dict(lines), connections=self.server.clients,
            received=received, fates=fates, jobs=jobs,
        )  # fmt: skip

    async def _ledger(self, before: Scrape) -> tuple[int, dict[str, int], dict[str, int]]:
        """Return what the bot says it received in our rooms, by fate, and its jobs; -1 when it is gone.

        The judge is told room by room: comments lost in one are not made good by others counted twice elsewhere.
        """
        try:
            after = await scrape(self._http, self.metrics)
        except ZhuboError as error:
            log.error("the bot is gone: %s", error)
            return -1, {}, {}
        received, fates = 0, Counter[str]()
        for n, room in enumerate(self._rooms):
            own = room.lines["accepted"]  # our lines come back to the bot as comments
            here = after.by("zhubo_turns_total", "fate", room=room.name)
            fates.update(here)
            fates.subtract(before.by("zhubo_turns_total", "fate", room=room.name))
            fates["ignored"] -= own
            heard = int(after.total("zhubo_received_total", room=room.name))
            heard -= int(before.total("zhubo_received_total", room=room.name)) + own
            self.judge.heard(n, heard)
            received += heard
        jobs = Counter(after.by("zhubo_jobs_total", "outcome"))
        jobs.subtract(before.by("zhubo_jobs_total", "outcome"))
        return received, dict(fates), dict(jobs)

    def _second(self) -> float:
        return time.monotonic() - self._began

    async def _joined(self) -> None:
        until = time.monotonic() + COMES
        while not all(room.attended for room in self._rooms):  # noqa: ASYNC110 - many rooms, one look
            if time.monotonic() > until:
                missing = [room.name for room in self._rooms if not room.attended]
                raise ZhuboError(
                    f"no bot came to room {missing[0]} within {COMES:g} s ({len(missing)} rooms are empty). "
                    f"Fix: start it with --room ws://127.0.0.1:{self.server.port}/{missing[0]}."
                )
            await asyncio.sleep(0.05)

    async def _play(self) -> None:
        pending = next(self._acts, None)
        while pending is not None or self._late:
            now = self._second()
            while pending is not None and pending.at <= now:
                await self._do(pending)
                pending = next(self._acts, None)
            for late in [late for late in self._late if late[0] <= now]:
                self._late.remove(late)
                self._rooms[late[1]].emit(late[2])
            for room in self._rooms:
                room.flush()
            await asyncio.sleep(TICK)

    async def _do(self, act: Act) -> None:
        rooms = self._rooms if act.room < 0 else [self._rooms[act.room]]
        match act.do:
            case "say":
                self._say(act)
            case "screen":
                self._screen[act.room] = act.product
                self._count += 1
                rooms[0].emit(Event("room", f"s{self._count}", user=User("host"), product=act.product))
            case "price" | "sell_out":
                await self._edit(act.do)
            case "burst":
                self._fault(act)
            case "cut":
                self._fault(act)
                for room in rooms:
                    room.hang_up()
            case "throttle" | "swallow" | "silence":
                self._fault(act)
                mood = {"throttle": "throttled", "swallow": "swallowing", "silence": "silent"}[act.do]
                for room in rooms:
                    setattr(room, mood, time.monotonic() + act.seconds)
            case _:
                self._fault(act)
                self._hands[act.do](act.seconds)

    def _say(self, act: Act) -> None:
        assert act.line is not None
        self._count += 1
        id = f"c{self._count}"
        event = Event("comment", id, user=User(act.line.user), text=act.line.text)
        self.judge.wrote(act.at + act.late, act.room, id, act.line.asks, open=act.line.label == "open")
        if act.late:
            self._late.append((act.at + act.late, act.room, event))
        else:
            self._rooms[act.room].emit(event)
        if act.twice:
            self.judge.repeats += 1
            self._late.append((act.at + act.late + 0.5, act.room, event))

    def _fault(self, act: Act) -> None:
        self.judge.faults.append(Fault(act.do, act.at, act.at + act.seconds))

    async def _edit(self, do: str) -> None:
        product = self._catalogue.by_id[self._screen[0]]
        for edit in _price(product) if do == "price" else _sold(product):
            self._catalogue = edit.apply(self._catalogue)
        self.judge.changed(self._second(), self._catalogue, product.id)
        await asyncio.to_thread(write_csv, self._catalogue, self._file)

    def _posted(self, room: Room, frame: Frame) -> None:
        self.judge.posted(self._second(), self._number[room.name], frame.text, frame.reply_to)

    # --- the bot's own figures ------------------------------------------------------------------------------------

    async def _sample(self) -> None:
        while self.metrics:
            began = time.monotonic()
            try:
                found = await scrape(self._http, self.metrics)
            except ZhuboError as error:
                log.warning("%s", error)
            else:
                self.judge.samples.append(_figures(round(self._second(), 1), found))
            await asyncio.sleep(max(0.0, SAMPLE - (time.monotonic() - began)))

    async def _settle(self) -> None:
        """Wait until the bot has ended what is open, or nothing changes any more."""
        until, quiet, before = time.monotonic() + SETTLE, 0.0, (-1.0, -1)
        while time.monotonic() < until and quiet < QUIET:
            await asyncio.sleep(0.5)
            for room in self._rooms:
                room.flush()
            open_ = self.judge.samples[-1].open if self.judge.samples else 0.0
            now = open_, sum(sum(room.lines.values()) for room in self._rooms)
            quiet, before = quiet + 0.5 if now == before and not open_ else 0.0, now
        if time.monotonic() >= until:
            log.warning("the bot had not ended everything after %g s", SETTLE)


def _figures(at: float, found: Scrape) -> Sample:
    return Sample(
        at, found.total("process_resident_memory_bytes"), found.total("zhubo_open"),
        found.total("zhubo_event_loop_lag_seconds", quantile="0.99"), found.total("zhubo_workers"),
        found.total("zhubo_jobs_total", outcome="answered"), found.total("zhubo_received_total"),
        found.total("zhubo_worker_rss"),
    )  # fmt: skip


def _price(product: Product) -> list[CatalogueEdit]:
    """Take a tenth off, to a whole unit."""
    cut = {sku.id: max(100, sku.price.minor * 9 // 1000 * 100) for sku in product.skus if sku.price}
    return [CatalogueEdit(product.id, sku, "price", minor) for sku, minor in cut.items()]


def _sold(product: Product) -> list[CatalogueEdit]:
    """Sell the last piece of everything."""
    return [CatalogueEdit(product.id, "", "stock", 0)]
