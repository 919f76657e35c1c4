"""Bilibili's packets as a public client reads them (npm `bilibili-live-ws`, MIT)."""

import asyncio
import json
from pathlib import Path

from adapters.bilibili import open_room
from bot.kit.bench import working
from tests.adapters.fake_bilibili import Bilibili
from tests.adapters.peers import npm, ran, wanted

CLIENT = """
import pkg from "bilibili-live-ws";
const live = new pkg.LiveWS(1, { address: process.argv[2], key: process.argv[3], protover: 2 });
live.on("msg", (m) => console.log("MSG " + JSON.stringify(m)));
live.on("error", (e) => console.log("ERROR " + (e?.message ?? e)));
setTimeout(() => process.exit(0), 5000);
"""


@wanted
async def test_a_public_client_understands_our_fake(tmp_path: Path) -> None:
    """Its authentication is taken, and it reads single comments and a compressed batch as we do."""
    await npm(tmp_path, "bilibili-live-ws@6.3.1")
    (tmp_path / "client.mjs").write_text(CLIENT, "utf-8")
    fake = Bilibili()
    async with fake, working(open_room, fake) as bench:
        await bench.live()
        (game,) = fake.games
        url = f"ws://127.0.0.1:{fake.port}/sub"
        client = asyncio.create_task(ran("node", tmp_path / "client.mjs", url, game, within=20.0, cwd=tmp_path))
        await bench.until(lambda: len(fake.links) == 2 or client.done(), "the client must be let in", 8.0)
        for n in range(3):
            await fake.comment(f"p{n}", f"第{n}条")
        await fake.batch([f"z{n}" for n in range(5)])
        _, said = await client
        await bench.settled()
    heard = [json.loads(line[4:]) for line in said.splitlines() if line.startswith("MSG ")]
    ids = [m["data"]["msg_id"] for m in heard if m.get("cmd") == "LIVE_OPEN_PLATFORM_DM"]
    ours = [id for id in bench.comments if not id.startswith("mark")]
    assert (
        [id for id in ids if not id.startswith("mark")] == ours == ["p0", "p1", "p2", *(f"z{n}" for n in range(5))]
    ), said
