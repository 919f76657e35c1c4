"""A fake of oba-live-tool's broadcast: no credential, one JSON message a frame."""

import json
from collections.abc import Sequence

from aiohttp import web

from bot.kit import NotHere
from tests.adapters.aio import Server, frames


class ObaLive(Server):
    """One running program."""

    token = ""

    def routes(self) -> Sequence[web.RouteDef]:
        return [web.get("/", self._socket)]

    def opened(self) -> None:
        self.url = f"obalive://127.0.0.1:{self.port}"

    async def _socket(self, request: web.Request) -> web.WebSocketResponse:
        link = web.WebSocketResponse(autoping=True)
        await link.prepare(request)
        self.welcome(request, link)
        async for _ in frames(link):
            pass
        self.gone(link)
        return link

    async def stall(self) -> None:
        for request, _ in self.links:
            request.transport.pause_reading()  # type: ignore[union-attr]
        await super().stall()

    async def say(self, kind: str, id: str, **fields: object) -> None:
        """Broadcast a message."""
        await self.all(json.dumps({"msg_type": kind, "msg_id": id, "time": "20:00:01"} | fields, ensure_ascii=False))

    async def comment(self, id: str, text: str, *, user: str = "u1", own: bool = False, past: bool = False) -> None:
        if own or past:
            raise NotHere("nothing can be sent, and there is no history")
        self.said[id] = text
        await self.say("comment", id, nick_name=user, content=text)

    async def retract(self, id: str) -> None:
        raise NotHere("deletions are not told")

    async def unknown(self) -> None:
        await self.say("teleport", "t1")

    async def malformed(self) -> None:
        for raw in ("", "{", "null", "[]", '{"msg_id":"x"}', '{"msg_type":5,"msg_id":[]}', b"\xff\xfe", "[" * 30_000):
            await self.all(raw)

    async def large(self, id: str, size: int) -> None:
        await self.comment(id, "x" * max(1, size - 200))

    async def reject_auth(self) -> None:
        raise NotHere("the program takes no credential")

    async def throttle_next(self, seconds: float) -> None:
        raise NotHere("read-only")
