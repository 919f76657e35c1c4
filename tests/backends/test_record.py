"""The record: a chain that shows every change, and from which a viewer can be taken."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.backends import record
from bot.backends.record import Record, verify
from bot.domain.desk import Order, Ruling, TakeOver
from bot.domain.errors import JournalError
from bot.domain.inputs import Begin, Entry, Hear, Stocked
from bot.domain.policy import RoomPolicy
from bot.domain.ports import Caps
from bot.domain.turns import Correction, Fact, Turn
from tests.fakes import goods, heard

DAY = 86_400.0


def turn(seq: int, text: str = "多少钱", viewer: str = "v" + "1" * 16, at: float = 1000.0) -> Turn:
    return Turn("hall", seq, f"c{seq}", viewer, text, "answered", "sent", at, at, at + 0.5)


async def written(folder: Path, *items: object, room: str = "hall") -> Path:
    """Write items as one run of a front does."""
    observer = Record(folder)
    running = asyncio.create_task(observer.run())
    await asyncio.sleep(0)
    for item in items:
        observer(room, item)
    running.cancel()
    await asyncio.wait([running])
    assert observer.dropped == 0
    return folder / room


async def test_what_came_in_and_what_was_done_is_chained_over_runs_and_days(tmp_path: Path) -> None:
    """Turns, corrections, catalogue and rules; not every comment twice. The next run and the next day carry on."""
    wrong = (Fact("shirt", "price", "129 CNY"),)
    await written(
        tmp_path,
        Entry(999.0, Begin("hall", RoomPolicy(), Caps())), Entry(999.0, Stocked(goods())),
        Entry(1000.0, Hear(heard(1, "多少钱"))), turn(1),
        Correction("hall", 1001.0, "shirt", "zh", ("q1",), 1, wrong, "更新：…", (), "sent", 1000.5, 2),
    )  # fmt: skip
    folder = await written(tmp_path, turn(2), turn(3, at=1000.0 + DAY))
    assert len(list(folder.glob("*.jsonl"))) == 2
    found = verify(folder)
    assert (found.lines, found.problems) == (6, [])


def cut(lines: list[bytes]) -> list[bytes]:
    return lines[:2] + lines[3:]


def swap(lines: list[bytes]) -> list[bytes]:
    return [lines[0], lines[2], lines[1], *lines[3:]]


def edit(lines: list[bytes]) -> list[bytes]:
    return [*lines[:2], lines[2].replace(b'"answered"', b'"ignored"'), *lines[3:]]


def reword(lines: list[bytes]) -> list[bytes]:
    return [*lines[:2], lines[2].replace("多少钱".encode(), "免费吗".encode()), *lines[3:]]


def add(lines: list[bytes]) -> list[bytes]:
    return [*lines[:3], lines[2], *lines[3:]]


def spoil(lines: list[bytes]) -> list[bytes]:
    return [*lines[:2], b'{"n":3}\n', *lines[3:]]


def behead(lines: list[bytes]) -> list[bytes]:
    return lines[1:]


@pytest.mark.parametrize("change", [cut, swap, edit, reword, add, spoil, behead])
async def test_a_changed_missing_or_moved_line_is_found(
    tmp_path: Path, change: Callable[[list[bytes]], list[bytes]]
) -> None:
    """Whatever is done to a line, and nothing in an untouched file."""
    folder = await written(tmp_path, *[turn(n) for n in range(1, 7)])
    (path,) = folder.glob("*.jsonl")
    lines = path.read_bytes().splitlines(keepends=True)
    assert verify(folder).problems == []
    path.write_bytes(b"".join(change(lines)))
    assert verify(folder).problems != []


async def test_text_that_tries_to_break_the_format_stays_text(tmp_path: Path) -> None:
    """Quotes, newlines, a forged hash and a forged line in a comment change nothing."""
    evil = '"}\n{"n":2,"hash":"' + "0" * 64 + '","who":null}\n\u2028\x00'
    folder = await written(tmp_path, turn(1, evil), turn(2))
    found = verify(folder)
    assert (found.lines, found.problems) == (2, [])


async def test_a_forgotten_viewer_leaves_a_chain_that_closes(tmp_path: Path) -> None:
    """Words, name and id go; that something was decided stays provable."""
    me, other = "v" + "a" * 16, "v" + "b" * 16
    folder = await written(tmp_path, turn(1, "我的秘密", me), turn(2, "多少钱", other), turn(3, "再见", me))
    assert record.forget(tmp_path, me) == 2
    (path,) = folder.glob("*.jsonl")
    left = path.read_text(encoding="utf-8")
    assert "秘密" not in left and me not in left and other in left
    found = verify(folder)
    assert (found.lines, found.forgotten, found.problems) == (3, 2, [])
    await written(tmp_path, turn(4))
    assert verify(folder).problems == []


def test_nothing_to_verify_is_told(tmp_path: Path) -> None:
    """With the fix."""
    for path in (tmp_path, tmp_path / "no.jsonl"):
        with pytest.raises(JournalError, match="Fix"):
            verify(path)


async def test_a_disk_that_refuses_counts_what_is_lost(tmp_path: Path) -> None:
    """The room is not held up, and the chain goes on where it can."""
    (tmp_path / "hall").write_text("in the way")
    observer = Record(tmp_path)
    running = asyncio.create_task(observer.run())
    await asyncio.sleep(0)
    observer("hall", turn(1))
    running.cancel()
    await asyncio.wait([running])
    assert observer.dropped == 1


def test_a_viewer_who_was_taken_over_can_be_forgotten_too(tmp_path: Path) -> None:
    """A ruling names its viewer outside the chain, like a comment does."""
    kept = Record(tmp_path)
    order = Order("o1", "anna", "moderator", TakeOver("viewer", "v0123456789abcdef"))
    kept("r", Ruling("r", 1000.0, order, True))
    kept._write(kept._waiting)
    (file,) = tmp_path.rglob("*.jsonl")
    assert b"v0123456789abcdef" in file.read_bytes() and b"anna" in file.read_bytes()
    assert record.forget(tmp_path, "v0123456789abcdef") == 1
    assert b"v0123456789abcdef" not in file.read_bytes() and not verify(file).problems
