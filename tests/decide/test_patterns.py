"""Fast alternatives find what the plain pattern finds."""

import re

from hypothesis import given
from hypothesis import strategies as st

from bot.decide.cues import STRONG, WEAK
from bot.decide.patterns import opened, split, tried

ENGLISH = [
    *(
        "how",
        "much",
        "is",
        "the",
        "price",
        "of",
        "it",
        "ship",
        "when",
        "size",
        "what",
        "return",
        "made",
        "color",
        "link",
    ),
    *("a", "7"),
]
CUES = [*STRONG.values(), *WEAK.values()]


@given(st.sampled_from(CUES), st.text(alphabet="什么啥几多少钱优惠有没发货退换码穿颜色链接吗 0?斤到天", max_size=12))
def test_a_rewritten_chinese_table_matches_the_same_lines(cue_: object, line: str) -> None:
    """Opening brackets and grouping by first letter change no answer."""
    cue = next(c for c in CUES if c is cue_)
    assert bool(cue.zh.search(line)) == bool(re.search(cue.zh_table, line))


@given(
    st.sampled_from(CUES),
    st.lists(
        st.sampled_from(tuple(ENGLISH)),
        max_size=6,
    ).map(" ".join),
)
def test_a_rewritten_english_table_matches_the_same_lines(cue_: object, line: str) -> None:
    """The start of a word is looked for before the first letter, as the plain pattern would."""
    cue = next(c for c in CUES if c is cue_)
    assert bool(cue.en.search(line)) == bool(re.search(rf"(?<![a-z])(?:{cue.en_table})", line))


def test_alternatives_are_opened_to_their_first_letters() -> None:
    """[ab]c and (?:a|b)c become ac and bc, a?b becomes ab and b; what cannot be opened stays."""
    assert split("a|(?:b|c)|[|]d") == ["a", "(?:b|c)", "[|]d"]
    assert opened("[ab]c") == opened("(?:a|b)c") == ["ac", "bc"]
    assert opened("a?b") == ["ab", "b"]
    assert opened("(?:a|b)?c") == ["ac", "bc", "c"]
    assert opened(r"\d斤") == [r"\d斤"]
    assert re.fullmatch(tried(["[ab]c", "ad", r"\dx"]), "7x")
