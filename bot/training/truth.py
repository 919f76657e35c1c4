"""Truth: a room driven through thousands of questions, with any drafter in the loop and an auditor at its mouth.

Time is virtual. Drafts come a moment after they were asked for, so that prices change and sizes sell out in between.
"""

import heapq
import random
import re
from collections import Counter
from collections.abc import Callable, Iterable
from itertools import count

import msgspec

from bot.decide.words import fold
from bot.domain.catalog import Catalogue, Product
from bot.domain.events import Heard, Lang
from bot.domain.inputs import Begin, Drafted, End, Hear, Input, Linked, Posted, Recalled, Ruled, Staffed, Stocked
from bot.domain.law import LawTable
from bot.domain.policy import RoomPolicy
from bot.domain.ports import Caps, Outgoing, Receipt
from bot.domain.turns import Turn
from bot.domain.viewers import ViewerContext
from bot.domain.work import Job, Written
from bot.live.room import Recall, Room
from bot.training.liar import Draft

CAPS = Caps(max_chars=100, per_window=(10_000, 1.0), min_gap=0.0)
POLICY = RoomPolicy(send_gap=0.0, repeat_after=0.0, correct_within=60.0, model_jobs=64)


class Step(msgspec.Struct, frozen=True):
    """Something that happens at a second of the show: an event, or a new catalogue."""

    at: float
    heard: Heard | None = None
    catalogue: Catalogue | None = None


class Examined(msgspec.Struct):
    """What an examination found.

    Attributes:
        comments, questions, lines, drafts, lies: how many of each; `caught` lies by kind that did not leave.
        sent: lies that left, as (kind, false words, line). `wrong` numbers that the auditor found, as (why, line).
        turns: every Turn, for whoever wants to count further.
    """

    comments: int = 0
    questions: int = 0
    lines: int = 0
    drafts: int = 0
    lies: int = 0
    caught: Counter[str] = msgspec.field(default_factory=Counter)
    sent: list[tuple[str, str, str]] = []
    wrong: list[tuple[str, str]] = []
    turns: list[Turn] = []


Drafter = Callable[[Job, Product, Lang], Draft]
Audit = Callable[[str, Catalogue], list[str]]


def examine(steps: Iterable[Step], rules: LawTable, drafter: Drafter, audit: Audit, *, seed: int = 1) -> Examined:
    """Drive a room through a show.

    Args:
        steps: the show, in order of time; the first one brings the catalogue.
        drafter: writes what a worker would.
        audit: tells what is wrong in a line, by the catalogue in force; independent of the room's own checks.
    """
    exam = _Exam(drafter, audit, random.Random(seed))
    for item in (Begin("exam", POLICY, CAPS), Ruled(rules), Linked(True, CAPS), Staffed(True)):
        exam.feed(0.0, item)
    last = 0.0
    for step in steps:
        last = step.at
        exam.run(last)
        if step.catalogue is not None:
            exam.feed(last, Stocked(step.catalogue))
        if step.heard is not None:
            exam.feed(last, Hear(step.heard))
    exam.run(last + 60.0)
    exam.feed(last + 60.0, End())
    return exam.found


class _Exam:
    """A room with its surroundings in virtual time."""

    def __init__(self, drafter: Drafter, audit: Audit, dice: random.Random) -> None:
        self._drafter, self._audit, self._dice = drafter, audit, dice
        self._room, self._order = Room(), count()
        self._agenda: list[tuple[float, int, Input]] = []
        self._catalogue = Catalogue()
        self._lies: dict[str, list[Draft]] = {}
        self.found = Examined()

    def run(self, until: float) -> None:
        """Let everything happen that is due."""
        while self._agenda and self._agenda[0][0] <= until:
            at, _, item = heapq.heappop(self._agenda)
            self.feed(at, item)

    def feed(self, now: float, item: Input) -> None:
        """Feed one input and answer what the room asks for."""
        if isinstance(item, Stocked):
            self._catalogue = item.catalogue
        for effect in self._room.handle(now, item):
            match effect:
                case Recall():
                    self._put(now, Recalled({effect.viewer: ViewerContext()}))
                case Job():
                    self._write(now, effect)
                case Outgoing():
                    self._listen(effect.text)
                    self._put(now + 0.02, Posted(Receipt(effect.key, "accepted")))
                case Turn():
                    self.found.comments += 1
                    self.found.questions += effect.kind == "question"
                    self.found.turns.append(effect)

    def _put(self, at: float, item: Input) -> None:
        heapq.heappush(self._agenda, (at, next(self._order), item))

    def _write(self, now: float, job: Job) -> None:
        question = self._room.book.of_job(job.id)
        product = self._catalogue.by_id.get(question.product) if question else None
        if question is None or product is None:
            return
        draft = self._drafter(job, product, question.reading.lang)
        self.found.drafts += 1
        if draft.false:
            self.found.lies += 1
            self.found.caught[draft.kind] += 1
            self._lies.setdefault(product.id, []).append(draft)
        self._put(now + self._dice.uniform(0.05, 1.5), Drafted(Written(job.id, draft.text)))

    def _listen(self, line: str) -> None:
        """Audit a posted line, and look in it for the lies told about its product lately."""
        found = self.found
        found.lines += 1
        found.wrong += [(why, line) for why in self._audit(line, self._catalogue)]
        for product in self._catalogue.products:
            for lie in self._lies.get(product.id, ())[-20:] if _about(line, product) else ():
                if fold(lie.false) in fold(line):
                    found.sent.append((lie.kind, lie.false, line))
                    found.caught[lie.kind] -= 1


def _about(line: str, product: Product) -> bool:
    n = product.number
    return bool(n) and bool(re.search(rf"(?<!\d){n}号|#{n}(?!\d)", line))
