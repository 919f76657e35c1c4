"""Viewers see what kind of thing a product is, and ask only what fits it."""

from typing import get_args

import msgspec
import pytest

from bot.backends.catalog_file import load_catalogue
from bot.decide.compose import label
from bot.demo.platform import CAPS
from bot.demo.play import GOODS
from bot.demo.wares import LINES, budgets, kinds_of, wares_of
from bot.domain.catalog import Catalogue, Faq, Money, Product, Sku, Text
from bot.domain.events import Lang

SLOTS = {
    "price", "original", "discount", "stock", "size", "colour", "shipping", "returns", "material", "usage", "expiry",
    "care", "origin", "warranty",
}  # fmt: skip
COAT = Product(
    "coat", 1, Text("燕麦色短大衣", "Short Oat Coat"), ("大衣",), "女装/coat", Money(69900),
    (Sku("s", size="S", price=Money(49900)), Sku("m", size="M", price=Money(49900))),
    {"care": Text("干洗", "Dry clean")},
)  # fmt: skip
SHIRT = Product("shirt", 2, Text("男士条纹衬衫", "Men's Striped Shirt"), category="男装/shirt")
BAG = Product("bag", 3, Text("帆布托特包", "Canvas Tote Bag"), category="箱包/bag")
CREAM = Product(
    "cream", 4, Text("燕麦润肤霜", "Oat Face Cream"), category="护肤/cream",
    skus=(Sku("one", size="50ml", price=Money(9900)),),
    texts={"audience": Text("敏感肌可用", "Fine for sensitive skin"), "expiry": Text("三年", "Three years")},
)  # fmt: skip
TEA = Product("tea", 5, Text("桂花乌龙茶", "Osmanthus Oolong Tea"), category="食品/tea")


def test_card_decides() -> None:
    """A question is answerable when the card says something about it, else it is not."""
    silent, telling = (
        wares_of(Catalogue(1, (msgspec.structs.replace(CREAM, faq=faq),)))["cream"]
        for faq in ((), (Faq("孕妇能用吗？", "孕期可用，请先局部试用"),))
    )
    assert "pregnant" in {t.name for t in silent.themes(answerable=False)}
    assert "pregnant" in {t.name for t in telling.themes(answerable=True)}
    assert "sensitive" in {t.name for t in silent.themes(answerable=True)}
    assert "laptop" not in {t.name for t in silent.themes(True) + silent.themes(False)}


def test_nicknames() -> None:
    """A short name that two products answer to is used for neither."""
    other = msgspec.structs.replace(
        SHIRT, id="other", number=9, name=Text("女士亚麻衬衫", "Linen Shirt"), category="女装"
    )
    wares = wares_of(Catalogue(1, (SHIRT, other)))
    for ware in wares.values():
        assert "衬衫" not in ware.refs["zh"]
        assert "the shirt" not in ware.refs["en"]
    assert "男士条纹衬衫" in wares["shirt"].refs["zh"]
    assert "the linen shirt" in wares["other"].refs["en"]


@pytest.mark.parametrize(
    ("product", "kinds"),
    [
        (COAT, {"worn", "cloth", "women"}),
        (SHIRT, {"worn", "cloth", "men"}),
        (BAG, {"bag", "spec"}),
        (CREAM, {"beauty", "spec"}),
        (TEA, {"food", "tea", "spec"}),
        (Product("x", 1, Text("全麦吐司面包", "Whole Wheat Bread"), category="食品"), {"food", "snack", "spec"}),
        (Product("x", 1, Text("北欧马克杯", "Mug")), {"home", "hard", "spec"}),
        (Product("x", 1, Text("神秘盒子")), {"spec"}),
    ],
)
def test_kinds(product: Product, kinds: set[str]) -> None:
    """Category and name tell what a product is, so that nobody asks whether a tea makes one look fat."""
    assert kinds_of(product) == kinds


def test_wordings() -> None:
    """Each language has enough lines of its own: chatter, every fact slot, every theme."""
    for lines in LINES.values():
        assert len(set(lines.chatter)) >= 40
        assert set(lines.facts) == SLOTS
        assert all(len(set(bank)) >= 8 for bank in lines.facts.values())
    assert set(LINES["zh"].themes) == set(LINES["en"].themes)


def test_asks() -> None:
    """Nobody asks for the shelf life of a coat, or what size of cream to wear."""
    wares = wares_of(Catalogue(1, (COAT, CREAM)))
    assert wares["coat"].asks("care")
    assert not wares["coat"].asks("expiry")
    assert wares["cream"].asks("expiry")
    assert not wares["cream"].asks("colour")
    bank = LINES["zh"].facts["size"]
    assert any("{w}" in text for text in wares["coat"].wordings("zh", "size", bank))
    assert not any("{w}" in text for text in wares["cream"].wordings("zh", "size", bank))


def test_sizes_as_typed() -> None:
    """Sizes of clothes are typed with 码, those of a jar as printed."""
    wares = wares_of(Catalogue(1, (COAT, CREAM)))
    assert {"M码", "m码", "M"} <= set(wares["coat"].size_words["zh"])
    assert wares["cream"].size_words == {"zh": ("50ml",), "en": ("50ml",)}


def test_budgets() -> None:
    """Budgets are round sums around what things cost."""
    wares = list(wares_of(Catalogue(1, (COAT, CREAM))).values())
    assert budgets(wares) == [100, 150, 200, 250, 300, 400, 500, 800]
    assert budgets([]) == [100]


def test_short_names() -> None:
    """A long name is shortened as people do, to a word that exists."""
    wares = wares_of(Catalogue(1, (BAG, TEA)))
    assert {"托特包", "3号链接"} <= set(wares["bag"].refs["zh"])
    assert {"乌龙茶", "5号"} <= set(wares["tea"].refs["zh"])
    assert {"the tea", "link 5"} <= set(wares["tea"].refs["en"])


def test_the_demos_own_goods_are_faultless_and_every_sentence_fits_a_line() -> None:
    """No error in the file, and each text fits behind its link number into the platform's 100 characters."""
    loaded = load_catalogue(GOODS, version=1)
    assert loaded.errors == ()
    long = [
        (product.id, field, lang)
        for product in loaded.catalogue.products
        for lang in get_args(Lang)
        for field, text in product.texts.items()
        if len(label(product, lang, short=True) + text.get(lang)) > CAPS.max_chars
    ]
    assert long == []
