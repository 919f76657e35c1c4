"""`zhubo learned`: what the shop learned from viewers, to be looked at, exported, taught from journals, and reset."""

import sys
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path

import msgspec
from rich.console import Console
from rich.table import Table

from bot.app.store import connect_redis
from bot.backends.journal import read
from bot.backends.redis_learning import RedisLearning
from bot.backends.valkey import store_url
from bot.cli import loop
from bot.domain.errors import SettingsError
from bot.domain.inputs import Entry
from bot.domain.learning import Learned
from bot.live.room import Room
from bot.live.shelf import Learn
from bot.settings import Settings


def learned(settings: Settings, export: Path | None, teach: Sequence[Path], *, reset: bool) -> int:
    """Print what is known of the shop, after what was asked for was done."""
    known = loop.run(_learned(settings, teach, reset=reset))
    if export is None:
        Console().print(_table(settings.shop, known))
    elif str(export) == "-":
        sys.stdout.write(msgspec.json.encode(known).decode() + "\n")
    else:
        try:
            export.write_bytes(msgspec.json.format(msgspec.json.encode(known), indent=1))
        except OSError as error:
            raise SettingsError(
                f"--export {export}: cannot be written ({error.strerror}). Fix: another place."
            ) from error
    return 0


async def _learned(settings: Settings, teach: Sequence[Path], *, reset: bool) -> Learned:
    console = Console()
    async with store_url(settings.redis_url, settings.folder) as url:
        redis = connect_redis(url, patience=10)
        try:
            kept = RedisLearning(redis, settings.shop)
            if reset:
                console.print(f"forgotten / 已清空: {await kept.unlearn()}", markup=False)
            for path in teach:
                tallies, visits = lessons_of(path)
                await kept.learn(tallies, visits)
                console.print(f"{path.name}: {len(tallies)} counts, {len(visits)} visits", markup=False)
            return await kept.learned()
        finally:
            await redis.aclose()


def lessons_of(path: Path) -> tuple[dict[tuple[str, str], tuple[int, int]], list[tuple[str, ...]]]:
    """Play a journal again and return what its room learned: (shown, taken) by (product, context), and visits.

    Raises JournalError.
    """
    room, tallies, visits = Room(), defaultdict[tuple[str, str], list[int]](lambda: [0, 0]), []
    for entry in read(path):
        for effect in room.handle(entry.at, entry.item) if isinstance(entry, Entry) else ():
            if isinstance(effect, Learn) and effect.visit:
                visits.append(effect.visit)
            elif isinstance(effect, Learn):
                counts = tallies[effect.product, effect.context]
                counts[0], counts[1] = counts[0] + effect.shown, counts[1] + effect.taken
    return {arm: (shown, taken) for arm, (shown, taken) in tallies.items()}, visits


def _table(shop: str, known: Learned) -> Table:
    table = Table(title=f"\n{shop}: {len(known.visits)} visits / 次浏览", title_justify="left", show_edge=False)
    table.add_column("product / 商品")
    for name in ("suggested / 推荐", "taken up / 接受", "share"):
        table.add_column(name, justify="right")
    shown: Counter[str] = Counter()
    taken: Counter[str] = Counter()
    for tally in known.tallies:
        shown[tally.product] += tally.shown  # type: ignore[assignment]
        taken[tally.product] += tally.taken  # type: ignore[assignment]
    for product, n in shown.most_common(40):
        table.add_row(product, f"{n:.0f}", f"{taken[product]:.0f}", f"{taken[product] / n:.0%}" if n else "-")
    return table
