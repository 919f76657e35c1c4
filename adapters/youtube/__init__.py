"""YouTube: a live video's chat by the Data API, streamed; lines are paced so that the day's quota lasts.

    youtube://VIDEO_ID?quota=10000&insert=50

ZHUBO_YOUTUBE_TOKEN is an OAuth access token with youtube.force-ssl; ZHUBO_YOUTUBE_REFRESH_TOKEN, _CLIENT_ID and
_CLIENT_SECRET let it be renewed. Google does not publish what live chat calls cost; reports say 5 units to list and 50
to 200 to insert of 10,000 a day, so 50 to 200 answers a day unless you are granted more.

https://developers.google.com/youtube/v3/live/docs/liveChatMessages
"""

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import msgspec

from adapters.rest import Answer, Rest
from adapters.youtube.codec import Item, Parts, event, page
from bot.domain.errors import Fatal, Retry, RoomEnded, SettingsError
from bot.domain.ports import Caps, Outgoing, Receipt, Session

API = "https://www.googleapis.com/youtube/v3"
TOKEN = "https://oauth2.googleapis.com/token"
PATIENCE = 60.0  # seconds without a part of the stream
QUOTA, INSERT = 10_000, 50  # units: a day's default, and what one line costs by field reports
KEPT = 200  # lines of ours whose echo is recognised
DAY = ZoneInfo("America/Los_Angeles")  # quotas begin anew at midnight there
_TOKEN = "Fix: log in again and set ZHUBO_YOUTUBE_TOKEN (or the refresh token with client id and secret)"
log = logging.getLogger(__name__)


class YouTube:
    """One video."""

    def __init__(
        self, video: str, options: Mapping[str, str], *, api: str, token_url: str, quota: int, insert: int,
        patience: float,
    ) -> None:  # fmt: skip
        self._video, self._api, self._token_url, self._patience = video, api, token_url, patience
        self._token, self._renewal = options.get("token", ""), _Renewal(options)
        self._insert, self._lines = insert, max(1, quota // insert)
        self._chat = self._me = self._page = ""
        self._began, self._first = 0.0, True
        self._day, self._sent = "", 0
        self._ours: OrderedDict[str, str] = OrderedDict()
        self._rest: Rest | None = None

    def __repr__(self) -> str:
        """Keep the token out of logs."""
        return f"YouTube({self._video})"

    def caps(self) -> Caps:
        """Return 200 characters, and no more lines in an hour than a sixth of what the day's quota allows."""
        hourly = max(1, self._lines // 6)
        return Caps(max_chars=200, per_window=(hourly, 3600.0), min_gap=3.0, echo=True, can_delete=True)

    async def session(self, ctx: Session) -> None:
        """Find the chat, and read its stream from where the last one stopped."""
        async with Rest("YouTube") as rest:
            if not self._token:
                await self._renew(rest)
            await self._find(rest)
            log.info("YouTube: the quota allows %d lines a day (%d units each)", self._lines, self._insert)
            self._rest, self._began = rest, time.time()
            try:
                await self._read(rest, ctx)
            finally:
                self._rest = None

    async def _read(self, rest: Rest, ctx: Session) -> None:
        ready = False
        async for raw in self._stream(rest):
            if not ready:
                ready = True
                ctx.ready()
            try:
                found = page(raw)
            except ValueError as error:
                ctx.malformed(str(error))
                continue
            for item in found.items:
                happened = event(item, self._me, self._ours)
                ctx.emit(msgspec.structs.replace(happened, backfill=True) if self._first else happened)
                if item.snippet.type == "chatEndedEvent":
                    raise RoomEnded("the live chat ended")
            self._first = False  # the first part of the first connection is history
            self._page = found.next_page_token or self._page
            if found.offline_at:
                raise RoomEnded("the live stream ended")
            await ctx.breathe()
        raise Retry("YouTube closed the stream of the chat")

    async def _stream(self, rest: Rest) -> AsyncIterator[bytes]:
        """Yield the parts of the stream; where there is none, ask again and again."""
        async with rest.stream(f"{self._api}/liveChat/messages/stream", self._headers(), self._params()) as reply:
            if reply.status in (404, 501):
                polls = True
            elif reply.status != 200:
                raise await self._failure(rest, await reply.answer())
            else:
                polls, parts = False, Parts()
                try:
                    async for data in reply.parts(self._patience):
                        for part in parts.feed(data):
                            yield part
                except ValueError as error:
                    raise Retry(f"YouTube: {error}") from error
        while polls:
            answer = await rest.call(
                "GET", f"{self._api}/liveChat/messages", headers=self._headers(), params=self._params()
            )
            if not answer.good:
                raise await self._failure(rest, answer)
            yield answer.body
            try:
                pause = page(answer.body).polling_interval_millis / 1000
            except ValueError:
                pause = 5.0
            await asyncio.sleep(min(60.0, max(0.2, pause)))

    def _params(self) -> dict[str, str]:
        found = {"liveChatId": self._chat, "part": "id,snippet,authorDetails", "maxResults": "500"}
        return found | ({"pageToken": self._page} if self._page else {})

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}

    async def _find(self, rest: Rest) -> None:
        params = {"part": "liveStreamingDetails", "id": self._video}
        details = await self._items(rest, "/videos", params)
        if not details:
            raise Fatal(f"YouTube has no video {self._video}. Fix: give youtube://VIDEO_ID, as in watch?v=VIDEO_ID.")
        live = details[0].get("liveStreamingDetails")
        live = live if isinstance(live, dict) else {}
        if live.get("actualEndTime"):
            raise RoomEnded("the live stream is over")
        if not isinstance(chat := live.get("activeLiveChatId"), str):
            raise Retry("the video has no open live chat yet", 30.0)
        self._chat = chat
        if not self._me:
            mine = await self._items(rest, "/channels", {"part": "id", "mine": "true"})
            self._me = str(mine[0].get("id", "")) if mine else ""

    async def _items(self, rest: Rest, path: str, params: Mapping[str, str]) -> list[dict[str, Any]]:
        answer = await rest.call("GET", f"{self._api}{path}", headers=self._headers(), params=params)
        if not answer.good:
            raise await self._failure(rest, answer)
        try:
            found = answer.read(dict[str, Any]).get("items")
        except ValueError as error:
            raise Retry(f"YouTube: {error}") from error
        return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []

    async def _failure(self, rest: Rest, answer: Answer) -> Exception:
        """Return what to raise for an answer; an expired token is renewed for the next try."""
        reason = _reason(answer)
        if answer.status == 401 and self._renewal.possible:
            await self._renew(rest)
            return Retry("YouTube's token expired and was renewed", 0.0)
        if answer.status == 401:
            return Fatal(f"YouTube refuses the token: it expired or was revoked. {_TOKEN}.")
        if reason in ("quotaExceeded", "dailyLimitExceeded"):
            return Retry("the day's quota of the YouTube API is used up", _till_midnight())
        if reason == "liveChatEnded":
            return RoomEnded("the live chat ended")
        if reason == "liveChatDisabled":
            return Fatal("the live chat of this video is switched off. Fix: switch it on in YouTube Studio.")
        if answer.status == 403 and reason not in ("rateLimitExceeded", "userRateLimitExceeded"):
            return Fatal(f"YouTube does not let us in ({reason or answer.words()}). {_TOKEN}, with youtube.force-ssl.")
        return rest.failed(answer)

    async def _renew(self, rest: Rest) -> None:
        answer = await rest.call("POST", self._token_url, data=self._renewal.fields)
        if answer.status in (400, 401):
            raise Fatal(f"Google does not renew the token ({answer.words()}). {_TOKEN}.")
        if not answer.good:
            raise rest.failed(answer)
        try:
            self._token = str(answer.read(dict[str, Any]).get("access_token", ""))
        except ValueError as error:
            raise Retry(f"Google: {error}") from error

    async def erase(self, message: str) -> str:
        """Delete a line of ours (20 units of quota): https://developers.google.com/youtube/v3/live/docs/liveChatMessages/delete"""
        if self._rest is None:
            return "not connected"
        url, params = f"{self._api}/liveChat/messages", {"id": message}
        answer = await self._rest.call("DELETE", url, headers=self._headers(), params=params)
        return "" if answer.good else answer.why or f"YouTube answers {answer.status} {answer.words()}".strip()

    async def send(self, out: Outgoing) -> Receipt:
        """Write one line, if the day's quota has one left."""
        rest, today = self._rest, datetime.now(DAY).date().isoformat()
        if rest is None:
            return Receipt(out.key, "dropped", "not connected")
        if today != self._day:
            self._day, self._sent = today, 0
        if self._sent >= self._lines:
            why = f"the day's quota of {self._lines} lines is used up. Fix: ask Google for more, and set ?quota="
            return Receipt(out.key, "dropped", why, _till_midnight())
        self._sent += 1
        details = {
            "liveChatId": self._chat,
            "type": "textMessageEvent",
            "textMessageDetails": {"messageText": out.text},
        }
        answer = await rest.call(
            "POST", f"{self._api}/liveChat/messages", headers=self._headers(), params={"part": "snippet"},
            data=msgspec.json.encode({"snippet": details}),
        )  # fmt: skip
        if answer.good:
            try:
                self._ours[answer.read(Item).id] = out.key
            except ValueError:
                return Receipt(out.key, "unknown", "YouTube's answer was not understood")
            while len(self._ours) > KEPT:
                self._ours.popitem(last=False)
            return Receipt(out.key, "accepted", message=next(reversed(self._ours)))
        reason = _reason(answer) or answer.why or f"{answer.status} {answer.words()}"
        if "quota" in reason.lower() or reason == "dailyLimitExceeded":
            return Receipt(out.key, "dropped", f"YouTube: {reason}", _till_midnight())
        if answer.status == 429 or reason.endswith("ateLimitExceeded"):
            return Receipt(out.key, "dropped", f"YouTube: {reason}", answer.wait() or 30.0)
        lost = answer.left and not 400 <= answer.status < 500
        return Receipt(out.key, "unknown" if lost else "dropped", f"YouTube: {reason}")

    async def aclose(self) -> None:
        """Nothing is held between connections."""


class _Renewal:
    """What renews a token."""

    def __init__(self, options: Mapping[str, str]) -> None:
        names = ("refresh_token", "client_id", "client_secret")
        self.fields = {name: options.get(name, "") for name in names} | {"grant_type": "refresh_token"}
        self.possible = all(options.get(name) for name in names)


def _reason(answer: Answer) -> str:
    try:
        return str(answer.read(dict[str, Any])["error"]["errors"][0]["reason"])
    except (ValueError, KeyError, IndexError, TypeError):
        return ""


def _till_midnight() -> float:
    now = datetime.now(DAY)
    return ((now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0) - now).total_seconds()


def open_room(url: str, options: Mapping[str, str]) -> YouTube:
    """Build the adapter for youtube:// rooms."""
    parts = urlsplit(url)
    given = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    video = parts.netloc  # as it is: ids tell upper case from lower
    if not video:
        raise SettingsError("room youtube: no video. Fix: give youtube://VIDEO_ID, as in watch?v=VIDEO_ID.")
    if not options.get("token") and not _Renewal(options).possible:
        raise SettingsError(f"room {url}: no token. {_TOKEN}.")
    try:
        quota, insert = int(given.get("quota", QUOTA)), int(given.get("insert", INSERT))
    except ValueError as error:
        raise SettingsError(f"room {url}: {error}. Fix: give quota and insert as whole numbers of units.") from error
    if quota < 1 or insert < 1:
        raise SettingsError(f"room {url}: quota and insert must be above 0.")
    return YouTube(
        video, options, api=given.get("api", API), token_url=given.get("token_url", TOKEN), quota=quota,
        insert=insert, patience=float(options.get("patience", PATIENCE)),
    )  # fmt: skip
