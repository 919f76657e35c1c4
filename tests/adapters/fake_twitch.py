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
    """One channel.

    Attributes:
        keepalive, subscribe_within, grace: seconds between signs of life, to subscribe, and to move in.
        scopes, status, drop_reason, refuse: what the token may do; what Helix answers; why a line is not shown; status
            and words with which each subscription named (all: "") is refused.
        swallow, late: our lines are not shown; they are shown only after the answer.
        typed, slow: the device code was typed in; "slow_down" is said once.
    """

    def __init__(self) -> None:
        super().__init__()
        self.patience, self.keepalive, self.subscribe_within, self.grace = 1.0, 0.3, 2.0, 30.0
        self.scopes, self.status, self.drop_reason = SCOPES, 200, None
        self.refuse: dict[str, tuple[int, str]] = {}
        self.swallow = self.late = self.slow = self.typed = False
        self.renews, self.secret = True, False
        self.sessions: dict[str, web.WebSocketResponse] = {}
        self.subscriptions: list[str] = []
        self.moving: set[str] = set()
        self.renewals = self.count = self.checks = 0
        self.interval = 5
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
        self.checks += 1
        if not self._right(request, "OAuth"):
            return web.json_response({"status": 401, "message": "invalid access token"}, status=401)
        return web.json_response({"client_id": CLIENT, "user_id": ME, "login": "bot", "scopes": self.scopes})

    async def _device(self, request: web.Request) -> web.Response:
        if (await request.post()).get("client_id") != CLIENT:
            return web.json_response({"status": 400, "message": "invalid client"}, status=400)
        where = "https://www.twitch.tv/activate?device-code=ABCD"
        told = {"device_code": "dev-1", "user_code": "ABCD", "verification_uri": where}
        return web.json_response(told | {"expires_in": 1800, "interval": self.interval})

    async def _give(self, request: web.Request) -> web.Response:
        form, no = await request.post(), ""
        if form.get("client_id") != CLIENT:
            no = "invalid client"
        elif form.get("grant_type") == "refresh_token":
            no = "missing client secret" if self.secret else "Invalid refresh token"
            if self.renews and form.get("refresh_token") == f"r{self.renewals}":
                self.renewals, no = self.renewals + 1, ""
        elif form.get("device_code") != "dev-1":
            no = "invalid device code"
        elif not self.typed:
            no, self.slow = "slow_down" if self.slow else "authorization_pending", False
        if no or self.status != 200:
            return web.json_response({"status": 400, "message": no}, status=400 if no else self.status)
        return web.json_response({"access_token": self.token, "refresh_token": f"r{self.renewals}", "expires_in": 9000})

    async def _users(self, request: web.Request) -> web.Response:
        if not self._right(request):
            return web.json_response({"message": "invalid token"}, status=401)
        known = request.query.get("login") == "shop"
        return web.json_response({"data": [{"id": ROOM, "login": "shop"}] if known else []}, status=self.status)

    async def _subscribe(self, request: web.Request) -> web.Response:
        body = await request.json()
        if not self._right(request):
            return web.json_response({"message": "invalid token"}, status=401)
        kind, session, condition = body["type"], body["transport"]["session_id"], body["condition"]
        if session not in self.sessions or condition != {"broadcaster_user_id": ROOM, "user_id": ME}:
            return web.json_response({"message": "no such session"}, status=400)
        if no := self.refuse.get(kind) or self.refuse.get(""):
            return web.json_response({"message": no[1]}, status=no[0])
        self.subscriptions.append(kind)
        if kind == "channel.chat.message":
            self.welcome(request, self.sessions[session])
        told = {"id": f"sub-{kind}", "status": "enabled", "type": kind, "version": "1", "cost": 0}
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
        parent = body.get("reply_parent_message_id", "")
        right = body["sender_id"] == ME and body["broadcaster_id"] == ROOM and 0 < len(body["message"]) <= 500
        if not right or (parent and parent not in self.said):
            return web.json_response({"message": "Message cannot be replied to."}, status=400)
        if self.drop_reason:
            return web.json_response({"data": [{"message_id": "", "is_sent": False, "drop_reason": self.drop_reason}]})
        self.count += 1
        self.replies.append(parent)
        self.lines.append(body["message"])
        shown = f"@Someone {body['message']}" if parent else body["message"]
        if self.late:
            task = asyncio.create_task(self._later(f"own{self.count}", shown))
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)
        elif not self.swallow:
            await self.comment(f"own{self.count}", shown, own=True)
        return web.json_response({"data": [{"message_id": f"own{self.count}", "is_sent": True, "drop_reason": None}]})

    async def _later(self, id: str, text: str) -> None:
        await asyncio.sleep(0.05)
        await self.comment(id, text, own=True)

    async def _socket(self, request: web.Request) -> web.WebSocketResponse:
        link = web.WebSocketResponse()
        await link.prepare(request)
        old = request.query.get("from", "")
        if old and old not in self.moving:
            await link.close(code=4007)
            return link
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

    async def _tell(
        self, link: web.WebSocketResponse, kind: str, payload: object, of: str = "", message: str = ""
    ) -> None:  # fmt: skip
        message = message or f"m{time.monotonic_ns()}"
        head = {"message_type": kind, "message_id": message, "message_timestamp": "2026-11-27T00:00:00.123456789Z"}
        metadata = head | ({"subscription_type": of, "subscription_version": "1"} if of else {})
        try:
            await link.send_str(json.dumps({"metadata": metadata, "payload": payload}))
        except (ConnectionError, RuntimeError):  # the client has left
            self.gone(link)

    async def notify(self, of: str, fields: dict[str, object], message: str = "") -> None:
        """Send a notification to everybody. `message`: its id, the same when it is sent again."""
        for _, link in list(self.links):
            subscription = {"id": f"sub-{of}", "type": of, "version": "1", "status": "enabled"}
            await self._tell(link, "notification", {"subscription": subscription, "event": fields}, of, message)

    async def comment(
        self, id: str, text: str, *, user: str = "u1", own: bool = False, past: bool = False, bits: int = 0
    ) -> None:
        if past:
            raise NotHere("there is no history")
        self.said[id] = text
        await self.notify("channel.chat.message", {
            "broadcaster_user_id": ROOM, "chatter_user_id": ME if own else user, "chatter_user_name": "Someone",
            "message_id": id, "message": {"text": text, "fragments": []}, "cheer": {"bits": bits} if bits else None,
            "badges": [{"set_id": "subscriber", "id": "12", "info": "12"}], "reply": None,
        }, f"n-{id}")  # fmt: skip

    async def retract(self, id: str) -> None:
        await self.notify("channel.chat.message_delete", {"message_id": id, "target_user_id": "u1"})

    async def clear(self, user: str = "") -> None:
        """A moderator removes what one viewer said, or all."""
        kind = "channel.chat.clear_user_messages" if user else "channel.chat.clear"
        await self.notify(kind, {"broadcaster_user_id": ROOM} | ({"target_user_id": user} if user else {}))

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
            json.dumps({"metadata": {"message_type": "session_reconnect"}, "payload": {"session": {}}}),
        ):  # fmt: skip
            await self.all(raw)

    async def large(self, id: str, size: int) -> None:
        await self.comment(id, "x" * max(1, size - 500))

    async def move(self, last: str, where: str = "") -> None:
        """Ask the client to reconnect elsewhere, and say one more thing on the old connection."""
        ((request, link),) = self.links
        id = next(name for name, one in self.sessions.items() if one is link)
        self.moving.add(id)
        where = where or f"ws://127.0.0.1:{self.port}/ws?from={id}"
        await self._tell(link, "session_reconnect", {"session": {"id": id, "reconnect_url": where}})
        await self.comment(last, "最后一句")
        asyncio.get_running_loop().call_later(self.grace, self._late, id, request)

    def _late(self, id: str, request: web.Request) -> None:
        if id in self.moving and not self.sessions[id].closed:
            task = asyncio.ensure_future(self.sessions[id].close(code=4004))
            self.tasks.add(task)  # type: ignore[arg-type]
            task.add_done_callback(self.tasks.discard)  # type: ignore[arg-type]

    async def revoke(self, status: str = "authorization_revoked", of: str = "channel.chat.message") -> None:
        """The streamer takes the permission back."""
        for _, link in list(self.links):
            await self._tell(link, "revocation", {"subscription": {"status": status, "type": of}})
