"""The small model of unlawful claims: what the words of a rule table cannot name, it knows by likeness.

A claim told as a story ("药箱可以扔了") has no word to list. The model, like that of `ngrams`, is linear on hashed
pieces of the text; Chinese is read by characters and by sound, so that 冶疗, zhi疗 and Z疗 stand near 治疗. Trained by
`bot.training.claims`; weights lie beside the rule table.
"""

import re
from functools import cache, lru_cache
from importlib.resources import files

from bot.decide.ngrams import Model, hashed, runs, unpack, words

FOLDER = "bot.decide.law"
FILE = "claims.bin"
SOUNDS = "sounds.txt"  # lines of one syllable and the characters read so (GB 2312; first readings, after pypinyin)
LONGEST = 200  # characters read
CLASSES = (
    "superlative", "state", "medical", "healthfood", "cosmetic", "absolute_safety", "fake_price", "fake_urgency",
    "disparage", "endorsement", "fake_data", "baby_formula", "alcohol", "off_platform", "superstition_other",
)  # fmt: skip
_NUMERALS = {
    "0": "ling", "1": "yi", "2": "er", "3": "san", "4": "si", "5": "wu", "6": "liu", "7": "qi", "8": "ba", "9": "jiu",
}  # fmt: skip
_PIECE = re.compile(r"[a-z]+|[^a-z\s]")


@cache
def readings() -> dict[str, str]:
    """Return how each character is read."""
    table = files(FOLDER).joinpath(SOUNDS).read_text(encoding="utf-8")
    return {c: syllable for syllable, chars in map(str.split, table.splitlines()) for c in chars}


@cache
def _syllables() -> re.Pattern[str]:
    known = sorted(set(readings().values()), key=len, reverse=True)
    return re.compile("|".join(known))


@lru_cache(maxsize=4096)
def _spelled(word: str) -> tuple[str, ...]:
    """Read letters as pinyin, or one by one when they are none."""
    found = _syllables().findall(word)
    return tuple(found) if "".join(found) == word else tuple(word)


def sounds(line: str) -> list[str]:
    """Return how a Chinese text is read: a syllable a character, numerals read out, stray letters as they are."""
    heard: list[str] = []
    known = readings()
    for piece in _PIECE.findall(line):
        if piece.isalpha() and piece.isascii():
            heard += _spelled(piece)
        else:
            heard.append(_NUMERALS.get(piece) or known.get(piece, piece))
    return heard


def pieces(tight: str, spaced: str) -> list[int]:
    """Return the buckets of a text, each once.

    Args:
        tight: its comparison form for Chinese, "" when it has none (see `adlaw`).
        spaced: its comparison form for English.
    """
    if not tight:
        line = spaced[:LONGEST]
        return hashed(runs(line, (3, 4, 5)) | words(line, apart=2))
    line = tight[:LONGEST]
    found = runs(line, (1, 2, 3, 4))
    heard = ["\x02", *sounds(line), "\x03"]
    for a, b, c in zip(heard, heard[1:], [*heard[2:], ""], strict=False):
        found.update((f"\x05{a} {b}", f"\x05{a[0]} {b}", f"\x05{a} {b[0]}", f"\x05{a} {b} {c}"))
    return hashed(found)


@cache
def shipped() -> Model:
    """Return the model that comes with the package (a part of the code, read once)."""
    return unpack(files(FOLDER).joinpath(FILE).read_bytes())
