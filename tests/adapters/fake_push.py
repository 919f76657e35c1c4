"""What fakes of platforms that push share: a free port for the adapter's webhook, and posts to it."""

import asyncio
import io
import socket
from collections.abc import Mapping, Sequence

import aiohttp

from bot.kit import NotHere
from tests.adapters.aio import Server


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


class Pushing(Server):
    """A platform that posts to the adapter while `on`."""

    def __init__(self) -> None:
        super().__init__()
        self.hook, self.on, self.statuses = free_port(), False, [0]
        self.past: Sequence[str] = ()
        self._order = asyncio.Lock()

    def headers(self, kind: str, body: bytes) -> Mapping[str, str]:
        """Return a push's headers, signed."""
        raise NotImplementedError

    async def push(self, kind: str, body: bytes, **more: str) -> int:
        """Post, if somebody listens; returns the status, 0 when nobody does."""
        async with self._order:
            if not self.on:
                return 0
            headers = {**self.headers(kind, body), **more}
            try:
                async with (
                    aiohttp.ClientSession(skip_auto_headers=("Content-Type",)) as http,
                    http.post(f"http://127.0.0.1:{self.hook}/push", data=io.BytesIO(body), headers=headers) as reply,
                ):
                    self.statuses.append(reply.status)
                    return reply.status
            except (aiohttp.ClientError, OSError):
                return 0

    async def again(self, ids: Sequence[str]) -> None:
        for id in ids:
            await self.comment(id, self.said[id])

    async def drop(self) -> None:
        self.on = False

    async def close(self) -> None:
        self.on = False

    async def stall(self) -> None:
        self.on = False

    async def bomb(self) -> None:
        await self.push("live_comment", b"\x1f\x8b" + b"\0" * 1000, **{"Content-Encoding": "gzip"})

    async def none(self, why: str) -> None:
        raise NotHere(why)
