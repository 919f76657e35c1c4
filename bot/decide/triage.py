"""Triage: what a comment is, what it asks for, and about which product.

`read` looks at the words alone (its result is kept per wording, so an exact repeat costs a look-up);
`resolve` adds what the room knows: the product on screen and what this viewer asked about before.
"""

import re
from collections import OrderedDict

import msgspec

from bot.decide import kinds
from bot.decide.cues import ANY_PHRASE, ANY_STRONG, ANY_WEAK, DEMANDS, FILLER, PHRASES, STILL, STRONG, WEAK
from bot.decide.lexicon import Lexicon, lexicon, named_in, number_in, sku_in
from bot.decide.slips import repaired
from bot.decide.topics import PEOPLE, Topic, topics_of
from bot.decide.words import fold, lang_of, negated
from bot.domain.catalog import Catalogue, Product
from bot.domain.events import Lang
from bot.domain.turns import CommentKind

_QUALITIES = frozenset({"material", "colour", "size"})
_LATIN = re.compile(r"[a-z]")


class Reading(msgspec.Struct, frozen=True):
    """What the words of one comment say.

    Attributes:
        kind: see `CommentKind`; a question is only worth answering when it is about a product.
        reason: stable short code of the rule that decided.
        folded: comparison form of the words.
        slots: facts asked for, sorted. "有M码吗" asks for the stock of M, as "M还有吗" does.
        named: product ids named in the words (all that fit).
        number: link number named, 0 if none.
        size, colour: the SKU asked for, as the viewer wrote it in comparison form.
        topics: topics of the words (see `topics`).
        negative: the words say no somewhere.
        need: asks for a recommendation.
        mentions: how many products the words name, by name or number.
    """

    kind: CommentKind
    reason: str
    lang: Lang
    folded: str
    slots: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    number: int = 0
    size: str = ""
    colour: str = ""
    topics: frozenset[Topic] = frozenset()
    negative: bool = False
    need: bool = False
    mentions: int = 0


def _asked(raw: str, question: bool, words: Lexicon, han: bool, latin: bool) -> set[str]:
    """Return the slots whose cues are in the words, as they are written."""
    strong = STRONG if ANY_STRONG.found(raw, han, latin) else {}
    weak = WEAK if ANY_WEAK.found(raw, han, latin) else {}
    found = {slot: c for slot, c in strong.items() if c.found(raw, han, latin)}
    named = {slot: c for slot, c in weak.items() if slot not in found and c.found(raw, han, latin)}
    if (found or named) and not question:
        rest = raw
        for c in (*found.values(), *named.values()):
            rest = c.en.sub(" ", c.zh.sub(" ", rest))
        if len(FILLER.sub("", rest)) > (2 if found else 1):  # 今天发工资了 holds 今天发 and asks nothing
            found = {slot: c for slot, c in found.items() if DEMANDS.search(raw)}
            named = {}
    if "original" in found:
        named.pop("price", None)
    if named and not named.keys() - _QUALITIES and topics_of(raw):
        named = {}  # 面料厚实吗 asks about warmth, not about the material
    slots = {*found, *named} | {field for heading, field in words.headings if heading in raw}
    if not slots and STILL.search(raw):
        slots.add("stock")
    return slots


def _slots(raw: str, question: bool, words: Lexicon, sku: tuple[str, str], letters: tuple[bool, bool]) -> set[str]:
    """Return the slots asked for: cues, sizes and colours by name read as the stock of that SKU."""
    if ANY_PHRASE.search(raw):
        for pattern, plain in PHRASES:
            raw = pattern.sub(plain, raw)
    slots = _asked(raw, question, words, *letters)
    size, colour = sku
    if any(word and kinds.has(word, raw) for word in sku):
        slots.add("stock")
    named = {slot for slot, word in (("size", size), ("colour", colour)) if word}
    if kinds.BODY.search(raw) and (size or slots & {"size", "sizing"} or re.search(r"[码穿]|wear|size|fit", raw)):
        return (slots - {"size", "stock"}) | {"sizing"} | (slots & {"stock"} if colour else set())
    if "sizing" in slots:
        return slots - {"size"}
    if named and (slots & named or (question and not slots)):
        return (slots - named) | {"stock"}
    return slots


def _refused(raw: str, folded: str, lang: Lang, han: bool, latin: bool) -> Reading | None:
    """Read what is no question whatever it asks: commands, advertisements, complaints, abuse."""
    if kinds.MARKUP.search(raw):
        return Reading("spam", "markup", lang, folded)
    if kinds.INSTEAD.search(raw):
        return Reading("spam", "injection", lang, folded)
    if kinds.LINK.search(raw):
        return Reading("spam", "advertisement", lang, folded)
    if not kinds.REFUSED.found(raw, han, latin):
        return None
    if kinds.INJECTION.found(raw, han, latin):
        return Reading("spam", "injection", lang, folded)
    if kinds.SPAM.found(raw, han, latin):
        return Reading("spam", "advertisement", lang, folded)
    if kinds.COMPLAINT.found(raw, han, latin) and not kinds.HYPOTHETICAL.search(raw):
        return Reading("complaint", "after_sale", lang, folded)
    if kinds.ABUSE.found(raw, han, latin):
        return Reading("abuse", "abuse", lang, folded)
    return None


def read(text: str, words: Lexicon) -> Reading:
    """Read one cleaned line. Never raises; the reason says which rule decided."""
    folded, lang = fold(text), lang_of(text)
    raw = kinds.CALLS.sub("", repaired(kinds.STICKER.sub(" ", text.lower()))) or text.lower()
    letters = han, latin = not raw.isascii(), bool(_LATIN.search(raw))
    if not folded:
        return Reading("chatter", "no_words", lang, folded)
    if refused := _refused(raw, folded, lang, han, latin):
        return refused
    raw, meant = named_in(kinds.TAG.sub(" ", raw), words)
    named = tuple(dict.fromkeys(id for ids in meant for id in ids))
    number, numbers = number_in(raw)
    mentions = len(meant) + numbers
    question = "?" in raw or bool(kinds.QUESTION.found(raw, han, latin))
    size, colour = sku = sku_in(raw, words)
    slots = _slots(raw, question, words, sku, letters)
    if slots == {"stock"} and (size or colour) and not question and not STRONG["stock"].found(raw, han, latin):
        slots = set()  # "M码 黑色" alone is an order being thought aloud, not a question
    if "[contact]" in raw and not slots:
        return Reading("spam", "advertisement", lang, folded)
    need = _needs(raw, slots, han, latin)
    if not (question or slots or need):
        return _remark(raw, lang, folded, named, number, (size, colour))
    topics = topics_of(raw)
    if not slots and not need:
        if kinds.HOST.found(raw, han, latin):
            return Reading("chatter", "about_host", lang, folded)
        goods = bool(named or number or {t.id for t in topics} - PEOPLE)
        if not goods and not kinds.GOODS.found(raw, han, latin) and not kinds.SHOP.found(raw, han, latin):
            return Reading("chatter", "small_talk", lang, folded)
    reason = "need" if need else "asks_fact" if slots else "asks_open"
    return Reading(
        "question", reason, lang, folded, () if need else tuple(sorted(slots)), named, number, size, colour, topics,
        negated(text), need, mentions,
    )  # fmt: skip


def _needs(raw: str, slots: set[str], han: bool, latin: bool) -> bool:
    """Tell whether a line asks for a recommendation rather than about one product."""
    if slots - {"price", "size", "colour", "discount", "stock"} or not kinds.NEED.found(raw, han, latin):
        return False
    return not kinds.NOT_NEED.search(raw)


def _remark(
    raw: str, lang: Lang, folded: str, named: tuple[str, ...], number: int, sku: tuple[str, str]
) -> Reading:  # fmt: skip
    """Read a line that asks nothing."""
    han, latin = not raw.isascii(), bool(_LATIN.search(raw))
    if kinds.ONES.search(raw) or kinds.INTENT.found(raw, han, latin):
        return Reading("intent", "purchase_intent", lang, folded, (), named, number, *sku)
    if kinds.PRAISE.found(raw, han, latin):
        return Reading("praise", "praise", lang, folded, named=named)
    return Reading("chatter", "chatter", lang, folded, named=named)


class Reader:
    """`read` for one catalogue version, remembering the wordings it has seen (bounded)."""

    def __init__(self, catalogue: Catalogue, most: int = 20_000) -> None:
        self._words = lexicon(catalogue)
        self._seen: OrderedDict[str, Reading] = OrderedDict()
        self._most = most

    def __call__(self, text: str) -> Reading:
        """Return `read(text)`, from memory when the same words came before."""
        reading = self._seen.get(text)
        if reading is None:
            reading = self._seen[text] = read(text, self._words)
            if len(self._seen) > self._most:
                self._seen.popitem(last=False)
        return reading


def resolve(reading: Reading, catalogue: Catalogue, on_screen: str, asked_before: str) -> tuple[Product | None, str]:
    """Tell which product a comment is about, and how that is known.

    Order: link number, name, the product on screen, the product this viewer asked about before. A name that several
    products share means the one on screen, if it is among them.

    Returns:
        The product, or None with "unknown_number", "ambiguous_name" or "no_product".
    """
    if reading.number:
        found = catalogue.by_number.get(reading.number)
        if found is None:
            return None, "unknown_number"
        other = reading.mentions > 1 and found.id not in reading.named
        return (None, "ambiguous_name") if other or reading.mentions > 2 else (found, "number")
    if len(reading.named) == 1:
        return catalogue.by_id.get(reading.named[0]), "named"
    if reading.named:
        if reading.mentions == 1 and on_screen in reading.named:
            return catalogue.by_id.get(on_screen), "named"
        return None, "ambiguous_name"
    for product, how in ((on_screen, "on_screen"), (asked_before, "asked_before")):
        if product in catalogue.by_id:
            return catalogue.by_id[product], how
    return None, "no_product"
