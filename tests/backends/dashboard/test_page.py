"""The page in a real browser."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from typing import Any, get_args

import pytest

from bot.backends.dashboard import Page
from bot.domain.turns import FATES, CommentKind, Fact
from bot.domain.views import LinkState
from tests.backends.dashboard.conftest import NOW, ROOM, answered, heard, question, status, turn

playwright = pytest.importorskip("playwright.async_api")
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
pytestmark = [pytest.mark.page, pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on the PATH")]
SIZES = {"desktop": (1440, 900), "phone": (390, 844)}


class Tab:
    """A browser tab on the page; every error in its console is kept."""

    def __init__(self, tab: Any, url: str) -> None:
        self.tab, self.url = tab, url
        self.errors: list[str] = []
        tab.set_default_timeout(8000)
        tab.on("pageerror", lambda error: self.errors.append(str(error)))
        tab.on("console", lambda m: self.errors.append(m.text) if m.type in ("error", "warning") else None)

    async def text(self, selector: str) -> str:
        """The text of the first match, as a reader sees it."""
        return str(await self.tab.locator(selector).first.inner_text())


@pytest.fixture
async def browse(page: Page) -> AsyncIterator[Any]:
    """Open the page: `await browse(locale="zh-CN", size="desktop", query="", scheme="light")`."""
    async with playwright.async_playwright() as runner:
        browser = await runner.chromium.launch(executable_path=CHROMIUM, args=ARGS)

        async def open_tab(locale: str = "zh-CN", size: str = "desktop", query: str = "", scheme: str = "light") -> Tab:
            width, height = SIZES[size]
            context = await browser.new_context(
                locale=locale, viewport={"width": width, "height": height}, color_scheme=scheme
            )
            tab = Tab(await context.new_page(), page.url + query)
            await tab.tab.goto(tab.url)
            await tab.tab.locator(".head").wait_for()
            return tab

        yield open_tab
        await browser.close()


def show(page: Page) -> None:
    """A short show: chatter, a question answered for three, one for the host, one draft held back."""
    page(ROOM, status(notes=("no_store",)))
    for seq, text in enumerate(("来了", "666", "主播好美"), start=1):
        page(ROOM, heard(seq, text))
        page(ROOM, turn(seq, "ignored", text))
    page(ROOM, answered("q1"))
    for seq in (4, 5, 6):
        page(ROOM, heard(seq, "有M码吗"))
        about = {"question": "q1", "answer": "【3人问】M码还有12件", "askers": 3, "kind": "question", "product": "p1"}
        page(ROOM, turn(seq, "answered" if seq == 4 else "merged", reason="sent", slots=("stock",), version=3, **about))
    page(ROOM, question("q2", "to_host", text="孕妇能用吗", reason="not_on_card", changed=NOW, askers=7))
    page(ROOM, question("q3", "drafting", text="适合送妈妈吗", heat=12, askers=12))
    page(ROOM, question("q4", "withheld", text="最低多少", answer="只要99元", path="model", reason="guard:number:99元"))


async def test_chinese_page_tells_the_story(page: Page, browse: Any) -> None:
    """A Chinese browser sees fates, the answer with its facts, the suggestion, the host's list, stock and notes."""
    show(page)
    tab = await browse("zh-CN")
    await tab.tab.locator(".answer.sent").wait_for()
    answer = await tab.text(".answer.sent")
    for part in (
        "M码还有12件",
        "3 人问",
        "事实",
        "价格",
        "¥129.00",
        "目录 v3",
        "顺带推荐",
        "2号 羊绒围巾",
        "搭配",
        "4.0 s",
    ):
        assert part in answer
    chips = await tab.tab.locator(".line .chip.fate").all_inner_texts()
    assert chips == ["已回答", "已合并", "已合并"]
    assert "孕妇能用吗" in await tab.text(".panel .host") and "商品资料里没有写" in await tab.text(".panel .host")
    assert "起草中" in await tab.text(".open") and "12 人问" in await tab.text(".open")
    assert "羊毛大衣" in await tab.text(".hero") and "库存 12" in await tab.text(".hero")
    assert "售罄" in await tab.text(".products .out")
    assert "会话存储连不上" in await tab.text(".notices")
    await tab.tab.locator(".row-errors button").click()
    assert "填数字" in await tab.text(".row-errors ol") and "write" not in await tab.text(".row-errors ol")
    await tab.tab.locator(".answers .segments button").nth(2).click()
    assert "已拦下" in await tab.text(".answer.unsent") and "99元" in await tab.text(".answer.unsent .why")
    assert await tab.tab.locator(".plot canvas").count() == 2
    assert tab.errors == []


async def test_language_and_theme_are_remembered(page: Page, browse: Any) -> None:
    """An English browser starts in English and light; both switches survive a reload."""
    show(page)
    tab = await browse("en-US")
    await tab.tab.locator(".answer.sent").wait_for()
    assert "3 asked" in await tab.text(".answer.sent") and "catalogue v3" in await tab.text(".answer.sent")
    assert "Wool coat" in await tab.text(".hero")
    await tab.tab.locator("button.tool.text").click()
    await tab.tab.locator(".tool:not(.text)").click()
    await tab.tab.reload()
    await tab.tab.locator(".answer.sent").wait_for()
    assert "3 人问" in await tab.text(".answer.sent")
    root = await tab.tab.evaluate("[document.documentElement.lang, document.documentElement.dataset.theme]")
    assert root == ["zh-CN", "dark"]
    assert tab.errors == []


async def test_comment_leads_to_its_answer(page: Page, browse: Any) -> None:
    """Pointing at a comment marks its answer; clicking it tells reason, product, slots, answer and seconds."""
    show(page)
    tab = await browse("zh-CN")
    row = tab.tab.locator(".line[data-seq='5'] .row")
    await row.hover()
    await tab.tab.locator(".answer[data-linked='true']").wait_for()
    await row.click()
    details = await tab.text(".details")
    for part in ("已发到直播间", "1号 羊毛大衣", "库存", "3 人问", "【3人问】M码还有12件", "2.0 s"):
        assert part in details


async def test_hostile_comment_is_only_text(page: Page, browse: Any) -> None:
    """Markup is shown as typed, nothing in it runs, and characters that turn or hide text are gone."""
    evil = "<img src=x onerror=alert(1)><script>window.hacked=1</script>\u202e反\u200b转\u2066 &lt;b&gt;" + "字" * 400
    page(ROOM, status(link_why=evil, link="degraded"))
    page(ROOM, heard(1, evil))
    page(ROOM, turn(1, "to_host", evil, reason=evil, product=evil))
    page(ROOM, question("q", "to_host", text=evil, reason=evil, changed=NOW))
    page(ROOM, answered("q2", text=evil, answer=evil, facts=(Fact(evil, evil, evil),)))
    for size in SIZES:
        tab = await browse("zh-CN", size)
        await tab.tab.locator(".line .words").first.wait_for(state="attached")
        shown = await tab.tab.locator(".line .words").first.text_content()
        assert shown.startswith("<img src=x onerror=alert(1)><script>window.hacked=1</script>反转 &lt;b&gt;")
        assert await tab.tab.locator("#app img, #app script, #app b b").count() == 0
        assert await tab.tab.evaluate("window.hacked") is None
        assert not set("\u202e\u200b\u2066") & set(await tab.tab.locator("body").text_content())
        assert await tab.tab.evaluate("document.documentElement.scrollWidth") == SIZES[size][0]
        assert tab.errors == []


@pytest.mark.parametrize("size", SIZES)
async def test_nothing_scrolls_sideways(page: Page, browse: Any, size: str) -> None:
    """On a desktop and on each view of a phone, nothing reaches beyond the right edge."""
    show(page)
    tab = await browse("en-US", size)
    await tab.tab.locator(".answer").first.wait_for(state="attached")
    for n in range(5 if size == "phone" else 1):
        if size == "phone":
            await tab.tab.locator(".tabs button").nth(n).click()
        beyond = await tab.tab.evaluate(
            "[...document.querySelectorAll('#app *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1)"
            ".map(e => e.className)"
        )
        assert beyond == []


async def test_page_lives(page: Page, browse: Any) -> None:
    """A new comment, its fate and a changed price appear without a reload; a flood says what it left out."""
    show(page)
    tab = await browse("zh-CN")
    await tab.tab.locator(".chat .segments button").nth(1).click()
    page(ROOM, heard(20, "还有红色吗"))
    await tab.tab.locator(".line.pending[data-seq='20']").wait_for()
    page(ROOM, turn(20, "expired", "还有红色吗", reason="no_slot", kind="question"))
    await tab.tab.locator(".line[data-seq='20'] .chip[data-fate='expired']").wait_for()
    cheaper = status(NOW + 1, products=(status().products[1],), on_screen="p2")
    page(ROOM, cheaper)
    await tab.tab.locator(".hero", has_text="羊绒围巾").wait_for()
    for seq in range(30, 130):
        page(ROOM, heard(seq, "刷屏"))
    await tab.tab.locator(".gap", has_text="60").wait_for()
    assert tab.errors == []


async def test_rooms_can_be_switched(page: Page, browse: Any) -> None:
    """With two rooms there is a switcher, and the address names the room that is shown."""
    page(ROOM, heard(1, "第一间"))
    page(ROOM, turn(1, "to_host", "第一间"))
    page("second room", heard(1, "in the second"))
    page("second room", turn(1, "to_host", "in the second"))
    tab = await browse("en-US")
    await tab.tab.locator(".line", has_text="第一间").wait_for()
    await tab.tab.locator(".rooms select").select_option("second room")
    await tab.tab.locator(".line", has_text="in the second").wait_for()
    assert await tab.tab.locator(".line", has_text="第一间").count() == 0
    assert tab.tab.url.endswith("?room=second%20room")


async def test_page_finds_its_server_again(page: Page, browse: Any) -> None:
    """Cut off, the page says so and comes back by itself with what happened meanwhile."""
    show(page)
    tab = await browse("zh-CN")
    await tab.tab.locator(".answer.sent").wait_for()
    await tab.tab.context.set_offline(True)
    await asyncio.gather(*(client.connection.close() for client in list(page._clients)))
    await tab.tab.locator(".notices", has_text="正在重连").wait_for()
    page(ROOM, heard(50, "断线时说的"))
    page(ROOM, turn(50, "to_host", "断线时说的"))
    await tab.tab.context.set_offline(False)
    await tab.tab.locator(".line", has_text="断线时说的").wait_for()


async def test_every_code_of_the_domain_has_words(page: Page, browse: Any) -> None:
    """Fates, kinds, states and notes have words in both languages; an unknown reason is shown as it is."""
    tab = await browse("en-US")
    script = """async ([lang, table, codes]) => {
        const w = (await import("/words.js")).wordsFor(lang);
        return codes.map((code) => w.of(table, code));
    }"""
    notes = ("no_store", "no_worker", "no_catalogue", "degraded", "connecting", "bad_credentials", "ended")
    open_states = ("open", "drafting", "ready", "sending")
    tables = {
        "fate": FATES,
        "kind": get_args(CommentKind),
        "link": get_args(LinkState),
        "note": notes,
        "state": open_states,
    }
    for table, codes in tables.items():
        said = [await tab.tab.evaluate(script, [lang, table, list(codes)]) for lang in ("zh", "en")]
        for zh, en, code in zip(*said, codes, strict=True):
            assert zh != code and en != code and zh != en
    reason = "async (code) => (await import('/words.js')).wordsFor('en').reason(code)"
    assert await tab.tab.evaluate(reason, "brand_new_code") == "brand_new_code"
