"""Figures for Prometheus at `/metrics`: rooms from their status, workers from their shifts, and this process.

An autoscaler of workers reads `zhubo_jobs_unclaimed` (jobs no worker has taken) and `zhubo_worker_seconds`.
Text format: https://prometheus.io/docs/instrumenting/exposition_formats/.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import get_args

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from bot.domain.views import LinkState, RoomStatus
from bot.domain.work import Crew

MOST_ROOMS = 1000


def resident() -> int:
    """Return bytes resident now; 0 where the system does not tell (Linux does, in /proc)."""
    try:
        return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        return 0


class Metrics(Collector):
    """An Observer (bot.domain.ports) that keeps the last status of each room.

    Args:
        crew: the workers and their queue at the last count.
        jobs: jobs that ended, by outcome ("answered", "late", "cancelled", "failed").
        lag: seconds by which the event loop was late: (99 % of the time below, the worst).
    """

    def __init__(
        self, crew: Callable[[], Crew], jobs: Callable[[], Mapping[str, int]], lag: Callable[[], tuple[float, float]]
    ) -> None:  # fmt: skip
        self._crew, self._jobs, self._lag = crew, jobs, lag
        self._rooms: dict[str, RoomStatus] = {}
        self._registry = CollectorRegistry(auto_describe=False)
        self._registry.register(self)
        ProcessCollector(registry=self._registry)

    def __call__(self, room: str, item: object) -> None:
        """Take a `RoomStatus`; nothing is kept of anything else."""
        if isinstance(item, RoomStatus) and (room in self._rooms or len(self._rooms) < MOST_ROOMS):
            self._rooms[room] = item

    def render(self) -> bytes:
        """Return the page."""
        return generate_latest(self._registry)

    def collect(self) -> Iterator[Metric]:
        """Yield all families."""
        yield from self._of_rooms()
        yield from self._of_workers()
        lag = GaugeMetricFamily("zhubo_event_loop_lag_seconds", "How late the event loop is.", labels=["quantile"])
        for name, value in zip(("0.99", "1"), self._lag(), strict=True):
            lag.add_metric([name], value)
        yield lag

    def _of_rooms(self) -> Iterator[Metric]:
        counted: list[tuple[str, str, Callable[[RoomStatus], float]]] = [
            ("received", "Comments heard.", lambda s: s.received),
            ("duplicates", "Redelivered events dropped at the door.", lambda s: s.duplicates),
            ("malformed", "Frames that could not be read.", lambda s: s.malformed),
            ("questions", "Comments that were questions and have ended.", lambda s: s.askers_asked),
            ("questions_covered", "Those of them answered or merged.", lambda s: s.askers_covered),
        ]
        measured: list[tuple[str, str, Callable[[RoomStatus], float]]] = [
            ("open", "Comments heard that have not ended.", lambda s: s.open),
            ("waiting", "Events in the intake queue.", lambda s: s.waiting),
            ("link_up", "1 while the platform is connected.", lambda s: s.link == "live"),
            ("store_up", "1 while the session store answers.", lambda s: s.store_up),
        ]
        for family, rows in ((CounterMetricFamily, counted), (GaugeMetricFamily, measured)):
            for name, text, value in rows:
                found = family(f"zhubo_{name}", text, labels=["room"])
                for room, status in self._rooms.items():
                    found.add_metric([room], float(value(status)))
                yield found
        fates = CounterMetricFamily("zhubo_turns", "Comments ended, by fate: the ledger.", labels=["room", "fate"])
        events = CounterMetricFamily("zhubo_events", "Other events heard, by kind.", labels=["room", "kind"])
        drafts = GaugeMetricFamily("zhubo_draft_seconds", "From frame to words.", labels=["room", "path", "quantile"])
        links = GaugeMetricFamily(
            "zhubo_link_state", "1 for the state each connection is in.", labels=["room", "place", "state"]
        )
        for room, status in self._rooms.items():
            for place in status.places:
                for state in get_args(LinkState):
                    links.add_metric([room, place.name, state], float(place.link == state))
            for fate, n in status.fates.items():
                fates.add_metric([room, fate], n)
            for kind, n in status.events.items():
                events.add_metric([room, kind], n)
            for path, (p50, p95) in status.latency.items():
                drafts.add_metric([room, path, "0.5"], p50)
                drafts.add_metric([room, path, "0.95"], p95)
        yield from (fates, events, drafts, links)

    def _of_workers(self) -> Iterator[Metric]:
        crew = self._crew()
        yield GaugeMetricFamily("zhubo_workers", "Workers alive.", len(crew.shifts))
        yield GaugeMetricFamily("zhubo_jobs_unclaimed", "Jobs that no worker has taken.", crew.unclaimed)
        yield GaugeMetricFamily("zhubo_jobs_claimed", "Jobs taken and not answered.", crew.claimed)
        jobs = CounterMetricFamily("zhubo_jobs", "Jobs of this front that ended.", labels=["outcome"])
        for outcome, n in self._jobs().items():
            jobs.add_metric([outcome], n)
        yield jobs
        for name, text in (
            ("slots", "Answers it can write side by side."),
            ("running", "Answers it writes now."),
            ("waiting", "Jobs taken and not begun."),
            ("answered", "Jobs answered since it started."),
            ("late", "Jobs it could not begin or end in time."),
            ("seconds", "Mean seconds of an answer."),
            ("held", "Bytes of keys and values."),
            ("rss", "Bytes resident."),
            ("lag", "Seconds its event loop was late at worst."),
        ):
            family = GaugeMetricFamily(f"zhubo_worker_{name}", text, labels=["worker", "model"])
            for shift in crew.shifts:
                family.add_metric([shift.worker, shift.model], float(getattr(shift, name)))
            yield family
