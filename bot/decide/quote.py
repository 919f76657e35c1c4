"""Quoting: the merchant's own sentence, beside a model's words that say too little, or instead of words held back.

Only for questions on a topic that the card speaks of: the sentence on that very topic, as the merchant wrote it.
"""

import re
from collections.abc import Sequence

from bot.decide.card import Statement, statements
from bot.decide.facts import Answer, fact
from bot.decide.faq import asks_alike
from bot.decide.guard import Verdict, check
from bot.decide.topics import topics_of
from bot.decide.words import atoms, clauses, content, lang_of
from bot.domain.catalog import Catalogue, Product
from bot.domain.events import Lang

_NEGATIVE = re.compile(r"[不没]")
_POINTER = re.compile(r"(?:\d+号|链接\d*|link|number|#|\d|的|\s)+", re.I)  # "10号链接的": points, claims nothing
LIMIT = 60  # characters; English gets twice as many


def hold(text: str, question: str, product: Product, catalogue: Catalogue, lang: Lang) -> Verdict:
    """Hold a model's words to the card; true words that say too little are completed with the merchant's sentence.

    "可以机洗" leaves out what "30℃机洗，深浅分开" says, so both are said. Words that the guard refuses for what they
    claim (a number, a promise, a wrong yes or no, anything that is not on the card) are never completed; where they
    only said too little, the merchant's sentence stands in their place.
    """
    verdict = check(text, question, product, catalogue, lang)
    if verdict.text and _informative(verdict.text, question):
        return verdict
    rule = verdict.reason.partition(":")[0]
    too_little = rule in ("ok", "drops_limit") or (rule == "unsupported" and _adds_nothing(text, question, product))
    said = quote(question, product, catalogue, lang) if too_little else None
    if said is None:
        return Verdict("", "bare") if verdict.text else verdict
    if not verdict.text:  # refused words never stand beside true ones: "不含坚果，对坚果过敏者不要食用"
        return Verdict(said.text, "ok", said.facts)
    own = "，".join(c for c in clauses(text) if c not in said.text and atoms(c) and not _POINTER.fullmatch(c))
    if not own:  # a bare yes or no: the merchant's sentence says it better
        return Verdict(said.text, "ok", said.facts)
    return Verdict(f"{own}{'，' if lang == 'zh' else ': '}{said.text}", "ok", said.facts)


_POLAR = re.compile(
    r"^(?:亲[,，]?)?(?:不?可以|不?能|不?会|没?有|不?是|不用|不需要|可|[放装]不下|[放装]得下|(?:yes|no|sure|not)\b)",
    re.I,
)
_NUMBER = re.compile(r"\d")


def _answers_another(statement: Statement, question: str, product: Product) -> bool:
    """Tell whether a sentence says yes or no to another question: 不可以 is no answer to 能手洗吗."""
    field, _, asked = statement.field.partition(":")
    if field != "faq":
        return False
    polar = bool(_POLAR.match(statement.whole)) or bool(_NUMBER.search(asked))
    return polar and not asks_alike(question, asked, product)


def _told_otherwise(best: Statement, card: Sequence[Statement]) -> bool:
    """Tell whether another sentence on the very topic says the opposite, so that one alone would be half the truth."""
    exact = {t.id for t in best.topics}
    both = {s.negative for s in card if s.whole == best.whole and exact & {t.id for t in s.topics}}
    others = {s.negative for s in card if s.whole != best.whole and exact & {t.id for t in s.topics}}
    return len(both) == 1 and not others <= both


def _informative(text: str, question: str) -> bool:
    """Tell whether an answer says more than yes, no, or the question over again."""
    return len(content(text) - content(question)) >= 2


def _adds_nothing(text: str, question: str, product: Product) -> bool:
    """Tell whether every content word of an answer stands in the question or on the card."""
    known = content(_NEGATIVE.sub("", question)).union(*(s.units for s in statements(product)))
    return content(_NEGATIVE.sub("", text)) <= known


def quote(question: str, product: Product, catalogue: Catalogue, lang: Lang) -> Answer | None:
    """Return the merchant's sentence on what is asked, or None when the card has none in this language."""
    asked = topics_of(question)
    exact, near = {t.id for t in asked}, {t.group for t in asked}
    if not asked:
        return None
    best: Statement | None = None
    score = 0
    card = [s for s in statements(product) if lang_of(s.whole) == lang]
    for statement in card:
        if _answers_another(statement, question, product):
            continue
        if len(statement.whole) > LIMIT * (1 if lang == "zh" else 2):
            continue
        fits = 2 * len(exact & {t.id for t in statement.topics}) + len(near & {t.group for t in statement.topics})
        if fits > score:
            best, score = statement, fits
    if best is None or not near <= {t.group for t in best.topics} or _told_otherwise(best, card):
        return None
    return Answer(best.whole.rstrip("。.；;"), (fact(catalogue, product, best.field),))
