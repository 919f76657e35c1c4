"""The demo's show looks like a real room, carries its own truth, and is the same list every time."""

import hashlib
import os
import re
import subprocess
import sys
import time
from bisect import bisect_left
from collections import Counter, defaultdict
from functools import cache

import msgspec
import pytest

from bot.demo.show import Cue, make_show
from bot.domain.catalog import Catalogue, Money, Product, Sku, Text
from bot.domain.errors import CatalogueError, SettingsError

LABELS = {
    "open", "unanswerable", "need", "intent", "complaint", "praise", "chatter", "spam", "abuse", "injection",
}  # fmt: skip
SLOTS = {
    "price", "original", "discount", "stock", "size", "colour", "shipping", "returns", "material", "usage", "expiry",
    "care", "origin", "warranty",
}  # fmt: skip
SEEDS = (1, 2, 7, 11)


def _skus(price: int, sizes: str, colours: dict[str, str], stocks: tuple[int, ...]) -> tuple[Sku, ...]:
    cells = [(s, zh, en) for zh, en in (colours or {"": ""}).items() for s in sizes.split()] if sizes else [
        ("", zh, en) for zh, en in colours.items()
    ]  # fmt: skip
    return tuple(
        Sku(f"s{i}", size=s, colour=Text(zh, en), price=Money(price), stock=stocks[i % len(stocks)])
        for i, (s, zh, en) in enumerate(cells)
    )


SENDING = {
    "shipping": Text("48小时内发出", "Ships within 48 hours"),
    "returns": Text("七天可退", "Seven days to return"),
}
COAT = Product(
    "coat", 1, Text("燕麦色短大衣", "Short Oat Coat"), ("大衣",), "女装/coat", Money(69900),
    _skus(49900, "S M L", {"燕麦色": "oat", "炭灰": "charcoal"}, (5, 3, 12, 8)),
    {**SENDING, "material": Text("羊毛混纺", "Wool blend"), "care": Text("干洗", "Dry clean"),
     "points": Text("版型宽松，上班也能穿", "Relaxed fit, fine for work")},
)  # fmt: skip
SHIRT = Product(
    "shirt", 2, Text("男士条纹衬衫", "Men's Striped Shirt"), (), "男装/shirt", Money(19900),
    _skus(12900, "39 40 41", {"白色": "white"}, (20, 9)), {**SENDING, "care": Text("可机洗", "Machine wash")},
)  # fmt: skip
BAG = Product(
    "bag", 3, Text("帆布托特包", "Canvas Tote Bag"), (), "箱包/bag", None,
    _skus(8900, "", {"米白": "cream", "军绿": "olive"}, (40, 25)),
    {**SENDING, "material": Text("帆布", "Canvas"), "points": Text("放得下13寸笔记本", "Fits a 13 inch laptop")},
)  # fmt: skip
CREAM = Product(
    "cream", 4, Text("燕麦润肤霜", "Oat Face Cream"), (), "护肤/cream", None,
    _skus(9900, "50ml 100ml", {}, (60, 30)),
    {**SENDING, "usage": Text("早晚薄涂", "Thin layer twice a day"), "expiry": Text("三年", "Three years"),
     "material": Text("燕麦提取物", "Oat extract"), "audience": Text("敏感肌可用", "Fine for sensitive skin")},
)  # fmt: skip
TEA = Product(
    "tea", 5, Text("桂花乌龙茶", "Osmanthus Oolong Tea"), (), "食品/tea", None,
    _skus(4900, "100g 250g", {}, (80, 12)), {**SENDING, "expiry": Text("18个月", "18 months")},
)  # fmt: skip
BLANKET = Product("blanket", 0, Text("针织盖毯", "Knit Throw"), category="家居", skus=(Sku("one"),), texts=SENDING)
GOODS = Catalogue(1, (COAT, SHIRT, BAG, CREAM, TEA, BLANKET))


@cache
def show(seconds: float = 60.0, seed: int = 7) -> list[Cue]:
    return make_show(GOODS, seconds=seconds, seed=seed)


def comments(cues: list[Cue]) -> list[Cue]:
    """Comments, each once."""
    first = {c.event.id: c for c in reversed(cues) if c.event is not None and c.event.kind == "comment"}
    return sorted(first.values(), key=lambda c: c.at)


def texts(cues: list[Cue]) -> list[str]:
    return [c.event.text for c in comments(cues) if c.event is not None]


def peak(cues: list[Cue]) -> int:
    """Most comments within one second."""
    times = [c.at for c in comments(cues)]
    return max(i + 1 - bisect_left(times, t - 1) for i, t in enumerate(times))


def repeat_share(cues: list[Cue]) -> float:
    last: dict[str, float] = {}
    lines = comments(cues)
    repeated = 0
    for cue, text in zip(lines, texts(cues), strict=True):
        repeated += cue.at - last.get(text.strip(), -100) <= 60
        last[text.strip()] = cue.at
    return repeated / len(lines)


def digest(cues: list[Cue]) -> str:
    return hashlib.sha256(msgspec.json.encode(cues)).hexdigest()


@pytest.mark.parametrize("seconds", [60.0, 300.0])
@pytest.mark.parametrize("rate", [3.0, 13.0, 40.0])
def test_mean_rate(seconds: float, rate: float) -> None:
    """Over the whole show the mean rate is the one asked for."""
    cues = make_show(GOODS, seconds=seconds, rate=rate)
    assert len(comments(cues)) == pytest.approx(rate * seconds, rel=0.1)


@pytest.mark.parametrize("seed", SEEDS)
def test_bursts(seed: int) -> None:
    """Where things happen the crowd writes at 40 to 60 lines a second, and it is calm in between."""
    cues = show(seed=seed)
    assert 40 <= peak(cues) <= 60
    per_second = Counter(int(c.at) for c in comments(cues))
    assert sorted(per_second[s] for s in range(60))[15] < 10


@pytest.mark.parametrize(("seconds", "seed"), [*((60.0, s) for s in SEEDS), (300.0, 7), (900.0, 7)])
def test_shares(seconds: float, seed: int) -> None:
    """About a third of the lines repeat one of the last minute, and about a quarter ask something."""
    cues = show(seconds, seed)
    kinds = Counter(c.label.partition(":")[0] for c in comments(cues))
    asked = sum(kinds[k] for k in ("fact", "open", "unanswerable", "need"))
    assert 0.28 <= repeat_share(cues) <= 0.40
    assert 0.15 <= asked / kinds.total() <= 0.30
    assert kinds["chatter"] > asked


def test_languages() -> None:
    """Of the lines with words about four in five have Chinese in them, some both languages at once."""
    worded = [t for t in texts(show(300.0)) if re.search(r"[a-z\u4e00-\u9fff]{2}", t.lower())]
    chinese = [t for t in worded if re.search(r"[\u4e00-\u9fff]", t)]
    assert 0.74 <= len(chinese) / len(worded) <= 0.88
    assert sum(bool(re.search(r"size|color|price|ship|stock|coupon", t)) for t in chinese) >= 5


@pytest.mark.parametrize("seed", SEEDS)
def test_minute_has_everything(seed: int) -> None:
    """One minute has every kind of event, every label, and text that breaks careless programs."""
    cues = show(seed=seed)
    kinds = {c.event.kind for c in cues if c.event is not None}
    assert kinds == {"comment", "room", "like", "join", "follow", "gift", "order", "stats", "retract"}
    labels = {c.label for c in comments(cues)}
    assert labels >= LABELS
    assert any("," in label for label in labels)
    said = texts(cues)
    assert any(re.search(r"[\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff\x00-\x1f]|<\w|\uff4f", t) for t in said)
    assert max(map(len, said)) <= 2000


def test_hostile_text() -> None:
    """A longer show has markup, invisible, turned and control characters, and lines far beyond any limit."""
    said = texts(show(900.0))
    for pattern in ("<script>", "<b>", "\u200b", "\u202e", "\x00", "\u2066"):
        assert any(pattern in t for t in said), repr(pattern)
    assert 1500 < max(map(len, said)) <= 2000


@pytest.mark.parametrize(("seconds", "seed"), [*((60.0, s) for s in SEEDS), (20.0, 7), (300.0, 7)])
def test_prices_move(seconds: float, seed: int) -> None:
    """A price falls and later rises again."""
    now = {(p.id, s.id): s.price.minor for p in GOODS.products for s in p.skus if s.price}
    moves: list[int] = []
    for cue in show(seconds, seed):
        if cue.edit is not None and cue.edit.field == "price":
            moves.append(cue.edit.value - now[cue.edit.product, cue.edit.sku])
            now[cue.edit.product, cue.edit.sku] = cue.edit.value
            assert cue.edit.value > 0
    assert moves[0] < 0 < moves[-1]
    assert 0 not in moves


@pytest.mark.parametrize("seed", SEEDS)
def test_sells_out(seed: int) -> None:
    """In the middle of the minute a SKU falls to nothing by and by, and the crowd asks about it at once."""
    stocks: dict[tuple[str, str], list[tuple[float, int]]] = defaultdict(list)
    for cue in show(seed=seed):
        if cue.edit is not None and cue.edit.field == "stock":
            stocks[cue.edit.product, cue.edit.sku].append((cue.at, cue.edit.value))
            assert cue.edit.value >= 0
    gone = [(product, falls) for (product, _), falls in stocks.items() if falls[-1][1] == 0]
    assert len(gone) == 1
    product, falls = gone[0]
    values = [v for _, v in falls]
    assert len(values) >= 2
    assert values == sorted(values, reverse=True)
    at = falls[-1][0]
    assert 15 <= at <= 50
    asks = [c.at for c in comments(show(seed=seed)) if c.label == "fact:stock" and c.about == product]
    after = sum(at < t <= at + 8 for t in asks)
    assert after >= 10
    assert after > 3 * sum(at - 8 < t <= at for t in asks)


def test_stock_follows_orders() -> None:
    """What is ordered leaves the stock, and an order costs what the product costs at that moment."""
    price = {p.id: {s.id: s.price.minor for s in p.skus if s.price} for p in GOODS.products}
    left = {(p.id, s.id): s.stock for p in GOODS.products for s in p.skus}
    sold, orders = Counter[str](), Counter[str]()
    for cue in show():
        if cue.edit is not None and cue.edit.field == "price":
            price[cue.edit.product][cue.edit.sku] = cue.edit.value
        elif cue.edit is not None:
            sold[cue.edit.product] += (left[cue.edit.product, cue.edit.sku] or 0) - cue.edit.value
            left[cue.edit.product, cue.edit.sku] = cue.edit.value
        elif cue.event is not None and cue.event.kind == "order":
            orders[cue.event.product] += 1
            assert cue.event.amount_minor in price[cue.event.product].values()
            assert cue.event.currency == "CNY"
    assert orders.total() >= 15
    assert set(orders) <= set(sold)
    assert all(sold[p] >= orders[p] - 4 for p in orders)  # the last few seconds are not written to the file any more


def test_same_seed() -> None:
    """The same arguments give the same show, in another process with other hashes too."""
    again = make_show(GOODS, seconds=60.0, seed=7)
    assert again == show()
    code = "import runpy, sys; t = runpy.run_path(sys.argv[1]); sys.stdout.write(t['digest'](t['show']()))"
    other = subprocess.run(
        [sys.executable, "-c", code, __file__],
        env={**os.environ, "PYTHONHASHSEED": "12345"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert other.stdout == digest(again)


def test_other_seed() -> None:
    """Another seed gives another show."""
    assert digest(show(seed=7)) != digest(show(seed=8))
    assert texts(show(seed=7))[:20] != texts(show(seed=8))[:20]


@pytest.mark.parametrize("seconds", [60.0, 300.0])
def test_ids(seconds: float) -> None:
    """Ids are unique, but for a few comments that are delivered twice, word for word."""
    by_id: dict[str, list[Cue]] = defaultdict(list)
    for cue in show(seconds):
        if cue.event is not None:
            assert re.fullmatch(r"c\d{6}", cue.event.id)
            by_id[cue.event.id].append(cue)
    twice = [cues for cues in by_id.values() if len(cues) > 1]
    assert 2 <= len(twice) <= 20
    for first, second in twice:
        assert first.event == second.event
        assert first.event is not None
        assert first.event.kind == "comment"
        assert 0 < second.at - first.at < 5


def test_retracts() -> None:
    """A few viewers take back a comment of theirs, some seconds after writing it."""
    wrote = {c.event.id: c for c in comments(show()) if c.event is not None}
    backs = [c for c in show() if c.event is not None and c.event.kind == "retract"]
    assert len(backs) >= 2
    for back in backs:
        assert back.event is not None
        comment = wrote[back.event.target]
        assert comment.event is not None
        assert back.event.user == comment.event.user
        assert 1 < back.at - comment.at < 6


@pytest.mark.parametrize("seconds", [5.0, 60.0, 300.0])
def test_sorted(seconds: float) -> None:
    """Cues come in time order, none before the start or after the end, and each does something."""
    times = [c.at for c in show(seconds)]
    assert times == sorted(times)
    assert times[0] >= 0
    assert times[-1] <= seconds
    assert all(c.event or c.edit or c.say for c in show(seconds))
    assert all(c.event.at == 0 for c in show(seconds) if c.event is not None)


def test_labels_fit() -> None:
    """Labels are known, their products exist, and nobody asks for the shelf life of a coat."""
    for cue in comments(show(900.0)):
        assert not cue.about or cue.about in GOODS.by_id
        kind, _, slots = cue.label.partition(":")
        if kind != "fact":
            assert cue.label in LABELS
            continue
        product = GOODS.by_id[cue.about]
        for slot in slots.split(","):
            assert slot in SLOTS
            if slot in ("size", "colour"):
                assert product.sizes if slot == "size" else product.colours
            elif slot == "original":
                assert product.original
            elif slot not in ("price", "stock", "discount"):
                assert slot in product.texts


def test_one_meaning() -> None:
    """The same words about the same product never carry two labels."""
    labels: dict[tuple[str, str], set[str]] = defaultdict(set)
    for cue in comments(show(900.0)):
        if cue.event is not None:
            labels[cue.event.text.strip().lower(), cue.about].add(cue.label)
    assert not {key: found for key, found in labels.items() if len(found) > 1}


def test_mostly_on_screen() -> None:
    """Most questions are about the product on screen; those about another one name it."""
    on_screen, here, away = "", 0, 0
    named = {p.id: rf"{p.number}|{p.name.zh[-2:]}|{p.name.en.split()[-1]}" for p in GOODS.products}
    for cue in show(300.0):
        if cue.event is None:
            continue
        if cue.event.kind == "room":
            on_screen = cue.event.product
        elif cue.label.startswith("fact") and cue.about == on_screen:
            here += 1
        elif cue.label.startswith("fact"):
            away += 1
            letters = re.sub(r"[^\w一-鿿]", "", cue.event.text)  # the disguised ones too
            assert re.search(named[cue.about], letters, re.I) or max(letters) > "\uff41", cue.event.text
    assert here > 4 * away > 0


def test_products_in_turn() -> None:
    """The host shows a product for 25 to 45 s in a short show and for longer in a long one."""
    for seconds, low, high in ((60.0, 25, 45), (300.0, 25, 45), (900.0, 45, 120)):
        rooms = [c for c in show(seconds) if c.event is not None and c.event.kind == "room"]
        times = [c.at for c in rooms] + [seconds]
        assert all(low <= b - a <= high for a, b in zip(times, times[1:], strict=False))
        names = [c.event.product for c in rooms if c.event is not None]
        assert all(a != b for a, b in zip(names, names[1:], strict=False))
        assert all(c.say and c.event and c.event.text == c.say and "/" in c.say for c in rooms)


def test_crowd() -> None:
    """A few hundred viewers with one name each: a small core writes often, a long tail once."""
    names: dict[str, set[str]] = defaultdict(set)
    for cue in show():
        if cue.event is not None and cue.event.user is not None:
            names[cue.event.user.id].add(cue.event.user.name)
    assert all(len(found) == 1 for found in names.values())
    wrote = Counter(c.event.user.id for c in comments(show()) if c.event is not None and c.event.user is not None)
    assert 200 <= len(wrote) <= 600
    assert sum(n == 1 for n in wrote.values()) >= 0.5 * len(wrote)
    assert sum(n for _, n in wrote.most_common(len(wrote) // 10)) >= 0.25 * wrote.total()


def test_stats() -> None:
    """Every five seconds the room counts its viewers and all likes so far."""
    likes, seen = 0, []
    for cue in show():
        if cue.event is not None and cue.event.kind == "like":
            likes += cue.event.count
        elif cue.event is not None and cue.event.kind == "stats":
            seen.append(cue.at)
            assert cue.event.stats["likes_total"] == likes
            assert cue.event.stats["viewers"] > 100
    assert seen == [5.0 * i for i in range(1, 13)]


def test_long_show_is_quick() -> None:
    """An hour is made up in under five seconds."""
    start = time.perf_counter()
    cues = make_show(GOODS, seconds=3600.0)
    assert time.perf_counter() - start < 5
    assert 0.28 <= repeat_share(cues) <= 0.40
    assert peak(cues) <= 60


def test_bare_catalogue() -> None:
    """Goods without price, stock, number or texts still make a show, without edits."""
    bare = Catalogue(1, (Product("x", 0, Text("神秘盒子")), msgspec.structs.replace(COAT, listed=False)))
    cues = make_show(bare, seconds=60.0)
    assert len(comments(cues)) == 780
    assert not any(c.edit for c in cues)
    assert {c.about for c in comments(cues)} == {"", "x"}


@pytest.mark.parametrize("bad", [0.0, -1.0, float("nan"), float("inf")])
def test_bad_numbers(bad: float) -> None:
    """A length or rate that is no positive number is refused by name."""
    with pytest.raises(SettingsError, match="seconds"):
        make_show(GOODS, seconds=bad)
    with pytest.raises(SettingsError, match="rate"):
        make_show(GOODS, seconds=60.0, rate=bad)


def test_nothing_to_sell() -> None:
    """Without a listed product there is no show."""
    with pytest.raises(CatalogueError, match="list at least one product"):
        make_show(Catalogue(1, (msgspec.structs.replace(COAT, listed=False),)), seconds=60.0)
