"""The sender: carries lines to the platforms, one task for each, and can be emptied at once."""

import asyncio
import logging
from collections.abc import Callable, Mapping

from bot.decide.privacy import scope
from bot.domain.inputs import Erased, Input, Posted
from bot.domain.policy import RoomPolicy
from bot.domain.ports import Adapter, Eraser, Outgoing, Receipt
from bot.live.state import Erase

log = logging.getLogger(__name__)

GRACE = 0.1  # seconds in which what is with a platform may still get its receipt after STOP; then it is given up


class Sender:
    """Sends under the platform's receipt time-out; what comes of it is put before the room.

    Args:
        room: the room's name, for the log.
        places: the adapters of its places, by name.
        put: takes what came of a line.
    """

    def __init__(
        self, room: str, places: Mapping[str, Adapter], policy: RoomPolicy, put: Callable[[Input], None]
    ) -> None:
        self._room, self._places, self._within, self._put = room, places, policy.receipt_within, put
        self._tasks: set[asyncio.Task[None]] = set()

    def __len__(self) -> int:
        return len(self._tasks)

    def carry(self, group: asyncio.TaskGroup, item: Outgoing | Erase) -> None:
        """Start to send a line, or to delete one."""
        task = group.create_task(self._post(item) if isinstance(item, Outgoing) else self._erase(item))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def finish(self, patience: float) -> None:
        """Wait for what is under way."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=patience)

    async def empty(self) -> None:
        """After this nothing is under way any more: what has no receipt within `GRACE` is cut off."""
        tasks = set(self._tasks)
        await self.finish(GRACE)
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    async def _post(self, out: Outgoing) -> None:
        receipt = Receipt(out.key, "unknown", "cut off")
        try:
            async with asyncio.timeout(self._within):
                receipt = await self._places[out.place].send(out)
        except TimeoutError:
            receipt = Receipt(out.key, "unknown", "no receipt in time")
        finally:
            self._put(Posted(receipt))
            if receipt.outcome not in ("accepted", "confirmed"):
                where = scope(self._room, out.place)
                log.warning("%s: line %s: %s %s", where, out.key, receipt.outcome, receipt.why)

    async def _erase(self, item: Erase) -> None:
        why = "cut off"
        try:
            adapter = self._places[item.place]
            async with asyncio.timeout(self._within):
                why = await adapter.erase(item.message) if isinstance(adapter, Eraser) else "cannot delete"
        except TimeoutError:
            why = "no answer in time"
        finally:
            self._put(Erased(item.order, item.message, not why, why))
