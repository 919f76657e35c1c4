"""Figures for Prometheus: what rooms and workers say, in a format that its own parser reads."""

from prometheus_client.parser import text_string_to_metric_families

from bot.backends.metrics import Metrics, resident
from bot.domain.views import RoomStatus
from bot.domain.work import Crew, Shift


def made() -> Metrics:
    crew = Crew((Shift("w1", "qwen", 8, running=3, answered=12, seconds=1.5, held=1 << 20),), unclaimed=4, claimed=3)
    metrics = Metrics(lambda: crew, lambda: {"answered": 12, "late": 1}, lambda: (0.002, 0.01))
    metrics("晚八点", RoomStatus("晚八点", 1.0, received=10, open=2, fates={"answered": 3, "merged": 5}, link="live"))
    metrics("晚八点", object())
    return metrics


def read(page: bytes) -> dict[tuple[str, ...], float]:
    families = text_string_to_metric_families(page.decode())
    return {(s.name, *(v for _, v in sorted(s.labels.items()))): s.value for f in families for s in f.samples}


def test_the_ledger_and_the_workers_are_told() -> None:
    """By room and fate; what waits for workers, and how each of them does."""
    found = read(made().render())
    assert found["zhubo_received_total", "晚八点"] == 10
    assert found["zhubo_turns_total", "merged", "晚八点"] == 5
    assert found["zhubo_open", "晚八点"] == 2
    assert found["zhubo_link_up", "晚八点"] == 1
    assert found["zhubo_jobs_unclaimed",] == 4
    assert found["zhubo_jobs_total", "late"] == 1
    assert found["zhubo_worker_seconds", "qwen", "w1"] == 1.5
    assert found["zhubo_event_loop_lag_seconds", "0.99"] == 0.002


def test_memory_is_told() -> None:
    """Of this very process."""
    assert resident() > 10_000_000
