"""Words that a person wrote: held to the facts and the law like a model's, free to say what the facts allow.

A model may not speak of money, stock or promises at all. A person may, clause by clause:

    as the merchant wrote it     a clause of the card, or of the answer at hand, give or take 亲 and 哦
    a price                      nothing but size, colour and the price of exactly these SKUs, or the list price
    a stock                      nothing but size, colour and what is true of each of them
    anything else                has no number, no stock, no promise, and no claim that is not on the card
"""

import re
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

from bot.decide import facts, guard
from bot.decide.adlaw import AdLaw
from bot.decide.card import statements, text_of
from bot.decide.numbers import read
from bot.decide.pieces import Pieces, groups_of
from bot.decide.topics import topics_of
from bot.decide.triage import Reading
from bot.decide.words import clauses, clean, lang_of, negated
from bot.domain.catalog import Catalogue, Product, Sku
from bot.domain.desk import Checked
from bot.domain.events import Lang
from bot.domain.turns import Fact

_SOFT = re.compile(
    r"^(?:亲亲?爱?的?|宝子?们?|宝宝们?|家人们|姐妹们?|您好|你好|嗨|哈喽|hi|hello|dear|hey)+|"
    r"[哦哈呢哟啦呀喔嘛啊~～!！ ]+$"
)
_MONEY = {
    "CNY": "元|块钱|块|¥|￥|yuan|rmb|cny", "USD": r"\$|dollars?|usd|美元|美金|刀", "EUR": "€|euros?|eur|欧元",
    "GBP": "£|pounds?|gbp|英镑",
}  # fmt: skip
_COUNT = re.compile(r"\d[\d,]*(?:\.\d+)?|[零一二两俩三四五六七八九十百千万]+|\b(?:one|two|three|four|five|six|ten)\b")
_ALONE = {"俩": 2, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "ten": 10} | {
    numeral: n for n, numeral in enumerate("零一二三四五六七八九十")
} | {"两": 2}  # fmt: skip
_PRICE = re.compile(
    r"(?:现在|今天|目前|直播间|这款|这个|the|its?|price|现价|价格|售价|是|为|的|都|就|卖|只要|now|is|are|only|just|at|for|[:：\s])*"
    r"#(?:(?:到|至|to|[-–~\s])+#)?(?:now|\s)*"
)
_LIST = re.compile(r"(?:原价|划线价|list price|was|is|是|为|[:：\s])*#")
_STOCKED = re.compile(
    r"(?:现在|目前|也|都|就|还|只|仅|已经?|的话|了|的|和|库存|充足|有|货|现货|剩下?|没|无|缺|售罄|[卖抢]完|断|#|"
    r"件|个|条|双|套|瓶|盒|包|sold|out|of|in|stock|left|available|we|have|has|are|is|it|all|still|only|and|pieces?|"
    r"[\s、,:：])*"
)
_GONE = re.compile(r"没|无货|缺|售罄|[卖抢]完|断货|sold out|out of stock|none")
_OF_STOCK = re.compile(
    r"[有没无缺断现补]货|库存|售罄|[卖抢]完|剩|补上|也有|有的|只有|没有?了$|"
    r"sold out|\bstock\b|\bleft\b|available|is back|are back|restock"
)
_HAS = re.compile(r"有|没|缺|剩|补|\b(?:have|has|got|back)\b")
_PROMISES = re.compile(
    r"[能可就包给]以?退|包换|[罚赔][一十百]|次日达|当日达|隔[天日]到|天到货|[马立]上发|立[刻即]发|现发|终身|保修|一分钱|半价|"
    r"[省砍减]|到手|销量|定金|订金|arriv|tomorrow|send it back|exchange|\bfree\b|half|\bships?\b|ship(?:ping|ped)|"
    r"\b(?:one|two|three|five|ten) (?:dollar|buck|yuan|day|hour|left)|lifetime"
)
_HARMLESS = re.compile(
    r"(?:[01]?\d|2[0-4]|[一二两三四五六七八九十]+)点(?:半|整)?|[一1两2几]件(?!事)|一[下起些直点]|"
    r"(?:价格|库存)?以?(?:商品|详情)页(?:面)?为准"
)
_QUANTIFIERS = {"都", "所有", "全部", "任何", "every", "all", "any", "人人"}


def edited(
    text: str, product: Product | None, catalogue: Catalogue, law: AdLaw, held: tuple[Fact, ...] = (),
    body: str = "", *, limit: int, labels: tuple[str, ...] = (),
) -> Checked:  # fmt: skip
    """Check a person's words before they may be sent.

    Args:
        text: the words.
        product: what they are about, None when about none.
        held: what the answer at hand rests on; `body` are its words.
        limit: longest line the platform takes, in characters.
        labels: our own names of products, which claim nothing.
    """
    text = clean(text).strip()
    if not text:
        return Checked(False, "", "empty")
    if len(text) > limit:
        return Checked(False, text, "too_long", str(limit))
    if reason := guard.unsayable(text):
        return Checked(False, text, reason, reason.partition(":")[2])
    found = _Reader(product, catalogue, held, body).read(text.lower())
    if isinstance(found, str):
        return Checked(False, text, found, found.partition(":")[2])
    category = f"{product.category} {product.name.zh} {product.name.en}" if product else ""
    lang: Lang = lang_of(text)
    lawful, hits = law.lawful(text, lang, category, labels=labels, likeness=product is not None)
    if hits:
        better = f" → {lawful}" if lawful else ""
        rule = hits[0].rule
        return Checked(False, lawful, f"adlaw:{rule.id}", f"{hits[0].said}: {rule.law}{better}")
    return Checked(True, guard.typeset(text, lang), facts=found)


def praise(product: Product, catalogue: Catalogue, price: Reading) -> str:
    """Return the catalogue's own words to put a product forward: its price, and its first selling point.

    Args:
        price: a question for the price, in the language wanted.
    """
    told = facts.answer(price, product, catalogue)
    points = product.texts.get("points")
    said = points.get(price.lang).split("\n")[0].rstrip("。.") if points else ""
    return ("，" if price.lang == "zh" else ", ").join(filter(None, (told.text if told else "", said)))


def _bare(clause: str) -> str:
    """Return a clause without what people say around it, for comparison."""
    return _SOFT.sub("", clause.strip().lower().rstrip("。.")).replace(" ", "")


class _Reader:
    """Reads the clauses of one text; a size or colour named in one holds for those after it."""

    def __init__(self, product: Product | None, catalogue: Catalogue, held: tuple[Fact, ...], body: str) -> None:
        self._product, self._catalogue = product, catalogue
        self._known: dict[str, tuple[Fact, ...]] = {_bare(c): held for c in (*clauses(body.lower()), body.lower()) if c}
        self._card = ""
        self._signs = re.compile(r"(?!)")
        self._pieces: Pieces | None = None
        self._groups: list[list[Sku]] = []
        if product is not None:
            card = statements(product)
            for s in card:
                bound = (facts.fact(catalogue, product, s.field),)
                self._known |= {_bare(s.words): bound, _bare(s.whole): bound}
            self._card = text_of(card, product)
            self._pieces = Pieces(product)
            self._groups = [list(product.skus)]
            currency = product.prices[0].currency if product.prices else ""
            self._signs = re.compile(_MONEY.get(currency, re.escape(currency) or "(?!)"))
        self._known.pop("", None)

    def read(self, text: str) -> tuple[Fact, ...] | str:
        """Return what the words rest on, or why they may not be said."""
        rests: dict[Fact, None] = dict.fromkeys(self._known.get(_bare(text), ()))
        for clause in () if _bare(text) in self._known else clauses(text):
            found = self._clause(clause)
            if isinstance(found, str):
                return found
            rests |= dict.fromkeys(found)
        return tuple(rests)

    def _clause(self, clause: str) -> tuple[Fact, ...] | str:
        if (bare := _bare(clause)) in self._known:
            return self._known[bare]
        rest, named = clause, False
        if self._pieces is not None:
            rest, sizes, colours, strange = self._pieces.take(clause)
            if strange:
                return strange
            if sizes or colours:
                named = True
                self._groups = groups_of(self._pieces.product, sizes, colours)
                if not all(self._groups):
                    return f"size:{'/'.join(sizes + colours)}"
        rest = _SOFT.sub("", rest.strip())
        if _OF_STOCK.search(rest) or (named and _HAS.search(rest)):
            return self._stock(clause, rest.replace("不缺货", "有货").replace("不缺", "有货"))
        return self._price(rest) or self._free(clause, rest)

    def _price(self, rest: str) -> tuple[Fact, ...] | None:
        """Return the facts of a clause that says a price and nothing else, None when it is none."""
        product = self._product
        bare = self._signs.sub("", rest)
        values = [_value(raw) for raw in _COUNT.findall(bare)]
        shape = _COUNT.sub("#", bare)
        if product is None or not values or None in values:
            return None
        if _LIST.fullmatch(shape) and product.original and shape.strip(" :：#"):
            right = values == [_yuan(product.original.minor)]
            return (facts.fact(self._catalogue, product, "original"),) if right else None
        skus = [sku for group in self._groups for sku in group if sku.price]
        prices = sorted({_yuan(sku.price.minor) for sku in skus if sku.price})
        if not prices or not _PRICE.fullmatch(shape) or values != sorted({prices[0], prices[-1]}):
            return None
        return tuple(facts.fact(self._catalogue, product, "price", sku) for sku in skus)

    def _stock(self, clause: str, rest: str) -> tuple[Fact, ...] | str:
        """Return the facts of a clause on stock, or why it may not be said."""
        wrong, product = f"states_stock:{clause.strip()}", self._product
        shape = _COUNT.sub("#", rest)
        counts = [_value(raw) for raw in _COUNT.findall(rest)]
        known = [[sku.stock for sku in group] for group in self._groups]
        if product is None or not _STOCKED.fullmatch(shape) or any(None in group for group in known) or len(counts) > 1:
            return wrong
        left = [sum(filter(None, group)) for group in known]
        gone = bool(_GONE.search(rest))
        if counts and (gone or counts[0] != sum(left) or sum(left) > facts.PLENTY):
            return wrong
        if any(bool(n) == gone for n in left):
            return wrong
        return tuple(facts.fact(self._catalogue, product, "stock", sku) for group in self._groups for sku in group)

    def _free(self, clause: str, rest: str) -> tuple[Fact, ...] | str:
        """Return nothing to rest on for a clause without figure, stock, promise or claim; else what it states."""
        plain = _HARMLESS.sub("", rest)
        if pointed := re.search(r"(\d+)号(?:链接)?", plain):
            if int(pointed[1]) not in self._catalogue.by_number:
                return f"number:{pointed[0]}"
            plain = plain.replace(pointed[0], "")
        if number := next(iter(read(plain)), None) or re.search(r"\d+", plain):
            return f"number:{number.raw if hasattr(number, 'raw') else number[0]}"
        if promise := _PROMISES.search(plain) or guard.promise(plain):
            return f"promise:{promise[0]}"
        if claim := guard.claim(plain, self._card, _QUANTIFIERS):
            return f"promise:{claim}"
        return self._against(clause) or ()

    def _against(self, clause: str) -> str:
        """Return "contradicts:…" for a clause that says the opposite of the card on its very topic, else ""."""
        ids = {topic.id for topic in topics_of(clause)}
        card = statements(self._product) if self._product and ids else ()
        said = {s.negative for s in card if ids & {t.id for t in s.topics}}
        return f"contradicts:{clause.strip()}" if said and negated(clause) not in said else ""


def _yuan(minor: int) -> Decimal:
    return Decimal(minor) / 100


def _value(raw: str) -> Decimal | None:
    if raw in _ALONE:
        return Decimal(_ALONE[raw])
    try:
        return Decimal(raw.replace(",", ""))
    except InvalidOperation:
        spelled: Sequence[Decimal] = [n.value for n in read(f"{raw}元")]
        return spelled[0] if len(spelled) == 1 else None
