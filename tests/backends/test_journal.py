"""The journal on disk: what is written, what survives a crash, and what a reader says of a damaged file."""

import asyncio
import json
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import msgspec
import pytest

from bot.backends import journal as module
from bot.backends.journal import VERSION, Journal, read
from bot.domain.errors import JournalError
from bot.domain.inputs import Begin, End, Entry, Hear, Stocked
from bot.domain.policy import RoomPolicy
from bot.domain.ports import Caps
from bot.domain.turns import Turn
from bot.domain.views import RoomStatus
from tests.fakes import goods, heard


def begin(room: str = "demo") -> Entry:
    return Entry(1.0, Begin(room, RoomPolicy(), Caps()))


def entry(seq: int, text: str = "多少钱") -> Entry:
    return Entry(float(seq), Hear(heard(seq, text, at=float(seq))))


def turn(seq: int, room: str = "demo") -> Turn:
    return Turn(room, seq, f"c{seq}", f"v{seq}", "多少钱", "answered", "fact", 1.0, 1.5, 2.0, answer="现价129元")


@asynccontextmanager
async def running(journal: Journal) -> AsyncIterator[asyncio.Task[None]]:
    """The journal's task, as a front owns it."""
    task = asyncio.create_task(journal.run())
    await asyncio.sleep(0)
    try:
        yield task
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def until(condition: Callable[[], bool], within: float = 5.0) -> None:
    end = time.monotonic() + within
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        await asyncio.sleep(0.01)


async def test_what_was_told_is_read_again_in_order(tmp_path: Path) -> None:
    """Inputs and Turns come back equal and in the order they were told; views are not the journal's."""
    journal = Journal(tmp_path / "journal")
    told = [
        begin(),
        Entry(2.0, Stocked(goods())),
        entry(1, "M码还有吗\u2028'\"\\"),
        turn(1),
        entry(2),
        turn(2),
        Entry(9.0, End()),
    ]
    async with running(journal):
        for item in told:
            journal("demo", item)
        journal("demo", RoomStatus("demo", 2.0))
        journal("demo", heard(3))
    path = journal.path("demo")
    assert list(read(path)) == told
    assert json.loads(path.read_bytes().split(b"\n")[0]) == {"zhubo_journal": VERSION, "room": "demo"}
    assert journal.dropped == 0


async def test_lines_are_on_disk_soon_and_earlier_bytes_never_change(tmp_path: Path) -> None:
    """What was told is in the file within a moment; each later version of it begins with the earlier one."""
    journal = Journal(tmp_path)
    path, before = journal.path("demo"), b""
    async with running(journal):
        for seq in range(1, 4):
            journal("demo", entry(seq))
            journal("demo", turn(seq))
            await until(lambda seq=seq: path.read_bytes().count(b'"turn"') == seq)  # type: ignore[misc]
            assert path.read_bytes().startswith(before)
            before = path.read_bytes()
            assert before.endswith(b"\n")
    assert path.read_bytes() == before


async def test_a_stop_writes_the_rest_after_the_batch_under_way(tmp_path: Path) -> None:
    """A cancel while the disk is slow loses nothing and keeps the order."""
    began, go_on = threading.Event(), threading.Event()

    class Slow(Journal):
        def _write(self, batch: dict[str, bytearray]) -> None:
            if not began.is_set():
                began.set()
                go_on.wait(5)
            super()._write(batch)

    journal = Slow(tmp_path)
    told: list[Entry | Turn] = [begin(), entry(1), turn(1)]
    task = asyncio.create_task(journal.run())
    for item in told:
        journal("demo", item)
    await until(began.is_set)
    told += [entry(2), turn(2), Entry(9.0, End())]
    for item in told[3:]:
        journal("demo", item)
    task.cancel()
    await asyncio.sleep(0.01)
    go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert list(read(journal.path("demo"))) == told


async def test_two_rooms_have_two_files_also_when_their_names_look_the_same(tmp_path: Path) -> None:
    """Names that differ only in characters a file name cannot have do not share a file."""
    journal = Journal(tmp_path)
    async with running(journal):
        for number, room in enumerate(("a/b", "a:b", "../../a b", "直播间")):
            journal(room, entry(number))
    paths = [journal.path(room) for room in ("a/b", "a:b", "../../a b", "直播间")]
    assert len(set(paths)) == 4
    assert {path.parent for path in paths} == {tmp_path}
    assert [list(read(path)) for path in paths] == [[entry(number)] for number in range(4)]


async def test_two_fronts_of_the_same_second_do_not_share_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two processes with one data folder and rooms of one name, started in the same second, write two files."""
    monkeypatch.setattr(module.time, "strftime", lambda _: "20260101-200000")
    mine, yours = Journal(tmp_path), Journal(tmp_path)
    async with running(mine), running(yours):
        for seq in range(1, 4):
            mine("demo", entry(seq, "mine"))
            yours("demo", entry(seq, "yours"))
    assert mine.path("demo") != yours.path("demo")
    assert list(read(mine.path("demo"))) == [entry(seq, "mine") for seq in range(1, 4)]
    assert list(read(yours.path("demo"))) == [entry(seq, "yours") for seq in range(1, 4)]


async def test_an_unusable_folder_costs_counted_lines_and_stops_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """While the disk refuses, lines are dropped, counted and told once; when it is repaired, the journal goes on."""
    folder = tmp_path / "journal"
    folder.touch()  # a file where the folder should be
    journal = Journal(folder)
    async with running(journal) as task:
        for seq in range(1, 4):
            journal("demo", entry(seq))
            await until(lambda seq=seq: journal.dropped == seq)  # type: ignore[misc]
        assert not task.done()
        assert [r.levelname for r in caplog.records] == ["ERROR"]
        assert "lines are lost" in caplog.text
        folder.unlink()
        journal("demo", entry(4))
        await until(lambda: journal.path("demo").exists() and journal.path("demo").stat().st_size > 0)
    assert journal.dropped == 3
    assert list(read(journal.path("demo"))) == [entry(4)]


async def test_a_disk_that_takes_nothing_has_a_bounded_price(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the buffer lines are dropped and counted; those before it are written, whole."""
    monkeypatch.setattr(module, "BUFFER", 2000)
    journal = Journal(tmp_path)
    for seq in range(1, 101):
        journal("demo", entry(seq))
    assert 0 < journal.dropped < 100
    async with running(journal):
        pass
    assert list(read(journal.path("demo"))) == [entry(seq) for seq in range(1, 101 - journal.dropped)]


# --- reading ----------------------------------------------------------------------------------------------------------


def written(tmp_path: Path, *items: Entry | Turn) -> Path:
    """A journal with these lines, written by hand."""
    lines = [msgspec.json.encode({"zhubo_journal": VERSION, "room": "demo"})]
    lines += [msgspec.json.encode({"turn": i} if isinstance(i, Turn) else i) for i in items]
    path = tmp_path / "demo.jsonl"
    path.write_bytes(b"".join(line + b"\n" for line in lines))
    return path


def test_a_last_line_cut_off_by_a_crash_is_left_out(tmp_path: Path) -> None:
    """Wherever the last line was cut, the lines before it are read and nothing is raised."""
    told: list[Entry | Turn] = [begin(), entry(1), turn(1)]
    path = written(tmp_path, *told)
    whole = path.read_bytes()
    start = whole[:-1].rindex(b"\n") + 1
    for end in range(start, len(whole)):
        path.write_bytes(whole[:end])
        assert list(read(path)) == told[:-1]
    path.write_bytes(whole)
    assert list(read(path)) == told


@pytest.mark.parametrize(
    "damage",
    [b"\x00\x00\x00", b"{}", b'{"turn":{}}', b'{"at":1,"item":{"type":"party"}}', b"", b"\xff\xfe", b"[" * 20_000],
)
def test_a_damaged_line_is_named(tmp_path: Path, damage: bytes) -> None:
    """What comes before a damaged line is read; then the error names the file and the line as an editor counts it."""
    path = written(tmp_path, begin(), entry(1), entry(2))
    lines = path.read_bytes().split(b"\n")
    lines[2] = damage
    path.write_bytes(b"\n".join(lines))
    found = read(path)
    assert next(found) == begin()
    with pytest.raises(JournalError, match=r"demo\.jsonl: line 3 is damaged .*Fix: "):
        next(found)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b'{"zhubo_journal":2,"room":"demo"}\n',
        b'{"zhubo_journal":"1"}\n',
        b"SKU,price\n1,2\n",
        b"\x1f\x8b\x08\x00",
        b"[" * 70_000,
    ],
)
def test_what_is_no_journal_of_this_version_is_refused(tmp_path: Path, content: bytes) -> None:
    """An empty file, another version, a table and a compressed file are told apart from a damaged journal."""
    path = tmp_path / "other.jsonl"
    path.write_bytes(content)
    with pytest.raises(JournalError, match=r"other\.jsonl: not a zhubo journal of version 1\. Fix: "):
        list(read(path))


def test_what_cannot_be_opened_is_named(tmp_path: Path) -> None:
    """A missing file and a folder are ours to tell, not a traceback."""
    for path in (tmp_path / "none.jsonl", tmp_path):
        with pytest.raises(JournalError, match=r"cannot be read \(.*Fix: "):
            list(read(path))
