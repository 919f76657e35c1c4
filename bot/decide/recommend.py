"""Which product to name when a viewer asks for one, to put beside an answer, or to explain next.

    hard filters   sold out, not listed, above the budget, bought or suggested before, shown too often: never suggested
    retrieval      what the card says against what is needed (`retrieve`)
    session        what viewers turned to after what this one did (`visits`)
    learning       how often it is taken up (`bandit`), with the chance it was picked by
    caps           of a viewer and of the room

Every suggestion rests on facts like any answer, and says why it is made.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from math import exp

import msgspec

from bot.decide.bandit import Bandit, Dice, explained
from bot.decide.card import statements
from bot.decide.facts import Answer, fact, money
from bot.decide.needs import SKIN, Need, need_of
from bot.decide.retrieve import FITS_OCCASION, suits
from bot.decide.triage import Reading
from bot.decide.visits import Visits
from bot.decide.words import lang_of
from bot.domain.catalog import Catalogue, Product, Sku
from bot.domain.events import Lang
from bot.domain.turns import Fact, Suggestion
from bot.domain.viewers import ViewerContext

BAND = 1.0  # of fit: products this close to the best are picked among
MOST = 8  # candidates
_LONGEST: dict[Lang, int] = {"zh": 32, "en": 84}  # characters of a reason that is quoted


class Scene(msgspec.Struct, frozen=True):
    """What a room knows when it picks.

    Attributes:
        shown: when a product was last explained; `lately` how often it was suggested a moment ago.
        most: suggestions to one viewer; `often` of one product a moment ago, when nobody asked for any.
    """

    now: float
    bandit: Bandit
    visits: Visits
    dice: Dice
    on_screen: str = ""
    shown: Mapping[str, float] = {}
    lately: Mapping[str, int] = {}
    most: int = 3
    often: int = 6


def buyable(product: Product, context: ViewerContext, need: Need = Need()) -> bool:  # noqa: B008 - frozen
    """Tell whether a product may be suggested to a viewer at all."""
    here = [sku.price.minor for sku in product.skus if sku.price and sku.stock != 0]
    if not product.listed or not here or not product.prices or not product.number:
        return False
    if product.id in (*context.suggested, *context.bought, *context.returned):
        return False
    return (need.high is None or min(here) <= need.high) and (need.low is None or max(here) >= need.low)


class Found(msgspec.Struct, frozen=True):
    """What meets a need: the product, the words that name it, and the suggestion that these are."""

    product: Product
    answer: Answer
    suggestion: Suggestion


def ranked(text: str, reading: Reading, catalogue: Catalogue, context: ViewerContext) -> list[tuple[float, Product]]:
    """Return the products that meet a stated need with how well they do, the best first."""
    need = need_of(text, reading.size)
    some = need != Need()
    scored = []
    for product in catalogue.products:
        if buyable(product, context, need) and (fit := suits(text, need, product, reading.named)) is not None:
            scored.append((fit, product))
    scored = [(fit, p) for fit, p in scored if fit > 0 or some]
    return sorted(scored, key=lambda fp: (-fp[0], fp[1].number))


def for_need(
    text: str, reading: Reading, catalogue: Catalogue, context: ViewerContext, scene: Scene | None = None
) -> Found | None:
    """Name the product that meets a stated need best, and a second one; None when nothing is known to.

    Args:
        scene: what the room has learned; without it the best fit is named.
    """
    scored = ranked(text, reading, catalogue, context)
    if not scored:
        return None
    need, lang = need_of(text, reading.size), reading.lang
    near = [(fit, p) for fit, p in scored[:MOST] if fit >= scored[0][0] - BAND]
    product, suggestion = _picked(near, "need", context, scene)
    reason, why = _because(product, need, lang)
    fit, more = next(((fit, p) for fit, p in scored if p is not product), (0.0, None))
    text_, held = (
        _offer(product, lang, reason),
        (*_facts(product, catalogue), *(fact(catalogue, product, f) for f in why)),
    )
    also = ""
    if more is not None and fit >= scored[0][0] - 2 * BAND:
        also = more.id
        text_ += _also(more, need, lang)
        held = (*held, *_facts(more, catalogue))
    kept = msgspec.structs.replace(suggestion, facts=held, also=also, why=_need_words(need, lang))
    return Found(product, Answer(text_, held), kept)


def beside(
    answer: Answer, reading: Reading, product: Product, catalogue: Catalogue, context: ViewerContext,
    scene: Scene | None = None,
) -> Suggestion | None:  # fmt: skip
    """Pick a product to put beside an answer: another when sold out, a companion when asked what goes with it."""
    reason = "sold_out" if answer.sold_out and product.stock == 0 else "companion"
    if reason == "sold_out":
        pool = [p for p in catalogue.products if p.category == product.category and p.id != product.id]
    elif "match" in {t.group for t in reading.topics}:
        pool = [p for c in product.companions if (p := catalogue.by_id.get(c))]
    else:
        return None
    if scene and len(context.suggested) >= scene.most:
        return None
    pool = [p for p in pool if buyable(p, context) and not (scene and scene.lately.get(p.id, 0) >= scene.often)]
    if not pool:
        return None
    other, suggestion = _picked([(0.0, p) for p in pool[:MOST]], "beside", context, scene)
    zh = reading.lang == "zh"
    name = product.name.get(reading.lang)
    why = (f"{name}已售罄" if zh else f"{name} is sold out") if reason == "sold_out" else (
        f"和{name}搭配" if zh else f"goes with the {name}")  # fmt: skip
    return msgspec.structs.replace(
        suggestion, reason=reason, text=_offer(other, reading.lang), facts=_facts(other, catalogue), why=why
    )


def _picked(
    near: Sequence[tuple[float, Product]], ask: str, context: ViewerContext, scene: Scene | None
) -> tuple[Product, Suggestion]:
    """Pick one of the candidates as often as it may be the best; the first when nothing was learned."""
    first = near[0][1]
    if scene is None:
        return first, Suggestion(first.id, ask, "")
    arms = [(p.id, f"{ask}:{explained(p.id, scene.on_screen, scene.shown, scene.now)}") for _, p in near]
    session = scene.visits.score(context.trail) if context.trail else {}
    top = max((session.get(p.id, 0.0) for _, p in near), default=0.0) or 1.0
    weights = [exp(0.5 * (fit - near[0][0])) * (1 + session.get(p.id, 0.0) / top) for fit, p in near]
    pick = scene.bandit.pick(scene.now, arms, scene.dice, weights)
    chosen, context_ = arms[pick.index]
    among = tuple((id, ctx, chance) for (id, ctx), chance in zip(arms, pick.chances, strict=True))
    return near[pick.index][1], Suggestion(
        chosen, ask, "", context=context_, chance=pick.chances[pick.index], among=among
    )


class Wanted(msgspec.Struct, frozen=True):
    """A product worth explaining next, with the evidence: askers and clicks of the last minutes."""

    product: Product
    score: float
    askers: int
    clicks: int


MARGIN = {"high": 1.3, "low": 0.8}
FEW = 2  # askers and clicks together, below which nobody is told to explain a product
REST = 180.0  # seconds after which a product may be explained again
LONG = 1200.0  # seconds after which it has waited as long as can count


def explain_next(
    now: float, catalogue: Catalogue, asked: Mapping[str, int], clicked: Mapping[str, int], on_screen: str,
    shown: Mapping[str, float],
) -> list[Wanted]:  # fmt: skip
    """Rank products to explain: heat first, then what is left of them, how long they rested, and the margin.

    Never one that is sold out, not listed, on screen, or was a moment ago.
    """
    found = []
    for id, heat in (Counter(asked) + Counter(clicked)).items():
        product = catalogue.by_id.get(id)
        rested = now - shown.get(id, 0.0)
        if product is None or not product.listed or product.stock == 0 or id == on_screen:
            continue
        if heat < FEW or rested < REST:
            continue
        scarce = 0.8 if product.stock is not None and product.stock < 3 else 1.0
        score = heat * MARGIN.get(product.margin, 1.0) * scarce * (0.7 + 0.3 * min(1.0, rested / LONG))
        found.append(Wanted(product, score, asked.get(id, 0), clicked.get(id, 0)))
    return sorted(found, key=lambda w: (-w.score, w.product.number))


def push(catalogue: Catalogue, hot: Mapping[str, int], scene: Scene, lang: Lang) -> Suggestion | None:
    """Pick a product to bring up unasked: one that people turn to or that goes with what is explained."""
    screen = catalogue.by_id.get(scene.on_screen)
    ids = dict.fromkeys((*hot, *(screen.companions if screen else ())))
    pool = [p for id in ids if (p := catalogue.by_id.get(id)) and buyable(p, ViewerContext()) and id != scene.on_screen]
    pool = [p for p in pool if not scene.lately.get(p.id)]
    if not pool:
        return None
    product, suggestion = _picked([(0.0, p) for p in pool[:MOST]], "push", ViewerContext(), scene)
    asked = hot.get(product.id, 0)
    why = (f"{asked}人刚问过" if asked else "和正在讲的搭配") if lang == "zh" else (
        f"{asked} people just asked" if asked else "goes with what is on screen")  # fmt: skip
    return msgspec.structs.replace(suggestion, text=_offer(product, lang), facts=_facts(product, catalogue), why=why)


# --- words --------------------------------------------------------------------------------------------------------


def _here(product: Product) -> list[Sku]:
    """Return the SKUs that can be bought now, the cheapest first."""
    return sorted((s for s in product.skus if s.price and s.stock != 0), key=lambda s: s.price.minor if s.price else 0)


def _price(product: Product, lang: Lang) -> str:
    prices = list(dict.fromkeys(s.price for s in _here(product) if s.price))
    price = money(prices[0], lang)
    if len(prices) == 1:
        return price
    return f"{price}起" if lang == "zh" else f"from {price}"


def _offer(product: Product, lang: Lang, reason: str = "") -> str:
    price = _price(product, lang)
    if lang == "zh":
        return f"可以看看{product.number}号{product.name.get('zh')}，{f'{reason}，' if reason else ''}现价{price}"
    return f"take a look at #{product.number} {product.name.get('en')}, {price}{f'; {reason}' if reason else ''}"


def _also(product: Product, need: Need, lang: Lang) -> str:
    within, name = need.high is not None, product.name.get(lang)
    if lang == "zh":
        return f"，{'预算内' if within else ''}还可以看{product.number}号{name}，{_price(product, lang)}"
    return f"; {'also within budget' if within else 'or'} #{product.number} {name}, {_price(product, lang)}"


def _facts(product: Product, catalogue: Catalogue) -> tuple[Fact, ...]:
    whole = tuple(fact(catalogue, product, field) for field in ("number", "name", "price", "stock"))
    cheapest = _here(product)[0]
    return (*whole, fact(catalogue, product, "price", cheapest), fact(catalogue, product, "stock", cheapest))


def _because(product: Product, need: Need, lang: Lang) -> tuple[str, tuple[str, ...]]:
    """Return the merchant's own sentence on what is needed, if it is short, and the fields it comes from."""
    wanted = [words for name, words in SKIN if name == need.skin]
    wanted += [FITS_OCCASION[need.occasion]] if need.occasion else []
    for words in wanted:
        for s in statements(product):
            said = s.whole.rstrip("。.")
            named = s.field.startswith("faq:") or lang_of(said) != lang or len(said) > _LONGEST[lang]
            if not named and not s.negative and words.search(s.words):
                return said if lang == "zh" else said[:1].lower() + said[1:], (s.field,)
    return "", ()


_WORDS: dict[str, tuple[str, str]] = {
    "oily": ("油皮", "oily skin"), "dry": ("干皮", "dry skin"), "sensitive": ("敏感肌", "sensitive skin"),
    "combination": ("混合皮", "combination skin"), "mother": ("给妈妈", "for mum"), "father": ("给爸爸", "for dad"),
    "elder": ("给长辈", "for an elder"), "wife": ("给老婆/女友", "for wife or girlfriend"),
    "husband": ("给老公/男友", "for husband or boyfriend"), "child": ("给孩子", "for a child"),
    "baby": ("给宝宝", "for a baby"), "friend": ("给朋友", "for a friend"), "woman": ("给女生", "for a woman"),
    "man": ("给男生", "for a man"), "work": ("上班穿用", "for work"), "date": ("约会", "for a date"),
    "travel": ("出行", "for travel"), "sport": ("运动", "for sport"), "party": ("聚会", "for a party"),
    "school": ("上学", "for school"), "gift": ("送礼", "as a gift"), "summer": ("夏天用", "for summer"),
    "winter": ("冬天用", "for winter"), "sleep": ("睡前", "before bed"), "home": ("家用", "for home"),
}  # fmt: skip


def _need_words(need: Need, lang: Lang) -> str:
    """Say what a viewer asked for, for people at the desk."""
    i = 0 if lang == "zh" else 1
    parts = []
    if need.high is not None or need.low is not None:
        low, high = (None if minor is None else f"{minor / 100:g}" for minor in (need.low, need.high))
        if low and high:
            parts.append((f"预算{low}–{high}", f"budget {low}–{high}")[i])
        else:
            parts.append((f"预算{high}以内", f"budget up to {high}")[i] if high else (f"{low}以上", f"from {low}")[i])
    parts += [need.size] if need.size else []
    parts += [_WORDS[word][i] for word in (need.skin, need.recipient, need.occasion) if word]
    return "，".join(parts) if lang == "zh" else ", ".join(parts)
