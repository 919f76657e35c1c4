"""Postings: lines that answer nobody, a person's own or one that brings up a product, and lines taken back."""

from collections.abc import Sequence

import msgspec

from bot.decide import facts
from bot.domain.desk import Order, Say
from bot.domain.events import Lang
from bot.domain.inputs import Erased
from bot.domain.turns import Announced, CorrectionFate, Fact, Suggestion
from bot.live.questions import Ended
from bot.live.state import Erase, State

TRIES = 2


class Posting(msgspec.Struct):
    """A person's own line on its way to one place."""

    order: Order
    text: str
    lang: Lang
    facts: tuple[Fact, ...]
    product: str
    place: str
    since: float
    tries: int = 0


class Postings:
    """The lines of people."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._waiting: list[Posting] = []
        self.pushed: dict[str, Suggestion] = {}  # by order: lines that nobody asked for

    def add(self, now: float, order: Order, text: str, lang: Lang, held: tuple[Fact, ...], product: str,
            places: Sequence[str]) -> None:  # fmt: skip
        """Let a line wait for a send slot at each place."""
        self._waiting += [Posting(order, text, lang, held, product, place, now) for place in places]

    def waiting(self, place: str) -> bool:
        """Tell whether a line waits for a send slot of a place."""
        return any(item.place == place for item in self._waiting)

    def next(self, now: float, place: str) -> Posting | None:
        """Take out a place's oldest line; one whose facts changed meanwhile is moot."""
        for item in [item for item in self._waiting if item.place == place]:
            self._waiting.remove(item)
            if not facts.stale(item.facts, self._state.catalogue):
                item.tries += 1
                return item
            self.end(now, item, "moot")
        return None

    def due(self, now: float) -> None:
        """Give up lines that have waited too long: what was true or fitting then may not be now."""
        within = self._state.policy.answer_within
        for item in [item for item in self._waiting if now - item.since > within]:
            self._waiting.remove(item)
            self.end(now, item, "expired")

    def again(self, item: Posting) -> bool:
        """Put a line back that was certainly not shown; False when it has been tried often enough."""
        if item.tries >= TRIES:
            return False
        self._waiting.insert(0, item)
        return True

    def end(self, now: float, item: Posting, fate: CorrectionFate) -> None:
        """Record what became of a line."""
        if fate == "sent" and (made := self.pushed.pop(item.order.id, None)):  # of several places the first counts
            self._state.out += self._state.shelf.made(now, (), "", made)
        command = item.order.command
        answer = command.answer if isinstance(command, Say) else ""
        if answer and fate != "sent":
            for ended in self._state.book.past(answer):
                ended.fate = "to_host" if ended.reason == "by_person" else ended.fate
        self._state.out.append(
            Announced(
                self._state.name, now, item.since, item.order.id, item.order.by, item.text, item.lang, fate, item.facts,
                item.product, answer, item.place,
            )
        )  # fmt: skip

    def close(self, now: float) -> None:
        """Nothing is sent any more."""
        waiting, self._waiting = self._waiting, []
        for item in waiting:
            self.end(now, item, "expired")

    # --- taking back ----------------------------------------------------------------------------------------------

    def undo(self, order: Order, answer: str) -> str:
        """Have the lines deleted that answered a question. Returns why not, "" while the platform is asked."""
        sent = [e for e in self._state.book.past(answer) if e.fate == "answered" and e.reason != "host_said"]
        able = {(e.place, e.message) for e in sent if e.message and self._state.caps[e.place].can_delete}
        self._state.out += [Erase(order, place, message) for place, message in able]
        return "" if able else "cannot_delete" if sent else "gone"

    def erased(self, item: Erased) -> Sequence[Ended]:
        """Return what a deleted line had answered; it counts as answered no more."""
        gone = [e for e in self._state.book.answered(0.0) if e.message == item.message] if item.done else []
        for ended in gone:
            ended.fate, ended.told = "retracted", ()
        return gone
