"""`zhubo login twitch`: a token by the device-code flow, for people who have never seen an access token."""

from pathlib import Path

from rich.console import Console

from bot.cli import loop
from bot.domain.errors import SettingsError


def twitch(client: str, file: Path, base: str = "") -> int:
    """Log in, keep the tokens in a file that only its owner can read, and say what to do with it."""
    if not client:
        raise SettingsError("--client: none. Fix: register an application on dev.twitch.tv/console (public client).")
    loop.run(_twitch(client, file, str(file.absolute()), base))
    return 0


async def _twitch(client: str, file: Path, where: str, base: str) -> None:
    from adapters.rest import Rest
    from adapters.twitch.login import ID, code, save, wait

    console = Console(highlight=False)
    async with Rest("Twitch") as rest:
        asked = await code(rest, base or ID, client)
        console.print(f"\n打开 / open  [bold]{asked.verification_uri}[/]")
        console.print(f"输入这个码 / and type in  [bold]{asked.user_code}[/]\n")
        console.print("[dim]等待确认，最多半小时…… / waiting, half an hour at most …[/]")
        save(file, await wait(rest, base or ID, client, asked))
    console.print(f"登录成功，凭据存在 / logged in; the credentials are in {file}\n", soft_wrap=True)
    console.print("接入前运行 / before you attach, run:")
    console.print(f"  export ZHUBO_TWITCH_REFRESH_FILE={where}", soft_wrap=True, markup=False)
    console.print("  zhubo run --room twitch://CHANNEL --catalogue goods.xlsx")
