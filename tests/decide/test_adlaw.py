"""Advertising law: what is found however it is written, what is innocent, and what is said instead."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.backends.rules_file import load_rules
from bot.decide.adlaw import AdLaw
from bot.domain.catalog import Text
from bot.domain.law import AdRule, LawTable

LAW = AdLaw(
    LawTable(
        "1",
        {"最": ("蕞", "zui"), "第一": ("第1", "diyi", "弟一")},
        (
            AdRule(
                "best", "广告法 第九条第三项", "zh", words=("最好", "第一", "全网最低"),
                unless=("最好手洗", "第一次", "不是最好"),
                rewrite=Text("很受欢迎", "popular"),
            ),
            AdRule("cure", "广告法 第十七条", "zh", scope=("cosmetics", "food"), words=("治疗", "消炎")),
            AdRule("soon", "平台规则", "zh", platform=("douyin",), pattern=r"最后\d+小时"),
            AdRule("top", "FTC Act s.5", "en", words=("best in the world", "#1"), rewrite=Text("", "popular")),
        ),
    )
)  # fmt: skip


def said(text: str, **where: str) -> list[str]:
    return [hit.said for hit in LAW.hits(text, **where)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("这款最好", ["最好"]), ("最 好 用", ["最 好"]), ("最🌟好", ["最🌟好"]), ("zuì好", ["zuì好"]),
        ("ZUI 好", ["ZUI 好"]),
        ("蕞-好，现价9元", ["蕞-好"]), ("全/网/最/低", ["全/网/最/低"]), ("第１名", ["第１"]), ("第①名", ["第①"]),
        ("弟一名", ["弟一"]),
        ("最\u200b好", ["最\u200b好"]), ("The BEST  in the world!", ["BEST  in the world"]), ("we are #1", ["#1"]),
        ("最好，第一", ["最好", "第一"]),
    ],
)  # fmt: skip
def test_a_claim_is_found_however_it_is_written(text: str, found: list[str]) -> None:
    """Spaces, marks, emoji, digits, tones, pinyin, stand-ins and invisible characters; the hit is named as written."""
    assert said(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "最好手洗", "第一次洗有浮色", "这不是最好的", "第11号链接", "全网，最低温度30度", "best before 2027",
        "item #11",
        "kuizui好", "", "。。。", "😀😀",
    ],
)  # fmt: skip
def test_the_innocent_pass(text: str) -> None:
    """Words around a hit, longer numbers and words, and two clauses that only touch."""
    assert said(text) == []


def test_a_rule_holds_where_its_scope_says() -> None:
    """By the merchant's category (every rule where none is known) and by platform."""
    assert said("消炎", category="护肤/cream") == ["消炎"]
    assert said("消炎", category="女装/dress") == []
    assert said("消炎") == ["消炎"]
    assert said("消炎", category="其他") == ["消炎"]
    assert said("最后2小时", platform="twitch") == []
    assert said("最后2小时", platform="douyin") == said("最后2小时") == ["最后2小时"]


@pytest.mark.parametrize(
    ("text", "lang", "kept"),
    [
        ("现价9元，全网最低", "zh", "现价9元，很受欢迎"), ("现价9元，能消炎，包邮", "zh", "现价9元，包邮"),
        ("能治疗", "zh", ""),
        ("The best in the world, ¥9", "en", "The popular, ¥9"), ("现价9元", "zh", "现价9元"),
    ],
)  # fmt: skip
def test_what_can_be_saved_is_reworded_and_the_rest_goes(text: str, lang: str, kept: str) -> None:
    """A compliant wording in the hit's place, else without its clause; nothing left is nothing said."""
    assert LAW.lawful(text, lang)[0] == kept  # type: ignore[arg-type]


@given(
    st.text(alphabet="最好第一1全网低治疗蕞zui ，。;.🌟手洗次best in the world#", max_size=40),
    st.sampled_from(["zh", "en"]),
)
def test_what_may_leave_is_clean(text: str, lang: str) -> None:
    """No text raises, a hit is where it says, and a lawful text has no hit."""
    kept, hits = LAW.lawful(text, lang)  # type: ignore[arg-type]
    assert all(text[h.start : h.end] == h.said for h in hits)
    assert LAW.hits(kept) == ()
    assert kept == text if not hits else True


SHIPPED = AdLaw(load_rules())


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("吃了这个，家里的药箱可以扔了。", "claim-medical"),
        ("放眼整个女装圈，没有谁家的版型能打得过我们。", "claim-superlative"),
        ("My mom threw away her pills after a week of this tea.", "claim-medical"),
    ],
)  # fmt: skip
def test_a_claim_without_forbidden_words_is_known_by_likeness(text: str, kind: str) -> None:
    """The hit names the kind, its law and a clause of the text; our own sentences from fields are not judged so."""
    (hit,) = SHIPPED.hits(text)
    assert hit.rule.id.startswith("claim-") and hit.rule.law and hit.said in text
    assert SHIPPED.hits(text, likeness=False) == ()
    if kind != "claim-superlative":  # kinds are close; the law named must at least be one of them
        assert hit.rule.id == kind


@pytest.mark.parametrize(
    "text",
    [
        "这个白色会有一点透，里面最好穿肤色的内衣。", "编号是唯一的，防伪码刮开后在官网查一次就行。",
        "王者荣耀能玩，高画质会有点发热。", "产地江苏南通",
        "Batteries are included.",
    ],
)  # fmt: skip
def test_what_the_model_knows_as_innocent_passes(text: str) -> None:
    """A word of the table in another sense."""
    assert SHIPPED.hits(text) == ()


def test_a_disguise_is_never_innocent() -> None:
    """The model may let go of plain words alone."""
    assert SHIPPED.hits("我们用的是 独 家 技术，续航表现不错。")


def test_a_table_without_kinds_asks_no_model() -> None:
    """A merchant's own table is what it says."""
    assert LAW.hits("吃了这个，家里的药箱可以扔了。") == ()
