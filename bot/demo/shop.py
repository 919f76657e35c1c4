"""The shop behind the show: prices and stock as they stand, and the edits that change them."""

import random
from typing import Literal

import msgspec

from bot.domain.catalog import Catalogue, Money, Product, Sku


class CatalogueEdit(msgspec.Struct, frozen=True):
    """One cell of the merchant's catalogue changes.

    Attributes:
        product: product id.
        sku: SKU id within the product.
        field: which cell.
        value: the new price in minor units, or the new stock in pieces.
    """

    product: str
    sku: str
    field: Literal["price", "stock"]
    value: int

    def apply(self, catalogue: Catalogue) -> Catalogue:
        """Return the next version of a catalogue, with this cell changed; no SKU named means all of the product."""
        products = tuple(
            msgspec.structs.replace(p, skus=tuple(map(self._sku, p.skus))) if p.id == self.product else p
            for p in catalogue.products
        )
        return Catalogue(catalogue.version + 1, products)

    def _sku(self, sku: Sku) -> Sku:
        if self.sku not in ("", sku.id):
            return sku
        if self.field == "stock":
            return msgspec.structs.replace(sku, stock=self.value)
        return msgspec.structs.replace(sku, price=Money(self.value, sku.price.currency if sku.price else "CNY"))


class Shop:
    """Current prices and stock of every SKU.

    Args:
        catalogue: where the show starts.
        rng: dice of the show.
    """

    def __init__(self, catalogue: Catalogue, rng: random.Random) -> None:
        self._rng = rng
        self._price: dict[tuple[str, str], int] = {}
        self._stock: dict[tuple[str, str], int] = {}
        self._sold: set[tuple[str, str]] = set()
        self._kept: dict[tuple[str, str], int] = {}
        self._reserved: set[tuple[str, str]] = set()
        for product in catalogue.products:
            for sku in product.skus:
                if sku.price is not None:
                    self._price[product.id, sku.id] = sku.price.minor
                if sku.stock is not None:
                    self._stock[product.id, sku.id] = sku.stock

    def stock(self, product: Product, sku: Sku) -> int | None:
        """Pieces left; None when unknown."""
        return self._stock.get((product.id, sku.id))

    def price(self, product: Product, sku: Sku) -> int | None:
        """Price now, minor units; None when there is none."""
        return self._price.get((product.id, sku.id))

    def cut(self, product: Product, share: float) -> list[CatalogueEdit]:
        """Lower every price of a product by about `share`, to a round figure; empty when there is nothing to lower."""
        edits = []
        for sku in product.skus:
            old = self._price.get((product.id, sku.id))
            if old is None:
                continue
            step = 1000 if old >= 10000 else 100 if old >= 1000 else 1
            new = max(1, int(old * (1 - share)) // step * step)
            new += step - 100 if step == 1000 else 0  # 109.00 rather than 100.00
            if new < old:
                self._kept.setdefault((product.id, sku.id), old)
                edits.append(self._set(product.id, sku.id, "price", new))
        return edits

    def uncut(self, product: Product) -> list[CatalogueEdit]:
        """Raise the prices of a product again to what they were before `cut`."""
        return [
            self._set(product.id, sku.id, "price", self._kept.pop((product.id, sku.id)))
            for sku in product.skus
            if (product.id, sku.id) in self._kept
        ]

    def reserve(self, product: Product) -> Sku | None:
        """Pick the SKU that is to sell out, a sized one if possible; None when no stock is known."""
        left = [s for s in product.skus if (self.stock(product, s) or 0) > 0]
        sized = [s for s in left if s.size or s.colour.zh or s.colour.en] or left
        if not sized:
            return None
        sku = min(sized, key=lambda s: (self.stock(product, s) or 0, s.id))
        self._reserved.add((product.id, sku.id))
        return sku

    def shrink(self, product: Product, sku: Sku, share: float) -> list[CatalogueEdit]:
        """Let a reserved SKU lose `share` of what it has; 1 sells it out. Empty when nothing changes."""
        now = self._stock.get((product.id, sku.id), 0)
        new = 0 if share >= 1 else max(1, int(now * (1 - share)))
        if share >= 1:
            self._reserved.discard((product.id, sku.id))
        return [self._set(product.id, sku.id, "stock", new)] if new != now else []

    def restock(self, product: Product, pieces: int) -> list[CatalogueEdit]:
        """Fill the SKUs that sold out during the show."""
        return [
            self._set(product.id, sku.id, "stock", pieces)
            for sku in product.skus
            if self._stock.get((product.id, sku.id)) == 0 and (sku.stock or 0) > 0
        ]

    def sell(self, product: Product) -> tuple[Sku, int | None] | None:
        """Sell one piece of a product and return its SKU and price, or None when nothing can be sold.

        The last piece is kept, so that only a planned sell-out empties a SKU; `flush` reports the change.
        """
        open_skus = [
            s
            for s in product.skus
            if (product.id, s.id) not in self._reserved and ((n := self.stock(product, s)) is None or n > 1)
        ]
        if not open_skus:
            return None
        sku = self._rng.choice(open_skus)
        key = (product.id, sku.id)
        if key in self._stock:
            self._stock[key] -= 1
            self._sold.add(key)
        return sku, self._price.get(key)

    def flush(self) -> list[CatalogueEdit]:
        """Return the stock edits since the last call that sales have made."""
        edits = [CatalogueEdit(p, s, "stock", self._stock[p, s]) for p, s in sorted(self._sold)]
        self._sold.clear()
        return edits

    def _set(self, product: str, sku: str, field: Literal["price", "stock"], value: int) -> CatalogueEdit:
        if field == "price":
            self._price[product, sku] = value
        else:
            self._stock[product, sku] = value
            self._sold.discard((product, sku))
        return CatalogueEdit(product, sku, field, value)
