"""Memory and jobs: batches, a store that is away, and clients that swallow a cancel."""

import asyncio
from collections.abc import Mapping, Sequence

import pytest

from bot.domain.errors import StoreError
from bot.domain.inputs import Drafted, Recalled, Staffed
from bot.domain.viewers import ViewerContext
from bot.domain.work import Crew, Job, Shift, Written
from bot.live import jobs as jobs_file
from bot.live import memory as memory_file
from bot.live.jobs import Jobs
from bot.live.memory import Memory


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory_file, "WRITE_EVERY", 0.005)
    monkeypatch.setattr(jobs_file, "COUNT_EVERY", 0.005)
    monkeypatch.setattr(jobs_file, "RETRY", 0.005)


class Store:
    """A store in memory that can be away, or deaf to cancels."""

    def __init__(self) -> None:
        self.kept: dict[str, ViewerContext] = {}
        self.away = self.deaf = False
        self.calls = 0

    async def recall(self, room: str, viewers: Sequence[str]) -> Mapping[str, ViewerContext]:
        self.calls += 1
        if self.deaf:
            try:
                await asyncio.sleep(30)
            except asyncio.CancelledError:
                return {}
        if self.away:
            raise StoreError("away")
        return {v: self.kept[v] for v in viewers if v in self.kept}

    async def remember(self, room: str, contexts: Mapping[str, ViewerContext]) -> None:
        if self.away:
            raise StoreError("away")
        self.kept.update(contexts)


async def settle(turns: int = 20) -> None:
    for _ in range(turns):
        await asyncio.sleep(0.001)


async def test_viewers_are_recalled_in_one_batch() -> None:
    """Many recalls of one moment are one round trip, and each viewer gets an answer."""
    store, got = Store(), list[Recalled]()
    store.kept["ann"] = ViewerContext(asked=3)
    memory = Memory(store, "r", got.append)
    task = asyncio.create_task(memory.run())
    for viewer in ("ann", "bob", "zoe"):
        memory.recall(viewer)
    await settle()
    task.cancel()
    await asyncio.wait([task])
    assert store.calls == 1
    assert got[0].contexts == {"ann": ViewerContext(asked=3), "bob": ViewerContext(), "zoe": ViewerContext()}


async def test_while_the_store_is_away_viewers_are_unknown_and_nothing_is_lost() -> None:
    """Contexts wait and are written when the store is back; recalls answer from what waits."""
    store, got = Store(), list[Recalled]()
    store.away = True
    memory = Memory(store, "r", got.append)
    task = asyncio.create_task(memory.run())
    memory.remember("ann", ViewerContext(asked=1))
    memory.recall("ann")
    memory.recall("bob")
    await settle()
    assert not memory.up
    assert got[0].contexts == {"ann": ViewerContext(asked=1), "bob": ViewerContext()}
    store.away = False
    await settle()
    task.cancel()
    await asyncio.wait([task])
    assert memory.up
    assert store.kept == {"ann": ViewerContext(asked=1)}


async def test_a_store_client_that_swallows_the_cancel_does_not_hold_up_the_end() -> None:
    """The loops ask on every round whether they were cancelled."""
    store = Store()
    store.deaf = True
    memory = Memory(store, "r", lambda item: None)
    task = asyncio.create_task(memory.run())
    memory.recall("ann")
    await settle()
    task.cancel()
    _, pending = await asyncio.wait([task], timeout=2)
    assert not pending


class Queue:
    """A job queue in memory; it can be down."""

    def __init__(self) -> None:
        self.down, self.alive = False, 1
        self.asked: list[Job] = []
        self.unwanted: list[str] = []
        self.answers: asyncio.Queue[Written] = asyncio.Queue()

    async def submit(self, jobs: Sequence[Job]) -> None:
        if self.down:
            raise StoreError("down")
        self.asked += jobs

    async def results(self) -> Sequence[Written]:
        if self.down:
            raise StoreError("down")
        return [await self.answers.get()]

    async def cancel(self, ids: Sequence[str]) -> None:
        self.unwanted += ids

    async def crew(self) -> Crew:
        if self.down:
            raise StoreError("down")
        return Crew((Shift("w"),) * self.alive)


async def test_each_room_gets_its_own_answers_and_hears_of_the_workers() -> None:
    """Answers go to the room that asked; all rooms hear when workers come and go."""
    queue, one, two = Queue(), list[object](), list[object]()
    jobs = Jobs(queue, lambda: 0.0)
    jobs.join(one.append)
    jobs.join(two.append)
    task = asyncio.create_task(jobs.run())
    await settle()
    jobs.ask(Job("a", "p", "s", 10.0), one.append)
    jobs.ask(Job("b", "p", "s", 10.0), two.append)
    await settle()
    for written in (Written("b", "B"), Written("a", "A"), Written("a", "again"), Written("unknown", "?")):
        queue.answers.put_nowait(written)
    await settle()
    queue.alive = 0
    await settle()
    task.cancel()
    await asyncio.wait([task])
    assert one == [Staffed(True), Drafted(Written("a", "A")), Staffed(False)]
    assert two == [Staffed(True), Drafted(Written("b", "B")), Staffed(False)]


async def test_a_cancelled_job_is_told_to_the_queue_and_its_answer_reaches_nobody() -> None:
    """One that was not queued yet never is."""
    queue, got = Queue(), list[object]()
    jobs = Jobs(queue, lambda: 0.0)
    task = asyncio.create_task(jobs.run())
    jobs.ask(Job("a", "p", "s", 10.0), got.append)
    await settle()
    jobs.cancel("a")
    jobs.ask(Job("b", "p", "s", 10.0), got.append)
    jobs.cancel("b")
    jobs.cancel("nobody")
    await settle()
    queue.answers.put_nowait(Written("a", "A"))
    await settle()
    task.cancel()
    await asyncio.wait([task])
    assert ([job.id for job in queue.asked], queue.unwanted, got) == (["a"], ["a", "b"], [])
    assert jobs.failed["cancelled"] == 2


async def test_a_queue_that_is_down_answers_for_its_jobs() -> None:
    """A job that cannot be queued comes back at once with an error, so that its question does not wait in vain."""
    queue, got = Queue(), list[object]()
    queue.down = True
    jobs = Jobs(queue, lambda: 0.0)
    task = asyncio.create_task(jobs.run())
    jobs.ask(Job("a", "p", "s", 10.0), got.append)
    await settle()
    task.cancel()
    await asyncio.wait([task])
    assert got == [Drafted(Written("a", error="the job queue is down"))]
    assert jobs.workers == 0
