"""The outbox: one line at a time, under the platform's quota and the merchant's own gap, and only if still true."""

from collections import deque
from collections.abc import Sequence

import msgspec

from bot.decide import compose
from bot.domain.policy import RoomPolicy
from bot.domain.ports import Caps, Outgoing, Receipt
from bot.live.corrections import Pending
from bot.live.questions import Question
from bot.live.state import State
from bot.live.writing import Writing

IN_A_LINE = 3  # answers that a line commonly has room for
TRIES = 2  # a line that the platform certainly dropped is sent once more


class Quota:
    """Send slots: a least gap between lines, and at most n lines per window."""

    def __init__(self) -> None:
        self._sent: deque[float] = deque()
        self._not_before = 0.0
        self.limit(Caps(), RoomPolicy())

    def limit(self, caps: Caps, policy: RoomPolicy) -> None:
        """Set the limits; lines already sent count against the new ones."""
        self._gap = max(caps.min_gap, policy.send_gap)
        self._most, self._window = max(1, caps.per_window[0]), caps.per_window[1]

    def free_at(self) -> float:
        """Return the earliest moment for the next line, seconds since the epoch."""
        at = self._not_before
        if self._sent:
            at = max(at, self._sent[-1] + self._gap)
        if len(self._sent) >= self._most:
            at = max(at, self._sent[-self._most] + self._window)
        return at

    def take(self, now: float) -> None:
        """Use the slot."""
        self._sent.append(now)
        while len(self._sent) > self._most:
            self._sent.popleft()

    def hold_until(self, moment: float) -> None:
        """The platform asked us to wait."""
        self._not_before = max(self._not_before, moment)


class Outbox:
    """The speaking half of a room."""

    def __init__(self, state: State, writing: Writing) -> None:
        self._state, self._writing = state, writing
        self._quota = Quota()
        self._linked = False
        self._sending: list[Question] = []
        self._correcting: Pending | None = None
        self._until = 0.0
        self._key, self._posts = "", 0

    def link(self, up: bool, caps: Caps) -> None:
        """The connection came up with these limits, or went down."""
        self._linked, self._state.caps = up, caps
        self._quota.limit(caps, self._state.policy)

    def wake_at(self) -> float | None:
        """Return when the next line may go out or its receipt is overdue, None while there is none."""
        if self._correcting:
            return self._until
        waits = self._writing.corrections or self._state.book.in_state("ready")
        return self._quota.free_at() if self._free() and waits else None

    def speak(self, now: float) -> None:
        """If a slot is free, post a correction, else the answers on one product that serve most people, as far as the
        line has room. All facts are checked once more, here and now.
        """
        while self._free() and now >= self._quota.free_at():
            if self._correct(now):
                return
            ready = self._ready(now)
            if not ready:
                return
            if not self._writing.still_true(now, ready[0]):
                continue
            together = self._together(now, ready)
            if self._state.caps.can_send:
                self._post(now, together)
            else:
                for question in together:
                    question.line = (
                        compose.label(self._state.product(question.product), question.reading.lang) + question.body
                    )
                    self._state.close(now, question, "to_host", "read_only")

    def _ready(self, now: float) -> list[Question]:
        """Return ready answers, those first that one line can serve most people with: of one product, most urgent."""
        together: dict[tuple[str, str], list[Question]] = {}
        for question in sorted(self._state.book.in_state("ready"), key=lambda q: -q.urgency(now)):
            key = (question.product, question.reading.lang) if question.product else ("", question.id)
            together.setdefault(key, []).append(question)
        groups = sorted(together.values(), key=lambda group: -sum(q.urgency(now) for q in group[:IN_A_LINE]))
        return [question for group in groups for question in group]

    def _correct(self, now: float) -> bool:
        """Post the oldest correction, if one has to go out."""
        item = self._correcting = self._writing.corrections.next(now)
        if item is None:
            return False
        self._until = now + self._state.policy.receipt_within
        self._out(now, item.line, (), "")
        return True

    def _together(self, now: float, ready: Sequence[Question]) -> list[Question]:
        """Pick the questions that one line answers: the most urgent, and others of its product and language."""
        state, first = self._state, ready[0]
        product, lang, chosen = state.product(first.product), first.reading.lang, [first]
        for other in ready[1:] if product else ():
            same = other.product == first.product and other.reading.lang == lang and not other.suggestion
            room = same and compose.fits([q.body for q in chosen], other.body, product, lang, state.caps.max_chars)
            if room and self._writing.still_true(now, other):
                chosen.append(other)
        return chosen

    def posted(self, now: float, receipt: Receipt) -> None:
        """Take the platform's word on the line under way; a receipt for any other line comes too late."""
        if not (self._sending or self._correcting) or receipt.key != self._key:
            return
        if self._correcting:
            self._corrected(now, self._correcting, receipt)
        questions, self._sending = self._sending, []
        if receipt.after:
            self._quota.hold_until(now + receipt.after)
        for question in questions:
            self._settle(now, question, receipt)

    def _corrected(self, now: float, item: Pending, receipt: Receipt) -> None:
        self._correcting = None
        if receipt.outcome in ("accepted", "confirmed"):
            self._writing.corrections.end(now, item, "sent")
            self._writing.corrections.answered(now)
        elif receipt.outcome != "dropped" or not self._writing.corrections.again(item):
            self._writing.corrections.end(now, item, "failed")

    def _settle(self, now: float, question: Question, receipt: Receipt) -> None:
        state = self._state
        if receipt.outcome in ("accepted", "confirmed"):
            self._suggested(question)
            state.close(now, question, "answered", "sent")
            self._writing.corrections.answered(now)
        elif receipt.outcome == "dropped" and question.tries < TRIES:
            question.reason = "resend"
            state.move(question, "ready", question.drafted + state.policy.answer_within)
        else:
            state.close(now, question, "failed", "send_dropped" if receipt.outcome == "dropped" else "send_unknown")

    def give_up(self, now: float) -> None:
        """The line under way has no receipt: its outcome is unknown, and it is not sent again."""
        questions, self._sending = self._sending, []
        for question in questions:
            self._state.close(now, question, "failed", "send_unknown")
        if self._correcting:
            self._corrected(now, self._correcting, Receipt(self._key, "unknown"))

    def due(self, now: float) -> None:
        """Give up the correction under way when its receipt is overdue."""
        if self._correcting and now >= self._until:
            self.give_up(now)

    def _free(self) -> bool:
        return self._linked and not self._sending and not self._correcting

    def _post(self, now: float, questions: list[Question]) -> None:
        state, first = self._state, questions[0]
        people = len({a.heard.viewer or a.heard.id for q in questions for a in q.askers})
        text, first.suggestion = compose.line(
            [q.body for q in questions], state.product(first.product), first.reading.lang, people, first.suggestion,
            state.caps.max_chars,
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
        self._sending = questions
        for question in questions:
            question.line, question.tries = text, question.tries + 1
            state.move(question, "sending", now + state.policy.receipt_within)
        about = first.suggestion.product if first.suggestion else ""
        askers = tuple(a.heard.id for q in questions for a in q.askers)
        self._out(now, text, askers, about)

    def _out(self, now: float, text: str, reply_to: tuple[str, ...], about: str) -> None:
        self._posts += 1
        self._key = f"{self._state.boot}-{self._posts}"
        self._quota.take(now)
        self._state.out.append(Outgoing(self._key, text, reply_to, about))

    def _suggested(self, question: Question) -> None:
        if question.suggestion is None:
            return
        about = question.suggestion.product
        for asker in question.askers:
            known = self._state.context(asker.heard.viewer)
            if about not in known.suggested:
                told = msgspec.structs.replace(known, suggested=(*known.suggested, about))
                self._state.remember(asker.heard.viewer, told)
