"""The wire format zhubo.v1: JSON text frames. Pure: bytes to frames, frames to text, wire events to ours.

The JSON Schema of it is shipped as `schema/zhubo.v1.json`; `schema()` prints it, and a test compares the two.
"""

import json
from typing import Literal, get_args

import msgspec
from websockets.typing import Subprotocol

from bot.domain.events import Event, Kind, User
from bot.domain.ports import Caps, Outgoing

SUBPROTOCOL = Subprotocol("zhubo.v1")
MAX_FRAME = 64 * 1024  # bytes; larger frames are counted as malformed
CLOSE = {
    4400: "bad message: the peer does not speak zhubo.v1",
    4401: "wrong or missing token",
    4404: "no such room",
    4408: "idle: no frame or pong in time",
    4410: "the show is over",
    4429: "too fast",
}
FATAL = frozenset((4400, 4401, 4404))  # trying again cannot help
_KINDS: frozenset[str] = frozenset(get_args(Kind))


class WireUser(msgspec.Struct, omit_defaults=True):
    """A user on the wire."""

    id: str
    name: str = ""
    roles: tuple[str, ...] = ()


class WireEvent(msgspec.Struct, omit_defaults=True):
    """An event on the wire; see `bot.domain.events.Event` for the fields. Unknown kinds are allowed."""

    kind: str
    id: str = ""
    at: float = 0.0
    user: WireUser | None = None
    text: str = ""
    count: int = 1
    amount_minor: int | None = None
    currency: str = ""
    product: str = ""
    target: str = ""
    backfill: bool = False
    own: bool = False
    stats: dict[str, float] = {}


class Frame(msgspec.Struct, omit_defaults=True):
    """One frame of either direction; which fields count depends on `type`.

    hello: room, resume (ours) / caps, seq (theirs). event: seq, event. send: key, text, reply_to, product.
    receipt: key, outcome, why, after, message (the line's id, where it can be deleted). erase: key, message; its
    receipt says whether the line is gone. ping and pong: nothing. error: code, why.
    """

    type: Literal["hello", "event", "send", "receipt", "erase", "ping", "pong", "error"]
    v: Literal[1] = 1
    room: str = ""
    resume: int = 0
    seq: int = 0
    caps: Caps | None = None
    event: WireEvent | None = None
    key: str = ""
    text: str = ""
    reply_to: tuple[str, ...] = ()
    product: str = ""
    outcome: Literal["accepted", "confirmed", "dropped", "unknown"] = "unknown"
    why: str = ""
    after: float = 0.0
    message: str = ""
    code: int = 0


_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Frame)


def encode(frame: Frame) -> str:
    """Write a frame; `v` and `type` are always there."""
    return _encoder.encode({"v": 1, **msgspec.to_builtins(frame)}).decode()


def send(out: Outgoing) -> str:
    """Write a line to post. Of comments that make the frame too large, the newest are named."""
    reply_to = out.reply_to
    while True:
        text = encode(Frame("send", key=out.key, text=out.text, reply_to=reply_to, product=out.product))
        if len(text.encode()) <= MAX_FRAME or not reply_to:
            return text
        reply_to = reply_to[-(len(reply_to) // 2) :] if len(reply_to) > 1 else ()


def decode(raw: bytes) -> Frame:
    """Read a frame.

    Raises:
        ValueError: too large, not UTF-8, not JSON, nested too deeply, or not of this protocol.
    """
    if len(raw) > MAX_FRAME:
        raise ValueError(f"frame of {len(raw)} bytes; at most {MAX_FRAME} are read")
    try:
        return _decoder.decode(_whole(raw) if b"\\ud" in raw.lower() else raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ValueError(str(error)) from error


def _whole(raw: bytes) -> bytes:
    """Replace half a surrogate pair, which some clients cut through, so that the rest of the words can be read."""
    text = json.dumps(json.loads(raw), ensure_ascii=False)
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode()


def to_event(wire: WireEvent) -> Event:
    """Turn a wire event into ours; a kind we do not know becomes "other"."""
    kind: Kind = wire.kind if wire.kind in _KINDS else "other"  # type: ignore[assignment]
    user = User(wire.user.id, wire.user.name, wire.user.roles) if wire.user else None
    return Event(
        kind, wire.id, wire.at, user, wire.text, wire.count, wire.amount_minor, wire.currency, wire.product,
        wire.target, wire.backfill, wire.own, wire.stats,
    )  # fmt: skip


def schema() -> str:
    """Return the JSON Schema of all frames, as shipped in `schema/zhubo.v1.json`."""
    made = msgspec.json.schema(Frame)
    made = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "zhubo.v1 frame", **made}
    return json.dumps(made, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
