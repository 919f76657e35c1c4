"""Scenarios: what happens in the rooms, second by second, and what a bot must have managed at the end.

A scenario is a stream of acts. The same arguments give the same acts. `ALL` lists them; each one's docstring is what
`zhubo loadtest --list` prints.
"""

import heapq
import random
from collections.abc import Callable, Iterator, Sequence
from typing import Literal

import msgspec

from bot.loadtest.arrivals import Arrivals
from bot.loadtest.lines import Line, Scene, somebody

SCREEN = 30.0  # seconds that a product stays on screen
STRAIN = 5.0  # seconds from the start until something happens
FAULT = 10.0  # seconds that a fault lasts

Do = Literal[
    "say",  # a viewer writes
    "screen",  # the host shows a product
    "price",  # the merchant changes the price of what is on screen in room 0
    "sell_out",  # the merchant sells the last piece of it
    "throttle",  # the platform refuses lines for `seconds`
    "swallow",  # the platform accepts lines and shows none
    "silence",  # the network is gone: nothing is read or sent
    "burst",  # nothing but a mark: many more come for `seconds`
    "cut",  # all connections are cut
    "kill_worker", "stop_worker", "kill_store",  # processes beside the bot; needs their ids
]  # fmt: skip


class Act(msgspec.Struct, frozen=True):
    """One thing that happens: when, in which room, what; `late` seconds later than it was written."""

    at: float
    room: int
    do: Do
    line: Line | None = None
    product: str = ""
    seconds: float = 0.0
    twice: bool = False
    late: float = 0.0


class Stage(msgspec.Struct, frozen=True):
    """What a scenario is made of.

    Attributes:
        scenes: products with their lines.
        rooms, seconds, rate: comments per second are those of all rooms together.
        arrivals: when they come.
        seed: another one, another stream.
    """

    scenes: Sequence[Scene]
    rooms: int
    seconds: float
    rate: float
    arrivals: Arrivals
    seed: int = 1

    def scene(self, room: int, at: float) -> Scene:
        """What is on screen."""
        return self.scenes[(int(at / SCREEN) + room) % len(self.scenes)]


Scenario = Callable[[Stage], Iterator[Act]]


def steady(stage: Stage) -> Iterator[Act]:
    """An ordinary show: a third asks, the rest chats."""
    return heapq.merge(*(_room(stage, room) for room in range(stage.rooms)), key=lambda act: act.at)


def same(stage: Stage) -> Iterator[Act]:
    """Every ten seconds 30 viewers ask the price within one second."""
    return _with(stage, _crowds(stage, 10.0, 30))


def trolls(stage: Stage) -> Iterator[Act]:
    """Insults, advertisements and attempts to turn the model, twenty a second for ten seconds, into the show."""

    def flood() -> Iterator[Act]:
        dice = random.Random(stage.seed + 1)
        for n in range(200):
            at = STRAIN + n / 20
            line = msgspec.structs.replace(dice.choice(stage.scenes[0].trolls), user=somebody(dice))
            yield Act(at, 0, "say", line)

    return _with(stage, flood())


def price(stage: Stage) -> Iterator[Act]:
    """The price changes three times while many ask for it."""
    changes = (Act(STRAIN + 0.5 + 6.0 * n, 0, "price") for n in range(3))
    return _with(stage, heapq.merge(_crowds(stage, 6.0, 20), changes, key=lambda act: act.at))


def sell_out(stage: Stage) -> Iterator[Act]:
    """The last piece goes while many ask whether there is one."""
    return _with(
        stage, heapq.merge(_crowds(stage, 6.0, 20), [Act(STRAIN + 0.7, 0, "sell_out")], key=lambda act: act.at)
    )


def throttle(stage: Stage) -> Iterator[Act]:
    """The platform refuses all lines for ten seconds, and says when to try again."""
    return _with(stage, iter([Act(STRAIN, -1, "throttle", seconds=FAULT)]))


def swallow(stage: Stage) -> Iterator[Act]:
    """The platform says it has taken the lines of ten seconds, and shows none of them."""
    return _with(stage, iter([Act(STRAIN, -1, "swallow", seconds=FAULT)]))


def cuts(stage: Stage) -> Iterator[Act]:
    """All connections are cut every seven seconds."""
    return _with(stage, (Act(at, -1, "cut") for at in _every(stage, 7.0)))


def silence(stage: Stage) -> Iterator[Act]:
    """The network is gone for ten seconds, then what was written meanwhile comes at once."""
    return _with(stage, iter([Act(STRAIN, -1, "silence", seconds=FAULT)]))


def repeats(stage: Stage) -> Iterator[Act]:
    """One comment in five is delivered twice, one in ten up to three seconds late and out of order."""
    dice = random.Random(stage.seed + 2)
    for act in steady(stage):
        if act.do == "say":
            late = dice.uniform(0.0, 3.0) if dice.random() < 0.1 else 0.0
            yield msgspec.structs.replace(act, twice=dice.random() < 0.2, late=late)
        else:
            yield act


def overload(stage: Stage) -> Iterator[Act]:
    """For a third of the time ten times as many write, all of them questions for the model."""
    third = stage.seconds / 3
    burst = _open(stage, third, third, stage.rate * 10)
    return _with(stage, heapq.merge([Act(third, -1, "burst", seconds=third)], burst, key=lambda act: act.at))


def kill_worker(stage: Stage) -> Iterator[Act]:
    """A worker is killed (SIGKILL) while it writes."""
    return _harm(stage, Act(STRAIN, -1, "kill_worker"))


def stop_worker(stage: Stage) -> Iterator[Act]:
    """A worker stands still (SIGSTOP) for ten seconds and goes on."""
    return _harm(stage, Act(STRAIN, -1, "stop_worker", seconds=FAULT))


def kill_store(stage: Stage) -> Iterator[Act]:
    """Valkey is killed (SIGKILL): sessions, queue and all."""
    return _harm(stage, Act(STRAIN, -1, "kill_store"))


def faults(stage: Stage) -> Iterator[Act]:
    """One after the other: a worker killed, the other still for 10 s, Valkey killed, the network gone for 10 s."""
    harm = [
        Act(5.0, -1, "kill_worker"), Act(12.0, -1, "stop_worker", seconds=FAULT), Act(29.0, -1, "kill_store"),
        Act(38.0, -1, "silence", seconds=FAULT),
    ]  # fmt: skip
    return heapq.merge(_harm(stage, harm[0]), iter(harm[1:]), key=lambda act: act.at)


ALL: dict[str, Scenario] = {
    s.__name__.replace("_", "-"): s
    for s in (
        steady, same, trolls, price, sell_out, throttle, swallow, cuts, silence, repeats, overload, kill_worker,
        stop_worker, kill_store, faults,
    )
}  # fmt: skip


# Seconds until all that happens in a scenario has happened and there was time to be well again.
LEAST = {
    "same": 10.0, "trolls": 16.0, "price": 20.0, "sell-out": 12.0, "throttle": 22.0, "swallow": 22.0, "cuts": 16.0,
    "silence": 22.0, "overload": 20.0, "kill-worker": 14.0, "stop-worker": 22.0, "kill-store": 14.0, "faults": 56.0,
}  # fmt: skip


def _room(stage: Stage, room: int) -> Iterator[Act]:
    dice = random.Random(stage.seed * 1009 + room)
    shown = ""
    yield Act(0.0, room, "screen", product=(shown := stage.scene(room, 0.0).product))
    for at in stage.arrivals(stage.seconds, stage.rate / stage.rooms, dice):
        scene = stage.scene(room, at)
        if scene.product != shown:
            shown = scene.product
            yield Act(at, room, "screen", product=shown)
        yield Act(at, room, "say", dice.choice(scene.lines))


def _crowds(stage: Stage, every: float, people: int) -> Iterator[Act]:
    """Again and again many ask the same price within a second, in their own words, in room 0."""
    dice = random.Random(stage.seed + 4)
    for start in _every(stage, every):
        scene = stage.scene(0, start)
        lang = scene.prices[0].asks.rpartition("|")[2]
        wordings = [line for line in scene.prices if line.asks.endswith(lang)]
        for at in sorted(start + dice.random() for _ in range(people)):
            yield Act(at, 0, "say", msgspec.structs.replace(dice.choice(wordings), user=somebody(dice)))


def _open(stage: Stage, start: float, seconds: float, rate: float) -> Iterator[Act]:
    """Questions for the model, in all rooms."""
    dice = random.Random(stage.seed + 3)
    for after in stage.arrivals(seconds, rate, dice):
        at, room = start + after, dice.randrange(stage.rooms)
        line = dice.choice(stage.scene(room, at).open)
        yield Act(at, room, "say", msgspec.structs.replace(line, user=somebody(dice)))


def _harm(stage: Stage, act: Act) -> Iterator[Act]:
    """A process is harmed while the model is asked twice a second."""
    asked = _open(stage, 0.0, stage.seconds, 2.0)
    return _with(stage, heapq.merge([act], asked, key=lambda act: act.at))


def _every(stage: Stage, seconds: float) -> Iterator[float]:
    at = STRAIN
    while at < stage.seconds - 1.0:
        yield at
        at += seconds


def _with(stage: Stage, strain: Iterator[Act]) -> Iterator[Act]:
    return heapq.merge(steady(stage), strain, key=lambda act: act.at)
