"""The front door: redeliveries, identity, shedding, states and backoff."""

import asyncio
import random

import pytest

from bot.domain.errors import Fatal, Retry, RoomEnded
from bot.domain.events import Event, Heard, User
from bot.domain.ports import Caps, Outgoing, Receipt, Session
from bot.live.intake import Intake


class Script:
    """An adapter whose sessions end as the script says."""

    def __init__(self, *ends: Exception) -> None:
        self.ends, self.sessions = list(ends), 0

    def caps(self) -> Caps:
        return Caps()

    async def session(self, ctx: Session) -> None:
        self.sessions += 1
        ctx.ready()
        raise self.ends.pop(0)

    async def send(self, out: Outgoing) -> Receipt:
        return Receipt(out.key, "accepted")

    async def aclose(self) -> None:
        pass


def door(most: int = 8) -> tuple[Intake, list[Heard], list[bool], list[float]]:
    shed: list[Heard] = []
    links: list[bool] = []
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    intake = Intake(
        "shop:1", b"k" * 32, clock=lambda: 5.0, wake=lambda: None, shed=shed.append, linked=links.append,
        dice=random.Random(1), sleep=sleep, most=most,
    )  # fmt: skip
    return intake, shed, links, waits


def test_a_redelivered_event_is_heard_once() -> None:
    """(kind, id) is heard once, also across reconnects."""
    intake, *_ = door()
    for _ in range(3):
        intake.emit(Event("comment", "c1", user=User("u1"), text="多少钱"))
    intake.emit(Event("like", "c1"))
    assert (len(intake), intake.duplicates) == (2, 2)


def test_identity_stops_at_the_door() -> None:
    """What is heard holds a pseudonym and masked contacts, nothing of the platform's user."""
    intake, *_ = door()
    intake.emit(
        Event("comment", "c1", user=User("user-4711", "张三"), text="加我 13812345678 或 a.b@mail.example @张三")
    )
    heard = intake.take()
    assert heard is not None
    assert heard.text == "加我 [contact] 或 [contact] [user]"
    assert "4711" not in repr(heard)
    assert "张三" not in repr(heard)
    other, *_ = door()
    other.emit(Event("comment", "c9", user=User("user-4711"), text=""))
    again = other.take()
    assert again is not None and again.viewer == heard.viewer


def test_overload_sheds_likes_first_then_the_oldest_comment_and_never_an_order() -> None:
    """Each loss is a counter or a shed comment."""
    intake, shed, *_ = door(most=4)
    for i in range(6):
        intake.emit(Event("like", f"l{i}"))
    intake.emit(Event("order", "o1", product="p"))
    for i in range(5):
        intake.emit(Event("comment", f"c{i}", user=User("u"), text="hi"))
    assert intake.dropped["like"] == 2
    assert [h.id for h in shed] == ["c0", "c1"]
    kept = [h.id for h in iter(intake.take, None)]
    assert kept[:4] == ["o1", "c2", "c3", "c4"]


def test_hostile_text_is_made_harmless() -> None:
    """Control, zero-width and bidi characters are gone; length is bounded."""
    intake, *_ = door()
    intake.emit(Event("comment", "c1", user=User("u"), text="多\u200b少\u202e钱\x00\ud800" + "哈" * 5000))
    heard = intake.take()
    assert heard is not None
    assert heard.text.isprintable()
    assert len(heard.text) <= 500


async def test_the_door_reconnects_until_the_room_ends() -> None:
    """Retry and a faulty adapter are tried again with growing, jittered waits; the end is the end."""
    intake, _, links, waits = door()
    adapter = Script(Retry("lost"), Retry("slow down", 7.0), ValueError("bug"), RoomEnded("over"))
    await intake.run(adapter)
    assert adapter.sessions == 4
    assert waits[1] == 7.0
    assert all(0 <= w <= 30 for w in waits)
    assert (intake.state, intake.why) == ("ended", "over")
    assert links == [True, False] * 4


async def test_wrong_credentials_are_not_tried_again() -> None:
    """Fatal ends the door with a state that says why."""
    intake, *_ = door()
    adapter = Script(Fatal("wrong token. Fix: set ZHUBO_TOKEN."))
    await intake.run(adapter)
    assert (adapter.sessions, intake.state) == (1, "bad_credentials")
    assert "ZHUBO_TOKEN" in intake.why


async def test_a_flood_leaves_the_loop_alive() -> None:
    """An adapter that reads without pause still lets others run."""
    intake, *_ = door()
    ticks = 0

    async def other() -> None:
        nonlocal ticks
        while True:
            ticks += 1
            await asyncio.sleep(0)

    task = asyncio.create_task(other())
    for _ in range(1000):
        await intake.breathe()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert ticks >= 15
