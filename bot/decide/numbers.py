"""Numbers as people write them: 129, 1,299.00, 129块9, 一百二十九, 1百二, 三折, forty-nine.

`read` is what the guard trusts: it would rather find a number too many than one too few.
"""

import re
from decimal import Decimal

import msgspec

_DIGIT = {c: i for i, c in enumerate("零一二三四五六七八九")} | {c: i for i, c in enumerate("〇壹贰叁肆伍陆柒捌玖")}
_DIGIT |= {"两": 2, "貳": 2, "參": 3, "陸": 6}
_UNIT = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000, "万": 10000, "萬": 10000}
_EN = {
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11,
    "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18,
    "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80,
    "ninety": 90, "hundred": 100, "thousand": 1000, "dozen": 12,
}  # fmt: skip
_MONEY_BEFORE = re.compile(r"(?:¥|\$|€|£|rmb|cny|usd)\s*$", re.I)
_HAN = "".join([*_DIGIT, *_UNIT])
_NUMBER = re.compile(
    rf"(?P<arabic>\d+(?:,\d{{3}})+(?:\.\d+)?|\d+(?:\.\d+)?)(?P<mixed>[十百千万萬][{_HAN}]*)?"
    rf"|(?P<han>[{_HAN}]+(?:点[{_HAN}]+)?)"
    rf"|\b(?P<en>(?:{'|'.join(_EN)})(?:(?:[ -]| and )(?:{'|'.join(_EN)}|one))*)\b",
    re.I,
)
# Canonical unit -> how it is written after a number.
_WRITTEN = {
    "money": r"元|块钱|块(?!状)|圆|rmb|cny|usd|yuan|dollars?|bucks?|[美欧日港]元|美[金刀]|刀(?!具)|英镑|港币|人民币",
    "jiao": r"毛(?!衣|毯|线|绒|巾)|角(?!落|度)",
    "off": r"折(?!叠|痕)|%\s*off",
    "%": r"%|percent",
    "h": r"个?小时|hours?(?![a-z])|hrs?(?![a-z])|h(?![a-z])",
    "min": r"分钟|min(?:ute)?s?(?![a-z])",
    "s": r"秒|sec(?:ond)?s?(?![a-z])",
    "day": r"天|日(?!常)|-?days?(?![a-z])",
    "week": r"周|个?星期|weeks?(?![a-z])",
    "month": r"个?月|months?(?![a-z])",
    "year": r"年|-?years?(?![a-z])",
    "age": r"岁",
    "piece": r"件|pcs(?![a-z])|pieces?(?![a-z])",
    "m": r"米(?![色白其])|m(?![a-z])|met(?:er|re)s?(?![a-z])",
    "cm": r"cm(?![a-z])|厘米|公分",
    "mm": r"mm(?![a-z])|毫米(?!波)",
    "inch": r"寸|英寸|-?inch(?:es)?(?![a-z])",
    "ml": r"ml(?![a-z])|毫升",
    "l": r"升(?!级)|lit(?:er|re)s?(?![a-z])",
    "kg": r"kg(?![a-z])|公斤|kilos?(?![a-z])",
    "jin": r"斤",
    "g": r"g(?![a-z])|克|grams?(?![a-z])",
    "lb": r"lbs?(?![a-z])|pounds?(?![a-z])",
    "deg": r"度|℃|°c?",
    "号": r"号",
    "码": r"码",
    "time": r"次|times(?![a-z])",
    "bag": r"袋|包(?!邮)|bags?(?![a-z])|sachets?(?![a-z])",
    "box": r"盒|box(?:es)?(?![a-z])",
    "bottle": r"瓶|罐|bottles?(?![a-z])",
    "layer": r"层|layers?(?![a-z])",
    "term": r"期",
}
_AFTER = re.compile(r"\s*(?:" + "|".join(f"(?P<u{i}>{w})" for i, w in enumerate(_WRITTEN.values())) + ")", re.I)
_UNITS = tuple(_WRITTEN)
_JIAO = re.compile(r"([\d一二三四五六七八九])(?![\d一二三四五六七八九十百千]|[件天个折斤码号小])毛?")
_RANGE = re.compile(r"\s*(?:[-–~到至×x]|to)\s*(?=\d)", re.I)
# Chinese characters that are also words: a numeral of one of these alone counts only before a unit.
_IDIOM = re.compile(
    rf"(?<![{_HAN}])(?:一[点些定样起直般下种条款致流切体]|万一(?![百千])|十分(?![钟之])|千万|百搭|四季|三七|一千零一夜|第一次|两面|双十一|九成|"
    "统一|均一)|百分之百"
)


class Number(msgspec.Struct, frozen=True):
    """A number found in a text.

    Attributes:
        value: exact.
        unit: canonical unit: "money", "off" (折, % off), "%", "h", "day", "cm", "kg", ... or "" for none known.
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
                if digit == 0:
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
    for word in re.findall(r"[a-z]+", text.lower()):
        if word == "hundred":
            part = (part or 1) * 100
        elif word == "thousand":
            total, part = total + (part or 1) * 1000, 0
        elif word == "dozen":
            part = (part or 1) * 12
        elif word != "and":
            part += _EN.get(word, 1)
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


def _unit_after(text: str, at: int) -> tuple[str, int]:
    """Return the canonical unit written at `at` and where it ends; a range (50-55kg) lends its unit to its start."""
    found = _AFTER.match(text, at)
    if found and found.lastgroup:
        return _UNITS[int(found.lastgroup[1:])], found.end()
    beyond = _RANGE.match(text, at)
    if beyond and (second := _NUMBER.match(text, beyond.end())):
        found = _AFTER.match(text, second.end())
        if found and found.lastgroup:
            return _UNITS[int(found.lastgroup[1:])], at
    return "", at


def read(text: str) -> list[Number]:
    """Return every number in `text` with its unit, in order. Numerals inside set phrases (一定, 百搭) are skipped."""
    numbers = []
    masked = _IDIOM.sub(lambda m: "…" * len(m[0]), text)
    seen = 0
    for found in _NUMBER.finditer(masked):
        if found.start() < seen:
            continue
        unit, end = _unit_after(masked, found.end())
        if found["han"] and len(found["han"]) == 1 and not unit:
            continue
        value = _value(found)
        if unit == "money" and (jiao := _JIAO.match(masked, end)) and masked[end - 1] in "块元":  # 129块9
            value += Decimal(_DIGIT.get(jiao[1], 0) if jiao[1] in _DIGIT else int(jiao[1])) / 10
            end = jiao.end()
        elif unit == "jiao":
            unit, value = "money", value / 10
        elif _MONEY_BEFORE.search(masked, 0, found.start()):
            unit = "money"
        seen = end
        numbers.append(Number(value.normalize(), unit, text[found.start() : end]))
    return numbers
