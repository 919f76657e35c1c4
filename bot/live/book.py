"""The book: all open questions of a room, and what was answered a moment ago."""

from collections import OrderedDict, deque
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

from bot.domain.turns import Fate
from bot.domain.views import QuestionState
from bot.live.questions import Asker, Ended, Question

K = TypeVar("K")
REMEMBERED = 2000  # ended questions kept for "asked again"


class Book:
    """All open questions of a room, and those that ended within the last `hold` seconds."""

    def __init__(self) -> None:
        self._open: dict[tuple[str, str | None], Question] = {}
        self._by_comment: dict[tuple[str, str], Question] = {}
        self._by_job: dict[str, Question] = {}
        self._ended: OrderedDict[tuple[str, str], Ended] = OrderedDict()
        self._answered: deque[Ended] = deque(maxlen=REMEMBERED)
        self._said: OrderedDict[tuple[str, str, str, str], Ended] = OrderedDict()
        self._count = 0
        self.hold = 300.0

    def __len__(self) -> int:
        return len(self._open)

    def __iter__(self) -> Iterator[Question]:
        return iter(self._open.values())

    @property
    def askers(self) -> int:
        """Comments that belong to open questions."""
        return sum(len(q.askers) for q in self._open.values())

    def find(self, key: str, place: str) -> Question | None:
        """Return the open question with this merge key that somebody at a place can still join."""
        return self._open.get((key, place)) or self._open.get((key, None))

    def elsewhere(self, question: Question, place: str, places: Iterable[str], since: float) -> Question | None:
        """Give a new question the id that it has, or had since a moment, at another place, and return it from there if
        it has its words.
        """
        for other in places:
            found = self._open.get((question.key, other))
            same = found or self.ended(question.key, other, since)
            if same and other != place:
                question.id, question.shown = same.id, f"{same.id}@{place}"
            if found and found.state in ("pending", "ready", "sending"):
                return found
        return None

    def of_comment(self, place: str, comment: str) -> Question | None:
        """Return the open question that a comment belongs to."""
        return self._by_comment.get((place, comment))

    def of_job(self, job: str) -> Question | None:
        """Return the open question that waits for a job."""
        return self._by_job.get(job)

    def in_state(self, *states: QuestionState) -> list[Question]:
        """Return open questions in these states, oldest first."""
        return [q for q in self._open.values() if q.state in states]

    def open(self, key: str, first: Asker, product: str, now: float) -> Question:
        """Open a question for its first asker."""
        self._count += 1
        question = Question(f"q{self._count}", key, first, product, now)
        self._open[key, None] = question
        self._keep(question, first)
        return question

    def part(self, question: Question) -> list[Question]:
        """Part a question that has its words by place; one that was parted before comes back as it is."""
        if question.place is not None:
            return [question]
        del self._open[question.key, None]
        groups: dict[str, list[Asker]] = {}
        for asker in question.askers:
            groups.setdefault(asker.place, []).append(asker)
        question.place = next(iter(groups))
        question.askers = groups.pop(question.place)
        if question.before and question.before.place != question.place:
            question.before = None
        parts = [question, *(question.twin(place, askers) for place, askers in groups.items())]
        for part in parts:
            self._open[part.key, part.place] = part
            for asker in part.askers:
                self._keep(part, asker)
        return parts

    def _keep(self, question: Question, asker: Asker) -> None:
        self._by_comment[asker.heard.place, asker.heard.id] = question

    def join(self, question: Question, asker: Asker) -> None:
        """Add a comment to an open question."""
        question.askers.append(asker)
        self._keep(question, asker)

    def leave(self, question: Question, place: str, comment: str) -> Asker | None:
        """Take a comment out of its question."""
        self._by_comment.pop((place, comment), None)
        gone = next((a for a in question.askers if (a.heard.place, a.heard.id) == (place, comment)), None)
        if gone:
            question.askers.remove(gone)
        return gone

    def expect(self, question: Question, job: str) -> None:
        """Remember which job a question waits for."""
        question.job = job
        self._by_job[job] = question

    def unexpect(self, question: Question) -> None:
        """Forget the job; its answer will find nobody."""
        self._by_job.pop(question.job, None)
        question.job = ""

    def close(self, question: Question, fate: Fate, now: float, known: tuple[int, bool]) -> Sequence[Asker]:
        """Take a question out of the book and return its askers."""
        del self._open[question.key, question.place]
        for asker in question.askers:
            self._by_comment.pop((asker.heard.place, asker.heard.id), None)
        since = now - self.hold
        for place in dict.fromkeys(asker.place for asker in question.askers):
            beside = question.suggestion.facts if question.suggestion else ()
            ended = Ended(
                question.id, question.reading.lang, len(question.askers), fate, question.reason, now,
                question.line or question.body, question.path, question.facts, (*question.facts, *beside), known, place,
                question.product, question.message,
                question.text,
            )  # fmt: skip
            _keep(self._ended, (place, question.key), ended, since)
            if fate == "answered":
                self._answered.append(ended)
                said = place, question.product, question.reading.lang, question.body
                _keep(self._said, said, ended, since)
        while self._answered and self._answered[0].at < since:
            self._answered.popleft()
        return question.askers

    def ended(self, key: str, place: str, since: float) -> Ended | None:
        """Return how this question ended at a place, if that was not before `since`."""
        found = self._ended.get((place, key))
        return found if found and found.at >= since else None

    def said(self, question: Question, since: float) -> Ended | None:
        """Return the answer that said the very words of a question on its product, if that was not before `since`."""
        found = self._said.get((question.place or "", question.product, question.reading.lang, question.body))
        return found if found and found.fate == "answered" and found.at >= since else None

    def parts(self, id: str) -> list[Question]:
        """Return an open question as it stands at its places, by its own id or by that of one of them."""
        return [q for q in self._open.values() if q.id == id.partition("@")[0]]

    def past(self, id: str) -> list[Ended]:
        """Return how a question ended lately, at each of its places."""
        return [ended for ended in self._ended.values() if ended.id == id.partition("@")[0]]

    def unanswered(self, since: float) -> list[Ended]:
        """Return the questions that ended without an answer since a moment."""
        fates = ("to_host", "expired", "failed", "withheld")
        return [e for e in reversed(self._ended.values()) if e.at >= since and e.fate in fates]

    def answered(self, since: float) -> Iterator[Ended]:
        """Yield the questions answered since a moment, newest first."""
        for found in reversed(self._answered):
            if found.at < since:
                return
            yield found

    def corrected(self, ended: Ended) -> None:
        """Remember a correction as an answer that may have to be corrected in turn."""
        self._answered.append(ended)


def _keep(kept: OrderedDict[K, Ended], key: K, ended: Ended, since: float) -> None:
    """Keep what ended last: since a moment, and no more than `REMEMBERED`."""
    kept[key] = ended
    kept.move_to_end(key)
    while len(kept) > REMEMBERED or next(iter(kept.values())).at < since:
        kept.popitem(last=False)
