"""One HTTPS call with JSON, for adapters: bounded in time and size, and every failure said in words.

An answer is never decompressed (nothing compressed is asked for), so that a bomb stays as small as it came.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Any, Self, TypeVar

import aiohttp
import msgspec

from bot.domain.errors import Retry

WITHIN = 10.0  # seconds for one call
MOST = 1024 * 1024  # bytes of an answer
T = TypeVar("T")


class Answer(msgspec.Struct, frozen=True):
    """What a server said. `status` is 0 when nothing came: `why` tells, and `left` whether the request had left."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = {}
    why: str = ""
    left: bool = True

    @property
    def good(self) -> bool:
        """2xx."""
        return 200 <= self.status < 300

    def read(self, kind: type[T]) -> T:
        """Decode the body. Raises ValueError."""
        try:
            return msgspec.json.decode(self.body, type=kind, strict=False)
        except (msgspec.DecodeError, RecursionError) as error:
            raise ValueError(f"not what was expected: {error}") from error

    def words(self) -> str:
        """Return the server's own words, cut: what APIs commonly put into `message` or `error`."""
        try:
            found = msgspec.json.decode(self.body)
        except (msgspec.DecodeError, RecursionError):
            return ""
        for _ in range(3):
            if isinstance(found, list) and found:
                found = found[0]
            if not isinstance(found, dict):
                break
            found = found.get("message") or found.get("error_description") or found.get("error")
        return str(found or "")[:200] if not isinstance(found, (dict, list)) else ""

    def wait(self) -> float | None:
        """Return the seconds that `Retry-After` asks for."""
        value = self.headers.get("Retry-After", "")
        return float(value) if value.isdecimal() and len(value) < 6 else None


class Rest:
    """Calls of one adapter, as `async with`. `service` is what messages call the other side."""

    def __init__(self, service: str) -> None:
        self._service = service

    async def __aenter__(self) -> Self:
        """Open."""
        self._http = aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=WITHIN), auto_decompress=False,
            headers={"Accept-Encoding": "identity", "User-Agent": "zhubo"}, cookie_jar=aiohttp.DummyCookieJar(),
        )  # fmt: skip
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close."""
        await self._http.close()

    async def call(
        self, method: str, url: str, *, headers: Mapping[str, str] | None = None, params: Any = None, data: Any = None,
    ) -> Answer:  # fmt: skip
        """Call once; raises nothing but a cancel. `data` is a dictionary for a form, bytes for a body."""
        try:
            async with self._http.request(method, url, headers=headers, params=params, data=data) as reply:
                body = await read(reply.content, MOST)
                return Answer(reply.status, body, reply.headers, "" if len(body) <= MOST else "the answer is too large")
        except aiohttp.ClientConnectorDNSError:
            return self._nothing("its name cannot be found (DNS). Fix: check the network", left=False)
        except (aiohttp.ClientSSLError, ssl.SSLError):
            return self._nothing("TLS fails. Fix: check this machine's clock, certificates and proxy", left=False)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            return self._nothing(f"cannot be reached ({type(error).__name__})", left=False)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            return self._nothing(f"did not answer ({type(error).__name__})", left=True)
        except ValueError as error:  # a URL or header that is none
            return self._nothing(f"cannot be called: {type(error).__name__}", left=False)

    @asynccontextmanager
    async def stream(self, url: str, headers: Mapping[str, str], params: Mapping[str, str]) -> AsyncIterator["Stream"]:
        """Read an answer that does not end. Raises Retry when there is none, or when it breaks off."""
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=WITHIN)
        try:
            async with self._http.get(url, headers=headers, params=params, timeout=timeout) as reply:
                yield Stream(reply, self._service)
        except (aiohttp.ClientError, OSError) as error:
            raise Retry(f"{self._service}: the connection broke off ({type(error).__name__})") from error

    def _nothing(self, why: str, *, left: bool) -> Answer:
        return Answer(0, why=f"{self._service}: {why}", left=left)

    def failed(self, answer: Answer) -> Retry:
        """Return what to raise for an answer that another try may better."""
        if not answer.status:
            return Retry(answer.why)
        if answer.status == 429:
            return Retry(f"{self._service}: too many requests", answer.wait() or 60.0)
        return Retry(f"{self._service} answers {answer.status} {answer.words()}".strip(), answer.wait())


class Stream:
    """An answer that does not end."""

    def __init__(self, reply: aiohttp.ClientResponse, service: str) -> None:
        self._reply, self._service, self.status = reply, service, reply.status

    async def answer(self) -> Answer:
        """Read it as one that does end."""
        async with asyncio.timeout(WITHIN):
            return Answer(self.status, await read(self._reply.content, MOST), self._reply.headers)

    async def parts(self, patience: float) -> AsyncIterator[bytes]:
        """Yield what comes. Raises Retry when nothing comes for `patience` seconds."""
        while True:
            try:
                async with asyncio.timeout(patience):
                    part = await self._reply.content.readany()
            except TimeoutError as error:
                raise Retry(f"{self._service}: nothing came for {patience:g} s") from error
            if not part:
                return
            yield part


async def read(content: aiohttp.StreamReader, most: int) -> bytes:
    """Read a body of at most `most` bytes; one more when there is more."""
    parts, size = [], 0
    while size <= most and (part := await content.read(most + 1 - size)):
        parts.append(part)
        size += len(part)
    return b"".join(parts)
