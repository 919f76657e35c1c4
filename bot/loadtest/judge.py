"""What a platform can tell of a bot: who was answered when, by how many lines, and whether their numbers were true."""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Sequence
from math import inf, nan

import msgspec

from bot.demo.audit import Auditor, Wrong
from bot.domain.catalog import Catalogue
from bot.insight.counters import quantile, slope

WITHIN = 15.0  # seconds in which an asker should be answered
HARM = {"kill_worker": 1, "stop_worker": 0, "kill_store": 0}  # workers that are gone for good
CALM = 5.0  # comments open beyond what there were before
FRESH = 60.0  # seconds that a line answers those who ask the same


class Asked(msgspec.Struct, frozen=True):
    """A question: when it was due (not when it was written: open loop), where, what fact ("" when only the model can
    answer it).
    """

    at: float
    room: int
    asks: str
    id: str


class Sample(msgspec.Struct, frozen=True):
    """The bot's own figures at one second: bytes resident of the front and of all workers, comments open, seconds that
    the event loop is late, workers, jobs answered, comments received.
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

    Well again means, after a burst: no more comments are open than before it, for good. After harm to a process: jobs
    are answered, and as many workers live as can. After anything else: somebody who asked after it began is answered.
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
        scenario, rooms, seconds: what was played. In JSON a figure that is infinite or was not measured is null.
        comments, repeats: written, and written twice.
        received, fates: what the bot says of them (its `/metrics`); -1 and empty when nothing was told.
        lost: comments it never heard of, or counted twice, room by room. `unended`: heard, and without an end.
        lines: lines by outcome. `double` comments answered in two lines. `again` lines whose words stood in the room
            less than 15 s ago, for the same people. `wrong` numbers that the shop does not explain.
        askers: comments that ask a fact. `covered`: share of them answered within 15 s, or by a line of the last
            minute that answered the same and is still true.
        p50, p95, worst: seconds from due to answer, of those that a line answered; infinite when none was.
        open: comments that only the model can answer; `open_answered` the share that a line answered, `open_p95` their
            wait.
        jobs: the bot's jobs for its workers, by what became of them.
        faults: see `Fault`.
        connections: how often the bot connected.
        lag: how late its event loop was, seconds, 99 % of the time; nan when it was not told, as are the next ones.
        rss, growth, workers_rss, workers_growth: bytes of the front and of its workers at the end, and bytes per hour,
            fitted to the last three quarters.
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
    open: int
    open_answered: float
    open_p95: float
    jobs: dict[str, int]
    faults: list[Fault]
    connections: int
    lag: float
    rss: float
    growth: float
    workers_rss: float
    workers_growth: float
    waits: list[float]
    spans: list[Span]
    samples: list[Sample]


class Judge:
    """Takes what happens on the platform's side, in order of time. Seconds are those of the scenario."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._auditor = Auditor(catalogue)
        self._asked: list[Asked] = []
        self._open: list[Asked] = []
        self._by_id: dict[str, Asked] = {}
        self._answered: dict[str, float] = {}
        self._told: dict[tuple[int, str], list[float]] = defaultdict(list)
        self._said: dict[tuple[int, str], tuple[float, frozenset[str]]] = {}
        self._firsts: list[tuple[float, float]] = []  # (posted, due) of the newest comment of each line
        self.comments = self.repeats = self.double = self.again = self.astray = 0
        self.written: Counter[int] = Counter()
        self.wrong: list[Wrong] = []
        self.faults: list[Fault] = []
        self.samples: list[Sample] = []

    def wrote(self, at: float, room: int, id: str, asks: str, *, open: bool = False) -> None:
        """A viewer wrote a comment: one that asks a fact, one that is `open` for the model, or any other."""
        self.comments += 1
        self.written[room] += 1
        if asks or open:
            self._by_id[id] = asked = Asked(at, room, asks, id)
            (self._asked if asks else self._open).append(asked)

    def heard(self, room: int, comments: int) -> None:
        """The bot says how many comments it heard in a room."""
        self.astray += abs(self.written[room] - comments)

    def changed(self, at: float, catalogue: Catalogue, product: str) -> None:
        """The shop changed in one product: what was told of it covers nobody who asks from now on."""
        self._auditor.changed(at, catalogue)
        for told in [told for (_, asks), told in self._told.items() if f"|{product}|" in asks]:
            told.clear()

    def posted(self, at: float, room: int, text: str, reply_to: Sequence[str]) -> None:
        """A line of the bot was accepted."""
        self.wrong += self._auditor.check(at, text)
        before, whom = self._said.get((room, text), (-WITHIN, frozenset()))
        self.again += at - before < WITHIN and bool(whom & frozenset(reply_to))
        self._said[room, text] = at, frozenset(reply_to)
        for id in reply_to:
            self.double += id in self._answered
            self._answered.setdefault(id, at)
            if (asked := self._by_id.get(id)) and asked.asks:
                self._told[room, asked.asks].append(at)
        if due := [self._by_id[id].at for id in reply_to if id in self._by_id]:
            self._firsts.append((at, max(due)))

    def result(
        self, scenario: str, rooms: int, seconds: float, *, lines: dict[str, int], connections: int,
        received: int, fates: dict[str, int], jobs: dict[str, int] | None = None,
    ) -> Result:  # fmt: skip
        """Judge."""
        waits = [self._answered[a.id] - a.at for a in self._asked if a.id in self._answered]
        covered = [self._is_covered(a) for a in self._asked]
        open_waits = [self._answered[a.id] - a.at for a in self._open if a.id in self._answered]
        calm = self.samples[len(self.samples) // 4 :]  # what is loaded in the first quarter is not growth
        last = self.samples[-1] if self.samples else None
        return Result(
            scenario, rooms, seconds, self.comments, self.repeats, received, fates,
            lost=self.astray,
            unended=received - sum(fates.values()) if received >= 0 else 0,
            lines=lines, double=self.double, again=self.again, wrong=self.wrong, askers=len(covered),
            covered=sum(covered) / max(1, len(covered)),
            p50=_wait(waits, 0.5, self._asked), p95=_wait(waits, 0.95, self._asked),
            worst=_wait(waits, 1.0, self._asked),
            open=len(self._open), open_answered=len(open_waits) / max(1, len(self._open)),
            open_p95=_wait(open_waits, 0.95, self._open), jobs=jobs or {},
            faults=[self._recovered(fault) for fault in self.faults], connections=connections,
            lag=quantile((s.lag for s in self.samples), 0.99) if last else nan, rss=last.rss if last else nan,
            growth=slope([(s.at, s.rss) for s in calm]) * 3600 if last else nan,
            workers_rss=last.workers_rss if last else nan,
            workers_growth=slope([(s.at, s.workers_rss) for s in calm]) * 3600 if last else nan,
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
            before = max((s.open for s in self.samples if s.at <= fault.at), default=0.0)
            after = [s for s in self.samples if s.at >= fault.until]
            busy = [s.at for s in after if s.open > before + CALM]
            well = [s.at for s in after if not busy or s.at > busy[-1]]
            return msgspec.structs.replace(fault, recovered=round(well[0] - fault.until, 1) if well else -1.0)
        if fault.name in HARM:
            seen = next((s for s in reversed(self.samples) if s.at <= fault.at), None)
            answered = max((s.answered_jobs for s in self.samples if s.at <= fault.until + 1), default=0.0)
            lives = seen.workers - HARM[fault.name] if seen else 0.0
            later = (s for s in self.samples if s.at > fault.until and s.answered_jobs > answered)
            at = next((s.at for s in later if s.workers >= lives), None)
            return msgspec.structs.replace(fault, recovered=-1.0 if at is None else round(at - fault.until, 1))
        lines = (posted - fault.until for posted, due in self._firsts if due >= fault.at and posted >= fault.until)
        return msgspec.structs.replace(fault, recovered=round(next(lines, -1.0), 3))


def _wait(waits: Sequence[float], share: float, askers: Sequence[Asked]) -> float:
    """Return a quantile of waits; infinite when people asked and nobody was answered."""
    return inf if askers and not waits else quantile(waits, share)
