"""How a question gets its words: from facts, else from the model on a grounded card, else from the host."""

import msgspec

from bot.decide import card, compose, facts, guard, recommend
from bot.decide.faq import from_faq
from bot.decide.recommend import Scene
from bot.decide.triage import Reading
from bot.domain.catalog import Catalogue, Product
from bot.domain.turns import Fact, Suggestion
from bot.domain.viewers import ViewerContext


class Words(msgspec.Struct, frozen=True):
    """Words that may be sent: every statement is bound to `facts`."""

    product: str
    body: str
    facts: tuple[Fact, ...]
    suggestion: Suggestion | None = None


class AskModel(msgspec.Struct, frozen=True):
    """The card speaks of it, but no field answers it alone: let the model word an answer."""

    prefix: str
    suffix: str


class ToHost(msgspec.Struct, frozen=True):
    """Nobody but the host knows; `reason` is a stable code."""

    reason: str


Draft = Words | AskModel | ToHost


def draft(
    text: str, reading: Reading, product: Product | None, how: str, catalogue: Catalogue, context: ViewerContext,
    scene: Scene | None = None,
) -> Draft:  # fmt: skip
    """Decide where the words of a question come from.

    Args:
        text: the cleaned comment of the first asker.
        product: what it is about; None with `how` telling why ("no_product", "unknown_number", "ambiguous_name").
        context: what is remembered of the first asker.
        scene: what the room knows when it picks a product to suggest.
    """
    if not catalogue.products:
        return ToHost("no_catalogue")
    if reading.need:
        found = recommend.for_need(text, reading, catalogue, context, scene)
        if found is None:
            return ToHost("nothing_fits")
        also = catalogue.by_id.get(found.suggestion.also)
        if not _safe(found.answer, found.product, f"{also.name.zh} {also.name.en}" if also else ""):
            return ToHost("unbound_number")
        return Words("", found.answer.text, found.answer.facts, found.suggestion)
    if product is None:
        return ToHost(how)
    answer_ = facts.answer(reading, product, catalogue) or from_faq(text, product, catalogue)
    if answer_ is not None:
        if not _safe(answer_, product, reading.size):
            return ToHost("unbound_number")
        beside = recommend.beside(answer_, reading, product, catalogue, context, scene)
        return Words(product.id, answer_.text, answer_.facts, beside)
    if not product.listed:
        return ToHost("not_listed")
    notes = card.relevant(text, product, reading.lang)
    if not notes or not guard.grounded(text, reading.topics, product):
        return ToHost("not_in_catalogue" if reading.slots else "not_on_card")
    return AskModel(compose.prefix(reading.lang), compose.suffix(text, reading.lang, notes))


def _safe(answer: facts.Answer, product: Product, asked: str = "") -> bool:
    """Tell whether every number is bound; a size may be named that the viewer asked for and the product has not."""
    names = f"{product.name.zh} {product.name.en} {' '.join(product.sizes)} {asked}"
    return not guard.unbound(answer.text, answer.facts, names)
