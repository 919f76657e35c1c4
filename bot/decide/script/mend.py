"""What a new catalogue version makes untrue in a script, and what may stand in its place."""

from collections.abc import Sequence

import msgspec

from bot.decide import facts
from bot.decide.adlaw import AdLaw
from bot.decide.script import hold, sayings
from bot.decide.script.plan import Slot
from bot.decide.script.write import Writer
from bot.domain.catalog import Catalogue
from bot.domain.script import Mend, Script, Section, Sentence


def mends(script: Script, catalogue: Catalogue, law: AdLaw) -> list[Mend]:
    """Return the sentences that are untrue now, each with true words on the same fields where there are any."""
    found = []
    for section in script.sections:
        for at, sentence in enumerate(section.sentences):
            if stale := facts.stale(sentence.facts, catalogue):
                found.append(
                    Mend(section.id, at, sentence.text, stale, _instead(section, sentence, script, catalogue, law))
                )
    return found


def _instead(section: Section, sentence: Sentence, script: Script, catalogue: Catalogue, law: AdLaw) -> Sentence | None:
    product = catalogue.by_id.get(section.product)
    if product is None or not product.listed:
        return None
    brief = script.brief
    wanted = {f.field for f in sentence.facts}
    if wanted <= {"number", "name"}:
        return None
    for candidate in sayings.said_of(product, section.part, brief.lang, catalogue, brief.variant):
        if wanted & {f.field for f in candidate.facts}:
            return hold.of_fields(candidate, product, law, brief.lang, brief.platform).sentence
    return None


def mended(script: Script, chosen: Sequence[Mend], version: int) -> Script:
    """Put the mends into a script; one without words takes its sentence out. Locked sections stay as they are."""
    by_place = {(m.section, m.at): m for m in chosen}
    sections = []
    for section in script.sections:
        kept = []
        for at, sentence in enumerate(section.sentences):
            mend = None if section.locked else by_place.get((section.id, at))
            if mend is None:
                kept.append(sentence)
            elif mend.instead is not None:
                kept.append(mend.instead)
        sections.append(msgspec.structs.replace(section, sentences=tuple(kept)))
    return msgspec.structs.replace(script, sections=tuple(sections), version=version)


def rewritten(script: Script, id: str, text: str, catalogue: Catalogue, law: AdLaw) -> Script | tuple[str, str]:
    """Put a section into other words, or a person's sentence in front of it.

    Returns:
        The script, or why not, as in a `Ruling`, and the detail: "no_section", "locked", or what the guard says.
    """
    at = place(script, id)
    if at is None:
        return "no_section", id
    section = script.sections[at]
    if section.locked:
        return "locked", ""
    if not text:
        return _replaced(script, at, _anew(script, at, catalogue, law))
    held = hold.of_person(text, catalogue.by_id.get(section.product), catalogue, law)
    if held.sentence is None:
        why, _, detail = held.why.partition("|")
        return why, detail
    return _replaced(script, at, msgspec.structs.replace(section, sentences=(held.sentence, *section.sentences)))


def locked(script: Script, id: str, *, on: bool) -> Script | tuple[str, str]:
    """Lock a section, or let it go; returns as `rewritten` does."""
    at = place(script, id)
    if at is None:
        return "no_section", id
    return _replaced(script, at, msgspec.structs.replace(script.sections[at], locked=on))


def place(script: Script, id: str) -> int | None:
    """Return where a section stands, None when there is no such one."""
    return next((i for i, s in enumerate(script.sections) if s.id == id), None)


def _anew(script: Script, at: int, catalogue: Catalogue, law: AdLaw) -> Section:
    """Write one section again in other words; what the rest of the script says is not said twice."""
    old, brief = script.sections[at], script.brief
    other = msgspec.structs.replace(brief, variant=brief.variant + 1)
    writer = Writer(script.name, catalogue, other, law)
    before = script.sections[at - 1].product if at else ""
    writer.knows(s for i, section in enumerate(script.sections) if i != at for s in section.sentences)
    return writer.section(Slot(old.id, old.part, old.seconds, old.product, old.why), old.seconds, before)


def _replaced(script: Script, at: int, section: Section) -> Script:
    sections = (*script.sections[:at], section, *script.sections[at + 1 :])
    return msgspec.structs.replace(script, sections=sections)
