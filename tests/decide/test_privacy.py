"""Identity stops at intake: what masks hide, and what they leave."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.decide.privacy import mask, pseudonym
from bot.decide.words import clean

KEY = b"k" * 32
PIECES = (
    "加",
    "+",
    "微信",
    "vx",
    "v",
    " ",
    ":",
    "abc12345",
    "13812345678",
    "@小明",
    "http://x.cn/a",
    "a@b.cn",
    "扣",
    "1",
    "11111111111",
    "2026-11-23",
    "多少钱",
    "[",
)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("打我电话13812345678", "打我电话[contact]"),
        ("138 1234 5678", "[contact]"),
        ("+86 13812345678", "[contact]"),
        ("11010519491231002X", "[contact]"),
        ("邮箱a.b@mail.example", "邮箱[contact]"),
        ("加微信abc_12345领券", "加微信[contact]领券"),
        ("vx: abc12345", "vx: [contact]"),
        ("加v abc12345", "加v [contact]"),
        ("加q 12345678", "加q [contact]"),
        ("wechat abcdef1", "wechat [contact]"),
        ("看 https://x.example/a?b=1 这里", "看 [link] 这里"),
        ("@小明 你好", "[user] 你好"),
        ("卡号6222 0212 3456 7890 123", "卡号[contact]"),
        ("6222021234567890123", "[contact]"),
        ("幺三八零零一三八零零零", "[contact]"),
        ("地址：文三路100号5幢301室，谢谢", "地址：[contact]，谢谢"),
        ("我在幸福小区3栋2单元501", "[contact]"),
        ("3栋501室", "[contact]"),
        ("ship it to 221 baker street please", "ship it to [contact] please"),
    ],
)
def test_contacts_links_and_mentions_are_masked(text: str, masked: str) -> None:
    """Numbers, addresses and accounts go, the words around them stay."""
    assert mask(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "扣1111111111111",
        "12 号链接多少钱",
        "地铁3号线",
        "13号 14号 15号都要",
        "size 38 in blue street wear",
        "买2单元",
        "一二三四五上链接",
        "158 96斤穿什么码",
        "2026-11-23到货",
        "129.00元",
        "加购了",
        "微信支付可以吗",
        "有3号链接吗",
        "加微胖码",
    ],
)
def test_what_is_no_contact_stays(text: str) -> None:
    """Waves of 1, sizes, dates, prices and the names of payment apps are left alone."""
    assert mask(text) == text


@given(st.one_of(st.text(max_size=60), st.lists(st.sampled_from(PIECES), max_size=8).map("".join)))
def test_masking_twice_is_masking_once(text: str) -> None:
    """A mask holds nothing to mask."""
    once = mask(clean(text))
    assert mask(once) == once


@given(
    st.from_regex(r"1[3-9]\d{9}", fullmatch=True), st.sampled_from(["{}", "电话{}", "call {} now", "{}\u3002", "a{}b"])
)
def test_no_mobile_number_survives(number: str, frame: str) -> None:
    """Whatever stands around it, unless all its digits after the first few are one and the same."""
    if len(set(number[1:])) > 2:
        assert number not in mask(frame.format(number))


def test_a_pseudonym_is_stable_and_tells_nothing() -> None:
    """The same person in the same scope has one name; other keys, scopes and ids give others."""
    name = pseudonym(KEY, "shop", "u1")
    assert name == pseudonym(KEY, "shop", "u1")
    assert (
        len({name, pseudonym(KEY, "shop", "u2"), pseudonym(KEY, "room", "u1"), pseudonym(b"x" * 32, "shop", "u1")}) == 4
    )
    assert "u1" not in name
    assert len(name) == 17
