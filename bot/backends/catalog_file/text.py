"""Plain words about cells: cleaning, quoting, splitting."""

import re
import unicodedata

_CJK = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_UNSEEN = {ord(c): None for c in "\ufeff\u200b\u2060\u200e\u200f"}
_DASHES = frozenset(("-", "--", "—", "——", "–", "/", "\\", "n/a", "N/A", "#N/A"))
_COMPACT = re.compile(r"[/|、;；／｜]")
_LIST = re.compile(r"[/|、;；／｜,，\n]")


def clean(text: str) -> str:
    """Drop what nobody sees (control characters, byte order marks, lone surrogates) and trim; line breaks become LF."""
    if text.isprintable():  # the common case, and a quick one
        return text.strip()
    text = text.replace("\r\n", "\n").replace("\r", "\n").translate(_UNSEEN)
    return "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs")).strip()


def one_line(text: str) -> str:
    """Clean, and turn every run of white space into one space."""
    return " ".join(clean(text).split())


def short(text: str) -> str:
    """Quote a value in a message: one line, at most 40 characters."""
    line = one_line(text)
    return line if len(line) <= 40 else line[:39] + "…"


def squeezed(text: str) -> str:
    """Make short values comparable: half width, lower case, no white space."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text).lower())


def has_cjk(text: str) -> bool:
    """Tell whether any character is Chinese: then the text is."""
    return bool(_CJK.search(text))


def is_blank(text: str) -> bool:
    """Tell whether a cell says "nothing": empty, or a dash."""
    return not text or text in _DASHES


def value(text: str) -> str:
    """Return one line, "" for a dash."""
    line = one_line(text)
    return "" if is_blank(line) else line


def parts(text: str) -> list[str]:
    """Split a compact cell ("S/M/L"); a cell without separator is one part, an empty part stays."""
    return [p.strip() for p in _COMPACT.split(text)]


def names(text: str) -> list[str]:
    """Split a list of names at any separator, and drop blanks and doubles."""
    return [w for w in dict.fromkeys(map(value, _LIST.split(text))) if w]
