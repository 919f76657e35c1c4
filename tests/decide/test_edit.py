"""What a person may say, and what nobody may: the product's prices are 129 (M), 159 (L, sold out), 189 (XL)."""

import pytest

from bot.backends.rules_file import DEFAULT, RulesFile
from bot.decide.adlaw import AdLaw
from bot.decide.edit import edited
from bot.domain.catalog import Catalogue, Money, Product
from bot.domain.turns import Fact
from tests.fakes import goods

LAW = AdLaw(RulesFile(DEFAULT).load())


def shop(*prices: int) -> Catalogue:
    """The shirt, with these prices for M, L and XL."""
    made = goods()
    shirt, tote = made.products
    skus = [type(s)(s.id, s.size, s.colour, Money(p), s.stock) for s, p in zip(shirt.skus, prices, strict=True)]
    fields = {name: getattr(shirt, name) for name in shirt.__struct_fields__} | {"skus": tuple(skus)}
    return Catalogue(1, (Product(**fields), tote))


SAME, APART = goods(), shop(12900, 15900, 18900)
FALSE = (
    # a number that is a stock figure, or a price, but not what it is said to be
    "3天到货", "含棉36%", "厚度3cm", "36% linen", "3件129元", "第3件129元", "现价199元", "原价129元", "立省129元",
    "定金129元", "不到129元", "129元以下", "史低129元", "$129", "129美元", "销量129", "已有129位顾客购买",
    "还剩3件", "只剩33件", "还剩36件", "现价99元", "99元", "现在只要，99元", "99元包邮", "just one dollar",
    "一分钱", "省一半", "今天砍一半", "half the money", "一百元", "九十九块", "129元起", "每件129元", "$99 now",
    "now 99", "only 99 yuan",
    # stock of a size that is sold out, or that there is not
    "L有货", "L还有货", "L码，还有货", "L码的话，有现货", "M码和L码还有货", "S码有货", "白色L有货", "L码也有哦",
    "L码补货了", "L码库存充足", "we have L", "L is back", "L in stock", "M码没货了", "XL售罄", "红色有货",
    "加大码有货", "只剩一个", "还剩两双", "还剩俩", "one left in M", "M还剩2件", "全都卖完了", "sold out",
    # promises and claims that nobody made
    "不满意可以退", "不合适能退", "坏了包换", "假一罚十", "终身售后", "次日达", "arrives tomorrow", "可机洗",
    "包退包换", "send it back if you don't like it", "The shirt is free", "ships today", "马上发货",
    "48小时内不发货", "不包邮", "全网最低", "24小时内发货", "买一送一", "送运费险", "加我微信", "治疗失眠",
    "第一品牌",
)  # fmt: skip
FALSE_APART = (
    "L，129元", "L码的话，129元", "xl129元", "黑色129元", "白色189元", "加大码129元", "129元", "现价159元",
    "M和L都是129元", "189元起", "129到159元", "M码189元", "白色129元",
)  # fmt: skip
TRUE = (
    "亲，现价129元哦", "129元", "现价129", "亲亲，48小时内发货，满99元包邮哦", "满99元包邮哦", "满99元包邮",
    "L码没货了，XL有货", "XL不缺货", "M还剩3件", "M码有货", "M有货", "XL码，有现货", "L售罄", "黑色有货",
    "原价199元", "价格以商品页为准", "拍一件就行", "今晚8点开播", "大家都在问尺码", "1号链接",
    "透气不闷热，版型宽松，微胖也能穿", "不可机洗，建议手洗", "稍等，主播马上讲", "好的亲", "200g", "¥129 now",
    "M in stock", "L is sold out", "Ships within 48 hours, free over ¥99", "hand wash only", "thanks for asking",
    "感谢支持", "喜欢的可以看看2号链接", "首次水洗缩水率约2%",
)  # fmt: skip
TRUE_APART = ("M码129元", "M，129元", "L码159元", "XL189元", "黑色189元", "现价129元到189元", "129–189元", "白色M129元")


@pytest.mark.parametrize(("text", "catalogue"), [(t, SAME) for t in FALSE] + [(t, APART) for t in FALSE_APART])
def test_what_the_catalogue_does_not_bear_out_is_refused(text: str, catalogue: Catalogue) -> None:
    """With a reason that a page can tell."""
    found = edited(text, catalogue.products[0], catalogue, LAW, limit=100)
    assert not found.ok and found.why, text


@pytest.mark.parametrize(("text", "catalogue"), [(t, SAME) for t in TRUE] + [(t, APART) for t in TRUE_APART])
def test_what_is_true_may_be_said(text: str, catalogue: Catalogue) -> None:
    """Prices, stock and the merchant's words bound to the facts they rest on; small talk to none."""
    found = edited(text, catalogue.products[0], catalogue, LAW, limit=100)
    assert found.ok, f"{text}: {found.why}"


def test_a_price_that_nobody_has_given_is_refused() -> None:
    """Of a product without prices, or of a size that has none."""
    shirt = SAME.products[0]
    for priced in ((), ("M",)):
        skus = [type(s)(s.id, s.size, s.colour, s.price if s.size in priced else None, s.stock) for s in shirt.skus]
        fields = {name: getattr(shirt, name) for name in shirt.__struct_fields__} | {"skus": tuple(skus)}
        bare = Product(**fields)
        for text in ("现价100", "L码129元", "129"):
            found = edited(text, bare, Catalogue(1, (bare,)), LAW, limit=100)
            assert found.ok == (text == "129" and bool(priced)), text


def test_what_is_said_rests_on_the_facts_it_states() -> None:
    """So that a change recalls it."""
    shirt = SAME.products[0]
    for text, fields in (
        ("现价129元", {"price"}), ("L码没货了，XL有货", {"stock"}), ("满99元包邮哦", {"shipping"}), ("感谢支持", set()),
        ("不可机洗", {"care"}), ("首次水洗缩水率约2%", {"faq:会缩水吗"}), ("原价199元", {"original"}),
    ):  # fmt: skip
        found = edited(text, shirt, SAME, LAW, limit=100)
        assert {f.field for f in found.facts} == fields, text


def test_the_words_at_hand_may_stay() -> None:
    """What the answer says already rests on what it rested on."""
    held = (Fact("shirt", "sizes", "M/L/XL"),)
    found = edited("亲，有M/L/XL三个码哦", SAME.products[0], SAME, LAW, held, "有M/L/XL三个码", limit=100)
    assert found.ok and found.facts == held


def test_without_a_product_no_figure_may_be_said() -> None:
    """Nothing could bear it out."""
    for text in ("现价129元", "还有货", "3天到货", "9号链接"):
        assert not edited(text, None, SAME, LAW, limit=100).ok
    for text in ("大家好，欢迎来到直播间", "主播马上回来", "2号链接在上面"):
        assert edited(text, None, SAME, LAW, limit=100).ok, edited(text, None, SAME, LAW, limit=100).why
