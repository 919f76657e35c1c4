"""The host's script in a running room: it follows the product, and what people change is held to facts and roles."""

import pytest

from bot.backends.rules_file import load_rules
from bot.decide.adlaw import AdLaw
from bot.decide.script.plan import plan
from bot.decide.script.write import write
from bot.domain.desk import Command, Lock, Order, Rewrite, Role, Ruling, TakeMends
from bot.domain.inputs import Commanded, Hear, Scripted, Stocked
from bot.domain.script import Brief
from bot.live.board import cues
from bot.live.scripting import view
from tests.fakes import Hall, goods, heard


def hall_with_script(seconds: float = 300.0) -> Hall:
    """A room whose host has a script."""
    hall, brief = Hall(), Brief(seconds=seconds)
    hall.feed(Scripted(write("s", goods(), brief, plan(goods(), brief), AdLaw(load_rules()))))
    return hall


def give(hall: Hall, command: Command, role: Role = "moderator") -> Ruling:
    """What comes of a command."""
    order = Order(f"o{hall.now}", "anna", role, command)
    return next(e for e in hall.feed(Commanded(order), after=0.1) if isinstance(e, Ruling))


def test_the_teleprompter_follows_the_product_on_screen() -> None:
    """First the opening, then each product's own lines, numbers as they are read."""
    hall = hall_with_script()
    opening = cues(hall.now, hall.room.state).script
    assert {line.part for line in opening} == {"welcome"}
    hall.feed(Hear(heard(1, kind="room", product="1")))
    lines = cues(hall.now, hall.room.state).script
    assert any("一百二十九元" in line.text for line in lines)
    assert not [line for line in lines if "帆布包" in line.text]
    hall.feed(Hear(heard(2, kind="room", product="tote")))
    assert any("八十九元" in line.text for line in cues(hall.now, hall.room.state).script)
    assert cues(1.0, Hall().room.state).script == ()


def test_a_changed_price_is_struck_out_at_once_and_mended_on_order() -> None:
    """The true words stand beside it; after the mends nothing is stale."""
    hall = hall_with_script()
    hall.feed(Hear(heard(1, kind="room", product="shirt")))
    hall.feed(Stocked(goods(price=15900, version=2)))
    stale = [line for line in cues(hall.now, hall.room.state).script if line.stale]
    assert stale
    assert all("一百五十九元" in line.instead for line in stale)
    assert give(hall, TakeMends()).done
    lines = cues(hall.now, hall.room.state).script
    assert not [line for line in lines if line.stale]
    assert any("一百五十九元" in line.text for line in lines)


@pytest.mark.parametrize(
    ("command", "why"),
    [
        (Rewrite("shirt:hook"), ""), (Rewrite("shirt:hook", "大家好，来看衬衫"), ""),
        (Rewrite("shirt:hook", "现价1元"), "number:1元"),
        (Rewrite("nowhere"), "no_section"), (Lock("shirt:hook"), ""), (TakeMends(), ""),
    ],
)  # fmt: skip
def test_what_people_change_is_held_to_the_facts(command: Command, why: str) -> None:
    """Other words, a sentence of one's own, a lock; a wrong price never."""
    hall = hall_with_script()
    ruling = give(hall, command)
    assert (ruling.done, ruling.why) == (not why, why)


def test_a_locked_section_stays_and_a_viewer_may_nothing() -> None:
    """Neither other words nor a viewer's command move it; without a script there is nothing to change."""
    hall = hall_with_script()
    assert give(hall, Rewrite("shirt:hook"), "viewer").why == "no_right"
    assert give(hall, Lock("shirt:hook")).done
    assert give(hall, Rewrite("shirt:hook")).why == "locked"
    assert give(hall, Lock("shirt:hook", on=False)).done
    assert give(hall, Rewrite("shirt:hook")).done
    assert give(Hall(), TakeMends()).why == "no_script"


def test_a_page_sees_what_each_sentence_rests_on_and_takes() -> None:
    """Titles, seconds, fields; nothing without a script."""
    hall = hall_with_script()
    shown = view(hall.room.state)
    assert shown is not None
    offer = next(s for s in shown.sections if s.id == "shirt:offer")
    assert "价格" in offer.sentences[-1].fields or any("价格" in s.fields for s in offer.sentences)
    assert abs(sum(s.seconds for s in shown.sections) / 300 - 1) < 0.1
    assert view(Hall().room.state) is None
