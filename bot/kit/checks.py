"""What is tried. Each check has its own platform and its own adapter; its docstring is what `zhubo kit` prints."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Literal

import msgspec

from bot.domain.errors import CheckFailed, NotHere
from bot.domain.ports import AdapterFactory
from bot.kit.bench import Bench, Words, working
from bot.kit.harness import Harness

FLOOD = 1000  # events per second under which an adapter must stop in time
GIVEN_UP = 20.0  # seconds in which a whole check must have come to an end

Check = Callable[[AdapterFactory, Harness], Awaitable[None]]
Outcome = Literal["ok", "failed", "not here"]


class Checked(msgspec.Struct, frozen=True):
    """What came of one check, and why when it was not ok."""

    name: str
    what: str
    outcome: Outcome
    why: str = ""


async def order(factory: AdapterFactory, harness: Harness) -> None:
    """Comments come in wire order."""
    async with working(factory, harness) as bench:
        await bench.live()
        said = [f"c{n}" for n in range(50)]
        for id in said:
            await harness.comment(id, f"第{id}条")
        await bench.until(lambda: len(bench.comments) >= len(said), f"{len(said)} comments must arrive")
        _equal(bench.comments, said, "order")


async def together(factory: AdapterFactory, harness: Harness) -> None:
    """Several events in one frame are all heard, in order."""
    async with working(factory, harness) as bench:
        await bench.live()
        said = [f"b{n}" for n in range(20)]
        await harness.batch(said)
        await bench.until(lambda: len(bench.comments) >= len(said), "all comments of a batch must arrive")
        _equal(bench.comments, said, "comments")


async def once(factory: AdapterFactory, harness: Harness) -> None:
    """What is delivered twice is heard once, over a reconnect, too."""
    async with working(factory, harness) as bench:
        await bench.live()
        for id in ("a", "b"):
            await harness.comment(id, f"{id}多少钱")
        await bench.settled()
        await harness.again(["a", "b"])
        await bench.settled()
        before = harness.connections()
        await harness.drop()
        await bench.until(lambda: harness.connections() > before, "a connection that is cut must be made again")
        await bench.live()
        await harness.again(["a", "b"])
        await bench.settled()
        _equal(bench.comments, ["a", "b"], "comments")


async def lost(factory: AdapterFactory, harness: Harness) -> None:
    """A connection that is cut is made again, and what is said afterwards is heard."""
    await _reconnects(factory, harness, harness.drop)


async def closed(factory: AdapterFactory, harness: Harness) -> None:
    """A connection that is closed in good order, while the show goes on, is made again."""
    await _reconnects(factory, harness, harness.close)


async def silent(factory: AdapterFactory, harness: Harness) -> None:
    """A connection on which nothing comes any more, not even heartbeats, is given up and made again."""
    async with working(factory, harness) as bench:
        await bench.live()
        before = harness.connections()
        await harness.stall()
        await bench.until(
            lambda: harness.connections() > before, "silence must be noticed", harness.patience + 3.0
        )  # fmt: skip
        await bench.live()
        await bench.settled()


async def stranger(factory: AdapterFactory, harness: Harness) -> None:
    """Events of unknown kinds cost nothing."""
    await _survives(factory, harness, harness.unknown)


async def garbage(factory: AdapterFactory, harness: Harness) -> None:
    """Frames that are none are counted, and the connection goes on."""
    if not await _survives(factory, harness, harness.malformed):
        raise CheckFailed("frames that cannot be read must be told with ctx.malformed()")


async def credentials(factory: AdapterFactory, harness: Harness) -> None:
    """Wrong credentials end the attempt for good: Fatal, and no second try."""
    await harness.reject_auth()
    async with working(factory, harness) as bench:
        await bench.until(lambda: bench.intake.state == "bad_credentials", "refused credentials must raise Fatal")
        if bench.waits:
            raise CheckFailed(f"refused credentials were tried again {len(bench.waits)} times")


async def throttled(factory: AdapterFactory, harness: Harness) -> None:
    """A line refused as too fast is a receipt "dropped" with the seconds to wait; the next one is sent."""
    async with working(factory, harness) as bench:
        await bench.live()
        _can_send(bench)
        await harness.throttle_next(1.5)
        receipt = await bench.send("k1", "第一句")
        if receipt.outcome != "dropped" or not 1.0 <= receipt.after <= 2.5:
            raise CheckFailed(f"expected a receipt dropped, after=1.5; got {receipt.outcome}, after={receipt.after:g}")
        again = await bench.send("k2", "第二句")
        if again.outcome not in ("accepted", "confirmed"):
            raise CheckFailed(f"the next line must be accepted, got {again.outcome} {again.why}")
        _equal(list(harness.sent()), ["第二句"], "lines at the platform")


async def lines(factory: AdapterFactory, harness: Harness) -> None:
    """A line of the longest length is sent whole, and its receipt carries its key."""
    async with working(factory, harness) as bench:
        await bench.live()
        _can_send(bench)
        text = "好" * bench.adapter.caps().max_chars
        receipt = await bench.send("key-1", text)
        if receipt.key != "key-1" or receipt.outcome not in ("accepted", "confirmed", "unknown"):
            raise CheckFailed(f"expected a receipt for key-1, got {receipt}")
        with suppress(CheckFailed):  # without receipts it may still be under way
            await bench.until(lambda: bool(harness.sent()), "the line must arrive", 1.0)
        _equal(list(harness.sent()), [text], "lines at the platform")


async def own(factory: AdapterFactory, harness: Harness) -> None:
    """Our own lines and history are marked, and so never answered."""
    async with working(factory, harness) as bench:
        await bench.live()
        missing: list[NotHere] = []
        for id, text, mine in (("mine", "现价129元", True), ("old", "昨天多少钱", False)):
            try:
                await harness.comment(id, text, own=mine, past=not mine)
            except NotHere as why:
                missing.append(why)
            await bench.settled()
        if len(missing) == 2:
            raise missing[0]
        _equal(bench.comments, [], "comments that would be answered")


async def retracted(factory: AdapterFactory, harness: Harness) -> None:
    """A comment taken back comes as "retract" with its id as target."""
    async with working(factory, harness) as bench:
        await bench.live()
        await harness.comment("gone", "多少钱")
        await harness.retract("gone")
        await bench.settled()
        if not any(h.kind == "retract" and h.target == "gone" for h in bench.heard):
            raise CheckFailed(f"expected a retract of 'gone', heard {[(h.kind, h.target) for h in bench.heard]}")


async def limits(factory: AdapterFactory, harness: Harness) -> None:
    """A frame of 60 kB is heard; one of many megabytes, or one that unpacks to that, costs at most the connection."""
    async with working(factory, harness) as bench:
        await bench.live()
        await harness.large("big", 60_000)
        await bench.until(lambda: "big" in bench.comments, "a frame of 60 kB must be heard")
        harms: tuple[Callable[[], Awaitable[None]], ...] = (lambda: harness.large("huge", 30_000_000), harness.bomb)
        for harm in harms:
            try:
                await harm()
            except NotHere:
                continue
            await asyncio.sleep(0.1)
            await bench.live()
            await bench.settled()


async def secrets(factory: AdapterFactory, harness: Harness) -> None:
    """The credential is in no repr and no log, whatever goes wrong."""
    if not harness.token:
        raise NotHere("the platform takes no credential")
    log, words = logging.getLogger(), Words()
    level = log.level
    log.addHandler(words)
    log.setLevel(logging.DEBUG)
    try:
        async with working(factory, harness) as bench:
            await bench.live()
            await harness.malformed()
            await bench.settled()
            await harness.drop()
            await bench.live()
            shown = [repr(bench.adapter), str(bench.adapter), bench.intake.why, *words.said]
    finally:
        log.removeHandler(words)
        log.setLevel(level)
    if any(harness.token in text for text in shown):
        raise CheckFailed("the credential stands in a repr, a reason or a log line")


async def stop(factory: AdapterFactory, harness: Harness) -> None:
    """Stopped within 3 s under 1,000 events a second, with no task left."""
    async with working(factory, harness) as bench:
        await bench.live()
        if bench.adapter.caps().sink:
            return  # nobody floods it
        ready, going = asyncio.Event(), True

        async def flood() -> None:
            n = 0
            while going:
                await harness.batch([f"f{n + i}" for i in range(FLOOD // 50)])
                n += FLOOD // 50
                ready.set()
                await asyncio.sleep(0.02)

        flooding, heard = asyncio.create_task(flood()), False
        try:
            await ready.wait()
            await bench.until(lambda: len(bench.comments) + len(bench.shed) > FLOOD // 4, "a flood must be heard")
            heard = True
        finally:
            if not heard:
                flooding.cancel()
    going = False
    await asyncio.wait([flooding])


CHECKS: dict[str, Check] = {
    check.__name__: check
    for check in (
        order, together, once, lost, closed, silent, stranger, garbage, credentials, throttled, lines, own, retracted,
        limits, secrets, stop,
    )
}  # fmt: skip


async def run(factory: AdapterFactory, harness: Callable[[], Harness], name: str) -> Checked:
    """Run one check on a new platform and a new adapter."""
    check = CHECKS[name]
    what = (check.__doc__ or "").splitlines()[0]
    try:
        async with asyncio.timeout(GIVEN_UP), harness() as platform:
            await check(factory, platform)
    except NotHere as reason:
        return Checked(name, what, "not here", str(reason))
    except CheckFailed as failed:
        return Checked(name, what, "failed", str(failed))
    except TimeoutError:
        return Checked(name, what, "failed", f"it did not come to an end within {GIVEN_UP:g} s")
    return Checked(name, what, "ok")


async def _survives(factory: AdapterFactory, harness: Harness, harm: Callable[[], Awaitable[None]]) -> int:
    """Check that a connection goes on; return how many frames were told to be unreadable."""
    async with working(factory, harness) as bench:
        await bench.live()
        before = harness.connections()
        await harm()
        await bench.settled()
        _equal(harness.connections(), before, "connections")
        return bench.intake.malformed_frames


async def _reconnects(factory: AdapterFactory, harness: Harness, harm: Callable[[], Awaitable[None]]) -> None:
    async with working(factory, harness) as bench:
        await bench.live()
        if not bench.adapter.caps().sink:
            await harness.comment("before", "多少钱")
            await bench.until(lambda: "before" in bench.comments, "a comment must arrive")
        before = harness.connections()
        await harm()
        await bench.until(lambda: harness.connections() > before, "the connection must be made again")
        await bench.live()
        await bench.settled()
        if not bench.waits:
            raise CheckFailed("session() must end by raising Retry, so that intake can wait before the next try")


def _can_send(bench: Bench) -> None:
    if not bench.adapter.caps().can_send:
        raise NotHere("the platform is read-only")


def _equal(got: object, wanted: object, what: str) -> None:
    if got != wanted:
        raise CheckFailed(f"{what}: expected {str(wanted)[:200]}, got {str(got)[:200]}")
