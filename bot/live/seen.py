"""Which events were delivered before: the newest ids, in two generations, in little memory.

An id is kept as its 64-bit hash; for two of the ids kept to share one is less likely than one in a thousand million.
"""

KEPT = 4096  # ids that are always remembered
SECONDS = 60.0  # and those of so long a time
MOST = 16_384  # but not more than twice so many


class Seen:
    """Ids by kind. `kept` at least are remembered, and at most twice `most`."""

    def __init__(self, kept: int = KEPT, seconds: float = SECONDS, most: int = MOST) -> None:
        self._kept, self._seconds, self._most = kept, seconds, most
        self._new: set[int] = set()
        self._old: set[int] = set()
        self._since = 0.0

    def again(self, now: float, kind: str, id: str) -> bool:
        """Tell whether this one came before, and remember it. `now` in seconds, of any clock that goes on."""
        mark = hash((kind, id))
        if mark in self._new or mark in self._old:
            return True
        if len(self._new) >= self._most or (len(self._new) >= self._kept and now - self._since >= self._seconds):
            self._old, self._new, self._since = self._new, set(), now
        self._new.add(mark)
        return False
