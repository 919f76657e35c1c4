"""OBS: the text source, scenes that name products, and what an operator is told."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.dial import proof
from adapters.obs import frame, open_room, shown, wrapped
from bot.domain.errors import SettingsError
from bot.kit.bench import Bench, working
from tests.adapters.fake_obs import SOURCE, Obs


@asynccontextmanager
async def connected(fake: Obs) -> AsyncIterator[Bench]:
    async with fake, working(open_room, fake) as bench:
        yield bench


def test_the_proof_of_a_password_is_the_protocols() -> None:
    """The example of the protocol's documentation."""
    salt, challenge = "lM1GncleQOaCu9lT1yeUZhFYnqhsLLP1G5lAGo3ixaI=", "+IxH4CnCiqpX1rM9scsNynZzbOe4KhDeYcTNS3PDaeY="
    assert proof("supersecretpassword", salt, challenge) == "1Ct943GAT+6YQUUX47Ia/ncufilbe6+oD6lY+5kaCu4="


@pytest.mark.parametrize(
    ("scene", "product"), [("裙子 #3", "3"), ("Dresses #12 ", "12"), ("Camera", ""), ("#", ""), ("a#b", ""), (None, "")]
)
def test_a_scene_may_name_the_product_on_screen(scene: object, product: str) -> None:
    """By its link number, at the end."""
    assert shown(scene) == product


def test_lines_are_broken_so_that_they_fit_the_picture() -> None:
    """Chinese after 22 characters, Latin letters between words."""
    assert [len(line) for line in wrapped("好" * 50).split("\n")] == [22, 22, 6]
    assert all(len(line) <= 44 and not line.startswith(" ") for line in wrapped("word " * 30).split("\n"))


@given(st.binary(max_size=200))
def test_any_bytes_are_a_frame_or_a_value_error(raw: bytes) -> None:
    """Nothing else is raised."""
    with suppress(ValueError):
        frame(raw)


async def test_a_line_is_shown_and_taken_down_again() -> None:
    """After its seconds; a newer one takes its place and its time."""
    fake = Obs()
    async with connected(fake) as bench:
        await bench.live()
        assert (await bench.send("k1", "1号亚麻衬衫：现价129元")).outcome == "confirmed"
        await bench.send("k2", "2号帆布包：现价89元")
        await bench.until(lambda: fake.shown[-1] == "", "the line must be taken down")
        assert fake.shown == ["1号亚麻衬衫：现价129元", "2号帆布包：现价89元", ""]


async def test_a_scene_puts_its_product_on_screen() -> None:
    """As a room event."""
    fake = Obs()
    async with connected(fake) as bench:
        await bench.live()
        await fake.scene("裙子 #3")
        await bench.until(lambda: [h.product for h in bench.heard] == ["3"], "the product must be told")


async def test_a_source_that_is_not_there_is_named_with_those_that_are() -> None:
    """Before the show, not at the first answer."""
    fake = Obs()
    fake.sources = {"字幕": "text_gdiplus_v3", "Camera": "v4l2_input"}
    async with connected(fake) as bench:
        await bench.until(lambda: bench.intake.state == "bad_credentials", "it must be final")
        assert f"{SOURCE!r}" in bench.intake.why and "字幕" in bench.intake.why and "Camera" not in bench.intake.why


async def test_a_source_that_was_taken_away_or_a_silent_obs_is_not_confirmed() -> None:
    """Nobody knows what viewers saw."""
    fake = Obs()
    async with connected(fake) as bench:
        await bench.live()
        del fake.sources[SOURCE]
        assert (await bench.send("k1", "x")).outcome == "unknown"


@pytest.mark.parametrize(
    ("url", "words"), [("obs://127.0.0.1:4455", "source"), ("obs://127.0.0.1:4455?source=a&show=long", "SECONDS")]
)
def test_what_is_missing_is_named(url: str, words: str) -> None:
    """Before anything is dialled."""
    with pytest.raises(SettingsError, match=words):
        open_room(url, {})
