"""A fake of Twitch: OAuth (validate, device, token), Helix (users, subscriptions, chat), EventSub's socket."""

import asyncio
import json
import time
from collections.abc import Sequence

from aiohttp import web

from bot.kit import NotHere
from tests.adapters.aio import Server, frames

ME, ROOM, CLIENT = "me-1", "room-1", "client-1"
SCOPES = ["user:read:chat", "user:write:chat"]


class Twitch(Server):
    """One channel. `keepalive` seconds between signs of life."""

    def __init__(self) -> None:
        super().__init__()
        self.patience, self.keepalive, self.subscribe_within = 1.0, 0.3, 2.0
        self.scopes, self.status, self.drop_reason, self.swallow = SCOPES, 200, None, False
        self.sessions: dict[str, web.WebSocketResponse] = {}
        self.subscriptions: list[str] = []
        self.moving: set[str] = set()
        self.renewals = self.count = 0
        self.interval = 5
        self.typed = False  # the device code was typed in
        self.replies: list[str] = []
        self.tasks: set[asyncio.Task[None]] = set()

    def routes(self) -> Sequence[web.RouteDef]:
        return [
            web.get("/oauth2/validate", self._validate), web.post("/oauth2/device", self._device),
            web.post("/oauth2/token", self._give), web.get("/helix/users", self._users),
            web.post("/helix/eventsub/subscriptions", self._subscribe), web.post("/helix/chat/messages", self._post),
            web.get("/ws", self._socket),
        ]  # fmt: skip

    def opened(self) -> None:
        base = f"http://127.0.0.1:{self.port}"
        self.url = f"twitch://shop?api={base}/helix&eventsub=ws://127.0.0.1:{self.port}/ws&id={base}/oauth2"

    def _right(self, request: web.Request, kind: str = "Bearer") -> bool:
        client = kind == "OAuth" or request.headers.get("Client-Id") == CLIENT
        return not self.rejects and client and request.headers.get("Authorization") == f"{kind} {self.token}"

    async def _validate(self, request: web.Request) -> web.Response:
        if not self._right(request, "OAuth"):
            return web.json_response({"status": 401, "message": "invalid access token"}, status=401)
        return web.json_response({"client_id": CLIENT, "user_id": ME, "login": "bot", "scopes": self.scopes})

    async def _device(self, request: web.Request) -> web.Response:
        if (await request.post()).get("client_id") != CLIENT:
            return web.json_response({"status": 400, "message": "invalid client"}, status=400)
        told = {"device_code": "dev-1", "user_code": "ABCD", "verification_uri": "https://www.twitch.tv/activate"}
        return web.json_response(told | {"expires_in": 1800, "interval": self.interval})

    async def _give(self, request: web.Request) -> web.Response:
        form = await request.post()
        if form.get("grant_type") == "refresh_token":
            if form.get("refresh_token") != f"r{self.renewals}":
                return web.json_response({"status": 400, "message": "Invalid refresh token"}, status=400)
            self.renewals += 1
        elif not self.typed:
            return web.json_response({"status": 400, "message": "authorization_pending"}, status=400)
        return web.json_response({"access_token": self.token, "refresh_token": f"r{self.renewals}", "expires_in": 9000})

    async def _users(self, request: web.Request) -> web.Response:
        known = request.query.get("login") == "shop"
        return web.json_response({"data": [{"id": ROOM, "login": "shop"}] if known else []}, status=self.status)

    async def _subscribe(self, request: web.Request) -> web.Response:
        body = await request.json()
        if not self._right(request):
            return web.json_response({"message": "invalid token"}, status=401)
        session = body["transport"]["session_id"]
        if session not in self.sessions or body["condition"]["broadcaster_user_id"] != ROOM:
            return web.json_response({"message": "no such session"}, status=400)
        self.subscriptions.append(body["type"])
        if body["type"] == "channel.chat.message":
            self.welcome(request, self.sessions[session])
        told = {"id": f"sub-{body['type']}", "status": "enabled", "type": body["type"], "version": "1", "cost": 0}
        return web.json_response({"data": [told], "total": 1, "total_cost": 0, "max_total_cost": 10}, status=202)

    async def _post(self, request: web.Request) -> web.Response:
        body = await request.json()
        if not self._right(request):
            return web.json_response({"message": "invalid token"}, status=401)
        if self.throttle:
            headers = {"Ratelimit-Reset": str(int(time.time() + self.throttle + 0.999))}
            self.throttle = 0.0
            return web.json_response({"message": "Too Many Requests"}, status=429, headers=headers)
        if self.status != 200:
            return web.json_response({"message": "oops"}, status=self.status)
        if self.drop_reason:
            return web.json_response({"data": [{"message_id": "", "is_sent": False, "drop_reason": self.drop_reason}]})
        self.count += 1
        self.replies.append(body.get("reply_parent_message_id", ""))
        self.lines.append(body["message"])
        if not self.swallow:
            await self.comment(f"own{self.count}", body["message"], own=True)
        return web.json_response({"data": [{"message_id": f"own{self.count}", "is_sent": True, "drop_reason": None}]})

    async def _socket(self, request: web.Request) -> web.WebSocketResponse:
        link = web.WebSocketResponse()
        await link.prepare(request)
        old = request.query.get("from", "")
        id = old or f"s{len(self.sessions)}"
        self.sessions[id] = link
        await self._tell(link, "session_welcome", {"session": {"id": id, "keepalive_timeout_seconds": 10}})
        if old:  # moved here: subscriptions came along
            self.links = [(request, link)]
            self.moving.discard(old)
        beating = asyncio.create_task(self._beat(request, link, bool(old)))
        async for _ in frames(link):
            await link.close(code=4001)
        beating.cancel()
        self.gone(link)
        return link

    async def _beat(self, request: web.Request, link: web.WebSocketResponse, moved: bool) -> None:
        until = time.monotonic() + self.subscribe_within
        while True:
            await asyncio.sleep(self.keepalive)
            if not moved and time.monotonic() > until and not link.closed:
                if not any(link is other for _, other in self.links + self.stalled):
                    await link.close(code=4003)
                until += 3600
            if any(link is other for _, other in self.links):
                await self._tell(link, "session_keepalive", {})

    async def _tell(self, link: web.WebSocketResponse, kind: str, payload: object, of: str = "") -> None:
        head = {"message_type": kind, "message_id": f"m{time.monotonic_ns()}", "message_timestamp": "2026-11-27T00:00Z"}
        metadata = head | ({"subscription_type": of} if of else {})
        try:
            await link.send_str(json.dumps({"metadata": metadata, "payload": payload}))
        except (ConnectionError, RuntimeError):  # the client has left
            self.gone(link)

    async def notify(self, of: str, fields: dict[str, object]) -> None:
        """Send a notification to everybody."""
        for _, link in list(self.links):
            subscription = {"id": f"sub-{of}", "type": of, "version": "1", "status": "enabled"}
            await self._tell(link, "notification", {"subscription": subscription, "event": fields}, of)

    async def comment(self, id: str, text: str, *, user: str = "u1", own: bool = False, past: bool = False) -> None:
        if past:
            raise NotHere("there is no history")
        self.said[id] = text
        await self.notify("channel.chat.message", {
            "broadcaster_user_id": ROOM, "chatter_user_id": ME if own else user, "chatter_user_name": "Someone",
            "message_id": id, "message": {"text": text, "fragments": []},
            "badges": [{"set_id": "subscriber", "id": "12", "info": "12"}],
        })  # fmt: skip

    async def retract(self, id: str) -> None:
        await self.notify("channel.chat.message_delete", {"message_id": id, "target_user_id": "u1"})

    async def unknown(self) -> None:
        await self.notify("channel.teleport", {"x": 1})
        for _, link in self.links:
            await self._tell(link, "session_dance", {"x": []})

    async def malformed(self) -> None:
        good = {"message_type": "notification", "subscription_type": "channel.chat.message"}
        for raw in (
            "", "{", "null", "[]", '{"metadata":5}', '{"metadata":{}}', json.dumps({"metadata": good, "payload": 5}),
            json.dumps({"metadata": good, "payload": {}}), json.dumps({"metadata": good, "payload": {"event": []}}),
            json.dumps({"metadata": good, "payload": {"event": {"message": 5}}}), b"\xff\xfe", "[" * 30_000,
        ):  # fmt: skip
            await self.all(raw)

    async def large(self, id: str, size: int) -> None:
        await self.comment(id, "x" * max(1, size - 500))

    async def move(self, last: str) -> None:
        """Ask the client to reconnect elsewhere, and say one more thing on the old connection."""
        ((_, link),) = self.links
        id = next(name for name, one in self.sessions.items() if one is link)
        self.moving.add(id)
        where = f"ws://127.0.0.1:{self.port}/ws?from={id}"
        await self._tell(link, "session_reconnect", {"session": {"id": id, "reconnect_url": where}})
        await self.comment(last, "最后一句")

    async def revoke(self) -> None:
        """The streamer takes the permission back."""
        for _, link in list(self.links):
            await self._tell(link, "revocation", {"subscription": {"status": "authorization_revoked"}})
