"""Senses: what a question asks, as a small model puts it, so that other words for the same thing are recognised.

A text is a bag of hashed character runs and words; each has a vector of 64 signed bytes, their sum points somewhere
between the centres of some 750 intents (Joulin et al., EACL 2017, is the shape). Trained by `bot.training.senses` on
our own paraphrases after learning from a sentence encoder where words lie. Lives beside this file as `senses.npz`.
"""

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib.resources import files
from io import BytesIO
from math import sqrt

import msgspec
import numpy as np
import numpy.typing as npt

from bot.decide.ngrams import hashed, runs, words
from bot.decide.words import fold

FILE = "senses.npz"
BUCKETS = 1 << 15
LONGEST = 80  # characters read
NEAREST = 8  # intents kept of a text
TEMPERATURE = 0.1
_NUMBER = re.compile(r"[\d.]*\d")


class Senses(msgspec.Struct, frozen=True):
    """The model: `table` int8 [BUCKETS, width], `centres` float32 [intents, width] of length one, their names."""

    table: npt.NDArray[np.int8]
    centres: npt.NDArray[np.float32]
    names: tuple[str, ...]


def pieces(text: str) -> list[int]:
    """Return the buckets of a text, each once; numbers count as "a number"."""
    line = _NUMBER.sub("0", fold(text[:LONGEST]))
    return hashed(runs(line, (1, 2, 3)) | words(line), BUCKETS)


def vector(text: str) -> npt.NDArray[np.float32]:
    """Return where a text lies, [width], of length one."""
    summed = shipped().table[pieces(text)].sum(axis=0, dtype=np.int32).astype(np.float32)
    unit: npt.NDArray[np.float32] = summed / max(1.0, float(np.sqrt(summed @ summed)))
    return unit


@lru_cache(maxsize=4096)
def sense(text: str) -> Mapping[str, float]:
    """Return the likeliest intents of a question and their probabilities."""
    model = shipped()
    logits = model.centres @ vector(text) / TEMPERATURE
    odds = np.exp(logits - logits.max())
    odds /= odds.sum()
    return {model.names[i]: float(odds[i]) for i in np.argpartition(-odds, NEAREST)[:NEAREST]}


def alike(a: Mapping[str, float], b: Mapping[str, float]) -> float:
    """Return how surely two senses are one, 0 to 1: the root of the chance that both have the same intent."""
    return sqrt(sum(p * b[intent] for intent, p in a.items() if intent in b))


@cache
def shipped() -> Senses:
    """Return the model that comes with the package (a part of the code, read once)."""
    with np.load(BytesIO(files("bot.decide").joinpath(FILE).read_bytes())) as stored:
        return Senses(stored["table"], stored["centres"], tuple(stored["names"].tolist()))
