"""Tables of benchmarks: printed, and written as Markdown when `--out` names a folder."""

import os
import platform
import time
from collections.abc import Sequence
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

CONSOLE = Console(highlight=False, width=130)


def where(more: str = "") -> str:
    """Say on which machine and day."""
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    return f"{time.strftime('%Y-%m-%d')}, {machine}{', ' if more else ''}{more}"


def show(
    name: str, title: str, columns: Sequence[str], rows: Sequence[Sequence[str]], out: Path | None, more: str = "",
    notes: Sequence[str] = (),
) -> None:  # fmt: skip
    """Print a table with machine and date, and write `NAME.md` to `out`."""
    table = Table(title=title, title_justify="left", show_edge=False, box=SIMPLE_HEAD)
    for column in columns:
        table.add_column(column, justify="left" if column == columns[0] else "right")
    for row in rows:
        table.add_row(*row)
    CONSOLE.print(table)
    for note in notes:
        CONSOLE.print(note)
    CONSOLE.print(f"{where(more)}\n")
    if out:
        out.mkdir(parents=True, exist_ok=True)
        lines = [f"### {title}", "", f"| {' | '.join(columns)} |", f"|{'---|' * len(columns)}"]
        lines += [f"| {' | '.join(row)} |" for row in rows]
        lines += ["", *notes, "", where(more), ""]
        (out / f"{name}.md").write_text("\n".join(lines), "utf-8")


def verdict(missed: Sequence[str]) -> int:
    """Print what missed its floor; returns the exit code."""
    for text in missed:
        CONSOLE.print(f"MISSED  {text}", style="bold red")
    return int(bool(missed))
