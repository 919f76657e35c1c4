"""Quoting: the merchant's own sentence, beside a model's words that say too little, or instead of words held back.

Only for questions on a topic that the card speaks of: the sentence on that very topic, as the merchant wrote it.
"""

import re

from bot.decide.card import Statement, statements
from bot.decide.facts import Answer, fact
from bot.decide.guard import Verdict, check
from bot.decide.topics import topics_of
from bot.decide.words import content, lang_of
from bot.domain.catalog import Catalogue, Product
from bot.domain.events import Lang

_COMMA = re.compile(r",(?!\d{3})\s*")
LIMIT = 60  # characters; English gets twice as many


def hold(text: str, question: str, product: Product, catalogue: Catalogue, lang: Lang) -> Verdict:
    """Hold a model's words to the card; words that say too little are completed with the merchant's sentence.

    "可以机洗" alone leaves out what "30℃机洗，深浅分开" says, so both are said, if the guard lets them pass together.
    """
    verdict = check(text, question, product, catalogue, lang)
    if verdict.text and _informative(verdict.text, question):
        return Verdict(_punctuate(verdict.text, lang), "ok", verdict.facts)
    if verdict.reason == "asks_host":
        return verdict
    said = quote(question, product, catalogue, lang)
    if said is None:
        return verdict if not verdict.text else Verdict("", "bare")
    both = f"{text.strip().rstrip('。.！!')}{'，' if lang == 'zh' else ': '}{said.text}"
    joined = check(both, question, product, catalogue, lang, limit=2 * LIMIT)
    if not joined.text:
        return verdict if not verdict.text else Verdict("", "bare")
    return Verdict(_punctuate(joined.text, lang), "ok", tuple(dict.fromkeys((*said.facts, *joined.facts))))


def _punctuate(text: str, lang: Lang) -> str:
    return _COMMA.sub("，", text) if lang == "zh" else text


def _informative(text: str, question: str) -> bool:
    """Tell whether an answer says more than yes, no, or the question over again."""
    return len(content(text) - content(question)) >= 2


def quote(question: str, product: Product, catalogue: Catalogue, lang: Lang) -> Answer | None:
    """Return the merchant's sentence on what is asked, or None when the card has none in this language."""
    asked = topics_of(question)
    exact, near = {t.id for t in asked}, {t.group for t in asked}
    if not asked:
        return None
    best: Statement | None = None
    score = 0
    for statement in statements(product):
        if lang_of(statement.whole) != lang or len(statement.whole) > LIMIT * (1 if lang == "zh" else 2):
            continue
        fits = 2 * len(exact & {t.id for t in statement.topics}) + len(near & {t.group for t in statement.topics})
        if fits > score:
            best, score = statement, fits
    if best is None or not near <= {t.group for t in best.topics}:
        return None
    return Answer(best.whole.rstrip("。."), (fact(catalogue, product, best.field),))
