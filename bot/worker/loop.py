"""The worker's loop: take a batch, write it, answer each job once, say meanwhile that it lives."""

import asyncio
import logging
from collections.abc import Callable, Sequence

from bot.domain.errors import StoreError
from bot.domain.ports import Claimed, Prompt, WorkQueue, Writer, Written
from bot.live.cancelled import cancelled
from bot.worker.scheduler import plan

log = logging.getLogger(__name__)

BEAT_EVERY = 1.0  # seconds; well below the time after which an entry counts as abandoned
WAIT = 1.0  # seconds to wait for the first job of a batch
RETRY = 0.5  # seconds while the queue is down


class Worker:
    """One worker.

    Args:
        queue: where jobs come from.
        writer: the model.
        clock: seconds since the epoch, the clock of the jobs' deadlines.
        batch: jobs written together at most.

    Attributes:
        answered: jobs answered so far.
    """

    def __init__(self, queue: WorkQueue, writer: Writer, *, clock: Callable[[], float], batch: int = 8) -> None:
        self._queue, self._writer, self._clock, self._batch = queue, writer, clock, batch
        self._held: tuple[str, ...] = ()
        self._stopping = False
        self.answered = 0

    def stop(self) -> None:
        """Finish the batch at hand and return from `run`."""
        self._stopping = True

    async def run(self) -> None:
        """Work until `stop`."""
        beat = asyncio.create_task(self._beat())
        try:
            while not self._stopping:
                try:
                    await self._round()
                except StoreError as error:
                    log.warning("%s", error)
                    await asyncio.sleep(RETRY)
        finally:
            beat.cancel()
            await asyncio.wait([beat])

    async def _round(self) -> None:
        claimed = await self._queue.take(self._batch, WAIT)
        if not claimed:
            return
        self._held = tuple(c.entry for c in claimed)
        try:
            todo = plan(claimed, self._clock())
            for c in todo.late:
                await self._finish(c, Written(c.job.id, error="late", model=self._writer.name))
            for c in todo.poison:
                log.error("job %s was handed out %d times and never answered: given up", c.job.id, c.tries)
                await self._finish(c, Written(c.job.id, error="poison", model=self._writer.name))
            if todo.run:
                began = self._clock()
                texts = await self._write(todo.run)
                seconds = round(self._clock() - began, 3)
                for c, text in zip(todo.run, texts, strict=True):
                    error = "" if text is not None else "the model failed on this prompt"
                    await self._finish(c, Written(c.job.id, text or "", error, self._writer.name, seconds))
                log.info("%d answers in %.1f s", len(texts), seconds)
        finally:
            self._held = ()

    async def _write(self, batch: Sequence[Claimed]) -> list[str | None]:
        prompts = [Prompt(c.job.prefix, c.job.suffix, c.job.max_chars) for c in batch]
        try:
            texts = await asyncio.to_thread(self._writer.write, prompts)
        except Exception:  # named place 3 of 3: one bad prompt must not take its neighbours along
            log.exception("the model failed on a batch of %d", len(batch))
            if len(batch) == 1:
                return [None]
            return [text for c in batch for text in await self._write([c])]
        if len(texts) != len(prompts):
            log.error("the model answered %d of %d prompts: none is trusted", len(texts), len(prompts))
            return [None] * len(prompts)
        return list(texts)

    async def _finish(self, claimed: Claimed, written: Written) -> None:
        self.answered += await self._queue.finish(claimed, written)

    async def _beat(self) -> None:
        while not cancelled():
            try:
                await self._queue.beat(self._held)
            except StoreError as error:
                log.debug("beat: %s", error)
            await asyncio.sleep(BEAT_EVERY)
