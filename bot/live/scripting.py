"""Scripting: what people do with the host's script while a room runs, and how it is shown to them."""

from bot.decide.script import hold, mend, show
from bot.decide.script.spoken import aloud, length, seconds
from bot.domain.desk import Lock, Rewrite, TakeMends
from bot.domain.script import Script, ScriptView, SectionView, SentenceView
from bot.live.state import State


def changed(state: State, command: Rewrite | Lock | TakeMends) -> tuple[str, str]:
    """Carry out a command on the script; returns why it is refused, "" when it is not, and the detail."""
    script = state.script
    if script is None:
        return "no_script", ""
    if isinstance(command, TakeMends):
        state.mend(mend.mended(script, tuple(state.mends.values()), state.catalogue.version))
        return "", ""
    at = next((i for i, s in enumerate(script.sections) if s.id == command.section), None)
    if at is None:
        return "no_section", command.section
    section = script.sections[at]
    if isinstance(command, Lock):
        state.mend(mend.replaced(script, at, mend.locked(section, on=command.on)))
        return "", ""
    if section.locked:
        return "locked", ""
    if not command.text:
        state.mend(mend.anew(script, at, state.catalogue, state.law))
        return "", ""
    held = hold.of_person(command.text, state.product(section.product), state.catalogue, state.law)
    if held.sentence is None:
        why, _, detail = held.why.partition("|")
        return why, detail
    state.mend(mend.replaced(script, at, mend.with_sentence(section, held.sentence)))
    return "", ""


def view(state: State) -> ScriptView | None:
    """Return the script as a page shows it, None when there is none."""
    script = state.script
    return None if script is None else ScriptView(
        script.name, script.brief, tuple(_section(state, script, i) for i in range(len(script.sections))), script.left
    )  # fmt: skip


def _section(state: State, script: Script, at: int) -> SectionView:
    section, brief = script.sections[at], script.brief
    sentences = []
    for i, sentence in enumerate(section.sentences):
        found = state.mends.get((section.id, i))
        sentences.append(
            SentenceView(
                sentence.text, sentence.text if sentence.pause else aloud(sentence.text, brief.lang), sentence.by,
                show.fields_of(sentence, brief.lang),
                round(seconds(sentence, brief.lang, brief.tone), 1), bool(sentence.pause), found is not None,
                found.instead.text if found and found.instead else "",
            )
        )  # fmt: skip
    return SectionView(
        section.id, section.part, show.title(section, state.catalogue, brief.lang), section.product,
        round(length(section, brief.lang, brief.tone), 1), section.seconds, tuple(sentences), section.why,
        section.locked,
    )  # fmt: skip
