"""The line to the workers: what a front asks, what a worker answers, and the ports on both ends of the queue.

Times are seconds since the epoch by the clock of whoever holds the value: a queue between two machines translates
deadlines, so that a clock that is off makes nothing late.
"""

from collections.abc import Collection, Sequence
from typing import Protocol

import msgspec


class Job(msgspec.Struct, frozen=True, omit_defaults=True):
    """One request to the worker.

    Attributes:
        id: unique; the answer carries it.
        prefix: instructions and product card, the same for every question on this product version.
        suffix: the viewers' question and whatever changes often.
        deadline: after it nobody wants the answer.
        max_chars: longest useful answer, in characters.
        reply_to: result stream of the front that asked.
        room: whose job it is; rooms share a worker fairly.
        weight: how many people wait for the answer.
        one_line: the answer ends at its first line end, as chat does; False for longer texts.
        stream: send the words while they are being written, too.
        texts: nothing is to be written: these are to be read, each into one vector.
        begin: an answer that is not begun by then is not begun at all; 0.0 when only the deadline counts.
    """

    id: str
    prefix: str
    suffix: str
    deadline: float
    max_chars: int = 60
    reply_to: str = ""
    room: str = ""
    weight: int = 1
    one_line: bool = True
    stream: bool = False
    texts: tuple[str, ...] = ()
    begin: float = 0.0

    @property
    def prompt(self) -> "Prompt":
        """What a writer needs of it."""
        return Prompt(self.prefix, self.suffix, self.max_chars, self.one_line, self.stream)


class Written(msgspec.Struct, frozen=True, omit_defaults=True):
    """The worker's answer to one job.

    Attributes:
        id: the job's id.
        text: the model's words, "" when there are none.
        error: "" or why there are none: "late", "poison", or a sentence.
        model: name of the model that wrote.
        seconds: time from the answer's start to its end.
        partial: these are the words so far; the answer follows. Only when the job asked to `stream`.
        vectors: of a job with `texts`, one for each, in order: an embedding, or a classifier's probabilities.
    """

    id: str
    text: str = ""
    error: str = ""
    model: str = ""
    seconds: float = 0.0
    partial: bool = False
    vectors: tuple[tuple[float, ...], ...] = ()


class Prompt(msgspec.Struct, frozen=True):
    """What a writer sees of a job."""

    prefix: str
    suffix: str
    max_chars: int = 60
    one_line: bool = True
    stream: bool = False


class Partial(msgspec.Struct, frozen=True):
    """The words so far of an answer that is being written."""

    id: str
    text: str


class Ended(msgspec.Struct, frozen=True):
    """One answer that a writer is done with: its words, or why there are none (`error`, a sentence)."""

    id: str
    text: str = ""
    error: str = ""


class Writer(Protocol):
    """A language model behind the worker. Answers are written side by side; they join and leave between steps.

    Attributes:
        name: of the model.
        slots: answers written side by side at most.
        held: bytes kept for answers and prefixes, the model itself not counted; 0 when another process keeps them.
    """

    name: str
    slots: int
    held: int

    def step(self, admit: Sequence[tuple[str, Prompt]], drop: Collection[str] = ()) -> Sequence[Partial | Ended]:
        """Forget the answers in `drop`, take in new ones, and go one step on with all of them.

        Blocking; called in a thread, one call at a time. An id is free again once it was dropped or has ended. When
        it raises, every answer is lost and the writer is empty, ready for the next call. A prompt that asks to
        `stream` is told in `Partial`s whenever it has more words, which only grow until the end cuts them to the limit.
        """


class Encoder(Protocol):
    """A model that reads: texts to vectors.

    Attributes:
        name: of the model.
        labels: of a classifier, in the order of its probabilities; () for embeddings.
    """

    name: str
    labels: tuple[str, ...]

    def encode(self, texts: Sequence[str]) -> Sequence[tuple[float, ...]]:
        """Return one vector for each text, in order. Blocking; called in a thread, one call at a time."""


class Shift(msgspec.Struct, frozen=True, omit_defaults=True):
    """How one worker does, as it says with every beat.

    Attributes:
        worker: its name.
        model: the model's.
        slots: answers it can write side by side.
        running, waiting: jobs being written, and claimed but not begun.
        answered: jobs since it started; `late` those of them it could not begin or end in time.
        seconds: running mean of what an answer takes.
        held: bytes kept for answers and prefixes; `rss` bytes resident of the whole process.
        lag: seconds by which its event loop was late, the worst since the last beat.
    """

    worker: str
    model: str = ""
    slots: int = 0
    running: int = 0
    waiting: int = 0
    answered: int = 0
    late: int = 0
    seconds: float = 0.0
    held: int = 0
    rss: int = 0
    lag: float = 0.0


class Crew(msgspec.Struct, frozen=True):
    """The workers and their queue: who lives, jobs that no worker has claimed, jobs claimed and not answered."""

    shifts: tuple[Shift, ...] = ()
    unclaimed: int = 0
    claimed: int = 0


class JobQueue(Protocol):
    """The front's side of the queue to the workers."""

    async def submit(self, jobs: Sequence[Job]) -> None:
        """Queue jobs in order. Raises StoreError."""

    async def cancel(self, ids: Sequence[str]) -> None:
        """Nobody wants these jobs' answers any more: they are not begun, or stopped, and none is delivered."""

    async def results(self) -> Sequence[Written]:
        """Wait for the next results (at most about a second; may be empty). Raises StoreError."""

    async def crew(self) -> Crew:
        """Return who works now, and how much waits. Raises StoreError."""


class Claimed(msgspec.Struct, frozen=True):
    """A job as a worker holds it: the queue's entry id, the job, and how often it was handed out."""

    entry: str
    job: Job
    tries: int = 1


class WorkQueue(Protocol):
    """The worker's side of the queue."""

    async def take(self, most: int, wait: float) -> Sequence[Claimed]:
        """Claim up to `most` jobs: abandoned ones first, else new ones within `wait` seconds."""

    async def cancelled(self, ids: Sequence[str]) -> Sequence[str]:
        """Return those of these jobs whose answer nobody wants any more."""

    async def beat(self, entries: Sequence[str], shift: Shift) -> None:
        """Say that this worker lives and still works on these entries, so that nobody else claims them."""

    async def tell(self, words: Sequence[tuple[Claimed, Written]]) -> None:
        """Send the words so far of answers that are being written."""

    async def finish(self, claimed: Claimed, written: Written) -> bool:
        """Deliver one answer and drop the entry, both or neither. False if it was answered or cancelled before."""
