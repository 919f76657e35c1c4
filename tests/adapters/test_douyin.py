"""Douyin's push: signatures, events, tasks, and what an operator is told."""

import asyncio
import gzip
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.douyin import events, open_room, signature
from bot.domain.errors import SettingsError
from bot.kit.bench import Bench, working
from tests.adapters.fake_douyin import APP, ROOM, Douyin


@asynccontextmanager
async def connected(fake: Douyin) -> AsyncIterator[Bench]:
    async with fake, working(open_room, fake) as bench:
        yield bench


def test_the_official_example_of_a_signature() -> None:
    """As the platform's documentation prints it; content-type is not signed."""
    headers = {
        "x-nonce-str": "123456", "x-timestamp": "456789", "x-roomid": "268", "x-msg-type": "live_gift",
        "content-type": "application/json",
    }  # fmt: skip
    body, secret = "abc123你好".encode(), "123abc"
    assert signature(headers | {"x-msg-type": "user_group"}, body, secret) == "GAkalGmhzqlUGQO/TgvMug=="
    assert signature(headers, body, secret) != "GAkalGmhzqlUGQO/TgvMug=="


def test_gifts_are_in_fen_and_likes_are_counted() -> None:
    """gift_value is the value of all units."""
    body = json.dumps([{"msg_id": "g", "sec_openid": "o", "sec_gift_id": "rose", "gift_num": 3, "gift_value": 30,
                        "timestamp": 1700000000000, "like_num": 7}]).encode()  # fmt: skip
    (gift,), (like,), (fan,) = (list(events(kind, body)) for kind in ("live_gift", "live_like", "live_fansclub"))
    assert (gift.kind, gift.count, gift.amount_minor, gift.at) == ("gift", 3, 30, 1700000000.0)
    assert (like.kind, like.count, fan.kind) == ("like", 7, "follow")


@given(st.binary(max_size=300))
def test_any_body_is_events_or_a_value_error(body: bytes) -> None:
    """Nothing else is raised."""
    with suppress(ValueError):
        list(events("live_comment", body))


async def test_pushes_that_are_not_genuine_are_refused_and_told() -> None:
    """Wrong signature, a clock that is off, another room, a body that says it is compressed, one that is too large."""
    fake = Douyin()
    async with connected(fake) as bench:
        await bench.live()
        body = b'[{"msg_id":"x","content":"y"}]'
        assert await fake.push("live_comment", body, **{"x-signature": "AAAA"}) == 401
        fake.clock = 700.0
        assert await fake.push("live_comment", body) == 403
        fake.clock = 0.0
        assert await fake.push("live_comment", gzip.compress(b" " * 50_000_000), **{"Content-Encoding": "gzip"}) == 415
        assert await fake.push("live_comment", b" " * 1_200_000) == 413
        assert bench.comments == [] and bench.intake.malformed_frames == 2
        assert await fake.push("live_comment", body) == 200


async def test_a_push_is_answered_at_once_whatever_happens_to_it() -> None:
    """Two thousand comments in one body, and the answer comes within the platform's two seconds."""
    fake = Douyin()
    async with connected(fake) as bench:
        await bench.live()
        async with asyncio.timeout(2.0):
            await fake.batch([f"c{n}" for n in range(2000)])
        assert len(bench.comments) + len(bench.shed) == 2000


@pytest.mark.parametrize(
    ("field", "value", "state", "words"),
    [
        ("error", 40022, "degraded", "outdated"), ("error", 5003019, "degraded", "not mounted"),
        ("error", 5000, "degraded", "5000"),
        ("status", 500, "degraded", "500"), ("rejects", True, "bad_credentials", "access token"),
    ],
)  # fmt: skip
async def test_what_is_wrong_is_told(field: str, value: object, state: str, words: str) -> None:
    """A secret that is refused is final; a server that fails is not."""
    fake = Douyin()
    setattr(fake, field, value)
    async with connected(fake) as bench:
        await bench.until(lambda: bench.intake.state == state and words in bench.intake.why, f"{words} must be told")


async def test_tasks_that_stop_are_started_again_and_stopped_with_us() -> None:
    """The mini-game was taken down and put up again."""
    fake = Douyin()
    async with connected(fake) as bench:
        await bench.live()
        await fake.drop()
        await bench.until(lambda: fake.connections() == 2, "tasks must be started again")
        assert bench.waits
    assert not fake.tasks


async def test_a_port_that_is_taken_is_named() -> None:
    """With what to do."""
    fake, other = Douyin(), await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    fake.hook = other.sockets[0].getsockname()[1]
    async with connected(fake) as bench:
        await bench.until(lambda: "?listen=" in bench.intake.why, "the fix must be named")
    other.close()
    await other.wait_closed()


@pytest.mark.parametrize(
    ("url", "options", "words"),
    [
        ("douyin://room?app=a", {"token": "t", "secret": "s"}, "ROOM_ID"),
        (f"douyin://{ROOM}", {"token": "t", "secret": "s"}, "APP_ID"),
        (f"douyin://{ROOM}?app={APP}", {"secret": "s"}, "ZHUBO_DOUYIN_TOKEN"),
        (f"douyin://{ROOM}?app={APP}", {"token": "t"}, "ZHUBO_DOUYIN_SECRET"),
        (f"douyin://{ROOM}?app={APP}&listen=nowhere", {"token": "t", "secret": "s"}, "HOST:PORT"),
    ],
)
def test_what_is_missing_is_named(url: str, options: dict[str, str], words: str) -> None:
    """Before anything is opened."""
    with pytest.raises(SettingsError, match=words):
        open_room(url, options)
