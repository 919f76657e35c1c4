"""Merge: which comments are one question.

Two comments are one question when one answer serves both: same product, same facts asked, same SKU, same
language, or (open questions) the same content words, numbers and polarity. Rules alone, on the side of not
merging: a needless second answer costs a line, a wrong merge gives a wrong answer.
"""

from bot.decide.numbers import read as read_numbers
from bot.decide.triage import Reading
from bot.decide.words import content
from bot.domain.catalog import Product


def key(reading: Reading, product: Product | None) -> str:
    """Return the merge key: equal keys are one question."""
    about = product.id if product else ""
    if reading.need:
        return "|".join(("need", reading.lang, reading.folded))
    if reading.slots:
        return "|".join(("fact", about, ",".join(reading.slots), reading.size, reading.colour, reading.lang))
    numbers = ",".join(str(n.value) for n in read_numbers(reading.folded))
    words = ",".join(sorted(content(reading.folded))) or reading.folded
    return "|".join(("open", about, words, numbers, "no" if reading.negative else "yes", reading.lang))
