"""When comments come: the rate that was asked for, bursts where there are bursts, the rhythm that was recorded."""

import random
from itertools import pairwise
from statistics import mean

import pytest

from bot.domain.errors import SettingsError
from bot.loadtest.arrivals import BURST, EVERY, FIRST, PEAK, flash, poisson, replay


@pytest.mark.parametrize("arrivals", [poisson, flash, replay([0.0, 0.1, 0.2, 5.0, 9.0])])
def test_the_rate_is_what_was_asked_for(arrivals) -> None:  # type: ignore[no-untyped-def]
    """In order, within the time, at the mean rate."""
    times = list(arrivals(300.0, 20.0, random.Random(3)))
    assert all(a <= b for a, b in pairwise(times))
    assert times[-1] < 300.0
    assert len(times) == pytest.approx(6000, rel=0.06)


def test_poisson_gaps_are_exponential() -> None:
    """Mean and spread of the gaps are equal."""
    gaps = [b - a for a, b in pairwise(poisson(2000.0, 10.0, random.Random(1)))]
    assert mean(gaps) == pytest.approx(0.1, rel=0.03)
    assert mean(g * g for g in gaps) == pytest.approx(2 * 0.01, rel=0.06)


def test_a_flash_sale_comes_in_bursts() -> None:
    """At eight times the mean rate, the first of them soon."""
    times = list(flash(300.0, 20.0, random.Random(2)))
    inside = [t for t in times if 0 <= (t - FIRST) % EVERY < BURST]
    assert len(inside) == pytest.approx(PEAK * 20.0 * BURST * 10, rel=0.05)
    assert len([t for t in flash(20.0, 20.0, random.Random(2)) if FIRST <= t < FIRST + BURST]) > 300


def test_a_recorded_rhythm_stays() -> None:
    """Long and short gaps alternate as they did."""
    times = list(replay([100.0, 101.0, 104.0, 105.0, 108.0])(100.0, 1.0, random.Random(0)))
    gaps = [round(b - a, 6) for a, b in pairwise(times)]
    assert gaps[:4] == [gaps[0], pytest.approx(3 * gaps[0]), gaps[0], pytest.approx(3 * gaps[0])]


@pytest.mark.parametrize("times", [[], [1.0], [2.0, 2.0]])
def test_too_few_times_are_refused(times: list[float]) -> None:
    """With the fix."""
    with pytest.raises(SettingsError, match="Fix"):
        replay(times)
