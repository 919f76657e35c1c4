"""The merchant's answered questions: when a viewer asks one of them, the merchant's own answer is given."""

import re
from decimal import Decimal

from bot.decide.facts import Answer, fact
from bot.decide.kinds import COLOUR_WORD
from bot.decide.merge import conditions
from bot.decide.numbers import read
from bot.decide.topics import topics_of
from bot.decide.words import content, fold, negated
from bot.domain.catalog import Catalogue, Product


def asks_alike(text: str, question: str, product: Product) -> bool:
    """Tell whether a viewer asks what the merchant answered in advance: the same content, sign and numbers."""
    asked, known = content(text), content(question)
    if not asked or not known or len(asked & known) < 0.6 * len(asked | known):
        return False
    if {t.id for t in topics_of(text)} != {t.id for t in topics_of(question)}:
        return False
    if conditions(fold(text)) != conditions(fold(question)) or _colours(text) != _colours(question):
        return False
    if negated(_TAIL.sub("", text)) != negated(_TAIL.sub("", question)):
        return False
    return _numbers(text, product) == _numbers(question, product)


_TAIL = re.compile(r"[不没][?？。!！\s]*$")


def _numbers(text: str, product: Product) -> set[tuple[Decimal, str]]:
    return {(n.value, n.unit) for n in read(text) if not (n.value == product.number and n.unit in ("", "号"))}


def _colours(text: str) -> set[str]:
    return {found[0] for found in COLOUR_WORD.finditer(text.lower())}


def from_faq(text: str, product: Product, catalogue: Catalogue) -> Answer | None:
    """Answer with the merchant's own FAQ when the question is, word for word in content, one of it."""
    for faq in product.faq:
        if asks_alike(text, faq.question, product):
            return Answer(faq.answer.rstrip("。."), (fact(catalogue, product, f"faq:{faq.question}"),))
    return None
