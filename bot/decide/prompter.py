"""Cues: what a host can take in at a glance while talking."""

from bot.domain.events import Lang

LIMIT = 30  # characters in Chinese; English gets twice as many


def cue_line(people: int, question: str, answer: str, lang: Lang) -> str:
    """Return a cue such as "32人问 多少钱 → 现价129元", cut to what is read at a glance.

    Args:
        people: how many ask.
        answer: the words from facts; "" when only the host knows.
    """
    zh = lang == "zh"
    limit = LIMIT if zh else 2 * LIMIT
    head = f"{people}人问 " if zh else f"{people} ask: "
    tail = f" → {answer or ('你来答' if zh else 'over to you')}"
    room = limit - len(head)
    asked = _cut(question, max(room - len(tail), room // 2))
    return head + asked + _cut(tail, limit - len(head) - len(asked))


def _cut(text: str, room: int) -> str:
    return text if len(text) <= room else text[: max(0, room - 1)].rstrip() + "…"
