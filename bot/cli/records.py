"""`zhubo why`, `zhubo verify`, `zhubo forget`: what was decided and recorded, and taking a viewer out of it."""

import re
from collections.abc import Iterable
from pathlib import Path

from rich.console import Console

from bot.app import connect_redis
from bot.backends import journal, record
from bot.backends.data_folder import held
from bot.backends.redis_store import RedisStore
from bot.backends.valkey import store_url
from bot.decide.privacy import pseudonym
from bot.decide.why import why
from bot.domain.catalog import Catalogue
from bot.domain.errors import JournalError, SettingsError
from bot.domain.events import Lang
from bot.domain.inputs import Entry, Ruled, Stocked
from bot.domain.law import LawTable
from bot.domain.turns import Turn
from bot.settings import Settings, pseudonym_key

_PSEUDONYM = re.compile(r"v[0-9a-f]{16}")


def explain(settings: Settings, comment: str, file: Path | None, lang: Lang) -> int:
    """Print why a comment ended as it did, in every room where it was heard. Returns 1 when it is in no journal."""
    console = Console(highlight=False)
    found = 0
    for path in [file] if file else sorted(_journals(settings), reverse=True):
        catalogue, rules = Catalogue(), LawTable()
        for line in journal.read(path):
            if isinstance(line, Turn) and line.id == comment:
                found += 1
                console.print(f"{path}", style="dim", markup=False, soft_wrap=True)
                for text in why(line, catalogue, rules, lang):
                    console.print(f"  {text}", markup=False, soft_wrap=True)
            elif isinstance(line, Entry) and isinstance(line.item, Stocked):
                catalogue = line.item.catalogue
            elif isinstance(line, Entry) and isinstance(line.item, Ruled):
                rules = line.item.table
        if found:
            break
    if not found:
        console.print(f"no comment {comment} in the journals below {settings.folder} / 日志里没有这条弹幕。")
        console.print("Fix: give --data, the folder zhubo ran with, or --journal. / 请用 --data 或 --journal 指定。")
    return 0 if found else 1


def check(path: Path) -> int:
    """Check a record and print what was found. Returns 1 when something is wrong."""
    console = Console(highlight=False)
    found = record.verify(path)
    for file, number, problem in found.problems[:20]:
        console.print(f"{file.name} line {number}: {problem}", markup=False)
    if len(found.problems) > 20:
        console.print(f"… and {len(found.problems) - 20} more")
    state = "the chain holds / 链条完整" if not found.problems else "the record was tampered with / 记录被改动过"
    console.print(f"{found.lines} lines, {found.forgotten} of forgotten viewers: {state}")
    console.print(f"last hash, keep it elsewhere / 末尾哈希，请另存: {found.last}", soft_wrap=True)
    return bool(found.problems)


async def forget(settings: Settings, viewer: str, room: str) -> int:
    """Take one viewer out of store, journals and records.

    Args:
        viewer: a pseudonym, or the platform's id together with the room's name.

    Raises:
        SettingsError: the id needs a room, or a front is running on this data folder.
    """
    if not _PSEUDONYM.fullmatch(viewer):
        if not room:
            raise SettingsError("forget: a platform's user id needs --room NAME. Fix: name the room, or give v… .")
        viewer = pseudonym(pseudonym_key(settings), room, viewer)
    with held(settings.folder, alone=True):
        lines = sum(journal.forget(path, viewer) for path in _journals(settings))
        lines += sum(record.forget(folder, viewer) for folder in settings.folder.glob("**/record"))
    async with store_url(settings.redis_url, settings.folder) as url:
        redis = connect_redis(url, patience=3)
        contexts = await RedisStore(redis).forget(viewer)
        await redis.aclose()
    Console(highlight=False).print(
        f"{viewer}: taken out of {lines} lines of journals and records and {contexts} session contexts / 已删除"
    )
    return 0


def _journals(settings: Settings) -> Iterable[Path]:
    found = [p for folder in settings.folder.glob("**/journal") for p in folder.glob("*.jsonl")]
    if not found:
        raise JournalError(f"no journal below {settings.folder}. Fix: give --data, the folder zhubo ran with.")
    return found
