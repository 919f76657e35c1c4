"""The worker's plan and loop."""

import asyncio
from collections.abc import Collection, Sequence

import pytest

from bot.domain.errors import StoreError
from bot.domain.work import Claimed, Encoder, Ended, Job, Partial, Prompt, Shift, Written
from bot.worker import loop
from bot.worker.loop import Worker
from tests.fakes import EchoWriter


@pytest.fixture(autouse=True)
def quick_retry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop, "RETRY", 0.001)


def claim(name: str, *, prefix: str = "p", deadline: float = 100.0, tries: int = 1) -> Claimed:
    return Claimed(f"e-{name}", Job(name, prefix, f"s-{name}", deadline), tries)


class Bench:
    """A queue in memory that keeps the record; it can be down for a while."""

    def __init__(self, *batches: Sequence[Claimed], down: int = 0) -> None:
        self.batches, self.down = list(batches), down
        self.finished: list[Written] = []
        self.beats: list[tuple[str, ...]] = []
        self.shifts: list[Shift] = []
        self.told: list[Written] = []
        self.unwanted: set[str] = set()
        self.empty = asyncio.Event()

    async def take(self, most: int, wait: float) -> Sequence[Claimed]:
        if self.down:
            self.down -= 1
            raise StoreError("the job queue is down")
        if self.batches:
            return self.batches.pop(0)
        self.empty.set()
        await asyncio.sleep(0.001)
        return ()

    async def beat(self, entries: Sequence[str], shift: Shift) -> None:
        self.beats.append(tuple(entries))
        self.shifts.append(shift)

    async def cancelled(self, ids: Sequence[str]) -> Sequence[str]:
        return [id for id in ids if id in self.unwanted]

    async def tell(self, words: Sequence[tuple[Claimed, Written]]) -> None:
        self.told += [written for _, written in words]

    async def finish(self, claimed: Claimed, written: Written) -> bool:
        self.finished.append(written)
        return True


async def work(bench: Bench, writer: object, encoder: Encoder | None = None) -> list[Written]:
    worker = Worker(bench, writer, clock=lambda: 50.0, encoder=encoder)  # type: ignore[arg-type]
    task = asyncio.create_task(worker.run())
    await bench.empty.wait()
    worker.stop()
    await task
    return bench.finished


async def test_every_claimed_job_is_answered_once() -> None:
    """Written, late and poison alike."""
    bench = Bench([claim("a"), claim("late", deadline=1), claim("poison", tries=9)], [claim("b")])
    done = {w.id: (w.text, w.error) for w in await work(bench, EchoWriter())}
    assert done == {"a": ("s-a", ""), "b": ("s-b", ""), "late": ("", "late"), "poison": ("", "poison")}
    assert len(bench.finished) == 4


async def test_one_bad_prompt_does_not_take_its_neighbours_along() -> None:
    """A batch that fails is written one by one."""

    class Picky(EchoWriter):
        def step(self, admit: Sequence[tuple[str, Prompt]], drop: Collection[str] = ()) -> list[Ended]:
            if any(p.suffix == "s-bad" for _, p in admit):
                raise ValueError("cannot write this")
            return super().step(admit, drop)

    done = {w.id: (w.text, bool(w.error)) for w in await work(Bench([claim("a"), claim("bad"), claim("b")]), Picky())}
    assert done == {"a": ("s-a", False), "bad": ("", True), "b": ("s-b", False)}


async def test_jobs_join_while_others_are_written() -> None:
    """A job claimed later may end before one begun earlier."""

    class Slow(EchoWriter):
        def __init__(self) -> None:
            self.left: dict[str, int] = {}

        def step(self, admit: Sequence[tuple[str, Prompt]], drop: Collection[str] = ()) -> list[Ended]:
            self.left |= {id: 9 if id == "slow" else 1 for id, _ in admit}
            self.left = {id: n - 1 for id, n in self.left.items()}
            done = [id for id, n in self.left.items() if n == 0]
            for id in done:
                del self.left[id]
            return [Ended(id, id) for id in done]

    assert [w.id for w in await work(Bench([claim("slow")], [claim("quick")], [claim("next")]), Slow())] == [
        "quick", "next", "slow",
    ]  # fmt: skip


async def test_an_answer_that_cannot_be_delivered_is_kept_until_it_can() -> None:
    """It is not written again, and its entry is still said to be held."""

    class Deaf(Bench):
        deaf = 2

        async def finish(self, claimed: Claimed, written: Written) -> bool:
            if self.deaf:
                self.deaf -= 1
                raise StoreError("the job queue does not answer")
            return await super().finish(claimed, written)

    bench = Deaf([claim("a")])
    assert [w.text for w in await work(bench, EchoWriter())] == ["s-a"]


async def test_a_worker_stops_though_the_queue_is_gone() -> None:
    """What it cannot deliver any more is left to those who claim it next."""

    class Gone(Bench):
        async def finish(self, claimed: Claimed, written: Written) -> bool:
            self.empty.set()
            raise StoreError("the job queue does not answer")

    async with asyncio.timeout(2):
        assert await work(Gone([claim("a")]), EchoWriter()) == []


async def test_a_queue_that_is_down_is_waited_for() -> None:
    """A store error ends no worker."""
    assert [w.id for w in await work(Bench([claim("a")], down=3), EchoWriter())] == ["a"]


async def test_words_are_told_while_they_are_written() -> None:
    """In order, before the answer, and never after it."""

    class Slow(EchoWriter):
        def __init__(self) -> None:
            self.left = 3

        def step(self, admit: Sequence[tuple[str, Prompt]], drop: Collection[str] = ()) -> list[Partial | Ended]:
            self.left -= 1
            return [Partial("a", "x" * (3 - self.left)) if self.left else Ended("a", "xxx")]

    bench = Bench([claim("a")])
    assert [w.text for w in await work(bench, Slow())] == ["xxx"]
    assert [(w.text, w.partial) for w in bench.told] == [("x", True), ("xx", True)]


async def test_a_cancelled_job_stops_with_the_next_step() -> None:
    """It is looked for before each step; its slot is free for the next."""

    class Endless(EchoWriter):
        slots = 1

        def __init__(self) -> None:
            self.steps = 0
            self.dropped: list[str] = []

        def step(self, admit: Sequence[tuple[str, Prompt]], drop: Collection[str] = ()) -> list[Partial | Ended]:
            self.steps += 1
            self.dropped += drop
            bench.unwanted = {"endless"}
            return [Ended(id, "done") for id, _ in admit if id != "endless"]

    bench, writer = Bench([claim("endless", deadline=90)], [claim("b")]), Endless()
    assert sorted((w.id, w.error) for w in await work(bench, writer)) == [("b", ""), ("endless", "cancelled")]
    assert writer.dropped == ["endless"] and writer.steps <= 3


async def test_a_worker_says_how_it_does() -> None:
    """With each beat: its model, what it holds, what it has answered."""
    bench = Bench([claim("a"), claim("late", deadline=1)])
    worker = Worker(bench, EchoWriter(), clock=lambda: 50.0, name="w1", rss=lambda: 7)  # type: ignore[arg-type]
    task = asyncio.create_task(worker.run())
    await bench.empty.wait()
    await worker._queue.beat((), bench.shifts[0])
    worker.stop()
    await task
    assert (bench.shifts[0].worker, bench.shifts[0].model, bench.shifts[0].rss) == ("w1", "echo", 7)
    assert (worker.answered, worker._jobs.late) == (2, 1)


def to_read(name: str, *texts: str, deadline: float = 100.0) -> Claimed:
    return Claimed(f"e-{name}", Job(name, "", "", deadline, texts=texts))


class Lengths:
    """An encoder that counts characters; it cannot read "bad"."""

    name, labels = "lengths", ()

    def __init__(self) -> None:
        self.batches: list[int] = []

    def encode(self, texts: Sequence[str]) -> list[tuple[float, ...]]:
        self.batches.append(len(texts))
        if "bad" in texts:
            raise ValueError("cannot read this")
        return [(float(len(text)),) for text in texts]


async def test_texts_are_read_beside_answers_and_starve_none() -> None:
    """In batches of a bounded number of texts, between the steps of an answer that goes on."""

    class Slow(EchoWriter):
        def __init__(self) -> None:
            self.left = 5

        def step(self, admit: Sequence[tuple[str, Prompt]], drop: Collection[str] = ()) -> list[Partial | Ended]:
            self.left -= 1
            return [] if self.left else [Ended("answer", "words")]

    crowd = [to_read(f"r{n}", *["abc"] * 20) for n in range(9)]
    bench, encoder = Bench([claim("answer"), *crowd]), Lengths()
    await work(bench, Slow(), encoder)
    assert max(encoder.batches) <= 64 and len(encoder.batches) == 3
    vectors = {w.id: w.vectors for w in bench.finished if w.id != "answer"}
    assert vectors == {f"r{n}": ((3.0,),) * 20 for n in range(9)}
    assert next(w.text for w in bench.finished if w.id == "answer") == "words"


async def test_what_cannot_be_read_fails_alone() -> None:
    """Its neighbours of the batch are read; what comes too late is not; without an encoder each is told so."""
    jobs = [to_read("a", "xx"), to_read("b", "bad"), to_read("late", "x", deadline=1.0), to_read("c", "")]
    done = {w.id: w.vectors or w.error for w in await work(Bench(jobs), EchoWriter(), Lengths())}
    assert done == {
        "a": ((2.0,),), "c": ((0.0,),), "late": "late", "b": "the encoder failed on these texts (ValueError)",
    }  # fmt: skip
    (told,) = await work(Bench([to_read("a", "xx")]), EchoWriter())
    assert "--encoder" in told.error
