"""The writer: a language model behind the worker, batch in, batch out, same length, same order.

Only this package imports torch; a process that does not write never imports this file.
"""

import contextlib
import logging
import os
import threading
from collections import OrderedDict, deque
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from transformers import AutoModelForCausalLM, AutoTokenizer
from transformers.utils import logging as transformers_logging

from bot.backends.models.chat import Chat, Draft, Frame
from bot.backends.models.int8 import quantise
from bot.backends.models.shelf import lacks
from bot.backends.models.slots import Request, Slots
from bot.domain.errors import ModelError
from bot.domain.work import Ended, Partial, Prompt

_LOG = logging.getLogger(__name__)
_DTYPES = {
    "bf16": torch.bfloat16,
    "bfloat16": torch.bfloat16,
    "fp16": torch.float16,
    "float16": torch.float16,
    "fp32": torch.float32,
    "float32": torch.float32,
}
BUDGET = 512  # tokens of new prompts computed in a step, so that answers under way do not wait for them
_PREFIXES = 8
_FRAMES = 64
_ATTENTION = {"full_attention", "sliding_attention"}


class SlotWriter:
    """A model that writes many answers at once. Implements the port `Writer`; safe to call from several threads.

    Attributes:
        name: the model's folder name, for logs and journals.
        device, dtype, threads: what it runs on, such as "cpu", "bf16", 1.
        slots: answers written together.
        positions: tokens a prompt and its answer may have together.
        held: bytes of keys and values after the last step, of answers and of kept prefixes.
    """

    def __init__(self, model: Any, tokenizer: Any, *, name: str, slots: int = 8) -> None:
        """Take a loaded model. Raises ModelError when its layers are of a kind the slots cannot keep."""
        if slots < 1:
            raise ModelError(f"slots is {slots}; it must be at least 1.")
        config = model.config.get_text_config()
        kinds = set(getattr(config, "layer_types", None) or ["full_attention"])
        if not kinds <= _ATTENTION:
            raise ModelError(
                f"{name} has {', '.join(sorted(kinds - _ATTENTION))} layers; choose a plain attention model."
            )
        self.name = name
        self.slots = slots
        self.device = str(model.device)
        self.dtype = str(model.dtype).removeprefix("torch.").replace("bfloat", "bf").replace("float", "fp")
        self.threads = torch.get_num_threads()
        self.positions = _positions(config, kinds)
        self._chat = Chat(tokenizer, _ends(model))
        self._engine = Slots(model, slots, _PREFIXES)
        self._frames: OrderedDict[str, Frame] = OrderedDict()
        self._lock = threading.Lock()
        self._entering: list[tuple[str, Request, Draft]] = []
        self._active: dict[str, tuple[Request, Draft]] = {}
        self.held = 0

    @classmethod
    def load(
        cls,
        folder: Path,
        *,
        slots: int = 8,
        threads: int | None = None,
        device: str | None = None,
        dtype: str | None = None,
    ) -> "SlotWriter":
        """Load a model folder, as `resolve` returns it.

        Args:
            folder: with safetensors, tokenizer and config.
            slots: answers written together; more is faster until memory or cores are full.
            threads: CPU threads; one less than the cores by default, which leaves the rest of zhubo alive.
            device: such as "cpu" or "cuda:0"; a CUDA device where there is one by default.
            dtype: "bf16", "fp16", "fp32", or "int8" on a CPU; by default what the device computes fast.

        Raises ModelError naming the setting and the fix.
        """
        missing = lacks(folder)
        if missing:
            raise ModelError(f"The model folder {folder} lacks {missing}. Resolve the model again or repair the path.")
        place = _device(device)
        kind = torch.float32 if dtype == "int8" else dtype_for(dtype, place)
        if dtype == "int8" and place.type != "cpu":
            raise ModelError(f"dtype is int8, which is for the CPU; {place} computes bf16 faster. Leave it out.")
        torch.set_num_threads(threads or max(1, (os.cpu_count() or 2) - 1))
        transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        try:
            tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
            model: Any = AutoModelForCausalLM.from_pretrained(
                folder, dtype=kind, attn_implementation="sdpa", local_files_only=True
            )
            model.to(place).eval()
            if dtype == "int8":
                quantise(model)
        except (OSError, ValueError, KeyError, ImportError, RuntimeError, SafetensorError) as error:
            raise ModelError(
                f"The model in {folder} cannot be loaded on {place}: {' '.join(str(error).split())}"
            ) from error
        writer = cls(model, tokenizer, name=folder.name, slots=slots)
        if dtype == "int8":
            writer.dtype = "int8"
        writer.write([Prompt("warm-up", "1", 1)] * min(slots, 2))  # the first forward is slow
        writer.forget()
        return writer

    def step(self, admit: Sequence[tuple[str, Prompt]], drop: Collection[str] = ()) -> list[Partial | Ended]:
        """See `Writer`. A step computes a token of every answer, and prompts of new ones up to `BUDGET` tokens.

        A prompt that cannot be written (too long for the model, or with control tokens that cannot be made harmless)
        ends at once with an error; the others are not affected. Raises ModelError when memory runs out.
        """
        with self._lock:
            gone = [self._active.pop(id)[0] for id in drop if id in self._active]
            self._entering = [e for e in self._entering if e[0] not in drop]
            told: list[Partial | Ended] = []
            for id, prompt in admit:
                draft = Draft(self._chat, prompt)
                try:
                    self._entering.append((id, self._request(prompt, draft), draft))
                except ValueError as error:
                    told.append(Ended(id, error=f"prompt not written: {error}"))
            whole = False
            try:
                for request in gone:
                    self._engine.drop(request)
                self._engine.advance()
                self._enter()
                whole = True
            except torch.OutOfMemoryError as error:
                raise ModelError(f"{self.device} is out of memory: use fewer slots than {self.slots}.") from error
            finally:
                if not whole:
                    self.forget()
            for id, (_, draft) in list(self._active.items()):
                if draft.done:
                    del self._active[id]
                    told.append(Ended(id, draft.words()))
                elif words := draft.news():
                    told.append(Partial(id, words))
            self.held = self._engine.held
            return told

    def forget(self) -> None:
        """Drop all answers and give back all memory but the model's."""
        self._active.clear()
        self._entering.clear()
        self._engine.forget()
        self.held = 0

    def write(self, prompts: Sequence[Prompt]) -> list[str]:
        """Complete a batch: same length, same order; "" for one that cannot be written. For a writer without steps."""
        texts = [""] * len(prompts)
        waiting = deque(enumerate(prompts))
        open_ = 0
        while waiting or open_:
            new = [waiting.popleft() for _ in range(min(len(waiting), self.slots - open_))]
            open_ += len(new)
            for told in self.step([(str(place), prompt) for place, prompt in new]):
                if isinstance(told, Ended):
                    open_ -= 1
                    texts[int(told.id)] = told.text
                    if told.error:
                        _LOG.warning("%s", told.error)
        return texts

    def _enter(self) -> None:
        """Begin waiting answers as far as rows and the budget go; the first of them always fits the budget."""
        spent = 0
        chosen: list[tuple[str, Request, Draft]] = []
        while self._entering and len(chosen) < self._engine.free:
            cost = self._engine.cost(self._entering[0][1])
            if chosen and spent + cost > BUDGET:
                break
            spent += cost
            chosen.append(self._entering.pop(0))
        for id, request, draft in chosen:
            self._active[id] = request, draft
        self._engine.admit([request for _, request, _ in chosen])

    def _request(self, prompt: Prompt, draft: Draft) -> Request:
        """Return what to compute for a prompt. Raises ValueError when it cannot be written."""
        tokens = self._chat.tokens(self._frame(prompt.prefix), prompt)
        most = draft.tokens_at_most
        if len(tokens.all) + most > self.positions:
            raise ValueError(
                f"it has {len(tokens.all)} tokens and its answer up to {most}, {self.name} takes {self.positions}; "
                "shorten the product card"
            )
        return Request(tokens.all, tokens.head, most, draft.take)

    def _frame(self, prefix: str) -> Frame:
        """Render a prefix once and remember it for a while."""
        frame = self._frames.pop(prefix, None) or self._chat.frame(prefix)
        self._frames[prefix] = frame
        while len(self._frames) > _FRAMES:
            self._frames.popitem(last=False)
        return frame


def _device(name: str | None) -> torch.device:
    """The device asked for, else the best there is. Raises ModelError when it is not there."""
    if name is None:
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        device = torch.device(name)
        torch.empty(1, device=device)
    except (RuntimeError, AssertionError, NotImplementedError) as error:
        raise ModelError(
            f"device is {name!r}, which is not usable here ({str(error).splitlines()[0]}). Use cpu."
        ) from error
    return device


def dtype_for(name: str | None, device: torch.device) -> torch.dtype:
    """The number format asked for, else what the device is fast with."""
    if name is not None:
        if name not in _DTYPES:
            raise ModelError(f"dtype is {name!r}; use bf16, fp16, fp32 or int8.")
        return _DTYPES[name]
    if device.type == "cuda":
        return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float16
    if device.type == "cpu":
        return torch.bfloat16 if _cpu_has_bf16() else torch.float32
    return torch.float16


def _cpu_has_bf16() -> bool:
    """Whether the CPU multiplies bf16 itself; emulated, it is slower than fp32. Unknown counts as no."""
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text("utf-8", "replace").splitlines():
            if line.startswith(("flags", "Features")):
                return bool({"avx512_bf16", "amx_bf16", "bf16"} & set(line.split()))
    return False


def _positions(config: Any, kinds: set[str]) -> int:
    """Tokens the model can attend to; a sliding window counts as the end, since the slots do not slide."""
    limits = [getattr(config, "max_position_embeddings", None) or 2048]
    window = getattr(config, "sliding_window", None)
    if window and ("sliding_attention" in kinds or not getattr(config, "layer_types", None)):
        limits.append(window)
    return min(limits)


def _ends(model: Any) -> list[int]:
    """Ids after which the model's own configuration says it stops."""
    found = getattr(model.generation_config, "eos_token_id", None)
    if found is None:
        return []
    return list(found) if isinstance(found, list | tuple) else [found]
