"""A moderator's desk in thirty lines: shows what waits, and rules on it. Python 3.11, `pip install aiomqtt`.

python panel.py HOST ROOM NAME          # the password, if there is one, in ZHUBO_TOKEN
"""

import asyncio
import json
import os
import sys
import uuid

import aiomqtt


async def main(host: str, room: str, name: str) -> None:
    """Print each pending answer; y approves the newest, n rejects it, s stops the room."""
    name_of, _, port = host.partition(":")
    token = os.environ.get("ZHUBO_TOKEN")
    login = {"username": name, "password": token} if token else {}
    async with aiomqtt.Client(name_of, int(port or 1883), **login) as client:
        await client.subscribe(f"zhubo/v1/room/{room}/answer/+/pending", 1)
        await client.subscribe(f"zhubo/v1/room/{room}/answer/+/ruling", 1)
        cards: dict[str, dict] = {}

        async def command(**wanted: str) -> None:
            payload = json.dumps({"id": uuid.uuid4().hex, "command": wanted})
            await client.publish(f"zhubo/v1/cmd/{room}/{name}", payload, 1)

        async def keys() -> None:
            while key := (await asyncio.to_thread(sys.stdin.readline)).strip():
                if key == "s":
                    await command(do="mode", mode="stopped")
                elif key in ("y", "n") and cards:
                    card = list(cards.values())[-1]
                    more = {"do": "approve", "seen": card["answer"]} if key == "y" else {"do": "reject"}
                    await command(answer=card["id"], **more)

        typing = asyncio.create_task(keys())
        async for message in client.messages:
            id, what = message.topic.value.split("/")[-2:]
            if what == "ruling":
                print("->", json.loads(message.payload), flush=True)  # noqa: T201
            elif message.payload:
                cards[id] = json.loads(message.payload)
                print(f"{cards[id]['askers']} x {cards[id]['text']}\n   {cards[id]['answer']}   [y/n/s]", flush=True)  # noqa: T201
            else:
                cards.pop(id, None)
            if typing.done():
                return


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:4]))
