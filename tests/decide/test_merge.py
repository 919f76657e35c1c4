"""Which comments are one question: rather two answers than a wrong one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.decide.merge import asked
from bot.decide.merge import same as one_question
from bot.decide.triage import Reader
from tests.fakes import goods

SHOP = goods()
READ = Reader(SHOP)
SHIRT = SHOP.by_id["shirt"]


def same(one: str, other: str) -> bool:
    """Are two comments about the shirt one question?"""
    return one_question(asked(READ(one), SHIRT), asked(READ(other), SHIRT))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("多少钱", "啥价啊"), ("M码还有吗", "有M码吗"), ("M的还有没有", "还有m码不"), ("什么时候发货", "几天能发"),
        ("会起球吗", "起不起球呀"), ("how much is it", "price pls"),
        ("do you have it in black", "is the black one sold out?"), ("夏天穿热吗", "夏天穿会热吗"),
        ("会皱吗", "坐久了全是褶子吧"), ("会皱吗", "不会皱吧"), ("会掉色吗", "第一次洗会不会褪色"),
        ("会起球吗", "穿久了会不会起毛球"),
        ("孕妇能用吗", "怀孕了可以涂吗"), ("does it shrink", "it won't shrink right"),
    ],
)  # fmt: skip
def test_one_answer_serves_both(one: str, other: str) -> None:
    """Other words for the same question are one question."""
    assert same(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("M码还有吗", "L码还有吗"), ("白色还有吗", "黑色还有吗"), ("多少钱", "原价多少"), ("显胖吗", "显瘦吗"),
        ("会起球吗", "会掉色吗"), ("多少钱", "how much"),
        ("男生能穿吗", "女生能穿吗"), ("5岁能穿吗", "8岁能穿吗"), ("冬天能穿吗", "夏天能穿吗"), ("厚吗", "薄吗"),
        ("小雨能穿吗", "大雨能穿吗"), ("多少钱", "多少钱 包邮吗"),
        ("has it pockets", "has it no pockets"), ("油皮能用吗", "干皮能用吗"), ("有M码吗", "有什么码"),
        ("200以内推荐", "300以内推荐"), ("能机洗吗", "能烘干吗"), ("买2件多少钱", "买5件多少钱"),
        ("洗过能退吗", "没洗能退吗"),
        ("黑XL还有不", "白XL还有不"), ("160 105斤穿什么码", "160 125斤穿什么码"), ("开封前放多久", "开封后放多久"),
        ("领口会松吗", "袖口会松吗"), ("穿内搭会透吗", "不穿内搭会透吗"), ("能退吗", "洗过能退吗"),
        ("几天到货", "几天发货"),
        ("my boy is 9 years ok?", "my baby is 9 months ok?"), ("any alcohol in it", "do you have an alcohol free one"),
        ("can i return it with the tag on", "can i return it with no tag on"),
    ],
)  # fmt: skip
def test_one_answer_does_not_serve_both(one: str, other: str) -> None:
    """Another size, colour, sign, number, language or person is another question."""
    assert not same(one, other)


def test_the_same_words_about_another_product_are_another_question() -> None:
    """Price of the shirt is not price of the bag."""
    assert not one_question(asked(READ("多少钱"), SHIRT), asked(READ("多少钱"), SHOP.by_id["tote"]))


@given(st.text(max_size=60))
def test_any_text_has_a_key(text: str) -> None:
    """No text raises, and a text is one question with itself."""
    assert one_question(asked(READ(text), None), asked(READ(text), None))
