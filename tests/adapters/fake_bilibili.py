"""A fake of Bilibili Open Live: signed HTTP control that checks every signature, and the binary socket."""

import asyncio
import hashlib
import json
import time
import zlib
from collections.abc import Mapping, Sequence

from aiohttp import web

from adapters.bilibili.codec import ASK_AUTH, ASK_BEAT, AUTH_REPLY, HEADER, MESSAGE, ZLIB, pack, signed
from bot.kit import NotHere
from tests.adapters.aio import Server, frames

KEY, CODE, APP = "ak-id", "CODE123", 1000
CLOCK = 600.0  # seconds that a timestamp may be off


class Bilibili(Server):
    """One room. `answer` makes the next starts answer with this code (`beats`: heartbeats; `clock`: ours is off)."""

    options: Mapping[str, str] = {"code": CODE}

    def __init__(self) -> None:
        super().__init__()
        self.answer, self.beats, self.ended, self.auth_code = 0, 0, 0, 0
        self.games: set[str] = set()
        self.nonces: set[str] = set()
        self.count, self.clock = 0, 0.0

    def routes(self) -> Sequence[web.RouteDef]:
        return [web.post("/v2/app/{verb}", self._control), web.get("/sub", self._socket)]

    def opened(self) -> None:
        self.url = f"bilibili://shop?app={APP}&key={KEY}&api=http://127.0.0.1:{self.port}"

    async def _control(self, request: web.Request) -> web.Response:
        body = await request.read()
        code = self._refuses(request, body)
        fields = json.loads(body)
        data: dict[str, object] = {}
        if not code and request.match_info["verb"] == "start":
            code = self.answer or (0 if fields["code"] == CODE and fields["app_id"] == APP else 7007)
            if not code:
                game = f"game{len(self.games)}-{time.monotonic_ns()}"
                self.games.add(game)
                link = f"ws://127.0.0.1:{self.port}/sub"
                data = {
                    "game_info": {"game_id": game}, "anchor_info": {"room_id": 1},
                    "websocket_info": {"auth_body": json.dumps({"roomid": 1, "key": game}), "wss_link": [link]},
                }  # fmt: skip
        elif not code:
            known = fields["game_id"] in self.games
            code = 0 if known else 7003
            self.beats += request.match_info["verb"] == "heartbeat"
            if request.match_info["verb"] == "end" and known:
                self.games.discard(fields["game_id"])
                self.ended += 1
        return web.json_response({"code": code, "message": "ok" if not code else "no", "data": data})

    def _refuses(self, request: web.Request, body: bytes) -> int:
        given = request.headers
        nonce, at = given["x-bili-signature-nonce"], float(given["x-bili-timestamp"])
        if self.rejects:
            return 4002
        if abs(time.time() + self.clock - at) > CLOCK:
            return 4003
        if nonce in self.nonces:
            return 4004
        self.nonces.add(nonce)
        if given["x-bili-content-md5"] != hashlib.md5(body).hexdigest():
            return 4012
        right = signed(body, given["x-bili-accesskeyid"], self.token, at, nonce)["Authorization"]
        return 0 if given["Authorization"] == right and given["x-bili-accesskeyid"] == KEY else 4002

    async def _socket(self, request: web.Request) -> web.WebSocketResponse:
        link = web.WebSocketResponse(autoping=True)
        await link.prepare(request)
        async for raw in frames(link):
            operation, body = HEADER.unpack_from(raw)[3], raw[HEADER.size :]
            if operation == ASK_AUTH:
                code = self.auth_code or (0 if json.loads(body)["key"] in self.games else -101)
                await link.send_bytes(pack(AUTH_REPLY, json.dumps({"code": code}).encode()))
                if not code:
                    self.welcome(request, link)
            elif operation == ASK_BEAT and any(link is other for _, other in self.links):
                # The length does not count the echo that follows the four bytes of the room's popularity.
                await link.send_bytes(HEADER.pack(20, 16, 1, 3, 1) + b"\0\0\0\1" + body)
        self.gone(link)
        return link

    def dm(self, id: str, text: str, user: str = "u1", **more: object) -> dict[str, object]:
        """A comment as the platform writes it."""
        data = {
            "msg_id": id, "msg": text, "open_id": user, "uname": "某人", "uid": 0, "timestamp": int(time.time()),
            "room_id": 1, "guard_level": 0, "fans_medal_level": 3, "fans_medal_wearing_status": True, "is_admin": 0,
        }  # fmt: skip
        return {"cmd": "LIVE_OPEN_PLATFORM_DM", "data": data | more}

    async def say(self, *messages: dict[str, object], packed: bool = False) -> None:
        """Send messages in one frame."""
        raw = b"".join(pack(MESSAGE, json.dumps(m, ensure_ascii=False).encode()) for m in messages)
        await self.all(pack(MESSAGE, zlib.compress(raw), ZLIB) if packed else raw)

    async def comment(self, id: str, text: str, *, user: str = "u1", own: bool = False, past: bool = False) -> None:
        if own or past:
            raise NotHere("nothing can be sent, and there is no history")
        self.said[id] = text
        await self.say(self.dm(id, text, user))

    async def batch(self, ids: Sequence[str]) -> None:
        self.count += 1
        self.said |= dict.fromkeys(ids, "多少钱")
        await self.say(*(self.dm(id, "多少钱") for id in ids), packed=self.count % 2 == 1)

    async def retract(self, id: str) -> None:
        raise NotHere("only super chats are taken back")

    async def unknown(self) -> None:
        await self.say({"cmd": "LIVE_OPEN_PLATFORM_TELEPORT", "data": {"x": [1]}})
        await self.all(pack(99, b"?"))

    async def malformed(self) -> None:
        good = pack(MESSAGE, b'{"cmd":"x","data":{}}')
        for raw in (
            b"", b"\0", good[:-3], pack(MESSAGE, b"{"), pack(MESSAGE, b"[" * 30_000), pack(MESSAGE, b"\xff\xfe"),
            pack(MESSAGE, b'{"cmd":5}'), HEADER.pack(4, 16, 0, 5, 1), HEADER.pack(1 << 31, 16, 0, 5, 1),
            HEADER.pack(16, 0, 0, 5, 1), pack(MESSAGE, b"no zlib", ZLIB), pack(MESSAGE, zlib.compress(good)[:-4], ZLIB),
            pack(MESSAGE, zlib.compress(pack(MESSAGE, zlib.compress(good), ZLIB)), ZLIB), pack(MESSAGE, b"{}", 9),
        ):  # fmt: skip
            await self.all(raw)
        await self.all("text, not bytes")

    async def large(self, id: str, size: int) -> None:
        await self.say(self.dm(id, "x" * max(0, size - 300)))

    async def bomb(self) -> None:
        await self.all(pack(MESSAGE, zlib.compress(b"\0" * 60_000_000), ZLIB))

    async def throttle_next(self, seconds: float) -> None:
        raise NotHere("read-only")

    async def interaction_end(self) -> None:
        """The platform ends the project's session."""
        (game,) = self.games
        self.games.clear()
        await self.say({"cmd": "LIVE_OPEN_PLATFORM_INTERACTION_END", "data": {"game_id": game, "timestamp": 1}})
        await asyncio.sleep(0)
