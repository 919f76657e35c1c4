"""The live page: a small server and the static files it hands out."""

from bot.backends.dashboard.server import Page

__all__ = ["Page"]
