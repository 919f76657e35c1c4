"""What fakes of platforms share: an HTTP and WebSocket server on loopback whose connections can be harmed."""

import asyncio
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Self

from aiohttp import WSMsgType, web

from bot.domain.ports import Eraser
from bot.kit import NotHere
from bot.kit.bench import Bench


class Server:
    """A platform of one room. Subclasses add routes in `routes`, and welcome clients by appending to `links`."""

    token, patience, url = "s3cret-token", 1.5, ""
    options: Mapping[str, str] = {}

    def __init__(self) -> None:
        self.links: list[tuple[web.Request, web.WebSocketResponse]] = []
        self.stalled: list[tuple[web.Request, web.WebSocketResponse]] = []
        self.made = 0
        self.said: dict[str, str] = {}
        self.lines: list[str] = []
        self.throttle = 0.0
        self.rejects = False
        self.calls: list[str] = []  # "POST /path", in order

    def routes(self) -> Sequence[web.RouteDef]:
        """Return the platform's routes."""
        raise NotImplementedError

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=1 << 26)
        app.add_routes(self.routes())
        app.on_response_prepare.append(self._note)
        self.runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self.runner.setup()
        site = web.TCPSite(self.runner, "127.0.0.1", 0)
        await site.start()
        self.port = self.runner.addresses[0][1]
        self.opened()
        return self

    async def _note(self, request: web.Request, reply: web.StreamResponse) -> None:
        self.calls.append(f"{request.method} {request.path}")

    def opened(self) -> None:
        """The port is known: set `url`."""

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.links += self.stalled
        await self.drop()
        await self.runner.cleanup()

    def connections(self) -> int:
        return self.made

    def sent(self) -> Sequence[str]:
        return self.lines

    def welcome(self, request: web.Request, link: web.WebSocketResponse) -> None:
        """A client got as far as the platform's welcome."""
        self.links.append((request, link))
        self.made += 1

    def gone(self, link: web.WebSocketResponse) -> None:
        self.links = [pair for pair in self.links if pair[1] is not link]

    async def all(self, frame: str | bytes) -> None:
        """Send a frame to everybody who is connected and well."""
        for _, link in list(self.links):
            try:
                await (link.send_bytes(frame) if isinstance(frame, bytes) else link.send_str(frame))
            except (ConnectionError, RuntimeError):
                self.gone(link)

    async def drop(self) -> None:
        links, self.links = self.links, []
        for request, _ in links:
            if request.transport:
                request.transport.abort()

    async def close(self) -> None:
        links, self.links = self.links, []
        await asyncio.gather(*(link.close(code=1001) for _, link in links))

    async def stall(self) -> None:
        self.stalled += self.links
        self.links = []

    async def reject_auth(self) -> None:
        self.rejects = True

    async def throttle_next(self, seconds: float) -> None:
        self.throttle = seconds

    async def bomb(self) -> None:
        raise NotHere("frames are not compressed")

    async def again(self, ids: Sequence[str]) -> None:
        for id in ids:
            await self.comment(id, self.said[id])

    async def batch(self, ids: Sequence[str]) -> None:
        for id in ids:  # a frame holds one event
            await self.comment(id, "多少钱")

    async def comment(self, id: str, text: str, *, user: str = "u1", own: bool = False, past: bool = False) -> None:
        raise NotImplementedError


async def frames(link: web.WebSocketResponse):  # type: ignore[no-untyped-def]
    """Yield what a client sends, until it leaves."""
    async for message in link:
        if message.type in (WSMsgType.TEXT, WSMsgType.BINARY):
            yield message.data


async def taken_back(bench: Bench, erased: list[str]) -> None:
    """Post a line, and have it deleted: by the id that its receipt told; a refusal is told in the platform's words."""
    await bench.live()
    receipt = await bench.send("k1", "多少钱")
    assert bench.adapter.caps().can_delete and receipt.message == "own1"
    assert isinstance(bench.adapter, Eraser)
    assert await bench.adapter.erase("own1") == ""
    assert erased == ["own1"]
    assert "404" in await bench.adapter.erase("own9")
