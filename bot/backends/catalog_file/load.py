"""Load a catalogue file: what can be used, and everything that is wrong in the rest."""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from bot.backends.catalog_file.build import Builder, Draft
from bot.backends.catalog_file.columns import Columns, Errors, View
from bot.backends.catalog_file.headings import parse_heading
from bot.backends.catalog_file.messages import bad, broken
from bot.backends.catalog_file.objects import json_table
from bot.backends.catalog_file.table import Table, csv_rows, no_name, read_bytes, table, xlsx_rows
from bot.backends.catalog_file.text import is_blank, one_line
from bot.domain.catalog import Catalogue, Product, RowError


class Loaded(msgspec.Struct, frozen=True):
    """A catalogue read from a file.

    Attributes:
        catalogue: what can be used; it has at least one product.
        errors: what is wrong in the file, row by row; at most 501, the last of which says that there are more.
    """

    catalogue: Catalogue
    errors: tuple[RowError, ...]


def load_catalogue(path: Path, *, version: int, currency: str = "CNY") -> Loaded:
    """Read a .csv, .xlsx or .json file. Blocking: a large one takes seconds.

    Args:
        path: the file.
        version: number of the catalogue made of it.
        currency: ISO 4217 code of prices without a sign. Amounts are kept in hundredths, whatever the currency.

    Raises:
        CatalogueError: nothing in the file can be used; the message names the file and the fix.
    """
    data = read_bytes(path)
    found = _table(path, data)
    errors = Errors(path.name)
    columns = Columns(found, errors.add)
    builder = Builder(columns, currency.upper())
    for row in found.rows:
        builder.add(View(row, columns))
    products = _finish(list(builder.drafts.values()))
    if not products:
        raise broken(path, "no_products", errors.found[0] if errors.found else "-")
    listed = sorted(errors.found, key=lambda e: e.row or len(found.rows) + found.heading_row + 2)
    return Loaded(Catalogue(version, tuple(products)), tuple(listed))


def _is_heading(names: Sequence[str]) -> bool:
    return any(parse_heading(n).role == "name" for n in names if n)


def _table(path: Path, data: bytes) -> Table:
    match path.suffix.lower():
        case ".csv":
            return table(path, csv_rows(path, data), _is_heading)
        case ".xlsx":
            return table(path, xlsx_rows(path, data), _is_heading)
        case ".json":
            found = json_table(path, data)
            if found.rows and not _is_heading(found.headings):
                raise no_name(path, found.headings)
            return found
    raise broken(path, "suffix", path.suffix)


def _finish(drafts: list[Draft]) -> list[Product]:
    numbers = _numbers(drafts)
    by_name = {n: d.id for d in reversed(drafts) for n in (d.name.zh, d.name.en) if n}
    by_number = {n: d.id for n, d in zip(numbers, drafts, strict=True) if n}
    ids = {d.id for d in drafts}
    products = []
    for draft, number in zip(drafts, numbers, strict=True):
        names = _Names(ids, by_name, by_number)
        companions = [c for cell in draft.companions for c in _companions(draft, cell, names)]
        made = draft.product()
        own = tuple(c for c in dict.fromkeys(companions) if c != draft.id)
        products.append(msgspec.structs.replace(made, number=number, companions=own))
    return products


def _numbers(drafts: list[Draft]) -> list[int]:
    """Give every product its link number: the merchant's, none where two claim one, a free one where it is missing."""
    owner: dict[int, Draft] = {}
    for draft in drafts:
        if not draft.number:
            continue
        first = owner.setdefault(draft.number, draft)
        if first is not draft:
            what = bad("number_taken", draft.number, first.view.number)
            draft.view.complain(draft.view.columns.heading("number"), what)
            draft.number = 0
    free = (n for n in range(1, len(drafts) + len(owner) + 1) if n not in owner)
    return [next(free) if d.number is None else d.number for d in drafts]


class _Names(msgspec.Struct, frozen=True):
    ids: set[str]
    by_name: dict[str, str]
    by_number: dict[int, str]

    def find(self, word: str) -> str:
        """Return the id a merchant means by an id, a name or "3号"; "" when it is none."""
        if word in self.ids:
            return word
        if word in self.by_name:
            return self.by_name[word]
        digits = word.removesuffix("号链接").removesuffix("号").removeprefix("#")
        is_number = digits != word and digits.isascii() and digits.isdigit() and len(digits) < 5
        return self.by_number.get(int(digits), "") if is_number else ""


def _companions(draft: Draft, cell: str, names: _Names) -> list[str]:
    """Read a cell of companions: one per line, or separated by any of | / 、 ; , where ids may contain these."""
    found = []
    for line in cell.split("\n"):
        words = [line] if names.find(one_line(line)) else _split(line)
        for word in words:
            name = one_line(word)
            if is_blank(name):
                continue
            if known := names.find(name):
                found.append(known)
                continue
            draft.view.complain(draft.view.columns.heading("companions"), bad("companion_unknown", name))
    return found


def _split(line: str) -> list[str]:
    for mark in "|｜、；;，,/／":
        line = line.replace(mark, "\n")
    return line.split("\n")
