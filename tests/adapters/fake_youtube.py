"""A fake of YouTube's Data API: video, channel, the chat's stream with resume tokens, inserts, token renewal."""

import asyncio
import contextlib
import json
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from bot.kit import NotHere
from tests.adapters.aio import Server

VIDEO, CHAT, ME = "vId-30", "chat-1", "UCme"


class YouTube(Server):
    """One video. The page token is the number of messages told so far."""

    def __init__(self) -> None:
        super().__init__()
        self.items: list[dict[str, Any]] = []
        self.erased: list[str] = []
        self.live: dict[str, object] = {"activeLiveChatId": CHAT}
        self.reason, self.status, self.streams, self.lists = "", 0, True, 0
        self.open: list[tuple[web.Request, web.StreamResponse]] = []
        self.still: list[tuple[web.Request, web.StreamResponse]] = []
        self.bell = asyncio.Event()
        self.renewals = self.count = 0
        self.raw: list[bytes] = []

    def routes(self) -> Sequence[web.RouteDef]:
        return [
            web.get("/videos", self._videos), web.get("/channels", self._channels),
            web.get("/liveChat/messages/stream", self._stream), web.get("/liveChat/messages", self._list),
            web.post("/liveChat/messages", self._post), web.delete("/liveChat/messages", self._erase),
            web.post("/token", self._renew),
        ]  # fmt: skip

    def opened(self) -> None:
        base = f"http://127.0.0.1:{self.port}"
        self.url = f"youtube://{VIDEO}?api={base}&token_url={base}/token"

    def _refuses(self, request: web.Request) -> web.Response | None:
        if self.rejects or request.headers.get("Authorization") != f"Bearer {self.token}":
            return self._error(401, "authError")
        return self._error(self.status, self.reason) if self.status else None

    def _error(self, status: int, reason: str) -> web.Response:
        error = {"code": status, "message": reason, "errors": [{"reason": reason, "message": reason}]}
        return web.json_response({"error": error}, status=status)

    async def _videos(self, request: web.Request) -> web.Response:
        known = request.query.get("id") == VIDEO
        items = [{"id": VIDEO, "liveStreamingDetails": self.live}] if known else []
        return self._refuses(request) or web.json_response({"items": items})

    async def _channels(self, request: web.Request) -> web.Response:
        return self._refuses(request) or web.json_response({"items": [{"id": ME}]})

    def _page(self, start: int) -> bytes:
        found = {"items": self.items[start:], "nextPageToken": str(len(self.items)), "pollingIntervalMillis": 200}
        return json.dumps(found, ensure_ascii=False).encode()

    async def _list(self, request: web.Request) -> web.Response:
        self.lists += 1
        body = self._page(int(request.query.get("pageToken", 0)))
        return self._refuses(request) or web.Response(body=body, content_type="application/json")

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        if refusal := self._refuses(request):
            return refusal
        if not self.streams:
            return self._error(404, "notFound")
        reply = web.StreamResponse(headers={"Content-Type": "application/json"})
        await reply.prepare(request)
        told = int(request.query.get("pageToken", 0))
        await reply.write(b"[" + self._page(told))
        told = len(self.items)
        self.open.append((request, reply))
        self.made += 1
        while any(reply is other for _, other in self.open + self.still):
            await self.bell.wait()
            await asyncio.sleep(0)
            if any(reply is other for _, other in self.open) and told < len(self.items):
                body, told = self._page(told), len(self.items)
                await reply.write(b",\r\n" + body[:10])  # cut where it hurts
                await reply.write(body[10:])
            self.bell.clear()
        return reply

    async def _post(self, request: web.Request) -> web.Response:
        given = await request.json()
        if self.throttle:
            headers, self.throttle = {"Retry-After": str(int(self.throttle + 0.999))}, 0.0
            return web.Response(status=429, headers=headers)
        if refusal := self._refuses(request):
            return refusal
        self.count += 1
        text = given["snippet"]["textMessageDetails"]["messageText"]
        self.lines.append(text)
        await self.comment(f"own{self.count}", text, own=True)
        return web.json_response({"id": f"own{self.count}", "snippet": {"displayMessage": text}})

    async def _erase(self, request: web.Request) -> web.Response:
        if refusal := self._refuses(request):
            return refusal
        if request.query.get("id") not in {f"own{n + 1}" for n in range(self.count)}:
            return self._error(404, "liveChatMessageNotFound")
        self.erased.append(request.query["id"])
        return web.Response(status=204)

    async def _renew(self, request: web.Request) -> web.Response:
        form = await request.post()
        if form.get("refresh_token") != "r0":
            return web.json_response({"error": "invalid_grant", "error_description": "revoked"}, status=400)
        self.renewals += 1
        return web.json_response({"access_token": self.token, "expires_in": 3599})

    def add(self, id: str, type: str, who: str = "UCu1", **details: object) -> None:
        """Add a message to the chat."""
        now = datetime.now(UTC).isoformat()
        self.items.append({
            "id": id, "snippet": {"type": type, "publishedAt": now, "authorChannelId": who, **details},
            "authorDetails": {"channelId": who, "displayName": "Someone", "isChatSponsor": True},
        })  # fmt: skip
        self.bell.set()

    async def comment(self, id: str, text: str, *, user: str = "u1", own: bool = False, past: bool = False) -> None:
        if past:
            raise NotHere("history comes with the first part of the stream alone")
        self.said[id] = text
        self.add(id, "textMessageEvent", ME if own else user, displayMessage=text)
        await asyncio.sleep(0)

    async def batch(self, ids: Sequence[str]) -> None:
        for id in ids:
            self.said[id] = "多少钱"
            self.add(id, "textMessageEvent", displayMessage="多少钱")

    async def retract(self, id: str) -> None:
        self.add(f"del-{id}", "messageDeletedEvent", messageDeletedDetails={"deletedMessageId": id})

    async def unknown(self) -> None:
        self.add("t1", "teleportEvent", teleportDetails={"x": 1})

    async def malformed(self) -> None:
        for raw in (b'{"items":5}', b'{"items":[5]}', b'{"items":[{"id":[]}]}', b'{"items":[{"snippet":5}]}', b"{]}"):
            for _, reply in self.open:
                with suppress(ConnectionError):
                    await reply.write(b"," + raw)

    async def large(self, id: str, size: int) -> None:
        self.add(id, "textMessageEvent", displayMessage="x" * max(1, size - 400))
        if size > 1_000_000:
            self.items.pop()  # it would come again for ever
            for _, reply in list(self.open):
                with contextlib.suppress(ConnectionError):
                    await reply.write(b',{"items":[{"id":"' + b"x" * size)

    async def drop(self) -> None:
        pairs, self.open = self.open + self.still, []
        self.still = []
        for request, _ in pairs:
            if request.transport:
                request.transport.abort()
        self.bell.set()

    async def close(self) -> None:
        self.open = []
        self.bell.set()

    async def stall(self) -> None:
        self.still += self.open
        self.open = []
