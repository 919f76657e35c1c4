"""The merchant's rule table of advertising law: which claims may not leave, why, and what may be said instead."""

import msgspec

from bot.domain.catalog import Text
from bot.domain.events import Lang


class AdRule(msgspec.Struct, frozen=True, omit_defaults=True):
    """One rule.

    Attributes:
        id: stable, such as "zh-absolute-best".
        law: statute and article, such as "广告法 第九条第三项".
        lang: language of its words; it is looked for in texts of both.
        scope: categories of goods it holds for, such as "food"; "*" for all.
        platform: platforms it holds for; "*" for all.
        words: plain words that are a hit, in comparison form (see `decide.adlaw`).
        pattern: regular expression for what words cannot say, "" for none.
        claim: class of the trained model that this rule gives a law to, "" for none (see `decide.claims`).
        unless: words around a hit that make it innocent; each contains the hit.
        why: what is wrong, one sentence to the merchant.
        rewrite: what may stand in the place of the hit; "" when the clause has to go.
    """

    id: str
    law: str
    lang: Lang
    scope: tuple[str, ...] = ("*",)
    platform: tuple[str, ...] = ("*",)
    words: tuple[str, ...] = ()
    pattern: str = ""
    claim: str = ""
    unless: tuple[str, ...] = ()
    why: Text = Text()
    rewrite: Text = Text()


class LawTable(msgspec.Struct, frozen=True, omit_defaults=True):
    """One version of the table.

    Attributes:
        version: as the file says; "" means "no rules".
        variants: a word, and how people write it to dodge filters.
        rules: in the order of the file; the first of two that hit the same words names them.
    """

    version: str = ""
    variants: dict[str, tuple[str, ...]] = {}
    rules: tuple[AdRule, ...] = ()
