"""The ports: what the inner floors need from the outside, and the adapter contract.

House rule for adapters: one connection, one send attempt. Intake owns backoff, dedup, sequence
numbers, bounded queues, pacing and states.
"""

from collections.abc import Mapping, Sequence
from typing import Literal, Protocol, runtime_checkable

import msgspec

from bot.domain.desk import Checked, Order
from bot.domain.events import Event
from bot.domain.script import Brief, ScriptView
from bot.domain.viewers import ViewerContext

Outcome = Literal["accepted", "confirmed", "dropped", "unknown"]


class Caps(msgspec.Struct, frozen=True):
    """What a platform allows, as far as the adapter knows.

    Attributes:
        can_send: False for read-only platforms; answers then only appear on the page.
        max_chars: longest line the platform takes; longer ones are cut before `send`.
        per_window: (lines, seconds) the platform allows.
        min_gap: least seconds between two lines.
        receipts: True when `send` can tell accepted from dropped.
        stable_ids: True when event ids survive redelivery; without it exactly-once cannot be promised.
        official: False for unofficial routes; these need the operator's explicit flag.
        echo: True when our own lines come back as events, which proves that viewers see them.
        can_delete: True when `erase` can take a line back.
        unprompted: True when the platform lets bots post lines that nobody asked for.
        sink: True for a place that shows lines and hears nobody, such as an overlay: it speaks for read-only places.
    """

    can_send: bool = True
    max_chars: int = 100
    per_window: tuple[int, float] = (30, 60.0)
    min_gap: float = 2.0
    receipts: bool = True
    stable_ids: bool = True
    official: bool = True
    echo: bool = False
    sink: bool = False
    can_delete: bool = False
    unprompted: bool = False


class Outgoing(msgspec.Struct, frozen=True):
    """One line to post.

    Attributes:
        key: idempotency key, unique per line; the echo and the receipt carry it.
        text: the words, within `Caps.max_chars`.
        reply_to: platform ids of the comments it answers.
        product: id of the suggested product, "" if none.
        place: which of a show's places it goes to.
    """

    key: str
    text: str
    reply_to: tuple[str, ...] = ()
    product: str = ""
    place: str = ""


class Receipt(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the platform said of one send attempt.

    Attributes:
        key: the key of the line.
        outcome: accepted (taken), confirmed (seen in the room), dropped (certainly not shown), unknown.
        why: the platform's reason, for the operator.
        after: seconds to wait before the next line, when the platform said so.
        message: the platform's id of the line, by which it can be deleted; "" when it gives none.
    """

    key: str
    outcome: Outcome
    why: str = ""
    after: float = 0.0
    message: str = ""


class Session(Protocol):
    """What intake hands to an adapter for the length of one connection."""

    def ready(self) -> None:
        """Say that the connection is up and authenticated."""

    def emit(self, event: Event) -> None:
        """Hand over one event, synchronously and in wire order. Never blocks."""

    def malformed(self, why: str) -> None:
        """Count a frame that could not be read; the connection goes on."""

    def pending(self) -> int:
        """Return how many comments still wait for their end; an adapter that ends by itself waits for 0."""

    async def breathe(self) -> None:
        """Await between frames: yields to the event loop so that a flood cannot starve the room."""


class Adapter(Protocol):
    """One platform room: one connection at a time, one attempt per send.

    Built by intake's owner as `factory(url, options)`; see README, "Add a platform".
    """

    def caps(self) -> Caps:
        """Return what the platform allows."""

    async def session(self, ctx: Session) -> None:
        """Run ONE connection until it ends by raising Retry, Fatal or RoomEnded."""

    async def send(self, out: Outgoing) -> Receipt:
        """Try once to post one line. Raises nothing: what went wrong is in the receipt."""

    async def aclose(self) -> None:
        """Release everything. Called once, also when no session ever ran."""


@runtime_checkable
class Eraser(Protocol):
    """What an adapter can also be: one whose lines can be deleted (`Caps.can_delete`)."""

    async def erase(self, message: str) -> str:
        """Delete the line with the platform's id `message`; returns why not, "" when it is gone. Raises nothing."""


class AdapterFactory(Protocol):
    """The object an entry point of the group `zhubo.adapters` names."""

    def __call__(self, url: str, options: Mapping[str, str]) -> Adapter:
        """Build an adapter for a room URL. Raises SettingsError for a URL it cannot use."""


class SessionStore(Protocol):
    """Where viewers' session context lives."""

    async def recall(self, room: str, viewers: Sequence[str]) -> Mapping[str, ViewerContext]:
        """Fetch contexts; viewers without one are absent. Raises StoreError."""

    async def remember(self, room: str, contexts: Mapping[str, ViewerContext]) -> None:
        """Store contexts. Raises StoreError."""


class Desks(Protocol):
    """The desks of all rooms, as a panel sees them."""

    def order(self, room: str, order: Order) -> bool:
        """Hand over a command; observers are told its `Ruling`. False when there is no such room."""

    def check(self, room: str, answer: str, text: str, product: str) -> Checked:
        """Say what the guard makes of words that somebody is typing."""

    def script(self, room: str) -> ScriptView | None:
        """Return the host's script, None when there is none."""

    async def write(self, room: str, brief: Brief) -> None:
        """Write the host a script from the catalogue in force, without a model. Raises ScriptError."""

    def days(self, room: str) -> tuple[str, ...]:
        """Return the days of which there is a record, the newest first."""

    async def export(self, room: str, day: str) -> bytes:
        """Return a day's record with what its verification found, as a ZIP file. Raises JournalError."""


class Observer(Protocol):
    """Someone who watches a room: journal, page, metrics. Must not block; may drop."""

    def __call__(self, room: str, item: object) -> None:
        """Take one item: `Entry`, `Heard` (a comment), `Turn`, `Correction`, `QuestionView`, `Ruling`, `Announced`,
        `Suggested`, `Cues` or `RoomStatus`.
        """
