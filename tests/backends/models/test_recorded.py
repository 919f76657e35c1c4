"""The recorded double: what another writer answered, in the time it took."""

from pathlib import Path

import pytest

from bot.backends.models.recorded import RecordedWriter, Recorder
from bot.domain.errors import ModelError
from bot.domain.work import Ended, Partial, Prompt
from tests.fakes import EchoWriter


def recording(folder: Path) -> Path:
    file = folder / "answers.jsonl"
    lines = (f'{{"suffix":"{name}？","text":"answer {name}","seconds":{n}}}' for n, name in enumerate("abc", start=1))
    file.write_text("\n".join(lines), "utf-8")
    return file


def test_answers_come_in_their_time(tmp_path: Path) -> None:
    """In virtual time: the first after a second, the second after two; words early where they are wanted."""
    now = [0.0]

    def sleep(seconds: float) -> None:
        now[0] += seconds

    writer = RecordedWriter(recording(tmp_path), clock=lambda: now[0], sleep=sleep)
    writer.step([("a", Prompt("p", "a？")), ("b", Prompt("p", "b？", stream=True))])
    told: list[tuple[float, object]] = []
    while now[0] < 2.5 and len(told) < 3:
        told += [(round(now[0], 1), t) for t in writer.step([])]
    assert told == [
        (1.0, Ended("a", "answer a")), (1.0, Partial("b", "answ")), (2.0, Ended("b", "answer b")),
    ]  # fmt: skip


def test_what_was_not_recorded_ends_with_an_error(tmp_path: Path) -> None:
    """After the mean time of an answer, and alone."""
    now = [0.0]
    writer = RecordedWriter(recording(tmp_path), clock=lambda: now[0], sleep=lambda seconds: None)
    assert writer.step([("x", Prompt("p", "x？"))]) == []
    now[0] = 2.0
    (told,) = writer.step([])
    assert isinstance(told, Ended) and "recording" in told.error


def test_a_file_that_is_none_names_the_fix(tmp_path: Path) -> None:
    """Missing, or not a recording."""
    (tmp_path / "bad").write_text("[1]")
    for name in ("missing", "bad"):
        with pytest.raises(ModelError, match="recorded:FILE"):
            RecordedWriter(tmp_path / name)


def test_a_recording_that_cannot_be_written_names_the_fix(tmp_path: Path) -> None:
    """At the start, not with the first answer."""
    with pytest.raises(ModelError, match="--record"):
        Recorder(EchoWriter(), tmp_path / "no" / "such" / "folder")


def test_a_recording_of_a_writer_plays_what_it_wrote(tmp_path: Path) -> None:
    """Recorded, then played."""
    file = tmp_path / "new.jsonl"
    recorder = Recorder(EchoWriter(), file)
    recorder.step([("a", Prompt("p", "多少钱")), ("b", Prompt("p", "几天到"))])
    player = RecordedWriter(file)
    told: list[object] = list(player.step([("z", Prompt("p", "几天到"))]))
    while not told:
        told += player.step([])
    assert told == [Ended("z", "几天到")]
