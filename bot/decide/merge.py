"""Merge: which comments are one question.

Two comments are one question when one answer serves both: same product, same facts asked, same SKU, same numbers, same
polarity, same condition (washed or not, before or after a meal), same language; open questions also the same content
words. Rules alone, on the side of not merging: a needless second question costs little, because equal words are posted
once (`Book.said`); a wrong merge gives a wrong answer.
"""

import re

from bot.decide.numbers import read as read_numbers
from bot.decide.skus import size_named
from bot.decide.triage import Reading
from bot.decide.words import content, negated
from bot.domain.catalog import Product

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


def conditions(text: str) -> set[str]:
    """Return what a question is asked under."""
    return {found[0] for found in _CONDITION.finditer(text)}


def key(reading: Reading, product: Product | None) -> str:
    """Return the merge key: equal keys are one question."""
    about = product.id if product else ""
    if reading.need:
        return "|".join(("need", reading.lang, reading.folded))
    numbers = sorted(
        f"{n.value.normalize():f}{n.unit}"
        for n in read_numbers(reading.folded)
        if n.value != 1 and not (n.value == reading.number and n.unit in ("", "号"))
    )
    under = sorted(conditions(reading.folded))
    said = (",".join(numbers), "no" if negated(_ASKS.sub("", reading.folded)) else "yes", reading.lang)
    if reading.slots:
        size = reading.size or (size_named(reading.folded, product) if product else "")
        sku = (size, reading.colour)
        return "|".join(("fact", about, ",".join(reading.slots), *sku, ",".join(under), *said))
    words = ",".join(sorted(content(reading.folded))) or reading.folded
    return "|".join(("open", about, words, ",".join(under), *said))
