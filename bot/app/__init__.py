"""Composition root: the one package that names concrete classes and puts them together."""

from bot.app.front import Front, open_adapter, room_name, run_until_signal
from bot.app.store import connect_redis
from bot.app.worker import prepare_weights, run_worker

__all__ = [
    "Front", "connect_redis", "open_adapter", "prepare_weights", "room_name", "run_until_signal", "run_worker",
]  # fmt: skip
