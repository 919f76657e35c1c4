"""How a command fails: our own errors are one readable line each, and exit code 1."""

import sys
from collections.abc import Callable

import typer

from bot.domain.errors import ZhuboError


def run(app: Callable[[], None]) -> None:
    """Run the command line."""
    try:
        app()
    except ZhuboError as error:
        _fail([error])
    except BaseExceptionGroup as group:
        ours, others = group.split(ZhuboError)
        if others is not None or ours is None:
            raise
        _fail(_leaves(ours))


def _leaves(group: BaseExceptionGroup[ZhuboError]) -> list[BaseException]:
    leaves: list[BaseException] = []
    for error in group.exceptions:
        leaves += _leaves(error) if isinstance(error, BaseExceptionGroup) else [error]
    return leaves


def _fail(errors: list[BaseException] | list[ZhuboError]) -> None:
    for error in errors:
        typer.echo(f"zhubo: {error}", err=True)
    sys.exit(1)
