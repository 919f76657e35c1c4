"""One WebSocket connection, for adapters that dial: bounded frames, silence noticed, every failure said in words."""

import asyncio
import base64
import hashlib
import logging
import ssl
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus, InvalidURI
from websockets.typing import Subprotocol

from bot.domain.errors import Fatal, Retry

MOST = 1024 * 1024  # bytes of a frame; a larger one ends the connection (1009)

# At its debug level the library writes headers, and with them tokens.
_quiet = logging.getLogger("zhubo.wire")
_quiet.setLevel(logging.WARNING)


@asynccontextmanager
async def dialled(
    url: str, service: str, *, headers: Mapping[str, str] | None = None, subprotocols: Sequence[str] = (),
    refused: str = "check the room's URL and the token", fatal: Mapping[int, str] | None = None, keepalive: float = 0.0,
) -> AsyncIterator[ClientConnection]:  # fmt: skip
    """Connect, and say in our words how it ended. `service` is what messages call the other side.

    Args:
        refused: the fix when the server answers 401, 403 or 404.
        fatal: close codes that another try cannot better, each with what to tell the operator.
        keepalive: seconds in which an unanswered ping ends the connection, where the platform itself may be silent.

    Raises:
        Retry, Fatal: all that goes wrong, inside the block, too.
    """
    try:
        async with connect(
            url, additional_headers=dict(headers or {}), subprotocols=[Subprotocol(s) for s in subprotocols] or None,
            max_size=MOST, compression=None, open_timeout=10, close_timeout=1, max_queue=256,
            ping_interval=keepalive / 2 or None, ping_timeout=keepalive / 2 or None,
            user_agent_header="zhubo", proxy=None, logger=_quiet,
        ) as link:  # fmt: skip
            yield link
    except ConnectionClosed as closed:
        code = closed.rcvd.code if closed.rcvd else closed.sent.code if closed.sent else 1006
        if fatal and code in fatal:
            raise Fatal(f"{service}: {fatal[code]}") from closed
        reason = closed.rcvd.reason[:100] if closed.rcvd else "a frame was too large" if code == 1009 else "lost"
        raise Retry(f"{service}: connection closed with {code} {reason}".strip()) from closed
    except InvalidURI as error:
        raise Fatal(f"{service}: the URL is none. Fix: check the room's URL.") from error
    except InvalidStatus as error:
        status = error.response.status_code
        if status in (401, 403, 404):
            raise Fatal(f"{service} answers {status}. Fix: {refused}.") from error
        raise Retry(f"{service} answers {status}") from error
    except ssl.SSLError as error:
        raise Retry(f"{service}: TLS fails. Fix: check this machine's clock, certificates and proxy.") from error
    except (OSError, TimeoutError, InvalidHandshake) as error:
        raise Retry(f"{service} cannot be reached ({type(error).__name__})") from error


async def heard(link: ClientConnection, patience: float | None) -> bytes:
    """Return the next frame. Raises Retry when nothing comes within `patience` seconds (None: wait for ever)."""
    try:
        async with asyncio.timeout(patience):
            return await link.recv(decode=False)
    except TimeoutError as error:
        link.transport.abort()
        raise Retry(f"nothing came for {patience:g} s") from error


def proof(password: str, salt: str, challenge: str) -> str:
    """Prove a password as OBS and Streamer.bot ask for it: base64(sha256(base64(sha256(PASSWORD SALT)) CHALLENGE))."""
    secret = base64.b64encode(hashlib.sha256((password + salt).encode()).digest())
    return base64.b64encode(hashlib.sha256(secret + challenge.encode()).digest()).decode()


class Answers:
    """Requests over a connection, each waiting for the answer with its id."""

    def __init__(self) -> None:
        self._waiting: dict[str, asyncio.Future[dict[str, Any] | None]] = {}
        self._count = 0

    async def ask(self, link: ClientConnection, write: Callable[[str], str], within: float) -> dict[str, Any] | None:
        """Send what `write` makes of a new id; returns the answer, None when none came in time or the link closed."""
        self._count += 1
        id = f"z{self._count}"
        answer: asyncio.Future[dict[str, Any] | None] = asyncio.get_running_loop().create_future()
        self._waiting[id] = answer
        try:
            await link.send(write(id))
            async with asyncio.timeout(within):
                return await answer
        except (ConnectionClosed, TimeoutError):
            return None
        finally:
            del self._waiting[id]

    def take(self, id: object, answer: dict[str, Any]) -> None:
        """An answer came."""
        waiting = self._waiting.get(id) if isinstance(id, str) else None
        if waiting and not waiting.done():
            waiting.set_result(answer)

    def close(self) -> None:
        """No more answers come."""
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_result(None)
