"""A fake of Social Stream Ninja's relay: a session by its id, HTML in messages, commands without an answer."""

import json
from collections.abc import Sequence

from aiohttp import web

from bot.kit import NotHere
from tests.adapters.aio import frames
from tests.adapters.fake_obalive import ObaLive


class SocialStream(ObaLive):
    """One session. Ids are the site's, where it has some: the kit's are delivered as such."""

    token = "s3ss10n"

    def routes(self) -> Sequence[web.RouteDef]:
        return [web.get("/join/{session}/4/1", self._socket)]

    def opened(self) -> None:
        self.url = f"ssn://shop?host=ws://127.0.0.1:{self.port}"

    async def _socket(self, request: web.Request) -> web.WebSocketResponse:
        if request.match_info["session"] != self.token or self.rejects:
            raise web.HTTPForbidden
        link = web.WebSocketResponse(autoping=True)
        await link.prepare(request)
        self.welcome(request, link)
        async for raw in frames(link):
            found = json.loads(raw)
            if found.get("action") == "sendChat":
                self.lines.append(found["value"])
        self.gone(link)
        return link

    async def comment(self, id: str, text: str, *, user: str = "u1", own: bool = False, past: bool = False) -> None:
        if own or past:
            raise NotHere("the relay marks neither our lines nor history")
        self.said[id] = text
        await self.all(
            json.dumps({"chatname": user, "chatmessage": text, "type": "twitch", "id": id, "hasDonation": ""})
        )

    async def unknown(self) -> None:
        await self.all(json.dumps({"event": "viewer_updates", "meta": {"twitch": 5}}))

    async def malformed(self) -> None:
        for raw in (
            "",
            "{",
            "null",
            "[]",
            '{"chatmessage":5}',
            '{"chatname":[],"chatmessage":""}',
            b"\xff",
            "[" * 30_000,
        ):
            await self.all(raw)

    async def reject_auth(self) -> None:
        self.rejects = True

    async def throttle_next(self, seconds: float) -> None:
        raise NotHere("a line gets no receipt")
