"""Twitch EventSub: frames, the chat events in them, and what else Twitch says, in our words. Pure.

https://dev.twitch.tv/docs/eventsub/websocket-reference/ · https://dev.twitch.tv/docs/eventsub/eventsub-reference/
"""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

import msgspec

from bot.domain.errors import Fatal
from bot.domain.events import Event, User

MESSAGE, DELETED, NOTICE = "channel.chat.message", "channel.chat.message_delete", "channel.chat.notification"
CLEARED, CLEARED_USER = "channel.chat.clear", "channel.chat.clear_user_messages"
# All of them with user:read:chat. The first comes first: without it the rest is of no use.
WANTED = (MESSAGE, DELETED, CLEARED_USER, CLEARED, NOTICE)

KEPT = 200  # lines of ours that are recognised, and comments that cannot be replied to
RECENT = 2000  # comments that a cleared chat takes back
WINDOW = 30.0  # seconds, of the published limit of messages
# Another connection mends all of them: a show does not end for one.
CLOSED = {
    1009: "a frame was too large",
    4000: "Twitch has a fault of its own",
    4001: "Twitch says that we sent something, which is never done. Please report it",
    4002: "pings were not answered in time. Fix: is this machine or its network overloaded?",
    4003: "nothing was subscribed to within 10 s. Fix: is the network slow?",
    4004: "it was to be moved within 30 s, and was not", 4005: "a network timeout", 4006: "a network error",
    4007: "the address to move to is not valid",
}  # fmt: skip
AGAIN = "Fix: run `zhubo login twitch --client CLIENT_ID` and set what it prints."
REVOKED = {
    "authorization_revoked": f"the permission was taken back, or the password changed. {AGAIN}",
    "user_removed": "the account or the channel is gone. Fix: check the channel's name and the account.",
    "version_removed": "Twitch tells of chat in another way now. Fix: update zhubo.",
}
T = TypeVar("T")


class Metadata(msgspec.Struct):
    """Head of a frame."""

    message_type: str
    message_id: str = ""
    message_timestamp: str = ""
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


class Cheer(msgspec.Struct):
    """Bits that came with a message."""

    bits: int = 0


class Gift(msgspec.Struct):
    """A subscription given away: one, or as many as `total`. Each of many is told once more, with their common id."""

    total: int = 1
    community_gift_id: str | None = None


class Chat(msgspec.Struct):
    """What chat events carry."""

    message_id: str = ""
    chatter_user_id: str | None = None
    chatter_user_name: str | None = None
    target_user_id: str = ""
    message: Words | None = None
    badges: list[Badge] | None = None
    cheer: Cheer | None = None
    notice_type: str = ""
    sub_gift: Gift | None = None
    community_sub_gift: Gift | None = None


_read = msgspec.json.Decoder(Frame, strict=False).decode
_ROLES = {"broadcaster": "host", "moderator": "moderator", "vip": "vip", "subscriber": "fan", "founder": "fan"}
_PAID = frozenset(
    ("sub", "resub", "sub_gift", "community_sub_gift", "gift_paid_upgrade", "prime_paid_upgrade", "pay_it_forward")
)  # the same with "shared_chat_" before it happened in another channel


def frame(raw: bytes) -> Frame:
    """Read a frame. Raises ValueError."""
    try:
        return _read(raw)
    except (msgspec.DecodeError, RecursionError) as error:
        raise ValueError(str(error)) from error


def event(found: Frame, me: str, ours: Mapping[str, str]) -> Event:
    """Turn a notification into an event. Raises ValueError.

    A cheer is a comment whose `count` is its bits. A cleared chat is a retract without target, of one user or of all.

    Args:
        me: our own user id.
        ours: key of our line by the id that the platform gave it.
    """
    head = found.metadata
    if head.subscription_type not in WANTED:
        return Event("other", head.message_id)
    try:
        chat = msgspec.convert(found.payload.get("event"), Chat, strict=False)
    except (msgspec.ValidationError, RecursionError) as error:
        raise ValueError(str(error)) from error
    at = when(head.message_timestamp)
    if head.subscription_type in (CLEARED, CLEARED_USER):
        if head.subscription_type == CLEARED_USER and not chat.target_user_id:
            raise ValueError("the messages of nobody were cleared")
        return Event("retract", head.message_id, at, User(chat.target_user_id) if chat.target_user_id else None)
    if not chat.message_id:
        raise ValueError("a message without an id")
    if head.subscription_type == DELETED:
        return Event("retract", head.message_id, at, target=chat.message_id)
    return _notice(head, chat, at) if head.subscription_type == NOTICE else _comment(chat, at, me, ours)


def _comment(chat: Chat, at: float, me: str, ours: Mapping[str, str]) -> Event:
    return Event(
        "comment", chat.message_id, at, _user(chat), chat.message.text if chat.message else "",
        max(1, chat.cheer.bits) if chat.cheer else 1, own=chat.chatter_user_id == me,
        target=ours.get(chat.message_id, ""),
    )  # fmt: skip


def _notice(head: Metadata, chat: Chat, at: float) -> Event:
    """A subscription, new or given away, is a gift; what a subscriber writes with it is a comment."""
    if chat.notice_type not in _PAID or (chat.sub_gift and chat.sub_gift.community_gift_id):
        return Event("other", head.message_id, at)
    text = chat.message.text if chat.message else ""
    if text and chat.notice_type in ("sub", "resub"):
        return Event("comment", chat.message_id, at, _user(chat), text)
    count = chat.community_sub_gift.total if chat.community_sub_gift else 1
    return Event("gift", chat.message_id, at, _user(chat), chat.notice_type, max(1, count))


def _user(chat: Chat) -> User | None:
    roles = tuple(dict.fromkeys(_ROLES.get(badge.set_id, badge.set_id) for badge in chat.badges or ()))
    return User(chat.chatter_user_id, chat.chatter_user_name or "", roles) if chat.chatter_user_id else None


class Talk:
    """What was said lately, as far as later frames need it: who said what, what cannot be replied to, and which of our
    lines are on their way. All of it is bounded.

    Attributes:
        ours: keys of our lines by Twitch's id, once it is known.
    """

    def __init__(self) -> None:
        self.ours: OrderedDict[str, str] = OrderedDict()
        self._flying: dict[str, str] = {}  # words by key
        self._shown: OrderedDict[str, None] = OrderedDict()  # ids, or keys, of lines that were seen before their answer
        self._said_by: OrderedDict[str, str] = OrderedDict()
        self._mute: OrderedDict[str, None] = OrderedDict()

    def heard(self, said: Event, kind: str) -> list[Event]:
        """Return what the room hears of an event of this kind of subscription."""
        if said.kind == "retract":
            gone = [said] if said.target else self._cleared(said)
            for one in gone:
                self._said_by.pop(one.target, None)
                self.mute(one.target)
            return gone
        if said.own and not said.target:
            return [msgspec.structs.replace(said, target=self._early(said))]
        if said.kind == "comment" and said.user and not said.own:
            _keep(self._said_by, said.id, said.user.id, RECENT)
            if kind == NOTICE:
                self.mute(said.id)
        return [said]

    def parent(self, reply_to: Sequence[str]) -> str:
        """Pick the newest comment that can be replied to; "" when there is none."""
        return next((id for id in reversed(reply_to) if id not in self._mute and not id.startswith("#")), "")

    def mute(self, comment: str) -> None:
        """Nothing can be a reply to this one: it was taken back, or is none that has replies."""
        _keep(self._mute, comment, None, KEPT)

    def leaves(self, key: str, text: str) -> None:
        """A line of ours goes out."""
        self._flying[key] = text

    def landed(self, key: str, id: str = "") -> bool:
        """The answer to it is here, with its id if it was taken. True when it was seen before."""
        self._flying.pop(key, None)
        if key in self._shown or id in self._shown:
            return True
        if id:
            _keep(self.ours, id, key, KEPT)
        return False

    def _early(self, said: Event) -> str:
        """Find the key of a line that comes back before its answer: by its words, before which Twitch puts the name of
        the one replied to.
        """
        for key, text in self._flying.items():
            if said.text == text or (said.text.startswith("@") and said.text.endswith(f" {text}")):
                _keep(self._shown, key, None, KEPT)
                return key
        _keep(self._shown, said.id, None, KEPT)
        return ""

    def _cleared(self, cleared: Event) -> list[Event]:
        """Return what a cleared chat takes back, one by one."""
        who = cleared.user.id if cleared.user else ""
        return [
            Event("retract", f"{cleared.id}/{id}", cleared.at, target=id)
            for id, said_by in self._said_by.items()
            if said_by == who or not who
        ]


def moved(payload: Mapping[str, Any]) -> str:
    """Return the address that a connection moves to. Raises ValueError."""
    session = payload.get("session")
    url = session.get("reconnect_url") if isinstance(session, dict) else None
    if not isinstance(url, str) or not url.startswith(("wss://", "ws://")):
        raise ValueError("told to reconnect, but not where")
    return url


def revoked(payload: Mapping[str, Any]) -> None:
    """Raise Fatal for a permission taken back; a kind of event that we can do without is no reason to end."""
    found = payload.get("subscription")
    told = found if isinstance(found, dict) else {}
    status, kind = str(told.get("status", ""))[:50], told.get("type", MESSAGE)
    if status != "version_removed" or kind == MESSAGE:
        raise Fatal(f"Twitch ended it ({status}): {REVOKED.get(status, AGAIN)}")


def until_reset(headers: Mapping[str, str], now: float) -> float:
    """Return the seconds until the quota is full again; by Twitch's clock where ours, `now`, is off."""
    reset = headers.get("Ratelimit-Reset", "")
    with suppress(ValueError, TypeError):
        theirs = parsedate_to_datetime(headers.get("Date", "")).timestamp()
        now = theirs if abs(theirs - now) > 5.0 else now
    after = float(reset) - now if reset.isdecimal() and len(reset) < 12 else WINDOW
    return min(max(0.0, after), 120.0)


def when(timestamp: str) -> float:
    """Read RFC 3339 with nanoseconds, as seconds since the epoch; 0.0 when it is none."""
    try:
        return datetime.fromisoformat(timestamp).timestamp()
    except (ValueError, OverflowError, OSError):
        return 0.0


def _keep(kept: OrderedDict[str, T], id: str, value: T, most: int) -> None:
    kept[id] = value
    while len(kept) > most:
        kept.popitem(last=False)
