"""The page under 5,000 comments a minute in headless Chromium: long tasks, memory, frames while scrolling, first paint.

make bench-desk
"""

import argparse
import asyncio
import tempfile
import time
from pathlib import Path
from typing import Any

from playwright.async_api import async_playwright

from bot.domain.policy import RoomPolicy
from bot.insight.counters import slope
from tests.backends.dashboard.test_page import ARGS, CHROMIUM
from tests.bench.sheet import show, verdict
from tests.e2e.live_room import live_room
from tests.fakes import goods

TEXTS = (
    "来了",
    "666",
    "主播好美啊今天",
    "多少钱",
    "好看",
    "什么时候发货",
    "哈哈哈",
    "L码还有吗",
    "孕妇能穿吗",
    "2号多少钱",
)
WATCH = """() => {
  window.long = [];
  new PerformanceObserver((l) => { for (const e of l.getEntries()) window.long.push([e.startTime, e.duration]); })
    .observe({ type: "longtask", buffered: true });
}"""
SCROLL = """(seconds) => new Promise((done) => {
  const box = document.querySelector(".chat .scroll"), began = performance.now();
  let frames = 0, up = true;
  const step = (now) => {
    frames++;
    box.scrollTop += up ? -40 : 40;
    if (box.scrollTop <= 0) up = false;
    if (box.scrollTop + box.clientHeight >= box.scrollHeight - 1) up = true;
    if (now - began < seconds * 1000) requestAnimationFrame(step);
    else done(frames / ((now - began) / 1000));
  };
  requestAnimationFrame(step);
})"""


async def measure(seconds: float, rate: float, mode: Any) -> dict[str, float]:
    """Return what was seen."""
    found: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        policy = RoomPolicy(send_gap=2.0, mode=mode, repeat_after=20.0)
        async with live_room(Path(folder), goods(), policy) as room, async_playwright() as runner:
            browser = await runner.chromium.launch(
                executable_path=CHROMIUM, args=[*ARGS, "--enable-precise-memory-info"]
            )
            tab = await browser.new_page(viewport={"width": 1440, "height": 900}, locale="zh-CN")
            await tab.goto(room.page.url)
            await tab.locator(".head .stop").wait_for()
            paint = "performance.getEntriesByName('first-contentful-paint')[0].startTime"
            found["first paint"] = await tab.evaluate(paint)
            await tab.evaluate(WATCH)
            session = await tab.context.new_cdp_session(tab)
            running = True

            async def write() -> None:
                began, n = time.monotonic(), 0
                while running:
                    while n < (time.monotonic() - began) * rate:
                        room.platform.ask(TEXTS[n % 10] + "啊" * (n % 4), viewer=f"u{n % 900}")
                        n += 1
                    await asyncio.sleep(0.01)

            writing = asyncio.create_task(write())
            await asyncio.sleep(5)
            start = await tab.evaluate("performance.now()")
            memory, began, fps = [], time.monotonic(), []
            while (gone := time.monotonic() - began) < seconds:
                await session.send("HeapProfiler.collectGarbage")  # what is left is held
                memory.append((gone / 60, await tab.evaluate("performance.memory.usedJSHeapSize") / 2**20))
                if len(memory) % 6 == 3:
                    await tab.locator(".chat .segments button").nth(1).click()
                    fps.append(await tab.evaluate(SCROLL, 3))
                    await tab.locator(".chat .segments button").nth(0).click()
                await asyncio.sleep(min(5.0, seconds / 12))
            tasks = [d for at, d in await tab.evaluate("window.long") if at > start]
            running = False
            await writing
            found |= {
                "comments": room.stage.counters.received, "long tasks": len(tasks), "longest": max(tasks, default=0.0),
                "fps": min(fps), "heap": memory[-1][1], "growth": slope(memory[len(memory) // 3 :]),
                "dom": await tab.evaluate("document.querySelectorAll('*').length"),
            }  # fmt: skip
            await browser.close()
    return found


def main() -> int:
    """Measure and print; 1 when a floor is missed."""
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("--seconds", type=float, default=300.0)
    options.add_argument("--rate", type=float, default=5000 / 60)
    options.add_argument("--mode", default="assist")
    options.add_argument("--out", type=Path, default=None)
    given = options.parse_args()
    if CHROMIUM is None:
        print("no Chromium on the PATH: not measured. Fix: install chromium.")  # noqa: T201
        return 1
    found = asyncio.run(measure(given.seconds, given.rate, given.mode))
    rows = [
        ("comments shown to one page", f"{found['comments']:,.0f} in {given.seconds:.0f} s"),
        ("first paint", f"{found['first paint']:.0f} ms"),
        ("tasks over 50 ms; the longest", f"{found['long tasks']:.0f}; {found['longest']:.0f} ms"),
        ("frames a second while scrolling, worst", f"{found['fps']:.0f}"),
        ("JavaScript heap held at the end; its growth", f"{found['heap']:.1f} MB; {found['growth']:+.2f} MB/min"),
        ("elements on the page", f"{found['dom']:,.0f}"),
    ]
    show(
        "page", f"the page, {given.rate * 60:,.0f} comments a minute, {given.mode}", ("what", "figure"), rows, given.out
    )
    floors = (
        ("a task of more than 200 ms", found["longest"] > 200), ("fewer than 50 frames a second", found["fps"] < 50),
        ("first paint after 1 s", found["first paint"] > 1000), ("the heap grows", found["growth"] > 1.0),
    )  # fmt: skip
    return verdict([text for text, missed in floors if missed])


if __name__ == "__main__":
    raise SystemExit(main())
