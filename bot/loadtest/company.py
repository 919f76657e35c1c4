"""A bot of our own to test: store, workers and front, each its own process, and hands that harm them on command."""

import asyncio
import os
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path

import urllib3

from bot.backends.valkey import EmbeddedValkey
from bot.child import end
from bot.domain.errors import SettingsError, ZhuboError
from bot.loadtest.play import Hands

COMES_UP = 120.0  # seconds; a model may have to be loaded


class Company:
    """Processes that make up a bot.

    Attributes:
        metrics: URL of its `/metrics`.
        pids: of the front and the workers; `front` is the front's.
    """

    def __init__(self, folder: Path) -> None:
        self._folder, self._store = folder, EmbeddedValkey(folder / "store")
        self._workers: list[asyncio.subprocess.Process] = []
        self._front: asyncio.subprocess.Process | None = None
        self.metrics = ""

    @property
    def front(self) -> int:
        """Process id of the front."""
        return self._front.pid if self._front else 0

    @property
    def hands(self) -> Hands:
        """How to harm it: the store is killed, or the first worker; the last one stands still."""
        return {
            "kill_store": lambda _: os.kill(self._store.pid, signal.SIGKILL),
            "kill_worker": lambda _: self._workers[0].kill(),
            "stop_worker": lambda seconds: stand_still(self._workers[-1].pid, seconds),
        }

    @asynccontextmanager
    async def up(
        self, rooms: Sequence[str], catalogue: Path, *, model: str, workers: int, options: Sequence[str] = (),
        batch: int = 8,
    ) -> AsyncIterator["Company"]:  # fmt: skip
        """Run everything meanwhile; the front's output is kept in the folder. Raises ZhuboError when it fails."""
        async with AsyncExitStack() as stack:
            await self._store.start()
            stack.push_async_callback(self._store.stop)
            watch = asyncio.create_task(self._store.watch())
            stack.callback(watch.cancel)
            store = ("--redis-url", self._store.url, "--data", str(self._folder))
            for n in range(workers):
                wanted = ("worker", *store, "--model", model, "--batch", str(batch))
                self._workers.append(await stack.enter_async_context(self._process(f"worker{n}", *wanted)))
            listed = [part for room in rooms for part in ("--room", room)]
            port = _free_port()
            self.metrics = f"http://127.0.0.1:{port}/metrics"
            shop = ("--catalogue", str(catalogue), "--page-port", str(port), "--mqtt-port", "0")
            command = ("run", *listed, "--apart", *shop, *store, *options)
            self._front = await stack.enter_async_context(self._process("front", *command))
            await self._ready(workers)
            yield self

    async def _ready(self, workers: int) -> None:
        until, http = time.monotonic() + COMES_UP, urllib3.PoolManager(retries=False, timeout=2.0)
        while True:
            for process, log in [(self._front, "front"), *((w, f"worker{n}") for n, w in enumerate(self._workers))]:
                if process and process.returncode is not None:
                    raise ZhuboError(f"the {log} ended at once: {self._said(log)}")
            try:
                page = (await asyncio.to_thread(http.request, "GET", self.metrics)).data.decode()
                if f"zhubo_workers {float(workers)}" in page:
                    return
            except urllib3.exceptions.HTTPError:
                pass
            if time.monotonic() > until:
                said = " / ".join(self._said(log) for log in ("front", "worker0"))
                raise ZhuboError(f"the bot did not come up within {COMES_UP:g} s. It said: {said}")
            await asyncio.sleep(0.1)

    def _said(self, log: str) -> str:
        lines = (self._folder / f"{log}.log").read_text("utf-8", "replace").strip().splitlines()
        return lines[-1] if lines else "nothing"

    @asynccontextmanager
    async def _process(self, log: str, *arguments: str) -> AsyncIterator[asyncio.subprocess.Process]:
        with (self._folder / f"{log}.log").open("wb") as out:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bot", *arguments, stdin=asyncio.subprocess.DEVNULL, stdout=out, stderr=out
            )
        try:
            yield process
        finally:
            if process.returncode is None:
                process.send_signal(signal.SIGCONT)  # one that stands still cannot end
            await end(process)


def others(worker: int, store: int) -> Hands:
    """Return hands for processes that somebody else started, by their ids; 0 for none. Raises SettingsError."""
    for option, pid in (("--worker-pid", worker), ("--store-pid", store)):
        if pid and not _there(pid):
            raise SettingsError(f"{option} {pid}: there is no such process of yours. Fix: give the right one.")
    hands: dict[str, Callable[[float], None]] = {}
    if worker:
        hands["kill_worker"] = lambda _: _kill(worker)
        hands["stop_worker"] = lambda seconds: stand_still(worker, seconds)
    if store:
        hands["kill_store"] = lambda _: _kill(store)
    return hands


_still: set[int] = set()


def stand_still(pid: int, seconds: float) -> None:
    """Stop a process (SIGSTOP) and let it go on after some seconds, or when `go_on` is called."""
    if _there(pid):
        os.kill(pid, signal.SIGSTOP)
        _still.add(pid)
        asyncio.get_running_loop().call_later(seconds, go_on)


def go_on() -> None:
    """Let all processes go on that stand still."""
    while _still:
        with suppress(ProcessLookupError):
            os.kill(_still.pop(), signal.SIGCONT)


def _there(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def _kill(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
