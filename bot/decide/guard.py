"""The guard: a text leaves only when everything it states is bound to the catalogue.

It reads what a model wrote as it would read a stranger's claim: numbers, promises, sizes, colours, stock words,
topics and their polarity must all be found in the product's own statements. What fails is withheld; nothing is
repaired. Texts made of facts are checked by the same rule for numbers (`unbound`).
"""

import re
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

import msgspec

from bot.decide.card import Statement, statements, text_of
from bot.decide.facts import fact
from bot.decide.numbers import Number, read
from bot.decide.topics import Topic, topics_of
from bot.decide.words import clauses, clean, content, lang_of, negated
from bot.domain.catalog import Catalogue, Product
from bot.domain.events import Lang
from bot.domain.turns import Fact

SUPPORT = 0.6  # least share of the answer's content found in the card or the question


class Verdict(msgspec.Struct, frozen=True):
    """What the guard says of a model's words.

    Attributes:
        text: the words as they may be sent; "" when they may not.
        reason: "ok", "asks_host", or the rule that held them back, such as "number:99元".
        facts: what the words rest on.
    """

    text: str
    reason: str
    facts: tuple[Fact, ...] = ()


_ASKS_HOST = re.compile(
    r"问(?:一下|下)?(?:主播|客服|老板)|(?:咨询|联系)(?:一下)?(?:主播|客服)|不(?:太)?(?:清楚|确定|知道)|没有(?:相关|提到|说明)|未(?:提及|说明)|"
    r"ask the (?:host|seller)|check with|not sure|(?:don.t|do not) know|no information|not mentioned|unsure|cannot (?:say|tell)",
    re.I,
)
_MARKUP = re.compile(r"[<>{}\[\]|`#*_\\]|https?:|www\.|@|(?:assistant|system|user|viewer|question|answer)\s*[:：]|问[:：]|答[:：]", re.I)
_STOCK = re.compile(
    r"有货|没货|现货|库存|售罄|卖完|断货|缺货|仅剩|还剩|抢|sold out|in stock|out of stock|only \d+ left|\bleft\b|available",
    re.I,
)
# Promises, absolutes and health claims: each may be said only when the merchant's own card says it.
_PROMISE = re.compile(
    r"包邮|免邮|免运费|免费|赠送|赠品|送(?:一|您|你|运费险)|保证|承诺|假一赔|赔付|退款|退货|退换|无理由|质保|保修|优惠券|优惠|折扣|打折|满减|限时|特价|秒杀|"
    r"最(?!后|近)\w?|第一|唯一|顶级|极致|国家级|全网|首选|绝对|永久|完全|百分百|纯天然|零添加|无添加|根治|治疗|治愈|疗效|功效|药|抗癌|减肥|美白|祛斑|祛痘|抗菌|杀菌|"
    r"孕|婴|过敏|安全|无害|无副作用|放心|认证|专利|进口|防水|防晒|阻燃|正品|"
    r"free|guarantee|promise|refund|return|warranty|discount|coupon|% off|best|cheapest|lowest|number one|no\. ?1|only one|"
    r"perfect|always|never|completely|cure|heal|treat|clinical|proven|safe|harmless|allerg|pregnan|certified|patent|organic|"
    r"natural|waterproof|sunscreen|authentic|genuine|imported",
    re.I,
)
_SIZE = re.compile(r"(?<![a-z0-9'’])(xxs|xs|s|m|l|xl|xxl|xxxl|[2-5]xl)(?![a-z0-9'’])|(?<!\d)(3[4-9]|4[0-6])\s*码", re.I)
_COLOUR = re.compile(
    r"[黑白红蓝绿黄灰粉紫棕咖杏橙驼裸]色|卡其|藏青|米[白色]|\b(?:black|white|red|blue|green|yellow|gr[ea]y|pink|purple|brown|beige|khaki|orange|navy)\b",
    re.I,
)
_YES_NO = re.compile(r"吗|[能会可].{0,2}[不没]|有没有|是不是|^(?:is|are|does|do|can|will|would)\b", re.I)


def _numbers_of(text: str) -> set[Decimal]:
    return {n.value for n in read(text)}


def _bound(number: Number, money: set[Decimal], plain: set[Decimal]) -> bool:
    return number.value in (money if number.unit in ("money", "off") else plain | money)


def unbound(text: str, facts: Sequence[Fact], also: str = "") -> list[str]:
    """Return the numbers of a fact answer that none of its facts holds, as written.

    Args:
        text: the words of the answer.
        facts: what it rests on; sums of stock are allowed.
        also: words whose numbers are allowed too, such as product names.
    """
    allowed = _numbers_of(also)
    stock = Decimal(0)
    for f in facts:
        allowed |= _numbers_of(f.value)
        if f.field == "stock":
            try:
                stock += Decimal(f.value)
            except InvalidOperation:
                continue
    allowed.add(stock)
    return [n.raw for n in read(text) if n.value not in allowed]


def grounded(question: str, topics: frozenset[Topic], product: Product) -> bool:
    """Tell whether the card speaks of what is asked: every topic, else at least half of the content words."""
    card = statements(product)
    if topics:
        on_card = {t.group for s in card for t in s.topics}
        return all(t.group in on_card for t in topics)
    asked = content(question) - content(f"{product.name.zh} {product.name.en} {' '.join(product.aliases)}")
    said = frozenset().union(*(s.units for s in card))
    return bool(asked) and len(asked & said) * 2 >= len(asked)


def _claims(text: str, product: Product, card: str) -> str:
    lowered = text.lower()
    if found := _STOCK.search(lowered):
        return f"states_stock:{found[0]}"
    money = {n.value for n in read(card) if n.unit in ("money", "off")}
    prices = [*product.prices, *([product.original] if product.original else [])]
    money |= {Decimal(p.minor) / 100 for p in prices}
    plain = _numbers_of(card) | {Decimal(product.number)}
    for number in read(text):
        if not _bound(number, money, plain):
            return f"number:{number.raw}"
    for found in _PROMISE.finditer(lowered):
        if found[0] not in card:
            return f"promise:{found[0]}"
    sizes = {s.lower() for s in product.sizes}
    for found in _SIZE.finditer(text):
        word = next(g for g in found.groups() if g).lower()
        if word not in sizes and not re.search(rf"(?<![a-z]){re.escape(word)}(?![a-z])", card):
            return f"size:{word}"
    colours = " ".join(f"{c.zh} {c.en}" for c in product.colours).lower()
    for found in _COLOUR.finditer(lowered):
        if found[0] not in colours and found[0] not in card:
            return f"colour:{found[0]}"
    return ""


def _polarity(text: str, question: str, card: Sequence[Statement]) -> str:
    known: dict[str, set[bool]] = {}
    for statement in card:
        for topic in statement.topics:
            known.setdefault(topic.id, set()).add(statement.negative)
            known.setdefault(f"group {topic.group}", set()).add(statement.negative)
    for i, part in enumerate(clauses(text)):
        topics = topics_of(part)
        if not topics and i == 0 and _YES_NO.search(question):
            topics = topics_of(question)
        for topic in sorted(topics, key=lambda t: t.id):
            says = known.get(topic.id) or known.get(f"group {topic.group}")
            if says is None:
                return f"ungrounded:{topic.id}"
            if negated(part) not in says and not (negated(question) and i == 0):
                return f"contradicts:{topic.id}"
    return ""


def check(text: str, question: str, product: Product, catalogue: Catalogue, lang: Lang, limit: int = 60) -> Verdict:
    """Check a model's answer to an open question against the product's card.

    Args:
        text: what the model wrote.
        question: the viewer's words.
        limit: longest text that may be sent, in characters (English gets twice as many).
    """
    text = clean(text).strip(" \"'“”‘’")
    if not text:
        return Verdict("", "empty")
    if _ASKS_HOST.search(text):
        return Verdict("", "asks_host")
    if found := _MARKUP.search(text):
        return Verdict("", f"markup:{found[0]}")
    if lang_of(text) != lang:
        return Verdict("", "wrong_language")
    if len(text) > (limit if lang == "zh" else limit * 2):
        return Verdict("", "too_long")
    card = statements(product)
    if reason := _claims(text, product, text_of(card, product)) or _polarity(text, question, card):
        return Verdict("", reason)
    fields, share = _support(text, question, product, card)
    if not fields or share < SUPPORT:
        return Verdict("", "unsupported")
    facts = tuple(fact(catalogue, product, f) for f in fields)
    said = {n.value for n in read(text) if n.unit == "money"}
    if said & {Decimal(p.minor) / 100 for p in product.prices}:
        facts += (fact(catalogue, product, "price"),)
    if product.original and Decimal(product.original.minor) / 100 in said:
        facts += (fact(catalogue, product, "original"),)
    return Verdict(text.rstrip("。."), "ok", facts)


def _support(text: str, question: str, product: Product, card: Sequence[Statement]) -> tuple[list[str], float]:
    """Return the card fields under a text (at most two, strongest first) and the share of its content they cover."""
    own = content(text) - content(f"{product.name.zh} {product.name.en}")
    spoken = {t.group for t in topics_of(text) | topics_of(question)}
    strength: dict[str, int] = {}
    found: set[str] = set()
    for statement in card:
        shared = own & statement.units
        found |= shared
        score = len(shared) + 2 * len({t.group for t in statement.topics} & spoken)
        if score:
            strength[statement.field] = max(strength.get(statement.field, 0), score)
    best = sorted(strength, key=lambda f: -strength[f])[:2]
    return best, len(found | (own & content(question))) / len(own) if own else 1.0
