"""What people in charge can do, case by case, in virtual time."""

from itertools import count
from typing import Any

import msgspec

from bot.domain.desk import (
    Approve,
    Claim,
    Command,
    Order,
    Reject,
    Release,
    Role,
    Ruling,
    Said,
    Say,
    SetMode,
    Show,
    TakeOver,
    Undo,
)  # fmt: skip
from bot.domain.inputs import (
    Begin,
    Commanded,
    Drafted,
    End,
    Erased,
    Hear,
    Linked,
    Posted,
    Recalled,
    Stocked,
    Tick,
)  # fmt: skip
from bot.domain.policy import RoomPolicy
from bot.domain.ports import Caps, Receipt
from bot.domain.turns import Announced, Turn
from bot.domain.viewers import ViewerContext
from bot.domain.views import QuestionView
from bot.domain.work import Written
from bot.live.board import cues
from bot.live.desk import REMEMBERED
from bot.live.room import Erase
from tests.fakes import Hall, goods, heard

_ids = count(1)


def opened(caps: Caps | None = None, **policy: Any) -> Hall:
    """A hall whose host explains the shirt."""
    hall = Hall(RoomPolicy(**policy), caps)
    hall.feed(Hear(heard(900, kind="room", id="r1", product="1")))
    return hall


def give(hall: Hall, command: Command, by: str = "anna", role: Role = "moderator", id: str = "") -> Ruling | None:
    """Give a command and return its ruling."""
    effects = hall.feed(Commanded(Order(id or f"o{next(_ids)}", by, role, command)))
    return next((e for e in effects if isinstance(e, Ruling)), None)


def pending(hall: Hall) -> list[QuestionView]:
    """The answers that wait for a person, as a desk shows them."""
    for question in hall.room.book:
        hall.room.state.touch(question)
    return [view for view in hall.room.views(hall.now) if view.state == "pending"]


def test_in_assist_mode_nothing_is_sent_before_somebody_approves_it() -> None:
    """The card holds the question, its words, the facts and the time left; approved, the very words go out."""
    hall = opened(mode="assist")
    hall.feed(Hear(heard(1, "多少钱")))
    assert not hall.posted
    (card,) = pending(hall)
    assert (card.text, card.answer, card.doubt, card.viewer) == ("多少钱", "现价129元", "assist", "v1")
    assert card.facts[0].field == "price" and card.until == hall.now + 25
    ruling = give(hall, Approve(card.id, card.answer))
    assert ruling and ruling.done and ruling.line == "现价129元" and ruling.facts == card.facts
    assert [o.text for _, o in hall.posted] == ["1号亚麻衬衫：现价129元"]
    assert hall.fates() == {"answered": 1}


def test_what_nobody_rules_on_goes_where_the_setting_says() -> None:
    """Silence: to the host by default, or sent, or dropped."""
    for on_silence, fates in (("host", {"to_host": 1}), ("send", {"answered": 1}), ("drop", {"expired": 1})):
        hall = opened(mode="assist", on_silence=on_silence)
        hall.feed(Hear(heard(1, "多少钱")))
        hall.feed(Tick(), after=24.9)
        assert not hall.turns
        hall.feed(Tick(), after=0.2)
        assert hall.fates() == fates, on_silence
    assert hall.turns[0].reason == "no_ruling"


def test_a_claimed_card_is_one_persons_until_let_go_or_left_alone() -> None:
    """Bo cannot rule while anna has it; after its lease, or when she lets go, he can."""
    hall = opened(mode="assist", claim_for=10)
    hall.feed(Hear(heard(1, "多少钱")))
    (card,) = pending(hall)
    assert give(hall, Claim(card.id), "anna").done  # type: ignore[union-attr]
    assert pending(hall)[0].claimed == "anna"
    for command in (Claim(card.id), Approve(card.id, card.answer), Reject(card.id), Release(card.id)):
        refused = give(hall, command, "bo")
        assert refused and (refused.done, refused.why, refused.detail) == (False, "claimed", "anna")
    assert give(hall, Claim(card.id), "anna").done  # type: ignore[union-attr] - renewed
    hall.feed(Tick(), after=10.5)
    assert give(hall, Claim(card.id), "bo").done  # type: ignore[union-attr]
    assert give(hall, Release(card.id), "bo").done  # type: ignore[union-attr]
    assert give(hall, Approve(card.id, card.answer), "anna").done  # type: ignore[union-attr]
    gone = give(hall, Approve(card.id, card.answer), "bo")
    assert gone and (gone.done, gone.why) == (False, "gone")
    assert len(hall.posted) == 1


def test_a_card_that_somebody_is_looking_at_waits_for_them() -> None:
    """The deadline passes while anna types: it waits for her lease, not longer."""
    hall = opened(mode="assist", rule_within=5, claim_for=8)
    hall.feed(Hear(heard(1, "多少钱")))
    give(hall, Claim(pending(hall)[0].id), "anna")
    hall.feed(Tick(), after=5.1)
    assert not hall.turns
    hall.feed(Tick(), after=3)
    assert hall.turns[0].reason == "no_ruling"


def test_the_same_command_twice_is_carried_out_once() -> None:
    """A message that a broker delivers twice: the second is told what was said of the first."""
    hall = opened(mode="assist")
    hall.feed(Hear(heard(1, "多少钱")))
    (card,) = pending(hall)
    first = give(hall, Approve(card.id, card.answer), id="x1")
    second = give(hall, Approve(card.id, card.answer), id="x1")
    assert first and second == msgspec.structs.replace(first, again=True)
    other = give(hall, Approve(card.id, card.answer), by="bo", id="x1")
    assert other and other.why == "gone"
    assert len(hall.posted) == 1


def test_a_viewer_of_the_desk_may_look_only() -> None:
    """No command of theirs is carried out."""
    hall = opened(mode="assist")
    hall.feed(Hear(heard(1, "多少钱")))
    for command in (SetMode("auto"), Claim("q1"), Approve("q1", "现价129元"), Say("好"), TakeOver("room")):
        ruling = give(hall, command, role="viewer")
        assert ruling and (ruling.done, ruling.why) == (False, "no_right")
    assert not hall.posted and hall.room.state.mode == "assist"


def test_words_that_changed_since_they_were_looked_at_are_not_let_go() -> None:
    """The price falls while anna reads: her ruling is on other words, and is refused with those in force."""
    hall = opened(mode="assist")
    hall.feed(Hear(heard(1, "多少钱")))
    (card,) = pending(hall)
    hall.feed(Stocked(goods(price=9900, version=2)))
    ruling = give(hall, Approve(card.id, card.answer))
    assert ruling and (ruling.done, ruling.why, ruling.detail) == (False, "changed", "现价99元")
    (card,) = pending(hall)
    assert [(f.value, f.field) for f in card.was][:1] == [("129 CNY", "price")]
    assert give(hall, Approve(card.id, card.answer)).done  # type: ignore[union-attr]
    assert hall.posted[0][1].text.endswith("现价99元")


def test_an_edit_is_held_to_the_facts_and_the_law() -> None:
    """A wrong price, an invented promise, a forbidden claim, a contact: refused with the reason; true words go out."""
    hall = opened(mode="assist")
    hall.feed(Hear(heard(1, "多少钱")))
    (card,) = pending(hall)
    for text, why in (
        ("现价99元", "number:99元"),
        ("现价129元，买一送一", "promise:买一"),
        ("现价129元，假一赔十", "promise"),
        ("现价129元，全网最低", "promise"),
        ("加微信聊", "contact"),
        ("XL码没货了", "states_stock:xl码没货"),
        ("129元" + "好" * 200, "too_long"),
        (" ", "empty"),
    ):
        ruling = give(hall, Approve(card.id, card.answer, text))
        assert ruling and not ruling.done and ruling.why.startswith(why), (text, ruling)
        assert hall.room.check(card.id, text).why == ruling.why
    assert not hall.posted
    text = "亲，现价129元哦，L码没货了，XL有货"
    assert hall.room.check(card.id, text).ok
    ruling = give(hall, Approve(card.id, card.answer, text))
    assert ruling and ruling.done
    assert hall.posted[0][1].text == f"1号亚麻衬衫：{text}"
    assert hall.turns[0].path == "person" and "price" in {f.field for f in hall.turns[0].facts}


def test_an_edit_may_keep_what_the_answer_says() -> None:
    """Its own clauses stand on the facts that it has, however the catalogue words them."""
    hall = opened(mode="assist")
    hall.feed(Hear(heard(1, "L码还有吗")))
    (card,) = pending(hall)
    assert hall.room.check(card.id, f"亲，{card.answer}哦").ok, card.answer
    ruling = give(hall, Approve(card.id, card.answer, f"亲，{card.answer}哦"))
    assert ruling and ruling.done and set(ruling.facts) == set(card.facts)


def test_an_edited_price_that_changes_before_it_is_sent_is_not_sent() -> None:
    """The words were right when they were approved; the facts are checked once more at the moment of sending."""
    hall = opened(mode="assist", send_gap=5)
    hall.feed(Hear(heard(1, "什么时候发货")))
    hall.feed(Hear(heard(2, "多少钱")))
    one, two = pending(hall)
    give(hall, Approve(one.id, one.answer))
    give(hall, Approve(two.id, two.answer, "亲，现价129元哦"))
    assert len(hall.posted) == 1
    hall.feed(Stocked(goods(price=9900, version=2)), after=1)
    hall.feed(Tick(), after=5)
    assert len(hall.posted) == 1
    assert pending(hall)[0].answer == "现价99元"


def test_rejected_is_withheld() -> None:
    """The comment ends, and nothing is sent."""
    hall = opened(mode="assist")
    hall.feed(Hear(heard(1, "多少钱")))
    assert give(hall, Reject(pending(hall)[0].id)).done  # type: ignore[union-attr]
    assert (hall.turns[0].fate, hall.turns[0].reason) == ("withheld", "rejected")
    assert not hall.posted


def test_shadow_decides_and_records_and_sends_nothing() -> None:
    """What would have been said stands in the Turn."""
    hall = opened(mode="shadow")
    hall.feed(Hear(heard(1, "多少钱")))
    assert not hall.posted
    (turn,) = hall.turns
    assert (turn.fate, turn.reason, turn.answer) == ("withheld", "shadow", "现价129元")
    ruling = give(hall, Say("现价129元", "shirt"))
    assert ruling and ruling.why == "shadow"


def test_stop_silences_what_waits_and_sends_questions_to_the_host() -> None:
    """Ready, drafting and pending answers end; a dropped line is not tried again; resumed, the room answers anew."""
    hall = opened(send_gap=5)
    hall.answer_sends = False
    hall.feed(Hear(heard(1, "多少钱")))
    sent = hall.posted[0][1].key
    hall.feed(Hear(heard(2, "什么时候发货")))
    hall.feed(Hear(heard(3, "夏天穿热吗")))
    assert hall.jobs
    assert give(hall, SetMode("stopped")).done  # type: ignore[union-attr]
    assert hall.fates() == {"to_host": 2}
    hall.feed(Posted(Receipt(sent, "dropped")))
    hall.feed(Hear(heard(4, "2号多少钱")), after=6)
    while hall.jobs:
        hall.write("版型宽松")
    hall.feed(Tick(), after=60)
    assert len(hall.posted) == 1
    assert {t.reason for t in hall.turns if t.fate == "to_host"} == {"stopped"}
    assert give(hall, SetMode("auto")).done  # type: ignore[union-attr]
    hall.feed(Hear(heard(5, "2号多少钱", viewer="w")), after=61)
    assert len(hall.posted) == 2


def test_takeover_of_a_viewer_a_product_and_the_room() -> None:
    """The bot is silent exactly there, at once, and speaks again when it is given back."""
    hall = opened(mode="assist")
    hall.feed(Hear(heard(1, "多少钱", viewer="mia")))
    hall.feed(Hear(heard(2, "多少钱", viewer="tom")))
    hall.feed(Hear(heard(3, "2号多少钱", viewer="tom")))
    assert give(hall, TakeOver("viewer", "mia")).done  # type: ignore[union-attr]
    assert [(t.seq, t.fate, t.reason) for t in hall.turns] == [(1, "to_host", "taken_over")]
    assert pending(hall)[0].askers == 1
    hall.feed(Hear(heard(4, "什么时候发货", viewer="mia")))
    assert hall.turns[-1].reason == "taken_over"
    assert give(hall, TakeOver("product", "tote")).done  # type: ignore[union-attr]
    assert hall.turns[-1].seq == 3
    assert [v.text for v in pending(hall)] == ["多少钱"]
    assert give(hall, TakeOver("room")).done  # type: ignore[union-attr]
    assert not pending(hall)
    hall.feed(Hear(heard(5, "多少钱", viewer="ann")))
    assert hall.turns[-1].reason == "taken_over"
    for what, target in (("room", ""), ("product", "tote"), ("viewer", "mia")):
        assert give(hall, TakeOver(what, target, on=False)).done  # type: ignore[union-attr,arg-type]
    assert give(hall, TakeOver("room", on=False)).why == "not_taken"  # type: ignore[union-attr]
    hall.feed(Hear(heard(6, "2号多少钱", viewer="mia")), after=100)
    assert [v.text for v in pending(hall)] == ["2号多少钱"]
    assert not hall.posted


def test_what_the_host_said_is_not_said_again() -> None:
    """Open or the host's already: who asks it soon after is pointed at the host's words; nothing is posted."""
    hall = opened(mode="assist")
    hall.feed(Hear(heard(1, "多少钱")))
    assert give(hall, Said(pending(hall)[0].id)).done  # type: ignore[union-attr]
    assert [(t.fate, t.reason, t.answer) for t in hall.turns] == [("answered", "host_said", "")]
    hall.feed(Hear(heard(2, "多少钱啊")), after=3)
    assert hall.turns[-1].fate == "merged"
    hall.feed(Hear(heard(3, "孕妇能穿吗")))
    assert hall.turns[-1].fate == "to_host"
    cue = next(c for c in cues(hall.now, hall.room.state).answer if c.text == "孕妇能穿吗")
    assert cue.line == "1人问 孕妇能穿吗 → 你来答"
    assert give(hall, Said(cue.id)).done  # type: ignore[union-attr]
    assert not cues(hall.now, hall.room.state).answer
    hall.feed(Hear(heard(4, "孕妇可以穿吗")), after=3)
    hall.feed(Stocked(goods(price=9900, version=2)))
    hall.feed(Tick(), after=3)
    assert not hall.posted and not hall.corrections
    assert give(hall, Said("q77")).why == "gone"  # type: ignore[union-attr]


def test_the_models_words_on_health_wait_for_a_person() -> None:
    """In automatic mode: what the merchant wrote goes out, what a model says of a pregnancy does not."""
    hall = opened()
    hall.feed(Hear(heard(1, "手术后穿透气吗")))
    hall.write("透气不闷热")
    hall.feed(Hear(heard(2, "多少钱")))
    assert [o.text for _, o in hall.posted] == ["1号亚麻衬衫：现价129元"]
    (card,) = pending(hall)
    assert (card.doubt, card.path) == ("health", "model")


def test_an_angry_viewers_question_waits_for_a_person_unless_others_ask_it_too() -> None:
    """Who complained a moment ago should hear from a person."""
    hall = opened()
    hall.feed(Hear(heard(1, "上次买的掉色，质量太差了", viewer="mia")))
    assert hall.turns[0].kind == "complaint"
    hall.feed(Hear(heard(2, "多少钱", viewer="mia")))
    assert pending(hall)[0].doubt == "angry"


def test_a_persons_own_line_is_held_to_the_facts_and_keeps_to_the_quota() -> None:
    """It goes out before our own answers, also where the room is taken over, and its end is told."""
    hall = opened(send_gap=2)
    give(hall, TakeOver("room"))
    hall.feed(Hear(heard(1, "孕妇能穿吗")))
    ruling = give(hall, Say("亲，材质透气不闷热，现价129元", "shirt"))
    assert ruling and ruling.done
    assert [o.text for _, o in hall.posted] == ["1号亚麻衬衫：亲，材质透气不闷热，现价129元"]
    for text, product, why in (
        ("现价99元", "shirt", "number:99元"), ("现价129元", "", "number:129元"), ("好", "nosuch", "no_product"),
        ("包治百病", "shirt", "promise"),
    ):  # fmt: skip
        ruling = give(hall, Say(text, product))
        assert ruling and not ruling.done and ruling.why.startswith(why), ruling
    ruling = give(hall, Say(product="tote"))
    assert ruling and ruling.line == "2号帆布包：现价89元，能装下13寸电脑"
    assert len(hall.posted) == 1
    effects = hall.feed(Tick(), after=2)
    assert hall.posted[1][1].product == "tote" and effects is not None


def test_a_persons_line_whose_price_changed_is_not_sent() -> None:
    """Its end says so."""
    hall = opened(send_gap=5)
    hall.feed(Hear(heard(1, "什么时候发货")))
    give(hall, Say("现价129元", "shirt"))
    hall.feed(Stocked(goods(price=9900, version=2)))
    effects = hall.feed(Tick(), after=5)
    assert [e.fate for e in effects if isinstance(e, Announced)] == ["moot"]
    assert len(hall.posted) == 1


def test_a_sent_line_is_taken_back_where_the_platform_can() -> None:
    """The platform is asked by its own id; once it is gone the question counts as not answered."""
    hall = opened(Caps(can_delete=True))
    hall.answer_sends = False
    hall.feed(Hear(heard(1, "多少钱")))
    hall.feed(Posted(Receipt(hall.posted[0][1].key, "accepted", message="m9")))
    question = hall.turns[0].question
    order = Order("u1", "anna", "moderator", Undo(question))
    effects = hall.feed(Commanded(order))
    assert effects == [Erase(order, "", "m9")]
    assert not hall.feed(Commanded(order))  # the platform has not said yet
    (ruling,) = hall.feed(Erased(order, "m9", True))
    assert isinstance(ruling, Ruling) and ruling.done and ruling.line == "1号亚麻衬衫：现价129元"
    hall.feed(Hear(heard(2, "多少钱", viewer="w")), after=5)
    assert len(hall.posted) == 2
    assert give(hall, Undo("q99")).why == "gone"  # type: ignore[union-attr]


def test_a_line_that_cannot_be_taken_back_says_so() -> None:
    """No ability, or the platform refuses."""
    hall = opened()
    hall.feed(Hear(heard(1, "多少钱")))
    ruling = give(hall, Undo(hall.turns[0].question))
    assert ruling and ruling.why == "cannot_delete"


def test_the_host_is_told_what_to_explain_next() -> None:
    """What many ask about, is in stock and is not on screen; it comes back after a rest."""
    hall = opened()
    for i in range(1, 5):
        hall.feed(Hear(heard(i, "2号能装电脑吗")), after=0.1)
    (best,) = cues(hall.now, hall.room.state).explain
    assert (best.product, best.askers, best.stock, best.shown) == ("tote", 4, 9, 0.0)
    assert give(hall, Show("tote")).done and hall.room.on_screen == "tote"  # type: ignore[union-attr]
    assert not cues(hall.now, hall.room.state).explain
    give(hall, Show("shirt"))
    assert not cues(hall.now, hall.room.state).explain  # a moment ago
    assert give(hall, Show("nosuch")).why == "no_product"  # type: ignore[union-attr]


def test_the_ledger_holds_at_the_end_of_an_assisted_show() -> None:
    """What is pending when the room ends has its Turn."""
    hall = opened(mode="assist")
    for i in range(1, 6):
        hall.feed(Hear(heard(i, "多少钱" if i % 2 else "2号多少钱")))
    hall.feed(Drafted(Written("nobody", "x")))
    hall.feed(End())
    assert len(hall.turns) == 5


def test_approving_one_places_words_does_not_release_anothers() -> None:
    """Two places, one question, two drafts: what was not looked at waits on."""
    hall = Hall(RoomPolicy(mode="assist"))
    places = {"a": Caps(), "b": Caps()}
    hall.feed(Begin("hall", RoomPolicy(mode="assist"), Caps(), places))
    hall.feed(Hear(heard(900, kind="room", id="r1", product="1", place="a")))
    for place in places:
        hall.feed(Linked(True, Caps(), place))
    hall.feed(Hear(heard(1, "夏天穿热吗", place="a")))
    hall.write("透气不闷热，夏天可以穿")
    hall.feed(Hear(heard(2, "夏天穿热吗", place="b", viewer="w")))
    book = hall.room.book
    for question in book.in_state("pending"):
        if question.place == "b":
            question.body = "透气不闷热，版型宽松"
    seen = next(q for q in book.in_state("pending") if q.place == "a")
    assert len(book.in_state("pending")) == 2
    assert give(hall, Approve(seen.shown, seen.body)).done  # type: ignore[union-attr]
    assert [o.place for _, o in hall.posted] == ["a"]


def test_a_persons_line_is_about_what_its_question_is_about() -> None:
    """Never the price of one product under the name of another; nor beside an answer that waits, nor twice."""
    hall = opened(mode="assist")
    hall.feed(Hear(heard(1, "2号多少钱")))
    (card,) = pending(hall)
    for command, why in (
        (Say("89元", "shirt", card.id), "no_product"), (Say("89元", "tote", card.id), "pending"),
        (Say("89元", "", card.id), "pending"), (Say("好的", "", "q99"), "gone"),
    ):  # fmt: skip
        ruling = give(hall, command)
        assert ruling and ruling.why == why, (command, ruling)
    hall.feed(Hear(heard(2, "孕妇能穿吗")))
    host = hall.turns[-1].question
    assert give(hall, Say("亲，稍等主播说", "", host)).done  # type: ignore[union-attr]
    assert give(hall, Say("亲，稍等主播说", "", host)).why == "gone"  # type: ignore[union-attr]
    assert len(hall.posted) == 1
    hall.feed(Hear(heard(3, "孕妇可以穿吗")), after=3)
    assert hall.turns[-1].fate == "merged"


def test_a_persons_line_does_not_wait_for_ever() -> None:
    """What was fitting half an hour ago may not be now; and what went into a shadow does not come out of it."""
    hall = opened(answer_within=30)
    hall.feed(Linked(False, Caps()))
    give(hall, Say("马上开始抽奖"))
    effects = hall.feed(Tick(), after=31)
    assert [e.fate for e in effects if isinstance(e, Announced)] == ["expired"]
    give(hall, Say("马上开始抽奖"))
    effects = hall.feed(Commanded(Order("s", "anna", "owner", SetMode("shadow"))))
    assert [e.fate for e in effects if isinstance(e, Announced)] == ["expired"]
    hall.feed(Linked(True, Caps()))
    assert not hall.posted


def test_where_a_person_has_taken_over_nothing_is_resent_nor_corrected() -> None:
    """A dropped line of the product, a price change of it, a viewer whose context came late."""
    hall = opened()
    hall.answer_sends = False
    hall.feed(Hear(heard(1, "多少钱")))
    give(hall, TakeOver("product", "shirt"))
    hall.feed(Posted(Receipt(hall.posted[0][1].key, "dropped")), after=3)
    assert len(hall.posted) == 1 and hall.turns[0].fate == "failed"
    hall = opened()
    hall.feed(Hear(heard(1, "多少钱")))
    give(hall, TakeOver("product", "shirt"))
    hall.feed(Stocked(goods(price=9900, version=2)), after=3)
    assert len(hall.posted) == 1 and hall.corrections[0].fate == "to_host"
    room = opened().room
    room.handle(2000.0, Hear(heard(5, "2号多少钱", viewer="mia")))
    order = Order("t", "anna", "owner", TakeOver("viewer", "mia"))
    room.handle(2000.1, Commanded(order))
    effects = room.handle(2000.2, Recalled({"mia": ViewerContext()}))
    assert [(e.fate, e.reason) for e in effects if isinstance(e, Turn)] == [("to_host", "taken_over")]


def test_orders_that_nobody_may_give_do_not_push_others_out_of_memory() -> None:
    """A viewer's flood; then a copy of an earlier command is still known."""
    hall = opened()
    assert give(hall, Say("感谢支持"), id="say1").done  # type: ignore[union-attr]
    for n in range(REMEMBERED + 1):
        hall.feed(Commanded(Order(f"x{n}", "eve", "viewer", SetMode("auto"))))
    again = give(hall, Say("感谢支持"), id="say1")
    assert again and again.again and len(hall.posted) == 1
