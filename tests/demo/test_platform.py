"""The demo's room server over real sockets."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from adapters.generic.codec import SUBPROTOCOL, Frame, decode, encode
from bot.backends.catalog_file import load_catalogue, write_csv
from bot.demo.platform import Platform, Report
from bot.demo.show import CatalogueEdit, Cue
from bot.domain.errors import PortInUse
from bot.domain.events import Event, User
from bot.domain.ports import Caps
from tests.fakes import goods

FAST = Caps(max_chars=20, per_window=(100, 60.0), min_gap=0.0)


def comment(number: int, label: str = "chatter", at: float = 0.0) -> Cue:
    """A cue with one comment."""
    return Cue(at, Event("comment", f"c{number}", user=User("u1", "Ann"), text=f"comment {number}"), label=label)


@asynccontextmanager
async def playing(platform: Platform) -> AsyncIterator[asyncio.Task[Report]]:
    """The platform's show as a task, once it listens."""
    listening = asyncio.Event()
    show = asyncio.create_task(platform.run(listening=listening))
    try:
        await listening.wait()
        yield show
    finally:
        show.cancel()
        await asyncio.wait([show])


class Client:
    """One connection in zhubo.v1, frame by frame."""

    def __init__(self, link: ClientConnection) -> None:
        self.link = link
        self.hello = Frame("hello")
        self.events: list[Frame] = []
        self.receipts: list[Frame] = []

    async def post(self, key: str, text: str = "hello", reply_to: tuple[str, ...] = ()) -> Frame:
        """Send a line and return its receipt."""
        before = len(self.receipts)
        await self.link.send(encode(Frame("send", key=key, text=text, reply_to=reply_to)))
        await self.read(lambda: len(self.receipts) > before)
        return self.receipts[-1]

    async def read(self, enough: Callable[[], bool]) -> None:
        """Read frames until there are enough."""
        async with asyncio.timeout(5):
            while not enough():
                frame = decode(await self.link.recv(decode=False))
                (self.receipts if frame.type == "receipt" else self.events).append(frame)


@asynccontextmanager
async def client(platform: Platform, *, resume: int = 0, path: str = "demo", token: str = "") -> AsyncIterator[Client]:
    """A client after the exchange of hellos."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    url = f"ws://127.0.0.1:{platform.port}/{path}"
    async with connect(url, subprotocols=[SUBPROTOCOL], additional_headers=headers, close_timeout=1) as link:
        peer = Client(link)
        await link.send(encode(Frame("hello", room="demo", resume=resume)))
        peer.hello = decode(await link.recv(decode=False))
        yield peer


def ids(frames: list[Frame]) -> list[str]:
    return [f.event.id for f in frames if f.event]


async def test_the_show_is_played_numbered_and_closed() -> None:
    """Cues come in order with numbers from 1; at the end the room closes with 4410 and reports what it saw."""
    platform = Platform(
        [comment(n, "fact:price" if n < 3 else "") for n in range(1, 6)], goods(), None, quiet=0.01, caps=FAST
    )
    async with playing(platform) as show, client(platform) as peer:
        await peer.read(lambda: len(peer.events) == 5)
        with pytest.raises(ConnectionClosed):
            await peer.link.recv()
        report = await show
    assert peer.hello.caps == FAST
    assert ids(peer.events) == ["c1", "c2", "c3", "c4", "c5"]
    assert [f.seq for f in peer.events] == [1, 2, 3, 4, 5]
    assert peer.link.close_code == 4410
    assert (report.sent, report.labels, report.covered, report.lines, report.clients) == (
        {"comment": 5}, {"fact": 2}, {}, {}, 1,
    )  # fmt: skip


async def test_the_show_waits_for_the_first_hello() -> None:
    """Nothing is played to nobody: the first client hears the first comment live."""
    platform = Platform([comment(1)], goods(), None, quiet=5, caps=FAST)
    async with playing(platform) as show:
        await asyncio.sleep(0.02)
        assert platform.report().sent == {}
        async with client(platform) as peer:
            await peer.read(lambda: len(peer.events) == 1)
            assert peer.hello.seq == 0
        assert not show.done()


async def test_the_gap_between_lines_is_enforced_with_receipts() -> None:
    """A line too soon after another is dropped with the seconds to wait; a dropped one does not use up the quota."""
    caps = Caps(max_chars=20, per_window=(100, 60.0), min_gap=0.3)
    platform = Platform([comment(1)], goods(), None, quiet=10, caps=caps)
    async with playing(platform), client(platform) as peer:
        first, second = await peer.post("k1"), await peer.post("k2")
        assert (first.key, first.outcome) == ("k1", "accepted")
        assert (second.key, second.outcome, second.after) == ("k2", "dropped", 0.3)
        began, outcome = time.monotonic(), "dropped"
        while outcome == "dropped":
            assert time.monotonic() - began < 3
            await asyncio.sleep(0.01)
            outcome = (await peer.post("k2")).outcome
    assert platform.report().lines["accepted"] == 2


async def test_the_quota_of_a_window_is_enforced_with_receipts() -> None:
    """The third line of a window for two is dropped; so is one longer than announced, and neither is shown."""
    platform = Platform([], goods(), None, quiet=10, caps=Caps(max_chars=20, per_window=(2, 60.0), min_gap=0.0))
    async with playing(platform), client(platform) as peer:
        receipts = [await peer.post(f"k{n}", text) for n, text in enumerate(("hi", "x" * 21, "x" * 20, "no"))]
        await peer.read(lambda: len(peer.events) == 2)
    assert [(r.outcome, r.why) for r in receipts] == [
        ("accepted", ""), ("dropped", "longer than 20"), ("accepted", ""), ("dropped", "too fast"),
    ]  # fmt: skip
    assert [f.event.text for f in peer.events if f.event] == ["hi", "x" * 20]
    assert platform.report().lines == {"accepted": 2, "dropped": 2}


async def test_our_own_line_comes_back_as_an_echo_to_everybody() -> None:
    """The echo is marked `own`, carries the key, and takes its place in the numbering; the askers count as covered."""
    platform = Platform([comment(1, "fact:price")], goods(), None, quiet=10, caps=FAST)
    async with playing(platform), client(platform) as peer, client(platform) as onlooker:
        await peer.read(lambda: len(peer.events) == 1)
        await peer.post("k1", "现价129元", ("c1", "c9"))
        for one in (peer, onlooker):
            await one.read(lambda one=one: len(one.events) == 2)  # type: ignore[misc]
            echo = one.events[1]
            assert echo.event is not None
            assert (echo.seq, echo.event.own, echo.event.target, echo.event.text) == (2, True, "k1", "现价129元")
    report = platform.report()
    assert (report.covered, report.clients) == ({"fact": 1}, 2)
    assert [w.number for w in report.wrong] == ["129"], "a number without its product's name is audited as wrong"


async def test_who_asks_again_what_a_line_has_just_answered_is_covered() -> None:
    """The room shows the line to everybody: only another question stays uncovered."""
    cues = [comment(1, "fact:price"), comment(2, "fact:price", at=0.15), comment(3, "fact:stock", at=0.15)]
    platform = Platform(cues, goods(), None, quiet=10, caps=FAST)
    async with playing(platform), client(platform) as peer:
        await peer.read(lambda: len(peer.events) == 1)
        await peer.post("k1", "hi", ("c1",))
        await peer.read(lambda: len(peer.events) == 4)
    assert (platform.report().labels, platform.report().covered) == ({"fact": 3}, {"fact": 2})


async def test_a_reconnect_resumes_without_loss_or_doubling() -> None:
    """A client that leaves twice in mid show and asks for what came after its last number has heard each event once."""
    platform = Platform([comment(n, at=n * 0.004) for n in range(1, 61)], goods(), None, quiet=10, caps=FAST)
    got: list[Frame] = []
    async with playing(platform):
        for most in (7, 30, 60):
            async with client(platform, resume=got[-1].seq if got else 0) as peer:
                want = most - len(got)
                await peer.read(lambda peer=peer, want=want: len(peer.events) >= want)  # type: ignore[misc]
                got += peer.events
    assert ids(got) == [f"c{n}" for n in range(1, 61)]
    assert [f.seq for f in got] == list(range(1, 61))
    assert platform.report().clients == 3


async def test_a_wrong_token_is_401_and_a_wrong_path_404() -> None:
    """Nobody enters without the token, and there is one room; a stranger does not start the show."""
    platform = Platform([comment(1)], goods(), None, token="right", quiet=10, caps=FAST)
    async with playing(platform):
        for token, path, status in (("", "demo", 401), ("wrong", "demo", 401), ("right", "other", 404)):
            with pytest.raises(InvalidStatus) as refused:
                async with client(platform, token=token, path=path):
                    pass
            assert refused.value.response.status_code == status
        assert platform.report().sent == {}
        async with client(platform, token="right") as peer:
            await peer.read(lambda: len(peer.events) == 1)


@pytest.mark.parametrize("frame", ["{nonsense", '{"type":"party","v":1}', "[" * 20_000])
@pytest.mark.parametrize("greeted", [True, False])
async def test_what_is_not_the_protocol_closes_that_connection_alone(frame: str, greeted: bool) -> None:
    """A bad frame is answered with 4400, before the hello or after it; the show goes on for others."""
    platform = Platform([comment(1), comment(2, at=0.05)], goods(), None, quiet=10, caps=FAST)
    async with playing(platform), client(platform) as other:
        url = f"ws://127.0.0.1:{platform.port}/demo"
        async with connect(url, subprotocols=[SUBPROTOCOL], close_timeout=1) as link:
            if greeted:
                await link.send(encode(Frame("hello")))
            await link.send(frame)
            async with asyncio.timeout(5):
                await link.wait_closed()
        assert link.close_code == 4400
        await other.read(lambda: len(other.events) == 2)


async def test_a_port_in_use_is_told() -> None:
    """A second room server on the same port ends with an error that names it."""
    platform = Platform([], goods(), None, quiet=10)
    async with playing(platform):
        with pytest.raises(PortInUse, match=f"port {platform.port} .*Fix: "):
            await Platform([], goods(), None).run(port=platform.port)


async def test_edits_reach_the_merchants_file(tmp_path: Path) -> None:
    """A price cut for all SKUs and the sale of one piece are saved to the file; the rest of it stays."""
    file = tmp_path / "goods.csv"
    write_csv(goods(), file)
    before = load_catalogue(file, version=1).catalogue
    cues = [
        Cue(0.0, edit=CatalogueEdit("shirt", "", "price", 9950)),
        Cue(0.01, edit=CatalogueEdit("shirt", "xl", "stock", 32)),
        comment(1, at=0.02),
    ]
    platform = Platform(cues, before, file, quiet=10, caps=FAST)
    async with playing(platform), client(platform) as peer:
        await peer.read(lambda: len(peer.events) == 1)
    shirt, tote = load_catalogue(file, version=2).catalogue.products
    assert [(s.id, s.price.minor if s.price else None, s.stock) for s in shirt.skus] == [
        ("m", 9950, 3), ("l", 9950, 0), ("xl", 9950, 32),
    ]  # fmt: skip
    assert tote == before.products[1]
    assert shirt.texts == before.products[0].texts
