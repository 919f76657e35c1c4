"""Bilibili Open Live: packets of the comment socket, their messages, and signatures of the control. Pure.

https://open-live.bilibili.com/document/
"""

import hashlib
import hmac
import struct
import zlib
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from bot.domain.events import Event, User

UNPACKED = 4 * 1024 * 1024  # bytes that a packet may unpack to
HEADER = struct.Struct(">IHHII")  # length, length of the header, version, operation, sequence
ASK_BEAT, BEAT_REPLY, MESSAGE, ASK_AUTH, AUTH_REPLY = 2, 3, 5, 7, 8
PLAIN, ZLIB = (0, 1), 2


class Data(msgspec.Struct):
    """What any kind of message may carry; absent fields keep their defaults."""

    msg_id: str = ""
    message_id: int = 0
    message_ids: list[int] = []
    open_id: str = ""
    uname: str = ""
    msg: str = ""
    message: str = ""
    timestamp: int = 0
    guard_level: int = 0
    fans_medal_level: int = 0
    fans_medal_wearing_status: bool = False
    is_admin: int = 0
    gift_name: str = ""
    gift_num: int = 1
    r_price: int = 0
    price: int = 0
    paid: bool = False
    rmb: int = 0
    like_count: int = 1
    guard_num: int = 1
    user_info: dict[str, Any] = {}
    game_id: str = ""


class Message(msgspec.Struct):
    """One message of the socket."""

    cmd: str
    data: Data = msgspec.field(default_factory=Data)


_read = msgspec.json.Decoder(Message, strict=False).decode


def pack(operation: int, body: bytes, version: int = 0) -> bytes:
    """Write a packet."""
    return HEADER.pack(HEADER.size + len(body), HEADER.size, version, operation, 1) + body


def packets(raw: bytes, *, nested: bool = False) -> Iterator[tuple[int, bytes]]:
    """Yield operation and body of every packet of a frame, compressed batches taken apart.

    Raises:
        ValueError: cut short, lengths that cannot be, or more than `UNPACKED` bytes when unpacked.
    """
    at = 0
    while at < len(raw):
        if len(raw) - at < HEADER.size:
            raise ValueError("a packet without a whole header")
        length, head, version, operation, _ = HEADER.unpack_from(raw, at)
        if operation == BEAT_REPLY:
            length = max(length, len(raw) - at)  # the echo of what we sent is not counted
        if not HEADER.size <= head <= length <= len(raw) - at:
            raise ValueError("a packet whose lengths cannot be")
        body = raw[at + head : at + length]
        at += length
        if version == ZLIB and not nested:
            yield from packets(unpack(body), nested=True)
        elif version in PLAIN:
            yield operation, body
        else:
            raise ValueError(f"a packet of version {version}")


def unpack(body: bytes) -> bytes:
    """Decompress, within bounds. Raises ValueError."""
    unzip = zlib.decompressobj()
    try:
        found = unzip.decompress(body, UNPACKED)
    except zlib.error as error:
        raise ValueError(str(error)) from error
    if unzip.unconsumed_tail or not unzip.eof:
        raise ValueError("a batch that is cut short, or unpacks to too much")
    return found


def events(body: bytes) -> Iterator[Event]:
    """Read a message. Raises ValueError, and RoomOver when the platform ended the project's session."""
    try:
        message = _read(body)
    except (msgspec.DecodeError, RecursionError) as error:
        raise ValueError(str(error)) from error
    kind, d = message.cmd.removeprefix("LIVE_OPEN_PLATFORM_"), message.data
    id, at, user = d.msg_id, float(d.timestamp), User(d.open_id, d.uname, _roles(d)) if d.open_id else None
    match kind:
        case "DM" | "DM_MIRROR":
            yield Event("comment", id, at, user, d.msg)
        case "SUPER_CHAT":  # a comment that was paid for
            yield Event("comment", f"sc{d.message_id}", at, user, d.message, amount_minor=d.rmb * 100, currency="CNY")
        case "SUPER_CHAT_DEL":
            for gone in d.message_ids[:1000]:
                yield Event("retract", f"{id}-{gone}", at, target=f"sc{gone}")
        case "SEND_GIFT":
            fen = d.r_price * d.gift_num // 10 if d.paid else None  # 1000 of their units are 1 yuan
            yield Event("gift", id, at, user, d.gift_name, d.gift_num, fen, "CNY" if fen is not None else "")
        case "GUARD":
            who = User(str(d.user_info.get("open_id", "")), str(d.user_info.get("uname", "")))
            yield Event("gift", id, at, who, "guard", d.guard_num, d.price // 10, "CNY")
        case "LIKE":
            yield Event("like", id, at, user, count=d.like_count)
        case "LIVE_ROOM_ENTER":
            yield Event("join", id, at, user)
        case "LIVE_START" | "LIVE_END":
            yield Event("room", id, at, text=kind.lower())
        case "INTERACTION_END":
            yield Event("room", id, at, text="interaction_end", target=d.game_id or "?")
        case _:
            yield Event("other", id, at)


def _roles(d: Data) -> tuple[str, ...]:
    found = (("moderator", d.is_admin), ("guard", d.guard_level), ("fan", d.fans_medal_wearing_status))
    return tuple(role for role, on in found if on)


def seal(named: Mapping[str, str], secret: str) -> str:
    """Return the signature of x-bili headers: HMAC-SHA256 over them in order, no newline at the end."""
    text = "\n".join(f"{name}:{value}" for name, value in sorted(named.items()))
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()


def signed(body: bytes, key: str, secret: str, now: float, nonce: str) -> dict[str, str]:
    """Return the headers of a call: HMAC-SHA256 over the sorted x-bili headers."""
    named = {
        "x-bili-accesskeyid": key,
        "x-bili-content-md5": hashlib.md5(body, usedforsecurity=False).hexdigest(),
        "x-bili-signature-method": "HMAC-SHA256",
        "x-bili-signature-nonce": nonce,
        "x-bili-signature-version": "1.0",
        "x-bili-timestamp": str(int(now)),
    }
    return {
        **named,
        "Authorization": seal(named, secret),
        "Content-Type": "application/json",
        "Accept": "application/json",
    }
