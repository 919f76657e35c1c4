"""A fake of OBS's WebSocket server (obs-websocket v5, JSON): authentication, text sources, scenes."""

import json
from collections.abc import Sequence
from typing import Any

from aiohttp import web

from adapters.dial import proof
from bot.kit import NotHere
from tests.adapters.aio import Server, frames

SALT, CHALLENGE, SOURCE = (
    "lM1GncleQOaCu9lT1yeUZhFYnqhsLLP1G5lAGo3ixaI=",
    "+IxH4CnCiqpX1rM9scsNynZzbOe4KhDeYcTNS3PDaeY=",
    "助播",
)


class Obs(Server):
    """One OBS with a text source."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: list[str] = []
        self.sources = {SOURCE: "text_ft2_source_v2", "Camera": "v4l2_input"}
        self.silent = False

    def routes(self) -> Sequence[web.RouteDef]:
        return [web.get("/", self._socket)]

    def opened(self) -> None:
        self.url = f"obs://127.0.0.1:{self.port}?source={SOURCE}&show=0.5"

    async def _socket(self, request: web.Request) -> web.WebSocketResponse:
        link = web.WebSocketResponse(protocols=["obswebsocket.json"])
        await link.prepare(request)
        auth = {"challenge": CHALLENGE, "salt": SALT}
        await self._tell(link, 0, {"obsWebSocketVersion": "5.1.0", "rpcVersion": 1, "authentication": auth})
        async for raw in frames(link):
            found = json.loads(raw)
            if found["op"] == 1:
                if self.rejects or found["d"].get("authentication") != proof(self.token, SALT, CHALLENGE):
                    await link.close(code=4009, message=b"Authentication failed.")
                    break
                await self._tell(link, 2, {"negotiatedRpcVersion": 1})
                self.welcome(request, link)
            elif any(link is other for _, other in self.links):
                await self._answer(link, found["d"])
        self.gone(link)
        return link

    async def _answer(self, link: web.WebSocketResponse, asked: dict[str, Any]) -> None:
        status, data = {"result": True, "code": 100}, {}
        if asked["requestType"] == "GetInputList":
            data = {"inputs": [{"inputName": name, "inputKind": kind} for name, kind in self.sources.items()]}
        elif asked["requestType"] == "SetInputSettings":
            if asked["requestData"]["inputName"] not in self.sources:
                status = {"result": False, "code": 600, "comment": "No source was found"}
            else:
                text = asked["requestData"]["inputSettings"]["text"]
                self.shown.append(text)
                if text:
                    self.lines.append(text.replace("\n", ""))
        if not self.silent:
            reply = {"requestType": asked["requestType"], "requestId": asked["requestId"], "requestStatus": status}
            await self._tell(link, 7, {**reply, "responseData": data})

    async def _tell(self, link: web.WebSocketResponse, op: int, d: object) -> None:
        await link.send_str(json.dumps({"op": op, "d": d}))

    async def scene(self, name: str) -> None:
        """Another scene is on air."""
        data = {"eventType": "CurrentProgramSceneChanged", "eventIntent": 4, "eventData": {"sceneName": name}}
        await self.all(json.dumps({"op": 5, "d": data}))

    async def comment(self, id: str, text: str, *, user: str = "u1", own: bool = False, past: bool = False) -> None:
        raise NotHere("nobody speaks here: it is an overlay")

    async def retract(self, id: str) -> None:
        raise NotHere("nobody speaks here: it is an overlay")

    async def unknown(self) -> None:
        await self.all(json.dumps({"op": 5, "d": {"eventType": "Teleported", "eventData": {}}}))
        await self.all(json.dumps({"op": 42, "d": {}}))

    async def malformed(self) -> None:
        for raw in (
            "",
            "{",
            "null",
            "[]",
            '{"op":5}',
            '{"op":"x","d":{}}',
            '{"op":5,"d":[]}',
            b"\xff\xfe",
            "[" * 30_000,
        ):
            await self.all(raw)
        await self.all('{"op":5,"d":{"eventType":"CurrentProgramSceneChanged","eventData":[1]}}')
        await self.all('{"op":7,"d":{"requestId":[],"requestStatus":5}}')

    async def large(self, id: str, size: int) -> None:
        raise NotHere("nobody speaks here: it is an overlay")

    async def throttle_next(self, seconds: float) -> None:
        raise NotHere("OBS has no quota")
