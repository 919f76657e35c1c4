"""Writing: the slots of a plan become sections, to length.

Facts are said once a round of their product. A section takes what is wanted most and still fits, what is left of its
time goes to the next one; a product whose card says little is shown for longer instead (`pause`), openly.
"""

from collections import Counter
from collections.abc import Iterable, Mapping

from bot.decide.adlaw import AdLaw
from bot.decide.script import hold, sayings
from bot.decide.script.fit import LEAST_PAUSE, PAUSE_IN, fit, paused
from bot.decide.script.phrases import CONTINUES, PHRASES, THEME
from bot.decide.script.plan import Plan, Slot
from bot.decide.script.spoken import length, seconds
from bot.domain.catalog import Catalogue, Product
from bot.domain.script import Brief, Left, Part, Script, Section, Sentence

SHORT = 0.6  # of a sentence must fit into what is left of a section's time
PAUSE_SHARE = 0.5  # of a product's time that may pass without words
LONG_PART = 25.0  # seconds for each of which a part may have one phrase more
FEW = 4  # facts, of which none is left out for the sake of variety
LONG_OFFER = 8.0  # seconds from which the price is led up to
_PHRASES: dict[Part, int] = {
    "action": 2, "points": 3, "objections": 1, "demo": 3, "need": 3, "interact": 3, "transition": 1, "hook": 3,
}  # fmt: skip


class Writer:
    """Writes one script.

    Args:
        drafts: a model's sentences by slot id; they are held to the card here.
    """

    def __init__(
        self, name: str, catalogue: Catalogue, brief: Brief, law: AdLaw, drafts: Mapping[str, str] | None = None,
        model: str = "",
    ) -> None:  # fmt: skip
        self._name, self._catalogue, self._brief, self._law = name, catalogue, brief, law
        self._drafts, self._model = drafts or {}, model
        self._used: Counter[str] = Counter()
        self._said: set[str] = set()
        self.left: list[Left] = []

    def write(self, plan: Plan) -> Script:
        """Write all sections in order."""
        sections: list[Section] = []
        debt, spare, at = 0.0, 0.0, ("", 0)
        for i, slot in enumerate(plan.slots):
            if (slot.product, slot.turn) != at:
                at, spare = (slot.product, slot.turn), 0.0
                self._said.clear()
            before = plan.slots[i - 1].product if i else ""
            section = self.section(slot, slot.seconds + debt, before)
            debt += slot.seconds - length(section, self._brief.lang, self._brief.tone)
            sections.append(section)
            last = i + 1 == len(plan.slots) or (plan.slots[i + 1].product, plan.slots[i + 1].turn) != at
            spare += slot.seconds
            if last and slot.product and debt > LEAST_PAUSE:
                debt -= self._rest(sections, slot, min(debt, PAUSE_SHARE * spare))
        fit(sections, self._brief)
        return Script(
            self._name, self._brief, self._catalogue.version, tuple(sections), (*plan.left, *self.left), self._model
        )

    def section(self, slot: Slot, time: float, before: str = "") -> Section:
        """Write one slot in about `time` seconds."""
        brief, product = self._brief, self._catalogue.by_id.get(slot.product)
        taken: list[Sentence] = []
        left = max(time, 0.0)
        for sentence in self._candidates(slot, product, before):
            takes = seconds(sentence, brief.lang, brief.tone)
            must = not taken
            if not must and takes * SHORT > left:
                continue
            if left <= 0.8 and not must:
                break
            taken.append(sentence)
            self._mark(sentence)
            left -= takes
        return Section(slot.id, slot.part, slot.seconds, tuple(taken), slot.product, slot.why)

    def knows(self, said: Iterable[Sentence]) -> None:
        """Take sentences as said already."""
        for sentence in said:
            self._mark(sentence)

    def _mark(self, sentence: Sentence) -> None:
        self._used[sentence.text] += 1
        self._said.update(
            f"{f.field}|{f.value}|{sentence.text[-6:]}" for f in sentence.facts if sentence.by != "phrases"
        )

    def _fresh(self, sentence: Sentence) -> bool:
        return not any(f"{f.field}|{f.value}|{sentence.text[-6:]}" in self._said for f in sentence.facts)

    def _candidates(self, slot: Slot, product: Product | None, before: str) -> Iterable[Sentence]:
        """Yield what a slot can be filled with, what it needs first coming first."""
        opening = self._drafted(slot, product) if product else []
        phrases = self._phrases(slot, product, before)
        facts = self._facts(slot, product)
        if slot.part == "offer":
            yield from phrases[:1] if slot.seconds >= LONG_OFFER else ()
            yield from facts
            return
        between = [p for p in phrases if p.text in CONTINUES]
        phrases = [p for p in phrases if p.text not in CONTINUES]
        if opening:
            yield from opening
        elif phrases:
            yield phrases.pop(0)
        while facts or (phrases and slot.part != "points"):
            yield from facts[:2]
            facts = facts[2:]
            if more := (between or phrases) if facts else phrases if slot.part != "points" else ():
                yield more.pop(0)

    def _drafted(self, slot: Slot, product: Product) -> list[Sentence]:
        draft = self._drafts.get(slot.id, "")
        if not draft:
            return []
        held = hold.of_model(draft, product, self._catalogue, self._law, self._brief.lang, self._brief.platform)
        states = held.sentence is not None and not held.sentence.text.endswith(("?", "？"))
        if held.sentence is None or (states and slot.part != "points"):  # elsewhere a model may only ask
            self.left.append(Left(draft.strip().split("\n")[0][:80], held.why or "states"))
            return []
        return [] if self._used[held.sentence.text] else [held.sentence]

    def _facts(self, slot: Slot, product: Product | None) -> list[Sentence]:
        if product is None:
            return []
        brief = self._brief
        found = []
        turn = slot.turn + brief.variant
        said = list(sayings.said_of(product, slot.part, brief.lang, self._catalogue, turn))
        if slot.part != "offer" and len(said) > 1 and turn:
            cut = turn * max(1, len(said) // 3) % len(said)
            said = [s for i, s in enumerate(said[cut:] + said[:cut]) if len(said) < FEW or i % 5 not in (2, 4)]
        for sentence in said:
            held = hold.of_fields(sentence, product, self._law, brief.lang, brief.platform)
            if held.sentence is None:
                self._leave(sentence.text, held.why)
            elif self._fresh(held.sentence):
                found.append(held.sentence)
                if held.why:
                    self._leave(sentence.text, f"{held.why} → {held.sentence.text}")
        return found

    def _leave(self, text: str, why: str) -> None:
        """Tell once that words were not taken as they are."""
        if (note := Left(text, why)) not in self.left:
            self.left.append(note)

    def _phrases(self, slot: Slot, product: Product | None, before: str) -> list[Sentence]:
        """Return the phrases of a part, those least used first."""
        brief = self._brief
        bank = PHRASES[brief.lang].get(slot.part, ())
        ordered = slot.part in ("welcome", "close")  # what is said first and last stays so
        shift = 0 if ordered else (brief.variant * 5 + slot.turn * 3) % max(1, len(bank))
        named: list[Sentence] = []
        for phrase in (*bank[shift:], *bank[:shift]):
            if product is None:
                named.append(Sentence(phrase))
                continue
            earlier = self._catalogue.by_id.get(before)
            if ("{n}" in phrase and not product.number) or (
                "{before}" in phrase and (earlier is None or earlier is product)
            ):
                continue
            text = phrase.format(
                name=product.name.get(brief.lang),
                n=product.number,
                before=earlier.name.get(brief.lang) if earlier else "",
            )
            named.append(sayings.link(product, text, self._catalogue) if "{n" in phrase else Sentence(text))
        kept = sorted(named, key=lambda s: self._used[s.text])
        if slot.part == "welcome" and brief.theme:
            kept = [*self._theme(), *kept]
        most = _PHRASES.get(slot.part, len(kept)) + int(slot.seconds // LONG_PART)
        found: list[Sentence] = []
        for sentence in kept:
            if len(found) < most and self._sayable(sentence, product):
                found.append(sentence)
        return found

    def _sayable(self, sentence: Sentence, product: Product | None) -> bool:
        """Tell whether the law lets a phrase leave with a product's name in it; without one it does, by a test."""
        if product is None or not sentence.facts:
            return True
        brief = self._brief
        return hold.of_fields(sentence, product, self._law, brief.lang, brief.platform).sentence == sentence

    def _theme(self) -> list[Sentence]:
        """Return the sentence that names the theme; one that may not be said is left out, with the law's words."""
        said = Sentence(THEME[self._brief.lang].format(theme=self._brief.theme.strip().rstrip("。.")))
        checked = hold.of_person(said.text, None, self._catalogue, self._law)
        if checked.sentence is None:
            self.left.append(Left(self._brief.theme, checked.why))
            return []
        return [said]

    def _rest(self, sections: list[Section], slot: Slot, time: float) -> float:
        """Let what is left of a product's time pass with showing it, and return how much."""
        for part in PAUSE_IN:
            for i in range(len(sections) - 1, -1, -1):
                found = sections[i]
                if found.product != slot.product:
                    break
                if found.part == part:
                    sections[i] = paused(found, float(round(time)), self._brief)
                    return float(round(time))
        return 0.0


def write(
    name: str, catalogue: Catalogue, brief: Brief, plan: Plan, law: AdLaw, drafts: Mapping[str, str] | None = None,
    model: str = "",
) -> Script:  # fmt: skip
    """Write a script from a plan and, where there are any, a model's drafts."""
    return Writer(name, catalogue, brief, law, drafts, model).write(plan)
