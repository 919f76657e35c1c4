"""Limits: what a run must have reached, as `NAME<=NUMBER`, so that a load test can fail a build."""

import operator
import re
from collections.abc import Callable, Sequence
from math import isnan, nan

import msgspec

from bot.domain.errors import SettingsError
from bot.loadtest.judge import Result

_WAYS: dict[str, Callable[[float, float], bool]] = {
    "<=": operator.le, ">=": operator.ge, "==": operator.eq, "<": operator.lt, ">": operator.gt,
}  # fmt: skip
_FORM = re.compile(r"\s*(\w+)\s*(<=|>=|==|<|>)\s*(-?\d+(?:\.\d+)?)\s*")


def _told(figure: Callable[[Result], float]) -> Callable[[Result], float]:
    return lambda result: figure(result) if result.received >= 0 else nan


# name -> (what it is, with its unit; the figure, nan when it was not measured)
FIGURES: dict[str, tuple[str, Callable[[Result], float]]] = {
    "lost": ("comments that the bot never heard of (needs --metrics)", _told(lambda r: r.lost)),
    "unended": ("comments heard that have no end (needs --metrics)", _told(lambda r: r.unended)),
    "double": ("comments answered in two lines", lambda r: r.double),
    "again": ("lines repeated to the same people within 15 s", lambda r: r.again),
    "wrong": ("numbers in lines that the shop does not explain", lambda r: len(r.wrong)),
    "covered": ("share of those who ask a fact that were answered in 15 s, 0 to 1", lambda r: r.covered),
    "p50": ("seconds to a fact answer, median", lambda r: r.p50),
    "p95": ("seconds to a fact answer, 95 %", lambda r: r.p95),
    "worst": ("seconds to a fact answer, the longest", lambda r: r.worst),
    "open_answered": ("share of questions for the model that were answered, 0 to 1", lambda r: r.open_answered),
    "open_p95": ("seconds to an answer of the model, 95 %", lambda r: r.open_p95),
    "shed": ("comments dropped under overload (needs --metrics)", _told(lambda r: r.fates.get("shed", 0))),
    "failed": ("comments whose line the platform lost (needs --metrics)", _told(lambda r: r.fates.get("failed", 0))),
    "lag": ("seconds that the event loop was late, 99 % (needs --metrics)", lambda r: r.lag),
    "rss": ("MB of the front at the end (needs --metrics)", lambda r: r.rss / 1e6),
    "growth": ("MB per hour that the front grew (needs --metrics)", lambda r: r.growth / 1e6),
    "workers_rss": ("MB of all workers at the end (needs --metrics)", lambda r: r.workers_rss / 1e6),
    "workers_growth": ("MB per hour that the workers grew (needs --metrics)", lambda r: r.workers_growth / 1e6),
    "recovered": (
        "seconds after its end until the worst fault was over",
        lambda r: max((f.recovered if f.recovered >= 0 else 1e9 for f in r.faults), default=0.0),
    ),
}  # fmt: skip
# Nothing may be lost, answered twice or wrong, whatever happens; most who ask are served; what was harmed comes back.
ALWAYS = ("lost==0", "unended==0", "double==0", "wrong==0", "covered>=0.5", "recovered<=600")


class Limit(msgspec.Struct, frozen=True):
    """One limit. An `always` one is passed over where its figure cannot be measured."""

    name: str
    way: str
    than: float
    always: bool = False

    def missed(self, result: Result) -> str:
        """Say by how much a result misses it; "" when it does not."""
        value = FIGURES[self.name][1](result)
        if isnan(value):
            return "" if self.always else f"{self.name} was not measured"
        if _WAYS[self.way](value, self.than):
            return ""
        return f"{self.name} is {value:g}, asked for {self.way} {self.than:g}"

    def measured(self, result: Result) -> bool:
        """Tell whether there is a figure to hold against it."""
        return not isnan(FIGURES[self.name][1](result))


def limits(texts: Sequence[str], *, always: bool = False) -> list[Limit]:
    """Read limits. Raises SettingsError naming the text and the fix."""
    found = []
    for text in texts:
        form = _FORM.fullmatch(text)
        if not form or form[1] not in FIGURES:
            raise SettingsError(
                f"limit {text!r}: not a limit. Fix: give NAME<=NUMBER with one of {', '.join(FIGURES)}."
            )
        found.append(Limit(form[1], form[2], float(form[3]), always))
    return found
