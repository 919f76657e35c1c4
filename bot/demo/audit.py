"""The demo's own auditor: does every number that was posted agree with the shop at that moment?

It stands on the platform's side and shares nothing with the bot's guard: plain digits, the shop's values, and the
time each value was in force.
"""

import re

import msgspec

from bot.domain.catalog import Catalogue, Product

GRACE = 1.0  # seconds that a replaced value may still be on its way to the room
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_PRICE = re.compile(r"(?:现价|¥|\$)\s*(\d+(?:\.\d+)?)(?:[到–]¥?(\d+(?:\.\d+)?))?|(\d+(?:\.\d+)?)\s*元")
# What is said to be the price now, not a threshold or a list price.
_NOW = re.compile(
    r"现价\s*¥?(\d+(?:\.\d+)?)元?(?:[到–]¥?(\d+(?:\.\d+)?))?|[¥$](\d+(?:\.\d+)?)(?:–\D{0,3}(\d+(?:\.\d+)?))? now"
)
_LINK = "(?:(\\d+)号|#(\\d+) ){name}"
_STOCK = re.compile(r"还有(\d+)件|(\d+) left")
_HEAD = re.compile(r"^(?:【\d+人问】|\(\d+ asked\) |更新：|Update: )")

_DENIED = re.compile(r"没有[\dX]*[SML]码|no size [\dX]*[SML]\b")  # names a size to say that there is none


class Wrong(msgspec.Struct, frozen=True):
    """A number that nothing in the shop explains."""

    line: str
    number: str
    why: str


class Auditor:
    """Knows every version of the shop and when it was replaced."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._versions: list[tuple[float, Catalogue]] = [(0.0, catalogue)]

    def changed(self, at: float, catalogue: Catalogue) -> None:
        """The shop changed at this second of the show."""
        self._versions.append((at, catalogue))

    def check(self, at: float, line: str) -> list[Wrong]:
        """Return the numbers of a line posted at this second that are wrong."""
        starts = self._versions
        valid = [
            c
            for i, (since, c) in enumerate(starts)
            if i + 1 == len(starts) or starts[i + 1][0] > at - GRACE
            if since <= at
        ]
        attempts = [explain(line, catalogue) for catalogue in valid]
        return min(attempts, key=len)


def explain(line: str, catalogue: Catalogue) -> list[Wrong]:
    """Return the numbers of a line that nothing in this version of the shop explains."""
    line = _DENIED.sub("", _HEAD.sub("", line))
    named = [p for p in catalogue.products if _names(line, p)]
    if not named:
        return [Wrong(line, n, "no product named") for n in _NUMBER.findall(line)]
    texts = " ".join(_words(p) for p in named)
    prices = {v for p in named for v in _prices(p)}
    stocks = {v for p in named for v in _stocks(p)}
    known = set(_NUMBER.findall(texts)) | prices | stocks
    wrong = [Wrong(line, n, "nowhere in the shop") for n in _NUMBER.findall(line) if n not in known]
    said_elsewhere = set(_NUMBER.findall(texts))
    for found in _PRICE.finditer(line):
        wrong += [Wrong(line, n, "not the price") for n in found.groups() if n and n not in prices | said_elsewhere]
    now = {_print(s.price.minor) for p in named for s in p.skus if s.price}
    for found in _NOW.finditer(line):
        if found[0] not in texts:
            wrong += [Wrong(line, n, "not the price now") for n in found.groups() if n and n not in now]
    for product in named:
        for name in filter(None, (product.name.zh, product.name.en)):
            for found in re.finditer(_LINK.format(name=re.escape(name)), line):
                wrong += [Wrong(line, n, "not its link") for n in found.groups() if n and n != str(product.number)]
    for found in _STOCK.finditer(line):
        wrong += [Wrong(line, n, "not the stock") for n in found.groups() if n and n not in stocks]
    return wrong


def _names(line: str, product: Product) -> bool:
    """Tell whether a line names a product: by its name, or by its number alone at the head."""
    if product.number and line.startswith((f"{product.number}号：", f"#{product.number}: ")):
        return True
    return any(name in line for name in (product.name.zh, product.name.en) if name)


def _words(product: Product) -> str:
    texts = [f"{t.zh} {t.en}" for t in product.texts.values()]
    asked = [f"{f.question} {f.answer}" for f in product.faq]
    sizes = " ".join(product.sizes)
    return f"{product.number} {product.name.zh} {product.name.en} {sizes} {' '.join(texts)} {' '.join(asked)}"


def _print(minor: int) -> str:
    return f"{minor // 100}.{minor % 100:02d}" if minor % 100 else str(minor // 100)


def _prices(product: Product) -> set[str]:
    found = {_print(s.price.minor) for s in product.skus if s.price}
    return found | ({_print(product.original.minor)} if product.original else set())


def _stocks(product: Product) -> set[str]:
    """Return every count that can be said: of one SKU, of a size, of a colour, of all."""
    groups: dict[str, int] = {}
    for sku in product.skus:
        if sku.stock is not None:
            for name in (f"sku {sku.id}", f"size {sku.size}", f"colour {sku.colour.zh}", "all"):
                groups[name] = groups.get(name, 0) + sku.stock
    return {str(n) for n in groups.values()}
