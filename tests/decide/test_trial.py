"""What a stranger's trial found false, and what is said now."""

import pytest

from bot.backends.rules_file import load_rules
from bot.decide.adlaw import AdLaw
from bot.decide.draft import AskModel, Words, draft
from bot.decide.faq import from_faq
from bot.decide.guard import check
from bot.decide.merge import asked, same
from bot.decide.numbers import read
from bot.decide.quote import hold, quote
from bot.decide.triage import Reader, resolve
from bot.domain.catalog import Catalogue, Faq, Money, Product, Sku, Text
from bot.domain.viewers import ViewerContext
from tests.decide.shelf import demo_goods

JEANS = Product(
    "J", 6, Text("牛仔裤", "jeans"),
    skus=tuple(Sku(z, z, Text("蓝色", "blue"), Money(9900), n) for z, n in (("28", 2), ("29", 0), ("30", 9))),
    faq=(Faq("能机洗吗", "不可以，只能手洗"),),
)  # fmt: skip
SHOES = Product(
    "S", 3, Text("小白鞋"), skus=(Sku("a", "38", price=Money(100), stock=0), Sku("b", "39", price=Money(100), stock=3))
)
CABLE = Product(
    "M", 8, Text("电线"), skus=(Sku("a", "1.5m", price=Money(100), stock=0), Sku("b", "3m", price=Money(100), stock=6))
)
DRESS = Product(
    "D", 5, Text("裙子"), skus=(Sku("s", "S", price=Money(5000), stock=0), Sku("m", "M", price=Money(15000), stock=5))
)
SHOP = Catalogue(1, (JEANS, SHOES, CABLE, DRESS))


def words(text: str, shop: Catalogue, screen: str = "") -> str:
    """The words from facts, "MODEL", or the reason for the host."""
    reading = Reader(shop)(text)
    product, how = resolve(reading, shop, screen, "")
    found = draft(text, reading, product, how, shop, ViewerContext())
    return found.body if isinstance(found, Words) else "MODEL" if isinstance(found, AskModel) else found.reason


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("6号29码还有吗", "29已售罄，现有蓝色28、蓝色30"), ("6号蓝色29有吗", "蓝色29已售罄，现有蓝色28、蓝色30"),
        ("3号38还有吗", "38码已售罄，现有39"),
        ("8号1.5米的还有吗", "1.5m已售罄，现有3m"), ("3号还有吗", "还有3件，38已售罄"),
    ],
)  # fmt: skip
def test_a_sold_out_size_is_never_told_as_the_total(text: str, said: str) -> None:
    """Bare numbers, other units, and nobody's size: what is gone is named."""
    assert words(text, SHOP) == said


def test_xxl_is_2xl_and_a_part_of_a_size_is_that_size() -> None:
    """The catalogue writes 2XL and 25g×30袋."""
    assert words("5号XXL黑色还有货吗", demo_goods()) == "黑色2XL码还有11件"
    assert words("11号30袋的还有吗", demo_goods()) == "25g×30袋已售罄，现有25g×14袋"


def test_a_suggestion_names_the_price_of_what_can_be_bought() -> None:
    """The cheap size is sold out."""
    assert words("200元以内的裙子有吗", SHOP) == "可以看看5号裙子，现价150元"


@pytest.mark.parametrize(
    ("text", "screen", "said"),
    [
        ("10号发顺丰吗", "F108", "顺丰"), ("3号发什么快递", "G110", "中通"), ("茶多少钱", "F108", "59元"),
        ("dress how much", "F108", "¥169"),
        ("J106多少钱", "F108", "199元"),
    ],
)  # fmt: skip
def test_the_product_named_is_the_one_answered_for(text: str, screen: str, said: str) -> None:
    """By number before 发, by a kind of one character, by an English head noun, by its id."""
    assert said in words(text, demo_goods(), screen)


@pytest.mark.parametrize(
    ("text", "product"), [("7号13寸电脑能放下吗", "B107"), ("6号能手洗吗", "J"), ("9号可以当防晒用吗", "F109")]
)
def test_a_yes_or_no_is_no_answer_to_another_question(text: str, product: str) -> None:
    """Other numbers, other things: the merchant's 不可以 is not quoted for them."""
    shop = SHOP if product == "J" else demo_goods()
    item = shop.by_id[product]
    said = quote(text, item, shop, "zh")
    assert said is None or not said.text.startswith(("不", "放不下", "可以，"))
    assert words(text, shop) in ("MODEL", "not_on_card", "not_in_catalogue")


def test_half_of_a_truth_is_not_quoted() -> None:
    """The nuts hold no sugar, the cranberries do."""
    shop = demo_goods()
    for text in ("11号含糖吗", "any sugar?"):
        said = quote(text, shop.by_id["N111"], shop, "zh" if "糖" in text else "en")
        assert said is None or "莓" in said.text or "cranberr" in said.text


@pytest.mark.parametrize(
    ("product", "question", "written"),
    [
        ("J106", "6号可以零下穿吗", "可以零下穿，冬天只适合做内层"), ("P104", "有后口袋吗", "有，左右各一个插袋"),
        ("G110", "can I drink #10 before bed", "Yes, oolong naturally contains caffeine"),
        ("G110", "无咖啡因吗", "咖啡因是咖啡因敏感的人晚上少喝"),
    ],
)  # fmt: skip
def test_a_model_that_nods_does_not_make_it_so(product: str, question: str, written: str) -> None:
    """A bare yes goes, what is left must stand alone; garble and a milder cold than asked for do not leave."""
    shop = demo_goods()
    lang = "zh" if not written.isascii() else "en"
    text = hold(written, question, shop.by_id[product], shop, lang).text  # type: ignore[arg-type]
    assert not text.lower().startswith(("有，", "可以", "yes"))
    assert "零下穿" not in text
    assert check("咖啡因是咖啡因敏感的人晚上少喝", question, shop.by_id["G110"], shop, "zh").text == ""


@pytest.mark.parametrize(
    "text",
    [
        "是最好的能治失眠的枕头，现价129元，包邮", "可以，接受抗癌治疗的不可以用", "可以泡，但治病吃药期间不要喝",
        "不支持七天无理由退换",
        "孩子可以吃，抗过敏药期间不要吃", "采用顶级工艺可治疗颈椎病，48小时内发货", "现价1,299元，顶级面料",
    ],
)  # fmt: skip
def test_the_law_never_makes_a_false_sentence_of_a_true_one(text: str) -> None:
    """What may leave states no number that was not there, and drops no denial or condition."""
    kept, hits = AdLaw(load_rules()).lawful(text, "zh")
    assert {n.raw for n in read(kept)} <= {n.raw for n in read(text)}
    assert kept in ("", text) or "不" not in text
    assert hits or kept == text


def test_an_answered_question_is_not_given_for_another_skin_or_colour() -> None:
    """Sixty per cent of the words alike is not the same question."""
    cream = Product(
        "C", 1, Text("面霜"), faq=(Faq("油皮夏天用会闷痘吗", "不会"), Faq("白色的用洗衣机洗会掉色吗", "不会掉色"))
    )
    shop = Catalogue(1, (cream,))
    assert from_faq("油皮夏天用会闷痘吗", cream, shop) is not None
    for text in ("干皮夏天用会闷痘吗", "黑色的用洗衣机洗会掉色吗"):
        assert from_faq(text, cream, shop) is None


def test_two_sizes_named_in_words_are_two_questions() -> None:
    """单人款 at 99 and 双人款 at 159 get no common answer."""
    sizes = (("单人款/1.2米", 9900, 3), ("双人款/1.5米", 15900, 0))
    pillow = Product("P", 6, Text("床垫"), skus=tuple(Sku(z, z, price=Money(p), stock=s) for z, p, s in sizes))
    read_ = Reader(Catalogue(1, (pillow,)))
    single, double = (asked(read_(f"6号{kind}款的多少钱"), pillow) for kind in ("单人", "双人"))
    assert not same(single, double)
