"""Fixtures shared by tests that need a real store; how property tests run."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from redis.asyncio import Redis

from bot.backends.valkey import EmbeddedValkey

# On a slow machine the first text that Hypothesis makes takes seconds (it builds its tables): that is no fault.
settings.register_profile("zhubo", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("zhubo")


@pytest.fixture
async def valkey(tmp_path: Path) -> AsyncIterator[EmbeddedValkey]:
    """A real Valkey server of its own."""
    server = EmbeddedValkey(tmp_path)
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
async def redis(valkey: EmbeddedValkey) -> AsyncIterator[Redis]:
    """A client of that server."""
    client = Redis.from_url(valkey.url)
    yield client
    await client.aclose()
