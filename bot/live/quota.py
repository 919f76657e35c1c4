"""Send slots of one place."""

from collections import deque

from bot.domain.policy import RoomPolicy
from bot.domain.ports import Caps


class Quota:
    """Send slots: a least gap between lines, and at most n lines per window."""

    def __init__(self) -> None:
        self._sent: deque[float] = deque()
        self._not_before = 0.0
        self.limit(Caps(), RoomPolicy())

    def limit(self, caps: Caps, policy: RoomPolicy) -> None:
        """Set the limits; lines already sent count against the new ones."""
        self._gap = max(caps.min_gap, policy.send_gap)
        self._most, self._window = max(1, caps.per_window[0]), caps.per_window[1]

    def free_at(self) -> float:
        """Return the earliest moment for the next line, seconds since the epoch."""
        at = self._not_before
        if self._sent:
            at = max(at, self._sent[-1] + self._gap)
        if len(self._sent) >= self._most:
            at = max(at, self._sent[-self._most] + self._window)
        return at

    def take(self, now: float) -> None:
        """Use the slot."""
        self._sent.append(now)
        while len(self._sent) > self._most:
            self._sent.popleft()

    def hold_until(self, moment: float) -> None:
        """The platform asked us to wait."""
        self._not_before = max(self._not_before, moment)
