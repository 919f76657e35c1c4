"""What a platform can tell of a bot: who was answered when, by how many lines, and whether their numbers were true."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence

import msgspec

from bot.demo.audit import Auditor, Wrong
from bot.domain.catalog import Catalogue
from bot.insight.counters import quantile, slope

WITHIN = 15.0  # seconds in which an asker should be answered
HARM = {"kill_worker": 1, "stop_worker": 0, "kill_store": 0}  # workers that are gone for good
FRESH = 60.0  # seconds that a line answers those who ask the same


class Asked(msgspec.Struct, frozen=True):
    """A comment that asks a fact: when it was due (not when it was written: open loop), where, what."""

    at: float
    room: int
    asks: str
    id: str


class Sample(msgspec.Struct, frozen=True):
    """The bot's own figures at one second: bytes resident of the front and of all workers, comments open, how late the
    event loop is, workers, jobs answered, comments received.
    """

    at: float
    rss: float
    open: float
    lag: float
    workers: float
    answered_jobs: float
    received: float
    workers_rss: float = 0.0


class Fault(msgspec.Struct, frozen=True):
    """What went wrong, when, until when, and how many seconds after its end all was well again (-1: never).

    Well again means, after a burst: all who ask are covered. After harm to a process: the worker answers jobs, and as
    many workers live as can. After anything else: somebody who asked after it began is answered.
    """

    name: str
    at: float
    until: float
    recovered: float = -1.0


class Span(msgspec.Struct, frozen=True):
    """A sixtieth of the run, ten seconds at least: share of its askers covered, and the waits of those answered."""

    at: float
    covered: float
    p50: float
    p95: float


class Result(msgspec.Struct, frozen=True):
    """One scenario, judged.

    Attributes:
        scenario, rooms, seconds: what was played.
        comments, repeats: written, and written twice.
        received, fates: what the bot says of them (its `/metrics`); -1 and empty when nothing was told.
        lost: comments it never heard of. `unended`: heard, and without an end.
        lines: lines by outcome. `double` comments answered in two lines. `again` lines whose words stood in the room
            less than 15 s ago, for the same people. `wrong` numbers that the shop does not explain.
        askers: comments that ask a fact. `covered`: share of them answered within 15 s, or by a line of the last
            minute that answered the same.
        p50, p95, worst: seconds from due to answer, of those that a line answered.
        faults: see `Fault`.
        connections: how often the bot connected.
        lag, rss, growth: how late its event loop was (99 %) seconds; bytes at the end; bytes per hour, fitted.
        waits, spans, samples: for the pictures: all waits; figures by when people asked; the samples.
    """

    scenario: str
    rooms: int
    seconds: float
    comments: int
    repeats: int
    received: int
    fates: dict[str, int]
    lost: int
    unended: int
    lines: dict[str, int]
    double: int
    again: int
    wrong: list[Wrong]
    askers: int
    covered: float
    p50: float
    p95: float
    worst: float
    faults: list[Fault]
    connections: int
    lag: float
    rss: float
    growth: float
    waits: list[float]
    spans: list[Span]
    samples: list[Sample]


class Judge:
    """Takes what happens on the platform's side, in order of time. Seconds are those of the scenario."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._auditor = Auditor(catalogue)
        self._asked: list[Asked] = []
        self._by_id: dict[str, Asked] = {}
        self._answered: dict[str, float] = {}
        self._told: dict[tuple[int, str], list[float]] = defaultdict(list)
        self._said: dict[tuple[int, str], tuple[float, frozenset[str]]] = {}
        self._firsts: list[tuple[float, float]] = []  # (posted, due) of the newest comment of each line
        self._due: dict[str, float] = {}
        self.comments = self.repeats = self.double = self.again = 0
        self.wrong: list[Wrong] = []
        self.faults: list[Fault] = []
        self.samples: list[Sample] = []

    def wrote(self, at: float, room: int, id: str, asks: str) -> None:
        """A viewer wrote a comment."""
        self.comments += 1
        if asks:
            self._by_id[id] = asked = Asked(at, room, asks, id)
            self._asked.append(asked)

    def changed(self, at: float, catalogue: Catalogue) -> None:
        """The shop changed."""
        self._auditor.changed(at, catalogue)

    def posted(self, at: float, room: int, text: str, reply_to: Sequence[str]) -> None:
        """A line of the bot was accepted."""
        self.wrong += self._auditor.check(at, text)
        before, whom = self._said.get((room, text), (-WITHIN, frozenset()))
        self.again += at - before < WITHIN and bool(whom & frozenset(reply_to))
        self._said[room, text] = at, frozenset(reply_to)
        for id in reply_to:
            self.double += id in self._answered
            self._answered.setdefault(id, at)
            if asked := self._by_id.get(id):
                self._told[room, asked.asks].append(at)
        if due := [self._by_id[id].at for id in reply_to if id in self._by_id]:
            self._firsts.append((at, max(due)))

    def result(
        self, scenario: str, rooms: int, seconds: float, *, lines: dict[str, int], connections: int,
        received: int, fates: dict[str, int],
    ) -> Result:  # fmt: skip
        """Judge."""
        waits = [self._answered[a.id] - a.at for a in self._asked if a.id in self._answered]
        covered = [self._is_covered(a) for a in self._asked]
        calm = self.samples[len(self.samples) // 4 :]  # what is loaded in the first quarter is not growth
        return Result(
            scenario, rooms, seconds, self.comments, self.repeats, received, fates,
            lost=self.comments - received if received >= 0 else 0,
            unended=received - sum(fates.values()) if received >= 0 else 0,
            lines=lines, double=self.double, again=self.again, wrong=self.wrong, askers=len(covered),
            covered=sum(covered) / max(1, len(covered)),
            p50=quantile(waits, 0.5), p95=quantile(waits, 0.95), worst=max(waits, default=0.0),
            faults=[self._recovered(fault) for fault in self.faults], connections=connections,
            lag=quantile((s.lag for s in self.samples), 0.99), rss=self.samples[-1].rss if self.samples else 0.0,
            growth=slope([(s.at, s.rss) for s in calm]) * 3600,
            waits=sorted(waits), spans=self._spans(max(10.0, seconds / 60)), samples=self.samples,
        )  # fmt: skip

    def _spans(self, length: float) -> list[Span]:
        found: dict[int, list[Asked]] = defaultdict(list)
        for asked in self._asked:
            found[int(asked.at / length)].append(asked)
        spans = []
        for place, group in sorted(found.items()):
            waits = [self._answered[a.id] - a.at for a in group if a.id in self._answered]
            covered = sum(map(self._is_covered, group)) / len(group)
            spans.append(Span(place * length, covered, quantile(waits, 0.5), quantile(waits, 0.95)))
        return spans

    def _is_covered(self, asked: Asked) -> bool:
        if asked.id in self._answered and self._answered[asked.id] - asked.at <= WITHIN:
            return True
        times = self._told.get((asked.room, asked.asks), [])
        place = bisect_left(times, asked.at - FRESH)
        return place < len(times) and times[place] <= asked.at + WITHIN

    def _recovered(self, fault: Fault) -> Fault:
        if fault.name == "burst":
            late = [a.at - fault.until for a in self._asked if a.at >= fault.until and not self._is_covered(a)]
            return msgspec.structs.replace(fault, recovered=round(max(late, default=0.0), 3))
        if fault.name in HARM:
            before = next((s for s in reversed(self.samples) if s.at <= fault.at), None)
            answered = max((s.answered_jobs for s in self.samples if s.at <= fault.until + 1), default=0.0)
            lives = before.workers - HARM[fault.name] if before else 0.0
            well = (
                s.at for s in self.samples if s.answered_jobs > answered and s.workers >= lives and s.at > fault.until
            )
            at = next(well, None)
            return msgspec.structs.replace(fault, recovered=-1.0 if at is None else round(at - fault.until, 1))
        after = (posted - fault.until for posted, due in self._firsts if due >= fault.at and posted >= fault.until)
        return msgspec.structs.replace(fault, recovered=round(next(after, -1.0), 3))
