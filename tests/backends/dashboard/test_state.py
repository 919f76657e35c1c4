"""The bounded memory of one room."""

from typing import Any

import msgspec
import pytest

from bot.backends.dashboard import state
from bot.backends.dashboard.state import Room
from tests.backends.dashboard.conftest import NOW, ROOM, answered, heard, question, status, turn


@pytest.fixture
def room() -> Room:
    """A watched room whose browser is up to date."""
    made = Room(ROOM, clock=lambda: NOW)
    made.watched = True
    return made


def frame(room: Room) -> dict[str, Any]:
    """The next frame, decoded."""
    decoded: dict[str, Any] = msgspec.json.decode(room.frame(b"[]")[0])
    return decoded


def snapshot(room: Room) -> dict[str, Any]:
    """A snapshot, decoded."""
    decoded: dict[str, Any] = msgspec.json.decode(room.snapshot(b"[]"))
    return decoded


def test_turn_joins_its_comment(room: Room) -> None:
    """A comment and its end are one line, with the seconds between them and the words of the answer."""
    room.take(heard(1))
    assert "fate" not in frame(room)["lines"][0]
    room.take(turn(1, "answered", reason="sent", question="q1", answer="还有12件", askers=3, slots=("stock",)))
    (line,) = frame(room)["lines"]
    assert (line["seq"], line["fate"], line["reason"], line["seconds"]) == (1, "answered", "sent", 2.0)
    assert (line["answer"], line["question"], line["askers"], line["slots"]) == ("还有12件", "q1", 3, ["stock"])


def test_chatter_does_not_push_questions_out(room: Room) -> None:
    """A thousand chatter lines leave the last 150 of them, and every question that is still waiting."""
    room.take(heard(1))
    for seq in range(2, 1002):
        room.take(heard(seq, "666"))
        room.take(turn(seq, "ignored", "666"))
    lines = snapshot(room)["lines"]
    assert [line["seq"] for line in lines] == [1, *range(852, 1002)]


def test_flood_is_bounded_and_counted(room: Room) -> None:
    """Of 2,000 comments between two frames 40 are sent, and the frame says how many were not."""
    for seq in range(1, 2001):
        room.take(heard(seq))
    sent = frame(room)
    assert len(sent["lines"]) == state.PER_FRAME
    assert sent["more"] == 2000 - state.PER_FRAME
    assert len(snapshot(room)["lines"]) == state.LOUD


def test_frame_prefers_what_matters(room: Room) -> None:
    """When a frame is full, a line that a browser shows as pending gets its fate before new chatter is sent."""
    room.take(heard(1))
    frame(room)
    for seq in range(2, 152):
        room.take(heard(seq, "666"))
        room.take(turn(seq, "ignored", "666"))
    room.take(turn(1, "to_host", reason="not_on_card"))
    sent = frame(room)
    assert sent["lines"][0]["seq"] == 1 and sent["lines"][0]["fate"] == "to_host"
    assert sent["more"] == 150 - (state.PER_FRAME - 1)


def test_late_fate_of_a_forgotten_question(room: Room) -> None:
    """A question pushed out by a flood comes back with its answer; forgotten chatter does not."""
    for seq in range(1, 400):
        room.take(heard(seq))
    frame(room)
    room.take(turn(1, "answered", reason="sent"))
    room.take(turn(2, "ignored"))
    assert [line["seq"] for line in frame(room)["lines"]] == [1]


def test_questions_are_bounded(room: Room) -> None:
    """All open questions are kept, and the last 60 that ended."""
    for n in range(100):
        room.take(question(f"open{n}"))
        room.take(answered(f"done{n}"))
    kept = [view["id"] for _, view in snapshot(room)["questions"]]
    assert kept == [f"done{n}" for n in range(40, 100)] + [f"open{n}" for n in range(100)]


def test_answer_carries_the_catalogue_version_of_its_turn(room: Room) -> None:
    """A question shows the catalogue version that was in force when it was answered, not the newest."""
    room.take(status(version=4))
    room.take(answered("q1"))
    room.take(turn(1, "answered", question="q1", version=3))
    assert [version for version, _ in frame(room)["questions"]] == [3]


def test_goods_travel_only_when_they_change(room: Room) -> None:
    """Products and row errors are sent once, then again when one of them changes."""
    room.take(status())
    first = frame(room)
    assert first["goods"]["products"][0]["price"] == "129元" and first["goods"]["error_total"] == 1
    assert "products" not in first["status"]
    room.take(status(NOW + 1))
    assert "goods" not in frame(room)
    room.take(status(NOW + 2, products=status().products[:1]))
    assert frame(room)["goods"]["total"] == 1


def test_points_are_one_per_second_and_bounded(room: Room) -> None:
    """Plots have at most 300 points, one for each second, the last one of a second winning."""
    for n in range(400):
        room.take(status(NOW + n))
        room.take(status(NOW + n + 0.5, rate=20.0))
    points = snapshot(room)["points"]
    assert [p[0] for p in points] == [int(NOW) + n for n in range(100, 400)]
    assert points[-1] == [int(NOW) + 399, 20.0, 0.03, None]


def test_nothing_is_collected_unwatched(room: Room) -> None:
    """Without a browser there is no frame to build, only the bounded state."""
    room.watched = False
    room.take(heard(1))
    room.take(question("q1"))
    room.take(status())
    assert not room.changed
    assert len(snapshot(room)["lines"]) == 1


def test_a_room_that_begins_anew_forgets(room: Room) -> None:
    """Comment number 1 coming a second time means a new show: the old one is gone."""
    room.take(heard(1))
    room.take(heard(2))
    assert not room.restarted
    room.take(heard(1, "新的一场"))
    assert room.restarted
    assert [line["text"] for line in snapshot(room)["lines"]] == ["新的一场"]


@pytest.mark.parametrize(
    "item",
    [
        msgspec.structs.replace(heard(1), seq="1"),
        heard(1, "\ud800"),
        turn(1, "answered", answer=object()),
        question("q", text=object()),
        question([]),  # type: ignore[arg-type]
        status(float("nan")),
        status(NOW, latency=None),
        status(NOW, products=3),
    ],
)
def test_an_odd_item_leaves_no_trace(room: Room, item: Any) -> None:
    """What cannot be shown is refused at the door; frames and snapshots go on."""
    room.take(heard(7))
    with pytest.raises((TypeError, ValueError, AttributeError)):
        room.take(item)
    assert [line["seq"] for line in frame(room)["lines"]] == [7]
    assert snapshot(room)["questions"] == [] and snapshot(room)["status"] is None
