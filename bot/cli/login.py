"""`zhubo login twitch`: a token by the device-code flow, for people who have never seen an access token."""

import os
import shlex
from pathlib import Path

from rich.console import Console

from bot.cli import loop
from bot.domain.errors import SettingsError

_REGISTER = """\
先注册一个应用（只做一次，免费） / first register an application (once, free of charge):
  1. 打开 / open  https://dev.twitch.tv/console/apps/create （账号要先开启两步验证 / needs two-factor authentication）
  2. 名称随意；OAuth 重定向网址 / any name; OAuth Redirect URL:  http://localhost
  3. 分类 / Category:  Chat Bot
  4. 客户端类型 / Client Type:  公开 / Public
  5. 创建后点“管理”，复制客户端 ID / after "Create" choose "Manage" and copy the Client ID
然后运行 / then run:
  zhubo login twitch --client CLIENT_ID
"""


def twitch(client: str, file: Path, base: str = "") -> int:
    """Log in, keep the tokens in a file that only its owner can read, and say what to do with it."""
    if not client:
        _console().print(_REGISTER, markup=False)
        raise SettingsError(
            "--client: none. Fix: register an application on dev.twitch.tv/console (client type Public)."
        )
    _writable(file)
    loop.run(_twitch(client, file, str(file.absolute()), base))
    return 0


async def _twitch(client: str, file: Path, where: str, base: str) -> None:
    from adapters.rest import Rest
    from adapters.twitch.login import ID, Valid, code, save, validate, wait

    console = _console()
    async with Rest("Twitch") as rest:
        asked = await code(rest, base or ID, client)
        console.print(f"\n打开 / open  {asked.verification_uri}", markup=False)
        console.print(f"输入这个码 / and type in  {asked.user_code}", markup=False)
        console.print("用回答观众的那个账号登录 / with the account that shall answer the viewers\n")
        console.print("[dim]等待确认，最多半小时…… / waiting, half an hour at most …[/]")
        pair = await wait(rest, base or ID, client, asked)
        try:
            save(file, pair)
        except OSError as error:
            raise SettingsError(f"--file {file}: {error.strerror}. Fix: name a file that can be written.") from error
        answer = await validate(rest, base or ID, pair.access_token)
    try:
        name = answer.read(Valid).login if answer.good else ""
    except ValueError:
        name = ""
    as_whom = f"，账号 / as {name}" if name else ""
    console.print(f"登录成功 / logged in{as_whom}\n凭据存在 / the credentials are in  {file}\n", markup=False)
    console.print("接入前运行 / before you attach, run:")
    console.print(f"  export ZHUBO_TWITCH_REFRESH_FILE={shlex.quote(where)}", markup=False)
    console.print("  zhubo run --room twitch://CHANNEL --catalogue goods.xlsx\n")
    console.print("文件等同密码，不要发给别人；令牌会自动续期 / it is as good as a password: show it to nobody; "
                  "it renews itself")  # fmt: skip


def _writable(file: Path) -> None:
    """Find out before the streamer has typed the code in. Raises SettingsError."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(f"--file {file}: {error.strerror}. Fix: name a file that can be written.") from error
    if file.is_dir() or not os.access(file.parent, os.W_OK):
        raise SettingsError(f"--file {file}: cannot be written. Fix: name a file in a folder of yours.")


def _console() -> Console:
    return Console(highlight=False, soft_wrap=True)
