"""Admission: the queue holds what workers begin soon, rooms take turns, what had to begin ends at once."""

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.work import Crew, Job, Shift
from bot.live.admission import Admission

SLOW = Crew((Shift("w", slots=2, seconds=4.0),))


def _job(id: str, room: str = "r", weight: int = 1, begin: float = 7.0) -> Job:
    return Job(id, "p", "s", 25.0, begin=begin, room=room, weight=weight)


def test_no_more_is_let_in_than_is_begun_soon_and_the_next_follows_an_end() -> None:
    """Two slots and an answer that takes 4 s: three jobs at a time, the hottest of them first."""
    admission = Admission()
    for place in range(6):
        admission.add(_job(str(place), weight=place))
    assert [job.id for job in admission.admit(SLOW)] == ["5", "4", "3"]
    assert admission.admit(SLOW) == []
    admission.ended(["4"])
    assert [job.id for job in admission.admit(SLOW)] == ["2"]


def test_a_hot_room_does_not_keep_a_small_one_out() -> None:
    """Turns go by room, however many people wait in one."""
    admission = Admission()
    for place in range(50):
        admission.add(_job(f"hot{place}", "hot", weight=99))
    admission.add(_job("small", "small"))
    assert "small" in [job.id for job in admission.admit(SLOW)]


def test_what_had_to_begin_is_late_and_what_is_inside_is_the_workers_matter() -> None:
    """A job that was let in is not told late here."""
    admission = Admission()
    for place in range(5):
        admission.add(_job(str(place)))
    inside = {job.id for job in admission.admit(SLOW)}
    assert admission.late(6.9) == []
    assert set(admission.late(7.0)) == {"0", "1", "2", "3", "4"} - inside


def test_without_workers_all_go_to_the_queue_which_keeps_them() -> None:
    """Nobody is there to measure."""
    admission = Admission()
    for place in range(40):
        admission.add(_job(str(place)))
    assert len(admission.admit(Crew())) == 40


@given(
    slots=st.integers(0, 64), seconds=st.floats(0.0, 1e6), rooms=st.lists(st.integers(0, 3), max_size=60),
    ends=st.integers(1, 5),
)  # fmt: skip
def test_every_job_is_let_in_once_or_late(slots: int, seconds: float, rooms: list[int], ends: int) -> None:
    """Whatever the workers report, nothing waits for ever and nothing goes twice."""
    admission, crew, inside, seen = Admission(), Crew((Shift("w", slots=slots, seconds=seconds),)), [], []
    for place, room in enumerate(rooms):
        admission.add(_job(str(place), str(room)))
    for _ in range(len(rooms)):
        new = [job.id for job in admission.admit(crew)]
        seen += new
        inside += new
        admission.ended(inside[:ends])
        inside = inside[ends:]
    assert sorted(seen) == sorted(map(str, range(len(rooms)))) and not len(admission)
