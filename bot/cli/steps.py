"""Progress of a long start: a bar in a terminal, plain lines elsewhere."""

import sys
import time
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

PLAIN_EVERY = 5.0  # seconds between two plain lines about the same step


class Steps:
    """Shows one step at a time. Use it as a context manager."""

    def __init__(self) -> None:
        self._console = Console(stderr=True, highlight=False)
        self._bar: Progress | None = None
        self._text, self._told = "", 0.0

    def __enter__(self) -> "Steps":
        if sys.stderr.isatty():
            self._bar = Progress(
                TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn(),
                console=self._console, transient=True,
            )  # fmt: skip
            self._task = self._bar.add_task("…", total=None)
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def step(self, text: str, done: float | None) -> None:
        """Show a step; `done` is a share from 0 to 1, or None when nobody knows."""
        if self._bar is not None:
            self._bar.update(self._task, description=text, total=None if done is None else 1.0, completed=done or 0.0)
            return
        now = time.monotonic()
        if text != self._text or now - self._told > PLAIN_EVERY:
            self._console.print(text + (f" {done:.0%}" if done is not None else " …"))
            self._text, self._told = text, now

    def end(self, text: str) -> None:
        """Take the bar away and say how it ended."""
        self._stop()
        self._console.print(text)

    def _stop(self) -> None:
        if self._bar is not None:
            self._bar.stop()
            self._bar = None
