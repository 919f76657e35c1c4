"""YouTube: the stream's parts, messages, resuming, the day's quota, and what an operator is told."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.youtube import YouTube as Adapter
from adapters.youtube import open_room
from adapters.youtube.codec import Item, Parts, event, page
from bot.domain.errors import SettingsError
from bot.domain.ports import Adapter as Port
from bot.kit.bench import Bench, working
from tests.adapters.aio import taken_back
from tests.adapters.fake_youtube import ME, VIDEO, YouTube


@asynccontextmanager
async def connected(fake: YouTube, *, query: str = "", **options: str) -> AsyncIterator[Bench]:
    def made(url: str, given: Mapping[str, str]) -> Port:
        return open_room(url + query, {**given, **options})

    async with fake, working(made, fake) as bench:
        yield bench


def item(type: str, **details: object) -> Item:
    return page(
        json.dumps({"items": [{"id": "m", "snippet": {"type": type, "authorChannelId": "u", **details}}]}).encode()
    ).items[0]


def test_money_is_in_minor_units_of_its_currency() -> None:
    """5 dollars are 500 cents; 500 yen are 500 yen."""
    for currency, micros, minor in (("USD", "5000000", 500), ("JPY", "500000000", 500)):
        paid = event(item("superChatEvent", superChatDetails={
            "amountMicros": micros, "currency": currency, "userComment": "有货吗",
        }), ME, {})  # fmt: skip
        assert (paid.kind, paid.text, paid.amount_minor, paid.currency) == ("comment", "有货吗", minor, currency)
    gift = event(item("membershipGiftingEvent", membershipGiftingDetails={"giftMembershipsCount": 5}), ME, {})
    assert (gift.kind, gift.count) == ("gift", 5)
    gone = event(item("messageRetractedEvent", messageRetractedDetails={"retractedMessageId": "x"}), ME, {})
    assert (gone.kind, gone.target) == ("retract", "x")


@given(st.lists(st.dictionaries(st.text(max_size=5), st.text(max_size=9), max_size=3), max_size=5), st.data())
def test_a_stream_is_taken_apart_wherever_it_is_cut(objects: list[dict[str, str]], data: st.DataObject) -> None:
    """As an array, or one object after the other; braces and quotes in words do not matter."""
    for raw in (json.dumps(objects), "\r\n".join(map(json.dumps, objects))):
        parts, found, left = Parts(), [], raw.encode()
        while left:
            size = data.draw(st.integers(1, len(left)))
            found += [json.loads(part) for part in parts.feed(left[:size])]
            left = left[size:]
        assert found == objects


@given(st.binary(max_size=300))
def test_any_bytes_are_messages_or_a_value_error(raw: bytes) -> None:
    """Nothing else is raised."""
    for part in (raw, *Parts().feed(raw)):
        with suppress(ValueError):
            for one in page(part).items:
                event(one, ME, {})


def test_a_part_without_an_end_is_refused() -> None:
    """100 MB of it are not kept."""
    parts = Parts()
    with pytest.raises(ValueError, match="too large"):
        for _ in range(100):
            list(parts.feed(b"{" + b"x" * 1_000_000))


async def test_history_is_never_answered_and_what_follows_a_cut_is_heard() -> None:
    """The first part of all is history; after a cut the stream goes on where it stopped."""
    fake = YouTube()
    fake.add("old", "textMessageEvent", displayMessage="昨天多少钱")
    async with connected(fake) as bench:
        await bench.live()
        await bench.settled()
        await fake.drop()
        await fake.comment("missed", "多少钱")
        await bench.until(lambda: "missed" in bench.comments, "what was said meanwhile must be heard")
        assert "old" not in bench.comments and [h.backfill for h in bench.heard if h.id == "old"] == [True]


async def test_without_a_stream_the_list_is_asked_again_and_again() -> None:
    """At the pace that the platform asks for."""
    fake = YouTube()
    fake.streams = False
    async with connected(fake) as bench:
        await bench.live()
        await bench.settled()
        assert fake.lists >= 2


async def test_the_days_quota_is_kept_and_told() -> None:
    """100 units at 50 a line are two lines; the third waits for midnight in California."""
    fake = YouTube()
    async with connected(fake, query="&quota=100&insert=50") as bench:
        await bench.live()
        outcomes = [await bench.send(f"k{n}", f"line {n}") for n in range(3)]
        assert [r.outcome for r in outcomes] == ["accepted", "accepted", "dropped"]
        assert "quota of 2 lines" in outcomes[2].why and 0 < outcomes[2].after <= 25 * 3600
        assert bench.adapter.caps().per_window == (1, 3600.0)


@pytest.mark.parametrize(
    ("status", "reason", "state", "words"),
    [
        (403, "quotaExceeded", "degraded", "quota"), (403, "liveChatDisabled", "bad_credentials", "switched off"),
        (403, "forbidden", "bad_credentials", "force-ssl"), (500, "backendError", "degraded", "500"),
        (403, "liveChatEnded", "ended", "ended"),
    ],
)  # fmt: skip
async def test_what_is_wrong_is_told(status: int, reason: str, state: str, words: str) -> None:
    """Each with what to do."""
    fake = YouTube()
    fake.status, fake.reason = status, reason
    async with connected(fake) as bench:
        await bench.until(lambda: bench.intake.state == state and words in bench.intake.why, f"not told: {words}")


@pytest.mark.parametrize(
    ("live", "state", "words"),
    [({"actualEndTime": "2026-01-01T00:00:00Z"}, "ended", "over"), ({}, "degraded", "no open live chat")],
)
async def test_a_show_that_is_over_or_has_not_begun(live: dict[str, object], state: str, words: str) -> None:
    """Over is over; one that has not begun is waited for."""
    fake = YouTube()
    fake.live = live
    async with connected(fake) as bench:
        await bench.until(lambda: bench.intake.state == state and words in bench.intake.why, f"not told: {words}")


async def test_the_end_of_the_chat_ends_the_room() -> None:
    """As the platform tells it."""
    fake = YouTube()
    async with connected(fake) as bench:
        await bench.live()
        fake.add("end", "chatEndedEvent")
        await bench.until(lambda: bench.intake.state == "ended", "the room must end")


async def test_an_expired_token_is_renewed_where_that_is_possible() -> None:
    """With the refresh token; without one the operator is told to log in."""
    fake, keys = YouTube(), {"refresh_token": "r0", "client_id": "c", "client_secret": "s"}
    async with connected(fake, **{"token": "expired", **keys}) as bench:
        await bench.live()
        assert fake.renewals == 1
    async with connected(YouTube(), **{"token": "expired", **keys, "refresh_token": "revoked"}) as bench:
        await bench.until(lambda: "does not renew" in bench.intake.why, "the refusal must be told")


@pytest.mark.parametrize(
    ("url", "options", "words"),
    [
        ("youtube://", {"token": "t"}, "VIDEO_ID"), (f"youtube://{VIDEO}", {}, "ZHUBO_YOUTUBE_TOKEN"),
        (f"youtube://{VIDEO}?quota=much", {"token": "t"}, "quota"),
        (f"youtube://{VIDEO}?insert=0", {"token": "t"}, "above 0"),
    ],
)  # fmt: skip
def test_what_is_missing_is_named(url: str, options: dict[str, str], words: str) -> None:
    """Before anything is dialled; ids keep their capitals."""
    with pytest.raises(SettingsError, match=words):
        open_room(url, options)
    assert isinstance(found := open_room(f"youtube://{VIDEO}", {"token": "t"}), Adapter) and VIDEO in repr(found)


async def test_a_line_of_ours_can_be_taken_back() -> None:
    """By the id that its receipt told; the platform's refusal is told in its words."""
    fake = YouTube()
    async with connected(fake) as bench:
        await taken_back(bench, fake.erased)
