"""What a shop learned, in Valkey/Redis: counts by day, so that old days fade, and the newest visits.

    zhubo:learned:SHOP:days            sorted set of the days there are, YYYY-MM-DD, by day number
    zhubo:learned:SHOP:day:YYYY-MM-DD  hash: MessagePack of (product, context, "shown" | "taken") -> count
    zhubo:learned:SHOP:visits          list of MessagePack arrays of product ids, the newest first

Counts are added, never set: fronts that serve one shop do not undo each other.
"""

import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

import msgspec
from redis.asyncio import Redis
from redis.exceptions import RedisError

from bot.domain.errors import StoreError
from bot.domain.learning import Learned, Tally

VISITS = 2000
HALF_LIFE = 14.0  # days after which a count is worth half
KEEP = 120  # days
DAY = 86400.0
_field = msgspec.msgpack.Encoder().encode
_name = msgspec.msgpack.Decoder(tuple[str, str, str]).decode
_visit = msgspec.msgpack.Decoder(tuple[str, ...]).decode


class RedisLearning:
    """A `Learning` (see `domain/learning.py`) of one shop."""

    def __init__(self, redis: Redis, shop: str, clock: Callable[[], float] = time.time) -> None:
        self._redis, self._root, self._clock = redis, f"zhubo:learned:{shop}", clock

    async def learned(self) -> Learned:
        """Return what is known, old days faded."""
        today = int(self._clock() // DAY)
        try:
            days: list[tuple[bytes, float]] = await self._redis.zrange(f"{self._root}:days", 0, -1, withscores=True)  # type: ignore[assignment]
            async with self._redis.pipeline(transaction=False) as pipe:
                for day, _ in days:
                    pipe.hgetall(f"{self._root}:day:{day.decode()}")
                pipe.lrange(f"{self._root}:visits", 0, VISITS - 1)
                *hashes, raw = await pipe.execute()
        except (RedisError, OSError) as error:
            raise _down(error) from error
        counts: defaultdict[tuple[str, str], list[float]] = defaultdict(lambda: [0.0, 0.0])
        for (_, number), kept in zip(days, hashes, strict=True):
            worth = 0.5 ** (max(0, today - int(number)) / HALF_LIFE)
            for key, n in kept.items():
                try:
                    product, context, what = _name(key)
                except msgspec.DecodeError:
                    continue  # written by another version
                counts[product, context][what == "taken"] += worth * float(n)
        tallies = [Tally(p, c, round(s, 3), round(t, 3)) for (p, c), (s, t) in sorted(counts.items())]
        visits = []
        for item in reversed(raw):
            try:
                visits.append(_visit(item))
            except msgspec.DecodeError:
                continue
        return Learned(tuple(tallies), tuple(visits))

    async def learn(self, tallies: Mapping[tuple[str, str], tuple[int, int]], visits: Sequence[Sequence[str]]) -> None:
        """Add counts and visits in one round trip."""
        now = self._clock()
        day, number = time.strftime("%Y-%m-%d", time.gmtime(now)), int(now // DAY)
        try:
            async with self._redis.pipeline(transaction=True) as pipe:
                for (product, context), (shown, taken) in tallies.items():
                    for what, n in (("shown", shown), ("taken", taken)):
                        if n:
                            pipe.hincrbyfloat(f"{self._root}:day:{day}", _field((product, context, what)), n)
                if tallies:
                    pipe.expire(f"{self._root}:day:{day}", round(KEEP * DAY))
                    pipe.zadd(f"{self._root}:days", {day: number})
                    pipe.zremrangebyscore(f"{self._root}:days", 0, number - KEEP)
                if visits:
                    pipe.lpush(f"{self._root}:visits", *[_field(tuple(v)) for v in visits])
                    pipe.ltrim(f"{self._root}:visits", 0, VISITS - 1)
                await pipe.execute()
        except (RedisError, OSError) as error:
            raise _down(error) from error

    async def unlearn(self) -> int:
        """Forget all of it; returns how many counts and visits there were."""
        known = await self.learned()
        try:
            keys = [key async for key in self._redis.scan_iter(match=f"{self._root}:*", count=1000)]
            if keys:
                await self._redis.delete(*keys)
        except (RedisError, OSError) as error:
            raise _down(error) from error
        return len(known.tallies) + len(known.visits)


def _down(error: Exception) -> StoreError:
    return StoreError(f"what the shop learned cannot be reached ({type(error).__name__}): is Valkey/Redis up?")
