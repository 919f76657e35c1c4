"""Corrections: what was said, is wrong now, and would mislead somebody who acts on it."""

from collections.abc import Sequence

from bot.decide.facts import Answer, answer, join, value_of
from bot.decide.faq import from_faq
from bot.decide.triage import Reading
from bot.decide.words import fold
from bot.domain.catalog import Catalogue, Product
from bot.domain.events import Lang
from bot.domain.turns import Fact

_SLOTS = {"sizes": "size", "colours": "colour"}  # field -> what a viewer asks for; others ask by their own name
_SILENT = ("number", "name")  # fields that a line shows but does not state


def misleading(said: Sequence[Fact], catalogue: Catalogue) -> tuple[Fact, ...]:
    """Return those facts that no longer hold and would mislead.

    A count of stock that went down a little does not; one that reached zero, or rose from it, does.
    """
    found = []
    for fact in said:
        now = value_of(catalogue, fact.product, fact.field, fact.sku)
        flipped = (now == "0") != (fact.value == "0") if fact.field == "stock" else True
        if now != fact.value and flipped and fact.field not in _SILENT:
            found.append(fact)
    return tuple(found)


def restate(wrong: Sequence[Fact], product: Product, catalogue: Catalogue, lang: Lang) -> Answer | None:
    """Say again, from the version in force, the fields of these facts; None when there are no words for them."""
    answers = [found for fact in wrong if (found := _say(fact, product, catalogue, lang))]
    parts = dict.fromkeys(a.text for a in answers)
    facts = dict.fromkeys(f for a in answers for f in a.facts)
    return Answer(join(tuple(parts), lang), tuple(facts)) if parts else None


def _say(fact: Fact, product: Product, catalogue: Catalogue, lang: Lang) -> Answer | None:
    if fact.field.startswith("faq:"):
        return from_faq(fact.field[4:], product, catalogue)
    sku = next((s for s in product.skus if s.id == fact.sku), None)
    colour = fold(sku.colour.get(lang)) if sku else ""
    slot = _SLOTS.get(fact.field, fact.field)
    asked = Reading("question", "correction", lang, "", (slot,), size=sku.size.lower() if sku else "", colour=colour)
    return answer(asked, product, catalogue)
