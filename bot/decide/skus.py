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


def _is_size(sku: Sku, asked: str) -> bool:
    """Tell whether a viewer who types `asked` means this size: all of it, or what it begins with (1.5米 of 1.5米床)."""
    own = sku.size.lower()
    return own == asked or (len(asked) > 2 and own.startswith(asked) and not asked[-1].isdigit())


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
    if reading.size:
        fits = [s for s in skus if _is_size(s, reading.size)]
        if not fits:
            known = any(_is_size(s, reading.size) for s in product.skus)
            return [], ("", ""), "pair" if known else "size"
        skus = fits
        suffix = "码" if _CODE.fullmatch(fits[0].size) else ""
        zh, en = f"{zh}{fits[0].size}{suffix}", f"{en} {fits[0].size}".strip()
    return skus, (zh, en), ""
