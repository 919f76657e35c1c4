"""The SKUs of one row: usually one, several in the compact form ("S/M/L" with "3/0/12").

Where a cell could mean two things, stock and price stay unknown: a missing number is better than a wrong one.
"""

import msgspec

from bot.backends.catalog_file.cells import currency_of, letter_sizes, listed_of, price_of, size_of, stock_of
from bot.backends.catalog_file.columns import View
from bot.backends.catalog_file.messages import Bad, bad
from bot.backends.catalog_file.text import has_cjk, is_blank, one_line, parts, value
from bot.domain.catalog import Money, Text


class Piece(msgspec.Struct, frozen=True):
    """One SKU as its row tells it, before ids are given and doubles are found."""

    row: int
    code: str
    size: str
    colour: Text
    price: Money | None
    stock: int | None
    listed: bool


class Above:
    """What the rows above in the same product said: what an empty cell repeats.

    Attributes:
        last: the SKU just above, None in the first row.
        sure: that row was one SKU, so that it is clear which one is repeated.
        prices: all prices so far.
    """

    def __init__(self) -> None:
        self.last: Piece | None = None
        self.sure = False
        self.prices: dict[Money | None, None] = {}

    def add(self, pieces: list[Piece]) -> None:
        """Go on to the next row."""
        self.last, self.sure = pieces[-1], len(pieces) == 1
        self.prices |= {p.price: None for p in pieces}


def read(view: View, above: Above, currency: str) -> list[Piece]:
    """Read the SKUs of a row.

    Args:
        view: the row.
        above: the product's SKUs so far; empty cells inherit from them, where they agree.
        currency: of amounts without a sign.
    """
    size, colour = _size(view, above), _colour(view, above)
    prices, stocks = _price_cell(view), _stock_cell(view)
    code = view.label("sku")
    listed = _listed(view, above)
    axes, sure = _axes(view, size, colour, prices, stocks)
    count = len(axes)
    codes = parts(code) if len(parts(code)) == count else [code] * count
    found_prices = _prices(view, prices, count, above, currency, sure)
    found_stocks = _stocks(view, stocks, count, sure)
    if count > 1 and len(set(codes)) < count:
        codes = ["-".join(x for x in (code, c.get("zh"), z) if x) if code else "" for z, c in axes]
    rows = zip(axes, codes, found_prices, found_stocks, strict=True)
    return [Piece(view.number, value(k), size_of(value(z)), c, p, n, listed) for (z, c), k, p, n in rows]


def _size(view: View, above: Above) -> str:
    found = list(dict.fromkeys(one_line(v) for v, _ in view.cells("size") if not is_blank(v)))
    if not found and not view.dashed("size") and above.sure and above.last:
        return above.last.size
    return view.cut(" ".join(found), 200, view.columns.heading("size"))


def _colour(view: View, above: Above) -> Text:
    found = view.name("colour")
    if found == Text() and not view.dashed("colour") and above.sure and above.last:
        return above.last.colour
    return found


def _listed(view: View, above: Above) -> bool:
    text = view.label("listed")
    if not text:
        return above.last.listed if above.last else True
    found = listed_of(text)
    if isinstance(found, Bad):
        view.complain(view.columns.heading("listed"), found)
        return False
    return found


def _price_cell(view: View) -> str:
    found = list(dict.fromkeys(v for v, _ in view.cells("price")))
    if len(found) > 1:
        view.complain(view.columns.heading("price"), bad("two_columns", *found[:2]))
        return "?"
    return found[0] if found else ""


def _stock_cell(view: View) -> str:
    found = list(dict.fromkeys(v for v, _ in view.cells("stock")))
    if len(found) > 1:
        view.complain(view.columns.heading("stock"), bad("two_columns", *found[:2]))
        return ""
    return found[0] if found else ""


def _axes(view: View, size: str, colour: Text, prices: str, stocks: str) -> tuple[list[tuple[str, Text]], bool]:
    """Return the (size, colour) of each SKU, and whether it is sure which number belongs to which."""
    most = max(len(parts(prices)), len(parts(stocks)))
    letters = letter_sizes(size)
    sizes, colours = letters or parts(size), _colours(colour)
    by_size = len(sizes) > 1 and (len(sizes) == most or len(letters) > 2 or (bool(letters) and most > 1))
    by_colour = len(colours) > 1 and len(colours) == most
    if (
        len(sizes) > 1
        and len(colours) > 1
        and most > 1
        and (len(sizes) * len(colours) == most or (by_size and by_colour))
    ):
        view.complain(view.columns.heading("size"), bad("two_lists", size, colour.get("zh")))
        return [(z, c) for c in colours for z in sizes], False
    if by_size:
        return [(z, colour) for z in sizes], True
    if by_colour:
        return [(size, c) for c in colours], True
    return [(size, colour)], True


def _colours(colour: Text) -> list[Text]:
    zh, en = [value(w) for w in parts(colour.zh)], [value(w) for w in parts(colour.en)]
    if colour.zh and colour.en:
        return [Text(*pair) for pair in zip(zh, en, strict=True)] if len(zh) == len(en) else [colour]
    return [Text(zh=w) if has_cjk(w) or colour.zh else Text(en=w) for w in (zh if colour.zh else en)]


def _prices(view: View, cell: str, count: int, above: Above, currency: str, sure: bool) -> list[Money | None]:
    if cell == "?" or not view.columns.roles.get("price"):  # said already
        return [None] * count
    heading = view.columns.heading("price")
    if is_blank(cell) and above.last:
        if len(above.prices) == 1:
            return [above.last.price] * count
        view.complain(heading, bad("price_unsure"))
        return [None] * count
    money = _currency(view, next((p.currency for p in above.prices if p), currency))
    if money is None:
        return [None] * count
    split = parts(cell)
    if len(split) != count or not sure:
        split = [cell] * count
    found = []
    for text in dict.fromkeys(split):
        price = price_of(text, money[0])
        if not isinstance(price, Bad) and money[1] and price.currency != money[0]:
            price = bad("currency_clash", text, money[0])
        if isinstance(price, Bad):
            view.complain(heading, price)
        found.append((text, None if isinstance(price, Bad) else price))
    known = dict(found)
    return [known[text] for text in split]


def _currency(view: View, default: str) -> tuple[str, bool] | None:
    """Return the currency of this row's amounts, and whether the file names it; None when it cannot be told."""
    heading = next((c for c in view.columns.roles.get("price", ()) if c.says.currency), None)
    text = view.label("currency")
    code = currency_of(text, default) if text else ""
    if code is None:
        view.complain(view.columns.heading("currency"), bad("currency_unknown", text))
        return None
    if heading and code and heading.says.currency != code:
        view.complain(heading.heading, bad("currency_clash", heading.heading, code))
        return None
    named = code or (heading.says.currency if heading else "")
    return (named or default, bool(named))


def _stocks(view: View, cell: str, count: int, sure: bool) -> list[int | None]:
    heading = view.columns.heading("stock")
    split = parts(cell)
    if not sure:  # said already
        return [None] * count
    if count > 1 and len(split) not in (1, count):
        view.complain(heading, bad("stock_count", cell))
        return [None] * count
    if count == 1:
        split = [cell]
    found: list[int | None] = []
    for text in split:
        stock = stock_of(text)
        if isinstance(stock, Bad):
            view.complain(heading, stock)
        found.append(None if isinstance(stock, Bad) else stock)
    if len(found) == count:
        return found
    if found[0]:  # a total says nothing about one size
        view.complain(heading, bad("stock_total", cell))
        return [None] * count
    return found * count
