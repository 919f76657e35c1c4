"""A day's record of a room, to hand over: the chain as it is, a table that people read, and what the check found."""

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from bot.backends.record.chain import Line, decode
from bot.backends.record.check import Verified, verify
from bot.backends.record.write import folder_name
from bot.domain.errors import JournalError

_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_HEADINGS = (
    "time / 时间 (UTC)",
    "what / 类别",
    "comment / 弹幕",
    "outcome / 结果",
    "reason / 原因",
    "words / 内容",
    "by / 处理人",
)


def days(folder: Path, room: str) -> tuple[str, ...]:
    """Return the days of which there is a record, the newest first."""
    return tuple(sorted((path.stem for path in (folder / folder_name(room)).glob("*.jsonl")), reverse=True))


def export(folder: Path, room: str, day: str) -> bytes:
    """Return a ZIP file of a day's record.

    Args:
        folder: where records are kept.
        day: such as "2026-11-27"; UTC, as the files are named.

    Raises:
        JournalError: there is none of that day.
    """
    path = folder / folder_name(room) / f"{day}.jsonl"
    if not _DAY.fullmatch(day) or not path.is_file():
        known = ", ".join(days(folder, room)[:5]) or "none yet"
        raise JournalError(f"room {room}, day {day[:20]}: no record. Fix: choose one of these days: {known}.")
    found = verify(path)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        file.write(path, f"{day}.jsonl")
        file.writestr(f"{day}.csv", "\ufeff" + _table(path))
        file.writestr("verification.txt", _found(room, day, found))
    return packed.getvalue()


def _found(room: str, day: str, found: Verified) -> str:
    whole = not found.problems
    lines = [
        f"room / 直播间: {room}",
        f"day / 日期 (UTC): {day}",
        f"lines / 记录条数: {found.lines}",
        f"of forgotten viewers / 已按要求删除的观众: {found.forgotten}",
        f"last hash / 末条哈希 (SHA-256): {found.last}",
        "the chain holds / 链条完整" if whole else "NOT WHOLE / 记录不完整或被改动:",
        *(f"  line {number}: {problem}" for _, number, problem in found.problems[:1000]),
        f"check again / 重新核对: zhubo verify {day}.jsonl",
    ]
    return "\n".join(lines) + "\n"


def _table(path: Path) -> str:
    written = io.StringIO()
    rows = csv.writer(written)
    rows.writerow(_HEADINGS)
    for line in _lines(path):
        did: dict[str, Any] = msgspec.json.decode(line.did)
        at = datetime.fromtimestamp(line.at, UTC).isoformat(timespec="milliseconds")
        rows.writerow(map(_plain, (at, line.what, (line.who or {}).get("text", ""), *_row(line.what, did))))
    return written.getvalue()


def _plain(cell: object) -> str:
    """A viewer's words must not become a spreadsheet's formula."""
    text = str(cell)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def _row(what: str, did: dict[str, Any]) -> tuple[str, str, str, str]:
    if what == "ruling":
        order = did["order"]
        done = "done" if did["done"] else "refused"
        return f"{order['command']['do']}: {done}", did.get("why", ""), did.get("line", ""), order["by"]
    if what in ("correction", "announced"):
        return did["fate"], did.get("product", ""), did["line"], did.get("by", "")
    if what == "turn":
        return did["fate"], did["reason"], did.get("answer", ""), ""
    return "", "", msgspec.json.encode(did).decode(), ""


def _lines(path: Path) -> Iterator[Line]:
    with path.open("rb") as file:
        for raw in file:
            try:
                yield decode(raw)
            except msgspec.DecodeError:
                continue  # damaged: the check says so
