"""How well questions are merged: on our pairs, and on sets of other fields as an alarm."""

import re
from collections import Counter
from collections.abc import Hashable, Sequence
from math import log
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from bot.decide import merge
from bot.decide.senses import vector
from bot.decide.triage import Reader, resolve
from bot.decide.words import clean
from bot.domain.catalog import Catalogue
from bot.training.figures import Figure, at_least
from bot.training.triage import rows, shared

NEAR = 0.7  # cosine; what joins a group of banking questions


def merge_figures(goods: Catalogue) -> list[Figure]:
    """Measure which pairs of questions become one, with the product of the pair on screen."""
    reader = Reader(goods)

    def asked(text: str, screen: str) -> merge.Asked:
        reading = reader(clean(text))
        product, _ = resolve(reading, goods, screen, "")
        return merge.asked(reading, None if reading.need else product)

    def merged(row: dict[str, Any]) -> bool:
        return merge.same(asked(row["a"], row["product"]), asked(row["b"], row["product"]))

    def plain(text: str) -> str:
        return re.sub(r"\W", "", text.lower())

    pairs, contrast = rows("pairs"), rows("contrast")
    one = [merged(r) for r in pairs]
    right = sum(o and r["same"] for o, r in zip(one, pairs, strict=True))
    wrong = sum(map(merged, contrast))
    alike = sum(_overlap(plain(r["a"]), plain(r["b"])) > 0.7 for r in contrast)
    return [
        at_least(f"merge, precision on {len(pairs)} pairs, half of them hard", right / max(1, sum(one)), 0.97),
        at_least("merge, recall at that precision", right / sum(r["same"] for r in pairs), 0.80),
        Figure(
            f"wrong merges in {len(contrast)} contrast pairs", str(wrong), f"7 of 10 characters alike: {alike}", "0",
            not wrong,
        ),
    ]  # fmt: skip


def _overlap(a: str, b: str) -> float:
    return len(set(a) & set(b)) / max(1, len(set(a) | set(b)))


def merge_shared_figures(folder: Path) -> list[Figure]:
    """Measure grouping on banking questions, which we never trained on, and false merges of tricky sentence pairs."""
    bank = shared(folder, "en_samequestion_banking77/train")
    intents = [row["intent"] for row in bank]
    ours = v_measure(intents, leaders(np.stack([vector(row["text"]) for row in bank]), NEAR))
    plain = v_measure(intents, [" ".join(sorted(set(row["text"].lower().split()))) for row in bank])
    reader = Reader(Catalogue())

    def asked(text: str) -> merge.Asked:
        return merge.asked(reader(clean(text)), None)

    other = [r for r in shared(folder, "zh_paraphrase_pawsx/dev") if not int(r["same"])]
    wrong = sum(merge.same(asked(r["a"]), asked(r["b"])) for r in other) / len(other)
    alike = sum(_overlap(r["a"], r["b"]) > 0.7 for r in other) / len(other)
    return [
        at_least(f"grouping {len(bank)} banking questions, V-measure", ours, 0.75, f"same words {plain:.3f}"),
        Figure(
            f"over-merge alarm: {len(other)} PAWS-X pairs that are not the same, merged", f"{wrong * 100:.1f} %",
            f"7 of 10 characters alike: {alike * 100:.1f} %",
        ),
    ]  # fmt: skip


def leaders(vectors: npt.NDArray[np.float32], near: float) -> list[int]:
    """Group unit vectors [texts, width] as they come: each joins the nearest first member, or founds a group."""
    groups: list[int] = []
    founders = np.zeros((len(vectors), vectors.shape[1]), np.float32)
    count = 0
    for one in vectors:
        likeness = founders[:count] @ one
        best = int(likeness.argmax()) if count else 0
        if not count or likeness[best] < near:
            founders[count], best = one, count
            count += 1
        groups.append(best)
    return groups


def v_measure(truth: Sequence[Hashable], groups: Sequence[Hashable]) -> float:
    """Return the harmonic mean of homogeneity and completeness (Rosenberg and Hirschberg, EMNLP 2007)."""

    def entropy(counts: Counter[Any]) -> float:
        return -sum(c / len(truth) * log(c / len(truth)) for c in counts.values())

    h_truth, h_groups = entropy(Counter(truth)), entropy(Counter(groups))
    both = entropy(Counter(zip(truth, groups, strict=True)))
    homogeneity = (h_truth + h_groups - both) / h_truth if h_truth else 1.0
    completeness = (h_truth + h_groups - both) / h_groups if h_groups else 1.0
    return 2 * homogeneity * completeness / (homogeneity + completeness) if homogeneity + completeness else 0.0
