"""What a moderator does, in a real browser on a real room, in both languages."""

import asyncio
import json
import time
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.domain.desk import Person
from bot.domain.policy import Planned, RoomPolicy
from tests.backends.dashboard.test_page import ARGS, CHROMIUM, SIZES
from tests.e2e.live_room import LiveRoom, live_room
from tests.fakes import goods

playwright = pytest.importorskip("playwright.async_api")
pytestmark = [
    pytest.mark.page, pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on the PATH"), pytest.mark.timeout(120),
]  # fmt: skip
ANNA, BO, EVE = "anna-token-0123456789", "bo-token-0123456789ab", "eve-token-0123456789a"
PEOPLE = {ANNA: Person("anna", "owner"), BO: Person("bo", "moderator"), EVE: Person("eve", "viewer")}
GUARD = 0.4  # seconds; see desk.js
SAID = {
    "zh-CN": ("「99元」与商品资料不符", "desk 正在处理", "已停", "口令不对"),
    "en-US": ("“99元” is not what the catalogue says", "desk is on it", "Stopped", "Wrong token"),
}


class Browser:
    """Opens pages, each as another person in a browser of their own; keeps every error of their consoles."""

    def __init__(self, browser: Any, url: str) -> None:
        self._browser, self._url, self.errors = browser, url, list[str]()

    async def open(
        self, path: str = "", *, locale: str = "zh-CN", size: str = "desktop", name: str = "anna", scheme: str = "light"
    ) -> Any:
        """A page; where nobody has to log in it goes by this name."""
        width, height = SIZES[size]
        context = await self._browser.new_context(
            locale=locale, viewport={"width": width, "height": height}, color_scheme=scheme
        )
        await context.add_init_script(f"try {{ localStorage.setItem('zhubo.me', {json.dumps(name)}) }} catch {{}}")
        tab = await context.new_page()
        tab.set_default_timeout(8000)
        tab.on("pageerror", lambda error: self.errors.append(str(error)))
        tab.on("console", lambda m: self.errors.append(m.text) if _matters(m) else None)
        await tab.goto(self._url + path)
        return tab


def _matters(message: Any) -> bool:
    """A room that has ended is no fault of its page."""
    return message.type in ("error", "warning") and "ERR_CONNECTION" not in message.text


@pytest.fixture
async def browser() -> AsyncIterator[Any]:
    """`browser(room)` gives a Browser; its pages must have had no error."""
    async with playwright.async_playwright() as runner:
        chromium = await runner.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        made: list[Browser] = []

        def of(room: LiveRoom) -> Browser:
            made.append(Browser(chromium, room.page.url))
            return made[-1]

        yield of
        await chromium.close()
        assert [error for one in made for error in one.errors] == []


def assisted(tmp_path: Path, **more: Any) -> Any:
    """A room in which every answer waits for a person."""
    policy = RoomPolicy(mode="assist", send_gap=0.0, rule_within=60.0, schedule=(Planned("23:59", "抽奖"),))
    return live_room(tmp_path, goods(), policy, **more)


@pytest.mark.parametrize("locale", ["zh-CN", "en-US"])
async def test_a_moderator_approves_edits_and_rejects(locale: str, tmp_path: Path, browser: Any) -> None:
    """By keyboard: a wrong price is refused while it is typed, and by the room; the right words go out."""
    async with assisted(tmp_path) as room:
        tab = await browser(room).open(locale=locale)
        room.platform.ask("多少钱")
        await tab.locator(".card.chosen .said", has_text="现价129元").wait_for()
        await tab.keyboard.press("a")  # a key that comes with the card was meant for another
        await asyncio.sleep(GUARD)
        assert not room.platform.sent
        await tab.keyboard.press("a")
        await room.until(lambda: room.platform.sent)
        assert room.platform.sent[0][1] == "1号亚麻衬衫：现价129元"

        room.platform.ask("2号多少钱")
        await tab.locator(".card.chosen .said", has_text="现价89元").wait_for()
        await tab.keyboard.press("e")
        box = tab.locator(".editor textarea")
        await box.fill("亲，现价99元")
        await tab.locator(".editor .wrong", has_text=SAID[locale][0]).wait_for()
        assert await tab.locator(".editor .act.yes").is_disabled()
        await box.press("Enter")
        await box.fill("亲，现价89元哦")
        await tab.locator(".editor .fine").wait_for()
        await box.press("Enter")
        await room.until(lambda: len(room.platform.sent) == 2)
        assert room.platform.sent[1][1] == "2号帆布包：亲，现价89元哦"

        room.platform.ask("重量多少")
        await tab.locator(".card.chosen .said", has_text="200g").wait_for()
        await asyncio.sleep(GUARD)
        await tab.keyboard.press("r")
        await room.until(lambda: room.stage.counters.fates["withheld"] == 1)
        await tab.locator(".answers .segments button").last.click()
        assert await tab.locator(".rulings li").count() >= 3
        assert len(room.platform.sent) == 2


async def test_two_browsers_never_work_on_one_card(tmp_path: Path, browser: Any) -> None:
    """While one edits, the other sees who does, and cannot rule; let go, the other can."""
    async with assisted(tmp_path) as room:
        people = browser(room)
        one, two = await people.open(name="desk"), await people.open(name="bo", locale="en-US")
        room.platform.ask("多少钱")
        await two.locator(".card.chosen").wait_for()
        await one.locator(".card.chosen").wait_for()
        await one.keyboard.press("e")
        await two.locator(".card .taken", has_text=SAID["en-US"][1]).wait_for()
        assert await two.locator(".card .act.yes").is_disabled()
        await asyncio.sleep(GUARD)
        await two.keyboard.press("a")
        await two.locator(".toast", has_text=SAID["en-US"][1]).wait_for()
        assert not room.platform.sent
        await one.locator(".editor textarea").press("Escape")
        await two.locator(".card .act.yes:enabled").click()
        await room.until(lambda: room.platform.sent)
        assert len(room.platform.sent) == 1


async def test_takeover_pauses_the_bot_there_and_gives_back(tmp_path: Path, browser: Any) -> None:
    """A viewer from the card, a product from the list; the notice says who has it, and hands it back."""
    async with assisted(tmp_path) as room:
        tab = await browser(room).open()
        room.platform.ask("多少钱", viewer="mia")
        await tab.locator(".card.chosen").wait_for()
        await tab.get_by_role("button", name="接管这位观众").click()
        await room.until(lambda: room.stage.counters.fates["to_host"] == 1)
        room.platform.ask("什么时候发货", viewer="mia")
        await room.until(lambda: room.stage.counters.fates["to_host"] == 2)
        await tab.locator(".notices li", has_text="anna 接管了观众").get_by_role("button").click()
        await tab.locator(".products li").nth(1).hover()
        await tab.locator(".products li").nth(1).get_by_role("button", name="接管").click()
        await tab.locator(".notices li", has_text="anna 接管了商品").wait_for()
        room.platform.ask("2号多少钱", viewer="mia")
        await room.until(lambda: room.stage.counters.fates["to_host"] == 3)
        room.platform.ask("多少钱", viewer="mia")
        await tab.locator(".card .said", has_text="现价129元").wait_for()


@pytest.mark.parametrize("locale", ["zh-CN", "en-US"])
async def test_stop_is_one_key_and_nothing_leaves_after_it(locale: str, tmp_path: Path, browser: Any) -> None:
    """Under 1,000 comments a second: from the key to the last line sent, and to the page saying so."""
    async with live_room(tmp_path, goods(), RoomPolicy(send_gap=0.0, repeat_after=0.0)) as room:
        tab = await browser(room).open(locale=locale)
        await tab.locator(".head .stop").wait_for()
        texts = ("多少钱", "什么时候发货", "2号多少钱", "L码还有吗", "666", "好看", "来了")
        running = True

        async def flood() -> None:
            began, n = time.monotonic(), 0
            while running:
                while n < (time.monotonic() - began) * 1000:
                    room.platform.ask(texts[n % 7])
                    n += 1
                await asyncio.sleep(0.005)

        task = asyncio.create_task(flood())
        await asyncio.sleep(1.5)
        assert len(room.platform.sent) > 20
        pressed = time.monotonic()
        await tab.keyboard.press("s")
        await tab.locator(".head .stop.on", has_text=SAID[locale][2]).wait_for()
        shown = time.monotonic()
        await asyncio.sleep(1.0)
        running = False
        await task
        last = max(at for at, _ in room.platform.sent)
        assert last - pressed < 0.2
        assert last < shown
        assert room.stage.counters.fates["to_host"] > 100


async def test_the_desk_on_a_phone(tmp_path: Path, browser: Any) -> None:
    """Nothing hangs over the edge, and what is pressed is as big as a thumb."""
    async with assisted(tmp_path) as room:
        tab = await browser(room).open(size="phone")
        room.platform.ask("多少钱")
        await tab.locator(".card.chosen .act.yes").wait_for()
        assert await tab.evaluate("document.documentElement.scrollWidth <= innerWidth")
        for button in (".card.chosen .act.yes", ".card.chosen .act.no", ".head .stop"):
            box = await tab.locator(button).bounding_box()
            assert box["height"] >= 36 and box["x"] >= 0 and box["x"] + box["width"] <= 390, button
        await tab.locator(".card.chosen .act.yes").click()
        await room.until(lambda: room.platform.sent)


async def test_the_login_and_what_a_viewer_may(tmp_path: Path, browser: Any) -> None:
    """Nothing is shown before; a wrong token says so; a viewer sees the room and no button that acts."""
    async with assisted(tmp_path, people=PEOPLE) as room:
        tab = await browser(room).open()
        room.platform.ask("多少钱")
        await tab.locator(".login input").fill("not-the-token-12345")
        await tab.locator(".login button").click()
        await tab.locator(".login .wrong", has_text=SAID["zh-CN"][3]).wait_for()
        assert await tab.locator(".card").count() == 0
        await tab.locator(".login input").fill(EVE)
        await tab.locator(".login button").click()
        await tab.locator(".card .said", has_text="现价129元").wait_for()
        assert await tab.locator(".login").count() == 0
        assert await tab.locator(".act, .stop, .mini, .composer").count() == 0
        await tab.keyboard.press("a")
        await tab.keyboard.press("s")
        await asyncio.sleep(0.2)
        assert not room.platform.sent and room.stage._room.state.mode == "assist"
        await tab.reload()
        await tab.locator(".card .said").wait_for()  # the token is kept for this tab


async def test_ones_own_line_and_taking_it_back(tmp_path: Path, browser: Any) -> None:
    """Checked while it is typed; posted about the product on screen; an answer can be deleted on the platform."""
    async with live_room(tmp_path, goods(), RoomPolicy(send_gap=0.0)) as room:
        tab = await browser(room).open()
        await tab.locator(".composer input").fill("现价1元")
        await tab.locator(".composer .wrong").wait_for()
        await tab.locator(".composer input").fill("亲，现价129元")
        await tab.locator(".composer button:enabled").click()
        await room.until(lambda: room.platform.sent)
        assert room.platform.sent[0][1] == "1号亚麻衬衫：亲，现价129元"
        room.platform.ask("重量多少")
        await tab.get_by_role("button", name="撤回").click()
        await room.until(lambda: room.platform.erased)
        assert room.platform.erased == ["m2"]


async def test_the_owner_saves_a_days_record(tmp_path: Path, browser: Any) -> None:
    """One click; the file says that its chain holds, and who ruled what."""
    async with assisted(tmp_path) as room:
        tab = await browser(room).open()
        room.platform.ask("多少钱")
        await tab.locator(".card.chosen").wait_for()
        await asyncio.sleep(GUARD)
        await tab.keyboard.press("a")
        await room.until(lambda: room.platform.sent)
        await asyncio.sleep(0.5)
        async with tab.expect_download() as saved:
            await tab.locator(".strip .export button").click()
        with zipfile.ZipFile(await (await saved.value).path()) as file:
            assert "the chain holds" in file.read("verification.txt").decode()
            table = next(n for n in file.namelist() if n.endswith(".csv"))
            assert "approve: done" in file.read(table).decode("utf-8-sig")


async def test_the_host_reads_a_cue_and_says_it(tmp_path: Path, browser: Any) -> None:
    """Large type; what was said by voice is not answered again; a countdown; OBS gets no background."""
    async with live_room(tmp_path, goods(), RoomPolicy(schedule=(Planned("23:59", "抽奖"),))) as room:
        people = browser(room)
        tab = await people.open("host")
        for _ in range(3):
            room.platform.ask("孕妇能穿吗")
        await tab.locator(".cue .ask", has_text="孕妇能穿吗").wait_for()
        size = await tab.locator(".cue .ask").evaluate("e => parseFloat(getComputedStyle(e).fontSize) / innerHeight")
        assert size >= 1 / 18
        await tab.locator(".due", has_text="抽奖 23:59").wait_for()
        await asyncio.sleep(0.6)
        await tab.keyboard.press(" ")
        await tab.locator(".none").wait_for()
        room.platform.ask("孕妇可以穿吗")
        await room.until(lambda: room.stage.counters.fates["merged"] == 1)
        clear = await people.open("host?clear")
        assert await clear.evaluate("getComputedStyle(document.body).backgroundColor") == "rgba(0, 0, 0, 0)"


@pytest.mark.parametrize("path", ["", "host"])
async def test_it_can_be_used_by_everybody(path: str, tmp_path: Path, browser: Any) -> None:
    """axe finds no serious fault in it, in both languages."""
    axe = pytest.importorskip("axe_playwright_python.async_playwright").Axe()
    async with assisted(tmp_path) as room:
        people = browser(room)
        for n in range(6):
            room.platform.ask(("多少钱", "孕妇能穿吗", "2号多少钱")[n % 3])
        for locale, scheme in (("zh-CN", "light"), ("en-US", "dark")):
            tab = await people.open(path, locale=locale, scheme=scheme)
            await tab.locator(".card.chosen, .cue").first.wait_for()
            found = (await axe.run(tab)).response["violations"]
            serious = [v for v in found if v["impact"] in ("serious", "critical")]
            bad = [(v["id"], node["html"][:120]) for v in serious for node in v["nodes"]]
            assert bad == []


@pytest.mark.parametrize("locale", ["zh-CN", "en-US"])
async def test_a_script_is_made_changed_and_followed(locale: str, tmp_path: Path, browser: Any) -> None:
    """Written from the products, put into other words, held to the facts by hand, rehearsed, mended, and read off."""
    lang = locale[:2]
    async with live_room(tmp_path, goods(), RoomPolicy()) as room:
        people = browser(room)
        tab = await people.open("script", locale=locale)
        await tab.locator("input[type=number]").first.fill("5")
        await tab.locator("form button.go").click()
        offer = tab.locator("[data-section='shirt:offer']")
        await offer.locator("li", has_text="129").wait_for()
        hook = tab.locator("[data-section='shirt:hook']")
        before = await hook.locator("ol").inner_text()
        await hook.locator(".acts button").first.click()
        other = "(was) => document.querySelector(`[data-section='shirt:hook'] ol`).innerText !== was"
        await tab.wait_for_function(other, arg=before)
        await hook.locator(".acts button").nth(1).click()
        await hook.locator(".edit input").fill("现价1元")
        await hook.locator(".edit button.go").click()
        await hook.locator(".no").wait_for()
        await hook.locator(".edit input").fill("大家好，来看衬衫")
        await hook.locator(".edit button.go").click()
        await hook.locator("li.by-person", has_text="大家好，来看衬衫").wait_for()
        await hook.locator(".acts button").nth(2).click()
        await tab.locator("[data-section='shirt:hook'].locked").wait_for()
        await tab.locator("header button").first.click()
        await tab.locator("li.lit").wait_for()
        host = await people.open("host", locale=locale)
        price = "一百二十九元" if lang == "zh" else "one hundred and twenty-nine yuan"
        await host.locator(".script li", has_text=price).wait_for()
        room.stage.stock(goods(price=15900, version=2))
        await host.locator(".script li.stale", has_text="一百五十九" if lang == "zh" else "fifty-nine").first.wait_for()
        await tab.locator(".stale-bar button").click()
        await offer.locator("li", has_text="159").wait_for()
        await tab.locator(".stale-bar").wait_for(state="detached")
