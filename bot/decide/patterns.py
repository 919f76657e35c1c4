"""Long lists of alternatives made fast: `re` looks at a character only when some alternative can start with it."""

import re
from collections.abc import Callable, Iterable
from functools import cache, cached_property
from itertools import groupby
from typing import TypeVar

import msgspec

_SPECIAL = frozenset("()[]{}.^$*+?\\|")
_REPEATS = ("?", "*", "+", "{")


def split(alternatives: str) -> list[str]:
    """Split a pattern at the bars that stand outside brackets."""
    parts, depth, start, i = [], 0, 0, 0
    while i < len(alternatives):
        c = alternatives[i]
        if c == "\\":
            i += 1
        elif c in "([":
            depth += 1
        elif c in ")]":
            depth -= 1
        elif c == "|" and not depth:
            parts.append(alternatives[start:i])
            start = i + 1
        i += 1
    return [*parts, alternatives[start:]]


def _closing(part: str) -> int:
    """Return where the bracket that opens a pattern closes."""
    depth, i = 0, 0
    while i < len(part):
        if part[i] == "\\":
            i += 1
        elif part[i] in "([":
            depth += 1
        elif part[i] in ")]":
            depth -= 1
            if not depth:
                return i
        i += 1
    return len(part)


def opened(part: str) -> list[str]:
    """Write a pattern as alternatives that start with a letter: [ab]c -> ac, bc; (?:a|b)c -> ac, bc; a?b -> ab, b."""
    if part[:1] == "[" or part.startswith("(?:"):
        end = _closing(part)
        inner, rest = part[1:end], part[end + 1 :]
        optional = rest.startswith("?")
        if not rest.startswith(_REPEATS[1:]) and not (part[0] == "[" and set(inner) & set("^-\\")):
            heads = list(map(re.escape, inner)) if part[0] == "[" else split(inner[2:])
            tails = [rest.removeprefix("?")]
            found = [p for head in heads for tail in tails for p in opened(head + tail)]
            return [*found, *opened(tails[0])] if optional else found
    if part[:1] and part[0] not in _SPECIAL and part[1:2] == "?":
        return [part[0] + part[2:], *opened(part[2:])]
    return [part]


def tried(parts: Iterable[str], lead: str = "") -> str:
    """Join alternatives, those with the same first letter under that letter, so that others are skipped in one step.

    Args:
        lead: what must hold before the first letter, a lookbehind such as "(?<![a-z])".
    """
    every = list(dict.fromkeys(p for part in parts for p in opened(part)))
    plain = sorted((p for p in every if p[:1] not in _SPECIAL and p[1:2] not in _REPEATS and p), key=lambda p: p[0])
    rest = [lead + p for p in every if p not in set(plain)]
    behind = lead.removesuffix(")")
    grouped = []
    for c, same in groupby(plain, key=lambda p: p[0]):
        guard = f"{behind}{c})" if lead else ""
        grouped.append(f"{c}{guard}(?:{'|'.join(p[1:] for p in same)})")
    return "|".join([*grouped, *rest])


class Cue(msgspec.Struct, frozen=True, dict=True):
    """Patterns for one thing in both languages, compiled when first needed; English ones start at that of a word."""

    zh_table: str
    en_table: str

    @cached_property
    def zh(self) -> re.Pattern[str]:
        """Finds the Chinese ones."""
        return re.compile(tried(split(self.zh_table)))

    @cached_property
    def en(self) -> re.Pattern[str]:
        """Finds the English ones."""
        return re.compile(tried(split(self.en_table), "(?<![a-z])"))

    def found(self, raw: str, han: bool, latin: bool) -> re.Match[str] | None:
        """Search a lower-case line; `han` and `latin` say which letters it has."""
        return (self.zh.search(raw) if han else None) or (self.en.search(raw) if latin else None)


def cue(zh: str, en: str) -> Cue:
    """Make a pair of tables into patterns; alternatives are parted by bars."""
    made = Cue(zh, en)
    _MADE.append(made)
    return made


_MADE: list[Cue] = []
_LATER: list[Callable[[], object]] = []
T = TypeVar("T")


def later(make: Callable[[], T]) -> Callable[[], T]:
    """Compile something when it is first needed, once."""
    made = cache(make)
    _LATER.append(made)
    return made


def compile_all() -> None:
    """Compile everything now, so that no comment waits for it; some tenths of a second."""
    for cue_ in _MADE:
        _ = cue_.zh, cue_.en
    for made in _LATER:
        made()


def either(cues: Iterable[Cue]) -> Cue:
    """Join cues into one that finds what any of them finds."""
    pairs = [(c.zh_table, c.en_table) for c in cues]
    return cue("|".join(zh for zh, _ in pairs), "|".join(en for _, en in pairs))
