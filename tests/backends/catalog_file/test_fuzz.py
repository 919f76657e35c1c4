"""Whatever a file holds, loading it gives a catalogue or a CatalogueError, and a catalogue survives writing."""

import csv
import io
import json
import zipfile
from pathlib import Path

import openpyxl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.backends.catalog_file import Loaded, load_catalogue, write_csv
from bot.backends.catalog_file.headings import SYNONYMS
from bot.domain.errors import CatalogueError

_SLOW = settings(
    max_examples=200,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
_BUILT = (
    "S/M/L",
    "3/0/12",
    "黑/白",
    "S-XL",
    "面议",
    "￥1,299",
    "$5",
    "12件",
    "售罄",
    "-",
    "问：a？答：b",
    "Q: a A: b|Q: c",
    "下架",
    "3号",
    "129",
    "99",
)
_cell = st.sampled_from(_BUILT) | st.text(max_size=12) | st.text("SML/|、;-129.,¥$元黑白 \n问答QA：:", max_size=12)
_names = st.sampled_from([w for words in SYNONYMS.values() for w in words]) | st.text(max_size=6)
_heading = st.tuples(_names, st.sampled_from(["", "", "_en", "_zh", "（英文）", "(元)"])).map("".join)


def load(folder: Path, name: str, data: bytes) -> Loaded | None:
    """Load bytes; None when they are refused. Anything else that is raised fails the test."""
    file = folder / name
    file.write_bytes(data)
    try:
        return load_catalogue(file, version=1)
    except CatalogueError as error:
        assert str(error).startswith(name)
        return None


def check(folder: Path, found: Loaded | None) -> None:
    """Check what holds for every catalogue: unique ids and numbers, true prices, and the round trip."""
    if found is None:
        return
    products = found.catalogue.products
    assert products
    assert len({p.id for p in products}) == len(products)
    numbers = [p.number for p in products if p.number]
    assert len(set(numbers)) == len(numbers)
    for product in products:
        assert product.skus
        assert product.name.zh or product.name.en
        assert len({s.id for s in product.skus}) == len(product.skus)
        assert all(s.price is None or s.price.minor > 0 for s in product.skus)
        assert all(s.stock is None or s.stock >= 0 for s in product.skus)
    file = folder / "again.csv"
    write_csv(found.catalogue, file)
    assert load_catalogue(file, version=1).catalogue == found.catalogue


@given(data=st.binary(max_size=400), suffix=st.sampled_from([".csv", ".json", ".xlsx"]))
@_SLOW
def test_any_bytes(tmp_path: Path, data: bytes, suffix: str) -> None:
    """Arbitrary bytes never raise anything but CatalogueError."""
    check(tmp_path, load(tmp_path, "a" + suffix, data))


@given(headings=st.lists(_heading, max_size=8), rows=st.lists(st.lists(_cell, max_size=9), max_size=6))
@_SLOW
def test_any_cells(tmp_path: Path, headings: list[str], rows: list[list[str]]) -> None:
    """Arbitrary cells under known and unknown headings load, and what was loaded loads again from what is written."""
    out = io.StringIO(newline="")
    csv.writer(out).writerows([["商品名", *headings], *rows])
    check(tmp_path, load(tmp_path, "a.csv", out.getvalue().encode("utf-8", "surrogatepass")))


_leaf = st.none() | st.booleans() | st.integers() | st.floats() | _cell
_json = st.recursive(
    _leaf,
    lambda c: st.lists(c, max_size=3) | st.dictionaries(_names | st.sampled_from(["zh", "en"]), c, max_size=3),
    max_leaves=8,
)


@given(
    products=st.lists(
        st.dictionaries(_heading | st.sampled_from(["skus", "faq", "texts", "name"]), _json, max_size=6), max_size=4
    )
)
@_SLOW
def test_any_json(tmp_path: Path, products: list[dict[str, object]]) -> None:
    """Objects of any shape load or are refused."""
    for product in products:
        product.setdefault("name", "a")
    check(tmp_path, load(tmp_path, "a.json", json.dumps(products).encode()))


_value = (
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.dates()
    | st.datetimes()
)


@given(rows=st.lists(st.lists(_value | st.sampled_from(_BUILT), max_size=5), max_size=4))
@settings(parent=_SLOW, max_examples=60)
def test_any_sheet(tmp_path: Path, rows: list[list[object]]) -> None:
    """Cells of any type in a workbook load."""
    book = openpyxl.Workbook()
    for row in [["商品名", "价格", "库存", "链接号", "发货"], *rows]:
        book.worksheets[0].append(row)
    out = io.BytesIO()
    book.save(out)
    check(tmp_path, load(tmp_path, "a.xlsx", out.getvalue()))


def _workbook() -> bytes:
    book = openpyxl.Workbook()
    book.worksheets[0].append(["商品名", "价格"])
    book.worksheets[0].append(["裙子", 129])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


_BOOK = _workbook()
with zipfile.ZipFile(io.BytesIO(_BOOK)) as _archive:
    _MEMBERS = {n: _archive.read(n) for n in _archive.namelist()}


@given(
    member=st.sampled_from(sorted(_MEMBERS)),
    at=st.floats(0, 1),
    gone=st.integers(0, 60),
    put=st.text('<>/"=a1 &;', max_size=8),
)
@_SLOW
def test_damaged_workbooks(tmp_path: Path, member: str, at: float, gone: int, put: str) -> None:
    """A workbook damaged inside any of its parts loads or is refused."""
    old = _MEMBERS[member]
    start = int(at * len(old))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in _MEMBERS.items():
            archive.writestr(name, old[:start] + put.encode() + old[start + gone :] if name == member else data)
    check(tmp_path, load(tmp_path, "a.xlsx", out.getvalue()))


@given(start=st.integers(0, len(_BOOK)), put=st.binary(max_size=20))
@_SLOW
def test_damaged_archives(tmp_path: Path, start: int, put: bytes) -> None:
    """A workbook with bytes overwritten anywhere loads or is refused."""
    check(tmp_path, load(tmp_path, "a.xlsx", _BOOK[:start] + put + _BOOK[start + len(put) :]))
