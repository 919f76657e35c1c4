"""The rule table: refused with line, rule and field when it is wrong, and the one in force stays."""

import asyncio
from pathlib import Path

import pytest

from bot.backends.rules_file import RulesFile, load_rules
from bot.decide.adlaw import AdLaw
from bot.domain.errors import RulesError
from bot.domain.law import LawTable

GOOD = """version = "7"
[variants]
"最" = ["蕞"]

[[rule]]
id = "best"
law = "广告法 第九条第三项"
lang = "zh"
words = ["最好"]
unless = ["最好手洗"]
why_zh = "绝对化用语"
why_en = "An absolute claim"
must = ["蕞好"]
must_not = ["最好手洗"]
"""


def test_the_table_that_comes_with_zhubo_keeps_its_own_promises() -> None:
    """Every must is caught, every must_not passes (or loading would fail), in both languages and with reasons."""
    table = load_rules()
    assert len(table.rules) >= 60
    assert {r.lang for r in table.rules} == {"zh", "en"}
    assert all(r.why.zh and r.why.en and r.law for r in table.rules)
    law = AdLaw(table)
    for rule in table.rules:
        for words in filter(None, (rule.rewrite.zh, rule.rewrite.en)):
            assert law.hits(words, likeness=False) == (), rule.id


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('must = ["蕞好"]', 'must = ["很好"]', "line 6, rule best, must: '很好' is not caught"),
        ('must_not = ["最好手洗"]', 'must_not = ["最好"]', "must_not: '最好' is caught by best"),
        ('lang = "zh"', 'lang = "fr"', "line 5, rule 1, lang"), ('law = "广告法 第九条第三项"\n', "", "law"),
        ('words = ["最好"]', "words = []", "words: none"), ('words = ["最好"]', 'pattern = "("', "rule best, pattern"),
        ('version = "7"', "version = ", "line 1"), ('words = ["最好"]', 'word = ["最好"]', "word"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_by_line_rule_and_field(tmp_path: Path, old: str, new: str, told: str) -> None:
    """With the fix."""
    path = tmp_path / "rules.toml"
    path.write_text(GOOD.replace(old, new), encoding="utf-8")
    with pytest.raises(RulesError) as caught:
        load_rules(path)
    assert told in str(caught.value)
    assert "Fix" in str(caught.value)


def test_a_file_that_is_none_is_told(tmp_path: Path) -> None:
    """Missing, or no text."""
    (tmp_path / "binary.toml").write_bytes(b"\xff\xfe\x00")
    for name in ("no.toml", "binary.toml"):
        with pytest.raises(RulesError, match="Fix"):
            load_rules(tmp_path / name)


async def test_a_save_is_the_next_table_and_a_broken_one_is_only_told(tmp_path: Path) -> None:
    """Each change is yielded once: a table, or why it cannot be used."""
    path = tmp_path / "rules.toml"
    path.write_text(GOOD, encoding="utf-8")
    file = RulesFile(path)
    assert file.load().version == "7"
    changes = file.changes(poll=0.01)
    seen: list[object] = []
    for text in (GOOD.replace('"7"', '"eight"'), "nonsense", GOOD.replace('"7"', '"9"')):
        path.write_text(text, encoding="utf-8")
        async with asyncio.timeout(3):
            seen.append(await anext(changes))
    assert [type(s) for s in seen] == [LawTable, RulesError, LawTable]
