"""Social Stream Ninja: chats that this browser extension reads from many sites. An unofficial route.

    ssn://LABEL

ZHUBO_SSN_TOKEN is the session id, which is all that one needs to read and write: keep it secret. Messages carry HTML
of strangers, have no ids of their own, and a line that is sent gets no receipt.

https://github.com/steveseguin/social_stream (its API, channels 1 and 4)
"""

import hashlib
import html
import re
import time
from collections import deque
from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import msgspec
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from adapters.dial import dialled, heard
from bot.domain.errors import SettingsError
from bot.domain.events import Event, Kind, User
from bot.domain.ports import Caps, Outgoing, Receipt, Session

HOST = "wss://io.socialstream.ninja"
KEEPALIVE = 40.0  # seconds in which an unanswered ping ends the connection
ECHO = 30.0  # seconds in which our own words coming back are known as ours
_MONEY = re.compile(r"(?P<sign>[$€£¥])?\s*(?P<n>\d{1,7}(?:[.,]\d{1,2})?)\s*(?P<code>[A-Z]{3})?")
_SIGNS = {"$": "USD", "€": "EUR", "£": "GBP", "¥": "CNY"}


class Message(msgspec.Struct):
    """One message. Every field may be missing, and most may hold anything."""

    chatname: Any = ""
    chatmessage: Any = ""
    userid: Any = ""
    id: Any = None
    type: Any = ""
    hasDonation: Any = ""
    event: Any = None


_read = msgspec.json.Decoder(Message).decode


class _Words(HTMLParser):
    """The words of a piece of HTML: text, and what pictures of emoji stand for."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._mute = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take a picture's alternative text."""
        self._mute += tag in ("script", "style")
        if tag == "img":
            self.parts.append((dict(attrs).get("alt") or "")[:20])

    def handle_endtag(self, tag: str) -> None:
        """Leave what is no text."""
        self._mute -= tag in ("script", "style") and self._mute > 0

    def handle_data(self, data: str) -> None:
        """Take text."""
        if not self._mute:
            self.parts.append(data)


def words(markup: str) -> str:
    """Return the words of hostile HTML, at most 2,000 characters of it read, no markup left."""
    parser = _Words()
    parser.feed(markup[:70_000])
    parser.close()
    return html.unescape("".join(parser.parts)).replace("<", "‹").replace(">", "›").strip()


def event(raw: bytes, now: float) -> Event:
    """Read a message. Raises ValueError. The id is made of sender, words and second: there is no better one."""
    try:
        m = _read(raw)
    except (msgspec.DecodeError, RecursionError) as error:
        raise ValueError(str(error)) from error
    if not isinstance(m.chatmessage, str) or not isinstance(m.chatname, str):
        raise ValueError("a message whose words are none")
    name, text, site = words(m.chatname)[:60], words(m.chatmessage), m.type if isinstance(m.type, str) else ""
    who = f"{site}:{m.userid or name}" if isinstance(m.userid, (str, int)) else f"{site}:{name}"
    own_id = str(m.id) if isinstance(m.id, (str, int)) and m.id != "" and m.id is not None else ""
    made = hashlib.blake2b(f"{who}\0{text}\0{int(now)}".encode(), digest_size=9).hexdigest()
    minor, currency = _money(m.hasDonation)
    kind: Kind = "other" if m.event and m.event is not True and not text else "comment"
    return Event(kind, own_id or made, user=User(who, name), text=text, amount_minor=minor, currency=currency)


def _money(said: object) -> tuple[int | None, str]:
    found = _MONEY.search(words(said)[:80]) if isinstance(said, str) and said else None
    currency = (found["code"] or _SIGNS.get(found["sign"] or "", "")) if found else ""
    if not found or not currency:
        return None, ""
    amount = float(found["n"].replace(",", "."))
    return round(amount * (1 if currency in ("JPY", "KRW") else 100)), currency


class SocialStream:
    """One session of the extension."""

    def __init__(self, host: str, token: str, patience: float) -> None:
        self._host, self._token, self._patience = host, token, patience
        self._link: ClientConnection | None = None
        self._said: deque[tuple[float, str]] = deque(maxlen=50)

    def caps(self) -> Caps:
        """Return cautious limits: whatever site is behind it."""
        return Caps(
            max_chars=150, per_window=(10, 30.0), min_gap=2.0, receipts=False, stable_ids=False, official=False
        )  # fmt: skip

    async def session(self, ctx: Session) -> None:
        """Run one connection: channel 4 delivers, channel 1 takes commands."""
        url = f"{self._host}/join/{quote(self._token, safe='')}/4/1"
        async with dialled(url, "Social Stream Ninja", keepalive=self._patience) as link:
            self._link = link
            ctx.ready()
            try:
                while True:
                    raw = await heard(link, None)
                    try:
                        ctx.emit(self._marked(event(raw, time.time())))
                    except ValueError as error:
                        ctx.malformed(str(error))
                    await ctx.breathe()
            finally:
                self._link = None

    def _marked(self, event: Event) -> Event:
        now = time.monotonic()
        if any(text == event.text and now - at < ECHO for at, text in self._said):
            return msgspec.structs.replace(event, own=True)
        return event

    async def send(self, out: Outgoing) -> Receipt:
        """Ask the extension to write; it does not say whether it did."""
        link = self._link
        if link is None:
            return Receipt(out.key, "dropped", "not connected")
        self._said.append((time.monotonic(), out.text))
        try:
            await link.send(msgspec.json.encode({"action": "sendChat", "value": out.text}).decode())
        except ConnectionClosed:
            return Receipt(out.key, "unknown", "the connection closed")
        return Receipt(out.key, "accepted")

    async def aclose(self) -> None:
        """Nothing is held between connections."""


def open_room(url: str, options: Mapping[str, str]) -> SocialStream:
    """Build the adapter for ssn:// rooms."""
    given = {name: values[-1] for name, values in parse_qs(urlsplit(url).query).items()}
    if not options.get("token"):
        raise SettingsError(f"room {url}: no session. Fix: set ZHUBO_SSN_TOKEN to the extension's session id.")
    return SocialStream(given.get("host", HOST), options["token"], float(options.get("patience", KEEPALIVE)))
