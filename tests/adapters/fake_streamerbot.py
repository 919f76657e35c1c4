"""A fake of Streamer.bot's WebSocket server: greeting, authentication, subscription, messages of Twitch."""

import json
from collections.abc import Sequence
from typing import Any

from aiohttp import web

from adapters.dial import proof
from bot.kit import NotHere
from tests.adapters.aio import frames
from tests.adapters.fake_obalive import ObaLive

SALT, CHALLENGE = "c2FsdA==", "Y2hhbGxlbmdl"


class StreamerBot(ObaLive):
    """One program. `fails` makes it refuse the next lines with these words."""

    token = "s3cret-token"

    def __init__(self) -> None:
        super().__init__()
        self.fails = ""
        self.subscribed: dict[str, list[str]] = {}

    def routes(self) -> Sequence[web.RouteDef]:
        return [web.get("/", self._socket)]

    def opened(self) -> None:
        self.url = f"streamerbot://127.0.0.1:{self.port}/?platform=twitch"

    async def _socket(self, request: web.Request) -> web.WebSocketResponse:
        link = web.WebSocketResponse(autoping=True)
        await link.prepare(request)
        info = {"instanceId": "1", "name": "Streamer.bot", "version": "1.0.1", "os": "windows", "osVersion": "11"}
        auth = {"salt": SALT, "challenge": CHALLENGE}
        await link.send_json(
            {"request": "Hello", "timestamp": "", "session": "s", "info": info, "authentication": auth}
        )
        known = False
        async for raw in frames(link):
            asked = json.loads(raw)
            if asked["request"] == "Authenticate":
                known = not self.rejects and asked["authentication"] == proof(self.token, SALT, CHALLENGE)
                await self._tell(link, asked, "ok" if known else "error", error="" if known else "Invalid")
            elif not known:
                await self._tell(link, asked, "error", error="Not authenticated")
            else:
                await self._answer(request, link, asked)
        self.gone(link)
        return link

    async def _answer(self, request: web.Request, link: web.WebSocketResponse, asked: dict[str, Any]) -> None:
        if asked["request"] == "Subscribe":
            self.subscribed = asked["events"]
            self.welcome(request, link)
        if asked["request"] == "GetEvents":
            await self._tell(link, asked, "ok", events={"Twitch": ["ChatMessage", "ChatMessageDeleted", "Follow"]})
            return
        if asked["request"] == "SendMessage":
            if self.fails:
                await self._tell(link, asked, "error", error=self.fails)
                return
            self.lines.append(asked["message"])
        await self._tell(link, asked, "ok", events=self.subscribed)

    async def _tell(self, link: web.WebSocketResponse, asked: dict[str, Any], status: str, **more: object) -> None:
        await link.send_json({"id": asked["id"], "status": status, **more})

    async def event(self, kind: str, data: dict[str, object]) -> None:
        """Send an event of Twitch."""
        head = {"source": "Twitch", "type": kind}
        await self.all(
            json.dumps({"timeStamp": "2026-11-27T20:00:00Z", "event": head, "data": data}, ensure_ascii=False)
        )

    async def comment(self, id: str, text: str, *, user: str = "u1", own: bool = False, past: bool = False) -> None:
        if past:
            raise NotHere("there is no history")
        self.said[id] = text
        message = {
            "internal": False, "msgId": id, "userId": user, "username": user, "displayName": user, "role": 1,
            "subscriber": True, "channel": "shop", "message": text, "isMe": own,
        }  # fmt: skip
        await self.event("ChatMessage", {"message": message, "user": {"id": user, "name": user}, "messageId": id})

    async def retract(self, id: str) -> None:
        await self.event("ChatMessageDeleted", {"targetMessageId": id, "targetUserName": "u1"})

    async def unknown(self) -> None:
        await self.event("Teleported", {"x": 1})

    async def malformed(self) -> None:
        for raw in ("", "{", "null", "[]", '{"event":5}', '{"event":{},"data":5}', b"\xff\xfe", "[" * 30_000):
            await self.all(raw)

    async def large(self, id: str, size: int) -> None:
        await self.comment(id, "x" * max(1, size - 600))

    async def reject_auth(self) -> None:
        self.rejects = True

    async def throttle_next(self, seconds: float) -> None:
        raise NotHere("a refusal does not say how long to wait")
