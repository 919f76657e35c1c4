"""The feed: an Observer on one side, an MQTT client on the other.

    room -> MqttFeed(room, item) -> what is new, the latest of each retained topic -> every 75 ms -> broker
    broker -> zhubo/v1/cmd/ROOM/NAME -> Order -> the room's desk -> Ruling -> broker

Laws of this file: taking an item never waits and never raises; while the broker is away or slow the newest state is
kept, and turns and rulings are dropped and counted; after a reconnect what is retained is right again.
"""

import asyncio
import logging
import random
import socket
import ssl
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import aiomqtt
import msgspec
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from bot.backends.mqtt_feed.messages import ROOT, Outcome, Products, State, Turns, Wanted, level, outcome
from bot.domain.desk import Order, Person, Role, Ruling
from bot.domain.errors import SettingsError
from bot.domain.ports import Desks
from bot.domain.turns import Announced, Turn
from bot.domain.views import Cues, QuestionView, RoomStatus, announced

log = logging.getLogger(__name__)

EVERY = 0.075  # seconds between two batches
MOST = 5_000  # turns and rulings kept while the broker is away
LARGEST = 8192  # bytes of a command
PATIENCE = 2.0  # seconds a broker may take for one message
AGAIN = (0.2, 1.5)  # seconds between two attempts to connect, at first and at most
_encode = msgspec.json.Encoder().encode
_read = msgspec.json.Decoder(Wanted).decode
_quiet = logging.getLogger("zhubo.mqtt.wire")
_quiet.setLevel(logging.CRITICAL)


class MqttFeed:
    """The line to the broker.

    Args:
        bot: our name, one topic level.
        desks: where commands go.
        people: who may command, by token; empty: whoever the broker lets in.

    Attributes:
        up: connected.
        sent, dropped: messages the broker has; turns and rulings that it never got.
    """

    def __init__(self, bot: str, desks: Desks, people: Mapping[str, Person]) -> None:
        self._bot, self._desks = level(bot), desks
        self._roles: dict[str, Role] = {person.name: person.role for person in people.values()}
        self._rooms: dict[str, str] = {}  # topic level -> name
        self._levels: dict[str, str] = {}
        self._retained: dict[str, bytes] = {}
        self._latest: OrderedDict[str, tuple[bytes, bool, float]] = OrderedDict()
        self._turns: dict[str, list[Turn]] = {}
        self._rulings: deque[tuple[str, bytes]] = deque()
        self.up = False
        self.sent = self.dropped = 0

    @property
    def waiting(self) -> int:
        """Messages that the broker has not got yet."""
        return len(self._turns) + len(self._rulings) + len(self._latest)

    # --- from the rooms -------------------------------------------------------------------------------------------

    def __call__(self, room: str, item: object) -> None:
        """Take what a room publishes."""
        match item:
            case Turn():
                turns = self._turns.setdefault(room, [])
                turns.append(item)
                if len(turns) > MOST:
                    del turns[: MOST // 10]
                    self.dropped += MOST // 10
            case QuestionView():
                self._pending(room, item)
            case Announced():
                self._put(f"{self._room(room)}/line", _encode(announced(item)))
            case Ruling():
                self._rule(room, outcome(item))
            case RoomStatus():
                self._status(room, item)
            case Cues():
                self._put(f"{self._room(room)}/cue", _encode(msgspec.structs.replace(item, at=0.0)), retain=True)

    def _room(self, room: str) -> str:
        if room not in self._levels:
            self._levels[room] = level(room)
            self._rooms[self._levels[room]] = room
        return f"{ROOT}/room/{self._levels[room]}"

    def _put(self, topic: str, payload: bytes, *, retain: bool = False, until: float = 0.0) -> None:
        if retain:
            if self._retained.get(topic, b"") == payload:
                return
            self._retained[topic] = payload
        self._latest[topic] = payload, retain, until
        self._latest.move_to_end(topic)

    def _pending(self, room: str, view: QuestionView) -> None:
        topic = f"{self._room(room)}/answer/{_answer(view.id)}/pending"
        if view.state == "pending":
            self._put(topic, _encode(view), retain=True, until=view.until)
        elif self._retained.get(topic):
            self._put(topic, b"", retain=True)

    def _status(self, room: str, status: RoomStatus) -> None:
        base = self._room(room)
        state = State(room, status.mode, status.link, status.on_screen, status.taken, status.notes)
        self._put(f"{base}/state", _encode(state), retain=True)
        self._put(f"{base}/products", _encode(Products(status.version, status.products)), retain=True)
        self._put(f"{base}/kpi", _encode(msgspec.structs.replace(status, products=(), row_errors=())))

    def _rule(self, room: str, told: Outcome) -> None:
        base = self._room(room)
        topic = f"{base}/answer/{_answer(told.answer)}/ruling" if told.answer else f"{base}/ruling"
        self._rulings.append((topic, _encode(told)))
        if len(self._rulings) > MOST:
            self._rulings.popleft()
            self.dropped += 1

    # --- to the broker --------------------------------------------------------------------------------------------

    async def run(self, url: str, *, modern: bool = True) -> None:
        """Serve until cancelled; comes back by itself whenever the broker does. Raises SettingsError for a bad URL.

        Args:
            modern: try MQTT 5 first; a broker that does not know it is spoken to in 3.1.1.
        """
        keeping = asyncio.create_task(self._keep(url, modern=modern))
        try:
            await asyncio.shield(keeping)
        finally:
            while not keeping.done():  # the library waits with `wait_for`, which on 3.11 can swallow a cancel
                keeping.cancel()
                await asyncio.wait([keeping], timeout=0.2)

    async def _keep(self, url: str, *, modern: bool) -> None:
        make, wait, told = _dial(url, f"{ROOT}/bot/{self._bot}/status"), AGAIN[0], False
        while True:
            try:
                async with make(modern) as client:
                    log.log(logging.WARNING if told else logging.INFO, "the MQTT broker is there")
                    wait, told = AGAIN[0], False
                    await self._serve(client, modern)
            except* aiomqtt.MqttError as group:
                error = group.exceptions[0]
                if modern and "protocol version" in str(error).lower():
                    modern = False
                elif not told:
                    log.warning("the MQTT broker cannot be reached (%s); trying again", error)
                    told = True
            finally:
                self.up = False
            await asyncio.sleep(wait * random.uniform(0.5, 1.0))  # noqa: S311
            wait = min(AGAIN[1], wait * 2)

    async def _serve(self, client: aiomqtt.Client, modern: bool) -> None:
        status = f"{ROOT}/bot/{self._bot}/status"
        try:
            await client.publish(status, b"online", 1, True, timeout=PATIENCE)
            await client.subscribe(f"{ROOT}/cmd/#", 1)
            await client.subscribe(f"{ROOT}/room/+/answer/+/pending", 1)  # what an earlier run left there
            for topic, payload in self._retained.items():
                self._latest.setdefault(topic, (payload, True, 0.0))
            self.up = True
            async with asyncio.TaskGroup() as group:
                group.create_task(self._listen(client))
                while True:
                    await self._flush(client, modern)
                    await asyncio.sleep(EVERY)
        finally:
            with suppress(aiomqtt.MqttError):
                await client.publish(status, b"offline", 1, True, timeout=0.5)

    async def _flush(self, client: aiomqtt.Client, modern: bool) -> None:
        turns, self._turns = self._turns, {}
        for room, ended in turns.items():
            await self._send(client, f"{self._room(room)}/turn", _encode(Turns(room, ended)), 0, lost=len(ended))
        while self._rulings:
            topic, payload = self._rulings[0]
            await self._send(client, topic, payload, 1)
            self._rulings.popleft()
        while self._latest:
            topic, (payload, retain, until) = next(iter(self._latest.items()))
            properties = None
            if modern and until and payload:
                properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]
                properties.MessageExpiryInterval = max(1, int(until - time.time()))
            await self._send(client, topic, payload, 1 if retain else 0, retain, properties)
            if self._latest.get(topic, (None,))[0] is payload:
                del self._latest[topic]
            if retain and not payload and self._retained.get(topic) == b"":
                del self._retained[topic]

    async def _send(
        self, client: aiomqtt.Client, topic: str, payload: bytes, qos: int, retain: bool = False,
        properties: Properties | None = None, *, lost: int = 0,
    ) -> None:  # fmt: skip
        try:
            await client.publish(topic, payload, qos, retain, properties, timeout=PATIENCE)
            self.sent += 1
        except aiomqtt.MqttError:
            self.dropped += lost
            raise

    # --- from the broker ------------------------------------------------------------------------------------------

    async def _listen(self, client: aiomqtt.Client) -> None:
        async for message in client.messages:
            parts = message.topic.value.removeprefix(f"{ROOT}/").split("/")
            raw = message.payload if isinstance(message.payload, bytes) else b""
            if parts[0] == "room" and raw and not self._retained.get(message.topic.value):
                await client.publish(message.topic.value, b"", 1, True, timeout=PATIENCE)
            elif parts[0] == "cmd" and not message.retain:  # a kept command is an old one
                self._command(parts[1:], raw)

    def _command(self, parts: list[str], raw: bytes) -> None:
        room, name = self._rooms.get(parts[0], "") if parts else "", parts[1] if len(parts) == 2 else ""
        role = self._roles.get(name, "viewer" if self._roles else "owner")
        if not room or not name:
            return
        try:
            wanted = _read(raw[: LARGEST + 1])
        except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
            self._rule(room, Outcome(room, time.time(), "", name, "", False, "unreadable", str(error)[:200]))
            return
        if not 0 < len(wanted.id) <= 64 or len(raw) > LARGEST:
            self._rule(room, Outcome(room, time.time(), wanted.id[:64], name, "", False, "unreadable", "id or size"))
            return
        self._desks.order(room, Order(wanted.id, name, role, wanted.command))


def _answer(id: str) -> str:
    """Return an answer's id as a topic level."""
    return level(id.replace("@", "_"))


def _dial(url: str, status: str) -> Callable[[bool], aiomqtt.Client]:
    """Return what makes a client of a broker's URL: mqtt:// or mqtts://, ?ca=FILE for a certificate of one's own."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise SettingsError("MQTT_URL: not a URL. Fix: give mqtt://HOST:1883 or mqtts://HOST:8883.") from error
    if parts.scheme not in ("mqtt", "mqtts") or not host:
        raise SettingsError("MQTT_URL: not an MQTT URL. Fix: give mqtt://HOST:1883 or mqtts://HOST:8883.")
    secure = parts.scheme == "mqtts"
    given: dict[str, Any] = {
        "hostname": host, "port": port or (8883 if secure else 1883), "logger": _quiet, "timeout": PATIENCE,
        "username": unquote(parts.username) if parts.username else None, "keepalive": 15,
        "password": unquote(parts.password) if parts.password else None,
        "will": aiomqtt.Will(status, b"offline", 1, True), "max_queued_incoming_messages": 10_000,
        "max_queued_outgoing_messages": 10_000, "socket_options": [(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)],
    }  # fmt: skip
    if secure:
        ca = parse_qs(parts.query).get("ca", [None])[0]
        try:
            given["tls_context"] = ssl.create_default_context(cafile=ca)
        except OSError as error:
            raise SettingsError(f"MQTT_URL: the certificate {ca} cannot be read. Fix: repair ?ca=FILE.") from error

    def make(modern: bool) -> aiomqtt.Client:
        if modern:
            return aiomqtt.Client(**given, protocol=aiomqtt.ProtocolVersion.V5, clean_start=True)
        return aiomqtt.Client(**given, protocol=aiomqtt.ProtocolVersion.V311, clean_session=True)

    return make
