"""Whether a comment wants something of a kind, or for somebody, rather than to know something of one product."""

import re

from bot.decide.kinds import NEED, NOT_NEED
from bot.decide.needs import need_of
from bot.decide.patterns import cue
from bot.decide.things import kinds_asked

_WANTED = cue(
    "有没有|有什么|有啥|有吗|有木有|有伐|有不|来[个件条点]|整[件个点条]|推[一个荐]|求|想[买要换找挑选给送]|"
    "[买挑选送](?:点|些|个)?(?:什么|啥)|"
    "[用喝吃穿背带](?:什么|啥)|能[用吃喝穿背].{0,2}的(?![吗么嘛不?？]|$)|适合.{1,8}的(?![吗么嘛不?？]|$)",
    r"anything|something|any\b|got any|do you have|have you got|is there|are there|(?:i|we) need (?:an?|some)|"
    r"i want (?:an?|some)|"
    "after an?|looking|want something|what (?:do you have|have you|can i|would)|which (?:one|would)",
)
_NOT_WANTED = re.compile(rf"{NOT_NEED.pattern}|这[款个件条种]|那[款个件条]|\b(?:this|that|it|its|these|those)\b")


def advice(raw: str, slots: set[str], han: bool, latin: bool) -> bool:
    """Tell whether a line asks outright for a recommendation."""
    if slots - {"price", "size", "colour", "discount", "stock"} or not NEED.found(raw, han, latin):
        return False
    return not NOT_NEED.search(raw)


def wanted(text: str, raw: str, slots: set[str], han: bool, latin: bool) -> bool:
    """Tell whether a line that names no product of ours wants something.

    Args:
        text: the cleaned line; `raw` the same in lower case, names of products replaced.
        slots: the facts it asks for.
        han, latin: which letters it has.
    """
    if slots - {"price", "discount", "stock"}:
        return False
    if not _WANTED.found(raw, han, latin) or _NOT_WANTED.search(raw):
        return False
    return bool(kinds_asked(text)) or need_of(text).asked
