"""How much one front process takes in: real WebSocket, real store, triage and merge on, no model.

    make bench-intake                        2,000/s for 60 s, 10,000/s for 10 s, 50 rooms
    make bench-intake ARGS=--quick
    make bench-intake ARGS="--sustained 300"  2,000/s over 50 rooms for five minutes, with the slope of its memory
    make bench-intake ARGS="--most 10000000"  ten million short comments, as fast as they are taken

A second process plays the platform. "frame to decision" runs from the moment the platform writes a frame to the
moment the room has decided what to do with the comment; both processes read the same clock. The WebSocket
library's own ceiling (bare receive loop, same frames, same machine) is measured in the same run. Exit code 1 when a
floor of the project is missed.
"""

import argparse
import asyncio
import multiprocessing
import random
import sys
import tempfile
import time
from collections.abc import Callable, Coroutine
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import msgspec
from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from adapters.generic.codec import SUBPROTOCOL, Frame, WireEvent, decode, encode
from bot.app import Front
from bot.backends.catalog_file import load_catalogue
from bot.backends.metrics import resident
from bot.cli import loop
from bot.demo.play import GOODS
from bot.demo.server import framed
from bot.demo.show import make_show
from bot.domain.ports import Caps
from bot.domain.turns import Turn
from bot.insight.counters import slope
from bot.settings import load
from tests.bench.sheet import show, verdict

PACE = 0.005  # seconds between two writes of the platform
AHEAD = 1 << 18  # bytes on their way at most


class Flood:
    """The platform: one connection a room, each paced at `rate` comments per second for `seconds`, or until `most`."""

    def __init__(self, lines: list[tuple[str, str]], rate: float, seconds: float, most: int) -> None:
        self.lines, self.rate, self.seconds, self.most = lines, rate, seconds, most
        self.sent = 0

    async def talk(self, link: ServerConnection) -> None:
        await link.recv()
        await link.send(encode(Frame("hello", caps=Caps(min_gap=0.0, per_window=(100_000, 1.0)))))
        reader = asyncio.create_task(self.accept(link))
        shown = Frame("event", seq=1, event=WireEvent("room", "show", product="1"))
        await link.send(encode(shown))
        await asyncio.sleep(0.5)
        dice, number = random.Random(self.sent), 0
        began = time.monotonic()
        while (passed := time.monotonic() - began) < self.seconds and number < self.most:
            due = min(int(self.rate * passed), self.most) - number
            if self.most < 1 << 50 and link.transport.get_write_buffer_size() > AHEAD:  # as fast as they are taken
                began, due = began + PACE, 0
            batch = bytearray()
            for _ in range(due):
                user, text = dice.choice(self.lines)
                number += 1
                batch += framed(
                    b'{"v":1,"type":"event","seq":%d,"event":{"kind":"comment","id":"%d|%.6f","user":{"id":"%s"},"text":%s}}'
                    % (number + 1, number, time.time(), user.encode(), text.encode())
                )
            link.transport.write(bytes(batch))
            self.sent += due
            await asyncio.sleep(PACE)
        while link.transport.get_write_buffer_size():  # noqa: ASYNC110 - a transport has no event for it
            await asyncio.sleep(PACE)
        await asyncio.sleep(1.0)
        await link.close(4410)
        await reader

    async def accept(self, link: ServerConnection) -> None:
        """Take every line that the bot posts."""
        try:
            while True:
                frame = decode(await link.recv(decode=False))
                await link.send(encode(Frame("receipt", key=frame.key, outcome="accepted")))
        except ConnectionClosed:
            return


def play(
    pipe: Connection, lines: list[tuple[str, str]], rate: float, seconds: float, rooms: int, most: int = 1 << 60
) -> None:
    """Run the platform in its own process: tells its port, then how many comments it sent."""

    async def main() -> None:
        flood = Flood(lines, rate / rooms, seconds, most // rooms)
        done, left = asyncio.Event(), rooms

        async def talk(link: ServerConnection) -> None:
            nonlocal left
            try:
                await flood.talk(link)
            finally:
                left -= 1
                if not left:
                    done.set()

        async with serve(
            talk, "127.0.0.1", 0, subprotocols=[SUBPROTOCOL], compression=None, ping_interval=None
        ) as server:
            pipe.send(server.sockets[0].getsockname()[1])
            await done.wait()
        pipe.send(flood.sent)

    loop.run(main())


class Watch:
    """An observer that keeps the times from frame to decision, as counts of tenths of milliseconds."""

    def __init__(self) -> None:
        self.counts = [0] * 100_000

    def __call__(self, room: str, item: object) -> None:
        if isinstance(item, Turn):
            wait = item.decided - float(item.id.partition("|")[2])
            self.counts[min(99_999, max(0, int(wait * 10_000)))] += 1

    def quantile(self, share: float) -> float:
        """Seconds, to a tenth of a millisecond."""
        left = share * sum(self.counts)
        for place, count in enumerate(self.counts):
            left -= count
            if left < 0:
                return (place + 0.5) / 10_000
        return 0.0


def with_platform(
    lines: list[tuple[str, str]],
    rate: float,
    seconds: float,
    rooms: int,
    most: int,
    work: Callable[[int], Coroutine[Any, Any, None]],
) -> int:
    """Run `work(port)` against a platform process; returns how many comments that sent."""
    here, there = multiprocessing.get_context("spawn").Pipe()
    process = multiprocessing.get_context("spawn").Process(
        target=play, args=(there, lines, rate, seconds, rooms, most), daemon=True
    )
    process.start()
    port = here.recv()

    async def bounded() -> None:
        """A platform that is gone without a goodbye must not keep us waiting."""
        async with asyncio.timeout(seconds + 60):
            await work(port)

    loop.run(bounded())
    sent: int = here.recv()
    process.join(5)
    return sent


def measure(
    lines: list[tuple[str, str]], rate: float, seconds: float, rooms: int, most: int = 1 << 60
) -> dict[str, Any]:
    """Run a front at a rate and return its figures."""
    watch, found = Watch(), {}
    memory: list[tuple[float, float]] = []

    async def weigh() -> None:
        while True:
            memory.append((time.monotonic(), resident() / 1e6))
            await asyncio.sleep(1.0)

    async def work(port: int) -> None:
        with tempfile.TemporaryDirectory() as data:
            urls = [f"ws://127.0.0.1:{port}/r{i}" for i in range(rooms)]
            settings = load(
                None, {"rooms": urls, "apart": True, "catalogue": str(GOODS), "data": data, "page_port": 0}, {}
            )
            front = Front(settings, observers=[watch])
            weighing = asyncio.create_task(weigh())
            began, clock = time.process_time(), time.monotonic()
            await front.run()
            found["took"] = time.monotonic() - clock
            weighing.cancel()
            counters = [stage.counters for stage in front.stages.values()]
            found["received"] = sum(c.received for c in counters)
            found["ended"] = sum(sum(c.fates.values()) for c in counters)
            found["shed"] = sum(c.fates["shed"] for c in counters)
            found["questions"] = sum(c.asked for c in counters)
            found["cpu"] = time.process_time() - began
            found["lost"] = front.journal.dropped
            found["rss"] = resident() / 1e6

    found["sent"] = with_platform(lines, rate, seconds, rooms, most, work)
    found["p50"], found["p95"] = watch.quantile(0.5), watch.quantile(0.95)
    found["slope"] = slope(memory[len(memory) * 2 // 3 :]) * 60
    return found


def ceiling(lines: list[tuple[str, str]], seconds: float) -> float:
    """Return frames per second that the bare WebSocket library takes from the same platform, flooding."""
    counted = [0, 0.0]

    async def work(port: int) -> None:
        async with connect(
            f"ws://127.0.0.1:{port}/x", subprotocols=[SUBPROTOCOL], compression=None, max_queue=256
        ) as link:
            await link.send("{}")
            await link.recv()
            await link.recv()
            first = await link.recv()
            began = time.monotonic()
            while time.monotonic() - began < seconds * 0.6 and first:
                await link.recv(decode=False)
                counted[0] += 1
            counted[1] = time.monotonic() - began
            link.transport.abort()

    here, there = multiprocessing.get_context("spawn").Pipe()
    process = multiprocessing.get_context("spawn").Process(
        target=play, args=(there, lines, 250_000.0, seconds, 1), daemon=True
    )
    process.start()
    loop.run(work(here.recv()))
    process.terminate()
    process.join(5)
    return counted[0] / counted[1]


def wanted(given: argparse.Namespace) -> list[tuple[float, float, int, int]]:
    """Return the runs: comments per second, seconds, rooms, comments at most."""
    endless = 1 << 60
    if given.sustained:
        return [(2_000.0, given.sustained, 50, endless)]
    if given.most:
        return [(250_000.0, 7200.0, 2, given.most)]
    if given.quick:
        return [(2_000.0, 8.0, 1, endless), (10_000.0, 5.0, 1, endless), (2_000.0, 8.0, 50, endless)]
    return [(2_000.0, 60.0, 1, endless), (10_000.0, 10.0, 1, endless), (2_000.0, 20.0, 50, endless)]


def main() -> int:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--quick", action="store_true", help="shorter runs, for a look")
    options.add_argument("--sustained", type=float, default=0.0, help="seconds of 2,000/s over 50 rooms")
    options.add_argument("--most", type=int, default=0, help="so many short comments, as fast as they are taken")
    options.add_argument("--out", type=Path, default=None)
    given = options.parse_args()
    goods = load_catalogue(GOODS, version=1).catalogue
    cues = make_show(goods, seconds=900, seed=11)
    short = 12 if given.most else 300
    lines = [
        (c.event.user.id, msgspec.json.encode(c.event.text).decode())
        for c in cues
        if c.event and c.event.kind == "comment" and c.event.user and len(c.event.text) < short
    ]
    rows, missed = [], []
    for rate, seconds, rooms, most in wanted(given):
        found = measure(lines, rate, seconds, rooms, most)
        gone = found["sent"] - found["ended"]
        asked = f"{rate:,.0f}/s x {seconds:.0f} s"
        if given.most:
            asked = f"{found['sent'] / found['took']:,.0f}/s taken"
        rows.append((
            asked, str(rooms), f"{found['sent']:,}", str(gone), str(found["shed"]), f"{found['questions']:,}",
            f"{found['p50'] * 1000:.1f} ms", f"{found['p95'] * 1000:.1f} ms",
            f"{found['cpu'] / max(1, found['received']) * 1e6:.0f} us", f"{found['rss']:.0f} MB",
            f"{found['slope']:+.2f} MB/min",
        ))  # fmt: skip
        if gone or found["lost"]:
            missed.append(f"{gone} comments unaccounted for at {rate:,.0f}/s, {found['lost']} journal lines lost")
        if not given.most and found["sent"] < 0.99 * rate * seconds:
            missed.append(f"only {found['sent'] / seconds:,.0f}/s were written of {rate:,.0f}/s")
        if rate == 2_000 and found["p95"] > 0.05:
            missed.append(f"p95 {found['p95'] * 1000:.0f} ms at 2,000/s in {rooms} rooms, asked for 50 ms")
        if rooms == 50 and found["rss"] > 300:
            missed.append(f"RSS {found['rss']:.0f} MB with 50 rooms, asked for 300 MB")
    notes = []
    if not given.sustained and not given.most:
        bare = ceiling(lines, 3.0 if given.quick else 8.0)
        notes = [f"websockets alone (bare receive loop, same frames): {bare:,.0f} frames/s, {1e6 / bare:.0f} us each"]
    columns = (
        "asked for", "rooms", "comments", "unaccounted", "shed", "questions", "p50", "p95", "CPU each", "RSS", "growth",
    )  # fmt: skip
    name = "sustained" if given.sustained else "most" if given.most else "intake"
    show(name, "one front process, triage and merge on, no model", columns, rows, given.out, notes=notes)
    return verdict(missed)


if __name__ == "__main__":
    sys.exit(main())
