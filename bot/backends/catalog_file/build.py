"""From rows to products: rows with one id are one product's SKUs, and what is stated twice is stated once."""

from collections.abc import Sequence
from decimal import Decimal

from bot.backends.catalog_file import skus
from bot.backends.catalog_file.cells import currency_of, faq_of, margin_of, number_of, price_of
from bot.backends.catalog_file.columns import MAX_LABEL, MAX_TEXT, Columns, View
from bot.backends.catalog_file.messages import Bad, bad
from bot.backends.catalog_file.text import is_blank, names, one_line
from bot.domain.catalog import Faq, Margin, Money, Product, Sku, Text


class Draft:
    """A product while its rows are being read."""

    def __init__(self, view: View, id_: str, name: Text) -> None:
        self.id, self.name = id_, name
        self.view = view  # the first row: errors about the product as a whole name it
        self.number: int | None = None
        self.category = ""
        self.aliases: list[str] = []
        self.original: Money | None = None
        self.texts: dict[str, Text] = {}
        self.faq: dict[str, str] = {}
        self.companions: list[str] = []
        self.pieces: list[skus.Piece] = []
        self.above = skus.Above()
        self.labels: dict[str, str] = {}

    def add(self, view: View, currency: str) -> None:
        """Take one more row. What the first rows left empty is filled in, what they said stays."""
        found = skus.read(view, self.above, currency)
        self.above.add(found)
        self.pieces += found
        self._number(view)
        self._original(view, currency)
        for role in ("alias", "companions"):
            target = self.aliases if role == "alias" else self.companions
            for value, _ in view.cells(role):
                target += [value] if role == "companions" else [w for w in names(value) if len(w) <= MAX_LABEL]
        self._faq(view)
        category = "/".join(dict.fromkeys(one_line(v) for v, _ in view.cells("category") if not is_blank(v)))
        if self._agrees(view, "category", view.columns.heading("category"), category):
            self.category = self.category or view.cut(category, MAX_LABEL, view.columns.heading("category"))
        for field, columns in view.columns.fields.items():
            self._statement(view, field, columns[0].heading)

    def _agrees(self, view: View, key: str, heading: str, value: str) -> bool:
        """Compare with what an earlier row of this product said."""
        said = self.labels.setdefault(key, value) or value
        if not self.labels[key]:
            self.labels[key] = value
        if value and said != value:
            view.complain(heading, bad("differs", value, said))
            return False
        return True

    def _statement(self, view: View, field: str, heading: str) -> None:
        found = view.statement(field)
        for lang, value in (("zh", found.zh), ("en", found.en)):
            if not value or not self._agrees(view, f"{field}\n{lang}", heading, value):
                continue
            old = self.texts.get(field, Text())
            self.texts[field] = Text(value, old.en) if lang == "zh" else Text(old.zh, value)

    def _number(self, view: View) -> None:
        text, heading = view.label("number"), view.columns.heading("number")
        if not text or not self._agrees(view, "number", heading, text):
            self.number = 0 if self.number is None and view.dashed("number") else self.number
            return
        if self.number is None:
            found = number_of(text)
            if isinstance(found, Bad):
                view.complain(heading, found)
            self.number = 0 if isinstance(found, Bad) else found

    def _original(self, view: View, currency: str) -> None:
        heading = view.columns.heading("original")
        cells = list(dict.fromkeys(v for v, _ in view.cells("original") if not is_blank(v)))
        said = self.labels.get("original")
        if not cells or not self._agrees(view, "original", heading, cells[0]) or said:
            return
        if len(cells) > 1:
            view.complain(heading, bad("two_columns", *cells[:2]))
            return
        named = next((c.says.currency for c in view.columns.roles["original"] if c.says.currency), "")
        own = next((p.price.currency for p in self.pieces if p.price), "")
        found = price_of(cells[0], named or own or currency_of(view.label("currency"), currency) or currency)
        if isinstance(found, Bad):
            view.complain(heading, found)
        else:
            self.original = found

    def _faq(self, view: View) -> None:
        for value, column in view.cells("faq"):
            pairs, stray = ([], "") if is_blank(value) else faq_of(value)
            for pair in pairs:
                question, answer = (
                    view.cut(t, MAX_TEXT, column.heading).strip(" |") for t in (pair.question, pair.answer)
                )
                if self.faq.setdefault(question, answer) != answer:
                    stray = stray or question
            if stray:
                view.complain(column.heading, bad("faq_stray", stray))

    def product(self) -> Product:
        """Finish: one SKU per size and colour, ids, one currency. Number and companions need the others."""
        pieces = self._distinct()
        colours = {p.colour.zh: p.colour for p in pieces if p.colour.zh and p.colour.en}
        prices = self._prices(pieces)
        found = [
            Sku(id_, p.size, colours.get(p.colour.zh, p.colour) if not p.colour.en else p.colour, price, p.stock)
            for p, id_, price in zip(pieces, self._ids(pieces), prices, strict=True)
        ]
        return Product(
            self.id,
            self.number or 0,
            self.name,
            aliases=tuple(dict.fromkeys(self.aliases)),
            category=self.category,
            original=self._list_price(prices),
            skus=tuple(found),
            texts=self.texts,
            faq=tuple(Faq(q, a) for q, a in self.faq.items()),
            listed=any(p.listed for p in pieces),
            margin=self._margin(),
        )

    def _margin(self) -> Margin:
        text = self.view.label("margin")
        if is_blank(text):
            return ""
        found = margin_of(text)
        if isinstance(found, Bad):
            self.view.complain(self.view.columns.heading("margin"), found)
            return ""
        return found

    def _distinct(self) -> list[skus.Piece]:
        on_sale = [p for p in self.pieces if p.listed] or self.pieces
        found: dict[tuple[str, str], skus.Piece] = {}
        for piece in on_sale:
            first = found.setdefault((piece.size.casefold(), (piece.colour.zh or piece.colour.en).casefold()), piece)
            if first is not piece:
                label = " ".join(w for w in (piece.colour.zh or piece.colour.en, piece.size) if w) or "-"
                again = piece.row != first.row  # a list in one cell may repeat itself: that row stays
                self._complain(piece.row, "size", bad("sku_repeated", label, first.row), dropped=again)
        return list(found.values())

    def _complain(self, row: int, role: str, what: Bad, *, dropped: bool = False) -> None:
        columns = self.view.columns
        columns.complain(row, columns.heading(role), what, dropped)

    def _prices(self, pieces: Sequence[skus.Piece]) -> list[Money | None]:
        prices = [p.price for p in pieces]
        code = next((m.currency for m in prices if m), "")
        for i, money in enumerate(prices):
            if money and money.currency != code:
                self._complain(pieces[i].row, "price", bad("currency_mixed", code, money.currency))
                prices[i] = None
        return prices

    def _list_price(self, prices: Sequence[Money | None]) -> Money | None:
        known = [m for m in prices if m]
        if self.original is None or not known:
            return self.original
        if self.original.currency != known[0].currency:
            what = bad("original_currency", self.original.currency, known[0].currency)
        elif self.original.minor < max(m.minor for m in known):
            what = bad("original_low", f"{Decimal(self.original.minor) / 100:.2f}")
        else:
            return self.original
        self._complain(self.view.number, "original", what)
        return None

    def _ids(self, pieces: Sequence[skus.Piece]) -> list[str]:
        """Keep the merchant's codes; make missing ones from colour and size, so that they outlive a new order."""
        taken = {p.code for p in pieces}
        ids: dict[str, None] = {}
        tries: dict[str, int] = {}
        for piece in pieces:
            code = piece.code
            if not code or code in ids:
                if code:
                    self._complain(piece.row, "sku", bad("code_repeated", code))
                label = "-".join(w for w in (piece.colour.zh or piece.colour.en, piece.size) if w)
                stem = label[: MAX_LABEL - 8].strip() or "1"
                code = stem
                while code in taken:
                    tries[stem] = tries.get(stem, 1) + 1
                    code = f"{stem}-{tries[stem]}"
            taken.add(code)
            ids[code] = None
        return list(ids)


class Builder:
    """Groups rows into drafts, in the merchant's order."""

    def __init__(self, columns: Columns, currency: str) -> None:
        self.columns, self.currency = columns, currency
        self.drafts: dict[str, Draft] = {}
        self.last: Draft | None = None
        self.named: dict[str, Draft] = {}  # first product of each name

    def add(self, view: View) -> None:
        """Take one row."""
        id_, name = self._id(view), view.name("name")
        if not name.zh and not name.en:
            draft = self.drafts.get(id_) if id_ else self._continued(view)
            if draft is None:
                view.complain(self.columns.heading("name"), bad("no_name"), dropped=True)
                return
        else:
            draft = self._named(view, id_, name)
            if draft is None:
                return
        self.last = draft
        draft.add(view, self.currency)

    def _id(self, view: View) -> str:
        id_ = view.label("id")
        head, _, tail = id_.upper().partition("E+")
        if tail.isdigit() and head.replace(".", "").isdigit():
            view.complain(self.columns.heading("id"), bad("id_mangled", id_))
            return ""
        return id_

    def _continued(self, view: View) -> Draft | None:
        """A row with a size or colour and nothing about a product goes on with the one above, as merged cells do."""
        own = any(view.cells(r) for r in ("size", "colour", "sku"))
        other = any(view.cells(r) for r in ("number", "category", "original", "alias", "faq", "companions"))
        return self.last if own and not other else None

    def _named(self, view: View, id_: str, name: Text) -> Draft | None:
        if not id_:
            known = self.named.get(name.zh or name.en)
            if known:
                return known
            id_ = name.zh or name.en
        draft = self.drafts.get(id_)
        if draft is None:
            draft = self.drafts[id_] = Draft(view, id_, name)
            self.named.setdefault(name.zh or name.en, draft)
            return draft
        old = draft.name
        if (old.zh != name.zh) if (old.zh and name.zh) else bool(old.en and name.en and old.en != name.en):
            what = bad("id_taken", id_, draft.view.number, old.get("zh"), view.number, name.get("zh"))
            view.complain(self.columns.heading("id"), what, dropped=True)
            return None
        draft.name = Text(old.zh or name.zh, old.en or name.en)
        return draft
