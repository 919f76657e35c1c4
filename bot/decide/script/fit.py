"""Bringing a script to the length that was asked for."""

import msgspec

from bot.decide.script.phrases import PAUSES
from bot.decide.script.spoken import length, seconds
from bot.domain.script import Brief, Part, Section, Sentence

PAUSE_IN: tuple[Part, ...] = ("demo", "interact", "points")
LEAST_PAUSE = 3.0  # seconds
TOLERANCE = 0.04  # of the length asked for


def fit(sections: list[Section], brief: Brief) -> None:
    """Bring the whole to the length asked for: leave out what is not missed, or show a product a little longer."""
    lang, tone, wanted = brief.lang, brief.tone, brief.seconds
    for _ in range(sum(len(s.sentences) for s in sections)):
        over = sum(length(s, lang, tone) for s in sections) - wanted
        if abs(over) <= TOLERANCE * wanted:
            return
        if over < 0:
            _linger(sections, -over, brief)
            return
        spare = [
            (abs(seconds(sentence, lang, tone) - over), i, at)
            for i, section in enumerate(sections)
            for at, sentence in enumerate(section.sentences)
            if (at or len(section.sentences) > 1) and not {"price"} & {f.field for f in sentence.facts}
            and seconds(sentence, lang, tone) <= over + TOLERANCE * wanted
        ]  # fmt: skip
        if not spare:
            return
        _, i, at = min(spare)
        kept = sections[i].sentences
        sections[i] = msgspec.structs.replace(sections[i], sentences=(*kept[:at], *kept[at + 1 :]))


def _linger(sections: list[Section], time: float, brief: Brief) -> None:
    """Share out time that is left over among the parts in which a host can pause."""
    places = [i for part in PAUSE_IN for i, s in enumerate(sections) if s.part == part and s.product]
    places = places[: max(1, int(time // LEAST_PAUSE))]
    for i in places:
        sections[i] = paused(sections[i], max(1.0, round(time / len(places))), brief)


def paused(section: Section, time: float, brief: Brief) -> Section:
    """Let time pass at the end of a section without words, besides what does so already."""
    said = section.sentences
    if said and said[-1].pause:
        said, time = said[:-1], time + said[-1].pause
    rest = Sentence(PAUSES[brief.lang][section.part], "phrases", (), time)
    return msgspec.structs.replace(section, sentences=(*said, rest))
