"""Which column is which: headings in Chinese and English, with their synonyms, language and unit."""

import re
import unicodedata
from typing import Literal

import msgspec

from bot.domain.catalog import TEXT_FIELDS

LangMark = Literal["", "zh", "en"]
OWN = "own"  # role of the merchant's own column, kept under its heading
INTERNAL = "internal"  # role of a column that is none of the viewers' business

# The first synonym is the one we write ourselves.
SYNONYMS: dict[str, tuple[str, ...]] = {
    "id": (
        "商品ID", "编号", "货号", "商品编号", "商品编码", "商品货号", "款号", "product id", "id", "product code",
        "item no",
    ),
    "number": (
        "链接号", "序号", "几号链接", "链接", "号链接", "链接序号", "讲解序号", "link", "link number", "link no",
        "link id", "no", "number",
    ),
    "name": (
        "商品名", "名称", "标题", "商品名称", "商品标题", "品名", "产品名", "产品名称", "商品", "宝贝名称", "name",
        "title", "product", "product name", "product title", "item",
    ),
    "alias": ("别名", "简称", "又名", "俗称", "alias", "aliases", "nickname", "also known as"),
    "category": ("类目", "分类", "品类", "类别", "category", "type"),
    "price": (
        "价格", "现价", "直播价", "到手价", "售价", "单价", "直播间价", "活动价", "秒杀价", "一口价", "price",
        "sale price", "live price", "current price",
    ),
    "original": (
        "原价", "划线价", "吊牌价", "市场价", "日常价", "original price", "original", "list price", "rrp", "msrp",
        "compare at price",
    ),
    "stock": (
        "库存", "库存数量", "可售库存", "剩余库存", "数量", "stock", "inventory", "qty", "quantity", "in stock",
    ),
    "size": (
        "尺码", "规格", "尺寸", "码数", "容量", "口味", "size", "sizes", "specification", "spec", "flavour", "flavor",
    ),
    "colour": ("颜色", "色号", "颜色分类", "color", "colour", "colors", "colours", "shade"),
    "sku": ("SKU编码", "SKU", "SKUID", "规格编码", "sku code", "商家编码"),
    "shipping": ("发货", "物流", "发货时间", "快递", "运费", "配送", "shipping", "delivery", "dispatch"),
    "returns": (
        "退换", "售后", "退换货", "退货", "退换政策", "售后服务", "returns", "return", "return policy", "after sales",
    ),
    "material": (
        "材质", "面料", "成分", "配料", "配料表", "原料", "material", "materials", "fabric", "ingredients",
        "composition",
    ),
    "points": (
        "卖点", "亮点", "商品卖点", "特点", "points", "selling points", "selling point", "features", "highlights",
    ),
    "usage": ("使用方法", "用法", "怎么用", "食用方法", "冲泡方法", "使用说明", "how to use", "usage", "directions"),
    "expiry": ("保质期", "有效期", "expiry", "shelf life", "expiry date", "best before"),
    "audience": ("适用人群", "适合人群", "适用", "人群", "audience", "suitable for", "who it is for"),
    "origin": ("产地", "原产地", "产地国", "origin", "made in", "country of origin"),
    "discount": ("优惠", "折扣", "优惠券", "活动", "满减", "discount", "coupon", "coupons", "promotion", "offer"),
    "care": ("洗涤", "保养", "洗涤保养", "洗护", "care", "washing", "care instructions"),
    "sizing": ("尺码建议", "尺码推荐", "选码", "选码建议", "尺码说明", "sizing", "size guide", "size advice", "fit"),
    "warranty": ("质保", "保修", "warranty", "guarantee"),
    "faq": ("常见问题", "FAQ", "FAQs", "问答", "q&a", "questions"),
    "companions": ("搭配", "搭配商品", "关联商品", "companions", "companion", "goes well with", "pairs with"),
    "listed": ("上架", "是否上架", "上架状态", "状态", "listed", "status", "on sale", "active"),
    "currency": ("币种", "货币", "currency"),
    "margin": ("利润档", "毛利档", "利润等级", "毛利率", "利润率", "margin", "margin class", "profit margin"),
}  # fmt: skip
CURRENCY_WORDS = {
    "元": "CNY", "人民币": "CNY", "rmb": "CNY", "¥": "CNY", "cny": "CNY", "yuan": "CNY", "美元": "USD", "美金": "USD",
    "usd": "USD", "$": "USD", "us$": "USD", "欧元": "EUR", "eur": "EUR", "€": "EUR", "英镑": "GBP", "gbp": "GBP",
    "£": "GBP", "日元": "JPY", "jpy": "JPY", "港币": "HKD", "港元": "HKD", "hkd": "HKD", "hk$": "HKD",
    "新台币": "TWD", "twd": "TWD", "nt$": "TWD", "新加坡元": "SGD", "sgd": "SGD", "s$": "SGD", "aud": "AUD",
    "a$": "AUD", "cad": "CAD", "c$": "CAD", "krw": "KRW", "₩": "KRW", "thb": "THB", "฿": "THB", "myr": "MYR",
    "vnd": "VND", "₫": "VND", "inr": "INR", "₹": "INR", "idr": "IDR", "php": "PHP", "mop": "MOP", "nzd": "NZD",
    "chf": "CHF", "rub": "RUB", "₽": "RUB", "aed": "AED", "brl": "BRL", "mxn": "MXN",
}  # fmt: skip
_EDGES = " _-\t"
_UNIT_WORDS = {"件", "个", "pcs", "pieces", "必填", "选填", "required", "optional", "数量"}
_SUFFIX = re.compile(
    r"^(?P<stem>.+?)(?:\s*[_\-]\s*(?P<a>en|eng|english|zh|cn|chinese|英文|中文)|\s*[(（\[【]\s*(?P<b>en|eng|english|zh|cn|chinese|英文|中文)\s*[)）\]】]"
    r"|\s*(?P<c>英文|中文))$",
    re.I | re.S,
)
_PREFIX = re.compile(r"^(?P<a>英文|中文|english\s+|chinese\s+)(?P<stem>.+)$", re.I | re.S)
_UNIT = re.compile(r"^(?P<stem>.+?)\s*[(（\[【/]\s*(?P<unit>[^()（）\[\]【】/]{1,8})\s*[)）\]】]?$", re.S)
_INTERNAL = re.compile(
    r"成本|进价|进货价|拿货价|供货|底价|毛利|利润|佣金|供应商|内部|备注|\b(?:cost|margin|commission|supplier|wholesale|internal|private|notes?|remarks?)\b",
    re.I,
)


class Heading(msgspec.Struct, frozen=True):
    """What a heading says.

    Attributes:
        role: a field ("price", "material", …), `OWN` or `INTERNAL`.
        lang: "zh" or "en" when the heading names the language, else "".
        stem: the heading without its language.
        currency: ISO 4217 code when the heading names one ("价格(元)"), else "".
    """

    role: str
    lang: LangMark
    stem: str
    currency: str = ""


def fold(text: str) -> str:
    """Make headings comparable: no case, width, spaces, underscores or hyphens."""
    return re.sub(r"[\s_\-]+", "", unicodedata.normalize("NFKC", text).lower())


_ROLES = {fold(word): role for role, words in SYNONYMS.items() for word in (role, *words)}


def parse_heading(heading: str) -> Heading:
    """Tell the role and the language of a heading."""
    heading = heading.strip()
    lang, stem = _language(heading)
    stem = stem.strip(_EDGES) or heading
    role, currency = _ROLES.get(fold(stem), ""), ""
    if not role and (found := _UNIT.match(stem)):
        unit = fold(found["unit"])
        if unit in CURRENCY_WORDS or unit in _UNIT_WORDS:
            role, currency = _ROLES.get(fold(found["stem"]), ""), CURRENCY_WORDS.get(unit, "")
    if not role:
        role = INTERNAL if _INTERNAL.search(stem) else OWN
    return Heading(role, lang, stem, currency)


def _language(heading: str) -> tuple[LangMark, str]:
    if fold(heading) in _ROLES:
        return "", heading
    if found := _SUFFIX.match(heading):
        word = found["a"] or found["b"] or found["c"]
    elif (found := _PREFIX.match(heading)) and fold(found["stem"]) in _ROLES:
        word = found["a"]
    else:
        return "", heading
    stem = found["stem"].strip(_EDGES)
    if not stem:
        return "", heading
    return ("en" if word.strip().lower() in ("en", "eng", "english", "英文") else "zh"), stem


def own_heading(field: str, lang: LangMark) -> str:
    """Return the heading under which `write_csv` puts a field: Chinese, with `_en` or `_zh` where asked."""
    stem = SYNONYMS[field][0] if field in SYNONYMS else field
    return f"{stem}_{lang}" if lang else stem


TEXT_ROLES = frozenset(TEXT_FIELDS)
