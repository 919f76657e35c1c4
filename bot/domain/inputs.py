"""Everything that can happen to a room. The room is a pure function of these and their times:
the journal keeps them, and a replay feeds them again.
"""

import msgspec

from bot.domain.catalog import Catalogue
from bot.domain.desk import Order
from bot.domain.events import Heard
from bot.domain.law import LawTable
from bot.domain.learning import Learned
from bot.domain.policy import RoomPolicy
from bot.domain.ports import Caps, Receipt
from bot.domain.script import Script
from bot.domain.viewers import ViewerContext
from bot.domain.work import Written


class Begin(msgspec.Struct, frozen=True, tag="begin", omit_defaults=True):
    """The room opens. A show on several platforms has `places`, by name; else there is one, "", with `caps`."""

    room: str
    policy: RoomPolicy
    caps: Caps
    places: dict[str, Caps] = {}


class Hear(msgspec.Struct, frozen=True, tag="hear", omit_defaults=True):
    """An event came in; `shed` says that intake dropped it under overload."""

    heard: Heard
    shed: bool = False


class Recalled(msgspec.Struct, frozen=True, tag="recalled", omit_defaults=True):
    """Session context for viewers; those without one are listed too, with an empty context."""

    contexts: dict[str, ViewerContext]


class Drafted(msgspec.Struct, frozen=True, tag="drafted"):
    """The worker answered a job."""

    written: Written


class Posted(msgspec.Struct, frozen=True, tag="posted"):
    """The platform said what became of a line."""

    receipt: Receipt


class Stocked(msgspec.Struct, frozen=True, tag="stocked"):
    """A new catalogue version is in force."""

    catalogue: Catalogue


class Ruled(msgspec.Struct, frozen=True, tag="ruled"):
    """A new version of the advertising-law table is in force."""

    table: LawTable


class Linked(msgspec.Struct, frozen=True, tag="linked", omit_defaults=True):
    """The connection to the platform came up, with the limits it announced, or went down."""

    up: bool
    caps: Caps
    place: str = ""


class Staffed(msgspec.Struct, frozen=True, tag="staffed"):
    """Workers can (or cannot) be asked now."""

    up: bool


class Commanded(msgspec.Struct, frozen=True, tag="commanded"):
    """Somebody in charge wants something."""

    order: Order


class Erased(msgspec.Struct, frozen=True, tag="erased", omit_defaults=True):
    """The platform said whether a line was deleted; `order` wanted it, `why` is the platform's reason if it was not."""

    order: Order
    message: str
    done: bool
    why: str = ""


class Recollected(msgspec.Struct, frozen=True, tag="recollected"):
    """What the shop learned in earlier shows."""

    learned: Learned


class Scripted(msgspec.Struct, frozen=True, tag="scripted"):
    """The host has a script for this show."""

    script: Script


class Tick(msgspec.Struct, frozen=True, tag="tick"):
    """Time passed up to a moment the room asked to be woken at."""


class End(msgspec.Struct, frozen=True, tag="end"):
    """The room closes: what is still open ends now."""


Input = (
    Begin
    | Hear
    | Recalled
    | Recollected
    | Drafted
    | Posted
    | Stocked
    | Ruled
    | Linked
    | Staffed
    | Commanded
    | Erased
    | Scripted
    | Tick
    | End
)


class Entry(msgspec.Struct, frozen=True):
    """One input with its time, as the journal keeps it.

    Attributes:
        at: room clock, seconds since the epoch, never going back within a room.
    """

    at: float
    item: Input
