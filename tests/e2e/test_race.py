"""Two moderators at two desks, one at the page and one over MQTT, rule on the same answers as fast as they can.

`ZHUBO_RACE=10000` plays as many answers; the suite plays fewer.
"""

import asyncio
import itertools
import json
import os
import random
from collections import Counter
from pathlib import Path
from typing import Any

import aiomqtt
import pytest
from websockets.asyncio.client import ClientConnection, connect

from bot.domain.catalog import Catalogue, Money, Product, Sku, Text
from bot.domain.desk import Person
from bot.domain.policy import RoomPolicy
from tests.backends.test_mqtt_feed import free_port
from tests.e2e.live_room import ROOM, LiveRoom, live_room

ANSWERS = int(os.environ.get("ZHUBO_RACE", "1000"))
EACH = 100  # answers on the desk at a time
ANNA, BO = "anna-token-0123456789", "bo-token-0123456789ab"
PEOPLE = {ANNA: Person("anna", "moderator"), BO: Person("bo", "moderator")}


def shelf() -> Catalogue:
    """A product for each answer on the desk."""
    return Catalogue(1, tuple(
        Product(f"p{n}", n, Text(f"商品{n}", f"Item {n}"), (), "包", None, (Sku("one", price=Money(n * 100), stock=9),))
        for n in range(1, EACH + 1)
    ))  # fmt: skip


def commands(card: dict[str, Any], ids: Any, dice: random.Random) -> list[dict[str, Any]]:
    """What one moderator does with a card: sometimes claims it first, then approves, edits or rejects it."""
    answer, seen = card["id"], card["answer"]
    rule = dice.choice((
        {"do": "approve", "answer": answer, "seen": seen}, {"do": "reject", "answer": answer},
        {"do": "approve", "answer": answer, "seen": seen, "text": f"亲，{seen}"},
    ))  # fmt: skip
    chosen = [{"do": "claim", "answer": answer}, rule] if dice.random() < 0.3 else [rule]
    return [{"id": f"o{next(ids)}", "command": command} for command in chosen]


def cards(room: LiveRoom) -> list[dict[str, Any]]:
    """What waits for a person now."""
    return [{"id": q.shown, "answer": q.body} for q in room.stage._room.book.in_state("pending")]


async def hear(panel: aiomqtt.Client, rulings: list[dict[str, Any]]) -> None:
    """Keep every ruling that a panel is told."""
    async for message in panel.messages:
        rulings.append(json.loads(message.payload))  # type: ignore[arg-type]


async def read(desk: ClientConnection) -> None:
    """Take what a page is sent."""
    async for _ in desk:
        pass


@pytest.mark.timeout(600)
async def test_two_moderators_never_rule_twice_nor_send_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each answer is ruled on once, by one of them; each line is posted once; the ledger holds."""
    monkeypatch.setattr("bot.backends.dashboard.visitor.BURST", 1e9)
    monkeypatch.setattr("bot.backends.dashboard.visitor.PER_SECOND", 1e9)
    policy = RoomPolicy(mode="assist", send_gap=0.0, repeat_after=0.0, rule_within=60.0, claim_for=0.3)
    rulings: list[dict[str, Any]] = []
    async with live_room(tmp_path, shelf(), policy, people=PEOPLE, mqtt=free_port()) as room:
        url = room.page.url.replace("http", "ws") + "feed"
        async with connect(url, compression=None, max_size=None) as desk, \
                aiomqtt.Client("127.0.0.1", room.mqtt, username="bo", password=BO) as panel:  # fmt: skip
            await desk.send(json.dumps({"do": "login", "token": ANNA}))
            await panel.subscribe(f"zhubo/v1/room/{ROOM}/answer/+/ruling", 1)
            ids, dice = itertools.count(), random.Random(1)
            listening = [asyncio.create_task(hear(panel, rulings)), asyncio.create_task(read(desk))]
            for _ in range(ANSWERS // EACH):
                for n in range(1, EACH + 1):
                    room.platform.ask(f"{n}号多少钱")
                await room.until(lambda: len(cards(room)) == EACH, 20)
                for card in cards(room):  # as fast as both can, in the same order
                    for wanted in commands(card, ids, dice):
                        await desk.send(json.dumps({"do": "order", **wanted}))
                    for wanted in commands(card, ids, dice):
                        for _ in range(dice.choice((1, 1, 2))):  # QoS 1 may deliver twice
                            await panel.publish(f"zhubo/v1/cmd/{ROOM}/bo", json.dumps(wanted), 1)
                while left := cards(room):  # what one had claimed and the other wanted: the claim runs out
                    for card in left:
                        reject = {"id": f"o{next(ids)}", "command": {"do": "reject", "answer": card["id"]}}
                        await desk.send(json.dumps({"do": "order", **reject}))
                    await asyncio.sleep(0.05)
            await room.until(lambda: not room.feed.waiting, 30)
            await asyncio.sleep(0.2)
            for task in listening:
                task.cancel()
    first = [r for r in rulings if r["done"] and not r.get("again")]
    done = Counter(r["answer"] for r in first if r["do"] in ("approve", "reject"))
    approved = [r for r in first if r["do"] == "approve"]
    assert len(done) == ANSWERS and set(done.values()) == {1}, "an answer was ruled on twice, or never"
    assert len(room.platform.sent) == len(approved), "a line was posted twice, or without a ruling"
    assert {r["by"] for r in approved} == {"anna", "bo"}
    counters = room.stage.counters
    assert counters.received == ANSWERS == sum(counters.fates.values())
    assert counters.fates["answered"] == len(approved)
