"""A fake of Douyin's data push: access tokens, tasks, signed posts."""

import json
import time
from collections.abc import Mapping, Sequence

from aiohttp import web

from adapters.douyin import TYPES, signature
from bot.kit import NotHere
from tests.adapters.fake_push import Pushing

ROOM, APP, SECRET, ACCESS = "7001", "tt1", "app-secret", "access-1"


class Douyin(Pushing):
    """One room. `clock` seconds are added to what pushes say of the time."""

    options: Mapping[str, str] = {"secret": SECRET}

    def __init__(self) -> None:
        super().__init__()
        self.patience, self.clock, self.error, self.status = 1.0, 0.0, 0, 200
        self.tasks: set[str] = set()
        self.stopped = 0

    def routes(self) -> Sequence[web.RouteDef]:
        return [
            web.post("/token", self._token), web.post("/api/live_data/task/{verb}", self._task),
            web.get("/api/live_data/task/{verb}", self._task),
        ]  # fmt: skip

    def opened(self) -> None:
        base = f"http://127.0.0.1:{self.port}"
        self.url = (
            f"douyin://{ROOM}?app={APP}&listen=127.0.0.1:{self.hook}&path=/push&api={base}&token_url={base}/token"
        )

    async def _token(self, request: web.Request) -> web.Response:
        given = await request.json()
        right = given == {"appid": APP, "secret": SECRET, "grant_type": "client_credential"} and not self.rejects
        if not right:
            return web.json_response({"err_no": 40017, "err_tips": "bad secret"})
        return web.json_response({"err_no": 0, "data": {"access_token": ACCESS, "expires_in": 7200}})

    async def _task(self, request: web.Request) -> web.Response:
        verb = request.match_info["verb"]
        given = dict(request.query) if verb == "get" else await request.json()
        if self.status != 200:
            return web.Response(status=self.status)
        if request.headers.get("access-token") != ACCESS or given["appid"] != APP or given["roomid"] != ROOM:
            return web.json_response({"err_no": 28001003, "err_msg": "access token invalid"})
        if self.error:
            return web.json_response({"err_no": self.error, "err_msg": "no"})
        kind, data = given["msg_type"], {}
        if verb == "start":
            self.tasks.add(kind)
            if self.tasks == set(TYPES.split(",")):
                self.on = True
                self.made += 1
        elif verb == "stop":
            self.tasks.discard(kind)
            self.stopped += 1
        else:
            data = {"status": 3 if kind in self.tasks and self.on else 2}
        return web.json_response({"err_no": 0, "err_msg": "", "data": data})

    def headers(self, kind: str, body: bytes) -> Mapping[str, str]:
        stamp = str(int((time.time() + self.clock) * 1000))
        found = {"x-nonce-str": "abc", "x-timestamp": stamp, "x-roomid": ROOM, "x-msg-type": kind}
        return {**found, "x-signature": signature(found, body, self.token), "content-type": "application/json"}

    async def say(self, *comments: tuple[str, str], user: str = "u1") -> None:
        """Push comments together."""
        self.said |= dict(comments)
        body = [
            {"msg_id": id, "sec_openid": user, "nickname": "某人", "avatar_url": "", "content": text,
             "timestamp": int(time.time() * 1000)}
            for id, text in comments
        ]  # fmt: skip
        await self.push("live_comment", json.dumps(body, ensure_ascii=False).encode())

    async def comment(self, id: str, text: str, *, user: str = "u1", own: bool = False, past: bool = False) -> None:
        if own or past:
            raise NotHere("nothing can be sent, and there is no history")
        await self.say((id, text), user=user)

    async def batch(self, ids: Sequence[str]) -> None:
        await self.say(*((id, "多少钱") for id in ids))

    async def drop(self) -> None:
        await super().drop()
        self.tasks.clear()

    async def retract(self, id: str) -> None:
        raise NotHere("comments are not taken back")

    async def unknown(self) -> None:
        await self.push("live_teleport", b'[{"msg_id":"t1"}]')

    async def malformed(self) -> None:
        for body in (b"", b"{", b"null", b'{"a":1}', b"[5]", b'[{"msg_id":[]}]', b"\xff\xfe", b"[" * 30_000):
            await self.push("live_comment", body)

    async def large(self, id: str, size: int) -> None:
        await self.say((id, "x" * max(1, size - 200)))

    async def throttle_next(self, seconds: float) -> None:
        raise NotHere("read-only")
