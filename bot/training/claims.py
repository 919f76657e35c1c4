"""Train the model of unlawful claims: `python -m bot.training.claims`, a minute on one core.

It learns from `sets/adlaw_train.jsonl`, lines written apart from the test sets; Chinese claims also in disguises made
up here (a character by its sound, its initial or another of its sound, parted by marks), and lawful lines half as
often, so that a disguise alone is no claim. What the test sets hold is left out.
"""

import argparse
import sys
import tomllib
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from random import Random

from bot.backends.rules_file import DEFAULT as RULES
from bot.backends.rules_file import load_rules
from bot.decide import claims
from bot.decide.adlaw import AdLaw
from bot.decide.claims import CLASSES, sounds
from bot.decide.ngrams import Head, Model, pack
from bot.decide.words import fold
from bot.domain.law import LawTable
from bot.training.triage import fit, head, rows

# Logits: a sentence that hits a rule and scores less than "denied:…" is let go; one that hits none and scores more than
# "claim:…" is held back. Chosen so that alarms stay below 2 % on bot/training/sets/adlaw_clean.jsonl.
THRESHOLDS = {"denied:zh": -2.0, "claim:zh": 0.2, "denied:en": -3.0, "claim:en": 2.0}


@cache
def _alike() -> dict[str, str]:
    """Return, for each character, the others of its sound."""
    by_sound: dict[str, str] = {}
    for c, sound in claims.readings().items():
        by_sound[sound] = by_sound.get(sound, "") + c
    return {c: by_sound[sound] for c, sound in claims.readings().items()}


def disguised(text: str, dice: Random) -> str:
    """Write one to three characters of a Chinese text so that a filter of words would miss them."""
    chars = list(text)
    han = [i for i, c in enumerate(chars) if c in _alike()]
    for i in dice.sample(han, min(len(han), dice.randint(1, 3))):
        way = dice.randrange(4)
        sound = sounds(chars[i])[0]
        chars[i] = (sound, sound[0], dice.choice(_alike()[chars[i]]), f"{chars[i]}{dice.choice(' ./-*~')}")[way]
    return "".join(chars)


def lines(dice: Random) -> Iterator[tuple[str, str]]:
    """Yield (text, class, "?" for a rule's example, "" for a lawful line)."""
    for rule in tomllib.loads(RULES.read_text(encoding="utf-8"))["rule"]:
        for text in rule["must"]:
            yield from [(text, rule.get("claim", "?"))] * 2
        for text in rule["must_not"]:
            yield from [(text, "")] * 2
    tested = {fold(row["text"]) for name in ("adlaw_violations", "adlaw_clean") for row in rows(name)}
    for row in rows("adlaw_train"):
        if fold(row["text"]) in tested:
            continue
        yield row["text"], row["claim"]
        if row["lang"] == "zh" and dice.random() < (1.0 if row["claim"] else 0.5):
            yield disguised(row["text"], dice), row["claim"]


def train(law: AdLaw, say: Callable[[str], None]) -> Model:
    """Train the heads: "claim" tells unlawful lines from others, "class:…" which kind of claim it is."""
    found = list(lines(Random(1)))
    say(f"{len(found)} lines, {sum(bool(claim) for _, claim in found)} unlawful")
    bags = [law.pieces(text) for text, _ in found]
    weights, bias = fit(bags, [int(bool(claim)) for _, claim in found], 2, epochs=14, decay=0.02)
    heads: dict[str, Head] = {"claim": head(weights[:, 1] - weights[:, 0], float(bias[1] - bias[0]))}
    unlawful = [(bag, claim) for bag, (_, claim) in zip(bags, found, strict=True) if claim in CLASSES]
    weights, bias = fit(
        [bag for bag, _ in unlawful], [CLASSES.index(claim) for _, claim in unlawful], len(CLASSES), epochs=10
    )
    heads |= {f"class:{name}": head(weights[:, i], float(bias[i])) for i, name in enumerate(CLASSES)}
    return Model(heads, THRESHOLDS)


def main() -> None:
    """Train and write the model beside the rule table."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("--out", type=Path, default=Path(claims.__file__).with_name("law") / claims.FILE)
    given = options.parse_args()
    table = load_rules(check=False)
    words_only = LawTable(table.version, table.variants, tuple(r for r in table.rules if not r.claim))
    stored = pack(train(AdLaw(words_only), lambda text: print(text, file=sys.stderr)))  # noqa: T201 - a script
    given.out.write_bytes(stored)
    sys.stderr.write(f"{given.out}: {len(stored) / 1e6:.2f} MB\n")


if __name__ == "__main__":
    main()
