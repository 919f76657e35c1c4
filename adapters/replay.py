"""Replay: a recorded journal as a platform. `replay:/path/to/journal.jsonl?speed=4`

Comments and other events come again in their order and rhythm (speed 0: as fast as possible); the room decides
anew, with its own catalogue and workers. (To check that the same inputs give the same decisions, use
`zhubo replay`.) Lines that are sent go nowhere and are accepted.
"""

import asyncio
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import msgspec

from bot.domain.errors import Fatal, RoomEnded, SettingsError
from bot.domain.events import Event, Heard, User
from bot.domain.inputs import Entry, Hear
from bot.domain.ports import Caps, Outgoing, Receipt, Session

LINGER = 30.0  # seconds at most after the last event, for answers under way


VERSION = 1  # of the journal


class _Line(msgspec.Struct):
    item: msgspec.Raw = msgspec.Raw(b"")
    zhubo_journal: int = 0


_line = msgspec.json.Decoder(_Line).decode
_entry = msgspec.json.Decoder(Entry).decode


class Replay:
    """A journal's events, again."""

    def __init__(self, path: Path, speed: float) -> None:
        self._path, self._speed = path, speed

    def caps(self) -> Caps:
        """Return our cautious defaults."""
        return Caps()

    async def session(self, ctx: Session) -> None:
        """Emit every event of the journal, then end the room."""
        ctx.ready()
        before = 0.0
        for heard in self._heard():
            if before and self._speed:
                await asyncio.sleep(max(0.0, (heard.at - before) / self._speed))
            before = heard.at
            ctx.emit(_event(heard))
            await ctx.breathe()
        await _settle(ctx)
        raise RoomEnded("the journal is at its end")

    def _heard(self) -> Iterator[Heard]:
        try:
            with self._path.open("rb") as file:
                for raw in file:
                    if not raw.endswith(b"\n"):
                        return  # cut off by a crash
                    if _line(raw).item:
                        item = _entry(raw).item
                        if isinstance(item, Hear):
                            yield item.heard
        except OSError as error:
            raise Fatal(f"{self._path}: cannot be read ({error.strerror}). Fix: give the path of a journal.") from error
        except (msgspec.DecodeError, RecursionError) as error:
            raise Fatal(f"{self._path}: not a zhubo journal ({error}). Fix: give a .jsonl file of journal/.") from error

    async def send(self, out: Outgoing) -> Receipt:
        """Accept: nobody is there to read it."""
        return Receipt(out.key, "accepted")

    async def aclose(self) -> None:
        """Nothing to release."""


async def _settle(ctx: Session) -> None:
    for _ in range(int(LINGER / 0.05)):
        if not ctx.pending():
            return
        await asyncio.sleep(0.05)


def _event(heard: Heard) -> Event:
    user = User(heard.viewer) if heard.viewer else None
    return Event(
        heard.kind,
        heard.id,
        heard.at,
        user,
        heard.text,
        heard.count,
        heard.amount_minor,
        heard.currency,
        heard.product,
        heard.target,
        heard.backfill,
        heard.own,
        heard.stats,
    )


def open_journal(url: str, options: Mapping[str, str]) -> Replay:
    """Build the adapter for replay: rooms."""
    parts = urlsplit(url)
    path = Path(unquote(parts.netloc + parts.path))
    try:
        speed = float(parse_qs(parts.query).get("speed", ["1"])[0])
    except ValueError:
        speed = -1.0
    if not 0.0 <= speed < 1e6:
        raise SettingsError(
            f"room {url}: speed is not a number of 0 or more. Fix: give replay:/path/journal.jsonl?speed=4."
        )
    if not path.is_file():
        raise SettingsError(f"room {url}: there is no file {path}. Fix: give the path of a journal.")
    if not _is_journal(path):
        raise SettingsError(f"room {url}: {path} is not a zhubo journal. Fix: give a .jsonl file of journal/.")
    return Replay(path, speed)


def _is_journal(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return _line(file.readline(65536)).zhubo_journal == VERSION
    except (OSError, msgspec.DecodeError, RecursionError):
        return False
