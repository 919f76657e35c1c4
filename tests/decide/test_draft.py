"""Where the words of a question come from: facts, else the model on a grounded card, else the host."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.decide.draft import AskModel, ToHost, Words, draft
from bot.decide.facts import stale
from bot.decide.triage import Reader, resolve
from bot.domain.catalog import Catalogue
from bot.domain.viewers import ViewerContext
from tests.decide.shelf import demo_goods
from tests.fakes import goods


def drafted(text: str, shop: Catalogue, screen: str) -> Words | AskModel | ToHost:
    """Draft a comment about the product on screen."""
    reading = Reader(shop)(text)
    product, how = resolve(reading, shop, screen, "")
    return draft(text, reading, product, how, shop, ViewerContext())


@pytest.mark.parametrize(
    ("text", "screen", "expected"),
    [
        ("多少钱", "shirt", "现价129元"), ("会缩水吗", "shirt", "首次水洗缩水率约2%"),
        ("有38码吗", "shirt", "没有38码，现有白色M、黑色XL"),
        ("9号多少钱", "shirt", "unknown_number"), ("多少钱", "", "no_product"), ("孕妇能穿吗", "shirt", "not_on_card"),
        ("有质保吗", "shirt", "not_in_catalogue"),
        ("有没有50以内的裙子推荐", "shirt", "nothing_fits"), ("衬衫和帆布包哪个好", "shirt", "ambiguous_name"),
    ],
)  # fmt: skip
def test_facts_answer_and_the_rest_goes_to_the_host_with_a_reason(text: str, screen: str, expected: str) -> None:
    """Words of the catalogue, or a stable code."""
    found = drafted(text, goods(), screen)
    assert not isinstance(found, AskModel)
    assert (found.body if isinstance(found, Words) else found.reason) == expected


def test_the_model_is_asked_only_what_the_card_speaks_of() -> None:
    """The viewer's words go into the changing part of the prompt, the card does not hold them."""
    found = drafted("夏天穿热不热", goods(), "shirt")
    assert isinstance(found, AskModel)
    assert "夏天穿热" in found.suffix
    assert "夏天穿热" not in found.prefix


def test_without_a_catalogue_everything_is_the_hosts() -> None:
    """No goods, no words."""
    assert drafted("多少钱", Catalogue(), "") == ToHost("no_catalogue")


@settings(max_examples=200, deadline=None)
@given(
    st.text(max_size=60),
    st.sampled_from(["", "多少钱", "还有吗", "推荐", "能机洗吗", "how much "]),
    st.sampled_from(["", "D101", "N111"]),
)
def test_any_text_can_be_drafted_and_what_is_said_is_bound(text: str, more: str, screen: str) -> None:
    """No text raises, and words always rest on facts of the version in force."""
    shop = demo_goods()
    found = drafted(text + more, shop, screen)
    if isinstance(found, Words):
        assert found.facts
        assert stale(found.facts, shop) == ()
