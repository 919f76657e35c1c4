"""Twitch EventSub: frames, and the chat events in them. Pure.

https://dev.twitch.tv/docs/eventsub/eventsub-reference/
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from bot.domain.events import Event, User

# channel.chat.message first: without it the rest is of no use.
WANTED = ("channel.chat.message", "channel.chat.message_delete", "channel.chat.clear_user_messages")


class Metadata(msgspec.Struct):
    """Head of a frame."""

    message_type: str
    message_id: str = ""
    subscription_type: str = ""


class Frame(msgspec.Struct):
    """One frame of EventSub."""

    metadata: Metadata
    payload: dict[str, Any] = {}


class Badge(msgspec.Struct):
    """A badge of a chatter."""

    set_id: str = ""


class Words(msgspec.Struct):
    """The words of a message."""

    text: str = ""


class Chat(msgspec.Struct):
    """What chat events carry."""

    message_id: str = ""
    chatter_user_id: str = ""
    chatter_user_name: str = ""
    target_user_id: str = ""
    message: Words = msgspec.field(default_factory=Words)
    badges: list[Badge] = []


_read = msgspec.json.Decoder(Frame, strict=False).decode
_ROLES = {"broadcaster": "host", "moderator": "moderator", "vip": "vip", "subscriber": "fan", "founder": "fan"}


def frame(raw: bytes) -> Frame:
    """Read a frame. Raises ValueError."""
    try:
        return _read(raw)
    except (msgspec.DecodeError, RecursionError) as error:
        raise ValueError(str(error)) from error


def event(found: Frame, me: str, ours: Mapping[str, str]) -> Event:
    """Turn a notification into an event. Raises ValueError.

    Args:
        me: our own user id.
        ours: key of our line by the id that the platform gave it.
    """
    kind = found.metadata.subscription_type
    if kind not in WANTED[:2]:
        return Event("other", found.metadata.message_id)
    try:
        chat = msgspec.convert(found.payload.get("event"), Chat, strict=False)
    except msgspec.ValidationError as error:
        raise ValueError(str(error)) from error
    if kind == "channel.chat.message_delete":
        return Event("retract", found.metadata.message_id, target=chat.message_id)
    roles = tuple(dict.fromkeys(_ROLES.get(badge.set_id, badge.set_id) for badge in chat.badges))
    return Event(
        "comment", chat.message_id, user=User(chat.chatter_user_id, chat.chatter_user_name, roles),
        text=chat.message.text, own=chat.chatter_user_id == me, target=ours.get(chat.message_id, ""),
    )  # fmt: skip
