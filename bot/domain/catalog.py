"""What the merchant sells: products, SKUs, money, and one immutable version of it all.

A `Catalogue` never changes. Saving the file again makes the next version; whoever holds facts
compares them with the version in force at the moment of sending.
"""

from functools import cached_property
from typing import Literal

import msgspec

from bot.domain.events import Lang

# Text fields with a meaning of their own. Any other column of the merchant's file is kept under its own heading.
TEXT_FIELDS = (
    "shipping",
    "returns",
    "material",
    "usage",
    "expiry",
    "points",
    "audience",
    "origin",
    "discount",
    "care",
    "sizing",
    "warranty",
)


Margin = Literal["", "high", "mid", "low"]


class Money(msgspec.Struct, frozen=True):
    """An amount in minor units (12900 = 129.00) of an ISO 4217 currency."""

    minor: int
    currency: str = "CNY"


class Text(msgspec.Struct, frozen=True, omit_defaults=True):
    """One statement of the merchant, in Chinese, English or both."""

    zh: str = ""
    en: str = ""

    def get(self, lang: Lang) -> str:
        """Return the words in `lang`, else in the other language, else ""."""
        return (self.zh or self.en) if lang == "zh" else (self.en or self.zh)


class Faq(msgspec.Struct, frozen=True):
    """A question the merchant answered in advance."""

    question: str
    answer: str


class Sku(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing that can be bought.

    Attributes:
        id: the merchant's SKU code, unique in its product.
        size: such as "M", "38" or "50ml"; "" when the product has no sizes.
        colour: in Chinese and English where both are known.
        price: None when the merchant gave none ("面议"): then no price is ever stated.
        stock: pieces left; None when unknown: then no stock is ever stated.
    """

    id: str
    size: str = ""
    colour: Text = Text()
    price: Money | None = None
    stock: int | None = None


class Product(msgspec.Struct, frozen=True, omit_defaults=True, dict=True):
    """One product with its SKUs.

    Attributes:
        id: the merchant's id, unique in the catalogue.
        number: the number of its link in the room ("3号链接"), from 1; 0 when it has none.
        name: what viewers call it.
        aliases: other names and abbreviations, any language.
        category: such as "女装/dress"; suggestions look for the same one.
        original: list price before the discount; None when there is none.
        texts: statements by field: one of `TEXT_FIELDS`, or the heading of the merchant's own column.
        faq: questions answered in advance.
        companions: ids of products that go well with it.
        listed: False when it is not for sale now; never suggested then.
        margin: "high", "mid" or "low" as the merchant classes it, "" when unknown. For the host's eyes; never said.
    """

    id: str
    number: int
    name: Text
    aliases: tuple[str, ...] = ()
    category: str = ""
    original: Money | None = None
    skus: tuple[Sku, ...] = ()
    texts: dict[str, Text] = {}
    faq: tuple[Faq, ...] = ()
    companions: tuple[str, ...] = ()
    listed: bool = True
    margin: Margin = ""

    @cached_property
    def stock(self) -> int | None:
        """Pieces left over all SKUs; None when any of them is unknown."""
        known = [s.stock for s in self.skus if s.stock is not None]
        return sum(known) if self.skus and len(known) == len(self.skus) else None

    @cached_property
    def sizes(self) -> tuple[str, ...]:
        """Distinct sizes in the merchant's order."""
        return tuple(dict.fromkeys(s.size for s in self.skus if s.size))

    @cached_property
    def colours(self) -> tuple[Text, ...]:
        """Distinct colours in the merchant's order."""
        return tuple(dict.fromkeys(s.colour for s in self.skus if s.colour.zh or s.colour.en))

    @cached_property
    def prices(self) -> tuple[Money, ...]:
        """Distinct SKU prices, lowest first; empty when any SKU has none."""
        found = {s.price for s in self.skus}
        if None in found or not found:
            return ()
        return tuple(sorted((p for p in found if p), key=lambda m: m.minor))


class Catalogue(msgspec.Struct, frozen=True, omit_defaults=True, dict=True):
    """One version of everything the merchant sells.

    Attributes:
        version: 1 for the first one loaded, then counting up; 0 means "no catalogue".
        products: in the merchant's order.
    """

    version: int = 0
    products: tuple[Product, ...] = ()

    @cached_property
    def by_id(self) -> dict[str, Product]:
        """Products by id."""
        return {p.id: p for p in self.products}

    @cached_property
    def by_number(self) -> dict[int, Product]:
        """Products by link number; those without one are not in it."""
        return {p.number: p for p in self.products if p.number}


class RowError(msgspec.Struct, frozen=True):
    """One thing wrong in a catalogue file, for a person to repair.

    Attributes:
        file: file name.
        row: row number as a spreadsheet shows it (the heading is row 1); 0 for the whole file.
        column: the heading as the merchant wrote it; "" for the whole row.
        problem: what is wrong, with the value found.
        fix: what to do.
        dropped: True when the row was left out; False when only this value was.
    """

    file: str
    row: int
    column: str
    problem: str
    fix: str
    dropped: bool = False

    def __str__(self) -> str:
        """`goods.csv row 7, column 价格: "面议" is not a price. Fix: …`."""
        where = self.file + (f" row {self.row}" if self.row else "")
        where += f", column {self.column}" if self.column else ""
        return f"{where}: {self.problem} Fix: {self.fix}"
