"""From rows to products: SKUs, languages, and each error a merchant can make."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.backends.catalog_file import Loaded, load_catalogue
from bot.domain.catalog import Faq, Money, Product, RowError, Text
from bot.domain.errors import CatalogueError

Load = Callable[[str], Loaded]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """Load CSV text."""

    def read(text: str) -> Loaded:
        file = tmp_path / "goods.csv"
        file.write_text(text, encoding="utf-8")
        return load_catalogue(file, version=3)

    return read


def only(loaded: Loaded) -> Product:
    """Return the one product of a file without errors."""
    assert loaded.errors == ()
    (product,) = loaded.catalogue.products
    return product


def the_error(loaded: Loaded) -> RowError:
    """Return the one error, which must say everything in two languages."""
    (error,) = loaded.errors
    for words in (error.problem, error.fix):
        zh, slash, en = words.partition(" / ")
        assert slash
        assert any("\u4e00" <= c <= "\u9fff" for c in zh)
        assert en.isascii() or "“" in words or any(ord(c) > 127 for c in en)
    return error


def test_one_row_with_every_field(load: Load) -> None:
    """Every column lands in its field, its language told by suffix or text; other columns keep their heading."""
    product = only(
        load(
            "编号,序号,名称,Name,别名,类目,现价,划线价,库存,尺码,颜色,colour_en,SKU编码,"
            "物流,shipping_en,面料,常见问题,上架,模特信息,模特信息_en\n"
            'A1,3,针织开衫,Cardigan,"开衫/毛衣，cardi",女装,¥129,199,12件,M,黑色,black,A1-M,'
            "48小时发货,Ships in 48 h,Cotton,问：扎吗？答：不扎。,上架,穿M码,wears M\n"
        )
    )
    assert (product.id, product.number, product.name) == ("A1", 3, Text("针织开衫", "Cardigan"))
    assert product.aliases == ("开衫", "毛衣", "cardi")
    assert (product.category, product.original, product.listed) == ("女装", Money(19900), True)
    (sku,) = product.skus
    assert (sku.id, sku.size, sku.colour, sku.price, sku.stock) == (
        "A1-M",
        "M",
        Text("黑色", "black"),
        Money(12900),
        12,
    )
    assert product.texts == {
        "shipping": Text("48小时发货", "Ships in 48 h"),
        "material": Text("", "Cotton"),
        "模特信息": Text("穿M码", "wears M"),
    }
    assert product.faq == (Faq("扎吗？", "不扎。"),)


def test_rows_with_one_id_are_one_product(load: Load) -> None:
    """Later rows add SKUs; what they leave empty is inherited, but stock never is."""
    product = only(
        load(
            "id,name,price,original,stock,colour,size,发货\nA,连衣裙,129,199,3,黑色,S,现货\nA,,,,,,M,\nA,连衣裙,139,,7,白色,L,\n"
        )
    )
    assert [(s.size, s.colour.zh, s.price, s.stock) for s in product.skus] == [
        ("S", "黑色", Money(12900), 3),
        ("M", "黑色", Money(12900), None),
        ("L", "白色", Money(13900), 7),
    ]
    assert product.texts["shipping"] == Text(zh="现货")


def test_rows_with_one_name_are_one_product_when_there_is_no_id(load: Load) -> None:
    """Without an id the name groups, wherever the rows stand; so do the empty cells of a merged block."""
    loaded = load("商品名,价格,尺码,库存\n裙子,129,S,1\n裤子,99,M,5\n裙子,129,M,2\n,,L,4\n")
    assert loaded.errors == ()
    skirt, trousers = loaded.catalogue.products
    assert [(s.size, s.stock) for s in skirt.skus] == [("S", 1), ("M", 2), ("L", 4)]
    assert [p.number for p in (skirt, trousers)] == [1, 2]
    assert loaded.catalogue.version == 3


@pytest.mark.parametrize("mark", ["/", "|", "、", ";", "；", "／"])
def test_compact_sizes(load: Load, mark: str) -> None:
    """Sizes in one cell with as many stocks and prices are as many SKUs."""
    product = only(load(f"商品名\t价格\t尺码\t库存\n裙子\t{mark.join('123')}\tS{mark}M{mark}L\t3{mark}0{mark}12\n"))
    assert [(s.size, s.price, s.stock) for s in product.skus] == [
        ("S", Money(100), 3), ("M", Money(200), 0), ("L", Money(300), 12),
    ]  # fmt: skip


def test_compact_colours_in_two_languages(load: Load) -> None:
    """Colours split like sizes, with their English names."""
    product = only(load("商品名,价格,颜色,颜色_en,库存\n包,99,黑/白,black/white,3/5\n"))
    assert [(s.colour, s.stock) for s in product.skus] == [(Text("黑", "black"), 3), (Text("白", "white"), 5)]


@pytest.mark.parametrize(("size", "stock"), [("160/84A", "12"), ("S/M", "12"), ("36/37", "12"), ("165/88A", "")])
def test_a_slash_inside_one_size_does_not_split(load: Load, size: str, stock: str) -> None:
    """A cell is a list only when the numbers beside it say so."""
    (sku,) = only(load(f"商品名,价格,尺码,库存\n裙子,129,{size},{stock}\n")).skus
    assert sku.size == size
    assert sku.stock == (int(stock) if stock else None)


@pytest.mark.parametrize(("stock", "expected"), [("售罄", 0), ("充足", None), ("", None), ("0", 0)])
def test_what_holds_for_all_sizes(load: Load, stock: str, expected: int | None) -> None:
    """Sold out, or in stock, holds for every size of a list."""
    product = only(load(f"商品名,价格,尺码,库存\n裙子,129,S/M/L,{stock}\n"))
    assert [(s.size, s.stock, s.price) for s in product.skus] == [(z, expected, Money(12900)) for z in "SML"]


@pytest.mark.parametrize(
    ("size", "colour", "stock", "sizes", "words"),
    [
        ("S/M/L", "", "12", ["S", "M", "L"], "总数"),
        ("S/M/L", "", "3/0", ["S", "M", "L"], "对不上"),
        ("S/M", "黑/白", "3/5", ["S", "M"], "同时写了多个"),
        ("S/M", "黑/白", "1/2/3/4", ["S", "M"], "同时写了多个"),
    ],
)
def test_ambiguous_lists_state_no_stock(
    load: Load, size: str, colour: str, stock: str, sizes: list[str], words: str
) -> None:
    """Where it is not sure which number belongs to which size, the sizes are known and the stock is not."""
    loaded = load(f"商品名,价格,尺码,颜色,库存\n裙子,129,{size},{colour},{stock}\n")
    assert words in the_error(loaded).problem
    (product,) = loaded.catalogue.products
    assert list(product.sizes) == sizes
    assert {s.stock for s in product.skus} == {None}


_CASES = [
    # text, row, column, value found, dropped
    ("商品名,价格\n裙子,面议\n", 2, "价格", "面议", False),
    ("商品名,价格\n裙子,\n", 2, "价格", "没有写价格", False),
    ("商品名,价格\n裙子,99-129\n", 2, "价格", "99-129", False),
    ("商品名,价格\n裙子,₿12\n", 2, "价格", "₿", False),
    ("商品名,价格\n裙子,$12\n包,￥0\n", 3, "价格", "￥0", False),
    ("商品名,价格,币种\n裙子,12,XYZ\n", 2, "币种", "XYZ", False),
    ("商品名,价格,币种\n裙子,$12,CNY\n", 2, "价格", "$12", False),
    ("商品名,价格(元)\n裙子,$12\n", 2, "价格(元)", "$12", False),
    ("商品名,价格,尺码\n裙子,$12,S\n裙子,¥12,M\n", 3, "价格", "CNY", False),
    ("商品名,价格,尺码\n裙子,12,S\n裙子,13,M\n裙子,,L\n", 4, "价格", "上面几行", False),
    ("商品名,现价,直播价\n裙子,199,129\n", 2, "现价", "129", False),
    ("商品名\n裙子\n", 1, "", "没有价格这一列", False),
    ("商品名,价格,原价\n裙子,129,99\n", 2, "原价", "99.00", False),
    ("商品名,价格,原价\n裙子,129,很贵\n", 2, "原价", "很贵", False),
    ("商品名,价格,原价\n裙子,129,$199\n", 2, "原价", "USD", False),
    ("商品名,价格,库存\n裙子,129,-3\n", 2, "库存", "-3", False),
    ("商品名,价格,库存\n裙子,129,不多了\n", 2, "库存", "不多了", False),
    ("商品名,价格,库存,stock\n裙子,129,3,4\n", 2, "库存", "4", False),
    ("商品ID,商品名,价格\nA,裙子,129\nA,裤子,99\n", 3, "商品ID", "第 2 行", True),
    ("商品ID,商品名,价格\n6.90E+12,裙子,129\n", 2, "商品ID", "6.90E+12", False),
    ("商品名,价格,链接号\n裙子,129,3\n裤子,99,3\n", 3, "链接号", "第 2 行", False),
    ("商品名,价格,链接号\n裙子,129,三号\n", 2, "链接号", "三号", False),
    ("商品名,价格\n裙子,129\n,99\n", 3, "商品名", "没有商品名", True),
    ("商品名,价格,发货\n裙子,129," + "长" * 2001 + "\n", 2, "发货", "2001", False),
    ("商品名,价格,尺码\n裙子,129,S\n裙子,129,s\n", 3, "尺码", "第 2 行", True),
    ("商品名,价格,尺码,SKU\n裙子,129,S,X\n裙子,129,M,X\n", 3, "SKU", "X", False),
    ("商品名,价格,上架\n裙子,129,预售\n", 2, "上架", "预售", False),
    ("商品名,价格,常见问题\n裙子,129,包邮\n", 2, "常见问题", "包邮", False),
    ("商品名,价格,搭配\n裙子,129,围巾\n", 2, "搭配", "围巾", False),
    ("商品名,价格,尺码,材质\n裙子,129,S,棉\n裙子,129,M,麻\n", 3, "材质", "麻", False),
    ("商品名,价格,成本价\n裙子,129,40\n", 1, "成本价", "成本价", False),
    ("商品名,价格,商品ID,货号\n裙子,129,A,B\n", 1, "货号", "商品ID", False),
    ("商品名,价格,\n裙子,129,x\n", 1, "", "第 3 列", False),
]


@pytest.mark.parametrize(("text", "row", "column", "found", "dropped"), _CASES)
def test_each_error(load: Load, text: str, row: int, column: str, found: str, dropped: bool) -> None:
    """Each mistake is told once, with file, row, heading as written, the value found and a fix; the rest is used."""
    loaded = load(text)
    error = the_error(loaded)
    assert (error.file, error.row, error.column, error.dropped) == ("goods.csv", row, column, dropped)
    assert found in error.problem
    assert loaded.catalogue.products[0].name == Text(zh="裙子")


def test_a_wrong_value_is_never_stated(load: Load) -> None:
    """A refused price, stock, list price or link number is absent from the product."""
    (product,) = load("商品名,价格,原价,库存,链接号\n裙子,面议,abc,约5,三\n").catalogue.products
    assert (product.prices, product.original, product.stock, product.number) == ((), None, None, 0)


def test_link_numbers_are_never_guessed_over_a_clash(load: Load) -> None:
    """The second claim on a number gets none, and missing numbers skip those taken."""
    loaded = load("商品名,价格,链接号\na,1,2\nb,1,\nc,1,2\nd,1,\ne,1,1\nf,1,0\n")
    assert [p.number for p in loaded.catalogue.products] == [2, 3, 0, 4, 1, 0]
    assert len(loaded.errors) == 1


def test_row_numbers_are_those_of_the_spreadsheet(load: Load) -> None:
    """Title rows, blank lines and line breaks inside cells are counted as a spreadsheet counts them."""
    loaded = load('春季货盘,,\n\n商品名,价格,发货\n裙子,129,"一行\n两行"\n\n裤子,面议,\n')
    assert the_error(loaded).row == 6
    assert loaded.catalogue.products[0].texts["shipping"].zh == "一行\n两行"


def test_companions_by_id_name_or_number(load: Load) -> None:
    """Companions may be named by id, name or link number; ids with separators in them are found too."""
    loaded = load(
        'id,name,price,链接号,搭配\nA/1,裙子,1,5,"B、围巾|4号"\nB,裤子,1,2,A/1\nC,围巾,1,3,\nD,包,1,4,"A/1\nB"\n'
    )
    assert loaded.errors == ()
    assert [p.companions for p in loaded.catalogue.products] == [("B", "C", "D"), ("A/1",), (), ("A/1", "B")]


def test_an_unlisted_size_is_left_out(load: Load) -> None:
    """A size taken off sale is not sold; a product with no size on sale is not listed."""
    loaded = load("商品名,价格,尺码,上架\n裙子,1,S,上架\n裙子,1,M,下架\n裤子,1,S,下架\n裤子,1,M,\n")
    skirt, trousers = loaded.catalogue.products
    assert (skirt.sizes, skirt.listed) == (("S",), True)
    assert (trousers.sizes, trousers.listed) == (("S", "M"), False)


def test_sku_ids_do_not_depend_on_order(load: Load) -> None:
    """A SKU without code is named after colour and size, so that facts survive a new order of rows."""
    one = only(load("商品名,价格,尺码,颜色\n裙子,1,S,黑\n裙子,1,M,黑\n"))
    other = only(load("商品名,价格,尺码,颜色\n裙子,1,M,黑\n裙子,1,S,黑\n"))
    assert {s.id: s.size for s in one.skus} == {s.id: s.size for s in other.skus} == {"黑-S": "S", "黑-M": "M"}


def test_currency_column_and_default(load: Load, tmp_path: Path) -> None:
    """The currency comes from the cell, the column, the heading, or the shop."""
    loaded = load("商品名,价格,币种\na,5,美元\nb,5,\nc,€5,\n")
    assert [p.prices[0].currency for p in loaded.catalogue.products] == ["USD", "CNY", "EUR"]
    assert only(load("name,Price (USD)\na,5\n")).prices == (Money(500, "USD"),)
    assert only(load_at(tmp_path, "name,price\na,5\n", "sgd")).prices == (Money(500, "SGD"),)


def load_at(folder: Path, text: str, currency: str) -> Loaded:
    """Load with another default currency."""
    file = folder / "shop.csv"
    file.write_text(text, encoding="utf-8")
    return load_catalogue(file, version=1, currency=currency)


def test_errors_are_bounded(load: Load) -> None:
    """Of a thousand errors five hundred are told, and that there are more."""
    loaded = load("商品名,价格\n" + "".join(f"p{i},面议\n" for i in range(1000)))
    assert len(loaded.errors) == 501
    assert loaded.errors[-1].row == 0
    assert len(loaded.catalogue.products) == 1000


def test_nothing_usable_is_an_error(load: Load) -> None:
    """Without one product the file is refused, with the first reason."""
    with pytest.raises(CatalogueError, match=r"goods.csv: .*没有商品名.*Fix: "):
        load("商品名,价格\n,129\n")
