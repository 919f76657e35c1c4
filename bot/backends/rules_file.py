"""The rule table of advertising law as a TOML file, checked rule by rule before it may be in force.

Every rule brings texts that it must catch and texts that it must let pass; a table that fails its own examples is
refused, and the one in force stays.
"""

import asyncio
import tomllib
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec

from bot.decide.adlaw import AdLaw
from bot.decide.claims import CLASSES
from bot.domain.catalog import Text
from bot.domain.errors import RulesError
from bot.domain.events import Lang
from bot.domain.law import AdRule, LawTable

DEFAULT = Path(__file__).parents[1] / "decide" / "law" / "rules.toml"
MOST = 5  # problems named at once


class _Row(msgspec.Struct, forbid_unknown_fields=True):
    id: str
    law: str
    lang: Lang
    why_zh: str
    why_en: str
    must: tuple[str, ...]
    must_not: tuple[str, ...]
    scope: tuple[str, ...] = ("*",)
    platform: tuple[str, ...] = ("*",)
    words: tuple[str, ...] = ()
    pattern: str = ""
    claim: str = ""
    unless: tuple[str, ...] = ()
    rewrite_zh: str = ""
    rewrite_en: str = ""


class _File(msgspec.Struct, forbid_unknown_fields=True):
    version: str
    rule: tuple[_Row, ...]
    variants: dict[str, tuple[str, ...]] = {}


def load_rules(path: Path = DEFAULT, *, check: bool = True) -> LawTable:
    """Read a rule table; `check` that it does on its examples what it says.

    Raises:
        RulesError: names file, line, rule and field, and the fix.
    """
    try:
        text = path.read_text(encoding="utf-8")
        file = msgspec.convert(tomllib.loads(text), _File)
    except OSError as error:
        raise RulesError(f"{path}: cannot be read ({error.strerror}). Fix: check the path after --rules.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RulesError(f"{path}: {error}. Fix: repair that line; the format is TOML in UTF-8.") from error
    except msgspec.ValidationError as error:
        raise RulesError(f"{path}{_place(text, str(error))}. Fix: see bot/decide/law/rules.toml.") from error
    table = LawTable(file.version, file.variants, tuple(map(_rule, file.rule)))
    if check and (problems := _problems(file, table)):
        told = "; ".join(f"{path}, line {_line(text, id)}, rule {id}, {what}" for id, what in problems[:MOST])
        more = f" (and {len(problems) - MOST} more)" if len(problems) > MOST else ""
        raise RulesError(f"{told}{more}. Fix: repair the rule or its example.")
    return table


class RulesFile:
    """One rule table and its versions."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._seen = self._signature()

    def load(self) -> LawTable:
        """Load now. Blocking. Raises RulesError."""
        self._seen = self._signature()
        return load_rules(self.path)

    async def changes(self, *, poll: float = 0.5) -> AsyncIterator[LawTable | RulesError]:
        """Yield each change of the file, for ever: the new table, or why it cannot be used."""
        while True:
            await asyncio.sleep(poll)
            if await asyncio.to_thread(self._signature) == self._seen:
                continue
            try:
                yield await asyncio.to_thread(self.load)
            except RulesError as error:
                yield error

    def _signature(self) -> tuple[int, int]:
        try:
            stat = self.path.stat()
        except OSError:
            return 0, 0
        return stat.st_mtime_ns, stat.st_size


def _rule(row: _Row) -> AdRule:
    return AdRule(
        row.id, row.law, row.lang, row.scope, row.platform, row.words, row.pattern, row.claim,
        row.unless, Text(row.why_zh, row.why_en), Text(row.rewrite_zh, row.rewrite_en),
    )  # fmt: skip


def _problems(file: _File, table: LawTable) -> list[tuple[str, str]]:
    """Return what is wrong, as (rule id, field and problem)."""
    found: list[tuple[str, str]] = []
    seen: set[str] = set()
    for row in file.rule:
        if row.id in seen:
            found.append((row.id, "id: used twice"))
        seen.add(row.id)
        if not row.words and not row.pattern and not row.claim:
            found.append((row.id, "words: none, and no pattern or claim either"))
        if row.claim and row.claim not in CLASSES:
            found.append((row.id, f"claim: {row.claim!r} is none of {', '.join(CLASSES)}"))
        if not row.must or not row.must_not:
            found.append((row.id, "must, must_not: each needs at least one example"))
    try:
        law = AdLaw(table)
    except ValueError as error:
        return [*found, (str(error).removeprefix("rule ").partition(",")[0], f"pattern: {error}")]
    for row in file.rule:
        for text in row.must:
            if not law.hits(text):
                found.append((row.id, f"must: {text!r} is not caught"))
        for text in row.must_not:
            if hits := law.hits(text):
                found.append((row.id, f"must_not: {text!r} is caught by {hits[0].rule.id} ({hits[0].said})"))
    return found


def _line(text: str, id: str) -> int:
    """Return the line at which a rule names itself."""
    lines = text.splitlines()
    return next((n for n, line in enumerate(lines, 1) if line.startswith("id") and f'"{id}"' in line), 0)


def _place(text: str, message: str) -> str:
    """Turn "… - at `$.rule[3].words`" into a line, a rule and a field."""
    problem, _, at = message.partition(" - at `$.")
    index, _, field = at.rstrip("`").removeprefix("rule[").partition("].")
    heads = [n for n, line in enumerate(text.splitlines(), 1) if line.strip() == "[[rule]]"]
    if index.isdecimal() and int(index) < len(heads):
        return f", line {heads[int(index)]}, rule {int(index) + 1}{', ' + field if field else ''}: {problem}"
    return f": {problem}"
