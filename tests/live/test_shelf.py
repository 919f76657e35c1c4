"""Suggestions in a room: hard filters hold whatever was learned, what is taken up is learned, and it lasts."""

import msgspec

from bot.domain.catalog import Catalogue, Money, Product, Sku, Text
from bot.domain.inputs import Begin, End, Hear, Linked, Recollected, Staffed, Stocked, Tick
from bot.domain.learning import Learned, Suggested, Tally
from bot.domain.policy import RoomPolicy
from bot.domain.ports import Caps
from bot.domain.viewers import ViewerContext
from bot.live.board import cues
from bot.live.room import Room
from bot.live.shelf import WITHIN, Learn
from tests.fakes import Hall, goods, heard

NEED = "100以内的包推荐"


def bags(count: int = 4, sold_out: tuple[int, ...] = ()) -> Catalogue:
    """Bags number 1 to `count` at 60 yuan, all alike."""
    return Catalogue(
        1,
        tuple(
            Product(
                f"bag{i}", i, Text(f"{word}包", f"{word} bag"), category="包",
                skus=(Sku("one", price=Money(6000), stock=0 if i in sold_out else 9),),
            )
            for i, word in zip(range(1, count + 1), ("红", "蓝", "绿", "黄", "紫", "灰"), strict=False)
        ),
    )  # fmt: skip


def ask(hall: Hall, seq: int, viewer: str, text: str = NEED) -> list[object]:
    """A viewer asks; all effects of it."""
    return hall.feed(Hear(heard(seq, text, viewer=viewer, at=hall.now)), after=70.0)


def suggested(hall: Hall, viewer: str) -> str:
    """The product that a viewer's question was answered with."""
    return next(t.suggestion.product for t in reversed(hall.turns) if t.viewer == viewer and t.suggestion)


def test_an_asked_for_suggestion_says_why_and_by_what_chance() -> None:
    """The answer names product, price and a second one; for people it says what was asked for."""
    hall = Hall(catalogue=bags())
    ask(hall, 1, "v1")
    turn = hall.turns[-1]
    assert turn.suggestion is not None
    assert turn.suggestion.why == "预算100以内"
    assert turn.suggestion.context == "need:apart"
    assert abs(sum(chance for _, _, chance in turn.suggestion.among) - 1) < 1e-3
    assert len(turn.suggestion.among) == 4
    assert turn.answer.startswith("可以看看")
    assert "预算内还可以看" in turn.answer
    assert turn.suggestion.also != turn.suggestion.product


def test_what_viewers_take_up_is_suggested_more() -> None:
    """When everybody opens bag 3 and nobody another, the next ones are mostly shown bag 3."""
    hall = Hall(catalogue=bags())
    seq = 0
    for i in range(60):
        seq += 2
        viewer = f"v{i}"
        ask(hall, seq, viewer)
        if suggested(hall, viewer) == "bag3":
            hall.feed(Hear(heard(seq + 1, kind="click", product="bag3", viewer=viewer)), after=2.0)
    late = [suggested(hall, f"v{i}") for i in range(40, 60)]
    assert late.count("bag3") >= 12


def test_nothing_sold_out_is_suggested_however_loved() -> None:
    """A history in which only bag 2 is taken up does not bring back a bag that is gone."""
    hall = Hall(catalogue=bags(sold_out=(2,)))
    hall.feed(Recollected(Learned((Tally("bag2", "need:apart", 500, 400),))))
    for i in range(10):
        ask(hall, i + 1, f"v{i}")
        assert suggested(hall, f"v{i}") != "bag2"
    assert all("2号" not in t.answer for t in hall.turns)


def test_a_suggestion_ends_once_taken_up_or_not() -> None:
    """A click in time is a success of that suggestion; without one it ends as nothing when its time is over."""
    hall = Hall(catalogue=bags())
    ask(hall, 1, "v1")
    first = suggested(hall, "v1")
    ends = [
        e
        for e in hall.feed(Hear(heard(2, kind="click", product=first, viewer="v1")), after=3.0)
        if isinstance(e, Suggested)
    ]
    assert [(e.suggestion.product, e.taken, e.viewer) for e in ends] == [(first, "clicked", "v1")]
    again = hall.feed(Hear(heard(3, kind="click", product=first, viewer="v1")), after=1.0)
    assert not [e for e in again if isinstance(e, Suggested)]
    ask(hall, 4, "v2")
    gone = [e for e in hall.feed(Tick(), after=WITHIN + 1) if isinstance(e, Suggested)]
    assert [e.taken for e in gone] == ["nothing"]


def test_a_click_that_nothing_was_suggested_for_teaches_no_suggestion() -> None:
    """It is heat and a step of a visit, and no product's success; one viewer who buys all of it changes little."""
    hall = Hall(catalogue=bags())
    lessons = []
    for i, id in enumerate(("bag1", "bag2", "bag3", "bag4") * 20):
        lessons += hall.feed(Hear(heard(i + 1, kind="order", product=id, viewer="hoarder")), after=1.0)
    assert not [e for e in lessons if isinstance(e, Learn) and e.taken]
    ask(hall, 999, "v2")
    assert hall.turns[-1].fate == "answered"
    ended = hall.feed(End(), after=1.0)
    visits = [e.visit for e in ended if isinstance(e, Learn) and e.visit]
    assert len(visits) == 1
    assert len(visits[0]) <= 51


def test_what_a_viewer_did_before_asking_counts() -> None:
    """An order or a return before the first question keeps a product from being suggested."""
    hall = Hall(catalogue=bags(2))
    hall.feed(Hear(heard(1, kind="order", product="1", viewer="v1")), after=1.0)  # by link number
    hall.feed(Hear(heard(2, kind="refund", product="bag1", viewer="v2")), after=1.0)
    for seq, viewer in ((3, "v1"), (4, "v2")):
        ask(hall, seq, viewer)
        assert suggested(hall, viewer) == "bag2"
    assert hall.stored["v1"].bought == ("bag1",)
    assert hall.stored["v2"].returned == ("bag1",)


def test_a_strange_product_of_a_platform_does_no_harm() -> None:
    """Clicks and orders of things that are not in the catalogue are heard and teach nothing."""
    hall = Hall(catalogue=bags(2))
    for i, product in enumerate(("", "nothing-we-sell", "99999999999", "7")):
        for kind in ("click", "order", "refund"):
            assert not [
                e
                for e in hall.feed(Hear(heard(10 + i, kind=kind, product=product, viewer="v1")))
                if isinstance(e, Learn)
            ]


def test_a_replay_picks_the_same() -> None:
    """The dice are the room's: the same inputs at the same times suggest the same."""
    hall = Hall(catalogue=bags(6))
    for i in range(12):
        ask(hall, i + 1, f"v{i}")
    again, picked = Room(), []
    for entry in hall.entries:
        picked += [
            e.suggestion for e in again.handle(entry.at, entry.item) if hasattr(e, "fate") and hasattr(e, "suggestion")
        ]
    assert [s.product for s in picked if s] == [t.suggestion.product for t in hall.turns if t.suggestion]


def test_nobody_is_pestered() -> None:
    """One viewer gets no more than so many suggestions beside answers; asking for one still gets an answer."""
    shop = goods()
    shirt, tote = shop.products
    others = tuple(msgspec.structs.replace(tote, id=f"t{i}", number=10 + i) for i in range(6))
    shirt = msgspec.structs.replace(shirt, companions=tuple(p.id for p in others))
    hall = Hall(catalogue=Catalogue(1, (shirt, tote, *others)))
    for i in range(6):
        ask(hall, i + 1, "v1", f"1号多少钱{'，' * i}搭配什么好看")
    beside = [t.suggestion.product for t in hall.turns if t.suggestion]
    assert len(beside) == len(set(beside)) == RoomPolicy().suggest_most


def test_products_are_brought_up_unasked_only_where_that_is_wanted_and_allowed() -> None:
    """Both the merchant and the platform must say so; then one at a time, true, and with a gap."""
    for wanted, allowed in ((False, True), (True, False), (True, True)):
        caps = Caps(unprompted=allowed)
        hall = Hall(RoomPolicy(unprompted=wanted, unprompted_gap=60.0), caps, goods())
        for i in range(3):
            hall.feed(Hear(heard(i + 1, kind="click", product="tote", viewer=f"v{i}")), after=1.0)
        hall.feed(Tick(), after=1.0)
        hall.feed(Tick(), after=61.0)
        lines = [out.text for _, out in hall.posted]
        assert lines == (["可以看看2号帆布包，现价89元"] if wanted and allowed else [])
        hall.feed(Hear(heard(9, kind="click", product="tote", viewer="v9")), after=1.0)
        assert hall.room.state.shelf.figures == ({"tote": (1, 1)} if lines else {})


def test_what_to_explain_next_weighs_clicks_rest_and_margin() -> None:
    """Never what is sold out, on screen, or was shown a moment ago; of two alike the better margin."""
    shop = bags(4, sold_out=(4,))
    products = [msgspec.structs.replace(p, margin="high" if p.id == "bag2" else "low") for p in shop.products]
    hall = Hall(catalogue=Catalogue(1, tuple(products)))
    hall.feed(Hear(heard(1, kind="room", product="bag3")))
    for i in range(4):
        for id in ("bag1", "bag2", "bag3", "bag4"):
            hall.feed(Hear(heard(2 + i, kind="click", product=id, viewer=f"v{i}")), after=0.1)
    found = cues(hall.now, hall.room.state).explain
    assert [(n.product, n.clicks, n.margin) for n in found] == [("bag2", 4, "high"), ("bag1", 4, "low")]


def test_an_unknown_viewers_context_is_not_overwritten() -> None:
    """What happens before a viewer's context has come is added to it, not put in its place."""
    hall = Hall(catalogue=bags(3))
    hall.stored["v1"] = ViewerContext(suggested=("bag1",), trail=("bag1",))
    hall.feed(Hear(heard(1, kind="click", product="bag2", viewer="v1")))
    assert hall.stored["v1"].trail == ("bag1",)
    ask(hall, 2, "v1")
    assert hall.stored["v1"].trail[:2] == ("bag1", "bag2")
    assert "bag1" in hall.stored["v1"].suggested


def test_a_room_that_begins_anew_knows_what_the_shop_learned() -> None:
    """Begin, then what earlier shows taught: the loved bag comes first from the first question on."""
    room = Room()
    lessons = Learned((Tally("bag3", "need:apart", 200, 100), Tally("bag1", "need:apart", 200, 2)), (("bag1", "bag2"),))
    caps = Caps()
    for item in (
        Begin("r", RoomPolicy(), caps),
        Recollected(lessons),
        Stocked(bags()),
        Linked(True, caps),
        Staffed(True),
    ):
        room.handle(1.0, item)
    state = room.state
    assert len(state.shelf.visits) == 1
    assert state.shelf.bandit.mean(1.0, ("bag3", "need:apart")) > 5 * state.shelf.bandit.mean(
        1.0, ("bag1", "need:apart")
    )
