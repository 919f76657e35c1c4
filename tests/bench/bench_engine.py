"""Answers per processor second: one comment at a time through `generate`, ours, and what others have.

    make bench-engine                                  SmolLM2-135M, fp32, bf16 and int8, one thread, two rounds
    make bench-engine ARGS="--rounds 1 --prompts 32"   a look
    python tests/bench/bench_engine.py --device cuda --random qwen3-0.6b,qwen3-8b      on a GPU, random weights

All ways write 40 tokens to the same prompts (a shared beginning of about 330 tokens, 20 of their own) with the same
weights, warm. On CPU the figure is processor seconds, because the machine is shared. llama.cpp's server is measured
where `LLAMA_SERVER` names one or it is on PATH, on `SmolLM2-135M-bf16.gguf` (made from the same weights with its
`llama-quantize`) in the folder `LLAMA_GGUF`. Ratios are to `generate` in the same round (int8 and llama.cpp, which need
other weights, come after it); the table shows medians. The slow ways, static batches and transformers' continuous
batching, run once.
"""

import argparse
import os
import statistics
import sys
import warnings
from collections import defaultdict
from pathlib import Path
from typing import Any

import torch
import transformers
from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer

from bot.backends.models import default_cache, resolve
from bot.backends.models.int8 import quantise
from bot.backends.models.writer import dtype_for
from tests.bench import ways
from tests.bench.sheet import CONSOLE, show, verdict
from tests.bench.ways import Took, Way

MODEL = "HuggingFaceTB/SmolLM2-135M-Instruct"
CARD = (
    "You stand beside the host of a live shopping show and answer viewers from the card, in one short sentence. What "
    "the card does not say, you do not know: then answer only: Let me check with the host.\n\nProduct 1: linen shirt "
    "with a loose cut, for summer.\nPrice: 129 yuan, list price 199 yuan.\nSizes: S 12 left, M 3 left, L sold out, XL "
    "33 left.\nColours: white, oat, black.\nMaterial: 55% linen, 45% cotton, 150 grams per square metre.\nCare: hand "
    "wash cold, dry flat, do not tumble dry, iron on medium while damp.\nShipping: within 48 hours of payment, free "
    "above 99 yuan, remote regions two days more.\nReturns: within 7 days, unworn, with the tag; we pay the way back."
    "\nFit: a size larger than usual, fine for curvy figures; the model is 168 cm and 52 kg and wears S.\nBreathes "
    "well, does not cling, a little see-through in white.\nQuestions so far. Is it itchy? No, it is washed soft. Does "
    "it shrink? About 2% in the first wash. Can men wear it? Yes, from size L. Will it crease? Linen always does.\n"
    "Host's notes: the coupon ends at ten; mention the tote bag that goes with it; never promise a gift.\n\nViewer: "
)
ASKED = (
    "how much is it today, and does the coupon work on two pieces?", "when do you ship to the north, I need it Friday?",
    "can I put it into the machine on a gentle cycle?", "I am 172 cm and 70 kg, which size should I take?",
    "is the white one see-through when it is sunny outside?", "do you still have L, or when does it come back?",
    "can I send it back if I do not like the colour?", "would it be all right for the office with a blazer?",
)  # fmt: skip
# Real shapes, for random weights where none can be fetched: sizes as their makers publish them.
SHAPES: dict[str, dict[str, Any]] = {
    "qwen3-0.6b": {
        "model_type": "qwen3", "hidden_size": 1024, "intermediate_size": 3072, "num_hidden_layers": 28,
        "num_attention_heads": 16, "num_key_value_heads": 8, "head_dim": 128, "vocab_size": 151936,
        "tie_word_embeddings": True, "max_position_embeddings": 40960,
    },
    "qwen3-8b": {
        "model_type": "qwen3", "hidden_size": 4096, "intermediate_size": 12288, "num_hidden_layers": 36,
        "num_attention_heads": 32, "num_key_value_heads": 8, "head_dim": 128, "vocab_size": 151936,
        "max_position_embeddings": 40960,
    },
}  # fmt: skip


def prompts(tokenizer: Any, count: int) -> tuple[list[list[int]], int]:
    """Return token ids of `count` prompts, and how many they begin with in common."""
    head = tokenizer(CARD)["input_ids"][:-1]
    found = [tokenizer(f"{CARD}{ASKED[i % len(ASKED)]} ({i + 1})\nAnswer:")["input_ids"] for i in range(count)]
    assert all(ids[: len(head)] == head for ids in found)
    return found, len(head)


class Rounds:
    """Measures ways in turns, and keeps ratios to the reference of the same round."""

    def __init__(self, batch: list[list[int]], head: int, alone: int, device: str) -> None:
        self.batch, self.head, self.alone, self.device = batch, head, alone, device
        self.cost: dict[str, list[float]] = defaultdict(list)
        self.ratio: dict[str, list[float]] = defaultdict(list)
        self.tokens: dict[str, list[list[int]]] = {}

    def measure(
        self, name: str, way: Way, reference: str, batch: list[list[int]] | None = None, turn: int = -1
    ) -> None:  # fmt: skip
        """Run a way once; its ratio is to the reference of that turn, the last one unless said."""
        chosen = self.batch if batch is None else batch
        took = way(chosen)
        cost = self._cost(took) / len(chosen)
        self.cost[name].append(cost)
        if len(took.tokens) > len(self.tokens.get(name, ())):
            self.tokens[name] = took.tokens
        if self.cost[reference]:
            self.ratio[name].append(self.cost[reference][turn] / cost)

    def _cost(self, took: Took) -> float:
        return took.cpu if self.device == "cpu" else took.wall


def fast(device: str) -> str:
    """Return what a worker computes in here unless told otherwise."""
    return "bf16" if dtype_for(None, torch.device(device)) == torch.bfloat16 else "fp32"


def of_dtype(
    name: str, model: Any, rounds: Rounds, tokenizer: Any, head: int, best: str, given: argparse.Namespace
) -> None:  # fmt: skip
    """Measure the ways that run in this process; those that are slow once, in the `best` number format."""
    decode = tokenizer.decode
    reference = f"{name} generate, one at a time"
    many = 32 if given.device == "cpu" else 64
    own = {f"{name} slots, {n}": ways.slots(model, n, head, decode) for n in (4, many)}
    static = ways.in_batches(model, many)
    for way in own.values():
        way(rounds.batch[:4])  # warm, as a worker is before its room opens
    alone = ways.one_at_a_time(model)
    alone(rounds.batch[:1])
    for turn in range(given.rounds):
        few = rounds.alone if turn else max(6, rounds.alone)  # more of them once, to compare the texts
        rounds.measure(reference, alone, reference, rounds.batch[:few])
        for label, way in own.items():
            rounds.measure(label, way, reference, rounds.batch[: 8 if " 4" in label else None])
        if turn == 0 and (name == best or given.all):  # slow ones once
            rounds.measure(f"{name} generate, batches of {many}", static, reference, rounds.batch[:many])
            if given.continuous:
                way = ways.continuous(model, 16 + 8 * many)
                rounds.measure(f"{name} transformers' continuous batching", way, reference, rounds.batch[:many])


def same(rounds: Rounds, one: str, other: str) -> str:
    """Say how many of the texts two ways wrote are equal, and how far the others go together."""
    if one not in rounds.tokens or other not in rounds.tokens:
        return ""
    pairs = list(zip(rounds.tokens[one], rounds.tokens[other], strict=False))
    return f"{sum(a == b for a, b in pairs)} of {len(pairs)}"


def main() -> int:
    """Measure and print; 1 when a floor is missed."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("--rounds", type=int, default=2)
    options.add_argument("--prompts", type=int, default=32)
    options.add_argument("--threads", type=int, default=1)
    options.add_argument("--device", default="cpu")
    options.add_argument("--random", default="", help="shapes for random weights, such as qwen3-0.6b,qwen3-8b")
    options.add_argument("--all", action="store_true", help="the slow ways in fp32, too")
    options.add_argument("--no-continuous", dest="continuous", action="store_false")
    options.add_argument("--out", type=Path, default=None)
    given = options.parse_args()
    warnings.simplefilter("ignore")
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    torch.set_num_threads(given.threads)
    folder = Path(resolve(MODEL, cache=default_cache(), progress=Quiet()))
    tokenizer = AutoTokenizer.from_pretrained(folder)
    batch, head = prompts(tokenizer, given.prompts)
    rounds = Rounds(batch, head, 3 if given.device == "cpu" else 8, given.device)
    best = fast(given.device)
    if best != "bf16" and not given.all:
        CONSOLE.print(
            "This CPU does not multiply bf16 itself: emulated it is slower than fp32, and is left out (--all)."
        )
    if given.random:
        for shape in given.random.split(","):
            of_dtype(
                f"{shape} bf16", random_model(shape, given.device), rounds, tokenizer, head, f"{shape} bf16", given
            )
            torch.cuda.empty_cache()
    else:
        for name, dtype in (("fp32", torch.float32), ("bf16", torch.bfloat16)):
            if name == best or name == "fp32" or given.all:
                of_dtype(name, ways.load(folder, dtype), rounds, tokenizer, head, best, given)
        eight = ways.load(folder, torch.float32)
        quantise(eight)
        way = ways.slots(eight, 32, head, tokenizer.decode)
        way(batch[:4])
        for turn in range(given.rounds):
            rounds.measure("int8 slots, 32", way, "fp32 generate, one at a time", turn=turn)
        peers(rounds, best, given)
    return report(rounds, best, given)


def peers(rounds: Rounds, best: str, given: argparse.Namespace) -> None:
    """Measure llama.cpp's server, where there is one."""
    binary = ways.llama_server()
    if not binary:
        CONSOLE.print(
            "llama.cpp's server is not here: not measured. Fix: name it in LLAMA_SERVER (see this file's head)."
        )
        return
    for name in ("fp32", "bf16") if given.all else (best,):
        gguf = Path(os.environ.get("LLAMA_GGUF", str(default_cache()))) / f"SmolLM2-135M-{name}.gguf"
        if not gguf.exists():
            CONSOLE.print(f"{gguf} is not here: llama.cpp in {name} not measured")
            continue
        with ways.llama(binary, gguf, 32, 512, given.threads) as way:
            way(rounds.batch[:1])
            way(rounds.batch[:32])
            for turn in range(given.rounds):
                rounds.measure(
                    f"{name} llama.cpp server, 32 slots", way, f"{name} generate, one at a time", turn=turn
                )  # fmt: skip


def report(rounds: Rounds, best: str, given: argparse.Namespace) -> int:
    """Print the table; 1 when a floor is missed."""
    unit = "CPU s / answer" if given.device == "cpu" else "s / answer"
    medians = {name: statistics.median(values) for name, values in rounds.cost.items() if values}
    ratios = {name: statistics.median(values) for name, values in rounds.ratio.items() if values}
    order = sorted(medians, key=lambda n: (n.split()[0], ratios.get(n, 0.0)))
    rows = [(n, f"{medians[n]:.3f}", f"{1 / medians[n]:.2f}", f"{ratios.get(n, 1.0):.1f}") for n in order]
    notes = [
        f"{name}: texts equal to those of generate, one at a time: slots {same(rounds, alone, f'{name} slots, 32')}, "
        f"its own batches {same(rounds, alone, f'{name} generate, batches of 32')}"
        for name in ("fp32", "bf16")
        if (alone := f"{name} generate, one at a time") in rounds.tokens
    ]
    title = f"{'random weights' if given.random else MODEL}: {len(rounds.batch)} prompts of about "
    title += f"{len(rounds.batch[0])} tokens, {rounds.head} in common, {ways.NEW} new"
    device = f"{torch.cuda.get_device_name()}" if given.device != "cpu" else f"{given.threads} thread"
    versions = f"torch {torch.__version__}, transformers {transformers.__version__}, {device}"
    show("engine", title, ("way", unit, "answers / s", "times generate"), rows, given.out, versions, notes)
    if given.out:
        draw([(n, ratios.get(n, 1.0)) for n in order], given.out)
    floors = {"bf16 slots, 32": 10.0, "fp32 slots, 32": 7.0, "bf16 slots, 4": 3.0, "fp32 slots, 4": 3.0}
    floors = {name: least for name, least in floors.items() if best == "bf16" or name.startswith("fp32")}
    if given.random:
        floors = {f"{shape} bf16 slots, 64": 30.0 for shape in given.random.split(",")}
    missed = [
        f"{name}: {ratios.get(name, 0.0):.1f} times generate, asked for {least:g}"
        for name, least in floors.items()
        if ratios.get(name, 0.0) < least
    ]
    ours, theirs = medians.get(f"{best} slots, 32", 0.0), f"{best} transformers' continuous batching"
    if theirs in medians and medians[theirs] < 2 * ours:
        missed.append(f"{medians[theirs] / ours:.1f} times transformers' continuous batching, asked for 2")
    for name in ("fp32", "bf16"):
        peer = medians.get(f"{name} llama.cpp server, 32 slots")
        if peer and medians[f"{name} slots, 32"] > 1.1 * peer and (best == "bf16" or name == "fp32"):
            more = medians[f"{name} slots, 32"] / peer - 1
            missed.append(f"{name}: {more:.0%} above llama.cpp's server, asked for at most 10 %")
    return verdict(missed)


def draw(ratios: list[tuple[str, float]], out: Path) -> None:
    """Write a picture of the ratios."""
    import altair as alt
    import vl_convert

    data = alt.Data(values=[{"way": name, "times": ratio, "ours": "slots" in name} for name, ratio in ratios])
    base = alt.Chart(data, title="answers per second, times one-at-a-time generate", width=520).encode(
        y=alt.Y("way:N", sort=None, title=None, axis=alt.Axis(labelLimit=320)), x=alt.X("times:Q", title=None)
    )
    colour = alt.Color("ours:N", scale=alt.Scale(range=["#c9c7bf", "#2a78d6"]), legend=None)
    chart = base.mark_bar().encode(color=colour) + base.mark_text(align="left", dx=4).encode(
        text=alt.Text("times:Q", format=".1f")
    )
    (out / "engine.svg").write_text(vl_convert.vegalite_to_svg(chart.to_dict()), "utf-8")
    (out / "engine.png").write_bytes(vl_convert.vegalite_to_png(chart.to_dict(), scale=1.5))


def random_model(shape: str, device: str) -> Any:
    """Return a model of a real architecture with random weights."""
    fields = dict(SHAPES[shape])
    config = AutoConfig.for_model(fields.pop("model_type"), **fields)
    with torch.device(device):
        model: Any = AutoModelForCausalLM.from_config(config, dtype=torch.bfloat16, attn_implementation="sdpa")
    return model.eval()


class Quiet:
    """A Progress for a script: to stderr."""

    def step(self, text: str, done: float | None) -> None:
        """Tell one step."""
        if done in (None, 1.0):
            sys.stderr.write(f"{text}\n")


if __name__ == "__main__":
    raise SystemExit(main())
