"""Triage: what a comment is, what it asks for, and about which product.

`read` looks at the words alone (its result is kept per wording, so an exact repeat costs a look-up);
`resolve` adds what the room knows: the product on screen and what this viewer asked about before.
"""

import re
from collections import OrderedDict
from typing import get_args

import msgspec

from bot.decide import kinds
from bot.decide.cues import ANY_PHRASE, ANY_STRONG, ANY_WEAK, DEMANDS, FILLER, PHRASES, STILL, STRONG, WEAK
from bot.decide.lexicon import Lexicon, lexicon, named_in, number_in, sku_in
from bot.decide.ngrams import features, shape, shipped
from bot.decide.slips import repaired
from bot.decide.topics import PEOPLE, Topic, topics_of
from bot.decide.wanted import advice, implied, wanted
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


class _Line(msgspec.Struct):
    """A line taken apart, once."""

    text: str
    folded: str
    lang: Lang
    raw: str
    han: bool
    latin: bool
    named: tuple[str, ...] = ()
    number: int = 0
    mentions: int = 0
    sku: tuple[str, str] = ("", "")

    def reading(self, kind: CommentKind, reason: str) -> Reading:
        """Read it as something that asks nothing."""
        size, colour = self.sku if kind == "intent" else ("", "")
        return Reading(kind, reason, self.lang, self.folded, (), self.named, self.number, size, colour)

    def slots(self, question: bool, words: Lexicon) -> set[str]:
        """Return the facts it asks for."""
        return _slots(self.raw, question, words, self.sku, (self.han, self.latin))

    def needs(self, slots: set[str]) -> bool:
        """Tell whether it asks for a recommendation."""
        one = bool(self.number) or len(self.named) == 1
        return advice(self.raw, slots, self.han, self.latin) or (
            not one and wanted(self.text, self.raw, slots, self.han, self.latin)
        )

    def question(self, slots: set[str], need: bool, reason: str = "") -> Reading:
        """Read it as a question for these facts, or for a recommendation."""
        need = need or not (slots or self.number or self.named) and implied(self.text, self.raw)
        asks = "need" if need else "asks_fact" if slots else "asks_open"
        return Reading(
            "question", reason or asks, self.lang, self.folded, () if need else tuple(sorted(slots)), self.named,
            self.number, *self.sku, topics_of(self.raw), negated(self.text), need, self.mentions,
        )  # fmt: skip


def _refused(line: _Line) -> Reading | None:
    """Read what is no question whatever it asks: commands, advertisements, complaints, abuse."""
    raw, han, latin = line.raw, line.han, line.latin
    if kinds.MARKUP.search(raw):
        return line.reading("spam", "markup")
    if kinds.INSTEAD.search(raw):
        return line.reading("command", "injection")
    if kinds.LINK.search(raw):
        return line.reading("spam", "advertisement")
    if not kinds.REFUSED.found(raw, han, latin):
        return None
    if kinds.INJECTION.found(raw, han, latin):
        return line.reading("command", "injection")
    if kinds.SPAM.found(raw, han, latin):
        return line.reading("spam", "advertisement")
    if kinds.COMPLAINT.found(raw, han, latin) and not kinds.HYPOTHETICAL.search(raw):
        return line.reading("complaint", "after_sale")
    if kinds.ABUSE.found(raw, han, latin):
        return line.reading("abuse", "abuse")
    return None


def _look_up(line: _Line, words: Lexicon) -> None:
    """Find the products, numbers and SKUs that a line names."""
    line.raw, meant = named_in(kinds.TAG.sub(" ", line.raw), words)
    line.named = tuple(dict.fromkeys(id for ids in meant for id in ids))
    line.number, numbers = number_in(line.raw)
    line.mentions = len(meant) + numbers
    line.sku = sku_in(line.raw, words)


def by_rules(text: str, words: Lexicon) -> tuple[_Line, Reading]:
    """Read one cleaned line by the rules alone; the reason says which rule decided."""
    raw = kinds.CALLS.sub("", repaired(kinds.STICKER.sub(" ", text.lower()))) or text.lower()
    line = _Line(text, fold(text), lang_of(text), raw, not raw.isascii(), bool(_LATIN.search(raw)))
    if not line.folded:
        return line, line.reading("chatter", "no_words")
    refused = _refused(line)
    _look_up(line, words)
    return line, refused or _asking(line, words)


def _asking(line: _Line, words: Lexicon) -> Reading:
    """Read a line that nothing forbids: a question, or a remark."""
    raw, han, latin = line.raw, line.han, line.latin
    question = "?" in raw or bool(kinds.QUESTION.found(raw, han, latin))
    slots = line.slots(question, words)
    if slots == {"stock"} and any(line.sku) and not question and not STRONG["stock"].found(raw, han, latin):
        slots = set()  # "M码 黑色" alone is an order being thought aloud, not a question
    if "[contact]" in raw and not slots:
        return line.reading("spam", "advertisement")
    need = line.needs(slots)
    if not (question or slots or need):
        return _remark(line)
    if not slots and not need:
        if kinds.HOST.found(raw, han, latin):
            return line.reading("chatter", "about_host")
        goods = bool(line.named or line.number or {t.id for t in topics_of(raw)} - PEOPLE)
        if not goods and not kinds.GOODS.found(raw, han, latin) and not kinds.SHOP.found(raw, han, latin):
            return line.reading("chatter", "small_talk")
    return line.question(slots, need)


def _remark(line: _Line) -> Reading:
    """Read a line that asks nothing."""
    if kinds.ONES.search(line.raw) or kinds.INTENT.found(line.raw, line.han, line.latin):
        return line.reading("intent", "purchase_intent")
    if kinds.PRAISE.found(line.raw, line.han, line.latin):
        return line.reading("praise", "praise")
    return line.reading("chatter", "chatter")


_FIRM = frozenset({"markup", "injection", "no_words"})  # decided by rules alone: nothing may talk them away
_KINDS: tuple[CommentKind, ...] = get_args(CommentKind)
_HEADS = tuple(f"kind:{kind}" for kind in _KINDS)
# Logits by which the model must prefer something else: where the rules found a fact that is asked for, where they found
# an insult, an advertisement or talk about the host, and before it takes for a question what they do not.
_SURE, _FAVOUR, _DOUBT = 1.0, {"abuse": 1.0, "advertisement": 1.0, "about_host": 1.0}, 0.5


def marks(first: Reading) -> list[str]:
    """Return what the rules found, as features for the model."""
    found = [f"kind {first.kind}", f"reason {first.reason}", *(f"slot {slot}" for slot in first.slots)]
    found += [mark for mark, on in (("slots", first.slots), ("topics", first.topics), ("need", first.need)) if on]
    return found


def read(text: str, words: Lexicon) -> Reading:
    """Read one cleaned line: the rules first, then the small model, which knows what they found. Never raises."""
    line, first = by_rules(text, words)
    if first.reason in _FIRM:
        return first
    model = shipped()
    buckets = features(text, marks(first))
    scores = model.scores(buckets, _HEADS)
    scores[f"kind:{first.kind}"] += _FAVOUR.get(first.reason, 0.0)
    if first.kind != "question":
        scores["kind:question"] -= _DOUBT
    best = max(_HEADS, key=scores.__getitem__)
    kind = _KINDS[_HEADS.index(best)]
    if kind in ("chatter", "praise", "intent") and model.says("abuse", buckets):
        kind = "abuse"
    if kind in ("chatter", "praise", "intent") and model.says("ad", buckets + shape(text)):
        kind = "spam"
    firm = bool(first.slots or first.need) and scores[best] - scores["kind:question"] < _SURE
    if kind == first.kind or firm:
        return first
    if kind != "question":
        return line.reading(kind, f"model:{kind}")
    slots = line.slots(True, words)
    return line.question(slots, line.needs(slots), "model")


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
