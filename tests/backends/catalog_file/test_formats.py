"""CSV, XLSX and JSON, as spreadsheets and shop systems really write them, and as they break."""

import io
import json
import zipfile
from pathlib import Path

import openpyxl
import pytest

from bot.backends.catalog_file import load_catalogue
from bot.domain.catalog import Catalogue, Faq, Money, Text
from bot.domain.errors import CatalogueError

_TEXT = "商品名,价格,库存,发货\n法式连衣裙,129.90,3,48小时内发货\n"


def write(folder: Path, name: str, data: bytes) -> Path:
    """Put bytes into a file."""
    file = folder / name
    file.write_bytes(data)
    return file


def sheet(*rows: tuple[object, ...]) -> bytes:
    """Build a workbook with one sheet."""
    book = openpyxl.Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_csv_encodings(tmp_path: Path, encoding: str, separator: str, end: str) -> None:
    """Whatever a spreadsheet in China saves as CSV reads the same."""
    text = _TEXT.replace(",", separator).replace("\n", end)
    loaded = load_catalogue(write(tmp_path, "goods.CSV", text.encode(encoding)), version=1)
    assert loaded.errors == ()
    (product,) = loaded.catalogue.products
    assert (product.name.zh, product.prices, product.stock) == ("法式连衣裙", (Money(12990),), 3)
    assert product.texts == {"shipping": Text(zh="48小时内发货")}


def test_csv_with_a_separator_hint(tmp_path: Path) -> None:
    """The hint line of a spreadsheet is no row."""
    loaded = load_catalogue(write(tmp_path, "a.csv", "sep=;\r\n商品名;价格\r\na,b;面议\r\n".encode()), version=1)
    assert loaded.catalogue.products[0].name.en == "a,b"
    assert [e.row for e in loaded.errors] == [2]


def test_xlsx_cells(tmp_path: Path) -> None:
    """Numbers, whole or not, texts, booleans and empty cells read as they are shown; other sheets are not read."""
    data = sheet(
        ("商品ID", "商品名", "价格", "原价", "库存", "尺码", "上架", "链接号"),
        (1001, "裙子", 129.9, 199, 12, 38, True, 3),
        (1001, None, 0.1 + 0.2, None, 0, 39, True, None),
        (6901234567890, "裤子", "￥99", None, "售罄", None, False, 4.0),
    )
    loaded = load_catalogue(write(tmp_path, "a.xlsx", data), version=1)
    assert loaded.errors == ()
    skirt, trousers = loaded.catalogue.products
    assert (skirt.id, skirt.number, skirt.original) == ("1001", 3, Money(19900))
    assert [(s.size, s.price, s.stock) for s in skirt.skus] == [("38", Money(12990), 12), ("39", Money(30), 0)]
    assert (trousers.id, trousers.number, trousers.listed, trousers.stock) == ("6901234567890", 4, False, 0)


def test_xlsx_row_numbers_and_formulas(tmp_path: Path) -> None:
    """Empty rows count, and a formula that was never calculated is a missing price, not its own text."""
    data = sheet(("商品名", "价格"), (), (), ("裙子", "=100+29"))
    loaded = load_catalogue(write(tmp_path, "a.xlsx", data), version=1)
    (error,) = loaded.errors
    assert (error.row, error.column) == (4, "价格")
    assert "没有写价格" in error.problem


def test_json_flat_and_nested_are_the_same(tmp_path: Path) -> None:
    """Nested products with skus, faq and bilingual texts equal the same rows written flat."""
    nested = {
        "products": [
            {
                "id": "A",
                "name": {"zh": "裙子", "en": "Dress"},
                "aliases": ["连衣裙", "dress"],
                "texts": {"shipping": {"zh": "现货", "en": "In stock"}},
                "模特信息": "穿M码",
                "faq": [{"question": "扎吗", "answer": "不扎"}, {"q": "Itchy?", "a": "No."}],
                "skus": [
                    {"id": "A-S", "size": "S", "colour": {"zh": "黑", "en": "black"}, "price": 129.90, "stock": 3},
                    {"id": "A-M", "size": "M", "price": 139.90, "stock": 0},
                ],
                "companions": ["B"],
                "listed": True,
            },
            {"id": "B", "name": "腰带", "price": "39元", "stock": None},
        ]
    }
    flat = [
        {
            "商品ID": "A", "商品名_zh": "裙子", "商品名_en": "Dress", "别名": "连衣裙/dress", "发货": "现货",
            "发货_en": "In stock", "模特信息": "穿M码", "FAQ": "问：扎吗 答：不扎|Q: Itchy? A: No.", "SKU": "A-S",
            "尺码": "S", "颜色": "黑", "颜色_en": "black", "价格": 129.9, "库存": 3, "搭配": "B", "上架": 1,
        },
        {"商品ID": "A", "SKU": "A-M", "尺码": "M", "价格": "139.90", "库存": "售罄"},
        {"商品ID": "B", "商品名": "腰带", "价格": 39},
    ]  # fmt: skip
    loaded = [
        load_catalogue(write(tmp_path, name, json.dumps(data).encode()), version=1)
        for name, data in (("n.json", nested), ("f.json", flat))
    ]
    assert [x.errors for x in loaded] == [(), ()]
    assert loaded[0].catalogue == loaded[1].catalogue
    dress, belt = loaded[0].catalogue.products
    assert dress.faq == (Faq("扎吗", "不扎"), Faq("Itchy?", "No."))
    assert [(s.id, s.price, s.stock) for s in dress.skus] == [("A-S", Money(12990), 3), ("A-M", Money(13990), 0)]
    assert belt.prices == (Money(3900),)


def test_json_numbers_never_pass_through_binary(tmp_path: Path) -> None:
    """A price with more digits than a float holds is refused as written, not rounded into a price."""
    file = write(tmp_path, "a.json", b'[{"name": "a", "price": 129.90000000000000001}]')
    loaded = load_catalogue(file, version=1)
    assert loaded.catalogue.products[0].prices == ()
    assert "129.90000000000000001" in loaded.errors[0].problem


def cut_zip(data: bytes, keep: str) -> bytes:
    """Leave one member out of a workbook."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for item in old.infolist():
            if item.filename != keep:
                new.writestr(item, old.read(item))
    return out.getvalue()


_SHEET = sheet(("商品名", "价格"), ("裙子", 129))
_BROKEN: dict[str, tuple[str, bytes, str]] = {
    "unknown suffix": ("a.docx", b"x", "不支持"),
    "no suffix": ("goods", b"x", "不支持"),
    "old workbook": ("a.xls", b"\xd0\xcf\x11\xe0", "不支持"),
    "empty csv": ("a.csv", b"", "没有商品名这一列"),
    "empty json list": ("a.json", b"[]", "没有一行能用"),
    "heading only": ("a.csv", "商品名,价格\n".encode(), "没有一行能用"),
    "no name column": ("a.csv", "颜色,价格\n黑,129\n".encode(), "颜色, 价格"),
    "no name key": ("a.json", b'[{"price": 1}]', "没有商品名这一列"),
    "binary": ("a.csv", bytes(range(128, 256)), "编码"),
    "open quotation mark": ("a.csv", '商品名,价格\n裙子,129\n裤子,"9'.encode(), "只写了一半"),
    "half json": ("a.json", b'[{"name": "a", "price"', "只写了一半"),
    "deep json": ("a.json", b"[" * 100_000, "JSON"),
    "json scalar": ("a.json", b"3", "对象"),
    "json of scalars": ("a.json", b"[1]", "对象"),
    "json in another encoding": ("a.json", '[{"name": "商品名"}]'.encode("gb18030"), "JSON"),
    "encrypted workbook": ("a.xlsx", b"\xd0\xcf\x11\xe0" + bytes(2000), "密码"),
    "no workbook": ("a.xlsx", b"PK\x03\x04 not really", "损坏"),
    "half workbook": ("a.xlsx", _SHEET[: len(_SHEET) // 2], "损坏"),
    "workbook without sheet": ("a.xlsx", cut_zip(_SHEET, "xl/worksheets/sheet1.xml"), "损坏"),
    "workbook without index": ("a.xlsx", cut_zip(_SHEET, "xl/workbook.xml"), "损坏"),
    "too large": ("a.csv", b"x" * (20 * 1024 * 1024 + 1), "20 MB"),
    "too many rows": ("a.csv", "商品名,价格\n".encode() + b"a,1\n" * 20_001, "20000 行"),
    "too many columns": ("a.csv", "商品名".encode() + b",x" * 300, "300 列"),
}


@pytest.mark.parametrize("case", _BROKEN)
def test_unusable_files(tmp_path: Path, case: str) -> None:
    """A file that cannot be used at all is refused with its name, the reason and the fix in two languages."""
    name, data, words = _BROKEN[case]
    with pytest.raises(CatalogueError) as caught:
        load_catalogue(write(tmp_path, name, data), version=1)
    message = str(caught.value)
    assert message.startswith(f"{name}: ")
    assert words in message
    assert message.count(" / ") >= 2
    assert " Fix: " in message
    assert str(tmp_path) not in message


def test_missing_and_unreadable(tmp_path: Path) -> None:
    """A file that is not there, or is a folder, is refused like any other."""
    with pytest.raises(CatalogueError, match="找不到"):
        load_catalogue(tmp_path / "a.csv", version=1)
    (tmp_path / "b.csv").mkdir()
    with pytest.raises(CatalogueError, match="打不开"):
        load_catalogue(tmp_path / "b.csv", version=1)


def test_a_zip_bomb_is_not_unpacked(tmp_path: Path) -> None:
    """A small workbook that unpacks to more than 150 MB is refused before anything is unpacked."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as bomb, bomb.open("xl/x.xml", "w") as member:
        for _ in range(160):
            member.write(bytes(1024 * 1024))
    with pytest.raises(CatalogueError, match="过大"):
        load_catalogue(write(tmp_path, "a.xlsx", out.getvalue()), version=1)


def test_a_full_file_loads(tmp_path: Path) -> None:
    """Twenty thousand rows, all in one product or each its own without ids, load: no step is quadratic."""
    rows = "".join(f"p{i},1,{i},3\n" for i in range(20_000))
    many = load_catalogue(write(tmp_path, "a.csv", f"商品名,价格,尺码,库存\n{rows}".encode()), version=1)
    rows = "".join(f"p,{1 + i % 7},{i}x,3\n" for i in range(20_000))
    one = load_catalogue(write(tmp_path, "b.csv", f"商品名,价格,尺码,库存\n{rows}".encode()), version=1)
    assert (len(many.catalogue.products), len(one.catalogue.products[0].skus)) == (20_000, 20_000)
    assert many.catalogue != Catalogue()
