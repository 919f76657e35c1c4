"""The kit passes our adapters, and each of its checks kills something."""

import asyncio
import sys

import pytest

from adapters.generic import dial
from bot.cli.kit import check
from bot.domain.errors import SettingsError
from bot.kit.checks import CHECKS, run
from tests.adapters.fake_generic import Dialled
from tests.kit.mutants import MUTANTS, broken
from tests.kit.shipped import SHIPPED

# What a platform has nothing to be checked with. Whatever else is left out is a hole in a fake.
_READ_ONLY = frozenset({"throttled", "lines", "own", "retracted"})
NOT_HERE = {
    "listen": {"credentials"}, "bilibili": _READ_ONLY, "douyin": _READ_ONLY, "kick": {"retracted"},
    "obs": {"order", "together", "once", "throttled", "own", "retracted", "limits"},
    "obalive": _READ_ONLY | {"credentials", "secrets"}, "ssn": {"throttled", "own", "retracted"},
    "streamerbot": {"throttled"},
}  # fmt: skip
# Faults that cannot happen: no history to mark; a push is no connection that an event could break, or that a large
# frame could end; OBS tells of nothing that it does not know.
_PUSHED = {"an unknown kind breaks the connection", "a large frame ends the show"}
HARMLESS = {"douyin": _PUSHED, "kick": _PUSHED, "obs": {"an unknown kind breaks the connection"}}
HISTORY = ("ws", "listen")
ALONE = frozenset({"secrets", "stop"})  # they look at the whole process: its log, its tasks


@pytest.mark.parametrize("name", CHECKS)
@pytest.mark.parametrize("scheme", SHIPPED)
async def test_shipped_adapters_pass(scheme: str, name: str) -> None:
    """Every check, or it is said why there is nothing to check."""
    checked = await run(*SHIPPED[scheme], name)
    assert checked.outcome == ("not here" if name in NOT_HERE.get(scheme, ()) else "ok"), checked.why


@pytest.mark.parametrize("name", MUTANTS)
async def test_mutants_are_killed(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the check that is there for it, with a reason."""
    monkeypatch.setattr("bot.kit.bench.WITHIN", 1.5)
    mutant, by = MUTANTS[name]
    checked = await run(broken(dial, mutant), Dialled, by)
    assert (checked.outcome, bool(checked.why)) == ("failed", True), f"{name} lives"


@pytest.mark.parametrize("scheme", [scheme for scheme in SHIPPED if scheme != "ws"])
async def test_mutants_of_every_adapter_are_killed(scheme: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the check has something to check: the fakes are as sharp as the first one."""
    monkeypatch.setattr("bot.kit.bench.WITHIN", 1.5)
    factory, harness = SHIPPED[scheme]
    gone = HARMLESS.get(scheme, set()) | (set() if scheme in HISTORY else {"history is not marked"})
    wanted = {name: m for name, m in MUTANTS.items() if m[1] not in NOT_HERE.get(scheme, ()) and name not in gone}
    crowd = [name for name, (_, by) in wanted.items() if by not in ALONE]
    found = dict(
        zip(
            crowd,
            await asyncio.gather(*(run(broken(factory, wanted[n][0]), harness, wanted[n][1]) for n in crowd)),
            strict=False,
        )
    )
    for name, (mutant, by) in wanted.items():
        if by in ALONE and (by != "secrets" or harness.token):
            found[name] = await run(broken(factory, mutant), harness, by)
    assert [name for name, checked in found.items() if checked.outcome != "failed"] == []


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
