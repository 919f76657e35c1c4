"""oba-live-tool: comments and orders of the merchant's own consoles (Douyin shop, Buyin, WeChat Channels, Xiaohongshu,
Taobao, Kuaishou), which that desktop program reads and broadcasts. An unofficial route; read-only.

    obalive://127.0.0.1:12354

Enable its WebSocket (自动回复, WebSocket 服务). It asks for no credential and listens on all interfaces of its machine:
keep it behind a firewall. Message shapes: https://github.com/qiutongxue/oba-live-tool (shared/types.d.ts).
"""

from collections.abc import Mapping
from urllib.parse import urlsplit

import msgspec

from adapters.dial import dialled, heard
from bot.domain.errors import SettingsError
from bot.domain.events import Event, Kind, User
from bot.domain.ports import Caps, Outgoing, Receipt, Session

PORT = 12354
KEEPALIVE = 30.0  # seconds between pings: the program itself is silent while nobody writes
_KINDS: dict[str, Kind] = {
    "comment": "comment", "wechat_channel_live_msg": "comment", "xiaohongshu_comment": "comment",
    "taobao_comment": "comment", "kuaishou_comment": "comment", "room_enter": "join", "room_like": "like",
    "room_follow": "follow", "subscribe_merchant_brand_vip": "follow", "ecom_fansclub_participate": "follow",
    "live_order": "order",
}  # fmt: skip


class Message(msgspec.Struct):
    """One message, whatever its kind."""

    msg_type: str
    msg_id: str = ""
    nick_name: str = ""
    user_id: str = ""
    content: str = ""
    order_status: str = ""
    order_ts: float = 0.0
    product_id: str = ""
    product_title: str = ""


_read = msgspec.json.Decoder(Message, strict=False).decode


def event(raw: bytes) -> Event:
    """Read a message. Raises ValueError.

    A comment of the Douyin consoles has no user id: there the name stands for the viewer.
    """
    try:
        m = _read(raw)
    except (msgspec.DecodeError, RecursionError) as error:
        raise ValueError(str(error)) from error
    kind = _KINDS.get(m.msg_type, "other")
    who = User(m.user_id or m.nick_name, m.nick_name) if m.user_id or m.nick_name else None
    if kind == "order":
        # The same order comes again when it is paid for: that is another event.
        at = m.order_ts / 1000 if m.order_ts > 1e11 else m.order_ts
        return Event(kind, f"{m.msg_id}-{m.order_status}", at, who, m.product_title, product=m.product_id)
    return Event(kind, m.msg_id, user=who, text=m.content)


class ObaLive:
    """One running oba-live-tool."""

    def __init__(self, url: str, patience: float) -> None:
        self._url, self._patience = url, patience

    def caps(self) -> Caps:
        """Return that nothing can be sent, and that the route is not the platforms' own."""
        return Caps(can_send=False, official=False)

    async def session(self, ctx: Session) -> None:
        """Run one connection."""
        async with dialled(self._url, "oba-live-tool", keepalive=self._patience) as link:
            ctx.ready()
            while True:
                raw = await heard(link, None)
                try:
                    ctx.emit(event(raw))
                except ValueError as error:
                    ctx.malformed(str(error))
                await ctx.breathe()

    async def send(self, out: Outgoing) -> Receipt:
        """There is no way to write here."""
        return Receipt(out.key, "dropped", "oba-live-tool only broadcasts")

    async def aclose(self) -> None:
        """Nothing is held between connections."""


def open_room(url: str, options: Mapping[str, str]) -> ObaLive:
    """Build the adapter for obalive:// rooms."""
    try:
        host, port = urlsplit(url).hostname or "127.0.0.1", urlsplit(url).port or PORT
    except ValueError as error:
        raise SettingsError(f"room {url}: {error}. Fix: give obalive://127.0.0.1:{PORT}.") from error
    return ObaLive(f"ws://{host}:{port}", float(options.get("patience", KEEPALIVE)))
