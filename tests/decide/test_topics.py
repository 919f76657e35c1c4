"""Topics tell opposite questions apart and find the sentence that answers both."""

import pytest

from bot.decide.topics import rests_on, topics_of, without_topics


def ids(text: str) -> set[str]:
    """Topic ids of a line."""
    return {t.id for t in topics_of(text)}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("显胖吗", "显瘦吗"),
        ("能机洗吗", "能手洗吗"),
        ("厚吗", "薄吗"),
        ("is it heavy", "is it light"),
        ("油皮能用吗", "干皮能用吗"),
    ],
)
def test_opposites_are_different_topics(one: str, other: str) -> None:
    """What must never be merged has different ids."""
    assert ids(one)
    assert ids(one) != ids(other)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("夏天穿热吗", {"summer", "hot"}), ("透气不闷热", {"cool", "hot"}), ("冷水手洗", {"handwash"}),
        ("防泼水涂层", {"waterproof"}),
        ("孕妇能用吗", {"pregnant"}), ("什么时候补货", {"restock"}), ("会不会起球", {"pilling"}),
        ("油腻吗", {"greasy"}), ("透气", {"cool"}),
        ("see-through?", {"sheer"}), ("cool iron", set()), ("pre-washed", set()), ("细腻的泡沫", set()),
        ("rainbow", set()),
    ],
)  # fmt: skip
def test_topics_of_a_line(text: str, found: set[str]) -> None:
    """Both languages, and no topic in words that only look like one."""
    assert ids(text) == found


def test_a_season_rests_on_a_quality_and_never_the_other_way_round() -> None:
    """Breathable bears out "fine in summer"; "worn inside in winter" does not bear out "warm"."""
    assert ("cool", True) in rests_on("summer")
    assert ("hot", False) in rests_on("summer")
    assert "winter" not in {topic for topic, _ in rests_on("warm")}
    assert ("body:slim", False) in rests_on("body:fat")
    assert rests_on("machine") == (("machine", True),)


def test_topic_words_can_be_taken_out() -> None:
    """What is left claims something else."""
    assert without_topics("孕妇能用吗").split() == ["能用吗"]
    assert without_topics("breathable fabric").split() == ["fabric"]
