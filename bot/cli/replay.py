"""`zhubo replay`: the same inputs again, and whether the decisions are the same."""

import time
from collections.abc import Callable
from pathlib import Path

import msgspec
from rich.console import Console

from bot.backends import journal
from bot.domain.inputs import Entry
from bot.domain.turns import Turn
from bot.live.room import Room


class Replayed(msgspec.Struct, frozen=True):
    """What a replay found.

    Attributes:
        inputs, turns: how many the journal holds; `made` how many Turns the replay made.
        differences: the first few Turns that differ, as (recorded, made); None where one is missing.
    """

    inputs: int
    turns: int
    made: int
    differences: tuple[tuple[Turn | None, Turn | None], ...]


def replay(path: Path, pace: Callable[[float], None] = lambda at: None) -> Replayed:
    """Feed a journal's inputs to a fresh room and compare its Turns with the recorded ones.

    Args:
        pace: called with each input's time before it is fed, to replay at any speed.

    Raises:
        JournalError: the journal cannot be read.
    """
    room, inputs = Room(), 0
    recorded: list[Turn] = []
    made: list[Turn] = []
    for line in journal.read(path):
        if isinstance(line, Entry):
            pace(line.at)
            inputs += 1
            made += [effect for effect in room.handle(line.at, line.item) if isinstance(effect, Turn)]
        else:
            recorded.append(line)
    differences: list[tuple[Turn | None, Turn | None]]
    differences = [(a, b) for a, b in zip(recorded, made, strict=False) if a != b]
    longer = max(recorded, made, key=len)[min(len(recorded), len(made)) :]
    differences += [(t, None) if len(recorded) > len(made) else (None, t) for t in longer]
    return Replayed(inputs, len(recorded), len(made), tuple(differences[:10]))


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
        console.print("  " + _difference(recorded, made), markup=False, soft_wrap=True)
    return 1


def _difference(recorded: Turn | None, made: Turn | None) -> str:
    """Name the comment and only the fields that differ."""
    if recorded is None or made is None:
        turn = recorded or made
        return f"comment {turn.seq if turn else '?'}: only {'recorded' if recorded else 'replayed'}"
    was, now = msgspec.to_builtins(recorded), msgspec.to_builtins(made)
    fields = [f"{k}: {was.get(k)!r} -> {now.get(k)!r}" for k in was.keys() | now.keys() if was.get(k) != now.get(k)]
    return f"comment {recorded.seq} {recorded.text!r}: " + "; ".join(sorted(fields))


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
