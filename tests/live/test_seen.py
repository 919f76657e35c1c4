"""Redelivered events are known for as long as platforms redeliver, in bounded memory."""

from bot.live.seen import Seen


def test_what_came_before_is_known() -> None:
    """By kind and id."""
    seen = Seen()
    assert not seen.again(0.0, "comment", "a")
    assert seen.again(9.0, "comment", "a")
    assert not seen.again(9.0, "like", "a")


def test_the_newest_are_remembered_however_long_ago_and_memory_is_bounded() -> None:
    """A quiet room, or an outage of hours, forgets nothing of the last `kept`; a flood forgets the oldest."""
    seen = Seen(kept=10, seconds=60.0, most=40)
    for n in range(10):
        assert not seen.again(0.0, "comment", f"{n}")
    assert all(seen.again(9999.0, "comment", f"{n}") for n in range(10))
    for n in range(10, 1000):
        assert not seen.again(9999.0 + n / 1000, "comment", f"{n}")
        assert len(seen._new) + len(seen._old) <= 80
        assert seen.again(9999.0 + n / 1000, "comment", f"{n - 10}")
