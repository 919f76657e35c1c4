"""What viewers turn to next, learned from visits."""

from bot.decide.visits import Visits


def test_what_followed_most_often_comes_first_and_the_way_there_counts() -> None:
    """After b: mostly c, but d for those who came from z."""
    visits = Visits([("a", "b", "c")] * 5 + [("z", "b", "d")] * 4 + [("b", "c")] * 2)
    best = max(visits.score(("b",)).items(), key=lambda kv: kv[1])[0]
    assert best == "c"
    scores = visits.score(("z", "b"))
    assert max(scores, key=lambda p: scores[p]) == "d"


def test_shares_sum_to_one_and_nothing_is_known_of_the_unknown() -> None:
    """Scores are shares; an empty history or a product nobody has turned to yields none."""
    assert Visits().score(("a",)) == {}
    visits = Visits([("a", "b"), ("a", "c")])
    assert visits.score(("unheard-of",)) == {}
    assert visits.score(()) == {}
    assert abs(sum(visits.score(("a",)).values()) - 1) < 1e-9


def test_the_oldest_visits_leave() -> None:
    """Of more visits than are kept the first are forgotten; a visit of one product teaches nothing."""
    visits = Visits(most=3)
    for later in ("old", "old", "new", "new", "new"):
        visits.learn(("a", later))
    visits.learn(("a",))
    assert len(visits) == 3
    assert set(visits.score(("a",))) == {"new"}
