"""Models: finding weights (`resolve`, no torch) and writing with them (`writer.SlotWriter`, torch).

This package is the only place, besides training, that may import torch; its root does not, so that the front
and the command line can name and fetch models and still start at once.
"""

from bot.backends.models.pins import DEFAULT_MODEL
from bot.backends.models.resolve import default_cache, known, resolve
from bot.backends.models.shelf import Progress

__all__ = ["DEFAULT_MODEL", "Progress", "default_cache", "is_recorded", "known", "on_server", "resolve"]


def on_server(model: str) -> bool:
    """Tell whether a model setting is the URL of a server, see `served`."""
    return model.startswith(("http://", "https://"))


def is_recorded(model: str) -> bool:
    """Tell whether a model setting is a recording, see `recorded`."""
    return model.startswith("recorded:")
