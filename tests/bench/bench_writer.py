"""How much the slots gain: `python tests/bench/bench_writer.py [FOLDER] [PROMPTS] [SLOTS] [THREADS]`.

Measures SlotWriter against one comment at a time through `model.generate`, on the same weights, in turns within the
same run, because a shared machine has fast and slow minutes: read the ratio. FOLDER defaults to the cached default.
"""

import os
import platform
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from bot.backends.models import DEFAULT_MODEL, default_cache, resolve
from bot.backends.models.writer import SlotWriter
from bot.domain.work import Prompt

CARD = (
    "你是直播间助播。照下面的问答回答，不要编。下面没有的，只答：我帮您问一下主播。\n\n商品：碎花连衣裙\n"
    "问：多少钱？\n答：129元，原价199元。\n问：有保修吗？\n答：我帮您问一下主播。\n问：有什么颜色？\n答：红色、蓝色。\n"
    "问：什么材质？\n答：棉70%，涤纶30%。\n问：什么时候发货？\n答：付款后48小时内发货，满99元包邮。\n"
    "问：可以退货吗？\n答：7天无理由退货。\n"
)
ASKED = ("多少钱", "什么时候发货", "什么材质的", "可以机洗吗", "有黑色吗", "会起球吗", "能开发票吗", "可以退吗")


class Quiet:
    """A Progress for a script: to stderr."""

    def step(self, text: str, done: float | None) -> None:
        if done in (None, 1.0):
            sys.stderr.write(f"{text}\n")


def prompts(count: int) -> list[Prompt]:
    """Questions about one product, as a room asks them."""
    return [Prompt(CARD, f"问：{ASKED[i % len(ASKED)]}？\n答：", 40) for i in range(count)]


def one_at_a_time(folder: Path, dtype: torch.dtype, device: str) -> Callable[[list[Prompt]], int]:
    """Return the reference way: each prompt alone, the whole of it, through `generate`."""
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model: Any = AutoModelForCausalLM.from_pretrained(folder, dtype=dtype).to(device).eval()

    def write(batch: list[Prompt]) -> int:
        for prompt in batch:
            turns = [{"role": "system", "content": prompt.prefix}, {"role": "user", "content": prompt.suffix}]
            inputs = tokenizer.apply_chat_template(
                turns, add_generation_prompt=True, return_tensors="pt", return_dict=True
            )
            model.generate(**inputs.to(device), max_new_tokens=40, do_sample=False)
        return len(batch)

    return write


def timed(write: Callable[[list[Prompt]], object], batch: list[Prompt]) -> tuple[float, float]:
    """Return (seconds, CPU seconds) per prompt."""
    began, cpu = time.perf_counter(), time.process_time()
    write(batch)
    return (time.perf_counter() - began) / len(batch), (time.process_time() - cpu) / len(batch)


def main(arguments: list[str]) -> None:
    """Measure three rounds in turns and write a table to stdout."""
    folder = Path(arguments[0]) if arguments else resolve(DEFAULT_MODEL, cache=default_cache(), progress=Quiet())
    count, slots = (int(arguments[i]) if len(arguments) > i else default for i, default in ((1, 24), (2, 8)))
    threads = int(arguments[3]) if len(arguments) > 3 else None
    writer = SlotWriter.load(folder, slots=slots, threads=threads)
    dtype = {"bf16": torch.bfloat16, "fp16": torch.float16}.get(writer.dtype, torch.float32)
    reference = one_at_a_time(folder, dtype, writer.device)
    writer.write(prompts(1))  # both ways warm: the slots keep the prefix, as they would in a room
    reference(prompts(1))
    out = sys.stdout
    out.write(f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {platform.machine()}, {os.cpu_count()} CPUs, ")
    out.write(f"torch {torch.__version__}, {writer.name}, {writer.device} {writer.dtype}, {writer.threads} threads\n")
    ratios = []
    for turn in range(3):
        alone = timed(reference, prompts(max(2, count // 6)))
        batched = timed(writer.write, prompts(count))
        ratios.append((alone[0] / batched[0], alone[1] / batched[1]))
        out.write(
            f"round {turn + 1}: generate {1 / alone[0]:.2f} prompts/s ({alone[1]:.2f} CPU s each), "
            f"{slots} slots {1 / batched[0]:.2f} prompts/s ({batched[1]:.2f} CPU s each), ratio {ratios[-1][0]:.1f}\n"
        )
    ratios.sort()
    out.write(f"median ratio {ratios[1][0]:.1f} (wall), CPU {ratios[1][1]:.1f}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
