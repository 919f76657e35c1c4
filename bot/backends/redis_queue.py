"""The queue between front and workers: Redis Streams with a consumer group.

    front  --XADD-->  zhubo:jobs  --XREADGROUP-->  worker
    front  <--XREAD--  zhubo:results:<front>  <--one script: deliver once, acknowledge, delete--  worker

A worker that dies leaves its entries pending; another takes them over with XAUTOCLAIM once they have been idle
for `ABANDONED` (a living worker resets that clock with XCLAIM JUSTID, which does not count as a try).
"""

import asyncio
import time
from collections.abc import Awaitable, Sequence
from typing import Any, TypeVar

import msgspec
from redis.asyncio import Redis
from redis.exceptions import RedisError, ResponseError

from bot.domain.errors import StoreError
from bot.domain.ports import Claimed, Job, Written

JOBS, GROUP, WORKERS = "zhubo:jobs", "workers", "zhubo:workers"
ABANDONED = 5_000  # milliseconds without a beat after which an entry may be claimed
ALIVE = 4.0  # seconds since its last beat that a worker counts as alive
DONE_KEPT = 600  # seconds that an answered job is remembered, against a second answer
BLOCK = 1_000  # milliseconds

_FINISH = """
local first = redis.call('SET', KEYS[1], '1', 'NX', 'EX', ARGV[1])
if first then
  redis.call('XADD', KEYS[2], 'MAXLEN', '~', '10000', '*', 'w', ARGV[2])
  redis.call('EXPIRE', KEYS[2], 3600)
end
redis.call('XACK', KEYS[3], ARGV[4], ARGV[3])
redis.call('XDEL', KEYS[3], ARGV[3])
return first and 1 or 0
"""

_encode = msgspec.msgpack.Encoder().encode
_job = msgspec.msgpack.Decoder(Job).decode
_written = msgspec.msgpack.Decoder(Written).decode

T = TypeVar("T")


async def _ours(call: Awaitable[T]) -> T:
    try:
        return await call
    except (RedisError, OSError) as error:
        if isinstance(error, ResponseError):
            raise StoreError(f"the job queue refuses: {error}") from error
        raise StoreError(f"the job queue does not answer ({type(error).__name__}): is Valkey/Redis up?") from error


class RedisJobs:
    """The front's side: a `JobQueue`."""

    def __init__(self, redis: Redis, front: str) -> None:
        self._redis = redis
        self._results = f"zhubo:results:{front}"
        self._last = "0-0"

    async def submit(self, jobs: Sequence[Job]) -> None:
        """Queue jobs in order, in one round trip."""
        pipe = self._redis.pipeline(transaction=False)
        for job in jobs:
            addressed = msgspec.structs.replace(job, reply_to=self._results)
            pipe.xadd(JOBS, {"j": _encode(addressed)}, maxlen=100_000, approximate=True)
        await _ours(pipe.execute())

    async def results(self) -> Sequence[Written]:
        """Wait for answers, at most about a second."""
        reply: Any = await _ours(self._redis.xread({self._results: self._last}, count=100, block=BLOCK))
        found = []
        for _, entries in reply or ():
            for entry, fields in entries:
                self._last = entry.decode()
                found.append(_written(fields[b"w"]))
        return found

    async def workers(self) -> int:
        """Count workers that gave a beat lately."""
        return int(await _ours(self._redis.zcount(WORKERS, time.time() - ALIVE, "+inf")))


class RedisWork:
    """A worker's side: a `WorkQueue`.

    Args:
        worker: this worker's name, unique.
    """

    def __init__(self, redis: Redis, worker: str) -> None:
        self._redis, self._worker = redis, worker
        self._finish = redis.register_script(_FINISH)
        self._ready = False

    async def take(self, most: int, wait: float) -> Sequence[Claimed]:
        """Claim abandoned jobs first, else new ones within `wait` seconds."""
        if not self._ready:
            await self._make_group()
        try:
            return await self._abandoned(most) or await self._fresh(most, wait)
        except StoreError as error:
            if "NOGROUP" in str(error):  # the store came back empty
                self._ready = False
                return ()
            raise

    async def beat(self, entries: Sequence[str]) -> None:
        """Reset the idle clock of our entries, and our own."""
        pipe = self._redis.pipeline(transaction=False)
        now = time.time()
        pipe.zadd(WORKERS, {self._worker: now})
        pipe.zremrangebyscore(WORKERS, 0, now - 60)
        if entries:
            pipe.xclaim(JOBS, GROUP, self._worker, 0, list(entries), justid=True)
        await _ours(pipe.execute())

    async def leave(self) -> None:
        """Say that this worker stops."""
        await _ours(self._redis.zrem(WORKERS, self._worker))

    async def finish(self, claimed: Claimed, written: Written) -> bool:
        """Deliver, acknowledge and delete in one script. False if the job had its answer already."""
        job = claimed.job
        keys = [f"zhubo:done:{job.id}", job.reply_to, JOBS]
        args: list[bytes | str | int] = [DONE_KEPT, _encode(written), claimed.entry, GROUP]
        return bool(await _ours(self._finish(keys=keys, args=args)))

    async def _make_group(self) -> None:
        try:
            await self._redis.xgroup_create(JOBS, GROUP, id="0", mkstream=True)
        except ResponseError as error:
            if "BUSYGROUP" not in str(error):
                raise StoreError(f"the job queue refuses: {error}") from error
        except (RedisError, OSError) as error:
            raise StoreError(f"the job queue does not answer ({type(error).__name__})") from error
        self._ready = True

    async def _abandoned(self, most: int) -> list[Claimed]:
        claim = self._redis.xautoclaim(JOBS, GROUP, self._worker, ABANDONED, start_id="0-0", count=most)
        reply: Any = await _ours(claim)
        entries = [(entry.decode(), fields) for entry, fields in reply[1] if fields]
        if not entries:
            return []
        tries: dict[str, int] = {}
        for entry, _ in entries:
            pending: Any = await _ours(self._redis.xpending_range(JOBS, GROUP, min=entry, max=entry, count=1))
            tries[entry] = pending[0]["times_delivered"] if pending else 1
        return [Claimed(entry, _job(fields[b"j"]), tries[entry]) for entry, fields in entries]

    async def _fresh(self, most: int, wait: float) -> list[Claimed]:
        read = self._redis.xreadgroup(GROUP, self._worker, {JOBS: ">"}, count=most, block=max(1, int(wait * 1000)))
        reply: Any = await _ours(read)
        return [Claimed(entry.decode(), _job(fields[b"j"])) for _, entries in reply or () for entry, fields in entries]


async def ping(redis: Redis, within: float) -> None:
    """Raise StoreError unless the server answers within `within` seconds."""
    try:
        async with asyncio.timeout(within):
            await _ours(redis.ping())
    except TimeoutError as error:
        raise StoreError(f"Valkey/Redis did not answer within {within:g} s") from error
