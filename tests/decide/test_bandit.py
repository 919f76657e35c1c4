"""Thompson sampling: it finds what is taken up, keeps trying, forgets, and states the chance it picked by."""

import numpy as np
import pytest

from bot.decide.bandit import APART, FLOOR, JUST, NOW, Bandit, explained
from bot.decide.offpolicy import Logged, estimate, uniform
from bot.domain.learning import Tally

A, B = ("a", f"need:{APART}"), ("b", f"need:{APART}")


def dice() -> np.random.Generator:
    """Dice that always fall alike."""
    return np.random.default_rng(1)


def test_without_experience_everything_is_tried_alike() -> None:
    """Cold start: no product is preferred, and an explained one promises more than one that is not."""
    bandit = Bandit()
    chances = bandit.chances(0.0, [A, B], dice())
    assert abs(chances[0] - 0.5) < 0.1
    assert bandit.mean(0.0, ("a", f"need:{NOW}")) > bandit.mean(0.0, ("a", f"need:{JUST}")) > bandit.mean(0.0, A)


def test_what_is_taken_up_is_picked_and_the_rest_is_still_tried() -> None:
    """After a hundred impressions each the better one wins nearly always; the other keeps its share of the floor."""
    bandit = Bandit([Tally("a", A[1], 100, 20), Tally("b", B[1], 100, 2)])
    chances = bandit.chances(0.0, [A, B], dice())
    assert chances[0] > 0.9
    assert chances[1] >= FLOOR / 2
    assert chances.sum() == pytest.approx(1.0)


def test_a_product_is_judged_apart_from_the_host() -> None:
    """Half as many takings, all of them without the host's help, say more than as many of an explained product."""
    bandit = Bandit()
    for name in ("x", "y", "z"):  # what explaining is worth
        bandit.add(1.0, (name, f"need:{NOW}"), 200, 60)
        bandit.add(1.0, (name, f"need:{APART}"), 200, 10)
    bandit.add(1.0, ("helped", f"need:{NOW}"), 50, 12)
    bandit.add(1.0, ("alone", f"need:{APART}"), 50, 8)
    both = [(name, f"need:{APART}") for name in ("alone", "helped")]
    assert bandit.mean(1.0, both[0]) > 2 * bandit.mean(1.0, both[1])


def test_old_counts_fade() -> None:
    """What was loved six half-lives ago and ignored since is no favourite any more."""
    bandit = Bandit(half_life=100.0)
    bandit.add(1.0, A, 100, 50)
    fresh = bandit.mean(1.0, A)
    assert bandit.mean(601.0, A) < fresh / 2


def test_the_stated_chances_are_those_it_picks_by() -> None:
    """Over many picks each candidate comes up as often as was said."""
    bandit = Bandit([Tally("a", A[1], 30, 4), Tally("b", B[1], 30, 3)])
    rng, stated, picked = dice(), np.zeros(2), np.zeros(2)
    for _ in range(3000):
        pick = bandit.pick(0.0, [A, B], rng)
        stated += pick.chances
        picked[pick.index] += 1
    assert abs(stated[0] - picked[0]) / 3000 < 0.03


def test_more_takings_than_impressions_do_no_harm() -> None:
    """A click that nobody was shown anything for leaves a proper distribution."""
    bandit = Bandit()
    bandit.add(1.0, A, 0, 3)
    alpha, beta = bandit.posterior(1.0, A)
    assert alpha > 0 < beta
    assert bandit.pick(1.0, [A, B], dice()).index in (0, 1)


def test_what_the_host_does_is_a_context() -> None:
    """On screen, shown a moment ago, or neither."""
    assert explained("a", "a", {}, 100.0) == NOW
    assert explained("b", "a", {"b": 50.0}, 100.0) == JUST
    assert explained("b", "a", {"b": 50.0}, 1000.0) == APART


def test_another_policy_is_estimated_from_the_log_of_this_one() -> None:
    """Picks made nine to one for the worse arm still tell what even picks would have earned."""
    rng, log = dice(), []
    for _ in range(4000):
        at = 0 if rng.random() < 0.9 else 1
        reward = float(rng.random() < (0.1, 0.4)[at])
        log.append(Logged((A, B), (0.9, 0.1), at, reward))
    found = estimate(log, uniform)
    for value in (found.ips, found.snips, found.robust):
        assert value == pytest.approx(0.25, abs=0.025)
    assert found.decisions == 4000 > found.effective
    assert estimate([], uniform).decisions == 0
