"""The feed: an Observer on one side, an MQTT client on the other.

    room -> MqttFeed(room, item) -> what is new, the latest of each retained topic -> every 75 ms -> broker
    broker -> zhubo/v1/cmd/ROOM/NAME -> Order -> the room's desk -> Ruling -> broker

Laws of this file: taking an item never waits and never raises; while the broker is away or slow the newest state is
kept, and turns and rulings are dropped and counted; after a reconnect what is retained is right again.
"""

import asyncio
import logging
import random
import time
from collections import OrderedDict, deque
from collections.abc import Coroutine, Iterable, Mapping
from contextlib import suppress
from itertools import islice
from typing import Any

import aiomqtt
import msgspec
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from bot.backends.mqtt_feed.dial import PATIENCE, dial
from bot.backends.mqtt_feed.messages import ROOT, Outcome, Products, State, Turns, Wanted, level, outcome
from bot.domain.desk import Order, Person, Role, Ruling
from bot.domain.learning import Suggested
from bot.domain.ports import Desks
from bot.domain.turns import Announced, Turn
from bot.domain.views import Cues, QuestionView, RoomStatus, announced

log = logging.getLogger(__name__)

EVERY = 0.075  # seconds between two batches
MOST = 5_000  # turns and rulings kept while the broker is away
TURNS = 200  # in one message
TOGETHER = 32  # messages under way at once
LARGEST = 8192  # bytes of a command
AGAIN = (0.2, 1.5)  # seconds between two attempts to connect, at first and at most
_encode = msgspec.json.Encoder().encode
_read = msgspec.json.Decoder(Wanted).decode


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
        self._kept: set[str] = set()  # what the broker keeps
        self._latest: OrderedDict[str, tuple[bytes, bool, float]] = OrderedDict()
        self._strays: dict[str, set[str]] = {}
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
            case Suggested():
                self._each(f"{self._room(room)}/suggestion", _encode(item))
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
            for topic in self._strays.pop(self._levels[room], ()):
                self._latest.setdefault(topic, (b"", True, 0.0))
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
        elif topic in self._kept:
            self._put(topic, b"", retain=True)
        elif topic in self._retained:  # the broker has never heard of it
            del self._retained[topic]
            self._latest.pop(topic, None)

    def _status(self, room: str, status: RoomStatus) -> None:
        base = self._room(room)
        state = State(room, status.mode, status.link, status.on_screen, status.taken, status.notes)
        self._put(f"{base}/state", _encode(state), retain=True)
        self._put(f"{base}/products", _encode(Products(status.version, status.products)), retain=True)
        self._put(f"{base}/kpi", _encode(msgspec.structs.replace(status, products=(), row_errors=())))

    def _rule(self, room: str, told: Outcome) -> None:
        base = self._room(room)
        topic = f"{base}/answer/{_answer(told.answer)}/ruling" if told.answer else f"{base}/ruling"
        self._each(topic, _encode(told))

    def _each(self, topic: str, payload: bytes) -> None:
        """Let a message wait of which each one counts."""
        self._rulings.append((topic, payload))
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
        make, wait, told = dial(url, f"{ROOT}/bot/{self._bot}/status"), AGAIN[0], False
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
            for at in range(0, len(ended), TURNS):
                part = ended[at : at + TURNS]
                self.dropped += len(part)
                await self._send(client, f"{self._room(room)}/turn", _encode(Turns(room, part)), 0)
                self.dropped -= len(part)
        while self._rulings:
            batch = [self._rulings[n] for n in range(min(TOGETHER, len(self._rulings)))]
            await _all(self._send(client, topic, payload, 1) for topic, payload in batch)
            for _ in batch:
                self._rulings.popleft()
        while self._latest:
            news = [(topic, *message) for topic, message in islice(self._latest.items(), TOGETHER)]
            await _all(
                self._send(client, topic, payload, 1 if retain else 0, retain, _expiry(until) if modern else None)
                for topic, payload, retain, until in news
            )
            for topic, payload, retain, _ in news:
                if self._latest.get(topic, (None,))[0] is payload:
                    del self._latest[topic]
                if retain and payload:
                    self._kept.add(topic)
                elif retain and self._retained.get(topic) == b"":
                    del self._retained[topic]
                    self._kept.discard(topic)

    async def _send(
        self, client: aiomqtt.Client, topic: str, payload: bytes, qos: int, retain: bool = False,
        properties: Properties | None = None,
    ) -> None:  # fmt: skip
        await client.publish(topic, payload, qos, retain, properties, timeout=PATIENCE)
        self.sent += 1

    # --- from the broker ------------------------------------------------------------------------------------------

    async def _listen(self, client: aiomqtt.Client) -> None:
        async for message in client.messages:
            parts = message.topic.value.removeprefix(f"{ROOT}/").split("/")
            raw = message.payload if isinstance(message.payload, bytes) else b""
            if parts[0] == "room" and raw and not self._retained.get(message.topic.value):
                self._stray(parts[1], message.topic.value)
            elif parts[0] == "cmd" and not message.retain:  # a kept command is an old one
                self._command(parts[1:], raw)

    def _stray(self, room: str, topic: str) -> None:
        """A card that we do not know: an earlier run's if the room is ours, or may yet be; else another front's."""
        if room in self._rooms:
            self._latest[topic] = b"", True, 0.0
        elif len(self._strays) < MOST:
            self._strays.setdefault(room, set()).add(topic)

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


async def _all(sends: Iterable[Coroutine[Any, Any, None]]) -> None:
    """Send together, in this order; raises what the first one met that failed."""
    met = await asyncio.gather(*sends, return_exceptions=True)
    if error := next((e for e in met if e is not None), None):
        raise error


def _expiry(until: float) -> Properties | None:
    """Return the MQTT 5 expiry of a message that nobody wants after a moment; 0.0 for none."""
    if not until:
        return None
    properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]
    properties.MessageExpiryInterval = max(1, int(until - time.time()))
    return properties


def _answer(id: str) -> str:
    """Return an answer's id as a topic level."""
    return level(id.replace("@", "_"))
