"""`zhubo demo` and `zhubo platform`: the show, and the table at its end."""

import asyncio
import os
import platform as machine
import sys
import time
from collections import Counter
from pathlib import Path

import msgspec
from rich.console import Console
from rich.table import Table

from bot.app import Front, prepare_weights
from bot.backends.catalog_file import load_catalogue
from bot.cli.steps import Steps
from bot.demo.play import GOODS, Outcome, play
from bot.demo.platform import Platform
from bot.demo.show import make_show
from bot.domain.errors import ModelError
from bot.domain.turns import FATES
from bot.insight.counters import quantile
from bot.settings import Settings

_MEANING = {
    "answered": "first to ask, got the answer / 已回答",
    "merged": "asked the same, answered together / 合并回答",
    "ignored": "needs no answer / 无需回答",
    "to_host": "only the host knows / 转主播",
    "withheld": "held back by the guard / 已拦下",
    "expired": "no send slot in time / 已过期",
    "shed": "dropped under overload / 过载丢弃",
    "failed": "the platform lost our line / 发送失败",
    "retracted": "taken back / 已撤回",
}


def show_demo(settings: Settings, *, seconds: float, seed: int, rate: float, model: bool, headless: bool) -> int:
    """Play the demo and print its table. Returns 0 when the ledger sums and no posted number was wrong."""
    console = Console(highlight=False)
    if model:
        with Steps() as steps:
            try:
                prepare_weights(settings, steps)
            except ModelError as error:
                console.print(
                    f"{error}\nThe demo goes on with facts-only answers. / 演示继续，只用商品事实回答。", markup=False
                )
                model = False

    def started(front: Front) -> None:
        if front.page:
            console.print(f"\n  open / 打开  [bold cyan]{front.page.url}[/]     Ctrl-C stops / 按 Ctrl-C 停止\n")
        elif headless:
            console.print(f"playing {seconds:g} s / 开播，{seconds:g} 秒")

    def say(text: str) -> None:
        console.print(text)

    outcome = asyncio.run(play(settings, seconds=seconds, seed=seed, rate=rate, model=model, say=say, started=started))
    return _table(console, outcome)


def _table(console: Console, outcome: Outcome) -> int:
    stage = next(iter(outcome.front.stages.values()), None)
    if stage is None:
        console.print("nothing was played")
        return 1
    counters, report = stage.counters, outcome.report
    table = Table(title=f"{counters.received} comments received / 收到弹幕", title_justify="left", show_edge=False)
    table.add_column("became / 结果")
    table.add_column("comments", justify="right")
    table.add_column("share", justify="right")
    table.add_column("meaning / 含义")
    for fate in FATES:
        n = counters.fates[fate]
        table.add_row(fate, str(n), f"{n / max(1, counters.received):.1%}", _MEANING[fate])
    total = sum(counters.fates.values())
    sums = total == counters.received
    table.add_section()
    table.add_row("sum", str(total), "", "= received / 账平" if sums else "[bold red]DOES NOT SUM / 账不平[/]")
    console.print()
    console.print(table)
    figures = Table(title="\nspeed / 速度", title_justify="left", show_edge=False)
    for name in ("path", "answers", "p50", "p95"):
        figures.add_column(name, justify="left" if name == "path" else "right")
    for path, name in (("fact", "fact / 事实"), ("model", "model / 模型")):
        values = counters.latency[path]  # type: ignore[index]
        p50, p95 = quantile(values, 0.5), quantile(values, 0.95)
        row = [
            f"{p50 * 1000:.0f} ms" if p50 < 1 else f"{p50:.1f} s",
            f"{p95 * 1000:.0f} ms" if p95 < 1 else f"{p95:.1f} s",
        ]
        figures.add_row(f"{name}, comment to words", str(len(values)), *(row if values else ["-", "-"]))
    console.print(figures)
    _summary(console, outcome)
    wrong = len(report.wrong) if report else 0
    for item in report.wrong[:5] if report else []:
        console.print(f"  {item.number}: {item.why} in {item.line}", markup=False)
    return 0 if sums and not wrong else 1


def _summary(console: Console, outcome: Outcome) -> None:
    stage = next(iter(outcome.front.stages.values()))
    counters, report = stage.counters, outcome.report
    asked, covered = counters.asked, counters.covered
    console.print(f"\naskers covered / 提问被覆盖: {covered} of {asked} ({covered / max(1, asked):.0%})")
    if report:
        fact, done = report.labels.get("fact", 0), report.covered.get("fact", 0)
        console.print(
            f"of those who asked for a fact, by the show's own script / 问事实的: {done} of {fact} ({done / max(1, fact):.0%})"
        )
        console.print(
            f"lines posted / 发出: {report.lines.get('accepted', 0)}, refused by the platform / 被平台拒: {report.lines.get('dropped', 0)}"
        )
        console.print(f"wrong numbers, by an independent audit / 错误数字: {len(report.wrong)}")
    why = Counter(
        {
            reason: n
            for (fate, reason), n in counters.reasons.items()
            if fate in ("to_host", "withheld", "expired", "failed")
        }
    )
    if why:
        console.print(
            "why not answered / 未回答原因: " + ", ".join(f"{r} {n}" for r, n in why.most_common(8)), markup=False
        )
    cores = os.cpu_count()
    console.print(
        f"{time.strftime('%Y-%m-%d')}, {machine.machine()}, {cores} cores, Python {machine.python_version()}, "
        f"{'with' if outcome.model else 'without'} model; journal / 日志: {outcome.front.journal.path(stage.name)}", markup=False,
    )  # fmt: skip


def serve_platform(
    catalogue: Path | None, *, port: int, seconds: float, seed: int, rate: float, report: Path | None
) -> None:
    """Serve the show as a room; prints the address first, and writes the report at the end."""
    file = catalogue or GOODS
    goods = load_catalogue(file, version=1).catalogue
    cues = make_show(goods, seconds=seconds, seed=seed, rate=rate)
    # Only a file given by the operator is edited during the show.
    room = Platform(cues, goods, catalogue, token=os.environ.get("ZHUBO_TOKEN", ""))

    async def serve() -> None:
        listening = asyncio.Event()
        serving = asyncio.create_task(room.run(port=port, listening=listening))
        listening_first = asyncio.create_task(listening.wait())
        await asyncio.wait([serving, listening_first], return_when=asyncio.FIRST_COMPLETED)
        listening_first.cancel()
        if listening.is_set():
            sys.stdout.write(f"ws://127.0.0.1:{room.port}/demo\n")
            sys.stdout.flush()
        await serving

    try:
        asyncio.run(serve())
    except KeyboardInterrupt:
        pass
    finally:
        if report:
            report.write_bytes(msgspec.json.encode(room.report()))
