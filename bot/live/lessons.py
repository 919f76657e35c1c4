"""Lessons: what the shop learned is fetched before a room opens, and what the room learns is written behind."""

import asyncio
import logging
from collections.abc import Callable

from bot.domain.errors import StoreError
from bot.domain.inputs import Recollected
from bot.domain.learning import Learning
from bot.live.cancelled import cancelled
from bot.live.shelf import Learn

log = logging.getLogger(__name__)

WRITE_EVERY = 1.0  # seconds
UNWRITTEN = 5000  # visits kept while the store is down; beyond it the oldest are forgotten


class Lessons:
    """The line between a room and what its shop knows.

    Attributes:
        up: the store took the last lesson.
    """

    def __init__(self, learning: Learning | None, room: str, deliver: Callable[[Recollected], None]) -> None:
        self._learning, self._room, self._deliver = learning, room, deliver
        self._tallies: dict[tuple[str, str], tuple[int, int]] = {}
        self._visits: list[tuple[str, ...]] = []
        self.up = True

    def learn(self, item: Learn) -> None:
        """Keep a lesson; it is written soon."""
        if item.visit:
            self._visits = [*self._visits[-UNWRITTEN + 1 :], item.visit]
        else:
            key = (item.product, item.context)
            shown, taken = self._tallies.get(key, (0, 0))
            self._tallies[key] = shown + item.shown, taken + item.taken

    async def run(self) -> None:
        """Fetch once, then write until cancelled."""
        if self._learning is None:
            return
        try:
            self._deliver(Recollected(await self._learning.learned()))
        except StoreError as error:
            self._is(False, str(error))
        while not cancelled():
            await asyncio.sleep(WRITE_EVERY)
            await self.flush()

    async def flush(self) -> None:
        """Write what is left, once."""
        if self._learning is None or not (self._tallies or self._visits):
            return
        tallies, visits, self._tallies, self._visits = self._tallies, self._visits, {}, []
        try:
            await self._learning.learn(tallies, visits)
            self._is(True)
        except StoreError as error:
            for key, (shown, taken) in self._tallies.items():
                more = tallies.get(key, (0, 0))
                tallies[key] = more[0] + shown, more[1] + taken
            self._tallies, self._visits = tallies, [*visits, *self._visits][-UNWRITTEN:]
            self._is(False, str(error))

    def _is(self, up: bool, why: str = "") -> None:
        if up != self.up:
            log.warning("%s: lessons %s", self._room, "are kept again" if up else f"wait for the store: {why}")
        self.up = up
