"""What the demo's viewers do about a product that our line put before them: some open its card.

Tastes are made up and hidden from the bot: each product has its own, and what the host explains is opened more.
"""

import random
from zlib import crc32

LIFT = 1.6  # of a product that is explained now
FEW, MANY = 0.05, 0.55  # how many open the card of the least and of the most liked product


def appeal(product: str, seed: int = 7) -> float:
    """Return which share of viewers opens a product's card when it is put before them."""
    liked: float = FEW + (MANY - FEW) * random.Random(crc32(f"{seed}:{product}".encode())).random() ** 1.5  # noqa: S311
    return liked


def opens(product: str, on_screen: str, dice: random.Random) -> bool:
    """Throw the dice for one viewer."""
    return dice.random() < min(0.9, appeal(product) * (LIFT if product == on_screen else 1.0))
