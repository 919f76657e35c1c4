"""Ways to write many short answers with the same weights: ours, and those of others. Each is given token ids, writes
`NEW` tokens to each prompt, and tells its processor seconds.
"""

import contextlib
import logging
import os
import shutil
import socket
import subprocess
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
import torch
import urllib3
from transformers import AutoModelForCausalLM, GenerationConfig

from bot.backends.models.slots import Request, Slots

NEW = 40
Prompts = Sequence[list[int]]


class Took(msgspec.Struct, frozen=True):
    """Seconds of a batch: on the clock, and of processors; the tokens written to each prompt (empty: not told)."""

    wall: float
    cpu: float
    tokens: list[list[int]] = []


Way = Callable[[Prompts], Took]


def timed(work: Callable[[], list[list[int]]], cpu: Callable[[], float] = time.process_time) -> Took:
    """Time a batch."""
    began, spent = time.perf_counter(), cpu()
    tokens = work()
    return Took(time.perf_counter() - began, cpu() - spent, tokens)


def one_at_a_time(model: Any) -> Way:
    """The reference: each prompt alone, the whole of it, through `generate`."""
    config = GenerationConfig(max_new_tokens=NEW, min_new_tokens=NEW, do_sample=False, pad_token_id=0, eos_token_id=-1)

    def write(prompts: Prompts) -> list[list[int]]:
        found = []
        for ids in prompts:
            out = model.generate(torch.tensor([ids], device=model.device), generation_config=config)
            found.append(out[0, len(ids) :].tolist())
        return found

    return lambda prompts: timed(lambda: write(prompts))


def in_batches(model: Any, size: int) -> Way:
    """The library's own static batches: prompts padded on the left, all to the end together."""
    config = GenerationConfig(max_new_tokens=NEW, min_new_tokens=NEW, do_sample=False, pad_token_id=0, eos_token_id=-1)

    def write(prompts: Prompts) -> list[list[int]]:
        found: list[list[int]] = []
        for start in range(0, len(prompts), size):
            batch = prompts[start : start + size]
            longest = max(map(len, batch))
            ids = torch.tensor([[0] * (longest - len(p)) + p for p in batch], device=model.device)
            mask = torch.tensor([[0] * (longest - len(p)) + [1] * len(p) for p in batch], device=model.device)
            out = model.generate(ids, attention_mask=mask, generation_config=config)
            found += out[:, longest:].tolist()
        return found

    return lambda prompts: timed(lambda: write(prompts))


def slots(model: Any, count: int, head: int, decode: Callable[[list[int]], str]) -> Way:
    """Ours: rows of kept keys and values, the shared beginning computed once. Words are decoded as they come."""
    engine = Slots(model, count, 8)

    def write(prompts: Prompts) -> list[list[int]]:
        written: list[list[int]] = [[] for _ in prompts]

        def take(place: int) -> Callable[[int], bool]:
            def taken(token: int) -> bool:
                written[place].append(token)
                decode(written[place])
                return len(written[place]) >= NEW

            return taken

        engine.run([Request(ids, ids[:head], NEW, take(place)) for place, ids in enumerate(prompts)])
        return written

    return lambda prompts: timed(lambda: write(prompts))


def continuous(model: Any, room: int) -> Way:
    """transformers' own continuous batching, prefixes shared, its cache as large as the batch needs."""
    from transformers import ContinuousBatchingConfig

    config = GenerationConfig(max_new_tokens=NEW, min_new_tokens=NEW, do_sample=False, pad_token_id=0, eos_token_id=-1)
    shape = ContinuousBatchingConfig(page_size=64, num_blocks=room, max_batch_tokens=512)

    def write(prompts: Prompts) -> list[list[int]]:
        logging.getLogger("ContinuousBatchingLogger").setLevel(logging.CRITICAL)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            out = model.generate_batch(inputs=prompts, generation_config=config, continuous_batching_config=shape)
        found = [request.generated_tokens for request in out.values()]
        assert len(found) == len(prompts) and all(len(tokens) == NEW for tokens in found)
        return []  # in an order of its own

    return lambda prompts: timed(lambda: write(prompts))


def load(folder: Path, dtype: torch.dtype, device: str = "cpu") -> Any:
    """Load weights."""
    model: Any = AutoModelForCausalLM.from_pretrained(folder, dtype=dtype, attn_implementation="sdpa")
    return model.to(device).eval()


def llama_server() -> str | None:
    """Return the llama.cpp server: LLAMA_SERVER, or the one on PATH."""
    return os.environ.get("LLAMA_SERVER") or shutil.which("llama-server")


@contextlib.contextmanager
def llama(binary: str, gguf: Path, count: int, length: int, threads: int = 1) -> Iterator[Way]:
    """llama.cpp's server, `count` slots of `length` positions; asked over HTTP. Each slot keeps its own last prompt."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        binary, "-m", str(gguf), "--host", "127.0.0.1", "--port", str(port), "-t", str(threads),
        "-tb", str(threads), "-np", str(count), "-c", str(count * length), "--no-webui", "--temp", "0",
    ]  # fmt: skip
    environment = dict(os.environ, LD_LIBRARY_PATH=f"{Path(binary).parent}:{os.environ.get('LD_LIBRARY_PATH', '')}")
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)
    http = urllib3.PoolManager(maxsize=count, block=True, timeout=600.0, retries=False)
    base = f"http://127.0.0.1:{port}"

    def cpu() -> float:
        fields = Path(f"/proc/{server.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def ask(ids: list[int]) -> list[int]:
        body = {"prompt": ids, "n_predict": NEW, "temperature": 0, "ignore_eos": True, "cache_prompt": True}
        reply = http.request("POST", f"{base}/completion", json=body)
        if reply.status != 200:
            raise RuntimeError(f"llama.cpp says {reply.status}: {reply.data[:200]!r}")
        assert reply.json()["tokens_predicted"] == NEW
        return []

    def write(prompts: Prompts) -> list[list[int]]:
        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor(count) as pool:
            return list(pool.map(ask, prompts))

    try:
        until = time.monotonic() + 60
        while True:
            with contextlib.suppress(urllib3.exceptions.HTTPError):
                if http.request("GET", f"{base}/health").status == 200:
                    break
            if server.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"{binary} does not start: try {' '.join(command)}")
            time.sleep(0.1)
        yield lambda prompts: timed(lambda: write(prompts), cpu)
    finally:
        server.terminate()
        server.wait(10)
