"""Makers of what strangers make: a gguf file, a wheel that carries data, a hub."""

import json
import zipfile
from pathlib import Path
from typing import Any

import gguf

from tests.tiny import TEMPLATE


def write_gguf(path: Path, model: Any, tokenizer: Any, tied_twice: bool = False) -> None:
    """Write a model as llama.cpp would: its tensor names, its order of rotary pairs, its tokenizer fields.

    `tied_twice` stores the embeddings a second time as output, rounded differently, as quantised files do.
    """
    config = model.config
    out = gguf.GGUFWriter(path, config.model_type)
    out.add_block_count(config.num_hidden_layers)
    out.add_context_length(config.max_position_embeddings)
    out.add_embedding_length(config.hidden_size)
    out.add_feed_forward_length(config.intermediate_size)
    out.add_head_count(config.num_attention_heads)
    out.add_head_count_kv(config.num_key_value_heads)
    out.add_layer_norm_rms_eps(config.rms_norm_eps)
    out.add_rope_freq_base(config.rope_parameters["rope_theta"])
    out.add_vocab_size(config.vocab_size)
    spec = json.loads(tokenizer.backend_tokenizer.to_str())["model"]
    words = [word for word, _ in sorted(tokenizer.get_vocab().items(), key=lambda item: item[1])]
    control = set(tokenizer.all_special_tokens)
    out.add_tokenizer_model("gpt2")
    out.add_tokenizer_pre("qwen2")
    out.add_token_list(words)
    out.add_token_types([gguf.TokenType.CONTROL if word in control else gguf.TokenType.NORMAL for word in words])
    out.add_token_merges([" ".join(merge) for merge in spec["merges"]])
    out.add_eos_token_id(tokenizer.eos_token_id)
    out.add_bos_token_id(tokenizer.pad_token_id)
    out.add_pad_token_id(tokenizer.pad_token_id)
    out.add_chat_template(TEMPLATE)
    names = gguf.get_tensor_name_map(
        {"qwen2": gguf.MODEL_ARCH.QWEN2, "llama": gguf.MODEL_ARCH.LLAMA}[config.model_type], config.num_hidden_layers
    )
    for name, tensor in model.state_dict().items():
        values = tensor.float().numpy()
        if config.model_type == "llama" and ("q_proj" in name or "k_proj" in name):
            heads = config.num_attention_heads if "q_proj" in name else config.num_key_value_heads
            values = values.reshape(heads, 2, -1, values.shape[-1]).swapaxes(1, 2).reshape(values.shape)
        if name == "lm_head.weight" and config.tie_word_embeddings:
            if not tied_twice:
                continue
            values = values + 1e-4
        out.add_tensor(names.get_name(name, try_suffixes=(".weight", ".bias")), values.copy())
    out.write_header_to_file()
    out.write_kv_data_to_file()
    out.write_tensors_to_file()
    out.close()


def write_wheel(folder: Path, project: str, member: str, data: bytes) -> Path:
    """Write a wheel that carries data, as pip wants it. A module in it would leave a mark if it were imported."""
    plain = project.replace("-", "_")
    info = f"{plain}-1.0.dist-info"
    path = folder / f"{plain}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{plain}/__init__.py", "raise RuntimeError('imported')")
        archive.writestr(f"{plain}/{member}", data)
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {project}\nVersion: 1.0\n")
        archive.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr(f"{info}/RECORD", "")
    return path
