"""What `zhubo eval` prints: values with the floor they have to reach, and the scores behind them."""

from collections import Counter
from collections.abc import Iterable, Sequence

import msgspec


class Figure(msgspec.Struct, frozen=True):
    """One measured value.

    Attributes:
        what: what was measured, on how much.
        value: as printed; `baseline` the simple way's, "" when there is none.
        floor: what the project asks for, "" when it asks for nothing.
        ok: the floor is reached.
    """

    what: str
    value: str
    baseline: str = ""
    floor: str = ""
    ok: bool = True


def f1(pairs: Iterable[tuple[bool, bool]]) -> float:
    """Return F1 of (is, said to be) pairs."""
    seen = Counter(pairs)
    hit = seen[True, True]
    return 2 * hit / max(1, 2 * hit + seen[True, False] + seen[False, True])


def macro(pairs: Sequence[tuple[str, str]], labels: Iterable[str]) -> float:
    """Return the mean F1 over labels."""
    scores = [f1((is_ == label, said == label) for is_, said in pairs) for label in labels]
    return sum(scores) / len(scores)


def at_least(what: str, value: float, floor: float, baseline: str = "") -> Figure:
    """A figure that has to reach its floor."""
    return Figure(what, f"{value:.3f}", baseline, f">= {floor:g}", value >= floor)


def at_most(what: str, value: float, floor: float, unit: str, baseline: str = "") -> Figure:
    """A figure that must not exceed its floor."""
    return Figure(what, f"{value:.3g}{unit}", baseline, f"<= {floor:g}{unit}", value <= floor)
