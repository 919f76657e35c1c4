"""A platform of your own, in Python: comments from standard input go to zhubo, its lines are printed.

pip install websockets
zhubo run --room listen://127.0.0.1:9100/room --catalogue goods.xlsx
python client.py ws://127.0.0.1:9100/room
"""

import asyncio
import json
import os
import sys
from collections import deque

from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

said = deque(maxlen=1000)  # numbered events, kept so that nothing is lost over a reconnect


def last():
    """Return the number of the newest event."""
    return said[-1]["seq"] if said else 0


async def talk(link):
    """Say hello, repeat what zhubo has missed, and take its lines."""
    async for raw in link:
        frame = json.loads(raw)
        if frame["type"] == "hello":
            caps = {"max_chars": 100, "min_gap": 2.0}
            await link.send(json.dumps({"v": 1, "type": "hello", "seq": last(), "caps": caps}))
            for event in [e for e in said if e["seq"] > frame.get("resume", 0)]:
                await link.send(json.dumps(event))
        elif frame["type"] == "send":  # show frame["text"] in your room, then say what became of it
            print("zhubo:", frame["text"], flush=True)  # noqa: T201
            await link.send(json.dumps({"v": 1, "type": "receipt", "key": frame["key"], "outcome": "confirmed"}))
        elif frame["type"] == "ping":
            await link.send(json.dumps({"v": 1, "type": "pong"}))


async def main(url):
    lines = asyncio.Queue()
    asyncio.get_running_loop().add_reader(sys.stdin, lambda: lines.put_nowait(sys.stdin.readline()))
    token = os.environ.get("ZHUBO_TOKEN", "")
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async for link in connect(url, subprotocols=["zhubo.v1"], additional_headers=headers):
        talking = asyncio.create_task(talk(link))
        try:
            while line := await lines.get():
                seq = last() + 1
                event = {"kind": "comment", "id": f"c{seq}", "user": {"id": "me"}, "text": line.strip()}
                said.append({"v": 1, "type": "event", "seq": seq, "event": event})
                await link.send(json.dumps(said[-1]))
            return await link.close(4410)  # the show is over
        except ConnectionClosed:
            continue  # `connect` waits a little and dials again
        finally:
            talking.cancel()
    return None


asyncio.run(main(sys.argv[1]))
