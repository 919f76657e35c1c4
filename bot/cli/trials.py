"""Commands that try something: the answers, a bot under load, an adapter."""

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.options import Config, Data, Goods, Model, RedisUrl, Rules
from bot.domain.errors import ZhuboError


def add(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("eval")(evaluate)
    app.command()(loadtest)
    app.command()(kit)
    app.command()(learned)
    app.command()(script)


def evaluate(
    what: Annotated[str, typer.Argument(help="answers, recommend or script. 评测什么：回答、推荐、脚本")] = "answers",
    journals: Annotated[list[Path] | None, typer.Argument(help="Journals, for recommend. 日志文件")] = None,
    data: Annotated[Path, typer.Option("--data", help="Folder of the shared data sets. 公共数据集目录")] = Path(
        "../shared/data"
    ),
    full: Annotated[bool, typer.Option(help="Longer runs. 跑得更久")] = False,
    picture: Annotated[Path | None, typer.Option(help="Draw what recommend learned to this .png. 画图")] = None,
) -> None:
    """Measure quality, with a baseline beside each figure. 评测质量，每个指标旁边有对照。"""
    from bot.cli import evaluate as measures

    if what == "answers":
        raise typer.Exit(measures.evaluate(data, full=full))
    if what == "recommend":
        raise typer.Exit(measures.recommend(data, journals or [], full=full, picture=picture))
    if what == "script":
        raise typer.Exit(measures.script(data, full=full))
    raise ZhuboError(f"eval {what}: there is no such trial. Fix: use answers, recommend or script.")


def loadtest(
    scenarios: Annotated[list[str] | None, typer.Argument(help="See --list; all for every one. 场景")] = None,
    show: Annotated[bool, typer.Option("--list", help="List scenarios and figures. 列出场景和指标")] = False,
    rooms: Annotated[int, typer.Option(help="Rooms played together. 直播间数")] = 1,
    rate: Annotated[float, typer.Option(help="Comments per second, all rooms together. 每秒弹幕总数")] = 15.0,
    seconds: Annotated[float, typer.Option(help="Length; 0: as each scenario needs. 每个场景的秒数")] = 0.0,
    arrivals: Annotated[str, typer.Option(help="poisson, flash, or a file of times. 弹幕到达方式")] = "poisson",
    attach: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Wait on this port for your own bot. 等待已启动的机器人")
    ] = None,
    metrics: Annotated[str, typer.Option(help="Its figures, http://HOST:PORT/metrics. 机器人的指标地址")] = "",
    worker_pid: Annotated[int, typer.Option(min=0, help="Its worker, for scenarios that harm it. 模型进程号")] = 0,
    store_pid: Annotated[int, typer.Option(min=0, help="Its store, likewise. 存储进程号")] = 0,
    model: Annotated[str, typer.Option(help="Model of the bot we start; default: a recording. 模型")] = "",
    workers: Annotated[int, typer.Option(help="Workers of the bot we start. 模型进程数")] = 2,
    batch: Annotated[int, typer.Option(help="Questions each of them writes together. 每批问题数")] = 8,
    limit: Annotated[list[str] | None, typer.Option(help="Such as p95<=5 or covered>=0.9. 阈值，可多个")] = None,
    out: Annotated[Path | None, typer.Option(help="Folder for JSON and pictures. 结果目录")] = None,
    seed: int = 1,
) -> None:
    """Play hard scenarios to a bot and fail when a limit is missed. 压力与故障测试。"""
    from bot.cli.loadtest import Options, listing, load_test

    if show:
        typer.echo(listing())
        return
    options = Options(
        tuple(scenarios or ["steady"]), rooms, rate, seconds, seed, arrivals, attach or 0, attach is not None, metrics,
        worker_pid, store_pid, model, workers, batch, tuple(limit or ()), out,
    )  # fmt: skip
    raise typer.Exit(load_test(options))


def kit(
    adapter: Annotated[str, typer.Argument(help="Your adapter's factory, package.module:open_room. 适配器工厂")],
    harness: Annotated[str, typer.Argument(help="Your fake platform, package.module:Harness. 模拟平台")],
    only: Annotated[list[str] | None, typer.Option(help="Run this check only; may be repeated. 只跑这几项")] = None,
) -> None:
    """Check that an adapter does what the contract asks. 检验平台适配器。"""
    from bot.cli.kit import check

    raise typer.Exit(check(adapter, harness, only or ()))


def learned(
    export: Annotated[Path | None, typer.Option(help="Write it to this file as JSON; - for here. 导出文件")] = None,
    teach: Annotated[
        list[Path] | None, typer.Option(help="A journal to learn from; may be repeated. 从日志学习")
    ] = None,
    reset: Annotated[bool, typer.Option(help="Forget all of it. 清空")] = False,
    config: Config = None,
    redis_url: RedisUrl = None,
    data: Data = None,
) -> None:
    """Show what a shop learned about its suggestions; export, teach or reset it. 查看店铺学到的推荐经验。"""
    from bot.cli.learned import learned as show
    from bot.settings import load

    given = {"redis_url": redis_url, "data": str(data) if data else None}
    raise typer.Exit(show(load(config, given), export, teach or [], reset=reset))


def script(
    catalogue: Goods = None,
    minutes: Annotated[float, typer.Option(help="How long it takes to speak. 时长（分钟）")] = 30.0,
    lang: Annotated[str, typer.Option(help="zh or en. 语言")] = "zh",
    theme: Annotated[str, typer.Option(help="What the show is about. 主题")] = "",
    tone: Annotated[str, typer.Option(help="lively, warm or calm. 语气")] = "warm",
    platform: Annotated[str, typer.Option(help="Its own rules of law apply too. 平台")] = "",
    product: Annotated[list[str] | None, typer.Option(help="Link number or id; may be repeated. 商品")] = None,
    variant: Annotated[int, typer.Option(min=0, help="Another number, other words. 换个数字换一版")] = 0,
    name: Annotated[str, typer.Option(help="Title. 标题")] = "",
    out: Annotated[list[Path] | None, typer.Option(help=".md, .docx, .json or .txt; may be repeated. 输出")] = None,
    read_aloud: Annotated[bool, typer.Option("--read-aloud", help="Numbers as they are read. 数字写成读法")] = False,
    no_model: Annotated[bool, typer.Option("--no-model", help="Words from code alone. 不用模型")] = False,
    check: Annotated[Path | None, typer.Option(help="A saved .json: what became untrue? 检查已保存的脚本")] = None,
    section: Annotated[str, typer.Option(help="With --check: write this section anew. 重写这一段")] = "",
    edit: Annotated[str, typer.Option(help="With --section: put this sentence first. 手写一句")] = "",
    lock: Annotated[bool, typer.Option("--lock", help="With --section: lock it, or let it go. 锁定")] = False,
    accept: Annotated[bool, typer.Option("--accept", help="With --check: take the mends. 采纳更新")] = False,
    model: Model = None,
    rules: Rules = None,
    config: Config = None,
) -> None:
    """Write a live script whose every figure rests on your product list. 按商品表写直播脚本。"""
    from bot.cli import script as scripts
    from bot.demo.play import GOODS
    from bot.domain.script import TONES, Brief
    from bot.settings import load

    for option, value, all_ in (("--lang", lang, ("zh", "en")), ("--tone", tone, TONES)):
        if value not in all_:
            raise ZhuboError(f"{option} {value}: there is no such one. Fix: use one of {', '.join(all_)}.")
    given = {"catalogue": str(catalogue or GOODS), "model": model, "rules": str(rules) if rules else None}
    settings = load(config, given)
    if check:
        raise typer.Exit(scripts.again(settings, check, section, edit=edit, lock=lock, accept=accept))
    brief = Brief(
        lang="en" if lang == "en" else "zh", seconds=60 * minutes, theme=theme,
        tone="lively" if tone == "lively" else "calm" if tone == "calm" else "warm", platform=platform,
        products=tuple(product or ()), variant=variant,
    )  # fmt: skip
    title = name or ("直播脚本" if lang == "zh" else "Live script")
    raise typer.Exit(scripts.make(settings, brief, title, out or [], model=not no_model, read_aloud=read_aloud))
