"""The card: what the merchant states about a product, apart from price and stock, clause by clause.

It is what a model may rest on: the prompt is written from it, and the guard reads it again against the answer.
"""

import msgspec

from bot.decide.topics import Topic, topics_of
from bot.decide.words import clauses, content, lang_of, negated
from bot.domain.catalog import Product
from bot.domain.events import Lang


class Statement(msgspec.Struct, frozen=True):
    """One clause of the card.

    Attributes:
        field: catalogue field it comes from; "faq:<question>" for an answered question.
        words: the clause; of an answered question, the clause of the answer.
        topics: what it speaks of; the first clause of an answer also speaks of what was asked.
        negative: it says no.
        units: its content, with that of the question it answers.
    """

    field: str
    words: str
    topics: frozenset[Topic]
    negative: bool
    units: frozenset[str]


def lines(product: Product, lang: Lang) -> list[tuple[str, str]]:
    """Return the merchant's own fields as (field, words) in one language."""
    return [(field, words) for field, text in product.texts.items() if (words := text.get(lang))]


def questions(product: Product, lang: Lang) -> list[tuple[str, str]]:
    """Return the answered questions written in one language as (question, answer)."""
    return [(f.question, f.answer) for f in product.faq if lang_of(f.question) == lang]


def statements(product: Product) -> tuple[Statement, ...]:
    """Return the whole card, both languages, clause by clause."""
    found: list[Statement] = []
    for field, text in product.texts.items():
        for words in dict.fromkeys((text.zh, text.en)):
            found += [Statement(field, c, topics_of(c), negated(c), content(c)) for c in clauses(words)]
    for faq in product.faq:
        for i, c in enumerate(clauses(faq.answer)):
            asked = topics_of(faq.question) if i == 0 else frozenset()
            units = content(c) | content(faq.question)
            found.append(Statement(f"faq:{faq.question}", c, topics_of(c) | asked, negated(c), units))
    return tuple(found)


def text_of(card: tuple[Statement, ...], product: Product) -> str:
    """Return all words of the card and the names, lower case, for look-ups."""
    asked = " ".join(f.question for f in product.faq)
    names = f"{product.name.zh} {product.name.en} {' '.join(product.aliases)}"
    return f"{' | '.join(s.words for s in card)} | {asked} | {names}".lower()
