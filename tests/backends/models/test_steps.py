"""The stepwise writer: answers join and leave a running batch, and none of it shows in their words."""

import random
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.backends.models.slots import Slots
from bot.backends.models.writer import SlotWriter
from bot.domain.work import Prompt
from tests.backends.models.test_writer import CARDS, prompts

pytestmark = pytest.mark.usefixtures("folder")


@pytest.fixture(scope="module")
def writer(folder: Path) -> SlotWriter:
    return SlotWriter.load(folder, slots=3, threads=1, device="cpu", dtype="fp32")


@pytest.fixture(scope="module")
def alone(writer: SlotWriter) -> dict[int, str]:
    """What each prompt gets when nobody is beside it."""
    return {i: writer.write([prompt])[0] for i, prompt in enumerate(prompts(most=30))}


def finish(writer: SlotWriter, said: dict[str, str]) -> None:
    for _ in range(500):
        if not (writer._active or writer._entering):
            return
        said |= {e.id: e.text for e in writer.step([])}
    raise AssertionError("the writer does not come to an end")


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10_000))
def test_joining_and_leaving_does_not_show(writer: SlotWriter, alone: dict[int, str], seed: int) -> None:
    """Answers begun at any step, beside any neighbours, some of which are dropped, have the words they have alone."""
    dice = random.Random(seed)
    coming = list(enumerate(prompts(most=30)))
    dice.shuffle(coming)
    said: dict[str, str] = {}
    dropped: set[str] = set()
    while coming:
        free = writer.slots - len(writer._active) - len(writer._entering)
        new = [coming.pop() for _ in range(min(len(coming), dice.randint(0, max(0, free))))]
        drop = {id for id in writer._active if dice.random() < 0.03}
        dropped |= drop
        said |= {e.id: e.text for e in writer.step([(str(i), p) for i, p in new], drop)}
    finish(writer, said)
    assert said == {str(i): text for i, text in alone.items() if str(i) not in dropped}


def test_a_longer_prompt_may_join_rows_in_use(writer: SlotWriter, alone: dict[int, str]) -> None:
    """Rows grow while answers are under way, and keep what they hold."""
    writer.forget()
    short = prompts(most=30)[0]
    said = {e.id: e.text for e in writer.step([("short", short)])}
    before = writer._engine._plan.capacity
    long = Prompt(f"{CARDS[1]} " * 12, "多少钱？", 30)
    said |= {e.id: e.text for e in writer.step([("long", long)])}
    assert writer._engine._plan.capacity > before
    finish(writer, said)
    assert said["short"] == alone[0]
    assert said["long"] == writer.write([long])[0]


def test_a_prompt_too_long_ends_alone_and_at_once(writer: SlotWriter, alone: dict[int, str]) -> None:
    """The error says what to shorten; the neighbour is written."""
    huge = Prompt("商品 " * writer.positions, "多少钱？", 30)
    ended = writer.step([("huge", huge), ("fine", prompts(most=30)[0])])
    assert [(e.id, "shorten" in e.error) for e in ended if e.error] == [("huge", True)]
    said = {e.id: e.text for e in ended}
    finish(writer, said)
    assert said["fine"] == alone[0]


def test_a_step_that_fails_leaves_an_empty_writer(writer: SlotWriter, alone: dict[int, str]) -> None:
    """Nothing of the broken step is left, and the next answers are right."""
    writer.step([("a", prompts(most=30)[1])])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Slots, "_forward", lambda *_: (_ for _ in ()).throw(RuntimeError("broken")))
        with pytest.raises(RuntimeError, match="broken"):
            writer.step([])
    assert not writer._active and not writer._entering and writer._engine.free == writer.slots
    assert writer.write(prompts(most=30)) == [alone[i] for i in range(len(alone))]


def test_long_prompts_do_not_hold_up_answers_under_way(writer: SlotWriter, monkeypatch: Any) -> None:
    """A step computes new prompts up to the budget; the others enter with the steps that follow."""
    monkeypatch.setattr("bot.backends.models.writer.BUDGET", 1)
    writer.forget()
    writer.step([(str(i), p) for i, p in enumerate(prompts(most=30)[:3])])
    assert (len(writer._active), len(writer._entering)) == (1, 2)
    finish(writer, {})


def test_memory_is_bounded_and_told(writer: SlotWriter) -> None:
    """Keys and values are what rows and kept prefixes need, and go when they are asked to."""
    writer.write(prompts(most=30))
    held = writer._engine.held
    writer.write(prompts(most=30))
    assert 0 < writer._engine.held == held
    writer.forget()
    assert writer._engine.held == 0
    assert torch.is_inference_mode_enabled() is False
