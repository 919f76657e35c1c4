"""The model of senses and the contrasts that keep its mergers honest."""

from importlib.resources import files

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.decide.contrasts import conflict, members
from bot.decide.senses import BUCKETS, FILE, alike, pieces, sense, shipped


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300))
def test_any_text_has_a_sense(text: str) -> None:
    """Buckets in range, probabilities that sum to at most one, and full likeness at most to itself."""
    assert all(0 <= p < BUCKETS for p in pieces(text))
    found = sense(text)
    assert 0 < sum(found.values()) <= 1.0001
    assert 0 <= alike(found, found) <= 1.0001


def test_what_ships_is_small_and_whole() -> None:
    """Under 5 MB; a centre of length one for each name."""
    model = shipped()
    assert files("bot.decide").joinpath(FILE).stat().st_size < 5_000_000  # type: ignore[attr-defined]
    assert model.table.shape[0] == BUCKETS and model.centres.shape == (len(model.names), model.table.shape[1])
    assert abs((model.centres**2).sum(axis=1) - 1).max() < 1e-3


@pytest.mark.parametrize(
    ("one", "other", "name"),
    [
        ("领口会松吗", "袖口会松吗", "part"), ("能退吗", "洗过能退吗", "washed!"),
        ("机洗会缩吗", "烘干会缩吗", "care!"), ("新疆发货吗", "西藏发货吗", "place"),
        ("ok for men", "ok for women", "who"), ("几天到货", "几天发货", "delivery"),
        ("枕套多大", "被套多大", "bedding"),
        ("will it shrink", "will it fade", "effect"),
    ],
)  # fmt: skip
def test_contrasts_are_seen(one: str, other: str, name: str) -> None:
    """The set in which two questions differ is named, in either order."""
    assert conflict(members(one), members(other)) == conflict(members(other), members(one)) == name


@pytest.mark.parametrize(
    ("one", "other"),
    [("会缩水吗", "洗完会小一圈吗"), ("透不透", "会透吗"), ("夏天穿热吗", "夏天穿闷热吗"), ("多少钱", "价格")]
)  # fmt: skip
def test_what_only_one_text_says_is_no_contrast(one: str, other: str) -> None:
    """Unless the set is strict, a text may say more than the other."""
    found = conflict(members(one), members(other))
    assert not found or found.endswith("!"), found
