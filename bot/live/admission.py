"""Admission: which of a front's jobs the workers get now. Pure: it is handed every moment it decides by.

What the workers cannot begin soon waits here and not in their queue, so that the best job goes next when one ends, and
what had to begin by now ends at once. How much is let in follows from the service rate that the workers report: what
they write side by side, and what they will begin within `AHEAD` seconds.
"""

from collections import Counter
from collections.abc import Iterable

from bot.domain.work import Crew, Job

AHEAD = 1.0  # seconds of work that the queue holds beyond what is being written
FAST = 0.01  # seconds; no answer counts as faster
UNKNOWN = 1.0  # seconds taken for an answer of a worker that has not ended one yet


class Admission:
    """The jobs of one front, from the asking to the end."""

    def __init__(self) -> None:
        self._waiting: dict[str, Job] = {}
        self._inside: dict[str, str] = {}  # job → room

    def __len__(self) -> int:
        """Jobs that wait."""
        return len(self._waiting)

    def add(self, job: Job) -> None:
        """A job wants in."""
        self._waiting[job.id] = job

    def ended(self, ids: Iterable[str]) -> None:
        """These jobs are answered, cancelled or lost."""
        for id in ids:
            self._waiting.pop(id, None)
            self._inside.pop(id, None)

    def late(self, now: float) -> list[str]:
        """Return the waiting jobs that had to begin by now."""
        return [job.id for job in self._waiting.values() if 0 < (job.begin or job.deadline) <= now]

    def admit(self, crew: Crew) -> list[Job]:
        """Let jobs in: rooms take turns, and within a room the job goes first that most people wait for.

        Without workers all of them: the queue keeps them until one comes.
        """
        free = _most(crew) - len(self._inside) if crew.shifts else len(self._waiting)
        rooms, left = Counter(self._inside.values()), list(self._waiting.values())
        chosen: list[Job] = []
        while left and len(chosen) < free:
            best = min(left, key=lambda job: (rooms[job.room], -job.weight, job.deadline))
            left.remove(best)
            rooms[best.room] += 1
            chosen.append(best)
        for job in chosen:
            del self._waiting[job.id]
            self._inside[job.id] = job.room
        return chosen


def _most(crew: Crew) -> int:
    """Return how many jobs the workers should hold and find in their queue."""
    beyond = (AHEAD * shift.slots / max(shift.seconds or UNKNOWN, FAST) for shift in crew.shifts)
    return sum(shift.slots + max(1, int(more)) for shift, more in zip(crew.shifts, beyond, strict=True))
