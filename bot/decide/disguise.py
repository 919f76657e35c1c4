"""Comparison forms of texts that may be disguised: "最 好", "最🌟好" and "zuì好" without marks, spaces and accents."""

import re
import unicodedata

import msgspec

HAN = re.compile(r"[\u3400-\u9fff]")
_LETTER = re.compile(r"[a-z]")
_SYMBOLS = {  # written for words
    "💯": "100%", "🥇": "第一", "🏆": "冠军", "☝": "一", "🌍": "球", "🌎": "球", "🌏": "球", "💉": "针", "💊": "药",
    "➕": "加",
    "💰": "钱", "💲": "钱", "🈚": "无", "🆚": "vx", "🚗": "车", "🍼": "奶", "👶": "宝宝", "🤰": "孕妇", "🐧": "qq",
    "🛰": "卫星",
    "○": "0", "●": "0", "❌": "不", "🚫": "不", "👑": "王", "🏥": "医院",
}  # fmt: skip


class Form(msgspec.Struct, frozen=True):
    """A comparison form and, for each of its characters, where it starts and ends in the text."""

    words: str
    at: tuple[tuple[int, int], ...]


def _plain(text: str) -> tuple[list[str], list[int]]:
    chars: list[str] = []
    at: list[int] = []
    for i, c in enumerate(text):
        if c.isascii():
            chars.append(c.lower())
            at.append(i)
            continue
        if meant := _SYMBOLS.get(c) or (str(digit) if (digit := unicodedata.digit(c, None)) is not None else ""):
            chars += meant
            at += [i] * len(meant)
            continue
        for d in unicodedata.normalize("NFD", unicodedata.normalize("NFKC", c)) if not HAN.match(c) else c:
            if unicodedata.category(d) not in ("Mn", "Cf", "Cc"):
                chars.append(d.lower())
                at.append(i)
    return chars, at


def tight(text: str) -> Form:
    """Letters, digits and % alone; a point stays between digits."""
    chars, at = _plain(text)
    kept = [
        (c, i)
        for n, (c, i) in enumerate(zip(chars, at, strict=True))
        if c.isalnum()
        or c == "%"
        or (c == "." and 0 < n < len(chars) - 1 and chars[n - 1].isdecimal() and chars[n + 1].isdecimal())
    ]
    return Form("".join(c for c, _ in kept), tuple((i, i + 1) for _, i in kept))


def spaced(text: str) -> Form:
    """Words parted by single spaces; # % $ and apostrophes stay."""
    chars, at = _plain(text)
    words: list[str] = []
    places: list[int] = []
    for c, i in zip(chars, at, strict=True):
        d = "'" if c in "’'" else c if c.isalnum() or c in "#%$" else " "
        if d != " " or (words and words[-1] != " "):
            words.append(d)
            places.append(i)
    return Form("".join(words), tuple((i, i + 1) for i in places))


def bounded(words: str, start: int, end: int) -> bool:
    """Tell whether a hit of letters or digits ends where a word or number ends."""
    before, after = words[start - 1 : start], words[end : end + 1]
    if (_LETTER.match(words[start]) and _LETTER.match(before or " ")) or (
        words[start].isdecimal() and before.isdecimal()
    ):
        return False
    last = words[end - 1]
    return not ((_LETTER.match(last) and _LETTER.match(after or " ")) or (last.isdecimal() and after.isdecimal()))
