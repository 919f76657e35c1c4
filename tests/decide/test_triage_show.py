"""Triage against the demo's crowd, whose comments carry their ground truth (rules were tuned on other seeds)."""

from collections.abc import Callable
from functools import cache

import msgspec
import pytest

from bot.decide.privacy import mask
from bot.decide.triage import Reader, Reading, resolve
from bot.decide.words import clean
from bot.demo.show import make_show
from tests.decide.shelf import demo_goods


class Line(msgspec.Struct, frozen=True):
    """One distinct wording: what it is in truth, and how it was read when it was first said."""

    text: str
    label: str
    about: str
    screen: str
    reading: Reading


@cache
def said() -> tuple[Line, ...]:
    """Distinct wordings of twenty minutes."""
    reader, screen, lines = Reader(demo_goods()), "", {}
    for cue in make_show(demo_goods(), seconds=1200, seed=90210):
        event = cue.event
        if event and event.kind == "room":
            screen = event.product
        elif event and event.kind == "comment" and cue.label:
            text = clean(mask(clean(event.text)))
            lines.setdefault(text, Line(text, cue.label, cue.about, screen, reader(text)))
    return tuple(lines.values())


def right(line: Line) -> bool:
    """Are the slots those asked for? A size or colour by name is asked for as the stock of that SKU."""
    wanted, got = set(line.label.removeprefix("fact:").split(",")), set(line.reading.slots)
    got = {"size" if slot == "sizing" else slot for slot in got}
    if line.reading.size or line.reading.colour:
        named = {"size"} if line.reading.size else set()
        named |= {"colour"} if line.reading.colour else set()
        return "stock" in got and got - named - {"stock"} == wanted - named - {"stock"}
    return got == wanted


def share(label: str, holds: Callable[[Line], bool]) -> float:
    """Share of the lines with a label of which something holds."""
    lines = [line for line in said() if line.label.split(":")[0] == label]
    assert len(lines) >= 15
    return sum(map(holds, lines)) / len(lines)


def test_fact_questions_are_read_as_what_they_ask() -> None:
    """Nearly every fact question is a question, with exactly the right slots, and with those asked for among them."""
    assert share("fact", lambda line: line.reading.kind == "question") >= 0.98
    assert share("fact", right) >= 0.95
    wrong = [line.text for line in said() if line.label.startswith("fact") and line.reading.slots and not right(line)]
    assert len(wrong) <= 0.02 * len(said())


@pytest.mark.parametrize("label", ["chatter", "praise"])
def test_talk_is_not_taken_for_questions(label: str) -> None:
    """Chatter and praise are rarely taken for questions, and never for questions of fact."""
    assert share(label, lambda line: line.reading.kind == "question") <= 0.02
    assert share(label, lambda line: bool(line.reading.slots)) <= 0.005


@pytest.mark.parametrize(
    ("label", "kind", "floor"),
    [("injection", "command", 0.97), ("spam", "spam", 0.97), ("abuse", "abuse", 0.9), ("complaint", "complaint", 0.93)],
)
def test_attacks_and_complaints_are_caught(label: str, kind: str, floor: float) -> None:
    """Commands and advertisements never become questions; complaints reach the host."""
    assert share(label, lambda line: line.reading.kind == kind) >= floor


@pytest.mark.parametrize(("label", "floor"), [("open", 0.95), ("unanswerable", 0.95), ("need", 0.95)])
def test_open_questions_and_needs_are_heard(label: str, floor: float) -> None:
    """They are questions, and hardly ever taken for a question of fact."""
    assert share(label, lambda line: line.reading.kind == "question") >= floor
    assert share(label, lambda line: bool(line.reading.slots)) <= 0.04


def test_the_product_asked_about_is_found() -> None:
    """By number, name or screen; a wrong product is worse than none."""
    asked = [line for line in said() if line.about and line.reading.kind == "question" and not line.reading.need]
    found = [(line, resolve(line.reading, demo_goods(), line.screen, "")[0]) for line in asked]
    assert sum(product is not None and product.id == line.about for line, product in found) >= 0.99 * len(asked)
    assert sum(product is not None and product.id != line.about for line, product in found) <= 0.005 * len(asked)
