"""The lexicon of one catalogue version: its names, headings, colours and sizes, and how they are found in a line."""

import re

import msgspec

from bot.decide import kinds
from bot.decide.words import CJK, fold
from bot.domain.catalog import TEXT_FIELDS, Catalogue

_DIGITS = re.compile(r"[\d号]")
_HAN_DIGIT = {c: i for i, c in enumerate("一二三四五六七八九", 1)}
_TAIL = re.compile(rf"[a-z{CJK}][{CJK}]+")
# A size that is an amount: 50ml, 200g罐装.
MEASURE = re.compile(r"^\d+(?:\.\d+)?(?:ml|g|kg|l|米|包|袋|片|支|瓶|盒|寸|cm)")


class Lexicon(msgspec.Struct, frozen=True):
    """What one catalogue version adds to the rules: names, headings, colours and sizes to look for.

    Attributes:
        names: folded name -> ids of the products it may mean.
        named: finds those names in a lower-case line.
        heads: finds what English names end in, after an article ("the dress"); its keys are in `names` too.
        headings: folded heading of the merchant's own column -> field.
        colours, sizes: find the catalogue's own, the longest first.
    """

    names: dict[str, tuple[str, ...]]
    named: re.Pattern[str]
    heads: re.Pattern[str]
    headings: tuple[tuple[str, str], ...]
    colours: re.Pattern[str]
    sizes: re.Pattern[str]


def lexicon(catalogue: Catalogue) -> Lexicon:
    """Return the words of one catalogue version."""
    names: dict[str, tuple[str, ...]] = {}
    heads: dict[str, tuple[str, ...]] = {}
    headings: dict[str, str] = {}
    colours: set[str] = set()
    sizes: set[str] = set()
    for product in catalogue.products:
        for name in (product.name.zh, product.name.en, *product.aliases):
            for key in (fold(name), *_tails(name)):
                if len(key) >= 2:
                    names[key] = tuple(dict.fromkeys((*names.get(key, ()), product.id)))
        if (last := product.name.zh[-1:]) in _KINDS:
            names[last] = tuple(dict.fromkeys((*names.get(last, ()), product.id)))
        if len(product.id) >= 3 and re.fullmatch(r"[a-zA-Z]+[-_]?\d[\w-]*", product.id):
            names[fold(product.id)] = (product.id,)
        head = fold(product.name.en.rpartition(" ")[2])
        if len(head) >= 3:
            heads[head] = tuple(dict.fromkeys((*heads.get(head, ()), product.id)))
        for field in product.texts:
            if field not in TEXT_FIELDS and len(fold(field)) >= 2:
                headings[fold(field)] = field
        colours |= {word for c in product.colours for word in (fold(c.zh), fold(c.en)) if len(word) > 1}
        for size in map(str.lower, product.sizes):
            if len(size) > 2:
                measure = MEASURE.match(size)
                sizes |= {size, measure[0] if measure else size}  # "1.5米床" is also asked for as "1.5米"
    plain = {name: r"\W{0,2}".join(map(re.escape, name.split())) for name in names}
    found = {name: rf"{p}(?:e?s)?(?![a-z])" if name[-1].isascii() else p for name, p in plain.items()}
    found |= {name: p + _ASKED_OF for name, p in plain.items() if len(name) == 1}
    head = "|".join(r"\W{0,2}".join(map(re.escape, h.split())) for h in heads) or "(?!)"
    before = r"(?<![a-z])(?:the|this|that|your|these|those) |^\W*|(?<=how much is )|(?<=price of )"
    after_article = re.compile(rf"(?:{before})({head})(?:e?s)?(?! one)(?![a-z])")
    return Lexicon(
        heads | names,
        _finder(found),
        after_article,
        tuple(headings.items()),
        _finder(_escaped(colours)),
        _finder(_escaped(sizes)),
    )


# What must follow a kind of one character to be meant as a name: 茶多少钱, not 喝茶.
_ASKED_OF = "(?=多少|怎么卖|咋卖|啥价|什么价|还有|有货|包邮|几)"
_KINDS = {
    "裤": "裤子",
    "裙": "裙子",
    "包": "包包",
    "茶": "茶叶",
    "帽": "帽子",
    "鞋": "鞋子",
    "被": "被子",
    "杯": "杯子",
    "袜": "袜子",
}


def _tails(name: str) -> list[str]:
    """Return what people shorten a name to: the last characters of a Chinese one, the last words of an English one."""
    if not name.isascii():
        tails = [name[-n:].lower() for n in (2, 3) if len(name) > n and _TAIL.fullmatch(name[-n:].lower())]
        return [*tails, _KINDS[name[-1]]] if name[-1:] in _KINDS else tails
    words = name.split()
    return [fold(" ".join(words[i:])) for i in range(1, len(words) - 1)]


def _escaped(words: set[str]) -> dict[str, str]:
    return {word: re.escape(word) for word in words}


def _finder(patterns: dict[str, str]) -> re.Pattern[str]:
    """Compile a finder of words, the longest first; Latin ones start where no letter or digit stands before."""
    first: dict[str, list[str]] = {}
    for word in sorted(patterns, key=lambda w: (-len(w), w)):
        first.setdefault(word[0], []).append(patterns[word][len(re.escape(word[0])) :])
    han = [f"{re.escape(c)}(?:{'|'.join(rest)})" for c, rest in first.items() if not c.isascii()]
    latin = [f"{re.escape(c)}(?:{'|'.join(rest)})" for c, rest in first.items() if c.isascii()]
    return re.compile("|".join([*han, f"(?<![a-z0-9])(?:{'|'.join(latin)})"] if latin else han) or r"(?!)")


def named_in(raw: str, words: Lexicon) -> tuple[str, list[tuple[str, ...]]]:
    """Return the line with every name replaced by "this one", and what each name may mean."""
    found: list[tuple[str, ...]] = []

    def note(match: re.Match[str]) -> str:
        key = fold(match[1] if match.re is words.heads else match[0])
        ids = words.names.get(key) or words.names.get(key[:-1]) or words.names.get(key[:-2]) or ()
        if ids and ids not in found:
            found.append(ids)
        return "这款" if not match[0].isascii() else "it"

    raw = words.named.sub(note, raw)
    return words.heads.sub(note, raw), found


def number_in(raw: str) -> tuple[int, int]:
    """Return the first link number named and how many different ones are."""
    numbers: list[int] = []
    if not _DIGITS.search(raw):
        return 0, 0
    for link in kinds.LINK_NO.finditer(raw):
        group = next(g for g in link.groups() if g)
        tens, mark, ones = group.partition("十")
        plain = _HAN_DIGIT.get(group) or (0 if mark else int(group))
        value = 10 * _HAN_DIGIT.get(tens, 1) + _HAN_DIGIT.get(ones, 0) if mark else plain
        if value and value not in numbers:
            numbers.append(value)
    return (numbers[0] if numbers else 0), len(numbers)


def sku_in(raw: str, words: Lexicon) -> tuple[str, str]:
    """Return the size and the colour asked for, "" where none is."""
    size = words.sizes.search(raw) or kinds.SIZE_CODE.search(raw)
    colour = words.colours.search(raw) or kinds.COLOUR_WORD.search(raw)
    if colour and colour[0].isascii() and not size and not kinds.COLOUR_ASKED.search(raw):
        colour = None  # "my skin gets red" asks for no colour
    return _what(size), _what(colour)


def _what(found: re.Match[str] | None) -> str:
    return next((g for g in found.groups() if g), found[0]) if found else ""
