"""Budgets: what a viewer would spend, however it is said."""

import re
from collections.abc import Sequence

from bot.decide.numbers import Number, read

ABOUT = 1.2  # "about 150" allows a fifth more

_NEAR = 9  # characters around a sum in which the word stands that makes it a limit
_BELOW_BEFORE = re.compile(
    r"(?:预算|不超过|别超过|别太超过|不要超过|不高于|最多|至多|顶多|低于|少于|小于|上限|封顶|控制在|under|below|"
    r"less than|"
    r"within|up to|"
    r"max(?:imum)?|bud?g?[ej]+t|no more than|not (?:\w+ )?more than|n't (?:\w+ )?more than|nothing (?:above|"
    r"over)|(?:budget|limit|cap|max)(?:'s| is|:)|<|≤|cheaper than|at most|limit|spend|beneath|only have|"
    r"i have|got|"
    r"不到|只有|就|手里有|兜里有|拿着|打算花|花)\W*(?:is|of|to|an?|is around|大概|大约|在|about|around|just|only|the|"
    r"就|是|有|个|也就)?\W*$",
    re.I,
)
_BELOW_AFTER = re.compile(
    r"^\W*(?:(?:bucks?|quid|dollars?|yuan|元|块)?\W*(?:limit|total|max(?:imum)?\b|ceiling|tops|all in|"
    r"and (?:below|under)|"
    r"at (?:the )?(?:very )?most|fine\b|封顶|能拿|能买)|(?:以|之|含)[内下]|内|里面|不到|封顶|打住|顶天|(?:块|"
    r"元)?预算|(?:以|之)?内|max\b|or (?:less|under|"
    r"below|cheaper)|"
    r"budget|tops|at most|and (?:under|below)|limit|range)",
    re.I,
)
_ABOUT_BEFORE = re.compile(r"(?:大概|大约|差不多|约|about|around|roughly|approx\w*|near|~|somewhere)\W*$", re.I)
_ABOUT_AFTER = re.compile(
    r"^\W*(?:块|元)?\W*(?:左右|上下|附近|出头|来块|来|差不多|样子|的样子|(?:bucks? |quid )?or so|ish|-ish|"
    r"give or take|(?:bucks? )?give or take)",
    re.I,
)
_ABOVE_BEFORE = re.compile(
    r"(?:(?<![不别没要])超过|至少|最少|不低于|起码|高于|"
    r"(?<!nothing )(?<!anything )(?<!n't )(?<!not )(?<!go )(?<!n't be )over|above|at least|"
    r"(?<!no )(?<!not )(?<!spending )more than|from|minimum|"
    r"不少于)\W*$",
    re.I,
)
_ABOVE_AFTER = re.compile(
    r"^\W*(?:块|元)?(?:以上|往上|之上|起步|起|\+|or (?:more|above|up|over)|and up|plus\b|upwards)", re.I
)
_MANY_AFTER = re.compile(r"^(?:多|几|出点头|something)")
_RANGE = re.compile(r"^\s*(?:块|元|¥|\$)?\s*(?:[-–~～—]|到|至|to|and)\s*(?:[¥$￥]|rmb)?\s*$", re.I)
_BETWEEN = re.compile(r"between\W*(?:[¥$])?\W*$", re.I)
_NO_SUM = re.compile(
    r"^\s*(?:斤|公斤|kg|cm|厘米|米|岁|个月|月|号|码|人|位|天|日|年|次|寸|ml|g\b|克|片|包|盒|瓶|杯|件|条|个|双|套|"
    r"袋|支|pcs|people|"
    r"persons?|years?|months?|days?|yo\b|y/o|%|折|点|楼|点钟|lbs?|inch|ft|feet|升|l\b|层|级|场|页|星|度|名|班|"
    r"-?year|th\b|st\b|nd\b|rd\b|款|guests?|people|kids|minutes?|pieces|months)",
    re.I,
)
_VAGUE: tuple[tuple[re.Pattern[str], tuple[int | None, int | None]], ...] = (
    (re.compile(r"几十(?:块|元|来块)?"), (None, 9900)),
    (re.compile(r"百来块|一百来块?|百十来?块|百把块|百元左右"), (None, 12000)),
    (re.compile(r"百元(?:以[内下]|内)?|一百块?以内"), (None, 10000)),
    (re.compile(r"几百(?:块|元)?"), (None, 99900)),
    (re.compile(r"十几块?"), (None, 1900)),
)  # fmt: skip


_TEN = {c: i for i, c in enumerate("一二三四五六七八九", 1)}
_TENS = re.compile(r"([一二三四五六七八])([二三四五六七八九])十(?=块|元|的|左右|以内|$|\W)")  # 四五十: 40 to 50


def budget_of(text: str) -> tuple[int | None, int | None]:
    """Return the least and the most a viewer would spend, in minor units; None where nothing is said."""
    text = text.replace("￥", "¥").replace("，", ",")
    if pair := _TENS.search(text):
        least = None if text[pair.end() :].startswith(("以内", "以下", "左右")) else 1000 * _TEN[pair[1]]
        return least, 1000 * _TEN[pair[2]]
    for words, limits in _VAGUE:
        if words.search(text) and not re.search(r"\d", text):
            return limits
    sums = _sums(text)
    for (start, end, number), (begin, finish, other) in zip(sums, sums[1:], strict=False):
        joined = text[end:begin]
        between = _BETWEEN.search(text[:start]) and re.fullmatch(r"\W*(?:and|to|-)\W*[¥$]?\s*", joined)
        if (_RANGE.match(joined) or between) and number.value < other.value and not _NO_SUM.match(text[finish:]):
            return _minor(number), _minor(other)
    for start, end, number in sums:
        if (said := _limits(text[max(0, start - 24) : start], text[end : end + _NEAR], number)) is not None:
            return said
    return None, None


def _limits(before: str, after: str, number: Number) -> tuple[int | None, int | None] | None:
    """Return what one sum says of a budget, None when it is none."""
    value = _minor(number)
    if _NO_SUM.match(after) and number.unit != "money":
        return None
    if _ABOVE_AFTER.match(after) or _ABOVE_BEFORE.search(before):
        return value, None
    if _ABOUT_AFTER.match(after) or (_ABOUT_BEFORE.search(before) and not _BELOW_AFTER.match(after)):
        return None, round(value * ABOUT)
    if _MANY_AFTER.match(after):
        step = 10 ** (len(str(value // 100)) - 1) * 100
        return value, value + step - 100
    if _BELOW_AFTER.match(after) or _BELOW_BEFORE.search(before):
        return None, value
    return (None, value) if number.unit == "money" else None


def _sums(text: str) -> Sequence[tuple[int, int, Number]]:
    """Return the numbers that can be sums of money, with where they stand."""
    found, at = [], 0
    for number in read(text):
        start = text.find(number.raw, at)
        if start < 0:
            continue
        at = start + len(number.raw)
        if number.unit in ("money", "", "m") and number.value >= 5:
            found.append((start, at, number))
    return found


def _minor(number: Number) -> int:
    return int(number.value * 100)
