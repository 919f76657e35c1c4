"""A webhook, for adapters that platforms push to: one POST path on one port, bounded bodies, answered at once."""

import asyncio
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from aiohttp import web

from adapters.rest import read
from bot.domain.errors import Fatal, SettingsError

MOST = 1024 * 1024  # bytes of a body

# Takes headers (names in lower case) and the body; returns the HTTP status to answer with.
Take = Callable[[Mapping[str, str], bytes], int]


class Hook:
    """Listens while it is entered. `take` must not block: the platform waits for the answer."""

    def __init__(self, listen: str, path: str, take: Take) -> None:
        self._host, self._port = address(listen)
        self._path, self._take = path, take

    async def __aenter__(self) -> Self:
        """Listen. Raises Fatal."""
        app = web.Application(client_max_size=MOST)
        app.router.add_post(self._path, self._post)
        # Bodies are read as they come: one that says it is compressed is refused below.
        self._runner = web.AppRunner(app, access_log=None, auto_decompress=False, shutdown_timeout=0.5)
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, self._host, self._port, reuse_address=True).start()
        except OSError as error:
            await self._runner.cleanup()
            raise Fatal(
                f"{self._host}:{self._port} cannot be opened ({error.strerror}). Fix: give another ?listen=HOST:PORT."
            ) from error
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop listening."""
        await self._runner.cleanup()

    async def _post(self, request: web.Request) -> web.Response:
        if request.headers.get("Content-Encoding", "identity") != "identity":
            return web.Response(status=415)
        async with asyncio.timeout(5):
            body = await read(request.content, MOST)
        if len(body) > MOST:
            return web.Response(status=413)
        headers = {name.lower(): value for name, value in request.headers.items()}
        return web.Response(status=self._take(headers, body))


def address(listen: str) -> tuple[str, int]:
    """Read HOST:PORT. Raises SettingsError."""
    try:
        parts = urlsplit(f"//{listen}")
        if parts.hostname and parts.port:
            return parts.hostname, parts.port
    except ValueError:
        pass
    raise SettingsError(f"room: listen={listen} is no HOST:PORT. Fix: give ?listen=127.0.0.1:8780.")
