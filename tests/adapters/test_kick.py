"""Kick: signed pushes, their payloads, subscriptions, and the answers to lines."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.kick import open_room
from adapters.kick.codec import event, genuine
from bot.domain.errors import SettingsError
from bot.kit.bench import Bench, working
from tests.adapters.aio import taken_back
from tests.adapters.fake_kick import KEY, ME, Kick


@asynccontextmanager
async def connected(fake: Kick) -> AsyncIterator[Bench]:
    async with fake, working(open_room, fake) as bench:
        yield bench


def test_payloads_as_the_documentation_prints_them() -> None:
    """Chat with badges, an anonymous gifter, kicks, the end of a stream."""
    sender = {
        "user_id": 987654321,
        "username": "s",
        "identity": {"badges": [{"type": "moderator"}, {"type": "subscriber"}]},
    }
    chat = {"message_id": "m1", "content": "how much", "sender": sender, "created_at": "2025-01-14T16:08:06Z"}
    found = event("chat.message.sent", "p1", json.dumps(chat).encode(), ME, {})
    assert (found.kind, found.id, found.text, found.at) == ("comment", "m1", "how much", 1736870886.0)
    assert found.user and (found.user.id, found.user.roles) == ("987654321", ("moderator", "fan"))
    nobody = {"gifter": {"is_anonymous": True, "user_id": None, "username": None}, "giftees": [{}, {}]}
    gifts = event("channel.subscription.gifts", "p2", json.dumps(nobody).encode(), ME, {})
    assert (gifts.kind, gifts.count, gifts.user) == ("gift", 2, None)
    kicks = {"sender": {"user_id": 5}, "gift": {"amount": 500, "name": "Rage Quit"}}
    assert event("kicks.gifted", "p3", json.dumps(kicks).encode(), ME, {}).count == 500
    assert event("livestream.status.updated", "p4", b'{"is_live":false}', ME, {}).text == "live_end"
    assert event("chat.message.sent", "p5", json.dumps({"sender": {"user_id": ME}}).encode(), ME, {}).own


@given(st.binary(max_size=300), st.dictionaries(st.sampled_from(
    ("kick-event-signature", "kick-event-message-id", "kick-event-message-timestamp")
), st.text(max_size=20)))  # fmt: skip
def test_nothing_hostile_is_genuine_or_breaks_anything(body: bytes, headers: dict[str, str]) -> None:
    """Any bytes, any headers."""
    assert not genuine(KEY.public_key(), headers, body)
    with suppress(ValueError):
        event("chat.message.sent", "p", body, ME, {})


async def test_pushes_that_are_not_genuine_are_refused_and_told() -> None:
    """Unsigned, signed for another body, or too old."""
    fake = Kick()
    async with connected(fake) as bench:
        await bench.live()
        body = b'{"message_id":"x","content":"y"}'
        assert await fake.push("chat.message.sent", body, **{"Kick-Event-Signature": "AAAA"}) == 401
        fake.clock = -700.0
        assert await fake.push("chat.message.sent", body) == 403
        fake.clock = 0.0
        assert bench.comments == [] and bench.intake.malformed_frames == 2
        assert await fake.push("chat.message.sent", body) == 200


@pytest.mark.parametrize(
    ("field", "value", "state", "words"),
    [
        ("status", 500, "degraded", "500"), ("rejects", True, "bad_credentials", "ZHUBO_KICK_TOKEN"),
        ("error", "not allowed", "bad_credentials", "not allowed"), ("url", "nobody", "bad_credentials", "no channel"),
    ],
)  # fmt: skip
async def test_what_is_wrong_is_told(field: str, value: object, state: str, words: str) -> None:
    """A token that is refused, a subscription that is not made, a channel that never existed."""
    fake = Kick()
    async with fake:
        setattr(fake, field, fake.url.replace("//shop", f"//{value}") if field == "url" else value)
        async with working(open_room, fake) as bench:
            await bench.until(lambda: bench.intake.state == state and words in bench.intake.why, f"not told: {words}")


@pytest.mark.parametrize(
    ("field", "value", "outcome"),
    [("status", 500, "unknown"), ("shown", False, "dropped"), ("rejects", True, "dropped")],
)
async def test_receipts_tell_dropped_from_unknown(field: str, value: object, outcome: str) -> None:
    """A refusal is certain; a server's failure is not."""
    fake = Kick()
    async with connected(fake) as bench:
        await bench.live()
        setattr(fake, field, value)
        assert (await bench.send("k", "x")).outcome == outcome


async def test_subscriptions_are_made_again_and_taken_back_with_us() -> None:
    """Kick drops an app after a day of failures; and we leave nothing behind."""
    fake = Kick()
    async with connected(fake) as bench:
        await bench.live()
        fake.subscriptions.clear()
        await bench.until(lambda: fake.connections() == 2, "it must subscribe again")
        await bench.live()
    assert set(fake.subscriptions) <= set(fake.deleted)


async def test_a_token_is_renewed_before_it_ends_and_again() -> None:
    """It lasts two hours, a show may last longer; each refresh token serves once."""
    fake = Kick()
    fake.lasts = 0
    keys = {"token": "", "refresh_token": "r0", "client_id": "c", "client_secret": "s"}
    async with fake, working(lambda url, options: open_room(url, {**options, **keys}), fake) as bench:
        await bench.until(lambda: fake.renewals > 2, "it must be renewed again")
        assert bench.intake.state == "live"
    keys["refresh_token"] = "used"
    async with (fake := Kick()), working(lambda url, options: open_room(url, {**options, **keys}), fake) as bench:
        await bench.until(lambda: "does not renew" in bench.intake.why, "the refusal must be told")


@pytest.mark.parametrize(
    ("url", "options", "words"),
    [("kick://", {"token": "t"}, "CHANNEL"), ("kick://shop", {}, "ZHUBO_KICK_TOKEN")],
)
def test_what_is_missing_is_named(url: str, options: dict[str, str], words: str) -> None:
    """Before anything is opened."""
    with pytest.raises(SettingsError, match=words):
        open_room(url, options)


async def test_a_line_of_ours_can_be_taken_back() -> None:
    """By the id that its receipt told; the platform's refusal is told in its words."""
    fake = Kick()
    async with connected(fake) as bench:
        await taken_back(bench, fake.erased)
