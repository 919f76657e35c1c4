"""A line that a change of the catalogue made wrong is put right, once, and that is recorded."""

from bot.domain.catalog import Catalogue
from bot.domain.inputs import End, Hear, Posted, Stocked, Tick
from bot.domain.policy import RoomPolicy
from bot.domain.ports import Caps, Receipt
from tests.fakes import Hall, goods, heard


def told(*questions: str, policy: RoomPolicy | None = None, caps: Caps | None = None) -> Hall:
    """A room that has answered these questions about the shirt."""
    hall = Hall(policy, caps)
    hall.feed(Hear(heard(900, kind="room", id="r1", product="1")))
    for number, text in enumerate(questions, 1):
        hall.feed(Hear(heard(number, text)), after=3)
    hall.feed(Tick(), after=3)
    return hall


def lines(hall: Hall) -> list[str]:
    """What was posted that answers nobody in particular."""
    return [out.text for _, out in hall.posted if not out.reply_to]


def test_a_changed_price_is_told_once_in_each_language_it_was_told_in() -> None:
    """One line a product and language, however many questions rested on the price."""
    hall = told("多少钱", "原价多少 现在多少钱", "how much")
    hall.feed(Stocked(goods(9900, version=2)), after=3)
    hall.feed(Tick(), after=3)
    hall.feed(Tick(), after=9)
    assert lines(hall) == ["更新：1号亚麻衬衫：现价99元", "Update: #1 Linen Shirt: ¥99 now"] or lines(hall) == [
        "Update: #1 Linen Shirt: ¥99 now", "更新：1号亚麻衬衫：现价99元",
    ]  # fmt: skip
    assert [(c.fate, c.version) for c in hall.corrections] == [("sent", 2), ("sent", 2)]
    zh = next(c for c in hall.corrections if c.lang == "zh")
    assert (zh.askers, [f.value for f in zh.wrong], zh.facts[0].value) == (2, ["129 CNY"], "99 CNY")


def test_what_came_back_needs_no_correction() -> None:
    """A price that changed and changed back before a slot was free is recorded as moot, and nothing is said."""
    hall = told("多少钱", policy=RoomPolicy(send_gap=10.0))
    hall.feed(Stocked(goods(9900, version=2)))
    hall.feed(Stocked(goods(12900, version=3)), after=1)
    hall.feed(Tick(), after=12)
    assert lines(hall) == []
    assert [c.fate for c in hall.corrections] == ["moot"]


def test_stock_is_corrected_when_it_runs_out_and_not_when_it_shrinks() -> None:
    """3 left, then 2: nobody is misled. Then none: they are."""
    hall = told("M码还有吗")
    hall.feed(Stocked(goods(left=2, version=2)), after=3)
    hall.feed(Tick(), after=3)
    assert (lines(hall), hall.corrections) == ([], [])
    hall.feed(Stocked(goods(left=0, version=3)), after=3)
    hall.feed(Tick(), after=3)
    assert lines(hall) == ["更新：1号亚麻衬衫：白色M码已售罄，现有黑色XL"]


def test_old_lines_and_a_policy_of_none_are_left_alone() -> None:
    """After `correct_within` nobody acts on a line any more; 0 turns corrections off."""
    for policy, after in ((RoomPolicy(correct_within=60.0), 90.0), (RoomPolicy(correct_within=0.0), 3.0)):
        hall = told("多少钱", policy=policy)
        hall.feed(Stocked(goods(9900, version=2)), after=after)
        hall.feed(Tick(), after=9)
        assert (lines(hall), hall.corrections) == ([], [])


def test_where_nobody_may_send_the_host_gets_the_words() -> None:
    """A merchant who wants to say it personally, and a product that is gone: the record says so."""
    hall = told("多少钱", policy=RoomPolicy(correct_by_host=True))
    hall.feed(Stocked(goods(9900, version=2)), after=3)
    assert lines(hall) == []
    assert [(c.fate, c.line) for c in hall.corrections] == [("to_host", "更新：1号亚麻衬衫：现价99元")]
    hall = told("多少钱")
    hall.feed(Stocked(Catalogue(2)), after=3)
    assert [(c.fate, c.line) for c in hall.corrections] == [("to_host", "")]


def test_a_correction_that_was_dropped_is_tried_once_more() -> None:
    """As for any line: one careful resend, no blind one."""
    for outcome, tries, fate in (("dropped", 2, "failed"), ("unknown", 1, "failed")):
        hall = told("多少钱")
        hall.answer_sends = False
        hall.feed(Stocked(goods(9900, version=2)), after=3)
        for _ in range(4):
            hall.feed(Posted(Receipt(hall.posted[-1][1].key, outcome)), after=1)  # type: ignore[arg-type]
            hall.feed(Tick(), after=3)
        assert len(lines(hall)) == tries
        assert [c.fate for c in hall.corrections] == [fate]


def test_no_receipt_ends_a_correction_and_the_room_goes_on() -> None:
    """The slot is free again after `receipt_within`."""
    hall = told("多少钱")
    hall.answer_sends = False
    hall.feed(Stocked(goods(9900, version=2)), after=3)
    wake = hall.room.wake_at()
    assert wake == hall.now + 5.0
    hall.feed(Tick(), after=5.0)
    assert [c.fate for c in hall.corrections] == ["failed"]
    hall.answer_sends = True
    hall.feed(Hear(heard(50, "什么时候发货")), after=3)
    assert hall.posted[-1][1].reply_to == ("c50",)


def test_the_end_of_the_room_ends_what_waits() -> None:
    """Every correction is recorded exactly once."""
    hall = told("多少钱", policy=RoomPolicy(send_gap=60.0))
    hall.feed(Stocked(goods(9900, version=2)), after=3)
    hall.feed(End())
    assert [c.fate for c in hall.corrections] == ["expired"]


def test_a_correction_is_corrected_in_its_turn() -> None:
    """129 told, 99 put right, then 139: the room hears of each."""
    hall = told("多少钱")
    for version, price in ((2, 9900), (3, 13900), (4, 12900)):
        hall.feed(Stocked(goods(price, version=version)), after=5)
        hall.feed(Tick(), after=3)
    assert lines(hall) == [f"更新：1号亚麻衬衫：现价{price}元" for price in (99, 139, 129)]


def test_a_change_between_send_and_receipt_is_put_right() -> None:
    """The line was under way when the price changed."""
    hall = Hall()
    hall.answer_sends = False
    hall.feed(Hear(heard(900, kind="room", id="r1", product="1")))
    hall.feed(Hear(heard(1, "多少钱")), after=3)
    hall.feed(Stocked(goods(9900, version=2)), after=0.5)
    hall.feed(Posted(Receipt(hall.posted[0][1].key, "accepted")), after=0.5)
    hall.feed(Tick(), after=3)
    assert lines(hall) == ["更新：1号亚麻衬衫：现价99元"]
