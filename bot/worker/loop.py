"""The worker's loop: claim what there is room for, go a step on, answer each job once, say meanwhile that it lives."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from bot.domain.errors import StoreError
from bot.domain.work import Claimed, Encoder, Shift, WorkQueue, Writer, Written
from bot.live.cancelled import cancelled
from bot.live.lag import Lag
from bot.worker.scheduler import Scheduler, Turn

log = logging.getLogger(__name__)

BEAT_EVERY = 1.0  # seconds; well below the time after which an entry counts as abandoned
WAIT = 1.0  # seconds to wait for a job when there is none
RETRY = 0.5  # seconds while the queue is down
LAST_TRIES = 4  # to deliver an answer, when the worker is to stop

T = TypeVar("T")


class Worker:
    """One worker.

    Args:
        queue: where jobs come from.
        writer: the model that writes.
        encoder: the one that reads, if there is one; it works between the steps of the writer.
        clock: seconds since the epoch, the clock of the jobs' deadlines.
        name: of this worker, for those who watch it.
        rss: bytes resident of this process.

    Attributes:
        answered: jobs answered so far.
    """

    def __init__(
        self, queue: WorkQueue, writer: Writer, *, clock: Callable[[], float], name: str = "",
        encoder: Encoder | None = None, rss: Callable[[], int] = lambda: 0,
    ) -> None:  # fmt: skip
        self._queue, self._writer, self._encoder, self._clock = queue, writer, encoder, clock
        self._name, self._rss = name, rss
        self._jobs = Scheduler(writer.name, writer.slots)
        self._unsaid: deque[tuple[Claimed, Written]] = deque()
        self._stopping = False
        self._refused = 0
        self._lag = Lag()
        # Always the same thread: each thread that a model works in keeps memory of its own.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="model")
        self.answered = 0

    def stop(self) -> None:
        """Claim nothing more, finish what is held, and return from `run`."""
        self._stopping = True

    async def run(self) -> None:
        """Work until `stop`."""
        async with asyncio.TaskGroup() as group:
            helpers = [group.create_task(self._beat()), group.create_task(self._lag.run())]
            while not (self._stopping and self._jobs.idle and not self._unsaid):
                await self._claim()
                turn = self._jobs.turn(self._clock())
                await self._step(turn)
                await self._read(turn.read)
                self._unsaid += self._jobs.reports()
                await self._say()
            for helper in helpers:
                helper.cancel()
        self._thread.shutdown()

    async def _claim(self) -> None:
        """Take what there is room for, and let go of what nobody wants any more."""
        room = 0 if self._stopping or len(self._unsaid) > self._jobs.room else self._jobs.room
        try:
            if room:
                idle = self._jobs.idle and not self._unsaid
                self._jobs.add(await self._queue.take(room, WAIT if idle else 0.0))
            for id in await self._queue.cancelled(self._jobs.ids):
                self._jobs.cancel(id)
        except StoreError as error:
            log.warning("%s", error)
            await asyncio.sleep(RETRY if self._jobs.idle else 0.0)

    async def _step(self, turn: Turn) -> None:
        """Go one step on, while there is anything to write or to drop."""
        if not (self._jobs.running or turn.drop):
            return
        told = await self._ask(lambda: self._writer.step(turn.admit, turn.drop))
        if isinstance(told, Exception):
            self._jobs.failed(f"the model failed on this prompt ({type(told).__name__})")
        else:
            self._jobs.stepped(self._clock(), told)

    async def _read(self, jobs: Sequence[Claimed]) -> None:
        """Read the texts of all these jobs in one batch; a batch that fails is read job by job."""
        if not jobs:
            return
        if self._encoder is None:
            for c in jobs:
                self._jobs.read(c, (), "this worker has no encoder: start it with --encoder")
            return
        encoder = self._encoder
        vectors = await self._ask(lambda: encoder.encode([text for c in jobs for text in c.job.texts]))
        if isinstance(vectors, Exception):
            if len(jobs) == 1:
                self._jobs.read(jobs[0], (), f"the encoder failed on these texts ({type(vectors).__name__})")
            for c in jobs if len(jobs) > 1 else ():
                await self._read([c])
            return
        start = 0
        for c in jobs:
            self._jobs.read(c, vectors[start : start + len(c.job.texts)])
            start += len(c.job.texts)

    async def _ask(self, work: Callable[[], T]) -> T | Exception:
        """Let a model work in a thread; how it failed is returned."""
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, work)
        except Exception as error:  # named place 3 of 3: one bad prompt must not take its neighbours along
            log.exception("a model failed beside %d answers", self._jobs.running)
            return error

    async def _say(self) -> None:
        """Deliver what there is; an answer that the queue does not take now is kept, and its entry with it."""
        early = [report for report in self._unsaid if report[1].partial]
        try:
            if early:
                self._unsaid = deque(report for report in self._unsaid if not report[1].partial)
                await self._queue.tell(early)
            while self._unsaid:
                claimed, written = self._unsaid[0]
                if written.error == "poison":
                    log.error("job %s was handed out %d times and never answered: given up", written.id, claimed.tries)
                self.answered += await self._queue.finish(claimed, written)
                self._unsaid.popleft()
                self._refused = 0
        except StoreError as error:
            log.warning("%s", error)
            self._refused += 1
            if self._stopping and self._refused > LAST_TRIES:  # another worker will claim the entries
                self._unsaid.clear()
            await asyncio.sleep(RETRY)

    async def _beat(self) -> None:
        while not cancelled():
            jobs = self._jobs
            shift = Shift(
                self._name, self._writer.name, self._writer.slots, jobs.running, jobs.waiting, self.answered,
                jobs.late, round(jobs.seconds, 3), self._writer.held, self._rss(), round(self._lag.worst(), 4),
            )  # fmt: skip
            try:
                await self._queue.beat((*jobs.entries, *(c.entry for c, _ in self._unsaid)), shift)
            except StoreError as error:
                log.debug("beat: %s", error)
            await asyncio.sleep(BEAT_EVERY)
