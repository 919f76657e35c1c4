"""The journal: every input of a room with its time, and every Turn, one JSON line each, only ever appended.

    {"zhubo_journal": 1, "room": "…"}
    {"at": 1763900000.123, "item": {"type": "hear", …}}
    {"turn": {…}}
    {"suggested": {…}}

Inputs alone are enough to make the same decisions again; the Turns beside them let a replay prove it.
"""

import asyncio
import logging
import os
import re
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec

from bot.domain.errors import JournalError
from bot.domain.inputs import Entry
from bot.domain.learning import Suggested
from bot.domain.turns import Turn

log = logging.getLogger(__name__)

VERSION = 1
FLUSH_EVERY = 0.1  # seconds; what a kill -9 may cost
BUFFER = 64 * 1024 * 1024  # bytes kept while the disk does not take them; beyond it lines are dropped and counted

_encoder = msgspec.json.Encoder()


class _Line(msgspec.Struct, omit_defaults=True):
    at: float | None = None
    item: msgspec.Raw = msgspec.Raw(b"")
    turn: Turn | None = None
    suggested: Suggested | None = None
    zhubo_journal: int = 0


_line = msgspec.json.Decoder(_Line).decode
_entry = msgspec.json.Decoder(Entry).decode


class Journal:
    """Writes the journals of a front's rooms: an Observer.

    Attributes:
        dropped: lines lost because the disk did not take them.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._buffers: dict[str, bytearray] = {}
        self._paths: dict[str, Path] = {}
        self._size = self.dropped = 0
        self._failing = False

    def path(self, room: str) -> Path:
        """Return the file of a room's journal of this run."""
        if room not in self._paths:
            name = re.sub(r"[^\w.-]+", "-", room).strip("-")[:80] or "room"
            stamp = time.strftime("%Y%m%d-%H%M%S")
            path, n = self._folder / f"{stamp}-{name}.jsonl", 1
            while not _claim(path) or path in self._paths.values():
                path, n = self._folder / f"{stamp}-{name}-{n}.jsonl", n + 1
            self._paths[room] = path
        return self._paths[room]

    def __call__(self, room: str, item: object) -> None:
        """Keep inputs and Turns; other items are not the journal's."""
        if isinstance(item, Entry):
            self.path(room)
            self._add(room, _encoder.encode(item))
        elif isinstance(item, Turn | Suggested):
            self.path(room)
            head = b'{"turn":' if isinstance(item, Turn) else b'{"suggested":'
            self._add(room, head + _encoder.encode(item) + b"}")

    async def run(self) -> None:
        """Write to disk until cancelled, then write the rest."""
        writing: asyncio.Task[None] | None = None
        try:
            while True:
                await asyncio.sleep(FLUSH_EVERY)
                batch, self._buffers, self._size = self._buffers, {}, 0
                if batch:
                    writing = asyncio.create_task(asyncio.to_thread(self._write, batch))
                    await asyncio.shield(writing)
        finally:
            if writing:
                await writing  # a batch under way comes before the rest
            batch, self._buffers, self._size = self._buffers, {}, 0
            self._write(batch)

    def _add(self, room: str, line: bytes) -> None:
        if self._size > BUFFER:
            self.dropped += 1
            return
        buffer = self._buffers.setdefault(room, bytearray())
        buffer += line
        buffer += b"\n"
        self._size += len(line) + 1

    def _write(self, batch: dict[str, bytearray]) -> None:
        for room, lines in batch.items():
            size = 0
            try:
                self._folder.mkdir(parents=True, exist_ok=True)
                with self._paths[room].open("ab") as file:
                    size = file.tell()
                    if not size:
                        file.write(_encoder.encode({"zhubo_journal": VERSION, "room": room}) + b"\n")
                    file.write(lines)
                if self._failing:
                    log.warning("journal %s: written again; %d lines were lost", self._paths[room], self.dropped)
                self._failing = False
            except OSError as error:
                with suppress(OSError):
                    os.truncate(self._paths[room], size)  # half a line would spoil the next one
                self.dropped += lines.count(b"\n")
                if not self._failing:
                    log.error("journal %s: %s; lines are lost until this is repaired", self._paths[room], error)
                self._failing = True


def _claim(path: Path) -> bool:
    """Create the file, so that nobody else takes its name; False when it is there. A refusing disk is told later."""
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            path.touch(exist_ok=False)
        except FileExistsError:
            return False
    return True


def read(path: Path) -> Iterator[Entry | Turn]:
    """Read a journal's inputs and Turns line by line. A last line that was cut off by a crash is left out.

    Raises:
        JournalError: not there, not a journal, of another version, or damaged; names the line.
    """
    return (item for item in read_all(path) if not isinstance(item, Suggested))


def read_all(path: Path) -> Iterator[Entry | Turn | Suggested]:
    """Read all of a journal, as `read` does."""
    try:
        with path.open("rb") as file:
            head = file.readline(65536)
            _check_head(path, head)
            for number, raw in enumerate(file, 2):
                if not raw.endswith(b"\n"):
                    return
                try:
                    line = _line(raw)
                    yield line.turn or line.suggested or _entry(raw)
                except (msgspec.DecodeError, RecursionError) as error:
                    raise JournalError(
                        f"{path}: line {number} is damaged ({error}). Fix: restore it from a copy."
                    ) from error
    except OSError as error:
        raise JournalError(
            f"{path}: cannot be read ({error.strerror}). Fix: check the path; see `zhubo replay --help`."
        ) from error


def forget(path: Path, viewer: str) -> int:
    """Take what a viewer said, and who said it, out of a journal; returns lines changed.

    Such a journal may no longer replay to the same Turns: what was forgotten was part of what decided them.
    """
    lines, changed = path.read_bytes().splitlines(keepends=True), 0
    for i, raw in enumerate(lines):
        if viewer.encode() in raw and raw.endswith(b"\n"):
            lines[i], changed = _encoder.encode(_without(msgspec.json.decode(raw), viewer)) + b"\n", changed + 1
    if changed:
        new = path.with_suffix(".new")
        new.write_bytes(b"".join(lines))
        new.replace(path)
    return changed


def _without(value: Any, viewer: str) -> Any:
    """Return a decoded line without a viewer: their words empty, their name gone, wherever it stands."""
    if isinstance(value, list):
        return [_without(v, viewer) for v in value]
    if not isinstance(value, dict):
        return value
    mine = value.get("viewer") == viewer
    kept = {k: _without(v, viewer) for k, v in value.items() if k != viewer}
    return kept | ({"viewer": "", "text": ""} if mine else {})


def _check_head(path: Path, head: bytes) -> None:
    try:
        version = _line(head).zhubo_journal
    except (msgspec.DecodeError, RecursionError):
        version = 0
    if version != VERSION:
        raise JournalError(
            f"{path}: not a zhubo journal of version {VERSION}. Fix: give a .jsonl file of the data folder's journal/."
        )
