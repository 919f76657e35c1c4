"""The scheduler: every job ends once, in time or not at all, and no room starves another."""

from collections import Counter

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.work import Claimed, Ended, Job
from bot.worker.scheduler import TRIES, Scheduler


def claim(id: str, *, deadline: float = 100.0, tries: int = 1, room: str = "", weight: int = 1) -> Claimed:
    return Claimed(f"e-{id}", Job(id, "p", f"s-{id}", deadline, room=room, weight=weight), tries)


def ids(jobs: Scheduler, now: float = 0.0) -> list[str]:
    return [id for id, _ in jobs.turn(now).admit]


def test_a_hot_room_does_not_starve_a_small_one() -> None:
    """Rooms take turns; within a room the job goes first that most wait for."""
    jobs = Scheduler("m", 4)
    jobs.add([claim(f"hot{i}", room="hot", weight=i) for i in range(8)] + [claim("small", room="small")])
    assert ids(jobs) == ["hot7", "small", "hot6", "hot5"]


def test_what_would_come_too_late_is_not_begun() -> None:
    """The mean time of the last answers counts; so does a deadline that passes while an answer is written."""
    jobs = Scheduler("m", 2)
    jobs.add([claim("a"), claim("b", deadline=4)])
    assert ids(jobs) == ["b", "a"]
    jobs.stepped(3.0, [Ended("a", "words")])
    assert jobs.seconds == 3.0
    jobs.add([claim("c", deadline=6.5), claim("d", deadline=9)])
    turn = jobs.turn(4.0)
    assert [id for id, _ in turn.admit] == ["d"]
    assert turn.drop == ("b",)
    assert [(w.id, w.text, w.error) for _, w in jobs.reports()] == [
        ("a", "words", ""),
        ("b", "", "late"),
        ("c", "", "late"),
    ]


def test_a_cancel_frees_the_slot_with_the_next_step() -> None:
    """Waiting or running alike; one that is unknown is nothing."""
    jobs = Scheduler("m", 1)
    jobs.add([claim("a"), claim("b"), claim("c")])
    assert ids(jobs) == ["a"]
    for id in ("a", "b", "nobody"):
        jobs.cancel(id)
    turn = jobs.turn(1.0)
    assert (turn.drop, [id for id, _ in turn.admit]) == (("a",), ["c"])
    assert {(w.id, w.error) for _, w in jobs.reports()} == {("a", "cancelled"), ("b", "cancelled")}


def test_the_one_that_breaks_steps_is_found() -> None:
    """After a failed step each is written alone; the one that fails alone is given up, the others are written."""
    jobs = Scheduler("m", 3)
    jobs.add([claim("a"), claim("bad"), claim("b")])
    done: dict[str, str] = {}
    for _ in range(9):
        turn = jobs.turn(0.0)
        done |= {w.id: w.error for _, w in jobs.reports()}
        admitted = [id for id, _ in turn.admit]
        if "bad" in admitted:
            jobs.failed("broke")
        elif admitted:
            jobs.stepped(1.0, [Ended(id, id) for id in admitted])
    assert done == {"a": "", "bad": "broke", "b": ""}
    assert jobs.idle


def test_poison_and_doubles_are_not_written() -> None:
    """An entry handed out again while it is held here is one job."""
    jobs = Scheduler("m", 4)
    jobs.add([claim("a"), claim("a"), claim("poison", tries=TRIES + 1)])
    turn = jobs.turn(0.0)
    assert [id for id, _ in turn.admit] == ["a"]
    assert [(w.id, w.error) for _, w in jobs.reports()] == [("poison", "poison")]


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_every_job_ends_exactly_once(data: st.DataObject) -> None:
    """Whatever comes, is cancelled, fails or takes its time: one end each, and never more rows than slots."""
    slots = data.draw(st.integers(1, 4))
    jobs, running, ended, now = Scheduler("m", slots), set[str](), Counter[str](), 0.0
    wanted = [f"j{i}" for i in range(data.draw(st.integers(0, 12)))]
    coming = list(wanted)
    for _ in range(40):
        if coming and jobs.room and data.draw(st.booleans()):
            id = coming.pop()
            new = claim(id, deadline=now + data.draw(st.floats(0, 30)), room=data.draw(st.sampled_from("xyz")))
            if data.draw(st.booleans()):
                new = msgspec.structs.replace(new, job=msgspec.structs.replace(new.job, texts=("a", "b")))
            jobs.add([new])
        if wanted and data.draw(st.integers(0, 9)) == 0:
            jobs.cancel(data.draw(st.sampled_from(wanted)))
        turn = jobs.turn(now)
        running -= set(turn.drop)
        for c in turn.read:
            if data.draw(st.booleans()):
                jobs.read(c, [(1.0,)] * data.draw(st.integers(1, 2)))
        running |= {id for id, _ in turn.admit}
        ended.update(w.id for _, w in jobs.reports())
        assert len(running) == jobs.running <= slots
        if running and data.draw(st.integers(0, 9)) == 0:
            jobs.failed("broke")
            running.clear()
        else:
            done = {id for id in sorted(running) if data.draw(st.booleans())}
            jobs.stepped(now, [Ended(id, id) for id in sorted(done)])
            running -= done
        now += 1.0
        if not coming and jobs.idle:
            break
    jobs.turn(now + 1000)  # all that is left is late by now
    ended.update(w.id for _, w in jobs.reports())
    assert ended == Counter(set(wanted) - set(coming))
