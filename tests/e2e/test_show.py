"""`zhubo run` on several platforms at once: one show, answered in each of them."""

import asyncio
import json
import os
import sys
from collections import Counter
from pathlib import Path

from bot.backends.catalog_file import write_csv
from tests.adapters.fake_bilibili import Bilibili
from tests.adapters.fake_generic import Dialled
from tests.adapters.fake_obs import Obs
from tests.adapters.fake_twitch import Twitch
from tests.fakes import goods

ASKED = {"bilibili": "1号多少钱", "twitch": "1号什么价", "ws": "1号怎么卖"}
ANSWER = "1号亚麻衬衫：现价129元"


async def _until(true, within: float = 15.0) -> None:  # type: ignore[no-untyped-def]
    async with asyncio.timeout(within):
        while not true():  # noqa: ASYNC110 - other programs' doings have no event
            await asyncio.sleep(0.02)


async def test_one_question_from_three_platforms_is_answered_on_each(tmp_path: Path) -> None:
    """Asked in other words on Bilibili, Twitch and a generic room: one question. Twitch and the room get the line in
    their chats; Bilibili's viewers, who cannot be written to, on the overlay in OBS.
    """
    write_csv(goods(), shop := tmp_path / "goods.csv")
    async with Bilibili() as bilibili, Twitch() as twitch, Dialled() as room, Obs() as obs:
        fakes = (bilibili, twitch, room, obs)
        rooms = [part for fake in fakes for part in ("--room", fake.url)]
        secrets = {
            "ZHUBO_BILIBILI_TOKEN": bilibili.token, "ZHUBO_BILIBILI_CODE": bilibili.options["code"],
            "ZHUBO_TWITCH_TOKEN": twitch.token, "ZHUBO_OBS_TOKEN": obs.token, "ZHUBO_TOKEN": room.token,
        }  # fmt: skip
        front = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "run", *rooms, "--catalogue", str(shop), "--data", str(tmp_path / "data"),
            "--page-port", "0", env={**os.environ, **secrets}, stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        try:
            await _until(lambda: all(fake.connections() for fake in fakes))
            await asyncio.gather(
                bilibili.comment("b1", ASKED["bilibili"], user="someone"),
                twitch.comment("t1", ASKED["twitch"], user="someone"),
                room.comment("w1", ASKED["ws"], user="someone"),
            )
            await _until(lambda: twitch.lines and room.sent() and obs.lines)
        finally:
            front.terminate()
            said = (await front.communicate())[0].decode()
        assert [twitch.lines[0], room.sent()[0], obs.lines[0]] == [ANSWER] * 3, said
        assert twitch.replies == ["t1"]
    assert not any(secret in said for secret in secrets.values())
    (journal,) = (tmp_path / "data" / "journal").glob("*.jsonl")
    turns = [turn for line in journal.read_text("utf-8").splitlines() if (turn := _turn(json.loads(line)))]
    ours = [t for t in turns if t["text"] in ASKED.values()]
    assert Counter(t["place"] for t in ours) == {"bilibili": 1, "twitch": 1, "ws": 1}
    assert {t["fate"] for t in ours} == {"answered"}
    assert len({t["question"] for t in ours}) == 1, "one question"
    assert len({t["viewer"] for t in ours}) == 3, "the same name on three platforms is three people"


def _turn(line: dict[str, object]) -> dict[str, str] | None:
    """Return the turn in a line of a journal, None for any other line."""
    found = line.get("turn", line)
    return found if isinstance(found, dict) and "fate" in found and "text" in found else None
