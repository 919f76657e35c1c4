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
from bot.loadtest.company import Company, go_on, others
from bot.loadtest.judge import Result
from bot.loadtest.limits import ALWAYS, FIGURES, limits
from bot.loadtest.lines import scenes
from bot.loadtest.pictures import can_draw, draw
from bot.loadtest.play import Hands, Play
from bot.loadtest.scenarios import ALL, LEAST, Stage

RECORDED = Path(__file__).parents[1] / "loadtest" / "answers.jsonl"
WIDE = 118  # characters that the table needs


class Options(msgspec.Struct, frozen=True):
    """What to play, and to whom.

    Attributes:
        names: scenarios; "all" for every one.
        rooms, rate, seed, arrivals: see `Stage`; arrivals is "poisson", "flash" or a file of times.
        seconds: 0 for as long as each scenario needs.
        port, attach: wait on this port for a bot that somebody else started, instead of starting one.
        metrics: its `/metrics`, "" for none. worker_pid, store_pid: its processes, for the scenarios that harm them.
        model, workers, batch: of the bot that we start: its model ("" for the recording that comes with zhubo), how
            many workers, and how many questions each writes together.
        limits: besides those that always hold.
        out: folder for JSON and pictures.
    """

    names: tuple[str, ...] = ("steady",)
    rooms: int = 1
    rate: float = 15.0
    seconds: float = 0.0
    seed: int = 1
    arrivals: str = "poisson"
    port: int = 0
    attach: bool = False
    metrics: str = ""
    worker_pid: int = 0
    store_pid: int = 0
    model: str = ""
    workers: int = 2
    batch: int = 8
    limits: tuple[str, ...] = ()
    out: Path | None = None

    def length(self, name: str) -> float:
        """Return how many seconds a scenario lasts."""
        return self.seconds or max(30.0, LEAST.get(name, 0.0) + 4.0)


def load_test(options: Options) -> int:
    """Play all scenarios; returns 1 when a limit was missed."""
    console = Console(highlight=False)
    console.width = max(console.width, WIDE)
    wanted = [*limits(ALWAYS, always=True), *limits(options.limits)]
    names = _check(options)
    results = []
    for name in names:
        console.print(f"{name}: {(ALL[name].__doc__ or '').splitlines()[0]}", soft_wrap=True)
        try:
            results.append(loop.run(play(name, options, console)))
        finally:
            go_on()
        for line in story(results[-1]):
            console.print(f"  {line}", soft_wrap=True)
    console.print(table(results))
    where = f"{machine.machine()}, {os.cpu_count()} cores, Python {machine.python_version()}"
    console.print(f"{time.strftime('%Y-%m-%d')}, {where}; {options.arrivals} arrivals, open loop")
    missed = [f"{r.scenario}: {why}" for r in results for limit in wanted if (why := limit.missed(r))]
    for text in missed:
        console.print(f"MISSED / 未达标  {text}", style="bold red", soft_wrap=True)
    held = sum(limit.measured(r) for r in results for limit in wanted)
    if not missed:
        console.print(f"all {held} limits kept / 全部达标", style="bold green")
    if options.out:
        (options.out / "loadtest.json").write_bytes(msgspec.json.format(msgspec.json.encode(results)))
        for path in draw(results, options.out):
            console.print(f"written / 已写入 {path}", soft_wrap=True)
    return int(bool(missed))


def _check(options: Options) -> list[str]:
    """Return the scenarios to play. Raises SettingsError before anything is played in vain."""
    names = list(ALL) if "all" in options.names else list(options.names)
    for name in names:
        if name not in ALL:
            raise SettingsError(f"scenario {name!r}: there is none. Fix: use all, or some of {', '.join(ALL)}.")
        if options.length(name) < LEAST.get(name, 0.0):
            raise SettingsError(
                f"--seconds {options.seconds:g}: {name} needs {LEAST[name]:g}. Fix: give more, or none."
            )
    if options.attach and len(names) > 1:
        raise SettingsError("--attach plays one scenario: the room closes after it. Fix: name one.")
    if options.rooms < 1 or options.rate <= 0 or options.seconds < 0 or options.workers < 1:
        raise SettingsError("--rooms, --rate and --workers must be above 0.")
    if "faults" in names and options.attach:
        raise SettingsError("faults harms two workers, and --attach knows one. Fix: play kill-worker and stop-worker.")
    if options.out:
        can_draw()
        try:
            options.out.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise SettingsError(f"--out {options.out}: {error.strerror}. Fix: give a folder.") from error
    return names


async def play(name: str, options: Options, console: Console) -> Result:
    """Play one scenario."""
    with tempfile.TemporaryDirectory(prefix="zhubo-load-") as folder:
        here = Path(folder)
        goods = (options.out or here).resolve() / "goods.csv"
        goods.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(GOODS, goods)
        catalogue = load_catalogue(goods, version=1).catalogue
        stage = Stage(
            scenes(catalogue),
            options.rooms,
            options.length(name),
            options.rate,
            _arrivals(options.arrivals),
            options.seed,
        )
        caps = Caps(max_chars=100, per_window=(1000, 30.0), min_gap=2.0)
        if options.attach:
            hands: Hands = others(options.worker_pid, options.store_pid)
            return await _attached(name, stage, catalogue, goods, caps, hands, options, console)
        company = Company(here)
        test = Play(name, ALL[name](stage), stage.rooms, catalogue, goods, hands=company.hands, caps=caps)
        async with test.server.listening():
            rooms = [f"ws://127.0.0.1:{test.server.port}/{room}" for room in test.server.rooms]
            model = options.model or f"recorded:{RECORDED}"
            async with company.up(rooms, goods, model=model, workers=options.workers, batch=options.batch):
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
        console.print(
            f"waiting for the bot / 等待机器人接入:\n  zhubo run {rooms} --apart --catalogue {goods}", soft_wrap=True
        )
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


def story(result: Result) -> list[str]:
    """Tell what went wrong and when all was well again, and what the model did."""
    told = []
    for f in result.faults[:4]:
        after = f"well again {f.recovered:.1f} s after it" if f.recovered >= 0 else "NOT well again"
        told.append(f"{f.name.replace('_', ' ')} at {f.at:g} s: {after}")
    if result.open:
        share = f"{result.open_answered:.0%} of {result.open} questions for the model answered"
        share += f", p95 {result.open_p95:.1f} s" if result.open_answered else ""
        jobs = ", ".join(f"{n} {name}" for name, n in result.jobs.items() if n)
        told.append(f"{share}{'; jobs: ' if jobs else ''}{jobs}")
    return told


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
    """Return all scenarios with what happens in them, and all figures that may be limited."""
    lines = ["scenarios / 场景"]
    lines += [f"  {name:15}{(scenario.__doc__ or '').splitlines()[0]}" for name, scenario in ALL.items()]
    lines += ["", "figures for --limit / 可设阈值的指标"]
    lines += [f"  {name:15}{what}" for name, (what, _) in FIGURES.items()]
    return "\n".join([*lines, "", f"always asked for / 总是检查: {', '.join(ALWAYS)}"])
