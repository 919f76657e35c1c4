"""Character n-grams and the linear models on them: what triage asks when its rules are not sure.

A text is cut into all runs of 1 to 4 characters (words of letters count as a whole, and in pairs, too); each run is
hashed to a bucket (the hashing trick, Weinberger et al., ICML 2009) whose weight, one signed byte, was learned by
`bot.training.triage`. Pure Python: reading one comment costs some tens of microseconds and needs no library.
"""

import re
from collections.abc import Mapping
from math import exp, sqrt
from zlib import crc32

import msgspec

LONGEST = 160  # characters read
BUCKETS = 1 << 17
_DIGITS = re.compile(r"\d")
_SPACE = re.compile(r"\s+")
_WORD = re.compile(r"[a-z']+")


def features(text: str) -> list[int]:
    """Return the buckets of a cleaned text, each once."""
    line = f"\x02{_SPACE.sub(' ', _DIGITS.sub('0', text[:LONGEST].lower()))}\x03"
    n = len(line)
    runs = {line[i : i + size] for size in (1, 2, 3, 4) for i in range(n - size + 1)}
    if len(words := _WORD.findall(line)) > 0:
        runs.update(f"\x04{word}" for word in words)
        runs.update(f"\x04{a} {b}" for a, b in zip(words, words[1:], strict=False))
    return list({crc32(run.encode()) % BUCKETS for run in runs})


class Head(msgspec.Struct, frozen=True):
    """One yes/no question asked of a text.

    Attributes:
        weights: one signed byte for each bucket.
        scale: what a weight of 1 is worth, in logits.
        bias: logits for a text without features.
    """

    weights: bytes
    scale: float
    bias: float

    def logit(self, buckets: list[int]) -> float:
        """Return the logit of yes."""
        weights = memoryview(self.weights).cast("b")
        return self.bias + self.scale * sum([weights[b] for b in buckets]) / sqrt(len(buckets) or 1)


class Model(msgspec.Struct, frozen=True):
    """Heads by name, reading the same features."""

    heads: Mapping[str, Head]

    def read(self, text: str) -> dict[str, float]:
        """Return the probability of yes by head."""
        buckets = features(text)
        return {name: 1.0 / (1.0 + exp(-max(-30.0, min(30.0, h.logit(buckets))))) for name, h in self.heads.items()}
