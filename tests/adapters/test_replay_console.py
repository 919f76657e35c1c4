"""The two adapters without a network: a journal played again, and a terminal."""

import asyncio
import io
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest

from adapters.console import Console, open_console, parse
from adapters.replay import Replay, open_journal
from bot.domain.errors import Fatal, RoomEnded, SettingsError
from bot.domain.events import Event, User
from bot.domain.inputs import Begin, End, Entry, Hear, Stocked
from bot.domain.policy import RoomPolicy
from bot.domain.ports import Caps, Outgoing, Session
from bot.domain.turns import Turn
from tests.fakes import goods, heard


class Ear:
    """A session that writes down what it is given; `waiting` is how many comments still wait for their end."""

    def __init__(self, waiting: int = 0) -> None:
        self.events: list[Event] = []
        self.times: list[float] = []
        self.readies = self.breaths = 0
        self.waiting = waiting

    def ready(self) -> None:
        self.readies += 1

    def emit(self, event: Event) -> None:
        assert self.readies, "an event before the connection was ready"
        self.events.append(event)
        self.times.append(time.monotonic())

    def malformed(self, why: str) -> None:
        raise AssertionError(why)

    def pending(self) -> int:
        return self.waiting

    async def breathe(self) -> None:
        self.breaths += 1
        await asyncio.sleep(0)


async def until(condition: Callable[[], bool], within: float = 5.0) -> None:
    end = time.monotonic() + within
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        await asyncio.sleep(0.005)


@asynccontextmanager
async def session(adapter: Replay | Console, ear: Ear) -> AsyncIterator[asyncio.Task[None]]:
    """The adapter's one connection as a task."""
    context: Session = ear
    task = asyncio.create_task(adapter.session(context))
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.wait([task])
        await adapter.aclose()


# --- replay -----------------------------------------------------------------------------------------------------------


def journal(tmp_path: Path, gap: float = 0.0) -> Path:
    """A journal with a room event, three comments `gap` seconds apart, an order and a Turn."""
    items: list[Entry | Turn] = [
        Entry(1.0, Begin("demo", RoomPolicy(), Caps())),
        Entry(1.0, Stocked(goods())),
        Entry(2.0, Hear(heard(1, at=2.0, kind="room", id="r1", product="1"))),
        Entry(2.0, Hear(heard(2, "多少钱", at=2.0, viewer="v7"))),
        Turn("demo", 2, "c2", "v7", "多少钱", "answered", "fact", 2.0, 2.0, 2.0, answer="现价129元"),
        Entry(2.0 + gap, Hear(heard(3, "M码还有吗", at=2.0 + gap), shed=True)),
        Entry(
            2.0 + 2 * gap, Hear(heard(4, "sold", at=2.0 + 2 * gap, kind="order", amount_minor=12900, currency="CNY"))
        ),
        Entry(2.0 + 2 * gap, Hear(heard(5, "lovely", at=2.0 + 2 * gap, backfill=True))),
        Entry(9.0, End()),
    ]
    path = tmp_path / "20260101-demo.jsonl"
    lines = [{"zhubo_journal": 1, "room": "demo"}, *({"turn": i} if isinstance(i, Turn) else i for i in items)]
    path.write_bytes(b"".join(msgspec.json.encode(line) + b"\n" for line in lines))
    return path


async def test_a_journal_is_played_in_its_order_and_nothing_but_events(tmp_path: Path) -> None:
    """Events come as they were, pseudonyms in place of users; Turns, catalogues and ends are not played."""
    ear = Ear()
    with pytest.raises(RoomEnded):
        await open_journal(f"replay:{journal(tmp_path)}?speed=0", {}).session(ear)
    assert [(e.kind, e.id, e.text) for e in ear.events] == [
        ("room", "r1", ""), ("comment", "c2", "多少钱"), ("comment", "c3", "M码还有吗"), ("order", "c4", "sold"),
        ("comment", "c5", "lovely"),
    ]  # fmt: skip
    assert ear.events[1].user == User("v7")
    assert (ear.events[0].product, ear.events[3].amount_minor, ear.events[3].currency) == ("1", 12900, "CNY")
    assert [e.backfill for e in ear.events] == [False, False, False, False, True]
    assert (ear.readies, ear.breaths) == (1, 5)


async def test_speed_sets_the_rhythm_and_0_means_at_once(tmp_path: Path) -> None:
    """Two pauses of 20 s last two times 50 ms at speed 400, and nothing at speed 0."""
    path = journal(tmp_path, gap=20.0)
    paced, at_once = Ear(), Ear()
    for ear, speed in ((paced, 400), (at_once, 0)):
        with pytest.raises(RoomEnded):
            await open_journal(f"replay:{path}?speed={speed}", {}).session(ear)
    gaps = [b - a for a, b in zip(paced.times, paced.times[1:], strict=False)]
    assert gaps[1] >= 0.049
    assert gaps[2] >= 0.049
    assert len(at_once.events) == len(paced.events) == 5
    assert at_once.times[-1] - at_once.times[0] < 0.1


async def test_the_room_ends_when_nothing_is_pending(tmp_path: Path) -> None:
    """After the last event the replayed room stays open until every comment has its end."""
    ear = Ear(waiting=2)
    async with session(open_journal(f"replay:{journal(tmp_path)}?speed=0", {}), ear) as task:
        await until(lambda: len(ear.events) == 5)
        for _ in range(10):
            await asyncio.sleep(0.01)
        assert not task.done()
        ear.waiting = 0
        with pytest.raises(RoomEnded, match="at its end"):
            await task


async def test_a_replayed_room_takes_every_line(tmp_path: Path) -> None:
    """Nobody reads there: what is sent is accepted under its own key."""
    adapter = open_journal(f"replay:{journal(tmp_path)}", {})
    receipt = await adapter.send(Outgoing("k1", "现价129元"))
    assert (receipt.key, receipt.outcome) == ("k1", "accepted")
    assert adapter.caps().official


@pytest.mark.parametrize("shape", ["replay:{}", "replay:{}?speed=2.5", "replay://{}?speed=0", "replay:{}?speed=0&x=1"])
def test_these_urls_are_rooms(tmp_path: Path, shape: str) -> None:
    """With one slash or three, with and without a speed, and with signs that a URL must quote."""
    folder = tmp_path / "直播 1"
    folder.mkdir()
    path = journal(folder)
    open_journal(shape.format(str(path).replace(" ", "%20")), {})


@pytest.mark.parametrize("query", ["?speed=fast", "?speed=-1", "?speed=nan", "?speed=inf", "?speed=1e6"])
def test_a_speed_that_is_none_is_refused_at_the_door(tmp_path: Path, query: str) -> None:
    """The error names the room and the fix."""
    with pytest.raises(SettingsError, match=r"room replay:.*speed.*Fix: "):
        open_journal(f"replay:{journal(tmp_path)}{query}", {})


@pytest.mark.parametrize(
    "content", [None, b"", b"hello\n", b'{"a":1}\n{"b":2}\n', b'{"zhubo_journal":9}\n', b"[" * 70_000]
)
def test_what_is_not_a_journal_is_refused_at_the_door(tmp_path: Path, content: bytes | None) -> None:
    """A missing file, and a file of another kind, end the start and not the show."""
    path = tmp_path / "other.jsonl"
    if content is not None:
        path.write_bytes(content)
    for room in (path, tmp_path):
        with pytest.raises(SettingsError, match=r"room replay:.*Fix: "):
            open_journal(f"replay:{room}", {})


@pytest.mark.parametrize("line", [b"\xff\xfe", b"{", b'{"item":{"type":"party"}}', b'{"item":5}', b"[" * 20_000, b""])
async def test_a_damaged_line_ends_the_room_with_a_reason(tmp_path: Path, line: bytes) -> None:
    """What comes before a hostile line is played; trying again cannot help."""
    path = journal(tmp_path)
    lines = path.read_bytes().split(b"\n")
    lines[4:4] = [line]
    path.write_bytes(b"\n".join(lines))
    ear = Ear()
    with pytest.raises(Fatal, match=r"demo\.jsonl: .*Fix: "):
        await open_journal(f"replay:{path}?speed=0", {}).session(ear)
    assert [e.id for e in ear.events] == ["r1"]


async def test_a_last_line_cut_off_by_a_crash_does_not_spoil_the_show(tmp_path: Path) -> None:
    """The journal of a process that was killed is played up to the cut."""
    path = journal(tmp_path)
    path.write_bytes(path.read_bytes()[:-9])
    ear = Ear()
    with pytest.raises(RoomEnded):
        await open_journal(f"replay:{path}?speed=0", {}).session(ear)
    assert len(ear.events) == 5


async def test_a_journal_that_vanishes_is_told(tmp_path: Path) -> None:
    """Between the door and the session a file may go."""
    path = journal(tmp_path)
    adapter = open_journal(f"replay:{path}", {})
    path.unlink()
    with pytest.raises(Fatal, match=r"cannot be read .*Fix: "):
        await adapter.session(Ear())


# --- console ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "kind", "who", "text"),
    [
        ("多少钱\n", "comment", "me", "多少钱"),
        ("  how much  \n", "comment", "me", "how much"),
        ("小美: 多少钱", "comment", "小美", "多少钱"),
        ("Ann-1：  size M?", "comment", "Ann-1", "size M?"),
        ("https://example.org/3", "comment", "me", "https://example.org/3"),
        ("12:30 发货吗", "comment", "me", "12:30 发货吗"),
        ("a b: hello", "comment", "me", "a b: hello"),
        (f"{'长' * 21}: hello", "comment", "me", f"{'长' * 21}: hello"),
        ("/ 3", "comment", "me", "/ 3"),
        ("1/2 off?", "comment", "me", "1/2 off?"),
    ],
)
def test_a_typed_line_is_a_comment(line: str, kind: str, who: str, text: str) -> None:
    """`NAME: text` says who writes; anything that only looks like it is all text."""
    event = parse(line, 4)
    assert event is not None
    assert (event.kind, event.id, event.user, event.text) == (kind, "line-4", User(who, who), text)


def test_a_slash_puts_a_product_on_screen_and_an_empty_line_is_nothing() -> None:
    """`/3` and `/D101` name a product by number and by id."""
    for line, product in (("/3\n", "3"), (" /D101 ", "D101")):
        event = parse(line, 2)
        assert event is not None
        assert (event.kind, event.id, event.product, event.user) == ("room", "room-2", product, None)
    assert parse("", 1) is parse(" \t\r\n", 1) is None


def typed(monkeypatch: pytest.MonkeyPatch, raw: bytes) -> None:
    """Standard input with these bytes, read as strictly as a UTF-8 terminal's."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw), encoding="utf-8", errors="strict"))


async def test_lines_come_in_order_and_quit_waits_for_the_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """After /quit nothing more is read, and the room stays open until no comment waits."""
    typed(monkeypatch, "/3\n\n多少钱\n小美: M码还有吗\n/quit\nnever heard\n".encode())
    ear = Ear(waiting=1)
    async with session(open_console("console:", {}), ear) as task:
        await until(lambda: len(ear.events) == 3)
        for _ in range(10):
            await asyncio.sleep(0.01)
        assert not task.done()
        ear.waiting = 0
        with pytest.raises(RoomEnded):
            await task
    assert [(e.kind, e.id, e.text or e.product) for e in ear.events] == [
        ("room", "room-1", "now showing 3"), ("comment", "line-3", "多少钱"), ("comment", "line-4", "M码还有吗"),
    ]  # fmt: skip


async def test_the_end_of_the_input_ends_the_room(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pipe needs no /quit, nor a line break at its end."""
    typed(monkeypatch, "多少钱".encode())
    ear = Ear()
    with pytest.raises(RoomEnded, match="input ended"):
        await open_console("console:", {}).session(ear)
    assert [e.text for e in ear.events] == ["多少钱"]


async def test_hostile_bytes_do_not_end_the_input(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bytes that are no UTF-8, control characters and a very long line are comments like others."""
    typed(monkeypatch, b"\xff\xfe\xd6\xd0\n\x00\x1b[2J\n" + b"x" * 300_000 + b"\n" + "多少钱\n".encode())
    ear = Ear()
    with pytest.raises(RoomEnded):
        await open_console("console:", {}).session(ear)
    assert [e.kind for e in ear.events] == ["comment"] * 4
    assert ear.events[-1].text == "多少钱"
    for event in ear.events:
        event.text.encode()  # no half characters that a journal could not take


async def test_a_flood_from_a_pipe_waits_its_turn_and_is_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """More lines than the queue holds arrive all, in order."""
    typed(monkeypatch, b"".join(b"line %d\n" % n for n in range(3000)))
    ear = Ear()
    with pytest.raises(RoomEnded):
        await open_console("console:", {}).session(ear)
    assert [e.text for e in ear.events] == [f"line {n}" for n in range(3000)]


async def test_answers_are_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sent line appears at once and counts as seen."""
    screen = io.StringIO()
    monkeypatch.setattr(sys, "stdout", screen)
    receipt = await open_console("console:", {}).send(Outgoing("k1", "现价129元"))
    assert (receipt.key, receipt.outcome) == ("k1", "confirmed")
    assert screen.getvalue() == "  助播> 现价129元\n"
