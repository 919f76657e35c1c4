"""Which of the claimed jobs are written now. Imports no torch, knows no clock.

A job waits, is written, and ends once: with words, late, or failed. It is late when its deadline has passed, when the
time that answers take lately would carry it past its deadline, or when it had to begin by now: what would come too late
is not begun. Rooms take turns, however many jobs each has; within a room the job goes first that most people wait for.

When a step fails, nobody knows which answer broke it: all that were in it are suspects, and each is written alone.
"""

from collections.abc import Sequence

import msgspec

from bot.domain.work import Claimed, Ended, Partial, Prompt, Written

TRIES = 3  # a job handed out more often than this has killed its workers: poison
AHEAD = 2  # jobs claimed and waiting, for each slot
SMOOTH = 0.2  # weight of the newest answer in the running mean of how long answers take
READ = 64  # texts read beside a step, so that answers under way do not wait for them
FADE = 0.9  # what a room has had counts less with every job begun


Report = tuple[Claimed, Written]


class Turn(msgspec.Struct, frozen=True):
    """What the next step does: take in `admit`, forget `drop`, and read the texts of `read`."""

    admit: tuple[tuple[str, Prompt], ...] = ()
    drop: tuple[str, ...] = ()
    read: tuple[Claimed, ...] = ()


class Scheduler:
    """The jobs of one worker.

    Args:
        name: of the model, for what is reported.
        slots: answers written side by side.

    Attributes:
        seconds: running mean of what an answer takes from its start, 0.0 while none is known.
        late: jobs that could not be begun, or not ended, in time.
    """

    def __init__(self, name: str, slots: int) -> None:
        self._name, self._slots = name, slots
        self._waiting: dict[str, Claimed] = {}
        self._running: dict[str, tuple[Claimed, float]] = {}
        self._reading: dict[str, Claimed] = {}
        self._suspects: set[str] = set()
        self._ended: list[Report] = []
        self._drop: list[str] = []
        self._had: dict[str, float] = {}
        self.seconds, self.late = 0.0, 0

    @property
    def room(self) -> int:
        """How many more jobs may be claimed."""
        return max(0, self._slots * (1 + AHEAD) - len(self._waiting) - len(self._running) - len(self._reading))

    @property
    def running(self) -> int:
        """Answers being written."""
        return len(self._running)

    @property
    def waiting(self) -> int:
        """Jobs claimed and not begun."""
        return len(self._waiting) + len(self._reading)

    @property
    def ids(self) -> tuple[str, ...]:
        """Ids of the jobs held."""
        return (*self._waiting, *self._reading, *self._running)

    @property
    def idle(self) -> bool:
        """Nothing waits, runs or is to be reported."""
        return not (self._waiting or self._reading or self._running or self._ended)

    @property
    def entries(self) -> tuple[str, ...]:
        """Queue entries of the jobs held."""
        held = *self._waiting.values(), *self._reading.values(), *(c for c, _ in self._running.values())
        return tuple(c.entry for c in held)

    def add(self, claimed: Sequence[Claimed]) -> None:
        """Take claimed jobs. One that is held already (its entry was handed out again) is not written twice."""
        for c in claimed:
            if c.tries > TRIES:
                self._end(c, Written(c.job.id, error="poison", model=self._name))
            elif c.job.id not in self.ids:
                (self._reading if c.job.texts else self._waiting)[c.job.id] = c

    def cancel(self, id: str) -> None:
        """Nobody wants this answer any more: it is not begun, or stops with the next step."""
        if c := self._waiting.pop(id, None) or self._reading.pop(id, None):
            self._end(c, Written(id, error="cancelled", model=self._name))
        elif id in self._running:
            self._stop(id, "cancelled")

    def turn(self, now: float) -> Turn:
        """Return what the next step does. `now` in seconds since the epoch."""
        for id, (c, _) in list(self._running.items()):
            if c.job.deadline <= now:
                self.late += 1
                self._stop(id, "late")
        for id, c in list(self._waiting.items()):
            if c.job.deadline <= now + self.seconds or 0 < c.job.begin <= now:
                del self._waiting[id]
                self.late += 1
                self._end(c, Written(id, error="late", model=self._name))
        admit = tuple(self._begin(now, c) for c in self._next())
        drop, self._drop = tuple(self._drop), []
        return Turn(admit, drop, tuple(self._to_read(now)))

    def read(self, c: Claimed, vectors: Sequence[tuple[float, ...]], why: str = "") -> None:
        """Take what was read of a job's texts, or why nothing was."""
        if self._reading.pop(c.job.id, None):
            if not why and len(vectors) != len(c.job.texts):
                why = f"{len(vectors)} vectors for {len(c.job.texts)} texts"
            self._end(c, Written(c.job.id, error=why, model=self._name, vectors=() if why else tuple(vectors)))

    def reports(self) -> list[Report]:
        """Return what there is to tell since the last call: words so far, and the one end of each job."""
        told, self._ended = self._ended, []
        return told

    def stepped(self, now: float, told: Sequence[Partial | Ended]) -> None:
        """Take what a step brought. Ids that nobody asked for are ignored."""
        for e in told:
            if isinstance(e, Partial):
                if held := self._running.get(e.id):
                    self._end(held[0], Written(e.id, e.text, model=self._name, partial=True))
            elif found := self._running.pop(e.id, None):
                c, began = found
                took = now - began
                if not e.error:
                    self.seconds += (took - self.seconds) * (SMOOTH if self.seconds else 1.0)
                self._suspects.discard(e.id)
                self._end(c, Written(e.id, "" if e.error else e.text, e.error, self._name, round(took, 3)))

    def failed(self, why: str) -> None:
        """A step failed, and the writer lost all answers. One that failed alone is to blame."""
        lost = [c for c, _ in self._running.values()]
        self._running.clear()
        if len(lost) == 1:
            self._suspects.discard(lost[0].job.id)
            self._end(lost[0], Written(lost[0].job.id, error=why, model=self._name))
            return
        self._waiting = {c.job.id: c for c in lost} | self._waiting
        self._suspects |= {c.job.id for c in lost}

    def _to_read(self, now: float) -> list[Claimed]:
        """Return jobs to read beside the next step, the most pressing first; the first always fits."""
        chosen: list[Claimed] = []
        texts = 0
        for c in sorted(self._reading.values(), key=lambda c: c.job.deadline):
            texts += len(c.job.texts)
            if c.job.deadline <= now:
                del self._reading[c.job.id]
                self.late += 1
                self._end(c, Written(c.job.id, error="late", model=self._name))
            elif not chosen or texts <= READ:
                chosen.append(c)
        return chosen

    def _next(self) -> list[Claimed]:
        """Return the jobs to begin now: a suspect alone, else as many as slots are free, fair among rooms."""
        if suspects := [c for id, c in self._waiting.items() if id in self._suspects]:
            return [] if self._running else suspects[:1]
        if self._suspects & self._running.keys():
            return []
        chosen: list[Claimed] = []
        left = list(self._waiting.values())
        while left and len(chosen) + len(self._running) < self._slots:
            best = min(left, key=lambda c: (self._had.get(c.job.room, 0.0), -c.job.weight, c.job.deadline))
            left.remove(best)
            chosen.append(best)
            self._had = {room: had * FADE for room, had in self._had.items() if had > 0.01}
            self._had[best.job.room] = self._had.get(best.job.room, 0.0) + 1.0
        return chosen

    def _begin(self, now: float, c: Claimed) -> tuple[str, Prompt]:
        del self._waiting[c.job.id]
        self._running[c.job.id] = c, now
        return c.job.id, c.job.prompt

    def _stop(self, id: str, why: str) -> None:
        c, _ = self._running.pop(id)
        self._drop.append(id)
        self._suspects.discard(id)
        self._end(c, Written(id, error=why, model=self._name))

    def _end(self, c: Claimed, written: Written) -> None:
        self._ended.append((c, written))
