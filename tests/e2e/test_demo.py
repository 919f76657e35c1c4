"""The demo as a newcomer runs it, headless, with a small model made on the spot; and its journal, replayed."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from bot.backends.journal import read
from bot.cli.replay import replay
from bot.domain.turns import Turn

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """The output of a short demo, and its journal."""
    from tests.tiny import save

    folder = tmp_path_factory.mktemp("demo")
    tiny = save(folder / "tiny", positions=4096)
    command = [sys.executable, "-m", "bot", "demo", "--seconds", "14", "--headless", "--model", str(tiny)]
    run = subprocess.run(
        [*command, "--data", str(folder / "data")], cwd=ROOT, capture_output=True, text=True, timeout=150, check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr
    (journal,) = (folder / "data" / "demo" / "journal").glob("*.jsonl")
    return run.stdout, journal


def test_the_demo_ends_by_itself_with_a_table_whose_ledger_sums(played: tuple[str, Path]) -> None:
    """Exit code 0, every comment in the table, no wrong number, answers by facts, questions to the model."""
    printed, journal = played
    received = int(re.search(r"(\d+) comments received", printed)[1])  # type: ignore[index]
    total = int(re.search(r"sum\s+│\s+(\d+)", printed)[1])  # type: ignore[index]
    assert received == total > 100
    assert re.search(r"wrong numbers[^│]*│\s+0\s", printed)
    facts = int(re.search(r"catalogue facts[^│]*│\s+(\d+)", printed)[1])  # type: ignore[index]
    assert facts >= 5
    asked = [line for line in journal.read_text(encoding="utf-8").splitlines() if '"type":"drafted"' in line]
    assert asked, "no question reached the worker"


def test_a_recorded_journal_replays_twice_with_identical_turns(played: tuple[str, Path]) -> None:
    """The same inputs make the same decisions, as often as one likes."""
    _, journal = played
    recorded = sum(isinstance(line, Turn) for line in read(journal))
    for _ in range(2):
        found = replay(journal)
        assert found.differences == ()
        assert found.turns == found.made == recorded > 100


def test_the_command_line_says_so_too(played: tuple[str, Path]) -> None:
    """`zhubo replay` exits 0 when every Turn is the same, under any hash seed, and 1 when one differs."""
    _, journal = played
    command = [sys.executable, "-m", "bot", "replay", str(journal)]
    for seed in ("1", "2"):
        environment = {"PYTHONHASHSEED": seed, "PATH": "/usr/bin:/bin"}
        run = subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, env=environment, timeout=60, check=False
        )
        assert run.returncode == 0, run.stdout
        assert "every turn is the same" in run.stdout
    tampered = journal.with_suffix(".tampered.jsonl")
    tampered.write_text(
        journal.read_text(encoding="utf-8").replace('"reason":"chatter"', '"reason":"praise"', 1), encoding="utf-8"
    )
    run = subprocess.run(
        [*command[:-1], str(tampered)], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert run.returncode == 1
    assert "reason" in run.stdout
