"""The judge sees what a platform sees, and its limits fail a run that misses them."""

import msgspec
import pytest

from bot.domain.errors import SettingsError
from bot.loadtest.judge import Fault, Judge, Result, Sample
from bot.loadtest.limits import ALWAYS, limits
from tests.fakes import goods

ASKS = "fact:price|shirt|zh"


def judged(judge: Judge, received: int = -1, fates: dict[str, int] | None = None) -> Result:
    if received >= 0:
        judge.heard(0, received)
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
    mute = judged(Judge(goods()))
    assert (mute.lost, mute.unended) == (0, 0)  # not told is not missing


def test_comments_lost_in_one_room_are_not_made_good_by_another() -> None:
    """One too many elsewhere is as wrong."""
    judge = Judge(goods())
    for n in range(10):
        judge.wrote(float(n), n % 2, f"c{n}", "")
    judge.heard(0, 4)
    judge.heard(1, 6)
    assert judged(judge).lost == 2


def test_what_was_told_before_a_change_covers_nobody_after_it() -> None:
    """The old price is no answer; what was told of other products stands."""
    judge = Judge(goods())
    judge.wrote(1.0, 0, "a", ASKS)
    judge.wrote(1.0, 0, "b", "fact:price|tote|zh")
    judge.posted(2.0, 0, "1号亚麻衬衫：现价129元", ("a",))
    judge.posted(4.0, 0, "2号帆布包：现价89元", ("b",))
    judge.changed(5.0, goods(price=9900, version=2), "shirt")
    judge.wrote(30.0, 0, "c", ASKS)
    judge.wrote(30.0, 0, "d", "fact:price|tote|zh")
    assert judged(judge).covered == pytest.approx(3 / 4)


def test_questions_for_the_model_are_judged_apart() -> None:
    """Share answered, and their waits."""
    judge = Judge(goods())
    for n in range(4):
        judge.wrote(1.0, 0, f"o{n}", "", open=True)
    judge.posted(9.0, 0, "x", ("o1", "o2"))
    result = judged(judge)
    assert (result.askers, result.open, result.open_answered, result.open_p95) == (0, 4, 0.5, 8.0)


def sample(at: float, *, open: float = 0, workers: float = 2, answered: float = 10) -> Sample:
    return Sample(at, 1e8, open, 0.001, workers, answered, 0)


def test_recovery_is_seen_by_what_was_harmed() -> None:
    """After a cut: the next answer. After a worker's death: jobs are answered again."""
    judge = Judge(goods())
    judge.faults = [Fault("cut", 5.0, 5.0), Fault("kill_worker", 5.0, 5.0)]
    judge.samples = [sample(float(t), workers=2 - (t > 5), answered=10 if t < 9 else 11) for t in range(12)]
    judge.wrote(4.0, 0, "before", ASKS)
    judge.wrote(6.0, 0, "after", ASKS)
    judge.posted(5.5, 0, "x", ("before",))
    judge.posted(7.25, 0, "y", ("after",))
    assert [f.recovered for f in judged(judge).faults] == [2.25, 4.0]


@pytest.mark.parametrize(("peak", "recovered"), [(14, 5.0), (99, -1.0)])
def test_a_burst_is_over_when_no_more_is_open_than_before(peak: int, recovered: float) -> None:
    """For good: a dip in between is none; and never when the run ends before."""
    judge = Judge(goods())
    judge.faults = [Fault("burst", 5.0, 10.0)]
    judge.samples = [sample(float(t), open=3 if t <= 5 or t == 12 or t > peak else 80) for t in range(20)]
    assert [f.recovered for f in judged(judge).faults] == [recovered]


def test_a_bot_that_says_nothing_misses_its_limits() -> None:
    """Nobody answered is no short wait, and what was not measured is not kept."""
    judge = Judge(goods())
    for n in range(50):
        judge.wrote(1.0, 0, f"c{n}", ASKS)
    result = judged(judge)
    asked = limits(["p50<=5", "p95<=5", "worst<=5", "covered>=0.1", "lag<=1"])
    assert all(limit.missed(result) for limit in asked)
    assert [limit.missed(result) for limit in limits(ALWAYS, always=True)][:4] == [""] * 4
    assert limits(ALWAYS, always=True)[4].missed(result).startswith("covered is 0")


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
