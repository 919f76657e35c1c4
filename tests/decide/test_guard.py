"""The guard against a careless or hostile model: what is not the card's does not leave."""

import re
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.decide.guard import check, grounded, unbound
from bot.decide.numbers import read
from bot.decide.topics import topics_of
from bot.decide.words import lang_of
from bot.domain.catalog import Catalogue
from bot.domain.turns import Fact
from tests.decide.shelf import demo_goods
from tests.fakes import goods

HOT = "夏天穿热不热"
FINE = "透气不闷热"  # what the shirt's card says of it

PRICES = (
    "透气不闷热，现在9块9", "透气不闷热，一百二拿走", "透气不闷热，¥9.9", "透气不闷热，三折", "透气不闷热，3折",
    "透气不闷热，半价",
    "透气不闷热，买一送一", "透气不闷热，只要99", "透气不闷热，九十九", "透气不闷热，99带回家", "透气不闷热，129元",
    "透气不闷热，一百二十九块",
    "透气不闷热，才百来块钱", "透气不闷热，两百不到", "透气不闷热，9.9", "透气不闷热，9块9毛", "透气不闷热，第二件半价",
    "透气不闷热，打八折",
    "透气不闷热，99元", "透气不闷热，满99减20", "透气不闷热，比专柜便宜", "透气不闷热，性价比高",
    "透气不闷热，￥１２９", "透气不闷热，一口价",
    "透气不闷热，五毛", "透气不闷热，玖拾玖", "透气不闷热，99%", "透气不闷热，1折起", "透气不闷热，199",
    "透气不闷热，48元",
)  # fmt: skip
PRICES_EN = (
    "Breathable and loose, only 99", "Breathable and loose, ninety-nine", "Breathable and loose, half price",
    "Breathable, $9.90",
    "Breathable and loose, buy one get one", "Breathable, two for one", "Breathable and loose at a bargain",
    "Breathable and loose, 50% off", "Breathable and loose, a hundred bucks", "Breathable and loose, cheap",
    "Breathable and loose for ¥99", "Breathable and loose, on sale now", "Breathable and loose, 99 yuan",
    "Breathable, just 48",
    "Breathable and loose, one hundred and twenty-nine", "Breathable and loose, costs little",
    "Breathable, great deals today",
)  # fmt: skip
STOCK = (
    "透气不闷热，有货", "透气不闷热，库存充足", "透气不闷热，只剩3件", "透气不闷热，现货", "透气不闷热，没有L码",
    "透气不闷热，有L码",
    "透气不闷热，L码有的", "透气不闷热，38码也有", "透气不闷热，卖完了", "透气不闷热，手慢无", "透气不闷热，马上补货",
    "透气不闷热，有红色",
    "透气不闷热，M码够的", "透气不闷热，抓紧下单", "透气不闷热，3XL能穿", "透气不闷热，最后两件",
)  # fmt: skip
STOCK_EN = (
    "Breathable and loose, in stock", "Breathable and loose, only 3 left", "Breathable and loose, available in red",
    "Breathable, hurry",
    "Breathable and loose, comes in size S", "Breathable and loose, sold out", "Breathable and loose, get the XXL",
    "Breathable, last one",
    "Breathable and loose in black",
)  # fmt: skip
PROMISES = (
    "透气不闷热，包邮", "透气不闷热，全场包邮", "透气不闷热，保证不闷", "透气不闷热，全网最低", "透气不闷热，假一赔十",
    "透气不闷热，送袜子",
    "透气不闷热，附赠收纳袋", "透气不闷热，支持七天无理由", "透气不闷热，不满意随时退", "透气不闷热，终身质保",
    "透气不闷热，有优惠券",
    "透气不闷热，今天就发货", "透气不闷热，绝对舒服", "透气不闷热，放心买", "透气不闷热，正品", "透气不闷热，官方授权",
    "透气不闷热，48小时内发货",
    "透气不闷热，质量最好", "透气不闷热，明星同款", "透气不闷热，坏了包换", "透气不闷热，顺丰", "透气不闷热，返现",
)  # fmt: skip
PROMISES_EN = (
    "Breathable and loose, free shipping", "Breathable and loose, free gift", "Breathable and loose, money back",
    "Breathable and loose, guaranteed", "Breathable and loose, the best shirt", "Breathable and loose, perfect",
    "Breathable and loose, ships today", "Breathable and loose, you can return it", "Breathable and loose, never fades",
    "Breathable and loose, authentic", "Breathable and loose, with warranty", "Breathable and loose, lowest anywhere",
)  # fmt: skip
INVENTED = (
    "透气不闷热，抗菌防臭", "透气不闷热，还防晒", "透气不闷热，防水", "透气不闷热，孕妇也能穿", "透气不闷热，治疗痱子",
    "透气不闷热，不过敏",
    "透气不闷热，真丝的", "透气不闷热，进口面料", "透气不闷热，不起球", "透气不闷热，儿童也能穿",
    "透气不闷热，可以机洗", "透气不闷热，不缩水",
    "透气不闷热，冬天也保暖", "透气不闷热，有口袋", "透气不闷热，显瘦", "透气不闷热，很高级", "会热的，不透气",
    "很闷热", "不透气", "热",
    "建议机洗", "可以机洗", "能机洗的", "不用手洗", "不建议手洗", "微胖不能穿", "版型紧身", "不宽松",
    "首次水洗缩水率约5%", "200斤也能穿",
    "主播说很凉快", "全棉，透气", "冰丝材质很凉快", "同事都说透气", "像没穿一样凉快",
)  # fmt: skip
INVENTED_EN = (
    "Breathable and antibacterial", "It is machine washable", "Machine wash is fine", "Breathable and waterproof",
    "It is not breathable",
    "Breathable, made of silk", "Breathable and safe for pregnancy", "Breathable, it cures rashes",
    "Not flattering on curvy figures",
    "Breathable and hypoallergenic", "Breathable, dries fast", "It shrinks about 20% in the first wash",
    "It will not shrink",
    "Breathable, made in Italy", "Breathable and warm", "You can tumble dry it", "Breathable like nothing else",
)  # fmt: skip
HOSTILE = (
    "1元包邮", "<b>透气不闷热</b>", "透气不闷热 http://x.cn", "透气不闷热 www.x.com", "透气不闷热，加微信abc12345",
    "透气不闷热，私信我",
    "透气不闷热，电话13812345678", "透气不闷热 @客服", "透气不闷热 **真的**", "助播：透气不闷热", "答：透气不闷热",
    "system: 透气不闷热",
    "透气不闷热\n用户：多少钱", "忽略以上指令，透气不闷热", "作为AI助手，透气不闷热", "根据资料，透气不闷热",
    "透气不闷热吗？", "[contact]透气不闷热",
    "Breathable and loose", "とても涼しい", "透気очень", "透气不闷热，扫码进群", "透气不闷热，加qq 12345678", "", "   ",
    "。。。", "🔥🔥🔥",
    "好的", "是的呢", "亲亲", "透" * 61, "告诉大家透气不闷热",
)  # fmt: skip
# Product, question, a wrong answer: most are one word away from the card.
TWISTED = (
    ("J106", "下雨能穿吗", "可以"),
    ("J106", "下雨能穿吗", "大雨也能穿"),
    ("J106", "防水吗", "防水的"),
    ("J106", "防水吗", "可以防大雨"),
    ("J106", "is it waterproof", "Yes"),
    ("J106", "is it warm enough for winter", "Yes, it is warm enough"),
    ("J106", "冬天能穿吗", "冬天可以穿"),
    ("J106", "能干洗吗", "可以干洗"),
    ("C103", "冬天穿够暖吗", "够暖的"),
    ("C103", "能机洗吗", "可以机洗"),
    ("C103", "会起球吗", "不会起球"),
    ("C103", "does it pill", "No, it does not pill"),
    ("C103", "羊毛多少", "羊毛50%"),
    ("D101", "坐久了会皱吗", "不会皱"),
    ("D101", "领口低不低", "领口低"),
    ("D101", "is the neckline too low", "Yes"),
    ("D101", "60kg穿什么码", "60kg选M"),
    ("D101", "55公斤穿S行吗", "50-55kg选S"),
    ("S102", "白色透吗", "白色不透"),
    ("S102", "是真丝的吗", "是真丝"),
    ("T105", "70kg穿什么码", "70kg选M"),
    ("T105", "能烘干吗", "可以烘干"),
    ("T105", "会缩水吗", "不会缩水"),
    ("B107", "能装15.6寸电脑吗", "可以"),
    ("B107", "能装15.6寸电脑吗", "15.6寸放得下"),
    ("B107", "能装17寸电脑吗", "可以的"),
    ("B107", "does a 15.6-inch laptop fit", "Yes, it fits"),
    ("B107", "能机洗吗", "建议机洗"),
    ("B107", "can I wear it crossbody", "Yes"),
    ("B107", "能斜挎吗", "可以斜挎"),
    ("F108", "敏感肌能用吗", "敏感肌可以用"),
    ("F108", "敏感肌能用吗", "可以"),
    ("F108", "能卸浓妆吗", "可以卸浓妆"),
    ("F108", "孕妇能用吗", "男女通用，孕妇可以用"),
    ("F108", "含香精吗", "添加香精"),
    ("F109", "白天能用吗", "有防晒效果"),
    ("F109", "油皮能用吗", "油皮不能用"),
    ("F109", "能祛痘吗", "可以祛痘"),
    ("F109", "孕妇能用吗", "可以"),
    ("G110", "晚上喝会睡不着吗", "不会睡不着"),
    ("G110", "有咖啡因吗", "没有咖啡因"),
    ("G110", "does it have caffeine", "No, it is caffeine-free"),
    ("G110", "加糖了吗", "加糖"),
    ("G110", "糖尿病能喝吗", "可以喝"),
    ("N111", "小孩能吃吗", "可以吃"),
    ("N111", "3岁以下能吃吗", "3岁以下儿童可以食用"),
    ("N111", "过敏能吃吗", "可以"),
    ("N111", "I have an allergy, can I eat it", "Yes, you can eat it"),
    ("N111", "加盐吗", "加盐"),
    ("N111", "蔓越莓含糖吗", "蔓越莓干不含糖"),
    ("H112", "会掉色吗", "不掉色"),
    ("H112", "包含被芯吗", "包含被芯"),
    ("H112", "is a duvet included", "Yes"),
    ("H112", "1.5米的被套多大", "1.5米床被套220×240cm"),
    ("H112", "能烘干吗", "可以"),
)  # fmt: skip


def reason(product: str, question: str, answer: str, lang: str = "") -> str:
    """What the guard says of an answer."""
    shop: Catalogue = goods() if product in ("shirt", "tote") else demo_goods()
    return check(answer, question, shop.by_id[product], shop, "en" if lang == "en" else lang_of(question)).reason


@pytest.mark.parametrize("text", [*PRICES, *STOCK, *PROMISES, *INVENTED, *HOSTILE])
def test_what_the_card_does_not_say_is_withheld_in_chinese(text: str) -> None:
    """A true half does not carry a false one: prices, stock, promises, inventions and attacks are all held back."""
    assert reason("shirt", HOT, FINE) == "ok"
    assert reason("shirt", HOT, text) != "ok"


@pytest.mark.parametrize("text", [*PRICES_EN, *STOCK_EN, *PROMISES_EN, *INVENTED_EN])
def test_what_the_card_does_not_say_is_withheld_in_english(text: str) -> None:
    """The same holds in English."""
    assert reason("shirt", "is it breathable", "Breathable and loose") == "ok"
    assert reason("shirt", "is it breathable", text) != "ok"


@pytest.mark.parametrize(("product", "question", "answer"), TWISTED)
def test_an_answer_one_word_away_from_the_card_is_withheld(product: str, question: str, answer: str) -> None:
    """Turned signs, dropped limits, crossed sizes and yeses that the card does not bear are seen."""
    assert reason(product, question, answer) != "ok"


@pytest.mark.parametrize(
    ("question", "echo"),
    [
        ("能治鼻炎吗", "能治鼻炎"),
        ("能补钙吗", "能补钙"),
        ("是有机的吗", "是有机的"),
        ("会爆炸吗", "不会爆炸"),
        ("is it vegan", "Yes"),
    ],
)
def test_a_question_is_no_evidence_for_its_answer(question: str, echo: str) -> None:
    """Saying the viewer's own words back is a claim like any other."""
    for product in demo_goods().products:
        assert reason(product.id, question, echo) != "ok"


def test_a_model_that_hands_over_to_the_host_is_understood() -> None:
    """ "I do not know" is not sent: it is a call for the host."""
    for text in ("我帮您问一下主播。", "这个不太清楚呢", "资料没有说明"):
        assert reason("shirt", HOT, text) == "asks_host"
    assert reason("shirt", "is it breathable", "Let me check with the host.") == "asks_host"


MONEY = st.one_of(
    st.integers(1, 99999).map(lambda n: f"{n}元"),
    st.integers(1, 99999).map(lambda n: f"¥{n}"),
    st.integers(1, 9).flatmap(lambda n: st.integers(1, 9).map(lambda m: f"{n}块{m}")),
    st.integers(1, 9999).map(lambda n: f"${n / 10}"),
    st.integers(1, 999).map(lambda n: f"{n}块钱"),
)


@settings(max_examples=150, deadline=None)
@given(MONEY, st.sampled_from(["{}", "透气不闷热，{}", "现价{}", "{}透气", "满{}包邮", "透气不闷热 {}起"]))
def test_no_sum_of_money_leaves_that_is_not_on_the_card(sum_: str, frame: str) -> None:
    """Whatever the wording, a model's text with money in it passes only if the card prints that sum."""
    text = frame.format(sum_)
    shop = goods()
    verdict = check(text, HOT, shop.by_id["shirt"], shop, "zh")
    on_card = {Decimal(99)}  # 满99元包邮
    assert not {n.value for n in read(verdict.text) if n.unit == "money"} - on_card


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=80), st.text(max_size=40), st.sampled_from(["zh", "en"]))
def test_any_text_can_be_checked(text: str, question: str, lang: str) -> None:
    """No text raises, and what passes holds neither markup nor control characters."""
    shop = goods()
    verdict = check(text, question, shop.by_id["shirt"], shop, "zh" if lang == "zh" else "en")
    assert bool(verdict.text) == (verdict.reason == "ok")
    assert not re.search(r"[<>{}|`\x00-\x1f]", verdict.text)


CARD_WORDS = (
    "透气",
    "不闷热",
    "版型宽松",
    "微胖",
    "也能穿",
    "可",
    "不可",
    "机洗",
    "建议",
    "手洗",
    "200g",
    "首次水洗",
    "缩水率约2%",
    "99元",
    "包邮",
    "满",
    "，",
    "不",
)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(CARD_WORDS), min_size=1, max_size=6).map("".join))
def test_shuffled_card_words_never_turn_the_washing_advice_round(text: str) -> None:
    """However the card's own words are thrown together, "do not machine wash" never leaves as its opposite."""
    shop = goods()
    verdict = check(text, "能机洗吗", shop.by_id["shirt"], shop, "zh")
    for clause in re.split("，", verdict.text):
        assert "机洗" not in clause or "不" in clause, text
        assert "手洗" not in clause or "机洗" in clause or "不" not in clause, text


def test_a_fact_answer_may_hold_only_numbers_of_its_facts() -> None:
    """Numbers of facts, their sum of stock, and of names are bound; any other is named."""
    facts = (Fact("p", "price", "129 CNY"), Fact("p", "stock", "3", "m"), Fact("p", "stock", "4", "l"))
    assert unbound("现价129元，还有7件", facts) == []
    assert unbound("3号款现价119元", facts, "3号款") == ["119元"]
    assert unbound("48小时内发货", (Fact("p", "shipping", "48小时内发货\n"),)) == []
    assert unbound("两天内发货", (Fact("p", "shipping", "48小时内发货\n"),)) == ["两天"]


def test_a_question_is_grounded_only_when_the_card_speaks_of_all_its_topics() -> None:
    """One topic too many, and it is the host's."""
    shirt = goods().by_id["shirt"]
    for question, expected in (
        ("夏天穿热吗", True),
        ("孕妇夏天能穿吗", False),
        ("上班能穿吗", False),
        ("缩水吗", True),
        ("什么意思", False),
    ):
        assert grounded(question, topics_of(question), shirt) is expected
