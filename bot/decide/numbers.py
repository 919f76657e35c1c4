"""Numbers as people write them: 129, 1,299.00, 129块9, 一百二十九, 1百二, 三折, forty-nine.

`read` is what the guard trusts: it would rather find a number too many than one too few.
"""

import re
from decimal import Decimal

import msgspec

_DIGIT = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "壹": 1, "贰": 2, "叁": 3, "伍": 5}
_UNIT = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000, "万": 10000}
_EN = {
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11,
    "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18,
    "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80,
    "ninety": 90,
}  # fmt: skip
_MONEY_BEFORE = re.compile(r"(?:¥|￥|\$|€|£|rmb|cny|usd)\s*$", re.I)
_HAN = "零〇一二两三四五六七八九十百千万拾佰仟壹贰叁伍"
_NUMBER = re.compile(
    rf"(?P<arabic>\d+(?:,\d{{3}})+(?:\.\d+)?|\d+(?:\.\d+)?)(?P<mixed>[十百千万][{_HAN}]*)?"
    rf"|(?P<han>[{_HAN}]+(?:点[{_HAN}]+)?)"
    rf"|\b(?P<en>(?:{'|'.join(_EN)})(?:[ -](?:{'|'.join(_EN)}|hundred|thousand))*)\b",
    re.I,
)
_AFTER = re.compile(
    r"\s*(?P<unit>元|块钱|块|圆|米(?!色|白|其)|rmb|cny|usd|yuan|dollars?|bucks?|折|%\s*off|%|％|件|pcs|pieces?|个月|天|日|小时|"
    r"分钟|days?|hours?|hrs?|h\b|months?|years?|年|号|码|ml|毫升|kg|g\b|克|斤|公斤|cm|厘米|米|层|片|次|期)(?P<jiao>[\d一二三四五六七八九](?![\d十百件天]))?",
    re.I,
)
# Chinese characters that are also words: a numeral of one of these alone counts only before a unit.
_IDIOM = re.compile("一[点些定样起直般下种条款致流切]|万一|十分|千万|百搭|四季|三七|一千零一夜|第一次|两面|双十一|九成")
_MONEY = frozenset("元 块 块钱 圆 米 rmb cny usd yuan dollar dollars buck bucks".split())


class Number(msgspec.Struct, frozen=True):
    """A number found in a text.

    Attributes:
        value: exact.
        unit: canonical unit: "money", "off" (折, % off), "%", the unit as written, or "".
        raw: as written.
    """

    value: Decimal
    unit: str
    raw: str


def _han(text: str) -> Decimal:
    whole, _, fraction = text.partition("点")
    if all(c in _DIGIT for c in whole):  # 一二九, 二〇二六: digit by digit
        value = Decimal("".join(str(_DIGIT[c]) for c in whole))
    else:
        total = section = digit = 0
        last = 1
        for c in whole:
            if c in _DIGIT:
                digit = _DIGIT[c]
                if c in "零〇":
                    last = 10
                continue
            last = _UNIT[c]
            if last == 10000:
                total, section = (total + section + digit) * last, 0
            else:
                section += (digit or 1) * last
            digit = 0
        # 一百二 means 120, 一百零二 means 102
        value = Decimal(total + section + (digit * last // 10 if last >= 100 and digit else digit))
    if fraction:
        value += Decimal("0." + "".join(str(_DIGIT.get(c, 0)) for c in fraction))
    return value


def _english(text: str) -> Decimal:
    total = part = 0
    for word in re.split(r"[ -]", text.lower()):
        if word == "hundred":
            part = (part or 1) * 100
        elif word == "thousand":
            total, part = total + (part or 1) * 1000, 0
        else:
            part += _EN[word]
    return Decimal(total + part)


def _value(found: re.Match[str]) -> Decimal:
    if found["arabic"]:
        value = Decimal(found["arabic"].replace(",", ""))
        if found["mixed"]:
            first = _UNIT[found["mixed"][0]]
            rest = found["mixed"][1:]
            tail = _han(rest) if rest else Decimal(0)
            value = value * first + (tail * first / 10 if rest and len(rest) == 1 and rest in _DIGIT else tail)
        return value
    return _han(found["han"]) if found["han"] else _english(found["en"])


def read(text: str) -> list[Number]:
    """Return every number in `text` with its unit, in order. Chinese numerals inside set phrases (一定, 百搭) are skipped."""
    numbers = []
    masked = _IDIOM.sub(lambda m: "…" * len(m[0]), text)
    seen = 0
    for found in _NUMBER.finditer(masked):
        if found.start() < seen:
            continue
        after = _AFTER.match(masked, found.end())
        unit = after["unit"].lower() if after else ""
        if found["han"] and len(found["han"]) == 1 and not unit:
            continue
        value = _value(found)
        end = after.end("unit") if after else found.end()
        if after and after["jiao"] and unit in ("块", "元"):  # 129块9
            jiao, end = after["jiao"], after.end()
            value += Decimal(_DIGIT.get(jiao, 0) if jiao in _DIGIT else int(jiao)) / 10
        if unit in _MONEY or _MONEY_BEFORE.search(masked[: found.start()]):
            unit = "money"
        elif unit == "折" or unit.endswith("off"):
            unit = "off"
        seen = end
        numbers.append(Number(value.normalize(), "%" if unit == "％" else unit, text[found.start() : end]))
    return numbers
