"""Which answers a person should look at before they are sent."""

import re
from collections.abc import Collection

from bot.domain.desk import Doubt
from bot.domain.turns import Path

_HEALTH = re.compile(
    r"孕|哺乳|月子|过敏|敏感肌|婴|新生儿|宝宝|儿童|小孩|生病|疾病|患者|糖尿|"
    r"血压|血糖|心脏|手术|化疗|湿疹|伤口|吃药|用药|药物|副作用|"
    r"pregnan|breast.?feed|nursing|allerg|eczema|infant|newborn|\bbab(?:y|ies)\b|toddler|diabet|"
    r"blood (?:pressure|sugar)|illness|disease|medica|surgery|chemo|side effect",
    re.I,
)
_REFUND = re.compile(r"退款|退钱|退货|退换|能退|可以退|赔|refund|money back|\breturns?\b|compensat", re.I)


def doubt(
    text: str, path: Path, *, angry: bool, new: bool, ask_for: Collection[Doubt]
) -> Doubt | None:  # fmt: skip
    """Return why an answer waits for a person, None when it need not.

    What the merchant wrote (facts, quotes) has been decided on by a person; health and refunds are doubtful in a
    model's words alone.

    Args:
        text: the question.
        path: who wrote the words.
        angry: everybody who asks complained a moment ago.
        new: nothing was said of this product in this show yet.
        ask_for: the doubts that count in this room.
    """
    if path == "person":
        return None
    model = path == "model"
    found: tuple[tuple[Doubt, bool], ...] = (
        ("angry", angry),
        ("health", model and bool(_HEALTH.search(text))),
        ("refund", model and bool(_REFUND.search(text))),
        ("new", new),
        ("unsure", model),
    )
    return next((name for name, holds in found if holds and name in ask_for), None)
