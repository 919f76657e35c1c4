"""How late the event loop is: a task that wants to be woken at a moment, and notes when it was."""

import asyncio
import time
from collections import deque

EVERY = 0.05  # seconds between two looks
KEPT = 1200  # looks: a minute


class Lag:
    """Lateness in seconds. `run` beside everything else."""

    def __init__(self) -> None:
        self._seen: deque[float] = deque(maxlen=KEPT)
        self._worst = 0.0

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            due = time.perf_counter() + EVERY
            await asyncio.sleep(EVERY)
            late = max(0.0, time.perf_counter() - due)
            self._seen.append(late)
            self._worst = max(self._worst, late)

    def figures(self) -> tuple[float, float]:
        """Return what 99 % of the looks of the last minute stayed below, and the worst of them."""
        ordered = sorted(self._seen) or [0.0]
        return ordered[min(len(ordered) - 1, int(0.99 * len(ordered)))], ordered[-1]

    def worst(self) -> float:
        """Return the worst since the last call."""
        worst, self._worst = self._worst, 0.0
        return worst
