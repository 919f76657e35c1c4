"""The run of show: which product when, for how long, and why there.

A seller opens with something cheap that there is plenty of, brings the best earners where most people watch, and keeps
what goes together side by side. Products that cannot be bought have no place.
"""

from collections.abc import Mapping, Sequence

import msgspec

from bot.domain.catalog import Catalogue, Product
from bot.domain.errors import ScriptError
from bot.domain.events import Lang
from bot.domain.script import Brief, Left, Part

SHORTEST, LONGEST = 10.0, 8 * 3600.0  # seconds of a script
LEAST, MOST = 30.0, 300.0  # seconds of one product at a time
WELCOME, CLOSE = (20.0, 60.0), (15.0, 45.0)  # seconds, least and most
SHARE = 0.05  # of the show, that its opening and its close each take
# How a product's time is shared out: part -> share, for short, middle and long versions.
_SHORT: tuple[tuple[Part, float], ...] = (("hook", 0.17), ("points", 0.38), ("offer", 0.28), ("action", 0.17))
_MIDDLE: tuple[tuple[Part, float], ...] = (
    ("hook", 0.08), ("need", 0.12), ("points", 0.28), ("demo", 0.14), ("objections", 0.12), ("offer", 0.12),
    ("interact", 0.07), ("action", 0.07),
)  # fmt: skip
_LONG: tuple[tuple[Part, float], ...] = (
    ("hook", 0.06), ("need", 0.11), ("points", 0.27), ("demo", 0.19), ("objections", 0.17), ("offer", 0.08),
    ("interact", 0.07), ("action", 0.05),
)  # fmt: skip


class Slot(msgspec.Struct, frozen=True):
    """One part of the show that is to be written: what of, how long, and why it stands here."""

    id: str
    part: Part
    seconds: float
    product: str = ""
    why: str = ""
    turn: int = 0


class Plan(msgspec.Struct, frozen=True):
    """The slots in order, and what has no place."""

    slots: tuple[Slot, ...]
    left: tuple[Left, ...]


def sellable(product: Product) -> str:
    """Return why a product has no place in a show, "" when it has."""
    if not product.listed:
        return "not_listed"
    return "sold_out" if product.stock == 0 else ""


def parts_of(seconds: float) -> tuple[tuple[Part, float], ...]:
    """Return the parts of a product's version of that length, with the seconds of each."""
    shares = _SHORT if seconds < 75 else _MIDDLE if seconds < 200 else _LONG
    return tuple((part, share * seconds) for part, share in shares)


def order(products: Sequence[Product], asked: Mapping[str, int], lang: Lang) -> list[tuple[Product, str]]:
    """Put products into the order of the show, each with the reason for its place."""
    cheap = min(products, key=lambda p: (p.prices[0].minor if p.prices else 10**9, -(p.stock or 0), p.number))
    worth = {"high": 2, "mid": 1, "": 1, "low": 0}
    rest = sorted(
        (p for p in products if p is not cheap),
        key=lambda p: (-worth[p.margin] - 0.5 * min(4, asked.get(p.id, 0)), p.number),
    )
    zh = lang == "zh"
    mark = "；" if zh else "; "
    opens = "价格低、好下单，用来开场" if zh else "low price, easy to order: opens the show"
    found = [(cheap, opens)] if len(products) > 1 else []
    placed = {product.id for product, _ in found}
    for product in rest if found else products:
        if product.id in placed:
            continue
        why = ["利润高" if zh else "high margin"] if product.margin == "high" else []
        if n := asked.get(product.id, 0):
            why.append(f"上场有{n}人问过" if zh else f"{n} asked before")
        found.append((product, mark.join(why) or ("按链接顺序" if zh else "in order of its link")))
        placed.add(product.id)
        beside = f"和{product.name.get(lang)}搭配" if zh else f"goes with the {product.name.get(lang)}"
        for other in (p for p in rest if p.id in product.companions and p.id not in placed):
            found.append((other, beside))
            placed.add(other.id)
    return found


def plan(catalogue: Catalogue, brief: Brief, asked: Mapping[str, int] | None = None) -> Plan:
    """Plan a show.

    Args:
        asked: how often viewers asked about each product in earlier shows.

    Raises:
        ScriptError: the length is out of reach, or nothing can be sold.
    """
    if not SHORTEST <= brief.seconds <= LONGEST:
        raise ScriptError(
            f"minutes {brief.seconds / 60:g}: must be from {SHORTEST / 60:.1f} to {LONGEST / 60:g}. "
            "Fix: give another length."
        )
    named = [catalogue.by_id[id] for id in brief.products if id in catalogue.by_id]
    wanted = named if brief.products else list(catalogue.products)
    left = [Left(id, "unknown_product") for id in brief.products if id not in catalogue.by_id]
    left += [Left(p.name.get(brief.lang), why) for p in wanted if (why := sellable(p))]
    products = [p for p in wanted if not sellable(p)]
    if not products:
        raise ScriptError("Nothing can be sold now: all products are sold out or not listed. Fix: see the catalogue.")
    queue = [(p, "") for p in products] if brief.products else order(products, asked or {}, brief.lang)
    alone = len(queue) == 1 and brief.seconds <= MOST
    opening = 0.0 if alone else _within(brief.seconds * SHARE, WELCOME, brief.seconds)
    closing = 0.0 if alone else _within(brief.seconds * SHARE, CLOSE, brief.seconds)
    room = brief.seconds - opening - closing
    fits = max(1, int(room // LEAST))
    left += [Left(p.name.get(brief.lang), "no_time") for p, _ in queue[fits:]]
    queue = queue[:fits]
    slots: list[Slot] = []
    if not alone:
        slots.append(Slot("welcome", "welcome", opening))
    each = min(MOST, room / len(queue))
    rounds = max(1, round(room / (each * len(queue))))
    each = room / (rounds * len(queue))
    for turn in range(rounds):
        for i, (product, why) in enumerate(queue):
            slots += _product(product, each, why, turn, first=alone or (turn == 0 and i == 0))
    if not alone:
        slots.append(Slot("close", "close", closing))
    return Plan(tuple(slots), tuple(left))


def _product(product: Product, seconds: float, why: str, turn: int, *, first: bool) -> list[Slot]:
    name = f"{product.id}.{turn + 1}" if turn else product.id
    handover = (
        [] if first else [Slot(f"{name}:transition", "transition", min(8.0, 0.08 * seconds), product.id, "", turn)]
    )
    rest = seconds - sum(s.seconds for s in handover)
    own = [
        Slot(f"{name}:{part}", part, s, product.id, why if i == 0 else "", turn)
        for i, (part, s) in enumerate(parts_of(rest))
    ]
    return [*handover, *own]


def _within(value: float, limits: tuple[float, float], whole: float) -> float:
    return min(max(limits[0], min(limits[1], value)), whole / 6)
