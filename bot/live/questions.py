"""A question: who asked, what the words are so far, and how it ended."""

import msgspec

from bot.decide.triage import Reading
from bot.domain.catalog import Product
from bot.domain.events import Heard, Lang
from bot.domain.turns import Fact, Fate, Path, Suggestion
from bot.domain.views import QuestionState, QuestionView

HEAT_WINDOW = 30.0  # seconds


class Asker(msgspec.Struct, frozen=True):
    """One comment of a question: what was heard, how it was read, when that was decided, and where it is answered."""

    heard: Heard
    reading: Reading
    decided: float
    place: str = ""


class Question:
    """One open question. Mutable: the room alone changes it.

    Viewers of all places ask it together until it has its words; from then on it stands once for each place, since
    each has its own send slots and receipts.

    Attributes:
        place: where it is answered; None until it has words.
        shown: its id for onlookers; `id` is the same in all places.
        state: see `QuestionState`.
        body: the words without product name and asker count.
        line: the words as posted.
        until: when it must have moved on, seconds since the epoch; what "on" means depends on the state.
        tries: send attempts so far.
        rules: ids of the advertising rules that its words hit.
        before: the answer of a moment ago that its askers have missed, while it is true; None when there is none.
        doubt: why it waits for a person, or did; `approved`: a person let these very words go.
        claimed, lease: who has claimed it, and until when.
        first, was: the words before the law had them rewritten; the facts that changed under earlier words.
        message: the platform's id of the line.
    """

    __slots__ = (
        "approved", "askers", "before", "body", "claimed", "doubt", "drafted", "facts", "first", "id", "job", "key",
        "lease", "line", "message", "opened", "path", "place", "product", "reading", "reason", "rules", "shown",
        "state", "suggestion", "text", "tries", "until", "was",
    )  # fmt: skip

    def __init__(self, id: str, key: str, first: Asker, product: str, now: float) -> None:
        self.id = self.shown = id
        self.key, self.product = key, product
        self.place: str | None = None
        self.reading, self.text = first.reading, first.heard.text
        self.askers: list[Asker] = [first]
        self.opened, self.until, self.drafted = now, now, 0.0
        self.state: QuestionState = "open"
        self.body = self.line = self.job = self.reason = ""
        self.path: Path | None = None
        self.facts: tuple[Fact, ...] = ()
        self.suggestion: Suggestion | None = None
        self.rules: tuple[str, ...] = ()
        self.tries, self.lease = 0, 0.0
        self.before: Ended | None = None
        self.doubt = self.claimed = self.first = self.message = ""
        self.was: tuple[Fact, ...] = ()
        self.approved = False

    def twin(self, place: str, askers: list[Asker]) -> "Question":
        """Return the same question with the same words for another place."""
        twin = Question(self.id, self.key, askers[0], self.product, self.opened)
        twin.shown, twin.place, twin.askers, twin.text = f"{self.id}@{place}", place, askers, self.text
        twin.body, twin.path, twin.facts, twin.drafted = self.body, self.path, self.facts, self.drafted
        twin.suggestion, twin.rules, twin.reason = self.suggestion, self.rules, self.reason
        twin.first, twin.was = self.first, self.was
        return twin

    @property
    def people(self) -> int:
        """How many different viewers ask."""
        return len({a.heard.viewer or a.heard.id for a in self.askers})

    def heat(self, now: float) -> int:
        """Comments in the last 30 s."""
        return sum(1 for a in self.askers if now - a.decided <= HEAT_WINDOW)

    def urgency(self, now: float) -> float:
        """Order of sending: people first, buying intent next, then age, so that nobody waits for ever.

        Those who have only missed an answer count half: others have had none.
        """
        buying = 2.0 if {"price", "stock", "link", "discount"} & set(self.reading.slots) else 0.0
        return self.people * (0.5 if self.before else 1.0) + buying + (now - self.opened) / 5.0

    def view(self, now: float, product: Product | None) -> QuestionView:
        """What an onlooker sees of it."""
        return QuestionView(
            self.shown, self.text, self.reading.lang, self.state, len(self.askers), self.heat(now), self.opened, now,
            self.product, product.number if product else 0, self.reading.slots, self.line or self.body, self.path,
            self.facts, self.suggestion, self.reason, self.rules, self.place or "", self.until, self.doubt,
            self.claimed, self.askers[0].heard.viewer if self.askers else "", self.first, self.was,
        )  # fmt: skip


class Ended(msgspec.Struct):
    """A question that ended: how, when, on which facts, and how often it was asked again since.

    Attributes:
        known: catalogue version in force then, and whether workers could be asked.
        told: the facts of the line, its suggestion included; emptied once the line is being corrected.
        message: the platform's id of the line.
    """

    id: str
    lang: Lang
    askers: int
    fate: Fate
    reason: str
    at: float
    line: str
    path: Path | None
    facts: tuple[Fact, ...]
    told: tuple[Fact, ...]
    known: tuple[int, bool]
    place: str = ""
    product: str = ""
    message: str = ""
    text: str = ""
    again: int = 0
