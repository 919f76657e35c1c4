"""A tiny real model: a trained tokenizer with a chat template and random Qwen2 weights, built in a second or two."""

from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast, Qwen2Config, Qwen2ForCausalLM

TEMPLATE = (
    "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
CORPUS = [
    "这件连衣裙多少钱？有没有L码？今天发货吗？付款后48小时内发货，满99元包邮。我帮您问一下主播。",
    "How much is the dress? Do you ship today? It ships within 48 hours. Let me check with the host.",
    "商品：碎花连衣裙 价格：129元 尺码：S M L 材质：棉 Product: floral dress. Price: 129. Size M: sold out.",
    "system user assistant question answer 问 答",
]


def make_tokenizer() -> Any:
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


def make_model(tokenizer: Any, positions: int = 512) -> Any:
    """Random Qwen2 weights in fp32: 2 layers, hidden 64, grouped heads, wide enough that no two logits tie."""
    torch.manual_seed(7)
    config = Qwen2Config(
        vocab_size=len(tokenizer),
        hidden_size=64,
        intermediate_size=128,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=positions,
        initializer_range=0.2,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
        tie_word_embeddings=False,
    )
    return Qwen2ForCausalLM(config).eval()


def save(folder: Path, positions: int = 512) -> Path:
    """Write a tiny model as `save_pretrained` writes any; returns the folder."""
    tokenizer = make_tokenizer()
    make_model(tokenizer, positions).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder
