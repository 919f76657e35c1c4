"""The demo: a whole selling room on this machine. Store, worker, platform and front, as in production, each its own
process but for the front, which is this one.
"""

import asyncio
import logging
import shutil
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec

from bot.app import Front, connect_redis, run_until_signal
from bot.backends.catalog_file import load_catalogue
from bot.backends.redis_queue import RedisJobs
from bot.backends.rules_file import load_rules
from bot.backends.script_file import save as save_script
from bot.backends.valkey import store_url
from bot.child import end
from bot.decide.adlaw import AdLaw
from bot.decide.script.plan import plan
from bot.decide.script.write import write
from bot.demo.platform import Report
from bot.domain.errors import StoreError, ZhuboError
from bot.domain.script import Brief
from bot.settings import Settings

log = logging.getLogger(__name__)

GOODS = Path(__file__).with_name("goods.csv")
PLATFORM_WITHIN = 20.0  # seconds
WORKER_WITHIN = 90.0  # seconds; loading converted weights takes a few


class Outcome(msgspec.Struct):
    """What a demo run produced: the front, for its figures, and the platform's report (None if it was cut short)."""

    front: Front
    report: Report | None
    seconds: float
    model: bool


async def play(
    settings: Settings,
    *,
    seconds: float,
    seed: int,
    rate: float,
    model: bool,
    patient: bool,
    say: Callable[[str], None],
    started: Callable[[Front], None],
) -> Outcome:
    """Play the demo until the show is over or a signal comes.

    Args:
        model: start a worker; without one there are facts-only answers.
        patient: wait for the worker before the show begins.
        say: told what is being started.
        started: called once when the page is up.
    """
    folder = settings.folder / "demo"
    shutil.rmtree(folder / "valkey", ignore_errors=True)  # every demo starts with viewers it does not know
    folder.mkdir(parents=True, exist_ok=True)
    goods = folder / "goods.csv"
    shutil.copyfile(GOODS, goods)
    script = folder / "script.json"
    await asyncio.to_thread(_script, goods, script, seconds)
    report = folder / "platform.json"
    report.unlink(missing_ok=True)
    began = time.monotonic()
    async with store_url(settings.redis_url, folder) as url:
        settings = msgspec.structs.replace(
            settings, redis_url=url, data=str(folder), catalogue=str(goods), script=str(script)
        )
        async with _worker(settings, model, patient, say) as has_model:
            say("starting the room server / 正在启动直播间服务器")
            command = ["platform", "--seconds", str(seconds), "--seed", str(seed), "--rate", str(rate)]
            command += ["--catalogue", str(goods), "--report", str(report)]
            async with _process(*command) as platform:
                settings = msgspec.structs.replace(settings, rooms=(await _address(platform),))
                front = Front(settings)
                await run_until_signal(front, lambda: started(front))
                try:
                    async with asyncio.timeout(5.0):
                        await platform.wait()
                except TimeoutError:
                    log.info("the platform is still playing; it is stopped now")
    seen = msgspec.json.decode(report.read_bytes(), type=Report) if report.exists() else None
    return Outcome(front, seen, time.monotonic() - began, has_model)


def _script(goods: Path, file: Path, seconds: float) -> None:
    """Write the host a script, by code alone: the worker is for the viewers."""
    catalogue = load_catalogue(goods, version=1).catalogue
    brief = Brief(seconds=max(600.0, seconds))
    save_script(write("demo", catalogue, brief, plan(catalogue, brief), AdLaw(load_rules())), catalogue, file)


@asynccontextmanager
async def _worker(settings: Settings, wanted: bool, patient: bool, say: Callable[[str], None]) -> AsyncIterator[bool]:
    if not wanted:
        yield False
        return
    say(f"starting the worker / 正在启动模型进程: {Path(settings.model).name}")
    command = ["worker", "--redis-url", settings.redis_url, "--data", settings.data, "--model", settings.model]
    command += ["--batch", str(settings.batch), "--threads", str(settings.threads), "--nice", "10"]
    if settings.model_cache:
        command += ["--model-cache", settings.model_cache]
    async with _process(*command, quiet=False) as worker:
        yield await _comes_up(settings, worker) if patient else True


async def _comes_up(settings: Settings, worker: asyncio.subprocess.Process) -> bool:
    redis = connect_redis(settings.redis_url, patience=3)
    jobs = RedisJobs(redis, "demo")
    until = time.monotonic() + WORKER_WITHIN
    try:
        while time.monotonic() < until and worker.returncode is None:
            try:
                if (await jobs.crew()).shifts:
                    return True
            except StoreError as error:
                log.debug("%s", error)
            await asyncio.sleep(0.1)
    finally:
        await redis.aclose()
    log.error("the worker did not come up: facts-only answers. See `zhubo doctor`.")
    return False


@asynccontextmanager
async def _process(*arguments: str, quiet: bool = True) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run one of our own commands beside us; it ends with us, in order if it can."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        *arguments,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE if quiet else asyncio.subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        await end(process)


async def _address(platform: asyncio.subprocess.Process) -> str:
    """Return the address that the room server prints when it listens."""
    if platform.stdout is None:
        raise ZhuboError("the room server has no output to read")
    try:
        async with asyncio.timeout(PLATFORM_WITHIN):
            line = (await platform.stdout.readline()).decode().strip()
    except TimeoutError as error:
        raise ZhuboError("the room server did not start. Fix: see the messages above.") from error
    if not line.startswith("ws://"):
        raise ZhuboError("the room server did not start. Fix: see the messages above.")
    return line
