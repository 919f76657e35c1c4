"""The kit passes our adapters, and each of its checks kills something."""

import sys

import pytest

from adapters.generic import dial, listen
from bot.cli.kit import check
from bot.domain.errors import SettingsError
from bot.kit.checks import CHECKS, run
from tests.adapters.fake_generic import Dialled, Dialling
from tests.kit.mutants import MUTANTS, broken

SHIPPED = {"ws": (dial, Dialled), "listen": (listen, Dialling)}


@pytest.mark.parametrize("name", CHECKS)
@pytest.mark.parametrize("scheme", SHIPPED)
async def test_shipped_adapters_pass(scheme: str, name: str) -> None:
    """Every check, or it is said why there is nothing to check."""
    checked = await run(*SHIPPED[scheme], name)
    assert checked.outcome != "failed", checked.why
    assert checked.outcome == "ok" or (scheme, name) == ("listen", "credentials")


@pytest.mark.parametrize("name", MUTANTS)
async def test_mutants_are_killed(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the check that is there for it, with a reason."""
    monkeypatch.setattr("bot.kit.bench.WITHIN", 1.5)
    mutant, by = MUTANTS[name]
    checked = await run(broken(dial, mutant), Dialled, by)
    assert (checked.outcome, bool(checked.why)) == ("failed", True), f"{name} lives"


def test_each_check_kills_something() -> None:
    """A check that kills nothing is none."""
    assert {by for _, by in MUTANTS.values()} == set(CHECKS)


def test_the_command_tells_by_exit_code_and_table(capsys: pytest.CaptureFixture[str]) -> None:
    """0 when all is well; the path of the author's package is this folder."""
    path = list(sys.path)
    assert check("adapters.generic:dial", "tests.adapters.fake_generic:Dialled", ["order", "lines"]) == 0
    assert "2 ok, 0 failed" in capsys.readouterr().out
    assert sys.path == path


@pytest.mark.parametrize(
    ("adapter", "only", "why"),
    [
        ("nowhere:x", [], "nowhere"),
        ("adapters.generic:nothing", [], "nothing"),
        ("adapters.generic:dial", ["x"], "order"),
    ],
)
def test_what_is_not_there_is_named(adapter: str, only: list[str], why: str) -> None:
    """With the fix."""
    with pytest.raises(SettingsError, match=why):
        check(adapter, "tests.adapters.fake_generic:Dialled", only)
