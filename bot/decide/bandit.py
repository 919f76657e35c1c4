"""Which suggestions are taken up: Thompson sampling with Beta posteriors over (product, context), learned as it goes.

A context is small: what the suggestion answers ("need", "beside", "push") and whether its product is explained now,
was a moment ago, or is not. The prior of a pair is the rate of its context times how the product does against what its
contexts would have led one to expect, so that a product is judged apart from the host who happened to explain it.
Thompson sampling: Chapelle & Li, NeurIPS 2011; forgetting by discounts: Raj & Kalyani 2017.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import msgspec
import numpy as np
import numpy.typing as npt

from bot.domain.learning import Tally

Arm = tuple[str, str]  # product id, context

NOW, JUST, APART = "now", "just", "apart"
RATES = {NOW: 0.12, JUST: 0.07, APART: 0.04}  # what a context is worth before anything is known of it
RATE_WEIGHT = 20.0  # impressions that this assumption counts for
PRIOR_WEIGHT = 8.0  # impressions that a pair's prior counts for
LIFT_WEIGHT = 1.0  # takings that "like any other product" counts for
HALF_LIFE = 3 * 3600.0  # seconds after which an impression counts half
DRAWS = 256  # posterior draws, of which the winners' shares are the chances
FLOOR = 0.02  # share of the chances that is spread evenly, so that every candidate can be learned of

Dice = np.random.Generator


class Pick(msgspec.Struct, frozen=True):
    """What was picked: `index` among the candidates, and the chance that each of them had."""

    index: int
    chances: tuple[float, ...]


class Bandit:
    """Counts by (product, context), old ones fading."""

    def __init__(self, tallies: Iterable[Tally] = (), half_life: float = HALF_LIFE) -> None:
        self._half_life = half_life
        self._shown: dict[Arm, float] = {}
        self._taken: dict[Arm, float] = {}
        self._at: dict[Arm, float] = {}
        self._rates: dict[str, tuple[float, float, float]] = {}  # context -> shown, taken, at
        self._arms: dict[str, set[str]] = defaultdict(set)  # product -> contexts
        for tally in tallies:
            self.add(0.0, (tally.product, tally.context), tally.shown, min(tally.taken, tally.shown))

    def add(self, now: float, arm: Arm, shown: float, taken: float) -> None:
        """Count impressions and takings of a pair; a taking may come long after its impression."""
        product, context = arm
        faded = self._fade(now, arm)
        self._at[arm] = max(now, self._at.get(arm, 0.0))
        self._shown[arm] = self._shown.get(arm, 0.0) * faded + shown
        self._taken[arm] = self._taken.get(arm, 0.0) * faded + taken
        before, earlier, at = self._rates.get(context, (0.0, 0.0, 0.0))
        faded = self._faded(now, at)
        self._rates[context] = before * faded + shown, earlier * faded + taken, max(now, at)
        self._arms[product].add(context)

    def posterior(self, now: float, arm: Arm) -> tuple[float, float]:
        """Return (alpha, beta) of how often a suggestion is taken up."""
        product, context = arm
        mean = min(0.9, max(0.001, self._rate(now, context) * self._lift(now, product)))
        faded = self._fade(now, arm)
        shown, taken = self._shown.get(arm, 0.0) * faded, self._taken.get(arm, 0.0) * faded
        return PRIOR_WEIGHT * mean + taken, PRIOR_WEIGHT * (1 - mean) + max(0.0, shown - taken)

    def mean(self, now: float, arm: Arm) -> float:
        """Return how often a suggestion is expected to be taken up."""
        alpha, beta = self.posterior(now, arm)
        return alpha / (alpha + beta)

    def pick(self, now: float, arms: Sequence[Arm], dice: Dice, weights: Sequence[float] | None = None) -> Pick:
        """Pick among candidates, which must not be empty, each as often as it may be the best.

        Args:
            weights: what a taking of each is worth, such as how well it suits the viewer; 1.0 for all by default.
        """
        if len(arms) == 1:
            return Pick(0, (1.0,))
        chances = self.chances(now, arms, dice, weights)
        return Pick(int(dice.choice(len(arms), p=chances)), tuple(round(float(c), 6) for c in chances))

    def chances(
        self, now: float, arms: Sequence[Arm], dice: Dice, weights: Sequence[float] | None = None
    ) -> npt.NDArray[np.float64]:
        """Return the chance of each candidate to be picked; they sum to one and none is zero."""
        both = np.array([self.posterior(now, arm) for arm in arms])
        drawn = dice.beta(both[:, 0], both[:, 1], size=(DRAWS, len(arms)))
        if weights is not None:
            drawn *= np.asarray(weights)
        wins = np.bincount(drawn.argmax(axis=1), minlength=len(arms)) / DRAWS
        mixed: npt.NDArray[np.float64] = (1 - FLOOR) * wins + FLOOR / len(arms)
        mixed /= mixed.sum()
        return mixed

    def _fade(self, now: float, arm: Arm) -> float:
        return self._faded(now, self._at.get(arm, 0.0))

    def _faded(self, now: float, at: float) -> float:
        age = max(0.0, now - at) if at else 0.0  # what was learned in earlier shows has been faded by its keeper
        return float(0.5 ** (age / self._half_life))

    def _rate(self, now: float, context: str) -> float:
        shown, taken, at = self._rates.get(context, (0.0, 0.0, 0.0))
        shown, taken = shown * self._faded(now, at), taken * self._faded(now, at)
        guess = RATES.get(context.rpartition(":")[2], RATES[APART])
        return (taken + RATE_WEIGHT * guess) / (shown + RATE_WEIGHT)

    def _lift(self, now: float, product: str) -> float:
        """Return how a product does against what its contexts lead one to expect; 1.0 is like any other."""
        taken = expected = LIFT_WEIGHT
        for context in self._arms.get(product, ()):
            arm, faded = (product, context), self._fade(now, (product, context))
            taken += self._taken[arm] * faded
            expected += self._shown[arm] * faded * self._rate(now, context)
        return taken / expected


def explained(product: str, on_screen: str, shown: Mapping[str, float], now: float, fresh: float = 180.0) -> str:
    """Return whether the host explains a product: now, just before (`fresh` seconds), or apart from either."""
    if product == on_screen:
        return NOW
    return JUST if product in shown and now - shown[product] <= fresh else APART
