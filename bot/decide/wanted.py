"""Whether a comment wants something of a kind, or for somebody, rather than to know something of one product."""

import re

from bot.decide.kinds import NEED, NOT_NEED
from bot.decide.needs import need_of
from bot.decide.patterns import cue
from bot.decide.things import kinds_asked
from bot.decide.topics import topics_of

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


# Topics that say for whom and for what; any other one asks about a product.
_WHOM = frozenset(
    ("elder", "men", "women", "child", "student", "gift", "work", "sport", "travel", "warm", "cool", "petite")
)


_POLAR = re.compile(  # whether something suits: said of what is on screen
    r"(?:适合|合适|能|可以?|会|行|好用?|用得?了).{0,4}[吗么嘛不没]\W*$|\b(?:suits?|suitable|works? (?:for|on)|"
    r"good for|ok(?:ay)? for|safe)\b"
)


def implied(text: str, raw: str) -> bool:
    """Tell whether a question that asks for no fact and names no product is a need stated in bare words.

    A kind of thing with any slot beside it ("sheets for a 1.5m bed"), or a budget alone.
    """
    need = need_of(text)
    if (
        _NOT_WANTED.search(raw)
        or _POLAR.search(raw)
        or {t.group for t in topics_of(raw) if not t.group.startswith("skin")} - _WHOM
    ):
        return False
    budget = need.high is not None or need.low is not None
    return budget or bool(kinds_asked(text) and (need.asked or need.size))


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
