"""The judge sees what a platform sees, and its limits fail a run that misses them."""

import msgspec
import pytest

from bot.domain.errors import SettingsError
from bot.loadtest.judge import Fault, Judge, Result, Sample
from bot.loadtest.limits import limits
from tests.fakes import goods

ASKS = "fact:price|shirt|zh"


def judged(judge: Judge, received: int = -1, fates: dict[str, int] | None = None) -> Result:
    return judge.result("x", 1, 30.0, lines={}, connections=1, received=received, fates=fates or {})


def test_waits_count_from_when_a_comment_was_due() -> None:
    """Also of those whose line answers many; late askers are covered by a line of the last minute."""
    judge = Judge(goods())
    judge.wrote(1.0, 0, "a", ASKS)
    judge.wrote(2.0, 0, "b", ASKS)
    judge.wrote(2.5, 0, "chat", "")
    judge.posted(4.0, 0, "1号亚麻衬衫：现价129元", ("a", "b"))
    judge.wrote(50.0, 0, "late", ASKS)
    judge.wrote(50.0, 1, "elsewhere", ASKS)
    judge.wrote(70.0, 0, "too late", ASKS)
    result = judged(judge)
    assert (result.comments, result.askers, result.waits) == (6, 5, [2.0, 3.0])
    assert result.covered == pytest.approx(3 / 5)
    assert (result.double, result.again, result.wrong) == (0, 0, [])


def test_a_second_answer_a_wrong_number_and_a_repeated_line_are_seen() -> None:
    """The three things that a viewer, a merchant and a moderator do not forgive."""
    judge = Judge(goods())
    judge.wrote(1.0, 0, "a", ASKS)
    judge.posted(2.0, 0, "1号亚麻衬衫：现价129元", ("a",))
    judge.posted(5.0, 0, "1号亚麻衬衫：现价129元", ("a",))
    judge.posted(9.0, 0, "1号亚麻衬衫：现价99元", ("b",))
    result = judged(judge)
    assert (result.double, result.again, [w.number for w in result.wrong]) == (1, 1, ["99"])


def test_what_the_bot_never_heard_or_never_ended_is_missing() -> None:
    """By its own figures against ours."""
    judge = Judge(goods())
    for n in range(10):
        judge.wrote(float(n), 0, f"c{n}", "")
    result = judged(judge, received=9, fates={"ignored": 7})
    assert (result.lost, result.unended) == (1, 2)
    assert (judged(judge).lost, judged(judge).unended) == (0, 0)  # not told is not missing


def test_recovery_is_seen_by_what_was_harmed() -> None:
    """After a cut: the next answer. After a worker's death: jobs are answered again. After a burst: all are covered."""
    judge = Judge(goods())
    judge.faults = [Fault("cut", 5.0, 5.0), Fault("kill_worker", 5.0, 5.0), Fault("burst", 5.0, 8.0)]
    judge.samples = [Sample(float(t), 0, 0, 0, 2 - (t > 5), 10 if t < 9 else 11, 0) for t in range(12)]
    judge.wrote(4.0, 0, "before", ASKS)
    judge.wrote(6.0, 0, "after", ASKS)
    judge.posted(5.5, 0, "x", ("before",))
    judge.posted(7.25, 0, "y", ("after",))
    judge.wrote(11.0, 1, "never", ASKS)
    assert [f.recovered for f in judged(judge).faults] == [2.25, 4.0, 3.0]


def test_limits_say_by_how_much_they_are_missed() -> None:
    """And are silent when they are kept."""
    result = msgspec.structs.replace(judged(Judge(goods())), p95=7.5)
    tight, loose = limits(["p95<=5", "p95 <= 7.5"])
    assert tight.missed(result) == "p95 is 7.5, asked for <= 5"
    assert loose.missed(result) == ""


@pytest.mark.parametrize("text", ["p95", "p95<=x", "speed<=3", "p95=3", ""])
def test_a_limit_that_is_none_names_the_fix(text: str) -> None:
    """With the names there are."""
    with pytest.raises(SettingsError, match="p95"):
        limits([text])
