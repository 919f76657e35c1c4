"""Which question new words join, and that clusters do not drift."""

import msgspec

from bot.decide.merge import Asked, asked
from bot.decide.triage import Reader
from bot.live.kin import FOUNDERS, Kin
from tests.fakes import goods

SHOP = goods()
READ = Reader(SHOP)


def about(text: str, product: str = "shirt") -> Asked:
    return asked(READ(text), SHOP.by_id[product])


def test_other_words_for_the_same_get_the_key_of_the_first() -> None:
    """Also when they come again; other products and other senses keep their own."""
    kin = Kin()
    first = kin.key(about("会起球吗"))
    assert kin.key(about("穿久了会不会起毛球")) == first == kin.key(about("穿久了会不会起毛球"))
    assert kin.key(about("会掉色吗")) != first != kin.key(about("会起球吗", "tote"))


def test_a_cluster_is_what_its_first_wording_is() -> None:
    """A wording that is like a later member, but not like the first, does not join."""
    kin = Kin()
    one, two, three = (msgspec.structs.replace(about("会起球吗"), key=str(i), text="") for i in range(3))
    assert len({kin.key(one), kin.key(two), kin.key(three)}) == 3  # keys alone decide where there is no text


def test_what_is_remembered_is_bounded() -> None:
    """The oldest founders go; a comment like them opens a new question under its own key."""
    kin = Kin()
    for i in range(FOUNDERS + 5):
        kin.key(msgspec.structs.replace(about("会掉色吗"), key=f"other{i}", text=""))
    assert kin.key(about("会起球吗")) == about("会起球吗").key
    assert all(len(founders) <= FOUNDERS for founders in kin._founders.values())
