"""The outbox of one place: a line at a time, under the platform's quota and the merchant's own gap, if still true.

Where our own lines come back (`Caps.echo`), a line counts as answered when it was seen; one that the platform took
and never showed, while it showed others, is sent once more.
"""

from collections.abc import Sequence

import msgspec

from bot.decide import compose
from bot.decide.privacy import mask
from bot.decide.words import clean
from bot.domain.events import Heard
from bot.domain.ports import Caps, Outgoing, Receipt
from bot.domain.turns import CorrectionFate
from bot.live.corrections import Pending
from bot.live.postings import Posting, Postings
from bot.live.questions import Question
from bot.live.quota import Quota
from bot.live.state import State
from bot.live.writing import Writing

IN_A_LINE = 3  # answers that a line commonly has room for
TRIES = 2  # a line that the platform certainly dropped, or swallowed, is sent once more
SEEN_WITHIN = 8.0  # seconds after its receipt in which a line comes back


class Line(msgspec.Struct):
    """A line on its way: what it answers or corrects, and until when its receipt or its echo is waited for.

    Attributes:
        echo: its words as intake will hear them.
        posting: what a person wrote.
        message: the platform's id of it.
        taken: the platform has it; it was not seen in the room yet.
        seen: it came back before its receipt.
    """

    key: str
    echo: str
    at: float
    until: float
    questions: list[Question]
    correction: Pending | None = None
    posting: Posting | None = None
    message: str = ""
    taken: bool = False
    seen: bool = False


class Outbox:
    """The speaking half of a room, at one of its places."""

    def __init__(self, state: State, writing: Writing, postings: Postings, place: str = "") -> None:
        self._state, self._writing, self._postings, self._place = state, writing, postings, place
        self._quota = Quota()
        self._lines: dict[str, Line] = {}
        self._echoes = False  # our own lines do come back here
        self._up_since = self._heard = 0.0
        self._posts = 0

    @property
    def _caps(self) -> Caps:
        return self._state.caps[self._place]

    def link(self, now: float, up: bool, caps: Caps) -> None:
        """The connection came up with these limits, or went down."""
        self._state.caps[self._place], self._up_since = caps, now
        (self._state.linked.add if up else self._state.linked.discard)(self._place)
        self._quota.limit(caps, self._state.policy)

    def wake_at(self) -> float | None:
        """Return when the next line may go out, or one is overdue; None while there is none."""
        times = [line.until for line in self._lines.values()]
        waits = self._speaks() and self._waits() or self._postings.waiting(self._place)
        if self._free() and waits and not self._silent():
            times.append(self._quota.free_at())
        return min(times, default=None)

    def speak(self, now: float) -> None:
        """If a slot is free, post a correction, else the answers on one product that serve most people, as far as the
        line has room. All facts are checked once more, here and now.
        """
        while self._free() and now >= self._quota.free_at():
            if self._silent() or self._person(now) or not self._speaks() or self._correct(now):
                return
            ready = self._ready(now)
            if not ready:
                return
            if not self._writing.still_true(now, ready[0]):
                continue
            together = self._together(now, ready)
            if self._caps.can_send:
                self._post(now, together)
            else:
                for question in together:
                    question.line = (
                        compose.label(self._state.product(question.product), question.reading.lang) + question.body
                    )
                    self._state.close(now, question, "to_host", "read_only")

    def heard(self, now: float, heard: Heard) -> None:
        """A comment was heard here; our own line may be one."""
        if not heard.own:
            self._heard = now
            return
        self._echoes = True
        for line in list(self._lines.values()):
            # A platform may put whom a line answers before its words.
            if heard.target == line.key or (not heard.target and heard.text.endswith(line.echo)):
                line.seen, line.message = True, line.message or heard.id
                if line.taken:
                    self._answered(now, self._lines.pop(line.key))
                return

    def _silent(self) -> bool:
        """Tell whether nothing at all may be sent."""
        return self._state.mode in ("stopped", "shadow")

    def _speaks(self) -> bool:
        """Tell whether the bot itself may speak; people may also where it may not."""
        return not self._silent() and not self._state.in_hand("")

    def _waits(self) -> bool:
        return self._writing.corrections.waiting(self._place) or bool(self._waiting())

    def _waiting(self) -> list[Question]:
        return [q for q in self._state.book.in_state("ready") if q.place == self._place]

    def _ready(self, now: float) -> list[Question]:
        """Return ready answers, those first that one line can serve most people with: of one product, most urgent."""
        together: dict[tuple[str, str], list[Question]] = {}
        for question in sorted(self._waiting(), key=lambda q: -q.urgency(now)):
            key = (question.product, question.reading.lang) if question.product else ("", question.id)
            together.setdefault(key, []).append(question)
        groups = sorted(together.values(), key=lambda group: -sum(q.urgency(now) for q in group[:IN_A_LINE]))
        return [question for group in groups for question in group]

    def _correct(self, now: float) -> bool:
        """Post the oldest correction, if one has to go out."""
        item = self._writing.corrections.next(now, self._place)
        if item is None:
            return False
        self._out(now, item.line, [], correction=item)
        return True

    def _person(self, now: float) -> bool:
        """Post the oldest line that a person wrote, if one waits."""
        item = self._postings.next(now, self._place)
        if item is None:
            return False
        self._out(now, item.text, [], item.product, posting=item)
        return True

    def _together(self, now: float, ready: Sequence[Question]) -> list[Question]:
        """Pick the questions that one line answers: the most urgent, and others of its product and language."""
        state, first = self._state, ready[0]
        product, lang, chosen = state.product(first.product), first.reading.lang, [first]
        for other in ready[1:] if product else ():
            same = other.product == first.product and other.reading.lang == lang and not other.suggestion
            room = same and compose.fits([q.body for q in chosen], other.body, product, lang, self._caps.max_chars)
            if room and self._writing.still_true(now, other):
                chosen.append(other)
        return chosen

    def posted(self, now: float, receipt: Receipt) -> None:
        """Take the platform's word on a line; a receipt for one that is waited for no more comes too late."""
        line = self._lines.get(receipt.key)
        if line is None or line.taken:
            return
        line.message = receipt.message or line.message
        if receipt.after:
            self._quota.hold_until(now + receipt.after)
        waits = self._caps.echo and self._echoes and not line.seen and not (line.correction or line.posting)
        if receipt.outcome == "accepted" and waits:
            line.taken, line.until = True, now + SEEN_WITHIN
            for question in line.questions:
                self._state.move(question, "sending", line.until)
            return
        del self._lines[receipt.key]
        if receipt.outcome in ("accepted", "confirmed") or line.seen:
            self._answered(now, line)
        elif receipt.outcome == "dropped":
            self._dropped(now, line, "send_dropped")
        else:
            self._lost(now, line)

    def _answered(self, now: float, line: Line) -> None:
        self._ended(now, line, "sent")
        for question in line.questions:
            self._suggested(now, question)
            question.message = line.message
            self._state.told.add(question.product)
            self._state.close(now, question, "answered", "seen" if line.seen else "sent")
        self._writing.corrections.answered(now)

    def _dropped(self, now: float, line: Line, why: str) -> None:
        """The line was certainly not shown: once more, while there is time."""
        if line.correction and not self._writing.corrections.again(line.correction):
            self._writing.corrections.end(now, line.correction, "failed")
        if line.posting and (self._silent() or not self._postings.again(line.posting)):
            self._postings.end(now, line.posting, "failed")
        for question in line.questions:
            if question.tries < TRIES and self._speaks() and not self._state.in_hand(question.product):
                question.reason = "resend"
                if self._state.mode == "assist":
                    self._writing.approval.offer(now, question)
                    continue
                self._state.move(question, "ready", question.drafted + self._state.policy.answer_within)
            else:
                self._state.close(now, question, "failed", why)

    def _lost(self, now: float, line: Line) -> None:
        """Nobody knows what became of the line: it is not sent again."""
        self._ended(now, line, "failed")
        for question in line.questions:
            self._state.close(now, question, "failed", "send_unknown")

    def _ended(self, now: float, line: Line, fate: CorrectionFate) -> None:
        """Record what became of a line that answers no question: a correction, or a person's own."""
        if line.correction:
            self._writing.corrections.end(now, line.correction, fate)
        if line.posting:
            self._postings.end(now, line.posting, fate)

    def give_up(self, now: float) -> None:
        """The room ends: of lines under way no more will be known."""
        lines, self._lines = self._lines, {}
        for line in lines.values():
            (self._answered if line.taken else self._lost)(now, line)

    def due(self, now: float) -> None:
        """Give up lines whose receipt is overdue; of those whose echo is, tell whether the platform swallowed them."""
        for line in [line for line in self._lines.values() if now >= line.until]:
            del self._lines[line.key]
            up = self._place in self._state.linked and self._up_since < line.at
            if not line.taken:
                self._lost(now, line)
            elif up and self._heard > line.at:  # others were shown since
                self._dropped(now, line, "send_swallowed")
            else:
                self._answered(now, line)

    def _free(self) -> bool:
        return self._place in self._state.linked and all(line.taken for line in self._lines.values())

    def _post(self, now: float, questions: list[Question]) -> None:
        state, first = self._state, questions[0]
        people = len({a.heard.viewer or a.heard.id for q in questions for a in q.askers})
        text, first.suggestion = compose.line(
            [q.body for q in questions], state.product(first.product), first.reading.lang, people, first.suggestion,
            self._caps.max_chars,
        )  # fmt: skip
        if not text:
            state.close(now, first, "to_host", "too_long")  # alone: others join only where there is room
            return
        named = compose.label(state.product(first.product), first.reading.lang)
        beside = first.suggestion.text if first.suggestion else ""
        # The answers themselves are lawful already.
        if hits := state.law.hits(f"{named}{beside}", labels=state.labels, likeness=False):
            first.rules = tuple(hit.rule.id for hit in hits)
            state.close(now, first, "withheld", f"adlaw:{hits[0].rule.id}")
            return
        for question in questions:
            question.line, question.tries = text, question.tries + 1
            state.move(question, "sending", now + state.policy.receipt_within)
        about = first.suggestion.product if first.suggestion else ""
        self._out(now, text, questions, about)

    def _out(
        self, now: float, text: str, questions: list[Question], about: str = "", *, correction: Pending | None = None,
        posting: Posting | None = None,
    ) -> None:  # fmt: skip
        self._posts += 1
        state = self._state
        key = "-".join(filter(None, (str(state.boot), self._place, str(self._posts))))
        reply_to = tuple(a.heard.id for q in questions for a in q.askers if a.heard.place == self._place)
        self._lines[key] = Line(
            key, mask(clean(text)), now, now + state.policy.receipt_within, questions, correction, posting
        )
        self._quota.take(now)
        state.out.append(Outgoing(key, text, reply_to, about, self._place))

    def _suggested(self, now: float, question: Question) -> None:
        if (made := question.suggestion) is None:
            return
        viewers = [asker.heard.viewer for asker in question.askers if asker.heard.viewer]
        for viewer in viewers:
            known = self._state.context(viewer)
            if fresh := [id for id in made.products if id not in known.suggested]:
                told = msgspec.structs.replace(known, suggested=(*known.suggested, *fresh))
                self._state.remember(viewer, told)
        self._state.out += self._state.shelf.made(now, viewers, question.id, made)
