"""What `zhubo eval` measures stays above its floors, on sets that travel with the code."""

import random

import msgspec
import numpy as np
import pytest

from bot.backends.rules_file import load_rules
from bot.decide.adlaw import AdLaw
from bot.decide.guard import Verdict
from bot.decide.words import fold
from bot.demo.audit import explain
from bot.demo.exam import big_shop, hostile_show
from bot.domain.catalog import Catalogue
from bot.domain.law import LawTable
from bot.live import writing
from bot.training.evaluate import law_figures, triage_figures
from bot.training.figures import f1, macro
from bot.training.grouping import leaders, merge_figures, v_measure
from bot.training.liar import Liar
from bot.training.triage import KINDS, comments, rows
from bot.training.truth import examine
from tests.decide.shelf import demo_goods


def test_scores_are_what_textbooks_say() -> None:
    """F1 of two hits, one miss and one false alarm is 2/3; macro-F1 is the mean over labels."""
    assert f1([(True, True), (True, True), (True, False), (False, True), (False, False)]) == 4 / 6
    assert (
        macro([("a", "a"), ("b", "a"), ("b", "b")], ("a", "b"))
        == (f1([(True, True), (False, True), (False, False)]) + 2 / 3) / 2
    )


def test_the_sets_are_sound_and_nothing_leaks() -> None:
    """Kinds are known, and no training comment stands in the test set, in comparison form."""
    tested, own = rows("comments_test"), comments()
    assert len(tested) >= 1200
    assert {r["kind"] for r in tested} == {r["kind"] for r in own} == set(KINDS)
    assert not {fold(r["text"]) for r in tested} & {fold(r["text"]) for r in own}
    assert len(rows("pairs")) >= 1500 and len(rows("contrast")) >= 300
    assert len(rows("adlaw_violations")) >= 400 and len(rows("adlaw_clean")) >= 1000


def test_triage_stays_above_its_floors() -> None:
    """Questions, kinds; time is not judged here."""
    questions, kinds, _ = triage_figures()
    assert questions.ok, questions
    assert kinds.ok, kinds


def test_merging_stays_on_the_safe_side() -> None:
    """No wrong merge in the contrast set; precision of what is merged is watched."""
    precision, recall, wrong = merge_figures(demo_goods())
    assert wrong.ok, wrong
    assert float(precision.value) >= 0.94
    assert float(recall.value) >= 0.35


def test_the_law_table_does_not_get_worse() -> None:
    """Below the project's floors for now; this is where it stands."""
    recall, alarms = law_figures(AdLaw(load_rules()))
    assert float(recall.value) >= 0.89
    assert alarms.ok, alarms


def shop() -> Catalogue:
    return big_shop(demo_goods(), random.Random(3))


def test_a_hostile_show_with_the_worst_drafter_sends_nothing_false() -> None:
    """A few minutes of it; `zhubo eval` plays an hour."""
    goods = shop()
    liar = Liar(goods.products, random.Random(4))
    found = examine(
        hostile_show(goods, seconds=240, seed=8), load_rules(), lambda job, product, lang: liar(product, lang),
        lambda line, catalogue: [w.why for w in explain(line, catalogue)],
    )  # fmt: skip
    assert found.questions > 500 and found.lines > 300 and found.lies > 20
    assert (found.sent, found.wrong) == ([], [])


def test_the_examiner_finds_what_a_blind_guard_lets_through(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a guard lies leave, and with another catalogue numbers are wrong: it is no test that cannot fail."""
    goods = shop()
    liar = Liar(goods.products, random.Random(4))
    monkeypatch.setattr(writing, "hold", lambda text, *_: Verdict(text, "ok", ()))

    def audit(line: str, catalogue: Catalogue) -> list[str]:
        unpriced = tuple(
            msgspec.structs.replace(p, skus=tuple(msgspec.structs.replace(s, price=None) for s in p.skus))
            for p in catalogue.products
        )
        return [w.why for w in explain(line, Catalogue(1, unpriced))]

    show = hostile_show(goods, seconds=120, seed=8)
    found = examine(show, LawTable(), lambda job, product, lang: liar(product, lang), audit)
    assert found.sent and found.wrong


def test_v_measure_is_what_its_paper_says() -> None:
    """One when groups and truth are the same, zero when a group says nothing, in between where groups are split."""
    assert v_measure("aabb", [1, 1, 2, 2]) == pytest.approx(1)
    assert v_measure("abab", [1, 1, 1, 1]) == 0
    assert v_measure("aabb", [1, 2, 3, 4]) == pytest.approx(2 / 3)


def test_leaders_group_what_is_near() -> None:
    """In order: a founder, one near it, one apart, and one nearer to the second founder."""
    turns = np.array([[1, 0], [0.96, 0.28], [0, 1], [0.28, 0.96]], np.float32)
    assert leaders(turns, 0.9) == [0, 0, 1, 1]
