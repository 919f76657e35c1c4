"""Fakes of a platform in zhubo.v1, for the conformance kit: one that is dialled, one that dials."""

import asyncio
import json
import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress
from types import TracebackType
from typing import Self

from websockets.asyncio.client import connect
from websockets.asyncio.connection import Connection
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.http11 import Request, Response

from adapters.generic.codec import SUBPROTOCOL, Frame, WireEvent, WireUser, decode, encode
from bot.domain.ports import Caps
from bot.kit import NotHere

_quiet = logging.getLogger("fake")  # at its debug level the library writes headers, and with them the token
_quiet.setLevel(logging.WARNING)
CAPS = Caps(max_chars=80, min_gap=0.0, per_window=(1000, 1.0))


class _Platform:
    """What both roles share: one room that numbers its events."""

    token, patience, url = "s3cret-token", 1.5, ""
    options: Mapping[str, str] = {}

    def __init__(self) -> None:
        self._links: list[Connection] = []
        self._made = self._seq = 0
        self._said: dict[str, str] = {}
        self._lines: list[str] = []
        self._stalled: list[Connection] = []
        self._throttle = 0.0
        self._rejects = self._still = False

    def connections(self) -> int:
        return self._made

    def sent(self) -> Sequence[str]:
        return self._lines

    async def _talk(self, link: Connection) -> None:
        """Welcome a client and take its lines until it leaves."""
        with suppress(ConnectionClosed):
            await link.recv()
            await link.send(encode(Frame("hello", caps=CAPS, seq=self._seq)))
            self._links.append(link)
            self._made += 1
            while True:
                frame = decode(await link.recv(decode=False))
                if link not in self._links:
                    return
                if frame.type == "send":
                    await link.send(encode(self._judge(frame)))
                elif frame.type == "ping":
                    await link.send(encode(Frame("pong")))
        self._links = [other for other in self._links if other is not link]

    def _judge(self, frame: Frame) -> Frame:
        if self._throttle:
            after, self._throttle = self._throttle, 0.0
            return Frame("receipt", key=frame.key, outcome="dropped", why="too fast", after=after)
        self._lines.append(frame.text)
        return Frame("receipt", key=frame.key, outcome="accepted")

    async def _say(self, event: WireEvent) -> None:
        self._seq += 1
        await self._all(encode(Frame("event", seq=self._seq, event=event)))

    async def _all(self, frame: str | bytes) -> None:
        for link in list(self._links):
            with suppress(ConnectionClosed):
                await link.send(frame)

    async def comment(self, id: str, text: str, *, user: str = "u1", own: bool = False, past: bool = False) -> None:
        self._said[id] = text
        await self._say(WireEvent("comment", id, user=WireUser(user, "某人"), text=text, own=own, backfill=past))

    async def batch(self, ids: Sequence[str]) -> None:
        for id in ids:  # a frame holds one event here
            await self.comment(id, "多少钱")

    async def again(self, ids: Sequence[str]) -> None:
        for id in ids:
            await self.comment(id, self._said[id])

    async def retract(self, id: str) -> None:
        await self._say(WireEvent("retract", f"r-{id}", target=id))

    async def unknown(self) -> None:
        await self._say(WireEvent("teleport", "t1", text="?"))

    async def malformed(self) -> None:
        for frame in (
            "{", "[]", "null", '{"type":"event"}', '{"v":1,"type":"party"}', '{"v":2,"type":"event"}', b"\xff\xfe\x00",
            '{"v":1,"type":"event","seq":"x"}', '{"v":1,"type":"event","event":{"kind":5}}',
            "[" * 30_000 + "]" * 30_000,
        ):  # fmt: skip
            await self._all(frame)

    async def large(self, id: str, size: int) -> None:
        frame = {"v": 1, "type": "event", "seq": self._seq + 1, "event": {"kind": "comment", "id": id, "text": ""}}
        frame["event"]["text"] = "x" * (size - len(json.dumps(frame)))  # type: ignore[index]
        self._seq += 1
        await self._all(json.dumps(frame))

    async def bomb(self) -> None:
        raise NotHere("frames are not compressed")

    async def drop(self) -> None:
        links, self._links = self._links, []
        for link in links:
            link.transport.abort()

    async def close(self) -> None:
        links, self._links = self._links, []
        await asyncio.gather(*(link.close(1001) for link in links))

    async def stall(self) -> None:
        links, self._links = self._links, []
        self._stalled += links
        for link in links:
            link.transport.pause_reading()  # type: ignore[attr-defined]

    async def reject_auth(self) -> None:
        self._rejects = True

    async def throttle_next(self, seconds: float) -> None:
        self._throttle = seconds


class Dialled(_Platform):
    """The adapter dials this one."""

    async def __aenter__(self) -> Self:
        self._server: Server = await serve(
            self._talk,
            "127.0.0.1",
            0,
            subprotocols=[SUBPROTOCOL],
            close_timeout=1,
            process_request=self._check,
            logger=_quiet,
        )
        self.url = f"ws://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/room"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.drop()
        self._server.close()
        await self._server.wait_closed()

    def _check(self, link: ServerConnection, request: Request) -> Response | None:
        right = request.headers.get("Authorization") == f"Bearer {self.token}" and not self._rejects
        return None if right else link.respond(401, "no\n")  # type: ignore[arg-type]


class Dialling(_Platform):
    """This one dials the adapter, again and again."""

    async def __aenter__(self) -> Self:
        server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
        self._port = server.sockets[0].getsockname()[1]
        server.close()
        await server.wait_closed()
        self.url = f"listen://127.0.0.1:{self._port}/room"
        self._talks: list[asyncio.Task[None]] = []
        self._dialling = asyncio.create_task(self._dial())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._dialling.cancel()
        self._links += self._stalled
        await self.drop()
        await asyncio.wait([self._dialling, *self._talks], timeout=2)

    async def _dial(self) -> None:
        headers = {"Authorization": f"Bearer {self.token}"}
        while True:
            with suppress(OSError, InvalidHandshake, TimeoutError, ConnectionClosed):
                link = await connect(
                    f"ws://127.0.0.1:{self._port}/room", subprotocols=[SUBPROTOCOL], additional_headers=headers,
                    close_timeout=0.2, logger=_quiet,
                )  # fmt: skip
                talk = asyncio.create_task(self._talk(link))
                self._talks.append(talk)
                while not talk.done() and link not in self._stalled:
                    await asyncio.wait([talk], timeout=0.02)
                if link not in self._stalled and not link.transport.is_closing():
                    link.transport.abort()
            await asyncio.sleep(0.02)

    async def reject_auth(self) -> None:
        raise NotHere("the platform dials: it is the adapter that checks the token")
