"""Who repeats whom: in a real room about a third of the lines were just written by somebody else."""

import random
from collections import Counter, deque
from typing import ClassVar

import msgspec

from bot.domain.events import Lang

WINDOW = 60.0


class Said(msgspec.Struct, frozen=True):
    """One line with its ground truth.

    Attributes:
        text: as typed.
        label: see `bot.demo.show.Cue`.
        about: product id, "" if none.
        lang: whose crowd writes it.
        here: it means the product on screen without naming it.
        plain: typed as anybody types it, so others are likely to type the same.
    """

    text: str
    label: str
    about: str
    lang: Lang
    here: bool = False
    plain: bool = False


class Repeats:
    """What was said in the last minute, and whether the next line should repeat some of it."""

    share: ClassVar[float] = 0.33
    _never: ClassVar[frozenset[str]] = frozenset({"need", "complaint", "injection"})

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._recent: deque[tuple[float, Said]] = deque()
        self._last: dict[str, float] = {}
        self._heard: Counter[str] = Counter()
        self._count = 0
        self._repeated = 0

    def wanted(self, lift: float) -> bool:
        """Tell whether the next line should be a repeat; `lift` raises the chance while everybody is excited."""
        off = self.share - self._repeated / self._count if self._count > 150 else 0.0
        early = min(1.0, len(self._recent) / 60)
        return self._rng.random() < early * min(0.8, max(0.05, self.share + lift + 2.5 * off))

    def pick(self, on_screen: str) -> Said | None:
        """Choose a line of the last minute that still makes sense; recent and short ones are likelier."""
        size = len(self._recent)
        for _ in range(12 if size else 0):
            said = self._recent[size - 1 - int(size * self._rng.random() ** 2.5)][1]
            if said.label in self._never or (said.here and said.about != on_screen):
                continue
            heard = self._heard[said.text.strip()]
            chance = (1.0 if said.plain else 0.15) * min(1.0, 10 / len(said.text), 4 / heard)
            if self._rng.random() < chance:
                return said
        return None

    def seen(self, text: str, now: float) -> bool:
        """Tell whether this very text was written within the last minute."""
        return self._last.get(text.strip(), -WINDOW - 1) >= now - WINDOW

    def note(self, said: Said, now: float) -> None:
        """Remember a line at its time; times must not go back."""
        self._count += 1
        self._repeated += self.seen(said.text, now)
        self._last[said.text.strip()] = now
        self._heard[said.text.strip()] += 1
        self._recent.append((now, said))
        while self._recent[0][0] < now - WINDOW:
            old = self._recent.popleft()[1].text.strip()
            self._heard[old] -= 1
            if not self._heard[old]:
                del self._last[old], self._heard[old]
