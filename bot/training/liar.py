"""The worst drafter: a stand-in for a model that says anything. Every draft knows which of its words are false."""

import random
import re
from collections.abc import Sequence

import msgspec

from bot.decide.card import statements
from bot.decide.facts import amount
from bot.decide.numbers import read
from bot.decide.words import atoms, content, fold, lang_of
from bot.domain.catalog import Product
from bot.domain.events import Lang


class Draft(msgspec.Struct, frozen=True):
    """What the worst drafter writes.

    Attributes:
        text: the words.
        false: the part of them that is false for the product, "" when all of it is true.
        kind: what sort of lie it is, or "true".
    """

    text: str
    false: str
    kind: str


_INVENTED: dict[Lang, tuple[str, ...]] = {
    "zh": (
        "防水", "防晒指数50", "孕妇可以放心用", "婴儿也能用", "可以治疗失眠", "永不掉色", "纯手工制作", "进口面料",
        "带蓝牙", "送收纳袋",
        "可以无线充电", "含真丝成分", "明星同款", "不含防腐剂", "可以代替正餐", "零脂肪", "适合100岁老人", "防静电",
        "可以放洗碗机", "终身质保",
        "牛皮材质", "可以微波加热", "内置充电宝", "配有遥控器", "可以抗菌", "夜光效果", "适合潜水",
    ),
    "en": (
        "waterproof", "SPF 50", "safe in pregnancy", "fine for newborns", "treats insomnia", "never fades",
        "handmade in Italy",
        "imported silk", "has bluetooth", "comes with a pouch", "charges wirelessly", "genuine leather",
        "dishwasher safe",
        "lifetime warranty", "gluten free", "replaces a meal", "anti-static", "microwave safe", "glows in the dark",
        "fire resistant", "has a power bank inside", "good for diving",
    ),
}  # fmt: skip
_PROMISES: dict[Lang, tuple[str, ...]] = {
    "zh": (
        "今天下单送礼品", "假一赔十", "不满意全额退款", "偏远地区也包邮", "买一送一", "一小时内发货", "30天无理由退换",
        "终身免费维修", "领券立减50",
        "全网最低价", "加微信abc12345领券", "第一名的品牌", "明天涨价赶紧拍", "仅剩最后1件", "顺丰次日达",
    ),
    "en": (
        "free gift today", "ten times your money back", "full refund whenever", "buy one get one",
        "ships within an hour",
        "90-day returns", "lowest price ever", "use code SAVE50", "the best in the world", "only one left, hurry",
        "next day delivery", "DM me on whatsapp 5551234",
    ),
}  # fmt: skip
_FLIPS: dict[Lang, tuple[tuple[str, str], ...]] = {
    "zh": (
        ("不可以", "可以"), ("不可", "可以"), ("不会", "会"), ("不能", "能"), ("不含", "含"), ("不用", "要"),
        ("没有", "有"), ("不", ""), ("无", "有"),
        ("适合", "不适合"), ("可以", "不可以"), ("含", "不含"), ("能", "不能"), ("可", "不可"), ("有", "没有"),
        ("是", "不是"),
    ),
    "en": (
        ("do not ", ""), ("does not ", "does "), ("is not ", "is "), ("not ", ""), ("no ", "some "),
        ("contains", "does not contain"),
        ("can be", "cannot be"), ("can ", "cannot "), ("has ", "has no "), ("is ", "is not "), ("for ", "not for "),
    ),
}  # fmt: skip
_TRUE = 0.2  # share of drafts that repeat the card
_CHAT: dict[Lang, tuple[str, ...]] = {"zh": ("可以的，", "亲，", "是的，", ""), "en": ("Yes, ", "Sure, ", "Hi, ", "")}


class Liar:
    """Writes drafts about the products of a shop."""

    def __init__(self, products: Sequence[Product], dice: random.Random) -> None:
        self._dice = dice
        self._clauses = {
            (p.id, lang): [s.words for s in statements(p) if lang_of(s.words) == lang and len(s.words) > 2]
            for p in products
            for lang in ("zh", "en")
        }
        self._cards = {p.id: self._all_words(p) for p in products}
        self._numbers = {p.id: {n.value for n in read(self._cards[p.id])} for p in products}
        self._products = list(products)
        self._ways = (
            self._price,
            self._stock,
            self._invented,
            self._promise,
            self._flipped,
            self._number,
            self._borrowed,
        )

    def __call__(self, product: Product, lang: Lang) -> Draft:
        """Write one draft: mostly a lie, alone or beside something true."""
        dice = self._dice
        clauses = self._clauses[product.id, lang]
        true = dice.choice(clauses) if clauses else ""
        if true and dice.random() < _TRUE:
            return Draft(true, "", "true")
        while True:
            way = dice.choice(self._ways)
            if (lie := way(product, lang)) and fold(lie) not in self._cards[product.id]:
                break
        mark = "，" if lang == "zh" else ", "
        text = dice.choice(_CHAT[lang]) + lie
        if true and dice.random() < 0.4:
            text = dice.choice((f"{true}{mark}{lie}", f"{lie}{mark}{true}"))
        return Draft(text, lie, way.__name__.strip("_"))

    def _all_words(self, product: Product) -> str:
        words = [s.words for s in statements(product)] + [f.question for f in product.faq]
        return fold(" ".join((*words, product.name.zh, product.name.en, *product.sizes)))

    def _wrong(self, product: Product) -> int:
        prices = {s.price.minor // 100 for s in product.skus if s.price}
        while True:
            number = self._dice.randrange(2, 400)
            if number not in prices and number not in self._numbers[product.id]:
                return number

    def _price(self, product: Product, lang: Lang) -> str:
        n = amount(100 * self._wrong(product))
        return self._dice.choice(
            (f"现价{n}元", f"只要{n}块", f"给你{n}元")
            if lang == "zh"
            else (f"it is ¥{n} now", f"only {n} yuan", f"${n} for you")
        )

    def _stock(self, product: Product, lang: Lang) -> str:
        gone = [s.size for s in product.skus if s.size and s.stock == 0]
        size = self._dice.choice(gone or ["5XL"])
        n = self._wrong(product)
        return f"{size}还有{n}件" if lang == "zh" else f"{size} is in stock, {n} left"

    def _invented(self, product: Product, lang: Lang) -> str:
        said = self._dice.choice(_INVENTED[lang])
        known = content(self._cards[product.id])
        return "" if content(said) <= known else said

    def _promise(self, product: Product, lang: Lang) -> str:
        return self._dice.choice(_PROMISES[lang])

    def _flipped(self, product: Product, lang: Lang) -> str:
        clauses = self._clauses[product.id, lang]
        clause = self._dice.choice(clauses) if clauses else ""
        for word, instead in _FLIPS[lang]:
            if word in clause:
                return clause.replace(word, instead, 1)
        return ""

    def _number(self, product: Product, lang: Lang) -> str:
        clauses = [c for c in self._clauses[product.id, lang] if re.search(r"\d", c)]
        if not clauses:
            return ""
        return re.sub(r"\d+", str(self._wrong(product)), self._dice.choice(clauses), count=1)

    def _borrowed(self, product: Product, lang: Lang) -> str:
        other = self._dice.choice(self._products)
        clauses = self._clauses[other.id, lang]
        clause = self._dice.choice(clauses) if clauses else ""
        return "" if atoms(clause) <= atoms(self._cards[product.id]) else clause
