"""Bridges: oba-live-tool, Social Stream Ninja, Streamer.bot. What others read for us, and how far it is trusted."""

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters import obalive, social_stream, streamerbot
from adapters.social_stream import words
from bot.app.front import open_adapter
from bot.domain.errors import SettingsError
from bot.kit.bench import working
from tests.adapters.fake_obalive import ObaLive
from tests.adapters.fake_social_stream import SocialStream
from tests.adapters.fake_streamerbot import StreamerBot


@pytest.mark.parametrize("url", ["obalive://127.0.0.1:12354", "ssn://shop"])
def test_unofficial_routes_need_the_operators_word(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the flag they do not start."""
    monkeypatch.setenv("ZHUBO_SSN_TOKEN", "session")
    with pytest.raises(SettingsError, match="--unofficial"):
        open_adapter(url, unofficial=False)
    assert not open_adapter(url, unofficial=True).caps().official


# --- oba-live-tool ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "ours"),
    [
        ("comment", "comment"), ("wechat_channel_live_msg", "comment"), ("xiaohongshu_comment", "comment"),
        ("taobao_comment", "comment"), ("room_enter", "join"), ("room_like", "like"), ("room_follow", "follow"),
        ("subscribe_merchant_brand_vip", "follow"), ("ecom_fansclub_participate", "follow"), ("new", "other"),
    ],
)  # fmt: skip
def test_messages_of_all_consoles_are_heard(kind: str, ours: str) -> None:
    """Where there is no user id, the name stands for the viewer."""
    raw = json.dumps({"msg_type": kind, "msg_id": "m", "nick_name": "小明", "content": "多少钱", "time": "1"})
    found = obalive.event(raw.encode())
    assert (found.kind, found.id, found.user and found.user.id) == (ours, "m", "小明")


def test_an_order_and_its_payment_are_two_events() -> None:
    """With the product's id and title."""
    order = {"msg_type": "live_order", "msg_id": "o1", "nick_name": "n", "product_id": "p9", "product_title": "裙子"}
    one, two = (
        obalive.event(json.dumps(order | {"order_status": status, "order_ts": 1700000000000}).encode())
        for status in ("已下单", "已付款")
    )
    assert (one.kind, one.product, one.text, one.at) == ("order", "p9", "裙子", 1700000000.0)
    assert one.id != two.id


# --- Social Stream Ninja ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("how much?", "how much?"), ("<b>1号</b>多少钱", "1号多少钱"), ("a &amp; b &lt;3", "a & b ‹3"),
        ("<script>alert(1)</script>hi<style>x{}</style>", "hi"), ('hi <img src=x onerror=alert(1) alt="😀">', "hi 😀"),
        ("<<b>script>x", "‹script›x"), ("&lt;script&gt;alert(1)&lt;/script&gt;", "‹script›alert(1)‹/script›"),
    ],
)  # fmt: skip
def test_strangers_html_becomes_plain_words(markup: str, text: str) -> None:
    """No tag, no script, no handler survives; an emoji's picture is its name."""
    assert words(markup) == text


@given(st.text(max_size=200))
def test_no_markup_ever_survives(markup: str) -> None:
    """Whatever is thrown at it."""
    assert "<" not in words(markup) and ">" not in words(markup)


def test_ids_are_made_where_there_are_none_and_are_the_same_again() -> None:
    """From sender, words and second; the site tells viewers of the same name apart."""

    def read(now: float, **more: object) -> str:
        fields = {"chatname": "Ann", "chatmessage": "how much", "type": "twitch"} | more
        return social_stream.event(json.dumps(fields).encode(), now).id

    assert read(5.1) == read(5.9) != read(6.0)
    assert len({read(5), read(5, type="kick"), read(5, chatname="Bob"), read(5, chatmessage="x")}) == 4
    assert read(5, id=17) == "17"


@pytest.mark.parametrize(
    ("said", "minor", "currency"),
    [("$5.00", 500, "USD"), ("¥10", 1000, "CNY"), ("500 JPY", 500, "JPY"), ("3 hearts", None, ""), (7, None, "")],
)
def test_donations_are_read_where_they_are_money(said: object, minor: int | None, currency: str) -> None:
    """Hearts are none."""
    raw = json.dumps({"chatname": "A", "chatmessage": "x", "hasDonation": said}).encode()
    found = social_stream.event(raw, 1.0)
    assert (found.amount_minor, found.currency) == (minor, currency)


async def test_our_own_words_coming_back_are_ours() -> None:
    """There is no other way to tell."""
    fake = SocialStream()
    async with fake, working(social_stream.open_room, fake) as bench:
        await bench.live()
        assert (await bench.send("k", "现价129元")).outcome == "accepted"
        await fake.comment("e1", "现价129元", user="the bot")
        await bench.settled()
        assert [(h.id, h.own) for h in bench.heard] == [("e1", True)]


# --- Streamer.bot -------------------------------------------------------------------------------------------------


async def test_it_subscribes_to_its_platform_and_tells_refusals() -> None:
    """A line that the program refuses was certainly not shown."""
    fake = StreamerBot()
    async with fake, working(streamerbot.open_room, fake) as bench:
        await bench.live()
        assert fake.subscribed == {"Twitch": ["ChatMessage", "ChatMessageDeleted"]}
        fake.fails = "no broadcaster"
        receipt = await bench.send("k", "x")
        assert receipt.outcome == "dropped" and "no broadcaster" in receipt.why


@given(st.binary(max_size=200))
def test_any_bytes_are_an_event_or_a_value_error(raw: bytes) -> None:
    """In all three."""
    with suppress(ValueError):
        obalive.event(raw)
    with suppress(ValueError):
        social_stream.event(raw, 1.0)
    with suppress(ValueError):
        found = streamerbot.frame(raw)
        if "event" in found:
            streamerbot.event(found, ("ChatMessage",), ())


@pytest.mark.parametrize(
    ("factory", "url", "words"),
    [
        (social_stream.open_room, "ssn://shop", "ZHUBO_SSN_TOKEN"),
        (streamerbot.open_room, "streamerbot://127.0.0.1:8080/?platform=myspace", "twitch, youtube"),
        (streamerbot.open_room, "streamerbot://127.0.0.1:http/", "streamerbot://"),
        (obalive.open_room, "obalive://127.0.0.1:http", "obalive://"),
    ],
)  # fmt: skip
def test_what_is_missing_is_named(factory, url: str, words: str) -> None:  # type: ignore[no-untyped-def]
    """Before anything is dialled."""
    with pytest.raises(SettingsError, match=words):
        factory(url, {})


async def test_a_program_that_is_not_running_is_waited_for() -> None:
    """And it is said that it cannot be reached."""
    fake = ObaLive()
    async with fake:
        pass
    async with working(obalive.open_room, fake) as bench:
        await bench.until(lambda: "cannot be reached" in bench.intake.why, "it must be told")
