"""Whether words may stand in a script, and on what they rest.

A model may ask the viewers something, and say what the card says in words of its own; nothing else of it is taken. A
person may say what the facts allow, as in the room. Everything passes the advertising law, in the merchant's words too.
"""

import re

import msgspec

from bot.decide import edit, guard
from bot.decide.adlaw import AdLaw
from bot.decide.retrieve import face
from bot.decide.script.prompts import EXAMPLES
from bot.decide.topics import topics_of
from bot.decide.words import clauses, clean, content, lang_of
from bot.domain.catalog import Catalogue, Product
from bot.domain.events import Lang
from bot.domain.script import Sentence

_ENDS = re.compile(r"(?<=[。！？!?])|(?<=\.)\s")
_POINTS_AT = re.compile(r"这[款件条个瓶盒套]|它|我们家?的?|本店|\bthis\b|\bit(?:'s|s)?\b|\bour\b|\bwe\b", re.I)
_LONGEST: dict[Lang, int] = {"zh": 40, "en": 110}
_PLAIN_CLAIM = re.compile(r"吧|难道|不就是|right\?|isn't it|aren't|don't you (?:love|think)", re.I)


class Held(msgspec.Struct, frozen=True):
    """The sentence as it may be said, or None and why not."""

    sentence: Sentence | None
    why: str = ""


def of_model(text: str, product: Product, catalogue: Catalogue, law: AdLaw, lang: Lang, platform: str = "") -> Held:
    """Hold a model's sentence to the card: a question to the viewers, or what the card says."""
    text = clean(next(iter(_ENDS.split(text.strip().strip("\"'“”‘’"))), "")).strip()
    if not text:
        return Held(None, "empty")
    if lang_of(text) != lang or len(text) > _LONGEST[lang]:
        return Held(None, "wrong_language" if lang_of(text) != lang else "too_long")
    if text in EXAMPLES:
        return Held(None, "copied")
    said = [c for c in clauses(text) if len(c) > 3]
    if len(said) != len(set(said)):
        return Held(None, "garbled")
    if reason := guard.unsayable(text):
        return Held(None, reason)
    category = f"{product.category} {product.name.zh} {product.name.en}"
    if hits := law.hits(text, category, platform):
        return Held(None, f"adlaw:{hits[0].rule.id}")
    if text.endswith(("?", "？")):
        why = _asks_nothing_but(text, product)
        return Held(None, why) if why else Held(Sentence(guard.typeset(text, lang), "model"))
    verdict = guard.check(text, text, product, catalogue, lang, _LONGEST[lang])
    if not verdict.text:
        return Held(None, verdict.reason)
    return Held(Sentence(verdict.text + ("。" if lang == "zh" else "."), "model", verdict.facts))


def _asks_nothing_but(text: str, product: Product) -> str:
    """Return why a question does more than ask the viewers about themselves, "" when it does not."""
    lowered = text.lower()
    if not content(text) & face(product).units:
        return "off_topic"
    if re.search(r"\d", text) or _PLAIN_CLAIM.search(lowered):
        return "claims"
    if found := guard.promise(lowered) or guard.stock(lowered):
        return f"promise:{found[0]}"
    if claim := guard.claim(lowered, ""):
        return f"promise:{claim}"
    card = " ".join(f"{t.zh} {t.en}" for t in product.texts.values())
    if _POINTS_AT.search(lowered) and {t.group for t in topics_of(text)} - {t.group for t in topics_of(card)}:
        return "unsupported"
    return ""


def of_person(text: str, product: Product | None, catalogue: Catalogue, law: AdLaw, *, limit: int = 300) -> Held:
    """Hold a person's sentence to the facts and the law; `why` is as in a `Ruling`, with its detail behind a bar."""
    checked = edit.edited(text, product, catalogue, law, limit=limit)
    if not checked.ok:
        return Held(None, f"{checked.why}|{checked.detail}")
    return Held(Sentence(checked.text, "person", checked.facts))


def of_fields(sentence: Sentence, product: Product | None, law: AdLaw, lang: Lang, platform: str = "") -> Held:
    """Pass the merchant's words, or a phrase, through the law: said as it is, in lawful words, or not at all."""
    category = f"{product.category} {product.name.zh} {product.name.en}" if product else ""
    lawful, hits = law.lawful(sentence.text, lang, category, platform, likeness=False)
    if not lawful:
        return Held(None, f"adlaw:{hits[0].rule.id}|{hits[0].rule.law}")
    if lawful == sentence.text:
        return Held(sentence)
    return Held(msgspec.structs.replace(sentence, text=lawful), f"adlaw:{hits[0].rule.id}|{hits[0].rule.law}")
