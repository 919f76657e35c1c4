"""Fact answers: values of the catalogue in force, bound to their fields, and stale as soon as one changes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.decide import guard
from bot.decide.facts import Answer, amount, answer, join, money, stale, value_of
from bot.decide.faq import from_faq
from bot.decide.triage import Reader
from bot.domain.catalog import Catalogue, Money, Product, Sku, Text
from tests.decide.shelf import demo_goods
from tests.fakes import goods


def say(text: str, product: str = "shirt", shop: Catalogue | None = None) -> Answer | None:
    """Answer a comment about a product."""
    shop = shop or (goods() if product in ("shirt", "tote") else demo_goods())
    return answer(Reader(shop)(text), shop.by_id[product], shop)


@pytest.mark.parametrize(
    ("text", "product", "words"),
    [
        ("多少钱", "shirt", "现价129元"), ("how much", "shirt", "¥129 now"), ("原价多少", "shirt", "原价199元"),
        ("有优惠吗", "shirt", "现价129元，原价199元"),
        ("M码还有吗", "shirt", "M码还有3件"), ("L码还有吗", "shirt", "L码已售罄，现有白色M、黑色XL"),
        ("有货吗", "shirt", "有货，L已售罄"),
        ("XXL有吗", "shirt", "没有XXL码，现有白色M、黑色XL"), ("有粉色吗", "shirt", "没有粉色，现有白色M、黑色XL"),
        ("有黑色M码吗", "shirt", "这个颜色没有M码，现有白色M、黑色XL"),
        ("黑色还有吗", "shirt", "黑色有货"), ("white left?", "shirt", "white 3 left; L sold out"),
        ("is the black one available", "shirt", "black in stock"),
        ("有什么码", "shirt", "尺码有M、XL，L暂时没货"), ("有什么规格", "F109", "规格有50ml"),
        ("什么颜色", "shirt", "颜色有白色、黑色"),
        ("什么时候发货", "shirt", "48小时内发货，满99元包邮"),
        ("能机洗吗", "shirt", "不可机洗，建议手洗"), ("重量多少", "shirt", "重量200g"),
        ("怎么下单", "shirt", "点1号链接下单"), ("多少钱 包邮吗", "shirt", "现价129元，48小时内发货，满99元包邮"),
        ("还有吗", "tote", "还有9件"), ("蓝色的还有吗", "D101", "雾蓝色有货，L已售罄"),
        ("1.5米的多少钱", "H112", "现价259元"),
        ("有38码吗", "shirt", "没有38码，现有白色M、黑色XL"),
    ],
)  # fmt: skip
def test_a_fact_question_is_answered_with_the_value_in_force(text: str, product: str, words: str) -> None:
    """Word for word, in the language of the question."""
    said = say(text, product)
    assert said is not None
    assert said.text == words
    assert said.facts


@pytest.mark.parametrize(
    ("text", "product"),
    [("保质期多久", "shirt"), ("有质保吗", "shirt"), ("什么颜色", "tote"), ("原价多少", "tote"), ("有M码吗", "tote")],
)
def test_where_the_catalogue_is_silent_nothing_is_said(text: str, product: str) -> None:
    """No value, no answer."""
    assert say(text, product) is None


def test_colours_that_share_a_word_are_not_told_as_one_of_them() -> None:
    """Two blues are counted together under the viewer's own word."""
    blues = Product(
        "p", 1, Text("裙"),
        skus=(Sku("a", colour=Text("雾蓝色"), stock=2), Sku("b", colour=Text("藏蓝色"), stock=3),
        Sku("c", colour=Text("红色"), stock=1)),
    )  # fmt: skip
    said = say("蓝色还有吗", "p", Catalogue(1, (blues,)))
    assert said is not None
    assert said.text == "蓝色还有5件"


def test_an_unknown_price_or_stock_is_never_stated() -> None:
    """One SKU without a price silences the price of all."""
    product = Product("p", 1, Text("包"), skus=(Sku("a", price=Money(100), stock=None), Sku("b")))
    shop = Catalogue(1, (product,))
    assert say("多少钱", "p", shop) is None
    assert say("还有吗", "p", shop) is None


QUESTIONS = (
    "多少钱", "原价多少", "有优惠吗", "还有货吗", "M码还有吗", "有什么码", "什么颜色", "什么时候发货", "能退吗",
    "什么材质", "怎么用", "保质期多久", "怎么洗",
    "哪里产的", "有质保吗", "怎么下单", "黑色M多少钱", "how much", "any left", "what sizes", "when does it ship",
    "150g多少钱", "净含量多少",
)  # fmt: skip


@given(st.sampled_from(QUESTIONS), st.sampled_from([p.id for p in demo_goods().products]))
def test_nothing_is_stale_in_an_unchanged_catalogue_and_every_number_is_bound(question: str, product: str) -> None:
    """An answer's facts print the same again, and hold every number of its words."""
    shop = demo_goods()
    reading = Reader(shop)(question)
    said = answer(reading, shop.by_id[product], shop)
    if said is not None:
        names = f"{shop.by_id[product].name.zh} {' '.join(shop.by_id[product].sizes)} {reading.size}"
        assert said.facts
        assert stale(said.facts, shop) == ()
        assert guard.unbound(said.text, said.facts, names) == []


@given(st.integers(1, 10**7), st.integers(0, 100))
def test_a_changed_price_or_stock_makes_an_answer_stale(price: int, left: int) -> None:
    """Exactly when what the catalogue prints has changed."""
    before, now = goods(), goods(price, left, 2)
    for question, field in (("多少钱", "price"), ("M码还有吗", "stock")):
        said = say(question, "shirt", before)
        assert said is not None
        changed = value_of(before, "shirt", field, "m") != value_of(now, "shirt", field, "m")
        assert bool(stale(said.facts, now)) == changed


def test_a_product_that_is_gone_makes_its_answers_stale() -> None:
    """So does one that is not listed any more."""
    said = say("多少钱")
    assert said is not None
    assert stale(said.facts, Catalogue(2)) == said.facts


def test_an_answered_question_is_answered_with_the_merchants_words() -> None:
    """Other words for a question of the FAQ get its answer; the opposite question does not."""
    shop = goods()
    said = from_faq("会不会缩水呀", shop.by_id["shirt"], shop)
    assert said is not None
    assert (said.text, said.facts[0].field) == ("首次水洗缩水率约2%", "faq:会缩水吗")
    assert from_faq("会起球吗", shop.by_id["shirt"], shop) is None
    assert from_faq("不会缩水吧", shop.by_id["shirt"], shop) is None
    assert from_faq("", shop.by_id["shirt"], shop) is None


def test_money_is_printed_as_people_of_the_language_write_it() -> None:
    """Cents only where there are some."""
    assert [amount(m) for m in (12900, 12950, 5)] == ["129", "129.50", "0.05"]
    assert [money(Money(12900), "zh"), money(Money(12900), "en"), money(Money(3990, "USD"), "zh")] == [
        "129元",
        "¥129",
        "$39.90",
    ]
    assert join(["a。", "b"], "zh") == "a，b"
    assert join(["a.", "b"], "en") == "a; b"
