"""Our adapters, each with the fake of its platform; and the table of what the kit says of them.

python -m tests.kit.shipped        adapters and checks
"""

import asyncio
import logging
from collections.abc import Callable

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from adapters import bilibili, douyin, generic, kick, obalive, obs, social_stream, streamerbot, twitch, youtube
from bot.domain.ports import AdapterFactory
from bot.kit.checks import CHECKS, run
from bot.kit.harness import Harness
from tests.adapters.fake_bilibili import Bilibili
from tests.adapters.fake_douyin import Douyin
from tests.adapters.fake_generic import Dialled, Dialling
from tests.adapters.fake_kick import Kick
from tests.adapters.fake_obalive import ObaLive
from tests.adapters.fake_obs import Obs
from tests.adapters.fake_social_stream import SocialStream
from tests.adapters.fake_streamerbot import StreamerBot
from tests.adapters.fake_twitch import Twitch
from tests.adapters.fake_youtube import YouTube

SHIPPED: dict[str, tuple[AdapterFactory, Callable[[], Harness]]] = {
    "ws": (generic.dial, Dialled),
    "listen": (generic.listen, Dialling),
    "bilibili": (bilibili.open_room, Bilibili),
    "twitch": (twitch.open_room, Twitch),
    "douyin": (douyin.open_room, Douyin),
    "youtube": (youtube.open_room, YouTube),
    "kick": (kick.open_room, Kick),
    "obs": (obs.open_room, Obs),
    "obalive": (obalive.open_room, ObaLive),
    "ssn": (social_stream.open_room, SocialStream),
    "streamerbot": (streamerbot.open_room, StreamerBot),
}


async def table() -> tuple[Table, int]:
    """Return a row for each adapter, a column for each check, and how many failed."""
    found, failed = Table(show_edge=False, box=SIMPLE_HEAD), 0
    for column in ("", *CHECKS):
        found.add_column(column, justify="left" if not column else "center")
    marks = {"ok": "[green]ok[/]", "failed": "[bold red]FAIL[/]", "not here": "[dim]–[/]"}
    for scheme, (factory, harness) in SHIPPED.items():
        outcomes = [(await run(factory, harness, name)).outcome for name in CHECKS]
        failed += outcomes.count("failed")
        found.add_row(scheme, *(marks[outcome] for outcome in outcomes))
    return found, failed


def main() -> int:
    """Print the table; 1 when a check failed."""
    logging.getLogger().addHandler(logging.NullHandler())  # what goes wrong here is meant to
    found, failed = asyncio.run(table())
    console = Console(highlight=False, width=160)
    console.print(found)
    console.print("– : the platform has nothing to check there")
    return int(failed > 0)


if __name__ == "__main__":
    raise SystemExit(main())
