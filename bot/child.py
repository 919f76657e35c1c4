"""Processes of ours beside us: they die with us, and end in order."""

import asyncio
import ctypes
import signal
import sys
from collections.abc import Awaitable, Callable, Sequence

PATIENCE = 10.0  # seconds to end in order
_PR_SET_PDEATHSIG = 1


def _die_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


class Child:
    """One process, started and ended as often as its owner wants."""

    def __init__(self) -> None:
        self._process: asyncio.subprocess.Process | None = None

    @property
    def pid(self) -> int:
        """Process id, 0 while there is none."""
        return self._process.pid if self._process else 0

    async def start(self, command: Sequence[str], up: Callable[[], Awaitable[bool]], within: float) -> bool:
        """Start it and wait until `up` says that it serves; False when it ended, or took longer than `within`."""
        self._process = await asyncio.create_subprocess_exec(
            *command, stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL, preexec_fn=_die_with_parent, start_new_session=True,
        )  # fmt: skip
        loop = asyncio.get_running_loop()
        until = loop.time() + within
        while not await up():
            if self._process.returncode is not None or loop.time() > until:
                await self.stop()
                return False
            await asyncio.sleep(0.02)
        return True

    async def ended(self) -> int:
        """Wait for its end and return its code."""
        return await self._process.wait() if self._process else 0

    async def stop(self) -> None:
        """End it: asked first, killed after three seconds."""
        process, self._process = self._process, None
        if process is not None:
            await end(process, 3.0)


async def end(process: asyncio.subprocess.Process, patience: float = PATIENCE) -> None:
    """End a process in order if it can, and by force if it cannot; one that has ended is left alone."""
    if process.returncode is not None:
        return
    process.terminate()
    try:
        async with asyncio.timeout(patience):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
