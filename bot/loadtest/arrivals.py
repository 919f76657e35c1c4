"""When comments come: Poisson, flash-sale bursts, or as they once came. Pure; all are open-loop: nothing waits for
the bot, so that a slow one does not slow its own test (coordinated omission).
"""

import random
from collections.abc import Callable, Iterator, Sequence

from bot.domain.errors import SettingsError

# (seconds, comments per second on average, dice) -> seconds from the start, in order
Arrivals = Callable[[float, float, random.Random], Iterator[float]]

PEAK = 8.0  # times the mean rate: real rooms see 5 to 6 times, a price drop more
BURST = 3.0  # seconds
EVERY = 30.0  # seconds
FIRST = 10.0  # seconds until the first


def poisson(seconds: float, rate: float, dice: random.Random) -> Iterator[float]:
    """Independent viewers: exponential gaps."""
    at = dice.expovariate(rate)
    while at < seconds:
        yield at
        at += dice.expovariate(rate)


def flash(seconds: float, rate: float, dice: random.Random) -> Iterator[float]:
    """Bursts of `BURST` seconds at `PEAK` times the mean rate, every `EVERY` seconds, and quiet between them, so that
    the mean is kept over each `EVERY`. A Poisson process, thinned.
    """
    share = BURST / EVERY
    quiet = (1 - share * PEAK) / (1 - share)
    for at in poisson(seconds, rate * PEAK, dice):
        if 0 <= (at - FIRST) % EVERY < BURST or dice.random() < quiet / PEAK:
            yield at


def replay(times: Sequence[float]) -> Arrivals:
    """As once recorded, again and again, at the asked mean rate: times are stretched, their rhythm stays.

    Raises:
        SettingsError: fewer than two times, or all at once.
    """
    ordered = sorted(times)
    if len(ordered) < 2 or ordered[-1] <= ordered[0]:
        raise SettingsError("arrivals: fewer than two different times. Fix: give a file with one time per line.")
    length = (ordered[-1] - ordered[0]) * len(ordered) / (len(ordered) - 1)

    def again(seconds: float, rate: float, dice: random.Random) -> Iterator[float]:
        stretch = len(ordered) / rate / length
        start = 0.0
        while True:
            for time in ordered:
                at = start + (time - ordered[0]) * stretch
                if at >= seconds:
                    return
                yield at
            start += length * stretch

    return again
