"""Viewers' session context in Valkey/Redis: one key per viewer, MessagePack, gone after some hours without a word."""

from collections.abc import Mapping, Sequence

import msgspec
from redis.asyncio import Redis
from redis.exceptions import RedisError

from bot.domain.errors import StoreError
from bot.domain.viewers import ViewerContext

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(ViewerContext).decode


class RedisStore:
    """A `SessionStore` (see `domain/ports.py`)."""

    def __init__(self, redis: Redis, keep: float = 6.0) -> None:
        """Use this server; a context is deleted `keep` hours after its viewer's last word."""
        self._redis = redis
        self._keep = max(1, round(keep * 3600))

    async def recall(self, room: str, viewers: Sequence[str]) -> Mapping[str, ViewerContext]:
        """Fetch contexts in one round trip."""
        try:
            raw = await self._redis.mget([_key(room, v) for v in viewers])
        except (RedisError, OSError) as error:
            raise StoreError(f"session store does not answer ({type(error).__name__}): is Valkey/Redis up?") from error
        found = {}
        for viewer, value in zip(viewers, raw, strict=True):
            if isinstance(value, bytes):
                try:
                    found[viewer] = _decode(value)
                except msgspec.DecodeError:
                    continue  # written by another version: as good as unknown, and overwritten soon
        return found

    async def remember(self, room: str, contexts: Mapping[str, ViewerContext]) -> None:
        """Store contexts in one round trip."""
        try:
            async with self._redis.pipeline(transaction=False) as pipe:
                for viewer, context in contexts.items():
                    pipe.set(_key(room, viewer), _encode(context), ex=self._keep)
                await pipe.execute()
        except (RedisError, OSError) as error:
            raise StoreError(f"session store does not answer ({type(error).__name__}): is Valkey/Redis up?") from error

    async def forget(self, viewer: str) -> int:
        """Delete a viewer's contexts of all rooms; returns how many. Raises StoreError."""
        try:
            keys = [key async for key in self._redis.scan_iter(match=_key("*", viewer), count=1000)]
            return int(await self._redis.delete(*keys)) if keys else 0
        except (RedisError, OSError) as error:
            raise StoreError(f"session store does not answer ({type(error).__name__}): is Valkey/Redis up?") from error


def _key(room: str, viewer: str) -> str:
    return f"zhubo:viewer:{room}:{viewer}"
