"""What an adapter's author brings: a fake of the platform that does as it is told."""

from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Protocol, Self


class Harness(Protocol):
    """A platform on loopback with one room, listening before `__aenter__` returns.

    Every verb acts on all connections that are there, and on those that come later where that makes sense. Events get
    the platform's own ids: the kit gives an id, and the adapter must bring that very one in `Event.id` (or, where the
    platform has no ids, one that is the same when the same event comes again).

    Attributes:
        url: of the room, as an operator would write it; known once entered.
        token: the right credential. The kit gives it to the adapter as the option "token".
        options: what the adapter needs beside token and patience, as an operator would set it in the environment; {}
            when it needs nothing more.
        patience: seconds of silence after which the adapter must have given up a connection; the kit gives it to the
            adapter as the option "patience". Keep it short.
    """

    url: str
    token: str
    patience: float
    options: Mapping[str, str]

    async def __aenter__(self) -> Self:
        """Start listening."""

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop, whatever state the connections are in."""

    def connections(self) -> int:
        """Return how many connections were made and got as far as the platform's welcome, since the start."""

    async def comment(self, id: str, text: str, *, user: str = "u1", own: bool = False, past: bool = False) -> None:
        """A viewer writes. `own`: it is the bot's line coming back; `past`: it is history, delivered on connect."""

    async def batch(self, ids: Sequence[str]) -> None:
        """Several comments in one frame."""

    async def again(self, ids: Sequence[str]) -> None:
        """Deliver these comments once more, as the platform does after a reconnect or for good measure."""

    async def retract(self, id: str) -> None:
        """A comment is taken back."""

    async def unknown(self) -> None:
        """An event of a kind that was invented yesterday."""

    async def malformed(self) -> None:
        """Several frames that are none: cut short, of wrong types, nested for ever, not even text."""

    async def large(self, id: str, size: int) -> None:
        """A comment in a frame of `size` bytes, or as near as the platform's framing allows."""

    async def bomb(self) -> None:
        """A small frame that becomes huge when it is unpacked."""

    async def drop(self) -> None:
        """Cut all connections without a word."""

    async def close(self) -> None:
        """Close all connections in good order, as for a restart of the server."""

    async def stall(self) -> None:
        """Stay connected and say nothing any more, heartbeats included; connections made later are well."""

    async def reject_auth(self) -> None:
        """From now on no credential is right."""

    async def throttle_next(self, seconds: float) -> None:
        """Refuse the next line as too fast, and ask for so many seconds."""

    def sent(self) -> Sequence[str]:
        """Return the texts of lines that were taken, in order."""
