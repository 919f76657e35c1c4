"""The guard bites: a planted draft does not leave, and the same words leave when they are true."""

import msgspec
import pytest

from bot.decide.adlaw import AdLaw
from bot.decide.guard import check
from bot.domain.catalog import Catalogue, Faq, Product, Text
from bot.domain.law import AdRule, LawTable
from tests.fakes import goods

SHIRT = goods().products[0]


def shirt(**texts: str) -> Product:
    """The shirt with other statements."""
    return msgspec.structs.replace(SHIRT, texts={**SHIRT.texts, **{k: Text(v, v) for k, v in texts.items()}})


def leaves(text: str, question: str, product: Product) -> bool:
    """Does a model's answer leave?"""
    return bool(check(text, question, product, Catalogue(1, (product,)), "zh").text)


@pytest.mark.parametrize(
    ("lie", "question", "made_true"),
    [
        ("衣长66cm", "衣长多长", {"衣长": "衣长66cm"}), ("含棉80%", "含多少棉", {"material": "含棉80%"}),
        ("可机洗", "可以机洗吗", {"care": "可机洗"}),
        ("闷热", "夏天穿热吗", {"points": "透气差，闷热"}), ("防水", "防水吗", {"points": "面料防水"}),
        ("有内衬", "有没有内衬", {"points": "有内衬，不透"}),
        ("适合孕妇穿", "孕妇能穿吗", {"audience": "适合孕妇穿"}),
        ("会起球", "会起球吗", {"care": "会起球，建议反面洗"}),
    ],
)  # fmt: skip
def test_a_wrong_number_sign_or_attribute_leaves_only_when_it_is_true(
    lie: str, question: str, made_true: dict[str, str]
) -> None:
    """One draft, two cards: held back by one, let through by the other."""
    assert not leaves(lie, question, SHIRT)
    assert leaves(lie, question, shirt(**made_true))


def test_a_banned_claim_leaves_only_where_no_rule_forbids_it() -> None:
    """The same words, with the rule and without it."""
    rule = AdRule("best", "广告法 第九条第三项", "zh", words=("最透气",))
    text = "这是最透气的衬衫"
    assert AdLaw(LawTable("1", {}, (rule,))).lawful(text, "zh") == ("", AdLaw(LawTable("1", {}, (rule,))).hits(text))
    assert AdLaw(LawTable("1", {}, ())).lawful(text, "zh") == (text, ())


def test_what_the_card_does_not_say_is_not_confirmed() -> None:
    """A yes rests on a statement, or it is none."""
    silent = msgspec.structs.replace(SHIRT, texts={}, faq=(Faq("会缩水吗", "约2%"),))
    for text, question in (("可以机洗", "可以机洗吗"), ("会缩水5%", "会缩水吗"), ("是真丝的", "是真丝吗")):
        assert not leaves(text, question, silent)
