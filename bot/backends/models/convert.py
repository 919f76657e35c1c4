"""gguf -> bf16 safetensors, once per model: `python -m bot.backends.models.convert GGUF OUT PARAMETERS`.

transformers reads a gguf's config and tokenizer, but for its weights it wants one more package and keeps all of them
in float32. Taking one tensor after the other keeps the peak near twice the size of the result.
"""

import re
import sys
from pathlib import Path
from typing import Any

import numpy
import torch
from gguf import GGUFReader, dequantize
from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer

from bot.domain.errors import ModelError

_TOP = {"token_embd": "model.embed_tokens", "output_norm": "model.norm", "output": "lm_head"}
_BLOCK = {
    "attn_norm": "input_layernorm",
    "ffn_norm": "post_attention_layernorm",
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}
_NAME = re.compile(r"(?:blk\.(?P<layer>\d+)\.)?(?P<part>\w+)\.(?P<kind>weight|bias)")
_ARCHITECTURES = ("llama", "qwen2")
_DERIVED = ("rope_freqs.weight",)  # computed from the config by transformers
# Two roundings of one matrix have a cosine of 0.999; two different ones have nearly 0.
_SAME = 0.99
_SAMPLE = 4096


def convert(gguf: Path, out: Path, parameters: int) -> None:
    """Dequantise `gguf` into `out` (weights, tokenizer with its chat template, config), and load that to check it.

    Args:
        gguf: the file; architectures llama and qwen2.
        out: folder to make.
        parameters: how many the result must have, shared ones counted once; 0 for any.

    Raises ModelError when the result is not a sane model.
    """
    config = AutoConfig.from_pretrained(gguf.parent, gguf_file=gguf.name)
    if config.model_type not in _ARCHITECTURES:
        raise ModelError(f"{gguf.name} is a {config.model_type} model; known are {', '.join(_ARCHITECTURES)}.")
    tokenizer = AutoTokenizer.from_pretrained(gguf.parent, gguf_file=gguf.name)
    tensors = {tensor.name: tensor for tensor in GGUFReader(gguf).tensors}
    config.tie_word_embeddings = _tied(tensors)
    if config.tie_word_embeddings and "output.weight" in tensors:
        tensors["token_embd.weight"] = tensors.pop("output.weight")  # the finer rounding of the two
    config.eos_token_id, config.pad_token_id = tokenizer.eos_token_id, tokenizer.pad_token_id
    model = AutoModelForCausalLM.from_config(config, dtype=torch.bfloat16)  # type: ignore[no-untyped-call]
    _fill(model, tensors)
    model.save_pretrained(out)
    tokenizer.save_pretrained(out)
    del model
    _check(out, parameters)


def _tied(tensors: dict[str, Any]) -> bool:
    """Whether input and output embeddings are one matrix upstream: stored once, or twice with different rounding."""
    if "output.weight" not in tensors:
        return True
    one, other = (tensors[name] for name in ("output.weight", "token_embd.weight"))
    a, b = (dequantize(tensor.data[:_SAMPLE], tensor.tensor_type).ravel() for tensor in (one, other))
    return bool(a @ b > _SAME * numpy.sqrt((a @ a) * (b @ b)))


def _fill(model: Any, tensors: dict[str, Any]) -> None:
    """Copy every tensor into the model; raise ModelError when one is unknown, misshapen or missing."""
    config, state = model.config, model.state_dict()
    missing = set(state) - ({"lm_head.weight"} if config.tie_word_embeddings else set())
    with torch.no_grad():
        for name, tensor in tensors.items():
            if name in _DERIVED:
                continue
            ours = _our_name(name)
            values = torch.from_numpy(numpy.require(dequantize(tensor.data, tensor.tensor_type), requirements="W"))
            if config.model_type == "llama" and ours.endswith(("q_proj.weight", "k_proj.weight")):
                heads = config.num_attention_heads if "q_proj" in ours else config.num_key_value_heads
                # Rotary pairs lie side by side in a llama gguf, and half a head apart in transformers.
                values = values.view(heads, -1, 2, values.shape[-1]).transpose(1, 2).reshape(values.shape)
            if ours not in missing or state[ours].shape != values.shape:
                raise ModelError(f"The tensor {name} of shape {tuple(values.shape)} has no place in the model.")
            state[ours].copy_(values)
            missing.remove(ours)
    if missing:
        raise ModelError(f"The gguf lacks tensors: {', '.join(sorted(missing)[:5])}.")


def _our_name(name: str) -> str:
    """Return the transformers name of a gguf tensor. Raises ModelError."""
    match = _NAME.fullmatch(name)
    part, layer = (match["part"], match["layer"]) if match else ("", None)
    ours = _TOP.get(part) if layer is None else _BLOCK.get(part)
    if match is None or ours is None:
        raise ModelError(f"The tensor {name} is unknown here.")
    return f"{ours}.{match['kind']}" if layer is None else f"model.layers.{layer}.{ours}.{match['kind']}"


def _check(folder: Path, parameters: int) -> None:
    """Raise ModelError unless the folder loads, has the right size, and computes something."""
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.bfloat16)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    counted = sum(parameter.numel() for parameter in model.parameters())
    if parameters and counted != parameters:
        raise ModelError(f"The converted model has {counted:,} parameters, not {parameters:,}.")
    with torch.inference_mode():
        logits = model(**tokenizer("1 2 3", return_tensors="pt", return_token_type_ids=False)).logits
    if not bool(torch.isfinite(logits).all()):
        raise ModelError("The converted model computes no finite numbers.")


def main(arguments: list[str]) -> int:
    """Run one conversion; return the exit status and leave the reason on stderr."""
    try:
        convert(Path(arguments[0]), Path(arguments[1]), int(arguments[2]))
    except (ModelError, OSError, ValueError, RuntimeError, KeyError, NotImplementedError, ImportError) as error:
        sys.stderr.write(f"\n{type(error).__name__}: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
