"""Jobs: the front's line to the workers. One per front, shared by its rooms."""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable

from bot.domain.errors import StoreError
from bot.domain.inputs import Drafted, Staffed
from bot.domain.work import Crew, Job, JobQueue, Written
from bot.live.admission import Admission
from bot.live.cancelled import cancelled

log = logging.getLogger(__name__)

RETRY = 0.3  # seconds between tries while the queue is down
COUNT_EVERY = 1.0  # seconds between two counts of the workers
FORGET = 30.0  # seconds after its deadline that an answer is still expected
WAITING = 2000  # jobs that may wait to be let in

Deliver = Callable[[Drafted | Staffed], None]


class Jobs:
    """Submits jobs as the workers get round to them, hands each answer to the room that asked, and counts the workers.

    Attributes:
        crew: the workers and their queue at the last count; empty while the queue is down.
        answered: jobs answered with words.
        failed: jobs that ended without, by reason ("late", "cancelled", "lost", "failed").
    """

    def __init__(self, queue: JobQueue, clock: Callable[[], float]) -> None:
        self._queue, self._clock = queue, clock
        self._rooms: list[Deliver] = []
        self._asked: dict[str, tuple[Deliver, float]] = {}
        self._admission = Admission()
        self._cancelled: list[str] = []
        self._bell = asyncio.Event()
        self.crew = Crew()
        self.answered = 0
        self.failed: Counter[str] = Counter()

    def ended(self) -> dict[str, int]:
        """Return how many jobs ended, by outcome."""
        return {"answered": self.answered, **self.failed}

    @property
    def workers(self) -> int:
        """Living workers."""
        return len(self.crew.shifts)

    def join(self, deliver: Deliver) -> None:
        """A room wants to know whether workers can be asked."""
        self._rooms.append(deliver)
        if self.workers:
            deliver(Staffed(True))

    def ask(self, job: Job, deliver: Deliver) -> None:
        """Queue a job; its one answer goes to `deliver`."""
        if len(self._admission) >= WAITING:
            self.failed["failed"] += 1
            deliver(Drafted(Written(job.id, error="the job queue is full")))
            return
        self._asked[job.id] = deliver, job.deadline
        self._admission.add(job)
        self._bell.set()

    def cancel(self, job: str) -> None:
        """Nobody wants this job's answer any more."""
        if self._asked.pop(job, None):
            self.failed["cancelled"] += 1
            self._cancelled.append(job)
            self._bell.set()

    async def run(self) -> None:
        """Work until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._submit())
            group.create_task(self._receive())
            group.create_task(self._count())

    async def _submit(self) -> None:
        while not cancelled():
            await self._bell.wait()
            self._bell.clear()
            gone, self._cancelled = self._cancelled, []
            self._admission.ended(gone)
            for late in self._admission.late(self._clock()):
                self._answer(Written(late, error="late"))
            batch = self._admission.admit(self.crew)
            try:
                if batch:
                    await self._queue.submit(batch)
            except StoreError as error:
                log.warning("job queue: %s", error)
                for job in batch:
                    self._answer(Written(job.id, error="the job queue is down"))
            try:
                if gone:
                    await self._queue.cancel(gone)
            except StoreError as error:  # nobody listens to their answers any more: it only costs the workers time
                log.debug("jobs not cancelled: %s", error)

    async def _receive(self) -> None:
        while not cancelled():
            try:
                for written in await self._queue.results():
                    self._answer(written)
            except StoreError as error:
                log.debug("job results: %s", error)
                await asyncio.sleep(RETRY)

    def _answer(self, written: Written) -> None:
        if written.partial:
            if found := self._asked.get(written.id):
                found[0](Drafted(written))
        elif found := self._asked.pop(written.id, None):
            self._admission.ended([written.id])
            self._bell.set()
            if written.error:
                self.failed["late" if written.error == "late" else "failed"] += 1
            else:
                self.answered += 1
            found[0](Drafted(written))

    async def _count(self) -> None:
        while not cancelled():
            try:
                crew = await self._queue.crew()
            except StoreError:
                crew = Crew()
            if bool(crew.shifts) != bool(self.workers):
                for deliver in self._rooms:
                    deliver(Staffed(bool(crew.shifts)))
            self.crew = crew
            now = self._clock()
            for job in [job for job, (_, deadline) in self._asked.items() if deadline + FORGET < now]:
                del self._asked[job]  # lost with the store; its question ended at the deadline
                self._admission.ended([job])
                self.failed["lost"] += 1
            self._bell.set()
            await asyncio.sleep(COUNT_EVERY)
