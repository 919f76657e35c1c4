"""The stage: runs one room in real time, on one platform or on several at once.

It turns arrivals, answers and receipts into inputs with a time, feeds them to the `Room`, does what the room says,
and tells the observers. It decides nothing.
"""

import asyncio
import logging
import random
from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import count

from bot.domain.catalog import Catalogue, RowError
from bot.domain.desk import Order, Ruling
from bot.domain.inputs import Begin, Commanded, End, Entry, Erased, Hear, Input, Linked, Ruled, Stocked, Tick
from bot.domain.law import LawTable
from bot.domain.learning import Learning, Suggested
from bot.domain.policy import RoomPolicy
from bot.domain.ports import Adapter, Observer, Outgoing, SessionStore
from bot.domain.turns import Announced, Correction, Turn
from bot.domain.views import LinkState, ProductView, RoomStatus
from bot.domain.work import Job
from bot.insight.counters import Counters
from bot.live.board import cues, product_view
from bot.live.intake import Intake
from bot.live.jobs import Jobs
from bot.live.lessons import Lessons
from bot.live.memory import Memory
from bot.live.room import Cancel, Effect, Erase, Recall, Remember, Room
from bot.live.sender import Sender
from bot.live.shelf import Learn

log = logging.getLogger(__name__)

BATCH = 256  # inputs between two breaths
VIEWS_EVERY = 0.1  # seconds
STATUS_EVERY = 1.0  # seconds
_BEST: tuple[LinkState, ...] = ("live", "degraded", "connecting", "bad_credentials", "ended")
SETTLE = 2.0  # seconds a stopping room waits for the receipt of its last line


class Stage:
    """One room with its adapters.

    Args:
        name: the room's name on pages and in the journal.
        places: the adapters of its places by name; one alone is named "".
        key: secret for pseudonyms.
        clock: seconds since the epoch.
        learning: where the shop keeps what it learned; None for nowhere.

    Attributes:
        counters: the room's figures.
        doors: its front doors, by place.
        row_errors: what is wrong in the catalogue file, for the page.
    """

    def __init__(
        self,
        name: str,
        places: Mapping[str, Adapter],
        *,
        key: bytes,
        policy: RoomPolicy,
        store: SessionStore,
        jobs: Jobs,
        observers: Sequence[Observer],
        clock: Callable[[], float],
        dice: random.Random | None = None,
        learning: Learning | None = None,
    ) -> None:
        self.name, self._places, self._policy, self._jobs = name, dict(places), policy, jobs
        self._observers, self._clock = tuple(observers), clock
        self._room = Room()
        self._inbox: deque[Input] = deque()
        self._orders: deque[Input] = deque()  # taken before all else
        self._bell = asyncio.Event()
        self._now = 0.0
        self._stopping = False
        self._group: asyncio.TaskGroup | None = None  # while lines can leave
        self.counters = Counters()
        self.observer_errors = 0
        self.row_errors: tuple[RowError, ...] = ()
        self._products: tuple[ProductView, ...] = ()
        numbers = count(1)
        self.doors = {
            place: Intake(
                name, key, clock=clock, wake=self._bell.set, shed=lambda h: self._feed(Hear(h, shed=True)),
                linked=partial(self._linked, place), open=lambda: self._room.open, dice=dice, place=place,
                numbers=numbers,
            )
            for place in self._places
        }  # fmt: skip
        self._turns = deque(self.doors.values())
        self.memory = Memory(store, name, self.put)
        self.lessons = Lessons(learning, name, self.put)
        self._sender = Sender(name, self._places, policy, self.put)

    # --- from outside ---------------------------------------------------------------------------------------------

    def put(self, item: Input) -> None:
        """Hand over an input; its time is when the room takes it."""
        self._inbox.append(item)
        self._bell.set()

    def order(self, order: Order) -> None:
        """Hand over a command of somebody in charge, before all else that waits. Observers are told its `Ruling`."""
        self._orders.append(Commanded(order))
        self._bell.set()

    @property
    def room(self) -> Room:
        """The room, to be read only."""
        return self._room

    def _linked(self, place: str, up: bool) -> None:
        self.put(Linked(up, self._places[place].caps(), place))

    def stock(self, catalogue: Catalogue, errors: tuple[RowError, ...] = ()) -> None:
        """A new catalogue version is in force."""
        self.row_errors = errors
        self.put(Stocked(catalogue))

    def rule(self, table: LawTable) -> None:
        """A new table of advertising law is in force."""
        self.put(Ruled(table))

    def stop(self) -> None:
        """Stop speaking and end every open comment; `run` returns soon after."""
        self._stopping = True
        self._bell.set()

    async def run(self) -> None:
        """Run until the show ends, the room cannot be entered, or `stop` is called. Every comment has its Turn then."""
        caps = {place: adapter.caps() for place, adapter in self._places.items()}
        self._feed(Begin(self.name, self._policy, next(iter(caps.values())), caps if len(caps) > 1 else {}))
        self._jobs.join(self.put)
        try:
            async with asyncio.TaskGroup() as group:
                doors = [group.create_task(self.doors[p].run(adapter)) for p, adapter in self._places.items()]
                helpers = [group.create_task(c) for c in (self.memory.run(), self.lessons.run(), self._report())]
                for door in doors:
                    door.add_done_callback(lambda _: self._bell.set())
                await self._pump(group, doors)
                await self._sender.finish(SETTLE)
                for task in (*doors, *helpers):
                    task.cancel()
        finally:
            self._group = None
            self._drain()
            self._feed(End())
            self._show()
            await self.memory.flush()
            await self.lessons.flush()
            for adapter in self._places.values():
                await adapter.aclose()

    # --- the pump -------------------------------------------------------------------------------------------------

    async def _pump(self, group: asyncio.TaskGroup, doors: Sequence[asyncio.Task[None]]) -> None:
        self._group = group
        while not self._stopping:
            if not self._inbox and not self._orders and not any(map(len, self.doors.values())):
                if all(door.done() for door in doors) and not self._sender:
                    return
                await self._rest()
            for _ in range(BATCH):
                if not self._step():
                    break
            await asyncio.sleep(0)

    async def _rest(self) -> None:
        """Sleep until something arrives or the room asked to be woken."""
        wake = self._room.wake_at()
        if wake is not None and wake <= self._clock():
            self._feed(Tick())
            return
        try:
            async with asyncio.timeout(None if wake is None else wake - self._clock()):
                await self._bell.wait()
        except TimeoutError:
            self._feed(Tick())
        self._bell.clear()

    def _step(self) -> bool:
        if waiting := self._orders or self._inbox:
            self._feed(waiting.popleft())
            return True
        for _ in range(len(self._turns)):  # places take turns
            self._turns.rotate(-1)
            if heard := self._turns[-1].take():
                self._feed(Hear(heard))
                return True
        return False

    def _drain(self) -> None:
        """Hear out what is here already; nothing is sent any more."""
        for place, adapter in self._places.items():
            self._feed(Linked(False, adapter.caps(), place))
        self._inbox = deque(item for item in self._inbox if not isinstance(item, Linked))
        while self._step():
            pass

    def _feed(self, item: Input) -> None:
        now = self._now = max(self._now, self._clock())
        if isinstance(item, Stocked):
            self._products = tuple(product_view(p, item.catalogue) for p in item.catalogue.products)
        effects = self._room.handle(now, item)
        self._tell(Entry(now, item))
        if isinstance(item, Hear):
            self.counters.heard(item.heard)
            if item.heard.kind == "comment":
                self._tell(item.heard)
        for effect in effects:
            self._do(effect)

    def _do(self, effect: Effect) -> None:
        match effect:
            case Turn():
                self.counters.ended(effect)
                self._tell(effect)
            case Correction():
                self.counters.corrected[effect.fate] += 1
                self._tell(effect)
            case Recall():
                self.memory.recall(effect.viewer)
            case Remember():
                self.memory.remember(effect.viewer, effect.context)
            case Job():
                self._jobs.ask(effect, self.put)
            case Cancel():
                self._jobs.cancel(effect.job)
            case Erase() if self._group is None:
                self.put(Erased(effect.order, effect.message, False, "room_ended"))
            case Outgoing() | Erase() if self._group:
                self._sender.carry(self._group, effect)
            case Ruling() if self._group and len(self._sender) and effect.stops and self._room.state.mode == "stopped":
                self._group.create_task(self._silence(effect))
            case Learn():
                self.lessons.learn(effect)
            case Ruling() | Announced() | Suggested():
                self._tell(effect)

    async def _silence(self, ruling: Ruling) -> None:
        await self._sender.empty()  # the room is stopped once nothing is under way any more
        self._tell(ruling)

    # --- observers ------------------------------------------------------------------------------------------------

    def _tell(self, item: object) -> None:
        for observer in self._observers:
            try:
                observer(self.name, item)
            except Exception:  # named place 2 of 3: an observer never stops the room
                self.observer_errors += 1
                if self.observer_errors < 5:
                    log.exception("%s: an observer failed", self.name)

    def _show(self) -> None:
        for view in self._room.views(self._now):
            self._tell(view)
        self._tell(self.status())

    async def _report(self) -> None:
        due = 0.0
        while True:
            await asyncio.sleep(VIEWS_EVERY)
            for view in self._room.views(self._clock()):
                self._tell(view)
            if self._clock() >= due:
                due = self._clock() + STATUS_EVERY
                self._tell(self.status())
                self._tell(cues(self._clock(), self._room.state))

    def status(self) -> RoomStatus:
        """Return the room's figures now."""
        counters, doors = self.counters, self.doors
        best = min(doors.values(), key=lambda door: _BEST.index(door.state))
        dropped = sum((door.dropped for door in doors.values()), Counter())
        wrong = {
            "link_down": any(door.state not in ("live", "ended") for door in doors.values()),
            "no_store": not self.memory.up, "no_worker": not self._jobs.workers, "no_catalogue": not self._products,
        }  # fmt: skip
        return RoomStatus(
            room=self.name, at=self._clock(), link=best.state, link_why=best.why,
            places=tuple(door.view(self._places[place].caps()) for place, door in doors.items()),
            on_screen=self._room.on_screen, version=self._room.catalogue.version, products=self._products,
            row_errors=self.row_errors, received=counters.received, fates=dict(counters.fates), open=self._room.open,
            events=dict(counters.events + dropped), duplicates=sum(door.duplicates for door in doors.values()),
            malformed=sum(door.malformed_frames for door in doors.values()),
            rate=counters.rate(self._clock()), waiting=sum(map(len, doors.values())), latency=counters.percentiles(),
            askers_asked=counters.asked, askers_covered=counters.covered, workers=self._jobs.workers,
            store_up=self.memory.up, notes=tuple(note for note, on in wrong.items() if on), mode=self._room.state.mode,
            taken=tuple((what, target, by) for (what, target), by in self._room.state.taken.items()),
            suggested=dict(self._room.state.shelf.figures),
        )  # fmt: skip
