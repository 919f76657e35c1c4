"""What all rooms need of the same catalogue or table is made once, and remembered by the value it was made of."""

from collections.abc import Callable
from typing import Any, TypeVar

Of = TypeVar("Of")
Made = TypeVar("Made")
KEPT = 4  # values: the one in force, and those that rooms have not let go yet


def shared(make: Callable[[Of], Made]) -> Callable[[Of], Made]:
    """Return `make`, which gives the same result again for the same object. For results that nobody changes."""
    kept: list[tuple[Any, Made]] = []

    def remembered(value: Of) -> Made:
        for known, made in kept:
            if known is value:
                return made
        made = make(value)
        kept.append((value, made))
        del kept[:-KEPT]
        return made

    return remembered
