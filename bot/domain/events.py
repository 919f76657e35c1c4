"""What comes out of a platform (`Event`, with identity) and what the room hears (`Heard`, without).

Identity stops at intake: `Event.user` is the last place where a platform's user id or name exists.
"""

from typing import Literal

import msgspec

Kind = Literal[
    "comment", "gift", "like", "join", "follow",
    "click",  # a viewer opened a product's card
    "order",
    "refund",  # an order was taken back
    "stats", "retract", "room", "other",
]  # fmt: skip
Lang = Literal["zh", "en"]


class User(msgspec.Struct, frozen=True, omit_defaults=True):
    """Who acted, as the platform knows them. Never leaves the adapter and intake.

    Attributes:
        id: the platform's id, stable for this viewer.
        name: display name.
        roles: any of "host", "moderator", "fan", or the platform's own words.
    """

    id: str
    name: str = ""
    roles: tuple[str, ...] = ()

    def __repr__(self) -> str:
        """Keep identity out of logs and tracebacks."""
        return "User(...)"


class Event(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing that happened in a room, in the platform's order.

    Attributes:
        kind: what it is. A kind this version does not know arrives as "other" and is counted.
        id: the platform's id, the same on redelivery. Empty when the platform has none.
        at: when it happened, seconds since the epoch (UTC); 0 when the platform does not say.
        user: who did it, if anyone.
        text: the words (comment), or a title (order, gift).
        count: how many (likes, gift units, order quantity).
        amount_minor: money in minor units (cents, fen), None when there is none.
        currency: ISO 4217 code of `amount_minor`.
        product: the platform's or catalogue's product id (click, order, refund; room: product on screen).
        target: id of the event this one is about (retract: what is taken back; own: our send key).
        backfill: history delivered on connect; never answered.
        own: our own line coming back as an echo; never answered.
        stats: figures of a "stats" event, such as viewers or total likes.
    """

    kind: Kind
    id: str = ""
    at: float = 0.0
    user: User | None = None
    text: str = ""
    count: int = 1
    amount_minor: int | None = None
    currency: str = ""
    product: str = ""
    target: str = ""
    backfill: bool = False
    own: bool = False
    stats: dict[str, float] = {}


class Heard(msgspec.Struct, frozen=True, omit_defaults=True):
    """An event as the room hears it: numbered, cleaned, without identity.

    Attributes:
        seq: number of this event in its room, from 1, without gaps.
        at: room clock when its frame arrived, seconds since the epoch.
        viewer: pseudonym (keyed hash); "" when nobody did it.
        text: cleaned words: control characters gone, contacts masked as `[contact]`, at most 500 characters.
        place: where it was heard: of a show on several platforms the platform's name, else "".

    The other attributes are those of `Event`.
    """

    seq: int
    at: float
    kind: Kind
    id: str
    viewer: str = ""
    text: str = ""
    count: int = 1
    amount_minor: int | None = None
    currency: str = ""
    product: str = ""
    target: str = ""
    backfill: bool = False
    own: bool = False
    stats: dict[str, float] = {}
    place: str = ""
