"""Merge: which comments are one question.

Two comments are one question when one answer serves both: same product, same facts asked, same SKU, same numbers, same
polarity, same condition (washed or not, before or after a meal), same language. They are told in two steps: by a key,
equal for words that differ in little, and by sense (`senses`), when everything that tells answers apart agrees and no
contrast (`contrasts`) stands between them. On the side of not merging: a needless second question costs little, because
equal words are posted once (`Book.said`); a wrong merge gives a wrong answer.
"""

import re

import msgspec

from bot.decide.contrasts import Found, conflict, members
from bot.decide.numbers import read as read_numbers
from bot.decide.senses import alike, sense
from bot.decide.skus import size_named
from bot.decide.triage import Reading
from bot.decide.words import content, negated
from bot.domain.catalog import Product
from bot.domain.events import Lang

SURE = 0.4  # how surely two senses are one, at least; chosen on bot/training/sets/pairs.jsonl

# What a question is asked under: it changes the answer though it is no fact by itself.
_CONDITION = re.compile(
    r"[洗穿用吃喝](?:过|完|了几)|[之以]?[前后](?!天|面|期|来|排)|几次|下(?:过)?水|过水|[没未不还]*(?:开封|开袋|开瓶|拆封|拆|剪标?)|空腹|早上|晚上|睡前|"
    r"孕期|改[短长]|烘干?|干洗|机洗|洗衣机|手洗|热水|冷水|漂白|熨|冰箱|冷藏|冷冻|常温|冷泡|热泡|会员|新客|学生|邮费|运费险?|包邮|快递|加急|"
    r"到货|到手|收到|能到|到么|几天到|寄出|发走|[袋罐盒瓶礼]装|一[罐盒袋瓶支]|[大中小]支|被芯|被[套罩]|枕套|床单|内搭|补差|专柜|加?[大中小]码|最小|"
    r"一米[一二三四五六七八九]|男孩|女孩|男的|女的|紧身|宽松|昨天|明天|今天|库存|衣长|袖长|实物|寄回|拉链|五金|保修|退|换|"
    r"缩|皱|掉色|起球|滑|垂|透|发黄|弄脏|酒精|激素|羊毛|开衫|到期|生产|"
    r"新疆|西藏|内蒙|青海|宁夏|甘肃|海南|香港|澳门|台湾|国外|海外|乌鲁木齐|广东|江浙沪|东北|偏远|"
    r"\b(?:before|after|washed|worn|opened|unopened|tags?|without|with|dry.?clean|tumble|dryer|machine|hand|hot|cold|"
    r"fridge|freezer|bleach|iron|member|student|express|fee|insurance|refill|tin|box|bag|length|sleeve|silk|linen|wool|"
    r"cotton|duvet|tote|bedding|shirt|cardigan|jacket|trousers|dress|return|exchange|arrive|ship|yesterday|tomorrow)\b"
)
_ASKS = re.compile(r"(?:[不没]|没有)(?=\s|$)")  # a question's tail, no denial: 还有M码不


# 不会皱吧, it won't shrink right: asks whether it does.
_TAG = re.compile(
    r"(?:不会|不用|不是|不能|没有|没|不)(?=[^不没]*吧\W*$)|"
    r"\b(?:won ?t|isn ?t|doesn ?t|wont|isnt|doesnt|not)\b(?=.*\bright\W*$)"
)


class Asked(msgspec.Struct, frozen=True):
    """What a question asks, as far as it decides on merging.

    Attributes:
        key: questions with equal keys are one.
        about: id of the product, "" for none.
        text: comparison form of the words, "" when the key alone decides.
        sku: size and colour asked for.
        numbers: (value, unit), sorted.
        denied: the words say no, and not as 不会皱吧 does.
    """

    key: str
    about: str
    lang: Lang
    text: str = ""
    slots: tuple[str, ...] = ()
    sku: tuple[str, str] = ("", "")
    numbers: tuple[tuple[str, str], ...] = ()
    denied: bool = False
    contrasts: Found = frozenset()

    @property
    def strict(self) -> tuple[str, Lang, tuple[str, str], bool, tuple[str, ...]]:
        """What must be equal in two questions that are one without equal keys."""
        return self.about, self.lang, self.sku, self.denied, tuple(value for value, _ in self.numbers)


def conditions(text: str) -> set[str]:
    """Return what a question is asked under."""
    return {found[0] for found in _CONDITION.finditer(text)}


def asked(reading: Reading, product: Product | None) -> Asked:
    """Return what a question about a product (None: about none) asks."""
    about = product.id if product else ""
    if reading.need:
        return Asked("|".join(("need", reading.lang, reading.folded)), about, reading.lang)
    numbers = tuple(
        sorted(
            (f"{n.value.normalize():f}", n.unit)
            for n in read_numbers(reading.folded)
            if n.value != 1 and not (n.value == reading.number and n.unit in ("", "号"))
        )
    )
    plain = _ASKS.sub("", reading.folded)
    size = reading.size or (size_named(reading.folded, product) if product else "")
    under = ",".join(sorted(conditions(reading.folded)))
    said = ",".join(map("".join, numbers)), "no" if negated(plain) else "yes", reading.lang
    if reading.slots:
        key = "|".join(("fact", about, ",".join(reading.slots), size, reading.colour, under, *said))
    else:
        words = ",".join(sorted(content(reading.folded))) or reading.folded
        key = "|".join(("open", about, words, under, *said))
    return Asked(
        key, about, reading.lang, reading.folded, reading.slots, (size, reading.colour), numbers,
        negated(_TAG.sub("", plain)), members(reading.folded),
    )  # fmt: skip


def same(a: Asked, b: Asked) -> bool:
    """Tell whether one answer serves both."""
    return a.key == b.key or (
        bool(a.text and b.text)
        and a.strict == b.strict
        and (a.slots == b.slots or not a.slots or not b.slots)
        and all(u == v or not u or not v for (_, u), (_, v) in zip(a.numbers, b.numbers, strict=True))
        and not conflict(a.contrasts, b.contrasts)
        and alike(sense(a.text), sense(b.text)) >= SURE
    )
