"""What goes over the feed, and where: topics and messages, version 1.

    zhubo/v1/bot/BOT/status                      retained, "online" | "offline" (last will)
    zhubo/v1/room/ROOM/state                     retained, State
    zhubo/v1/room/ROOM/products                  retained, Products
    zhubo/v1/room/ROOM/cue                       retained, Cues
    zhubo/v1/room/ROOM/kpi                       RoomStatus, about once a second
    zhubo/v1/room/ROOM/turn                      Turns, at most every 75 ms
    zhubo/v1/room/ROOM/line                      QuestionView of a line that a person posted
    zhubo/v1/room/ROOM/suggestion                Suggested: what came of a suggestion
    zhubo/v1/room/ROOM/answer/ID/pending         retained QuestionView; empty when it is ruled on
    zhubo/v1/room/ROOM/answer/ID/ruling          Outcome of a command on an answer
    zhubo/v1/room/ROOM/ruling                    Outcome of any other command
    zhubo/v1/cmd/ROOM/NAME                       Wanted: a command of the person NAME

ROOM and ID are in lower-case ASCII; a room's own name is in its State. The JSON Schema of all messages is shipped as
`schema/zhubo-feed.v1.json`; `schema()` prints it, and a test compares the two.
"""

import hashlib
import json
import re

import msgspec

from bot.domain.desk import Command, Mode, Ruling
from bot.domain.learning import Suggested
from bot.domain.turns import Turn
from bot.domain.views import Cues, LinkState, ProductView, QuestionView, RoomStatus

ROOT = "zhubo/v1"


class State(msgspec.Struct, frozen=True, omit_defaults=True):
    """How a room stands. `taken` says what people look after; `pending` how many answers wait for a person."""

    room: str
    mode: Mode
    link: LinkState
    on_screen: str = ""
    taken: tuple[tuple[str, str, str], ...] = ()
    notes: tuple[str, ...] = ()


class Products(msgspec.Struct, frozen=True, omit_defaults=True):
    """The products of the catalogue version in force."""

    version: int
    products: tuple[ProductView, ...] = ()


class Turns(msgspec.Struct, frozen=True):
    """Comments that have ended since the last message."""

    room: str
    turns: list[Turn]


class Wanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A command. The same `id` of the same person is carried out once."""

    id: str
    command: Command


class Outcome(msgspec.Struct, frozen=True, omit_defaults=True):
    """What came of a command; see `bot.domain.desk.Ruling`. `id` is "" when the message could not be read."""

    room: str
    at: float
    id: str
    by: str
    do: str
    done: bool
    why: str = ""
    detail: str = ""
    line: str = ""
    answer: str = ""
    again: bool = False


def outcome(ruling: Ruling) -> Outcome:
    """Flatten a ruling for panels."""
    order = ruling.order
    do = order.command.__struct_config__.tag
    return Outcome(
        ruling.room, ruling.at, order.id, order.by, str(do), ruling.done, ruling.why, ruling.detail, ruling.line,
        getattr(order.command, "answer", ""), ruling.again,
    )  # fmt: skip


def level(name: str) -> str:
    """Return a name as one topic level: lower-case ASCII; another name that would look the same gets a mark."""
    plain = re.sub(r"[^a-z0-9_-]+", "-", name.lower()).strip("-")
    if plain == name:
        return plain
    mark = hashlib.blake2b(name.encode(), digest_size=3).hexdigest()
    return f"{plain}-{mark}" if plain else mark


TOPICS: dict[str, type[msgspec.Struct]] = {
    "room/+/state": State,
    "room/+/products": Products,
    "room/+/cue": Cues,
    "room/+/kpi": RoomStatus,
    "room/+/turn": Turns,
    "room/+/line": QuestionView,
    "room/+/suggestion": Suggested,
    "room/+/answer/+/pending": QuestionView,
    "room/+/answer/+/ruling": Outcome,
    "room/+/ruling": Outcome,
    "cmd/+/+": Wanted,
}


def schema() -> str:
    """Return the JSON Schema of all messages."""
    _, parts = msgspec.json.schema_components(TOPICS.values(), ref_template="#/$defs/{name}")
    whole = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "zhubo feed, version 1",
        "topics": {f"{ROOT}/{topic}": {"$ref": f"#/$defs/{kind.__name__}"} for topic, kind in TOPICS.items()},
        "$defs": parts,
    }
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"
