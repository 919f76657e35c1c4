"""Twitch: EventSub's frames, moves and revocations, Helix's answers, and getting and renewing a token."""

import asyncio
import json
import logging
import socket
import stat
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters import twitch
from adapters.rest import Rest
from adapters.twitch import open_room
from adapters.twitch.codec import RECENT, Talk, event, frame, until_reset, when
from adapters.twitch.login import Pair, code, load, refresh, save, wait
from bot.cli.login import _twitch
from bot.cli.login import twitch as login
from bot.domain.errors import AdapterError, Fatal, Retry, SettingsError
from bot.domain.events import Event
from bot.domain.ports import Outgoing
from bot.kit.bench import Bench, working
from tests.adapters.fake_twitch import CLIENT, ME, Twitch

CHAT = "channel.chat.message"


@asynccontextmanager
async def connected(fake: Twitch, **options: str) -> AsyncIterator[Bench]:
    def made(url: str, given: Mapping[str, str]) -> object:
        return open_room(url, {**given, **options})

    async with fake, working(made, fake) as bench:  # type: ignore[arg-type]
        yield bench


class Ctx:
    """A session that keeps what it is told."""

    def __init__(self) -> None:
        self.live = asyncio.Event()
        self.events: list[Event] = []

    def ready(self) -> None:
        self.live.set()

    def emit(self, event: Event) -> None:
        self.events.append(event)

    def malformed(self, why: str) -> None:
        raise AssertionError(why)

    def pending(self) -> int:
        return 0

    async def breathe(self) -> None:
        pass


async def ended(fake: Twitch, harm: Callable[[], Awaitable[None]], **options: str) -> AdapterError:
    """Run one session of its own, harm it once it is live, and return how it ended."""
    adapter, ctx = open_room(fake.url, {"token": fake.token, **options}), Ctx()
    session = asyncio.create_task(adapter.session(ctx))
    live = asyncio.create_task(ctx.live.wait())
    await asyncio.wait([session, live], return_when=asyncio.FIRST_COMPLETED, timeout=5)
    live.cancel()
    if not session.done():
        await harm()
    await asyncio.wait([session], timeout=5)
    error = session.exception()
    assert isinstance(error, AdapterError), error
    return error


async def nothing() -> None:
    pass


def notice(kind: str, chat: dict[str, object]) -> bytes:
    """Write a notification as the documentation shows it."""
    head = {"message_id": "n", "message_type": "notification", "message_timestamp": "2023-07-19T14:56:51.634234626Z",
            "subscription_type": kind, "subscription_version": "1"}  # fmt: skip
    told = {"id": "s", "status": "enabled", "type": kind, "version": "1", "cost": 0}
    return json.dumps({"metadata": head, "payload": {"subscription": told, "event": chat}}).encode()


def said(**more: object) -> dict[str, object]:
    """Write a chat message as the documentation shows it."""
    return {
        "broadcaster_user_id": "1", "broadcaster_user_login": "shop", "broadcaster_user_name": "Shop",
        "chatter_user_id": "4", "chatter_user_login": "viewer", "chatter_user_name": "Viewer", "message_id": "cc106a",
        "message": {"text": "Hi chat", "fragments": [{"type": "text", "text": "Hi chat", "cheermote": None}]},
        "color": "#00FF7F", "badges": [{"set_id": "moderator", "id": "1", "info": ""}], "message_type": "text",
        "cheer": None, "reply": None, "channel_points_custom_reward_id": None, "source_message_id": None, **more,
    }  # fmt: skip


def read(kind: str, chat: dict[str, object], me: str = "") -> Event:
    return event(frame(notice(kind, chat)), me, {})


# --- frames -----------------------------------------------------------------------------------------------------------


def test_a_message_is_a_comment_with_roles_time_and_bits() -> None:
    """The id is that of the chat message, which deletions name, and not that of the notification."""
    badges = [{"set_id": "broadcaster"}, {"set_id": "subscriber"}, {"set_id": "founder"}, {"set_id": "vip"}]
    found = read(CHAT, said(badges=badges, cheer={"bits": 100}))
    assert found.user and found.user.roles == ("host", "fan", "vip")
    assert (found.id, found.text, found.count, found.own) == ("cc106a", "Hi chat", 100, False)
    assert found.at == pytest.approx(1689778611.634, abs=0.001)
    assert read(CHAT, said(), me="4").own and read(CHAT, said()).count == 1


@pytest.mark.parametrize(
    ("fields", "kind", "text", "count"),
    [
        ({"notice_type": "resub", "resub": {}}, "comment", "Hi chat", 1),
        ({"notice_type": "resub", "message": {"text": ""}}, "gift", "resub", 1),
        ({"notice_type": "sub_gift", "sub_gift": {"community_gift_id": None}}, "gift", "sub_gift", 1),
        ({"notice_type": "community_sub_gift", "community_sub_gift": {"total": 5}}, "gift", "community_sub_gift", 5),
        ({"notice_type": "sub_gift", "sub_gift": {"community_gift_id": "7"}}, "other", "", 1),
        ({"notice_type": "shared_chat_resub"}, "other", "", 1), ({"notice_type": "raid"}, "other", "", 1),
        ({"notice_type": "announcement"}, "other", "", 1),
    ],
)  # fmt: skip
def test_subscriptions_are_gifts_and_their_words_comments(
    fields: dict[str, object], kind: str, text: str, count: int
) -> None:
    """Five given away at once are counted once; what another channel's viewers do in a shared chat is not ours."""
    found = read("channel.chat.notification", said(**fields))
    assert (found.kind, found.text, found.count) == (kind, text, count)


def test_who_is_anonymous_is_nobody() -> None:
    """Twitch leaves out who gave."""
    given = said(notice_type="community_sub_gift", chatter_user_id=None, chatter_user_name=None, badges=None)
    assert read("channel.chat.notification", given).user is None


@given(st.binary(max_size=300))
def test_any_bytes_are_a_frame_or_a_value_error(raw: bytes) -> None:
    """Nothing else is raised."""
    with suppress(ValueError):
        event(frame(raw), "me", {})


@given(
    st.sampled_from(twitch.WANTED),
    st.recursive(
        st.none() | st.integers() | st.text(max_size=9),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(("event", "message", "badges", "text", "set_id", "message_id", "cheer", "sub_gift")),
                inner,
                max_size=4,
            )
        ),
    ),
)
def test_hostile_payloads_are_a_value_error_at_most(kind: str, payload: object) -> None:
    """Lists where words belong, and the like."""
    head = {"message_type": "notification", "subscription_type": kind}
    with suppress(ValueError):
        Talk().heard(event(frame(json.dumps({"metadata": head, "payload": payload}).encode()), "me", {}), kind)


@pytest.mark.parametrize("timestamp", ["", "soon", "9999999-01-01", "2026-11-27T25:00:00Z"])
def test_a_time_that_is_none_costs_nothing(timestamp: str) -> None:
    """The event is worth more than its time."""
    assert when(timestamp) == 0.0


def test_what_is_remembered_is_bounded() -> None:
    """However long the show is."""
    talk = Talk()
    for n in range(RECENT + 500):
        talk.heard(read(CHAT, said(message_id=f"c{n}")), CHAT)
    assert len(talk.heard(Event("retract", "x"), "channel.chat.clear")) == RECENT
    assert talk.heard(Event("retract", "y"), "channel.chat.clear") == []


@pytest.mark.parametrize(
    ("reset", "date", "after"),
    [
        ("1700000012", "", 12.0), ("", "", 30.0), ("soon", "", 30.0), ("9" * 30, "", 30.0), ("1600000000", "", 0.0),
        ("1700009999", "", 120.0), ("1700000612", "Tue, 14 Nov 2023 22:23:20 GMT", 12.0),
    ],
)  # fmt: skip
def test_the_wait_is_read_by_the_clock_of_twitch(reset: str, date: str, after: float) -> None:
    """With this machine's clock ten minutes behind it is still 12 seconds; nonsense is one window of the limit."""
    assert until_reset({"Ratelimit-Reset": reset, "Date": date}, 1_700_000_000.0) == after


# --- the connection ---------------------------------------------------------------------------------------------------


async def test_a_move_loses_nothing_and_subscribes_to_nothing_anew() -> None:
    """What is said on the old connection until the new one stands is heard, and the rest after it."""
    fake = Twitch()
    async with connected(fake) as bench:
        await bench.live()
        before = list(fake.subscriptions)
        for n in range(3):
            await fake.comment(f"a{n}", "多少钱")
            await fake.move(f"last{n}")
            await bench.until(lambda: not fake.moving, "the new address must be dialled")
            await fake.comment(f"b{n}", "多少钱")
        await bench.settled()
        assert bench.comments == [f"{word}{n}" for n in range(3) for word in ("a", "last", "b")]
        assert fake.subscriptions == before == list(twitch.WANTED) and not bench.waits
        assert await bench.send("k", "x")


async def test_while_the_new_address_is_dialled_the_old_connection_is_heard() -> None:
    """A new address that does not answer does not hold up what comes in."""
    fake = Twitch()
    with socket.create_server(("127.0.0.1", 0)) as silent:
        async with connected(fake) as bench:
            await bench.live()
            await fake.move("last", f"ws://127.0.0.1:{silent.getsockname()[1]}/")
            await bench.until(lambda: bench.comments == ["last"], "the old connection must be read", 0.5)


@pytest.mark.parametrize("where", ["ws://127.0.0.1:1/", "/helix/nothing", "/ws?from=long-ago"])
async def test_a_move_to_nowhere_is_tried_again_from_the_start(where: str) -> None:
    """Refused, 404, 4007: the show goes on with a new connection."""
    fake = Twitch()
    async with connected(fake) as bench:
        await bench.live()
        await fake.move("last", where if where.startswith("ws") else f"ws://127.0.0.1:{fake.port}{where}")
        await bench.until(lambda: fake.connections() == 2, "another connection must be made")
        await bench.live()
        await bench.settled()
        assert bench.comments == ["last"] and bench.intake.malformed_frames == 0


async def test_who_does_not_move_in_time_is_closed_and_comes_back() -> None:
    """4004, as after a reconnect message that could not be read."""
    fake = Twitch()
    fake.grace = 0.05
    async with connected(fake) as bench:
        await bench.live()
        await fake.move("last", "nowhere")
        await bench.until(lambda: fake.connections() == 2, "another connection must be made")
        assert bench.intake.malformed_frames == 1


@pytest.mark.parametrize(
    ("number", "words"),
    [(4000, "fault of its own"), (4001, "report it"), (4002, "overloaded"), (4003, "within 10 s"), (4004, "moved"),
     (4005, "timeout"), (4006, "network error"), (4007, "not valid"), (1001, "lost")],
)  # fmt: skip
async def test_every_close_code_is_told_and_mended(number: int, words: str) -> None:
    """None of them ends the show."""
    async with Twitch() as fake:

        async def harm() -> None:
            await fake.links[0][1].close(code=number)

        error = await ended(fake, harm)
        assert isinstance(error, Retry) and str(number) in str(error) and words in str(error)


async def test_a_frame_that_is_too_large_costs_the_connection_and_is_named() -> None:
    """3 MB are not read."""
    async with Twitch() as fake:
        error = await ended(fake, lambda: fake.large("huge", 3_000_000))
        assert isinstance(error, Retry) and "a frame was too large" in str(error)


async def test_silence_is_noticed_by_the_keepalive_that_twitch_announces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten seconds and some slack, where the operator sets no patience."""
    monkeypatch.setattr(twitch, "SLACK", -9.95)
    async with Twitch() as fake:
        error = await ended(fake, fake.stall)
        assert isinstance(error, Retry) and "nothing came for 0.05 s" in str(error)


@pytest.mark.parametrize(
    ("status", "of", "words"),
    [("authorization_revoked", CHAT, "zhubo login twitch"), ("user_removed", CHAT, "is gone"),
     ("version_removed", CHAT, "update zhubo"), ("authorization_revoked", "channel.chat.clear", "zhubo login"),
     ("new_reason", CHAT, "new_reason")],
)  # fmt: skip
async def test_a_permission_taken_back_is_final_and_says_what_to_do(status: str, of: str, words: str) -> None:
    """A revocation is not tried again."""
    async with Twitch() as fake:
        error = await ended(fake, lambda: fake.revoke(status, of))
        assert isinstance(error, Fatal) and words in str(error)


async def test_a_kind_of_event_that_twitch_gives_up_does_not_end_the_show() -> None:
    """As long as it is not the chat itself."""
    fake = Twitch()
    async with connected(fake) as bench:
        await bench.live()
        await fake.revoke("version_removed", "channel.chat.notification")
        await bench.settled()
        assert not bench.waits


@pytest.mark.parametrize(
    ("field", "value", "kind", "words"),
    [
        ("scopes", ["user:read:chat"], Fatal, "user:write:chat"), ("scopes", None, Fatal, "user:read:chat"),
        ("status", 500, Retry, "500"), ("refuse", {"": (403, "no authorization")}, Fatal, "banned"),
        ("refuse", {"": (429, "transports limit exceeded")}, Retry, "three connections"),
        ("refuse", {"": (503, "")}, Retry, "503"), ("refuse", {"channel.chat.clear": (503, "")}, Retry, "503"),
        ("token", "another", Fatal, "zhubo login twitch"),
    ],
)  # fmt: skip
async def test_what_is_wrong_is_told(field: str, value: object, kind: type[AdapterError], words: str) -> None:
    """A missing scope, a server that fails, a chat that may not be read, too many connections, a wrong token."""
    async with Twitch() as fake:
        token = fake.token
        setattr(fake, field, value)
        error = await ended(fake, nothing, token=token)
        assert isinstance(error, kind) and words in str(error) and token not in str(error)


async def test_a_kind_of_event_that_may_not_be_had_is_done_without() -> None:
    """All but the chat itself."""
    fake = Twitch()
    fake.refuse = {kind: (403, "no") for kind in twitch.WANTED[1:]}
    async with connected(fake) as bench:
        await bench.live()
        await bench.settled()
        assert fake.subscriptions == [CHAT]


@pytest.mark.parametrize(
    ("parts", "kind", "words"),
    [
        ({"//shop": "//nobody"}, Fatal, "channel nobody"),
        ({"api=http://127.0.0.1": "api=http://x.invalid"}, Retry, "DNS"),
        ({"id=http://127.0.0.1": "id=https://127.0.0.1"}, Retry, "clock"), ({"/ws&": "/nothing&"}, Fatal, "eventsub="),
        ({"eventsub=ws": "eventsub=http"}, Fatal, "URL"), ({"eventsub=ws:": "eventsub=wss:"}, Retry, "TLS"),
    ],
)  # fmt: skip
async def test_where_nothing_is_reached_is_told(parts: dict[str, str], kind: type[AdapterError], words: str) -> None:
    """A channel that never existed, a name without an address, TLS that fails, a wrong path."""
    async with Twitch() as fake:
        for old, new in parts.items():
            assert old in fake.url
            fake.url = fake.url.replace(old, new)
        error = await ended(fake, nothing)
        assert isinstance(error, kind) and words in str(error)


# --- what is taken back -----------------------------------------------------------------------------------------------


async def test_a_viewer_who_is_banned_takes_all_words_along() -> None:
    """And a chat that is cleared takes everybody's; ours and what was gone before are not taken back."""
    fake = Twitch()
    async with connected(fake) as bench:
        await bench.live()
        for id, user in (("a1", "ann"), ("b1", "bob"), ("a2", "ann"), ("gone", "bob")):
            await fake.comment(id, "多少钱", user=user)
        await fake.comment("mine", "现价129元", own=True)
        await fake.retract("gone")
        await fake.clear("ann")
        await bench.settled()
        assert [h.target for h in bench.heard if h.kind == "retract"] == ["gone", "a1", "a2"]
        await fake.clear()
        await fake.clear()
        await bench.settled()
        assert [h.target for h in bench.heard if h.kind == "retract"][3:5] == ["b1", bench.heard[-1].target]


# --- our lines --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("reply_to", [(), ("c1", "c2")])
async def test_our_line_comes_back_with_its_key(reply_to: tuple[str, ...]) -> None:
    """Before Helix's answer, then that says so; or after it. A reply comes back with the name of the one replied to."""
    fake = Twitch()
    async with connected(fake) as bench:
        await bench.live()
        for id in reply_to:
            await fake.comment(id, "多少钱")
        early = await bench.adapter.send(Outgoing("k1", "现价129元", reply_to=reply_to))
        fake.late = True
        late = await bench.adapter.send(Outgoing("k2", "现价89元", reply_to=reply_to))
        await bench.until(lambda: any(h.target == "k2" for h in bench.heard), "the late one must come")
        assert (early.outcome, late.outcome) == ("confirmed", "accepted")
        assert fake.replies == [reply_to[-1] if reply_to else ""] * 2
        await fake.comment("typed", "大家好", own=True)
        await bench.settled()
        assert [(h.id, h.target) for h in bench.heard if h.own] == [("own1", "k1"), ("own2", "k2"), ("typed", "")]


async def test_a_line_whose_words_twitch_changed_is_known_by_its_id() -> None:
    """It came back before the answer, which then confirms it."""
    talk = Talk()
    talk.leaves("k", "a  b")
    (echo,) = talk.heard(Event("comment", "own1", text="a b", own=True), CHAT)
    assert echo.target == "" and talk.landed("k", "own1")


async def test_a_line_that_was_seen_is_not_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    """The answer is lost, but the line stands in the chat."""
    fake = Twitch()

    async def lost(request: object) -> object:
        await fake.comment("own1", "现价129元", own=True)
        await asyncio.sleep(0.05)
        raise ConnectionResetError

    monkeypatch.setattr(fake, "_post", lost)
    async with connected(fake) as bench:
        await bench.live()
        assert (await bench.send("k", "现价129元")).outcome == "confirmed"


async def test_nobody_replies_to_what_cannot_be_replied_to() -> None:
    """What was deleted, or refused as a parent: the second try is no reply."""
    fake = Twitch()
    async with connected(fake) as bench:
        await bench.live()
        for id in ("c1", "c2"):
            await fake.comment(id, "多少钱")
        await fake.retract("c2")
        await bench.settled()
        await bench.adapter.send(Outgoing("k1", "x", reply_to=("c1", "c2", "#7")))
        first = await bench.adapter.send(Outgoing("k2", "x", reply_to=("never-said",)))
        again = await bench.adapter.send(Outgoing("k3", "x", reply_to=("never-said",)))
        assert fake.replies == ["c1", ""] and (first.outcome, again.outcome) == ("dropped", "confirmed")


@pytest.mark.parametrize(
    ("field", "value", "outcome", "words", "after"),
    [
        ("drop_reason", {"code": "msg_duplicate", "message": "too similar"}, "dropped", "too similar", 0.0),
        ("drop_reason", {"code": "msg_ratelimit", "message": ""}, "dropped", "msg_ratelimit", 30.0),
        ("drop_reason", "odd", "dropped", "not show", 0.0), ("status", 500, "unknown", "500", 0.0),
        ("status", 400, "dropped", "400", 0.0), ("status", 403, "dropped", "banned", 0.0),
        ("token", "another", "dropped", "expired", 2.0),
    ],
)  # fmt: skip
async def test_receipts_tell_dropped_from_unknown(
    field: str, value: object, outcome: str, words: str, after: float
) -> None:
    """A refusal is certain; a server's failure is not."""
    fake = Twitch()
    async with connected(fake) as bench:
        assert (await bench.send("early", "x")).outcome == "dropped"
        await bench.live()
        setattr(fake, field, value)
        receipt = await bench.send("k", "x")
        assert (receipt.outcome, receipt.after) == (outcome, after) and words in receipt.why


# --- the token --------------------------------------------------------------------------------------------------------


async def test_the_device_code_is_waited_for_and_the_token_kept_for_its_owner(tmp_path: Path) -> None:
    """Too fast, pending, then typed in; the file is for its owner alone."""
    fake, slept = Twitch(), []
    fake.slow = True

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        fake.typed = len(slept) == 3

    async with fake, Rest("Twitch") as rest:
        base = f"http://127.0.0.1:{fake.port}/oauth2"
        asked = await code(rest, base, CLIENT)
        assert (asked.user_code, asked.interval) == ("ABCD", 5.0) and "dev-1" not in repr(asked)
        pair = await wait(rest, base, CLIENT, asked, sleep)
        assert (pair.access_token, slept) == (fake.token, [5.0, 10.0, 10.0])
        file = tmp_path / "deep" / "twitch.json"
        save(file, pair)
        file.chmod(0o644)
        save(file, pair)
        assert stat.S_IMODE(file.stat().st_mode) == 0o600 and [f.name for f in file.parent.iterdir()] == [file.name]
        assert load(file) == pair and fake.token not in repr(pair)
        assert (await refresh(rest, base, pair)).refresh_token == "r1"
        with pytest.raises(Fatal, match="zhubo login twitch"):
            await refresh(rest, base, pair)  # each renews once
        with pytest.raises(SettingsError, match="Client ID"):
            await code(rest, base, "nobody")
        asked.device_code = "old"
        with pytest.raises(SettingsError, match="invalid device code"):
            await wait(rest, base, CLIENT, asked, lambda seconds: asyncio.sleep(0))


async def test_a_code_nobody_types_in_runs_out() -> None:
    """After the half hour that the platform gives."""
    async with Twitch() as fake, Rest("Twitch") as rest:
        base = f"http://127.0.0.1:{fake.port}/oauth2"
        asked = await code(rest, base, CLIENT)
        with pytest.raises(SettingsError, match="ran out"):
            await wait(rest, base, CLIENT, asked, lambda seconds: asyncio.sleep(0))


async def test_an_expired_token_is_renewed_from_the_file(tmp_path: Path) -> None:
    """And the file holds the new pair; the id of the application may stand in the URL instead."""
    for client, more in ((CLIENT, ""), ("", f"&client={CLIENT}")):
        fake, file = Twitch(), tmp_path / f"twitch{len(more)}.json"
        save(file, Pair("expired", "r0", client))
        async with fake:
            fake.url += more
            async with working(
                lambda url, o, f=file: open_room(url, {**o, "token": "", "refresh_file": str(f)}), fake
            ) as b:
                await b.live()
        assert load(file) == Pair(fake.token, "r1", CLIENT)


async def test_a_token_that_expires_in_the_show_is_renewed_and_the_next_line_goes_out(tmp_path: Path) -> None:
    """Without another connection."""
    fake, file = Twitch(), tmp_path / "twitch.json"
    save(file, Pair(fake.token, "r0", CLIENT))
    async with connected(fake, refresh_file=str(file)) as bench:
        await bench.live()
        fake.token = "the-next"
        assert (await bench.send("k1", "x")).outcome == "dropped"
        await bench.until(lambda: fake.renewals == 1, "the token must be renewed")
        await bench.until(lambda: fake.checks == 3, "the new one must be checked")
        await asyncio.sleep(0.01)
        assert (await bench.send("k2", "y")).outcome == "confirmed"
        assert fake.connections() == 1 and load(file) == Pair("the-next", "r1", CLIENT)


async def test_the_token_is_checked_each_hour_and_a_revoked_one_ends_the_show(monkeypatch: pytest.MonkeyPatch) -> None:
    """As Twitch demands of everybody; a check that fails to reach Twitch ends nothing."""
    monkeypatch.setattr(twitch, "CHECK", 0.02)
    fake = Twitch()
    async with connected(fake) as bench:
        await bench.live()
        await bench.until(lambda: fake.checks > 3, "it must be checked")
        assert not bench.waits
        await fake.reject_auth()
        await bench.until(lambda: bench.intake.state == "bad_credentials", "it must end")
        assert "zhubo login twitch" in bench.intake.why


async def test_of_two_rooms_with_one_file_both_go_on(tmp_path: Path) -> None:
    """What renews a token can be used once; the slower one takes what the faster one has saved."""
    fake, file = Twitch(), tmp_path / "twitch.json"
    save(file, Pair("expired", "r0", CLIENT))
    options = {"refresh_file": str(file), "patience": "5"}
    async with fake:
        rooms = [(open_room(fake.url, options), Ctx()) for _ in range(3)]
        sessions = [asyncio.create_task(room.session(ctx)) for room, ctx in rooms]
        try:
            async with asyncio.timeout(5):
                await asyncio.gather(*(ctx.live.wait() for _, ctx in rooms))
            assert fake.renewals == 1
        finally:
            for session in sessions:
                session.cancel()
            await asyncio.wait(sessions)


@pytest.mark.parametrize(
    ("field", "value", "kind", "words"),
    [("renews", False, Fatal, "Invalid refresh token"), ("secret", True, Fatal, "client type Public"),
     ("status", 503, Retry, "503")],
)  # fmt: skip
async def test_a_token_that_cannot_be_renewed_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, field: str, value: object, kind: type[AdapterError], words: str
) -> None:
    """Used up, not a public application, or a server that fails: only the last is tried again."""
    monkeypatch.setattr("adapters.twitch.login.FASTER", 0.01)
    file = tmp_path / "twitch.json"
    save(file, Pair("expired", "r0" if field == "status" else "used", CLIENT))
    async with Twitch() as fake:
        setattr(fake, field, value)
        error = await ended(fake, nothing, token="expired", refresh_file=str(file))
        assert isinstance(error, kind) and words in str(error)


async def test_a_renewed_token_that_cannot_be_saved_is_used_and_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Nothing is renewed twice with what can be used once."""

    def full(file: Path, pair: Pair) -> None:
        raise OSError(28, "No space left on device")

    fake, file = Twitch(), tmp_path / "twitch.json"
    save(file, Pair("expired", "r0", CLIENT))
    monkeypatch.setattr("adapters.twitch.login.save", full)
    async with connected(fake, token="", refresh_file=str(file)) as bench:
        await bench.live()
        fake.token = "the-next"
        await bench.send("k", "x")
        await bench.until(lambda: fake.renewals == 2, "it must be renewed with what was not saved")
        await bench.settled()
    assert "No space left" in caplog.text and fake.token not in caplog.text


async def test_the_login_command_says_what_to_do_and_shows_no_token(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """In both languages; the credentials stand in the file alone."""
    caplog.set_level(logging.DEBUG)
    fake, file = Twitch(), tmp_path / "my shop" / "twitch.json"
    fake.typed, fake.interval = True, 1
    async with fake:
        await _twitch(CLIENT, file, str(file), f"http://127.0.0.1:{fake.port}/oauth2")
    out = capsys.readouterr().out
    assert "ABCD" in out and "登录成功" in out and f"ZHUBO_TWITCH_REFRESH_FILE='{file}'" in out and "as bot" in out
    assert fake.token not in out + caplog.text and load(file).access_token == fake.token


def test_the_login_command_says_what_is_missing_before_anything_is_typed_in(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The steps to register, and a file that cannot be written."""
    with pytest.raises(SettingsError, match="dev.twitch.tv"):
        login("", tmp_path / "twitch.json")
    assert "Public" in capsys.readouterr().out
    (tmp_path / "flat").write_text("")
    for file in (tmp_path, tmp_path / "flat" / "twitch.json"):
        with pytest.raises(SettingsError, match="--file"):
            login(CLIENT, file)


@pytest.mark.parametrize(
    ("url", "options", "words"),
    [
        ("twitch://", {"token": "t"}, "CHANNEL"), ("twitch://[", {"token": "t"}, "CHANNEL"),
        ("twitch://shop", {}, "zhubo login twitch"), ("twitch://shop", {"refresh_file": "/nowhere"}, "/nowhere"),
        ("twitch://shop", {"token": "t", "patience": "soon"}, "PATIENCE"),
        ("twitch://shop", {"token": "t", "patience": "-1"}, "PATIENCE"),
        ("twitch://shop", {"token": "t", "patience": "nan"}, "PATIENCE"),
    ],
)  # fmt: skip
def test_what_is_missing_is_named(url: str, options: dict[str, str], words: str) -> None:
    """Before anything is dialled."""
    with pytest.raises(SettingsError, match=words):
        open_room(url, options)


def test_a_file_that_is_none_is_named(tmp_path: Path) -> None:
    """And not taken for an answer of Twitch."""
    (file := tmp_path / "twitch.json").write_text("{")
    with pytest.raises(SettingsError, match="ZHUBO_TWITCH_REFRESH_FILE: .*twitch.json is not understood"):
        load(file)


async def test_it_stops_at_once_in_the_middle_of_a_move() -> None:
    """Both connections are closed, and no task is left."""
    fake = Twitch()
    async with connected(fake) as bench:
        await bench.live()
        await fake.move("last")
        await bench.until(lambda: not fake.moving, "the new address must be dialled")
        began = time.monotonic()
    assert time.monotonic() - began < 2.0 and fake.checks and ME
