"""The room's running figures: the ledger, rates and latencies. O(1) per event; quantiles on request."""

from collections import Counter, deque
from collections.abc import Iterable, Sequence

from bot.domain.events import Heard
from bot.domain.turns import FATES, PATHS, Path, Turn

SAMPLES = 4096  # newest latencies kept per path
RATE_WINDOW = 5  # seconds


def quantile(values: Iterable[float], share: float) -> float:
    """Return the nearest-rank quantile, 0.0 for no values. `share` is between 0 and 1."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


def slope(points: Sequence[tuple[float, float]]) -> float:
    """Return the least-squares slope of (x, y) points; 0.0 for fewer than three, or all at one x."""
    mean_x = sum(x for x, _ in points) / max(1, len(points))
    spread = sum((x - mean_x) ** 2 for x, _ in points)
    if len(points) < 3 or not spread:
        return 0.0
    return sum((x - mean_x) * y for x, y in points) / spread


class Counters:
    """Figures of one room since it opened.

    Attributes:
        received: comments heard.
        fates: what became of them; the ledger law says received = sum(fates) + open.
        events: other events by kind.
        reasons: (fate, reason) -> comments.
        asked, covered: comments that were questions and have ended; those of them answered or merged.
        latency: seconds from frame to draft, by path.
        decided: seconds from frame to decision.
        corrected: corrections by what became of them.
        first: when the first answer had been sent, seconds since the epoch; 0 before.
    """

    def __init__(self) -> None:
        self.received = self.asked = self.covered = 0
        self.fates: Counter[str] = Counter(dict.fromkeys(FATES, 0))
        self.reasons: Counter[tuple[str, str]] = Counter()
        self.events: Counter[str] = Counter()
        self.latency: dict[Path, deque[float]] = {path: deque(maxlen=SAMPLES) for path in PATHS}
        self.decided: deque[float] = deque(maxlen=SAMPLES)
        self.corrected: Counter[str] = Counter()
        self.first = 0.0
        self._rate: deque[list[float]] = deque(maxlen=RATE_WINDOW + 1)

    def heard(self, heard: Heard) -> None:
        """Count an event."""
        if heard.kind != "comment":
            self.events[heard.kind] += 1
            return
        self.received += 1
        second = float(int(heard.at))
        if self._rate and self._rate[-1][0] == second:
            self._rate[-1][1] += 1
        else:
            self._rate.append([second, 1.0])

    def ended(self, turn: Turn) -> None:
        """Count a Turn."""
        self.fates[turn.fate] += 1
        self.reasons[turn.fate, turn.reason] += 1
        if turn.fate == "answered":
            self.first = self.first or turn.ended
        self.decided.append(turn.decided - turn.heard)
        if turn.kind == "question":
            self.asked += 1
            self.covered += turn.fate in ("answered", "merged")
        # Only the asker who opened the question waited from frame to draft; later ones found the words there.
        if turn.path and turn.drafted and turn.drafted >= turn.decided and turn.fate == "answered":
            self.latency[turn.path].append(turn.drafted - turn.heard)

    def rate(self, now: float) -> float:
        """Return comments per second over the last 5 whole seconds."""
        newest = int(now)
        return sum(n for second, n in self._rate if newest - RATE_WINDOW <= second < newest) / RATE_WINDOW

    def percentiles(self) -> dict[str, tuple[float, float]]:
        """Return (p50, p95) in seconds by path; paths without data are absent."""
        return {p: (quantile(v, 0.5), quantile(v, 0.95)) for p, v in self.latency.items() if v}
