"""`zhubo eval`: every figure of the answers' quality, with its baseline, on this machine."""

import os
import platform
import random
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from rich.console import Console
from rich.table import Table

from bot.backends.catalog_file import load_catalogue
from bot.backends.journal import read_all
from bot.backends.models import DEFAULT_MODEL, default_cache, known
from bot.backends.rules_file import load_rules
from bot.decide import compose
from bot.decide.adlaw import AdLaw
from bot.decide.draft import AskModel, draft
from bot.decide.facts import answer
from bot.decide.quote import hold
from bot.decide.triage import Reader, resolve
from bot.decide.words import fold, lang_of
from bot.demo.audit import explain
from bot.demo.exam import big_shop, hostile_show, questions
from bot.demo.play import GOODS
from bot.domain.catalog import Catalogue, Product
from bot.domain.law import LawTable
from bot.domain.learning import Suggested
from bot.domain.viewers import ViewerContext
from bot.domain.work import Prompt
from bot.training.evaluate import everything
from bot.training.figures import Figure
from bot.training.liar import Liar
from bot.training.truth import examine

SECONDS = 3000.0  # of virtual show: more than 10,000 questions
FULL = 9000.0
SAMPLE = 60  # questions that the default model words, when its weights are on this machine


def evaluate(data: Path, *, full: bool) -> int:
    """Measure and print. Returns 1 when a floor is missed."""
    console = Console(highlight=False, width=150)
    goods, rules = load_catalogue(GOODS, version=1).catalogue, load_rules()
    began = time.monotonic()
    shared = data if data.is_dir() else None
    if shared is None:
        console.print(f"{data} is not there: figures on the shared sets are left out. Fix: --data DIR", markup=False)
    with console.status("") as status:
        sections = everything(goods, AdLaw(rules), shared, status.update)
        status.update("truth")
        truth = _truth(goods, rules, FULL if full else SECONDS)
        if weights := known(DEFAULT_MODEL, cache=default_cache()):
            status.update("truth, the model in the loop")
            truth += _modelled(goods, rules, weights, SAMPLE * (5 if full else 1))
        sections.append(("Truth", truth))
    return report(console, sections, began)


def recommend(data: Path, journals: Sequence[Path], *, full: bool, picture: Path | None) -> int:
    """Measure what is suggested: on the e-shop's clicks, needs, a made-up market, and journals."""
    from bot.training import selling

    began, console = time.monotonic(), Console()
    goods = load_catalogue(GOODS, version=1).catalogue
    sections: list[tuple[str, list[Figure]]] = []
    with console.status("") as status:
        if data.is_dir():
            status.update("next clicks")
            sections.append(("Next click", selling.click_figures(data)))
        else:
            console.print(f"{data} is not there: next clicks are left out. Fix: --data DIR", markup=False)
        status.update("needs")
        sections.append(("Needs", selling.need_figures(goods)))
        seeds = selling.SEEDS * (4 if full else 1)
        sections.append(("Made-up market", selling.market_figures(status.update, seeds)))
        if journals:
            ends = [item for path in journals for item in read_all(path) if isinstance(item, Suggested)]
            sections.append(("Journals", selling.journal_figures(ends)))
        if picture:
            from bot.training.pictures import regret

            regret(picture, status.update)
    return report(console, sections, began)


def script(data: Path, *, full: bool) -> int:
    """Measure live scripts: by code alone on a hundred products, and with the default model's help."""
    from bot.training import scripts

    began, console = time.monotonic(), Console()
    goods, law = load_catalogue(GOODS, version=1).catalogue, AdLaw(load_rules())
    with console.status("") as status:
        sections = [("Scripts", scripts.figures(goods, law, data if data.is_dir() else None, _audit, status.update))]
        if weights := known(DEFAULT_MODEL, cache=default_cache()):
            from bot.backends.models.writer import SlotWriter

            writer = SlotWriter.load(weights, slots=16)
            count = scripts.PRODUCTS if full else 12
            sections.append(("With the model", scripts.model_figures(goods, law, writer, count, _audit, status.update)))
        else:
            console.print(f"{DEFAULT_MODEL} is not here: left out. Fix: zhubo worker --prepare", markup=False)
    return report(console, sections, began)


def _audit(line: str, catalogue: Catalogue) -> list[str]:
    return [f"{wrong.number}: {wrong.why}" for wrong in explain(line, catalogue)]


def report(console: Console, sections: Sequence[tuple[str, Sequence[Figure]]], began: float) -> int:
    """Print figures with their floors; returns 1 when one was missed."""
    table = Table(show_edge=False, title_justify="left")
    for name in ("", "measured", "asked for", "", "simple way, same run"):
        table.add_column(name, justify="right" if name in ("measured", "asked for") else "left")
    for title, figures in sections:
        table.add_section()
        table.add_row(f"[bold]{title}[/]")
        for f in figures:
            mark = "" if not f.floor else "[green]ok[/]" if f.ok else "[bold red]missed[/]"
            table.add_row(f.what, f.value, f.floor, mark, f.baseline)
    console.print(table)
    where = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    console.print(f"\n{time.strftime('%Y-%m-%d')}, {where}, {time.monotonic() - began:.0f} s", markup=False)
    return int(any(not f.ok for _, figures in sections for f in figures))


def _truth(goods: Catalogue, rules: LawTable, seconds: float) -> list[Figure]:
    """Drive a room through a hostile show with the worst drafter, and put as many lies straight to the guard."""
    dice = random.Random(3)
    shop = big_shop(goods, dice)
    liar = Liar(shop.products, dice)
    found = examine(
        hostile_show(shop, seconds=seconds, seed=5),
        rules,
        lambda job, product, lang: liar(product, lang),
        lambda line, catalogue: [w.why for w in explain(line, catalogue)],
    )
    asked, lies, left = questions(shop, seed=9), 0, []
    for _ in range(found.questions):
        text, product = dice.choice(asked), dice.choice(shop.products)
        draft = liar(product, lang_of(text))
        verdict = hold(draft.text, text, product, shop, lang_of(text))
        lies += bool(draft.false)
        if draft.false and verdict.text and fold(draft.false) in fold(verdict.text):
            left.append(draft)
    wrong = len(found.sent) + len(found.wrong)
    refused, known = _refused(shop, asked)
    return [
        Figure(
            f"wrong or unbound claims sent: {found.questions} questions on {len(shop.products)} products, "
            f"{found.lines} lines, {found.lies} false drafts",
            str(wrong), f"without a guard {found.lies}", "0", not wrong,
        ),
        Figure(
            f"false drafts that pass the guard, of {lies}", str(len(left)), f"without a guard {lies}", "0", not left
        ),
        Figure(
            f"refusals where the catalogue has the answer, of {known}", f"{refused / known * 100:.2f} %", "", "<= 3 %",
            refused / known <= 0.03,
        ),
    ]  # fmt: skip


def _modelled(goods: Catalogue, rules: LawTable, weights: Path, count: int) -> list[Figure]:
    """Let the default model word answers to questions that no field answers alone; audit what the guard lets leave.

    In int8, too: it is offered while it says as much that may leave.
    """
    dice = random.Random(4)
    shop = big_shop(goods, dice)
    reader, law = Reader(shop), AdLaw(rules)
    open_: list[tuple[str, Product, AskModel]] = []
    asked = [t for t in dict.fromkeys(questions(shop, seed=21)) if reader(t).kind == "question"]
    while len(open_) < count:
        text, product = dice.choice(asked), dice.choice(shop.products)
        reading = reader(text)
        told = draft(text, reading, product, "", shop, ViewerContext()) if not reading.named else None
        if isinstance(told, AskModel):
            open_.append((text, product, told))
    plain = _written(weights, None, open_, shop, law)
    eight = _written(weights, "int8", open_, shop, law)
    return [
        Figure(
            f"{weights.name}: wrong numbers in {plain.left} lines that leave, {count} questions", str(plain.wrong),
            f"without a guard {plain.unheld} in {count}", "0", not plain.wrong,
        ),
        Figure(
            f"the same in int8: lines that leave (wrong numbers: {eight.wrong})", str(eight.left),
            f"in {plain.dtype} {plain.left}", f">= {0.9 * plain.left:.0f}",
            not eight.wrong and eight.left >= 0.9 * plain.left,
        ),
    ]  # fmt: skip


class _Said(NamedTuple):
    """Lines that left, those of them with a wrong number, drafts with one before the guard; computed in."""

    left: int
    wrong: int
    unheld: int
    dtype: str


def _written(
    weights: Path, dtype: str | None, open_: list[tuple[str, Product, AskModel]], shop: Catalogue, law: AdLaw
) -> _Said:
    from bot.backends.models.writer import SlotWriter

    writer = SlotWriter.load(weights, dtype=dtype)
    drafts = writer.write([Prompt(told.prefix, told.suffix) for *_, told in open_])
    left, wrong = 0, 0
    for (text, product, _), said in zip(open_, drafts, strict=True):
        lang = lang_of(text)
        body = hold(said, text, product, shop, lang).text
        body = law.lawful(body, lang, product.category)[0] if body else ""
        line, _ = compose.line([body], product, lang, 1, None, 200) if body else ("", None)
        left += bool(line)
        wrong += bool(line and explain(line, shop))
    unheld = sum(
        bool(explain(compose.label(product, lang_of(text)) + said, shop))
        for (text, product, _), said in zip(open_, drafts, strict=True)
    )
    return _Said(left, wrong, unheld, writer.dtype)


def _refused(shop: Catalogue, asked: list[str]) -> tuple[int, int]:
    """Count fact questions that the catalogue could answer, and those left unanswered."""
    reader, refused, known = Reader(shop), 0, 0
    for i, text in enumerate(asked):
        reading = reader(text)
        product, _ = resolve(reading, shop, shop.products[i % len(shop.products)].id, "")
        if product is None or not reading.slots or not any(s in product.texts or s == "price" for s in reading.slots):
            continue
        known += 1
        refused += answer(reading, product, shop) is None
    return refused, known
