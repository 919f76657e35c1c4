"""The harness with a bot in other processes, over real sockets."""

import asyncio
import json
import re
import socket
import sys
from pathlib import Path

import msgspec
import pytest
import urllib3
from rich.console import Console

from bot.backends.catalog_file import load_catalogue
from bot.cli.loadtest import Options, load_test, play
from bot.demo.play import GOODS
from bot.domain.errors import SettingsError, ZhuboError
from bot.loadtest.arrivals import poisson
from bot.loadtest.judge import Result, Span
from bot.loadtest.lines import scenes
from bot.loadtest.pictures import draw
from bot.loadtest.scenarios import ALL, Stage
from bot.loadtest.scrape import Scrape, scrape

ROOT = Path(__file__).parents[2]
SCENES = scenes(load_catalogue(GOODS, version=1).catalogue)


@pytest.mark.parametrize("name", ALL)
def test_a_scenario_is_the_same_again_and_in_order_of_time(name: str) -> None:
    """Its acts are a function of its arguments; other seeds give others."""
    stage = Stage(SCENES, 2, 40.0, 20.0, poisson)
    acts = list(ALL[name](stage))
    assert acts == list(ALL[name](stage))
    assert all(a.at <= b.at for a, b in zip(acts, acts[1:], strict=False))
    assert acts != list(ALL[name](msgspec.structs.replace(stage, seed=2)))
    assert {act.room for act in acts if act.do == "say"} == {0, 1}
    assert sum(bool(act.line and act.line.asks) for act in acts) > 50


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def start(*arguments: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", *arguments, cwd=ROOT, stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip


@pytest.mark.timeout(120)
async def test_a_bot_started_by_hand_is_tested_and_a_missed_limit_is_loud(tmp_path: Path) -> None:
    """Two processes that know nothing of each other but the address; exit code 1 and the limit by name."""
    ours, page = free_port(), free_port()
    test = await start(
        "loadtest", "repeats", "--attach", str(ours), "--metrics", f"http://127.0.0.1:{page}/metrics",
        "--seconds", "6", "--limit", "covered>=0.5", "--limit", "p50<=0.000001", "--out", str(tmp_path / "out"),
    )  # fmt: skip
    goods = tmp_path / "out" / "goods.csv"
    while not goods.exists():  # noqa: ASYNC110 - it is another process's
        await asyncio.sleep(0.05)
    bot = await start(
        "run", "--room", f"ws://127.0.0.1:{ours}/r0", "--catalogue", str(goods), "--data", str(tmp_path / "data"),
        "--page-port", str(page), "--mqtt-port", "0",
    )  # fmt: skip
    said = (await test.communicate())[0].decode()
    heard = (await bot.communicate())[0].decode()
    assert test.returncode == 1, said
    assert bot.returncode == 0, heard
    assert re.search(r"MISSED.*p50 is [\d.]+, asked for <= 1e-06", said), said
    assert said.count("MISSED") == 1, said
    (result,) = json.loads((tmp_path / "out" / "loadtest.json").read_bytes())
    assert result["comments"] > 40 and result["repeats"] > 3
    assert result["received"] == result["comments"] == sum(result["fates"].values())


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (Options(("nothing",)), "steady"), (Options(("faults",), seconds=20.0), "56"), (Options(rooms=0), "--rooms"),
        (Options(("same", "price"), attach=True), "one"), (Options(("faults",), attach=True), "kill-worker"),
        (Options(limits=("speed<=3",)), "p95"), (Options(arrivals="nowhere"), "poisson"),
        (Options(("kill-worker",), attach=True), "--worker-pid"),
        (Options(("kill-worker",), attach=True, worker_pid=2**22 - 1), "process"),
    ],
)  # fmt: skip
def test_what_cannot_be_played_is_told_before_it_begins(options: Options, why: str) -> None:
    """With the fix."""
    with pytest.raises(SettingsError, match=why):
        load_test(options)


async def test_figures_that_cannot_be_had_end_the_test_at_its_start(tmp_path: Path) -> None:
    """A page that is none, or another page."""
    http = urllib3.PoolManager(retries=False, timeout=1.0)
    with pytest.raises(ZhuboError, match="--metrics"):
        await scrape(http, f"http://127.0.0.1:{free_port()}/metrics")
    with pytest.raises(ValueError, match="invalid"):
        Scrape("<!doctype html>\n<p>a page</p>")


@pytest.mark.timeout(150)
@pytest.mark.parametrize("name", ["kill-worker", "kill-store", "silence"])
async def test_harm_costs_no_comment_and_no_second_answer(name: str) -> None:
    """A bot of our own with two workers; the process or the network is gone in the middle."""
    result = await play(name, Options(seconds=24.0, rate=20.0), Console(quiet=True))
    assert (result.lost, result.unended, result.double, result.wrong) == (0, 0, 0, [])
    assert result.covered > 0.7
    assert [fault.recovered >= 0 for fault in result.faults] == [True]


async def test_results_become_pictures(tmp_path: Path) -> None:
    """SVG and PNG, with all fates and the bot's own figures."""
    result = Result(
        "steady", 2, 30.0, 100, 0, 100, {"answered": 10, "merged": 30, "ignored": 60}, 0, 0, {"accepted": 9}, 0, 0, [],
        40, 0.9, 1.0, 4.0, 9.0, 5, 0.4, 3.0, {"answered": 2}, [], 2, 0.003, 9e7, 1e5, 9e8, 1e6, [0.5, 1.0, 4.0],
        [Span(0.0, 0.9, 1.0, 2.0)], [],
    )  # fmt: skip
    paths = draw([result], tmp_path)
    assert [p.name for p in paths] == ["steady.svg", "steady.png"]
    assert "every comment has one end" in paths[0].read_text("utf-8")
    assert paths[1].read_bytes().startswith(b"\x89PNG")
