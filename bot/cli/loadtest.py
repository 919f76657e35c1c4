"""`zhubo loadtest`: plays scenarios to a bot, prints what came of it, and ends with 1 when a limit is missed."""

import os
import platform as machine
import shutil
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import msgspec
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from bot.backends.catalog_file import load_catalogue
from bot.backends.journal import read
from bot.cli import loop
from bot.demo.play import GOODS
from bot.domain.catalog import Catalogue
from bot.domain.errors import JournalError, SettingsError
from bot.domain.inputs import Entry, Hear
from bot.domain.ports import Caps
from bot.loadtest import arrivals
from bot.loadtest.company import Company, others
from bot.loadtest.judge import Result
from bot.loadtest.limits import ALWAYS, limits
from bot.loadtest.lines import scenes
from bot.loadtest.pictures import draw
from bot.loadtest.play import Hands, Play
from bot.loadtest.scenarios import ALL, Stage

RECORDED = Path(__file__).parents[1] / "loadtest" / "answers.jsonl"
WORKERS = 2
WIDE = 118  # characters that the table needs


class Options(msgspec.Struct, frozen=True):
    """What to play, and to whom.

    Attributes:
        names: scenarios; "all" for every one.
        rooms, rate, seconds, seed, arrivals: see `Stage`; arrivals is "poisson", "flash" or a file of times.
        port, attach: wait on this port for a bot that somebody else started, instead of starting one.
        metrics: its `/metrics`, "" for none. worker_pid, store_pid: its processes, for the scenarios that harm them.
        model: of the workers that we start; "" for the recording that comes with zhubo.
        batch: questions a worker writes together.
        min_gap: seconds the platform asks for between two lines.
        limits: besides those that always hold.
        out: folder for tables and pictures.
    """

    names: tuple[str, ...] = ("steady",)
    rooms: int = 1
    rate: float = 15.0
    seconds: float = 30.0
    seed: int = 1
    arrivals: str = "poisson"
    port: int = 0
    attach: bool = False
    metrics: str = ""
    worker_pid: int = 0
    store_pid: int = 0
    model: str = ""
    batch: int = 8
    min_gap: float = 2.0
    limits: tuple[str, ...] = ()
    out: Path | None = None


def load_test(options: Options) -> int:
    """Play all scenarios; returns 1 when a limit was missed."""
    console = Console(highlight=False)
    console.width = max(console.width, WIDE)
    wanted = [*limits(ALWAYS), *limits(options.limits)]
    names = list(ALL) if "all" in options.names else list(options.names)
    for name in names:
        if name not in ALL:
            raise SettingsError(f"scenario {name!r}: there is none. Fix: use all, or some of {', '.join(ALL)}.")
    if options.attach and len(names) > 1:
        raise SettingsError("--attach plays one scenario: the room closes after it. Fix: name one.")
    if options.rooms < 1 or options.rate <= 0 or options.seconds <= 0:
        raise SettingsError("--rooms, --rate and --seconds must be above 0.")
    results = []
    for name in names:
        console.print(f"{name}: {(ALL[name].__doc__ or '').splitlines()[0]}")
        results.append(loop.run(play(name, options, console)))
        console.print(_line(results[-1]))
    console.print(table(results))
    where = f"{machine.machine()}, {os.cpu_count()} cores, Python {machine.python_version()}"
    console.print(f"{time.strftime('%Y-%m-%d')}, {where}; {options.arrivals} arrivals, open loop")
    if options.out:
        options.out.mkdir(parents=True, exist_ok=True)
        (options.out / "loadtest.json").write_bytes(msgspec.json.format(msgspec.json.encode(results)))
        for path in draw(results, options.out):
            console.print(f"written / 已写入 {path}", soft_wrap=True)
    missed = [f"{r.scenario}: {why}" for r in results for limit in wanted if (why := limit.missed(r))]
    for text in missed:
        console.print(f"MISSED / 未达标  {text}", style="bold red")
    if not missed:
        console.print(f"all {len(wanted)} limits kept / 全部达标", style="bold green")
    return int(bool(missed))


async def play(name: str, options: Options, console: Console) -> Result:
    """Play one scenario."""
    with tempfile.TemporaryDirectory(prefix="zhubo-load-") as folder:
        here = Path(folder)
        goods = (options.out or here).resolve() / "goods.csv"
        goods.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(GOODS, goods)
        catalogue = load_catalogue(goods, version=1).catalogue
        stage = Stage(
            scenes(catalogue), options.rooms, options.seconds, options.rate, _arrivals(options.arrivals), options.seed
        )
        caps = Caps(max_chars=100, per_window=(1000, 30.0), min_gap=options.min_gap)
        if options.attach:
            hands: Hands = others(options.worker_pid, options.store_pid)
            return await _attached(name, stage, catalogue, goods, caps, hands, options, console)
        company = Company(here)
        test = Play(name, ALL[name](stage), stage.rooms, catalogue, goods, hands=company.hands, caps=caps)
        async with test.server.listening():
            rooms = [f"ws://127.0.0.1:{test.server.port}/{room}" for room in test.server.rooms]
            model = options.model or f"recorded:{RECORDED}"
            async with company.up(rooms, goods, model=model, workers=WORKERS, batch=options.batch):
                test.metrics = company.metrics
                return await test.run(stage.seconds)


async def _attached(
    name: str, stage: Stage, catalogue: Catalogue, goods: Path, caps: Caps, hands: Hands, options: Options,
    console: Console,
) -> Result:  # fmt: skip
    harmed = {act.do for act in ALL[name](stage)} & {"kill_worker", "stop_worker", "kill_store"}
    if harmed - hands.keys():
        raise SettingsError(f"{name} harms a process. Fix: give its id with --worker-pid or --store-pid.")
    test = Play(
        name, ALL[name](stage), stage.rooms, catalogue, goods, hands=hands, metrics=options.metrics, caps=caps
    )  # fmt: skip
    async with test.server.listening(port=options.port):
        rooms = " ".join(f"--room ws://127.0.0.1:{test.server.port}/{room}" for room in test.server.rooms)
        console.print(f"waiting for the bot / 等待机器人接入:\n  zhubo run {rooms} --catalogue {goods}", soft_wrap=True)
        if not options.metrics:
            console.print("no --metrics: what becomes of each comment is not checked / 未给 --metrics，不核对账目")
        return await test.run(stage.seconds)


def _arrivals(text: str) -> arrivals.Arrivals:
    if text in ("poisson", "flash"):
        return arrivals.poisson if text == "poisson" else arrivals.flash
    file = Path(text)
    try:
        if file.name.endswith((".jsonl", ".jsonl.gz", ".jsonl.zst")):
            heard = (e.item.heard for e in read(file) if isinstance(e, Entry) and isinstance(e.item, Hear))
            return arrivals.replay([h.at for h in heard if h.kind == "comment"])
        return arrivals.replay([float(line) for line in file.read_text("utf-8").split()])
    except (OSError, ValueError, JournalError) as error:
        raise SettingsError(
            f"arrivals {text!r}: {error}. Fix: give poisson, flash, a journal of ours, or a file of seconds."
        ) from error


def _line(result: Result) -> str:
    faults = "; ".join(
        f"{f.name.replace('_', ' ')} at {f.at:g} s: "
        + (f"well again {f.recovered:.1f} s after it" if f.recovered >= 0 else "NOT well again")
        for f in result.faults[:4]
    )
    return f"  {faults}" if faults else "  no fault"


def table(results: Sequence[Result]) -> Table:
    """Return one row for each result."""
    found = Table(title="what the platform saw / 平台所见", title_justify="left", show_edge=False, box=SIMPLE_HEAD)
    for column in (
        "scenario", "comments", "lost", "askers", "covered", "p50", "p95", "lines", "double", "wrong", "loop", "RSS",
    ):  # fmt: skip
        found.add_column(column, justify="left" if column == "scenario" else "right", no_wrap=True)
    for r in results:
        found.add_row(
            r.scenario, f"{r.comments:,}", str(r.lost + r.unended) if r.received >= 0 else "?", f"{r.askers:,}",
            f"{r.covered:.1%}", f"{r.p50:.1f} s", f"{r.p95:.1f} s", str(r.lines.get("accepted", 0)), str(r.double),
            str(len(r.wrong)), f"{r.lag * 1000:.0f} ms", f"{r.rss / 1e6:.0f} MB",
        )  # fmt: skip
    return found


def listing() -> str:
    """Return all scenarios with what happens in them."""
    return "\n".join(f"{name:12} {(scenario.__doc__ or '').splitlines()[0]}" for name, scenario in ALL.items())
