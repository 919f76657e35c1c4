"""Which SKUs a viewer means by a size and a colour typed in their own way: m码, 白的, navy, 1.5米."""

import re

from bot.decide.triage import Reading
from bot.decide.words import fold
from bot.domain.catalog import Product, Sku

_COLOUR_EN = {
    "黑": "black", "白": "white", "红": "red", "蓝": "blue", "绿": "green", "黄": "yellow", "灰": "gray grey",
    "粉": "pink", "紫": "purple", "棕": "brown", "咖": "coffee", "米": "cream beige", "杏": "apricot", "卡其": "khaki",
    "橙": "orange", "银": "silver", "金": "gold", "藏青": "navy", "驼": "camel", "裸": "nude", "酒红": "burgundy",
}  # fmt: skip


def _is_colour(sku: Sku, asked: str) -> bool:
    names = f"{fold(sku.colour.zh)} {fold(sku.colour.en)}"
    if asked in names:
        return True
    return any(zh in names for zh, en in _COLOUR_EN.items() if asked in en.split())


_CODE = re.compile(r"[2-6]?x*[sml]|3\d|4\d", re.I)


_XL = re.compile(r"^(x{2,4})l$")
_PARTS = re.compile(r"[×x*/·\s（）()+-]+")


def _same(size: str) -> str:
    """Write a size one way: XXL and 2xl, 1.5m and 1.5米."""
    size = size.lower().removesuffix("码").strip()
    if found := _XL.match(size):
        return f"{len(found[1])}xl"
    return re.sub(r"(?<=\d)m$", "米", size)


def _is_size(sku: Sku, asked: str) -> bool:
    """Tell whether a viewer who types `asked` means this size: all of it, or what it begins with (1.5米 of 1.5米床)."""
    own, asked = _same(sku.size), _same(asked)
    return own == asked or (len(asked) > 2 and own.startswith(asked) and not asked[-1].isdigit())


def size_named(folded: str, product: Product) -> str:
    """Return the size of this very product that a line names in passing: 29 of jeans, 30袋 of 25g×30袋, "" for none."""
    parts = {size: [p for p in _PARTS.split(size.lower()) if p] for size in product.sizes}
    for size in sorted(product.sizes, key=len, reverse=True):
        others = {p for other, found in parts.items() if other != size for p in found}
        names = [size.lower(), _same(size), *(p for p in parts[size] if p not in others and len(p) > 1)]
        if any(_stands(name, folded) for name in names):
            return size.lower()
    return ""


def _stands(name: str, folded: str) -> bool:
    """Tell whether a size stands in a line by itself; a bare number must not be money, a date, a body or a link."""
    if not name or name == "-":
        return False
    ends = r"(?![\d.a-z])" if name[-1].isascii() else ""
    bare = (
        r"(?!\s*(?:元|块|号|天|日|岁|斤|公斤|kg|cm|厘米|小时|个月|月|年|%|折|件|个|点|分|秒|条|双|套|盒|瓶|包|袋|次|人|米|rmb|yuan|lbs?))"
        if name.isdecimal()
        else ""
    )
    if len(name) < 2 and not name.isdecimal():
        return False
    return bool(re.search(rf"(?<![\d.a-z¥$]){re.escape(name)}{ends}{bare}", folded))


def size_word(asked: str) -> str:
    return f"{asked.upper()}码" if _CODE.fullmatch(asked) else asked


def colour_word(asked: str) -> str:
    return asked if asked.isascii() or asked.endswith("色") else asked + "色"


def asked_skus(reading: Reading, product: Product) -> tuple[list[Sku], tuple[str, str], str]:
    """Return the SKUs asked for, their name (zh, en), and "size"/"colour" when the product has no such thing."""
    skus, zh, en = list(product.skus), "", ""
    if reading.colour:
        fits = [s for s in skus if _is_colour(s, reading.colour)]
        if not fits:
            return [], ("", ""), "colour"
        skus, own = fits, dict.fromkeys(s.colour for s in fits)
        first = fits[0].colour
        zh, en = (first.get("zh"), first.get("en")) if len(own) == 1 else (colour_word(reading.colour), reading.colour)
    if size := reading.size or size_named(reading.folded, product):
        exact = [s for s in skus if _same(s.size) == _same(size)]
        fits = exact or [s for s in skus if _is_size(s, size)]
        if not fits:
            known = any(_is_size(s, size) for s in product.skus)
            return [], ("", ""), "pair" if known else "size"
        skus = fits
        if len({s.size for s in fits}) > 1:  # told together, so under the viewer's own word
            return skus, (f"{zh}{size_word(size)}", f"{en} {size}".strip()), ""
        suffix = "码" if _CODE.fullmatch(fits[0].size) else ""
        zh, en = f"{zh}{fits[0].size}{suffix}", f"{en} {fits[0].size}".strip()
    return skus, (zh, en), ""
