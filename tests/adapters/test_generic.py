"""The generic protocol: codec, both roles, resume, receipts, close codes, hostile frames."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed, InvalidStatus

from adapters.generic import Dial, codec, dial, listen
from adapters.generic.codec import SUBPROTOCOL, Frame, WireEvent, WireUser, decode, encode, schema, to_event
from bot.domain.errors import Fatal, Retry, RoomEnded, SettingsError
from bot.domain.events import Event
from bot.domain.ports import Caps, Outgoing

SCHEMA = Path(codec.__file__).parent / "schema" / "zhubo.v1.json"


class Ear:
    """A session that writes down what it is given."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.bad: list[str] = []
        self.live = asyncio.Event()
        self.got = asyncio.Event()

    def ready(self) -> None:
        self.live.set()

    def emit(self, event: Event) -> None:
        self.events.append(event)
        self.got.set()

    def malformed(self, why: str) -> None:
        self.bad.append(why)

    def pending(self) -> int:
        return 0

    async def breathe(self) -> None:
        await asyncio.sleep(0)


Talk = Callable[[ServerConnection], Coroutine[Any, Any, None]]


@asynccontextmanager
async def platform(talk: Talk, **more: Any) -> AsyncIterator[str]:
    """A platform on loopback that does what `talk` says with each connection."""
    async with serve(talk, "127.0.0.1", 0, subprotocols=[SUBPROTOCOL], close_timeout=1, **more) as server:
        yield f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/room"


def comment(seq: int, text: str = "多少钱") -> str:
    return encode(Frame("event", seq=seq, event=WireEvent("comment", f"c{seq}", user=WireUser("u1", "Ann"), text=text)))


async def test_events_come_in_wire_order_and_bad_frames_do_not_end_the_connection() -> None:
    """Malformed, oversized, deeply nested and non-UTF-8 frames, and unknown kinds, are survived and counted."""

    async def talk(link: ServerConnection) -> None:
        await link.recv()
        await link.send(encode(Frame("hello", caps=Caps(max_chars=50))))
        await link.send(comment(1))
        await link.send("{not json")
        await link.send(b"\xff\xfe\x00")
        await link.send('{"type":"event","v":1,"event":' + '{"x":' * 30_000 + "1" + "}" * 30_000 + "}")
        await link.send(json.dumps({"type": "event", "v": 1, "event": {"kind": "comment", "text": "x" * 70_000}}))
        await link.send('{"type":"event","v":1,"seq":2,"event":{"kind":"comment","id":5}}')
        await link.send('{"type":"party","v":1}')
        await link.send('{"type":"event","v":1,"seq":3,"event":{"kind":"teleport","id":"t1"}}')
        await link.send(comment(4, "last"))
        await link.close(4410)

    ear = Ear()
    async with platform(talk) as url:
        adapter = dial(url, {})
        with pytest.raises(RoomEnded):
            await adapter.session(ear)
    assert [(e.kind, e.id) for e in ear.events] == [("comment", "c1"), ("other", "t1"), ("comment", "c4")]
    assert len(ear.bad) == 6
    assert adapter.caps().max_chars == 50


async def test_a_reconnect_asks_for_what_came_after_the_last_number() -> None:
    """`hello.resume` is the last sequence number seen."""
    hellos: list[Frame] = []

    async def talk(link: ServerConnection) -> None:
        hellos.append(decode(await link.recv(decode=False)))
        await link.send(encode(Frame("hello")))
        await link.send(comment(41))
        await link.close(1012)

    async with platform(talk) as url:
        adapter = dial(url, {})
        for _ in range(2):
            with pytest.raises(Retry):
                await adapter.session(Ear())
    assert [h.resume for h in hellos] == [0, 41]
    assert hellos[0].room == "room"


def test_a_line_for_a_crowd_fits_into_a_frame() -> None:
    """Of thousands of comments it answers, the newest are named: a larger frame would cost the connection."""
    frame = decode(codec.send(Outgoing("k", "现价129元", tuple(f"comment-{n:020}" for n in range(9000)))).encode())
    assert (frame.text, frame.reply_to[-1]) == ("现价129元", f"comment-{8999:020}")
    assert 1000 < len(frame.reply_to) < 9000


async def test_a_line_gets_the_receipt_with_its_key() -> None:
    """accepted, dropped with a wait, and a connection lost before the receipt."""

    async def talk(link: ServerConnection) -> None:
        await link.recv()
        await link.send(encode(Frame("hello")))
        for outcome in ("accepted", "dropped"):
            frame = decode(await link.recv(decode=False))
            assert frame.type == "send"
            await link.send(encode(Frame("receipt", key=frame.key, outcome=outcome, after=3.0)))  # type: ignore[arg-type]
        await link.recv()
        await link.close(1012)

    async with platform(talk) as url:
        adapter, ear = dial(url, {}), Ear()
        assert (await adapter.send(Outgoing("k0", "hi"))).outcome == "dropped"
        session = asyncio.create_task(adapter.session(ear))
        await asyncio.wait_for(ear.live.wait(), 2)
        assert (await adapter.send(Outgoing("k1", "hi"))).outcome == "accepted"
        dropped = await adapter.send(Outgoing("k2", "hi"))
        assert (dropped.outcome, dropped.after) == ("dropped", 3.0)
        assert (await adapter.send(Outgoing("k3", "hi"))).outcome == "unknown"
        with pytest.raises(Retry):
            await session


async def test_a_line_can_be_taken_back() -> None:
    """An erase frame with the id that the receipt told; the platform's own receipt says whether the line is gone."""

    async def talk(link: ServerConnection) -> None:
        await link.recv()
        await link.send(encode(Frame("hello")))
        sent = decode(await link.recv(decode=False))
        await link.send(encode(Frame("receipt", key=sent.key, outcome="accepted", message="m1")))
        for outcome, why in (("confirmed", ""), ("dropped", "too old")):
            erase = decode(await link.recv(decode=False))
            assert (erase.type, erase.message) == ("erase", "m1")
            await link.send(encode(Frame("receipt", key=erase.key, outcome=outcome, why=why)))  # type: ignore[arg-type]
        await link.close(4410)

    async with platform(talk) as url:
        adapter, ear = dial(url, {}), Ear()
        assert await adapter.erase("m1") == "not connected"
        session = asyncio.create_task(adapter.session(ear))
        await asyncio.wait_for(ear.live.wait(), 2)
        assert (await adapter.send(Outgoing("k1", "hi"))).message == "m1"
        assert [await adapter.erase("m1"), await adapter.erase("m1")] == ["", "too old"]
        with pytest.raises(RoomEnded):
            await session


@pytest.mark.parametrize(
    ("code", "error"),
    [(4400, Fatal), (4401, Fatal), (4404, Fatal), (4408, Retry), (4410, RoomEnded), (4429, Retry), (1011, Retry)],
)
async def test_each_close_code_has_its_meaning(code: int, error: type[Exception]) -> None:
    """Documented close codes end the session as fatal, retry or the end of the room."""

    async def talk(link: ServerConnection) -> None:
        await link.recv()
        await link.close(code)

    async with platform(talk) as url:
        with pytest.raises(error):
            await dial(url, {}).session(Ear())


async def test_a_frame_beyond_the_socket_limit_does_not_come_back_for_ever() -> None:
    """After a frame of more than 1 MB the resume number has moved past it."""
    resumes: list[int] = []

    async def talk(link: ServerConnection) -> None:
        resumes.append(decode(await link.recv(decode=False)).resume)
        await link.send(encode(Frame("hello")))
        if resumes[-1] < 8:
            await link.send(comment(7))
            await link.send(comment(8, "x" * 1_100_000))
            await link.wait_closed()
        await link.close(4410)

    async with platform(talk) as url:
        adapter = dial(url, {})
        with pytest.raises(Retry):
            await adapter.session(Ear())
        with pytest.raises(RoomEnded):
            await adapter.session(Ear())
    assert resumes == [0, 8]


async def test_wrong_token_and_wrong_room_are_fatal() -> None:
    """401 and 404 are not tried again."""

    def check(link: ServerConnection, request: Any) -> Any:
        return None if request.headers.get("Authorization") == "Bearer right" else link.respond(401, "no\n")  # type: ignore[arg-type]

    async def talk(link: ServerConnection) -> None:
        await link.recv()
        await link.close(4410)

    async with platform(talk, process_request=check) as url:
        with pytest.raises(Fatal, match="ZHUBO_TOKEN"):
            await dial(url, {"token": "wrong"}).session(Ear())
        with pytest.raises(RoomEnded):
            await dial(url, {"token": "right"}).session(Ear())


async def test_nobody_there_is_a_retry() -> None:
    """A refused connection may be tried again."""
    with pytest.raises(Retry):
        await Dial("ws://127.0.0.1:9/room", "").session(Ear())


async def test_the_platform_may_dial_us() -> None:
    """listen:// takes one authenticated peer, reads its events and posts lines to it."""
    adapter = listen("listen://127.0.0.1:0/shop", {"token": "secret"})
    ear = Ear()
    session = asyncio.create_task(adapter.session(ear))
    while adapter.port == 0:  # noqa: ASYNC110 - a port, not an event
        await asyncio.sleep(0.005)
    url = f"ws://127.0.0.1:{adapter.port}/shop"
    with pytest.raises(InvalidStatus):
        await connect(url, subprotocols=[SUBPROTOCOL])
    async with connect(url, subprotocols=[SUBPROTOCOL], additional_headers={"Authorization": "Bearer secret"}) as peer:
        assert decode(await peer.recv(decode=False)).type == "hello"
        await peer.send(encode(Frame("hello")))
        await peer.send(comment(1))
        await asyncio.wait_for(ear.got.wait(), 2)
        with pytest.raises(InvalidStatus):
            await connect(url, subprotocols=[SUBPROTOCOL], additional_headers={"Authorization": "Bearer secret"})
        sending = asyncio.create_task(adapter.send(Outgoing("k1", "48小时内发货", ("c1",))))
        frame = decode(await peer.recv(decode=False))
        assert (frame.text, frame.reply_to) == ("48小时内发货", ("c1",))
        await peer.send(encode(Frame("receipt", key="k1", outcome="confirmed")))
        assert (await sending).outcome == "confirmed"
    with pytest.raises(Retry):
        await session
    await adapter.aclose()


async def test_a_session_ends_at_once_when_cancelled_under_a_flood() -> None:
    """Stop means stopped, also while frames pour in."""

    async def talk(link: ServerConnection) -> None:
        await link.recv()
        await link.send(encode(Frame("hello")))
        n = 0
        while True:
            n += 1
            try:
                await link.send(comment(n))
            except ConnectionClosed:
                return

    async with platform(talk) as url:
        ear = Ear()
        session = asyncio.create_task(dial(url, {}).session(ear))
        await asyncio.wait_for(ear.got.wait(), 2)
        session.cancel()
        async with asyncio.timeout(3):
            with pytest.raises(asyncio.CancelledError):
                await session


def test_settings_errors_name_the_fix() -> None:
    """A URL that cannot be used is refused at the door."""
    for make, url in (
        (dial, "ws:///room"),
        (listen, "listen://127.0.0.1/room"),
        (listen, "listen://0.0.0.0:9000/room"),
    ):
        with pytest.raises(SettingsError, match="Fix"):
            make(url, {})


def test_the_shipped_schema_is_the_codecs() -> None:
    """`schema/zhubo.v1.json` is what the codec reads, and frames we write validate against it."""
    assert SCHEMA.read_text(encoding="utf-8") == schema()
    validator = jsonschema.Draft202012Validator(json.loads(schema()))
    for frame in (Frame("hello", room="r", resume=4, caps=Caps()), Frame("receipt", key="k")):
        validator.validate(json.loads(encode(frame)))
    validator.validate(json.loads(comment(1)))
    with pytest.raises(jsonschema.ValidationError):
        validator.validate({"type": "party", "v": 1})


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda t: t.encode("utf-8", "surrogatepass")))
def test_arbitrary_bytes_are_a_frame_or_a_value_error(raw: bytes) -> None:
    """The codec raises nothing but ValueError."""
    try:
        frame = decode(raw)
    except ValueError:
        return
    assert frame.v == 1


@given(st.text(max_size=50), st.integers(0, 2**40), st.sampled_from(["comment", "gift", "nonsense"]))
def test_frames_survive_a_round_trip(text: str, seq: int, kind: str) -> None:
    """What is written is what is read."""
    text = text.encode("utf-8", "ignore").decode()
    frame = Frame("event", seq=seq, event=WireEvent(kind, "i", user=WireUser("u", text), text=text))
    again = decode(encode(frame).encode())
    assert again == frame
    assert again.event is not None
    assert to_event(again.event).kind == (kind if kind != "nonsense" else "other")
