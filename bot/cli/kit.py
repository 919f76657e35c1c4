"""`zhubo kit`: runs the conformance kit on an adapter and prints what came of each check."""

import importlib
import logging
import os
import sys
from collections.abc import Sequence
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from bot.cli import loop
from bot.domain.errors import SettingsError
from bot.kit.checks import CHECKS, Checked, run


def find(name: str) -> Any:
    """Return the object that `package.module:Object` names. Raises SettingsError."""
    module, _, attribute = name.partition(":")
    sys.path.insert(0, os.getcwd())  # noqa: PTH109 - the author's own package need not be installed
    try:
        return getattr(importlib.import_module(module), attribute)
    except (ImportError, AttributeError, ValueError) as error:
        raise SettingsError(f"{name}: {error}. Fix: give PACKAGE.MODULE:OBJECT, importable from here.") from error
    finally:
        sys.path.pop(0)


def check(adapter: str, harness: str, names: Sequence[str] = ()) -> int:
    """Run the checks; returns 1 when one failed."""
    factory, platform = find(adapter), find(harness)
    for name in names:
        if name not in CHECKS:
            raise SettingsError(f"check {name!r}: there is none. Fix: use {', '.join(CHECKS)}.")
    console = Console(highlight=False)
    logging.getLogger().addHandler(logging.NullHandler())  # what goes wrong here is meant to
    results = []
    with console.status("") as status:
        for name in names or CHECKS:
            status.update(name)
            results.append(loop.run(run(factory, platform, name)))
    console.print(table(results))
    failed = [r for r in results if r.outcome == "failed"]
    for r in failed:
        console.print(f"[bold red]{r.name}[/]: {r.why}", soft_wrap=True)
    kept = sum(r.outcome == "ok" for r in results)
    console.print(f"{kept} ok, {len(failed)} failed, {len(results) - kept - len(failed)} not here")
    return int(bool(failed))


def table(results: Sequence[Checked]) -> Table:
    """Return one row for each check."""
    found = Table(show_edge=False, box=SIMPLE_HEAD)
    for column in ("check", "what is tried", ""):
        found.add_column(column)
    marks = {"ok": "[green]ok[/]", "failed": "[bold red]FAILED[/]", "not here": "not here"}
    for r in results:
        found.add_row(r.name, r.what if r.outcome != "not here" else f"{r.what} ({r.why})", marks[r.outcome])
    return found
