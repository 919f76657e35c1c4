"""Bilibili Open Live: packets, messages, the signed control, and what an operator is told."""

import asyncio
import json
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.bilibili import open_room
from adapters.bilibili.codec import HEADER, MESSAGE, ZLIB, Data, events, pack, packets, seal, signed
from bot.domain.errors import SettingsError
from bot.domain.events import Event
from bot.kit.bench import Bench, working
from tests.adapters.fake_bilibili import APP, CODE, KEY, Bilibili


def message(cmd: str, **data: object) -> bytes:
    return json.dumps({"cmd": f"LIVE_OPEN_PLATFORM_{cmd}", "data": data}, ensure_ascii=False).encode()


def read(cmd: str, **data: object) -> Event:
    (found,) = events(message(cmd, **data))
    return found


def test_kinds_of_messages_are_ours_with_money_in_fen() -> None:
    """1000 of their units are 1 yuan; what was not paid has no money; a super chat is a comment."""
    who = {"open_id": "o1", "uname": "小明", "timestamp": 1700000000}
    dm = read("DM", msg_id="m1", msg="多少钱", fans_medal_wearing_status=True, guard_level=3, is_admin=1, **who)
    assert (dm.kind, dm.id, dm.text, dm.at) == ("comment", "m1", "多少钱", 1700000000.0)
    assert dm.user and (dm.user.id, dm.user.roles) == ("o1", ("moderator", "guard", "fan"))
    gift = read("SEND_GIFT", msg_id="g1", gift_name="小花花", gift_num=3, r_price=100, paid=True, **who)
    assert (gift.kind, gift.count, gift.amount_minor, gift.currency) == ("gift", 3, 30, "CNY")
    assert read("SEND_GIFT", msg_id="g2", gift_num=1, r_price=100, paid=False, **who).amount_minor is None
    paid = read("SUPER_CHAT", msg_id="s1", message_id=42, message="有货吗", rmb=30, **who)
    assert (paid.kind, paid.id, paid.amount_minor) == ("comment", "sc42", 3000)
    assert read("SUPER_CHAT_DEL", msg_id="d1", message_ids=[42]).target == paid.id
    assert read("LIKE", msg_id="l1", like_count=9, **who).count == 9
    assert read("GUARD", msg_id="u1", guard_num=1, price=198000, user_info={"open_id": "o2"}).amount_minor == 19800
    assert read("LIVE_END", timestamp=1).text == "live_end"
    assert read("SOMETHING_NEW", x=1).kind == "other"


def test_packets_of_one_frame_and_of_a_batch_come_in_order() -> None:
    """Plain ones and compressed ones may share a frame; a heartbeat's answer does not count what it echoes."""
    inner = b"".join(pack(MESSAGE, message("DM", msg_id=str(i))) for i in range(3))
    frame = pack(MESSAGE, message("DM", msg_id="first")) + pack(MESSAGE, zlib.compress(inner), ZLIB)
    ids = [e.id for operation, body in packets(frame) if operation == MESSAGE for e in events(body)]
    assert ids == ["first", "0", "1", "2"]
    assert list(packets(HEADER.pack(20, 16, 1, 3, 1) + b"\0\0\0\1" + b"echo")) == [(3, b"\0\0\0\1echo")]


@given(st.binary(max_size=400))
def test_any_bytes_are_packets_or_a_value_error(raw: bytes) -> None:
    """No crash, no endless loop."""
    try:
        for operation, body in packets(raw):
            if operation == MESSAGE:
                list(events(body))
    except ValueError:
        pass


json_like = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
)


@given(st.dictionaries(st.sampled_from(tuple(Data.__struct_fields__)), json_like), st.sampled_from(
    ("DM", "SEND_GIFT", "SUPER_CHAT", "SUPER_CHAT_DEL", "GUARD", "LIKE", "INTERACTION_END", "?")
))  # fmt: skip
def test_hostile_fields_are_a_value_error_at_most(data: dict[str, object], cmd: str) -> None:
    """Numbers as words, null, lists where none belong."""
    with suppress(ValueError):
        list(events(json.dumps({"cmd": f"LIVE_OPEN_PLATFORM_{cmd}", "data": data}).encode()))


def test_a_bomb_is_refused_before_it_unpacks() -> None:
    """60 MB of zeros in 60 kB."""
    with pytest.raises(ValueError, match="too much"):
        list(packets(pack(MESSAGE, zlib.compress(b"\0" * 60_000_000), ZLIB)))


def test_signatures_change_with_everything_that_is_signed() -> None:
    """Body, key, time, nonce and secret."""
    base = (b"{}", "k", "s", 1700000000.0, "n")
    seals = {signed(*base)["Authorization"]}
    for place, other in enumerate((b"{ }", "k2", "s2", 1700000001.0, "n2")):
        changed = list(base)
        changed[place] = other
        seals.add(signed(*changed)["Authorization"])  # type: ignore[arg-type]
    assert len(seals) == 6


@asynccontextmanager
async def connected(fake: Bilibili) -> AsyncIterator[Bench]:
    async with fake, working(open_room, fake) as bench:
        yield bench


@pytest.mark.parametrize(
    ("code", "state", "words"),
    [
        (4003, "bad_credentials", "clock"), (7007, "bad_credentials", "ZHUBO_BILIBILI_CODE"),
        (4002, "bad_credentials", "ZHUBO_BILIBILI_TOKEN"), (8002, "bad_credentials", "released"),
        (7001, "degraded", "not over yet"), (5001, "degraded", "5001"),
    ],
)  # fmt: skip
async def test_codes_of_start_say_what_to_do(code: int, state: str, words: str) -> None:
    """Those that another try cannot better are final."""
    fake = Bilibili()
    fake.answer = code
    async with connected(fake) as bench:
        await bench.until(lambda: bench.intake.state == state and words in bench.intake.why, f"{words} must be told")


async def test_a_clock_that_is_off_is_told_as_such() -> None:
    """By eleven minutes."""
    fake = Bilibili()
    fake.clock = 660.0
    async with connected(fake) as bench:
        await bench.until(lambda: "clock" in bench.intake.why, "the clock must be named")


async def test_the_platform_ends_the_session_and_it_is_started_again() -> None:
    """By a message; or the heartbeat says that nobody knows it."""
    fake = Bilibili()
    async with connected(fake) as bench:
        await bench.live()
        await fake.interaction_end()
        await bench.until(lambda: fake.connections() == 2, "it must be started again")
        await bench.live()
        fake.games.clear()
        await bench.until(lambda: fake.connections() == 3, "it must be started again")
        assert fake.beats > 0


async def test_a_cut_costs_no_new_start() -> None:
    """The session goes on; one that the comments refuse is given up."""
    fake = Bilibili()
    async with connected(fake) as bench:
        await bench.live()
        await fake.drop()
        await bench.until(lambda: fake.connections() == 2, "the connection must be made again")
        starts = fake.calls.count("POST /v2/app/start")
        fake.auth_code = -101
        await fake.drop()
        await bench.until(lambda: fake.ended == 1, "the session must be ended")
        fake.auth_code = 0
        await bench.until(lambda: fake.connections() == 3, "a new one must be started")
        assert starts == 1


def test_the_documented_signature_is_made() -> None:
    """The platform's own example; the secret in it is not a real one."""
    named = {
        "x-bili-timestamp": "1624594467", "x-bili-signature-method": "HMAC-SHA256", "x-bili-accesskeyid": "xxxx",
        "x-bili-signature-nonce": "ad184c09-095f-91c3-0849-230dd3744045", "x-bili-signature-version": "1.0",
        "x-bili-content-md5": "fa6837e35b2f591865b288dfd859ce9d",
    }  # fmt: skip
    assert seal(named, "JzOzZfSHeYYnAMZ") == "a81c50234b6bbf15bc56e387ee4f19c6f871af2f70b837dc56db16517d4a341f"


async def test_stopping_ends_the_project_so_that_the_room_takes_the_next_one() -> None:
    """`end` is called, also when we are cancelled."""
    fake = Bilibili()
    async with connected(fake) as bench:
        await bench.live()
    assert fake.ended == 1


@pytest.mark.parametrize(
    ("url", "options", "words"),
    [
        ("bilibili://x", {"token": "t", "code": "c"}, "app"),
        (f"bilibili://x?app={APP}&key={KEY}", {"code": CODE}, "ZHUBO_BILIBILI_TOKEN"),
        (f"bilibili://x?app={APP}&key={KEY}", {"token": "t"}, "ZHUBO_BILIBILI_CODE"),
    ],
)
def test_what_is_missing_is_named(url: str, options: dict[str, str], words: str) -> None:
    """Before anything is dialled."""
    with pytest.raises(SettingsError, match=words):
        open_room(url, options)


async def test_nothing_can_be_sent() -> None:
    """And that is said, not tried."""
    async with connected(Bilibili()) as bench:
        assert (await bench.send("k", "x")).outcome == "dropped"
        await asyncio.sleep(0)
