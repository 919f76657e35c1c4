"""Deals: what viewers do with products, and lines that bring one up unasked where that is allowed."""

from collections import Counter

from bot.decide import recommend
from bot.domain.desk import Order, Say
from bot.domain.events import Heard
from bot.live.postings import Postings
from bot.live.state import State

HOT = 120.0  # seconds that count for what people turn to
US = "zhubo"


class Deals:
    """The selling half of a room."""

    def __init__(self, state: State, postings: Postings) -> None:
        self._state, self._postings = state, postings
        self._pushed, self._pushes = 0.0, 0

    def heard(self, now: float, heard: Heard, product: str) -> None:
        """A viewer opened a card, ordered, or took an order back."""
        state = self._state
        if heard.kind != "click":
            state.note(heard.viewer, "bought" if heard.kind == "order" else "returned", product)
        if heard.kind != "refund" and product in state.catalogue.by_id:
            state.turned(now, heard.viewer, product, "clicked" if heard.kind == "click" else "ordered")

    def wake_at(self) -> list[float]:
        """Return when a product may be brought up next, if ever."""
        return [self._pushed + self._state.policy.unprompted_gap] if self._places() and self._pushed else []

    def due(self, now: float) -> None:
        """End what is over, and bring up a product when it is time and nothing else waits to be said."""
        state = self._state
        state.out += state.shelf.due(now)
        places = self._places()
        if not places or state.mode != "auto" or state.in_hand(""):
            return
        self._pushed = self._pushed or now
        if now < self._pushed + state.policy.unprompted_gap or state.book.in_state("ready", "sending"):
            return
        self._pushed = now
        hot = Counter(id for at, id in (*state.heat, *state.clicks) if now - at <= HOT)
        made = recommend.push(state.catalogue, hot, state.scene(now), state.lang)
        if made is None or state.in_hand(made.product):
            return
        self._pushes += 1
        order = Order(f"push-{state.boot}-{self._pushes}", US, "owner", Say("", made.product))
        if not state.law.hits(made.text, labels=state.labels, likeness=False):
            self._postings.add(now, order, made.text, state.lang, made.facts, made.product, places)
            self._postings.pushed[order.id] = made

    def _places(self) -> list[str]:
        if not self._state.policy.unprompted:
            return []
        return [
            p for p, caps in self._state.caps.items() if caps.unprompted and caps.can_send and p in self._state.linked
        ]
