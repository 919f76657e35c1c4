"""The shelf: suggestions that were made and what came of them, and what the room learns from both."""

from collections import Counter, OrderedDict, deque
from collections.abc import Mapping, Sequence

import msgspec
import numpy as np

from bot.decide.bandit import Bandit, Dice
from bot.decide.recommend import Scene
from bot.decide.visits import Visits
from bot.domain.learning import Learned, Suggested, Taken
from bot.domain.policy import RoomPolicy
from bot.domain.turns import Suggestion

WITHIN = 600.0  # seconds in which a suggestion can be taken up
LATELY = 600.0  # seconds that count for how often a product was suggested
IDLE = 1800.0  # seconds without a word after which a viewer's visit is over
MOST = 20_000  # visits under way, and suggestions waiting for their end
LONGEST = 50  # products of one visit
SOME = ""  # nobody in particular: a line to the whole room


class Learn(msgspec.Struct, frozen=True, omit_defaults=True):
    """Something the shop should keep: counts of a (product, context), or a visit that is over."""

    product: str = ""
    context: str = ""
    shown: int = 0
    taken: int = 0
    visit: tuple[str, ...] = ()


class _Open(msgspec.Struct, frozen=True):
    at: float
    question: str
    suggestion: Suggestion


class Shelf:
    """Suggestions and lessons of one room.

    Attributes:
        figures: by product, how often it was suggested, and how often that was taken up.
    """

    def __init__(self) -> None:
        self._name = ""
        self.bandit, self.visits = Bandit(), Visits()
        self._dice: Dice = np.random.default_rng(0)
        self._open: OrderedDict[tuple[str, str], _Open] = OrderedDict()
        self._took: OrderedDict[tuple[str, str], None] = OrderedDict()
        self._lately: deque[tuple[float, str]] = deque()
        self._often: Counter[str] = Counter()  # of those
        self._under_way: OrderedDict[str, tuple[float, list[str]]] = OrderedDict()
        self.figures: dict[str, tuple[int, int]] = {}

    def begin(self, room: str, seed: int) -> None:
        """Open the room; the same seed picks the same."""
        self._name, self._dice = room, np.random.default_rng(seed)

    def recall(self, learned: Learned) -> None:
        """Start from what the shop learned earlier."""
        self.bandit, self.visits = Bandit(learned.tallies), Visits(learned.visits)

    def scene(self, now: float, on_screen: str, shown: Mapping[str, float], policy: RoomPolicy) -> Scene:
        """Return what is known when a product is to be picked."""
        while self._lately and now - self._lately[0][0] > LATELY:
            self._often[self._lately.popleft()[1]] -= 1
        return Scene(
            now,
            self.bandit,
            self.visits,
            self._dice,
            on_screen,
            shown,
            self._often,
            policy.suggest_most,
            policy.suggest_often,
        )

    def made(
        self, now: float, viewers: Sequence[str], question: str, suggestion: Suggestion
    ) -> list[Suggested | Learn]:
        """A suggestion was shown, to these viewers or (none named) to the whole room."""
        out: list[Suggested | Learn] = []
        arm = (suggestion.product, suggestion.context)
        self._lately.append((now, suggestion.product))
        self._often[suggestion.product] += 1
        for viewer in dict.fromkeys(viewers or (SOME,)):
            key = (viewer, suggestion.product)
            if (before := self._open.pop(key, None)) is not None:
                out.append(self._end(now, key, before, "nothing"))
            self._open[key] = _Open(now, question, suggestion)
            self._count(suggestion.product, 1, 0)
            if suggestion.context:
                self.bandit.add(now, arm, 1, 0)
                out.append(Learn(*arm, shown=1))
        while len(self._open) > MOST:
            key, oldest = self._open.popitem(last=False)
            out.append(self._end(now, key, oldest, "nothing"))
        return out

    def turned(self, now: float, viewer: str, product: str, how: Taken) -> list[Suggested | Learn]:
        """A viewer turned to a product, by a suggestion or without one; each viewer takes each product up once."""
        out: list[Suggested | Learn] = []
        _, visit = self._under_way.pop(viewer, (now, []))
        if visit[-1:] != [product]:
            visit = [*visit[-LONGEST:], product]
        self._under_way[viewer] = (now, visit)
        if len(self._under_way) > MOST:
            out += self._over(self._under_way.popitem(last=False)[1][1])
        for key in ((viewer, product), (SOME, product)):
            found = self._open.get(key)
            if found is None or (key[0] == SOME and how == "asked"):
                continue  # a line to all is taken up by a click or an order, not by the questions it raises
            del self._open[key]
            out.append(self._end(now, key, found, how))
            self._count(product, 0, 1)
            if found.suggestion.context and (viewer, product) not in self._took:
                self._took[viewer, product] = None
                if len(self._took) > MOST:
                    self._took.popitem(last=False)
                self.bandit.add(now, (product, found.suggestion.context), 0, 1)
                out.append(Learn(product, found.suggestion.context, taken=1))
            break
        return out

    def due(self, now: float) -> list[Suggested | Learn]:
        """End suggestions that nobody took up in time, and visits that are over."""
        out: list[Suggested | Learn] = []
        while self._open and (first := next(iter(self._open.items())))[1].at <= now - WITHIN:
            del self._open[first[0]]
            out.append(self._end(now, *first, "nothing"))
        while self._under_way and next(iter(self._under_way.values()))[0] <= now - IDLE:
            out += self._over(self._under_way.popitem(last=False)[1][1])
        return out

    def close(self, now: float) -> list[Suggested | Learn]:
        """The room ends."""
        out: list[Suggested | Learn] = [self._end(now, key, found, "nothing") for key, found in self._open.items()]
        for _, visit in self._under_way.values():
            out += self._over(visit)
        self._open.clear()
        self._under_way.clear()
        return out

    def _count(self, product: str, made: int, taken: int) -> None:
        before = self.figures.get(product, (0, 0))
        self.figures[product] = before[0] + made, before[1] + taken

    def _over(self, visit: Sequence[str]) -> list[Learn]:
        if len(visit) < 2:
            return []
        self.visits.learn(visit)
        return [Learn(visit=tuple(visit))]

    def _end(self, now: float, key: tuple[str, str], found: _Open, taken: Taken) -> Suggested:
        return Suggested(self._name, found.at, now, key[0], found.question, found.suggestion, taken)
