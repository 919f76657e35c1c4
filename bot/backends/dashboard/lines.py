"""A comment as the page shows it."""

import msgspec

from bot.domain.events import Heard
from bot.domain.turns import Turn

encode = msgspec.json.Encoder().encode


class Line(msgspec.Struct, omit_defaults=True):
    """One comment on the page: what was heard, and what became of it. `seconds` is from heard to ended."""

    seq: int
    at: float
    viewer: str = ""
    text: str = ""
    lang: str = ""
    own: bool = False
    backfill: bool = False
    fate: str = ""
    reason: str = ""
    kind: str = ""
    product: str = ""
    slots: tuple[str, ...] = ()
    question: str = ""
    askers: int = 0
    answer: str = ""
    path: str | None = None
    seconds: float = 0.0
    place: str = ""


class Kept(msgspec.Struct):
    """A line in its ring: ready JSON, whether it is calm, and whether a browser has it."""

    line: Line
    json: bytes
    calm: bool
    shown: bool = False


def of_heard(heard: Heard) -> Line:
    """Return a comment that was just heard."""
    return Line(
        heard.seq, heard.at, heard.viewer, heard.text, own=heard.own, backfill=heard.backfill, place=heard.place
    )  # fmt: skip


def of_turn(turn: Turn, held: Line | None) -> Line:
    """Return a comment that has ended; `held` is how the page had it."""
    return Line(
        seq=turn.seq,
        at=turn.heard,
        viewer=turn.viewer,
        text=turn.text,
        lang=turn.lang,
        own=held is not None and held.own,
        backfill=held is not None and held.backfill,
        fate=turn.fate,
        reason=turn.reason,
        kind=turn.kind,
        product=turn.product,
        slots=turn.slots,
        question=turn.question,
        askers=turn.askers,
        answer=turn.answer,
        path=turn.path,
        seconds=max(0.0, turn.ended - turn.heard),
        place=turn.place,
    )
