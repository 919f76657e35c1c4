"""What every writer keeps, whatever is behind it: the contract that `domain.ports.Writer` states."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.backends.models.served import ServedWriter
from bot.backends.models.writer import SlotWriter
from bot.domain.ports import Ended, Prompt, Writer
from tests.backends.models.server import serve
from tests.fakes import EchoWriter


@pytest.fixture(params=["slots", "server", "echo"])
def writer(request: pytest.FixtureRequest, folder: Path) -> Iterator[Writer]:
    if request.param == "slots":
        yield SlotWriter.load(folder, slots=3, threads=1, device="cpu", dtype="fp32")
    elif request.param == "server":
        with serve() as peer:
            served = ServedWriter(peer.url, slots=3)
            yield served
            served.close()
    else:
        yield EchoWriter()


def new(*ids: str) -> list[tuple[str, Prompt]]:
    return [(id, Prompt("商品：连衣裙", f"{id} 多少钱？", 12)) for id in ids]


def drain(writer: Writer, ended: list[Ended], count: int) -> list[Ended]:
    until = time.monotonic() + 10
    while len(ended) < count:
        assert time.monotonic() < until, "an answer never ends"
        ended += writer.step([])
    return ended + list(writer.step([]))


def test_every_answer_ends_once_and_ids_come_back(writer: Writer) -> None:
    """In any order; afterwards the same ids may be asked again."""
    for _ in range(2):
        ended = drain(writer, list(writer.step(new("a", "b", "c"))), 3)
        assert sorted(e.id for e in ended) == ["a", "b", "c"]
        assert all(not e.error for e in ended)


def test_an_answer_is_one_short_line(writer: Writer) -> None:
    """Never more characters than asked for, never a line end."""
    for e in drain(writer, list(writer.step(new("a", "b"))), 2):
        assert len(e.text) <= 12 and "\n" not in e.text


def test_what_is_dropped_is_not_reported(writer: Writer) -> None:
    """Unless it had ended before; unknown ids are nothing."""
    first = [e.id for e in writer.step(new("a", "b"))]
    ended = first + [e.id for e in writer.step(new("c"), {"a", "nobody"})]
    ended = [e.id for e in drain(writer, [Ended(id) for id in ended], 3 if "a" in first else 2)]
    assert sorted(ended) == (["a", "b", "c"] if "a" in first else ["b", "c"])


def test_a_step_without_answers_is_nothing(writer: Writer) -> None:
    """And returns at once."""
    began = time.monotonic()
    assert list(writer.step([])) == []
    assert time.monotonic() - began < 0.2


def test_slots_are_told(writer: Writer) -> None:
    """A name and how many answers are written side by side."""
    assert writer.name and writer.slots >= 1
