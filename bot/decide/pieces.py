"""Sizes and colours of one product, as they stand in a clause that a person wrote."""

import re

from bot.domain.catalog import Product, Sku

_ANY_SIZE = re.compile(r"(?<![a-z0-9])\d?x{0,4}[sml](?![a-z])码?|均码|[加特]大码|[大中小]码|(?<!\d)\d{2,3}码")
_ANY_COLOUR = re.compile(
    r"[黑白红蓝绿黄灰粉紫棕咖米杏橙银金藏青驼裸]色|"
    r"\b(?:black|white|red|blue|green|yellow|gr[ae]y|pink|purple|brown|navy)\b"
)


class Pieces:
    """What a product's sizes and colours are called."""

    def __init__(self, product: Product) -> None:
        self.product = product
        sizes = sorted({s.lower() for s in product.sizes if s.strip("-")}, key=len, reverse=True)
        self._sizes = re.compile("|".join(rf"(?<![a-z0-9]){re.escape(s)}{_end(s)}码?" for s in sizes) or r"(?!)")
        names = {
            n.lower() for c in product.colours for n in (c.zh, c.zh.removesuffix("色") + "色", c.en) if n.strip("色")
        }
        self._colours = re.compile("|".join(map(re.escape, sorted(names, key=len, reverse=True))) or r"(?!)")

    def take(self, clause: str) -> tuple[str, tuple[str, ...], tuple[str, ...], str]:
        """Return a clause without sizes and colours, those named, and "size:…" or "colour:…" for one there is not."""
        sizes = tuple(dict.fromkeys(m.removesuffix("码") for m in self._sizes.findall(clause)))
        rest = self._sizes.sub(" ", clause)
        colours = tuple(dict.fromkeys(self._colours.findall(rest)))
        rest = self._colours.sub(" ", rest)
        if self.product.sizes and (odd := _ANY_SIZE.search(rest)):
            return rest, sizes, colours, f"size:{odd[0]}"
        if self.product.colours and (odd := _ANY_COLOUR.search(rest)):
            return rest, sizes, colours, f"colour:{odd[0]}"
        return rest, sizes, colours, ""


def _end(size: str) -> str:
    """What may not follow a size: another letter, or another digit."""
    return r"(?!\d)" if size[-1].isdigit() else r"(?![a-z])" if size[-1].isascii() else ""


def groups_of(product: Product, sizes: tuple[str, ...], colours: tuple[str, ...]) -> list[list[Sku]]:
    """Return the SKUs of each size and colour named: what is said of them must be true of each."""

    def of(sku: Sku, size: str, colour: str) -> bool:
        own = {sku.colour.zh.lower(), sku.colour.zh.lower().removesuffix("色") + "色", sku.colour.en.lower()}
        return (not size or sku.size.lower() == size) and (not colour or colour in own)

    return [
        [sku for sku in product.skus if of(sku, size, colour)] for size in sizes or ("",) for colour in colours or ("",)
    ]
