import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from bot.backends.models.pins import DEFAULT_MODEL, PINS, SMALLEST, Pin, Wheel
from bot.backends.models.resolve import default_cache, resolve
from bot.backends.models.shelf import folder_name, lacks
from bot.domain.errors import ModelError
from tests.backends.models.conftest import Heard


def test_a_local_folder_is_taken_as_it_is(folder: Path, tmp_path: Path, heard: Heard) -> None:
    """A complete model folder needs no source and no cache."""
    assert resolve(str(folder), cache=tmp_path / "cache", progress=heard) == folder
    assert not (tmp_path / "cache").exists()


def test_a_folder_that_lacks_something_is_an_error(folder: Path, tmp_path: Path, heard: Heard) -> None:
    """An incomplete folder is named with what it lacks, part by part, and is not looked up on a hub."""
    broken = tmp_path / "broken"
    broken.mkdir()
    for missing in ("config.json", "tokenizer", "model.safetensors"):
        with pytest.raises(ModelError, match=missing):
            resolve(str(broken), cache=tmp_path, progress=heard)
        for file in folder.glob(f"{missing}*"):
            shutil.copy(file, broken)
    assert resolve(str(broken), cache=tmp_path, progress=heard) == broken
    (broken / "model.safetensors").unlink()
    (broken / "model.safetensors.index.json").write_text('{"weight_map": {"a": "one.safetensors"}}')
    assert lacks(broken) == "one.safetensors"
    (broken / "model.safetensors.index.json").write_text("{}")
    assert "model.safetensors.index.json" in lacks(broken)


@pytest.mark.parametrize("name", ["/nowhere/at/all", "./here", "no-owner", "a/b/c", "owner/na me"])
def test_what_is_neither_folder_nor_name_is_an_error(name: str, tmp_path: Path, heard: Heard) -> None:
    """A path that is not there, or a name that is none, is an error at once that says what would be right."""
    with pytest.raises(ModelError, match="owner/name"):
        resolve(name, cache=tmp_path / "cache", progress=heard)


@pytest.mark.usefixtures("closed")
def test_our_cache_comes_first(folder: Path, tmp_path: Path, heard: Heard) -> None:
    """A model in our cache is found without asking anyone."""
    home = tmp_path / folder_name("owner/model")
    shutil.copytree(folder, home)
    assert resolve("owner/model", cache=tmp_path, progress=heard) == home
    assert heard.steps == []


@pytest.mark.usefixtures("closed")
def test_when_all_fail_all_are_named(tmp_path: Path, heard: Heard) -> None:
    """The error lists every source with its reason and ends with what to do; it takes seconds."""
    began = time.monotonic()
    with pytest.raises(ModelError) as caught:
        resolve("owner/model", cache=tmp_path / "cache", progress=heard)
    assert time.monotonic() - began < 30
    told = str(caught.value)
    for word in (
        "cache",
        "hub cache",
        "hub: http://127.0.0.1:9",
        "ModelScope: http://127.0.0.1:9",
        "package index",
        "--model",
    ):
        assert word in told
    assert "HF_ENDPOINT" in told
    assert DEFAULT_MODEL in told, "names that the package index has"


@pytest.mark.usefixtures("closed")
def test_offline_means_no_hub_is_asked(tmp_path: Path, heard: Heard, monkeypatch: pytest.MonkeyPatch) -> None:
    """With HF_HUB_OFFLINE neither the hub nor its mirror is asked, and the error says so."""
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(ModelError, match="HF_HUB_OFFLINE is set"):
        resolve("owner/model", cache=tmp_path / "cache", progress=heard)
    assert "asking" not in heard.text


def broken_pin(model: str = "owner/other") -> Pin:
    """A pin whose wheel nobody has."""
    return Pin(model, "owner--other--q", 10, "0" * 64, 0, (Wheel("nobody-has-this", "1.0", "data/x.bin"),))


@pytest.mark.usefixtures("closed")
def test_the_default_falls_back_loudly(
    folder: Path, tmp_path: Path, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without any other source the default becomes the smallest model, said loudly, and not under its own name."""
    monkeypatch.setitem(PINS, DEFAULT_MODEL, broken_pin())
    shutil.copytree(folder, tmp_path / SMALLEST.folder)
    found = resolve(DEFAULT_MODEL, cache=tmp_path, progress=heard)
    assert found == tmp_path / SMALLEST.folder
    assert f"WARNING: falling back to the tiny {SMALLEST.model}" in heard.text
    assert "nobody-has-this" in heard.text
    assert lacks(tmp_path / folder_name(DEFAULT_MODEL))


@pytest.mark.usefixtures("closed")
def test_a_stand_in_is_said_every_time(folder: Path, tmp_path: Path, heard: Heard) -> None:
    """A kept stand-in is used without asking anyone, and said in both languages; the real one wins over it."""
    shutil.copytree(folder, tmp_path / PINS[DEFAULT_MODEL].folder)
    assert resolve(DEFAULT_MODEL, cache=tmp_path, progress=heard).name == PINS[DEFAULT_MODEL].folder
    assert "stands in for" in heard.text
    assert "代替" in heard.text
    shutil.copytree(folder, tmp_path / folder_name(DEFAULT_MODEL))
    assert resolve(DEFAULT_MODEL, cache=tmp_path, progress=heard).name == folder_name(DEFAULT_MODEL)


@pytest.mark.usefixtures("closed")
def test_two_processes_take_turns(folder: Path, tmp_path: Path, heard: Heard) -> None:
    """While another process fetches the model, we say that we wait, and then take what it made."""
    home = tmp_path / folder_name("owner/model")
    lock = FileLock(tmp_path / "owner--model.lock", thread_local=False)
    lock.acquire()
    found: list[Path] = []

    def ask() -> None:
        found.append(resolve("owner/model", cache=tmp_path, progress=heard))

    thread = threading.Thread(target=ask)
    thread.start()
    while "waiting" not in heard.text:
        time.sleep(0.01)
    shutil.copytree(folder, home)
    lock.release()
    thread.join(10)
    assert found == [home]


def test_the_cache_is_where_the_desktop_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """XDG_CACHE_HOME decides; without it the home folder does."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert default_cache() == tmp_path / "zhubo" / "models"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path / "me"))
    assert default_cache() == tmp_path / "me" / ".cache" / "zhubo" / "models"


def test_naming_and_fetching_need_no_torch() -> None:
    """The package and its resolver can be imported by the front, which starts in under a second."""
    code = "import sys, bot.backends.models; sys.exit(any(m in sys.modules for m in ('torch', 'transformers')))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.weights
def test_the_default_writes_chinese_and_english(heard: Heard) -> None:
    """The real default, where it is cached, names the price on the card in both languages."""
    if all(lacks(default_cache() / name) for name in (PINS[DEFAULT_MODEL].folder, folder_name(DEFAULT_MODEL))):
        pytest.skip("the default model is not cached")
    from bot.backends.models.writer import SlotWriter
    from bot.domain.work import Prompt

    writer: Any = SlotWriter.load(resolve(DEFAULT_MODEL, cache=default_cache(), progress=heard), threads=2)
    card = "你是直播间助播。只根据资料回答，一句话。\n商品：碎花连衣裙 floral dress\n价格：129元\n尺码：S、M、L"
    written = writer.write([Prompt(card, "多少钱？", 40), Prompt(card, "How much is it?", 60)])
    assert all("129" in text for text in written)
