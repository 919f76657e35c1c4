"""The data folder as several processes share it: fronts hold it together, somebody who rewrites files holds it alone.

Files are kept as long as their kind is: journals serve replay and analysis, records the law.
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.domain.errors import SettingsError

DAY = 86_400.0  # seconds


@contextmanager
def held(folder: Path, *, alone: bool = False) -> Iterator[None]:
    """Hold the folder.

    Raises:
        SettingsError: it cannot be written, or (alone) somebody holds it.
    """
    path = folder / "in-use"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise SettingsError(f"setting data: {path}: {error.strerror}. Fix: give a folder you may write to.") from error
    try:
        fcntl.flock(file, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(file)
        raise SettingsError(f"setting data: {folder} is in use by another zhubo. Fix: stop that one first.") from error
    try:
        yield
    finally:
        os.close(file)


def sweep(folder: Path, days: float, now: float | None = None) -> int:
    """Delete .jsonl files below a folder that were last written more than `days` ago; returns how many. 0 keeps all."""
    if days <= 0:
        return 0
    before = (time.time() if now is None else now) - days * DAY
    old = [path for path in folder.rglob("*.jsonl") if path.stat().st_mtime < before]
    for path in old:
        path.unlink()
    return len(old)
