"""How long words take to say, and numbers as they are read aloud.

Rates: Mandarin news is read at some 270 to 300 characters a minute, talk at 200 to 260 (Yuan, Liberman & Cieri 2006
find 5.2 syllables a second in conversation, pauses left out); English talk runs at 140 to 170 words. Sellers pause.
"""

import re
from functools import lru_cache

from bot.decide.words import CJK
from bot.domain.events import Lang
from bot.domain.script import Section, Sentence, Tone

RATES: dict[tuple[Lang, Tone], float] = {
    ("zh", "lively"): 270.0, ("zh", "warm"): 240.0, ("zh", "calm"): 210.0,
    ("en", "lively"): 165.0, ("en", "warm"): 150.0, ("en", "calm"): 135.0,
}  # fmt: skip
_UNITS = ("", "十", "百", "千")
_BIG = ("", "万", "亿")
_DIGITS = "零一二三四五六七八九"
_ONES = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = ["zero", "ten", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_HAN = re.compile(f"[{CJK}]")
_WORD = re.compile(r"[A-Za-z]+(?:['’-][A-Za-z]+)*")
_DIGIT_RUN = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")
_SIGNS_ZH = (
    (re.compile(r"¥\s*(\d[\d,]*(?:\.\d+)?)"), r"\1元"), (re.compile(r"(\d)\s*[-–~]\s*(?=\d)"), r"\1到"),
    (re.compile(r"(\d+(?:\.\d+)?)\s*%"), r"百分之\1"),
    (re.compile(r"(\d)\s*(?:℃|°C)"), r"\1摄氏度"), (re.compile(r"(\d)\s*(?i:ml)\b"), r"\1毫升"),
    (re.compile(r"(\d)\s*(?i:cm)\b"), r"\1厘米"),
    (re.compile(r"(\d)\s*(?i:kg)\b"), r"\1公斤"), (re.compile(r"(\d)\s*g\b"), r"\1克"),
    (re.compile(r"(\d)\s*[×x]\s*(?=\d)"), r"\1乘"),
)  # fmt: skip
_SIGNS_EN = (
    (re.compile(r"¥\s*(\d[\d,]*(?:\.\d+)?)"), r"\1 yuan"), (re.compile(r"\$\s*(\d[\d,]*(?:\.\d+)?)"), r"\1 dollars"),
    (re.compile(r"€\s*(\d[\d,]*(?:\.\d+)?)"), r"\1 euros"),
    (re.compile(r"£\s*(\d[\d,]*(?:\.\d+)?)"), r"\1 pounds"), (re.compile(r"#(\d+)"), r"number \1"),
    (re.compile(r"(\d)\s*[-–~]\s*(?=\d)"), r"\1 to "),
    (re.compile(r"(\d)\s*%"), r"\1 percent"), (re.compile(r"(\d)\s*(?:℃|°C)"), r"\1 degrees"),
    (re.compile(r"(\d)\s*ml\b"), r"\1 millilitres"),
    (re.compile(r"(\d)\s*cm\b"), r"\1 centimetres"), (re.compile(r"(\d)\s*kg\b"), r"\1 kilos"),
    (re.compile(r"(\d)\s*g\b"), r"\1 grams"),
    (re.compile(r"(\d)\s*[×x]\s*(?=\d)"), r"\1 by "),
)  # fmt: skip


@lru_cache(maxsize=8192)  # the teleprompter asks for the same lines every second
def aloud(text: str, lang: Lang) -> str:
    """Write numbers as they are read: 129元 becomes 一百二十九元, ¥129 becomes one hundred and twenty-nine yuan."""
    for pattern, instead in _SIGNS_ZH if lang == "zh" else _SIGNS_EN:
        text = pattern.sub(instead, text)
    return _DIGIT_RUN.sub(lambda m: _read(m[0].replace(",", ""), lang), text)


def _read(digits: str, lang: Lang) -> str:
    whole, _, fraction = digits.partition(".")
    if len(whole) > 9 or (len(whole) > 1 and whole[0] == "0"):
        return "".join(_DIGITS[int(d)] for d in whole) if lang == "zh" else " ".join(_ONES[int(d)] for d in whole)
    said = _chinese(int(whole)) if lang == "zh" else _english(int(whole))
    fraction = fraction.rstrip("0")
    if not fraction:
        return said
    if lang == "zh":
        return f"{said}点{''.join(_DIGITS[int(d)] for d in fraction)}"
    return f"{said} point {' '.join(_ONES[int(d)] for d in fraction)}"


def _chinese(n: int) -> str:
    if n == 0:
        return "零"
    groups = []
    while n:
        n, part = divmod(n, 10_000)
        groups.append(part)
    said = ""
    for i in range(len(groups) - 1, -1, -1):
        part = groups[i]
        if part:
            said += ("零" if said and part < 1000 and not said.endswith("零") else "") + _thousands(part) + _BIG[i]
    return said[1:] if said.startswith("一十") else said


def _thousands(n: int) -> str:
    said, gap = "", False
    for i in range(3, -1, -1):
        digit = n // 10**i % 10
        if digit:
            said += ("零" if gap and said else "") + _DIGITS[digit] + _UNITS[i]
            gap = False
        else:
            gap = True
    return said


def _english(n: int) -> str:
    if n < 20:
        return _ONES[n]
    if n < 100:
        return _TENS[n // 10] + (f"-{_ONES[n % 10]}" if n % 10 else "")
    for size, name in ((1_000_000, "million"), (1000, "thousand"), (100, "hundred")):
        if n >= size:
            rest = n % size
            joined = " and " if rest and rest < 100 else " "
            return f"{_english(n // size)} {name}" + (f"{joined}{_english(rest)}" if rest else "")
    return ""


def beats(text: str, lang: Lang) -> float:
    """Return how much there is to say: characters in Chinese (a foreign word counts as two), words in English."""
    said = aloud(text, lang)
    if lang == "zh":
        return len(_HAN.findall(said)) + 2.0 * len(_WORD.findall(said))
    return len(_WORD.findall(said)) + len(_HAN.findall(said)) / 2


def seconds(sentence: Sentence, lang: Lang, tone: Tone) -> float:
    """Return how long a sentence takes, its pause included."""
    return sentence.pause + (0.0 if sentence.pause else 60 * beats(sentence.text, lang) / RATES[lang, tone])


def length(section: Section, lang: Lang, tone: Tone) -> float:
    """Return how long a section takes, in seconds."""
    return sum(seconds(s, lang, tone) for s in section.sentences)
