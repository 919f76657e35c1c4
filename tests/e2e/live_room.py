"""A room in this process with everything that people use: page, feed, broker, and a platform that remembers."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from pathlib import Path

from bot.app.desks import Desks
from bot.backends.broker import EmbeddedBroker
from bot.backends.dashboard import Page
from bot.backends.mqtt_feed import MqttFeed
from bot.backends.record import Record
from bot.domain.catalog import Catalogue
from bot.domain.desk import Person
from bot.domain.errors import RoomEnded
from bot.domain.events import Event, User
from bot.domain.policy import RoomPolicy
from bot.domain.ports import Caps, Outgoing, Receipt, Session
from bot.domain.viewers import ViewerContext
from bot.live.jobs import Jobs
from bot.live.stage import Stage

ROOM = "desk"


class Platform:
    """An adapter whose viewers are the test."""

    def __init__(self, caps: Caps) -> None:
        self._caps, self._ctx, self.n = caps, asyncio.Event(), 0
        self.sent: list[tuple[float, str]] = []
        self.erased: list[str] = []
        self.over = asyncio.Event()

    def caps(self) -> Caps:
        return self._caps

    async def session(self, ctx: Session) -> None:
        self.ctx = ctx
        ctx.ready()
        ctx.emit(Event("room", "r1", product="1"))
        self._ctx.set()
        await self.over.wait()
        raise RoomEnded

    def ask(self, text: str, viewer: str = "") -> None:
        """Somebody writes."""
        self.n += 1
        self.ctx.emit(Event("comment", f"c{self.n}", user=User(viewer or f"u{self.n}"), text=text))

    async def send(self, out: Outgoing) -> Receipt:
        self.sent.append((time.monotonic(), out.text))
        return Receipt(out.key, "accepted", message=f"m{len(self.sent)}")

    async def erase(self, message: str) -> str:
        self.erased.append(message)
        return ""

    async def aclose(self) -> None:
        pass


class Nothing:
    """A store and a queue that hold nothing: answers come from facts alone."""

    async def recall(self, room: str, viewers: object) -> dict[str, ViewerContext]:
        return {}

    async def remember(self, room: str, contexts: object) -> None:
        pass


class LiveRoom:
    """What a test may touch."""

    def __init__(self, stage: Stage, platform: Platform, page: Page, feed: MqttFeed, port: int) -> None:
        self.stage, self.platform, self.page, self.feed, self.mqtt = stage, platform, page, feed, port

    async def until(self, done: object, seconds: float = 5.0) -> None:
        """Wait until `done()` is true."""
        async with asyncio.timeout(seconds):
            while not done():  # type: ignore[operator] # noqa: ASYNC110
                await asyncio.sleep(0.01)


@contextlib.asynccontextmanager
async def live_room(
    folder: Path, catalogue: Catalogue, policy: RoomPolicy, *, people: dict[str, Person] | None = None, mqtt: int = 0,
    caps: Caps | None = None,
) -> AsyncIterator[LiveRoom]:  # fmt: skip
    """Run a room until the block ends."""
    platform = Platform(caps or Caps(min_gap=0.0, per_window=(100_000, 1.0), can_delete=True))
    stages: dict[str, Stage] = {}
    desks = Desks(stages, folder / "record")
    page = Page(port=0, people=people, desks=desks)
    record, feed = Record(folder / "record"), MqttFeed("test", desks, people or {})
    jobs = Jobs(Nothing(), time.time)  # type: ignore[arg-type]
    stage = stages[ROOM] = Stage(
        ROOM, {"": platform}, key=b"k" * 16, policy=policy, store=Nothing(), jobs=jobs, clock=time.time,
        observers=[page, record, feed],
    )  # fmt: skip
    stage.stock(catalogue)
    broker = EmbeddedBroker(folder / "mqtt", "127.0.0.1", mqtt, people or {}) if mqtt else None
    tasks = [asyncio.create_task(page.serve()), asyncio.create_task(record.run()), asyncio.create_task(stage.run())]
    if broker:
        await broker.start()
        tasks.append(asyncio.create_task(feed.run(broker.url, modern=False)))
    await page.ready.wait()
    await platform._ctx.wait()
    room = LiveRoom(stage, platform, page, feed, mqtt)
    if broker:
        await room.until(lambda: feed.up)
    try:
        yield room
    finally:
        platform.over.set()
        stage.stop()
        await tasks[2]
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        if broker:
            await broker.stop()
