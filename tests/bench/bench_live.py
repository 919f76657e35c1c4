"""A worker under an open-loop load: how soon the first words come, and how late its event loop is meanwhile.

    make bench-live                        SmolLM2-135M, 32 slots, one thread: 70 % of what it can do, 30 s

The rate it can do is measured first, by keeping it full for a while. Then questions come as a Poisson process at 70 %
of it, whatever the worker does, and waits count from when each was due. The worker is the real one (`bot.worker.loop`)
on a queue in memory.
"""

import argparse
import asyncio
import random
import time
import warnings
from collections import deque
from collections.abc import Sequence
from pathlib import Path

from bot.backends.models import default_cache, resolve
from bot.backends.models.writer import SlotWriter
from bot.domain.work import Claimed, Job, Shift, Written
from bot.insight.counters import quantile
from bot.worker.loop import Worker
from tests.bench.bench_engine import ASKED, CARD, MODEL, Quiet
from tests.bench.sheet import show, verdict

SHARE = 0.7


class Queue:
    """A queue in memory that notes when words and answers come."""

    def __init__(self) -> None:
        self._waiting: deque[Claimed] = deque()
        self._bell = asyncio.Event()
        self.first: dict[str, float] = {}
        self.done: dict[str, float] = {}

    def put(self, id: str) -> None:
        """Ask something new."""
        number = int(id[1:])
        suffix = f"{ASKED[number % len(ASKED)]} ({number})\nAnswer:"
        self._waiting.append(Claimed(id, Job(id, CARD, suffix, time.time() + 600, 120, one_line=False, stream=True)))
        self._bell.set()

    async def take(self, most: int, wait: float) -> Sequence[Claimed]:
        """See `WorkQueue`."""
        if not self._waiting and wait:
            self._bell.clear()
            try:
                async with asyncio.timeout(wait):
                    await self._bell.wait()
            except TimeoutError:
                return ()
        return [self._waiting.popleft() for _ in range(min(most, len(self._waiting)))]

    async def cancelled(self, ids: Sequence[str]) -> Sequence[str]:
        """Nobody cancels."""
        return ()

    async def beat(self, entries: Sequence[str], shift: Shift) -> None:
        """Nobody watches."""

    async def tell(self, words: Sequence[tuple[Claimed, Written]]) -> None:
        """Words so far."""
        for _, written in words:
            self.first.setdefault(written.id, time.perf_counter())

    async def finish(self, claimed: Claimed, written: Written) -> bool:
        """An answer."""
        self.first.setdefault(written.id, time.perf_counter())
        self.done[written.id] = time.perf_counter()
        return True


async def measure(writer: SlotWriter, seconds: float, seed: int) -> tuple[float, float, dict[str, list[float]]]:
    """Return answers per second when full, questions per second asked, and waits and lateness in seconds."""
    queue = Queue()
    worker = Worker(queue, writer, clock=time.time)
    task = asyncio.create_task(worker.run())
    count, full = 4 * writer.slots, time.perf_counter()
    for n in range(count):
        queue.put(f"q{n}")
    while len(queue.done) < count:  # noqa: ASYNC110 - the queue is the measured one's
        await asyncio.sleep(0.05)
    able = count / (max(queue.done.values()) - full)
    dice, due = random.Random(seed), dict[str, float]()
    worker._lag._seen.clear()
    began = at = time.perf_counter()
    while (at := at + dice.expovariate(SHARE * able)) < began + seconds:
        await asyncio.sleep(max(0.0, at - time.perf_counter()))
        count += 1
        due[f"q{count}"] = at
        queue.put(f"q{count}")
    lag = list(worker._lag._seen)
    while not due.keys() <= queue.done.keys():  # noqa: ASYNC110
        await asyncio.sleep(0.05)
    worker.stop()
    await task
    waits = {
        "first words": [queue.first[id] - at for id, at in due.items()],
        "whole answers": [queue.done[id] - at for id, at in due.items()],
        "event loop late by": lag,
    }
    return able, len(due) / seconds, waits


def main() -> int:
    """Measure and print; 1 when a floor is missed."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("--seconds", type=float, default=30.0)
    options.add_argument("--slots", type=int, default=32)
    options.add_argument("--threads", type=int, default=1)
    options.add_argument("--dtype", default=None, help="default: what a worker takes here")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--out", type=Path, default=None)
    given = options.parse_args()
    warnings.simplefilter("ignore")
    folder = Path(resolve(MODEL, cache=default_cache(), progress=Quiet()))
    writer = SlotWriter.load(folder, slots=given.slots, threads=given.threads, dtype=given.dtype)
    able, asked, waits = asyncio.run(measure(writer, given.seconds, given.seed))
    shares = (0.5, 0.95, 0.99, 1.0)
    rows = [
        (name, *(f"{quantile(values, share) * 1000:,.0f} ms" for share in shares)) for name, values in waits.items()
    ]
    title = f"worker at {asked:.2f} questions/s, {asked / able:.0%} of the {able:.2f}/s it can do"
    show("live", title, ("", "p50", "p95", "p99", "worst"), rows, given.out, f"{writer.name}, {writer.dtype}")
    missed = []
    if (first := quantile(waits["first words"], 0.95)) > 0.5:
        missed.append(f"first words p95 {first:.2f} s, asked for 0.5 s")
    if (late := quantile(waits["event loop late by"], 0.99)) > 0.010:
        missed.append(f"event loop late by p99 {late * 1000:.1f} ms, asked for 10 ms")
    return verdict(missed)


if __name__ == "__main__":
    raise SystemExit(main())
