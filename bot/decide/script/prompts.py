"""What a model is asked for: one sentence at a time, from one sentence of the card.

The instructions are the same for all products of a language, so that a worker computes them once; plain examples, which
base models without a chat template continue as well.
"""

from collections.abc import Sequence

import msgspec

from bot.decide.card import statements
from bot.decide.script.plan import Plan, Slot
from bot.decide.words import lang_of
from bot.domain.catalog import Catalogue, Product
from bot.domain.events import Lang

_PREFIX: dict[Lang, str] = {
    "zh": """你帮带货主播写口播。每次只写一句，口语，不说价格和数字，不夸张，资料里没有的不说。
商品：帆布托特包
资料：能装下雨伞和水壶
写：问观众
句子：你们上班出门，包里一般都装些什么？
商品：羊毛围巾
资料：两面都做了柔软处理
写：讲卖点
句子：两面都做了柔软处理，直接贴着皮肤戴。
商品：保温杯
资料：杯盖可以拆下来洗
写：问观众
句子：你们的杯盖多久拆开洗一次？
商品：保温杯
资料：杯盖可以拆下来洗
写：讲卖点
句子：杯盖可以拆下来洗。""",
    "en": """You write for the host of a live shop. One spoken sentence at a time: no prices, no numbers, no hype,
nothing that the notes do not say.
Product: Canvas tote
Notes: Fits an umbrella and a bottle
Write: ask the viewers
Sentence: What do you carry around with you on a work day?
Product: Wool scarf
Notes: Softened on both sides
Write: say the point
Sentence: It has been softened on both sides.
Product: Flask
Notes: The lid comes off for washing
Write: ask the viewers
Sentence: How often do you take your flask apart to wash it?
Product: Flask
Notes: The lid comes off for washing
Write: say the point
Sentence: The lid comes off for washing.""",
}
_ASKS: dict[Lang, dict[str, tuple[str, str, str]]] = {
    "zh": {"need": ("商品", "资料", "问观众"), "points": ("商品", "资料", "讲卖点")},
    "en": {"need": ("Product", "Notes", "ask the viewers"), "points": ("Product", "Notes", "say the point")},
}
_LAST: dict[Lang, tuple[str, str]] = {"zh": ("写", "句子"), "en": ("Write", "Sentence")}


EXAMPLES = frozenset(
    line.partition("句子：")[2] or line.partition("Sentence: ")[2]
    for text in _PREFIX.values()
    for line in text.split("\n")
) - {""}


EXAMPLES = frozenset(
    line.partition("句子：")[2] or line.partition("Sentence: ")[2]
    for text in _PREFIX.values()
    for line in text.split("\n")
) - {""}


class Ask(msgspec.Struct, frozen=True):
    """One sentence wanted of a model, for a slot."""

    slot: str
    prefix: str
    suffix: str
    max_chars: int


def asks(plan: Plan, catalogue: Catalogue, lang: Lang, variant: int = 0) -> list[Ask]:
    """Return what a model can help with: a question for the need, and a point in other words."""
    found = []
    for slot in plan.slots:
        product = catalogue.by_id.get(slot.product)
        if product is None or slot.part not in ("need", "points", "hook"):
            continue
        kind = "points" if slot.part == "points" else "need"
        notes = _notes(product, lang)
        if notes:
            note = notes[(variant + slot.turn + (slot.part == "hook")) % len(notes)]
            found.append(_ask(slot, product, note, kind, lang))
    return found


def _ask(slot: Slot, product: Product, note: str, kind: str, lang: Lang) -> Ask:
    head, notes, wanted = _ASKS[lang][kind]
    write, last = _LAST[lang]
    mark = "：" if lang == "zh" else ": "
    told = ((head, product.name.get(lang)), (notes, note), (write, wanted))
    suffix = "\n".join([*(f"{key}{mark}{value}" for key, value in told), f"{last}{mark.rstrip()}"])
    return Ask(slot.id, _PREFIX[lang] + "\n", suffix, 40 if lang == "zh" else 110)


def _notes(product: Product, lang: Lang) -> Sequence[str]:
    """Return what the card says of a product in short clauses without figures: what a small model can put well."""
    fields = ("points", "audience", "usage")
    card = [s for s in statements(product) if s.field in fields and lang_of(s.words) == lang]
    least, most = (5, 30) if lang == "zh" else (14, 80)
    said = (s.words for s in card if least <= len(s.words) <= most and not any(map(str.isdigit, s.words)))
    return list(dict.fromkeys(said))
