"""Douyin (抖音): comments of a live mini-game room by the official data push; read-only.

    douyin://ROOM_ID?app=APP_ID&listen=127.0.0.1:8780&path=/douyin

ZHUBO_DOUYIN_TOKEN is the secret of the push (开发配置), ZHUBO_DOUYIN_SECRET the application's. The platform pushes by
HTTP POST to a public HTTPS address that you forward to `listen`, only while the mini-game is mounted in the room; it
may lose comments, and there is no way to write them.

https://developer.open-douyin.com/docs/resource/zh-CN/interaction/develop/server/live/danmu
"""

import asyncio
import base64
import hashlib
import hmac
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec

from adapters.hook import Hook, address
from adapters.rest import Rest
from bot.domain.errors import Fatal, Retry, SettingsError
from bot.domain.events import Event, User
from bot.domain.ports import Caps, Outgoing, Receipt, Session

API = "https://webcast.bytedance.com"
TOKEN = "https://developer.toutiao.com/api/apps/v2/token"
TYPES = "live_comment,live_gift,live_like,live_fansclub"
PATIENCE = 60.0  # seconds: the tasks are looked at twice in that time
CLOCK = 600.0  # seconds that a push may be old, or early
RUNNING = 3  # status of a task
_SECRETS = "Fix: check ?app= and ZHUBO_DOUYIN_SECRET"
REFUSED = (40014, 40015, 40017, 40018, 40020)  # of the application or its secret
OUTDATED = (28001003, 28001008, 40022)  # of an access token: each new one outdates the last
NOT_NOW = 5003019
_WHY_NOT = "the room is over, the mini-game is not mounted in it, or the application may not have this data"


class Reply(msgspec.Struct):
    """Answer of the interface."""

    err_no: int = 0
    err_msg: str = ""
    err_tips: str = ""
    data: Any = None


class Pushed(msgspec.Struct):
    """One event of a push; fields of other kinds keep their defaults."""

    msg_id: str = ""
    sec_openid: str = ""
    nickname: str = ""
    content: str = ""
    timestamp: int = 0  # milliseconds
    like_num: int = 1
    sec_gift_id: str = ""
    gift_num: int = 1
    gift_value: int = 0  # fen, of all units together
    fansclub_reason_type: int = 0


_read = msgspec.json.Decoder(list[Pushed], strict=False).decode


def signature(headers: Mapping[str, str], body: bytes, secret: str) -> str:
    """Return what x-signature must be: base64 of MD5 over the sorted x-headers, the body and the secret."""
    signed = {k: v for k, v in headers.items() if k in ("x-nonce-str", "x-timestamp", "x-roomid", "x-msg-type")}
    text = "&".join(f"{name}={value}" for name, value in sorted(signed.items())).encode() + body + secret.encode()
    return base64.b64encode(hashlib.md5(text, usedforsecurity=False).digest()).decode()


def events(kind: str, body: bytes) -> Iterator[Event]:
    """Read a push. Raises ValueError."""
    try:
        pushed = _read(body)
    except (msgspec.DecodeError, RecursionError) as error:
        raise ValueError(str(error)) from error
    for p in pushed:
        at, user = p.timestamp / 1000, User(p.sec_openid, p.nickname) if p.sec_openid else None
        match kind:
            case "live_comment":
                yield Event("comment", p.msg_id, at, user, p.content)
            case "live_gift":
                yield Event("gift", p.msg_id, at, user, p.sec_gift_id, p.gift_num, p.gift_value, "CNY")
            case "live_like":
                yield Event("like", p.msg_id, at, user, count=p.like_num)
            case "live_fansclub":
                yield Event("follow", p.msg_id, at, user, "fansclub")
            case _:
                yield Event("other", p.msg_id, at, user)


class Douyin:
    """One room."""

    def __init__(
        self, room: str, app: str, secret: str, token: str, *, listen: str, path: str, api: str, token_url: str,
        types: Sequence[str], patience: float,
    ) -> None:  # fmt: skip
        self._room, self._app, self._secret, self._token = room, app, secret, token
        self._listen, self._path, self._api, self._token_url = listen, path, api, token_url
        self._types, self._patience = types, patience
        self._ctx: Session | None = None
        self._access, self._access_until = "", 0.0

    def caps(self) -> Caps:
        """Return that nothing can be sent."""
        return Caps(can_send=False)

    async def session(self, ctx: Session) -> None:
        """Listen, have the platform push, and look now and then whether it still does."""
        async with Rest("Douyin") as rest, Hook(self._listen, self._path, self._take):
            try:
                for kind in self._types:
                    await self._task(rest, "start", kind)
                self._ctx = ctx
                ctx.ready()
                while True:
                    await asyncio.sleep(self._patience / 2)
                    for kind in self._types:
                        reply = await self._task(rest, "get", kind)
                        status = reply.data.get("status") if isinstance(reply.data, dict) else None
                        if status != RUNNING:
                            raise Retry(f"Douyin stopped pushing {kind}. Is the mini-game still mounted in the room?")
            finally:
                self._ctx = None
                with suppress(TimeoutError, Retry, Fatal):
                    async with asyncio.timeout(1.0):
                        for kind in self._types:
                            await self._task(rest, "stop", kind)

    def _take(self, headers: Mapping[str, str], body: bytes) -> int:
        ctx = self._ctx
        if ctx is None:
            return 503
        given = headers.get("x-signature", "")
        if not hmac.compare_digest(given.encode(), signature(headers, body, self._token).encode()):
            ctx.malformed("a push with a wrong signature. Is ZHUBO_DOUYIN_TOKEN the secret of the push?")
            return 401
        stamp = headers.get("x-timestamp", "")
        if not stamp.isdecimal() or abs(time.time() - int(stamp[:16]) / 1000) > CLOCK:
            ctx.malformed("a push from more than 10 minutes ago or ahead. Is this machine's clock right?")
            return 403
        if headers.get("x-roomid") != self._room:
            return 404
        try:
            for event in events(headers.get("x-msg-type", ""), body):
                ctx.emit(event)
        except ValueError as error:
            ctx.malformed(str(error))
        return 200

    async def _task(self, rest: Rest, verb: str, kind: str) -> Reply:
        fields = {"roomid": self._room, "appid": self._app, "msg_type": kind}
        headers = {"access-token": await self._login(rest), "Content-Type": "application/json"}
        url, get = f"{self._api}/api/live_data/task/{verb}", verb == "get"
        answer = await rest.call(
            "GET" if get else "POST", url, headers=headers, params=fields if get else None,
            data=None if get else msgspec.json.encode(fields),
        )  # fmt: skip
        if not answer.good:
            raise rest.failed(answer)
        return self._good(answer.body, f"task/{verb} of {kind}")

    async def _login(self, rest: Rest) -> str:
        if time.monotonic() < self._access_until:
            return self._access
        fields = {"appid": self._app, "secret": self._secret, "grant_type": "client_credential"}
        answer = await rest.call(
            "POST", self._token_url, headers={"Content-Type": "application/json"}, data=msgspec.json.encode(fields)
        )
        if not answer.good:
            raise rest.failed(answer)
        data = self._good(answer.body, "the access token").data
        if not isinstance(data, dict) or not isinstance(token := data.get("access_token"), str):
            raise Retry("Douyin gave no access token")
        lasts = data.get("expires_in")
        self._access, self._access_until = token, time.monotonic() + (lasts if isinstance(lasts, int) else 600) * 0.9
        return token

    def _good(self, body: bytes, what: str) -> Reply:
        try:
            reply = msgspec.json.decode(body, type=Reply, strict=False)
        except (msgspec.DecodeError, RecursionError) as error:
            raise Retry(f"Douyin, {what}: not understood ({error})") from error
        if reply.err_no in OUTDATED:
            self._access_until = 0.0
            raise Retry(f"Douyin's access token is outdated ({reply.err_no}); a new one is asked for")
        if reply.err_no == NOT_NOW:
            raise Retry(f"Douyin, {what}: {_WHY_NOT}")
        if reply.err_no in REFUSED:
            raise Fatal(f"Douyin refuses {what} ({reply.err_no}). {_SECRETS}, and the application's permissions.")
        if reply.err_no:
            raise Retry(f"Douyin, {what}: {reply.err_no} {(reply.err_msg or reply.err_tips)[:100]}")
        return reply

    async def send(self, out: Outgoing) -> Receipt:
        """There is no way to write here."""
        return Receipt(out.key, "dropped", "Douyin's push is read-only")

    async def aclose(self) -> None:
        """Nothing is held between connections."""


def open_room(url: str, options: Mapping[str, str]) -> Douyin:
    """Build the adapter for douyin:// rooms."""
    parts = urlsplit(url)
    given = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    room, app = parts.hostname or "", given.get("app", "")
    if not room.isdecimal() or not app:
        raise SettingsError(f"room {url}: room or app is missing. Fix: give douyin://ROOM_ID?app=APP_ID.")
    for name in ("token", "secret"):
        if not options.get(name):
            raise SettingsError(f"room douyin: no {name}. Fix: set ZHUBO_DOUYIN_{name.upper()}.")
    listen = given.get("listen", "127.0.0.1:8780")
    address(listen)
    return Douyin(
        room, app, options["secret"], options["token"], listen=listen, path=given.get("path", "/douyin"),
        api=given.get("api", API), token_url=given.get("token_url", TOKEN),
        types=tuple(filter(None, given.get("types", TYPES).split(","))),
        patience=float(options.get("patience", PATIENCE)),
    )  # fmt: skip
