"""A tiny real model: a trained tokenizer with a chat template and random Qwen2 weights, built in a second or two."""

import os
from pathlib import Path
from typing import Any

import pytest

from tests.tiny import make_model, make_tokenizer


@pytest.fixture(scope="session")
def tokenizer() -> Any:
    """A byte-level BPE of 400 words with the control tokens of a chat model."""
    return make_tokenizer()


@pytest.fixture(scope="session")
def model(tokenizer: Any) -> Any:
    """Random Qwen2 weights in fp32: 2 layers, hidden 64, grouped heads, wide enough that no two logits tie."""
    return make_model(tokenizer)


@pytest.fixture(scope="session")
def folder(model: Any, tokenizer: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny model as a folder, as `resolve` would return it."""
    place = tmp_path_factory.mktemp("tiny")
    model.save_pretrained(place)
    tokenizer.save_pretrained(place)
    return place


class Heard:
    """A Progress that remembers."""

    def __init__(self) -> None:
        self.steps: list[tuple[str, float | None]] = []

    def step(self, text: str, done: float | None) -> None:
        self.steps.append((text, done))

    @property
    def text(self) -> str:
        return "\n".join(text for text, _ in self.steps)


@pytest.fixture
def heard() -> Heard:
    """A Progress that remembers what it was told."""
    return Heard()


@pytest.fixture
def closed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A machine without a network: no hub, no mirror, no index but the folder returned, no hub cache."""
    links = tmp_path / "links"
    links.mkdir()
    for name in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "PIP_EXTRA_INDEX_URL", "PIP_INDEX_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setenv("MODELSCOPE_DOMAIN", "http://127.0.0.1:9")
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(links))
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "hub"))
    return links
