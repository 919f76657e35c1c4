"""Kick's pushes: their signature, and the events in them. Pure.

https://docs.kick.com/events/event-types · https://docs.kick.com/events/webhook-security
"""

import base64
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256

from bot.domain.events import Event, Kind, User

_KINDS: dict[str, Kind] = {
    "channel.followed": "follow", "channel.subscription.new": "gift", "channel.subscription.renewal": "gift",
    "channel.subscription.gifts": "gift", "kicks.gifted": "gift", "livestream.status.updated": "room",
}  # fmt: skip


class Badge(msgspec.Struct):
    """A badge of a chatter."""

    type: str = ""


class Identity(msgspec.Struct):
    """What a chatter wears."""

    badges: list[Badge] | None = None


class Person(msgspec.Struct):
    """Somebody; anonymous ones have no id."""

    user_id: int | None = None
    username: str | None = None
    identity: Identity | None = None


class Gift(msgspec.Struct):
    """Kicks given."""

    amount: int = 1
    name: str = ""


class Push(msgspec.Struct):
    """What any kind of push may carry."""

    message_id: str = ""
    content: str = ""
    sender: Person | None = None
    follower: Person | None = None
    subscriber: Person | None = None
    gifter: Person | None = None
    gift: Gift | None = None
    created_at: str | None = None
    is_live: bool = True
    giftees: list[Any] = []


_read = msgspec.json.Decoder(Push, strict=False).decode
_ROLES = {"broadcaster": "host", "subscriber": "fan"}


def event(kind: str, id: str, body: bytes, me: int, ours: Mapping[str, str]) -> Event:
    """Read a push.

    Args:
        id: of the push, the same when it is delivered again.
        me: our own user id.
        ours: key of our line by the id that the platform gave it.

    Raises:
        ValueError: it cannot be read.
    """
    try:
        push = _read(body)
    except (msgspec.DecodeError, RecursionError) as error:
        raise ValueError(str(error)) from error
    at, who = seconds(push.created_at), push.sender or push.follower or push.subscriber or push.gifter
    badges = (who.identity.badges if who and who.identity else None) or ()
    roles = tuple(dict.fromkeys(_ROLES.get(badge.type, badge.type) for badge in badges))
    user = User(str(who.user_id), who.username or "", roles) if who and who.user_id is not None else None
    if kind == "chat.message.sent":
        own = bool(who) and who is not None and who.user_id == me
        return Event("comment", push.message_id, at, user, push.content, own=own, target=ours.get(push.message_id, ""))
    if kind == "livestream.status.updated":
        return Event("room", id, at, text="live_start" if push.is_live else "live_end")
    if push.gift:
        return Event("gift", id, at, user, push.gift.name, push.gift.amount)
    return Event(_KINDS.get(kind, "other"), id, at, user, count=max(1, len(push.giftees)))


def seconds(stamp: str | None) -> float:
    """Read a time of Kick's; 0.0 when it is none."""
    try:
        return datetime.fromisoformat(stamp or "").timestamp()
    except (ValueError, OverflowError):
        return 0.0


def genuine(key: RSAPublicKey, headers: Mapping[str, str], body: bytes) -> bool:
    """Tell whether Kick signed a push: RSA, PKCS #1 v1.5, SHA-256 over ID.TIMESTAMP.BODY."""
    text = f"{headers.get('kick-event-message-id')}.{headers.get('kick-event-message-timestamp')}.".encode() + body
    try:
        key.verify(base64.b64decode(headers.get("kick-event-signature", "")), text, PKCS1v15(), SHA256())
    except (InvalidSignature, ValueError):
        return False
    return True
