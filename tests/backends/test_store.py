"""Session context and the embedded server, on a real Valkey."""

import asyncio
import os
import signal
from pathlib import Path

import pytest
from redis.asyncio import Redis

from bot.app import connect_redis
from bot.backends import valkey as valkey_file
from bot.backends.redis_store import RedisStore
from bot.backends.valkey import EmbeddedValkey, socket_path, store_url
from bot.domain.errors import StoreError
from bot.domain.viewers import ViewerContext


async def test_contexts_are_kept_per_room_and_expire(redis: Redis) -> None:
    """What was remembered is recalled, in its own room only, as long as the operator says."""
    store = RedisStore(redis, keep=0.5)
    ann = ViewerContext(product="shirt", asked=2, suggested=("tote",))
    await store.remember("one", {"ann": ann, "bob": ViewerContext()})
    assert await store.recall("one", ["ann", "zoe", "bob"]) == {"ann": ann, "bob": ViewerContext()}
    assert await store.recall("two", ["ann"]) == {}
    assert 1790 < await redis.ttl("zhubo:viewer:one:ann") <= 1800


async def test_a_context_of_another_version_is_as_good_as_unknown(redis: Redis) -> None:
    """A value that cannot be read is no context, and no error."""
    await redis.set("zhubo:viewer:r:ann", b"\xc1garbage")
    assert await RedisStore(redis).recall("r", ["ann"]) == {}


async def test_a_killed_server_comes_back_with_its_data(tmp_path: Path) -> None:
    """kill -9 of Valkey: the supervisor starts it again, and what was acknowledged is there."""
    server = EmbeddedValkey(tmp_path)
    await server.start()
    watcher = asyncio.create_task(server.watch())
    redis = connect_redis(server.url, patience=40)
    store = RedisStore(redis)
    await store.remember("r", {f"v{i}": ViewerContext(asked=i) for i in range(200)})
    os.kill(server.pid, signal.SIGKILL)
    found = await store.recall("r", [f"v{i}" for i in range(200)])
    assert {v: c.asked for v, c in found.items()} == {f"v{i}": i for i in range(200)}
    assert server.restarts == 1
    watcher.cancel()
    await redis.aclose()
    await server.stop()


async def test_a_second_process_finds_the_running_server(valkey: EmbeddedValkey, tmp_path: Path) -> None:
    """The same data folder leads to the same server; only its owner ends it."""
    async with store_url("", tmp_path) as url:
        assert url == valkey.url
    redis = Redis.from_url(valkey.url)
    assert await redis.ping()
    await redis.aclose()


async def test_a_configured_url_wins(tmp_path: Path) -> None:
    """Nothing is started when the operator has a store."""
    async with store_url("redis://example.invalid:6379", tmp_path) as url:
        assert url == "redis://example.invalid:6379"
    assert not (tmp_path / "valkey").exists()


async def test_without_a_binary_the_error_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No Valkey anywhere is one clear sentence."""
    monkeypatch.setattr(valkey_file, "find_binary", lambda: None)
    with pytest.raises(StoreError, match="--redis-url"):
        await EmbeddedValkey(tmp_path).start()


def test_the_socket_path_is_short(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Unix socket paths are limited to about 104 characters."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / ("x" * 120)))
    assert len(str(socket_path(tmp_path / ("y" * 200)))) < 100


async def test_a_relative_data_folder_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The default data folder is relative to where the command was typed."""
    monkeypatch.chdir(tmp_path)
    server = EmbeddedValkey(Path("data"))
    await server.start()
    assert (tmp_path / "data" / "valkey" / "valkey.log").exists()
    await server.stop()
