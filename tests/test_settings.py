"""What an operator can choose: which source wins, what a wrong value says, and the pseudonym key."""

import os
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import msgspec
import pytest

from bot.domain.desk import Person
from bot.domain.errors import SettingsError
from bot.domain.policy import RoomPolicy
from bot.settings import Settings, load, people, pseudonym_key

ROOT = Path(__file__).parents[1]
KEY = "0123456789abcdef-of-the-shop"


def toml(tmp_path: Path, text: str) -> Path:
    """A settings file with this text."""
    file = tmp_path / "zhubo.toml"
    file.write_text(textwrap.dedent(text), encoding="utf-8")
    return file


def test_nothing_given_means_the_defaults() -> None:
    """Without a file, environment or command line every field is as its class says."""
    assert load(None, {}, {}) == Settings()


def test_the_command_line_beats_the_environment_beats_the_file_beats_the_default(tmp_path: Path) -> None:
    """Each field comes from the nearest source that gives it."""
    file = toml(tmp_path, 'model = "file"\ndata = "file"\ncatalogue = "file.csv"\nbatch = 3\n')
    environment = {"ZHUBO_MODEL": "environment", "ZHUBO_DATA": "environment", "ZHUBO_PAGE_PORT": "9100"}
    found = load(file, {"model": "command line", "page_port": None}, environment)
    assert (found.model, found.data, found.catalogue, found.batch, found.page_port, found.currency) == (
        "command line", "environment", "file.csv", 3, 9100, "CNY",
    )  # fmt: skip


def test_empty_environment_variables_and_absent_options_count_as_not_given(tmp_path: Path) -> None:
    """ZHUBO_DATA="" and an option that was not typed leave the file's value; 0 and False are values."""
    file = toml(tmp_path, 'data = "file"\npage_port = 9000\nunofficial = true\nrooms = ["console:"]\n')
    found = load(file, {"data": None, "rooms": None, "page_port": 0, "unofficial": False}, {"ZHUBO_DATA": ""})
    assert (found.data, found.page_port, found.unofficial, found.rooms) == ("file", 0, False, ("console:",))


def test_a_room_behaves_as_the_file_says(tmp_path: Path) -> None:
    """The table [room] sets some numbers; the others stay."""
    found = load(toml(tmp_path, "[room]\nsend_gap = 1\nsuggest = false\n"), {}, {})
    assert found.room == RoomPolicy(send_gap=1.0, suggest=False)


def test_the_process_environment_is_read_when_none_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    """`load` without an environment takes the process's."""
    monkeypatch.setenv("ZHUBO_CATALOGUE", "mine.csv")
    assert load(None, {}).catalogue == "mine.csv"


@pytest.mark.parametrize(
    ("given", "field", "value"),
    [
        ({"page_port": "many"}, "page_port", "int"),
        ({"page_port": 65536}, "page_port", "65536"),
        ({"batch": 0}, "batch", "0"),
        ({"threads": -1}, "threads", "-1"),
        ({"room": {"send_gap": "soon"}}, "room.send_gap", "float"),
        ({"room": {"send_gap": -2.0}}, "room.send_gap", "-2.0"),
        ({"room": {"send_gap": float("nan")}}, "room.send_gap", "nan"),
        ({"room": {"answer_within": float("inf")}}, "room.answer_within", "inf"),
        ({"redis_url": "http://127.0.0.1:6379"}, "redis_url", "redis://"),
        ({"redis_url": "redis://[::1"}, "redis_url", "redis://"),
        ({"rooms": ["demo"]}, "'demo'", "SCHEME://"),
        ({"rooms": ["ws://[::1/demo"]}, "ws://[::1/demo", "SCHEME://"),
        ({"pages_port": 1}, "pages_port", "unknown"),
    ],
)
def test_a_wrong_value_names_the_field_and_the_fix(given: dict[str, Any], field: str, value: str) -> None:
    """Whatever is wrong, the sentence has the field, what was wrong with it, and "Fix:"."""
    with pytest.raises(SettingsError) as caught:
        load(None, given, {})
    said = str(caught.value)
    assert field in said
    assert value in said
    assert "Fix: " in said


@pytest.mark.parametrize("port", ["-1", "eighty", "80.5"])
def test_a_wrong_value_from_the_environment_names_the_field_too(port: str) -> None:
    """Text from the environment becomes a number or an error."""
    with pytest.raises(SettingsError, match=r"page_port.*Fix: "):
        load(None, {}, {"ZHUBO_PAGE_PORT": port})


@pytest.mark.parametrize("content", [b"rooms = [", b'data = "\xd6\xd0\xce\xc4"\n', b"data = 1\ndata = 2\n"])
def test_a_broken_settings_file_is_named(tmp_path: Path, content: bytes) -> None:
    """Wrong TOML, another encoding and a doubled key are told with the file's path, not as a foreign error."""
    file = tmp_path / "zhubo.toml"
    file.write_bytes(content)
    with pytest.raises(SettingsError, match=r"zhubo\.toml: .*Fix: "):
        load(file, {}, {})


def test_a_missing_settings_file_is_named(tmp_path: Path) -> None:
    """A path after --config that leads nowhere is an error: defaults would be a surprise."""
    with pytest.raises(SettingsError, match=r"none\.toml: No such file.*--config"):
        load(tmp_path / "none.toml", {}, {})


def test_secrets_come_from_the_environment_alone(tmp_path: Path) -> None:
    """A token or key in the settings file is refused, and no field of the settings could hold one."""
    for name in ("token", "pseudonym_key", "ZHUBO_TOKEN"):
        with pytest.raises(SettingsError, match=name):
            load(toml(tmp_path, f'{name} = "s3cret-s3cret-s3cret"\n'), {}, {})
    found = load(None, {}, {"ZHUBO_TOKEN": "s3cret", "ZHUBO_PSEUDONYM_KEY": KEY})
    assert "s3cret" not in repr(found)
    assert KEY not in repr(found)
    assert not [f.name for f in msgspec.structs.fields(Settings) if "token" in f.name or "key" in f.name]


def test_a_wrong_redis_url_does_not_print_its_password() -> None:
    """The message is for a log; the password in the URL is not."""
    with pytest.raises(SettingsError) as caught:
        load(None, {"redis_url": "reddis://:hunter2@example.org:6379"}, {})
    assert "hunter2" not in str(caught.value)


def test_weights_are_kept_where_the_operator_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """--model-cache wins, then XDG_CACHE_HOME, then ~/.cache."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert Settings(model_cache="/srv/weights").weights == Path("/srv/weights")
    assert Settings().weights == tmp_path / "zhubo" / "models"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", "/home/shop")
    assert Settings().weights == Path("/home/shop/.cache/zhubo/models")


# --- the pseudonym key ------------------------------------------------------------------------------------------------


def test_the_key_is_made_once_and_for_us_alone(tmp_path: Path) -> None:
    """The first call makes 64 hexadecimal digits that only we may read; the next ones find them."""
    settings = Settings(data=str(tmp_path / "new" / "data"))
    key = pseudonym_key(settings, {})
    file = settings.folder / "pseudonym.key"
    assert len(bytes.fromhex(key.decode())) == 32
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.read_bytes() == key
    assert pseudonym_key(settings, {}) == key
    assert pseudonym_key(Settings(data=str(tmp_path / "other")), {}) != key


def test_the_key_of_the_environment_wins_and_is_not_written(tmp_path: Path) -> None:
    """Machines that share ZHUBO_PSEUDONYM_KEY agree without sharing a folder."""
    settings = Settings(data=str(tmp_path / "data"))
    kept = pseudonym_key(settings, {})
    assert pseudonym_key(settings, {"ZHUBO_PSEUDONYM_KEY": KEY}) == KEY.encode() != kept
    assert pseudonym_key(Settings(data=str(tmp_path / "none")), {"ZHUBO_PSEUDONYM_KEY": KEY}) == KEY.encode()
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("key", ["short", "x" * 65, "钥" * 22])
def test_a_key_of_the_wrong_length_is_refused_without_showing_it(tmp_path: Path, key: str) -> None:
    """BLAKE2b takes at most 64 bytes; fewer than 16 could be guessed."""
    with pytest.raises(SettingsError, match=r"ZHUBO_PSEUDONYM_KEY.*Fix: ") as caught:
        pseudonym_key(Settings(data=str(tmp_path)), {"ZHUBO_PSEUDONYM_KEY": key})
    assert key not in str(caught.value)


def test_an_empty_key_file_is_filled_and_a_damaged_one_refused(tmp_path: Path) -> None:
    """A crash in the making leaves an empty file that nobody used; a shortened key is told, not used."""
    settings, file = Settings(data=str(tmp_path)), tmp_path / "pseudonym.key"
    file.touch()
    key = pseudonym_key(settings, {})
    assert len(key) == 64
    assert file.read_bytes() == key
    file.write_bytes(key[:7])
    with pytest.raises(SettingsError, match=r"pseudonym\.key.*Fix: "):
        pseudonym_key(settings, {})
    assert file.read_bytes() == key[:7]


def test_a_data_folder_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    """A file where the folder should be is a settings error with the field's name."""
    (tmp_path / "file").touch()
    with pytest.raises(SettingsError, match=r"setting data: .*Fix: "):
        pseudonym_key(Settings(data=str(tmp_path / "file" / "data")), {})


_RACER = """
import sys
from pathlib import Path
from bot.settings import Settings, pseudonym_key, people
sys.stdout.write("ready\\n"); sys.stdout.flush(); sys.stdin.readline()
keys = [pseudonym_key(Settings(data=str(Path(sys.argv[1]) / str(i))), {}) for i in range(200)]
sys.stdout.write(b",".join(keys).decode())
"""


def test_two_processes_that_start_together_agree(tmp_path: Path) -> None:
    """In 200 races for a new key both processes end up with the same whole one."""
    command = [sys.executable, "-c", _RACER, str(tmp_path)]
    racers = [
        subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=dict(os.environ))
        for _ in range(2)
    ]
    try:
        for racer in racers:
            assert racer.stdout
            assert racer.stdout.readline() == b"ready\n"
        for racer in racers:
            assert racer.stdin
            racer.stdin.write(b"go\n")
            racer.stdin.flush()
        mine, yours = (racer.communicate(timeout=30)[0].split(b",") for racer in racers)
    finally:
        for racer in racers:
            racer.kill()
            racer.communicate()
    assert mine == yours
    assert {len(key) for key in mine} == {64}
    assert len(set(mine)) == 200


def test_people_are_named_with_role_and_token_and_a_wrong_entry_names_the_fix() -> None:
    """The token itself is in no message."""
    token = "t0ken-that-is-long-enough"
    assert people({"ZHUBO_PEOPLE": f"anna:owner:{token}, 小王:moderator:{token}2"}) == {
        token: Person("anna", "owner"), f"{token}2": Person("小王", "moderator"),
    }  # fmt: skip
    assert people({}) == {}
    for entry, why in (
        ("anna", "role"), (f"anna:boss:{token}", "role"), ("anna:owner:short", "token is shorter"),
        (f":owner:{token}", "name"), (f"a b:owner:{token}", "name"), (f"x:owner:{token},y:owner:{token}", "entry 2"),
    ):  # fmt: skip
        with pytest.raises(SettingsError, match=why) as told:
            people({"ZHUBO_PEOPLE": entry})
        assert token not in str(told.value) and "zhubo token" in str(told.value)


@pytest.mark.parametrize("at", ["25:00", "8pm", "20:60", ""])
def test_a_countdown_needs_a_time_of_day(at: str) -> None:
    """Named by entry, with the fix."""
    with pytest.raises(SettingsError, match='entry 1.*at = "20:30"'):
        load(None, {"room": {"schedule": [{"at": at, "text": "抽奖"}]}}, {})
