"""The event loop's lateness."""

import asyncio
import time

import pytest

from bot.live import lag
from bot.live.lag import Lag


async def test_a_loop_that_is_held_up_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """The worst since the last question, and what 99 % stay below."""
    monkeypatch.setattr(lag, "EVERY", 0.001)
    late = Lag()
    assert late.figures() == (0.0, 0.0)
    task = asyncio.create_task(late.run())
    await asyncio.sleep(0.005)
    time.sleep(0.03)  # noqa: ASYNC251 - the fault
    await asyncio.sleep(0.005)
    task.cancel()
    worst = late.worst()
    assert worst > 0.02
    assert late.worst() == 0.0
    assert late.figures()[1] == worst
