"""Intake: everything an adapter would otherwise get wrong.

It owns the connection's life (backoff with full jitter, states), drops redeliveries, numbers events, hides who
said them, and keeps a bounded queue that sheds in this order: likes, joins and the like first, then the oldest
comment; orders, retractions and room events never.
"""

import asyncio
import logging
import random
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Iterator
from itertools import count

from bot.decide.privacy import mask, pseudonym, scope
from bot.decide.words import clean
from bot.domain.errors import Fatal, Retry, RoomEnded
from bot.domain.events import Event, Heard
from bot.domain.ports import Adapter, Caps
from bot.domain.views import LinkState, PlaceView
from bot.live.cancelled import cancelled
from bot.live.seen import Seen

log = logging.getLogger(__name__)

QUEUE = 4096  # events waiting for the room
BREATHE_EVERY = 64  # frames
BACKOFF_BASE, BACKOFF_CAP = 0.5, 30.0  # seconds
_LOW = frozenset({"like", "join", "follow", "stats", "gift", "other"})


class Intake:
    """The front door of one place. It is the `Session` that the adapter sees.

    Args:
        room: the room's name; where it has several places, `place` is this one's.
        numbers: gives each event its number; the doors of a room share it.

    Attributes:
        state, why: state of the connection, and the reason for people.
        duplicates, malformed: dropped at the door, counted. `dropped` counts low-value events shed, by kind.
    """

    def __init__(
        self,
        room: str,
        key: bytes,
        *,
        clock: Callable[[], float],
        wake: Callable[[], None],
        shed: Callable[[Heard], None],
        linked: Callable[[bool], None],
        open: Callable[[], int] = lambda: 0,
        dice: random.Random | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        most: int = QUEUE,
        place: str = "",
        numbers: Iterator[int] | None = None,
    ) -> None:
        self._room, self._key, self._clock = scope(room, place), key, clock
        self._place, self._numbers = place, count(1) if numbers is None else numbers
        self._wake, self._shed, self._linked, self._open = wake, shed, linked, open
        self._dice, self._sleep, self._most = dice or random.Random(), sleep, most
        self._queue: deque[Heard] = deque()
        self._low: deque[Heard] = deque()
        self._seen = Seen()
        self._frames = self._failures = 0
        self.state: LinkState = "connecting"
        self.why = ""
        self.duplicates = self.malformed_frames = 0
        self.dropped: Counter[str] = Counter()

    def __len__(self) -> int:
        return len(self._queue) + len(self._low)

    # --- what the adapter sees ------------------------------------------------------------------------------------

    def ready(self) -> None:
        """The connection is up and authenticated."""
        self._failures = 0
        self._set("live", "")

    def emit(self, event: Event) -> None:
        """Take one event in wire order."""
        if event.id and self._seen.again(self._clock(), event.kind, event.id):
            self.duplicates += 1
            return
        heard = self._hear(next(self._numbers), event)
        if event.kind in _LOW:
            if len(self._low) >= self._most:
                self.dropped[event.kind] += 1
                return
            self._low.append(heard)
        else:
            if len(self._queue) >= self._most:
                self._make_room()
            self._queue.append(heard)
        self._wake()

    def malformed(self, why: str) -> None:
        """Count a frame that could not be read."""
        self.malformed_frames += 1
        if self.malformed_frames < 10 or self.malformed_frames % 1000 == 0:
            log.warning("%s: unreadable frame (%d so far): %s", self._room, self.malformed_frames, why[:200])

    def pending(self) -> int:
        """Comments without a Turn, those still in the queue included."""
        return len(self._queue) + self._open()

    async def breathe(self) -> None:
        """Let the room work between frames; under a flood this is what keeps it alive."""
        self._frames += 1
        if self._frames % BREATHE_EVERY == 0:
            await asyncio.sleep(0)

    # --- what the room takes --------------------------------------------------------------------------------------

    def take(self) -> Heard | None:
        """Return the next event, the valuable ones first."""
        if self._queue:
            return self._queue.popleft()
        return self._low.popleft() if self._low else None

    async def run(self, adapter: Adapter) -> None:
        """Keep the room connected until it ends (returns) or cannot be entered (returns, state says why)."""
        while not cancelled():
            self._set("connecting" if not self._failures else "degraded", self.why)
            try:
                await adapter.session(self)
                failure = Retry("the adapter's session returned without saying why")
            except RoomEnded as ended:
                self._set("ended", str(ended) or "the show is over")
                return
            except Fatal as fatal:
                log.error("%s: %s", self._room, fatal)
                self._set("bad_credentials", str(fatal))
                return
            except Retry as retry:
                failure = retry
            except Exception as bug:  # noqa: BLE001 - named place 1 of 3: a faulty adapter must not end the show
                log.exception("%s: the adapter failed", self._room)
                failure = Retry(f"the adapter failed: {type(bug).__name__}")
            self._failures += 1
            wait = failure.after if failure.after is not None else self._backoff()
            self._set("degraded", f"{failure} (next try in {wait:.1f} s)")
            log.warning("%s: %s", self._room, self.why)
            await self._sleep(wait)

    # --- inside ---------------------------------------------------------------------------------------------------

    def _hear(self, number: int, event: Event) -> Heard:
        viewer = pseudonym(self._key, self._room, event.user.id) if event.user else ""
        return Heard(
            number, self._clock(), event.kind, event.id or f"#{number}", viewer, mask(clean(event.text)),
            event.count, event.amount_minor, event.currency, event.product, event.target, event.backfill, event.own,
            event.stats, self._place,
        )  # fmt: skip

    def _make_room(self) -> None:
        for i, heard in enumerate(self._queue):
            if heard.kind == "comment":
                del self._queue[i]
                self._shed(heard)
                return
        heard = self._queue.popleft()
        self.dropped[heard.kind] += 1

    def _backoff(self) -> float:
        return self._dice.uniform(0.0, min(BACKOFF_CAP, BACKOFF_BASE * 2 ** min(self._failures, 10)))

    def _set(self, state: LinkState, why: str) -> None:
        was, self.state, self.why = self.state, state, why
        if (was == "live") != (state == "live"):
            self._linked(state == "live")

    def view(self, caps: Caps) -> PlaceView:
        """Return how an onlooker sees this door."""
        return PlaceView(
            self._place, self.state, self.why, caps.can_send, caps.can_delete, len(self), self.duplicates,
            self.malformed_frames,
        )  # fmt: skip
