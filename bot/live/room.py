"""The room: what happens to a comment, from the moment it is heard to the one Turn it ends as.

This is the place to start reading. A `Room` is a pure function of its inputs and their times: no I/O, no clock,
no tasks. `handle` takes one input and returns what is to be done; `stage.py` does it, and writes both to the
journal, so that a replay of the inputs makes the same decisions.

    Hear -> triage -> recall the viewer -> which product -> merge: an open question, or a new one
         -> draft: facts | worker | host -> guard -> a send slot -> facts still true? -> Outgoing -> receipt -> Turns

The ledger law: every comment heard ends as exactly one Turn, whatever happens.
"""

from collections import OrderedDict

import msgspec

from bot.decide import compose, facts, guard, merge
from bot.decide.draft import AskModel, ToHost, Words, draft
from bot.decide.triage import Reader, Reading, resolve
from bot.domain.catalog import Catalogue
from bot.domain.events import Heard
from bot.domain.inputs import Begin, Drafted, End, Hear, Input, Linked, Posted, Recalled, Staffed, Stocked, Tick
from bot.domain.ports import Job, Outgoing, Receipt, Written
from bot.domain.turns import Fate, Turn
from bot.domain.viewers import ViewerContext
from bot.domain.views import QuestionView
from bot.live.outbox import Quota
from bot.live.questions import Asker, Book, Question

KNOWN_VIEWERS = 5000  # session contexts kept in the room; the store has the rest
_NOBODY = ViewerContext()


class Recall(msgspec.Struct, frozen=True):
    """Fetch a viewer's session context; answer with `Recalled`."""

    viewer: str


class Remember(msgspec.Struct, frozen=True):
    """Store a viewer's session context."""

    viewer: str
    context: ViewerContext


Effect = Recall | Remember | Job | Outgoing | Turn


class Room:
    """One live room. The first input must be `Begin`."""

    def __init__(self) -> None:
        self.name = self._screen = self._key = ""
        self.catalogue = Catalogue()
        self.book = Book()
        self._reader = Reader(self.catalogue)
        self._waiting: OrderedDict[str, list[tuple[Heard, Reading, float]]] = OrderedDict()
        self._viewers: OrderedDict[str, ViewerContext] = OrderedDict()
        self._linked = self._staffed = self._ended = False
        self._sending: Question | None = None
        self._boot = self._posts = self._jobs = 0
        self._changed: dict[str, QuestionView] = {}
        self._touched: dict[str, Question] = {}
        self._out: list[Effect] = []

    # --- inputs ---------------------------------------------------------------------------------------------------

    def handle(self, now: float, item: Input) -> list[Effect]:
        """Take one input at room time `now` (seconds since the epoch, never going back) and say what to do."""
        self._out = []
        match item:
            case Hear():
                self._hear(now, item.heard, item.shed)
            case Tick():
                pass
            case Recalled():
                for viewer, context in item.contexts.items():
                    self._recalled(now, viewer, context)
            case Drafted():
                self._drafted(now, item.written)
            case Posted():
                self._posted(now, item.receipt)
            case Stocked():
                self._stocked(now, item.catalogue)
            case Linked():
                self._linked, self._caps = item.up, item.caps
                self._quota.limit(item.caps, self._policy)
            case Staffed():
                self._staffed = item.up
            case Begin():
                self._begin(now, item)
            case End():
                self._end(now)
        if not isinstance(item, Hear):
            self._due(now)
        self._speak(now)
        return self._out

    def wake_at(self) -> float | None:
        """Return when the room wants a `Tick`, or None while nothing is pending."""
        times = [q.until for q in self.book]
        if self._waiting:
            first = next(iter(self._waiting.values()))
            times.append(first[0][2] + self._policy.recall_within)
        if self._can_speak() and self.book.in_state("ready"):
            times.append(self._quota.free_at())
        return min(times, default=None)

    def views(self, now: float) -> list[QuestionView]:
        """Return what changed among the questions since the last call, for onlookers."""
        changed = list(self._changed.values())
        changed += [q.view(now, self.catalogue.by_id.get(q.product)) for q in self._touched.values()]
        self._changed, self._touched = {}, {}
        return changed

    @property
    def on_screen(self) -> str:
        """Id of the product the host explains; platforms name it by id or by link number."""
        if self._screen not in self.catalogue.by_id and self._screen.isdecimal():
            numbered = self.catalogue.by_number.get(int(self._screen))
            return numbered.id if numbered else ""
        return self._screen

    @property
    def open(self) -> int:
        """Comments heard that have no Turn yet."""
        return self.book.askers + sum(len(held) for held in self._waiting.values())

    def _begin(self, now: float, item: Begin) -> None:
        self.name, self._policy, self._caps = item.room, item.policy, item.caps
        self._quota = Quota(item.caps, item.policy)
        self._boot = int(now * 1000)

    def _hear(self, now: float, heard: Heard, shed: bool) -> None:
        if heard.kind == "comment":
            self._comment(now, heard, shed)
        elif heard.kind == "room" and heard.product:
            self._screen = heard.product
        elif heard.kind == "retract":
            self._retract(now, heard.target)
        elif heard.kind == "order" and heard.viewer in self._viewers and heard.product:
            known = self._viewers[heard.viewer]
            if heard.product not in known.bought:
                self._remember(heard.viewer, msgspec.structs.replace(known, bought=(*known.bought, heard.product)))

    def _comment(self, now: float, heard: Heard, shed: bool) -> None:
        if shed or self._ended:
            return self._turn(now, heard, None, "shed" if shed else "expired", "overload" if shed else "room_ended")
        if heard.own or heard.backfill:
            return self._turn(now, heard, None, "ignored", "own_line" if heard.own else "history")
        reading = self._reader(heard.text)
        if reading.kind == "complaint":
            return self._turn(now, heard, reading, "to_host", reading.reason)
        if reading.kind != "question":
            return self._turn(now, heard, reading, "ignored", reading.reason)
        if not heard.viewer or heard.viewer in self._viewers:
            return self._ask(now, heard, reading)
        held = self._waiting.get(heard.viewer)
        if held is not None:
            held.append((heard, reading, now))
        elif len(self._waiting) >= self._policy.max_waiting:
            self._ask(now, heard, reading)
        else:
            self._waiting[heard.viewer] = [(heard, reading, now)]
            self._out.append(Recall(heard.viewer))
        return None

    def _recalled(self, now: float, viewer: str, context: ViewerContext) -> None:
        if viewer not in self._viewers:
            self._know(viewer, context)
        for heard, reading, _ in self._waiting.pop(viewer, ()):
            self._ask(now, heard, reading)

    def _ask(self, now: float, heard: Heard, reading: Reading) -> None:
        """Merge a question into an open one, point at an answer just given, or open a new one."""
        context = self._viewers.get(heard.viewer, _NOBODY)
        product, how = resolve(reading, self.catalogue, self.on_screen, context.product)
        if product and heard.viewer:
            self._remember(heard.viewer, msgspec.structs.replace(context, product=product.id, asked=context.asked + 1))
        product = None if reading.need else product  # the words name the product that fits
        key = merge.key(reading, product)
        asker = Asker(heard, reading, now)
        question = self.book.find(key)
        if question is not None:
            self.book.join(question, asker)
            self._touched[question.id] = question
            return
        if self._answered_before(now, key, asker):
            return
        question = self.book.open(key, asker, product.id if product else "", now)
        self._draft(now, question, how)
        if len(self.book) > self._policy.max_open:
            self._shed_coldest(now)

    def _answered_before(self, now: float, key: str, asker: Asker) -> bool:
        before = self.book.ended(key, now - self._policy.repeat_after)
        if before is None or before.fate in ("expired", "failed", "shed") or facts.stale(before.facts, self.catalogue):
            return False
        before.again += 1
        if before.fate == "answered" and before.again >= self._policy.reheat_askers:
            return False
        fate: Fate = "merged" if before.fate == "answered" else before.fate
        reason = "answered_before" if before.fate == "answered" else before.reason
        self._turn(
            now, asker.heard, asker.reading, fate, reason, question=before.id, answer=before.line, path=before.path,
            facts=before.facts, decided=now,
        )  # fmt: skip
        return True

    # --- words ----------------------------------------------------------------------------------------------------

    def _draft(self, now: float, question: Question, how: str = "") -> None:
        product = self.catalogue.by_id.get(question.product)
        first = question.askers[0].heard
        made = draft(
            question.text, question.reading, product, how or "product_gone", self.catalogue,
            self._viewers.get(first.viewer, _NOBODY),
        )  # fmt: skip
        match made:
            case Words():
                suggestion = made.suggestion if self._policy.suggest else None
                question.body, question.facts, question.suggestion = made.body, made.facts, suggestion
                question.path, question.drafted = "fact", now
                self._move(question, "ready", now + self._policy.answer_within)
            case ToHost():
                self._close(now, question, "to_host", made.reason)
            case AskModel():
                if not self._staffed:
                    return self._close(now, question, "to_host", "no_worker")
                self._move(question, "open", now + self._policy.model_within)
                self._ask_model(now)
        return None

    def _ask_model(self, now: float) -> None:
        """Give waiting questions to the worker, hottest first, as far as the room's share allows."""
        free = self._policy.model_jobs - len(self.book.in_state("drafting"))
        for question in sorted(self.book.in_state("open"), key=lambda q: -q.urgency(now))[: max(0, free)]:
            made = draft(
                question.text, question.reading, self.catalogue.by_id.get(question.product), "product_gone",
                self.catalogue, _NOBODY,
            )  # fmt: skip
            if not isinstance(made, AskModel):
                self._draft(now, question)
                continue
            self._jobs += 1
            job = Job(f"{self.name}:{self._boot}:{self._jobs}", made.prefix, made.suffix, question.until)
            self.book.expect(question, job.id)
            self._move(question, "drafting", question.until)
            self._out.append(job)

    def _drafted(self, now: float, written: Written) -> None:
        question = self.book.of_job(written.id)
        if question is None:
            return
        self.book.unexpect(question)
        product = self.catalogue.by_id.get(question.product)
        if written.error or product is None:
            reason = "model_late" if written.error == "late" else "model_failed" if written.error else "product_gone"
            self._close(now, question, "to_host", reason)
        else:
            verdict = guard.check(written.text, question.text, product, self.catalogue, question.reading.lang)
            question.body, question.path, question.drafted = written.text, "model", now
            if verdict.reason == "asks_host":
                self._close(now, question, "to_host", "model_asks_host")
            elif not verdict.text:
                self._close(now, question, "withheld", f"guard:{verdict.reason}")
            else:
                question.body, question.facts = verdict.text, verdict.facts
                self._move(question, "ready", now + self._policy.answer_within)
        self._ask_model(now)

    def _stocked(self, now: float, catalogue: Catalogue) -> None:
        self.catalogue, self._reader = catalogue, Reader(catalogue)
        for question in self.book.in_state("ready"):
            self._refresh(now, question)

    def _refresh(self, now: float, question: Question) -> bool:
        """Recall a draft whose facts changed and draft it again. True when the words still stand."""
        held = question.facts + (question.suggestion.facts if question.suggestion else ())
        if not facts.stale(held, self.catalogue):
            return True
        question.reason = "fact_changed"
        self._draft(now, question)
        return False

    # --- sending --------------------------------------------------------------------------------------------------

    def _can_speak(self) -> bool:
        return self._linked and self._sending is None and not self._ended

    def _speak(self, now: float) -> None:
        """Post the most urgent answer if a slot is free. Its facts are checked once more, here and now."""
        while self._can_speak() and now >= self._quota.free_at():
            ready = self.book.in_state("ready")
            if not ready:
                return
            question = max(ready, key=lambda q: q.urgency(now))
            if not self._refresh(now, question):
                continue
            product = self.catalogue.by_id.get(question.product)
            question.line, question.suggestion = compose.line(
                question.body, product, question.reading.lang, question.people, question.suggestion, self._caps.max_chars
            )
            if not self._caps.can_send:
                self._close(now, question, "to_host", "read_only")
                continue
            self._posts += 1
            question.tries += 1
            self._quota.take(now)
            self._sending = question
            self._move(question, "sending", now + self._policy.receipt_within)
            about = question.suggestion.product if question.suggestion else ""
            self._key = f"{self._boot}-{self._posts}"
            self._out.append(Outgoing(self._key, question.line, tuple(a.heard.id for a in question.askers), about))
            return

    def _posted(self, now: float, receipt: Receipt) -> None:
        question = self._sending
        if question is None or receipt.key != self._key:
            return
        self._sending = None
        if receipt.after:
            self._quota.hold_until(now + receipt.after)
        if receipt.outcome in ("accepted", "confirmed"):
            if question.suggestion:
                self._suggested(question)
            self._close(now, question, "answered", "sent")
        elif receipt.outcome == "dropped" and question.tries < 2:
            question.reason = "resend"
            self._move(question, "ready", question.drafted + self._policy.answer_within)
        else:
            self._close(now, question, "failed", "send_dropped" if receipt.outcome == "dropped" else "send_unknown")

    # --- time and endings -----------------------------------------------------------------------------------------

    def _due(self, now: float) -> None:
        """End what waited too long."""
        while self._waiting:
            viewer, held = next(iter(self._waiting.items()))
            if now < held[0][2] + self._policy.recall_within:
                break
            self._recalled(now, viewer, _NOBODY)
        for question in [q for q in self.book if q.until <= now]:
            match question.state:
                case "sending":
                    self._sending = None
                    self._close(now, question, "failed", "send_unknown")
                case "ready":
                    self._close(now, question, "expired", "no_slot")
                case _:
                    self._close(now, question, "to_host", "model_late")

    def _retract(self, now: float, comment: str) -> None:
        for viewer, held in self._waiting.items():
            for entry in held:
                if entry[0].id == comment:
                    held.remove(entry)
                    self._turn(now, entry[0], entry[1], "retracted", "retracted")
                    if not held:
                        del self._waiting[viewer]
                    return
        question = self.book.of_comment(comment)
        if question is None or question.state == "sending":
            return
        gone = self.book.leave(question, comment)
        if gone:
            self._turn(now, gone.heard, gone.reading, "retracted", "retracted", question=question.id, decided=gone.decided)
        if not question.askers:
            self._close(now, question, "retracted", "retracted")

    def _shed_coldest(self, now: float) -> None:
        pending = [q for q in self.book if q.state != "sending"]
        self._close(now, min(pending, key=lambda q: q.urgency(now)), "shed", "too_many_open")

    def _end(self, now: float) -> None:
        self._ended = True
        self._sending = None
        for held in self._waiting.values():
            for heard, reading, _ in held:
                self._turn(now, heard, reading, "expired", "room_ended")
        self._waiting.clear()
        for question in list(self.book):
            sent = question.state == "sending"
            self._close(now, question, "failed" if sent else "expired", "send_unknown" if sent else "room_ended")

    def _move(self, question: Question, state: str, until: float) -> None:
        question.state, question.until = state, until  # type: ignore[assignment]
        self._touched[question.id] = question

    def _close(self, now: float, question: Question, fate: Fate, reason: str) -> None:
        question.reason = reason
        for i, asker in enumerate(self.book.close(question, fate, now)):
            mine: Fate = "merged" if fate == "answered" and i else fate
            self._turn(
                now, asker.heard, asker.reading, mine, reason, question=question.id, decided=asker.decided,
                of=question,
            )  # fmt: skip
        question.state = fate if fate != "merged" and fate != "ignored" else "answered"
        self._touched.pop(question.id, None)
        self._changed[question.id] = question.view(now, self.catalogue.by_id.get(question.product))

    def _turn(
        self, now: float, heard: Heard, reading: Reading | None, fate: Fate, reason: str, *, of: Question | None = None,
        decided: float = 0.0, **more: object,
    ) -> None:  # fmt: skip
        if of is not None:
            more |= {
                "product": of.product, "askers": len(of.askers), "answer": of.line or of.body, "path": of.path,
                "facts": of.facts, "suggestion": of.suggestion, "drafted": of.drafted,
            }  # fmt: skip
        if reading is not None:
            more |= {"lang": reading.lang, "kind": reading.kind, "slots": reading.slots}
        self._out.append(
            Turn(
                self.name, heard.seq, heard.id, heard.viewer, heard.text, fate, reason, heard.at, decided or now, now,
                version=self.catalogue.version, **more,  # type: ignore[arg-type]
            )  # fmt: skip
        )

    # --- viewers --------------------------------------------------------------------------------------------------

    def _know(self, viewer: str, context: ViewerContext) -> None:
        self._viewers[viewer] = context
        self._viewers.move_to_end(viewer)
        if len(self._viewers) > KNOWN_VIEWERS:
            self._viewers.popitem(last=False)

    def _remember(self, viewer: str, context: ViewerContext) -> None:
        self._know(viewer, context)
        self._out.append(Remember(viewer, context))

    def _suggested(self, question: Question) -> None:
        about = question.suggestion.product if question.suggestion else ""
        for asker in question.askers:
            known = self._viewers.get(asker.heard.viewer, _NOBODY)
            if asker.heard.viewer and about not in known.suggested:
                self._remember(asker.heard.viewer, msgspec.structs.replace(known, suggested=(*known.suggested, about)))

