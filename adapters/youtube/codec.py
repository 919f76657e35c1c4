"""YouTube live chat: parts of the stream, and the messages in them. Pure.

https://developers.google.com/youtube/v3/live/docs/liveChatMessages
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

import msgspec

from bot.domain.events import Event, Kind, User

MOST = 1024 * 1024  # bytes of one part of the stream
NO_CENTS = ("JPY", "KRW", "VND", "CLP", "ISK", "UGX", "XAF", "XOF", "PYG", "RWF")
_GIFTS: dict[str, Kind] = {
    "superStickerEvent": "gift", "newSponsorEvent": "gift", "memberMilestoneChatEvent": "comment",
    "membershipGiftingEvent": "gift", "giftMembershipReceivedEvent": "other", "giftEvent": "gift",
}  # fmt: skip


class Snippet(msgspec.Struct, rename="camel"):
    """What happened."""

    type: str = ""
    published_at: str = ""
    author_channel_id: str = ""
    display_message: str | None = None
    super_chat_details: dict[str, Any] = {}
    super_sticker_details: dict[str, Any] = {}
    membership_gifting_details: dict[str, Any] = {}
    message_deleted_details: dict[str, Any] = {}
    message_retracted_details: dict[str, Any] = {}


class Author(msgspec.Struct, rename="camel"):
    """Who did it."""

    channel_id: str = ""
    display_name: str = ""
    is_chat_owner: bool = False
    is_chat_moderator: bool = False
    is_chat_sponsor: bool = False


class Item(msgspec.Struct, rename="camel"):
    """One message."""

    id: str = ""
    snippet: Snippet = msgspec.field(default_factory=Snippet)
    author_details: Author | None = None


class Page(msgspec.Struct, rename="camel"):
    """One part of the stream, or one answer of the list."""

    items: list[Item] = []
    next_page_token: str = ""
    polling_interval_millis: float = 5000.0
    offline_at: str | None = None


def page(raw: bytes) -> Page:
    """Read a part. Raises ValueError."""
    try:
        return msgspec.json.decode(raw, type=Page, strict=False)
    except (msgspec.DecodeError, RecursionError) as error:
        raise ValueError(str(error)) from error


_whole = msgspec.json.Decoder(msgspec.Raw).decode
_MARKS = re.compile(rb'[{}"]')
_STRING_END = re.compile(rb'[^"\\]*(?:\\.[^"\\]*)*(")?', re.DOTALL)


class Parts:
    """Takes a stream of JSON objects apart, whether they stand in an array or one after the other."""

    def __init__(self) -> None:
        self._held = b""
        self._at = self._start = self._depth = 0

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Yield each object that is whole now. Raises ValueError for one that is too large."""
        if not self._held and (alone := data.strip(b"[], \t\r\n")).startswith(b"{"):
            with suppress(msgspec.DecodeError, RecursionError):  # commonly one part comes alone and whole
                _whole(alone)
                yield alone
                return
        held = self._held + data
        while mark := _MARKS.search(held, self._at):
            at = mark.start()
            if mark[0] == b'"' and self._depth:
                end = _STRING_END.match(held, at + 1)
                if end is None or end.start(1) < 0:
                    self._at = at  # the string goes on in what comes next
                    break
                self._at = end.end()
                continue
            self._at = at + 1
            if mark[0] == b"{":
                self._start = self._start if self._depth else at
                self._depth += 1
            elif mark[0] == b"}" and self._depth:
                self._depth -= 1
                if not self._depth:
                    yield held[self._start : self._at]
        else:
            self._at = len(held)
        keep = self._start if self._depth else self._at
        self._held, self._at, self._start = held[keep:], self._at - keep, 0
        if len(self._held) > MOST:
            raise ValueError("a part of the stream is too large")


def event(item: Item, me: str, ours: Mapping[str, str]) -> Event:
    """Turn a message into an event. `ours`: key of our line by the id that the platform gave it."""
    s, a = item.snippet, item.author_details
    at, who = _seconds(s.published_at), (a.channel_id if a else "") or s.author_channel_id
    roles = (("host", a.is_chat_owner), ("moderator", a.is_chat_moderator), ("fan", a.is_chat_sponsor)) if a else ()
    user = User(who, a.display_name if a else "", tuple(role for role, on in roles if on)) if who else None
    text, own = s.display_message or "", bool(me) and who == me
    match s.type:
        case "textMessageEvent":
            return Event("comment", item.id, at, user, text, own=own, target=ours.get(item.id, ""))
        case "superChatEvent":
            minor, currency = _money(s.super_chat_details)
            words = str(s.super_chat_details.get("userComment") or "")
            return Event("comment", item.id, at, user, words, amount_minor=minor, currency=currency, own=own)
        case "messageDeletedEvent":
            return Event("retract", item.id, at, target=str(s.message_deleted_details.get("deletedMessageId", "")))
        case "messageRetractedEvent":
            return Event("retract", item.id, at, target=str(s.message_retracted_details.get("retractedMessageId", "")))
        case "chatEndedEvent":
            return Event("room", item.id, at, text="chat_ended")
        case _:
            minor, currency = _money(s.super_sticker_details)
            count = s.membership_gifting_details.get("giftMembershipsCount")
            kind = _GIFTS.get(s.type, "other")
            units = count if isinstance(count, int) else 1
            return Event(kind, item.id, at, user, text, units, minor, currency, own=own)


def _money(details: Mapping[str, Any]) -> tuple[int | None, str]:
    micros, currency = str(details.get("amountMicros", "")), str(details.get("currency", ""))
    if not micros.isdecimal() or len(micros) > 15 or not currency:
        return None, ""
    return round(int(micros) / (1_000_000 if currency in NO_CENTS else 10_000)), currency


def _seconds(stamp: str) -> float:
    try:
        return datetime.fromisoformat(stamp).timestamp()
    except (ValueError, OverflowError):
        return 0.0
