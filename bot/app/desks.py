"""The desks of a front's rooms: what page, feed and other panels hand over ends here."""

import asyncio
from collections.abc import Mapping
from pathlib import Path

from bot.backends import record
from bot.decide.script.plan import plan
from bot.decide.script.write import write
from bot.domain.desk import Checked, Order, Ruling, SetMode
from bot.domain.inputs import Scripted
from bot.domain.script import Brief, ScriptView
from bot.live.scripting import view
from bot.live.stage import Stage


class Stopped:
    """Rooms that somebody has stopped: an Observer. They stay stopped when the front starts anew.

    Args:
        folder: holds a file for each such room.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __call__(self, room: str, item: object) -> None:
        """Keep a STOP; let go when another mode is set."""
        if isinstance(item, Ruling) and item.done and isinstance(item.order.command, SetMode) and not item.again:
            file = self._file(room)
            if item.stops:
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(f"{item.order.by}\n", encoding="utf-8")
            else:
                file.unlink(missing_ok=True)

    def by(self, room: str) -> str:
        """Return who has stopped a room, "" when nobody has."""
        try:
            return self._file(room).read_text(encoding="utf-8").strip() or "?"
        except OSError:
            return ""

    def _file(self, room: str) -> Path:
        return self._folder / f"{record.folder_name(room)}.stopped"


class Desks:
    """Implements the port `bot.domain.ports.Desks`.

    Args:
        stages: the rooms, by name; looked at anew each time.
        records: the folder of records.
    """

    def __init__(self, stages: Mapping[str, Stage], records: Path) -> None:
        self._stages, self._records = stages, records

    def order(self, room: str, order: Order) -> bool:
        """Hand over a command; False when there is no such room."""
        if room not in self._stages:
            return False
        self._stages[room].order(order)
        return True

    def check(self, room: str, answer: str, text: str, product: str) -> Checked:
        """Say what the guard makes of words that somebody is typing."""
        stage = self._stages.get(room)
        return stage.room.check(answer, text, product) if stage else Checked(False, text, "no_room")

    def script(self, room: str) -> ScriptView | None:
        """Return the host's script, None when there is none."""
        return view(self._stages[room].room.state) if room in self._stages else None

    async def write(self, room: str, brief: Brief) -> None:
        """Write the host a script from the catalogue in force, without a model. Raises ScriptError."""
        state = self._stages[room].room.state
        catalogue, law = state.catalogue, state.law
        planned = plan(catalogue, brief)
        script = await asyncio.to_thread(write, room, catalogue, brief, planned, law)
        self._stages[room].put(Scripted(script))

    def days(self, room: str) -> tuple[str, ...]:
        """Return the days of which there is a record, the newest first."""
        return record.days(self._records, room)

    async def export(self, room: str, day: str) -> bytes:
        """Return a day's record with what its verification found, as a ZIP file. Raises JournalError."""
        return await asyncio.to_thread(record.export, self._records, room, day)
