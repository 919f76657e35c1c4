"""The feed, against the embedded broker and, where it is installed, a real mosquitto."""

import asyncio
import contextlib
import json
import os
import shutil
import signal
import socket
import ssl
import sys
import time
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import aiomqtt
import jsonschema
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from bot.backends.broker import EmbeddedBroker
from bot.backends.mqtt_feed import MqttFeed, schema
from bot.backends.mqtt_feed.feed import MOST
from bot.backends.mqtt_feed.messages import level
from bot.domain.desk import Approve, Checked, Claim, Order, Person, Ruling, SetMode
from bot.domain.errors import BrokerError, SettingsError
from bot.domain.policy import Planned
from bot.domain.turns import Fact
from bot.domain.views import Cue, Cues, Next
from tests.backends.dashboard.conftest import NOW, ROOM, question, status, turn

ANNA, BO, EVE = "anna-token-0123456789", "bo-token-0123456789ab", "eve-token-0123456789a"
PEOPLE = {ANNA: Person("anna", "moderator"), BO: Person("bo", "moderator"), EVE: Person("eve", "viewer")}
HALL = f"zhubo/v1/room/{level(ROOM)}"
SCHEMA = Path("bot/backends/mqtt_feed/schema/zhubo-feed.v1.json")
RIGHTS = Path("deploy/mqtt/mosquitto.acl").read_bytes()
MOSQUITTO = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin")
real = pytest.param("mosquitto", marks=pytest.mark.skipif(MOSQUITTO is None, reason="no mosquitto here"))


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Desk:
    """A room's desk that keeps what it is told."""

    def __init__(self) -> None:
        self.orders: list[Order] = []
        self.then: Callable[[Order], None] = lambda _: None

    def order(self, _: str, order: Order) -> bool:
        self.orders.append(order)
        self.then(order)
        return True

    def check(self, *_: str) -> Checked:
        return Checked(True)

    def days(self, _: str) -> tuple[str, ...]:
        return ()

    async def export(self, *_: str) -> bytes:
        return b""


class Mosquitto:
    """A real mosquitto with MQTT 5, in the shape of our broker."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder, self.port, self.url = folder, port, f"mqtt://127.0.0.1:{port}"
        self.process: asyncio.subprocess.Process | None = None

    @property
    def pid(self) -> int:
        assert self.process
        return self.process.pid

    async def start(self) -> None:
        self.folder.mkdir(exist_ok=True)
        file = self.folder / "m.conf"
        user = "root\n" if os.getuid() == 0 else ""
        file.write_text(
            f"listener {self.port} 127.0.0.1\nallow_anonymous true\npersistence true\nautosave_on_changes true\n"
            f"autosave_interval 1\npersistence_location {self.folder}/\n" + (f"user {user}" if user else "")
        )
        quiet = asyncio.subprocess.DEVNULL
        self.process = await asyncio.create_subprocess_exec(str(MOSQUITTO), "-c", str(file), stdout=quiet, stderr=quiet)
        for _ in range(200):
            with contextlib.suppress(OSError):
                _, writer = await asyncio.open_connection("127.0.0.1", self.port)
                writer.close()
                return
            await asyncio.sleep(0.02)
        raise AssertionError("mosquitto does not start")

    async def watch(self) -> None:
        while True:
            assert self.process
            await self.process.wait()
            await self.start()

    async def stop(self) -> None:
        if self.process and self.process.returncode is None:
            self.process.terminate()
            await self.process.wait()


class Stand:
    """A feed on a broker, and clients beside it."""

    def __init__(self, feed: MqttFeed, desk: Desk, broker: EmbeddedBroker | Mosquitto, port: int) -> None:
        self.feed, self.desk, self.broker, self.port = feed, desk, broker, port

    def client(self, name: str = "", token: str = "", **more: Any) -> aiomqtt.Client:
        """Another client of the broker."""
        return aiomqtt.Client("127.0.0.1", self.port, username=name or None, password=token or None, timeout=2, **more)

    async def up(self) -> None:
        """Wait until the feed is connected."""
        async with asyncio.timeout(5):
            while not self.feed.up:  # noqa: ASYNC110
                await asyncio.sleep(0.01)


@pytest.fixture
async def stand(tmp_path: Path) -> AsyncIterator[Any]:
    """`await stand("embedded" | "mosquitto", people)`."""
    async with contextlib.AsyncExitStack() as stack:

        async def make(kind: str = "embedded", people: dict[str, Person] | None = None) -> Stand:
            port, desk = free_port(), Desk()
            broker: EmbeddedBroker | Mosquitto
            if kind == "embedded":
                broker = EmbeddedBroker(tmp_path / "mqtt", "127.0.0.1", port, people or {})
            else:
                broker = Mosquitto(tmp_path / "mosquitto", port)
            await broker.start()
            stack.push_async_callback(broker.stop)
            feed = MqttFeed("Test Bot", desk, people or {})
            running = feed.run(broker.url, modern=kind != "embedded")
            tasks = [
                asyncio.create_task(broker.watch()),
                asyncio.create_task(running),
            ]

            async def end() -> None:
                for task in tasks:
                    task.cancel()
                await asyncio.wait(tasks)

            stack.push_async_callback(end)
            made = Stand(feed, desk, broker, port)
            await made.up()
            return made

        yield make


async def collect(client: aiomqtt.Client, count: int, seconds: float = 3.0) -> dict[str, Any]:
    """The last message of each topic, once so many messages came."""
    found: dict[str, Any] = {}
    async with asyncio.timeout(seconds):
        async for message in client.messages:
            raw = message.payload
            assert isinstance(raw, bytes)
            found[message.topic.value] = json.loads(raw) if raw[:1] in (b"{", b"[") else raw
            if len(found) >= count:
                break
    return found


@pytest.mark.parametrize("kind", ["embedded", real])
async def test_a_room_is_seen_whole_by_who_comes_late(kind: str, stand: Any) -> None:
    """State, products, cues and pending answers are kept by the broker; every message is as the schema says."""
    made: Stand = await stand(kind)
    cue = Cue("q2", "7人问 孕妇能用吗 → 你来答", "孕妇能用吗", "zh", 7, NOW)
    made.feed(ROOM, status(mode="assist", taken=(("product", "p2", "anna"),)))
    made.feed(ROOM, Cues(ROOM, NOW, "p1", (cue,), (Next("p2", 4, 9),), (Planned("20:30", "抽奖"),)))
    card = question(
        "q1", "pending", answer="现价129元", facts=(Fact("p1", "price", "129 CNY"),), until=time.time() + 20
    )
    made.feed(ROOM, card)
    made.feed(ROOM, question("q9", "pending", answer="x", until=time.time() + 20))
    await asyncio.sleep(0.3)
    made.feed(ROOM, question("q9", "answered", answer="x"))
    await asyncio.sleep(0.3)
    shipped = json.loads(schema())
    async with made.client() as late:
        await late.subscribe("zhubo/v1/#", 1)
        found = await collect(late, 5)
        assert found["zhubo/v1/bot/test-bot-" + level("Test Bot")[-6:] + "/status"] == b"online"
        assert found[f"{HALL}/state"] == {
            "room": ROOM, "mode": "assist", "link": "live", "on_screen": "p1", "taken": [["product", "p2", "anna"]],
        }  # fmt: skip
        assert found[f"{HALL}/answer/q1/pending"]["answer"] == "现价129元"
        assert found[f"{HALL}/cue"]["answer"][0]["line"] == cue.line
        assert [p["id"] for p in found[f"{HALL}/products"]["products"]] == ["p1", "p2"]
        made.feed(ROOM, turn(1, "answered", answer="现价129元"))
        made.feed(ROOM, turn(2))
        order = Order("o1", "anna", "moderator", Approve("q1", "现价129元"))
        made.feed(ROOM, Ruling(ROOM, NOW, order, True, line="现价129元"))
        made.feed(ROOM, Ruling(ROOM, NOW, Order("o2", "bo", "moderator", SetMode("stopped")), True))
        made.feed(ROOM, status())
        more = await collect(late, 4)
        assert len(more[f"{HALL}/turn"]["turns"]) == 2
        assert more[f"{HALL}/answer/q1/ruling"]["do"] == "approve"
        assert (more[f"{HALL}/ruling"]["do"], more[f"{HALL}/ruling"]["by"]) == ("mode", "bo")
    for topic, message in (found | more).items():
        if isinstance(message, dict):
            (kind,) = [ref for name, ref in shipped["topics"].items() if aiomqtt.Topic(topic).matches(name)]
            jsonschema.Draft202012Validator({**kind, "$defs": shipped["$defs"]}).validate(message)


def test_the_shipped_schema_is_the_feeds() -> None:
    """What panels are written against is what is sent."""
    assert SCHEMA.read_text(encoding="utf-8") == schema()


@pytest.mark.parametrize("kind", ["embedded", real])
async def test_a_command_reaches_the_desk_once_however_often_it_is_sent(kind: str, stand: Any) -> None:
    """A panel commands under its name; what is kept, unreadable or of another room does nothing."""
    made: Stand = await stand(kind)
    made.feed(ROOM, status())
    wanted = {"id": "o1", "command": {"do": "claim", "answer": "q1"}}
    async with made.client() as panel:
        await panel.subscribe(f"{HALL}/ruling", 1)
        topic = f"zhubo/v1/cmd/{level(ROOM)}/node-red"
        no_verb, no_id = '{"id":"x","command":{"do":"fly"}}', json.dumps({**wanted, "id": ""})
        for payload in (json.dumps(wanted), "nonsense", no_verb, no_id):
            await panel.publish(topic, payload, 1)
        await panel.publish("zhubo/v1/cmd/another-room/node-red", json.dumps(wanted), 1)
        await panel.publish(f"{topic}/deeper", json.dumps(wanted), 1)
        await panel.publish(topic, json.dumps({**wanted, "id": "o2"}), 1)
        refused = await collect(panel, 1)
        assert refused[f"{HALL}/ruling"]["why"] == "unreadable"
        async with asyncio.timeout(2):
            while len(made.desk.orders) < 2:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
    assert [(o.id, o.by, o.role) for o in made.desk.orders] == [(id, "node-red", "owner") for id in ("o1", "o2")]


async def test_a_command_that_the_broker_kept_is_an_old_one(stand: Any) -> None:
    """A panel that sets the retain flag does not command again at every reconnect."""
    made: Stand = await stand()
    made.feed(ROOM, status())
    async with made.client() as panel:
        stop = {"id": "o1", "command": {"do": "mode", "mode": "auto"}}
        await panel.publish(f"zhubo/v1/cmd/{level(ROOM)}/x", json.dumps(stop), 1, retain=True)
    await asyncio.sleep(0.2)
    before = len(made.desk.orders)
    os.kill(made.broker.pid, signal.SIGKILL)
    await asyncio.sleep(0.3)
    await made.up()
    await asyncio.sleep(0.3)
    assert len(made.desk.orders) == before <= 1


async def test_nobody_speaks_for_another_nor_for_the_bot(stand: Any) -> None:
    """The broker itself refuses: a wrong password, another's name, a room's own topics, a viewer's command."""
    made: Stand = await stand("embedded", PEOPLE)
    made.feed(ROOM, status())
    with pytest.raises(aiomqtt.MqttError):
        async with made.client():
            pass
    with pytest.raises(aiomqtt.MqttError):
        async with made.client("anna", BO):
            pass
    stop = json.dumps({"id": "o1", "command": {"do": "mode", "mode": "stopped"}})
    room = level(ROOM)
    async with made.client("anna", ANNA) as anna, made.client("eve", EVE) as eve, made.client("bo", BO) as bo:
        await eve.subscribe("zhubo/v1/room/#", 1)
        for who, topic in (
            (anna, f"zhubo/v1/cmd/{room}/bo"), (anna, f"{HALL}/state"), (anna, f"zhubo/v1/cmd/{room}/anna/x"),
            (eve, f"zhubo/v1/cmd/{room}/eve"), (eve, f"zhubo/v1/cmd/{room}/anna"),
        ):  # fmt: skip
            await who.publish(topic, stop, 0)
        await asyncio.sleep(0.2)
        assert not made.desk.orders
        await bo.publish(f"zhubo/v1/cmd/{room}/bo", stop, 1)
        seen = await collect(eve, 2)
        assert seen[f"{HALL}/state"]["mode"] == "auto"
        async with asyncio.timeout(2):
            while not made.desk.orders:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
    assert [(o.by, o.role) for o in made.desk.orders] == [("bo", "moderator")]


@pytest.mark.parametrize("kind", ["embedded", real])
async def test_the_broker_killed_in_the_middle_of_a_show(kind: str, stand: Any) -> None:
    """It is back within two seconds, and what it keeps is right again: a card ruled on meanwhile is gone."""
    made: Stand = await stand(kind)
    made.feed(ROOM, status())
    for n in range(5):
        made.feed(ROOM, question(f"q{n}", "pending", answer="x", until=time.time() + 60))
    await asyncio.sleep(1.5)
    os.kill(made.broker.pid, signal.SIGKILL)
    killed = time.monotonic()
    for n in range(3):
        made.feed(ROOM, question(f"q{n}", "answered", answer="x"))
    made.feed(ROOM, status(mode="stopped"))
    await asyncio.sleep(0.05)
    async with asyncio.timeout(5):
        while made.feed.up:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    await made.up()
    back = time.monotonic() - killed
    assert back < 2.0
    await asyncio.sleep(0.5)
    async with made.client() as late:
        await late.subscribe("zhubo/v1/room/#", 1)
        found = await collect(late, 4)
    assert {t.split("/")[-2] for t in found if t.endswith("/pending")} == {"q3", "q4"}
    assert found[f"{HALL}/state"]["mode"] == "stopped"


async def test_what_an_earlier_run_left_pending_is_cleared(stand: Any) -> None:
    """A card that no room knows any more does not haunt the desk."""
    made: Stand = await stand("mosquitto") if MOSQUITTO else await stand()
    if isinstance(made.broker, EmbeddedBroker):
        pytest.skip("only the bot may write there, in the embedded broker")
    async with made.client() as ghost:
        await ghost.publish(f"{HALL}/answer/q77/pending", b'{"id":"q77"}', 1, retain=True)
        await asyncio.sleep(0.2)
        made.feed(ROOM, status())
        await asyncio.sleep(0.3)
        await ghost.subscribe(f"{HALL}/answer/#", 1)
        with pytest.raises(TimeoutError):
            await collect(ghost, 1, 0.4)


async def test_the_last_will_says_that_we_are_gone(stand: Any) -> None:
    """A bot whose process dies is offline within the broker's patience; one that stops in order says so itself."""
    made: Stand = await stand()
    async with made.client() as watcher:
        await watcher.subscribe("zhubo/v1/bot/+/status", 1)
        other = MqttFeed("other", made.desk, {})
        task = asyncio.create_task(other.run(made.broker.url, modern=False))
        while (await collect(watcher, 1)).get("zhubo/v1/bot/other/status") != b"online":
            pass
        task.cancel()
        await asyncio.wait([task])
        assert (await collect(watcher, 1))["zhubo/v1/bot/other/status"] == b"offline"


async def test_without_a_broker_turns_are_dropped_and_counted_and_nobody_waits() -> None:
    """Taking an item costs microseconds, whatever the broker does."""
    feed = MqttFeed("alone", Desk(), {})
    task = asyncio.create_task(feed.run(f"mqtt://127.0.0.1:{free_port()}"))
    began = time.perf_counter()
    for n in range(MOST * 3):
        feed(ROOM, turn(n))
        feed(ROOM, Ruling(ROOM, NOW, Order(str(n), "a", "owner", SetMode("auto")), True))
    each = (time.perf_counter() - began) / MOST / 6
    await asyncio.sleep(0.1)
    task.cancel()
    await asyncio.wait([task])
    assert not feed.up and feed.dropped >= MOST * 4 - MOST // 5
    assert each < 100e-6


async def test_a_broker_that_hangs_costs_counted_turns_only(stand: Any) -> None:
    """SIGSTOP: the feed gives up on it, counts, and comes back when it goes on."""
    made: Stand = await stand()
    made.feed(ROOM, status())
    await asyncio.sleep(0.2)
    os.kill(made.broker.pid, signal.SIGSTOP)
    try:
        made.feed(ROOM, question("q1", "pending", answer="x", until=time.time() + 60))
        began = time.monotonic()
        async with asyncio.timeout(6):
            while made.feed.up:
                made.feed(ROOM, turn(1))
                await asyncio.sleep(0.05)
        assert time.monotonic() - began < 4
    finally:
        os.kill(made.broker.pid, signal.SIGCONT)
    await made.up()
    async with made.client() as late:
        await late.subscribe(f"{HALL}/answer/#", 1)
        assert f"{HALL}/answer/q1/pending" in await collect(late, 1)


async def test_bad_settings_name_the_fix(tmp_path: Path) -> None:
    """A URL that is none, a certificate that is not there, a port that is taken."""
    bad = {"http://x": "not an MQTT URL", "mqtt://": "not an MQTT URL", "mqtts://h?ca=/no.pem": "/no.pem"}
    for url, said in bad.items():
        with pytest.raises(SettingsError, match=said):
            await MqttFeed("x", Desk(), {}).run(url)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(BrokerError, match=f"port {port} is taken.*--mqtt-port {port + 1}"):
            await EmbeddedBroker(tmp_path, "127.0.0.1", port, {}).start()


def test_names_become_topic_levels_that_do_not_collide() -> None:
    """Lower-case ASCII stays; anything else gets a mark of its own."""
    assert level("demo") == "demo"
    levels = {level(name) for name in ("晚八点", "早八点", "Demo", "demo 1", "demo/1", "a.b", "a+b", "#")}
    assert len(levels) == 8
    assert all(set(made) <= set("abcdefghijklmnopqrstuvwxyz0123456789-_") for made in levels)


async def test_claims_hold_over_the_feed(stand: Any) -> None:
    """Two panels, one room: see tests/e2e/test_desk.py for the race; here the order reaches the desk as given."""
    made: Stand = await stand("embedded", PEOPLE)
    made.feed(ROOM, status())
    async with made.client("anna", ANNA) as anna:
        command = {"do": "claim", "answer": "q1"}
        await anna.publish(f"zhubo/v1/cmd/{level(ROOM)}/anna", json.dumps({"id": "1", "command": command}), 1)
        async with asyncio.timeout(2):
            while not made.desk.orders:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
    assert made.desk.orders[0].command == Claim("q1")


async def test_a_full_desk_is_told_at_once(stand: Any) -> None:
    """Two hundred cards come and go within two seconds: no message waits for a delayed acknowledgement."""
    made: Stand = await stand()
    began = time.monotonic()
    for state in ("pending", "answered"):
        for n in range(200):
            made.feed(ROOM, question(f"q{n}", state, answer="x", until=time.time() + 60))
        while made.feed.waiting:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    assert time.monotonic() - began < 2


async def test_cards_that_came_and_went_without_a_broker_cost_no_memory() -> None:
    """Nobody ever saw them, so nothing has to be cleared."""
    feed = MqttFeed("alone", Desk(), {})
    for n in range(1000):
        feed(ROOM, question(f"q{n}", "pending", answer="x"))
        feed(ROOM, question(f"q{n}", "answered", answer="x"))
    assert not feed.waiting and not feed._retained


async def test_two_fronts_on_one_broker_leave_each_others_cards_alone(stand: Any) -> None:
    """A card of a room that is not ours is its own front's."""
    made: Stand = await stand()
    other = MqttFeed("other", made.desk, {})
    task = asyncio.create_task(other.run(made.broker.url, modern=False))
    other("elsewhere", question("q7", "pending", answer="x", until=time.time() + 60))
    await asyncio.sleep(0.4)
    async with made.client() as late:
        await late.subscribe("zhubo/v1/room/elsewhere/answer/#", 1)
        assert "zhubo/v1/room/elsewhere/answer/q7/pending" in await collect(late, 1)
    task.cancel()
    await asyncio.wait([task])


async def test_the_embedded_broker_speaks_tls(tmp_path: Path) -> None:
    """With a certificate of one's own; a client that does not trust it does not get in, nor one without TLS."""
    pem = certificate(tmp_path / "broker.pem")
    broker = EmbeddedBroker(tmp_path / "mqtt", "127.0.0.1", free_port(), {}, str(pem))
    await broker.start()
    feed = MqttFeed("tls", Desk(), {})
    task = asyncio.create_task(feed.run(broker.url, modern=False))
    try:
        async with asyncio.timeout(5):
            while not feed.up:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        with pytest.raises(ssl.SSLCertVerificationError):
            await asyncio.open_connection("127.0.0.1", broker._port, ssl=ssl.create_default_context())
        reader, writer = await asyncio.open_connection("127.0.0.1", broker._port)
        writer.write(b"\x10\x0e\x00\x04MQTT\x04\x02\x00\x3c\x00\x02me")  # CONNECT in plain text
        assert not (await reader.read(4)).startswith(b"\x20")  # no CONNACK
        writer.close()
    finally:
        task.cancel()
        await asyncio.wait([task])
        await broker.stop()


def certificate(file: Path) -> Path:
    """Write a certificate for 127.0.0.1 with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "zhubo")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(now - timedelta(hours=1)).not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), False)
        .add_extension(x509.BasicConstraints(True, None), True).sign(key, hashes.SHA256())
    )  # fmt: skip
    pem = serialization.Encoding.PEM
    raw = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file.write_bytes(made.public_bytes(pem) + raw)
    return file


async def test_the_thirty_line_desk_rules_on_an_answer(stand: Any) -> None:
    """deploy/examples/panel.py, as its head says."""
    made: Stand = await stand("embedded", PEOPLE)
    made.desk.then = lambda order: made.feed(ROOM, Ruling(ROOM, NOW, order, True, line="现价129元"))
    panel = await asyncio.create_subprocess_exec(
        sys.executable, "deploy/examples/panel.py", f"127.0.0.1:{made.port}", level(ROOM), "anna",
        env={**os.environ, "ZHUBO_TOKEN": ANNA}, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert panel.stdin and panel.stdout
    made.feed(ROOM, question("q1", "pending", answer="现价129元", until=time.time() + 60))
    async with asyncio.timeout(10):
        assert "3 x 有M码吗" in (await panel.stdout.readline()).decode()
        assert "现价129元" in (await panel.stdout.readline()).decode()
        panel.stdin.write(b"y\n")
        assert "'done': True" in (await panel.stdout.readline()).decode()
    panel.kill()
    await panel.wait()
    assert [(o.by, o.command) for o in made.desk.orders] == [("anna", Approve("q1", "现价129元"))]


def test_the_node_red_flow_speaks_the_feeds_topics() -> None:
    """It is JSON, and what it commands is what the schema says."""
    flow = json.loads(Path("deploy/examples/node-red.json").read_text(encoding="utf-8"))
    topics = [node["topic"] for node in flow if "topic" in node]
    known = [aiomqtt.Wildcard(name) for name in json.loads(schema())["topics"]]
    assert len(topics) == 2 and all(any(_overlaps(topic, str(name)) for name in known) for topic in topics)
    assert all(wire in {n["id"] for n in flow} for node in flow for wires in node.get("wires", []) for wire in wires)


def _overlaps(one: str, other: str) -> bool:
    """Two patterns that may match the same topic."""
    a, b = one.split("/"), other.split("/")
    return len(a) == len(b) and all(x == y or "+" in (x, y) for x, y in zip(a, b, strict=True))


@pytest.mark.skipif(MOSQUITTO is None, reason="no mosquitto here")
async def test_the_shipped_rights_hold_in_mosquitto(tmp_path: Path) -> None:
    """deploy/mqtt/mosquitto.acl: nobody commands under another's name, nobody but the bot writes to a room."""
    tool = shutil.which("mosquitto_passwd")
    if tool is None:
        pytest.skip("no mosquitto_passwd here")
    port, passwords = free_port(), tmp_path / "passwords"
    for name, token in (("zhubo", "bot-password-012345"), ("anna", ANNA), ("bo", BO)):
        more = [] if passwords.exists() else ["-c"]
        made = await asyncio.create_subprocess_exec(tool, "-b", *more, str(passwords), name, token)
        assert await made.wait() == 0
    acl = tmp_path / "acl"
    acl.write_bytes(RIGHTS)
    for file in (passwords, acl):
        file.chmod(0o600)
    (tmp_path / "m.conf").write_text(
        f"listener {port} 127.0.0.1\nallow_anonymous false\npassword_file {passwords}\nacl_file {acl}\nuser root\n"
    )
    broker = await asyncio.create_subprocess_exec(str(MOSQUITTO), "-c", str(tmp_path / "m.conf"))
    feed, desk = MqttFeed("m", Desk(), PEOPLE), Desk()
    feed._desks = desk
    task = asyncio.create_task(feed.run(f"mqtt://zhubo:bot-password-012345@127.0.0.1:{port}"))
    try:
        async with asyncio.timeout(5):
            while not feed.up:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        feed(ROOM, status())
        stop = json.dumps({"id": "o1", "command": {"do": "mode", "mode": "stopped"}})
        async with aiomqtt.Client("127.0.0.1", port, username="anna", password=ANNA) as anna:
            await anna.publish(f"zhubo/v1/cmd/{level(ROOM)}/bo", stop, 1)
            await anna.publish(f"{HALL}/state", stop, 1)
            await anna.publish(f"zhubo/v1/cmd/{level(ROOM)}/anna", stop, 1)
            await anna.subscribe(f"{HALL}/state", 1)
            assert (await collect(anna, 1))[f"{HALL}/state"]["room"] == ROOM
            await asyncio.sleep(0.2)
        assert [o.by for o in desk.orders] == ["anna"]
    finally:
        task.cancel()
        await asyncio.wait([task])
        broker.terminate()
        await broker.wait()
