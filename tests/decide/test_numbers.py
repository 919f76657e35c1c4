"""Numbers in every notation: what the guard cannot read it cannot hold back."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.decide.numbers import read

HAN = "零一二三四五六七八九"
TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
ONES = [
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
]


def han(n: int) -> str:
    """A number below a hundred million in Chinese, as textbooks write it."""
    if n >= 10**5:
        rest = n % 10**4
        return han(n // 10**4) + "万" + ("零" if 0 < rest < 1000 else "") + (han(rest) if rest else "")
    out, zero = "", False
    for value, unit in ((10000, "万"), (1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, n = divmod(n, value)
        if digit:
            out += ("零" if zero and out else "") + HAN[digit] + unit
            zero = False
        else:
            zero = bool(out)
    return out


def english(n: int) -> str:
    """A number from 2 to 999 in English."""
    hundreds, rest = divmod(n, 100)
    words = [f"{ONES[hundreds]} hundred"] if hundreds else []
    if rest >= 20:
        words.append(TENS[rest // 10 - 2] + (f"-{ONES[rest % 10]}" if rest % 10 else ""))
    elif rest:
        words.append(ONES[rest])
    return " and ".join(words)


def only(text: str) -> tuple[Decimal, str]:
    """The value and unit of a text that holds one number."""
    (number,) = read(text)
    return number.value, number.unit


@given(st.integers(0, 10**7), st.sampled_from(["元", "块钱", "块", " yuan"]))
def test_figures_come_back_as_they_were_written(n: int, unit: str) -> None:
    """Plain and with thousands commas, before a unit of money and behind a sign."""
    for text in (f"{n}{unit}", f"¥{n}", f"${n:,}", f"现价{n}{unit}哦"):
        assert only(text) == (Decimal(n), "money")


@given(st.integers(1, 99_999_999))
def test_chinese_numerals_come_back_as_they_were_written(n: int) -> None:
    """一百二十九 is 129, with or without a unit of money."""
    assert only(f"{han(n)}元") == (Decimal(n), "money")
    assert only(f"{han(n)}分钟") == (Decimal(n), "min")
    if n >= 11:
        assert only(han(n))[0] == n


@given(st.integers(2, 99) | st.integers(200, 999))
def test_english_numerals_come_back_as_they_were_written(n: int) -> None:
    """Ninety-nine is 99."""
    assert only(f"only {english(n)} dollars") == (Decimal(n), "money")


@given(st.integers(1, 999), st.integers(1, 9))
def test_ten_fens_after_kuai_are_tenths(n: int, jiao: int) -> None:
    """129块9 is 129.90."""
    assert only(f"{n}块{jiao}") == (Decimal(n) + Decimal(jiao) / 10, "money")


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("一百二", "120", ""), ("一千零五", "1005", ""), ("1百二", "120", ""), ("两万三", "23000", ""),
        ("三折", "3", "off"), ("20% off", "20", "off"),
        ("5毛", "0.5", "money"), ("8块5毛", "8.5", "money"), ("一百二十九块九", "129.9", "money"), ("玖拾玖", "99", ""),
        ("99%", "99", "%"),
        ("48小时", "48", "h"), ("48 hours", "48", "h"), ("七天", "7", "day"), ("7-day", "7", "day"),
        ("13寸", "13", "inch"), ("13-inch", "13", "inch"),
        ("1.5米", "1.5", "m"), ("30℃", "30", "deg"), ("3号", "3", "号"), ("a hundred", "100", ""),
        ("two dozen", "24", ""), ("九十九点五", "99.5", ""),
    ],
)  # fmt: skip
def test_values_and_units(text: str, value: str, unit: str) -> None:
    """Both languages name the same unit."""
    assert only(text) == (Decimal(value), unit)


def test_a_range_lends_its_unit_to_its_start() -> None:
    """50-55kg is two weights."""
    assert [(n.value, n.unit) for n in read("50-55kg选M")] == [(50, "kg"), (55, "kg")]


@pytest.mark.parametrize("text", ["一定好看", "百搭", "一般", "第一次来", "万一", "双十一", "一点点", "九", "两侧都有"])
def test_numerals_inside_words_are_no_numbers(text: str) -> None:
    """一定 holds no one, 百搭 no hundred."""
    assert read(text) == []


@given(st.text(max_size=120))
def test_any_text_can_be_read(text: str) -> None:
    """No text raises, and every number is found where it stands."""
    for number in read(text):
        assert number.raw in text
