"""Typing slips are put right, words of their own are left alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.decide.slips import repaired


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("神马材质", "什么材质"), ("肿么洗", "怎么洗"), ("有木有货", "有没有货"), ("多小钱", "多少钱"),
        ("几米啊", "多少钱啊"), ("啥时候发活", "啥时候发货"),
        ("包右吗", "包邮吗"), ("多 少 钱 啊", "多少钱啊"), ("hwo much", "how much"), ("prcie", "price"),
        ("avaliable", "available"),
        ("discout", "discount"), ("retrun it", "return it"), ("shiping", "shipping"), ("u ship", "you ship"),
        ("materail", "material"),
    ],
)  # fmt: skip
def test_slips_of_words_that_matter_are_put_right(typed: str, meant: str) -> None:
    """Homophones, slang, swapped and lost letters."""
    assert repaired(typed) == meant


@pytest.mark.parametrize(
    "text",
    ["going shopping", "skipping this", "does it lather", "the prince", "i lost my watch", "几米长", "多少米宽",
    "多小的孩子", "书包有黑色吗", "a lot of fabrics", "one match"],
)  # fmt: skip
def test_words_of_their_own_are_left_alone(text: str) -> None:
    """Shopping is no shipping, and 几米长 asks for a length."""
    assert repaired(text) == text


@given(st.text(max_size=60))
def test_repairing_is_total(text: str) -> None:
    """Any line can be repaired."""
    assert isinstance(repaired(text.lower()), str)
