"""Character n-grams and the small linear models on them: what triage asks beside its rules.

A text is cut into all runs of 1 to 4 characters (words of letters count as a whole, and in pairs, too); each run is
hashed to a bucket (the hashing trick, Weinberger et al., ICML 2009) whose weight, one signed byte a head, was learned
by `bot.training.triage` and lies beside this file. Pure Python: a comment costs some tens of microseconds, no library.
"""

import re
import zlib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from math import sqrt

import msgspec

LONGEST = 160  # characters read
BUCKETS = 1 << 17
FILE = "small.bin"
_DIGITS = re.compile(r"\d")
_SPACE = re.compile(r"\s+")
WORD = re.compile(r"[a-z']+")


def features(text: str, marks: Iterable[str] = ()) -> list[int]:
    """Return the buckets of a text, each once. `marks` are features that somebody else found, weighed double."""
    line = _SPACE.sub(" ", _DIGITS.sub("0", text[:LONGEST].lower()))
    found = runs(line, (1, 2, 3, 4)) | words(line)
    found.update(f"\x07{mark}{k}" for mark in marks for k in "01")
    return hashed(found)


def runs(line: str, sizes: Iterable[int]) -> set[str]:
    """Return all runs of characters of these sizes, the ends of the line marked."""
    line = f"\x02{line}\x03"
    return {line[i : i + size] for size in sizes for i in range(len(line) - size + 1)}


def words(line: str, apart: int = 1) -> set[str]:
    """Return the words of letters of a line, and pairs of neighbours; with `apart` 2 of next neighbours, too."""
    said = WORD.findall(line)
    found = {f"\x04{word}" for word in said}
    found.update(f"\x04{a} {b}" for a, b in zip(said, said[1:], strict=False))
    if apart > 1:
        found.update(f"\x04{a} * {b}" for a, b in zip(said, said[2:], strict=False))
    return found


def hashed(pieces: Iterable[str], buckets: int = BUCKETS) -> list[int]:
    """Return the buckets of pieces, each once."""
    crc = zlib.crc32
    return list({crc(piece.encode()) % buckets for piece in pieces})


_SHAPES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("number", re.compile(r"\[contact\]|<num\d*>|\d{6,}|加我|私聊|私我|联系|微信|\b[vw]x\b|qq|[qk]群", re.I)),
    ("link", re.compile(r"\[link\]|https?:|www\.|\.(?:com|cn|net|org|top|cc|ru|tk)\b|youtu\.be|链接|点击|复制", re.I)),
    ("bracket", re.compile(r"[【】✅❤🔥👉💰▶★☆◆①②③]")),
    ("trade", re.compile(
        r"出售|出租|出号|收号|代练|代购|兼职|招聘|招人|优惠|低价|便宜|特价|福利|免费|元/|"
        r"包邮|客服|下单|订购|会员|充值|返利|红包|进群|加群|"
        r"群号|扫码|价格|售后|稳定|套餐|giveaway|\bfree\b|money|\$|\bearn|donat|gift card", re.I
    )),
    ("promo", re.compile(
        r"subscri|\bsub\b|\bmy (?:\w+ ){0,2}(?:channel|videos?|covers?|page|songs?|music|blog|site|track)|"
        r"check (?:\w+ ){0,2}(?:out|my|me)|"
        r"follow me|please (?:like|help|watch|check)|vote|share this|add me|facebook|twitter|"
        r"instagram|take a (?:look|second)", re.I
    )),
)  # fmt: skip


def shape(text: str) -> list[int]:
    """Return buckets for how a text is built, which gives advertisements away: length, marks, numbers, links."""
    found = [f"long{min(9, len(text).bit_length())}", f"marks{min(5, len(re.findall('[，。！!,、]', text)))}"]
    found += [f"digits{min(5, len(re.findall('[0-9]+', text)))}"]
    found += [name for name, p in _SHAPES if p.search(text)]
    return [zlib.crc32(f"\x08{name}{k}".encode()) % BUCKETS for name in found for k in "012"]


class Head(msgspec.Struct, frozen=True):
    """One score of a text.

    Attributes:
        weights: one signed byte for each bucket.
        scale: what a weight of 1 is worth, in logits.
        bias: logits for a text without features.
    """

    weights: bytes
    scale: float
    bias: float

    def logit(self, buckets: list[int]) -> float:
        """Return the score, in logits."""
        weights = memoryview(self.weights).cast("b")
        return self.bias + self.scale * sum([weights[b] for b in buckets]) / sqrt(len(buckets) or 1)


class Model(msgspec.Struct, frozen=True):
    """Heads by name: those named "kind:…" compete with each other, the others stand alone.

    Attributes:
        thresholds: logits above which a head that stands alone says yes.
    """

    heads: Mapping[str, Head]
    thresholds: Mapping[str, float]

    def scores(self, buckets: list[int], names: Iterable[str]) -> dict[str, float]:
        """Return the scores of some heads, in logits."""
        return {name: self.heads[name].logit(buckets) for name in names}

    def says(self, name: str, buckets: list[int]) -> bool:
        """Tell whether a head that stands alone says yes."""
        return self.heads[name].logit(buckets) > self.thresholds[name]


def pack(model: Model) -> bytes:
    """Return a model as it is stored."""
    return zlib.compress(msgspec.msgpack.encode(model), 9)


def unpack(stored: bytes) -> Model:
    """Return a stored model."""
    return msgspec.msgpack.decode(zlib.decompress(stored), type=Model)


@cache
def shipped() -> Model:
    """Return the model that comes with the package (a part of the code, read once)."""
    return unpack(files("bot.decide").joinpath(FILE).read_bytes())
