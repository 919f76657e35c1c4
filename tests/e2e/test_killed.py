"""kill -9 of the worker in the middle of a batch, and of Valkey in the middle of a show, with real processes."""

import asyncio
import os
import signal
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from redis.asyncio import Redis

from adapters.generic.codec import Frame
from bot.app import connect_redis
from bot.backends.catalog_file import load_catalogue
from bot.backends.journal import read
from bot.backends.redis_queue import GROUP, JOBS, RedisJobs
from bot.backends.valkey import EmbeddedValkey
from bot.demo.platform import Platform
from bot.demo.play import GOODS
from bot.demo.server import Room
from bot.demo.show import make_show
from bot.domain.inputs import Entry, Hear
from bot.domain.turns import Turn
from bot.domain.work import Job

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small random model in a folder, as --model takes it."""
    from tests.tiny import save

    return save(tmp_path_factory.mktemp("tiny"), positions=8192)


@asynccontextmanager
async def command(*arguments: str, log: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run one of our commands; its output goes to `log`."""
    with log.open("wb") as out:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", *arguments, cwd=ROOT, stdin=asyncio.subprocess.DEVNULL, stdout=out, stderr=out
        )
        try:
            yield process
        finally:
            if process.returncode is None:
                process.kill()
            await process.wait()


def worker(url: str, tiny: Path, log: Path, batch: int = 4):  # type: ignore[no-untyped-def]
    """A worker process on the tiny model."""
    arguments = ("worker", "--model", str(tiny), "--redis-url", url, "--batch", str(batch), "--threads", "1")
    return command(*arguments, log=log)


async def until(condition, within: float, what: str) -> None:  # type: ignore[no-untyped-def]
    """Wait for an async condition."""
    end = time.monotonic() + within
    while not await condition():
        assert time.monotonic() < end, f"{what} did not happen within {within:g} s"
        await asyncio.sleep(0.01)


async def in_hand(redis: Redis, process: asyncio.subprocess.Process) -> int:
    """How many entries the worker with this process id holds."""
    if not await redis.exists(JOBS):
        return 0
    groups = await redis.xinfo_groups(JOBS)
    if not groups:
        return 0
    consumers = await redis.xinfo_consumers(JOBS, GROUP)
    return sum(c["pending"] for c in consumers if c["name"].decode().endswith(f"-{process.pid}"))


@pytest.mark.timeout(120)
async def test_a_worker_killed_in_mid_batch_loses_no_job_and_doubles_none(
    valkey: EmbeddedValkey, tmp_path: Path, tiny: Path
) -> None:
    """Its entries are claimed by another worker, and each job has exactly one answer."""
    redis = connect_redis(valkey.url, patience=10)
    front = RedisJobs(redis, "front")
    async with worker(valkey.url, tiny, tmp_path / "one.log") as one, worker(valkey.url, tiny, tmp_path / "two.log"):

        async def both() -> bool:
            return len((await front.crew()).shifts) == 2

        await until(both, 60, "two workers up")
        prefix = "你是直播间助播。" * 20
        await front.submit([Job(f"j{i}", prefix, f"问题{i}？", time.time() + 90, 400) for i in range(40)])

        async def busy() -> bool:
            return await in_hand(redis, one) > 0

        await until(busy, 20, "a batch in hand")
        one.send_signal(signal.SIGKILL)
        await one.wait()
        held = await in_hand(redis, one)
        answers: list[str] = []
        end = time.monotonic() + 60
        while len(answers) < 40 and time.monotonic() < end:
            answers += [w.id for w in await front.results() if not w.error]
        answers += [w.id for w in await front.results()]
    await redis.aclose()
    assert held > 0, "the worker was not killed in the middle of a batch"
    assert Counter(answers) == Counter(f"j{i}" for i in range(40))


class Witness(Platform):
    """The demo's platform, which also writes down what was posted."""

    def __init__(self, *args: object, **more: object) -> None:
        super().__init__(*args, **more)  # type: ignore[arg-type]
        self.posts: list[tuple[str, tuple[str, ...]]] = []

    def _posted(self, room: Room, frame: Frame) -> None:
        super()._posted(room, frame)
        self.posts.append((frame.text, frame.reply_to))


@pytest.mark.timeout(150)
async def test_a_show_survives_the_death_of_worker_and_store(tmp_path: Path, tiny: Path) -> None:
    """No comment without a Turn, no question answered twice, no wrong number: with both killed in mid show."""
    server = EmbeddedValkey(tmp_path / "store")
    await server.start()
    watch = asyncio.create_task(server.watch())
    redis = connect_redis(server.url, patience=40)
    front_jobs = RedisJobs(redis, "test")
    goods = tmp_path / "goods.csv"
    goods.write_bytes(GOODS.read_bytes())
    catalogue = load_catalogue(goods, version=1).catalogue
    room = Witness(make_show(catalogue, seconds=24, seed=3), catalogue, goods, quiet=3.0)
    listening = asyncio.Event()
    show = asyncio.create_task(room.run(listening=listening))
    await listening.wait()
    async with worker(server.url, tiny, tmp_path / "one.log") as one, worker(server.url, tiny, tmp_path / "two.log"):

        async def both() -> bool:
            return len((await front_jobs.crew()).shifts) == 2

        await until(both, 60, "two workers up")
        arguments = ["run", "--room", f"ws://127.0.0.1:{room.port}/demo", "--catalogue", str(goods)]
        arguments += ["--redis-url", server.url, "--data", str(tmp_path / "data"), "--page-port", "0"]
        async with command(*arguments, log=tmp_path / "front.log") as front:
            await asyncio.sleep(6)
            one.send_signal(signal.SIGKILL)
            await asyncio.sleep(4)
            os.kill(server.pid, signal.SIGKILL)
            report = await show
            async with asyncio.timeout(20):
                code = await front.wait()
    watch.cancel()
    await redis.aclose()
    await server.stop()
    log = (tmp_path / "front.log").read_text()
    assert code == 0, log
    assert server.restarts == 1
    (journal,) = (tmp_path / "data" / "journal").glob("*.jsonl")
    lines = list(read(journal))
    heard = [e.item.heard for e in lines if isinstance(e, Entry) and isinstance(e.item, Hear)]
    comments = [h.id for h in heard if h.kind == "comment"]
    turns = [t for t in lines if isinstance(t, Turn)]
    assert Counter(comments) == Counter(t.id for t in turns), "a comment without its one Turn"
    assert len(comments) == report.sent["comment"] - _redelivered(room)
    assert report.wrong == []
    assert report.lines["accepted"] >= 8
    answered = Counter(comment for _, ids in room.posts for comment in ids)
    assert max(answered.values()) == 1, "a comment was answered in two lines"
    firsts = Counter(t.question for t in turns if t.fate == "answered")
    assert max(firsts.values()) == 1, "a question was answered twice"


def _redelivered(room: Platform) -> int:
    ids = Counter(cue.event.id for cue in room._cues if cue.event and cue.event.kind == "comment")
    return sum(n - 1 for n in ids.values())
