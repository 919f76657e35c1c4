"""Kick: a channel's chat by signed webhooks, and the public API to write.

    kick://CHANNEL_SLUG?listen=127.0.0.1:8781&path=/kick

ZHUBO_KICK_TOKEN is a user access token of the channel's own account (a user token subscribes to no other) with
events:subscribe and chat:write. It lasts two hours: with ZHUBO_KICK_REFRESH_TOKEN, _CLIENT_ID and _CLIENT_SECRET it is
renewed. Kick pushes to the public HTTPS address that you entered in your app's settings; forward it to `listen`.

https://docs.kick.com/events/webhook-security · https://docs.kick.com/apis/chat
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import msgspec
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from adapters.hook import Hook, address
from adapters.kick.codec import event, genuine, seconds
from adapters.rest import Answer, Rest
from bot.domain.errors import Fatal, Retry, SettingsError
from bot.domain.ports import Caps, Outgoing, Receipt, Session

API = "https://api.kick.com/public/v1"
ID = "https://id.kick.com"
PATIENCE = 120.0  # seconds: subscriptions are looked at twice in that time
CLOCK = 600.0  # seconds that a push may be old, or early
KEPT = 200  # lines of ours whose echo is recognised
WANTED = (
    "chat.message.sent", "channel.followed", "channel.subscription.new", "channel.subscription.renewal",
    "channel.subscription.gifts", "kicks.gifted", "livestream.status.updated",
)  # fmt: skip
_TOKEN = "Fix: get a new user access token with events:subscribe and chat:write into ZHUBO_KICK_TOKEN"


class Kick:
    """One channel."""

    def __init__(
        self, slug: str, options: Mapping[str, str], *, listen: str, path: str, api: str, id: str, patience: float
    ) -> None:  # fmt: skip
        self._slug, self._token, self._listen, self._path = slug, options.get("token", ""), listen, path
        self._renewal = {name: options.get(name, "") for name in ("refresh_token", "client_id", "client_secret")}
        self._api, self._id, self._patience = api, id, patience
        self._room = self._me = 0
        self._renew_at = 0.0
        self._key: RSAPublicKey | None = None
        self._ours: OrderedDict[str, str] = OrderedDict()
        self._ctx: Session | None = None
        self._rest: Rest | None = None

    def caps(self) -> Caps:
        """Return cautious limits: 500 characters; Kick publishes no rate."""
        return Caps(max_chars=500, per_window=(20, 30.0), min_gap=1.0, echo=True, can_delete=True)

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
                    if all(self._renewal.values()) and time.monotonic() > self._renew_at:
                        await self._renew(rest)
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
        if abs(time.time() - seconds(headers.get("kick-event-message-timestamp"))) > CLOCK:
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
        if all(self._renewal.values()):
            await self._renew(rest)
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

    async def _renew(self, rest: Rest) -> None:
        """Get a new token; each renews once, and brings what renews it."""
        if time.monotonic() < self._renew_at:
            return
        form = {"grant_type": "refresh_token", **self._renewal}
        answer = await rest.call("POST", f"{self._id}/oauth/token", data=form)
        if answer.status in (400, 401):
            raise Fatal(f"Kick does not renew the token ({answer.words() or answer.status}). {_TOKEN}.")
        if not answer.good:
            raise rest.failed(answer)
        try:
            found = answer.read(dict[str, Any])
        except ValueError as error:
            raise Retry(f"Kick: {error}") from error
        self._token = str(found.get("access_token", ""))
        self._renewal["refresh_token"] = str(found.get("refresh_token") or self._renewal["refresh_token"])
        lasts = found.get("expires_in")
        self._renew_at = time.monotonic() + (lasts * 0.8 if isinstance(lasts, (int, float)) else 3600.0)

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
            raise Fatal(f"Kick did not subscribe us to the chat: {why}. Is the token the channel's own? {_TOKEN}.")
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

    async def erase(self, message: str) -> str:
        """Delete a line; the token needs the scope moderation:chat_message:manage."""
        if self._rest is None:
            return "not connected"
        answer = await self._rest.call("DELETE", f"{self._api}/chat/{quote(message)}", headers=self._headers())
        return "" if answer.good else answer.why or f"Kick answers {answer.status} {answer.words()}".strip()

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
        return Receipt(out.key, "accepted", message=str(data.get("message_id", "")))

    async def aclose(self) -> None:
        """Nothing is held between connections."""


def open_room(url: str, options: Mapping[str, str]) -> Kick:
    """Build the adapter for kick:// rooms."""
    parts = urlsplit(url)
    given = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    slug = parts.hostname or ""
    renewable = all(options.get(name) for name in ("refresh_token", "client_id", "client_secret"))
    if not slug:
        raise SettingsError("room kick: no channel. Fix: give kick://CHANNEL, as in kick.com/CHANNEL.")
    if not options.get("token") and not renewable:
        raise SettingsError(f"room {url}: no token. {_TOKEN}.")
    listen = given.get("listen", "127.0.0.1:8781")
    address(listen)
    return Kick(
        slug, options, listen=listen, path=given.get("path", "/kick"), api=given.get("api", API),
        id=given.get("id", ID),
        patience=float(options.get("patience", PATIENCE)),
    )  # fmt: skip
