"""Kick: a channel's chat by signed webhooks, and the public API to write.

    kick://CHANNEL_SLUG?listen=127.0.0.1:8781&path=/kick

ZHUBO_KICK_TOKEN is a user access token with events:subscribe and chat:write. Kick pushes to the public HTTPS address
that you entered in your app's settings; forward it to `listen`. The app is unsubscribed after a day of failures.

https://docs.kick.com/events/webhook-security · https://docs.kick.com/apis/chat
"""

import asyncio
import base64
import time
from collections import OrderedDict
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from adapters.hook import Hook, address
from adapters.rest import Answer, Rest
from bot.domain.errors import Fatal, Retry, SettingsError
from bot.domain.events import Event, Kind, User
from bot.domain.ports import Caps, Outgoing, Receipt, Session

API = "https://api.kick.com/public/v1"
PATIENCE = 120.0  # seconds: subscriptions are looked at twice in that time
CLOCK = 600.0  # seconds that a push may be old, or early
KEPT = 200  # lines of ours whose echo is recognised
WANTED = (
    "chat.message.sent", "channel.followed", "channel.subscription.new", "channel.subscription.renewal",
    "channel.subscription.gifts", "kicks.gifted", "livestream.status.updated",
)  # fmt: skip
_TOKEN = "Fix: get a new user access token with events:subscribe and chat:write into ZHUBO_KICK_TOKEN"
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
    at, who = _seconds(push.created_at), push.sender or push.follower or push.subscriber or push.gifter
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


def _seconds(stamp: str | None) -> float:
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


class Kick:
    """One channel."""

    def __init__(self, slug: str, token: str, *, listen: str, path: str, api: str, patience: float) -> None:
        self._slug, self._token, self._listen, self._path = slug, token, listen, path
        self._api, self._patience = api, patience
        self._room = self._me = 0
        self._key: RSAPublicKey | None = None
        self._ours: OrderedDict[str, str] = OrderedDict()
        self._ctx: Session | None = None
        self._rest: Rest | None = None

    def caps(self) -> Caps:
        """Return cautious limits: 500 characters; Kick publishes no rate."""
        return Caps(max_chars=500, per_window=(20, 30.0), min_gap=1.0, echo=True)

    async def session(self, ctx: Session) -> None:
        """Listen, subscribe, and look now and then whether the subscriptions stand."""
        async with Rest("Kick") as rest, Hook(self._listen, self._path, self._take):
            await self._who(rest)
            self._ctx = ctx  # the first push may come before the answer to the subscription
            mine: list[str] = []
            try:
                mine = await self._subscribe(rest)
                self._rest = rest
                ctx.ready()
                while True:
                    await asyncio.sleep(self._patience / 2)
                    found = await self._get(rest, "/events/subscriptions")
                    if not set(mine) <= {str(s.get("id")) for s in found if isinstance(s, dict)}:
                        raise Retry("Kick took the subscriptions back, as it does after a day of failed pushes")
            finally:
                self._ctx = self._rest = None
                with suppress(TimeoutError):
                    async with asyncio.timeout(1.0):
                        await rest.call(
                            "DELETE", f"{self._api}/events/subscriptions", headers=self._headers(),
                            params=[("id", id) for id in mine],
                        )  # fmt: skip

    def _take(self, headers: Mapping[str, str], body: bytes) -> int:
        ctx, key = self._ctx, self._key
        if ctx is None or key is None:
            return 503
        if not genuine(key, headers, body):
            ctx.malformed("a push that Kick did not sign")
            return 401
        if abs(time.time() - _seconds(headers.get("kick-event-message-timestamp"))) > CLOCK:
            ctx.malformed("a push from more than 10 minutes ago or ahead. Is this machine's clock right?")
            return 403
        try:
            kind, id = headers.get("kick-event-type", ""), headers.get("kick-event-message-id", "")
            ctx.emit(event(kind, id, body, self._me, self._ours))
        except ValueError as error:
            ctx.malformed(str(error))
        return 200

    async def _who(self, rest: Rest) -> None:
        """Find out who we are, who the channel is, and what Kick signs with."""
        users = await self._get(rest, "/users")
        self._me = int(users[0].get("user_id") or 0) if users and isinstance(users[0], dict) else 0
        channels = await self._get(rest, "/channels", {"slug": self._slug})
        if not channels:
            raise Fatal(f"Kick has no channel {self._slug}. Fix: give kick://CHANNEL, as in kick.com/CHANNEL.")
        self._room = int(channels[0].get("broadcaster_user_id") or 0)
        answer = await rest.call("GET", f"{self._api}/public-key")
        try:
            pem = answer.read(dict[str, Any])["data"]["public_key"]
            key = load_pem_public_key(pem.encode())
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise Retry("Kick's public key was not understood") from error
        if not isinstance(key, RSAPublicKey):
            raise Retry("Kick's public key is no RSA key")
        self._key = key

    async def _subscribe(self, rest: Rest) -> list[str]:
        fields = {
            "broadcaster_user_id": self._room, "method": "webhook",
            "events": [{"name": name, "version": 1} for name in WANTED],
        }  # fmt: skip
        url = f"{self._api}/events/subscriptions"
        answer = await rest.call("POST", url, headers=self._headers(), data=msgspec.json.encode(fields))
        found = [s for s in self._data(rest, answer) if isinstance(s, dict)]
        if not any(s.get("name") == WANTED[0] and s.get("subscription_id") and not s.get("error") for s in found):
            why = next((str(s["error"])[:100] for s in found if s.get("error")), "no reason given")
            raise Fatal(f"Kick did not subscribe us to the chat: {why}. {_TOKEN}.")
        return [str(s["subscription_id"]) for s in found if s.get("subscription_id")]

    async def _get(self, rest: Rest, path: str, params: Mapping[str, str] | None = None) -> list[Any]:
        return self._data(rest, await rest.call("GET", f"{self._api}{path}", headers=self._headers(), params=params))

    def _data(self, rest: Rest, answer: Answer) -> list[Any]:
        if answer.status in (401, 403):
            raise Fatal(f"Kick refuses the token ({answer.status}): it expired, or lacks a scope. {_TOKEN}.")
        if not answer.good:
            raise rest.failed(answer)
        try:
            found = answer.read(dict[str, Any]).get("data")
        except ValueError as error:
            raise Retry(f"Kick: {error}") from error
        return found if isinstance(found, list) else []

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}

    async def send(self, out: Outgoing) -> Receipt:
        """Write one line, as a reply to the newest comment that it answers."""
        rest = self._rest
        if rest is None:
            return Receipt(out.key, "dropped", "not connected")
        fields: dict[str, object] = {"broadcaster_user_id": self._room, "content": out.text, "type": "user"}
        if out.reply_to:
            fields["reply_to_message_id"] = out.reply_to[-1]
        answer = await rest.call(
            "POST", f"{self._api}/chat", headers=self._headers(), data=msgspec.json.encode(fields)
        )  # fmt: skip
        if answer.status == 429:
            return Receipt(out.key, "dropped", "Kick: too many requests", answer.wait() or 30.0)
        if not answer.good:
            lost = answer.left and not 400 <= answer.status < 500
            why = answer.why or f"Kick answers {answer.status} {answer.words()}"
            return Receipt(out.key, "unknown" if lost else "dropped", why)
        try:
            data = answer.read(dict[str, dict[str, Any] | str])["data"]
        except (ValueError, KeyError):
            return Receipt(out.key, "unknown", "Kick's answer was not understood")
        if not isinstance(data, dict) or data.get("is_sent") is not True:
            return Receipt(out.key, "dropped", "Kick did not show it")
        self._ours[str(data.get("message_id"))] = out.key
        while len(self._ours) > KEPT:
            self._ours.popitem(last=False)
        return Receipt(out.key, "accepted")

    async def aclose(self) -> None:
        """Nothing is held between connections."""


def open_room(url: str, options: Mapping[str, str]) -> Kick:
    """Build the adapter for kick:// rooms."""
    parts = urlsplit(url)
    given = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    slug, token = parts.hostname or "", options.get("token", "")
    if not slug:
        raise SettingsError("room kick: no channel. Fix: give kick://CHANNEL, as in kick.com/CHANNEL.")
    if not token:
        raise SettingsError(f"room {url}: no token. {_TOKEN}.")
    listen = given.get("listen", "127.0.0.1:8781")
    address(listen)
    return Kick(
        slug, token, listen=listen, path=given.get("path", "/kick"), api=given.get("api", API),
        patience=float(options.get("patience", PATIENCE)),
    )  # fmt: skip
