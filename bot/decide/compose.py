"""Words: the line that is posted, and the prompt the model reads."""

import re
from collections.abc import Sequence

from bot.decide.evidence import RESTRICTS
from bot.decide.words import negated
from bot.domain.catalog import Product
from bot.domain.events import Lang
from bot.domain.turns import Suggestion


def label(product: Product | None, lang: Lang, *, short: bool = False) -> str:
    """Return how a line names its product: "3号亚麻衬衫：" or "#3 Linen Shirt: "; the number alone when `short`."""
    if product is None:
        return ""
    name = product.name.get(lang)
    if lang == "zh":
        return f"{product.number}号{'' if short else name}：" if product.number else f"{name}："
    return f"#{product.number}{'' if short else f' {name}'}: " if product.number else f"{name}: "


def fits(bodies: Sequence[str], more: str, product: Product | None, lang: Lang, limit: int) -> bool:
    """Tell whether one more answer on the same product has room in the line."""
    return len(label(product, lang) + _joined((*bodies, more), lang)) + len(_asked(99, lang)) <= limit


def line(
    bodies: Sequence[str], product: Product | None, lang: Lang, askers: int, suggestion: Suggestion | None, limit: int
) -> tuple[str, Suggestion | None]:
    """Build the posted line: asker count, product, the answers on it, suggestion.

    What does not fit into `limit` characters is left out in this order: suggestion, asker count, the product's name
    beside its number, last clauses that restrict nothing.

    Returns:
        The line and the suggestion that is really in it; "" when no true line is that short.
    """
    asked, said = _asked(askers, lang), _joined(bodies, lang)
    long, short = label(product, lang), label(product, lang, short=True)
    more = ""
    if suggestion and suggestion.text:
        more = f"；{suggestion.text}" if lang == "zh" else f". {suggestion.text[:1].upper()}{suggestion.text[1:]}"
    without = suggestion if suggestion and not suggestion.text else None
    for text, kept in (
        (asked + long + said + more, suggestion),
        (asked + long + said, without),
        (long + said, without),
        (short + said, without),
    ):
        if len(text) <= limit:
            return text, kept
    said = trimmed(said, limit - len(short))
    return (short + said if said else ""), without


def correction(body: str, product: Product, lang: Lang, limit: int) -> str:
    """Build the line that puts an earlier one right; "" when it does not fit."""
    head = "更新：" if lang == "zh" else "Update: "
    for named in (label(product, lang), label(product, lang, short=True)):
        if len(head + named + body) <= limit:
            return head + named + body
    return ""


def _asked(people: int, lang: Lang) -> str:
    return "" if people < 2 else f"【{people}人问】" if lang == "zh" else f"({people} asked) "


def _joined(bodies: Sequence[str], lang: Lang) -> str:
    """Join answers; a clause that an earlier one has said already ("现价129元") is not said again."""
    mark, end = ("，", "；") if lang == "zh" else ("; ", ". ")
    said: set[str] = set()
    parts = []
    for body in bodies:
        fresh = [c for c in body.rstrip("。.；;").split(mark) if c not in said]
        said.update(fresh)
        if fresh:
            parts.append(mark.join(fresh))
    return end.join(parts)


_CLAUSE_END = re.compile(r"[。；，]|[.;,](?= )")


def trimmed(text: str, limit: int) -> str:
    """Leave out last clauses, at most two thirds of the words; "" when what would go restricts or denies what stays,
    or what stays may be the condition of what would go.

    "包邮，新疆除外" must not become "包邮".
    """
    if len(text) <= limit:
        return text
    ends = [m.start() for m in _CLAUSE_END.finditer(text) if m.start() <= limit]
    kept, rest = (text[: ends[-1]], text[ends[-1] :]) if ends else ("", text)
    whole = all(kept.count(a) == kept.count(b) for a, b in ("()", "（）", "【】", "[]"))
    if 3 * len(kept) < len(text) or not whole or any(negated(t) or RESTRICTS.search(t.lower()) for t in (kept, rest)):
        return ""
    return kept


# The same for all products, so that a worker computes it once; the card's sentences come with the question. A small
# model imitates: plain examples beat instructions, and examples with made-up numbers would leak into answers.
_PREFIX: dict[Lang, str] = {
    "zh": """你是直播间助播，照资料用一句话回答观众，不要编。
例：
资料：能装下雨伞，水壶放不下
观众问：能放水壶吗
回答：水壶放不下，雨伞可以。
资料：面料有轻微弹力
观众问：有弹性吗
回答：有轻微弹力。
资料：配方不含酒精
观众问：有酒精吗
回答：没有，配方不含酒精。""",
    "en": """You assist in a live shop. Answer the viewer in one short sentence, only from the notes.
Examples:
Notes: Fits an umbrella, a water bottle does not fit
Viewer: can I put a bottle in
Answer: A water bottle does not fit, an umbrella does.
Notes: The fabric has a little stretch
Viewer: is it stretchy
Answer: Yes, the fabric has a little stretch.""",
}


def prefix(lang: Lang) -> str:
    """Return the shared part of a prompt: the instructions."""
    return _PREFIX[lang]


# What a small model would rather repeat than answer: pointers to links, calls for attention, questions without 吗.
_FLUFF = re.compile(
    r"(?:链接\s*\d+|\d+\s*号(?:链接|宝贝)?|(?:link|number|item)\s*#?\d+|#\d+)(?:的|那个|那款)?[，,：: ]*"
    r"|主播(?:看我)?|在线等|急[用！!]*$|问[了二三四五六]+遍了|求回|请问|姐妹?们?(?=\s)|宝(?:子|贝)?(?=[，,\s]|$)|^(?:hey|hello|hi|pls|please|host)\b",
    re.I,
)
_A_NOT_A = re.compile(r"([\u3400-\u9fff])[不没]\1")
_BARE_TAIL = re.compile(r"(?<=[\u3400-\u9fff])[不没么嘛][?？\s]*$")


def suffix(question: str, lang: Lang, notes: Sequence[str]) -> str:
    """Return the changing part of a prompt: the card's sentences and the viewer's words, each one line of data."""
    words = " ".join(_FLUFF.sub(" ", question).split()).strip(" ，,。.?？")[:200] or " ".join(question.split())[:200]
    if lang == "zh":
        return f"资料：{'；'.join(n.rstrip('。；') for n in notes)}\n观众问：{_plain_question(words)}？\n回答："
    return f"Notes: {' '.join(notes)}\nViewer: {words}?\nAnswer:"


def _plain_question(words: str) -> str:
    """Write 透不透 and 能穿不 as 透吗 and 能穿吗."""
    plain = _A_NOT_A.sub(r"\1", words)
    asks = plain != words or bool(_BARE_TAIL.search(plain))
    return _BARE_TAIL.sub("", plain).removesuffix("吗") + "吗" if asks else words
