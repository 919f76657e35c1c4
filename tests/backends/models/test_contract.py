"""What every writer keeps, whatever is behind it: the contract that `domain.ports.Writer` states."""

import itertools
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from bot.backends.models.recorded import RecordedWriter
from bot.backends.models.served import ServedWriter
from bot.backends.models.writer import SlotWriter
from bot.domain.work import Ended, Partial, Prompt, Writer
from tests.backends.models.server import serve
from tests.fakes import EchoWriter


@pytest.fixture(params=["slots", "int8", "server", "recorded", "echo"])
def writer(request: pytest.FixtureRequest, folder: Path, tmp_path: Path) -> Iterator[Writer]:
    if request.param == "slots":
        yield SlotWriter.load(folder, slots=3, threads=1, device="cpu", dtype="fp32")
    elif request.param == "int8":
        yield SlotWriter.load(folder, slots=3, threads=1, device="cpu", dtype="int8")
    elif request.param == "recorded":
        file = tmp_path / "answers.jsonl"
        asked = [*(prompt.suffix for _, prompt in new(*"abc")), "a 多少钱？", "b？"]
        lines = (
            f'{{"suffix":"{suffix}","text":"现价129元，包邮","seconds":{n / 50}}}' for n, suffix in enumerate(asked)
        )
        file.write_text("\n".join(lines), "utf-8")
        yield RecordedWriter(file, slots=3)
    elif request.param == "server":
        with serve() as peer:
            served = ServedWriter(peer.url, slots=3)
            yield served
            served.close()
    else:
        yield EchoWriter()


def new(*ids: str) -> list[tuple[str, Prompt]]:
    return [(id, Prompt("商品：连衣裙", f"{id} 多少钱？", 12)) for id in ids]


def drain(writer: Writer, told: Sequence[Partial | Ended], count: int) -> list[Ended]:
    until, ended = time.monotonic() + 10, [t for t in told if isinstance(t, Ended)]
    while len(ended) < count:
        assert time.monotonic() < until, "an answer never ends"
        ended += [t for t in writer.step([]) if isinstance(t, Ended)]
    return ended + [t for t in writer.step([]) if isinstance(t, Ended)]


def test_every_answer_ends_once_and_ids_come_back(writer: Writer) -> None:
    """In any order; afterwards the same ids may be asked again."""
    for _ in range(2):
        ended = drain(writer, (writer.step(new("a", "b", "c"))), 3)
        assert sorted(e.id for e in ended) == ["a", "b", "c"]
        assert all(not e.error for e in ended)


def test_an_answer_is_one_short_line(writer: Writer) -> None:
    """Never more characters than asked for, never a line end."""
    for e in drain(writer, (writer.step(new("a", "b"))), 2):
        assert len(e.text) <= 12 and "\n" not in e.text


def test_what_is_dropped_is_not_reported(writer: Writer) -> None:
    """Unless it had ended before; unknown ids are nothing."""
    first = [e.id for e in writer.step(new("a", "b"))]
    ended = first + [e.id for e in writer.step(new("c"), {"a", "nobody"})]
    ended = [e.id for e in drain(writer, [Ended(id) for id in ended], 3 if "a" in first else 2)]
    assert sorted(ended) == (["a", "b", "c"] if "a" in first else ["b", "c"])


def test_words_told_early_begin_the_answer(writer: Writer) -> None:
    """A prompt that asks for it is told its words as they come; others are not."""
    prompts = [("a", Prompt("商品：连衣裙", "a 多少钱？", 40, stream=True)), ("b", Prompt("商品：连衣裙", "b？", 40))]
    told, until = list(writer.step(prompts)), time.monotonic() + 10
    while sum(isinstance(t, Ended) for t in told) < 2:
        assert time.monotonic() < until, "an answer never ends"
        told += writer.step([])
    early = [t.text for t in told if isinstance(t, Partial)]
    assert early or isinstance(writer, EchoWriter)
    assert {t.id for t in told if isinstance(t, Partial)} <= {"a"}
    assert all(len(one) < len(next_) for one, next_ in itertools.pairwise(early))
    (words,) = (t.text for t in told if isinstance(t, Ended) and t.id == "a")
    assert all(words.startswith(text[: len(words)]) for text in early)


def test_a_step_without_answers_is_nothing(writer: Writer) -> None:
    """And returns at once."""
    began = time.monotonic()
    assert list(writer.step([])) == []
    assert time.monotonic() - began < 0.2


def test_slots_are_told(writer: Writer) -> None:
    """A name and how many answers are written side by side."""
    assert writer.name and writer.slots >= 1 and writer.held >= 0
