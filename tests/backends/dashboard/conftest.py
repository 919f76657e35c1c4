"""A page on a free port, a plain HTTP client that can lie, and items as a room publishes them."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

import msgspec
import pytest
from websockets.asyncio.client import ClientConnection, connect

from bot.backends.dashboard import Page
from bot.domain.catalog import RowError
from bot.domain.events import Heard
from bot.domain.turns import Fact, Suggestion, Turn
from bot.domain.views import ProductView, QuestionView, RoomStatus

ROOM = "晚八点"
NOW = 1_790_000_000.0


def heard(seq: int, text: str = "有M码吗", **more: Any) -> Heard:
    """A comment of viewer v1, one every 0.1 s."""
    return Heard(seq, NOW + seq / 10, more.pop("kind", "comment"), f"c{seq}", "v1", text, **more)


def turn(seq: int, fate: Any = "ignored", text: str = "有M码吗", **more: Any) -> Turn:
    """The end of comment `seq`, two seconds after it was heard."""
    at = NOW + seq / 10
    reason = more.pop("reason", "chatter")
    return Turn(ROOM, seq, f"c{seq}", "v1", text, fate, reason, at, at, at + 2.0, **more)


def question(key: str, state: Any = "open", **more: Any) -> QuestionView:
    """A question about stock with three askers, opened 4 s before it changed."""
    given = {"text": "有M码吗", "lang": "zh", "askers": 3, "heat": 2, "opened": NOW, "changed": NOW + 4.0, **more}
    return QuestionView(id=key, state=state, product="p1", number=1, slots=("stock",), **given)


def answered(key: str, **more: Any) -> QuestionView:
    """An answered question with a fact and a suggestion."""
    given = {
        "answer": "【3人问】M码还有12件",
        "path": "fact",
        "facts": (Fact("p1", "price", "129.00 CNY"),),
        "suggestion": Suggestion("p2", "companion", "搭配2号围巾", (Fact("p2", "stock", "42"),)),
        "reason": "sent",
        **more,
    }
    return question(key, "answered", **given)


def status(at: float = NOW, **more: Any) -> RoomStatus:
    """A live room with two products, the first on screen, and one row error."""
    given = {
        "link": "live",
        "on_screen": "p1",
        "version": 3,
        "products": (
            ProductView("p1", 1, "羊毛大衣", "Wool coat", "129元", "199元", "12"),
            ProductView("p2", 2, "羊绒围巾", "Cashmere scarf", "59元", "", "0"),
        ),
        "row_errors": (RowError("goods.csv", 7, "价格", "不是价格 / not a price", "填数字 / write a number"),),
        "received": 10,
        "fates": {"answered": 2, "ignored": 7},
        "open": 1,
        "rate": 12.5,
        "latency": {"fact": (0.011, 0.03)},
        "workers": 1,
        **more,
    }
    return RoomStatus(ROOM, at, **given)


async def fetch(
    page: Page, path: str, *, method: str = "GET", headers: Mapping[str, str] | None = None
) -> tuple[int, dict[str, str], bytes]:
    """One plain request, byte for byte as given: nothing normalises the path or the Host."""
    reader, writer = await asyncio.open_connection("127.0.0.1", page.port)
    sent = {"Host": f"127.0.0.1:{page.port}", **(headers or {})}
    head = "".join(f"{name}: {value}\r\n" for name, value in sent.items())
    writer.write(f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode())
    answer = await reader.read()
    writer.close()
    with contextlib.suppress(ConnectionError):
        await writer.wait_closed()
    top, _, body = answer.partition(b"\r\n\r\n")
    first, *rest = top.decode().split("\r\n")
    return int(first.split()[1]), {n.lower(): v for n, _, v in (line.partition(": ") for line in rest)}, body


class Feed:
    """A browser's side of `/feed`: frames as dictionaries."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket

    async def next(self, kind: str = "") -> dict[str, Any]:
        """The next frame (of that kind), within two seconds."""
        async with asyncio.timeout(2):
            while True:
                frame: dict[str, Any] = msgspec.json.decode(await self.socket.recv())
                if kind == frame["kind"] or (not kind and frame["kind"] != "me"):
                    return frame


Dial = Callable[[str], Any]


@pytest.fixture
async def page(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Page]:
    """A page being served on a free port, with frames every 10 ms."""
    monkeypatch.setattr("bot.backends.dashboard.server.EVERY", 0.01)
    made = Page(port=0)
    task = asyncio.create_task(made.serve())
    await made.ready.wait()
    yield made
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


@pytest.fixture
async def dial(page: Page) -> AsyncIterator[Dial]:
    """Open a feed: `await dial("?room=NAME")`; closed at the end of the test."""
    async with contextlib.AsyncExitStack() as stack:

        async def open_feed(query: str = "", **more: Any) -> Feed:
            url = page.url.replace("http", "ws") + "feed" + query
            return Feed(await stack.enter_async_context(connect(url, compression=None, max_size=None, **more)))

        yield open_feed
