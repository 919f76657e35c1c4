"""Words that a person wrote: held to the facts and the law like a model's, free to say what the facts allow.

A model may not speak of money, stock or promises at all. A person may, where the catalogue bears it out: a price that
is one of the product's, a number that stands on its card or in the answer, a promise in the merchant's own words.
"""

import re
from collections.abc import Sequence
from decimal import Decimal

from bot.decide import facts, guard
from bot.decide.adlaw import AdLaw
from bot.decide.card import statements, text_of
from bot.decide.numbers import Number, read
from bot.decide.skus import size_named
from bot.decide.triage import Reading
from bot.decide.words import clauses, clean, lang_of
from bot.domain.catalog import Catalogue, Product, Sku
from bot.domain.desk import Checked
from bot.domain.events import Lang
from bot.domain.turns import Fact

_SOLD_OUT = re.compile(r"没货|没有货|无货|缺货|断货|售罄|[卖抢]完|没有?了|sold out|out of stock|none left", re.I)
_CODE = re.compile(r"(?<![a-z])([2-6]?x*[sml])(?:码|号|\b)")
_IN_STOCK = re.compile(r"有货|现货|还有|还剩|剩下|in stock|available|\bleft\b", re.I)


def edited(
    text: str, product: Product | None, catalogue: Catalogue, law: AdLaw, held: tuple[Fact, ...], *, limit: int,
    labels: tuple[str, ...] = (),
) -> Checked:  # fmt: skip
    """Check a person's words before they may be sent.

    Args:
        text: the words.
        product: what they are about, None when about none.
        held: what the answer at hand rests on.
        limit: longest line the platform takes, in characters.
        labels: our own names of products, which claim nothing.
    """
    text = clean(text).strip()
    if not text:
        return Checked(False, "", "empty")
    if len(text) > limit:
        return Checked(False, text, "too_long", str(limit))
    if reason := guard.unsayable(text):
        return Checked(False, text, *_parted(reason))
    lang: Lang = lang_of(text)
    rests = _bound(text, product, catalogue, held)
    if isinstance(rests, str):
        return Checked(False, text, *_parted(rests))
    category = f"{product.category} {product.name.zh} {product.name.en}" if product else ""
    lawful, hits = law.lawful(text, lang, category, labels=labels, likeness=True)
    if hits:
        rule = hits[0].rule
        better = f" → {lawful}" if lawful else ""
        return Checked(False, lawful, f"adlaw:{rule.id}", f"{hits[0].said}: {rule.law}{better}")
    return Checked(True, guard.typeset(text, lang), facts=rests)


def _parted(reason: str) -> tuple[str, str]:
    return reason, reason.partition(":")[2]


def _bound(text: str, product: Product | None, catalogue: Catalogue, held: tuple[Fact, ...]) -> tuple[Fact, ...] | str:
    """Return what the words rest on, or which of them nothing bears out."""
    known = "\n".join(f.value for f in held).lower()
    rests = {(f.field, f.sku): f for f in held if f.field not in ("price", "stock")}
    if product is not None:
        known += "\n" + text_of(statements(product), product)
    lowered = text.lower()
    for clause in clauses(lowered):
        skus = _meant(clause, product)
        for number in read(clause):
            bound = _number(number.value, number.unit, product, skus, catalogue)
            if bound is None and not _on_card(clause, number, known):
                return f"number:{number.raw}"
            rests |= {(f.field, f.sku): f for f in bound or ()}
        priced = any(f.field in ("price", "original") for f in rests.values())
        if claim := guard.unfounded(clause, known, ("价", "pric", "cost", "costs") if priced else ()):
            return claim
        stock = _stock(clause, product, skus, catalogue)
        if isinstance(stock, str):
            return stock
        rests |= {(f.field, f.sku): f for f in stock}
    return tuple(rests.values())


def _meant(clause: str, product: Product | None) -> list[Sku]:
    """Return the SKUs that a clause speaks of: those of the size it names, else all."""
    if product is None:
        return []
    size = size_named(clause, product)
    code = _CODE.search(clause)
    named = [s for s in product.skus if s.size and s.size.lower() in (size, code[1] if code else None)]
    return named or list(product.skus)


def _number(
    value: Decimal, unit: str, product: Product | None, skus: Sequence[Sku], catalogue: Catalogue
) -> tuple[Fact, ...] | None:
    """Return the facts that a number stands for, None when there is none."""
    if product is None:
        return None
    if unit == "号":
        return () if value == product.number else None
    if unit in ("money", ""):
        priced = [sku for sku in skus if sku.price and sku.price.minor == value * 100]
        if priced:
            return tuple(facts.fact(catalogue, product, "price", sku) for sku in priced)
        if product.original and product.original.minor == value * 100:
            return (facts.fact(catalogue, product, "original"),)
    left = [sku.stock for sku in skus if sku.stock is not None]
    if unit not in ("money", "off") and left and value in (*left, sum(left)):
        return tuple(facts.fact(catalogue, product, "stock", sku) for sku in skus)
    return None


def _on_card(clause: str, number: Number, known: str) -> bool:
    """Tell whether the merchant's own words hold a number: money and discounts only in the very same clause."""
    if number.unit in ("money", "off"):
        return clause.strip() in known
    return any((n.value, n.unit) == (number.value, number.unit) for n in read(known))


def _stock(clause: str, product: Product | None, skus: Sequence[Sku], catalogue: Catalogue) -> tuple[Fact, ...] | str:
    """Return the stock that words on it rest on, or which of them are wrong."""
    gone, here = _SOLD_OUT.search(clause), _IN_STOCK.search(clause)
    said = gone or here
    if said is None:
        return ()
    known = [sku.stock for sku in skus if sku.stock is not None]
    right = (not any(known)) if gone else any(known)
    if product is None or not known or not right:
        return f"states_stock:{said[0]}"
    return tuple(facts.fact(catalogue, product, "stock", sku) for sku in skus)


def praise(product: Product, catalogue: Catalogue, price: Reading) -> str:
    """Return the catalogue's own words to put a product forward: its price, and its first selling point.

    Args:
        price: a question for the price, in the language wanted.
    """
    told = facts.answer(price, product, catalogue)
    points = product.texts.get("points")
    said = points.get(price.lang).split("\n")[0].rstrip("。.") if points else ""
    return ("，" if price.lang == "zh" else ", ").join(filter(None, (told.text if told else "", said)))
