"""Streamer.bot's own client (npm `@streamerbot/client`, MIT) against our fake."""

import asyncio
import json
from pathlib import Path

from adapters.streamerbot import open_room
from bot.kit.bench import working
from tests.adapters.fake_streamerbot import StreamerBot
from tests.adapters.peers import npm, ran, wanted

CLIENT = """
import { StreamerbotClient } from "@streamerbot/client";
const client = new StreamerbotClient({
  host: "127.0.0.1", port: Number(process.argv[2]), endpoint: "/", password: process.env.PASSWORD, autoReconnect: false,
  subscribe: { Twitch: ["ChatMessage"] }, onError: (e) => console.log("ERROR " + (e?.message ?? e)),
});
client.on("Twitch.ChatMessage", (m) => console.log("MSG " + JSON.stringify(m.data)));
setTimeout(() => process.exit(0), 6000);
"""


@wanted
async def test_the_official_client_understands_our_fake(tmp_path: Path) -> None:
    """It authenticates, subscribes, and hears the same comments as our adapter."""
    await npm(tmp_path, "@streamerbot/client@1.12.2", "ws")
    (tmp_path / "client.mjs").write_text(CLIENT, "utf-8")
    fake = StreamerBot()
    async with fake, working(open_room, fake) as bench:
        await bench.live()
        run = ran("node", tmp_path / "client.mjs", str(fake.port), within=20.0, cwd=tmp_path, PASSWORD=fake.token)
        client = asyncio.create_task(run)
        await bench.until(lambda: len(fake.links) == 2 or client.done(), "the client must be let in", 8.0)
        await fake.comment("p1", "how much")
        _, said = await client
        await bench.settled()
    heard = [json.loads(line[4:]) for line in said.splitlines() if line.startswith("MSG ")]
    assert [m["message"]["msgId"] for m in heard if m["message"]["msgId"] == "p1"] == ["p1"], said
    assert bench.comments == ["p1"]
