"""Everything an operator can choose, read once at the door: defaults, then a TOML file, then the environment, then
the command line. A wrong value names the field and the fix. Secrets come from the environment alone.
"""

import fcntl
import math
import os
import re
import secrets
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

import msgspec

from bot.domain.desk import ROLES, Person, Role
from bot.domain.errors import SettingsError
from bot.domain.policy import RoomPolicy

MQTT_PORT = 1883
DEFAULT_MODEL = "Qwen/Qwen2.5-0.5B-Instruct"


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an operator can choose.

    Attributes:
        rooms: room URLs, `scheme://address`; the scheme names the adapter. Several are places of one show.
        apart: each room is a show of its own.
        catalogue: file of products (.csv, .xlsx, .json); "" for none.
        script: the host's script for the teleprompter, as `zhubo script --out FILE.json` saves it; "" for none.
        rules: table of advertising law (.toml); "" for the one that comes with zhubo.
        redis_url: `redis://…`, `rediss://…` or `unix://…`; "" starts the embedded Valkey.
        data: folder for journals, the store and the pseudonym key.
        page_host, page_port: where the page is served; port 0 for no page.
        mqtt_host, mqtt_port: where the embedded MQTT broker listens; 0 for no feed, None for 1883 beside a page.
        mqtt_url: another broker in its place, `mqtt://…` or `mqtts://…`; it may hold a password: from MQTT_URL alone.
        mqtt_tls: PEM file with the embedded broker's certificate and its key; "" for no TLS.
        model: Hugging Face name or local folder of the writer, or the URL of a server that speaks OpenAI's protocol.
        model_cache: folder of converted weights; "" for the user's cache folder.
        batch: prompts a worker writes together.
        encoder: Hugging Face name or folder of a model that reads texts beside the writer; "" for none.
        threads: CPU threads of a worker; 0 leaves one core to the front.
        dtype: what a worker computes in: bf16, fp16, fp32, int8; "" for what its device is fast with.
        shop: whose rooms learn together what viewers take up.
        currency: ISO 4217 code of prices without a sign.
        keep_session_hours: a viewer's session context is deleted so long after the last word.
        keep_journal_days, keep_record_days: journals and records older than this are deleted at the start; 0 keeps all.
        unofficial: allow adapters of unofficial routes.
        room: how a room behaves, see `RoomPolicy`.
    """

    rooms: tuple[str, ...] = ()
    apart: bool = False
    catalogue: str = ""
    rules: str = ""
    script: str = ""
    redis_url: str = ""
    data: str = ".zhubo"
    page_host: str = "127.0.0.1"
    page_port: int = 8765
    mqtt_host: str = "127.0.0.1"
    mqtt_port: int | None = None
    mqtt_url: str = ""
    mqtt_tls: str = ""
    model: str = DEFAULT_MODEL
    model_cache: str = ""
    batch: int = 8
    encoder: str = ""
    threads: int = 0
    dtype: str = ""
    shop: str = "shop"
    currency: str = "CNY"
    keep_session_hours: float = 6.0
    keep_journal_days: float = 90.0
    keep_record_days: float = 1100.0
    unofficial: bool = False
    room: RoomPolicy = RoomPolicy()

    @property
    def feed_port(self) -> int:
        """Port of the embedded MQTT broker; 0 for none."""
        if self.mqtt_port is None:
            return MQTT_PORT if self.page_port else 0
        return self.mqtt_port

    @property
    def folder(self) -> Path:
        """The data folder."""
        return Path(self.data).expanduser()

    @property
    def weights(self) -> Path:
        """The folder of converted weights."""
        if self.model_cache:
            return Path(self.model_cache).expanduser()
        cache = os.environ.get("XDG_CACHE_HOME", "")
        return (Path(cache) if cache else Path.home() / ".cache") / "zhubo" / "models"


_ENVIRONMENT = {
    "ZHUBO_REDIS_URL": "redis_url",
    "ZHUBO_DATA": "data",
    "ZHUBO_MODEL": "model",
    "ZHUBO_MODEL_CACHE": "model_cache",
    "ZHUBO_CATALOGUE": "catalogue",
    "ZHUBO_PAGE_PORT": "page_port",
    "ZHUBO_MQTT_PORT": "mqtt_port",
    "MQTT_URL": "mqtt_url",
}


def load(file: Path | None, given: Mapping[str, Any], environment: Mapping[str, str] | None = None) -> Settings:
    """Build the settings.

    Args:
        file: a TOML file, or None.
        given: what the command line says; None values count as not given.
        environment: defaults to the process's.

    Raises:
        SettingsError: naming the field, the value and the fix.
    """
    values: dict[str, Any] = dict(_from_file(file)) if file else {}
    environment = os.environ if environment is None else environment
    values |= {field: environment[name] for name, field in _ENVIRONMENT.items() if environment.get(name)}
    values |= {name: value for name, value in given.items() if value is not None}
    if isinstance(room := values.get("room"), dict) and (odd := room.keys() - set(RoomPolicy.__struct_fields__)):
        known = ", ".join(RoomPolicy.__struct_fields__)
        raise SettingsError(f"setting room.{min(odd)}: there is no such setting. Fix: use one of {known}.")
    try:
        settings = msgspec.convert(values, Settings, strict=False)
    except msgspec.ValidationError as error:
        raise SettingsError(
            f"setting {_where(str(error))}. Fix: see `zhubo run --help` and README, Attach it to a room."
        ) from error
    _check(settings)
    return settings


def _where(message: str) -> str:
    problem, _, at = message.partition(" - at `$.")
    return f"{at.rstrip('`')}: {problem}" if at else problem


def _from_file(file: Path) -> dict[str, Any]:
    try:
        with file.open("rb") as opened:
            return tomllib.load(opened)
    except OSError as error:
        raise SettingsError(f"settings file {file}: {error.strerror}. Fix: check the path after --config.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"settings file {file}: {error}. Fix: repair that line; the format is TOML in UTF-8."
        ) from error


def _check(settings: Settings) -> None:
    for name, least, most in (("page_port", 0, 65535), ("feed_port", 0, 65535), ("batch", 1, 256), ("threads", 0, 256)):
        value = getattr(settings, name)
        if not least <= value <= most:
            raise SettingsError(f"setting {name}: {value}. Fix: give a number from {least} to {most}.")
    if settings.dtype not in ("", "bf16", "fp16", "fp32", "int8"):
        raise SettingsError(f"setting dtype: {settings.dtype!r}. Fix: use bf16, fp16, fp32 or int8.")
    if not 0 < settings.keep_session_hours <= 24 * 366:
        raise SettingsError(f"setting keep_session_hours: {settings.keep_session_hours}. Fix: give hours above 0.")
    for name in ("keep_journal_days", "keep_record_days"):
        if not 0 <= getattr(settings, name) < math.inf:
            raise SettingsError(f"setting {name}: {getattr(settings, name)}. Fix: give 0 or more days.")
    _check_room(settings.room)
    if settings.redis_url and not _is_redis(settings.redis_url):
        raise SettingsError("setting redis_url: not a redis URL. Fix: give redis://HOST:6379/0 or unix:///path.sock.")
    for room in settings.rooms:
        if not _scheme(room):
            raise SettingsError(
                f"room {room!r}: not a room URL. Fix: give SCHEME://ADDRESS, such as ws://127.0.0.1:9100/demo."
            )


def _check_room(policy: RoomPolicy) -> None:
    for name, value in msgspec.structs.asdict(policy).items():
        if isinstance(value, int | float) and not 0 <= value < math.inf:
            raise SettingsError(f"setting room.{name}: {value}. Fix: give 0 or more.")
    for n, planned in enumerate(policy.schedule, 1):
        if not _CLOCK.fullmatch(planned.at) or not planned.text:
            raise SettingsError(
                f"setting room.schedule, entry {n}: {planned.at!r}, {planned.text!r}. "
                'Fix: write at = "20:30" and a text to count down to.'
            )


def _scheme(url: str) -> str:
    """Return the scheme of a URL; "" when it is none."""
    try:
        return urlsplit(url).scheme
    except ValueError:  # such as an IPv6 address whose bracket is open
        return ""


def _is_redis(url: str) -> bool:
    try:
        return urlsplit(url).scheme in ("redis", "rediss", "unix") and urlsplit(url).port != 0
    except ValueError:  # a port that is none
        return False


LEAST_TOKEN = 16  # characters
_CLOCK = re.compile(r"(?:[01]?\d|2[0-3]):[0-5]\d")
_NAME = re.compile(r"[\w-]{1,32}")


def people(environment: Mapping[str, str] | None = None) -> dict[str, Person]:
    """Return who may log in, by token: ZHUBO_PEOPLE, such as "anna:moderator:TOKEN,bo:owner:TOKEN".

    Raises:
        SettingsError: naming the entry and the fix, never the token.
    """
    given = (os.environ if environment is None else environment).get("ZHUBO_PEOPLE", "")
    found: dict[str, Person] = {}
    for n, entry in enumerate(filter(None, (part.strip() for part in given.split(","))), 1):
        name, _, rest = entry.partition(":")
        role, _, token = rest.partition(":")
        wrong = (
            "the name is empty, longer than 32 characters, or not one word" if not _NAME.fullmatch(name)
            else f"the role is not one of {', '.join(ROLES)}" if role not in ROLES
            else f"the token is shorter than {LEAST_TOKEN} characters" if len(token) < LEAST_TOKEN
            else "another person has this token or name" if token in found or name in {p.name for p in found.values()}
            else ""
        )  # fmt: skip
        if wrong:
            raise SettingsError(
                f"ZHUBO_PEOPLE, entry {n}: {wrong}. Fix: write NAME:ROLE:TOKEN, as `zhubo token NAME ROLE` prints it."
            )
        found[token] = Person(name, cast(Role, role))
    return found


def pseudonym_key(settings: Settings, environment: Mapping[str, str] | None = None) -> bytes:
    """Return the shop's pseudonym key: ZHUBO_PSEUDONYM_KEY, else one made once and kept in the data folder."""
    environment = os.environ if environment is None else environment
    given = environment.get("ZHUBO_PSEUDONYM_KEY", "").encode()
    if given:
        if not 16 <= len(given) <= 64:
            raise SettingsError("ZHUBO_PSEUDONYM_KEY: wrong length. Fix: give 16 to 64 characters.")
        return given
    path = settings.folder / "pseudonym.key"
    try:
        return _kept_key(path)
    except OSError as error:
        raise SettingsError(
            f"setting data: {path} cannot be used ({error.strerror}). Fix: give a folder you may write to."
        ) from error


def _kept_key(path: Path) -> bytes:
    path.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # of two processes that start together, one makes the key, the other waits
        key = file.read(64)
        if not key:
            key = secrets.token_hex(32).encode()
            file.write(key)
    if len(key) < 16:
        raise SettingsError(
            f"{path}: too short to be a key. Fix: restore it from a copy, or delete it to get a new one."
        )
    return key
