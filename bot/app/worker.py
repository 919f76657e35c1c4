"""The worker put together: a model by its setting, an encoder, and the queue."""

import asyncio
import os
import signal
import socket
import time
from pathlib import Path
from typing import Protocol

from bot.app.store import connect_redis
from bot.backends.metrics import resident
from bot.backends.models import is_recorded, on_server
from bot.backends.redis_queue import RedisWork, ping
from bot.backends.valkey import store_url
from bot.domain.work import Encoder, Writer
from bot.settings import Settings
from bot.worker.loop import Worker


class Steps(Protocol):
    """Who is told what a long start is doing; `done` is a share from 0 to 1, or None."""

    def step(self, text: str, done: float | None) -> None:
        """Tell one step."""

    def end(self, text: str) -> None:
        """Tell that it is done."""


def prepare_weights(settings: Settings, steps: Steps) -> str:
    """Find, fetch and convert the weights of the writer, once; return their folder. A server's URL stays as it is."""
    if on_server(settings.model) or is_recorded(settings.model):
        return settings.model
    from bot.backends.models import resolve  # loads torch only when there is something to convert

    return str(resolve(settings.model, cache=settings.weights, progress=steps))


def load_writer(settings: Settings, steps: Steps) -> tuple[Writer, str]:
    """Return the writer that the settings name (a model server by its URL, else weights in this process), and where."""
    if on_server(settings.model):
        from bot.backends.models.served import ServedWriter

        key = os.environ.get("ZHUBO_MODEL_KEY", "")
        return ServedWriter(settings.model, slots=settings.batch, key=key), "a model server"
    if is_recorded(settings.model):
        from bot.backends.models.recorded import SCHEME, RecordedWriter

        file = Path(settings.model.removeprefix(SCHEME))
        return RecordedWriter(file, slots=settings.batch), "a RECORDING, not a model / 录制的回答，不是模型"
    from bot.backends.models.writer import SlotWriter  # torch: not before weights really are to be loaded

    folder = Path(prepare_weights(settings, steps))
    steps.step(f"loading / 正在载入 {folder.name}", None)
    local = SlotWriter.load(
        folder, slots=settings.batch, threads=settings.threads or None, dtype=settings.dtype or None
    )  # fmt: skip
    return local, f"{local.device}, {local.dtype}, sdpa, {local.slots} slots, {local.threads} threads"


def load_encoder(settings: Settings, steps: Steps) -> Encoder | None:
    """Return the encoder that the settings name."""
    if not settings.encoder:
        return None
    from bot.backends.models import resolve
    from bot.backends.models.encoder import ModelEncoder

    return ModelEncoder.load(resolve(settings.encoder, cache=settings.weights, progress=steps))


async def run_worker(settings: Settings, steps: Steps, nice: int, record: Path | None = None) -> None:
    """Run a worker process until a signal; `record` is a file for what the model answers."""
    os.nice(nice)
    writer, where = await asyncio.to_thread(load_writer, settings, steps)
    encoder = await asyncio.to_thread(load_encoder, settings, steps)
    if record:
        from bot.backends.models.recorded import Recorder

        writer = Recorder(writer, record)
    async with store_url(settings.redis_url, settings.folder) as url:
        redis = connect_redis(url, patience=40)
        await ping(redis, 15.0)
        name = f"{socket.gethostname()}-{os.getpid()}"
        queue = RedisWork(redis, name)
        worker = Worker(queue, writer, clock=time.time, name=name, encoder=encoder, rss=resident)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, worker.stop)
        steps.end(f"{writer.name} on {where}: waiting for questions / 等待提问")
        await worker.run()
        await queue.leave()
        await redis.aclose()
