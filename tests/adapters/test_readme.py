"""The example of adapters/README.md is an adapter: its code, as printed, passes the kit."""

import asyncio
import importlib
import json
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from aiohttp import web

from bot.kit import NotHere
from bot.kit.checks import CHECKS, run
from tests.adapters.aio import frames
from tests.adapters.fake_obalive import ObaLive

PAGE = Path(__file__).parents[2] / "adapters" / "README.md"


class Hubbub(ObaLive):
    """The platform that the page invents."""

    token = "s3cret-token"
    options: Mapping[str, str] = {}

    def routes(self) -> Sequence[web.RouteDef]:
        return [web.get("/shop", self._socket)]

    def opened(self) -> None:
        self.url = f"hubbub://127.0.0.1:{self.port}/shop"

    async def _socket(self, request: web.Request) -> web.WebSocketResponse:
        if request.headers.get("Authorization") != f"Bearer {self.token}" or self.rejects:
            raise web.HTTPUnauthorized
        link = web.WebSocketResponse()
        await link.prepare(request)
        await link.send_json({"hi": 1})
        self.welcome(request, link)
        beating = asyncio.create_task(self._beat(link))
        async for raw in frames(link):
            self.lines.append(json.loads(raw)["say"])
        beating.cancel()
        self.gone(link)
        return link

    async def _beat(self, link: web.WebSocketResponse) -> None:
        while True:
            await asyncio.sleep(0.3)
            if any(link is other for _, other in self.links):
                await link.send_json({})

    async def comment(self, id: str, text: str, *, user: str = "u1", own: bool = False, past: bool = False) -> None:
        if own or past:
            raise NotHere("the platform shows us neither our lines nor history")
        self.said[id] = text
        await self.all(json.dumps({"id": id, "who": user, "says": text}))

    async def unknown(self) -> None:
        await self.all('{"dance":1}')

    async def malformed(self) -> None:
        for raw in ("", "{", "null", "[]", '{"id":5}', b"\xff", "[" * 30_000):
            await self.all(raw)

    async def reject_auth(self) -> None:
        self.rejects = True

    async def throttle_next(self, seconds: float) -> None:
        raise NotHere("the platform has no quota")


@pytest.mark.parametrize("name", CHECKS)
async def test_the_printed_example_passes(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a newcomer copies works."""
    code = re.search(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    assert code
    (tmp_path / "hubbub.py").write_text(code[1], "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "hubbub", raising=False)
    checked = await run(importlib.import_module("hubbub").open_room, Hubbub, name)
    assert checked.outcome != "failed", checked.why
