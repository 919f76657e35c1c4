"""Cleaning, folding, negation and clauses."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.decide.words import MAX_CHARS, atoms, clauses, clean, content, fold, lang_of, negated


@given(st.text(alphabet=st.characters(codec=None), max_size=200))
def test_a_cleaned_line_holds_nothing_unseen(text: str) -> None:
    """No control, format or surrogate characters, no line breaks, never longer than allowed."""
    line = clean(text)
    assert not [c for c in line if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp")]
    assert line == line.strip()
    assert len(line) <= MAX_CHARS


@given(st.text(max_size=200))
def test_folding_twice_is_folding_once(text: str) -> None:
    """The comparison form of a comparison form is itself."""
    once = fold(clean(text))
    assert fold(once) == once


@pytest.mark.parametrize(
    ("typed", "seen"),
    [
        ("多\u200b少\u200d钱", "多少钱"),
        ("\u202e多少钱\u202c", "多少钱"),
        ("\x07多少钱\x1b[31m\x00", "多少钱"),
        ("ｈｏｗ　ｍｕｃｈ", "how much"),
        ("a\nb\tc", "a b c"),
        ("￥１２９", "¥129"),
    ],
)
def test_disguises_come_off(typed: str, seen: str) -> None:
    """Zero-width characters vanish, controls part words, full-width letters become plain."""
    assert clean(typed) == seen


@pytest.mark.parametrize(
    ("text", "no"),
    [
        ("不可机洗", True), ("可机洗", False), ("能不能机洗", False), ("没问题", False), ("不过敏", True),
        ("特别透气", False),
        ("不用担心", False), ("不用熨烫", True), ("非常软", False), ("差不多", False), ("免熨", True),
        ("未来款", False), ("别机洗", True),
        ("do not machine wash", True), ("it doesn’t shrink", True), ("caffeine-free", True), ("no problem", False),
        ("free of alcohol", True),
        ("不错", False), ("质量没得说", True), ("never fades", True), ("known brand", False),
    ],
)  # fmt: skip
def test_a_no_is_told_from_what_only_looks_like_one(text: str, no: bool) -> None:
    """A-not-A questions, reassurance and words that hold 不 or 别 are no negation."""
    assert negated(text) is no


def test_clauses_end_at_marks_and_at_but() -> None:
    """A comma ends a clause, a decimal point does not, 不过 does only when it means "but"."""
    assert clauses("可以，不过要手洗") == ["可以", "要手洗"]
    assert clauses("裙长不过膝，不过敏") == ["裙长不过膝", "不过敏"]
    assert clauses("It is 1.5 m long. Soft, but thin") == ["It is 1.5 m long", "Soft", "thin"]


def test_content_and_atoms_leave_out_what_carries_no_topic() -> None:
    """Two wordings of one question have the same content; different topics have not."""
    assert content("请问这款会起球吗") == content("起不起球呀")
    assert content("显胖吗") != content("显瘦吗")
    assert atoms("可以的") == frozenset()
    assert atoms("is it machine washable") == atoms("machine wash it")


def test_language_is_told_by_the_script() -> None:
    """Any Chinese character makes a line Chinese."""
    assert (lang_of("这个how much"), lang_of("how much")) == ("zh", "en")
