"""STOP against everything else: whatever comes in whatever order, nothing is sent while the room is stopped.

`ZHUBO_INTERLEAVINGS=100000` plays as many orders of events; the suite plays fewer.
"""

import asyncio
import os
import random
import time

from bot.domain.desk import Approve, Claim, Command, Order, Ruling, Say, SetMode, TakeOver, Undo
from bot.domain.errors import RoomEnded
from bot.domain.events import Event, User
from bot.domain.inputs import Begin, Commanded, Drafted, Hear, Input, Linked, Posted, Staffed, Stocked, Tick
from bot.domain.policy import RoomPolicy
from bot.domain.ports import Caps, Outgoing, Receipt, Session
from bot.domain.work import Job, Written
from bot.live.jobs import Jobs
from bot.live.room import Room
from bot.live.stage import Stage
from tests.fakes import goods, heard

TIMES = int(os.environ.get("ZHUBO_INTERLEAVINGS", "10000"))
GOODS = [goods(), goods(9900, 3, 2), goods(8900, 0, 3)]
TEXTS = ("多少钱", "什么时候发货", "夏天穿热吗", "2号多少钱", "L码还有吗", "手术后穿透气吗")


class Play:
    """One order of events in one room."""

    def __init__(self, dice: random.Random) -> None:
        self.dice, self.room, self.now, self.n = dice, Room(), 1000.0, 0
        self.jobs: list[str] = []
        self.sent: list[str] = []
        self.stopped, self.late, self.posts = False, 0, 0
        places = {"a": Caps(echo=True), "b": Caps()} if dice.random() < 0.3 else {}
        self.feed(Begin("stop", RoomPolicy(send_gap=0.5, mode=dice.choice(("auto", "assist"))), Caps(), places))
        self.feed(Stocked(GOODS[0]))
        self.places = list(places) or [""]
        for place in self.places:
            self.feed(Linked(True, places.get(place, Caps()), place))
        self.feed(Staffed(True))
        self.feed(Hear(heard(900, kind="room", id="r1", product="1", place=self.places[0])))

    def feed(self, item: Input) -> None:
        self.now += self.dice.choice((0.0, 0.01, 0.7))
        for effect in self.room.handle(self.now, item):
            match effect:
                case Outgoing():
                    self.late += self.stopped
                    self.posts += 1
                    self.sent.append(effect.key)
                case Job():
                    self.jobs.append(effect.id)
                case Ruling(order=Order(command=SetMode(mode)), done=True):
                    self.stopped = mode == "stopped"

    def order(self, command: Command) -> None:
        self.n += 1
        self.feed(Commanded(Order(f"o{self.n}", "anna", "moderator", command)))

    def step(self, what: int) -> None:
        dice, self.n = self.dice, self.n + 1
        if what < 6:
            self.feed(Hear(heard(self.n, TEXTS[what], place=dice.choice(self.places))))
        elif what == 6 and self.jobs:
            self.feed(Drafted(Written(self.jobs.pop(), dice.choice(("透气不闷热，夏天可以穿", "版型宽松")))))
        elif what == 7 and self.sent:
            self.feed(Posted(Receipt(self.sent.pop(), dice.choice(("accepted", "dropped", "unknown")))))
        elif what == 8:
            self.feed(Stocked(dice.choice(GOODS)))
        elif what == 9:
            self.feed(Tick())
        elif what == 10:
            for question in self.room.book.in_state("pending")[:1]:
                self.order(Claim(question.shown))
                self.order(Approve(question.shown, question.body))
        elif what == 11:
            self.order(Say("亲，48小时内发货", "shirt"))
        elif what == 12:
            self.order(TakeOver("room", on=dice.random() < 0.5))


def test_nothing_is_sent_in_any_order_of_events_while_the_room_is_stopped() -> None:
    """Answers, corrections, resent lines, approvals and people's own lines, in every order tried."""
    sent = 0
    for seed in range(TIMES):
        dice = random.Random(seed)
        play = Play(dice)
        events = [dice.randrange(13) for _ in range(dice.randint(4, 12))]
        events.insert(dice.randrange(len(events)), -1)
        for what in events:
            if what == -1:
                play.order(SetMode("stopped"))
            else:
                play.step(what)
        play.step(9)
        if dice.random() < 0.5:
            play.order(SetMode("auto"))
            play.step(0)
        assert not play.late, f"seed {seed}: a line left after STOP"
        sent += play.posts
    assert sent > TIMES / 4  # it does speak otherwise


class Slow:
    """An adapter that hears a flood, and whose platform takes its time with each line."""

    def __init__(self, rate: float, seconds: float) -> None:
        self.rate, self.seconds = rate, seconds
        self.left: list[float] = []

    def caps(self) -> Caps:
        return Caps(min_gap=0.0, per_window=(1000, 1.0))

    async def session(self, ctx: Session) -> None:
        ctx.ready()
        ctx.emit(Event("room", "r1", product="1"))
        began, n = time.monotonic(), 0
        while time.monotonic() < began + self.seconds:
            while n < (time.monotonic() - began) * self.rate:
                n += 1
                ctx.emit(Event("comment", f"c{n}", user=User(f"u{n}"), text=TEXTS[n % 6] + "啊" * (n % 7)))
            await asyncio.sleep(0.005)
        raise RoomEnded

    async def send(self, out: Outgoing) -> Receipt:
        await asyncio.sleep(0.03)  # such as a token that has to be renewed first
        self.left.append(time.monotonic())
        await asyncio.sleep(10 if len(self.left) % 5 == 0 else 0.02)
        return Receipt(out.key, "accepted")

    async def aclose(self) -> None:
        pass


class Nowhere:
    """A store and a queue that hold nothing."""

    async def recall(self, *_: object) -> dict[str, object]:
        return {}

    async def remember(self, *_: object) -> None:
        pass


async def test_stop_takes_less_than_a_fifth_of_a_second_in_a_flood() -> None:
    """At 1,000 events a second, with a line stuck at the platform: acknowledged in time, nothing leaves after."""
    told: list[tuple[float, Ruling]] = []
    adapter = Slow(1000, 2.0)
    jobs = Jobs(Nowhere(), time.time)  # type: ignore[arg-type]
    stage = Stage(
        "flood", {"": adapter}, key=b"k" * 16, policy=RoomPolicy(send_gap=0.0, receipt_within=5.0), store=Nowhere(),  # type: ignore[arg-type]
        jobs=jobs, clock=time.time,
        observers=[lambda _, item: told.append((time.monotonic(), item)) if isinstance(item, Ruling) else None],
    )  # fmt: skip
    stage.stock(goods())
    running = asyncio.create_task(stage.run())
    await asyncio.sleep(1.0)
    assert len(adapter.left) > 3
    pressed = time.monotonic()
    stage.order(Order("stop", "anna", "moderator", SetMode("stopped")))
    while not told:  # noqa: ASYNC110 - told from outside
        await asyncio.sleep(0.002)
    acknowledged, ruling = told[0]
    await running
    assert ruling.done
    assert max(adapter.left) < acknowledged
    assert acknowledged - pressed < 0.2
    assert stage.counters.received == sum(stage.counters.fates.values())


async def test_an_undo_while_the_room_ends_costs_nobody_their_turn() -> None:
    """The platform is not asked any more; every comment still ends, and the undo is told so."""
    told: list[object] = []
    adapter = Slow(200, 30.0)
    stage = Stage(
        "end", {"": adapter}, key=b"k" * 16, policy=RoomPolicy(send_gap=0.0), store=Nowhere(), clock=time.time,  # type: ignore[arg-type]
        jobs=Jobs(Nowhere(), time.time), observers=[lambda _, item: told.append(item)],  # type: ignore[arg-type]
    )  # fmt: skip
    stage.stock(goods())
    running = asyncio.create_task(stage.run())
    await asyncio.sleep(0.5)
    stage.stop()
    await asyncio.sleep(0.2)
    stage.order(Order("u", "anna", "owner", Undo("q1")))
    stage.order(Order("s", "anna", "owner", SetMode("stopped")))
    await running
    assert stage.counters.received == sum(stage.counters.fates.values()) > 0
    assert [item.order.id for item in told if isinstance(item, Ruling)][-1] in ("u", "s")
