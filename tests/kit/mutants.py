"""Ways to break an adapter, one for each thing that the kit tries. None of them may pass.

A mutant wraps a good adapter: it changes what the adapter hears, says, sends or raises.
"""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from bot.domain.errors import Fatal, Retry, RoomEnded
from bot.domain.events import Event
from bot.domain.ports import Adapter, AdapterFactory, Outgoing, Receipt, Session


class Ctx:
    """A session that changes what goes through it."""

    def __init__(self, ctx: Session, change: Callable[[Event], list[Event]], **more: Any) -> None:
        self._ctx, self._change, self._more = ctx, change, more

    def emit(self, event: Event) -> None:
        for one in self._change(event):
            self._ctx.emit(one)

    def malformed(self, why: str) -> None:
        if "malformed" in self._more:
            self._more["malformed"](why)
        else:
            self._ctx.malformed(why)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._ctx, name)


class Mutant:
    """A good adapter with one fault."""

    def __init__(self, good: Adapter, token: str) -> None:
        self.good, self.token = good, token

    def caps(self) -> Any:
        return self.good.caps()

    async def session(self, ctx: Session) -> None:
        await self.good.session(ctx)

    async def send(self, out: Outgoing) -> Receipt:
        return await self.good.send(out)

    async def aclose(self) -> None:
        await self.good.aclose()


def _heard(change: Callable[[Event], list[Event]], **more: Any) -> type[Mutant]:
    class Heard(Mutant):
        async def session(self, ctx: Session) -> None:
            await self.good.session(Ctx(ctx, change, **more))

    return Heard


def _swap() -> Callable[[Event], list[Event]]:
    held: list[Event] = []

    def change(event: Event) -> list[Event]:
        if event.kind != "comment" or event.id.startswith("mark"):
            out = [*held, event]
            held.clear()
            return out
        held.append(event)
        if len(held) < 2:
            return []
        out = held[::-1]
        held.clear()
        return out

    return change


def _raise(error: Exception) -> Callable[[str], None]:
    def malformed(why: str) -> None:
        raise error

    return malformed


def _stranger(event: Event) -> list[Event]:
    if event.kind == "other":
        raise Retry("what is this?")
    return [event]


def _replaced(**fields: Any) -> Callable[[Event], list[Event]]:
    return lambda event: [msgspec.structs.replace(event, **fields)]


def _ends(error: Callable[[BaseException], BaseException]) -> type[Mutant]:
    class Ends(Mutant):
        async def session(self, ctx: Session) -> None:
            try:
                await self.good.session(ctx)
            except (Retry, Fatal) as why:
                raise error(why) from why

    return Ends


class _Deaf(Mutant):
    """Notices no silence: it waits for the platform for ever."""

    async def session(self, ctx: Session) -> None:
        try:
            await self.good.session(ctx)
        except Retry:
            await asyncio.sleep(3600)


class _Cut(Mutant):
    async def send(self, out: Outgoing) -> Receipt:
        return await self.good.send(msgspec.structs.replace(out, text=out.text[:20]))


class _Twice(Mutant):
    """Tries again by itself."""

    async def send(self, out: Outgoing) -> Receipt:
        receipt = await self.good.send(out)
        return await self.good.send(out) if receipt.outcome == "dropped" else receipt


class _Unwarned(Mutant):
    async def send(self, out: Outgoing) -> Receipt:
        return msgspec.structs.replace(await self.good.send(out), after=0.0)


class _Keyless(Mutant):
    async def send(self, out: Outgoing) -> Receipt:
        return msgspec.structs.replace(await self.good.send(out), key="")


class _Open(Mutant):
    """Shows its credential."""

    def __repr__(self) -> str:
        return f"Adapter({self.token})"


class _Stubborn(Mutant):
    """Does not stop when it is asked to."""

    async def session(self, ctx: Session) -> None:
        try:
            await self.good.session(ctx)
        except asyncio.CancelledError:
            await asyncio.sleep(6)
            raise


class _Messy(Mutant):
    """Leaves a task behind."""

    async def session(self, ctx: Session) -> None:
        self.left = asyncio.create_task(_idle())
        await self.good.session(ctx)


async def _idle() -> None:
    await asyncio.sleep(8)


class _Mute(Mutant):
    """Never says that it is connected."""

    async def session(self, ctx: Session) -> None:
        class Quiet(Ctx):
            def ready(self) -> None:
                pass

        await self.good.session(Quiet(ctx, lambda event: [event]))


MUTANTS: dict[str, tuple[type[Mutant], str]] = {
    "events swapped": (_heard(_swap()), "order"),
    "never ready": (_Mute, "order"),
    "some events of a batch lost": (_heard(lambda e: [e] if not e.id.endswith(("1", "3")) else []), "together"),
    "ids forgotten": (_heard(_replaced(id="")), "once"),
    "ids made new at each delivery": (_heard(lambda e: [msgspec.structs.replace(e, id=f"{e.id}-{id(e)}")]), "once"),
    "a cut is taken for the end": (_ends(lambda why: RoomEnded("over")), "lost"),
    "a close is taken for the end": (_ends(lambda why: RoomEnded("over")), "closed"),
    "silence is not noticed": (_Deaf, "silent"),
    "an unknown kind breaks the connection": (_heard(_stranger), "stranger"),
    "a broken frame breaks the connection": (_heard(lambda e: [e], malformed=_raise(Retry("broken"))), "garbage"),
    "broken frames are not told": (_heard(lambda e: [e], malformed=lambda why: None), "garbage"),
    "refused credentials are tried again": (_ends(lambda why: Retry(str(why))), "credentials"),
    "the wait is not told": (_Unwarned, "throttled"),
    "a refused line is tried again at once": (_Twice, "throttled"),
    "lines are cut": (_Cut, "lines"),
    "receipts have no key": (_Keyless, "lines"),
    "own lines are not marked": (_heard(_replaced(own=False)), "own"),
    "history is not marked": (_heard(_replaced(backfill=False)), "own"),
    "a retract has no target": (_heard(_replaced(target="")), "retracted"),
    "a large frame ends the show": (_ends(lambda why: Fatal("too large")), "limits"),
    "the credential is shown": (_Open, "secrets"),
    "it does not stop": (_Stubborn, "stop"),
    "a task is left": (_Messy, "stop"),
}  # fmt: skip


def broken(factory: AdapterFactory, mutant: type[Mutant]) -> AdapterFactory:
    """Return a factory of adapters with a fault."""

    def made(url: str, options: Mapping[str, str]) -> Adapter:
        return mutant(factory(url, options), options.get("token", ""))

    return made
