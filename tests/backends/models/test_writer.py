import logging
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import AutoTokenizer

from bot.backends.models.slots import Request, Slots
from bot.backends.models.writer import SlotWriter
from bot.domain.errors import ModelError
from bot.domain.work import Prompt

CARDS = (
    "商品：碎花连衣裙 价格：129元 尺码：S M L",
    "商品：碎花连衣裙 价格：199元",
    "Product: floral dress. Price: 129. Size M: sold out. It ships within 48 hours.",
)
ASKED = (
    "多少钱？",
    "今天发货吗？有没有L码？",
    "Do you ship today?",
    "x",
    "How much is the dress, and is there a size M of it?",
)


def prompts(most: int = 40) -> list[Prompt]:
    """Every question about every card, so that neighbours in the batch differ in prefix and length."""
    return [Prompt(CARDS[i % len(CARDS)], ASKED[i % len(ASKED)], most) for i in range(len(CARDS) * len(ASKED))]


def reference(model: Any, tokenizer: Any, prompt: Prompt, most: int) -> list[int]:
    """What `model.generate` writes for one prompt alone, without the end token."""
    turns = [{"role": "system", "content": prompt.prefix}, {"role": "user", "content": prompt.suffix}]
    inputs = tokenizer.apply_chat_template(turns, add_generation_prompt=True, return_tensors="pt", return_dict=True)
    out = model.generate(
        input_ids=inputs["input_ids"], attention_mask=inputs["attention_mask"], max_new_tokens=most, do_sample=False
    )
    written: list[int] = out[0, inputs["input_ids"].shape[1] :].tolist()
    return [token for token in written if token != tokenizer.eos_token_id]


class Sink:
    """Collects the tokens of one request."""

    def __init__(self, eos: int, stop_after: int = 1000) -> None:
        self.tokens: list[int] = []
        self._eos = eos
        self._stop_after = stop_after

    def take(self, token: int) -> bool:
        if token == self._eos:
            return True
        self.tokens.append(token)
        return len(self.tokens) >= self._stop_after


def slot_tokens(engine: Slots, tokenizer: Any, asked: Sequence[Prompt], most: Sequence[int]) -> list[list[int]]:
    """What the slots write, token for token."""
    sinks, requests = [], []
    for prompt, limit in zip(asked, most, strict=True):
        turns = [{"role": "system", "content": prompt.prefix}, {"role": "user", "content": prompt.suffix}]
        text = tokenizer.apply_chat_template(turns, tokenize=False, add_generation_prompt=True)
        head = tokenizer(text[: text.index(prompt.suffix)])["input_ids"]
        sink = Sink(tokenizer.eos_token_id)
        sinks.append(sink)
        requests.append(Request(tokenizer(text)["input_ids"], head, limit, sink.take))
    engine.run(requests)
    return [sink.tokens for sink in sinks]


@pytest.mark.parametrize("slots", [1, 4, 32])
def test_slots_write_what_generate_writes(model: Any, tokenizer: Any, slots: int) -> None:
    """Greedy tokens equal `model.generate`, whatever shares the batch, however many waves, with uneven lengths."""
    asked = prompts()
    most = [5 + 7 * (i % 4) for i in range(len(asked))]
    engine = Slots(model, slots, prefixes=2)
    expected = [reference(model, tokenizer, prompt, limit) for prompt, limit in zip(asked, most, strict=True)]
    assert slot_tokens(engine, tokenizer, asked, most) == expected
    assert len({tuple(tokens) for tokens in expected}) > 8, "the reference must not be degenerate"


def test_a_kept_prefix_is_computed_once(model: Any, tokenizer: Any) -> None:
    """A second batch with the same prefix computes only suffixes, and still writes the same tokens."""
    seen: list[int] = []
    handle = model.register_forward_pre_hook(
        lambda _, __, given: seen.append(given["input_ids"].numel()), with_kwargs=True
    )
    try:
        engine = Slots(model, 4, prefixes=8)
        asked = [Prompt(CARDS[0], text) for text in ASKED]
        once = slot_tokens(engine, tokenizer, asked, [6] * len(asked))
        first = sum(seen)
        seen.clear()
        again = slot_tokens(engine, tokenizer, asked, [6] * len(asked))
    finally:
        handle.remove()
    head = len(tokenizer(f"<|im_start|>system\n{CARDS[0]}<|im_end|>\n<|im_start|>user\n")["input_ids"])
    assert again == once
    assert first - sum(seen) == head


def test_a_new_prefix_starts_from_the_nearest_kept_one(model: Any, tokenizer: Any) -> None:
    """Two prefixes that begin alike share the computation of their beginning."""
    rules = "system user question answer 我帮您问一下主播。Let me check with the host."
    engine = Slots(model, 2, prefixes=8)
    slot_tokens(engine, tokenizer, [Prompt(f"{rules} {CARDS[0]}", ASKED[0])], [4])
    seen: list[int] = []
    handle = model.register_forward_pre_hook(
        lambda _, __, given: seen.append(given["input_ids"].shape[1]), with_kwargs=True
    )
    other = Prompt(f"{rules} {CARDS[1]}", ASKED[0])
    try:
        written = slot_tokens(engine, tokenizer, [other], [4])
    finally:
        handle.remove()
    assert seen[0] < len(tokenizer(other.prefix)["input_ids"]) / 2
    assert written == [reference(model, tokenizer, other, 4)]


def test_kept_prefixes_are_bounded(model: Any, tokenizer: Any) -> None:
    """However many prefixes come by, only the most recent ones are kept."""
    engine = Slots(model, 2, prefixes=3)
    slot_tokens(engine, tokenizer, [Prompt(f"{i} {CARDS[0]}", "x") for i in range(9)], [1] * 9)
    assert len(engine._prefixes) == 3


def test_write_is_generate_in_one_line(folder: Path, model: Any) -> None:
    """`write` returns the first line of what `generate` says, in order, also with more prompts than slots."""
    writer = SlotWriter.load(folder, slots=4, threads=1, device="cpu", dtype="fp32")
    tokenizer = AutoTokenizer.from_pretrained(folder)  # transformers reads it back with Qwen's own splitting of words
    asked = prompts(most=50)
    written = writer.write(asked)
    whole = 0
    for prompt, text in zip(asked, written, strict=True):
        tokens = reference(model, tokenizer, prompt, 108)
        grown = [tokenizer.decode(tokens[: i + 1]).lstrip().rstrip("\ufffd") for i in range(len(tokens))]
        line = re.split("[\r\n\u2028\u2029]", grown[-1] if grown else "", maxsplit=1)[0].strip()
        if all(len(said) <= 50 for said in grown):
            assert text == line
            whole += 1
        else:
            # random weights write half characters, which may become others once the next token is there
            assert text[:20] == next(said for said in grown if len(said) > 50)[: len(text)][:20].strip()
    assert 2 <= whole < len(asked)
    assert writer.write(asked) == written
    assert len(set(written)) > 8


def test_an_empty_batch_is_an_empty_answer(folder: Path) -> None:
    """No prompts, no work."""
    assert SlotWriter.load(folder, device="cpu").write([]) == []


def test_answers_keep_to_their_length(folder: Path) -> None:
    """No answer has more characters than its prompt allows, nor a line break."""
    writer = SlotWriter.load(folder, slots=8, device="cpu", dtype="fp32")
    written = writer.write([Prompt(prompt.prefix, prompt.suffix, 3 + i) for i, prompt in enumerate(prompts())])
    assert any(written)
    for i, text in enumerate(written):
        assert len(text) <= 3 + i
        assert len(text.splitlines()) <= 1


def test_a_prompt_too_long_is_left_out_alone(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A prompt beyond the model's positions gets "" and a warning; its neighbours get what they would have got."""
    writer = SlotWriter.load(folder, device="cpu", dtype="fp32")
    good = prompts()[:2]
    with caplog.at_level(logging.WARNING):
        written = writer.write([good[0], Prompt("商品：" * 400, "x"), good[1]])
    assert written[1] == ""
    assert [written[0], written[2]] == writer.write(good)
    assert "shorten the product card" in caplog.text


def test_the_device_and_the_number_format_are_chosen_and_told(folder: Path) -> None:
    """What was chosen can be logged: device, dtype, threads, slots, name."""
    writer = SlotWriter.load(folder, threads=1, device="cpu", dtype="bf16")
    assert (writer.device, writer.dtype, writer.threads, writer.slots) == ("cpu", "bf16", 1, 8)
    assert writer.name == folder.name
    assert SlotWriter.load(folder, device="cpu").dtype in ("bf16", "fp32")
    assert all(isinstance(text, str) for text in writer.write(prompts()))


@pytest.mark.parametrize(
    ("wrong", "word"),
    [
        ({"device": "gpu9"}, "device"),
        ({"device": "meta:x"}, "device"),
        ({"dtype": "int3"}, "dtype"),
        ({"slots": 0}, "slots"),
    ],
)
def test_a_wrong_setting_is_named(folder: Path, wrong: dict[str, Any], word: str) -> None:
    """A setting that cannot work raises ModelError with its name."""
    with pytest.raises(ModelError, match=word):
        SlotWriter.load(folder, **{"device": "cpu", **wrong})


def test_a_folder_that_is_no_model_is_named(tmp_path: Path, folder: Path) -> None:
    """A folder without weights, and one with damaged weights, raise ModelError with the folder's name."""
    with pytest.raises(ModelError, match="config.json"):
        SlotWriter.load(tmp_path)
    for file in folder.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / "model.safetensors").write_bytes(b"not weights")
    with pytest.raises(ModelError, match=tmp_path.name):
        SlotWriter.load(tmp_path, device="cpu")


def test_layers_that_are_not_attention_are_refused(model: Any, tokenizer: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A model with other than attention layers is refused by name, not run wrongly."""
    monkeypatch.setattr(model.config, "layer_types", ["linear_attention", "full_attention"])
    with pytest.raises(ModelError, match="linear_attention"):
        SlotWriter(model, tokenizer, name="tiny")


def test_memory_given_back_comes_back(model: Any, tokenizer: Any) -> None:
    """After running out of memory the writer forgets its caches, says what to do, and works again."""
    writer = SlotWriter(model, tokenizer, name="tiny")
    before = writer.write(prompts())

    def full(*_: object) -> None:
        raise torch.OutOfMemoryError

    handle = model.register_forward_pre_hook(full)
    with pytest.raises(ModelError, match="fewer slots"):
        writer.write(prompts())
    handle.remove()
    assert writer.write(prompts()) == before
