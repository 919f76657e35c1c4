"""Scripts as files: each form holds every sentence, JSON comes back the same, and what cannot be is said."""

from pathlib import Path

import docx
import pytest

from bot.backends.rules_file import load_rules
from bot.backends.script_file import load, save
from bot.decide.adlaw import AdLaw
from bot.decide.script.plan import plan
from bot.decide.script.write import write
from bot.domain.errors import ScriptError
from bot.domain.script import Brief, Script
from tests.fakes import goods


def script() -> Script:
    """Two minutes on the shirt."""
    brief = Brief(seconds=120.0, products=("shirt",))
    return write("衬衫", goods(), brief, plan(goods(), brief), AdLaw(load_rules()))


def test_every_form_holds_every_sentence_and_json_comes_back(tmp_path: Path) -> None:
    """Markdown, Word and JSON as written, the teleprompter's with numbers as they are read."""
    made = script()
    texts = [s.text for section in made.sections for s in section.sentences]
    for name in ("s.md", "s.docx", "s.json", "s.txt"):
        save(made, goods(), tmp_path / "new" / name)
    assert load(tmp_path / "new" / "s.json") == made
    markdown = (tmp_path / "new" / "s.md").read_text(encoding="utf-8")
    word = "\n".join(p.text for p in docx.Document(str(tmp_path / "new" / "s.docx")).paragraphs)
    assert not [t for t in texts if t not in markdown or t not in word]
    assert "依据: 价格" in word
    assert "一百二十九元" in (tmp_path / "new" / "s.txt").read_text(encoding="utf-8")


def test_what_cannot_be_saved_or_read_is_said_with_the_fix(tmp_path: Path) -> None:
    """Another form, a place that is none, a file that is not there or no script."""
    (tmp_path / "file").write_text("{}", encoding="utf-8")
    for path in (tmp_path / "s.pdf", tmp_path / "file" / "s.md"):
        with pytest.raises(ScriptError, match="Fix"):
            save(script(), goods(), path)
    for path in (tmp_path / "none.json", tmp_path / "file"):
        with pytest.raises(ScriptError, match="Fix"):
            load(path)
