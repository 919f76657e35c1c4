"""A tiny real model: a trained tokenizer with a chat template and random Qwen2 weights, built in a second or two."""

import os
from pathlib import Path
from typing import Any

import pytest
import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast, Qwen2Config, Qwen2ForCausalLM

from tests.backends.models.makers import TEMPLATE

CORPUS = [
    "这件连衣裙多少钱？有没有L码？今天发货吗？付款后48小时内发货，满99元包邮。我帮您问一下主播。",
    "How much is the dress? Do you ship today? It ships within 48 hours. Let me check with the host.",
    "商品：碎花连衣裙 价格：129元 尺码：S M L 材质：棉 Product: floral dress. Price: 129. Size M: sold out.",
    "system user assistant question answer 问 答",
]


@pytest.fixture(scope="session")
def tokenizer() -> Any:
    """A byte-level BPE of 400 words with the control tokens of a chat model."""
    trained = Tokenizer(models.BPE())
    trained.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    trained.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=400,
        special_tokens=["<|endoftext|>", "<|im_start|>", "<|im_end|>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    trained.train_from_iterator(CORPUS * 4, trainer)
    return PreTrainedTokenizerFast(
        tokenizer_object=trained,
        eos_token="<|im_end|>",
        pad_token="<|endoftext|>",
        additional_special_tokens=["<|im_start|>"],
        chat_template=TEMPLATE,
    )


@pytest.fixture(scope="session")
def model(tokenizer: Any) -> Any:
    """Random Qwen2 weights in fp32: 2 layers, hidden 64, grouped heads, wide enough that no two logits tie."""
    torch.manual_seed(7)
    config = Qwen2Config(
        vocab_size=len(tokenizer),
        hidden_size=64,
        intermediate_size=128,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=512,
        initializer_range=0.2,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
        tie_word_embeddings=False,
    )
    return Qwen2ForCausalLM(config).eval()


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
