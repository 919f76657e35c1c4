"""Facts: values bound to one field of one catalogue version, and the answers made of them alone.

A `Fact` holds what the catalogue printed when the answer was drafted. `stale` reads the same fields again
from the version in force and tells which of them changed: an answer with a stale fact is never sent.
"""

from collections.abc import Sequence

import msgspec

from bot.decide.lexicon import MEASURE
from bot.decide.skus import asked_skus, colour_word, size_word
from bot.decide.triage import Reading
from bot.domain.catalog import TEXT_FIELDS, Catalogue, Money, Product, Sku
from bot.domain.events import Lang
from bot.domain.turns import Fact

PLENTY = 20  # more pieces than this are told as "in stock", not counted
_SIGN = {"CNY": "¥", "USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "HKD": "HK$", "TWD": "NT$", "SGD": "S$"}


class Answer(msgspec.Struct, frozen=True):
    """Words made of facts alone, without product name or asker count.

    Attributes:
        text: the words; "" says that the catalogue is silent.
        facts: what they rest on.
        sold_out: the SKU or product asked for has no piece left.
    """

    text: str
    facts: tuple[Fact, ...]
    sold_out: bool = False


def amount(minor: int) -> str:
    """Print minor units: 12900 -> "129", 12950 -> "129.50"."""
    whole, cents = divmod(minor, 100)
    return f"{whole}.{cents:02d}" if cents else str(whole)


def money(value: Money, lang: Lang) -> str:
    """Print money as people of that language write it: 129元, ¥129, $39.90."""
    if value.currency == "CNY" and lang == "zh":
        return f"{amount(value.minor)}元"
    return f"{_SIGN.get(value.currency, value.currency + ' ')}{amount(value.minor)}"


def _stock_value(stock: int | None) -> str:
    if stock is None:
        return ""
    return f">{PLENTY}" if stock > PLENTY else str(stock)


def value_of(catalogue: Catalogue, product_id: str, field: str, sku_id: str = "") -> str:
    """Print a field as the catalogue has it now; "" when it has none (or the product is gone)."""
    product = catalogue.by_id.get(product_id)
    if product is None or not product.listed:
        return ""
    sku = next((s for s in product.skus if s.id == sku_id), None) if sku_id else None
    if sku_id and sku is None:
        return ""
    if field == "price":
        prices = ((sku.price,) if sku.price else ()) if sku else product.prices
        ends = dict.fromkeys((prices[0], prices[-1])) if prices else ()
        return "–".join(f"{amount(p.minor)} {p.currency}" for p in ends)
    if field == "stock":
        return _stock_value(sku.stock if sku else product.stock)
    return _plain_value(product, field)


def _plain_value(product: Product, field: str) -> str:
    if field == "original":
        return f"{amount(product.original.minor)} {product.original.currency}" if product.original else ""
    if field == "sizes":
        return "/".join(product.sizes)
    if field == "colours":
        return "/".join(c.get("zh") for c in product.colours)
    if field == "number":
        return str(product.number) if product.number else ""
    if field == "name":
        return product.name.get("zh")
    if field.startswith("faq:"):
        return next((f.answer for f in product.faq if f.question == field[4:]), "")
    text = product.texts.get(field)
    return f"{text.zh}\n{text.en}" if text else ""


def fact(catalogue: Catalogue, product: Product, field: str, sku: Sku | None = None) -> Fact:
    """Bind a field of the version in force."""
    sku_id = sku.id if sku else ""
    return Fact(product.id, field, value_of(catalogue, product.id, field, sku_id), sku_id)


def stale(facts: Sequence[Fact], catalogue: Catalogue) -> tuple[Fact, ...]:
    """Return those facts whose field no longer prints the same."""
    return tuple(f for f in facts if value_of(catalogue, f.product, f.field, f.sku) != f.value)


class _Say:
    """Collects the clauses of one answer and the facts under them."""

    def __init__(self, catalogue: Catalogue, product: Product, lang: Lang) -> None:
        self.catalogue, self.product, self.lang = catalogue, product, lang
        self.parts: list[str] = []
        self.facts: list[Fact] = []
        self.sold_out = False

    def put(self, zh: str, en: str, *facts: Fact) -> None:
        words = zh if self.lang == "zh" else en
        if words and words not in self.parts:
            self.parts.append(words)
        self.facts += [f for f in facts if f not in self.facts]

    def fact(self, field: str, sku: Sku | None = None) -> Fact:
        return fact(self.catalogue, self.product, field, sku)


def _price(say: _Say, skus: Sequence[Sku]) -> None:
    prices = sorted({s.price for s in skus if s.price}, key=lambda m: m.minor)
    if not prices or any(s.price is None for s in skus):
        return
    low, high = money(prices[0], say.lang), money(prices[-1], say.lang)
    one = low if low == high else f"{low}–{high}" if say.lang == "en" else f"{low}到{high}"
    whole = len(skus) == len(say.product.skus)
    say.put(f"现价{one}", f"{one} now", *([say.fact("price")] if whole else [say.fact("price", s) for s in skus]))


def _original(say: _Say) -> None:
    if say.product.original is None:
        return
    printed = money(say.product.original, say.lang)
    say.put(f"原价{printed}", f"list price {printed}", say.fact("original"))


def _discount(say: _Say, skus: Sequence[Sku]) -> None:
    _price(say, skus)
    if say.product.original:
        _original(say)
    if text := say.product.texts.get("discount"):
        say.put(text.get("zh"), text.get("en"), say.fact("discount"))
    elif not say.product.original:
        say.put("优惠以商品页为准", "see the product page for offers")


def _stock(say: _Say, skus: Sequence[Sku], asked: tuple[str, str]) -> None:
    if any(s.stock is None for s in skus):
        return
    left = sum(s.stock or 0 for s in skus)
    whole = len(skus) == len(say.product.skus)
    facts = [say.fact("stock")] if whole else [say.fact("stock", s) for s in skus]
    if left == 0:
        say.sold_out = True
        gone = (
            (f"{asked[0]}已售罄", f"{asked[1]} is sold out") if asked[0] or asked[1] else ("已经售罄", "sold out now")
        )
        say.put(*gone, *facts)
        open_sizes = [s for s in say.product.skus if s.stock and s not in skus]
        if open_sizes:
            _offer_rest(say, open_sizes)
        return
    if left > PLENTY:
        say.put(f"{asked[0]}有货", f"{asked[1]} in stock".strip(), *facts)
    else:
        say.put(f"{asked[0]}还有{left}件", f"{asked[1]} {left} left".strip(), *facts)
    _except_gone(say, skus)


def _except_gone(say: _Say, skus: Sequence[Sku]) -> None:
    """Beside "in stock", name what is not: a viewer may have meant just that."""
    gone = [s for s in skus if s.stock == 0]
    sizes = [
        z
        for z in say.product.sizes
        if all(s.stock == 0 for s in skus if s.size == z) and any(s.size == z for s in skus)
    ]
    names = sizes if sizes and len(sizes) < 4 else [_sku_name(s, say.lang) for s in gone] if len(gone) < 4 else []
    if not gone:
        return
    facts = [say.fact("stock", s) for s in gone]
    if names and all(names):
        say.put("、".join(names) + "已售罄", ", ".join(names) + " sold out", *facts)
    else:
        say.put("部分规格已售罄", "some options are sold out", *facts)


def _sku_name(sku: Sku, lang: Lang) -> str:
    parts = (sku.colour.get(lang), sku.size)
    return ("" if lang == "zh" else " ").join(p for p in parts if p)


def _offer_rest(say: _Say, rest: Sequence[Sku]) -> None:
    few = rest[:4]
    names = [_sku_name(s, say.lang) for s in few]
    if all(names):
        say.put("现有" + "、".join(names), "we have " + ", ".join(names), *[say.fact("stock", s) for s in few])


def _sizes(say: _Say) -> None:
    product = say.product
    if not product.sizes:
        return
    gone = [z for z in product.sizes if all(s.stock == 0 for s in product.skus if s.size == z)]
    here = [z for z in product.sizes if z not in gone]
    facts = [say.fact("sizes"), *[say.fact("stock", s) for s in product.skus if s.size in gone]]
    if here:
        word = "规格有" if MEASURE.match(here[0].lower()) else "尺码有"
        say.put(word + "、".join(here), "sizes " + ", ".join(here), *facts)
    if gone:
        say.put("、".join(gone) + "暂时没货", ", ".join(gone) + " out of stock", *facts)


def _colours(say: _Say) -> None:
    if not say.product.colours:
        return
    names = [c.get(say.lang) for c in say.product.colours]
    say.put("颜色有" + "、".join(names), "comes in " + ", ".join(names), say.fact("colours"))


def _text(say: _Say, field: str) -> None:
    text = say.product.texts.get(field)
    if text is None:
        return
    zh, en = _LEAD.get(field, ("", "")) if field in TEXT_FIELDS else (field, field)
    lead = zh if zh not in text.get("zh") else "", en if en.lower() not in text.get("en").lower() else ""
    say.put(f"{lead[0]}{text.get('zh')}", f"{lead[1]} {text.get('en')}".strip(), say.fact(field))


# Values that do not say what they are: "9个月", "江苏苏州".
_LEAD = {"expiry": ("保质期", "shelf life"), "origin": ("产地", "origin"), "warranty": ("质保", "warranty")}


_MISSING = {
    "size": ("没有{0}", "no size {0}"),
    "colour": ("没有{1}", "no {1}"),
    "pair": ("这个颜色没有{0}", "no {0} in that colour"),
}


def answer(reading: Reading, product: Product, catalogue: Catalogue) -> Answer | None:
    """Answer the slots of a reading from the catalogue.

    Returns:
        None when the reading asks for no slot, or when the catalogue is silent on all of them.
    """
    if not reading.slots or not product.listed:
        return None
    say = _Say(catalogue, product, reading.lang)
    skus, name, missing = asked_skus(reading, product)
    if missing and (product.sizes if missing != "colour" else product.colours):
        zh, en = _MISSING[missing]
        words = size_word(reading.size), colour_word(reading.colour)
        say.put(
            zh.format(*words),
            en.format(words[0].removesuffix("码"), words[1]),
            say.fact("sizes" if missing == "size" else "colours"),
        )
        rest = [s for s in product.skus if s.stock]
        _offer_rest(say, rest[:4])
        skus = []
    for slot in sorted(reading.slots, key=lambda s: _ORDER.get(s, 9)):
        _say_slot(say, slot, skus, name)
    return Answer(join(say.parts, reading.lang), tuple(say.facts), say.sold_out) if say.parts else None


_ORDER = {slot: i for i, slot in enumerate(("price", "original", "discount", "stock", "size", "colour", "sizing"))}


def _say_slot(say: _Say, slot: str, skus: Sequence[Sku], name: tuple[str, str]) -> None:
    if slot in ("price", "discount", "stock") and not skus:
        return
    if slot == "price":
        _price(say, skus)
    elif slot == "original":
        _original(say)
    elif slot == "discount":
        _discount(say, skus)
    elif slot == "stock":
        _stock(say, skus, name)
    elif slot == "size":
        _sizes(say)
    elif slot == "colour":
        _colours(say)
    elif slot == "link":
        if say.product.number:
            n = say.product.number
            say.put(f"点{n}号链接下单", f"tap link {n} to order", say.fact("number"))
    elif slot == "sizing" and "sizing" not in say.product.texts:
        _sizes(say)
    elif slot in say.product.texts or slot in TEXT_FIELDS:
        _text(say, slot)


def join(parts: Sequence[str], lang: Lang) -> str:
    """Join clauses into one line, with the punctuation of the language."""
    ends = "。.；;，, "
    if lang == "zh":
        return "，".join(p.rstrip(ends) for p in parts)
    return "; ".join(p.rstrip(ends) for p in parts)
