"""The desk: commands of people in charge, taken one at a time, each of them once.

Two people who rule on one answer are told apart here and nowhere else: the room hears one after the other, and the
second finds the answer gone, or claimed.
"""

from collections import OrderedDict

import msgspec

from bot.decide import compose, facts
from bot.decide.edit import edited, praise
from bot.decide.words import lang_of
from bot.domain.desk import (
    Approve,
    Checked,
    Claim,
    Command,
    Lock,
    Mode,
    Order,
    Reject,
    Release,
    Rewrite,
    Ruling,
    Said,
    Say,
    SetMode,
    Show,
    TakeMends,
    TakeOver,
    Undo,
)  # fmt: skip
from bot.domain.inputs import Erased
from bot.domain.turns import Fact
from bot.live.postings import Postings
from bot.live.questions import Question
from bot.live.scripting import changed
from bot.live.state import State
from bot.live.writing import Writing

REMEMBERED = 5000  # rulings kept, so that a command that comes twice is carried out once
_UNSENT = ("open", "drafting", "pending", "ready")


class Desk:
    """The people's half of a room."""

    def __init__(self, state: State, writing: Writing, postings: Postings) -> None:
        self._state, self._writing, self._postings = state, writing, postings
        self._done: OrderedDict[tuple[str, str], Ruling] = OrderedDict()
        self._asked: set[tuple[str, str]] = set()  # the platform has not said yet what came of these

    # --- commands -------------------------------------------------------------------------------------------------

    def order(self, now: float, order: Order) -> None:
        """Carry out a command, or say why not. A copy of an earlier one is told what was said of that."""
        key = order.by, order.id
        if key in self._asked:
            return
        if before := self._done.get(key):
            self._state.out.append(msgspec.structs.replace(before, again=True))
            return
        if order.role == "viewer":
            self._state.out.append(Ruling(self._state.name, now, order, False, "no_right"))
            return
        self._carry_out(now, order, order.command)

    def _carry_out(self, now: float, order: Order, command: Command) -> None:
        match command:
            case SetMode(mode):
                self._mode(now, order, mode)
            case TakeOver():
                self._take(now, order, command)
            case Claim() | Release() | Approve() | Reject():
                self._pending(now, order, command)
            case Said(answer):
                self._said(now, order, answer)
            case Show(product):
                known = not product or product in self._state.catalogue.by_id
                if known:
                    self._state.show(now, product)
                self._rule(now, order, "" if known else "no_product")
            case Rewrite() | Lock() | TakeMends():
                self._rule(now, order, *changed(self._state, command))
            case Say():
                self._say(now, order, command)
            case Undo(answer):
                if why := self._postings.undo(order, answer):
                    self._rule(now, order, why)
                else:
                    self._asked.add((order.by, order.id))

    def erased(self, now: float, item: Erased) -> None:
        """The platform has deleted a line, or not. Of an order for several places the first word counts."""
        gone, key = self._postings.erased(item), (item.order.by, item.order.id)
        if key in self._asked:
            self._asked.discard(key)
            why = "" if item.done else "cannot_delete"
            self._rule(now, item.order, why, item.why, line=gone[0].line if gone else "")

    def _rule(self, now: float, order: Order, why: str = "", detail: str = "", line: str = "",
              held: tuple[Fact, ...] = ()) -> None:  # fmt: skip
        ruling = Ruling(self._state.name, now, order, not why, why, detail, line, held)
        self._done[order.by, order.id] = ruling
        if len(self._done) > REMEMBERED:
            self._done.popitem(last=False)
        self._state.out.append(ruling)

    # --- the whole room -------------------------------------------------------------------------------------------

    def _mode(self, now: float, order: Order, mode: Mode) -> None:
        state = self._state
        state.mode = mode
        self._rule(now, order)
        for question in [q for q in state.book if q.state in _UNSENT]:
            if mode == "stopped":
                state.close(now, question, "to_host", "stopped")
            elif question.state == "ready" or (question.state == "pending" and question.doubt == "assist"):
                self._writing.approval.offer(now, question)
        if mode in ("stopped", "shadow"):
            self._postings.close(now)

    def _take(self, now: float, order: Order, command: TakeOver) -> None:
        state, key = self._state, (command.what, "" if command.what == "room" else command.target)
        if command.what != "room" and not command.target:
            self._rule(now, order, "no_target")
            return
        if not command.on:
            known = state.taken.pop(key, None)
            self._rule(now, order, "" if known else "not_taken")
            return
        state.taken[key] = order.by
        self._rule(now, order)
        for question in [q for q in state.book if q.state in _UNSENT]:
            if command.what == "room" or (command.what == "product" and question.product == command.target):
                state.close(now, question, "to_host", "taken_over")
            elif command.what == "viewer":
                self._part_from(now, question, command.target)

    def _part_from(self, now: float, question: Question, viewer: str) -> None:
        """Give one viewer's comments to the person who looks after the viewer; the others keep their question."""
        state = self._state
        for asker in [a for a in question.askers if a.heard.viewer == viewer]:
            gone = state.book.leave(question, asker.heard.place, asker.heard.id)
            if gone:
                state.turn(
                    now, gone.heard, gone.reading, "to_host", "taken_over", of=question, decided=gone.decided
                )  # fmt: skip
        if not question.askers:
            state.close(now, question, "to_host", "taken_over")
        else:
            state.touch(question)

    # --- pending answers ------------------------------------------------------------------------------------------

    def _pending(self, now: float, order: Order, command: Claim | Release | Approve | Reject) -> None:
        parts = [q for q in self._state.book.parts(command.answer) if q.state == "pending"]
        if not parts:
            self._rule(now, order, "gone")
            return
        holder = next((q.claimed for q in parts if q.claimed and now < q.lease), "")
        if holder and holder != order.by:
            self._rule(now, order, "claimed", holder)
            return
        match command:
            case Claim() | Release():
                held = isinstance(command, Claim)
                for part in parts:
                    part.claimed, part.lease = (order.by, now + self._state.policy.claim_for) if held else ("", 0.0)
                    self._state.touch(part)
                self._rule(now, order)
            case Reject():
                for part in parts:
                    self._state.close(now, part, "withheld", "rejected")
                self._rule(now, order, line="", detail=parts[0].body)
            case Approve():
                self._approve(now, order, command, parts)

    def _approve(self, now: float, order: Order, command: Approve, parts: list[Question]) -> None:
        state, first = self._state, parts[0]
        parts = [part for part in parts if part.body == command.seen]  # places may have other words, unseen
        if not parts:
            self._rule(now, order, "changed", first.body)
            return
        first = parts[0]
        if command.text and command.text != first.body:
            found = self.check(command.answer, command.text)
            if not found.ok:
                self._rule(now, order, found.why, found.detail, command.text)
                return
            for part in parts:
                part.first = part.first or part.body
                part.body, part.facts, part.path, part.suggestion = found.text, found.facts, "person", None
        elif facts.stale(first.facts, state.catalogue):
            self._writing.draft(now, first)
            self._rule(now, order, "changed")
            return
        for part in parts:
            part.approved = True
            self._writing.approval.offer(now, part)
        self._rule(now, order, line=first.body, held=first.facts)

    def check(self, answer: str, text: str, product: str = "") -> Checked:
        """Say what the guard makes of words for an answer, open or ended, or for a product. Changes nothing."""
        state = self._state
        parts = state.book.parts(answer) if answer else []
        about = state.product(product or self._product_of(answer))
        held, body = (parts[0].facts, parts[0].body) if parts else ((), "")
        limit = min((state.caps[p].max_chars for p in state.caps), default=100)
        label = compose.label(about, lang_of(text))
        return edited(
            text, about, state.catalogue, state.law, held, body, limit=max(1, limit - len(label)), labels=state.labels
        )  # fmt: skip

    def _product_of(self, answer: str) -> str:
        book = self._state.book
        known = [found.product for found in book.parts(answer)] + [found.product for found in book.past(answer)]
        return known[0] if answer and known else ""

    # --- the host, and one's own lines ----------------------------------------------------------------------------

    def _said(self, now: float, order: Order, answer: str) -> None:
        """The host has said it: what is open of it ends as answered, and who asks it soon is pointed at that."""
        state = self._state
        parts = [q for q in state.book.parts(answer) if q.state in _UNSENT]
        past = [ended for ended in state.book.past(answer) if ended.fate != "answered"]
        if not parts and not past:
            self._rule(now, order, "gone")
            return
        for part in parts:
            part.body = part.line = ""
            part.facts, part.suggestion, part.path = (), None, None
            state.close(now, part, "answered", "host_said")
        for ended in past:
            ended.fate, ended.reason, ended.at, ended.line, ended.told = "answered", "host_said", now, "", ()
        self._rule(now, order)

    def _say(self, now: float, order: Order, command: Say) -> None:
        state, asked = self._state, self._product_of(command.answer)
        product = command.product or asked
        about = state.product(product)
        places = [place for place, caps in state.caps.items() if caps.can_send]
        why: str = state.mode if state.mode in ("stopped", "shadow") else "read_only" if not places else ""
        if product and about is None or asked not in ("", product):
            why = why or "no_product"
        past = state.book.past(command.answer) if command.answer else []
        if command.answer and state.book.parts(command.answer):
            why = why or "pending"  # to be ruled on, not answered beside
        elif command.answer and not any(ended.fate != "answered" for ended in past):
            why = why or "gone"
        text = command.text
        if not text and about:
            price = state.read("多少钱" if about.name.zh else "how much is it")
            text = praise(about, state.catalogue, price)
        found = self.check(command.answer, text, product)
        if why or not found.ok:
            self._rule(now, order, why or found.why, found.detail, text)
            return
        lang = lang_of(found.text)
        line = f"{compose.label(about, lang)}{found.text}"
        for ended in past:
            ended.fate, ended.reason, ended.line, ended.at = "answered", "by_person", line, now
        self._postings.add(now, order, line, lang, found.facts, product, places)
        self._rule(now, order, line=line, held=found.facts)
