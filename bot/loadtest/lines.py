"""What viewers write: the lines of a made-up show, by the product on screen, with what each of them asks."""

import random

import msgspec

from bot.demo.show import make_show
from bot.domain.catalog import Catalogue

MAKE = 1200.0  # seconds of show to draw from


class Line(msgspec.Struct, frozen=True):
    """A comment to write.

    Attributes:
        user, text: who writes what.
        label: ground truth, see `bot.demo.show.Cue`.
        asks: the same for all that ask the same fact of the same product in the same language; "" for no fact.
    """

    user: str
    text: str
    label: str
    asks: str = ""


class Scene(msgspec.Struct, frozen=True):
    """A product on screen, and what is written meanwhile; some of the lines by what they are."""

    product: str
    lines: tuple[Line, ...]
    prices: tuple[Line, ...]
    open: tuple[Line, ...]
    trolls: tuple[Line, ...]


def scenes(catalogue: Catalogue, seed: int = 11) -> list[Scene]:
    """Make up what is written while each product is on screen. Products of which little is said are left out."""
    found: list[Scene] = []
    product, lines = "", list[Line]()
    trolls: list[Line] = []

    def close() -> None:
        if product and sum(bool(line.asks) for line in lines) >= 10:
            here = tuple(line for line in lines if line.label == "fact:price" and f"|{product}|" in line.asks)
            open_ = tuple(line for line in lines if line.label == "open")
            if here and open_:
                found.append(Scene(product, tuple(lines), here, open_, ()))

    for cue in make_show(catalogue, seconds=MAKE, seed=seed):
        event = cue.event
        if event is None:
            continue
        if event.kind == "room" and event.product:
            close()
            product, lines = event.product, []
        elif event.kind == "comment" and event.user and len(event.text) < 300:
            lang = "en" if event.text.isascii() else "zh"
            asks = f"{cue.label}|{cue.about}|{lang}" if cue.label.startswith("fact") and cue.about else ""
            line = Line(event.user.id, event.text, cue.label, asks)
            lines.append(line)
            if cue.label in ("abuse", "spam", "injection"):
                trolls.append(line)
    close()
    return [msgspec.structs.replace(scene, trolls=tuple(trolls)) for scene in found]


def somebody(dice: random.Random) -> str:
    """A viewer that nobody knows yet."""
    return f"x{dice.randrange(10**9)}"
