"""A live script: what the host says, section by section, and what each sentence rests on."""

from typing import Literal, get_args

import msgspec

from bot.domain.events import Lang
from bot.domain.turns import Fact

Tone = Literal["lively", "warm", "calm"]
TONES: tuple[Tone, ...] = get_args(Tone)
Part = Literal[
    "welcome",  # of the show
    "transition",  # from the product before
    "hook",
    "need",
    "points",
    "demo",
    "offer",
    "objections",
    "interact",
    "action",
    "close",  # of the show
]
PARTS: tuple[Part, ...] = get_args(Part)
Author = Literal["facts", "phrases", "model", "person"]  # fields, our own phrases, the model, somebody at the desk


class Brief(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a script is wanted for.

    Attributes:
        seconds: how long it shall take to speak.
        theme: what the show is about; said once, in the welcome, if it may be.
        platform: "douyin", "bilibili", …: the law table has rules of its own for some.
        products: ids, in the order wanted; () for all that are listed, in our order.
        variant: another number, other words.
    """

    lang: Lang = "zh"
    seconds: float = 1800.0
    theme: str = ""
    tone: Tone = "warm"
    platform: str = ""
    products: tuple[str, ...] = ()
    variant: int = 0


class Sentence(msgspec.Struct, frozen=True, omit_defaults=True):
    """Something to say, or (with `pause`) to do for so many seconds.

    Attributes:
        facts: the fields it rests on; empty for words that state nothing of a product.
    """

    text: str
    by: Author = "phrases"
    facts: tuple[Fact, ...] = ()
    pause: float = 0.0


class Section(msgspec.Struct, frozen=True, omit_defaults=True):
    """One part of a script.

    Attributes:
        id: stable while the script lives.
        product: id of the product it is about, "" for the show's own parts.
        seconds: how long it was planned to take.
        why: why it stands here, for the merchant.
        locked: nobody but a person changes it.
    """

    id: str
    part: Part
    seconds: float
    sentences: tuple[Sentence, ...] = ()
    product: str = ""
    why: str = ""
    locked: bool = False


class Left(msgspec.Struct, frozen=True):
    """Words that were not taken, or a product that has no place, and why."""

    text: str
    why: str


class Script(msgspec.Struct, frozen=True, omit_defaults=True):
    """A whole script.

    Attributes:
        version: catalogue version it was written from.
        left: what was left out.
        model: name of the model that helped, "" for none.
    """

    name: str
    brief: Brief
    version: int
    sections: tuple[Section, ...]
    left: tuple[Left, ...] = ()
    model: str = ""


class Mend(msgspec.Struct, frozen=True):
    """A sentence that became untrue, and what may stand in its place ("" for nothing: take it out)."""

    section: str
    at: int
    text: str
    stale: tuple[Fact, ...]
    instead: Sentence | None = None


class SentenceView(msgspec.Struct, frozen=True, omit_defaults=True):
    """A sentence as a page shows it.

    Attributes:
        aloud: with numbers as they are read; `fields` it rests on.
        seconds: how long it takes; `pause`: something to do, not to say.
        stale: a fact under it has changed; `instead` is what is true now, "" for nothing.
    """

    text: str
    aloud: str
    by: Author
    fields: tuple[str, ...] = ()
    seconds: float = 0.0
    pause: bool = False
    stale: bool = False
    instead: str = ""


class SectionView(msgspec.Struct, frozen=True, omit_defaults=True):
    """A section as a page shows it: `seconds` it takes, of those `planned`."""

    id: str
    part: Part
    title: str
    product: str
    seconds: float
    planned: float
    sentences: tuple[SentenceView, ...] = ()
    why: str = ""
    locked: bool = False


class ScriptView(msgspec.Struct, frozen=True, omit_defaults=True):
    """A script as a page shows it."""

    name: str
    brief: Brief
    sections: tuple[SectionView, ...] = ()
    left: tuple[Left, ...] = ()
