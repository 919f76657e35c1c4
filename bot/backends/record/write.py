"""The writer of records: an Observer."""

import asyncio
import logging
import os
import re
from contextlib import suppress
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec

from bot.backends.record.chain import START, Line, chained, decode, encoder
from bot.domain.desk import Ruling, TakeOver
from bot.domain.inputs import Begin, End, Entry, Linked, Ruled, Stocked
from bot.domain.turns import Announced, Correction, Turn

log = logging.getLogger(__name__)

FLUSH_EVERY = 0.2  # seconds
MOST = 50_000  # lines kept while the disk does not take them; beyond it they are dropped and counted
DAY = 86_400  # seconds
Kept = Turn | Correction | Ruling | Announced


class Record:
    """Writes the records of a front's rooms: an Observer.

    Attributes:
        dropped: lines lost because the disk did not take them.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._waiting: list[tuple[str, Entry | Kept]] = []
        self._ends: dict[str, tuple[int, str]] = {}
        self._paths: dict[tuple[str, int], Path] = {}
        self.dropped = 0
        self._failing = False

    def __call__(self, room: str, item: object) -> None:
        """Keep decisions, corrections and what put the room in another state."""
        if (
            isinstance(item, Entry)
            and isinstance(item.item, _NEWS)
            or isinstance(item, Kept)
            and not (isinstance(item, Ruling) and item.again)
        ):
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

    def _add(self, room: str, item: Entry | Kept) -> None:
        if len(self._waiting) >= MOST:
            self.dropped += 1
            return
        self._waiting.append((room, item))

    def _write(self, batch: list[tuple[str, Entry | Kept]]) -> None:
        files: dict[Path, list[bytes]] = {}
        rooms: dict[str, tuple[int, str]] = {}
        for room, item in batch:
            n, prev = rooms.get(room) or self._end(room)
            at, what, did, who = _told(item)
            line, digest = chained(n + 1, at, what, did, who, prev)
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
            for path in sorted((self._folder / folder_name(room)).glob("*.jsonl"), reverse=True):
                if found := _last_whole(path):
                    last = found.n, found.hash
                    break
            self._ends[room] = last
        return self._ends[room]

    def _path(self, room: str, at: float) -> Path:
        day = int(at // DAY)
        if (room, day) not in self._paths:
            name = f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d}.jsonl"
            self._paths[room, day] = self._folder / folder_name(room) / name
        return self._paths[room, day]


def _last_whole(path: Path) -> Line | None:
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
            return decode(whole.splitlines()[-1]) if whole else None
    return None


def folder_name(room: str) -> str:
    return re.sub(r"[^\w.-]+", "-", room).strip("-.")[:80] or "room"


def _told(item: Entry | Kept) -> tuple[float, str, object, dict[str, str]]:
    """Return when, what kind of line, what was done, and who said what."""
    if isinstance(item, Entry):
        return item.at, *_news(item.item), {}
    if isinstance(item, Ruling) and isinstance(taken := item.order.command, TakeOver) and taken.what == "viewer":
        order = msgspec.structs.replace(item.order, command=msgspec.structs.replace(taken, target=""))
        who = {"id": "", "text": "", "viewer": taken.target}
        return item.at, "ruling", msgspec.structs.replace(item, order=order), who
    if isinstance(item, Ruling | Announced | Correction):
        return item.at, type(item).__name__.lower(), item, {}
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
            digest = sha256(encoder.encode(catalogue.products)).hexdigest()
            return "catalogue", {"version": catalogue.version, "products": len(catalogue.products), "sha256": digest}
        case Ruled(table):
            digest = sha256(encoder.encode(table)).hexdigest()
            return "rules", {"version": table.version, "rules": len(table.rules), "sha256": digest}
    return "end", {}
