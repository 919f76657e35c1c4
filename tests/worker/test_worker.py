"""The worker's plan and loop."""

import asyncio
from collections.abc import Sequence

from bot.domain.errors import StoreError
from bot.domain.ports import Claimed, Job, Prompt, Written
from bot.worker.loop import Worker
from bot.worker.scheduler import plan
from tests.fakes import EchoWriter


def claim(name: str, *, prefix: str = "p", deadline: float = 100.0, tries: int = 1) -> Claimed:
    return Claimed(f"e-{name}", Job(name, prefix, f"s-{name}", deadline), tries)


class Bench:
    """A queue in memory that keeps the record; it can be down for a while."""

    def __init__(self, *batches: Sequence[Claimed], down: int = 0) -> None:
        self.batches, self.down = list(batches), down
        self.finished: list[Written] = []
        self.beats: list[tuple[str, ...]] = []
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

    async def beat(self, entries: Sequence[str]) -> None:
        self.beats.append(tuple(entries))

    async def finish(self, claimed: Claimed, written: Written) -> bool:
        self.finished.append(written)
        return True


async def work(bench: Bench, writer: object) -> list[Written]:
    worker = Worker(bench, writer, clock=lambda: 50.0)  # type: ignore[arg-type]
    task = asyncio.create_task(worker.run())
    await bench.empty.wait()
    worker.stop()
    await task
    return bench.finished


def test_jobs_of_one_prefix_run_side_by_side_and_the_most_urgent_prefix_first() -> None:
    """Late and poison jobs never reach the model."""
    jobs = [
        claim("a", prefix="x", deadline=90),
        claim("b", prefix="y", deadline=60),
        claim("c", prefix="x", deadline=80),
        claim("late", deadline=50),
        claim("poison", tries=4),
        claim("d", prefix="y", deadline=99),
    ]
    made = plan(jobs, 50.0)
    assert [c.job.id for c in made.run] == ["b", "d", "c", "a"]
    assert [c.job.id for c in made.late] == ["late"]
    assert [c.job.id for c in made.poison] == ["poison"]


async def test_every_claimed_job_is_answered_once() -> None:
    """Written, late and poison alike."""
    bench = Bench([claim("a"), claim("late", deadline=1), claim("poison", tries=9)], [claim("b")])
    done = {w.id: (w.text, w.error) for w in await work(bench, EchoWriter())}
    assert done == {"a": ("s-a", ""), "b": ("s-b", ""), "late": ("", "late"), "poison": ("", "poison")}
    assert len(bench.finished) == 4


async def test_one_bad_prompt_does_not_take_its_neighbours_along() -> None:
    """A batch that fails is written one by one."""

    class Picky(EchoWriter):
        def write(self, prompts: Sequence[Prompt]) -> list[str]:
            if any(p.suffix == "s-bad" for p in prompts):
                raise ValueError("cannot write this")
            return super().write(prompts)

    done = {w.id: (w.text, bool(w.error)) for w in await work(Bench([claim("a"), claim("bad"), claim("b")]), Picky())}
    assert done == {"a": ("s-a", False), "bad": ("", True), "b": ("s-b", False)}


async def test_a_model_that_answers_the_wrong_number_of_prompts_is_not_trusted() -> None:
    """Batch in, batch out, same length, or nothing of it is used."""

    class Short(EchoWriter):
        def write(self, prompts: Sequence[Prompt]) -> list[str]:
            return ["one"]

    assert all(w.error and not w.text for w in await work(Bench([claim("a"), claim("b")]), Short()))


async def test_a_queue_that_is_down_is_waited_for(monkeypatch: object) -> None:
    """A store error ends no worker."""
    import bot.worker.loop as loop

    loop.RETRY, before = 0.001, loop.RETRY
    try:
        assert [w.id for w in await work(Bench([claim("a")], down=3), EchoWriter())] == ["a"]
    finally:
        loop.RETRY = before
