"""The run of the show: when the host shows what, when prices and stock move, and how that swells the crowd."""

import math
import random
from collections.abc import Sequence
from itertools import accumulate
from typing import Literal

import msgspec

from bot.demo.wares import Ware

_CELL = 0.1  # seconds per cell of the rate curve
_RAMP = 0.3
_FADE = 0.6
_JITTER = 5.0  # how many places an arrival may stray: chat is uneven, but no bigger bursts than planned
_LEAST_CALM = 0.25
_CALL_EVERY = 45.0
# Seconds of a burst, and its height as a multiple of the mean rate.
_BURSTS = {"appear": (2.5, 2.3), "drop": (3.2, 3.7), "sold_out": (3.0, 3.1), "call": (2.0, 2.2)}

MomentKind = Literal["appear", "talk", "drop", "rise", "low", "sold_out", "call"]


class Moment(msgspec.Struct, frozen=True, order=True):
    """One thing that the host or the shop does.

    Attributes:
        at: seconds from the start.
        product: id of the product it is about.
        kind: what; "low" takes `share` of the SKU that is about to sell out.
    """

    at: float
    product: str
    kind: MomentKind
    share: float = 0.0


def plan(wares: Sequence[Ware], seconds: float, rng: random.Random) -> list[Moment]:
    """Plan a show: products in turn, each price cut undone later, and sell-outs, sorted by time.

    Even the shortest show has one cut, one rise and one sell-out, if the catalogue has prices and stock.
    """
    starts = _segments(seconds, rng)
    lineup = _lineup(wares, len(starts), rng)
    moments: list[Moment] = []
    only = len(starts) == 1
    for i, (start, ware) in enumerate(zip(starts, lineup, strict=True)):
        end = starts[i + 1] if i + 1 < len(starts) else seconds
        long, product = end - start, ware.product.id
        moments.append(Moment(start, product, "appear"))
        moments += [Moment(t, product, "talk") for t in _every(start + 4, end - 2, 7.0, rng)]
        moments += [Moment(t, product, "call") for t in _every(start + 0.72 * long, end - 1, _CALL_EVERY, rng)]
        if i % 4 == 0:
            moments.append(Moment(start + (0.25 if only else 0.45) * long, product, "drop"))
            after = starts[i + 2] if i + 2 < len(starts) else seconds
            rise = start + 0.88 * long if i + 1 == len(starts) else end + 0.66 * (after - end)
            moments.append(Moment(rise, product, "rise"))
        if i % 4 == 1 or only:
            gone = 0.55 if only else 0.42
            lows = ((gone - 0.24, 0.4), (gone - 0.14, 0.5), (gone - 0.06, 0.6))
            moments += [Moment(start + part * long, product, "low", share) for part, share in lows]
            moments.append(Moment(start + gone * long, product, "sold_out", 1.0))
    return sorted(moments)


def _segments(seconds: float, rng: random.Random) -> list[float]:
    """Starts of the products' turns: about 35 s each up to five minutes, longer in longer shows."""
    target = 35.0 * max(1.0, seconds / 300) ** 0.6
    count = max(1, round(seconds / target)) if seconds >= 50 else 1
    weights = [rng.uniform(0.88, 1.12) for _ in range(count)]
    ends = list(accumulate(w * seconds / sum(weights) for w in weights))
    return [0.0, *ends[:-1]]


def _lineup(wares: Sequence[Ware], count: int, rng: random.Random) -> list[Ware]:
    """Choose what is shown in each turn: everything once before anything twice, what a turn needs first."""
    lineup: list[Ware] = []
    bag: list[Ware] = []
    for i in range(count):
        if not bag:
            bag = list(wares)
            rng.shuffle(bag)
            if lineup and len(bag) > 1 and bag[0] is lineup[-1]:
                bag.append(bag.pop(0))
        best = max(bag, key=lambda w, turn=i % 4: _suits(w, turn, only=count == 1))  # type: ignore[misc]
        bag.remove(best)
        lineup.append(best)
    return lineup


def _suits(ware: Ware, turn: int, *, only: bool) -> int:
    """Rank a product for a turn: the price cut wants a price and plenty to sell, the sell-out sizes people ask for."""
    product = ware.product
    cut = (2 if product.prices else 0) + ((product.stock or 0) >= 25)
    stocked = any((s.stock or 0) > 0 and (s.size or s.colour.zh or s.colour.en) for s in product.skus)
    sell_out = (2 if stocked else 0) + (stocked and "worn" in ware.kinds)
    if only:
        return cut + sell_out
    return cut if turn == 0 else sell_out if turn == 1 else 0


def _every(start: float, end: float, gap: float, rng: random.Random) -> list[float]:
    times = []
    while start < end:
        times.append(start)
        start += gap * rng.uniform(0.8, 1.2)
    return times


def arrivals(moments: Sequence[Moment], seconds: float, rate: float, rng: random.Random) -> list[float]:
    """Return the times of `round(rate * seconds)` comments: a slow swell, with bursts where things happen.

    Args:
        moments: what happens; the bursts that follow are up to about 3.7 times `rate`.
        seconds: length of the show.
        rate: mean comments per second over the whole show.
        rng: dice.
    """
    cells = max(1, math.ceil(seconds / _CELL))
    peaks = [0.0] * cells
    for moment in moments:
        if moment.kind in _BURSTS:
            _add_burst(peaks, moment.at + 0.2, *_BURSTS[moment.kind], rng)
    room = (1 - _LEAST_CALM) * cells  # a very short show has room for small bursts only
    scale = min(1.0, room / max(sum(peaks), 1e-9))
    peaks = [scale * p for p in peaks]
    curve = list(accumulate(_level([_swell(i / cells, seconds) for i in range(cells)], peaks)))
    count = round(rate * seconds)
    marks = sorted(
        min(max(0.0, i + rng.uniform(-_JITTER, _JITTER)), count) * curve[-1] / count for i in range(count)
    )  # fmt: skip
    times, cell = [], 0
    for mark in marks:
        while cell < cells - 1 and curve[cell] < mark:
            cell += 1
        before = curve[cell - 1] if cell else 0.0
        inside = (mark - before) / max(curve[cell] - before, 1e-12)
        times.append(min(seconds, (cell + min(1.0, inside)) * _CELL))
    return times


def _level(wave: list[float], peaks: list[float]) -> list[float]:
    """Raise the calm between the bursts until the mean is 1."""
    low, high = 0.0, 2.0
    for _ in range(16):
        calm = (low + high) / 2
        if sum(max(calm * w, p) for w, p in zip(wave, peaks, strict=True)) < len(wave):
            low = calm
        else:
            high = calm
    return [max(low * w, p) for w, p in zip(wave, peaks, strict=True)]


def _swell(part: float, seconds: float) -> float:
    turns = max(1.0, seconds / 240)
    return 1 + 0.22 * math.sin(2 * math.pi * (turns * part - 0.2)) + 0.08 * math.sin(2 * math.pi * 7.3 * turns * part)


def _add_burst(peaks: list[float], start: float, length: float, height: float, rng: random.Random) -> None:
    length *= rng.uniform(0.9, 1.15)
    for cell in range(int(start / _CELL), min(len(peaks), int((start + length + 3 * _FADE) / _CELL))):
        since = cell * _CELL - start
        if since < _RAMP:
            level = max(0.0, since / _RAMP)
        elif since < length:
            level = 1.0
        else:
            level = math.exp((length - since) / _FADE)
        peaks[cell] = max(peaks[cell], height * level)
