"""Twitch: a channel's chat by EventSub over WebSocket, and Helix to write.

    twitch://CHANNEL

ZHUBO_TWITCH_TOKEN is a user access token with user:read:chat and user:write:chat (`zhubo login twitch` gets one by the
device-code flow); ZHUBO_TWITCH_REFRESH_FILE, which that command writes, lets it be renewed when it expires.

https://dev.twitch.tv/docs/eventsub/handling-websocket-events/ · https://dev.twitch.tv/docs/api/reference/#send-chat-message
"""

import asyncio
import math
import time
from collections.abc import Coroutine, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, suppress
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from adapters.dial import dialled, heard
from adapters.rest import Answer, Rest
from adapters.twitch.codec import AGAIN, CLOSED, WANTED, WINDOW, Talk, event, frame, moved, revoked, until_reset
from adapters.twitch.login import ID, Account, load
from bot.domain.errors import Fatal, Retry, SettingsError
from bot.domain.ports import Caps, Outgoing, Receipt, Session

HELIX = "https://api.twitch.tv/helix"
EVENTSUB = "wss://eventsub.wss.twitch.tv/ws"
SLACK = 5.0  # seconds beyond the keepalive that the platform announces
REST = 0.3  # seconds that a connection is read after its successor said welcome
CHECK = 3600.0  # seconds after which a token must be validated again


class Twitch:
    """One channel."""

    def __init__(self, channel: str, account: Account, *, patience: float | None, helix: str, eventsub: str) -> None:
        self._channel, self._account, self._patience = channel, account, patience
        self._helix, self._eventsub = helix, eventsub
        self._room = ""
        self._talk = Talk()
        self._rest: Rest | None = None
        self._doubt = asyncio.Event()  # the token was refused

    def caps(self) -> Caps:
        """Return the published limits: 500 characters, 20 messages in 30 s (moderators may write more), one in a second
        for a channel. https://dev.twitch.tv/docs/chat/#rate-limits
        """
        return Caps(max_chars=500, per_window=(20, WINDOW), min_gap=1.0, echo=True)

    async def session(self, ctx: Session) -> None:
        """Run one connection; when the platform moves it, follow without a gap."""
        self._doubt = asyncio.Event()
        async with Rest("Twitch") as rest:
            await self._account.check(rest)
            await self._find(rest)
            async with AsyncExitStack() as held:
                link = await held.enter_async_context(self._dialled(self._eventsub))
                welcome = await self._welcome(link)
                for kind in WANTED:
                    await self._subscribe(rest, kind, welcome.get("id", ""))
                self._rest = rest
                ctx.ready()
                try:
                    await _first(self._follow(held, link, welcome, ctx), self._watch(rest))
                finally:
                    self._rest = None

    # --- reading --------------------------------------------------------------------------------------------------

    async def _follow(
        self, held: AsyncExitStack, link: ClientConnection, welcome: Mapping[str, Any], ctx: Session
    ) -> None:
        """Read a connection, and those that the platform moves it to: nothing falls between them."""
        try:
            while True:
                move = await self._listen(link, welcome, ctx)
                leaving = asyncio.create_task(self._drain(link, ctx))
                try:
                    async with AsyncExitStack() as opening:
                        new = await opening.enter_async_context(self._dialled(move))
                        welcome = await self._welcome(new)
                        await asyncio.sleep(REST)  # what the old one still has
                        following = opening.pop_all()
                except Fatal as error:
                    raise Retry(f"Twitch moved the connection to where there is none: {error}") from error
                finally:
                    await _ended(leaving)
                await held.aclose()
                held, link = following, new
                if not leaving.cancelled():
                    leaving.result()
        finally:
            await held.aclose()

    async def _listen(self, link: ClientConnection, welcome: Mapping[str, Any], ctx: Session) -> str:
        """Read until the platform names another address; returns it."""
        announced = welcome.get("keepalive_timeout_seconds") or 10
        patience = self._patience or (float(announced) + SLACK if isinstance(announced, (int, float)) else 30.0)
        while True:
            if move := self._take(await self._heard(link, patience), ctx):
                return move
            await ctx.breathe()

    async def _drain(self, link: ClientConnection, ctx: Session) -> None:
        """Read a connection that is left, until it ends."""
        with suppress(ConnectionClosed):
            while True:
                self._take(await link.recv(decode=False), ctx)
                await ctx.breathe()

    def _dialled(self, url: str) -> AbstractAsyncContextManager[ClientConnection]:
        return dialled(url, "Twitch EventSub", refused="check eventsub= in the room's URL, and for a proxy in the way")

    async def _heard(self, link: ClientConnection, patience: float) -> bytes:
        try:
            return await heard(link, patience)
        except ConnectionClosed as closed:
            code = closed.rcvd.code if closed.rcvd else closed.sent.code if closed.sent else 1006
            raise Retry(f"the connection to Twitch was closed ({code}): {CLOSED.get(code, 'it was lost')}") from closed

    async def _welcome(self, link: ClientConnection) -> dict[str, Any]:
        for _ in range(10):
            try:
                found = frame(await self._heard(link, 10.0))
            except ValueError:
                continue
            if found.metadata.message_type == "session_welcome":
                session = found.payload.get("session")
                return session if isinstance(session, dict) else {}
        raise Retry("Twitch did not say welcome")

    def _take(self, raw: bytes, ctx: Session) -> str:
        """Take a frame; returns the address that it moves the connection to, commonly ""."""
        try:
            found = frame(raw)
            head = found.metadata
            if head.message_type == "notification":
                for one in self._talk.heard(event(found, self._account.me, self._talk.ours), head.subscription_type):
                    ctx.emit(one)
            elif head.message_type == "session_reconnect":
                return moved(found.payload)
            elif head.message_type == "revocation":
                revoked(found.payload)
        except ValueError as error:
            ctx.malformed(str(error))
        return ""

    # --- the account and the channel ------------------------------------------------------------------------------

    async def _watch(self, rest: Rest) -> None:
        """Check the token each hour, as Twitch demands, and at once when a line was refused for it."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(CHECK):
                    await self._doubt.wait()
            self._doubt.clear()
            with suppress(Retry):  # it could not be asked: the chat goes on
                await self._account.check(rest)

    async def _find(self, rest: Rest) -> None:
        url = f"{self._helix}/users"
        answer = await rest.call("GET", url, params={"login": self._channel}, headers=self._account.headers())
        if not answer.good and answer.status != 400:  # 400: a name that none can have
            raise rest.failed(answer)
        try:
            users = answer.read(dict[str, Any]).get("data")
        except ValueError as error:
            raise Retry(f"Twitch's answer on the channel is {error}") from error
        if not isinstance(users, list) or not users or not isinstance(users[0], dict):
            raise Fatal(f"Twitch has no channel {self._channel}. Fix: give twitch://CHANNEL, as in twitch.tv/CHANNEL.")
        self._room = str(users[0].get("id", ""))

    async def _subscribe(self, rest: Rest, kind: str, session: str) -> None:
        condition = {"broadcaster_user_id": self._room, "user_id": self._account.me}
        transport = {"method": "websocket", "session_id": session}
        body = msgspec.json.encode({"type": kind, "version": "1", "condition": condition, "transport": transport})
        url = f"{self._helix}/eventsub/subscriptions"
        answer = await rest.call("POST", url, headers=self._account.headers(), data=body)
        if answer.good or answer.status == 409 or (kind != WANTED[0] and answer.status in (400, 403)):
            return
        if answer.status in (401, 403):
            raise Fatal(
                f"Twitch does not let this account read the chat of {self._channel} ({answer.words()}). "
                f"Fix: is it banned there? If not: {AGAIN.removeprefix('Fix: ')}"
            )
        if answer.status == 429:
            raise Retry(
                f"Twitch takes no more subscriptions ({answer.words()}). Fix: end other programs that read with this "
                "account: three connections are allowed.", 30.0,
            )  # fmt: skip
        raise rest.failed(answer)

    # --- writing --------------------------------------------------------------------------------------------------

    async def send(self, out: Outgoing) -> Receipt:
        """Write one line, as a reply to the newest comment that it answers."""
        rest = self._rest
        if rest is None:
            return Receipt(out.key, "dropped", "not connected")
        fields = {"broadcaster_id": self._room, "sender_id": self._account.me, "message": out.text}
        if parent := self._talk.parent(out.reply_to):
            fields["reply_parent_message_id"] = parent
        body, url = msgspec.json.encode(fields), f"{self._helix}/chat/messages"
        self._talk.leaves(out.key, out.text)
        try:
            answer = await rest.call("POST", url, headers=self._account.headers(), data=body)
            receipt = self._judge(out.key, parent, answer)
        finally:
            seen = self._talk.landed(out.key)
        return Receipt(out.key, "confirmed") if seen and receipt.outcome != "dropped" else receipt

    def _judge(self, key: str, parent: str, answer: Answer) -> Receipt:
        """Turn the answer to a line into a receipt."""
        if answer.good:
            return self._taken(key, answer)
        why = answer.why or f"Twitch answers {answer.status} {answer.words()}".strip()
        if answer.status == 429:
            return Receipt(key, "dropped", "Twitch: too many requests", until_reset(answer.headers, time.time()))
        if answer.status == 401:
            self._doubt.set()
            return Receipt(key, "dropped", f"{why}: the token expired or was revoked, and is checked", 2.0)
        if answer.status == 403:
            return Receipt(key, "dropped", f"{why}. Fix: may the account write in {self._channel}? Is it banned there?")
        if answer.status == 400 and parent:  # it was deleted, say: the next try is no reply to it
            self._talk.mute(parent)
        lost = answer.left and not 400 <= answer.status < 500
        return Receipt(key, "unknown" if lost else "dropped", why)

    def _taken(self, key: str, answer: Answer) -> Receipt:
        try:
            data = answer.read(dict[str, list[dict[str, Any]]])["data"][0]
        except (ValueError, KeyError, IndexError):
            return Receipt(key, "unknown", "Twitch's answer was not understood")
        if data.get("is_sent") is True:
            seen = self._talk.landed(key, str(data.get("message_id") or ""))
            return Receipt(key, "confirmed" if seen else "accepted")
        reason = data.get("drop_reason")
        reason = reason if isinstance(reason, dict) else {}
        code, said = str(reason.get("code") or ""), str(reason.get("message") or "")
        after = WINDOW if "rate" in code else 0.0
        return Receipt(key, "dropped", f"Twitch did not show it: {(said or code)[:200]}", after)

    async def aclose(self) -> None:
        """Nothing is held between connections."""


def open_room(url: str, options: Mapping[str, str]) -> Twitch:
    """Build the adapter for twitch:// rooms."""
    try:
        parts = urlsplit(url)
        channel = (parts.hostname or "").lower()
    except ValueError:
        channel = ""
    if not channel.replace("_", "").isalnum():
        raise SettingsError("room twitch: no channel. Fix: give twitch://CHANNEL, as in twitch.tv/CHANNEL.")
    given = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    file = Path(options["refresh_file"]).expanduser() if options.get("refresh_file") else None
    token = options.get("token", "")
    if not token and file:
        token = load(file).access_token
    if not token:
        raise SettingsError(f"room twitch://{channel}: no token. {AGAIN}")
    try:
        patience = float(options.get("patience") or 0.0)
    except ValueError:
        patience = -1.0
    if not 0.0 <= patience < math.inf:
        raise SettingsError("ZHUBO_TWITCH_PATIENCE: not a number of seconds. Fix: give one, such as 30, or none.")
    return Twitch(
        channel, Account(token, file, given.get("id", ID), given.get("client", "")), patience=patience or None,
        helix=given.get("api", HELIX), eventsub=given.get("eventsub", EVENTSUB),
    )  # fmt: skip


async def _first(*doings: Coroutine[Any, Any, None]) -> None:
    """Do several things until one of them ends, by raising."""
    tasks = [asyncio.create_task(doing) for doing in doings]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        await _ended(*tasks)


async def _ended(*tasks: asyncio.Task[None]) -> None:
    """Cancel tasks and wait for their end; what they raised is not raised here."""
    for task in tasks:
        task.cancel()
    for task in (await asyncio.wait(tasks))[0]:
        if not task.cancelled():
            task.exception()
