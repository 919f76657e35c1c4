"""The columns of one file, and the rows read through them: by role, in two languages."""

from collections.abc import Callable, Iterable

import msgspec

from bot.backends.catalog_file.headings import INTERNAL, OWN, TEXT_ROLES, Heading, fold, parse_heading
from bot.backends.catalog_file.messages import Bad, bad
from bot.backends.catalog_file.table import Row, Table
from bot.backends.catalog_file.text import has_cjk, is_blank, one_line
from bot.domain.catalog import RowError, Text

MAX_TEXT = 2000  # characters of one statement
MAX_LABEL = 200  # characters of an id, a size, a name
MAX_ERRORS = 500
_ONE_COLUMN = frozenset(("id", "number", "sku", "listed", "currency", "margin"))

Complain = Callable[[int, str, Bad, bool], None]


class Errors:
    """Collects what is wrong in a file, at most 500 entries."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.found: list[RowError] = []

    def add(self, row: int, heading: str, what: Bad, dropped: bool) -> None:
        """Add one error; `dropped` says that the whole row was left out."""
        if len(self.found) == MAX_ERRORS:
            row, heading, what, dropped = 0, "", bad("too_many"), False
        if len(self.found) <= MAX_ERRORS:
            self.found.append(RowError(self.file, row, heading, what.problem, what.fix, dropped))


class Column(msgspec.Struct, frozen=True):
    """One column: its index in the row, the heading as written, and what that says."""

    index: int
    heading: str
    says: Heading


class Columns:
    """All columns of a file.

    Attributes:
        roles: columns by role; `fields`: columns of each statement, by text field or own heading.
    """

    def __init__(self, table: Table, complain: Complain) -> None:
        self.roles: dict[str, list[Column]] = {}
        self.fields: dict[str, list[Column]] = {}
        self.complain = complain
        own: dict[str, str] = {}
        named = {i for i, h in enumerate(table.headings) if fold(h)}
        nameless = {i for row in table.rows for i in row.cells} - named
        for index, heading in enumerate(table.headings):
            if index in named:
                self._place(Column(index, heading, parse_heading(heading)), own, table.heading_row)
        if nameless:
            complain(table.heading_row, "", bad("no_heading", min(nameless) + 1), False)
        if "price" not in self.roles:
            complain(table.heading_row, "", bad("no_price_column"), False)

    def _place(self, column: Column, own: dict[str, str], row: int) -> None:
        role, stem = column.says.role, column.says.stem
        if role == INTERNAL:
            self.complain(row, column.heading, bad("internal", stem), False)
        elif role == OWN:
            self.fields.setdefault(own.setdefault(fold(stem), stem), []).append(column)
        elif role in TEXT_ROLES:
            self.fields.setdefault(role, []).append(column)
        else:
            same = self.roles.setdefault(role, [])
            if same and (role in _ONE_COLUMN or (role == "name" and any(_alike(c, column) for c in same))):
                self.complain(row, column.heading, bad("same_column", same[0].heading), False)
            else:
                same.append(column)

    def heading(self, role: str) -> str:
        """Return the heading of a role as written, "" when there is no such column."""
        return next((c.heading for c in self.roles.get(role, self.fields.get(role, []))), "")


def _alike(one: Column, other: Column) -> bool:
    """Tell two columns for one thing from a Chinese and an English one ("商品名", "name")."""
    return one.says.lang == other.says.lang and has_cjk(one.heading) == has_cjk(other.heading)


class View:
    """One row read through the columns."""

    def __init__(self, row: Row, columns: Columns) -> None:
        self.row, self.columns = row, columns
        self.number = row.number

    def complain(self, heading: str, what: Bad, *, dropped: bool = False) -> None:
        """Say what is wrong in this row."""
        self.columns.complain(self.number, heading, what, dropped)

    def cells(self, role: str) -> list[tuple[str, Column]]:
        """Return the cells of a role that say anything (a dash says "nothing", and is returned)."""
        return [(self.row.cells[c.index], c) for c in self.columns.roles.get(role, ()) if c.index in self.row.cells]

    def label(self, role: str) -> str:
        """Return the first cell of a role as one line of at most 200 characters."""
        found = next((v for v, _ in self.cells(role) if not is_blank(v)), "")
        return self.cut(one_line(found), MAX_LABEL, self.columns.heading(role))

    def dashed(self, role: str) -> bool:
        """Tell whether the merchant wrote a dash: explicitly nothing."""
        found = self.cells(role)
        return bool(found) and all(is_blank(v) for v, _ in found)

    def name(self, role: str) -> Text:
        """Return a name (of the product, of a colour) in its languages."""
        zh, en = _languages(self.cells(role))
        heading = self.columns.heading(role)
        first = [self.cut(one_line(found[0]), MAX_LABEL, heading) if found else "" for found in (zh, en)]
        return Text(*first)

    def statement(self, field: str) -> Text:
        """Return a text field or own column; several columns for one field are joined."""
        columns = self.columns.fields[field]
        zh, en = _languages((self.row.cells[c.index], c) for c in columns if c.index in self.row.cells)
        heading = columns[0].heading
        return Text(self.cut("；".join(zh), MAX_TEXT, heading), self.cut("; ".join(en), MAX_TEXT, heading))

    def cut(self, text: str, most: int, heading: str) -> str:
        """Cut a text that is too long, and say so."""
        if len(text) <= most:
            return text
        self.complain(heading, bad("too_long", len(text), most))
        return text[:most].strip()


def _languages(cells: Iterable[tuple[str, Column]]) -> tuple[list[str], list[str]]:
    """Sort cells into Chinese and English: by the heading where it says, else by the text itself."""
    zh: list[str] = []
    en: list[str] = []
    plain = []
    for value, column in cells:
        if is_blank(value):
            continue
        if column.says.lang:
            (zh if column.says.lang == "zh" else en).append(value)
        else:
            plain.append(value)
    for value in plain:
        # "XL-200" beside an English column can only be meant as the Chinese name.
        taken = bool(en) and not zh and value not in en
        (zh if has_cjk(value) or taken else en).append(value)
    return list(dict.fromkeys(zh)), list(dict.fromkeys(en))
