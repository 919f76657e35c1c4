"""What the host says, Chinese first and English after a stroke. Prices are shown by the shop and never spoken."""

import random

from bot.demo.plan import MomentKind
from bot.domain.catalog import Product, Sku, Text

_TALK = (
    ("镜头拉近，给大家看一下细节", "Coming closer so you can see the details"),
    ("有问题直接打在公屏上", "Put your questions in the chat"),
    ("刚进来的朋友可以点个关注", "If you just joined, a follow is welcome"),
    ("我手上这个就是实物", "What I'm holding is the real thing"),
    ("别着急，我慢慢讲", "No rush, I'll take it slowly"),
    ("详情都写在商品页里", "The product page has all the details"),
    ("想看哪里，公屏告诉我", "Tell me which part you want to see"),
)
_CARD = {
    "points": ("先说它的特点：", "What I like about it: "),
    "material": ("材质是这样的：", "What it is made of: "),
    "usage": ("用法很简单：", "How to use it: "),
    "care": ("平时打理：", "Looking after it: "),
    "audience": ("适合谁：", "Who it is for: "),
}
_LINES: dict[MomentKind, tuple[str, str]] = {
    "appear": ("来看{link}{zh}", "Next up{en_link}: {en}"),
    "drop": ("{zh}限时降价，价格已经改好了，刷新看看", "Flash price on the {en}: it is live, refresh to see it"),
    "rise": ("{zh}限时价结束，恢复原来的价格", "The flash price on the {en} is over, back to the usual price"),
    "low": ("{zh}{sku_zh}不多了，要的抓紧", "Not many left of the {en}{sku_en}"),
    "sold_out": ("{zh}{sku_zh}卖完了", "The {en}{sku_en} is sold out"),
    "call": ("喜欢{zh}的扣个1，我看看有多少人", "Type 1 if you like the {en}, let me see how many of you there are"),
}
_RESTOCK = ("{zh}补了一批货", "The {en} is back in stock")


def host_line(kind: MomentKind, product: Product, sku: Sku | None, rng: random.Random) -> str:
    """Return what the host says at a moment, at most about 200 characters."""
    if kind != "talk":
        return _fill(_LINES[kind], product, sku)
    fields = [f for f in _CARD if f in product.texts]
    if fields and rng.random() < 0.55:
        field = rng.choice(fields)
        return _both(_card_line(field, product.texts[field]))
    return _both(rng.choice(_TALK))


def restock_line(product: Product) -> str:
    """Return what the host says when a sold-out product has been filled up."""
    return _fill(_RESTOCK, product, None)


def _card_line(field: str, text: Text) -> tuple[str, str]:
    zh, en = _CARD[field]
    return (zh + text.zh[:60] if text.zh else "", en + text.en[:100] if text.en else "")


def _both(line: tuple[str, str]) -> str:
    return " / ".join(part for part in line if part)


def _fill(line: tuple[str, str], product: Product, sku: Sku | None) -> str:
    sku_zh = f"{sku.colour.get('zh')}{sku.size}" if sku else ""
    sku_en = " ".join(part for part in (sku.colour.get("en"), sku.size) if part) if sku else ""
    words = {
        "zh": product.name.get("zh"),
        "en": product.name.get("en"),
        "link": f"{product.number}号链接，" if product.number > 0 else "",
        "en_link": f", link {product.number}" if product.number > 0 else "",
        "sku_zh": sku_zh,
        "sku_en": f" in {sku_en}" if sku_en else "",
    }
    return _both((line[0].format(**words), line[1].format(**words)))
