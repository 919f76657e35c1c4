"""The board: what the host and the people in charge read off a room."""

from collections import Counter

from bot.decide import facts
from bot.decide.prompter import cue_line
from bot.decide.recommend import explain_next
from bot.domain.catalog import Catalogue, Product
from bot.domain.views import Cue, Cues, Next, ProductView, Spoken
from bot.live.scripting import lines
from bot.live.state import State

RECENT = 180.0  # seconds a question stays the host's
WARM = 120.0  # seconds that count for what to explain next
MANY = 3  # people, before a question that is still being answered is worth the host's voice
SHOWN = 6
_NOT_NEW = ("read_only", "shadow", "rejected", "host_said")


def cues(now: float, state: State) -> Cues:
    """Return what the host should say and explain next."""
    found = [
        Cue(
            e.id, cue_line(e.askers, e.text, "", e.lang), e.text, e.lang, e.askers, e.at, e.product, "", e.reason,
        )
        for e in state.book.unanswered(now - RECENT)
        if e.reason not in _NOT_NEW
    ]  # fmt: skip
    for question in state.book:
        if question.people >= MANY and question.state != "sending":
            lang, people = question.reading.lang, question.people
            line = cue_line(people, question.text, question.body, lang)
            found.append(
                Cue(question.id, line, question.text, lang, people, question.opened, question.product, question.body)
            )
    best = {cue.id: cue for cue in sorted(found, key=lambda c: c.people)}
    order = sorted(best.values(), key=lambda c: (-c.people, c.since))
    return Cues(
        state.name, now, state.on_screen, tuple(order[:SHOWN]), _next(now, state), state.policy.schedule, _script(state)
    )


def _script(state: State) -> tuple[Spoken, ...]:
    """Return the script's lines for the product on screen; before any is, those of the opening."""
    if state.script is None:
        return ()
    shown = [s for s in state.script.sections if s.product == state.on_screen and s.part not in ("close", "transition")]
    first = {s.part: s for s in reversed(shown)}  # of several rounds the first
    return tuple(line for s in shown if first[s.part] is s for line, _ in lines(state, s))


def _next(now: float, state: State) -> tuple[Next, ...]:
    asked = Counter(product for at, product in state.heat if now - at <= WARM)
    clicked = Counter(product for at, product in state.clicks if now - at <= WARM)
    found = explain_next(now, state.catalogue, asked, clicked, state.on_screen, state.shown)
    return tuple(
        Next(w.product.id, w.askers, w.product.stock, state.shown.get(w.product.id, 0.0), w.clicks, w.product.margin)
        for w in found[:3]
    )


def product_view(product: Product, catalogue: Catalogue) -> ProductView:
    """Return a product as pages list it."""
    prices = [facts.money(p, "zh") for p in product.prices]
    price = "" if not prices else prices[0] if len(prices) == 1 else f"{prices[0]}–{prices[-1]}"
    return ProductView(
        product.id, product.number, product.name.get("zh"), product.name.get("en"), price,
        facts.money(product.original, "zh") if product.original else "", facts.value_of(catalogue, product.id, "stock"),
    )  # fmt: skip
