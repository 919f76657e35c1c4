"""Console: a room in a terminal. `console:` reads comments from standard input and prints the answers.

A line is a comment; `NAME: text` says who writes it; `/3` puts product 3 on screen; `/quit` ends the room.
"""

import asyncio
import io
import re
import sys
import threading
from collections.abc import Mapping

from bot.domain.errors import RoomEnded
from bot.domain.events import Event, User
from bot.domain.ports import Caps, Outgoing, Receipt, Session

LINGER = 30.0  # seconds to wait at most for answers after the input ended
_NAMED = re.compile(r"^([\w\u3400-\u9fff-]{1,20})[:：]\s+(.+)$")


def parse(line: str, number: int) -> Event | None:
    """Read one typed line; None for an empty one."""
    line = line.strip()
    if not line:
        return None
    if found := re.fullmatch(r"/(\S+)", line):
        return Event("room", f"room-{number}", product=found[1], text=f"now showing {found[1]}")
    named = _NAMED.match(line)
    who, text = (named[1], named[2]) if named else ("me", line)
    return Event("comment", f"line-{number}", user=User(who, who), text=text)


class Console:
    """The terminal as a platform."""

    def __init__(self) -> None:
        self._lines: asyncio.Queue[str | None] = asyncio.Queue(1000)
        self._thread: threading.Thread | None = None

    def caps(self) -> Caps:
        """Return generous limits: a terminal has no quota."""
        return Caps(max_chars=200, per_window=(1000, 1.0), min_gap=0.0)

    async def session(self, ctx: Session) -> None:
        """Read lines until the input ends."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._read, args=(asyncio.get_running_loop(),), daemon=True)
            self._thread.start()
        ctx.ready()
        number = 0
        while (line := await self._lines.get()) is not None and line.strip() != "/quit":
            number += 1
            event = parse(line, number)
            if event:
                ctx.emit(event)
            await ctx.breathe()
        for _ in range(int(LINGER / 0.05)):
            if not ctx.pending():
                break
            await asyncio.sleep(0.05)
        raise RoomEnded("the input ended")

    def _read(self, loop: asyncio.AbstractEventLoop) -> None:
        # A daemon thread: a blocked read of a terminal must not keep the process from ending.
        if isinstance(sys.stdin, io.TextIOWrapper):
            sys.stdin.reconfigure(errors="replace")  # bytes that are no text must not end the room's input
        for line in sys.stdin:
            asyncio.run_coroutine_threadsafe(self._lines.put(line), loop).result()
        asyncio.run_coroutine_threadsafe(self._lines.put(None), loop)

    async def send(self, out: Outgoing) -> Receipt:
        """Print one line."""
        sys.stdout.write(f"  助播> {out.text}\n")
        sys.stdout.flush()
        return Receipt(out.key, "confirmed")

    async def aclose(self) -> None:
        """The thread ends with the process."""


def open_console(url: str, options: Mapping[str, str]) -> Console:
    """Build the adapter for console: rooms."""
    return Console()
