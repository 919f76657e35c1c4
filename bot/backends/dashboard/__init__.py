"""The live page: one port, one WebSocket, no build step."""

from bot.backends.dashboard.http import LOOPBACK
from bot.backends.dashboard.server import Page

__all__ = ["LOOPBACK", "Page"]
