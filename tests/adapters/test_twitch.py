"""Twitch: EventSub's frames, moves and revocations, Helix's answers, and getting a token."""

import asyncio
import json
import stat
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.rest import Rest
from adapters.twitch import open_room
from adapters.twitch.codec import event, frame
from adapters.twitch.login import Pair, code, load, refresh, save, wait
from bot.cli.login import _twitch
from bot.cli.login import twitch as login
from bot.domain.errors import SettingsError
from bot.domain.ports import Outgoing
from bot.kit.bench import Bench, working
from tests.adapters.fake_twitch import CLIENT, Twitch


@asynccontextmanager
async def connected(fake: Twitch) -> AsyncIterator[Bench]:
    async with fake, working(open_room, fake) as bench:
        yield bench


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
        assert fake.subscriptions == before and not bench.waits


async def test_a_permission_taken_back_is_final_and_says_how_to_log_in() -> None:
    """A revocation is not tried again."""
    fake = Twitch()
    async with connected(fake) as bench:
        await bench.live()
        await fake.revoke()
        await bench.until(lambda: bench.intake.state == "bad_credentials", "a revocation must be final")
        assert "zhubo login twitch" in bench.intake.why and "authorization_revoked" in bench.intake.why


@pytest.mark.parametrize(
    ("field", "value", "state", "words"),
    [
        ("scopes", ["user:read:chat"], "bad_credentials", "user:write:chat"), ("status", 500, "degraded", "500"),
        ("url", "nobody", "bad_credentials", "no channel"),
    ],
)  # fmt: skip
async def test_what_is_wrong_is_told(field: str, value: object, state: str, words: str) -> None:
    """A missing scope, a server that fails, a channel that never existed."""
    fake = Twitch()
    async with fake:
        setattr(fake, field, fake.url.replace("//shop", f"//{value}") if field == "url" else value)
        async with working(open_room, fake) as bench:
            await bench.until(
                lambda: bench.intake.state == state and words in bench.intake.why, f"{words} must be told"
            )


async def test_our_line_comes_back_as_ours_with_its_key_or_before_it() -> None:
    """Either way it is known as our own; the key is known when the answer came first."""
    fake = Twitch()
    async with connected(fake) as bench:
        await bench.live()
        receipt = await bench.adapter.send(Outgoing("k1", "现价129元", reply_to=("c1", "c2")))
        assert (receipt.outcome, fake.replies) == ("accepted", ["c2"])
        await bench.settled()
        await fake.comment("own1b", "x", own=True)
        fake.swallow = True
        await bench.adapter.send(Outgoing("k2", "现价89元"))
        await fake.comment("own2", "现价89元", own=True)
        await bench.settled()
        mine = {h.id: h.target for h in bench.heard if h.own}
        assert set(mine) == {"own1", "own1b", "own2"} and mine["own2"] == "k2"


@pytest.mark.parametrize(
    ("field", "value", "outcome", "words"),
    [
        ("drop_reason", {"code": "msg_duplicate", "message": "too similar"}, "dropped", "too similar"),
        ("status", 500, "unknown", "500"), ("status", 400, "dropped", "400"), ("token", "another", "dropped", "401"),
    ],
)  # fmt: skip
async def test_receipts_tell_dropped_from_unknown(field: str, value: object, outcome: str, words: str) -> None:
    """A refusal is certain; a server's failure is not."""
    fake = Twitch()
    async with connected(fake) as bench:
        await bench.live()
        setattr(fake, field, value)
        receipt = await bench.send("k", "x")
        assert receipt.outcome == outcome and words in receipt.why


@given(st.binary(max_size=300))
def test_any_bytes_are_a_frame_or_a_value_error(raw: bytes) -> None:
    """Nothing else is raised."""
    with suppress(ValueError):
        event(frame(raw), "me", {})


@given(st.recursive(
    st.none() | st.integers() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(("event", "message", "badges", "text", "set_id")), inner, max_size=4),
))  # fmt: skip
def test_hostile_payloads_are_a_value_error_at_most(payload: object) -> None:
    """Lists where words belong, and the like."""
    head = {"message_type": "notification", "subscription_type": "channel.chat.message"}
    with suppress(ValueError):
        event(frame(json.dumps({"metadata": head, "payload": payload}).encode()), "me", {})


async def test_the_device_code_is_waited_for_and_the_token_kept_for_its_owner(tmp_path: Path) -> None:
    """Pending, then typed in; the file is for its owner alone."""
    fake, slept = Twitch(), []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        fake.typed = len(slept) == 3

    async with fake, Rest("Twitch") as rest:
        base = f"http://127.0.0.1:{fake.port}/oauth2"
        asked = await code(rest, base, CLIENT)
        assert (asked.user_code, asked.interval) == ("ABCD", 5.0)
        pair = await wait(rest, base, CLIENT, asked, sleep)
        assert (pair.access_token, slept) == (fake.token, [5.0, 5.0, 5.0])
        file = tmp_path / "deep" / "twitch.json"
        save(file, pair)
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert load(file) == pair and fake.token not in repr(pair)
        assert (await refresh(rest, base, pair)).refresh_token == "r1"
        with pytest.raises(SettingsError, match="log in again"):
            await refresh(rest, base, pair)  # each renews once
        with pytest.raises(SettingsError, match="Client ID"):
            await code(rest, base, "nobody")


async def test_a_code_nobody_types_in_runs_out() -> None:
    """After the half hour that the platform gives."""
    async with Twitch() as fake, Rest("Twitch") as rest:
        base = f"http://127.0.0.1:{fake.port}/oauth2"
        asked = await code(rest, base, CLIENT)
        with pytest.raises(SettingsError, match="ran out"):
            await wait(rest, base, CLIENT, asked, lambda seconds: asyncio.sleep(0))


async def test_an_expired_token_is_renewed_from_the_file(tmp_path: Path) -> None:
    """And the file holds the new pair; without one the operator is told to log in."""
    fake = Twitch()
    file = tmp_path / "twitch.json"
    save(file, Pair("expired", "r0", CLIENT))

    def made(url: str, options: Mapping[str, str]) -> object:
        return open_room(url, {**options, "token": "", "refresh_file": str(file)})

    async with fake, working(made, fake) as bench:  # type: ignore[arg-type]
        await bench.live()
        assert load(file) == Pair(fake.token, "r1", CLIENT)


async def test_the_login_command_says_what_to_do_and_shows_no_token(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """In both languages; the credentials stand in the file alone."""
    fake, file = Twitch(), tmp_path / "twitch.json"
    fake.typed, fake.interval = True, 1
    async with fake:
        await _twitch(CLIENT, file, str(file), f"http://127.0.0.1:{fake.port}/oauth2")
    said = capsys.readouterr().out
    assert "ABCD" in said and "登录成功" in said and f"ZHUBO_TWITCH_REFRESH_FILE={file}" in said
    assert fake.token not in said and load(file).access_token == fake.token
    with pytest.raises(SettingsError, match="dev.twitch.tv"):
        login("", file)


@pytest.mark.parametrize(
    ("url", "options", "words"),
    [("twitch://", {"token": "t"}, "CHANNEL"), ("twitch://shop", {}, "zhubo login twitch")],
)
def test_what_is_missing_is_named(url: str, options: dict[str, str], words: str) -> None:
    """Before anything is dialled."""
    with pytest.raises(SettingsError, match=words):
        open_room(url, options)
