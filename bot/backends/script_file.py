"""Scripts as files: Markdown, JSON, the teleprompter's text, and Word documents."""

from pathlib import Path

import msgspec

from bot.decide.script import show
from bot.decide.script.spoken import aloud, length
from bot.domain.catalog import Catalogue
from bot.domain.errors import ScriptError
from bot.domain.script import Script

KINDS = (".md", ".docx", ".json", ".txt")


def save(script: Script, catalogue: Catalogue, path: Path, *, read_aloud: bool = False) -> None:
    """Write a script in the form that the file's name asks for.

    Raises:
        ScriptError: there is no such form, or the file cannot be written.
    """
    if path.suffix not in KINDS:
        raise ScriptError(f"{path}: there is no such form of a script. Fix: end the name in {', '.join(KINDS)}.")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix == ".docx":
            _save_document(script, catalogue, path, read_aloud=read_aloud)
        elif path.suffix == ".json":
            path.write_bytes(msgspec.json.format(msgspec.json.encode(script), indent=1))
        elif path.suffix == ".txt":
            path.write_text(show.teleprompter(script, catalogue), encoding="utf-8")
        else:
            path.write_text(show.markdown(script, catalogue, read_aloud=read_aloud), encoding="utf-8")
    except OSError as error:
        raise ScriptError(f"{path}: cannot be written ({error.strerror}). Fix: choose another place.") from error


def load(path: Path) -> Script:
    """Read a script that was saved as JSON.

    Raises:
        ScriptError: not there, or no script.
    """
    try:
        return msgspec.json.decode(path.read_bytes(), type=Script)
    except OSError as error:
        raise ScriptError(f"{path}: cannot be read ({error.strerror}). Fix: check the path.") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ScriptError(
            f"{path}: is no script ({error}). Fix: make one with `zhubo script --out FILE.json`."
        ) from error


def _save_document(script: Script, catalogue: Catalogue, path: Path, *, read_aloud: bool) -> None:
    import docx  # a front that only reads scripts need not wait for it
    from docx.oxml.ns import qn
    from docx.shared import Pt, RGBColor

    lang, tone = script.brief.lang, script.brief.tone
    made = docx.Document()
    normal = made.styles["Normal"]
    normal.font.name, normal.font.size = "Noto Sans", Pt(11)
    normal.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), "Microsoft YaHei")
    made.add_heading(script.name, 0)
    total = sum(length(s, lang, tone) for s in script.sections)
    planned, spoken = show.word("planned", lang), show.word("spoken", lang)
    made.add_paragraph(f"{planned} {show.clock(script.brief.seconds)} · {spoken} {show.clock(total)}")
    for section in script.sections:
        made.add_heading(f"{show.title(section, catalogue, lang)} ({show.clock(length(section, lang, tone))})", 2)
        if section.why:
            made.add_paragraph().add_run(section.why).italic = True
        for sentence in section.sentences:
            text = aloud(sentence.text, lang) if read_aloud else sentence.text
            line = made.add_paragraph(f"{text} {show.clock(sentence.pause)}" if sentence.pause else text)
            if sentence.facts:
                on = line.add_run(f"  {show.word('rests', lang)}: {', '.join(show.fields_of(sentence, lang))}")
                on.font.size, on.font.color.rgb = Pt(8), RGBColor(0x80, 0x80, 0x80)
    if script.left:
        made.add_heading(show.word("left", lang), 2)
        for item in script.left:
            made.add_paragraph(f"{item.text} — {item.why.replace('|', ' · ')}")
    made.save(str(path))
