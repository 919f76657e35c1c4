"""The page's server, without a browser."""

import asyncio
import contextlib
import hashlib
import re
import socket
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec
import pytest
from websockets.exceptions import InvalidStatus

import bot.backends.dashboard.server as server
from bot.backends.dashboard import Page
from bot.domain.errors import PortInUse, SettingsError
from tests.backends.dashboard.conftest import NOW, ROOM, Dial, answered, fetch, heard, status, turn

STATIC = Path(server.__file__).parent / "static"


async def test_index_with_strict_headers(page: Page) -> None:
    """The page is served without caching, sniffing, or any source but itself, one request per connection."""
    code, headers, body = await fetch(page, "/?room=x")
    assert code == 200 and body == (STATIC / "index.html").read_bytes()
    assert headers["content-type"] == "text/html; charset=utf-8"
    assert headers["cache-control"] == "no-store" and headers["x-content-type-options"] == "nosniff"
    assert headers["connection"] == "close"
    csp = headers["content-security-policy"]
    assert "default-src 'self'" in csp and "unsafe" not in csp and "*" not in csp


async def test_every_file_the_page_names_is_served(page: Page) -> None:
    """Scripts, styles and imports all exist under the path that names them, with the right type."""
    sources = [STATIC / "index.html", *STATIC.glob("*.js")]
    named = {path for file in sources for path in re.findall(r'"(/[\w./-]+\.(?:js|css|svg))"', file.read_text("utf-8"))}
    assert {"/app.js", "/vendor/htm-preact.js", "/vendor/uplot.css", "/words.js"} <= named
    types = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
    for path in named:
        code, headers, _ = await fetch(page, path)
        assert (path, code) == (path, 200)
        assert headers["content-type"].startswith(types[Path(path).suffix])


async def test_further_plain_pages_are_made_when_asked_for(page: Page) -> None:
    """Such as /metrics."""
    page._plain = {"/metrics": lambda: b"zhubo_workers 1.0\n"}
    status, headers, body = await fetch(page, "/metrics")
    assert (status, body) == (200, b"zhubo_workers 1.0\n")
    assert headers["content-type"].startswith("text/plain")


@pytest.mark.parametrize(
    "path",
    [
        "/../server.py",
        "/..%2fserver.py",
        "/static/app.js",
        "//etc/passwd",
        "/vendor/",
        "/.",
        "/server.py",
        "/SHA256SUMS",
    ],
)
async def test_nothing_else_exists(page: Page, path: str) -> None:
    """Only the table of static files is served: no traversal, no folders, no sources."""
    assert (await fetch(page, path))[0] == 404


async def test_only_get(page: Page) -> None:
    """The page takes no orders over HTTP."""
    assert (await fetch(page, "/", method="DELETE"))[0] == 405


@pytest.mark.parametrize(
    ("host", "code"),
    [
        ("localhost:1", 200),
        ("127.0.0.1", 200),
        ("[::1]:8765", 200),
        ("evil.example", 421),
        ("127.0.0.1.evil.example", 421),
        ("[", 421),
    ],
)
async def test_foreign_host_names_are_refused(page: Page, host: str, code: int) -> None:
    """On a loopback address only loopback names are answered: a rebound DNS name sees nothing."""
    assert (await fetch(page, "/healthz", headers={"Host": host}))[0] == code


async def test_healthz_counts(page: Page, dial: Dial) -> None:
    """/healthz tells rooms and watching browsers."""
    page(ROOM, heard(1))
    await (await dial("")).next("snap")
    assert (await fetch(page, "/healthz"))[2] == b'{"status":"ok","rooms":1,"watching":1}'


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:1", "http://["])
async def test_hostile_origin_is_refused(page: Page, dial: Dial, origin: str) -> None:
    """Another site's script cannot open the feed, though the browser would let it."""
    with pytest.raises(InvalidStatus, match="403"):
        await dial("", origin=origin)


async def test_own_origin_is_welcome(page: Page, dial: Dial) -> None:
    """The page's own script can."""
    page(ROOM, heard(1))
    feed = await dial("", origin=page.url.rstrip("/"))
    assert (await feed.next())["kind"] == "snap"


async def test_snapshot_for_late_joiners(page: Page, dial: Dial) -> None:
    """Who comes late sees what happened before: comments with fates, answers, products, plots."""
    page(ROOM, heard(1))
    page(ROOM, turn(1, "answered", reason="sent", question="q1", version=3))
    page(ROOM, answered("q1"))
    page(ROOM, status(NOW))
    frame = await (await dial("")).next()
    assert (frame["kind"], frame["room"], frame["rooms"]) == ("snap", ROOM, [ROOM])
    assert [line["fate"] for line in frame["lines"]] == ["answered"]
    assert frame["questions"][0][1]["suggestion"]["product"] == "p2"
    assert frame["goods"]["version"] == 3 and len(frame["points"]) == 1
    assert frame["status"]["fates"] == {"answered": 2, "ignored": 7}


async def test_changes_are_coalesced(page: Page, dial: Dial) -> None:
    """Many items between two frames are one frame, and each comment comes once with its latest fate."""
    page(ROOM, heard(1))
    feed = await dial("")
    await feed.next("snap")
    for seq in range(2, 12):
        page(ROOM, heard(seq))
        page(ROOM, turn(seq, "merged"))
    frame = await feed.next("more")
    assert [(line["seq"], line["fate"]) for line in frame["lines"]] == [(s, "merged") for s in range(2, 12)]
    page(ROOM, heard(12))
    assert [line["seq"] for line in (await feed.next("more"))["lines"]] == [12]


async def test_rooms_apart(page: Page, dial: Dial) -> None:
    """A browser sees its own room only, the first one without a wish, and waits for one that is not there yet."""
    later = await dial("?room=" + quote("晚场 2"))
    assert (await later.next())["kind"] == "wait"
    page(ROOM, heard(1, "第一间"))
    page("B", heard(1, "second"))
    first, second = await dial(""), await dial("?room=B")
    assert (await first.next("snap"))["lines"][0]["text"] == "第一间"
    assert (await second.next("snap"))["lines"][0]["text"] == "second"
    page("B", heard(2, "again"))
    assert (await second.next("more"))["lines"][0]["text"] == "again"
    page("晚场 2", heard(1, "来了"))
    arrived = await later.next("snap")
    assert arrived["room"] == "晚场 2" and arrived["rooms"] == [ROOM, "B", "晚场 2"]


async def test_rooms_are_bounded(page: Page) -> None:
    """Beyond 32 rooms the oldest ended one makes place; without one the new room is dropped and counted."""
    for n in range(server.MAX_ROOMS):
        page(f"r{n}", heard(1))
    page("one more", heard(1))
    assert page.dropped == 1
    page("r5", status(link="ended"))
    page("one more", heard(1))
    assert page.dropped == 1
    assert b'"rooms":32' in (await fetch(page, "/healthz"))[2]


async def test_restarted_room_is_shown_anew(page: Page, dial: Dial) -> None:
    """When a room begins again, browsers get a snapshot of the new show only."""
    page(ROOM, heard(1))
    page(ROOM, heard(2))
    feed = await dial("")
    await feed.next("snap")
    page(ROOM, heard(1, "新一场"))
    assert [line["text"] for line in (await feed.next("snap"))["lines"]] == ["新一场"]


async def test_nonsense_from_a_browser_is_told_so(page: Page, dial: Dial) -> None:
    """What cannot be read is refused by name; the page goes on being shown."""
    feed = await dial("")
    page(ROOM, heard(1))
    await feed.next("snap")
    for sent in ("hello", '{"do":7}', '{"do":"order","id":"x","command":{"do":"fly"}}', "[" * 5000):
        await feed.socket.send(sent)
        assert (await feed.next("no"))["why"] == "unreadable"
    await feed.socket.send('{"do":"dance"}')
    assert (await feed.next("me"))["desk"] is False
    page(ROOM, heard(2))
    assert (await feed.next("more"))["lines"]


async def test_observer_never_raises(page: Page, dial: Dial) -> None:
    """Odd items are counted and ignored, and the page goes on serving."""
    feed = await dial("")
    odd: list[tuple[Any, Any]] = [
        ([], heard(1)),
        (7, heard(1)),
        ("\ud800", heard(1)),
        (ROOM, heard(1, object())),  # type: ignore[arg-type]
        (ROOM, msgspec.structs.replace(turn(1, "answered"), seq=[])),
        (ROOM, status("soon")),  # type: ignore[arg-type]
        (ROOM, status(latency={"fact": 3})),
    ]
    for room, item in odd:
        page(room, item)
    assert page.dropped == len(odd)
    for ignored in (None, "text", 3, heard(1, kind="like"), object()):
        page(ROOM, ignored)
    assert page.dropped == len(odd)
    page(ROOM, heard(5, "还在"))
    while not (lines := (await feed.next("snap"))["lines"]):
        pass
    assert lines[-1]["text"] == "还在"


async def test_slow_browser_is_bounded_and_others_are_not_held_up(
    page: Page, dial: Dial, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A browser that stops reading costs a bounded buffer, is cut off at last, and nobody else notices."""
    monkeypatch.setattr(server, "BEHIND", 64 * 1024)
    monkeypatch.setattr(server, "PATIENCE", 0.1)
    page(ROOM, heard(1))
    quick = await dial("")
    await quick.next("snap")
    slow = socket.socket()
    slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    slow.connect(("127.0.0.1", page.port))
    key = "dGhlIHNhbXBsZSBub25jZQ=="
    slow.sendall(
        f"GET /feed HTTP/1.1\r\nHost: 127.0.0.1:{page.port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
    )
    largest, seq, cut = 0, 1, False
    until = time.monotonic() + 15
    while not cut and time.monotonic() < until:
        for _ in range(40):
            seq += 1
            page(ROOM, heard(seq, "长" * 500))
        await quick.next("more")
        unsent = [c.connection.transport.get_write_buffer_size() for c in page._clients]
        largest = max(largest, *unsent)
        cut = seq > 500 and len(unsent) == 1
    slow.close()
    assert cut
    assert server.BEHIND < largest < server.BEHIND + 200_000


async def test_port_in_use_names_the_port_and_the_fix(page: Page) -> None:
    """A second page on the same port says which port and what to do."""
    with pytest.raises(PortInUse, match=rf"port {page.port} .*--page-port"):
        await Page(port=page.port).serve()


async def test_unusable_address_is_a_setting(page: Page) -> None:
    """An address this machine does not have is the operator's setting to repair."""
    with pytest.raises(SettingsError, match="--page-host"):
        await Page("192.0.2.1", 0).serve()


async def test_stops_at_once_and_frees_the_port() -> None:
    """Cancelled while a browser holds a socket it never used, the server is gone in 2 s and the port free."""
    page = Page(port=0)
    task = asyncio.create_task(page.serve())
    await page.ready.wait()
    reader, writer = await asyncio.open_connection("127.0.0.1", page.port)
    started = time.monotonic()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert time.monotonic() - started < 2.5 and not page.ready.is_set()
    writer.close()
    with contextlib.suppress(ConnectionError):
        await writer.wait_closed()
    with socket.socket() as free:
        free.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        free.bind(("127.0.0.1", page.port))


@pytest.mark.parametrize(
    ("host", "url"),
    [("0.0.0.0", "http://127.0.0.1:8765/"), ("::1", "http://[::1]:8765/"), ("shop.lan", "http://shop.lan:8765/")],
)
def test_url_can_be_clicked(host: str, url: str) -> None:
    """The URL is one that a browser on this machine opens."""
    assert Page(host).url == url


def test_vendored_files_are_as_published() -> None:
    """Every vendored file has the sha256 it had in its package, and every script is listed."""
    vendor = STATIC / "vendor"
    sums = dict(reversed(line.split()) for line in (vendor / "SHA256SUMS").read_text().splitlines())
    assert {f.name for f in vendor.iterdir() if f.suffix in (".js", ".css", ".txt")} == set(sums)
    for name, digest in sums.items():
        assert hashlib.sha256((vendor / name).read_bytes()).hexdigest() == digest


def test_our_scripts_write_no_markup_and_fetch_nothing_foreign() -> None:
    """No innerHTML and the like, no inline script or style, no address of another host."""
    for file in STATIC.iterdir():
        if file.suffix in (".js", ".html", ".css"):
            text = file.read_text("utf-8")
            assert not re.search(r"innerHTML|outerHTML|insertAdjacent|document\.write|dangerously|\beval\b", text), file
            assert not re.search(r"https?://(?!www\.w3\.org)", text), file
    html = (STATIC / "index.html").read_text("utf-8")
    assert "<style" not in html and not re.search(r"<script(?![^>]* src=)|\son\w+=|\sstyle=", html)
