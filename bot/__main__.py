"""The command line: thin, a few lines a verb. `zhubo --help` starts in well under a second and imports no torch."""

import logging
import secrets
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.cli import fail, loop, trials
from bot.cli.options import (
    Apart,
    Batch,
    Config,
    Data,
    Dtype,
    Encoder,
    Goods,
    Model,
    ModelCache,
    MqttPort,
    PageHost,
    PagePort,
    RedisUrl,
    Rooms,
    Rules,
    ScriptFile,
    Threads,
    Unofficial,
    Verbose,
)
from bot.domain.errors import ZhuboError
from bot.settings import Settings, load, people

app = typer.Typer(
    name="zhubo",
    help="助播 zhubo: answers a live selling room truthfully, in real time. 直播间智能助手：实时、如实地回答观众。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _settings(config: Path | None, **given: Any) -> Settings:
    given = {k: str(v) if isinstance(v, Path) else tuple(v) if isinstance(v, list) else v for k, v in given.items()}
    return load(config, given)


def _logging(verbose: bool) -> None:
    logging.basicConfig(level=logging.INFO if verbose else logging.WARNING, format="%(levelname)s %(message)s")


@app.command()
def demo(
    seconds: Annotated[float, typer.Option(help="Length of the show. 演示时长（秒）")] = 1800.0,
    headless: Annotated[
        bool, typer.Option(help="No page: play, print the table, exit. 不开网页，结束后打印结果")
    ] = False,
    seed: Annotated[int, typer.Option(help="Another number, another show. 换一个数字就是另一场")] = 7,
    rate: Annotated[float, typer.Option(help="Comments per second on average. 平均每秒弹幕数")] = 13.0,
    model: Model = None,
    mqtt_port: MqttPort = None,
    no_model: Annotated[bool, typer.Option("--no-model", help="Facts-only answers. 只用商品事实回答")] = False,
    page_port: PagePort = None,
    data: Data = None,
    verbose: Verbose = False,
) -> None:
    """Watch a made-up selling room being answered. 看一场模拟直播被实时回答。"""
    from bot.cli.demo import show_demo

    _logging(verbose)
    settings = _settings(None, model=model, page_port=0 if headless else page_port, data=data,
                         mqtt_port=0 if headless and mqtt_port is None else mqtt_port)  # fmt: skip
    raise typer.Exit(show_demo(settings, seconds=seconds, seed=seed, rate=rate, model=not no_model, headless=headless))


@app.command()
def run(
    room: Rooms = None,
    catalogue: Goods = None,
    rules: Rules = None,
    script: ScriptFile = None,
    config: Config = None,
    redis_url: RedisUrl = None,
    data: Data = None,
    page_port: PagePort = None,
    page_host: PageHost = None,
    mqtt_port: MqttPort = None,
    apart: Apart = None,
    unofficial: Unofficial = None,
    verbose: Verbose = False,
) -> None:
    """Attach to live rooms and answer them. 接入直播间并回答。"""
    from bot.app import Front, run_until_signal

    _logging(verbose)
    settings = _settings(
        config,
        rooms=room,
        catalogue=catalogue,
        rules=rules,
        script=script,
        redis_url=redis_url,
        data=data,
        page_port=page_port,
        page_host=page_host,
        mqtt_port=mqtt_port,
        apart=apart,
        unofficial=unofficial,
    )
    if not settings.rooms:
        raise ZhuboError("no room given. Fix: add --room ws://HOST:PORT/ROOM, or rooms = […] in the settings file.")
    front = Front(settings)
    loop.run(run_until_signal(front, lambda: _up(front)))


def _up(front: Any) -> None:
    if front.page:
        typer.echo(f"page / 网页: {front.page.url}")
    if front.feed:
        typer.echo(f"MQTT: {front.feed_at}")
    typer.echo("Ctrl-C stops / 按 Ctrl-C 停止")


@app.command()
def token(
    name: Annotated[str, typer.Argument(help="One word. 名字")],
    role: Annotated[str, typer.Argument(help="viewer, moderator or owner. 角色：只看、场控、店主")],
) -> None:
    """Make a login for the desk: an entry for ZHUBO_PEOPLE. 生成登录口令，填入 ZHUBO_PEOPLE。"""
    entry = f"{name}:{role}:{secrets.token_urlsafe(24)}"
    people({"ZHUBO_PEOPLE": entry})
    typer.echo(entry)


@app.command()
def worker(
    model: Model = None,
    redis_url: RedisUrl = None,
    data: Data = None,
    config: Config = None,
    model_cache: ModelCache = None,
    batch: Batch = None,
    threads: Threads = None,
    dtype: Dtype = None,
    encoder: Encoder = None,
    nice: Annotated[int, typer.Option(help="Lower the priority of this process. 降低进程优先级")] = 0,
    record: Annotated[Path | None, typer.Option(help="Write what the model answers to this file. 录制回答")] = None,
    prepare: Annotated[bool, typer.Option(help="Only fetch and convert the weights. 只下载并转换权重")] = False,
    verbose: Verbose = False,
) -> None:
    """Run the model: takes questions from the queue, writes answers. 启动模型进程。"""
    from bot.cli.steps import Steps

    _logging(verbose)
    settings = _settings(
        config, model=model, redis_url=redis_url, data=data, model_cache=model_cache, batch=batch, threads=threads,
        dtype=dtype, encoder=encoder,
    )  # fmt: skip
    with Steps() as steps:
        if prepare:
            from bot.app import prepare_weights

            prepare_weights(settings, steps)
            return
        from bot.app import run_worker

        loop.run(run_worker(settings, steps, nice, record))


@app.command()
def console(
    catalogue: Goods = None,
    config: Config = None,
    redis_url: RedisUrl = None,
    data: Data = None,
    page_port: PagePort = 0,
    verbose: Verbose = False,
) -> None:
    """Type comments in the terminal and read the answers. 在终端里输入弹幕，看回答。"""
    from bot.app import Front, run_until_signal
    from bot.demo.play import GOODS

    _logging(verbose)
    settings = _settings(
        config, rooms=["console:"], catalogue=catalogue or GOODS, redis_url=redis_url, data=data, page_port=page_port
    )
    typer.echo("Type a comment; /3 puts product 3 on screen; /quit ends. 直接输入弹幕；/3 讲解3号；/quit 结束")
    loop.run(run_until_signal(Front(settings)))


@app.command()
def replay(
    journal: Annotated[Path, typer.Argument(help="A .jsonl file of the data folder's journal/. 日志文件")],
    speed: Annotated[float, typer.Option(help="0: as fast as possible; 1: as it was. 回放速度")] = 0.0,
) -> None:
    """Feed a journal again and check that the decisions are the same. 重放日志，核对决定是否一致。"""
    from bot.cli.replay import replay_journal

    raise typer.Exit(replay_journal(journal, speed))


@app.command()
def why(
    comment: Annotated[str, typer.Argument(help="Id of the comment, as the platform gave it. 弹幕编号")],
    journal: Annotated[Path | None, typer.Option("--journal", help="Look in this one only. 只查这份日志")] = None,
    lang: Annotated[str, typer.Option(help="zh or en. 语言")] = "zh",
    data: Data = None,
) -> None:
    """Tell why a comment was answered so, or not at all. 说明某条弹幕为什么这样处理。"""
    from bot.cli.records import explain

    raise typer.Exit(explain(_settings(None, data=data), comment, journal, "en" if lang == "en" else "zh"))


@app.command()
def verify(
    record: Annotated[Path, typer.Argument(help="A day's file, or a room's folder below record/. 记录文件或目录")],
) -> None:
    """Check that a record is whole: nothing changed, missing or moved. 核验记录是否完整、未被改动。"""
    from bot.cli.records import check

    raise typer.Exit(check(record))


@app.command()
def forget(
    viewer: Annotated[str, typer.Argument(help="Pseudonym (v…), or the platform's user id. 化名或平台用户编号")],
    room: Annotated[str, typer.Option(help="Room name, with a platform's user id. 直播间名称")] = "",
    data: Data = None,
    redis_url: RedisUrl = None,
) -> None:
    """Take one viewer out of store, journals and records. 删除一位观众的全部数据。"""
    from bot.cli.records import forget as forget_viewer

    raise typer.Exit(loop.run(forget_viewer(_settings(None, data=data, redis_url=redis_url), viewer, room)))


@app.command()
def login(
    site: Annotated[str, typer.Argument(help="twitch. 平台")],
    client: Annotated[str, typer.Option(help="Client ID of your application. 应用的 Client ID")] = "",
    file: Annotated[Path, typer.Option(help="Where the credentials go. 凭据文件")] = Path(".zhubo/twitch.json"),
) -> None:
    """Get a platform's credentials with a code to type in. 用授权码登录平台，取得凭据。"""
    from bot.cli.login import twitch

    if site != "twitch":
        raise ZhuboError(f"login {site}: there is no such login. Fix: zhubo login twitch; for others see README.")
    raise typer.Exit(twitch(client, file))


@app.command()
def platform(
    catalogue: Goods = None,
    port: Annotated[int, typer.Option(help="0: any free one. 端口，0 为任意空闲端口")] = 0,
    seconds: Annotated[float, typer.Option(help="Length of the show. 时长（秒）")] = 1800.0,
    seed: int = 7,
    rate: float = 13.0,
    report: Annotated[Path | None, typer.Option(help="Write what was seen to this file. 结果文件")] = None,
) -> None:
    """Play a made-up show as a room server (ws://…/demo), to try a bot on. 模拟直播平台。"""
    from bot.cli.demo import serve_platform

    serve_platform(catalogue, port=port, seconds=seconds, seed=seed, rate=rate, report=report)


@app.command()
def doctor(
    catalogue: Goods = None,
    config: Config = None,
    redis_url: RedisUrl = None,
    data: Data = None,
    model: Model = None,
    page_port: PagePort = None,
) -> None:
    """Check Python, torch, model, Valkey, ports and catalogue, and say what to do. 检查环境。"""
    from bot.cli.doctor import examine

    settings = _settings(config, catalogue=catalogue, redis_url=redis_url, data=data, model=model, page_port=page_port)
    raise typer.Exit(examine(settings))


trials.add(app)


def main() -> None:
    """Run the command line; our own errors are one readable line each, and exit code 1."""
    fail.run(app)


if __name__ == "__main__":
    main()
