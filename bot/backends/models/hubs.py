"""Weights from where people publish them: the Hugging Face hub, and ModelScope, its mirror in China.

Both are asked for a few seconds whether they are there at all, so that a closed network costs seconds, not minutes.
"""

import hashlib
import os
import shutil
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from bot.backends.models.shelf import (
    Meter,
    Progress,
    copy_hashed,
    folder_name,
    lacks,
    publish,
    require_space,
    sha256_of,
)
from bot.domain.errors import ModelError

_WANTED = ("*.safetensors", "*.json", "*.txt", "*.model", "*.jinja")
_ANSWER_WITHIN = 5.0
_READ_WITHIN = 30.0
_YES = {"1", "true", "yes", "on"}

T = TypeVar("T")


def offline() -> bool:
    """Whether the operator forbids asking hubs (HF_HUB_OFFLINE, TRANSFORMERS_OFFLINE)."""
    return any(os.environ.get(name, "").lower() in _YES for name in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"))


def from_hub_cache(model: str) -> Path | None:
    """Return the complete snapshot of `model` in the hub's own cache, or None."""
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    try:
        folder = Path(snapshot_download(model, local_files_only=True, allow_patterns=list(_WANTED)))
    except (LocalEntryNotFoundError, HFValidationError):
        return None
    return None if lacks(folder) else folder


def from_hub(model: str, progress: Progress) -> Path:
    """Download `model` into the hub's own cache and return its snapshot folder. Raises ModelError."""
    from huggingface_hub import HfApi, snapshot_download
    from huggingface_hub.errors import GatedRepoError, HfHubHTTPError, HFValidationError, RepositoryNotFoundError

    # The hub changed its HTTP client twice; the client's base error is always the first base of the hub's own.
    client_error: type[Exception] = HfHubHTTPError.__bases__[0]
    endpoint = _endpoint("HF_ENDPOINT", "https://huggingface.co")
    progress.step(f"询问 {endpoint} · asking {endpoint}", None)
    try:
        api = HfApi(endpoint=endpoint)
        _within(2 * _ANSWER_WITHIN, lambda: api.model_info(model, timeout=_ANSWER_WITHIN))
        folder = Path(
            snapshot_download(
                model,
                endpoint=endpoint,
                allow_patterns=list(_WANTED),
                tqdm_class=_bar(progress),
                etag_timeout=_READ_WITHIN,
            )
        )
    except GatedRepoError as error:
        raise ModelError(f"{model} is gated: accept its licence on {endpoint} and set HF_TOKEN.") from error
    except RepositoryNotFoundError as error:
        raise ModelError(f"{endpoint} has no model {model} (or it is private: set HF_TOKEN).") from error
    except HFValidationError as error:
        raise ModelError(f"{model!r} is no model name; it should read owner/name.") from error
    except HfHubHTTPError as error:
        raise ModelError(f"{endpoint} refused: {_line(error)}") from error
    except (OSError, client_error, ValueError, RuntimeError) as error:
        raise ModelError(f"{endpoint} cannot be reached ({_line(error)}). Behind a mirror, set HF_ENDPOINT.") from error
    missing = lacks(folder)
    if missing:
        raise ModelError(f"{model} on {endpoint} lacks {missing}; choose a model published as safetensors.")
    return folder


def _endpoint(variable: str, default: str) -> str:
    """Return the address in an environment variable, without the last slash. Raises ModelError when it is none."""
    value = os.environ.get(variable, "").strip().rstrip("/") or default
    address = value if "://" in value else f"https://{value}"
    parts = urllib.parse.urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ModelError(f"{variable}={value!r} is no web address. Set it like {default}.")
    return address


def _bar(progress: Progress) -> type[Any]:
    """Return a class that the hub takes for a tqdm bar and that speaks through `progress`."""
    from tqdm import tqdm  # type: ignore[import-untyped]

    class Bar(tqdm):  # type: ignore[misc]
        monitor_interval = 0  # or tqdm starts a thread that outlives the download

        def display(self, *_: object, **__: object) -> None:
            if self.unit == "B" and self.total and self.n:
                progress.step("下载模型 · downloading the model", min(1.0, self.n / self.total))

        def clear(self, *_: object, **__: object) -> None:
            return

    return Bar


class _File(msgspec.Struct):
    """A file as ModelScope lists it."""

    Path: str
    Type: str = "blob"
    Size: int = 0
    Sha256: str = ""


class _Files(msgspec.Struct):
    Files: list[_File] = []


class _Listing(msgspec.Struct):
    """ModelScope's answer to "which files"."""

    Data: _Files | None = None


def from_modelscope(model: str, cache: Path, progress: Progress) -> Path:
    """Download `model` from ModelScope into our cache and return its folder. Raises ModelError."""
    endpoint = _endpoint("MODELSCOPE_DOMAIN", "www.modelscope.cn")
    progress.step(f"询问 {endpoint} · asking {endpoint}", None)
    work = cache / ".work" / f"{folder_name(model)}--modelscope"
    try:
        address = f"{endpoint}/api/v1/models/{model}/repo/files?Revision=master&Recursive=true"
        body = _within(2 * _ANSWER_WITHIN, lambda: _get(address))
        listing = msgspec.json.decode(body, type=_Listing)
        files = [file for file in (listing.Data.Files if listing.Data else []) if _wanted(file)]
        if not any(file.Path.endswith(".safetensors") for file in files):
            raise ModelError(f"{endpoint} has no safetensors weights of {model}.")
        work.mkdir(parents=True, exist_ok=True)
        size = sum(file.Size for file in files)
        require_space(work, size)
        meter = Meter(progress, "从魔搭下载模型 · downloading the model from ModelScope", size)
        for file in files:
            _download(f"{endpoint}/models/{model}/resolve/master/{urllib.parse.quote(file.Path)}", file, work, meter)
    except urllib.error.HTTPError as error:
        error.close()
        raise ModelError(f"{endpoint} answered {error.code} for {model}: it has no such model, or is busy.") from error
    except (OSError, HTTPException, msgspec.MsgspecError, ValueError) as error:
        raise ModelError(f"{endpoint} cannot be used ({_line(error)}).") from error
    return publish(work, cache / folder_name(model))


def _wanted(file: _File) -> bool:
    """Whether a listed file is wanted, and has a plain name that cannot leave the folder."""
    plain = "/" not in file.Path and "\\" not in file.Path and not file.Path.startswith(".")
    return plain and file.Type == "blob" and any(Path(file.Path).match(pattern) for pattern in _WANTED)


def _get(address: str) -> bytes:
    """Fetch a small body."""
    with urllib.request.urlopen(address, timeout=_ANSWER_WITHIN) as response:  # noqa: S310
        return bytes(response.read(1 << 22))


def _download(address: str, file: _File, folder: Path, meter: Meter) -> None:
    """Fetch one file, verified where a hash is given; one that an earlier run had verified is kept."""
    target, partial = folder / file.Path, folder / f".{file.Path}.partial"
    if target.is_file() and file.Sha256 and sha256_of(target) == file.Sha256:
        meter.add(target.stat().st_size)
        return
    digest = hashlib.sha256()
    with urllib.request.urlopen(address, timeout=_READ_WITHIN) as response, partial.open("wb") as output:  # noqa: S310
        size = copy_hashed(response, output, digest, meter)
    if (file.Sha256 and digest.hexdigest() != file.Sha256) or (file.Size and size != file.Size):
        partial.unlink()
        raise ModelError(f"{file.Path} arrived damaged; it was deleted. Run it again.")
    shutil.move(partial, target)


def _within(seconds: float, ask: Callable[[], T]) -> T:
    """Return `ask()`, or raise TimeoutError: a name server that does not answer knows no timeout of its own."""
    helper = ThreadPoolExecutor(1)
    try:
        return helper.submit(ask).result(seconds)
    except TimeoutError as error:
        raise TimeoutError(f"no answer within {seconds:.0f} s") from error
    finally:
        helper.shutdown(wait=False)


def _line(error: BaseException) -> str:
    """An error on one short line."""
    return " ".join(str(error).split())[:200] or type(error).__name__
