"""Checking a record, taking a viewer out of it, and handing a day over."""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import msgspec

from bot.backends.record.chain import START, Line, body_of, decode, encoder, line_of
from bot.domain.errors import JournalError


class Verified(msgspec.Struct):
    """What a check found.

    Attributes:
        lines: lines read; `forgotten` those whose viewer was forgotten.
        last: hash of the last line, to be kept elsewhere.
        problems: (file, line, what is wrong).
    """

    lines: int = 0
    forgotten: int = 0
    last: str = START
    problems: list[tuple[Path, int, str]] = []


def verify(path: Path) -> Verified:
    """Check a day's file, or all days of a room's folder in order.

    A single day is checked from its first line on; that it carries on from the day before shows only with the folder.

    Raises:
        JournalError: nothing to read.
    """
    files = sorted(path.glob("*.jsonl")) if path.is_dir() else [path]
    if not files or not all(f.is_file() for f in files):
        raise JournalError(f"{path}: no record. Fix: give a file or a room's folder under the data folder's record/.")
    found = Verified()
    expected: tuple[int, str] | None = (1, START) if path.is_dir() else None
    for file in files:
        for number, raw in enumerate(_lines(file), 1):
            try:
                line = decode(raw)
            except (msgspec.DecodeError, RecursionError) as error:
                found.problems.append((file, number, f"unreadable: {error}"))
                expected = None
                continue
            if problem := _wrong(line, expected):
                found.problems.append((file, number, problem))
            expected = line.n + 1, line.hash
            found.lines += 1
            found.forgotten += bool(line.about) and line.who is None
            found.last = line.hash
    return found


def _lines(file: Path) -> Iterator[bytes]:
    with file.open("rb") as opened:
        yield from opened


def _wrong(line: Line, expected: tuple[int, str] | None) -> str:
    body = body_of(line.n, line.at, line.what, line.about, line.prev, bytes(line.did))
    if sha256(body).hexdigest() != line.hash:
        return "changed: the line does not have the hash it claims"
    if expected and line.prev != expected[1]:
        missing = line.n - expected[0]
        return f"{missing} line(s) missing before it" if missing > 0 else "moved, or one before it was changed"
    if line.who is not None and sha256(encoder.encode(line.who)).hexdigest() != line.about:
        return "changed: who said what does not match its digest"
    return ""


def forget(folder: Path, viewer: str) -> int:
    """Take what a viewer said out of every record below `folder`; the chains still close. Returns lines changed."""
    changed = 0
    for path in folder.rglob("*.jsonl"):
        lines = path.read_bytes().splitlines(keepends=True)
        if not any(viewer.encode() in line for line in lines):
            continue
        kept: list[bytes] = []
        for raw in lines:
            try:
                line = decode(raw)
            except msgspec.DecodeError:
                kept.append(raw)  # damaged: `verify` tells
                continue
            if line.who and line.who.get("viewer") == viewer:
                body = body_of(line.n, line.at, line.what, line.about, line.prev, bytes(line.did))
                raw, changed = line_of(body, line.hash, None), changed + 1
            kept.append(raw)
        new = path.with_suffix(".new")
        new.write_bytes(b"".join(kept))
        new.replace(path)
    return changed
