"""Does the MQTT feed slow the room? 1,000 turns a second, with and without twenty subscribers, turn and turn about.

make bench-feed
"""

import argparse
import asyncio
import multiprocessing
import statistics
import tempfile
import time
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

import aiomqtt
import msgspec

from bot.domain.policy import RoomPolicy
from bot.insight.counters import quantile
from tests.backends.test_mqtt_feed import free_port
from tests.bench.sheet import show, verdict
from tests.e2e.live_room import ROOM, live_room
from tests.fakes import goods

RATE = 1000.0
TEXTS = ("来了", "666", "主播好美", "多少钱", "好看", "什么时候发货", "哈哈哈", "L码还有吗", "支持", "刚来")


def listen(port: int, count: int, ready: Event, stop: Event, told: Any) -> None:
    """Subscribe as often as asked, in a process of our own, and count the turns that each subscriber gets."""

    async def one(heard: list[int], up: list[int]) -> None:
        async with aiomqtt.Client("127.0.0.1", port, max_queued_incoming_messages=100_000) as client:
            await client.subscribe(f"zhubo/v1/room/{ROOM}/turn")
            up.append(1)
            if len(up) == count:
                ready.set()
            async for message in client.messages:
                heard[0] += len(msgspec.json.decode(message.payload)["turns"])  # type: ignore[arg-type]

    async def all_of_them() -> None:
        up: list[int] = []
        counts = [[0] for _ in range(count)]
        tasks = [asyncio.create_task(one(heard, up)) for heard in counts]
        while not stop.is_set():  # noqa: ASYNC110 - another process's
            await asyncio.sleep(0.05)
        await asyncio.sleep(1.0)
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        told.put([heard[0] for heard in counts])

    asyncio.run(all_of_them())


async def play(seconds: float, subscribers: int) -> tuple[float, float, int, list[int], int]:
    """Return p50 and p95 from frame to decision in ms, turns, turns heard by each subscriber, and turns dropped."""
    port = free_port() if subscribers else 0
    with tempfile.TemporaryDirectory() as folder:
        async with live_room(Path(folder), goods(), RoomPolicy(send_gap=0.5), mqtt=port) as room:
            context = multiprocessing.get_context("spawn")
            ready, stop, told = context.Event(), context.Event(), context.Queue()
            other = context.Process(target=listen, args=(port, subscribers, ready, stop, told)) if subscribers else None
            if other:
                other.start()
                await asyncio.to_thread(ready.wait, 20)
            began, n = time.monotonic(), 0
            while (gone := time.monotonic() - began) < seconds:
                while n < gone * RATE:
                    room.platform.ask(TEXTS[n % 10], viewer=f"u{n % 700}")
                    n += 1
                await asyncio.sleep(0.002)
            await room.until(lambda: not room.feed.waiting, 10) if subscribers else None
            await asyncio.sleep(0.5)
            stop.set()
            counts = await asyncio.to_thread(told.get, True, 20) if other else []
            ended = sum(room.stage.counters.fates.values())
            waits = [1000 * wait for wait in room.stage.counters.decided]
            return quantile(waits, 0.5), quantile(waits, 0.95), ended, counts, room.feed.dropped


def main() -> int:
    """Measure and print; 1 when a floor is missed."""
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("--seconds", type=float, default=10.0)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--out", type=Path, default=None)
    given = options.parse_args()
    found: dict[int, list[tuple[float, float, int, list[int], int]]] = {0: [], 20: []}
    for _ in range(given.rounds):
        for subscribers in found:
            found[subscribers].append(asyncio.run(play(given.seconds, subscribers)))
    rows = []
    for subscribers, runs in found.items():
        heard = [count for run in runs for count in run[3]]
        rows.append((
            f"{subscribers} subscribers" if subscribers else "no feed", f"{sum(r[2] for r in runs):,}",
            f"{statistics.median(r[0] for r in runs):.2f} ms", f"{statistics.median(r[1] for r in runs):.2f} ms",
            f"{min(heard):,}–{max(heard):,}" if heard else "", f"{sum(r[4] for r in runs):,}",
        ))  # fmt: skip
    columns = ("arm", "turns", "decision p50", "p95", "turns heard by each, a round", "dropped")
    show("feed", f"{RATE:,.0f} comments/s in one room, feed off and on", columns, rows, given.out)
    off, on = (statistics.median(r[1] for r in runs) for runs in found.values())
    missed = [f"p95 is {100 * (on / off - 1):+.0f} % with the feed, asked for 5 %"] if on > off * 1.05 + 0.1 else []
    return verdict(missed)


if __name__ == "__main__":
    raise SystemExit(main())
