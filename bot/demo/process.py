"""How a process of ours beside us ends."""

import asyncio

PATIENCE = 10.0  # seconds to end in order


async def end(process: asyncio.subprocess.Process) -> None:
    """End a process in order if it can, and by force if it cannot; one that has ended is left alone."""
    if process.returncode is not None:
        return
    process.terminate()
    try:
        async with asyncio.timeout(PATIENCE):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
