"""The small models: what ships, how it is stored, and that reading is bounded and repeatable."""

import subprocess
import sys
import time
from importlib.resources import files

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.decide.ngrams import BUCKETS, FILE, Head, Model, features, pack, shipped, unpack


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=600))
def test_any_text_has_features_and_scores(text: str) -> None:
    """Buckets in range, each once, and a finite score from every head."""
    buckets = features(text, ["mark"])
    assert len(set(buckets)) == len(buckets)
    assert all(0 <= b < BUCKETS for b in buckets)
    assert all(abs(head.logit(buckets)) < 100 for head in shipped().heads.values())


def test_what_ships_is_small_and_complete() -> None:
    """Under 5 MB, a head for each kind, and the two that stand alone."""
    assert files("bot.decide").joinpath(FILE).stat().st_size < 5_000_000  # type: ignore[attr-defined]
    assert len([name for name in shipped().heads if name.startswith("kind:")]) == 8
    assert set(shipped().thresholds) == {"abuse", "ad"} <= set(shipped().heads)


def test_a_stored_model_comes_back() -> None:
    """Byte for byte."""
    model = Model({"x": Head(bytes(range(256)), 0.5, -1.0)}, {"x": 0.25})
    assert unpack(pack(model)) == model


def test_other_processes_score_alike() -> None:
    """Hash seeds do not matter: a replay decides the same."""
    code = "from bot.decide.ngrams import features; print(sorted(features('这个多少钱 how much')))"
    printed = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": "."},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(printed) == 1


def test_a_comment_is_scored_in_a_fraction_of_a_millisecond() -> None:
    """Loose: the machine is shared."""
    lines = ["这个多少钱呀主播", "how much is the blue one", "哈哈哈哈哈 笑死"] * 100
    shipped()
    began = time.process_time()
    for line in lines:
        shipped().scores(features(line), [name for name in shipped().heads if name.startswith("kind:")])
    assert (time.process_time() - began) / len(lines) < 0.5e-3
