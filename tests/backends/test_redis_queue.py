"""The queue on a real Valkey: order, one answer each, abandoned entries, poison, a store that comes back empty."""

import time
from collections.abc import Iterator

import pytest
from redis.asyncio import Redis

from bot.backends import redis_queue
from bot.backends.redis_queue import RedisJobs, RedisWork, ping
from bot.domain.errors import StoreError
from bot.domain.work import Job, Shift, Written


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(redis_queue, "ABANDONED", 30)
    monkeypatch.setattr(redis_queue, "BLOCK", 50)
    yield


def job(name: str) -> Job:
    return Job(name, "prefix", f"问题 {name}", time.time() + 60)


async def test_jobs_come_in_order_and_answers_go_to_the_front_that_asked(redis: Redis) -> None:
    """Two fronts, one worker: each front reads its own answers."""
    one, two, worker = RedisJobs(redis, "one"), RedisJobs(redis, "two"), RedisWork(redis, "w")
    await one.submit([job("a"), job("b")])
    await two.submit([job("c")])
    claimed = await worker.take(10, 0.05)
    assert [c.job.id for c in claimed] == ["a", "b", "c"]
    for c in claimed:
        assert await worker.finish(c, Written(c.job.id, "好"))
    assert [w.id for w in await one.results()] == ["a", "b"]
    assert [w.id for w in await two.results()] == ["c"]
    assert await worker.take(10, 0.01) == []


async def test_a_job_is_answered_exactly_once(redis: Redis) -> None:
    """The second answer of a job is not delivered, and says so."""
    front, first, second = RedisJobs(redis, "f"), RedisWork(redis, "w1"), RedisWork(redis, "w2")
    await front.submit([job("a")])
    (slow,) = await first.take(1, 0.05)
    while not (taken := await second.take(1, 0.01)):
        pass
    assert (taken[0].job.id, taken[0].tries) == ("a", 2)
    assert await second.finish(taken[0], Written("a", "second"))
    assert not await first.finish(slow, Written("a", "first"))
    assert [w.text for w in await front.results()] == ["second"]
    assert await front.results() == []


async def test_a_beat_keeps_an_entry_from_being_claimed_and_is_no_try(redis: Redis) -> None:
    """A slow but living worker keeps its jobs."""
    front, slow, other = RedisJobs(redis, "f"), RedisWork(redis, "w1"), RedisWork(redis, "w2")
    await front.submit([job("a")])
    (held,) = await slow.take(1, 0.05)
    until = time.monotonic() + 0.15
    while time.monotonic() < until:
        await slow.beat([held.entry], Shift("w1"))
        assert await other.take(1, 0.001) == []
    assert (await redis.xpending_range(redis_queue.JOBS, redis_queue.GROUP, "-", "+", 1))[0]["times_delivered"] == 1


async def test_each_time_a_worker_dies_with_a_job_counts_as_a_try(redis: Redis) -> None:
    """The count that makes a job poison goes up with each worker that took it and died."""
    await RedisJobs(redis, "f").submit([job("a")])
    tries = []
    for i in range(5):
        taken = await RedisWork(redis, f"w{i}").take(1, 0.01)
        while not taken:
            taken = await RedisWork(redis, f"w{i}").take(1, 0.01)
        tries.append(taken[0].tries)
    assert tries == [1, 2, 3, 4, 5]


async def test_workers_are_counted_while_they_beat(redis: Redis) -> None:
    """A worker counts from its first beat until it leaves."""
    front, worker = RedisJobs(redis, "f"), RedisWork(redis, "w")
    assert (await front.crew()).shifts == ()
    await worker.beat([], Shift("w"))
    assert [s.worker for s in (await front.crew()).shifts] == ["w"]
    await worker.leave()
    assert await redis.hlen(redis_queue.SHIFTS) == 0
    assert (await front.crew()).shifts == ()


async def test_a_cancelled_job_has_no_answer(redis: Redis) -> None:
    """Before it is claimed or while it is written: the worker hears of it, and what it writes is not delivered."""
    front, worker = RedisJobs(redis, "f"), RedisWork(redis, "w")
    await front.submit([job("a"), job("b")])
    claimed = await worker.take(2, 0.05)
    assert await worker.cancelled(["a", "b"]) == []
    await front.cancel(["b"])
    assert await worker.cancelled(["a", "b"]) == ["b"]
    delivered = [await worker.finish(c, Written(c.job.id, "好")) for c in claimed]
    assert delivered == [True, False]
    assert [w.id for w in await front.results()] == ["a"]
    assert await redis.xlen(redis_queue.JOBS) == 0


async def test_words_come_before_their_answer(redis: Redis) -> None:
    """Partial words take the same way and are no answer."""
    front, worker = RedisJobs(redis, "f"), RedisWork(redis, "w")
    await front.submit([job("a")])
    (held,) = await worker.take(1, 0.05)
    await worker.tell([(held, Written("a", "好", partial=True))])
    assert await worker.finish(held, Written("a", "好的"))
    assert [(w.text, w.partial) for w in await front.results()] == [("好", True), ("好的", False)]


@pytest.mark.parametrize("ahead", [-3600.0, 3600.0])
async def test_clocks_that_differ_make_nothing_late(redis: Redis, ahead: float) -> None:
    """A worker whose clock is an hour off has as long for a job as the front meant, and counts as alive."""
    front, worker = RedisJobs(redis, "f"), RedisWork(redis, "w", clock=lambda: time.time() + ahead)
    await front.submit([job("a")])
    (held,) = await worker.take(1, 0.05)
    assert held.job.deadline - (time.time() + ahead) == pytest.approx(60, abs=1)
    await worker.beat([held.entry], Shift("w"))
    assert len((await front.crew()).shifts) == 1


async def test_the_queue_tells_how_much_waits(redis: Redis) -> None:
    """Unclaimed and claimed jobs, for who adds workers."""
    front, worker = RedisJobs(redis, "f"), RedisWork(redis, "w")
    await worker.take(1, 0.01)
    await front.submit([job("a"), job("b"), job("c")])
    await worker.take(1, 0.05)
    assert ((await front.crew()).unclaimed, (await front.crew()).claimed) == (2, 1)


async def test_a_store_that_came_back_empty_is_set_up_again(redis: Redis) -> None:
    """A lost consumer group is made anew."""
    front, worker = RedisJobs(redis, "f"), RedisWork(redis, "w")
    await front.submit([job("a")])
    assert await worker.take(1, 0.05)
    await redis.flushall()
    await front.submit([job("b")])
    taken = await worker.take(1, 0.01) or await worker.take(1, 0.05)
    assert [c.job.id for c in taken] == ["b"]


async def test_a_store_that_is_away_is_a_store_error() -> None:
    """Foreign errors become ours, with a sentence."""
    redis = Redis.from_url("unix:///nonexistent/redis.sock")
    for call in (ping(redis, 1.0), RedisJobs(redis, "f").submit([job("a")]), RedisWork(redis, "w").take(1, 0.01)):
        with pytest.raises(StoreError, match="Valkey/Redis|job queue"):
            await call
    await redis.aclose()
