"""A made-up market in which to try ways of suggesting: viewers with tastes, a host who explains, stock, drift.

Three hours of a room with forty products; every 20 seconds one suggestion is shown to some ten viewers. The host
explains one product for three minutes, which triples how often it is opened: a confounder that a learner must tell
from liking. Tastes drift, eight products sell out, a third of the suggestions answer a need that only some products
meet, and there is a history of earlier shows, as biased by the host as any. Everything is drawn from one seed.
"""

from collections.abc import Callable, Sequence

import msgspec
import numpy as np
import numpy.typing as npt

from bot.decide.bandit import JUST, NOW, Arm, Bandit, Dice, explained
from bot.decide.offpolicy import Logged
from bot.domain.learning import Tally

PRODUCTS, SECONDS, EVERY, EXPLAINS = 40, 3 * 3600, 20, 180
VIEWERS = 10.0  # who see one suggestion, on average
LIFTS = {NOW: 3.0, JUST: 1.5}
SELL_OUTS = 8
DRIFT = 0.02  # of the log of a product's appeal, per suggestion
NEEDS = 1 / 3  # share of suggestions that answer a need; it is met by a fifth of the products
HISTORY = 40  # suggestions of each product in earlier shows, on average, mostly while it was explained


class Moment(msgspec.Struct, frozen=True):
    """One suggestion to be made: the candidates that may be suggested, how often each would be opened, and by how many.

    `clicks` is what each would get; of all but the one that is picked nobody ever knows.
    """

    at: float
    arms: tuple[Arm, ...]
    chances: npt.NDArray[np.float64]
    clicks: npt.NDArray[np.int64]
    viewers: int
    on_screen: str


class Market(msgspec.Struct, frozen=True):
    """One show of the market, and what earlier ones taught."""

    moments: tuple[Moment, ...]
    history: tuple[Tally, ...]
    sold_out: dict[str, float]


Way = Callable[[Moment], tuple[int, Sequence[float]] | None]  # which candidate, and the chance of each; None for none


def market(seed: int) -> Market:
    """Make up one market."""
    dice = np.random.default_rng(seed)
    names = [f"p{i}" for i in range(PRODUCTS)]
    appeal = np.exp(dice.normal(np.log(0.04), 0.8, PRODUCTS))
    history = _history(names, appeal, dice)
    gone = {
        str(n): float(t)
        for n, t in zip(
            dice.choice(names, SELL_OUTS, replace=False), dice.uniform(0.1, 0.9, SELL_OUTS) * SECONDS, strict=True
        )
    }
    moments: list[Moment] = []
    shown: dict[str, float] = {}
    screen, plan = "", [str(name) for name in dice.permutation(names)]  # hosts go through their list
    for at in np.arange(1, SECONDS, EVERY, dtype=float):
        appeal = appeal * np.exp(dice.normal(0, DRIFT, PRODUCTS))
        here = [i for i, name in enumerate(names) if at < gone.get(name, np.inf)]
        if at % EXPLAINS < EVERY:
            if screen:
                shown[screen] = at
            while plan and plan[0] in gone and at >= gone[plan[0]]:
                plan.pop(0)
            plan = plan or [names[i] for i in dice.permutation(here)]
            screen = plan.pop(0)
        if dice.random() < NEEDS:
            meets = set(dice.choice(PRODUCTS, PRODUCTS // 5, replace=False).tolist())
            here = [i for i in here if i in meets] or here
        arms = tuple((names[i], f"push:{explained(names[i], screen, shown, at)}") for i in here)
        chances = np.array(
            [min(0.9, appeal[i] * LIFTS.get(arm[1][5:], 1.0)) for i, arm in zip(here, arms, strict=True)]
        )
        viewers = int(dice.poisson(VIEWERS)) + 1
        moments.append(Moment(float(at), arms, chances, dice.binomial(viewers, chances), viewers, screen))
    return Market(tuple(moments), history, gone)


def _history(names: Sequence[str], appeal: npt.NDArray[np.float64], dice: Dice) -> tuple[Tally, ...]:
    tallies = []
    for name, liking in zip(names, appeal, strict=True):
        for context, share in ((NOW, 0.6), (JUST, 0.2), ("apart", 0.2)):
            shown = int(dice.poisson(HISTORY * share))
            chance = min(0.9, liking * float(np.exp(dice.normal(0, 0.3))) * LIFTS.get(context, 1.0))
            tallies.append(Tally(name, f"push:{context}", shown, int(dice.binomial(shown, chance))))
    return tuple(tallies)


def oracle(moment: Moment) -> tuple[int, Sequence[float]]:
    """Know everything."""
    return int(moment.chances.argmax()), ()


def follow_host(moment: Moment) -> tuple[int, Sequence[float]] | None:
    """Suggest what is on screen, if it may be."""
    return next(((i, ()) for i, arm in enumerate(moment.arms) if arm[0] == moment.on_screen), None)


def at_random(seed: int) -> Way:
    """Suggest anything."""
    dice = np.random.default_rng(seed)
    return lambda moment: (int(dice.integers(len(moment.arms))), ())


def by_history(history: Sequence[Tally]) -> Way:
    """Suggest what was opened most often in earlier shows, and learn nothing."""
    shown, taken = {t.product: 1.0 for t in history}, {t.product: 0.02 for t in history}
    for t in history:
        shown[t.product] += t.shown
        taken[t.product] += t.taken
    return lambda moment: (
        max(range(len(moment.arms)), key=lambda i: taken[moment.arms[i][0]] / shown[moment.arms[i][0]]),
        (),
    )


class Ours:
    """The room's own way: `Bandit`, told of every opening after a while, as rooms are."""

    def __init__(self, history: Sequence[Tally], seed: int, *, contexts: bool = True) -> None:
        self.bandit, self._dice, self._contexts = (
            Bandit(history if contexts else ()),
            np.random.default_rng(seed),
            contexts,
        )
        self.log: list[Logged] = []
        self._late: list[tuple[float, Arm, int]] = []

    def __call__(self, moment: Moment) -> tuple[int, Sequence[float]]:
        """Pick one, learn what came of it later."""
        while self._late and self._late[0][0] <= moment.at:
            _, arm, clicks = self._late.pop(0)
            self.bandit.add(moment.at, arm, 0, clicks)
        arms = moment.arms if self._contexts else tuple((name, "push") for name, _ in moment.arms)
        pick = self.bandit.pick(moment.at, arms, self._dice)
        clicks = int(moment.clicks[pick.index])
        self.bandit.add(moment.at, arms[pick.index], moment.viewers, 0)
        self._late.append((moment.at + 30.0, arms[pick.index], clicks))
        self.log.append(Logged(moment.arms, pick.chances, pick.index, clicks / moment.viewers))
        return pick.index, pick.chances


class Played(msgspec.Struct, frozen=True):
    """What a way earned: openings, the same step by step, and suggestions of what was sold out."""

    clicks: int
    path: npt.NDArray[np.int64]
    sold_out: int


def play(show: Market, way: Way) -> Played:
    """Let a way make every suggestion of a show."""
    path, wrong = np.zeros(len(show.moments), dtype=np.int64), 0
    for step, moment in enumerate(show.moments):
        picked = way(moment)
        if picked is None:
            continue
        name = moment.arms[picked[0]][0]
        wrong += moment.at >= show.sold_out.get(name, np.inf)
        path[step] = moment.clicks[picked[0]]
    return Played(int(path.sum()), path.cumsum(), wrong)
