"""OBS: answers on the stream's picture, in a text source, by obs-websocket v5. It hears nobody: it is a sink.

    obs://127.0.0.1:4455?source=TEXT_SOURCE&show=8

ZHUBO_OBS_TOKEN is the password of OBS's WebSocket server (Tools, WebSocket Server Settings). In a show with a platform
that cannot be written to, the line for its viewers goes here. A scene whose name ends in "#3" puts product 3 on screen.

The protocol is spoken here and not by `simpleobsws` 1.4.3: a frame of the wrong shape ends that library's only task
without a word, frames may have 16 MiB, and silence is not noticed.

https://github.com/obsproject/obs-websocket/blob/master/docs/generated/protocol.md
"""

import asyncio
import textwrap
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from adapters.dial import Answers, dialled, heard, proof
from bot.domain.errors import Fatal, SettingsError
from bot.domain.events import Event
from bot.domain.ports import Caps, Outgoing, Receipt, Session

PATIENCE = 15.0  # seconds: OBS is asked for a sign of life twice in that time
WIDTH = 22  # characters in a line of the overlay; twice as many of the narrow ones
WITHIN = 3.0  # seconds for an answer of OBS
SHOW = 8.0  # seconds that a line stands
HELLO, IDENTIFY, IDENTIFIED, EVENT, REQUEST, RESPONSE = 0, 1, 2, 5, 6, 7
SCENES = 1 << 2  # event subscription
_PASSWORD = "Fix: copy the password from OBS (Tools, WebSocket Server Settings) into ZHUBO_OBS_TOKEN"
FATAL = {4009: f"the password is wrong. {_PASSWORD}", 4010: "this OBS is too old. Fix: use OBS 28 or newer"}


class Frame(msgspec.Struct):
    """One frame of either direction."""

    op: int
    d: dict[str, Any]


_read = msgspec.json.Decoder(Frame).decode


def frame(raw: bytes) -> Frame:
    """Read a frame. Raises ValueError."""
    try:
        return _read(raw)
    except (msgspec.DecodeError, RecursionError) as error:
        raise ValueError(str(error)) from error


def wrapped(text: str) -> str:
    """Break a line for an overlay: Chinese has no spaces to break at."""
    return "\n".join(textwrap.wrap(text, WIDTH * 2 if text.isascii() else WIDTH, break_long_words=True))


def shown(scene: object) -> str:
    """Return the product that a scene's name ends in ("Dresses #3"), "" when it names none."""
    _, mark, number = str(scene).rpartition("#")
    return number.strip() if mark and number.strip().isdecimal() and len(number) < 10 else ""


class Obs:
    """One text source of one OBS."""

    def __init__(self, url: str, password: str, source: str, show: float, patience: float) -> None:
        self._url, self._password, self._source = url, password, source
        self._show, self._patience = show, patience
        self._link: ClientConnection | None = None
        self._answers = Answers()
        self._clearing: asyncio.Task[None] | None = None

    def caps(self) -> Caps:
        """Return what people can read: a line must stand before the next one comes."""
        return Caps(max_chars=120, per_window=(30, 60.0), min_gap=max(3.0, self._show / 2), sink=True)

    async def session(self, ctx: Session) -> None:
        """Run one connection."""
        refused = "start OBS and enable its WebSocket server (Tools, WebSocket Server Settings)"
        async with dialled(self._url, "OBS", subprotocols=["obswebsocket.json"], refused=refused, fatal=FATAL) as link:
            knocking: asyncio.Task[None] | None = None
            try:
                while True:
                    raw = await heard(link, self._patience)
                    try:
                        await self._take(link, frame(raw), ctx)
                        if self._link and not knocking:
                            knocking = asyncio.create_task(self._knock(link, ctx))
                    except ValueError as error:
                        ctx.malformed(str(error))
                    await ctx.breathe()
            except ConnectionClosed:
                if knocking and knocking.done() and (why := knocking.exception()):
                    raise why from None
                raise
            finally:
                self._link = None
                self._answers.close()
                for task in filter(None, (knocking, self._clearing)):
                    task.cancel()
                    await asyncio.wait([task])

    async def _take(self, link: ClientConnection, found: Frame, ctx: Session) -> None:
        if found.op == HELLO:
            asked = found.d.get("authentication")
            said: dict[str, object] = {"rpcVersion": 1, "eventSubscriptions": SCENES}
            if isinstance(asked, dict):
                said["authentication"] = proof(self._password, str(asked.get("salt")), str(asked.get("challenge")))
            await link.send(_write(IDENTIFY, said))
        elif found.op == IDENTIFIED:
            self._link = link
        elif found.op == RESPONSE:
            self._answers.take(found.d.get("requestId"), found.d)
        elif found.op == EVENT and found.d.get("eventType") == "CurrentProgramSceneChanged":
            data = found.d.get("eventData")
            scene = data.get("sceneName") if isinstance(data, dict) else ""
            if product := shown(scene):
                ctx.emit(Event("room", product=product, text=str(scene)[:100]))

    async def _knock(self, link: ClientConnection, ctx: Session) -> None:
        """See that the source is there, then ask for a sign of life again and again. Ends with the connection."""
        reply = await self._ask(link, "GetInputList")
        inputs = reply.get("inputs") if reply else None
        found = [i for i in (inputs if isinstance(inputs, list) else []) if isinstance(i, dict)]
        if self._source not in [i.get("inputName") for i in found]:
            link.transport.abort()
            texts = [str(i.get("inputName")) for i in found if "text" in str(i.get("inputKind"))]
            known = ", ".join(texts[:10]) or "none yet"
            raise Fatal(f"OBS has no source {self._source!r}. Fix: give ?source= a text source of it ({known}).")
        ctx.ready()
        while True:
            await asyncio.sleep(self._patience / 3)
            await self._ask(link, "GetVersion")

    async def _ask(
        self, link: ClientConnection, verb: str, data: Mapping[str, object] | None = None
    ) -> dict[str, Any] | None:
        """Return the answer's data; None when OBS refused or did not answer."""
        head = {"requestType": verb} | ({"requestData": data} if data else {})
        reply = await self._answers.ask(link, lambda id: _write(REQUEST, {**head, "requestId": id}), WITHIN)
        status = reply.get("requestStatus") if reply else None
        if not reply or not isinstance(status, dict) or status.get("result") is not True:
            return None
        found = reply.get("responseData")
        return found if isinstance(found, dict) else {}

    async def send(self, out: Outgoing) -> Receipt:
        """Show one line, for a while."""
        link = self._link
        if link is None:
            return Receipt(out.key, "dropped", "OBS is not connected")
        if await self._show_text(link, wrapped(out.text)) is None:
            return Receipt(out.key, "unknown", f"OBS did not say that it shows it. Is {self._source!r} still there?")
        if self._clearing:
            self._clearing.cancel()
        self._clearing = asyncio.create_task(self._clear(link))
        return Receipt(out.key, "confirmed")

    async def _show_text(self, link: ClientConnection, text: str) -> dict[str, Any] | None:
        settings = {"inputName": self._source, "inputSettings": {"text": text}, "overlay": True}
        return await self._ask(link, "SetInputSettings", settings)

    async def _clear(self, link: ClientConnection) -> None:
        await asyncio.sleep(self._show)
        await self._show_text(link, "")

    async def aclose(self) -> None:
        """Nothing is held between connections."""


def _write(op: int, d: Mapping[str, object]) -> str:
    return msgspec.json.encode({"op": op, "d": d}).decode()


def open_room(url: str, options: Mapping[str, str]) -> Obs:
    """Build the adapter for obs:// sinks."""
    parts = urlsplit(url)
    given = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    if not given.get("source"):
        raise SettingsError(f"room {url}: no source. Fix: give obs://127.0.0.1:4455?source=NAME_OF_A_TEXT_SOURCE.")
    try:
        host, port, show = parts.hostname or "127.0.0.1", parts.port or 4455, float(given.get("show", SHOW))
    except ValueError as error:
        raise SettingsError(f"room {url}: {error}. Fix: give obs://HOST:PORT?source=NAME&show=SECONDS.") from error
    patience = float(options.get("patience", PATIENCE))
    return Obs(f"ws://{host}:{port}", options.get("token", ""), given["source"], show, patience)
