"""The desk's side of the page: who may come in, what they may do, and what they are told."""

import asyncio
import contextlib
import io
import json
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from bot.app.desks import Desks
from bot.backends.dashboard import Page
from bot.backends.dashboard.visitor import BURST
from bot.backends.record import Record
from bot.domain.desk import Checked, Order, Person, Ruling
from tests.backends.dashboard.conftest import NOW, ROOM, Feed, fetch, heard, status, turn

ANNA, BO, EVE = "anna-token-0123456789", "bo-token-0123456789ab", "eve-token-0123456789a"
PEOPLE = {ANNA: Person("anna", "owner"), BO: Person("bo", "moderator"), EVE: Person("eve", "viewer")}


class Room(Desks):
    """A room that does whatever it is told."""

    def __init__(self, records: Path) -> None:
        super().__init__({}, records)
        self.orders: list[Order] = []
        self.page: Page | None = None

    def order(self, room: str, order: Order) -> bool:
        self.orders.append(order)
        assert self.page
        self.page(room, Ruling(room, NOW, order, True, line="现价129元"))
        return True

    def check(self, room: str, answer: str, text: str, product: str) -> Checked:
        return Checked("99" not in text, text, "number:99元" if "99" in text else "")


@pytest.fixture
async def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Any]:
    """A page with a desk: `await desk(people)` gives the page, its room, and a way to open feeds."""
    monkeypatch.setattr("bot.backends.dashboard.server.EVERY", 0.01)
    async with contextlib.AsyncExitStack() as stack:
        tasks = []

        async def open_desk(people: dict[str, Person] | None = None) -> tuple[Page, Room, Any]:
            room = Room(tmp_path / "record")
            page = room.page = Page(port=0, people=people, desks=room)
            tasks.append(asyncio.create_task(page.serve()))
            await page.ready.wait()
            page(ROOM, status())

            async def dial() -> Feed:
                url = page.url.replace("http", "ws") + "feed"
                return Feed(await stack.enter_async_context(connect(url, compression=None, max_size=None)))

            return page, room, dial

        yield open_desk
        for task in tasks:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task


async def say(feed: Feed, **message: Any) -> None:
    """Send one message."""
    await feed.socket.send(json.dumps(message))


async def test_without_a_login_nothing_is_shown_and_nothing_is_done(desk: Any) -> None:
    """A socket that has not logged in gets no frame of any room, and its commands reach nobody."""
    page, room, dial = await desk(PEOPLE)
    feed = await dial()
    assert await feed.next("me") == {"kind": "me", "login": True, "desk": True}
    page(ROOM, heard(1, "秘密"))
    await say(feed, do="order", id="x", command={"do": "mode", "mode": "auto"})
    assert (await feed.next("me"))["login"] is True
    with pytest.raises(TimeoutError):
        await feed.next("snap")
    assert not room.orders


async def test_a_token_says_who_one_is(desk: Any) -> None:
    """Name and role come from the token, whatever the page claims."""
    _, room, dial = await desk(PEOPLE)
    feed = await dial()
    await say(feed, do="hello", name="anna")
    assert (await feed.next("no"))["why"] == "wrong_token"
    await say(feed, do="login", token=BO, name="anna")
    while (me := await feed.next("me"))["login"]:
        pass
    assert (me["name"], me["role"]) == ("bo", "moderator")
    await feed.next("snap")
    await say(feed, do="order", id="x", command={"do": "mode", "mode": "stopped"})
    (ruling,) = (await feed.next("more"))["rulings"]
    assert ruling["order"]["by"] == "bo" and ruling["order"]["command"] == {"do": "mode", "mode": "stopped"}
    assert (room.orders[0].by, room.orders[0].role) == ("bo", "moderator")


async def test_wrong_tokens_end_the_connection(desk: Any) -> None:
    """Five tries, then the door."""
    _, _, dial = await desk(PEOPLE)
    feed = await dial()
    for n in range(5):
        await say(feed, do="login", token=f"guess-{n}")
        assert (await feed.next("no"))["why"] == "wrong_token"
    with pytest.raises(ConnectionClosed):
        while True:
            await feed.next("more")


async def test_a_page_left_open_overnight_has_to_log_in_again(desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """After twelve hours the socket is closed; the token opens a new one."""
    monkeypatch.setattr("bot.backends.dashboard.visitor.LOGIN_FOR", 0.2)
    page, _, dial = await desk(PEOPLE)
    feed = await dial()
    await say(feed, do="login", token=BO)
    await feed.next("snap")
    await asyncio.sleep(0.3)
    page(ROOM, heard(1))
    with pytest.raises((ConnectionClosed, TimeoutError)):
        while True:
            await feed.next("more")


async def test_on_this_machine_whoever_reaches_the_page_owns_it(desk: Any) -> None:
    """No login without people; the page says its name, cleaned."""
    _, room, dial = await desk()
    feed = await dial()
    assert (await feed.next("me"))["login"] is False
    await say(feed, do="hello", name="小王<script>")
    assert await feed.next("me") == {"kind": "me", "login": False, "desk": True, "name": "小王script", "role": "owner"}
    await say(feed, do="check", n=7, answer="q1", text="现价99元")
    assert await feed.next("checked") == {
        "kind": "checked", "n": 7, "ok": False, "text": "现价99元", "why": "number:99元",
    }  # fmt: skip
    await say(feed, do="order", id="", command={"do": "mode", "mode": "auto"})
    assert (await feed.next("no"))["why"] == "unknown"
    assert not room.orders


async def test_a_flood_of_commands_is_cut_off_not_carried_out(desk: Any) -> None:
    """A page that sends faster than a person is told so; STOP of another page still goes through."""
    _, room, dial = await desk()
    feed, other = await dial(), await dial()
    for one in (feed, other):
        await say(one, do="hello", name="x")
        await one.next("snap")
    for n in range(100):
        await say(feed, do="order", id=f"o{n}", command={"do": "claim", "answer": "q1"})
    assert (await feed.next("no"))["why"] == "too_fast"
    await say(other, do="order", id="stop", command={"do": "mode", "mode": "stopped"})
    while not room.orders or room.orders[-1].id != "stop":  # noqa: ASYNC110 - told from outside
        await asyncio.sleep(0.005)
    assert len(room.orders) < BURST + 10


async def test_the_owner_fetches_a_days_record_once(desk: Any) -> None:
    """A link that works once; the file holds the chain, a table and what the check found. Others may not."""
    page, room, dial = await desk(PEOPLE)
    record = Record(room._records)
    record(ROOM, turn(1, "answered", "=有M码吗", answer="M码还有12件"))
    record(ROOM, Ruling(ROOM, NOW + 1, Order("o1", "bo", "moderator", None), True))  # type: ignore[arg-type]
    record._write(record._waiting[:1])
    moderator, owner = await dial(), await dial()
    await say(moderator, do="login", token=BO)
    await moderator.next("snap")
    for message in ({"do": "export", "day": "2026-09-21"}, {"do": "days"}):
        await say(moderator, **message)
        assert (await moderator.next("no"))["why"] == "no_right"
    await say(owner, do="login", token=ANNA)
    await owner.next("snap")
    await say(owner, do="days")
    (day,) = (await owner.next("days"))["days"]
    await say(owner, do="export", day="../../etc/passwd")
    refused = await owner.next("no")
    assert refused["why"] == "no_record" and day in refused["detail"]
    await say(owner, do="export", day=day)
    path = (await owner.next("file"))["path"]
    code, headers, body = await fetch(page, path)
    assert code == 200 and headers["content-disposition"] == f'attachment; filename="zhubo-{day}.zip"'
    with zipfile.ZipFile(io.BytesIO(body)) as file:
        assert "the chain holds" in file.read("verification.txt").decode()
        assert "'=有M码吗" in file.read(f"{day}.csv").decode("utf-8-sig")
        assert file.read(f"{day}.jsonl") == (room._records / ROOM / f"{day}.jsonl").read_bytes()
    assert (await fetch(page, path))[0] == 404


async def test_where_people_log_in_nothing_else_is_open_either(desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Metrics for this machine alone; sockets that do not log in are shut, and take nobody's place."""
    monkeypatch.setattr("bot.backends.dashboard.visitor.ENTER_WITHIN", 0.2)
    monkeypatch.setattr("bot.backends.dashboard.server.MAX_STRANGERS", 3)
    page, _, dial = await desk(PEOPLE)
    page._plain = {"/metrics": lambda: b"zhubo_up 1"}
    assert (await fetch(page, "/metrics"))[0] == 200  # from loopback
    monkeypatch.setattr("bot.backends.dashboard.server.LOOPBACK", ("localhost",))
    assert (await fetch(page, "/metrics"))[0] in (403, 421)
    monkeypatch.undo()
    monkeypatch.setattr("bot.backends.dashboard.visitor.ENTER_WITHIN", 0.2)
    monkeypatch.setattr("bot.backends.dashboard.server.MAX_STRANGERS", 3)
    inside = await dial()
    await say(inside, do="login", token=BO)
    await inside.next("snap")
    for _ in range(3):
        await dial()
    with pytest.raises(InvalidStatus):
        await dial()
    await asyncio.sleep(0.3)
    page(ROOM, heard(1))
    await inside.next("more")
    page(ROOM, heard(2))
    await asyncio.sleep(0.1)
    await dial()
