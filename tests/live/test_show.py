"""A show on several platforms: asked together, answered at each, seen where lines come back."""

import pytest

from bot.decide.privacy import mask
from bot.decide.words import clean
from bot.domain.inputs import Begin, Hear, Linked, Posted, Stocked, Tick
from bot.domain.policy import RoomPolicy
from bot.domain.ports import Caps, Receipt
from tests.fakes import Hall, goods, heard

PRICE = "1号多少钱"


def show(**places: Caps) -> Hall:
    """A hall with these places, all connected."""
    hall = Hall()
    hall.feed(Begin("hall", RoomPolicy(), Caps(), places))
    hall.answer_sends = False
    for place, caps in places.items():
        hall.feed(Linked(True, caps, place))
    return hall


def ask(hall: Hall, seq: int, place: str, text: str = PRICE) -> None:
    hall.feed(Hear(heard(seq, text, at=hall.now, place=place)), after=0.01)


def receipt(hall: Hall, at: int, outcome: str = "accepted", after: float = 0.1) -> None:
    hall.feed(Posted(Receipt(hall.posted[at][1].key, outcome)), after=after)  # type: ignore[arg-type]


def test_one_question_from_three_places_is_written_once_and_said_in_each() -> None:
    """One job for the worker; each platform gets its own line, within its own length, to its own askers."""
    hall = show(a=Caps(), b=Caps(max_chars=60), c=Caps())
    for seq, place in enumerate("abca", 1):
        ask(hall, seq, place, "1号面料透气吗夏天闷不闷")
    assert len(hall.jobs) == 1
    hall.write("透气不闷热，夏天可以穿")
    assert sorted((out.place, out.reply_to) for _, out in hall.posted) == [
        ("a", ("c1", "c4")), ("b", ("c2",)), ("c", ("c3",)),
    ]  # fmt: skip
    for at in range(3):
        receipt(hall, at)
    assert {(t.place, t.fate) for t in hall.turns} == {
        ("a", "answered"),
        ("a", "merged"),
        ("b", "answered"),
        ("c", "answered"),
    }
    assert len({t.question for t in hall.turns}) == 1


def test_a_platform_that_refuses_costs_only_its_own_askers() -> None:
    """The others' answers stand."""
    hall = show(a=Caps(), b=Caps())
    ask(hall, 1, "a")
    ask(hall, 2, "b")
    for at, outcome in enumerate(("accepted", "unknown")):
        receipt(hall, at, outcome)
    assert {(t.place, t.fate, t.reason) for t in hall.turns} == {
        ("a", "answered", "sent"), ("b", "failed", "send_unknown"),
    }  # fmt: skip


def test_who_asks_elsewhere_a_moment_later_gets_the_same_words_without_another_job() -> None:
    """An answer at one place was not seen at the other; it is said there, too, and not pointed at."""
    hall = show(a=Caps(), b=Caps())
    ask(hall, 1, "a", "1号面料透气吗夏天闷不闷")
    hall.write("透气不闷热，夏天可以穿")
    ask(hall, 2, "b", "1号面料透气吗夏天闷不闷")
    assert not hall.jobs
    assert [(out.place, out.text) for _, out in hall.posted] == [
        (place, hall.posted[0][1].text) for place in "ab"
    ]  # fmt: skip


def test_the_same_comment_id_on_two_platforms_is_two_comments() -> None:
    """Retracting one leaves the other."""
    hall = show(a=Caps(), b=Caps())
    for place in "ab":
        hall.feed(Linked(False, Caps(), place))
        hall.feed(Hear(heard(1 + (place == "b"), PRICE, at=hall.now, place=place, id="x")))
    hall.feed(Hear(heard(3, "", kind="retract", target="x", place="b")))
    assert [(t.place, t.fate) for t in hall.turns] == [("b", "retracted")]
    hall.feed(Linked(True, Caps(), "a"))
    assert [(out.place, out.reply_to) for _, out in hall.posted] == [("a", ("x",))]


def test_an_overlay_speaks_for_platforms_that_cannot_be_written_to() -> None:
    """Two read-only platforms, one line; while it is gone the host is told."""
    hall = show(a=Caps(can_send=False), b=Caps(can_send=False), obs=Caps(sink=True))
    ask(hall, 1, "a")
    ask(hall, 2, "b")
    receipt(hall, 0, "confirmed")
    ((_, out),) = hall.posted
    assert (out.place, out.reply_to) == ("obs", ())
    assert [(t.place, t.fate) for t in hall.turns] == [("a", "answered"), ("b", "merged")]
    hall.feed(Linked(False, Caps(sink=True), "obs"))
    ask(hall, 3, "a", "2号多少钱")
    assert (hall.turns[-1].fate, hall.turns[-1].reason) == ("to_host", "read_only")


def test_each_platform_keeps_its_own_pace() -> None:
    """A slow one does not hold up a fast one."""
    hall = show(fast=Caps(min_gap=0.0), slow=Caps(min_gap=60.0, per_window=(1, 60.0)))
    for seq in range(1, 7):
        ask(hall, seq, "fast" if seq % 2 else "slow", f"{(seq + 1) // 2}号多少钱")
        for at in range(len(hall.posted)):
            receipt(hall, at)
        hall.feed(Tick(), after=3.0)
    places = [out.place for _, out in hall.posted]
    assert places.count("slow") == 1 and places.count("fast") >= 2


def test_a_wrong_line_is_put_right_where_it_was_said() -> None:
    """And nowhere else."""
    hall = show(a=Caps(), b=Caps())
    ask(hall, 1, "b")
    receipt(hall, 0)
    hall.feed(Stocked(goods(8900, version=2)), after=3.0)
    assert [out.place for _, out in hall.posted] == ["b", "b"]
    receipt(hall, 1)
    assert [(c.place, c.fate) for c in hall.corrections] == [("b", "sent")]


ECHO = Caps(echo=True, min_gap=0.0)


def _echo(hall: Hall, seq: int, at: int, **more: object) -> None:
    line = hall.posted[at][1]
    hall.feed(Hear(heard(seq, mask(clean(line.text)), own=True, at=hall.now, viewer="me", **more)), after=0.2)


def _proven() -> Hall:
    """A hall whose platform has shown one of our lines already."""
    hall = Hall(caps=ECHO)
    hall.answer_sends = False
    hall.feed(Hear(heard(1, PRICE, at=hall.now)))
    receipt(hall, 0)
    _echo(hall, 2, 0)
    return hall


@pytest.mark.parametrize("first", ["receipt", "echo"])
def test_sent_becomes_seen_when_the_line_comes_back(first: str) -> None:
    """Whichever comes first; by our key, or by its words."""
    hall = _proven()
    hall.feed(Hear(heard(3, "2号多少钱", at=hall.now)), after=3.0)
    if first == "receipt":
        receipt(hall, 1)
        assert len([t for t in hall.turns if t.id == "c3"]) == 0, "not before it was seen"
    _echo(hall, 4, 1, target=hall.posted[1][1].key)
    if first == "echo":
        receipt(hall, 1)
    assert [(t.fate, t.reason) for t in hall.turns if t.id == "c3"] == [("answered", "seen")]


def test_a_line_that_comes_back_with_a_name_before_it_is_ours_too() -> None:
    """As replies do on some platforms; it is not taken for swallowed."""
    hall = _proven()
    hall.feed(Hear(heard(3, "2号多少钱", at=hall.now)), after=3.0)
    receipt(hall, 1)
    hall.feed(
        Hear(heard(4, mask(clean(f"@someone {hall.posted[1][1].text}")), own=True, at=hall.now, viewer="me")), after=0.2
    )
    hall.feed(Hear(heard(5, "哈哈", at=hall.now)), after=1.0)
    hall.feed(Tick(), after=9.0)
    assert len(hall.posted) == 2
    assert [(t.fate, t.reason) for t in hall.turns if t.id == "c3"] == [("answered", "seen")]


@pytest.mark.parametrize("outcome", ["unknown", "dropped"])
def test_a_line_that_was_seen_is_answered_whatever_its_receipt_says(outcome: str) -> None:
    """It came back before a receipt that knows nothing of it."""
    hall = _proven()
    hall.feed(Hear(heard(3, "2号多少钱", at=hall.now)), after=3.0)
    _echo(hall, 4, 1)
    receipt(hall, 1, outcome)
    assert len(hall.posted) == 2
    assert [(t.fate, t.reason) for t in hall.turns if t.id == "c3"] == [("answered", "seen")]


def test_a_swallowed_line_is_sent_once_more_and_then_told() -> None:
    """The platform took it and showed others: a shadow ban is found out, and no third try is made."""
    hall = _proven()
    hall.feed(Hear(heard(3, "2号多少钱", at=hall.now)), after=3.0)
    for at in (1, 2):
        receipt(hall, at)
        hall.feed(Hear(heard(10 + at, "哈哈", at=hall.now)), after=1.0)
        hall.feed(Tick(), after=8.0)
        assert len(hall.posted) == 3
    assert [(t.fate, t.reason) for t in hall.turns if t.id == "c3"] == [("failed", "send_swallowed")]


@pytest.mark.parametrize("why", ["nobody else was shown", "the connection was cut"])
def test_a_line_that_may_have_been_seen_is_not_sent_again(why: str) -> None:
    """Not seeing it proves nothing then; two answers to one question are worse than none."""
    hall = _proven()
    hall.feed(Hear(heard(3, "2号多少钱", at=hall.now)), after=3.0)
    receipt(hall, 1)
    if why == "the connection was cut":
        hall.feed(Linked(False, ECHO), after=0.5)
        hall.feed(Linked(True, ECHO), after=0.5)
        hall.feed(Hear(heard(4, "哈哈", at=hall.now)), after=1.0)
    hall.feed(Tick(), after=9.0)
    assert len(hall.posted) == 2
    assert [(t.fate, t.reason) for t in hall.turns if t.id == "c3"] == [("answered", "sent")]


def test_where_no_line_ever_came_back_the_receipt_counts() -> None:
    """A platform that says it echoes and does not is not waited for."""
    hall = Hall(caps=ECHO)
    hall.feed(Hear(heard(1, PRICE, at=hall.now)))
    assert [(t.fate, t.reason) for t in hall.turns] == [("answered", "sent")]
