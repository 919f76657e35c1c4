"""What a shop learns from its shows: which suggestions are taken up, and what viewers look at one after the other."""

from collections.abc import Mapping, Sequence
from typing import Literal, Protocol

import msgspec

from bot.domain.turns import Suggestion

Taken = Literal["clicked", "ordered", "asked", "nothing"]


class Tally(msgspec.Struct, frozen=True):
    """How often a product was suggested in a context, and how often that was taken up. Old counts fade: no integers."""

    product: str
    context: str
    shown: float
    taken: float


class Learned(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a shop knows from earlier: tallies, and the newest visits, each the products one viewer turned to."""

    tallies: tuple[Tally, ...] = ()
    visits: tuple[tuple[str, ...], ...] = ()


class Suggested(msgspec.Struct, frozen=True, omit_defaults=True):
    """The end of one suggestion made to one viewer; with its propensity it can be weighed for other policies.

    Attributes:
        room: room name.
        at, ended: when it was shown, and when it was taken up or its time was over; seconds since the epoch.
        viewer: pseudonym.
        question: id of the question it stood beside.
        suggestion: the product, why, and with which chance it was picked among which.
        taken: what the viewer did about that product in time.
    """

    room: str
    at: float
    ended: float
    viewer: str
    question: str
    suggestion: Suggestion
    taken: Taken


class Learning(Protocol):
    """Where what a shop learned is kept."""

    async def learned(self) -> Learned:
        """Return what is known, old counts faded. Raises StoreError."""

    async def learn(self, tallies: Mapping[tuple[str, str], tuple[int, int]], visits: Sequence[Sequence[str]]) -> None:
        """Add (shown, taken) by (product, context), and visits. Raises StoreError."""

    async def unlearn(self) -> int:
        """Forget all of it; returns how many counts and visits there were. Raises StoreError."""
