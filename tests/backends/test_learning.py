"""What a shop learned, on a real Valkey, and the line to it."""

import asyncio

import pytest
from redis.asyncio import Redis

from bot.app import connect_redis
from bot.backends.redis_learning import DAY, HALF_LIFE, VISITS, RedisLearning
from bot.domain.errors import StoreError
from bot.domain.inputs import Recollected
from bot.domain.learning import Learned, Tally
from bot.live.lessons import Lessons
from bot.live.shelf import Learn

ARM = ("tote", "need:apart")
NOW = 1_800_000_000.0


async def test_two_fronts_add_to_what_one_shop_knows(redis: Redis) -> None:
    """Counts of both sum up; another shop knows nothing of them; a reset forgets all of this one alone."""
    one, two, other = (RedisLearning(redis, shop, lambda: NOW) for shop in ("a", "a", "b"))
    await one.learn({ARM: (3, 1)}, [("tote", "shirt")])
    await two.learn({ARM: (2, 1)}, [("shirt", "tote")])
    await other.learn({ARM: (9, 9)}, [])
    known = await one.learned()
    assert known == Learned((Tally(*ARM, 5.0, 2.0),), (("tote", "shirt"), ("shirt", "tote")))
    assert await two.unlearn() == 3
    assert await one.learned() == Learned()
    assert (await other.learned()).tallies == (Tally(*ARM, 9.0, 9.0),)


async def test_old_days_fade_and_old_visits_leave(redis: Redis) -> None:
    """A count of a half-life ago is worth half; of more visits than are kept the oldest go."""
    clock = [NOW - HALF_LIFE * DAY]
    kept = RedisLearning(redis, "a", lambda: clock[0])
    await kept.learn({ARM: (10, 4)}, [("old", "old2")])
    clock[0] = NOW
    await kept.learn({ARM: (10, 0)}, [(f"p{i}", "x") for i in range(VISITS)])
    known = await kept.learned()
    assert known.tallies == (Tally(*ARM, 15.0, 2.0),)
    assert len(known.visits) == VISITS
    assert known.visits[-1] == (f"p{VISITS - 1}", "x")
    assert ("old", "old2") not in known.visits


async def test_values_of_another_version_are_as_good_as_unknown(redis: Redis) -> None:
    """What cannot be read is left out, and is no error."""
    kept = RedisLearning(redis, "a", lambda: NOW)
    await kept.learn({ARM: (1, 0)}, [("a", "b")])
    await redis.lpush("zhubo:learned:a:visits", b"\xc1")
    day = (await redis.zrange("zhubo:learned:a:days", 0, -1))[0].decode()
    await redis.hset(f"zhubo:learned:a:day:{day}", b"\xc1", "3")
    assert await kept.learned() == Learned((Tally(*ARM, 1.0, 0.0),), (("a", "b"),))


async def test_lessons_wait_while_the_store_is_away(redis: Redis) -> None:
    """A store that does not answer costs no lesson; all are written once it does."""
    away = connect_redis("unix:///nonexistent/zhubo.sock", patience=0)
    with pytest.raises(StoreError):
        await RedisLearning(away, "a").learned()
    heard: list[Recollected] = []
    told = asyncio.Event()
    lessons = Lessons(RedisLearning(away, "a"), "room", lambda item: (heard.append(item), told.set())[0])
    lessons.learn(Learn(*ARM, shown=2))
    await lessons.flush()
    assert not lessons.up
    lessons.learn(Learn(*ARM, taken=1))
    lessons.learn(Learn(visit=("a", "b")))
    lessons._learning = RedisLearning(redis, "a")
    await lessons.flush()
    assert lessons.up
    assert await RedisLearning(redis, "a").learned() == Learned((Tally(*ARM, 2.0, 1.0),), (("a", "b"),))
    running = asyncio.create_task(lessons.run())
    async with asyncio.timeout(5):
        await told.wait()
    running.cancel()
    assert heard[0].learned.tallies == (Tally(*ARM, 2.0, 1.0),)
    await away.aclose()
