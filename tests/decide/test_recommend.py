"""Suggestions: for sale, in budget, not suggested before, and resting on facts."""

import msgspec
import pytest

from bot.decide.budget import budget_of
from bot.decide.facts import Answer, stale
from bot.decide.recommend import beside, for_need
from bot.decide.triage import Reader
from bot.domain.catalog import Catalogue, Money, Product, Sku, Text
from bot.domain.viewers import ViewerContext
from tests.decide.shelf import demo_goods
from tests.fakes import goods

NOBODY = ViewerContext()


@pytest.mark.parametrize(
    ("text", "minor"),
    [
        ("100以内的包", 10000), ("预算两百", 20000), ("有没有三百块以下的", 30000), ("under $50", 5000),
        ("10岁孩子 200以内", 20000), ("随便推荐", None),
        ("3号多少钱", None), ("anything below 99.5", 9950), ("budget 80 for my mom", 8000), ("买2件 150元左右", 18000),
    ],
)  # fmt: skip
def test_the_budget_is_the_sum_next_to_the_limit(text: str, minor: int | None) -> None:
    """Ages, counts and link numbers are no budget."""
    assert budget_of(text)[1] == minor


@pytest.mark.parametrize(
    ("text", "product"),
    [
        ("有没有100以内的包推荐", "B107"),
        ("推荐个面霜", "F109"),
        ("有没有推荐的茶", "G110"),
        ("recommend a dress", "D101"),
        ("200以内的裤子推荐", "P104"),
        ("送礼推荐点零食", "N111"),
    ],
)
def test_a_need_is_met_by_what_is_asked_for(text: str, product: str) -> None:
    """The kind of thing asked for comes first."""
    shop = demo_goods()
    found = for_need(text, Reader(shop)(text), shop, NOBODY)
    assert found is not None
    assert found.product.id == product
    assert stale(found.answer.facts, shop) == ()


def test_nothing_is_suggested_that_does_not_fit() -> None:
    """Too dear, of another kind, suggested before, bought, sold out or not listed: rather nothing."""
    shop = goods()
    read = Reader(shop)
    text = "100以内的包推荐"
    assert for_need(text, read(text), shop, NOBODY) is not None
    for context in (ViewerContext(suggested=("tote",)), ViewerContext(bought=("tote",))):
        assert for_need(text, read(text), shop, context) is None
    assert for_need("50以内的包推荐", read("50以内的包推荐"), shop, NOBODY) is None
    assert for_need("推荐个面霜", read("推荐个面霜"), shop, NOBODY) is None
    shirt, tote = shop.products
    for changed in ({"listed": False}, {"skus": (Sku("one", price=Money(8900), stock=0),)}):
        gone = Catalogue(2, (shirt, msgspec.structs.replace(tote, **changed)))
        assert for_need(text, read(text), gone, NOBODY) is None


def test_the_cheapest_that_can_still_be_bought_must_fit_the_budget() -> None:
    """A sold-out small size does not bring a product into the budget."""
    bag = Product(
        "b", 1, Text("背包"), skus=(Sku("s", price=Money(9000), stock=0), Sku("l", price=Money(19000), stock=3))
    )
    shop = Catalogue(1, (bag,))
    assert for_need("100以内的包推荐", Reader(shop)("100以内的包推荐"), shop, NOBODY) is None


def test_beside_a_sold_out_answer_stands_another_of_its_kind() -> None:
    """A companion stands beside a question of what goes with it; beside anything else stands nothing."""
    shop = goods()
    shirt, tote = shop.products
    read = Reader(shop)
    gone = msgspec.structs.replace(shirt, skus=tuple(msgspec.structs.replace(s, stock=0) for s in shirt.skus))
    other = msgspec.structs.replace(shirt, id="other", number=3, name=Text("棉衬衫", "Cotton Shirt"))
    shelf = Catalogue(2, (gone, tote, other))
    beside_it = beside(Answer("已经售罄", (), sold_out=True), read("还有吗"), gone, shelf, NOBODY)
    assert beside_it is not None
    assert (beside_it.product, beside_it.reason, beside_it.text) == (
        "other",
        "sold_out",
        "可以看看3号棉衬衫，现价129元",
    )
    match = beside(Answer("x", ()), read("怎么搭配好看"), shirt, shop, NOBODY)
    assert match is not None
    assert (match.product, match.reason) == ("tote", "companion")
    assert beside(Answer("现价129元", ()), read("多少钱"), shirt, shop, NOBODY) is None
