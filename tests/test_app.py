"""The front, put together and run in this process: rooms, store, catalogue file, adapters, and the replay."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import msgspec
import pytest
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from adapters.generic.codec import SUBPROTOCOL, Frame, WireEvent, WireUser, decode, encode
from bot.app import Front, front, open_adapter, room_name
from bot.app.desks import Stopped
from bot.app.front import credentials
from bot.backends.catalog_file import write_csv
from bot.backends.journal import read
from bot.backends.valkey import EmbeddedValkey
from bot.cli.replay import replay
from bot.domain.desk import Order, Ruling, SetMode
from bot.domain.errors import CatalogueError, JournalError, SettingsError
from bot.domain.events import Event, User
from bot.domain.inputs import Entry, Hear
from bot.domain.policy import RoomPolicy
from bot.domain.ports import Caps, Outgoing, Receipt, Session
from bot.domain.turns import Turn
from bot.settings import Settings
from tests.fakes import goods

FAST = Caps(max_chars=100, per_window=(1000, 1.0), min_gap=0.0)
ROOM = RoomPolicy(send_gap=0.0, repeat_after=0.0)


class Venue:
    """A platform room in zhubo.v1: says what the test wants said, keeps the lines it gets, ends when it is told to."""

    def __init__(self) -> None:
        self.url = ""
        self.lines: list[Frame] = []
        self._seq = 0
        self._link: ServerConnection | None = None

    async def talk(self, link: ServerConnection) -> None:
        try:
            await link.recv()
            await link.send(encode(Frame("hello", caps=FAST)))
            self._link = link
            while True:
                frame = decode(await link.recv(decode=False))
                if frame.type == "send":
                    self.lines.append(frame)
                    await link.send(encode(Frame("receipt", key=frame.key, outcome="accepted")))
        except ConnectionClosed:
            return

    async def say(self, *texts: str, kind: str = "comment", product: str = "") -> None:
        """Emit one event per text, each by another viewer."""
        await until(lambda: self._link is not None)
        assert self._link
        for text in texts:
            self._seq += 1
            n = self._seq
            event = WireEvent(kind, f"e{n}", user=WireUser(f"u{n}"), text=text, product=product)
            await self._link.send(encode(Frame("event", seq=n, event=event)))

    async def answers(self, number: int) -> list[str]:
        """Wait for so many lines and return them."""
        await until(lambda: len(self.lines) >= number)
        return [line.text for line in self.lines]

    async def end(self) -> None:
        """Close the room: the show is over."""
        assert self._link
        await self._link.close(4410)


@asynccontextmanager
async def venue(room: str = "shop") -> AsyncIterator[Venue]:
    found = Venue()
    async with serve(found.talk, "127.0.0.1", 0, subprotocols=[SUBPROTOCOL], close_timeout=1) as server:
        found.url = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/{room}"
        yield found


async def until(condition: Callable[[], bool], within: float = 8.0) -> None:
    end = time.monotonic() + within
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        await asyncio.sleep(0.005)


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[Front]:
    """A front with its rooms open; at the end it must have returned by itself within 3 s."""
    front, started = Front(settings), asyncio.Event()
    task = asyncio.create_task(front.run(started.set))
    waiting = asyncio.create_task(started.wait())
    try:
        await asyncio.wait([task, waiting], return_when=asyncio.FIRST_COMPLETED)
        yield front
        async with asyncio.timeout(3):
            await task
    finally:
        for one in (task, waiting):
            one.cancel()
        await asyncio.wait([task, waiting])


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """The catalogue file of two products."""
    file = tmp_path / "goods.csv"
    write_csv(goods(), file)
    return file


def choose(tmp_path: Path, shop: Path, redis_url: str, *rooms: str, apart: bool = True) -> Settings:
    """Settings of a front without a page."""
    data = str(tmp_path / "data")
    return Settings(
        rooms=rooms, apart=apart, catalogue=str(shop), redis_url=redis_url, data=data, page_port=0, room=ROOM
    )  # fmt: skip


def ledger(path: Path) -> tuple[list[str], list[Turn]]:
    """The comments heard, and the Turns; each comment must have exactly one."""
    lines = list(read(path))
    items = [e.item for e in lines if isinstance(e, Entry)]
    comments = [i.heard.id for i in items if isinstance(i, Hear) and i.heard.kind == "comment"]
    turns = [t for t in lines if isinstance(t, Turn)]
    assert Counter(comments) == Counter(t.id for t in turns), "a comment without its one Turn"
    return comments, turns


async def test_two_rooms_are_one_show_unless_they_are_apart(valkey: EmbeddedValkey, tmp_path: Path, shop: Path) -> None:
    """Viewers of both ask one question; each room gets the answer; there is one journal and one ledger."""
    async with (
        venue() as one,
        venue() as two,
        running(choose(tmp_path, shop, valkey.url, one.url, two.url, apart=False)) as front,
    ):
        await asyncio.gather(one.say("1号多少钱"), two.say("1号什么价"))
        assert await one.answers(1) == await two.answers(1) == ["1号亚麻衬衫：现价129元"]
        assert list(front.stages) == ["shop"]
        assert [place.name for place in front.stages["shop"].status().places] == ["ws", "ws-2"]
        await asyncio.gather(one.end(), two.end())
    _, turns = ledger(front.journal.path("shop"))
    assert sorted((t.place, t.fate) for t in turns) == [("ws", "answered"), ("ws-2", "answered")]
    assert len({t.viewer for t in turns}) == 2


async def test_two_rooms_are_answered_at_once_and_apart(valkey: EmbeddedValkey, tmp_path: Path, shop: Path) -> None:
    """One front, two rooms of the same name: each answers its own viewers, and has its own journal and figures."""
    async with (
        venue() as one,
        venue() as two,
        running(choose(tmp_path, shop, valkey.url, one.url, two.url)) as front,
    ):
        await asyncio.gather(one.say("1号多少钱"), two.say("2号多少钱", "#1 how much is it"))
        assert await one.answers(1) == ["1号亚麻衬衫：现价129元"]
        assert sorted(await two.answers(2)) == ["#1 Linen Shirt: ¥129 now", "2号帆布包：现价89元"]
        assert list(front.stages) == ["shop", "shop-2"]
        await asyncio.gather(one.end(), two.end())
    assert [len(ledger(front.journal.path(room))[0]) for room in front.stages] == [1, 2]
    assert [stage.counters.received for stage in front.stages.values()] == [1, 2]
    assert [stage.memory.up for stage in front.stages.values()] == [True, True]


async def test_without_a_store_facts_are_answered_all_the_same(tmp_path: Path, shop: Path) -> None:
    """Valkey is down from the start to the end: no memory and no model, but prices, and one Turn per comment."""
    dead = f"unix://{tmp_path}/dead.sock"
    async with venue() as platform, running(choose(tmp_path, shop, dead, platform.url)) as front:
        await platform.say("1号多少钱", "666", "1号夏天穿热不热", "L码还有吗", "1号什么时候发货")
        await until(lambda: sum(front.stages["shop"].counters.fates.values()) >= 4)
        await until(lambda: {"no_store", "no_worker"} <= set(front.stages["shop"].status().notes))
        await platform.end()
    comments, turns = ledger(front.journal.path("shop"))
    assert len(comments) == 5
    by_id = {t.id: t for t in turns}
    assert (by_id["e1"].fate, by_id["e1"].path) == ("answered", "fact")
    assert by_id["e5"].fate == "answered"
    assert by_id["e2"].fate == "ignored"
    assert all("现价129元" in line.text for line in platform.lines if "e1" in line.reply_to)


async def test_a_catalogue_saved_again_changes_the_answers(
    valkey: EmbeddedValkey, tmp_path: Path, shop: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The merchant saves a price: the next viewer hears it. A broken file changes nothing; a repaired one counts."""
    quiet = msgspec.structs.replace(ROOM, correct_within=0.0)
    async with (
        venue() as platform,
        running(msgspec.structs.replace(choose(tmp_path, shop, valkey.url, platform.url), room=quiet)) as front,
    ):
        stage = front.stages["shop"]
        await platform.say("1号多少钱")
        await platform.answers(1)
        write_csv(goods(9900), shop)
        await until(lambda: stage.status().version == 2)
        await platform.say("1号多少钱")
        await platform.answers(2)
        await asyncio.to_thread(shop.write_text, "nothing of use\n", encoding="utf-8")
        await until(lambda: "stays" in caplog.text)
        await platform.say("1号多少钱")
        await platform.answers(3)
        write_csv(goods(8800, 0), shop)
        await until(lambda: stage.status().version == 3)
        await platform.say("1号多少钱")
        await platform.answers(4)
        await platform.say("1号M码还有吗")
        lines = await platform.answers(5)
        await platform.end()
    assert lines[:4] == [f"1号亚麻衬衫：现价{price}元" for price in (129, 99, 99, 88)]
    assert lines[4].startswith("1号亚麻衬衫：M码已售罄")
    assert [t.version for t in ledger(front.journal.path("shop"))[1]] == [1, 2, 2, 3, 3]


async def test_stop_ends_every_comment(valkey: EmbeddedValkey, tmp_path: Path, shop: Path) -> None:
    """`stop` in the middle of a flood: the front returns within 3 s, and each comment heard has its Turn."""
    async with venue() as platform, running(choose(tmp_path, shop, valkey.url, platform.url)) as front:
        await platform.say(*(f"1号夏天穿热不热 {n}" for n in range(200)))
        await until(lambda: front.stages["shop"].counters.received >= 50)
        front.stop()
    assert len(ledger(front.journal.path("shop"))[0]) >= 50


async def test_a_stop_before_the_rooms_are_open_is_not_lost(tmp_path: Path, shop: Path) -> None:
    """Ctrl-C while the catalogue is being read: the rooms open and end at once."""
    async with venue() as platform:
        front = Front(choose(tmp_path, shop, f"unix://{tmp_path}/dead.sock", platform.url))
        running = asyncio.create_task(front.run())
        await asyncio.sleep(0)
        assert not front.stages
        front.stop()
        async with asyncio.timeout(3):
            await running
    assert ledger(front.journal.path("shop")) == ([], [])


async def test_a_front_that_cannot_start_says_why(tmp_path: Path, shop: Path) -> None:
    """An unknown scheme and an unusable catalogue end `run` before any room is open."""
    for rooms, file, error in (
        (("foo://x",), shop, SettingsError),
        (("console:",), tmp_path / "none.csv", CatalogueError),
    ):
        front = Front(choose(tmp_path, file, f"unix://{tmp_path}/dead.sock", *rooms))
        with pytest.raises(error, match="Fix: "):
            await front.run()
        assert not front.stages


# --- adapters by entry point ------------------------------------------------------------------------------------------


class Plugin:
    """A stranger's adapter."""

    def __init__(self, url: str, options: Mapping[str, str]) -> None:
        self.url, self.options = url, dict(options)

    def caps(self) -> Caps:
        return Caps(official=False)

    async def session(self, ctx: Session) -> None:
        ctx.emit(Event("comment", "p1", user=User("u"), text="hi"))

    async def send(self, out: Outgoing) -> Receipt:
        return Receipt(out.key, "accepted")

    async def aclose(self) -> None: ...


@pytest.fixture
def plugged(monkeypatch: pytest.MonkeyPatch) -> None:
    """An installation with a stranger's adapters: an unofficial one, and one whose package is broken."""
    mine = [("mine", f"{__name__}:Plugin"), ("broken", "no_such_package:dial"), ("empty", f"{__name__}:Nothing")]
    found = [EntryPoint(name, value, "zhubo.adapters") for name, value in mine]
    monkeypatch.setattr(front, "entry_points", lambda group: found if group == "zhubo.adapters" else [])


@pytest.mark.usefixtures("plugged")
def test_an_adapter_is_found_by_its_entry_point(monkeypatch: pytest.MonkeyPatch) -> None:
    """The scheme of the URL names it; it is given the whole URL, and the token from the environment alone."""
    monkeypatch.setenv("ZHUBO_TOKEN", "s3cret")
    adapter = open_adapter("mine://house/7", unofficial=True)
    assert isinstance(adapter, Plugin)
    assert (adapter.url, adapter.options) == ("mine://house/7", {"token": "s3cret"})


@pytest.mark.usefixtures("plugged")
def test_an_unofficial_route_needs_the_operators_flag() -> None:
    """Without --unofficial it is refused at the door, and the message names the flag."""
    with pytest.raises(SettingsError, match=r"mine is an unofficial route.*--unofficial"):
        open_adapter("mine://house/7", unofficial=False)


@pytest.mark.usefixtures("plugged")
@pytest.mark.parametrize("scheme", ["broken", "empty"])
def test_a_broken_plugin_is_named(scheme: str) -> None:
    """A package that cannot be imported, or lacks what it promises, is a settings error and not a traceback."""
    with pytest.raises(SettingsError, match=f"{scheme}.*Fix: "):
        open_adapter(f"{scheme}://house/7", unofficial=True)


def test_an_unknown_scheme_lists_the_known_ones() -> None:
    """The adapters that are installed are named; ours are among them, and none of them is unofficial."""
    with pytest.raises(SettingsError, match=r"'foo'.*Fix: .*console.*listen.*replay.*ws.*wss"):
        open_adapter("foo://x", unofficial=False)
    for url in ("ws://127.0.0.1:9/x", "wss://example.org/x", "listen://127.0.0.1:0/x", "console:"):
        assert open_adapter(url, unofficial=False).caps().official


def test_rooms_are_named_after_their_url() -> None:
    """The last part of the path, else the host, else the scheme; a number tells doubles apart."""
    taken: list[str] = []
    for url in (
        "ws://h:1/a/demo/",
        "ws://h:2/demo?x=1",
        "ws://h:3/demo",
        "ws://h:4",
        "console:",
        "replay:/j/2026-x.jsonl",
    ):
        taken.append(room_name(url, taken))
    assert taken == ["demo", "demo-2", "demo-3", "h", "console", "2026-x"]


# --- replay -----------------------------------------------------------------------------------------------------------


@pytest.fixture
async def journal(valkey: EmbeddedValkey, tmp_path: Path, shop: Path) -> Path:
    """The journal of a short show with a price change in it."""
    async with venue() as platform, running(choose(tmp_path, shop, valkey.url, platform.url)) as front:
        await platform.say("now the shirt", kind="room", product="1")
        await platform.say(
            "多少钱",
            "啥价啊",
            "how much is it",
            "666",
            "加微信abc12345",
            "L码还有吗",
            "<b>什么时候发货</b>",
            "有粉色吗",
        )
        await until(lambda: front.stages["shop"].counters.received == 8)
        write_csv(goods(9900), shop)
        await until(lambda: front.stages["shop"].status().version == 2)
        await platform.say("多少钱", "上次买的掉色")
        await until(lambda: any("99元" in line.text for line in platform.lines))
        await platform.end()
    return front.journal.path("shop")


def test_a_replay_makes_the_same_turns_twice(journal: Path) -> None:
    """A room is a function of its journal: no clock, no dice, no leftovers of the first replay."""
    comments, turns = ledger(journal)
    before = journal.read_bytes()
    for _ in range(2):
        times: list[float] = []
        found = replay(journal, times.append)
        assert found.differences == ()
        assert found.turns == found.made == len(turns) == len(comments) == 10
        assert len(times) == found.inputs > 12
        assert times == sorted(times)
    assert journal.read_bytes() == before


def test_a_tampered_journal_is_told_apart(journal: Path) -> None:
    """A changed answer, a changed comment, a Turn too few and one too many: each is found."""
    whole = journal.read_bytes()
    lines = whole.splitlines(keepends=True)
    answer = next(n for n, line in enumerate(lines) if line.startswith(b'{"turn"') and "现价129元".encode() in line)

    def told(*changed: bytes) -> tuple[tuple[Turn | None, Turn | None], ...]:
        journal.write_bytes(b"".join(changed))
        return replay(journal).differences

    ((recorded, made),) = told(*lines[:answer], lines[answer].replace(b"129", b"119"), *lines[answer + 1 :])
    assert recorded is not None
    assert made is not None
    assert "119" in recorded.answer
    assert "129" in made.answer
    assert told(whole.replace("L码还有吗".encode(), "M码还有吗".encode(), 1)) != ()
    last = max(n for n, line in enumerate(lines) if line.startswith(b'{"turn"'))
    assert told(*lines[:last], *lines[last + 1 :])[-1][0] is None, "a Turn is missing from the record"
    assert told(*lines, lines[last])[-1][1] is None, "a Turn was added to the record"
    with pytest.raises(JournalError, match=r"line 4 is damaged"):
        told(*lines[:3], b"{}\n", *lines[4:])


def test_credentials_come_from_the_environment_by_platform() -> None:
    """Each platform sees its own alone; one token serves those that have none."""
    environment = {
        "ZHUBO_TOKEN": "all", "ZHUBO_TWITCH_CLIENT_ID": "c", "ZHUBO_TWITCH_TOKEN": "t", "ZHUBO_KICK_TOKEN": "k",
    }  # fmt: skip
    assert credentials("twitch", environment) == {"token": "t", "client_id": "c"}
    assert credentials("kick", environment) == {"token": "k"}
    assert credentials("ws", environment) == {"token": "all"}


async def test_a_stopped_room_stays_stopped_when_the_front_starts_anew(tmp_path: Path) -> None:
    """A supervisor that starts us again does not undo what a person did; another mode does."""
    stopped = Stopped(tmp_path)
    stop = Ruling("demo", 1.0, Order("1", "anna", "moderator", SetMode("stopped")), True)
    stopped("demo", stop)
    assert Stopped(tmp_path).by("demo") == "anna" and not Stopped(tmp_path).by("other")
    stopped("demo", Ruling("demo", 2.0, Order("2", "bo", "moderator", SetMode("assist")), True))
    stopped("demo", msgspec.structs.replace(stop, again=True))
    assert not Stopped(tmp_path).by("demo")


async def test_a_broker_url_that_is_none_is_told_at_the_start(tmp_path: Path) -> None:
    """By name and with the fix, before a room opens."""
    for url in ("http://x", "mqtt://[::1", "mqtt://h:abc", "broker"):
        with pytest.raises(SettingsError, match="MQTT_URL.*Fix: give mqtt://"):
            await Front(Settings(data=str(tmp_path), mqtt_url=url)).run()


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"page_host": "0.0.0.0", "page_port": 1}, "page_host"), ({"mqtt_host": "::", "mqtt_port": 1}, "mqtt_host"),
        ({"mqtt_url": "mqtt://broker.example.com"}, "MQTT_URL"),
    ],
)  # fmt: skip
async def test_nothing_opens_to_others_while_nobody_is_named(more: dict[str, Any], words: str, tmp_path: Path) -> None:
    """The refusal says how to name somebody."""
    with pytest.raises(SettingsError, match=f"{words}.*ZHUBO_PEOPLE"):
        await Front(Settings(data=str(tmp_path), **more)).run()
