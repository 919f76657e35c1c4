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
from rich.markup import escape
from rich.table import Table

from bot.app import Front, prepare_weights
from bot.backends.catalog_file import load_catalogue
from bot.backends.journal import read_all
from bot.backends.models import known, on_server
from bot.cli import loop
from bot.cli.steps import Steps
from bot.demo.platform import Platform
from bot.demo.play import GOODS, Outcome, play
from bot.demo.show import make_show
from bot.domain.errors import ModelError
from bot.domain.learning import Suggested
from bot.domain.turns import FATES
from bot.domain.turns import Path as Path_
from bot.insight.counters import Counters, quantile
from bot.settings import Settings

_MEANING = {
    "answered": "first to ask, answered / 已回答",
    "merged": "asked the same, answered with it / 合并回答",
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
    console, began = Console(highlight=False), time.time()
    ready = on_server(settings.model) or known(settings.model, cache=settings.weights) is not None
    patient = not model or headless or ready
    if model and patient:  # else the show begins with facts, and the model joins when it has been fetched
        with Steps() as steps:
            try:
                settings = msgspec.structs.replace(settings, model=prepare_weights(settings, steps))
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

    show = play(settings, seconds=seconds, seed=seed, rate=rate, model=model, patient=patient, say=say, started=started)
    outcome = loop.run(show)
    return _table(console, outcome, began)


def _table(console: Console, outcome: Outcome, began: float) -> int:
    stage = next(iter(outcome.front.stages.values()), None)
    if stage is None:
        console.print("nothing was played / 没有开播")
        return 1
    counters, wrong = stage.counters, outcome.report.wrong if outcome.report else []
    total = sum(counters.fates.values())
    sums = total == counters.received
    table = Table(title=f"\n{counters.received} comments received / 收到弹幕", title_justify="left", show_edge=False)
    table.add_column("became / 结果")
    table.add_column("comments", justify="right")
    table.add_column("share", justify="right")
    table.add_column("meaning / 含义")
    for fate in FATES:
        n = counters.fates[fate]
        table.add_row(fate, str(n), f"{n / max(1, counters.received):.1%}", _MEANING[fate])
    table.add_section()
    table.add_row("sum", str(total), "", "= received / 账平" if sums else "[bold red]does not sum / 账不平[/]")
    console.print(table)
    console.print(_speed(counters))
    console.print(_coverage(counters, outcome, began))
    console.print(_learning(outcome, stage.name))
    for item in wrong[:5]:
        console.print(f"  {item.number}: {item.why} in {item.line}", markup=False)
    _colophon(console, outcome, stage.name)
    return 0 if sums and not wrong else 1


def _speed(counters: Counters) -> Table:
    table = Table(title="\nfrom comment to words / 从弹幕到回答写好", title_justify="left", show_edge=False)
    table.add_column("path / 途径")
    for name in ("answers", "p50", "p95"):
        table.add_column(name, justify="right")
    names: dict[Path_, str] = {
        "fact": "catalogue facts / 商品事实",
        "model": "language model / 语言模型",
        "quote": "merchant's sentence / 商家原话",
    }
    for path, name in names.items():
        values = counters.latency[path]
        row = [_seconds(quantile(values, q)) for q in (0.5, 0.95)] if values else ["-", "-"]
        table.add_row(name, str(len(values)), *row)
    return table


def _seconds(value: float) -> str:
    return f"{value * 1000:.0f} ms" if value < 1 else f"{value:.1f} s"


def _coverage(counters: Counters, outcome: Outcome, began: float) -> Table:
    table = Table(title="\nquality / 质量", title_justify="left", show_edge=False, show_header=False)
    table.add_column()
    table.add_column(justify="right")
    asked, covered, report = counters.asked, counters.covered, outcome.report
    if counters.first:
        table.add_row("first answer, after the start / 启动到第一条回答", f"{counters.first - began:.0f} s")
    if put_right := counters.corrected["sent"]:
        table.add_row("answers put right after a change / 资料变更后更新的回答", str(put_right))
    table.add_row("askers covered / 提问被覆盖", f"{covered} of {asked} ({covered / max(1, asked):.0%})")
    if report:
        fact, done = report.labels.get("fact", 0), report.covered.get("fact", 0)
        table.add_row(
            "… who asked a fact, by the script / 其中问事实的", f"{done} of {fact} ({done / max(1, fact):.0%})"
        )
        table.add_row("lines posted / 发出条数", str(report.lines.get("accepted", 0)))
        table.add_row("lines refused by the platform / 被平台拒绝", str(report.lines.get("dropped", 0)))
        table.add_row("wrong numbers, audited apart / 错误数字（独立核对）", str(len(report.wrong)))
    else:
        table.add_row("wrong numbers / 错误数字", "the show was cut short: not audited")
    missed = {r: n for (fate, r), n in counters.reasons.items() if fate in ("to_host", "withheld", "expired", "failed")}
    for reason, n in Counter(missed).most_common(6):
        table.add_row(f"not answered / 未回答: {escape(reason)}", str(n))
    return table


def _learning(outcome: Outcome, room: str) -> Table:
    """Show what came of the suggestions, in the show's two halves: what is learned is taken up more."""
    table = Table(title="\nsuggestions / 推荐", title_justify="left", show_edge=False)
    table.add_column("")
    for name in ("made / 推荐", "taken up / 被接受", "share"):
        table.add_column(name, justify="right")
    made = [i for i in read_all(outcome.front.journal.path(room)) if isinstance(i, Suggested)]
    made.sort(key=lambda s: s.at)
    half = len(made) // 2
    for name, part in (("first half / 前一半", made[:half]), ("second half / 后一半", made[half:])):
        taken = sum(s.taken != "nothing" for s in part)
        table.add_row(name, str(len(part)), str(taken), f"{taken / len(part):.0%}" if part else "-")
    if outcome.report:
        table.add_row("sold out when posted / 推荐时已售罄", str(outcome.report.sold_out), "", "")
    return table


def _colophon(console: Console, outcome: Outcome, room: str) -> None:
    where = f"{machine.machine()}, {os.cpu_count()} cores, Python {machine.python_version()}"
    model = "with the model" if outcome.model else "without a model"
    console.print(f"\n{time.strftime('%Y-%m-%d')}, {where}, {model}", markup=False)
    console.print(f"journal / 日志: {outcome.front.journal.path(room)}", markup=False, soft_wrap=True)


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
        loop.run(serve())
    except KeyboardInterrupt:
        pass
    finally:
        if report:
            report.write_bytes(msgspec.json.encode(room.report()))
