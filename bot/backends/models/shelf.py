"""Our cache folder: what counts as a complete model, and how one gets there all at once or not at all."""

import hashlib
import shutil
from pathlib import Path
from typing import Protocol

import msgspec

from bot.domain.errors import ModelError

_CHUNK = 1 << 20
_TOKENIZERS = ("tokenizer.json", "tokenizer.model", "vocab.json", "vocab.txt")


class Progress(Protocol):
    """Someone who tells a person how far a long step is."""

    def step(self, text: str, done: float | None) -> None:
        """Say `text` (for people); `done` is 0..1, or None when nobody can know."""


class _Index(msgspec.Struct):
    """The one field we need of `model.safetensors.index.json`: which file holds each tensor."""

    weight_map: dict[str, str]


def folder_name(model: str) -> str:
    """Return the folder of a model in our cache: `Qwen/Qwen2.5` becomes `Qwen--Qwen2.5`."""
    return model.replace("/", "--")


def lacks(folder: Path) -> str:
    """Return what a folder lacks to be loaded by `from_pretrained`, or "" when it is complete."""
    if not (folder / "config.json").is_file():
        return "config.json"
    if not any((folder / name).is_file() for name in _TOKENIZERS):
        return "a tokenizer (tokenizer.json)"
    if (folder / "model.safetensors").is_file():
        return ""
    index = folder / "model.safetensors.index.json"
    if not index.is_file():
        return "model.safetensors"
    try:
        parts = set(msgspec.json.decode(index.read_bytes(), type=_Index).weight_map.values())
    except (msgspec.MsgspecError, OSError) as error:
        return f"a readable {index.name} ({error})"
    return next((part for part in sorted(parts) if not (folder / part).is_file()), "")


def sha256_of(path: Path) -> str:
    """Return the hex digest of a file. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def copy_hashed(source: "Readable", target: "Writable", digest: "Digest", progress: "Meter") -> int:
    """Copy a stream, hashing and metering what passes; return the bytes copied."""
    copied = 0
    while chunk := source.read(_CHUNK):
        target.write(chunk)
        digest.update(chunk)
        copied += len(chunk)
        progress.add(len(chunk))
    return copied


class Readable(Protocol):
    """Bytes come out of it."""

    def read(self, size: int, /) -> bytes:
        """Return up to `size` bytes, b"" at the end."""


class Writable(Protocol):
    """Bytes go into it."""

    def write(self, data: bytes, /) -> int:
        """Take all of `data`."""


class Digest(Protocol):
    """A running hash."""

    def update(self, data: bytes, /) -> None:
        """Take all of `data`."""


class Meter:
    """Turns bytes into progress steps, at most one per percent.

    Args:
        progress: whom to tell.
        text: what to say with each step.
        total: bytes expected; 0 when unknown.
    """

    def __init__(self, progress: Progress, text: str, total: int) -> None:
        self._progress = progress
        self._text = text
        self._total = total
        self._bytes = 0
        self._said = -1

    def add(self, count: int) -> None:
        """Count bytes that arrived."""
        self.reach(self._bytes + count)

    def reach(self, count: int) -> None:
        """Say that `count` bytes are there in all."""
        self._bytes = count
        percent = min(100, count * 100 // self._total) if self._total else 0
        if percent > self._said:
            self._said = percent
            self._progress.step(self._text, percent / 100 if self._total else None)


def require_space(folder: Path, needed: int) -> None:
    """Raise ModelError when the disk of `folder` has less than `needed` bytes free."""
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise ModelError(
            f"{folder} has {free / 1e9:.1f} GB free and {needed / 1e9:.1f} GB are needed for the model. "
            "Free some space or choose another cache folder (XDG_CACHE_HOME)."
        )


def publish(made: Path, home: Path) -> Path:
    """Move a finished folder to its place in one step. Raises ModelError when it is not complete."""
    missing = lacks(made)
    if missing:
        raise ModelError(f"The model that was made for {home.name} lacks {missing}. Run it again.")
    if home.exists():
        shutil.rmtree(home)  # lacks something, or nobody would have made it again
    return made.replace(home)
