"""What viewers turn to next, from the visits that came by the same place.

A past visit votes where it turned to the product this one is at: for what came right after with its whole weight, for
what came later with less. It weighs more, the more of the way here it shares, above all the step before. What came by
the product before the last votes too, for less. So one rule holds what a first-order Markov chain and session-kNN
(VSKNN; Ludewig & Jannach 2018) know apart; visits are learned by adding them, and the oldest leave.
"""

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence

VISITS = 2000  # kept
SAMPLE = 400  # newest places of a product that vote
LAST = 3  # products of this visit that are looked up, the newest first
DECAY = 0.35  # what each counts against the one after it
SAME_STEP = 3.0  # weight added when the step before is the same
SHARED = 0.5  # weight added for each product of the way here that a visit shares
BACK = 6  # products of the way here that are compared
LATER = (1.0, 0.45, 0.25, 0.12, 0.06)  # votes for the next, the second, … product after


class Visits:
    """The newest visits of a shop, by the products in them."""

    def __init__(self, visits: Iterable[Sequence[str]] = (), most: int = VISITS) -> None:
        self._most = most
        self._kept: deque[tuple[str, ...]] = deque()
        self._at: defaultdict[str, deque[tuple[tuple[str, ...], frozenset[str], int]]] = defaultdict(deque)
        for visit in visits:
            self.learn(visit)

    def __len__(self) -> int:
        return len(self._kept)

    def learn(self, visit: Sequence[str]) -> None:
        """Add one visit: the products a viewer turned to, in order. The oldest leaves when there are too many."""
        visit = tuple(visit)
        if len(visit) < 2:
            return
        self._kept.append(visit)
        products = frozenset(visit)
        for i, product in enumerate(visit[:-1]):
            self._at[product].append((visit, products, i))
        if len(self._kept) > self._most:
            for product in self._kept.popleft()[:-1]:
                self._at[product].popleft()  # places leave in the order in which they came

    def score(self, trail: Sequence[str]) -> Mapping[str, float]:
        """Return what comes next, each product's share of all votes; empty when nothing is known."""
        votes: defaultdict[str, float] = defaultdict(float)
        worth = 1.0
        for back in range(1, min(LAST, len(trail)) + 1):
            way = trail[max(0, len(trail) - back - BACK) : len(trail) - back]
            found = self._votes(trail[-back], way, LATER if back == 1 else LATER[1:])
            whole = sum(found.values())
            for product, n in found.items():
                votes[product] += worth * n / whole
            worth *= DECAY
        whole = sum(votes.values())
        return {product: n / whole for product, n in votes.items()}

    def _votes(self, product: str, way: Sequence[str], later: Sequence[float]) -> Mapping[str, float]:
        places = self._at.get(product, ())
        skip = len(LATER) - len(later)
        votes: defaultdict[str, float] = defaultdict(float)
        shared, before = frozenset(way) - {product}, way[-1] if way else ""
        for n, (visit, products, at) in enumerate(reversed(places)):
            if n >= SAMPLE:
                break
            weight = 1.0 + SHARED * len(shared & products)
            if at and visit[at - 1] == before:
                weight += SAME_STEP
            for vote, after in zip(later, visit[at + 1 + skip : at + 1 + len(LATER)], strict=False):
                votes[after] += weight * vote
        return votes
