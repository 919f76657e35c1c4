"""Which product to put beside an answer, and which to name when a viewer asks for one.

Hard filters first: sold out, not listed, above the stated budget, or suggested to this viewer before is never
suggested. Every suggestion rests on facts like any answer.
"""

import re

from bot.decide.facts import Answer, fact, money
from bot.decide.numbers import read
from bot.decide.topics import topics_of
from bot.decide.triage import Reading
from bot.decide.words import content
from bot.domain.catalog import Catalogue, Product, Sku
from bot.domain.events import Lang
from bot.domain.turns import Fact, Suggestion
from bot.domain.viewers import ViewerContext

_LIMIT = re.compile(r"以内|以下|之内|不超过|左右|预算|under|below|less than|within|budget|up to|max", re.I)
_KINDS: tuple[tuple[str, str], ...] = (
    (r"包(?!邮|装|退|换|括|含|赔|你|我)|\bbags?\b|tote|backpack", r"包|bag|tote"),
    (r"裙|dress|skirt", r"裙|dress|skirt"),
    (r"衬衫|上衣|\bshirts?\b|\btops?\b|t恤|tee", r"衬衫|上衣|t恤|shirt|tee|top"),
    (r"外套|大衣|夹克|coat|jacket", r"外套|大衣|夹克|coat|jacket"),
    (r"毛衣|针织|开衫|sweater|cardigan|knit", r"毛衣|针织|开衫|sweater|cardigan|knit"),
    (r"裤|pants|trousers|jeans", r"裤|pants|trousers|jeans"),
    (
        r"面霜|乳液|护肤|精华|洗面奶|洁面|面膜|cream|lotion|serum|cleanser|skincare|moisturi[sz]er",
        r"护肤|霜|乳|精华|洁面|cream|serum|cleanser|skincare|lotion",
    ),
    (r"茶|\bteas?\b", r"茶|tea"),
    (r"零食|吃的|坚果|饼干|snacks?|nuts|cookies", r"零食|食品|坚果|饼|snack|nut|food"),
    (r"杯|cups?\b|mug|tumbler", r"杯|cup|mug|tumbler"),
    (r"被[子套芯]|枕|床|毯|毛巾|bedding|pillow|blanket|towel", r"被|枕|床|毯|毛巾|bedding|pillow|blanket|towel"),
)  # fmt: skip
_COMPILED = tuple((re.compile(asked, re.I), re.compile(has, re.I)) for asked, has in _KINDS)


def _buyable(product: Product, context: ViewerContext, budget: int | None) -> bool:
    here = [sku.price.minor for sku in product.skus if sku.price and sku.stock != 0]
    if not product.listed or not here or not product.prices or not product.number:
        return False
    if product.id in context.suggested or product.id in context.bought:
        return False
    return budget is None or min(here) <= budget


def budget_of(text: str) -> int | None:
    """Return the budget a viewer states, in minor units, or None."""
    limit = _LIMIT.search(text)
    if not limit:
        return None
    stated = [n for n in read(text) if n.unit in ("money", "", "号", "m") and n.value >= 5]
    nearest = min(stated, key=lambda n: abs(text.find(n.raw) - limit.start()), default=None)
    return int(nearest.value * 100) if nearest else None


def _fits(text: str, product: Product) -> int:
    label = f"{product.name.zh} {product.name.en} {product.category} {' '.join(product.aliases)}"
    asked = [has for wanted, has in _COMPILED if wanted.search(text)]
    if asked and not any(has.search(label) for has in asked):
        return -1
    card = " ".join(f"{t.zh} {t.en}" for t in product.texts.values())
    wanted_groups = {t.group for t in topics_of(text)}
    on_card = {t.group for t in topics_of(f"{label} {card}")}
    return 3 * bool(asked) + 2 * len(wanted_groups & on_card) + len(content(text) & content(f"{label} {card}"))


def for_need(
    text: str, reading: Reading, catalogue: Catalogue, context: ViewerContext
) -> tuple[Product, Answer] | None:
    """Name the product that fits a stated need best, or None when nothing is known to fit."""
    budget = budget_of(text)
    scored = [(fit, p) for p in catalogue.products if _buyable(p, context, budget) and (fit := _fits(text, p)) >= 0]
    scored = [(fit, p) for fit, p in scored if fit or budget is not None]
    if not scored:
        return None
    product = max(scored, key=lambda sp: (sp[0], -sp[1].number))[1]
    return product, Answer(_offer(product, reading.lang), _facts(product, catalogue))


def _here(product: Product) -> list[Sku]:
    """Return the SKUs that can be bought now, the cheapest first."""
    return sorted((s for s in product.skus if s.price and s.stock != 0), key=lambda s: s.price.minor if s.price else 0)


def _offer(product: Product, lang: Lang) -> str:
    prices = list(dict.fromkeys(s.price for s in _here(product) if s.price))
    price, up = money(prices[0], lang), len(prices) > 1
    if lang == "zh":
        return f"可以看看{product.number}号{product.name.get('zh')}，现价{price}{'起' if up else ''}"
    return f"take a look at #{product.number} {product.name.get('en')}, {'from ' if up else ''}{price}"


def _facts(product: Product, catalogue: Catalogue) -> tuple[Fact, ...]:
    whole = tuple(fact(catalogue, product, field) for field in ("number", "name", "price", "stock"))
    cheapest = _here(product)[0]
    return (*whole, fact(catalogue, product, "price", cheapest), fact(catalogue, product, "stock", cheapest))


def beside(
    answer: Answer, reading: Reading, product: Product, catalogue: Catalogue, context: ViewerContext
) -> Suggestion | None:
    """Pick a product to put beside an answer: another when sold out, a companion when asked what goes with it."""
    if answer.sold_out and product.stock == 0:
        same = [p for p in catalogue.products if p.category == product.category and p.id != product.id]
        pool, reason = [p for p in same if _buyable(p, context, None)], "sold_out"
    elif "match" in {t.group for t in reading.topics}:
        found = (catalogue.by_id.get(c) for c in product.companions)
        pool, reason = [p for p in found if p and _buyable(p, context, None)], "companion"
    else:
        return None
    if not pool:
        return None
    other = pool[0]
    return Suggestion(other.id, reason, _offer(other, reading.lang), _facts(other, catalogue))
