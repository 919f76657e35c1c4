"""The guard lets honest answers through: a guard that withholds everything would be safe and useless."""

import pytest

from bot.decide.guard import check, grounded
from bot.decide.topics import topics_of
from bot.decide.words import lang_of
from bot.domain.catalog import Catalogue
from tests.decide.shelf import demo_goods
from tests.fakes import goods

# Product, question, an answer that a careful person would give from the card alone.
# "shirt" and "tote" are of the fakes.
HONEST = (
    ("shirt", "夏天穿热不热", "透气不闷热，夏天穿很合适"),
    ("shirt", "夏天穿热不热", "不会热，很透气"),
    ("shirt", "胖mm能穿吗", "版型宽松，微胖也能穿"),
    ("shirt", "微胖穿得下吗", "可以的，微胖也能穿"),
    ("shirt", "is it breathable", "Yes, it is breathable and loose"),
    ("shirt", "ok for curvy girls?", "Yes, it is flattering on curvy figures"),
    ("shirt", "洗了缩水吗", "首次水洗缩水率约2%"),
    ("shirt", "does it shrink", "It shrinks about 2% in the first wash"),
    ("tote", "能装电脑吗", "可以，能装下13寸电脑"),
    ("tote", "can it hold a laptop", "Yes, it fits a 13-inch laptop"),
    ("D101", "透不透", "有里衬，不透"),
    ("D101", "上班能穿吗", "可以，适合通勤和约会"),
    ("D101", "坐久了会皱吗", "聚酯纤维面料不易起皱，久坐会有轻微压痕"),
    ("D101", "is it see through", "No, it is lined, so it is not see-through"),
    ("D101", "领口低不低", "领口在锁骨下方约8厘米，有暗扣"),
    ("S102", "面试能穿吗", "适合面试和通勤穿"),
    ("S102", "does it need ironing", "Hung up to dry it is mostly smooth; use a cool iron for folds"),
    ("C103", "会起球吗", "摩擦处会有少量起球"),
    ("C103", "冬天能穿吗", "适合冬天内搭"),
    ("C103", "is it itchy", "It is softened on the inside"),
    ("P104", "有口袋吗", "有口袋，两侧插袋"),
    ("P104", "个子小能穿吗", "155cm以下建议配跟鞋或改短"),
    ("T105", "领口会变形吗", "领口是双层罗纹，建议平铺晾干"),
    ("T105", "can women wear it", "Yes, women can wear it oversized"),
    ("J106", "下雨能穿吗", "小雨可以，大雨会渗水，请带伞"),
    ("J106", "is it warm enough for winter", "It is a thin layer, in winter only good under a coat"),
    ("B107", "能装14寸笔记本吗", "可以放14寸笔记本电脑"),
    ("B107", "can I wear it crossbody", "No, no long strap is included"),
    ("F108", "敏感肌能用吗", "敏感肌请先在耳后试用"),
    ("F108", "男生能用吗", "可以，男女通用"),
    ("F108", "有香味吗", "没有添加香精，只有原料的淡淡气味"),
    ("F108", "can men use it", "Yes, it is for everyone"),
    ("F109", "油皮能用吗", "油皮建议晚上薄薄一层"),
    ("F109", "is it greasy", "It is rich: right for dry skin, a thin layer at night for oily skin"),
    ("G110", "晚上能喝吗", "含咖啡因，对咖啡因敏感的人晚上少喝"),
    ("G110", "甜不甜", "没有加糖，甜味来自茶的回甘"),
    ("G110", "how much caffeine", "Oolong naturally contains caffeine"),
    ("N111", "小孩能吃吗", "3岁以下儿童不建议食用"),
    ("N111", "过敏能吃吗", "对坚果过敏请不要食用"),
    ("H112", "会掉色吗", "首次洗涤会有少量浮色"),
    ("H112", "is it soft", "It is pre-washed to soften it"),
    ("H112", "is a duvet included", "No, only the cover, the sheet and two pillowcases"),
)  # fmt: skip
# As careful, but said in words the card does not use, so the guard cannot tell: these may go to the host.
FREE_WORDED = (
    ("shirt", "穿着闷不闷", "不闷的，透气"),
    ("D101", "可以度假穿吗", "可以的，度假也合适"),
    ("J106", "can I wear it in the rain", "Light drizzle is fine, heavy rain soaks through"),
    ("B107", "有水杯的地方吗", "里面有水杯隔层"),
    ("F109", "白天能不能用", "白天可以用，之后再涂防晒"),
    ("G110", "能冷泡吗", "可以冷泡，冷藏4小时"),
)


def _shop(product: str) -> Catalogue:
    return goods() if product in ("shirt", "tote") else demo_goods()


def _passes(product: str, question: str, answer: str) -> bool:
    shop = _shop(product)
    return check(answer, question, shop.by_id[product], shop, lang_of(question)).reason == "ok"


def test_at_least_nine_of_ten_honest_answers_pass() -> None:
    """Answers that stay with the card's words leave; of all honest ones, however worded, at least 80 % do."""
    passed = [case for case in HONEST if _passes(*case)]
    free = [case for case in FREE_WORDED if _passes(*case)]
    assert len(passed) >= 0.9 * len(HONEST), [c for c in HONEST if c not in passed]
    assert len(passed) + len(free) >= 0.8 * (len(HONEST) + len(FREE_WORDED))


@pytest.mark.parametrize(("product", "question", "answer"), HONEST[:16:3])
def test_an_answer_that_passes_is_bound_to_the_fields_it_rests_on(product: str, question: str, answer: str) -> None:
    """A verdict of "ok" names facts of the version in force, and keeps the words, but for a yes or no before them."""
    shop = _shop(product)
    verdict = check(answer, question, shop.by_id[product], shop, lang_of(question))
    assert answer.endswith(verdict.text)
    assert verdict.facts
    assert all(f.product == product and f.value for f in verdict.facts)


def test_most_honest_questions_are_grounded() -> None:
    """What the card answers is let through to the model."""
    asked = [(_shop(p).by_id[p], q) for p, q, _ in HONEST]
    reached = [grounded(q, topics_of(q), product) for product, q in asked]
    assert sum(reached) >= 0.8 * len(reached)
