"""What people in charge tell a room, and what came of it.

Page, MQTT feed and any other panel are equals: each hands over the same commands, the room takes them one at a time,
and every command ends as one `Ruling`.
"""

from typing import Literal, get_args

import msgspec

from bot.domain.turns import Fact

Mode = Literal[
    "auto",  # answers are sent
    "assist",  # every answer waits for a person
    "shadow",  # decide and record, send nothing
    "stopped",  # nothing is sent, questions go to the host
]
MODES: tuple[Mode, ...] = get_args(Mode)
Silence = Literal["host", "send", "drop"]  # what becomes of an answer that nobody ruled on in time

Role = Literal["viewer", "moderator", "owner"]
ROLES: tuple[Role, ...] = get_args(Role)


class Person(msgspec.Struct, frozen=True):
    """Somebody at a desk."""

    name: str
    role: Role


Doubt = Literal[
    "health",  # pregnancy, illness, allergy, children: the model's words on them
    "refund",  # money back or goods back: the model's words on them
    "angry",  # a viewer who complained a moment ago asks
    "unsure",  # any words of the model
    "new",  # the first answer on a product in this show
]
DOUBTS: tuple[Doubt, ...] = get_args(Doubt)


class SetMode(msgspec.Struct, frozen=True, tag_field="do", tag="mode"):
    """Put the room into a mode. "stopped" takes effect at once, also on what is under way."""

    mode: Mode


class Claim(msgspec.Struct, frozen=True, tag_field="do", tag="claim"):
    """Take a pending answer: nobody else may rule on it until it is let go, or its lease runs out."""

    answer: str


class Release(msgspec.Struct, frozen=True, tag_field="do", tag="release"):
    """Let a claimed answer go."""

    answer: str


class Approve(msgspec.Struct, frozen=True, tag_field="do", tag="approve", omit_defaults=True):
    """Let a pending answer be sent.

    Attributes:
        answer: its id.
        seen: the words that were looked at; the ruling is refused when they are not the ones any more.
        text: other words in their stead; they are held to the facts and the law like any.
    """

    answer: str
    seen: str
    text: str = ""


class Reject(msgspec.Struct, frozen=True, tag_field="do", tag="reject"):
    """Hold a pending answer back."""

    answer: str


class Said(msgspec.Struct, frozen=True, tag_field="do", tag="said"):
    """The host has answered a question by voice: it is not answered again, nor are those who ask it soon after."""

    answer: str


class TakeOver(msgspec.Struct, frozen=True, tag_field="do", tag="takeover", omit_defaults=True):
    """A person looks after a viewer, a product or the whole room: the bot is silent there until it is given back."""

    what: Literal["viewer", "product", "room"]
    target: str = ""
    on: bool = True


class Show(msgspec.Struct, frozen=True, tag_field="do", tag="screen"):
    """Tell which product the host explains now; "" for none."""

    product: str


class Say(msgspec.Struct, frozen=True, tag_field="do", tag="say", omit_defaults=True):
    """Post a line of one's own, held to the facts and the law like any.

    Attributes:
        text: the words; "" for the catalogue's own on `product`.
        product: which product it is about; platforms that have cards show its card.
        answer: id of the question it answers, also of one that went to the host.
    """

    text: str = ""
    product: str = ""
    answer: str = ""


class Undo(msgspec.Struct, frozen=True, tag_field="do", tag="undo"):
    """Delete a line that was sent, where the platform can; `answer` is the question it answered."""

    answer: str


class Rewrite(msgspec.Struct, frozen=True, tag_field="do", tag="rewrite", omit_defaults=True):
    """Write a section of the host's script in other words; `text` is a sentence of one's own to stand first in it."""

    section: str
    text: str = ""


class Lock(msgspec.Struct, frozen=True, tag_field="do", tag="lock", omit_defaults=True):
    """Lock a section of the script, so that nothing but a person changes it, or let it go."""

    section: str
    on: bool = True


class TakeMends(msgspec.Struct, frozen=True, tag_field="do", tag="mends"):
    """Put what is true now in the place of what became untrue in the script."""


Command = (
    SetMode | Claim | Release | Approve | Reject | Said | TakeOver | Show | Say | Undo | Rewrite | Lock | TakeMends
)


class Order(msgspec.Struct, frozen=True):
    """One command with who gave it.

    Attributes:
        id: chosen by who sends it; the same id of the same person is carried out once.
        by: name of the person.
        role: what the person may do.
        command: what is to be done.
    """

    id: str
    by: str
    role: Role
    command: Command


class Ruling(msgspec.Struct, frozen=True, omit_defaults=True):
    """What came of one command.

    Attributes:
        room: room name.
        at: when, seconds since the epoch.
        order: the command with who gave it.
        done: carried out; else refused.
        why: why it was refused, a short code such as "claimed", "gone", "changed", "no_right", "number:99元".
        detail: what the code is about: who has claimed it, the words that are in force, the article it breaks.
        line: the words that were let go, or posted.
        facts: what these rest on.
        again: the same command came before; this is what was said of it then.
    """

    room: str
    at: float
    order: Order
    done: bool
    why: str = ""
    detail: str = ""
    line: str = ""
    facts: tuple[Fact, ...] = ()
    again: bool = False

    @property
    def stops(self) -> bool:
        """Whether the room was stopped by it."""
        return self.done and self.order.command == SetMode("stopped")


class Checked(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the guard says of words that somebody is typing.

    Attributes:
        ok: they may be sent.
        text: as they would be sent.
        why, detail: see `Ruling`.
        facts: what they rest on.
    """

    ok: bool
    text: str = ""
    why: str = ""
    detail: str = ""
    facts: tuple[Fact, ...] = ()
