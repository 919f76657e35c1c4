"""How fast facts are answered while the worker is busy: a real show at 13 comments/s against a real model process.

    make bench-facts                 60 s
    make bench-facts ARGS="--seconds 20"

The worker is kept busy by a second client that feeds it questions without pause. "frame to draft" runs from the
arrival of a comment's frame to its words being ready, for comments that opened a question. Exit code 1 when the p95
is above 150 ms or a posted number was wrong.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from pathlib import Path

from bot.app import Front, connect_redis
from bot.backends.catalog_file import load_catalogue
from bot.backends.redis_queue import RedisJobs
from bot.backends.valkey import store_url
from bot.cli import loop
from bot.decide import compose
from bot.demo.platform import Platform
from bot.demo.play import GOODS
from bot.demo.show import make_show
from bot.domain.work import Job
from bot.insight.counters import quantile
from bot.settings import load
from tests.bench.sheet import show, verdict

FLOOR = 0.150  # seconds


async def keep_busy(jobs: RedisJobs, written: list[str]) -> None:
    """Feed the worker batch after batch."""
    number = 0
    notes = ["适合通勤、约会和度假穿着", "30℃机洗，深浅分开"]
    while True:
        prompt = compose.prefix("zh"), compose.suffix("上班能穿吗", "zh", notes)
        batch = [Job(f"busy-{number + i}", *prompt, time.time() + 120) for i in range(8)]
        number += 8
        await jobs.submit(batch)
        waiting = {job.id for job in batch}
        while waiting:
            for answer in await jobs.results():
                waiting.discard(answer.id)
                written.append(answer.id)


async def measure(seconds: float, model: str) -> dict[str, float]:
    """Play a show with the worker busy; returns the figures."""
    found: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        goods = Path(folder) / "goods.csv"
        goods.write_bytes(GOODS.read_bytes())
        catalogue = load_catalogue(goods, version=1).catalogue
        async with store_url("", Path(folder)) as url:
            worker = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bot", "worker", "--model", model, "--redis-url", url, "--nice", "10"
            )
            redis = connect_redis(url, patience=10)
            jobs, written = RedisJobs(redis, "busy"), list[str]()
            while not (await jobs.crew()).shifts:  # noqa: ASYNC110 - it is told by the store alone
                await asyncio.sleep(0.1)
            busy = asyncio.create_task(keep_busy(jobs, written))
            room = Platform(make_show(catalogue, seconds=seconds, seed=5), catalogue, goods, quiet=3.0)
            listening = asyncio.Event()
            show = asyncio.create_task(room.run(listening=listening))
            await listening.wait()
            rooms = [f"ws://127.0.0.1:{room.port}/demo"]
            settings = {"rooms": rooms, "catalogue": str(goods), "data": folder, "redis_url": url, "page_port": 0}
            front = Front(load(None, settings, {}))
            await front.run()
            report = await show
            busy.cancel()
            await asyncio.wait([busy])
            worker.terminate()
            await worker.wait()
            await redis.aclose()
    counters = front.stages["demo"].counters
    facts = list(counters.latency["fact"])
    found |= {"received": counters.received, "facts": len(facts), "busy": len(written), "wrong": len(report.wrong)}
    return found | {"p50": quantile(facts, 0.5), "p95": quantile(facts, 0.95), "max": max(facts, default=0.0)}


def main() -> int:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--seconds", type=float, default=60.0)
    options.add_argument("--model", default=load(None, {}, {}).model)
    options.add_argument("--out", type=Path, default=None)
    given = options.parse_args()
    found = loop.run(measure(given.seconds, given.model))
    row = [f"{found['received']:.0f}", f"{found['busy']:.0f}", f"{found['facts']:.0f}"]
    row += [f"{found[name] * 1000:.1f} ms" for name in ("p50", "p95", "max")] + [f"{found['wrong']:.0f}"]
    columns = ("comments", "answers written meanwhile", "fact answers", "p50", "p95", "worst", "wrong numbers")
    show("facts", "fact answers, frame to draft, at 13 comments/s with the worker busy", columns, [row], given.out)
    missed = [f"p95 {found['p95'] * 1000:.0f} ms, asked for 150 ms"] if found["p95"] > FLOOR else []
    missed += [f"{found['wrong']:.0f} wrong numbers"] if found["wrong"] or not found["facts"] else []
    return verdict(missed)


if __name__ == "__main__":
    sys.exit(main())
