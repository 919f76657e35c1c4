import json
from pathlib import Path
from typing import Any

import gguf
import numpy
import pytest
import torch
from transformers import (
    AutoModelForCausalLM,
    AutoTokenizer,
    LlamaConfig,
    LlamaForCausalLM,
    Qwen2Config,
    Qwen2ForCausalLM,
)

from bot.backends.models.convert import convert, main
from bot.domain.errors import ModelError
from tests.backends.models.makers import TEMPLATE, write_gguf

TEXT = "这件连衣裙多少钱？Do you ship today?"


def tiny(kind: str, words: int, tied: bool) -> Any:
    """A random model of an architecture."""
    torch.manual_seed(3)
    config, model = {"qwen2": (Qwen2Config, Qwen2ForCausalLM), "llama": (LlamaConfig, LlamaForCausalLM)}[kind]
    sizes = {"hidden_size": 64, "intermediate_size": 96, "num_hidden_layers": 2, "max_position_embeddings": 128}
    heads = {"num_attention_heads": 4, "num_key_value_heads": 2}
    return model(config(vocab_size=words, **sizes, **heads, tie_word_embeddings=tied, initializer_range=0.2)).eval()


@pytest.mark.parametrize(
    ("kind", "tied", "twice"),
    [
        ("qwen2", True, True),
        ("qwen2", True, False),
        ("qwen2", False, False),
        ("llama", False, False),
        ("llama", True, False),
    ],
)
def test_a_converted_model_computes_what_the_first_did(
    tmp_path: Path, tokenizer: Any, kind: str, tied: bool, twice: bool
) -> None:
    """Through gguf and back the logits are those of the model, but for rounding, and tied embeddings are one again."""
    model = tiny(kind, len(tokenizer), tied)
    write_gguf(tmp_path / "m.gguf", model, tokenizer, twice)
    convert(tmp_path / "m.gguf", tmp_path / "out", sum(p.numel() for p in model.parameters()))
    made = AutoModelForCausalLM.from_pretrained(tmp_path / "out", dtype=torch.float32)
    ids = torch.tensor([tokenizer(TEXT)["input_ids"]])
    with torch.inference_mode():
        ours, theirs = made(ids).logits, model(ids).logits
    assert torch.nn.functional.cosine_similarity(ours.ravel(), theirs.ravel(), 0) > 0.999
    assert made.config.tie_word_embeddings is tied
    assert made.generation_config.eos_token_id == tokenizer.eos_token_id


def test_the_tokenizer_comes_along(tmp_path: Path, tokenizer: Any) -> None:
    """The converted folder has the words, the control tokens and the chat template of the gguf."""
    write_gguf(tmp_path / "m.gguf", tiny("qwen2", len(tokenizer), True), tokenizer)
    convert(tmp_path / "m.gguf", tmp_path / "out", 0)
    made = AutoTokenizer.from_pretrained(tmp_path / "out")
    assert made.chat_template == TEMPLATE
    assert made.decode(made(TEXT)["input_ids"]) == TEXT
    assert made("<|im_end|>")["input_ids"] == [tokenizer.eos_token_id]


def test_a_wrong_size_is_found(tmp_path: Path, tokenizer: Any) -> None:
    """A model with another number of parameters than pinned is refused."""
    write_gguf(tmp_path / "m.gguf", tiny("qwen2", len(tokenizer), True), tokenizer)
    with pytest.raises(ModelError, match="parameters"):
        convert(tmp_path / "m.gguf", tmp_path / "out", 12)


def test_a_missing_tensor_is_found(tmp_path: Path, tokenizer: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A gguf without one of the tensors is refused, naming it, and not filled with chance."""
    add = gguf.GGUFWriter.add_tensor

    def leave_out(self: Any, name: str, values: numpy.ndarray[Any, Any]) -> None:
        if name != "blk.1.ffn_up.weight":
            add(self, name, values)

    monkeypatch.setattr(gguf.GGUFWriter, "add_tensor", leave_out)
    write_gguf(tmp_path / "m.gguf", tiny("qwen2", len(tokenizer), True), tokenizer)
    with pytest.raises(ModelError, match=r"layers\.1\.mlp\.up_proj"):
        convert(tmp_path / "m.gguf", tmp_path / "out", 0)


def test_numbers_that_are_none_are_found(tmp_path: Path, tokenizer: Any) -> None:
    """Weights that compute no finite numbers are refused."""
    model = tiny("qwen2", len(tokenizer), True)
    with torch.no_grad():
        model.model.layers[0].mlp.up_proj.weight[0, 0] = float("nan")
    write_gguf(tmp_path / "m.gguf", model, tokenizer)
    with pytest.raises(ModelError, match="finite"):
        convert(tmp_path / "m.gguf", tmp_path / "out", 0)


def test_the_process_leaves_a_reason(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Run as a process on something else than a gguf, it fails with a status and a last line that says why."""
    (tmp_path / "m.gguf").write_bytes(json.dumps({"not": "a gguf"}).encode())
    assert main([str(tmp_path / "m.gguf"), str(tmp_path / "out"), "0"]) == 1
    assert "Error: " in capsys.readouterr().err.splitlines()[-1]
    assert not (tmp_path / "out").exists()
