"""The posted line: what is left out when it is too long, and what never is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.decide.compose import line, trimmed
from bot.domain.turns import Suggestion
from tests.fakes import goods

SHIRT = goods().products[0]
OTHER = Suggestion("tote", "companion", "可以看看2号帆布包，现价89元")


@pytest.mark.parametrize(
    ("limit", "text"),
    [
        (100, "【3人问】1号亚麻衬衫：现价129元，原价199元；可以看看2号帆布包，现价89元"),
        (30, "【3人问】1号亚麻衬衫：现价129元，原价199元"), (24, "1号亚麻衬衫：现价129元，原价199元"),
        (18, "1号：现价129元，原价199元"), (13, "1号：现价129元"), (9, "1号：现价129元"), (8, ""),
    ],
)  # fmt: skip
def test_what_does_not_fit_goes_in_order(limit: int, text: str) -> None:
    """Suggestion, asker count, name beside the number, last clauses; then nothing is said at all."""
    assert line(["现价129元，原价199元"], SHIRT, "zh", 3, OTHER, limit)[0] == text


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("包邮，新疆除外", 5), ("付款后发货，不支持加急", 6), ("包邮（新疆，西藏，内蒙古加10元）", 8),
        ("现货，付款后48小时内从杭州发出", 6),
        ("Yes, it is a thin single layer, in winter only good under a coat", 40), ("free shipping, except Tibet", 20),
    ],
)  # fmt: skip
def test_a_restriction_is_never_cut_off(text: str, limit: int) -> None:
    """A promise without its condition is another promise; a stub of a sentence is none."""
    assert trimmed(text, limit) == ""


def test_the_suggestion_is_told_only_where_it_stands_in_the_line() -> None:
    """Who reads the Turn knows whether the product was really named."""
    assert line(["现价129元"], SHIRT, "zh", 1, OTHER, 60)[1] == OTHER
    assert line(["现价129元"], SHIRT, "zh", 1, OTHER, 20)[1] is None


@given(st.text(alphabet="现价129元，；。,. 不只abc()（）", max_size=60), st.integers(0, 60))
def test_what_is_trimmed_fits_and_begins_alike(text: str, limit: int) -> None:
    """Words are left out at the end, never changed."""
    kept = trimmed(text, limit)
    assert len(kept) <= limit
    assert text.startswith(kept)
