"""`zhubo replay`: the same inputs again, and whether the decisions are the same."""

import time
from collections.abc import Callable
from pathlib import Path

import msgspec
from rich.console import Console

from bot.app import replay


def replay_journal(path: Path, speed: float) -> int:
    """Replay a journal and print what was found. Returns 0 when every Turn is the same."""
    console = Console(highlight=False)
    began = time.monotonic()
    found = replay(path, _pacer(speed))
    seconds = time.monotonic() - began
    console.print(f"{path}: {found.inputs} inputs, {found.turns} turns, replayed in {seconds:.1f} s")
    if not found.differences:
        console.print("every turn is the same / 每一条决定都一致")
        return 0
    console.print(f"{len(found.differences)} or more turns differ / 有决定不一致:")
    for recorded, made in found.differences:
        console.print("  recorded: " + (msgspec.json.encode(recorded).decode() if recorded else "-"), markup=False)
        console.print("  replayed: " + (msgspec.json.encode(made).decode() if made else "-"), markup=False)
    return 1


def _pacer(speed: float) -> Callable[[float], None]:
    start: list[float] = []

    def pace(at: float) -> None:
        if speed <= 0:
            return
        if not start:
            start.extend((at, time.monotonic()))
        ahead = (at - start[0]) / speed - (time.monotonic() - start[1])
        if ahead > 0:
            time.sleep(ahead)

    return pace
