"""Corrections: lines sent a while ago that a change of the catalogue made wrong, one for each product and language."""

from collections import OrderedDict

import msgspec

from bot.decide import compose
from bot.decide.correct import misleading, restate
from bot.domain.events import Lang
from bot.domain.turns import Correction, CorrectionFate, Fact
from bot.live.questions import Ended
from bot.live.state import State

TRIES = 2


class Pending(msgspec.Struct):
    """One correction that waits for a send slot: which questions were told what; `line` is what is being sent."""

    place: str
    product: str
    lang: Lang
    questions: tuple[str, ...]
    askers: int
    wrong: tuple[Fact, ...]
    since: float
    line: str = ""
    facts: tuple[Fact, ...] = ()
    tries: int = 0


class Corrections:
    """Finds what has to be put right, and words it at the moment of sending."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._pending: OrderedDict[tuple[str, str, Lang], Pending] = OrderedDict()

    def waiting(self, place: str) -> bool:
        """Tell whether a correction waits for a send slot of a place."""
        return any(item.place == place for item in self._pending.values())

    def stocked(self, now: float) -> None:
        """A new catalogue version is in force: look through what was answered lately."""
        for ended in list(self._state.book.answered(now - self._state.policy.correct_within)):
            self._check(now, ended)

    def answered(self, now: float) -> None:
        """A line was just taken by the platform: its facts may have changed on the way."""
        for ended in self._state.book.answered(now):
            self._check(now, ended)

    def _check(self, now: float, ended: Ended) -> None:
        if self._state.policy.correct_within > 0:
            for product in dict.fromkeys(f.product for f in ended.told):
                told = [f for f in ended.told if f.product == product]
                if wrong := misleading(told, self._state.catalogue):
                    ended.told = tuple(f for f in ended.told if f not in wrong)
                    self._add(now, product, ended, wrong)

    def next(self, now: float, place: str) -> Pending | None:
        """Return a place's oldest correction with the words to send, and take it out; None while there is none.

        One that has become right again is dropped; one without words, or where nobody may send, ends with the host.
        """
        state, caps = self._state, self._state.caps[place]
        for key, item in [(key, item) for key, item in self._pending.items() if item.place == place]:
            del self._pending[key]
            product = state.product(item.product)
            wrong = misleading(item.wrong, state.catalogue)
            if not wrong:
                self.end(now, item, "moot")
                continue
            said = restate(wrong, product, state.catalogue, item.lang) if product else None
            if said is not None and product is not None:
                body, _ = state.law.lawful(said.text, item.lang, product.category, labels=state.labels, likeness=False)
                item.line = compose.correction(body, product, item.lang, caps.max_chars) if body else ""
                item.facts = said.facts
            if (
                item.line
                and caps.can_send
                and not state.policy.correct_by_host
                and state.mode == "auto"
                and not state.in_hand(item.product)
            ):
                item.tries += 1
                return item
            self.end(now, item, "to_host")
        return None

    def again(self, item: Pending) -> bool:
        """Put a correction back that was certainly not shown; False when it has been tried often enough."""
        if item.tries >= TRIES:
            return False
        key = item.place, item.product, item.lang
        if newer := self._pending.get(key):
            item.questions = tuple(dict.fromkeys((*item.questions, *newer.questions)))
            item.askers, item.wrong = item.askers + newer.askers, tuple(dict.fromkeys((*item.wrong, *newer.wrong)))
        self._pending[key] = item
        self._pending.move_to_end(key, last=False)
        return True

    def end(self, now: float, item: Pending, fate: CorrectionFate) -> None:
        """Record what became of a correction."""
        state = self._state
        if fate == "sent":
            known = state.catalogue.version, state.staffed
            state.book.corrected(
                Ended(item.questions[0], item.lang, item.askers, "answered", "correction", now, item.line, "fact",
                      item.facts, item.facts, known, item.place)
            )  # fmt: skip
        state.out.append(
            Correction(
                state.name, now, item.product, item.lang, item.questions, item.askers, item.wrong, item.line,
                item.facts, fate, item.since, state.catalogue.version, item.place,
            )
        )  # fmt: skip

    def close(self, now: float) -> None:
        """The room ends: what waits is not sent any more."""
        while self._pending:
            self.end(now, self._pending.popitem()[1], "expired")

    def _add(self, now: float, product: str, told: Ended, wrong: tuple[Fact, ...]) -> None:
        key = told.place, product, told.lang
        item = self._pending.setdefault(key, Pending(*key, (), 0, (), now))
        if told.id not in item.questions:
            item.questions += (told.id,)
            item.askers += told.askers
        item.wrong = tuple(dict.fromkeys((*item.wrong, *wrong)))
