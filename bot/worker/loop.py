"""The worker's loop: claim what there is room for, go a step on, answer each job once, say meanwhile that it lives."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable

from bot.domain.errors import StoreError
from bot.domain.ports import Claimed, WorkQueue, Writer, Written
from bot.live.cancelled import cancelled
from bot.worker.scheduler import Scheduler, Turn

log = logging.getLogger(__name__)

BEAT_EVERY = 1.0  # seconds; well below the time after which an entry counts as abandoned
WAIT = 1.0  # seconds to wait for a job when there is none
RETRY = 0.5  # seconds while the queue is down
LAST_TRIES = 4  # to deliver an answer, when the worker is to stop


class Worker:
    """One worker.

    Args:
        queue: where jobs come from.
        writer: the model.
        clock: seconds since the epoch, the clock of the jobs' deadlines.

    Attributes:
        answered: jobs answered so far.
    """

    def __init__(self, queue: WorkQueue, writer: Writer, *, clock: Callable[[], float]) -> None:
        self._queue, self._writer, self._clock = queue, writer, clock
        self._jobs = Scheduler(writer.name, writer.slots)
        self._unsaid: deque[tuple[Claimed, Written]] = deque()
        self._stopping = False
        self._refused = 0
        self.answered = 0

    def stop(self) -> None:
        """Claim nothing more, finish what is held, and return from `run`."""
        self._stopping = True

    async def run(self) -> None:
        """Work until `stop`."""
        beat = asyncio.create_task(self._beat())
        try:
            while not (self._stopping and self._jobs.idle and not self._unsaid):
                await self._claim()
                turn = self._jobs.turn(self._clock())
                self._unsaid += turn.ended
                await self._step(turn)
                await self._say()
        finally:
            beat.cancel()
            await asyncio.wait([beat])

    async def _claim(self) -> None:
        room = self._jobs.room
        if self._stopping or not room or len(self._unsaid) > room:
            return
        try:
            self._jobs.add(await self._queue.take(room, WAIT if self._jobs.idle and not self._unsaid else 0.0))
        except StoreError as error:
            log.warning("%s", error)
            await asyncio.sleep(RETRY if self._jobs.idle else 0.0)

    async def _step(self, turn: Turn) -> None:
        """Go one step on, while there is anything to write or to drop."""
        if not (self._jobs.running or turn.drop):
            return
        try:
            ended = await asyncio.to_thread(self._writer.step, turn.admit, turn.drop)
        except Exception as error:  # named place 3 of 3: one bad prompt must not take its neighbours along
            log.exception("the model failed on a step with %d answers", self._jobs.running)
            self._jobs.failed(f"the model failed on this prompt ({type(error).__name__})")
        else:
            self._jobs.stepped(self._clock(), ended)

    async def _say(self) -> None:
        """Deliver what ended; what the queue does not take now is kept, and its entry with it."""
        while self._unsaid:
            claimed, written = self._unsaid[0]
            if written.error == "poison":
                log.error("job %s was handed out %d times and never answered: given up", written.id, claimed.tries)
            try:
                self.answered += await self._queue.finish(claimed, written)
            except StoreError as error:
                log.warning("%s", error)
                self._refused += 1
                if self._stopping and self._refused > LAST_TRIES:  # another worker will claim the entries
                    self._unsaid.clear()
                await asyncio.sleep(RETRY)
                return
            self._unsaid.popleft()
            self._refused = 0

    async def _beat(self) -> None:
        while not cancelled():
            try:
                await self._queue.beat((*self._jobs.entries, *(c.entry for c, _ in self._unsaid)))
            except StoreError as error:
                log.debug("beat: %s", error)
            await asyncio.sleep(BEAT_EVERY)
