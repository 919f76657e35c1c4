"""What can be said of a product from its fields, each sentence bound to the fields it rests on."""

from collections.abc import Iterator

from bot.decide import facts
from bot.decide.card import sentences
from bot.decide.facts import fact
from bot.decide.script.phrases import LEADS
from bot.decide.words import lang_of
from bot.domain.catalog import TEXT_FIELDS, Catalogue, Product, Text
from bot.domain.events import Lang
from bot.domain.script import Part, Sentence
from bot.domain.turns import Fact

# Which field is said in which part, and in which order.
_WHERE: dict[Part, tuple[str, ...]] = {
    "points": ("points", "material", "audience", "own", "sizes", "colours", "origin", "expiry"),
    "need": ("audience",),
    "demo": ("usage", "care", "sizing", "own"),
    "offer": ("price", "original", "discount", "shipping", "returns"),
    "objections": ("faq", "returns", "sizing", "care", "warranty", "material", "usage"),
    "action": (),
}
_LONGEST: dict[Lang, int] = {"zh": 90, "en": 220}  # characters of a merchant's sentence that is said whole


def said_of(product: Product, part: Part, lang: Lang, catalogue: Catalogue, turn: int = 0) -> Iterator[Sentence]:
    """Yield what the fields of a product let one say in a part; `turn` chooses among the ways to begin."""
    for field in _WHERE.get(part, ()):
        if field == "price":
            yield from _price(product, lang, catalogue, turn)
        elif field == "original" and product.original and _one_currency(product):
            yield _led(
                product,
                "original",
                facts.money(product.original, lang),
                lang,
                (fact(catalogue, product, "original"),),
                turn,
            )
        elif field == "sizes" and len(product.sizes) > 1:
            joined = ("、" if lang == "zh" else ", ").join(product.sizes)
            yield _led(product, "sizes", joined, lang, (fact(catalogue, product, "sizes"),), turn)
        elif field == "colours" and product.colours and all(c.get(lang) for c in product.colours):
            joined = ("、" if lang == "zh" else ", ").join(c.get(lang) for c in product.colours)
            yield _led(product, "colours", joined, lang, (fact(catalogue, product, "colours"),), turn)
        elif field == "faq":
            yield from _answers(product, lang, catalogue, turn)
        elif field == "own":
            own = [name for name in product.texts if name not in TEXT_FIELDS]
            for i, name in enumerate(own):
                yield from _field(product, name, lang, catalogue, 2 * turn + i)
        else:
            yield from _field(product, field, lang, catalogue, turn)


def link(product: Product, text: str, catalogue: Catalogue) -> Sentence:
    """Return a phrase that names the product or its link, bound to both."""
    return Sentence(text, "phrases", tuple(fact(catalogue, product, f) for f in ("number", "name") if product.number))


def _price(product: Product, lang: Lang, catalogue: Catalogue, turn: int) -> Iterator[Sentence]:
    if not product.prices or not _one_currency(product):
        text = "价格以商品页为准。" if lang == "zh" else "For the price, see the product page."
        yield Sentence(text, "phrases")
        return
    low, high = facts.money(product.prices[0], lang), facts.money(product.prices[-1], lang)
    said = low if low == high else f"{low}到{high}" if lang == "zh" else f"{low} to {high}"
    yield _led(product, "price", said, lang, (fact(catalogue, product, "price"),), turn)


def _one_currency(product: Product) -> bool:
    found = {s.price.currency for s in product.skus if s.price} | (
        {product.original.currency} if product.original else set()
    )
    return len(found) < 2


def _field(product: Product, field: str, lang: Lang, catalogue: Catalogue, turn: int) -> Iterator[Sentence]:
    text = product.texts.get(field, Text())
    words = text.zh if lang == "zh" else text.en
    if not words or lang_of(words) != lang:
        return
    for i, sentence in enumerate(sentences(words)):
        said = sentence.strip().rstrip("。.;；!！")
        if said and len(said) <= _LONGEST[lang]:
            yield _led(product, field, said, lang, (fact(catalogue, product, field),), turn + i)


def _answers(product: Product, lang: Lang, catalogue: Catalogue, turn: int) -> Iterator[Sentence]:
    for i, faq in enumerate(product.faq):
        if lang_of(faq.question) != lang or lang_of(faq.answer) != lang or len(faq.answer) > _LONGEST[lang]:
            continue
        question = faq.question.rstrip("?？。. ") + ("？" if lang == "zh" else "?")
        held = (fact(catalogue, product, f"faq:{faq.question}"),)
        yield _led(product, "faq", faq.answer.rstrip("。.;；"), lang, held, turn + i, question)


def _led(
    product: Product, field: str, said: str, lang: Lang, held: tuple[Fact, ...], turn: int, question: str = ""
) -> Sentence:
    leads = LEADS[lang].get(field) or LEADS[lang][""]
    if lang == "en" and field in TEXT_FIELDS and field != "origin" and said[1:2].islower():
        begins = leads[turn % len(leads)].partition("{x}")[0].rstrip().endswith(("?", "!"))
        said = (said[:1].upper() if begins else said[:1].lower()) + said[1:]
    text = leads[turn % len(leads)].format(x=said, q=question, field=field)
    return Sentence(text.replace("。。", "。").replace("？。", "？"), "facts", held)
