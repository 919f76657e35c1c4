"""The guard: a text leaves only when everything it states is bound to the catalogue.

It reads what a model wrote as it would read a stranger's claim. Some things are never a model's to say: money, stock,
promises of the shop, contacts, markup. The rest must rest on the product's own statements, clause by clause
(`evidence`). What fails is withheld; nothing is repaired. Texts made of facts are checked by the same rule for numbers
(`unbound`).
"""

import re
from collections.abc import Collection, Sequence
from decimal import Decimal, InvalidOperation

import msgspec

from bot.decide.card import remembered, statements, text_of
from bot.decide.evidence import Evidence, parts, verbatim
from bot.decide.facts import fact
from bot.decide.kinds import INJECTION, INSTEAD
from bot.decide.numbers import read
from bot.decide.privacy import mask
from bot.decide.topics import Topic
from bot.decide.words import clean, content, lang_of
from bot.domain.catalog import Catalogue, Product
from bot.domain.events import Lang
from bot.domain.turns import Fact


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
    r"问(?:一下|下)?(?:主播|客服|老板)|(?:咨询|联系)(?:一下)?(?:主播|客服)|不(?:太)?(?:清楚|确定|知道)|"
    r"没有(?:相关|提到|说明)|未(?:提及|说明)|"
    r"ask the (?:host|seller)|check with|not sure|(?:don.t|do not) know|no information|not mentioned|unsure|"
    r"cannot (?:say|tell)",
    re.I,
)
_MARKUP = re.compile(
    r"[<>{}\[\]|`#*_\\^~=]|https?:|www\.|\.(?:com|cn|net|top|shop)\b|@|"
    r"(?:assistant|system|user|viewer|question|answer|note|用户|观众|助播|主播|助手|系统)\s*[:：]|[问答注][:：]",
    re.I,
)
# Somebody else speaking: a model on itself, a command passed on, a way out of the room.
_ROLE = re.compile(
    r"作为.{0,6}(?:ai|助手|模型|助播)|语言模型|人工智能|提示词|资料(?:里|中|显示)|根据(?:以上|资料|提供)|"
    r"\bas an ai\b|language model|the card says|instructions?\b",
    re.I,
)
_CONTACT = re.compile(
    r"微信|vx|v信|qq|加我|私信|私聊|电话|手机号|扫码|进群|群里|wechat|whatsapp|telegram|call me|dm me|\bdm\b", re.I
)
_STOCK = re.compile(
    r"[有没缺断现余]货|库存|售罄|[卖抢]完|仅剩|还剩|剩[下余]|抢|秒杀|手慢|赶紧|赶快|抓紧|速来|下单|拍下|补货|"
    r"最后.{0,2}件|"
    r"sold out|in stock|out of stock|\bleft\b|available|hurry|selling fast|last (?:one|few|chance)|order now|buy now|"
    r"restock",
    re.I,
)
# The shop's own promises: a model may only repeat a whole field of the card, word for word.
_PROMISE = re.compile(
    r"包邮|免邮|[免包]运费|邮费|运费|免费|免单|赠|[附再还会]送|送(?!到|洗|给|人|礼|长|妈|父|朋)|白送|保证|承诺|保障|"
    r"假一赔|[包必]赔|赔[付偿一十双三]|退款|退货|退换|包退|"
    r"换货|换新|无理由|质保|保修|维修|券|优惠|折(?!叠|痕|皱)|满\d|立减|直降|减\d|特价|半价|低价|好价|底价|降价|价|"
    r"便宜|划算|性价比|超值|福利|返现|红包|买[一二三1-3两]|"
    r"发货|发出|顺丰|快递|当天发|包赔|"
    r"(?<!caffeine[ -])(?<!sugar[ -])(?<!fragrance[ -])(?<!alcohol[ -])(?<!oil[ -])(?<!cruelty[ -])\bfree\b(?! of|"
    r" from)|guarantee|promise|refund|return|"
    r"money.?back|warranty|discount|coupon|voucher|% off|half off|half price|bogo|buy (?:one|1|two|2)|"
    r"gifts?\b(?! for)|cheap|bargain|\bdeals?\b|\bsale\b|pric|\bcosts?\b|"
    r"lowest|value for|save \d|ships?\b|shipping|deliver",
    re.I,
)
# Absolutes and claims about health or origin: only in the words of the card.
_CLAIM = re.compile(
    r"都(?!市)|任何|所有|全部|人人|every|\ball\b|\bany|"
    r"最(?!后|近|好(?:先|在|用))|第一|唯一|顶级|极致|国家级|全网|首选|绝对|永久|永远|完全|百分之?百|纯天然|天然|"
    r"零添加|无添加|根治|治|疗|痊愈|功效|药|抗癌|抗菌|杀菌|抑菌|消炎|"
    r"减肥|瘦身|燃脂|排毒|美白|祛斑|祛痘|抗衰|孕|婴|安全|无害|副作用|放心|认证|专利|进口|防水|防晒|阻燃|正品|官方|"
    r"明星同款|爆款|100%|"
    r"\bbest\b|number one|no\. ?1|only one|\bperfect|\balways\b|\bnever\b|completely|totally|\bcur(?:e|es|ing)\b|"
    r"\bheal|treat|clinical|proven|safe\b|"
    r"harmless|pregnan|certified|patent|organic|natural|waterproof|sunscreen|authentic|genuine|imported|miracle|"
    r"detox|slimming|anti.?aging",
    re.I,
)
_STRANGE = re.compile(r"[^\W\d_a-zA-Z\u00c0-\u024f\u3400-\u9fff\uf900-\ufaff]")
_ASKS_BACK = re.compile(r"[?？]")
_GREETING = re.compile(r"(?:亲+爱?的?|您好|你好|哈喽|宝子?们?|hi|hello|hey|dear|hi there)[~!！]*", re.I)


_WIDE = {",": "，", ";": "；", ":": "：", "!": "！"}
_NARROW = re.compile(r"([,;:!])(?: |(?=[\u3400-\u9fff])|$)|(?<=[\u3400-\u9fff])([,;:!])")


# A yes or no before the words: they must stand by themselves, because small models nod at anything.
_BARE = re.compile(
    r"^(?:是的?|可以的?|不可以|能的?|不能|会的?|不会|有的?|没有|对的?|不是|好的|当然(?:可以)?|"
    r"yes|no|sure|of course|yeah)[,，。.!！:]\s*(?=\S)",
    re.I,
)
_GARBLED = re.compile(r"([\u3400-\u9fff]{3,})[^,，。;；]{0,6}\1|\b(\w{4,} \w+) (?:\w+ )?\2\b")


def _numbers_of(text: str) -> set[Decimal]:
    return {n.value for n in read(text)}


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


def unsayable(text: str) -> str:
    """Return why a text may not be sent whatever the card says and whoever wrote it, or ""."""
    if found := _MARKUP.search(text) or _ROLE.search(text):
        return f"markup:{found[0]}"
    return "contact" if _CONTACT.search(text) or mask(text) != text else ""


def promise(text: str) -> re.Match[str] | None:
    """Return the first word of a lower-case text that promises something in the shop's name."""
    return _PROMISE.search(text)


def stock(text: str) -> re.Match[str] | None:
    """Return the first word of a lower-case text that speaks of stock, or hurries."""
    return _STOCK.search(text)


def claim(text: str, known: str, borne: Collection[str] = ()) -> str:
    """Return which absolute or health claim of a lower-case text stands neither in `known` nor in `borne`, or ""."""
    return next((f[0] for f in _CLAIM.finditer(text) if f[0] not in known and f[0] not in borne), "")


def _forbidden(text: str, lang: Lang, limit: int) -> str:
    """Return why a model's text may not be sent whatever the card says, or ""."""
    if reason := unsayable(text):
        return reason
    if INSTEAD.search(text.lower()) or INJECTION.found(text.lower(), True, True):
        return "injection"
    if lang_of(text) != lang or _STRANGE.search(text):
        return "wrong_language"
    if len(text) > (limit if lang == "zh" else limit * 2):
        return "too_long"
    if _ASKS_BACK.search(text):
        return "asks_back"
    return ""


def _known(product: Product) -> tuple[str, frozenset[tuple[Decimal, str]]]:
    """Return the words of the card, and the numbers in them with their units."""
    card = text_of(statements(product), product)
    return card, frozenset({(n.value, n.unit) for n in read(card)} | {(Decimal(product.number), "号")})


def _claims(text: str, product: Product) -> str:
    """Return which claim of a text is not a model's to make, or ""."""
    card, on_card = remembered(product, "_known", _known)
    lowered = text.lower()
    if found := _STOCK.search(lowered):
        return f"states_stock:{found[0]}"
    for number in read(text):
        if number.unit in ("money", "off") or (number.value, number.unit) not in on_card:
            return f"number:{number.raw}"
    if found := _PROMISE.search(lowered):
        return f"promise:{found[0]}"
    for found in _CLAIM.finditer(lowered):
        if found[0] not in card:
            return f"promise:{found[0]}"
    return ""


def check(text: str, question: str, product: Product, catalogue: Catalogue, lang: Lang, limit: int = 60) -> Verdict:
    """Check a model's answer to an open question against the product's card.

    Args:
        text: what the model wrote.
        question: the viewer's words.
        limit: longest text that may be sent, in characters (English gets twice as many).
    """
    text = _BARE.sub("", clean(text).strip(" \"'“”‘’")) or clean(text)
    if not text:
        return Verdict("", "empty")
    if _GARBLED.search(text):
        return Verdict("", "garbled")
    if _ASKS_HOST.search(text):
        return Verdict("", "asks_host")
    if reason := _forbidden(text, lang, limit):
        return Verdict("", reason)
    evidence = Evidence(product, question)
    if field := verbatim(text, product):
        evidence.fields.append(field)
    elif reason := _claims(text, product) or _unsupported(text, evidence):
        return Verdict("", reason)
    text = typeset(text.rstrip("。."), lang)
    return Verdict(text, "ok", tuple(fact(catalogue, product, f) for f in evidence.fields))


def typeset(text: str, lang: Lang) -> str:
    """Give a Chinese line back the full-width marks that cleaning made narrow."""
    return _NARROW.sub(lambda m: _WIDE[m[1] or m[2]], text) if lang == "zh" else text


def _unsupported(text: str, evidence: Evidence) -> str:
    """Return why a clause of the text does not rest on the card, or ""."""
    claims = [evidence.read(part) for part in parts(text) if not _GREETING.fullmatch(part)]
    limits = frozenset().union(*(claim.limits for claim in claims))
    for claim in claims:
        if reason := evidence.bears_out(claim, limits):
            return reason
    if not evidence.fields:
        return "unsupported"
    return "" if evidence.answers else "off_topic"
