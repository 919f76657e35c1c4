"""A fake of Kick: public key, users, channels, subscriptions, chat, and pushes signed with RSA."""

import base64
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from aiohttp import web
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from bot.kit import NotHere
from tests.adapters.fake_push import Pushing

ME, ROOM = 11, 22
KEY = generate_private_key(65537, 2048)


class Kick(Pushing):
    """One channel. `clock` seconds are added to what pushes say of the time."""

    def __init__(self) -> None:
        super().__init__()
        self.patience, self.clock, self.status, self.shown, self.error = 1.0, 0.0, 200, True, ""
        self.subscriptions: list[str] = []
        self.deleted: list[str] = []
        self.erased: list[str] = []
        self.count = self.pushes = self.renewals = 0
        self.lasts = 7200

    def routes(self) -> Sequence[web.RouteDef]:
        return [
            web.get("/public-key", self._public_key), web.get("/users", self._users),
            web.get("/channels", self._channels), web.get("/events/subscriptions", self._list),
            web.post("/events/subscriptions", self._subscribe), web.delete("/events/subscriptions", self._delete),
            web.post("/chat", self._post), web.delete("/chat/{message}", self._erase),
            web.post("/oauth/token", self._renew),
        ]  # fmt: skip

    def opened(self) -> None:
        self.url = f"kick://shop?listen=127.0.0.1:{self.hook}&path=/push&api=http://127.0.0.1:{self.port}&id=http://127.0.0.1:{self.port}"

    def _told(self, request: web.Request, data: object) -> web.Response:
        if self.rejects or request.headers.get("Authorization") != f"Bearer {self.token}":
            return web.json_response({"message": "Unauthorized"}, status=401)
        return web.json_response({"data": data, "message": "OK"}, status=self.status)

    async def _renew(self, request: web.Request) -> web.Response:
        form = await request.post()
        if form.get("refresh_token") != f"r{self.renewals}":
            return web.json_response({"error": "invalid_grant"}, status=400)
        self.renewals += 1
        told = {"access_token": self.token, "refresh_token": f"r{self.renewals}", "expires_in": self.lasts}
        return web.json_response(told)

    async def _public_key(self, request: web.Request) -> web.Response:
        pem = KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
        return web.json_response({"data": {"public_key": pem}, "message": "OK"})

    async def _users(self, request: web.Request) -> web.Response:
        return self._told(request, [{"user_id": ME, "name": "bot"}])

    async def _channels(self, request: web.Request) -> web.Response:
        known = request.query.get("slug") == "shop"
        return self._told(request, [{"broadcaster_user_id": ROOM, "slug": "shop"}] if known else [])

    async def _list(self, request: web.Request) -> web.Response:
        return self._told(request, [{"id": id, "event": "chat.message.sent"} for id in self.subscriptions])

    async def _subscribe(self, request: web.Request) -> web.Response:
        wanted = (await request.json())["events"]
        if self.error:
            return self._told(request, [{"name": w["name"], "version": 1, "error": self.error} for w in wanted])
        self.made += 1
        self.on = True
        new = [{"name": w["name"], "version": 1, "subscription_id": f"s{self.made}-{i}"} for i, w in enumerate(wanted)]
        self.subscriptions += [w["subscription_id"] for w in new]
        return self._told(request, new)

    async def _delete(self, request: web.Request) -> web.Response:
        self.deleted += request.query.getall("id")
        return web.Response(status=204)

    async def _post(self, request: web.Request) -> web.Response:
        given = await request.json()
        if self.throttle:
            headers, self.throttle = {"Retry-After": str(int(self.throttle + 0.999))}, 0.0
            return web.json_response({"message": "too many"}, status=429, headers=headers)
        if self.status == 200 and given["broadcaster_user_id"] == ROOM and self.shown:
            self.count += 1
            self.lines.append(given["content"])
            await self.comment(f"own{self.count}", given["content"], own=True)
        return self._told(request, {"is_sent": self.shown, "message_id": f"own{self.count}"})

    async def _erase(self, request: web.Request) -> web.Response:
        if request.match_info["message"] not in {f"own{n + 1}" for n in range(self.count)}:
            return web.json_response({"message": "Not Found"}, status=404)
        self.erased.append(request.match_info["message"])
        return self._told(request, {})

    def headers(self, kind: str, body: bytes) -> Mapping[str, str]:
        self.pushes += 1
        id, stamp = f"01K{self.pushes}", (datetime.now(UTC) + timedelta(seconds=self.clock)).isoformat()
        seal = KEY.sign(f"{id}.{stamp}.".encode() + body, PKCS1v15(), SHA256())
        return {
            "Kick-Event-Message-Id": id, "Kick-Event-Subscription-Id": "s1", "Kick-Event-Type": kind,
            "Kick-Event-Message-Timestamp": stamp, "Kick-Event-Version": "1",
            "Kick-Event-Signature": base64.b64encode(seal).decode(),
        }  # fmt: skip

    async def comment(self, id: str, text: str, *, user: str = "u1", own: bool = False, past: bool = False) -> None:
        if past:
            raise NotHere("there is no history")
        self.said[id] = text
        who = {
            "user_id": ME if own else 1000 + sum(user.encode()), "username": user, "is_anonymous": False,
            "identity": {"badges": [{"text": "Subscriber", "type": "subscriber", "count": 3}]},
        }  # fmt: skip
        body = {
            "message_id": id, "content": text, "sender": who, "broadcaster": {"user_id": ROOM, "identity": None},
            "emotes": None, "replies_to": None, "created_at": "2026-11-27T08:00:00Z",
        }  # fmt: skip
        await self.push("chat.message.sent", json.dumps(body, ensure_ascii=False).encode())

    async def drop(self) -> None:
        await super().drop()
        self.subscriptions.clear()

    async def close(self) -> None:
        await self.drop()

    async def stall(self) -> None:
        await self.drop()

    async def retract(self, id: str) -> None:
        raise NotHere("deletions are not told")

    async def unknown(self) -> None:
        await self.push("channel.teleported", b'{"x":1}')

    async def malformed(self) -> None:
        for body in (b"", b"{", b"null", b"[]", b'{"sender":5}', b'{"message_id":[]}', b"\xff\xfe", b"[" * 30_000):
            await self.push("chat.message.sent", body)

    async def large(self, id: str, size: int) -> None:
        await self.comment(id, "x" * max(1, size - 500))
