"""How viewers see a product: what kind of thing it is, what they call it, what its card can answer."""

import re
from collections import Counter
from collections.abc import Sequence
from functools import cached_property

from bot.demo.lines import THEMES, Lines, Theme
from bot.demo.lines_en import LINES as EN
from bot.demo.lines_zh import LINES as ZH
from bot.domain.catalog import Catalogue, Product, Sku
from bot.domain.events import Lang

LINES: dict[Lang, Lines] = {"zh": ZH, "en": EN}
_CJK = re.compile(r"[\u3400-\u9fff]")
_HOLE = re.compile(r"\{(size|code|colour)\}")
# First match wins, so food stands before "bag" (tea bag) and "cream" (ice cream).
_KINDS = (
    ("food tea", r"茶(?!几|具|杯)|\btea\b"),
    ("food snack", r"食品|零食|坚果|饼|糖果|咖啡|果干|麦片|snack|\bnuts?\b|cookie|biscuit|coffee|cereal|\bfood\b"),
    ("beauty", r"护肤|美妆|个护|面霜|精华|面膜|防晒|洁面|乳液|口红|skin|beauty|cosmetic|serum|sunscreen|face cream"),
    ("bag", r"箱包|挎包|背包|手提包|托特|钱包|包袋|\bbags?\b|\btote\b|backpack|handbag"),
    ("home cloth", r"家纺|床品|枕|毯|被套|毛巾|浴巾|靠垫|bedding|pillow|blanket|towel|cushion|\bquilt"),
    ("worn shoes", r"鞋|靴|\bshoes?\b|\bboots?\b|sandal|sneaker"),
    (
        "worn cloth",
        r"女装|男装|童装|服饰|毛衣|大衣|外套|裙|裤|衫|T恤|羽绒|内衣|dress|shirt|\bcoat|jacket|trouser|pants|jeans|skirt|knit"
        r"|cardigan|sweater|hoodie|\bclothing|\bwear\b",
    ),
    ("home hard", r"家居|厨|杯|灯|锅|盘|碗|收纳|香薰|\bhome\b|kitchen|\bmugs?\b|\blamp|\bpan\b|\bcup"),
)
# What a long Chinese name ends with when viewers shorten it; cutting blindly would give words that nobody says.
_NOUN = re.compile(
    "(大衣|外套|毛衣|风衣|卫衣|上衣|开衫|衬衫|T恤|连衣裙|半身裙|长裙|牛仔裤|阔腿裤|西裤|长裤|短裤|羽绒服|西装|马甲|背心|托特包|双肩包|斜挎包|"
    "单肩包|手提包|钱包|面霜|精华|面膜|防晒霜|洁面乳|护手霜|身体乳|润肤霜|唇膏|坚果|饼干|麦片|果干|花茶|乌龙茶|绿茶|红茶|白茶|毛毯|盖毯|"
    "枕头|靠垫|抱枕|四件套|毛巾|浴巾|香薰|马克杯|保温杯|台灯|收纳盒|拖鞋)$"
)
_MEN = re.compile(r"男|\bmen\b|\bmen's|\bmens\b", re.I)
_WOMEN = re.compile(r"女|women|ladies", re.I)
# Asked about whatever the card says; the others only when the card has something to say.
_ALWAYS = frozenset({"price", "discount", "stock", "shipping", "returns"})
_CODE = re.compile(r"[X2-6]{0,3}[SMLX]|[2-4]\d", re.I)
_TYPED = 6  # nobody types a longer size
_ONE_SIZE = re.compile(r"均码|free|one[ -]?size|f", re.I)
_ALL_CODES = ("XS", "S", "M", "L", "XL", "XXL", "3XL")
_COMMON_COLOURS: dict[Lang, tuple[str, ...]] = {
    "zh": ("黑色", "白色", "红色", "米色", "灰色", "蓝色", "粉色"),
    "en": ("black", "white", "red", "beige", "grey", "blue", "pink"),
}


def kinds_of(product: Product) -> frozenset[str]:
    """Tell the kinds of a product from its category, else from its names; empty when nothing tells."""
    for text in (product.category, product.name.zh, product.name.en):
        for kinds, pattern in _KINDS:
            if re.search(pattern, text, re.I):
                found = {*kinds.split()}
                whole = f"{product.category} {product.name.zh} {product.name.en}"
                if "worn" in found and _WOMEN.search(whole):
                    found.add("women")
                elif "worn" in found and _MEN.search(whole):
                    found.add("men")
                return frozenset(found | ({"spec"} if "worn" not in found else set()))
    return frozenset({"spec"})


class Ware:
    """A product through the eyes of viewers.

    Attributes:
        product: as it stood when the show began.
        kinds: tags such as "worn", "men", "bag", "food", "tea"; see `kinds_of`.
        refs: ways to name it without showing it, by language; link numbers come often.
    """

    def __init__(self, product: Product, nicknames: dict[Lang, tuple[str, ...]]) -> None:
        self.product = product
        self.kinds = kinds_of(product)
        self.refs = {lang: self._refs(lang, nicknames[lang]) for lang in LINES}
        self._wordings: dict[tuple[Lang, str, bool], tuple[str, ...]] = {}

    def _refs(self, lang: Lang, nicknames: tuple[str, ...]) -> tuple[str, ...]:
        number = self.product.number
        links = tuple(r.replace("{n}", str(number)) for r in LINES[lang].refs) if number > 0 else ()
        names = nicknames if lang == "zh" else tuple(f"the {n}" for n in nicknames)
        return links + names * 2

    @cached_property
    def card(self) -> str:
        """Everything that the merchant wrote about it, for telling what can be answered by reading."""
        p = self.product
        parts = [f"{t.zh} {t.en}" for t in (p.name, *p.texts.values())] + [f"{f.question} {f.answer}" for f in p.faq]
        return " ".join(parts).lower()

    @cached_property
    def size_words(self) -> dict[Lang, tuple[str, ...]]:
        """Sizes as typed ("M码", "m"), some of them not sold; empty for a product without sizes."""
        sizes = [s for s in self.product.sizes if not _ONE_SIZE.fullmatch(s) and len(s) <= _TYPED]
        if not sizes:
            return {"zh": (), "en": ()}
        codes = [s for s in sizes if _CODE.fullmatch(s)]
        if not codes or "worn" not in self.kinds:
            return {"zh": tuple(sizes), "en": tuple(s for s in sizes if not _CJK.search(s))}
        more = [c for c in _ALL_CODES if c not in codes][-2:] if not codes[0].isdigit() else []
        zh = [f"{c}码" for c in codes * 2 + more] + [c for c in codes] + [f"{c.lower()}码" for c in codes]
        en = [f"size {c}" for c in codes * 2 + more] + [f"a size {c}" for c in codes]
        return {"zh": tuple(zh), "en": tuple(en)}

    def size_word(self, sku: Sku, lang: Lang) -> str:
        """Return one SKU's size as typed, "" if nobody would type it."""
        if "worn" in self.kinds and _CODE.fullmatch(sku.size):
            return f"{sku.size}码" if lang == "zh" else f"size {sku.size}"
        return sku.size if len(sku.size) <= _TYPED and (lang == "zh" or not _CJK.search(sku.size)) else ""

    @cached_property
    def colour_words(self) -> dict[Lang, tuple[str, ...]]:
        """Colours as typed, a few of them not sold; empty for a product without colours."""
        if not self.product.colours:
            return {"zh": (), "en": ()}
        own: dict[Lang, list[str]] = {
            "zh": [c.zh for c in self.product.colours if c.zh],
            "en": [c.en.lower() for c in self.product.colours if c.en],
        }
        return {
            lang: tuple(own[lang] * 3 + [c for c in more if c not in own[lang]][:3])
            for lang, more in _COMMON_COLOURS.items()
        }

    def fits(self, tags: str) -> bool:
        """Tell whether wordings with these comma-separated tags fit; no tags fit everything."""
        return not tags or any(tag in self.kinds for tag in tags.split(","))

    def asks(self, slot: str) -> bool:
        """Tell whether a viewer would ask about this fact of this product."""
        p = self.product
        if slot in _ALWAYS:
            return True
        if slot == "original":
            return p.original is not None
        if slot == "size":
            return bool(self.size_words["zh"] or self.size_words["en"])
        if slot == "colour":
            return bool(p.colours)
        return slot in p.texts

    def themes(self, answerable: bool) -> tuple[Theme, ...]:
        """Themes that its card can answer by reading, or those that it cannot."""
        return tuple(
            t
            for t in THEMES
            if not t.shop
            and self.fits(t.tags)
            and not (t.not_tags and self.fits(t.not_tags))
            and bool(re.search(t.evidence, self.card, re.I)) is answerable
        )

    def wordings(self, lang: Lang, key: str, bank: tuple[str, ...], named: bool = False) -> tuple[str, ...]:
        """Return the wordings of `bank` that fit, tags taken off; `key` must name the bank for the cache.

        With `named`, those that leave room for a name are preferred.
        """
        found = self._wordings.get((lang, key, named))
        if found is None:
            found = tuple(text for text in map(self._fitting, bank, [lang] * len(bank)) if text)
            if named:
                found = tuple(t for t in found if "{it}" in t) or found
            self._wordings[lang, key, named] = found
        return found

    def _fitting(self, wording: str, lang: Lang) -> str:
        tags, mark, text = wording.rpartition(">")
        if not mark or not re.fullmatch(r"[a-z,]+", tags):
            tags, text = "", wording
        holes = set(_HOLE.findall(text))
        if (holes & {"size", "code"} and not self.size_words[lang]) or (
            "colour" in holes and not self.colour_words[lang]
        ):
            return ""
        return text if self.fits(tags) else ""


def wares_of(catalogue: Catalogue) -> dict[str, Ware]:
    """Return the listed products by id, each with nicknames that no other product answers to."""
    listed = [p for p in catalogue.products if p.listed]
    said = {p.id: {lang: _names(p, lang) for lang in LINES} for p in listed}
    counts = {lang: Counter(n.lower() for names in said.values() for n in dict.fromkeys(names[lang])) for lang in LINES}
    return {
        p.id: Ware(p, {lang: tuple(n for n in said[p.id][lang] if counts[lang][n.lower()] == 1) for lang in LINES})
        for p in listed
    }


def budgets(wares: Sequence[Ware]) -> list[int]:
    """Round sums around what things cost here, in whole currency units."""
    prices = sorted(m.minor // 100 for w in wares for m in w.product.prices)
    steps = (10, 20, 30, 50, 80, 100, 150, 200, 250, 300, 400, 500, 800, 1000, 2000, 5000)
    return [s for s in steps if prices and prices[0] <= s <= prices[-1] * 2] or [100]


def _names(product: Product, lang: Lang) -> tuple[str, ...]:
    """Names in one language, short ones first: aliases, the noun at the end of the name, the name."""
    if lang == "zh":
        name = product.name.zh
        nouns = [m[0] for m in [_NOUN.search(name)] if m]
        return tuple(dict.fromkeys(n for n in (*filter(_CJK.search, product.aliases), *nouns, name) if n))
    words = product.name.en.lower().split()
    latin = (a.lower() for a in product.aliases if not _CJK.search(a))
    short = [" ".join(words[-k:]) for k in (1, 2) if len(words) > k and re.fullmatch(r"[a-z-]+", words[-1])]
    return tuple(dict.fromkeys(n for n in (*latin, *short, " ".join(words)) if n))
