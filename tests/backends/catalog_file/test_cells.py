"""One cell at a time: what is read, and what is refused."""

import pytest

from bot.backends.catalog_file.cells import faq_of, letter_sizes, listed_of, number_of, price_of, size_of, stock_of
from bot.backends.catalog_file.headings import parse_heading
from bot.backends.catalog_file.messages import Bad
from bot.domain.catalog import Faq, Money


@pytest.mark.parametrize(
    ("text", "minor", "currency"),
    [
        ("129", 12900, "CNY"),
        ("129.00", 12900, "CNY"),
        ("129.9", 12990, "CNY"),
        ("129.900", 12990, "CNY"),
        ("¥129", 12900, "CNY"),
        ("129元", 12900, "CNY"),
        ("129块", 12900, "CNY"),
        ("￥1,299.00", 129900, "CNY"),
        ("RMB 129", 12900, "CNY"),
        ("$39.90", 3990, "USD"),
        ("39.90 USD", 3990, "USD"),
        ("US$39.90", 3990, "USD"),
        ("HK$99", 9900, "HKD"),
        ("€12.50", 1250, "EUR"),
        ("１２９．５０", 12950, "CNY"),
        ("￥１，２９９", 129900, "CNY"),
        ("0.01", 1, "CNY"),
        ("0.29", 29, "CNY"),
        ("1000000000", 100000000000, "CNY"),
    ],
)
def test_prices(text: str, minor: int, currency: str) -> None:
    """A price is read exactly, with or without sign, grouping and full-width digits."""
    assert price_of(text, "CNY") == Money(minor, currency)


@pytest.mark.parametrize(("text", "expected"), [("$5", "HKD"), ("¥5", "CNY"), ("5", "HKD"), ("5 USD", "USD")])
def test_sign_in_the_currency_of_the_shop(text: str, expected: str) -> None:
    """A dollar sign in a shop that sells in Hong Kong dollars means these; a code or another sign says what it says."""
    found = price_of(text, "HKD")
    assert isinstance(found, Money)
    assert found.currency == expected


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("面议", "不是价格"),
        ("", "没有写价格"),
        ("-", "没有写价格"),
        ("-5", "负数"),
        ("¥-5", "负数"),
        ("-¥5", "负数"),
        ("0", "等于 0"),
        ("0.00元", "等于 0"),
        ("99-129", "不止一个"),
        ("¥99~¥129", "不止一个"),
        ("99到129元", "不止一个"),
        ("99/129", "不止一个"),
        ("129起", "不是价格"),
        ("约129", "不是价格"),
        ("12,99", "不是价格"),
        ("1.299,00", "不是价格"),
        ("1e3", "不止一个"),
        ("129.999", "小数"),
        ("₿12", "币种"),
        ("12 XYZ", "币种"),
        ("¥12 USD", "不一致"),
        ("9999999999999", "过大"),
        ("NaN", "不是价格"),
        ("١٢٩", "不是价格"),
    ],
)
def test_no_price(text: str, part: str) -> None:
    """What is not one positive amount is refused with the reason: nobody guesses a price."""
    found = price_of(text, "CNY")
    assert isinstance(found, Bad)
    assert part in found.problem


@pytest.mark.parametrize(
    ("text", "stock"),
    [
        ("12", 12), ("12件", 12), ("12 pcs", 12), ("1,200", 1200), ("１２", 12), ("12.0", 12), ("0", 0), ("0件", 0),
        ("售罄", 0), ("sold out", 0), ("Sold Out", 0), ("无货", 0),
        ("充足", None), ("有货", None), ("in stock", None), ("", None), ("-", None),
    ],
)  # fmt: skip
def test_stock(text: str, stock: int | None) -> None:
    """Pieces are counted, "sold out" is none left, "plenty" is no number, and none of them is an error."""
    assert stock_of(text) == stock


@pytest.mark.parametrize("text", ["-3", "约12", "12+", ">100", "1.5", "很多吧", "3/5", "99999999999"])
def test_no_stock(text: str) -> None:
    """A negative, a fraction, an estimate or words are refused."""
    assert isinstance(stock_of(text), Bad)


def test_link_numbers() -> None:
    """Link numbers are read as people write them, and refused otherwise."""
    assert {number_of(t) for t in ("3", "3号", "3号链接", "#3", "No.3", "link 3", "3.0", "０３")} == {3}
    assert {number_of(t) for t in ("无", "0")} == {0}
    assert all(isinstance(number_of(t), Bad) for t in ("三", "-3", "3.5", "http://x", "12345"))


def test_listing() -> None:
    """Yes and no are read in both languages, and anything else is refused."""
    assert {listed_of(t) for t in ("上架", "yes", "1", "是", "TRUE", "在售")} == {True}
    assert {listed_of(t) for t in ("下架", "No", "0", "否", "false", "停售")} == {False}
    assert isinstance(listed_of("预售"), Bad)


def test_sizes() -> None:
    """Letter sizes are tidied and lists of them found; other sizes stay as they are."""
    assert [size_of(t) for t in ("m", "M码", "Ｍ", "38码", "2xl")] == ["M", "M", "M", "38", "2XL"]
    assert [size_of(t) for t in ("160/84A", "均码")] == ["160/84A", "均码"]
    assert letter_sizes("S/M/L") == letter_sizes("S，M，L") == letter_sizes("S M L") == ["S", "M", "L"]
    assert letter_sizes("S-XL") == ["S", "M", "L", "XL"]
    assert letter_sizes("160/84A") == letter_sizes("M") == letter_sizes("36-40") == letter_sizes("S-M") == []


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("问：包邮吗？答：包邮。", [("包邮吗？", "包邮。")]),
        ("问：包邮吗\n答：包邮\n问:几天到 答:两天", [("包邮吗", "包邮"), ("几天到", "两天")]),
        ("问：包邮吗？答：包邮。|问：几天到？答：两天。", [("包邮吗？", "包邮。"), ("几天到？", "两天。")]),
        ("Q: Is it cotton? A: Yes.\nQ: Warm? A: Yes, a bit.", [("Is it cotton?", "Yes."), ("Warm?", "Yes, a bit.")]),
        ("Q1: a b? A1: Vitamin A: 5 mg | Q2: c? A2: d", [("a b?", "Vitamin A: 5 mg"), ("c?", "d")]),
        ("问：Is it a Beta: type?\n答：人工回答：是", [("Is it a Beta: type?", "人工回答：是")]),
    ],
)  # fmt: skip
def test_faq(text: str, pairs: list[tuple[str, str]]) -> None:
    """Questions are found at line breaks, bars and ends of sentences; answers keep their own colons."""
    assert faq_of(text) == ([Faq(*p) for p in pairs], "")


@pytest.mark.parametrize(
    ("text", "stray"),
    [
        ("包邮", "包邮"),
        ("问：包邮吗", "包邮吗"),
        ("问：包邮吗\n答：", "包邮吗"),
        ("说明\n问：a\n答：b", "说明"),
        ("问：x\n问：y\n答：z", "x"),
    ],
)
def test_faq_without_a_pair(text: str, stray: str) -> None:
    """Words that belong to no pair are told, and the other pairs stay."""
    assert faq_of(text)[1] == stray


@pytest.mark.parametrize(
    ("heading", "role", "lang", "stem", "currency"),
    [
        ("商品名", "name", "", "商品名", ""),
        (" Name ", "name", "", "Name", ""),
        ("商品名_en", "name", "en", "商品名", ""),
        ("商品名（英文）", "name", "en", "商品名", ""),
        ("商品名 (EN)", "name", "en", "商品名", ""),
        ("英文名称", "name", "en", "名称", ""),
        ("shipping_en", "shipping", "en", "shipping", ""),
        ("material_zh", "material", "zh", "material", ""),
        ("发货(zh)", "shipping", "zh", "发货", ""),
        ("Selling Points", "points", "", "Selling Points", ""),
        ("how to use", "usage", "", "how to use", ""),
        ("shelf-life", "expiry", "", "shelf-life", ""),
        ("价格(元)", "price", "", "价格(元)", "CNY"),
        ("Price (USD)", "price", "", "Price (USD)", "USD"),
        ("库存（件）", "stock", "", "库存（件）", ""),
        ("几号链接", "number", "", "几号链接", ""),
        ("sku编码", "sku", "", "sku编码", ""),
        ("模特信息", "own", "", "模特信息", ""),
        ("模特信息_en", "own", "en", "模特信息", ""),
        ("净重(克)", "own", "", "净重(克)", ""),
        ("_en", "own", "", "en", ""),
        ("成本价", "internal", "", "成本价", ""),
        ("cost price", "internal", "", "cost price", ""),
        ("costume style", "own", "", "costume style", ""),
    ],
)
def test_headings(heading: str, role: str, lang: str, stem: str, currency: str) -> None:
    """A heading tells its field, language and currency; case, width and spaces do not matter."""
    found = parse_heading(heading)
    assert (found.role, found.lang, found.stem, found.currency) == (role, lang, stem, currency)
