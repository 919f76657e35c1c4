"""Every code that people's decisions leave behind is told in words, in both languages."""

from pathlib import Path
from typing import get_args

import pytest

from bot.decide import why
from bot.domain.desk import DOUBTS, MODES, Command
from bot.domain.turns import PATHS

WORDS = Path("bot/backends/dashboard/static/words.js").read_text(encoding="utf-8")
ENDS = ("stopped", "taken_over", "no_ruling", "rejected", "shadow", "host_said", "by_person")
REFUSALS = (
    "gone", "changed", "no_right", "no_room", "cannot_delete", "read_only", "stopped", "shadow", "no_product",
    "pending", "too_fast", "wrong_token", "no_record", "contact", "empty", "not_taken", "no_target", "no_script",
    "no_section", "locked",
)  # fmt: skip


@pytest.mark.parametrize("code", [*ENDS, *REFUSALS, *DOUBTS, "assist", *MODES])
def test_the_page_has_words_for_it(code: str) -> None:
    """A code that is not listed would be shown as it came."""
    assert f" {code}: [" in WORDS


def test_the_page_has_words_for_every_command() -> None:
    """In the list of rulings."""
    for command in get_args(Command):
        assert f" {command.__struct_config__.tag}: [" in WORDS


def test_the_command_line_has_words_for_it() -> None:
    """`zhubo why`."""
    assert set(PATHS) <= why._PATHS.keys()
    assert set(ENDS) - {"by_person"} <= why.REASONS.keys()
