"""Scripting: what people do with the host's script while a room runs, and how it is shown to them."""

from bot.decide.script import mend, show
from bot.decide.script.spoken import aloud, length, seconds
from bot.domain.desk import Lock, Rewrite, TakeMends
from bot.domain.script import Script, ScriptView, Section, SectionView, SentenceView
from bot.domain.views import Spoken
from bot.live.state import State


def changed(state: State, command: Rewrite | Lock | TakeMends) -> tuple[str, str]:
    """Carry out a command on the script; returns why it is refused, "" when it is not, and the detail."""
    script = state.script
    if script is None:
        return "no_script", ""
    if isinstance(command, TakeMends):
        state.mend(mend.mended(script, tuple(state.mends.values()), state.catalogue.version))
        return "", ""
    if isinstance(command, Lock):
        found = mend.locked(script, command.section, on=command.on)
    else:
        found = mend.rewritten(script, command.section, command.text, state.catalogue, state.law)
    if not isinstance(found, Script):
        return found
    state.mend(found)
    return "", ""


def lines(state: State, section: Section) -> list[tuple[Spoken, str]]:
    """Return a section's lines as they are read; beside each, as it is written, what is true now in its place."""
    if state.script is None:
        return []
    lang, found = state.script.brief.lang, []
    for at, sentence in enumerate(section.sentences):
        mended = state.mends.get((section.id, at))
        instead = mended.instead.text if mended and mended.instead else ""
        text = sentence.text if sentence.pause else aloud(sentence.text, lang)
        found.append((Spoken(section.part, text, mended is not None, aloud(instead, lang)), instead))
    return found


def view(state: State) -> ScriptView | None:
    """Return the script as a page shows it, None when there is none."""
    script = state.script
    return None if script is None else ScriptView(
        script.name, script.brief, tuple(_section(state, script, i) for i in range(len(script.sections))), script.left
    )  # fmt: skip


def _section(state: State, script: Script, at: int) -> SectionView:
    section, brief = script.sections[at], script.brief
    sentences = [
        SentenceView(
            sentence.text, spoken.text, sentence.by, show.fields_of(sentence, brief.lang),
            round(seconds(sentence, brief.lang, brief.tone), 1), bool(sentence.pause), spoken.stale, instead,
        )
        for sentence, (spoken, instead) in zip(section.sentences, lines(state, section), strict=True)
    ]  # fmt: skip
    return SectionView(
        section.id, section.part, show.title(section, state.catalogue, brief.lang), section.product,
        round(length(section, brief.lang, brief.tone), 1), section.seconds, tuple(sentences), section.why,
        section.locked,
    )  # fmt: skip
