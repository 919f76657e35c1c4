"""Limits: what a run must have reached, as `NAME<=NUMBER`, so that a load test can fail a build."""

import operator
import re
from collections.abc import Callable, Sequence

import msgspec

from bot.domain.errors import SettingsError
from bot.loadtest.judge import Result

_WAYS: dict[str, Callable[[float, float], bool]] = {
    "<=": operator.le, ">=": operator.ge, "==": operator.eq, "<": operator.lt, ">": operator.gt,
}  # fmt: skip
_FORM = re.compile(r"\s*(\w+)\s*(<=|>=|==|<|>)\s*(-?\d+(?:\.\d+)?)\s*")
_FIGURES: dict[str, Callable[[Result], float]] = {
    "lost": lambda r: r.lost,
    "unended": lambda r: r.unended,
    "double": lambda r: r.double,
    "again": lambda r: r.again,
    "wrong": lambda r: len(r.wrong),
    "covered": lambda r: r.covered,
    "p50": lambda r: r.p50,
    "p95": lambda r: r.p95,
    "worst": lambda r: r.worst,
    "shed": lambda r: r.fates.get("shed", 0),
    "failed": lambda r: r.fates.get("failed", 0),
    "lag": lambda r: r.lag,
    "rss": lambda r: r.rss / 1e6,
    "growth": lambda r: r.growth / 1e6,
    "recovered": lambda r: max((f.recovered if f.recovered >= 0 else 1e9 for f in r.faults), default=0.0),
}
# Nothing may be lost, answered twice or wrong, whatever happens; with an ordinary show most askers are served.
ALWAYS = ("lost==0", "unended==0", "double==0", "wrong==0")


class Limit(msgspec.Struct, frozen=True):
    """One limit."""

    name: str
    way: str
    than: float

    def missed(self, result: Result) -> str:
        """Say by how much a result misses it; "" when it does not."""
        value = _FIGURES[self.name](result)
        if _WAYS[self.way](value, self.than):
            return ""
        return f"{self.name} is {value:g}, asked for {self.way} {self.than:g}"


def limits(texts: Sequence[str]) -> list[Limit]:
    """Read limits. Raises SettingsError naming the text and the fix."""
    found = []
    for text in texts:
        form = _FORM.fullmatch(text)
        if not form or form[1] not in _FIGURES:
            raise SettingsError(
                f"limit {text!r}: not a limit. Fix: give NAME<=NUMBER with one of {', '.join(sorted(_FIGURES))}."
            )
        found.append(Limit(form[1], form[2], float(form[3])))
    return found
