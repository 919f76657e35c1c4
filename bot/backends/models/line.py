"""An answer is one line of chat: where it ends, and where it may be cut. Imports no torch."""

import re

LINE_END = re.compile(r"[\r\n\u2028\u2029]")
# A full stop ends a sentence only before a space: "12.50" has none.
_SENTENCE_END = re.compile(r"[。！？!?…；;]+[”’」』\"')）]*|\.(?=\s)")
_CLAUSE_END = re.compile(r"[，、,:：\s]+")


def first_line(text: str, most: int) -> str:
    """Return the first line of a text, cut to `most` characters where a sentence, a clause or a word ends."""
    line = LINE_END.split(text.lstrip(), maxsplit=1)[0].strip()
    if len(line) <= most:
        return line
    for ending, keep in ((_SENTENCE_END, True), (_CLAUSE_END, False)):
        found = [match for match in ending.finditer(line) if match.start() > 0 and match.end() <= most]
        if found:
            return line[: found[-1].end() if keep else found[-1].start()].strip()
    return line[:most]
