"""Which of the claimed jobs run now. Imports no torch."""

from collections.abc import Sequence

import msgspec

from bot.domain.ports import Claimed

TRIES = 3  # a job handed out more often than this has killed its workers: poison


class Plan(msgspec.Struct, frozen=True):
    """What to do with claimed jobs.

    Attributes:
        run: to the model, jobs with the same prefix side by side, the most urgent prefix first.
        late: their deadline has passed; answered without touching the model.
        poison: handed out too often.
    """

    run: tuple[Claimed, ...]
    late: tuple[Claimed, ...]
    poison: tuple[Claimed, ...]


def plan(claimed: Sequence[Claimed], now: float) -> Plan:
    """Sort claimed jobs. `now` in seconds since the epoch."""
    poison = tuple(c for c in claimed if c.tries > TRIES)
    late = tuple(c for c in claimed if c.tries <= TRIES and c.job.deadline <= now)
    alive = [c for c in claimed if c.tries <= TRIES and c.job.deadline > now]
    first: dict[str, float] = {}
    for c in alive:
        first[c.job.prefix] = min(first.get(c.job.prefix, c.job.deadline), c.job.deadline)
    return Plan(tuple(sorted(alive, key=lambda c: (first[c.job.prefix], c.job.prefix, c.job.deadline))), late, poison)
