"""What one language of the crowd consists of, and which themes viewers ask about.

A wording may carry a tag of the goods that it fits ("worn>", "bag,home>") and slots in braces. Slots are
`{it}` (this one, or a product by name or link), `{size}`, `{colour}`, `{h}` cm, `{w}` (jin in Chinese, kg in English),
`{city}`, `{person}`, `{budget}`, `{ware}`, `{n}`, `{name}`, `{reply}`, `{gift}`, `{did}`, `{doing}` and `{then}`.
"""

import re

import msgspec

_PARTS = re.compile(r"[|\n]")


def bank(text: str) -> tuple[str, ...]:
    """Split a block of wordings at `|` and at line ends."""
    return tuple(part.strip() for part in _PARTS.split(text) if part.strip())


class Theme(msgspec.Struct, frozen=True):
    """Something viewers ask that is no fact field.

    Attributes:
        name: key of its wordings in each language.
        evidence: a card that matches it can answer by reading; a card that does not, cannot.
        tags: kinds of goods it fits, comma separated; "" for all.
        not_tags: kinds of goods it would be silly to ask about.
        shop: True when it is about the shop and not about a product.
    """

    name: str
    evidence: str = r"(?!)"
    tags: str = ""
    not_tags: str = ""
    shop: bool = False


THEMES = (
    Theme("figure", r"显胖|显瘦|微胖|修身|宽松|遮肉|收腰|显高|flatter|slim|loose|relaxed|curv|waisted", "worn"),
    Theme("work", r"上班|通勤|办公|职场|\boffice|\bwork\b|commut", "worn,bag"),
    Theme("gift", r"妈妈|长辈|送礼|礼物|礼盒|\bgift|\bmum|\bmom|\bmother|parents"),
    Theme("oily", r"油皮|油性|混油|\boily|肤质|skin types?", "beauty"),
    Theme("sensitive", r"敏感|sensitiv", "beauty"),
    Theme("warm", r"冬|暖|winter|\bwarm", "worn"),
    Theme("cool", r"夏|透气|清凉|闷热|summer|breathab|\bcool", "worn"),
    Theme("men", r"男|\bmen\b|\bmen's|unisex", "worn,bag,beauty", "men"),
    Theme("women", r"女|\bwomen\b|unisex", "men"),
    Theme("laptop", r"电脑|笔记本|平板|laptop|tablet", "bag"),
    Theme("rain", r"防水|防泼|下雨|waterproof|water-re|splash|\brain", "bag"),
    Theme("weight", r"自重|\d克|轻便|轻巧|\bkg\b|\bweigh|lightweight", "bag"),
    Theme("sweet", r"甜|糖|sweet|sugar", "snack"),
    Theme("kids", r"儿童|孩子|小孩|宝宝|\bkids?\b|child", "food"),
    Theme("night", r"咖啡因|睡|晚上喝|caffein|sleep|evening", "tea"),
    Theme("flavour", r"口味|味道|清香|果香|原味|flavou?r|taste|unsalted", "food"),
    Theme("pilling", r"起球|\bpill", "worn"),
    Theme("sheer", r"不透|会透|透光|透肤|see-through|sheer", "worn"),
    Theme("scent", r"香味|香精|香气|无香|味道|scent|fragrance|perfume", "beauty"),
    Theme("room", r"收纳|折叠|小户型|省空间|卧室|\bfold|space|bedroom", "home"),
    Theme("petite", r"小个子|矮个|身高|\b15\d|petite|height", "worn"),
    Theme("layers", r"单穿|打底|叠穿|内搭|layer|underneath", "worn"),
    Theme("shade", r"色差|实拍|colou?r may|true to colou?r", "worn,bag,home"),
    Theme("pregnant", r"孕|哺乳|pregnan|breastfeed|nursing", "beauty,food"),
    Theme("diabetic", r"糖尿|血糖|diabet|blood sugar", "food"),
    Theme("report", r"检测|质检|报告|certif|lab report|tested", "beauty,food,home"),
    Theme("pets", r"宠物|猫|狗|\bpets?\b|\bcats?\b|\bdogs?\b", "home,bag"),
    Theme("years", tags="worn,bag,home"),
    Theme("miracle", tags="beauty"),
    Theme("last_year"),
    Theme("restock", r"补货|restock"),
    Theme("invoice", r"发票|invoice|receipt", shop=True),
    Theme("next_show", shop=True),
    Theme("real_shop", r"实体店|线下店|门店|physical store", shop=True),
)


class Lines(msgspec.Struct, frozen=True):
    """Everything that viewers writing one language may say.

    Attributes:
        facts: wordings by fact slot ("price", ...); two slots at once are joined from `short`.
        themes: wordings by `Theme.name`.
        gone: asking for a size or colour that has just sold out; `missed`: sighing about it.
        forms: patterns of chatter that never runs dry; `stretch`: characters people hold down.
        heads, tails: what people put before and after a question; `ends`: after anything else.
        typos: (right, as typed) pairs.
        it: words for the product on screen; `refs`: link wordings with `{n}`.
        wares: what viewers call a kind of goods.
    """

    facts: dict[str, tuple[str, ...]]
    short: dict[str, tuple[str, ...]]
    joins: tuple[str, ...]
    themes: dict[str, tuple[str, ...]]
    gone: tuple[str, ...]
    missed: tuple[str, ...]
    needs: tuple[str, ...]
    intents: tuple[str, ...]
    complaints: tuple[str, ...]
    praise: tuple[str, ...]
    praise_host: tuple[str, ...]
    abuse: tuple[str, ...]
    spam: tuple[str, ...]
    injection: tuple[str, ...]
    chatter: tuple[str, ...]
    forms: tuple[str, ...]
    stretch: tuple[str, ...]
    slots: dict[str, tuple[str, ...]]
    heads: tuple[str, ...]
    tails: tuple[str, ...]
    ends: tuple[str, ...]
    typos: tuple[tuple[str, str], ...]
    it: tuple[str, ...]
    refs: tuple[str, ...]
    wares: dict[str, tuple[str, ...]]
