"""The demo's auditor: which posted numbers are right, and which are wrong at that second of the show."""

import pytest

from bot.demo.audit import GRACE, Auditor
from bot.domain.inputs import Hear, Tick
from tests.fakes import Hall, goods, heard


def wrong(line: str, auditor: Auditor | None = None, at: float = 0.0) -> list[tuple[str, str]]:
    return [(w.number, w.why) for w in (auditor or Auditor(goods())).check(at, line)]


@pytest.mark.parametrize(
    "line",
    [
        "1号亚麻衬衫：现价129元，原价199元",
        "#1 Linen Shirt: ¥129 now; list price ¥199",
        "【10人问】1号亚麻衬衫：现价129元",
        "(10 asked) #1 Linen Shirt: M 3 left", "1号亚麻衬衫：M码还有3件", "1号亚麻衬衫：48小时内发货，满99元包邮",
        "1号亚麻衬衫：重量200g", "1号亚麻衬衫：已售罄；2号帆布包现价89元",
        "2号帆布包：还有9件，能装下13寸电脑", "亚麻衬衫：首次水洗缩水率约2%",
        "欢迎来到直播间",
    ],
)  # fmt: skip
def test_right_lines_are_accepted(line: str) -> None:
    """Prices, stock, texts and asker counts of the shop, in Chinese and English."""
    assert wrong(line) == []


@pytest.mark.parametrize(
    ("line", "number", "why"),
    [
        ("1号亚麻衬衫：现价119元", "119", "nowhere in the shop"),
        ("#1 Linen Shirt: ¥119 now", "119", "nowhere in the shop"),
        ("1号亚麻衬衫：现价129.50元", "129.50", "nowhere in the shop"),
        ("1号亚麻衬衫：现价89元", "89", "nowhere in the shop"),  # the other product's price
        ("1号亚麻衬衫：现价33元", "33", "not the price"),  # a stock figure
        ("#1 Linen Shirt: ¥36 now", "36", "not the price"),
        ("1号亚麻衬衫：M码还有4件", "4", "nowhere in the shop"),
        ("1号亚麻衬衫：还有129件", "129", "not the stock"),  # a price
        ("#1 Linen Shirt: M 129 left", "129", "not the stock"),
        ("3号亚麻衬衫：现价129元", "3", "not its link"),  # a stock figure
        ("#3 Linen Shirt: ¥129 now", "3", "not its link"),
        ("1号亚麻衬衫：现价99元", "99", "not the price now"),  # free shipping from there
        ("#1 Linen Shirt: ¥199 now", "199", "not the price now"),  # the list price
        ("1号亚麻衬衫：现价129元到199元", "199", "not the price now"),
        ("现价129元", "129", "no product named"),
        ("【10人问】1号亚麻衬衫：【10人问】", "10", "nowhere in the shop"),
    ],
)
def test_wrong_numbers_are_found(line: str, number: str, why: str) -> None:
    """A number of nowhere, of another product, or of another field than the one it is told for."""
    assert (number, why) in wrong(line)


def test_an_old_price_is_forgiven_for_a_second_and_a_new_one_is_not_known_before() -> None:
    """A line may be on its way while the price changes; after the grace second it is wrong."""
    auditor = Auditor(goods(12900))
    auditor.changed(10.0, goods(9900, version=2))
    old, new = "1号亚麻衬衫：现价129元", "1号亚麻衬衫：现价99元起"
    assert wrong(old, auditor, 9.9) == []
    assert wrong(old, auditor, 10.0 + GRACE * 0.9) == []
    assert ("129", "nowhere in the shop") in wrong(old, auditor, 10.0 + GRACE * 1.1)
    assert wrong("#1 Linen Shirt: ¥98 now", auditor, 10.5) != []
    assert wrong(new, auditor, 10.0) == []
    auditor.changed(20.0, goods(7700, version=3))
    auditor.changed(20.3, goods(6600, version=4))
    assert wrong("1号亚麻衬衫：现价77元", auditor, 19.9) != []
    assert wrong("1号亚麻衬衫：现价77元", auditor, 21.2) == []
    assert wrong("1号亚麻衬衫：现价77元", auditor, 21.4) != []


def test_what_the_room_says_from_facts_is_right_by_the_auditor() -> None:
    """Every line posted for these questions passes; in a shop with another price those with the price do not."""
    hall, auditor = Hall(), Auditor(goods())
    hall.feed(Hear(heard(900, kind="room", id="r1", product="1")))
    questions = (
        "多少钱",
        "how much is it",
        "M码还有吗",
        "L码还有吗",
        "size M left?",
        "什么时候发货",
        "2号多少钱",
        "原价多少",
        "重量多少",
    )
    for number, text in enumerate(questions, 1):
        hall.feed(Hear(heard(number, text)), after=0.5)
        hall.feed(Hear(heard(number + 50, text)), after=0.5)
    for _ in range(8):
        hall.feed(Tick(), after=2.5)
    lines = [out.text for _, out in hall.posted]
    assert len(lines) >= 6
    assert [wrong(line, auditor) for line in lines] == [[]] * len(lines)
    other = Auditor(goods(12800))
    assert [line for line in lines if wrong(line, other)] == [line for line in lines if "129" in line] != []
