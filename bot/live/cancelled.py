"""Was this task asked to stop? A store client may swallow a cancel on Python 3.11 (a time-out that fires in the same
turn of the loop wins over it); the request is still counted, so loops around such calls ask here on every round.
"""

import asyncio


def cancelled() -> bool:
    """Tell whether somebody cancelled the running task, also when the exception itself was lost on the way."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
