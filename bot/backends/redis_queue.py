"""The queue between front and workers: Redis Streams with a consumer group.

    front  --XADD-->  zhubo:jobs  --XREADGROUP-->  worker
    front  <--XREAD--  zhubo:results:<front>  <--one script: deliver once, acknowledge, delete--  worker

A worker that dies leaves its entries pending; another takes them over with XAUTOCLAIM once they have been idle
for `ABANDONED` (a living worker resets that clock with XCLAIM JUSTID, which does not count as a try). A job that is
answered has a mark; so has one that is cancelled, and so nothing is ever delivered for it.

Fronts and workers may stand on machines whose clocks differ. A job's deadline travels as seconds from its entry into
the queue, whose ids are the server's time, and a worker knows by how much its own clock is off from that.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

import msgspec
from redis.asyncio import Redis
from redis.exceptions import RedisError, ResponseError

from bot.domain.errors import StoreError
from bot.domain.work import Claimed, Crew, Job, Shift, Written

JOBS, GROUP, WORKERS = "zhubo:jobs", "workers", "zhubo:workers"
ABANDONED = 5_000  # milliseconds without a beat after which an entry may be claimed
ALIVE = 4  # seconds since its last beat that a worker counts as alive
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
# A shift counts while its worker's last beat is not older than ALIVE, by the server's clock alone.
_BEAT = """
local now = tonumber(redis.call('TIME')[1])
redis.call('ZADD', KEYS[1], now, ARGV[1])
redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])
for _, gone in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], 0, now - 60)) do
  redis.call('ZREM', KEYS[1], gone)
  redis.call('HDEL', KEYS[2], gone)
end
"""
_CREW = """
local found = {}
for _, name in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], tonumber(redis.call('TIME')[1]) - ARGV[1], '+inf')) do
  found[#found + 1] = redis.call('HGET', KEYS[2], name)
end
return found
"""
SHIFTS = f"{WORKERS}:shifts"

_encode = msgspec.msgpack.Encoder().encode
_job = msgspec.msgpack.Decoder(Job).decode
_written = msgspec.msgpack.Decoder(Written).decode
_shift = msgspec.msgpack.Decoder(Shift).decode

T = TypeVar("T")


async def _ours(call: Awaitable[T]) -> T:
    try:
        return await call
    except (RedisError, OSError) as error:
        if isinstance(error, ResponseError):
            raise StoreError(f"the job queue refuses: {error}") from error
        raise StoreError(f"the job queue does not answer ({type(error).__name__}): is Valkey/Redis up?") from error


def _done(job: str) -> str:
    return f"zhubo:done:{job}"


class RedisJobs:
    """The front's side: a `JobQueue`.

    Args:
        front: this front's name, unique.
        clock: seconds since the epoch, the clock of the jobs' deadlines.
    """

    def __init__(self, redis: Redis, front: str, clock: Callable[[], float] = time.time) -> None:
        self._redis, self._clock = redis, clock
        self._results = f"zhubo:results:{front}"
        self._last = "0-0"
        self._crew = redis.register_script(_CREW)

    async def submit(self, jobs: Sequence[Job]) -> None:
        """Queue jobs in order, in one round trip."""
        pipe, now = self._redis.pipeline(transaction=False), self._clock()
        for job in jobs:
            sent = msgspec.structs.replace(
                job, reply_to=self._results, deadline=job.deadline - now, begin=job.begin and job.begin - now
            )
            pipe.xadd(JOBS, {"j": _encode(sent)}, maxlen=100_000, approximate=True)
        await _ours(pipe.execute())

    async def cancel(self, ids: Sequence[str]) -> None:
        """Mark jobs as done, so that nothing is delivered for them."""
        pipe = self._redis.pipeline(transaction=False)
        for id in ids:
            pipe.set(_done(id), "0", nx=True, ex=DONE_KEPT)
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

    async def crew(self) -> Crew:
        """Return the shifts of workers that gave a beat lately, and how much waits for them."""
        shifts: Any = await _ours(self._crew(keys=[WORKERS, SHIFTS], args=[ALIVE]))
        try:
            groups: Any = await self._redis.xinfo_groups(JOBS)
        except ResponseError:  # no job and no worker so far
            groups = []
        except (RedisError, OSError) as error:
            raise StoreError(f"the job queue does not answer ({type(error).__name__})") from error
        group = groups[0] if groups else {}
        return Crew(tuple(_shift(s) for s in shifts if s), int(group.get("lag") or 0), int(group.get("pending") or 0))


class RedisWork:
    """A worker's side: a `WorkQueue`.

    Args:
        worker: this worker's name, unique.
        clock: seconds since the epoch, the clock by which `take` states deadlines.
    """

    def __init__(self, redis: Redis, worker: str, clock: Callable[[], float] = time.time) -> None:
        self._redis, self._worker, self._clock = redis, worker, clock
        self._finish, self._beat = redis.register_script(_FINISH), redis.register_script(_BEAT)
        self._ready = False
        self._looked = 0.0
        self._off = 0.0  # seconds that our clock is ahead of the server's

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

    async def cancelled(self, ids: Sequence[str]) -> Sequence[str]:
        """Return the jobs that have a mark already."""
        marks = await _ours(self._redis.mget([_done(id) for id in ids])) if ids else []
        return [id for id, mark in zip(ids, marks, strict=True) if mark is not None]

    async def beat(self, entries: Sequence[str], shift: Shift) -> None:
        """Reset the idle clock of our entries, and our own; look at the server's clock."""
        await _ours(self._beat(keys=[WORKERS, SHIFTS], args=[self._worker, _encode(shift)]))
        if entries:
            claim = self._redis.xclaim(JOBS, GROUP, self._worker, 0, list(entries), justid=True)
            await _ours(claim)
        await self._compare()

    async def leave(self) -> None:
        """Say that this worker stops."""
        pipe = self._redis.pipeline(transaction=False)
        pipe.zrem(WORKERS, self._worker)
        pipe.hdel(SHIFTS, self._worker)
        await _ours(pipe.execute())

    async def tell(self, words: Sequence[tuple[Claimed, Written]]) -> None:
        """Send words so far, in one round trip."""
        pipe = self._redis.pipeline(transaction=False)
        for claimed, written in words:
            pipe.xadd(claimed.job.reply_to, {"w": _encode(written)}, maxlen=10_000, approximate=True)
        await _ours(pipe.execute())

    async def finish(self, claimed: Claimed, written: Written) -> bool:
        """Deliver, acknowledge and delete in one script. False if the job had its answer already."""
        job = claimed.job
        keys = [_done(job.id), job.reply_to, JOBS]
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
        await self._compare()
        self._ready = True

    async def _compare(self) -> None:
        seconds, micros = await _ours(self._redis.time())
        self._off = self._clock() - (seconds + micros / 1e6)

    async def _abandoned(self, most: int) -> list[Claimed]:
        if (now := time.monotonic()) - self._looked < ABANDONED / 5000:
            return []
        self._looked = now
        claim = self._redis.xautoclaim(JOBS, GROUP, self._worker, ABANDONED, start_id="0-0", count=most)
        reply: Any = await _ours(claim)
        entries = [(entry.decode(), fields) for entry, fields in reply[1] if fields]
        if not entries:
            return []
        tries: dict[str, int] = {}
        for entry, _ in entries:
            pending: Any = await _ours(self._redis.xpending_range(JOBS, GROUP, min=entry, max=entry, count=1))
            tries[entry] = pending[0]["times_delivered"] if pending else 1
        return [self._claimed(entry, fields, tries[entry]) for entry, fields in entries]

    async def _fresh(self, most: int, wait: float) -> list[Claimed]:
        block = int(wait * 1000) or None
        read = self._redis.xreadgroup(GROUP, self._worker, {JOBS: ">"}, count=most, block=block)
        reply: Any = await _ours(read)
        return [self._claimed(entry.decode(), fields) for _, entries in reply or () for entry, fields in entries]

    def _claimed(self, entry: str, fields: dict[bytes, bytes], tries: int = 1) -> Claimed:
        job = _job(fields[b"j"])
        since = int(entry.partition("-")[0]) / 1000 + self._off
        begin = job.begin and since + job.begin
        return Claimed(entry, msgspec.structs.replace(job, deadline=since + job.deadline, begin=begin), tries)


async def ping(redis: Redis, within: float) -> None:
    """Raise StoreError unless the server answers within `within` seconds."""
    try:
        async with asyncio.timeout(within):
            await _ours(redis.ping())
    except TimeoutError as error:
        raise StoreError(f"Valkey/Redis did not answer within {within:g} s") from error
