"""A recorded double of a writer: what a real model once answered, in the time it took. For load tests, and machines
without weights. The setting is `recorded:FILE`; `zhubo worker --record FILE` makes one. Imports no torch.

A recording is JSON lines: {"suffix": what was asked, "text": what was answered, "seconds": how long it took}.
"""

import os
import time
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

import msgspec

from bot.domain.errors import ModelError
from bot.domain.work import Ended, Partial, Prompt, Writer

SCHEME = "recorded:"
STEP = 0.02  # seconds that a step takes at most


class Answer(msgspec.Struct, frozen=True):
    """One line of a recording."""

    suffix: str
    text: str
    seconds: float


class RecordedWriter:
    """Plays a recording. Implements the port `Writer`; what was not recorded ends with an error.

    Args:
        file: the recording.
        slots: answers that are under way together.
        clock, sleep: seconds that pass.

    Raises:
        ModelError: the file cannot be read.
    """

    def __init__(
        self, file: Path, *, slots: int = 8, clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:  # fmt: skip
        try:
            answers = [msgspec.json.decode(line, type=Answer) for line in file.read_bytes().splitlines() if line]
        except (OSError, msgspec.DecodeError) as error:
            raise ModelError(f"the recording {file} cannot be read ({error}). Fix: check {SCHEME}FILE.") from error
        self.name, self.slots, self.held = f"recorded {file.stem}", slots, 0
        self._clock, self._sleep = clock, sleep
        self._answers = {answer.suffix: answer for answer in answers}
        self._mean = sum(answer.seconds for answer in answers) / max(1, len(answers))
        self._under_way: dict[str, tuple[float, Prompt, Answer]] = {}

    def step(self, admit: Sequence[tuple[str, Prompt]], drop: Collection[str] = ()) -> list[Partial | Ended]:
        """See `Writer`. The first half of the words of a prompt that streams comes at half its time."""
        told: list[Partial | Ended] = []
        for id in drop:
            self._under_way.pop(id, None)
        for id, prompt in admit:
            # What was not recorded takes its time, too, and then fails.
            answer = self._answers.get(prompt.suffix) or Answer(prompt.suffix, "", self._mean)
            self._under_way[id] = self._clock(), prompt, answer
        if self._under_way:
            due = min(began + answer.seconds for began, _, answer in self._under_way.values())
            self._sleep(min(STEP, max(0.0, due - self._clock())))
        for id, (began, prompt, answer) in list(self._under_way.items()):
            text, passed = answer.text[: prompt.max_chars], self._clock() - began
            if passed >= answer.seconds:
                del self._under_way[id]
                known = prompt.suffix in self._answers
                told.append(Ended(id, text, "" if known else "this question is not in the recording"))
            elif prompt.stream and passed >= answer.seconds / 2:
                told.append(Partial(id, text[: len(text) // 2]))
                self._under_way[id] = began, msgspec.structs.replace(prompt, stream=False), answer
        return told


class Recorder:
    """A writer that records what another one writes. Implements the port `Writer`.

    Raises:
        ModelError: the file cannot be written.
    """

    def __init__(self, writer: Writer, file: Path) -> None:
        try:
            self._file = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        except OSError as error:
            raise ModelError(f"--record {file} cannot be written ({error.strerror}). Fix: give another.") from error
        self._writer = writer
        self.name, self.slots, self.held = writer.name, writer.slots, 0
        self._asked: dict[str, tuple[str, float]] = {}

    def step(self, admit: Sequence[tuple[str, Prompt]], drop: Collection[str] = ()) -> Sequence[Partial | Ended]:
        """See `Writer`."""
        for id in drop:
            self._asked.pop(id, None)
        self._asked |= {id: (prompt.suffix, time.monotonic()) for id, prompt in admit}
        whole = False
        try:
            told = self._writer.step(admit, drop)
            whole = True
        finally:
            if not whole:
                self._asked.clear()  # the other one has lost all answers
        self.held = self._writer.held
        for ended in told:
            if isinstance(ended, Ended) and (asked := self._asked.pop(ended.id, None)) and not ended.error:
                took = round(time.monotonic() - asked[1], 3)
                os.write(self._file, msgspec.json.encode(Answer(asked[0], ended.text, took)) + b"\n")
        return told
