"""Twitch's frames as a public client reads them (PyPI `twitchAPI`, MIT): its EventSub over our fake.

PyPI `twitchio` 3 has Twitch's addresses built in, and cannot be pointed at a fake.
"""

import asyncio
import sys
from pathlib import Path

from adapters.twitch import open_room
from bot.kit.bench import working
from tests.adapters.fake_twitch import CLIENT, ME, ROOM, Twitch
from tests.adapters.peers import pip, ran, wanted

SCRIPT = """
import asyncio, sys
from twitchAPI.eventsub.websocket import EventSubWebsocket
from twitchAPI.twitch import Twitch
from twitchAPI.type import AuthScope

async def main(port, client, token, room, me):
    base = f"http://127.0.0.1:{port}"
    twitch = Twitch(client, authenticate_app=False, base_url=f"{base}/helix/", auth_base_url=f"{base}/oauth2/")
    twitch.auto_refresh_auth = False
    await twitch.set_user_authentication(token, [AuthScope.USER_READ_CHAT, AuthScope.USER_WRITE_CHAT], validate=False)
    hub = EventSubWebsocket(twitch, connection_url=f"ws://127.0.0.1:{port}/ws", subscription_url=f"{base}/helix/")
    hub.start()
    async def heard(event):
        print("MSG", event.event.message_id, event.event.message.text, flush=True)
    await hub.listen_channel_chat_message(room, me, heard)
    print("READY", flush=True)
    await asyncio.sleep(5)
    await hub.stop()
    await twitch.close()

asyncio.run(main(*sys.argv[1:]))
"""


@wanted
async def test_a_public_client_understands_our_fake(tmp_path: Path) -> None:
    """It takes the welcome, subscribes, and hears the same comments as our adapter."""
    folder = await pip(tmp_path / "site", "twitchAPI==4.5.0")
    (tmp_path / "client.py").write_text(SCRIPT, "utf-8")
    fake = Twitch()
    async with fake, working(open_room, fake) as bench:
        await bench.live()
        args = (str(fake.port), CLIENT, fake.token, ROOM, ME)
        client = asyncio.create_task(
            ran(sys.executable, tmp_path / "client.py", *args, within=30.0, PYTHONPATH=str(folder))
        )
        await bench.until(lambda: len(fake.links) == 2 or client.done(), "the client must be let in", 15.0)
        await asyncio.sleep(0.3)
        await fake.comment("p1", "how much")
        _, said = await client
        await bench.settled()
    assert "MSG p1 how much" in said, said
    assert bench.comments == ["p1"]
