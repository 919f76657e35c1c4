"""Memory: viewers' session context, fetched in batches and written behind, without ever holding up the room."""

import asyncio
import logging
from collections.abc import Callable

from bot.domain.errors import StoreError
from bot.domain.inputs import Recalled
from bot.domain.ports import SessionStore
from bot.domain.viewers import ViewerContext
from bot.live.cancelled import cancelled

log = logging.getLogger(__name__)

BATCH = 500  # viewers per round trip
WRITE_EVERY = 0.2  # seconds
UNWRITTEN = 10_000  # contexts kept while the store is down; beyond it the oldest are forgotten


class Memory:
    """Session context of one room's viewers.

    Attributes:
        up: the store answered last time. While it does not, viewers are answered without memory.
        forgotten: contexts lost because the store was down for too long.
    """

    def __init__(self, store: SessionStore, room: str, deliver: Callable[[Recalled], None]) -> None:
        self._store, self._room, self._deliver = store, room, deliver
        self._wanted: dict[str, None] = {}
        self._unwritten: dict[str, ViewerContext] = {}
        self._bell = asyncio.Event()
        self.up = True
        self.forgotten = 0

    def recall(self, viewer: str) -> None:
        """Ask for a viewer's context; `deliver` gets it, or an empty one."""
        self._wanted[viewer] = None
        self._bell.set()

    def remember(self, viewer: str, context: ViewerContext) -> None:
        """Write a viewer's context soon."""
        self._unwritten.pop(viewer, None)
        self._unwritten[viewer] = context
        if len(self._unwritten) > UNWRITTEN:
            del self._unwritten[next(iter(self._unwritten))]
            self.forgotten += 1

    async def run(self) -> None:
        """Work until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._read())
            group.create_task(self._write())

    async def flush(self) -> None:
        """Write what is left, once."""
        batch, self._unwritten = self._unwritten, {}
        if not batch:
            return
        try:
            await self._store.remember(self._room, batch)
            self._is(True)
        except StoreError as error:
            self._unwritten = batch | self._unwritten
            self._is(False, str(error))

    async def _read(self) -> None:
        while not cancelled():
            await self._bell.wait()
            self._bell.clear()
            while self._wanted:
                batch = list(self._wanted)[:BATCH]
                for viewer in batch:
                    del self._wanted[viewer]
                self._deliver(Recalled(await self._fetch(batch)))

    async def _fetch(self, batch: list[str]) -> dict[str, ViewerContext]:
        known: dict[str, ViewerContext] = dict.fromkeys(batch, ViewerContext())
        try:
            known.update(await self._store.recall(self._room, batch))
            self._is(True)
        except StoreError as error:
            self._is(False, str(error))
        # What this process has not written yet is newer than what the store has.
        known.update({v: self._unwritten[v] for v in batch if v in self._unwritten})
        return known

    async def _write(self) -> None:
        while not cancelled():
            await asyncio.sleep(WRITE_EVERY)
            await self.flush()

    def _is(self, up: bool, why: str = "") -> None:
        if up != self.up:
            log.warning(
                "%s: session store %s", self._room, "is back" if up else f"is down, answering without memory: {why}"
            )
        self.up = up
