"""Frames per second of one core through each adapter's codec, from bytes to events.

make bench-codec
"""

import argparse
import json
import time
import zlib
from collections.abc import Callable
from pathlib import Path

from adapters import douyin, obalive, social_stream, streamerbot
from adapters.bilibili import codec as bilibili
from adapters.generic import codec as generic
from adapters.kick import codec as kick
from adapters.twitch import codec as twitch
from adapters.youtube import codec as youtube
from tests.bench.sheet import show, verdict

TEXT = "1号亚麻衬衫还有M码吗，今天能发货吗"
SECONDS = 1.0
BATCH = 50  # comments in a batch


def _frames() -> dict[str, tuple[bytes, Callable[[bytes], object], int, int]]:
    """Return a frame of each platform, what reads it, how many comments it holds, and the floor in comments/s."""
    user = {"id": "u123456", "name": "某人"}
    event = {"kind": "comment", "id": "c1", "at": 1.7e9, "user": user, "text": TEXT}
    dm = {"cmd": "LIVE_OPEN_PLATFORM_DM", "data": {
        "msg_id": "0190f3c2", "msg": TEXT, "open_id": "39b8fedb", "uname": "某人", "uface": "https://i0.hdslb.com/x.jpg",
        "timestamp": 1700000000, "room_id": 1, "guard_level": 0, "fans_medal_level": 3, "fans_medal_name": "粉",
        "fans_medal_wearing_status": True, "is_admin": 0, "dm_type": 0, "glory_level": 0,
    }}  # fmt: skip
    packed = bilibili.pack(bilibili.MESSAGE, json.dumps(dm, ensure_ascii=False).encode())
    many = b"".join(packed.replace(b"0190f3c2", f"{i * 7919:08x}".encode()) for i in range(BATCH))
    batch = bilibili.pack(bilibili.MESSAGE, zlib.compress(many), bilibili.ZLIB)
    chat = {"message_id": "m1", "chatter_user_id": "1", "chatter_user_name": "Ann",
            "message": {"text": TEXT, "fragments": []},
            "badges": [{"set_id": "subscriber", "id": "12", "info": "12"}], "broadcaster_user_id": "2"}  # fmt: skip
    head = {"message_id": "x", "message_type": "notification", "subscription_type": "channel.chat.message"}
    pushed = [
        {"msg_id": f"m{i}", "sec_openid": "o", "nickname": "某人", "content": TEXT, "timestamp": 1} for i in range(10)
    ]
    snippet = {"type": "textMessageEvent", "publishedAt": "2026-11-27T08:00:00Z", "displayMessage": TEXT}
    item = {"id": "m", "snippet": snippet,
            "authorDetails": {"channelId": "UC", "displayName": "Ann", "isChatOwner": False}}  # fmt: skip
    sent = {"message_id": "m1", "content": TEXT, "sender": {"user_id": 1, "username": "a", "identity": {"badges": []}},
            "created_at": "2026-11-27T08:00:00Z"}  # fmt: skip
    told = {"event": {"source": "Twitch", "type": "ChatMessage"}, "data": {
        "message": {"msgId": "m", "userId": "1", "displayName": "Ann", "role": 1, "message": TEXT}}}  # fmt: skip

    def write(found: object) -> bytes:
        return json.dumps(found, ensure_ascii=False).encode()

    def unpack(raw: bytes) -> None:
        for operation, body in bilibili.packets(raw):
            if operation == bilibili.MESSAGE:
                for _ in bilibili.events(body):
                    pass

    def parts(raw: bytes) -> None:
        for part in youtube.Parts().feed(raw):
            for one in youtube.page(part).items:
                youtube.event(one, "", {})

    return {
        "generic": (write({"v": 1, "type": "event", "seq": 1, "event": event}),
                    lambda raw: generic.to_event(generic.decode(raw).event), 1, 50_000),
        "bilibili, zlib batches": (batch, unpack, BATCH, 20_000),
        "bilibili, single packets": (packed, unpack, 1, 20_000),
        "twitch": (write({"metadata": head, "payload": {"subscription": {}, "event": chat}}),
                   lambda raw: twitch.event(twitch.frame(raw), "", {}), 1, 50_000),
        "douyin, ten in a push": (write(pushed), lambda raw: list(douyin.events("live_comment", raw)), 10, 50_000),
        "youtube, ten in a part": (write({"items": [item] * 10, "nextPageToken": "x"}), parts, 10, 50_000),
        "kick": (write(sent), lambda raw: kick.event("chat.message.sent", "p", raw, 0, {}), 1, 50_000),
        "oba-live-tool": (write({"msg_type": "comment", "msg_id": "m", "nick_name": "某人", "content": TEXT}),
                          obalive.event, 1, 50_000),
        "social stream": (write({"chatname": "Ann", "chatmessage": TEXT, "type": "twitch"}),
                          lambda raw: social_stream.event(raw, 1.0), 1, 50_000),
        "streamer.bot": (write(told),
                         lambda raw: streamerbot.event(streamerbot.frame(raw), ("ChatMessage",), ()), 1, 50_000),
    }  # fmt: skip


def main() -> int:
    """Measure and print; 1 when a floor is missed."""
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("--out", type=Path, default=None)
    given = options.parse_args()
    rows, missed = [], []
    for name, (raw, read, comments, floor) in _frames().items():
        count, began = 0, time.process_time()
        while time.process_time() - began < SECONDS:
            for _ in range(20):
                read(raw)
            count += 20
        rate = count * comments / (time.process_time() - began)
        rows.append((name, f"{len(raw)}", f"{rate:,.0f}", f"{1e6 / rate:.1f} us"))
        if rate < floor:
            missed.append(f"{name}: {rate:,.0f} comments/s, asked for {floor:,}")
    show("codec", "bytes to events, one core", ("codec", "bytes", "comments / s", "CPU each"), rows, given.out)
    return verdict(missed)


if __name__ == "__main__":
    raise SystemExit(main())
