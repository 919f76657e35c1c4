"""An adapter under the real intake, with a fake platform on the other side."""

import asyncio
import logging
import random
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from bot.domain.errors import CheckFailed
from bot.domain.events import Heard
from bot.domain.ports import Adapter, AdapterFactory, Outgoing, Receipt
from bot.kit.harness import Harness
from bot.live.intake import Intake

WITHIN = 5.0  # seconds in which anything asked for must have happened
STOP = 3.0  # seconds in which an adapter must have stopped


class Words(logging.Handler):
    """Keeps everything that was logged."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a record as it would be printed."""
        self.said.append(self.format(record))


class Bench:
    """One adapter at work.

    Attributes:
        heard: what came through intake, in order.
        waits: seconds that intake waited between connections (the kit does not really wait that long).
        shed: comments that intake dropped.
    """

    def __init__(self, adapter: Adapter, harness: Harness) -> None:
        self.adapter, self.harness = adapter, harness
        self.heard: list[Heard] = []
        self.waits: list[float] = []
        self.shed: list[Heard] = []
        self.intake = Intake(
            "kit", b"0123456789abcdef", clock=time.time, wake=self._take, shed=self.shed.append, linked=lambda up: None,
            dice=random.Random(1), sleep=self._sleep,
        )  # fmt: skip

    def _take(self) -> None:
        while (event := self.intake.take()) is not None:
            self.heard.append(event)

    async def _sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        await asyncio.sleep(min(seconds, 0.02))

    @property
    def comments(self) -> list[str]:
        """Ids of comments that may be answered, in order."""
        return [h.id for h in self.heard if h.kind == "comment" and not h.own and not h.backfill]

    async def until(self, true: Callable[[], bool], what: str, within: float | None = None) -> None:
        """Wait. Raises CheckFailed naming what did not happen."""
        within = WITHIN if within is None else within
        end = time.monotonic() + within
        while not true():
            if time.monotonic() > end:
                state = f"{self.intake.state} {self.intake.why}".strip()
                raise CheckFailed(f"within {within:g} s {what}; the connection is {state}")
            await asyncio.sleep(0.005)

    async def live(self) -> None:
        """Wait until the adapter says that it is connected."""
        await self.until(lambda: self.intake.state == "live", "the adapter must call ctx.ready()")

    async def settled(self) -> None:
        """Wait until what has been said must have arrived: a comment that is said now has. At a sink nobody speaks."""
        if self.adapter.caps().sink:
            await asyncio.sleep(0.1)
            return
        mark = f"mark{len(self.heard)}-{time.monotonic_ns()}"
        await self.harness.comment(mark, "到了吗")
        await self.until(lambda: mark in self.comments, "a comment must arrive")
        self.heard = [h for h in self.heard if h.id != mark]

    async def send(self, key: str, text: str) -> Receipt:
        """Post a line."""
        try:
            async with asyncio.timeout(WITHIN):
                return await self.adapter.send(Outgoing(key, text))
        except TimeoutError as error:
            raise CheckFailed(f"send() returned no receipt within {WITHIN:g} s") from error


@asynccontextmanager
async def working(factory: AdapterFactory, harness: Harness) -> AsyncIterator[Bench]:
    """Run an adapter meanwhile. Raises CheckFailed when it does not stop in time, or leaves a task behind."""
    options = {**harness.options, "token": harness.token, "patience": str(harness.patience)}
    before = asyncio.all_tasks()
    bench = Bench(factory(harness.url, options), harness)
    door = asyncio.create_task(bench.intake.run(bench.adapter))
    harmless = False
    try:
        yield bench
        harmless = True
    finally:
        began = time.monotonic()
        door.cancel()
        done, _ = await asyncio.wait([door], timeout=STOP)
        try:
            async with asyncio.timeout(STOP):
                await bench.adapter.aclose()
        except TimeoutError:
            done = set()
        if harmless and not done:
            raise CheckFailed(f"the adapter must stop within {STOP:g} s; it took {time.monotonic() - began:.1f} s")
        await asyncio.sleep(0.02)
        named = {str(t.get_coro()) for t in asyncio.all_tasks() - before if _is_adapters(t, bench.adapter)}
        if harmless and named:
            raise CheckFailed(f"tasks of the adapter are left after aclose(): {', '.join(sorted(named))}")


def _is_adapters(task: asyncio.Task[object], adapter: Adapter) -> bool:
    """Tell whether a task runs code of the adapter's own module or package."""
    code = getattr(task.get_coro(), "cr_code", None)
    module = sys.modules[type(adapter).__module__]
    folder = (module.__file__ or "").rpartition("/")[0]
    return bool(code and folder and code.co_filename.startswith(folder))
