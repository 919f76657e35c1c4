"""The figures of `zhubo eval script`: truth, law, length, variety and cost of live scripts."""

import random
import re
import resource
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import msgspec

from bot.decide import facts
from bot.decide.adlaw import AdLaw
from bot.decide.script import prompts
from bot.decide.script.phrases import PAUSES, PHRASES, THEME
from bot.decide.script.plan import parts_of, plan
from bot.decide.script.spoken import length
from bot.decide.script.write import write
from bot.decide.words import atoms
from bot.domain.catalog import Catalogue, Product, Sku, Text
from bot.domain.events import Lang
from bot.domain.script import Brief, Script, Sentence
from bot.domain.work import Writer
from bot.insight.counters import quantile
from bot.training.figures import Figure, at_least, at_most
from bot.training.triage import shared

LENGTHS = (30.0, 120.0, 300.0)
VARIANTS = 3
PRODUCTS = 100
Drafter = Callable[[Sequence[prompts.Ask]], dict[str, str]]
Audit = Callable[[str, Catalogue], Sequence[str]]  # numbers of a line that nothing in the shop explains, and why


def hundred(goods: Catalogue, dice: random.Random) -> Catalogue:
    """Return a hundred products: ours again and again, each time with other numbers, prices and fields missing."""
    products: list[Product] = []
    while len(products) < PRODUCTS:
        base, n = goods.products[len(products) % len(goods.products)], len(products) + 1
        factor, mark = dice.uniform(0.5, 2.0), "" if n <= len(goods.products) else chr(64 + n // len(goods.products))
        products.append(
            msgspec.structs.replace(
                base, id=f"{base.id}-{n}", number=n, aliases=(), companions=(),
                name=Text(f"{base.name.zh}{mark}", f"{base.name.en} {mark}".strip()),
                skus=tuple(_other(s, n, factor, dice) for s in base.skus),
                texts={f: t for f, t in base.texts.items() if dice.random() < 0.75},
                original=base.original if dice.random() < 0.5 else None, faq=base.faq if dice.random() < 0.6 else (),
            )
        )  # fmt: skip
    return Catalogue(1, tuple(products))


def _other(sku: Sku, n: int, factor: float, dice: random.Random) -> Sku:
    price = sku.price and msgspec.structs.replace(sku.price, minor=round(sku.price.minor * factor / 100) * 100)
    return msgspec.structs.replace(sku, id=f"{sku.id}-{n}", price=price, stock=dice.choice((1, 4, 30, None)))


def real(folder: Path) -> Catalogue:
    """Return a hundred products of the shared catalogue, with their attributes as the merchant's own columns."""
    products = []
    for n, row in enumerate(shared(folder, "zh_catalogue_openbg_sa/products")[:PRODUCTS], 1):
        texts = {str(k)[:20]: Text("、".join(map(str, v))) for k, v in dict(row["attributes"]).items()}
        products.append(Product(f"o{n}", n, Text(str(row["title"])[:40]), skus=(Sku("one", stock=9),), texts=texts))
    return Catalogue(1, tuple(products))


def scripts(
    shop: Catalogue, lang: Lang, law: AdLaw, seconds: float, variant: int, drafter: Drafter | None = None
) -> Iterator[tuple[Product, Script]]:
    """Write one script for each product."""
    for product in shop.products:
        brief = Brief(lang, seconds, products=(product.id,), variant=variant)
        planned = plan(shop, brief)
        drafts = drafter(prompts.asks(planned, shop, lang, variant)) if drafter else {}
        yield product, write("", shop, brief, planned, law, drafts)


def unsupported(sentence: Sentence, product: Product, shop: Catalogue, lang: Lang, audit: Audit) -> str:
    """Say what in a sentence rests on nothing, "" for nothing: read again by other rules than it was written by."""
    if facts.stale(sentence.facts, shop):
        return "stale"
    if sentence.pause:
        return "" if sentence.text in PAUSES[lang].values() else "not ours"
    if sentence.by == "phrases":
        bank = [p for part in PHRASES[lang].values() for p in part] + [
            THEME[lang],
            "价格以商品页为准。",
            "For the price, see the product page.",
        ]
        shapes = (re.escape(p) for p in bank)
        known = any(re.fullmatch(re.sub(r"\\\{\w+\\\}", ".+", shape), sentence.text) for shape in shapes)
        return "" if known else "not ours"
    head = f"{product.number}号{product.name.zh}：" if lang == "zh" else f"#{product.number} {product.name.en}: "
    if wrong := audit(head + sentence.text, Catalogue(shop.version, (product,))):
        return f"number {wrong[0]}"
    if sentence.by == "model" and not sentence.text.endswith(("?", "？")):
        card = (
            " ".join(f"{t.zh} {t.en}" for t in product.texts.values())
            + f"{product.name.zh} {product.name.en} {product.category}"
        )
        strange = atoms(sentence.text) - atoms(card)
        return f"words {sorted(strange)}" if len(strange) > 2 else ""
    return ""


def distinct(texts: Sequence[Script], lang: Lang) -> float:
    """Return distinct-3 over the variants of one script: different trigrams among all (Li et al., NAACL 2016)."""
    found: list[tuple[str, ...]] = []
    for script in texts:
        for section in script.sections:
            for sentence in section.sentences:
                units = list(re.sub(r"\W", "", sentence.text)) if lang == "zh" else sentence.text.lower().split()
                found += list(zip(units, units[1:], units[2:], strict=False))
    return len(set(found)) / max(1, len(found))


def figures(goods: Catalogue, law: AdLaw, data: Path | None, audit: Audit, say: Callable[[str], None]) -> list[Figure]:
    """Scripts of a hundred products in both languages, in all lengths and variants, by code alone."""
    shop = hundred(goods, random.Random(8))
    found: list[Figure] = []
    for lang, products in (("zh", shop), ("en", shop), *([("zh", real(data))] if data else [])):
        say(f"scripts, {lang}")
        found += _one(
            products,
            "en" if lang == "en" else "zh",
            law,
            audit,
            "100 products" if products is shop else "100 real Taobao products",
        )
    return found


def _one(shop: Catalogue, lang: Lang, law: AdLaw, audit: Audit, what: str) -> list[Figure]:
    bad: list[str] = []
    banned = sentences = missing = 0
    off: list[float] = []
    quiet: list[float] = []
    by_product: dict[str, list[Script]] = {}
    for seconds in LENGTHS:
        for variant in range(VARIANTS if seconds == 120.0 else 1):
            for product, script in scripts(shop, lang, law, seconds, variant):
                spoken = sum(length(s, lang, script.brief.tone) for s in script.sections)
                off.append(abs(spoken / seconds - 1))
                missing += {p for p, _ in parts_of(seconds)} != {s.part for s in script.sections if s.sentences}
                said = [s for section in script.sections for s in section.sentences]
                quiet.append(sum(s.pause for s in said) / seconds)
                sentences += len(said)
                bad += [f"{s.text} ({why})" for s in said if (why := unsupported(s, product, shop, lang, audit))]
                category = f"{product.category} {product.name.zh} {product.name.en}"
                banned += sum(bool(law.hits(s.text, category, likeness=False)) for s in said)
                if seconds == 120.0:
                    by_product.setdefault(product.id, []).append(script)
    variety = [distinct(v, lang) for v in by_product.values()]
    count = len(off)
    worst, mean = 100 * max(off), sum(variety) / len(variety)
    rests = f"{lang}, {what}: sentences that rest on nothing, of {sentences} in {count} scripts"
    return [
        Figure(rests, str(len(bad)), bad[0][:60] if bad else "", "0", not bad),
        Figure(f"{lang}: sentences with a banned claim", str(banned), "", "0", not banned),
        at_most(f"{lang}: length off the asked one, worst (p95 {100 * quantile(off, 0.95):.2g} %)", worst, 10.0, " %"),
        Figure(
            f"{lang}: time shown without words, mean (worst)",
            f"{100 * sum(quiet) / count:.1f} % ({100 * max(quiet):.0f} %)",
        ),
        at_least(f"{lang}: distinct-3 over {VARIANTS} variants, mean", mean, 0.6, f"worst {min(variety):.3f}"),
        Figure(f"{lang}: scripts with a part missing", str(missing), "", "0", not missing),
    ]


def model_figures(
    goods: Catalogue, law: AdLaw, writer: Writer, sample: int, audit: Audit, say: Callable[[str], None]
) -> list[Figure]:
    """Scripts of two minutes with a model's help: what of it may stand, what it costs."""
    from bot.worker.scribe import draft

    found: list[Figure] = []
    shop = hundred(goods, random.Random(8))
    for lang in ("zh", "en"):
        language: Lang = "en" if lang == "en" else "zh"
        say(f"model, {lang}")
        part = Catalogue(1, shop.products[:sample])
        plans = {p.id: plan(part, Brief(language, 120.0, products=(p.id,))) for p in part.products}
        wanted = [a for planned in plans.values() for a in prompts.asks(planned, part, language)]
        began = time.perf_counter()
        drafts = draft(writer, wanted, lambda done, of, _: say(f"model: {done} of {of}"))
        asked = time.perf_counter()
        taken: list[tuple[Product, Sentence]] = []
        for product in part.products:
            brief = Brief(language, 120.0, products=(product.id,))
            script = write("", part, brief, plans[product.id], law, drafts)
            taken += [(product, s) for x in script.sections for s in x.sentences if s.by == "model"]
        minutes, done = 2 * sample, time.perf_counter()
        bad = [why for product, s in taken if (why := unsupported(s, product, part, language, audit))]
        found += [
            Figure(f"{lang}, {writer.name}: its sentences in the scripts, of {len(wanted)} asked for", str(len(taken))),
            Figure(f"{lang}: those of them that rest on nothing", str(len(bad)), "; ".join(bad)[:60], "0", not bad),
            Figure(
                f"{lang}: seconds a minute of script", f"{(done - began) / minutes:.1f}",
                f"by code alone {(done - asked) / minutes:.3f}",
            ),
        ]  # fmt: skip
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    return [*found, Figure("peak memory, GB", f"{peak:.2f}")]
