"""Slots: many answers in one batch on a plain `forward`, each in its own row of preallocated keys and values.

Rows in use are always 0..n-1, so that a step computes on a view and not on a copy; when one ends, the last row takes
its place. The keys and values of a prefix are computed once and copied into each row that begins with it.
"""

import inspect
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import torch
from transformers.cache_utils import Cache

from bot.backends.models.layers import Plan, SlotLayer

_GROW = 256
# Shorter beginnings are not worth a copy.
_SHARED = 16


class Request(NamedTuple):
    """One answer to write.

    Attributes:
        ids: the whole prompt, at least one token longer than `head`.
        head: the beginning of `ids` that other requests are likely to share.
        most: tokens to write at most.
        take: is given each token; returns True when it wants no more.
    """

    ids: list[int]
    head: list[int]
    most: int
    take: Callable[[int], bool]


class _Row:
    """A request in a slot: `length` positions are computed, `token` is the next to compute."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.length = len(request.ids)
        self.token = -1
        self.written = 0

    def take(self, token: int) -> bool:
        """Hand over a token; True when the row is done."""
        self.token = token
        self.written += 1
        return self.request.take(token) or self.written >= self.request.most


class Slots:
    """Greedy decoding of many requests with one model. Not for two threads at once.

    Args:
        model: a causal language model whose layers are all attention layers, on its device.
        slots: rows decoded together.
        prefixes: how many prefixes are kept.
    """

    def __init__(self, model: Any, slots: int, prefixes: int) -> None:
        self._model = model
        self._slots = slots
        self._most_prefixes = prefixes
        self._device = model.device
        self._layers = model.config.get_text_config().num_hidden_layers
        taken = inspect.signature(model.forward).parameters
        self._keeps = "logits_to_keep" in taken
        self._cache_word = "cache" if "cache" in taken else "past_key_values"  # renamed in transformers 5.24
        # Keys and values of a prefix, per layer `[2, heads, length, size]`, by its tokens; the last used is last.
        self._prefixes: OrderedDict[tuple[int, ...], list[torch.Tensor]] = OrderedDict()
        self._plan = Plan()
        self._cache: Any = None
        self._rows: list[_Row] = []

    @property
    def free(self) -> int:
        """Rows that nobody uses."""
        return self._slots - len(self._rows)

    @property
    def held(self) -> int:
        """Bytes of keys and values, prefixes included."""
        layers = self._cache.layers if self._cache else []
        tensors = [t for layer in layers if layer.is_initialized for t in (layer.keys, layer.values)]
        tensors += [t for kept in self._prefixes.values() for t in kept]
        return sum(t.numel() * t.element_size() for t in tensors)

    def cost(self, request: Request) -> int:
        """Tokens that have to be computed before this request's first word."""
        return len(request.ids) - (len(request.head) if tuple(request.head) in self._prefixes else 0)

    def forget(self) -> None:
        """Drop all requests and give back all memory but the model's."""
        self._rows.clear()
        self._prefixes.clear()
        self._cache = None
        self._plan.capacity = 0

    @torch.inference_mode()
    def admit(self, requests: Sequence[Request]) -> None:
        """Begin requests, at most as many as rows are free: their prompts are computed, and their first tokens."""
        if requests:
            self._make_room(requests)
            self._admit([_Row(request) for request in requests], self._rows)

    @torch.inference_mode()
    def advance(self) -> None:
        """Compute one token of every request in a row."""
        if rows := self._rows:
            tokens = self._forward([[row.token] for row in rows], [row.length for row in rows], slice(0, len(rows)))
            for row in rows:
                row.length += 1
            self._deliver(rows, tokens)

    @torch.inference_mode()
    def drop(self, request: Request) -> None:
        """Free the row of a request; nothing happens when it has none."""
        for place, row in enumerate(self._rows):
            if row.request is request:
                self._close(self._rows, place)
                return

    def run(self, requests: Sequence[Request]) -> None:
        """Write all requests, at most `slots` at a time; a free row is given to the next request at once."""
        order = {key: place for place, key in enumerate(dict.fromkeys(tuple(request.head) for request in requests))}
        waiting = sorted(requests, key=lambda request: order[tuple(request.head)], reverse=True)
        while waiting or self._rows:
            while waiting and self.free:
                self.admit([waiting.pop() for _ in range(min(len(waiting), self.free))])
            self.advance()

    def _admit(self, newcomers: list[_Row], rows: list[_Row]) -> None:
        """Compute what is new of the newcomers' prompts and append those that go on to `rows`."""
        first = len(rows)
        starts = []
        for place, row in enumerate(newcomers, start=first):
            head = tuple(row.request.head)
            starts.append(len(head))
            if head:
                self._paste(self._prefix(head), place, len(head))
        rest = [row.request.ids[start:] for row, start in zip(newcomers, starts, strict=True)]
        tokens = self._forward(rest, starts, slice(first, first + len(newcomers)))
        rows.extend(newcomers)
        self._deliver(rows, [-1] * first + tokens, first)

    def _deliver(self, rows: list[_Row], tokens: list[int], first: int = 0) -> None:
        """Hand each row from `first` on its token; close the gaps that finished ones leave."""
        done = [place for place in range(first, len(rows)) if rows[place].take(tokens[place])]
        for place in reversed(done):
            self._close(rows, place)

    def _close(self, rows: list[_Row], place: int) -> None:
        """Take a row out; the last one takes its place."""
        last = rows.pop()
        if place < len(rows):
            self._move(len(rows), place, last.length)
            rows[place] = last

    def _prefix(self, head: tuple[int, ...]) -> list[torch.Tensor]:
        """Return the keys and values of a prefix, computing what no kept prefix begins with."""
        kept = self._prefixes.pop(head, None)
        if kept is None:
            spare = self._slots  # the row after the slots is nobody's
            nearest, shared = None, _SHARED
            for other in self._prefixes:
                common = _common(other, head)
                if common >= shared:
                    nearest, shared = other, common
            start = min(shared, len(head) - 1) if nearest else 0
            if nearest:
                self._paste(self._prefixes[nearest], spare, start)
            self._forward([list(head[start:])], [start], slice(spare, spare + 1))
            kept = [
                torch.stack((layer.keys[spare, :, : len(head)], layer.values[spare, :, : len(head)]))
                for layer in self._cache.layers
            ]
        self._prefixes[head] = kept
        while len(self._prefixes) > self._most_prefixes:
            self._prefixes.popitem(last=False)
        return kept

    def _forward(self, ids: list[list[int]], starts: list[int], rows: slice) -> list[int]:
        """Compute `ids[i]` at positions `starts[i]...` of row i; return the likeliest next token of each row.

        Short rows are padded on the right. What the padding writes lies beyond the row's end, where the next real
        token overwrites it before anyone may look.
        """
        plan, device = self._plan, self._device
        longest = max(map(len, ids))
        padded = torch.tensor([row + [0] * (longest - len(row)) for row in ids], device=device)
        steps = torch.arange(longest, device=device)
        plan.positions = torch.tensor(starts, device=device)[:, None] + steps
        plan.rows = rows
        plan.index = torch.arange(rows.start, rows.stop, device=device)[:, None]
        plan.width = max(starts) + longest
        ends = [len(row) - 1 for row in ids]
        # Padding beyond the last position that the model knows would be refused by learned position embeddings.
        known = plan.positions.minimum(
            torch.tensor(starts, device=device)[:, None] + torch.tensor(ends, device=device)[:, None]
        )
        mask = torch.arange(plan.width, device=device) <= plan.positions[:, None, :, None]
        wanted = sorted(set(ends))
        keep = {"logits_to_keep": torch.tensor(wanted, device=device)} if self._keeps else {}
        logits = self._model(
            input_ids=padded,
            position_ids=known,
            attention_mask=mask,
            use_cache=True,
            **{self._cache_word: self._cache},
            **keep,
        ).logits
        places = [wanted.index(end) for end in ends] if self._keeps else ends
        at = torch.tensor(places, device=device)
        best: list[int] = logits[torch.arange(len(ids), device=device), at].argmax(-1).tolist()
        return best

    def _make_room(self, requests: Sequence[Request]) -> None:
        """Have enough positions in every row; what rows in use hold is kept."""
        padded = max(len(r.head) for r in requests) + max(len(r.ids) - len(r.head) for r in requests)
        length = max(padded, *(len(r.ids) + r.most for r in requests))
        needed = -(-length // _GROW) * _GROW
        if self._cache is None or needed > self._plan.capacity:
            before, self._plan.capacity = self._cache, needed
            self._cache = Cache(layers=[SlotLayer(self._plan, self._slots + 1) for _ in range(self._layers)])
            for old, new in zip(before.layers if before else (), self._cache.layers, strict=False):
                if old.is_initialized:
                    new.take_over(old, len(self._rows))

    def _paste(self, kept: list[torch.Tensor], row: int, length: int) -> None:
        for layer, (keys, values) in zip(self._cache.layers, kept, strict=True):
            if not layer.is_initialized:
                layer.lazy_initialization(keys[None], values[None])
            layer.keys[row, :, :length] = keys[:, :length]
            layer.values[row, :, :length] = values[:, :length]

    def _move(self, source: int, target: int, length: int) -> None:
        for layer in self._cache.layers:
            layer.keys[target, :, :length] = layer.keys[source, :, :length]
            layer.values[target, :, :length] = layer.values[source, :, :length]


def _common(one: Sequence[int], other: Sequence[int]) -> int:
    """How many tokens two sequences begin with in common."""
    length = 0
    for mine, theirs in zip(one, other, strict=False):
        if mine != theirs:
            break
        length += 1
    return length
