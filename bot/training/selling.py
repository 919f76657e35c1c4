"""The figures of `zhubo eval recommend`: next clicks, needs, and the made-up market."""

import re
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from math import log, sqrt
from pathlib import Path
from typing import Protocol

import numpy as np

from bot.decide.needs import Need, need_of
from bot.decide.offpolicy import Logged, Policy, estimate, uniform
from bot.decide.recommend import ranked
from bot.decide.triage import Reader
from bot.decide.visits import VISITS, Visits
from bot.decide.words import clean
from bot.domain.catalog import Catalogue
from bot.domain.learning import Suggested
from bot.domain.viewers import ViewerContext
from bot.insight.counters import quantile
from bot.training.figures import Figure, at_least, at_most, f1
from bot.training.market import Ours, at_random, by_history, follow_host, market, oracle, play
from bot.training.triage import rows, shared

SEEDS = 50
TESTED = 1500  # visits of July


class NextClick(Protocol):
    """Something that scores what comes next."""

    def score(self, trail: Sequence[str]) -> Mapping[str, float]:
        """Return scores by product."""


class Markov:
    """The simple way: what followed the last product most often."""

    def __init__(self, visits: Iterable[Sequence[str]]) -> None:
        self._steps: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for visit in visits:
            for product, later in zip(visit, visit[1:], strict=False):
                self._steps[product][later] += 1

    def score(self, trail: Sequence[str]) -> Mapping[str, float]:
        """Return counts."""
        return self._steps.get(trail[-1], {})


class Vsknn:
    """VSKNN (Ludewig & Jannach 2018): the nearest visits by shared products, newer ones of this visit counting more.

    It looks at the last three products and proposes none of the visit itself; k = 200 of the 1000 newest that share
    anything: the best of the settings tried on June.
    """

    def __init__(self, visits: Iterable[Sequence[str]], k: int = 200, sample: int = 1000) -> None:
        self._k, self._sample = k, sample
        self._sets = [frozenset(v) for v in visits if len(v) > 1]
        self._with: defaultdict[str, list[int]] = defaultdict(list)
        for i, products in enumerate(self._sets):
            for product in products:
                self._with[product].append(i)
        self._idf = {p: log(len(self._sets) / len(ids)) for p, ids in self._with.items()}

    def score(self, trail: Sequence[str]) -> Mapping[str, float]:
        """Return the neighbours' votes."""
        seen, trail = frozenset(trail), trail[-3:]
        weight = {product: (i + 1) / len(trail) for i, product in enumerate(trail)}
        sharing = sorted({i for p in weight for i in self._with.get(p, ())[-self._sample :]})[-self._sample :]
        near = [
            (sum(weight[p] for p in self._sets[i] & weight.keys()) / sqrt(len(self._sets[i]) * len(weight)), i)
            for i in sharing
        ]
        votes: defaultdict[str, float] = defaultdict(float)
        for similar, i in sorted(near, reverse=True)[: self._k]:
            last = next(n for n, p in enumerate(reversed(trail), 1) if p in self._sets[i])
            for product in self._sets[i] - seen:
                votes[product] += similar * max(0.0, 1 - 0.1 * last) * self._idf[product]
        return votes


def ranks(model: NextClick, visits: Sequence[Sequence[str]]) -> tuple[float, float, list[float]]:
    """Return HR@5, MRR@20 over every next click, and the milliseconds of each decision."""
    hits = reciprocal = 0.0
    costs: list[float] = []
    for visit in visits:
        for i in range(1, len(visit)):
            began = time.perf_counter()
            scores = model.score(visit[:i])
            best = sorted(scores, key=lambda p: -scores[p])[:20]
            costs.append((time.perf_counter() - began) * 1000)
            if visit[i] in best:
                rank = best.index(visit[i]) + 1
                hits, reciprocal = hits + (rank <= 5), reciprocal + 1 / rank
    return hits / len(costs), reciprocal / len(costs), costs


def click_figures(folder: Path) -> list[Figure]:
    """Next click on the e-shop's visits: April to June known, July asked."""
    known = [(r["date"][5:7], r["clicks"]) for r in shared(folder, "rec_eshop_clothing/sessions_apr_jul")]
    train, test = [v for month, v in known if month < "07"], [v for month, v in known if month == "07"][:TESTED]
    found = []
    for name, part in (("all of them", train), (f"the last {VISITS}", train[-VISITS:])):
        ours = ranks(Visits(part, most=max(VISITS, len(part))), test)
        markov, vsknn = ranks(Markov(part), test), ranks(Vsknn(part), test)
        asked = len(ours[2])
        for what, mine, steps, near in (
            ("HR@5", ours[0], markov[0], vsknn[0]), ("MRR@20", ours[1], markov[1], vsknn[1]),
        ):  # fmt: skip
            best = max(steps, near)
            found.append(
                Figure(
                    f"next click, {what}, {asked} clicks of July after April to June, {name}", f"{mine:.4f}",
                    f"Markov {steps:.4f}, VSKNN {near:.4f}", f"> {best:.4f}", mine > best,
                )
            )  # fmt: skip
    found.append(
        at_most(
            f"next click, p95 of a decision, {VISITS} visits in memory", quantile(ours[2], 0.95), 5.0, " ms",
            f"VSKNN {quantile(vsknn[2], 0.95):.3g} ms",
        )
    )  # fmt: skip
    return found


def need_figures(goods: Catalogue) -> list[Figure]:
    """Needs read from comments: ours, those that the rules were written on, and those that somebody else wrote."""
    sets = (("needs", "ours"), ("needs_dev", "rules written on them"), ("needs_other", "somebody else's"))
    return [figure for name, what in sets for figure in _needs(goods, name, what)]


def _needs(goods: Catalogue, name: str, what: str) -> list[Figure]:
    cases = rows(name)
    read = Reader(goods)
    slots: list[tuple[bool, bool]] = []
    first: list[bool] = []
    none: list[bool] = []
    for row in cases:
        text = clean(row["text"])
        reading = read(text)
        got, wanted = _slots(need_of(text, reading.size)), row["slots"]
        for key in got.keys() | wanted.keys():
            right = key in got and key in wanted and _same(key, got[key], wanted[key])
            slots += [(True, True)] if right else [(True, False)] * (key in wanted) + [(False, True)] * (key in got)
        best = [p.id for _, p in ranked(text, reading, goods, ViewerContext())[:3]]
        if row["right"]:
            first.append(bool(set(best) & set(row["right"])))
        elif row["right"] == []:
            none.append(not best)
    popular = [p.id for p in goods.products if p.stock][:3]
    by_default = [bool(set(popular) & set(r["right"])) for r in cases if r["right"]]
    return [
        at_least(f"needs, F1 of the slots ({len(cases)} comments, {what})", f1(slots), 0.92),
        at_least(
            f"needs, a right product in the first 3 ({len(first)})", sum(first) / max(1, len(first)), 0.90,
            f"always the same 3: {sum(by_default) / max(1, len(by_default)):.3f}",
        ),
        Figure(f"needs that nothing meets, said so ({len(none)})", f"{sum(none) / max(1, len(none)):.3f}"),
    ]  # fmt: skip


def _slots(need: Need) -> dict[str, object]:
    named = {"budget_min": need.low, "budget_max": need.high, "size": need.size, "skin": need.skin}
    named |= {"recipient": need.recipient, "occasion": need.occasion}
    return {key: value for key, value in named.items() if value not in (None, "")}


def _same(key: str, got: object, wanted: object) -> bool:
    if key.startswith("budget") and isinstance(got, int) and isinstance(wanted, int):
        return abs(got - wanted) <= 0.05 * wanted
    if key == "size":
        return _width(str(got)) == _width(str(wanted))
    return got == wanted


def _width(size: str) -> str:
    """Write the width of a bed one way: 1米5, 1.5M, 150CM, 1.5 are 1.5."""
    found = re.fullmatch(r"(\d)[.米](\d)(?:M|米)?|(\d)(\d)0 ?CM|(\d)(?:M|米)", size.replace("米宽", "米"))
    if found is None:
        return "2XL" if size == "XXL" else size
    return f"{found[1] or found[3] or found[5]}.{found[2] or found[4] or 0}"


def market_figures(say: Callable[[str], None], seeds: int = SEEDS) -> list[Figure]:
    """The made-up market, each way on the same shows."""
    shares: defaultdict[str, list[float]] = defaultdict(list)
    truths: list[float] = []
    guesses: list[tuple[float, float, float]] = []
    wrong = 0
    for seed in range(seeds):
        say(f"market {seed + 1} of {seeds}")
        show = market(seed)
        best = play(show, oracle).clicks
        ours = Ours(show.history, seed)
        mine = play(show, ours)
        wrong += mine.sold_out
        shares["ours"].append(mine.clicks / best)
        for name, way in (
            ("host", follow_host), ("history", by_history(show.history)), ("random", at_random(seed)),
            ("plain", Ours((), seed, contexts=False)),
        ):  # fmt: skip
            shares[name].append(play(show, way).clicks / best)
        found = estimate(ours.log, uniform)
        truths.append(float(np.mean([moment.chances.mean() for moment in show.moments])))
        guesses.append((found.ips, found.snips, found.robust))
    mean = {name: float(np.mean(values)) for name, values in shares.items()}
    spread = 1.96 * float(np.std(shares["ours"])) / sqrt(seeds)
    ips, snips, robust = (abs(float(v) / float(np.mean(truths)) - 1) for v in np.mean(guesses, axis=0))
    return [
        at_least(
            f"share of the oracle's clicks, {seeds} shows (± {spread:.3f})", mean["ours"], 0.75,
            f"history alone {mean['history']:.3f}, without contexts and history {mean['plain']:.3f}, "
            f"random {mean['random']:.3f}",
        ),
        at_least(
            "clicks against following the host, times", mean["ours"] / mean["host"], 1.4, f"host {mean['host']:.3f}"
        ),
        Figure("suggestions of what was sold out", str(wrong), "", "0", not wrong),
        at_most(
            "even picks estimated from the log, off the truth by (SNIPS)", 100 * snips, 10.0, " %",
            f"IPS {100 * ips:.2g} %, doubly robust {100 * robust:.2g} %",
        ),
    ]  # fmt: skip


def journal_figures(ends: Sequence[Suggested]) -> list[Figure]:
    """What the suggestions of journals earned, and what other ways would have."""
    log = [
        Logged(
            tuple((id, context) for id, context, _ in s.suggestion.among), tuple(c for _, _, c in s.suggestion.among),
            next(i for i, (id, _, _) in enumerate(s.suggestion.among) if id == s.suggestion.product),
            float(s.taken != "nothing"),
        )
        for s in ends
        if s.suggestion.among
    ]  # fmt: skip
    taken = sum(s.taken != "nothing" for s in ends)
    found = [Figure(f"suggestions taken up, of {len(ends)}", f"{taken / max(1, len(ends)):.3f}")]
    for name, policy in (("any candidate alike", uniform), ("what was taken up most", _favourite(log))):
        guess = estimate(log, policy)
        found.append(
            Figure(
                f"{name}, estimated (SNIPS), worth {guess.effective:.0f} of {guess.decisions} decisions",
                f"{guess.snips:.3f}", f"IPS {guess.ips:.3f}, doubly robust {guess.robust:.3f}",
            )
        )  # fmt: skip
    return found


def _favourite(log: Sequence[Logged]) -> Policy:
    earned: defaultdict[str, list[float]] = defaultdict(lambda: [0.5, 5.0])
    for one in log:
        sums = earned[one.arms[one.picked][0]]
        sums[0], sums[1] = sums[0] + one.reward, sums[1] + 1

    def picks(one: Logged) -> Sequence[float]:
        means = [earned[id][0] / earned[id][1] for id, _ in one.arms]
        best = means.index(max(means))
        return [float(i == best) for i in range(len(means))]

    return picks
