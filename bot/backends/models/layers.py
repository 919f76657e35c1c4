"""Keys and values of a layer, preallocated in rows, as `slots` gives them to a model in place of its own cache."""

from typing import Any

import torch
from transformers.cache_utils import CacheLayerMixin


class Plan:
    """Where the next forward writes and how far it reads; all layers look at the same one."""

    def __init__(self) -> None:
        self.capacity = 0
        self.rows = slice(0, 0)
        self.index = torch.empty(0)
        self.positions = torch.empty(0)
        self.width = 0


class SlotLayer(CacheLayerMixin):  # type: ignore[no-untyped-call]
    """Keys and values of one layer: `[rows, heads, capacity, head size]`, allocated at first sight of their shape."""

    def __init__(self, plan: Plan, rows: int) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.keys: Any = None
        self.values: Any = None
        self._plan = plan
        self._rows = rows

    def lazy_initialization(self, key_states: torch.Tensor, value_states: torch.Tensor) -> None:
        """Allocate; zeros, because what is masked is still multiplied."""

        def room(states: torch.Tensor) -> torch.Tensor:
            _, heads, _, size = states.shape
            return states.new_zeros(self._rows, heads, self._plan.capacity, size)

        self.keys, self.values = room(key_states), room(value_states)
        self.is_initialized = True

    def take_over(self, other: "SlotLayer", rows: int) -> None:
        """Begin with what the first rows of a smaller layer hold."""
        self.lazy_initialization(other.keys[:1], other.values[:1])
        length = other.keys.shape[2]
        self.keys[:rows, :, :length] = other.keys[:rows]
        self.values[:rows, :, :length] = other.values[:rows]

    def update(
        self, key_states: torch.Tensor, value_states: torch.Tensor, *_: object, **__: object
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Write `[n, heads, length, size]` where the plan says; return views of all that may be looked at."""
        if not self.is_initialized:
            self.lazy_initialization(key_states, value_states)
        plan = self._plan
        self.keys[plan.index, :, plan.positions] = key_states.transpose(1, 2)
        self.values[plan.index, :, plan.positions] = value_states.transpose(1, 2)
        return self.keys[plan.rows, :, : plan.width], self.values[plan.rows, :, : plan.width]

    def get_mask_sizes(self, query_length: int) -> tuple[int, int]:
        """Not used: the mask is given with each call. Kept true all the same."""
        return self._plan.width, 0

    def get_seq_length(self) -> int:
        """Not used: positions are given with each call."""
        return self._plan.width

    def get_max_length(self) -> int:
        """Positions per row."""
        return self._plan.capacity
