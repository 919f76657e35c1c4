"""How much one front process takes in: real WebSocket, real store, triage and merge on, no model.

    make bench-intake            2,000/s for 60 s, 10,000/s for 10 s, 50 rooms
    make bench-intake ARGS=--quick

A second process plays the platform. "frame to decision" runs from the moment the platform writes a frame to the
moment the room has decided what to do with the comment; both processes read the same clock. The WebSocket
library's own ceiling (bare receive loop, same frames, same machine) is measured in the same run. Exit code 1 when a
floor of the project is missed.
"""

import argparse
import asyncio
import multiprocessing
import os
import platform
import random
import sys
import tempfile
import time
from collections.abc import Callable, Coroutine
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import msgspec
from rich.console import Console
from rich.table import Table
from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from adapters.generic.codec import SUBPROTOCOL, Frame, WireEvent, decode, encode
from bot.app import Front
from bot.backends.catalog_file import load_catalogue
from bot.cli import loop
from bot.demo.play import GOODS
from bot.demo.show import make_show
from bot.domain.ports import Caps
from bot.domain.turns import Turn
from bot.insight.counters import quantile
from bot.settings import load

PACE = 0.005  # seconds between two writes of the platform


def frames(head: bytes) -> bytes:
    """Write one unmasked text frame (RFC 6455, 5.2)."""
    n = len(head)
    return (bytes((0x81, n)) if n < 126 else b"\x81\x7e" + n.to_bytes(2, "big")) + head


class Flood:
    """The platform: one connection a room, each paced at `rate` comments per second for `seconds`."""

    def __init__(self, lines: list[tuple[str, str]], rate: float, seconds: float) -> None:
        self.lines, self.rate, self.seconds = lines, rate, seconds
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
        while (passed := time.monotonic() - began) < self.seconds:
            due = int(self.rate * passed) - number
            batch = bytearray()
            for _ in range(due):
                user, text = dice.choice(self.lines)
                number += 1
                batch += frames(
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


def play(pipe: Connection, lines: list[tuple[str, str]], rate: float, seconds: float, rooms: int) -> None:
    """Run the platform in its own process: tells its port, then how many comments it sent."""

    async def main() -> None:
        flood = Flood(lines, rate / rooms, seconds)
        done, left = asyncio.Event(), rooms

        async def talk(link: ServerConnection) -> None:
            nonlocal left
            try:
                await flood.talk(link)
            finally:
                left -= 1
                if not left:
                    done.set()

        async with serve(talk, "127.0.0.1", 0, subprotocols=[SUBPROTOCOL], compression=None) as server:
            pipe.send(server.sockets[0].getsockname()[1])
            await done.wait()
        pipe.send(flood.sent)

    loop.run(main())


class Watch:
    """An observer that keeps the time from frame to decision."""

    def __init__(self) -> None:
        self.waits: list[float] = []

    def __call__(self, room: str, item: object) -> None:
        if isinstance(item, Turn):
            self.waits.append(item.decided - float(item.id.partition("|")[2]))


def with_platform(
    lines: list[tuple[str, str]],
    rate: float,
    seconds: float,
    rooms: int,
    work: Callable[[int], Coroutine[Any, Any, None]],
) -> int:
    """Run `work(port)` against a platform process; returns how many comments that sent."""
    here, there = multiprocessing.get_context("spawn").Pipe()
    process = multiprocessing.get_context("spawn").Process(
        target=play, args=(there, lines, rate, seconds, rooms), daemon=True
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


def rss() -> float:
    """Return this process's resident memory in MB (0 where the system does not tell)."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
    except OSError:
        return 0.0


def measure(lines: list[tuple[str, str]], rate: float, seconds: float, rooms: int) -> dict[str, Any]:
    """Run a front at a rate and return its figures."""
    watch, found = Watch(), {}

    async def work(port: int) -> None:
        with tempfile.TemporaryDirectory() as data:
            urls = [f"ws://127.0.0.1:{port}/r{i}" for i in range(rooms)]
            settings = load(None, {"rooms": urls, "catalogue": str(GOODS), "data": data, "page_port": 0}, {})
            front = Front(settings, observers=[watch])
            began = time.process_time()
            await front.run()
            counters = [stage.counters for stage in front.stages.values()]
            found["received"] = sum(c.received for c in counters)
            found["ended"] = sum(sum(c.fates.values()) for c in counters)
            found["shed"] = sum(c.fates["shed"] for c in counters)
            found["questions"] = sum(c.asked for c in counters)
            found["cpu"] = time.process_time() - began
            found["lost"] = front.journal.dropped
            found["rss"] = rss()

    found["sent"] = with_platform(lines, rate, seconds, rooms, work)
    found["p50"], found["p95"] = quantile(watch.waits, 0.5), quantile(watch.waits, 0.95)
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


def main() -> int:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--quick", action="store_true", help="shorter runs, for a look")
    quick = options.parse_args().quick
    console = Console(highlight=False, width=130)
    goods = load_catalogue(GOODS, version=1).catalogue
    cues = make_show(goods, seconds=900, seed=11)
    lines = [
        (c.event.user.id, msgspec.json.encode(c.event.text).decode())
        for c in cues
        if c.event and c.event.kind == "comment" and c.event.user and len(c.event.text) < 300
    ]
    runs = [(2_000.0, 60.0, 1), (10_000.0, 10.0, 1), (2_000.0, 20.0, 50)]
    if quick:
        runs = [(2_000.0, 8.0, 1), (10_000.0, 5.0, 1), (2_000.0, 8.0, 50)]
    bare = ceiling(lines, 3.0 if quick else 8.0)
    table = Table(title="one front process, triage and merge on, no model", title_justify="left", show_edge=False)
    for name in (
        "asked for",
        "rooms",
        "sent",
        "received",
        "unaccounted",
        "shed",
        "questions",
        "p50",
        "p95",
        "CPU/comment",
        "RSS",
    ):
        table.add_column(name, justify="right")
    failed = []
    for rate, seconds, rooms in runs:
        found = measure(lines, rate, seconds, rooms)
        gone = found["sent"] - found["ended"]
        table.add_row(
            f"{rate:,.0f}/s x {seconds:.0f} s", str(rooms), str(found["sent"]), str(found["received"]), str(gone),
            str(found["shed"]), str(found["questions"]),
            f"{found['p50'] * 1000:.1f} ms", f"{found['p95'] * 1000:.1f} ms",
            f"{found['cpu'] / max(1, found['received']) * 1e6:.0f} us", f"{found['rss']:.0f} MB",
        )  # fmt: skip
        if gone or found["lost"]:
            failed.append(f"{gone} comments unaccounted for at {rate:,.0f}/s, {found['lost']} journal lines lost")
        if rate == 2_000 and rooms == 1 and found["p95"] > 0.05:
            failed.append(f"p95 {found['p95'] * 1000:.0f} ms at 2,000/s, floor 50 ms")
        if rooms == 50 and found["rss"] > 300:
            failed.append(f"RSS {found['rss']:.0f} MB with 50 rooms, floor 300 MB")
    console.print(table)
    cost = 1e6 / bare
    console.print(f"\nwebsockets alone (bare receive loop, same frames): {bare:,.0f} frames/s, {cost:.0f} us each")
    console.print(
        f"{time.strftime('%Y-%m-%d')}, {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    )
    for reason in failed:
        console.print(f"[bold red]missed:[/] {reason}")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
