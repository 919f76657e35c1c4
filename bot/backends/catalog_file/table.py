"""From bytes to cells: CSV, XLSX and JSON files become the same table of cleaned strings."""

import csv
import io
import struct
import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, time
from pathlib import Path

import msgspec

from bot.backends.catalog_file.messages import broken
from bot.backends.catalog_file.text import clean
from bot.domain.errors import CatalogueError

MAX_BYTES = 20 * 1024 * 1024
MAX_ROWS = 20_000
MAX_COLUMNS = 300
_MAX_UNPACKED = 150 * 1024 * 1024  # of an .xlsx, which is a zip archive
_HEADING_WITHIN = 10  # rows in which the heading is looked for: many sheets start with a title
_BROKEN_XLSX = (  # what the zip, XML and workbook libraries raise on damaged files
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    SyntaxError,
    zlib.error,
    struct.error,
    OSError,
    EOFError,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    ArithmeticError,
    RuntimeError,
    MemoryError,
    AssertionError,
)


class Row(msgspec.Struct, frozen=True):
    """One row: its number as a spreadsheet shows it, and its non-empty cells by column index."""

    number: int
    cells: dict[int, str]


class Table(msgspec.Struct, frozen=True):
    """A file as cells.

    Attributes:
        headings: as the merchant wrote them, one per column; "" where a column has none.
        heading_row: row number of the headings; 0 for JSON, which has none.
        rows: the rows below the headings, without empty ones. In JSON `Row.number` counts the objects from 1.
    """

    headings: tuple[str, ...]
    heading_row: int
    rows: tuple[Row, ...]


def read_bytes(path: Path) -> bytes:
    """Read the whole file.

    Raises:
        CatalogueError: it is missing, not readable or larger than 20 MB.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise broken(path, "missing") from None
    except (OSError, ValueError) as error:
        raise broken(path, "unreadable", str(getattr(error, "strerror", None) or error)) from error
    if len(data) > MAX_BYTES:
        raise broken(path, "large")
    return data


def csv_rows(path: Path, data: bytes) -> Iterator[tuple[int, list[str]]]:
    """Yield (row number, cells) of a CSV.

    UTF-8, UTF-16 (with its mark) or GB18030; comma, semicolon or tab. A cell may hold line breaks: a row is what the
    spreadsheet counts, not a line.
    """
    text = _decode(path, data)
    hint, _, rest = text.partition("\n")
    separator = ""
    if (
        hint.lower().startswith("sep=") and len(hint.rstrip("\r")) == 5
    ):  # a spreadsheet's own hint, not counted as a row
        separator, text = hint[4], rest
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator or _separator(text), strict=True)
    number = 0
    try:
        for cells in reader:
            number += 1
            yield number, cells
    except csv.Error as error:
        raise broken(path, "csv", number) from error


def _decode(path: Path, data: bytes) -> str:
    names = ["utf-8-sig", "gb18030"]
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        names = ["utf-16"]
    for name in names:
        try:
            return data.decode(name)
        except UnicodeDecodeError:
            continue
    raise broken(path, "encoding")


def _separator(text: str) -> str:
    """Take the separator that stands most often in the first line with any, outside quotation marks."""
    for line in text.split("\n", _HEADING_WITHIN)[:_HEADING_WITHIN]:
        bare = "".join(line.split('"')[::2])
        best = max(",;\t", key=bare.count)
        if bare.count(best):
            return best
    return ","


def xlsx_rows(path: Path, data: bytes) -> list[tuple[int, list[str]]]:
    """Return (row number, cells) of the first sheet of an .xlsx; formulas give the value that was last calculated."""
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise broken(path, "encrypted")
    try:
        with warnings.catch_warnings():  # openpyxl warns of styles and validations, which are not read anyway
            warnings.simplefilter("ignore")
            return _sheet(path, data)
    except _BROKEN_XLSX as error:
        raise broken(path, "xlsx", type(error).__name__) from error


def _sheet(path: Path, data: bytes) -> list[tuple[int, list[str]]]:
    import openpyxl  # slow to import, and a .csv does not need it

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if sum(item.file_size for item in archive.infolist()) > _MAX_UNPACKED:
            raise broken(path, "unpacked")
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    try:
        if not book.worksheets:
            raise ValueError("no sheet")
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # the stated size is often wrong
        rows = []
        for number, values in enumerate(sheet.iter_rows(max_col=MAX_COLUMNS + 1, values_only=True), 1):
            cells = [cell_text(v) for v in values]
            if any(cells):
                rows.append((number, cells))
            if len(rows) > MAX_ROWS + _HEADING_WITHIN:
                break
        return rows
    finally:
        book.close()


def cell_text(value: object) -> str:
    """Write a cell's value the way the spreadsheet shows it: 129.0 -> "129", True -> "1"."""
    match value:
        case None:
            return ""
        case bool():
            return "1" if value else "0"
        case float():
            # 15 digits are what a spreadsheet keeps: 0.1 + 0.2 is shown, and meant, as 0.3.
            return str(int(value)) if value.is_integer() and abs(value) < 1e15 else f"{value:.15g}"
        case datetime():
            midnight = value.time() == time()
            return value.date().isoformat() if midnight else value.replace(microsecond=0).isoformat(" ")
        case date() | time():
            return value.isoformat()
        case _:
            return str(value)


def table(path: Path, lines: Iterable[tuple[int, list[str]]], is_heading: Callable[[Sequence[str]], bool]) -> Table:
    """Find the headings among the first rows and collect the rest.

    Args:
        path: for error messages.
        lines: (row number, cells).
        is_heading: tells whether a row has a column for the product's name.

    Raises:
        CatalogueError: no name column, more than 20,000 rows or 300 columns.
    """
    headings: tuple[str, ...] = ()
    heading_row, rows = 0, []
    first: tuple[str, ...] = ()
    for number, raw in lines:
        cells = [clean(c) for c in raw]
        if not any(cells):
            continue
        if not headings:
            names = tuple(" ".join(c.split()) for c in cells[: max(i for i, c in enumerate(cells) if c) + 1])
            first = first or names
            if is_heading(names):
                headings, heading_row = names, number
                if len(names) > MAX_COLUMNS:
                    raise broken(path, "columns", MAX_COLUMNS)
            elif number >= _HEADING_WITHIN:
                break
            continue
        rows.append(Row(number, {i: c for i, c in enumerate(cells[: MAX_COLUMNS + 1]) if c}))
        if len(rows) > MAX_ROWS:
            raise too_many(path)
    if not headings:
        raise no_name(path, first)
    return Table(headings, heading_row, tuple(rows))


def too_many(path: Path) -> CatalogueError:
    """Say that there are more rows than anybody sells in one show."""
    return broken(path, "rows", MAX_ROWS)


def no_name(path: Path, seen: Iterable[str]) -> CatalogueError:
    """Say that no column holds the product's name, and which headings were found."""
    return broken(path, "no_name_column", ", ".join(n[:12] for n in seen if n) or "-")
