"""What another way of picking would have earned, estimated from suggestions made with known chances.

IPS: Horvitz & Thompson 1952; SNIPS: Swaminathan & Joachims, NeurIPS 2015; doubly robust: Dudík, Langford & Li,
ICML 2011.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence

import msgspec

SMOOTH = 10.0  # impressions by which a cell of the reward model leans towards the mean


class Logged(msgspec.Struct, frozen=True):
    """One decision: the candidates with the chance of each, which was picked (its index), and its reward, 0 to 1."""

    arms: tuple[tuple[str, str], ...]
    chances: tuple[float, ...]
    picked: int
    reward: float


class Estimate(msgspec.Struct, frozen=True):
    """Mean reward per decision by three estimators, over `decisions`; `effective` is how many these are worth."""

    ips: float
    snips: float
    robust: float
    decisions: int
    effective: float


Policy = Callable[[Logged], Sequence[float]]  # the chance of each candidate, in order


def uniform(logged: Logged) -> Sequence[float]:
    """Pick any candidate."""
    return [1 / len(logged.arms)] * len(logged.arms)


def estimate(log: Sequence[Logged], policy: Policy) -> Estimate:
    """Estimate a policy's mean reward from another one's log; zeros for an empty one."""
    if not log:
        return Estimate(0.0, 0.0, 0.0, 0, 0.0)
    model = _rewards(log)
    weighed = total = robust = squares = 0.0
    for one in log:
        wanted = policy(one)
        weight = wanted[one.picked] / max(one.chances[one.picked], 1e-6)
        expected = sum(p * model(arm) for p, arm in zip(wanted, one.arms, strict=True))
        robust += expected + weight * (one.reward - model(one.arms[one.picked]))
        weighed, total, squares = weighed + weight * one.reward, total + weight, squares + weight * weight
    n = len(log)
    return Estimate(
        weighed / n, weighed / total if total else 0.0, robust / n, n, total * total / squares if squares else 0.0
    )


def _rewards(log: Sequence[Logged]) -> Callable[[tuple[str, str]], float]:
    """Return the mean reward of a (product, context), leaning towards its context's, which leans towards all."""
    sums: dict[object, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for one in log:
        arm = one.arms[one.picked]
        for key in (arm, arm[1], None):
            sums[key][0] += one.reward
            sums[key][1] += 1
    mean = sums[None][0] / sums[None][1]

    def expected(arm: tuple[str, str]) -> float:
        level = mean
        for key in (arm[1], arm):
            got, seen = sums.get(key, (0.0, 0.0))
            level = (got + SMOOTH * level) / (seen + SMOOTH)
        return level

    return expected
