"""The card: what the merchant states about a product, apart from price and stock, clause by clause.

It is what a model may rest on: the prompt is written from it, and the guard reads it again against the answer.
"""

import re
from collections.abc import Callable
from typing import TypeVar

import msgspec

from bot.decide.topics import Topic, topics_of
from bot.decide.words import clauses, content, lang_of, negated
from bot.domain.catalog import Product
from bot.domain.events import Lang

_SENTENCE = re.compile(r"(?<=[。！？!?；;])|(?<=\.)\s|\n|\|")


class Statement(msgspec.Struct, frozen=True):
    """One clause of the card.

    Attributes:
        field: catalogue field it comes from; "faq:<question>" for an answered question.
        words: the clause; of an answered question, the clause of the answer.
        whole: the sentence it stands in; of an answered question, the whole answer.
        topics: what it speaks of; the first clause of an answer also speaks of what was asked.
        negative: it says no.
        units: its content, with that of the question it answers.
    """

    field: str
    words: str
    whole: str
    topics: frozenset[Topic]
    negative: bool
    units: frozenset[str]


T = TypeVar("T")


def remembered(product: Product, name: str, make: Callable[[Product], T]) -> T:
    """Return `make(product)`, made once: a product never changes, and its card is read for every question on it."""
    kept: dict[str, T] = product.__dict__
    if name not in kept:
        kept[name] = make(product)
    return kept[name]


def statements(product: Product) -> tuple[Statement, ...]:
    """Return the whole card, both languages, clause by clause."""
    return remembered(product, "_statements", _statements)


def _statements(product: Product) -> tuple[Statement, ...]:
    found: list[Statement] = []
    for field, text in product.texts.items():
        for words in dict.fromkeys((text.zh, text.en)):
            for sentence in sentences(words):
                for c in clauses(sentence):
                    found.append(Statement(field, c, sentence, topics_of(c), negated(c), content(c)))
    for faq in product.faq:
        for i, c in enumerate(clauses(faq.answer)):
            asked = topics_of(faq.question) if i == 0 else frozenset()
            units = content(c) | content(faq.question)
            found.append(Statement(f"faq:{faq.question}", c, faq.answer, topics_of(c) | asked, negated(c), units))
    return tuple(found)


def relevant(question: str, product: Product, lang: Lang, most: int = 2) -> list[str]:
    """Return the card's sentences in one language that speak of what is asked, the closest first."""
    asked, units = topics_of(question), content(question)
    ids, groups = {t.id for t in asked}, {t.group for t in asked}
    scores: dict[str, int] = {}
    for s in statements(product):
        if lang_of(s.whole) == lang:
            near = 2 * len(groups & {t.group for t in s.topics}) + len(units & s.units)
            scores[s.whole] = max(scores.get(s.whole, 0), 3 * len(ids & {t.id for t in s.topics}) + near)
    best = sorted((words for words, score in scores.items() if score), key=lambda words: -scores[words])
    return best[:most]


def sentences(text: str) -> list[str]:
    """Split a merchant's text into sentences, which can each be said alone."""
    return [s.strip() for s in _SENTENCE.split(text) if s.strip()]


def text_of(card: tuple[Statement, ...], product: Product) -> str:
    """Return all words of the card and the names, lower case, for look-ups."""
    asked = " ".join(f.question for f in product.faq)
    names = f"{product.name.zh} {product.name.en} {' '.join(product.aliases)}"
    return f"{' | '.join(s.words for s in card)} | {asked} | {names}".lower()
