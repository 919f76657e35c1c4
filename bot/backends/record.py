"""The record: what came in, what was done, by which rule and when, one hash-chained file per room and day.

直播电商监督管理办法 (in force 2026-02-01), Art. 31, wants a room's operator to keep what was done about its
interaction; this is the file to hand over. Each line carries the SHA-256 of the line before, so that a changed,
missing or moved line shows; the first line of a day carries on from the day before.

    {"n":7,"at":1763900000.1,"what":"turn","about":"5f…","prev":"9a…","did":{…},"hash":"c3…","who":{…}}

`hash` is the SHA-256 of everything before it, byte for byte.

Who said what stands in `who`, outside the chain: the chain holds its salted digest (`about`) alone. A viewer can so be
forgotten and the chain still closes. A chain cannot show that its own end was cut off: keep the last hash, which
`zhubo verify` prints, in another place.
"""

import asyncio
import logging
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec

from bot.domain.errors import JournalError
from bot.domain.inputs import Begin, End, Entry, Linked, Ruled, Stocked
from bot.domain.turns import Correction, Turn

log = logging.getLogger(__name__)

FLUSH_EVERY = 0.2  # seconds
MOST = 50_000  # lines kept while the disk does not take them; beyond it they are dropped and counted
DAY = 86_400  # seconds
START = "0" * 64

_encoder = msgspec.json.Encoder(order="deterministic")


class _Line(msgspec.Struct):
    n: int
    at: float
    what: str
    did: msgspec.Raw
    about: str
    prev: str
    hash: str
    who: dict[str, Any] | None = None


_decode = msgspec.json.Decoder(_Line).decode


class Record:
    """Writes the records of a front's rooms: an Observer.

    Attributes:
        dropped: lines lost because the disk did not take them.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._waiting: list[tuple[str, Entry | Turn | Correction]] = []
        self._ends: dict[str, tuple[int, str]] = {}
        self._paths: dict[tuple[str, int], Path] = {}
        self.dropped = 0
        self._failing = False

    def __call__(self, room: str, item: object) -> None:
        """Keep decisions, corrections and what put the room in another state."""
        if isinstance(item, Entry) and isinstance(item.item, _NEWS) or isinstance(item, Turn | Correction):
            self._add(room, item)

    async def run(self) -> None:
        """Write to disk until cancelled, then write the rest."""
        writing: asyncio.Task[None] | None = None
        try:
            while True:
                await asyncio.sleep(FLUSH_EVERY)
                batch, self._waiting = self._waiting, []
                if batch:
                    writing = asyncio.create_task(asyncio.to_thread(self._write, batch))
                    await asyncio.shield(writing)
        finally:
            if writing:
                await writing
            batch, self._waiting = self._waiting, []
            self._write(batch)

    def _add(self, room: str, item: Entry | Turn | Correction) -> None:
        if len(self._waiting) >= MOST:
            self.dropped += 1
            return
        self._waiting.append((room, item))

    def _write(self, batch: list[tuple[str, Entry | Turn | Correction]]) -> None:
        files: dict[Path, list[bytes]] = {}
        rooms: dict[str, tuple[int, str]] = {}
        for room, item in batch:
            n, prev = rooms.get(room) or self._end(room)
            at, what, did, who = _told(item)
            line, digest = _chained(n + 1, at, what, did, who, prev)
            rooms[room] = n + 1, digest
            files.setdefault(self._path(room, at), []).append(line)
        sizes: dict[Path, int] = {}
        try:
            for path, lines in files.items():
                path.parent.mkdir(parents=True, exist_ok=True)
                with path.open("ab") as file:
                    sizes[path] = file.tell()
                    file.write(b"".join(lines))
            self._ends |= rooms
            if self._failing:
                log.warning("record %s: written again; %d lines were lost", self._folder, self.dropped)
            self._failing = False
        except OSError as error:
            for path, size in sizes.items():
                with suppress(OSError):
                    os.truncate(path, size)  # all or nothing: the chain goes on from the last whole batch
            self.dropped += len(batch)
            if not self._failing:
                log.error("record %s: %s; lines are lost until this is repaired", self._folder, error)
            self._failing = True

    def _end(self, room: str) -> tuple[int, str]:
        """Return number and hash of the last line of a room, from its newest file when this run wrote none yet."""
        if room not in self._ends:
            last: tuple[int, str] = 0, START
            for path in sorted((self._folder / _plain(room)).glob("*.jsonl"), reverse=True):
                if found := _last_whole(path):
                    last = found.n, found.hash
                    break
            self._ends[room] = last
        return self._ends[room]

    def _path(self, room: str, at: float) -> Path:
        day = int(at // DAY)
        if (room, day) not in self._paths:
            name = f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d}.jsonl"
            self._paths[room, day] = self._folder / _plain(room) / name
        return self._paths[room, day]


def _last_whole(path: Path) -> _Line | None:
    """Return the last line of a file; half a line behind it, left by a crash, is cut off."""
    with suppress(OSError):
        size = path.stat().st_size
        with path.open("rb") as file:
            file.seek(max(0, size - (1 << 20)))
            tail = file.read()
        whole = tail[: tail.rfind(b"\n") + 1]
        if len(whole) < len(tail):
            os.truncate(path, size - len(tail) + len(whole))
        with suppress(msgspec.DecodeError):
            return _decode(whole.splitlines()[-1]) if whole else None
    return None


def _plain(room: str) -> str:
    return re.sub(r"[^\w.-]+", "-", room).strip("-.")[:80] or "room"


def _told(item: Entry | Turn | Correction) -> tuple[float, str, object, dict[str, str]]:
    """Return when, what kind of line, what was done, and who said what."""
    if isinstance(item, Entry):
        return item.at, *_news(item.item), {}
    if isinstance(item, Correction):
        return item.at, "correction", item, {}
    who = {"id": item.id, "text": item.text, "viewer": item.viewer}
    return item.ended, "turn", msgspec.structs.replace(item, id="", text="", viewer=""), who


_NEWS = (Begin, End, Linked, Stocked, Ruled)


def _news(item: object) -> tuple[str, dict[str, Any]]:
    match item:
        case Begin(_, policy, _):
            return "begin", {"policy": msgspec.to_builtins(policy)}
        case Linked(up, _):
            return "link", {"up": up}
        case Stocked(catalogue):
            digest = sha256(_encoder.encode(catalogue.products)).hexdigest()
            return "catalogue", {"version": catalogue.version, "products": len(catalogue.products), "sha256": digest}
        case Ruled(table):
            digest = sha256(_encoder.encode(table)).hexdigest()
            return "rules", {"version": table.version, "rules": len(table.rules), "sha256": digest}
    return "end", {}


def _body(n: int, at: float, what: str, about: str, prev: str, did: bytes) -> bytes:
    """Write what a line's hash is made of."""
    return b'{"n":%d,"at":%b,"what":"%b","about":"%b","prev":"%b","did":%b,' % (
        n, _encoder.encode(at), what.encode(), about.encode(), prev.encode(), did,
    )  # fmt: skip


def _line(body: bytes, digest: str, who: dict[str, Any] | None) -> bytes:
    return b'%b"hash":"%b","who":%b}\n' % (body, digest.encode(), _encoder.encode(who))


def _chained(n: int, at: float, what: str, did: object, who: dict[str, str], prev: str) -> tuple[bytes, str]:
    about = ""
    if who:
        who = {**who, "salt": secrets.token_hex(16)}
        about = sha256(_encoder.encode(who)).hexdigest()
    body = _body(n, at, what, about, prev, _encoder.encode(did))
    digest = sha256(body).hexdigest()
    return _line(body, digest, who or None), digest


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
                line = _decode(raw)
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


def _wrong(line: _Line, expected: tuple[int, str] | None) -> str:
    body = _body(line.n, line.at, line.what, line.about, line.prev, bytes(line.did))
    if sha256(body).hexdigest() != line.hash:
        return "changed: the line does not have the hash it claims"
    if expected and line.prev != expected[1]:
        missing = line.n - expected[0]
        return f"{missing} line(s) missing before it" if missing > 0 else "moved, or one before it was changed"
    if line.who is not None and sha256(_encoder.encode(line.who)).hexdigest() != line.about:
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
                line = _decode(raw)
            except msgspec.DecodeError:
                kept.append(raw)  # damaged: `verify` tells
                continue
            if line.who and line.who.get("viewer") == viewer:
                body = _body(line.n, line.at, line.what, line.about, line.prev, bytes(line.did))
                raw, changed = _line(body, line.hash, None), changed + 1
            kept.append(raw)
        new = path.with_suffix(".new")
        new.write_bytes(b"".join(kept))
        new.replace(path)
    return changed
