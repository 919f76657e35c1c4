"""The outbox: one line at a time, under the platform's quota and the merchant's own gap, and only if still true."""

from collections import deque

import msgspec

from bot.decide import compose
from bot.domain.policy import RoomPolicy
from bot.domain.ports import Caps, Outgoing, Receipt
from bot.live.questions import Question
from bot.live.state import State
from bot.live.writing import Writing

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
        self._sending: Question | None = None
        self._key, self._posts = "", 0

    def link(self, up: bool, caps: Caps) -> None:
        """The connection came up with these limits, or went down."""
        self._linked, self._state.caps = up, caps
        self._quota.limit(caps, self._state.policy)

    def wake_at(self) -> float | None:
        """Return when the next line may go out, None while there is none."""
        return self._quota.free_at() if self._free() and self._state.book.in_state("ready") else None

    def speak(self, now: float) -> None:
        """Post the most urgent answer if a slot is free. Its facts are checked once more, here and now."""
        state = self._state
        while self._free() and now >= self._quota.free_at():
            ready = state.book.in_state("ready")
            if not ready:
                return
            question = max(ready, key=lambda q: q.urgency(now))
            if not self._writing.still_true(now, question):
                continue
            product, lang = state.product(question.product), question.reading.lang
            question.line, question.suggestion = compose.line(
                question.body, product, lang, question.people, question.suggestion, state.caps.max_chars
            )
            if state.caps.can_send:
                self._post(now, question)
            else:
                state.close(now, question, "to_host", "read_only")

    def posted(self, now: float, receipt: Receipt) -> None:
        """Take the platform's word on the line under way; a receipt for any other line comes too late."""
        question, state = self._sending, self._state
        if question is None or receipt.key != self._key:
            return
        self._sending = None
        if receipt.after:
            self._quota.hold_until(now + receipt.after)
        if receipt.outcome in ("accepted", "confirmed"):
            self._suggested(question)
            state.close(now, question, "answered", "sent")
        elif receipt.outcome == "dropped" and question.tries < TRIES:
            question.reason = "resend"
            state.move(question, "ready", question.drafted + state.policy.answer_within)
        else:
            state.close(now, question, "failed", "send_dropped" if receipt.outcome == "dropped" else "send_unknown")

    def give_up(self, now: float) -> None:
        """The line under way has no receipt: its outcome is unknown, and it is not sent again."""
        question, self._sending = self._sending, None
        if question is not None:
            self._state.close(now, question, "failed", "send_unknown")

    def _free(self) -> bool:
        return self._linked and self._sending is None

    def _post(self, now: float, question: Question) -> None:
        state = self._state
        self._posts += 1
        self._key = f"{state.boot}-{self._posts}"
        question.tries += 1
        self._quota.take(now)
        self._sending = question
        state.move(question, "sending", now + state.policy.receipt_within)
        about = question.suggestion.product if question.suggestion else ""
        state.out.append(Outgoing(self._key, question.line, tuple(a.heard.id for a in question.askers), about))

    def _suggested(self, question: Question) -> None:
        if question.suggestion is None:
            return
        about = question.suggestion.product
        for asker in question.askers:
            known = self._state.context(asker.heard.viewer)
            if about not in known.suggested:
                told = msgspec.structs.replace(known, suggested=(*known.suggested, about))
                self._state.remember(asker.heard.viewer, told)
