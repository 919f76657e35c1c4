"""The room: what happens to a comment, from the moment it is heard to the one Turn it ends as.

This is the place to start reading. A `Room` is a pure function of its inputs and their times: no I/O, no clock,
no tasks. `handle` takes one input and returns what is to be done; `stage.py` does it, and writes both to the
journal, so that a replay of the inputs makes the same decisions.

    Hear -> triage -> recall the viewer -> which product -> merge: an open question, or a new one     (here)
         -> draft: facts | worker | host -> guard                                                     (writing.py)
         -> a send slot -> facts still true? -> Outgoing -> receipt -> Turns                          (outbox.py)

The ledger law: every comment heard ends as exactly one Turn, whatever happens.
"""

from collections import OrderedDict

import msgspec

from bot.decide import facts, merge
from bot.decide.triage import Reading, resolve
from bot.domain import inputs
from bot.domain.catalog import Catalogue
from bot.domain.desk import Checked
from bot.domain.events import Heard
from bot.domain.turns import Fate
from bot.domain.viewers import ViewerContext
from bot.domain.views import QuestionView
from bot.live.book import Book
from bot.live.deals import Deals
from bot.live.desk import Desk
from bot.live.outbox import Outbox
from bot.live.postings import Postings
from bot.live.questions import Asker, Ended
from bot.live.state import NOBODY, Cancel, Effect, Erase, Recall, Remember, State
from bot.live.writing import Writing

__all__ = ["Cancel", "Effect", "Erase", "Recall", "Remember", "Room"]


class Room:
    """One live room. The first input must be `Begin`."""

    def __init__(self) -> None:
        self._state = State()
        self._writing, self._postings = Writing(self._state), Postings(self._state)
        self._deals = Deals(self._state, self._postings)
        self._desk = Desk(self._state, self._writing, self._postings)
        self._outboxes = {"": Outbox(self._state, self._writing, self._postings)}
        self._waiting: OrderedDict[str, list[tuple[Heard, Reading, float]]] = OrderedDict()
        self._ended = False

    def handle(self, now: float, item: inputs.Input) -> list[Effect]:
        """Take one input at room time `now` (seconds since the epoch, never going back) and say what to do."""
        self._state.out = []
        match item:
            case inputs.Hear(heard, shed):
                self._hear(now, heard, shed)
            case inputs.Begin(room, policy, caps, places):
                state = self._state
                state.name, state.policy, state.boot, state.mode = room, policy, int(now * 1000), policy.mode
                state.book.hold = max(policy.repeat_after, policy.correct_within)
                state.caps = places or {"": caps}
                state.shelf.begin(room, state.boot)
                self._outboxes = {place: Outbox(state, self._writing, self._postings, place) for place in state.caps}
                for place, limits in state.caps.items():
                    self._outboxes[place].link(now, False, limits)
            case inputs.Scripted(script):
                self._state.mend(script)
            case inputs.Recollected(learned):
                self._state.shelf.recall(learned)
            case inputs.End():
                self._end(now)
            case _ if not isinstance(item, inputs.Tick):
                self._news(now, item)
        if not isinstance(item, inputs.Hear):
            self._due(now)
        if not self._ended:
            for outbox in self._outboxes.values():
                outbox.speak(now)
        return self._state.out

    def _news(self, now: float, item: inputs.Input) -> None:
        match item:
            case inputs.Recalled(contexts):
                for viewer, context in contexts.items():
                    self._recalled(now, viewer, context)
            case inputs.Drafted(written):
                self._writing.written(now, written)
            case inputs.Posted(receipt):
                for outbox in self._outboxes.values():
                    outbox.posted(now, receipt)
            case inputs.Stocked(catalogue):
                self._writing.stocked(now, catalogue)
            case inputs.Ruled(table):
                self._writing.ruled(now, table)
            case inputs.Linked(up, caps, place):
                self._outboxes[place].link(now, up, caps)
            case inputs.Staffed(up):
                self._state.staffed = up
            case inputs.Commanded(order):
                self._desk.order(now, order)
            case inputs.Erased():
                self._desk.erased(now, item)

    def wake_at(self) -> float | None:
        """Return when the room wants a `Tick`, None while nothing is pending."""
        times = [q.until for q in self.book] + self._deals.wake_at()
        if self._waiting:
            first = next(iter(self._waiting.values()))
            times.append(first[0][2] + self._state.policy.recall_within)
        slots = (outbox.wake_at() for outbox in self._outboxes.values())
        return min(times + [slot for slot in slots if slot is not None], default=None)

    def views(self, now: float) -> list[QuestionView]:
        """Return what changed among the questions since the last call, for onlookers."""
        return self._state.views(now)

    @property
    def book(self) -> Book:
        """The open questions."""
        return self._state.book

    @property
    def catalogue(self) -> Catalogue:
        """The catalogue version in force."""
        return self._state.catalogue

    @property
    def on_screen(self) -> str:
        """Id of the product the host explains; platforms name it by id or by link number."""
        return self._state.on_screen

    def check(self, answer: str, text: str, product: str = "") -> Checked:
        """Say what the guard makes of words that somebody is typing. Changes nothing."""
        return self._desk.check(answer, text, product)

    @property
    def state(self) -> State:
        """What the room knows, to be read only."""
        return self._state

    @property
    def open(self) -> int:
        """Comments without a Turn."""
        return self.book.askers + sum(len(held) for held in self._waiting.values())

    def _hear(self, now: float, heard: Heard, shed: bool) -> None:
        state = self._state
        if heard.kind == "comment":
            self._comment(now, heard, shed)
        elif heard.kind == "room" and heard.product:
            state.show(now, heard.product)
        elif heard.kind == "retract":
            self._retract(now, heard.place, heard.target)
        elif heard.kind in ("click", "order", "refund") and (product := state.meant(heard.product)):
            self._deals.heard(now, heard, product)

    def _comment(self, now: float, heard: Heard, shed: bool) -> None:
        state = self._state
        if shed or self._ended:
            state.turn(now, heard, None, "shed" if shed else "expired", "overload" if shed else "room_ended")
        elif heard.own or heard.backfill:
            if heard.own:
                self._outboxes[heard.place].heard(now, heard)
            state.turn(now, heard, None, "ignored", "own_line" if heard.own else "history")
        else:
            self._outboxes[heard.place].heard(now, heard)
            reading = state.read(heard.text)
            if reading.kind == "question":
                self._question(now, heard, reading)
            else:
                if reading.kind == "complaint":
                    state.complained(now, heard.viewer)
                fate: Fate = "to_host" if reading.kind == "complaint" else "ignored"
                state.turn(now, heard, reading, fate, reading.reason)

    def _question(self, now: float, heard: Heard, reading: Reading) -> None:
        """Ask at once when the viewer is known; else recall the viewer first."""
        viewer, full = heard.viewer, len(self._waiting) >= self._state.policy.max_waiting
        if (held := self._waiting.get(viewer)) is not None:
            held.append((heard, reading, now))
        elif not viewer or self._state.knows(viewer) or full:
            self._ask(now, heard, reading)
        else:
            self._waiting[heard.viewer] = [(heard, reading, now)]
            self._state.out.append(Recall(heard.viewer))

    def _recalled(self, now: float, viewer: str, context: ViewerContext) -> None:
        if not self._state.knows(viewer):
            self._state.meet(viewer, context)
        for heard, reading, _ in self._waiting.pop(viewer, ()):
            self._ask(now, heard, reading)

    def _ask(self, now: float, heard: Heard, reading: Reading) -> None:
        """Merge a question into an open one, point at an answer just given, or open a new one."""
        state, context = self._state, self._state.context(heard.viewer)
        if why := state.in_hand("", heard.viewer):
            state.turn(now, heard, reading, "to_host", why)
            return
        product, how = resolve(reading, self.catalogue, self.on_screen, context.product)
        if product:
            state.remember(heard.viewer, msgspec.structs.replace(context, product=product.id, asked=context.asked + 1))
            state.turned(now, heard.viewer, product.id, "asked")
        product = None if reading.need else product  # the words will name the product that fits
        key, asker = state.kin.key(merge.asked(reading, product)), Asker(heard, reading, now, state.voice(heard.place))
        question = self.book.find(key, asker.place)
        before = self.book.ended(key, asker.place, now - state.policy.repeat_after)
        if before and facts.stale(before.facts, self.catalogue):
            before = None
        if question is not None:
            self.book.join(question, asker)
            state.touch(question)
        elif not (before and self._points_at(now, before, asker)):
            question = self.book.open(key, asker, product.id if product else "", now)
            question.before = before if before and before.fate == "answered" else None
            said = None
            if len(self._outboxes) > 1:
                said = self.book.elsewhere(question, asker.place, self._outboxes, now - state.policy.repeat_after)
            if not (said and self._writing.again(now, question, said)):
                self._writing.draft(now, question, how)
            if len(self.book) > state.policy.max_open:
                coldest = min((q for q in self.book if q.state != "sending"), key=lambda q: q.urgency(now))
                state.close(now, coldest, "shed", "too_many_open")

    def _points_at(self, now: float, before: Ended, asker: Asker) -> bool:
        """End a comment like the same question a moment ago, unless more is known now or many ask again."""
        if before.fate not in ("answered", "to_host", "withheld"):
            return False
        if before.fate != "answered" and before.known != (self.catalogue.version, self._state.staffed):
            return False  # what nobody could say then may be known now
        before.again += 1
        answered = before.fate == "answered"
        if answered and before.again >= self._state.policy.reheat_askers:
            return False
        self._state.turn(
            now, asker.heard, asker.reading, "merged" if answered else before.fate,
            "answered_before" if answered else before.reason, question=before.id, answer=before.line,
            path=before.path, facts=before.facts,
        )  # fmt: skip
        return True

    # --- time and endings -----------------------------------------------------------------------------------------

    def _due(self, now: float) -> None:
        """End what waited too long."""
        while self._waiting:
            viewer, held = next(iter(self._waiting.items()))
            if now < held[0][2] + self._state.policy.recall_within:
                break
            self._recalled(now, viewer, NOBODY)
        for question in [q for q in self.book if q.until <= now]:
            match question.state:
                case "sending":
                    self._outboxes[question.place or ""].due(now)
                case "ready" if (before := question.before) and not facts.stale(before.facts, self.catalogue):
                    self._state.point(now, question, before)
                case "ready":
                    self._state.close(now, question, "expired", "no_slot")
                case "pending":
                    self._writing.approval.silent(now, question)
                case "open" | "drafting":
                    self._writing.fall_back(now, question, "to_host", "model_late")
                case _:
                    pass  # ended with another question that shared its line
        self._postings.due(now)
        self._deals.due(now)
        for outbox in self._outboxes.values():
            outbox.due(now)

    def _retract(self, now: float, place: str, comment: str) -> None:
        for viewer, held in self._waiting.items():
            entry = next((e for e in held if (e[0].place, e[0].id) == (place, comment)), None)
            if entry:
                held.remove(entry)
                self._state.turn(now, entry[0], entry[1], "retracted", "retracted")
                if not held:
                    del self._waiting[viewer]
                return
        question = self.book.of_comment(place, comment)
        if question is None or question.state == "sending":
            return
        gone = self.book.leave(question, place, comment)
        if gone:
            self._state.turn(now, gone.heard, gone.reading, "retracted", "retracted", of=question, decided=gone.decided)
        if not question.askers:
            self._state.close(now, question, "retracted", "retracted")

    def _end(self, now: float) -> None:
        self._ended = True
        for outbox in self._outboxes.values():
            outbox.give_up(now)
        self._writing.corrections.close(now)
        self._postings.close(now)
        for held in self._waiting.values():
            for heard, reading, _ in held:
                self._state.turn(now, heard, reading, "expired", "room_ended")
        self._waiting.clear()
        self._state.out += self._state.shelf.close(now)
        for question in list(self.book):
            self._state.close(now, question, "expired", "room_ended")
