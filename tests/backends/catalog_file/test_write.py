"""Writing: what is written loads again as the same products; the demo's goods are such a file."""

import re
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.backends.catalog_file import load_catalogue, write_csv
from bot.domain.catalog import TEXT_FIELDS, Catalogue, Faq, Money, Product, Sku, Text
from bot.domain.errors import CatalogueError

GOODS = Path(__file__).parents[3] / "bot" / "demo" / "goods.csv"
_SLOW = settings(
    max_examples=120,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)

_word = st.text("abcXYZ 019裙子棉码，。,;'\"=+@!问答QA:：", min_size=1, max_size=12).map(lambda t: " ".join(t.split()))
_word = _word.filter(lambda t: t not in ("", "-"))
_label = st.text("abcXYZ019裙子棉\"'=+@!", min_size=1, max_size=8).filter(
    lambda t: not re.fullmatch(r"[\dXSLMF]*|均码", t, re.I)
)
_text = st.builds(Text, zh=st.just("") | _word, en=st.just("") | _word)
_field = st.sampled_from(TEXT_FIELDS) | st.sampled_from(["模特信息", "net weight", "Care level", "foo_en", "净重(克)"])
_price = st.none() | st.builds(Money, minor=st.integers(1, 10**9), currency=st.just("USD"))


_either = st.just("") | _label
_keys = st.lists(  # size and colour of each SKU
    st.tuples(_either, _either), min_size=1, max_size=4, unique_by=lambda k: (k[0].casefold(), k[1].casefold())
)


@st.composite
def _products(draw: st.DrawFn) -> tuple[Product, ...]:
    ids = draw(st.lists(_label, min_size=1, max_size=4, unique=True))
    names = draw(st.lists(_label, min_size=len(ids), max_size=len(ids), unique_by=str.casefold))
    numbers = draw(st.permutations(range(1, 20)))
    found = []
    for i, id_ in enumerate(ids):
        keys = draw(_keys)
        skus = tuple(
            Sku(f"sku {n}", size, Text(zh=colour), draw(_price), draw(st.none() | st.integers(0, 10**6)))
            for n, (size, colour) in enumerate(keys)
        )
        top = max((s.price.minor for s in skus if s.price), default=0)
        faq = draw(st.dictionaries(_label, _label, max_size=2))
        companions = draw(st.lists(st.sampled_from(ids), max_size=2, unique=True))
        found.append(
            Product(
                id_,
                draw(st.sampled_from([0, numbers[i]])),
                draw(st.sampled_from([Text(names[i]), Text("", names[i]), Text(names[i], "x")])),
                aliases=tuple(draw(st.lists(_label, max_size=2, unique=True))),
                category=draw(_either),
                original=draw(st.none() | st.builds(Money, st.integers(top + 1, top + 10**9), st.just("USD"))),
                skus=skus,
                texts=draw(st.dictionaries(_field, _text.filter(lambda t: bool(t.zh or t.en)), max_size=4)),
                faq=tuple(Faq(q + "?", a) for q, a in faq.items()),
                companions=tuple(c for c in companions if c != id_),
                listed=draw(st.booleans()),
            )
        )
    return tuple(found)


@given(products=_products())
@_SLOW
def test_round_trip(tmp_path: Path, products: tuple[Product, ...]) -> None:
    """Any catalogue of tidy values is the same after writing and loading, apart from its version."""
    file = tmp_path / "goods.csv"
    write_csv(Catalogue(7, products), file)
    loaded = load_catalogue(file, version=8)
    assert loaded.catalogue.products == products
    assert loaded.catalogue.version == 8
    missing = sum(s.price is None for p in products for s in p.skus)
    assert len(loaded.errors) == missing  # "面议" is told, and nothing else


def chinese(text: str) -> bool:
    """Tell whether there is any Chinese in a text."""
    return bool(re.search("[\u4e00-\u9fff]", text))


def test_demo_goods_are_whole() -> None:
    """The demo's goods load without an error: 12 links, both languages throughout, some sold out, some low."""
    loaded = load_catalogue(GOODS, version=1)
    assert loaded.errors == ()
    products = loaded.catalogue.products
    assert [p.number for p in products] == list(range(1, 13))
    for product in products:
        assert product.name.zh
        assert product.name.en
        assert product.prices
        for text in product.texts.values():
            assert chinese(text.zh)
            assert text.en
            assert not chinese(text.en)
        assert {"shipping", "returns", "material", "points", "audience", "origin"} <= set(product.texts)
        assert 4 <= len(product.faq) <= 8
        assert sum(chinese(f.question) for f in product.faq) * 2 == len(product.faq)
        assert all(c in loaded.catalogue.by_id for c in product.companions)
    stocks = [s.stock for p in products for s in p.skus]
    assert stocks.count(0) >= 5
    assert sum(1 for s in stocks if s and s <= 3) >= 4


def test_demo_goods_use_no_banned_words() -> None:
    """No superlative, no absolute and no medical claim stands in the demo's goods."""
    text = GOODS.read_text(encoding="utf-8-sig")
    banned = "最|第一|唯一|国家级|世界级|顶级|极致|首选|永久|绝对|万能|100%|治疗|疗效|药"
    banned += "|best|number one|no\\. ?1|cure|perfect|guaranteed"
    assert re.findall(banned, text, re.I) == []


def test_demo_goods_round_trip(tmp_path: Path) -> None:
    """The demo writes its file back byte by byte, so that an edited price is the only difference."""
    catalogue = load_catalogue(GOODS, version=1).catalogue
    file = tmp_path / "goods.csv"
    write_csv(catalogue, file)
    assert file.read_bytes() == GOODS.read_bytes()
    first, *rest = catalogue.products
    sku, *others = first.skus
    cheaper = msgspec.structs.replace(sku, price=Money(15900))
    edited = Catalogue(2, (msgspec.structs.replace(first, skus=(cheaper, *others)), *rest))
    write_csv(edited, file)
    loaded = load_catalogue(file, version=2)
    assert (loaded.catalogue, loaded.errors) == (edited, ())
    assert len(set(file.read_text("utf-8").splitlines()) ^ set(GOODS.read_text("utf-8").splitlines())) == 2


def test_written_file_is_for_a_spreadsheet(tmp_path: Path) -> None:
    """The file starts with the mark that a spreadsheet needs, has Chinese headings, and keeps its permissions."""
    file = tmp_path / "goods.csv"
    catalogue = Catalogue(1, (Product("A", 1, Text("裙子", "dress"), skus=(Sku("1", price=Money(5)),)),))
    write_csv(catalogue, file)
    assert file.read_bytes().startswith("\ufeff商品ID,链接号,商品名,商品名_en,".encode())
    file.chmod(0o640)
    write_csv(catalogue, file)
    assert file.stat().st_mode & 0o777 == 0o640
    assert [p.name for p in tmp_path.iterdir()] == ["goods.csv"]


def test_what_cannot_be_written_leaves_the_old_file(tmp_path: Path) -> None:
    """A folder that is not there, or a folder in the place of the file, is refused without a trace."""
    with pytest.raises(CatalogueError, match="写不进去"):
        write_csv(Catalogue(), tmp_path / "none" / "goods.csv")
    (tmp_path / "goods.csv").mkdir()
    with pytest.raises(CatalogueError, match="写不进去"):
        write_csv(Catalogue(), tmp_path / "goods.csv")
    assert [p.name for p in tmp_path.iterdir()] == ["goods.csv"]
