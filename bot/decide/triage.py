"""Triage: what a comment is, what it asks for, and about which product.

`read` looks at the words alone (its result is kept per wording, so an exact repeat costs a look-up);
`resolve` adds what the room knows: the product on screen and what this viewer asked about before.
"""

import re
from collections import OrderedDict

import msgspec

from bot.decide.topics import Topic, topics_of
from bot.decide.words import fold, lang_of, negated
from bot.domain.catalog import TEXT_FIELDS, Catalogue, Product
from bot.domain.events import Lang
from bot.domain.turns import CommentKind

# Slot -> what asks for it. Order matters only for reading: all matching slots are asked for.
SLOTS: tuple[tuple[str, str], ...] = (
    (
        "price",
        r"多少钱|多钱|啥价|什么价|价格|价钱|几钱|几米|多少米|多少元|几块|多少块|咋卖|怎么卖|咋个卖|到手价|到手多少|到手几|现价|单价|报价|"
        r"直播价|今天多少|今天什么价|贵不贵|贵吗|多烧钱|多少前|几多|how much|price|pricing|\bcosts?\b",
    ),
    ("original", r"原价|划线价|平时(?:卖|多少|什么价)|日常价|吊牌价|之前(?:卖)?多少|original price|regular price|list price|usual price|normally cost|before (?:the )?(?:discount|sale)"),
    (
        "discount",
        r"优惠|折扣|打折|几折|有券|领券|优惠券|什么券|有没有券|券吗|券在|满减|便宜|再少|降价|有活动|什么活动|赠品|送什么|有赠|"
        r"discount|coupon|promo|\bdeals?\b|on sale|voucher|% ?off|cheaper|\bcode\b",
    ),
    (
        "stock",
        r"还有[吗么没嘛不]|有货|没货|现货|库存|还剩|剩多少|剩几|断货|售罄|卖完|卖光|抢完|抢光|抢没|没了吗|没了么|还能买|还能拍|还有.{0,8}[吗么没]|"
        r"in stock|\bstock\b|sold ?out|available|any (?:\w+ ){0,4}left|how many (?:are )?left|still have|still got|\bleft\b.{0,12}\?",
    ),
    ("sizing", r"穿什么码|穿多大|穿几码|穿啥码|拍什么码|拍多大|选什么码|选多大|买什么码|买多大|要什么码|什么码合适|多大码|码数|偏大|偏小|正码|标准码|what size (?:should|do|would|for)|which size|size (?:chart|guide)|true to size|run (?:small|large|big)|runs (?:small|large|big)"),
    ("size", r"什么码|啥码|哪些码|几个码|有(?:什么|啥|哪些|几个)?码|尺码|尺寸|多大(?:的|尺)|均码|sizes?\b"),
    ("colour", r"什么颜色|啥颜色|哪些颜色|几个颜色|几种颜色|别的颜色|其他颜色|其它颜色|还有.{0,2}颜色|有.{0,3}颜色|颜色有|颜色[吗呢么]|色号|什么色|啥色|colou?rs?\b"),
    (
        "shipping",
        r"发货|几天到|几天能到|多久到|多久能到|多久发|什么时候(?:能)?[发到]|啥时候(?:能)?[发到]|何时[发到]|今天(?:能)?发|包邮|邮费|运费|快递|物流|寄到|能寄|发到|能发|几天发|"
        r"\bship|deliver|\barrive|postage|how long (?:does|will|until|till|to get)",
    ),
    ("returns", r"退货|退换|能退|可退|可以退|能换|可换|可以换|换货|换码|无理由|7天|七天|运费险|不合适(?:能|可以|怎么|咋)|退款[吗怎]|怎么退|\breturns?\b|returnable|refund|exchange|money back|send it back"),
    ("material", r"材质|面料|料子|布料|什么料|啥料|什么材|什么做的|啥做的|成分|成份|配料|纯棉|全棉|真皮|什么皮|什么棉|什么毛|含棉|\bmaterial|fabric|made (?:out )?of|ingredient|cotton|\bleather|polyester|\bsilk\b|\blinen\?|\bwool\?"),
    ("usage", r"怎么用|咋用|用法|如何使用|使用方法|怎么吃|怎么泡|怎么喝|怎么冲|咋泡|咋喝|怎么煮|怎么戴|怎么涂|怎么擦|用多少|一天几次|早晚[都用]|how (?:do (?:i|you|we)|to|should i) (?:use|brew|make|apply|drink|eat|cook|prepare|steep)|instructions|directions|how often"),
    ("expiry", r"保质期|保值期|过期|有效期|生产日期|日期新|能放多久|放多久|放几|到期|shelf.?life|expir|best before|use by|how long does it (?:keep|last)|fresh"),
    ("care", r"怎么洗|咋洗|机洗|手洗|水洗|干洗|洗衣机|能洗|可以洗|好洗|洗涤|保养|打理|wash|dry.?clean|care for|\biron\b|launder"),
    ("origin", r"产地|哪里产|哪产|哪儿产|哪生产|哪里生产|哪里的货|国产|进口|哪国|made in|where.{0,12}(?:made|produced|come from|from\b)|origin\b|imported"),
    ("warranty", r"质保|保修|保多久|warranty|guarantee"),
    ("link", r"怎么下单|怎么买|怎么拍|咋买|咋拍|哪里买|在哪买|哪里拍|在哪拍|在哪下单|求链接|什么链接|几号链接|链接[呢在吗]|哪个链接|上链接|how (?:do i|to|can i) (?:buy|order|get)|where (?:do i|to|can i) (?:buy|order|get)|what.?s the link|which link|link\?|link pls|link please|drop the link"),
)  # fmt: skip
_SLOTS = tuple((slot, re.compile(pattern)) for slot, pattern in SLOTS)
_ANY_SLOT = re.compile("|".join(f"(?:{pattern})" for _, pattern in SLOTS))

_QUESTION = re.compile(
    r"[?？]|[吗么嘛呢](?:\s|$|[^\u3400-\u9fff])|吗|有没有|能不能|可不可以|会不会|是不是|行不行|好不好(?:用|吃|穿|洗|搭)|怎么|怎样|咋|什么|啥|哪|几[个天号件种次]|多少|多久|"
    r"多大|多长|多高|多重|为什么|如何|求推荐|[能会可].{0,1}[不]|(.)不\1|"
    r"\b(?:what|how|which|why|when|where|who|does|do you|do they|is it|is this|is that|is the|are they|are these|can i|can you|can it|can this|can we|can men|will it|"
    r"will this|should i|would it|would this|any|anyone know|got any|good for|ok for|suitable)\b"
)
_NEED = re.compile(
    r"推荐(?:一[款个下]|个|款|下|点|吗|$|什么|啥)?|求推荐|有没有(?:适合|便宜|\d|什么适合)|想(?:要|买|找)(?:一?[个款件双条瓶盒]|送|适合|\d)|有.{0,3}\d+(?:元|块)?(?:以内|以下|左右)|预算|"
    r"\d+(?:元|块)?(?:以内|以下|左右)|recommend|suggest|something for|anything for|looking for|gift for|anything under|something under|under \$?¥?\d+|below \$?¥?\d+|budget"
)
_NOT_NEED = re.compile(r"(?:不|别|谁)推荐|主播推荐的|(?:买|跟着)推荐")
_COMPLAINT = re.compile(
    r"投诉|客服(?:不|没|人呢|呢)|没人理|不理人|假货|骗人|骗子|上当|上次(?:买|拍|收)|之前买的|收到(?:就|的|货)?.{0,6}(?:坏|破|脏|少|错)|坏了|破了|烂了|发错|少发|漏发|一直不发货|还没发货|还没收到|"
    r"没收到|退款(?:还|没|呢|一直|什么时候)|没到账|差评|质量(?:太)?差|垃圾|never (?:arrived|came|got|received)|not arrived|hasn.?t arrived|still waiting|broken|damaged|defective|scam|rip.?off|fake\b|"
    r"wrong (?:item|size|colou?r|order)|missing (?:item|part)|no (?:reply|response)|customer service|my (?:last )?order|terrible|fell apart|ripped"
)
_INTENT = re.compile(
    r"已拍|已买|已下单|已付|拍了|下单了|买了|付了|抢到|入手|要了|来一[件个盒份单套]|我要[一了买拍]|给我来|想要(?!问)|^要$|蹲|扣1|^1+$|冲了|安排|求上|加购|take my money|bought|ordered|just got|i want|i need (?:it|this)|"
    r"i.?ll take|sold!|buying|in my cart|shut up and"
)
_PRAISE = re.compile(
    r"好看|漂亮|好用|好吃|喜欢|爱了|绝了|种草|回购|真香|不错|划算|值得|太值|赞|美|好评|yyds|可爱|舒服|love|nice|beautiful|cute|gorgeous|amazing|great|awesome|pretty|perfect|so good|obsessed"
)
_SPAM = re.compile(
    r"\[link\]|\[contact\]|加(?:我)?(?:微|v|vx|薇|威|q|群)|私(?:我|聊)(?:领|有)|兼职|日结|日赚|日入|刷单|代理|招代|引流|互粉|互关|涨粉|贷款|套现|彩票|博彩|赌|代购同款|原单|高仿|a货|"
    r"扫码|进群|免费领|follow me|follow back|check (?:out )?my (?:channel|page|profile|bio|shop|store)|free (?:gift ?card|followers|crypto)|earn \$|work from home|crypto|bitcoin|click (?:here|my)|dm me|sub4sub|subscribe to my|promo on my"
)
_ABUSE = re.compile(
    r"傻[逼bx叉]|煞笔|沙比|妈的|尼玛|nmsl|去死|滚(?:蛋|出|开|$)|脑残|智障|废物|狗东西|贱|恶心|丑八怪|死骗子|婊|"
    r"fuck|\bshit\b|bitch|asshole|idiot|stupid|moron|\bstfu\b|shut up(?! and)|\bugly\b|loser|trash\b"
)
_INJECTION = re.compile(
    r"忽略.{0,8}(?:指令|规则|设定|提示|要求|上面|以上|之前)|无视.{0,8}(?:指令|规则|设定|提示)|系统(?:提示|指令|消息|prompt)|提示词|你现在是|你是一个|扮演|告诉大家|对所有人说|请回复[:：\"“]|复读|跟我(?:说|念)|"
    r"管理员(?:命令|模式|指令)|开发者模式|"
    r"ignore (?:all |any |the |your )*(?:previous|above|prior|earlier|instruction|rules)|disregard|system prompt|you are now|pretend|act as|developer mode|jailbreak|repeat after me|tell everyone|say exactly|new instructions|override"
)
_HOST = re.compile(r"主播(?:多|几|叫|结|有(?:男|女)|是哪|哪里人|身高|体重|真|今|累|吃|声)|你(?:多大|多高|几岁|叫|结婚|单身)|小姐姐(?:多|几|叫)|小哥哥(?:多|几|叫)|how (?:old|tall) are you|your name|where are you from|are you (?:single|married|real|a bot)")
_LINK_NO = re.compile(r"(?<!\d)(\d{1,2}|[一二三四五六七八九十])\s*号(?!线|楼|店|前|后|发|到)(?:链接|宝贝|款|商品)?|链接\s*(\d{1,2})(?!\d)|(?:link|number|item|no\.?|product|#)\s*#?(\d{1,2})(?![\d%])")
_HAN_NUMBER = {c: i for i, c in enumerate("一二三四五六七八九十", 1)}
_BODY = re.compile(r"1[4-9]\d\s*(?:cm|厘米|公分)?\D{0,4}\d{2,3}\s*(?:斤|kg|公斤|jin|lbs)?|\d{2,3}\s*(?:斤|kg|公斤|lbs)|\d'\d{1,2}|\b5ft|\bi.?m 1[4-9]\d")
_SIZE_WORD = re.compile(r"(?<![a-z0-9'’])(xxs|xs|s|m|l|xl|xxl|xxxl|[2-5]xl)(?![a-z0-9'’])\s*(?:码|号|size)?|(?<!\d)(3[4-9]|4[0-6])\s*码|(?<!\d)(\d{2,3}(?:ml|g))(?![a-z])|(均码|free size|one size)")
_COLOURS = (
    ("黑", "black"), ("白", "white"), ("红", "red"), ("蓝", "blue"), ("绿", "green"), ("黄", "yellow"), ("灰", "grey"),
    ("粉", "pink"), ("紫", "purple"), ("棕", "brown"), ("咖", "coffee"), ("米", "cream"), ("杏", "apricot"),
    ("卡其", "khaki"), ("橙", "orange"), ("银", "silver"), ("金", "gold"), ("藏青", "navy"), ("驼", "camel"),
    ("裸", "nude"), ("酒红", "burgundy"), ("beige", "beige"), ("gray", "grey"),
)  # fmt: skip
_COLOUR_WORD = re.compile(
    r"(卡其|藏青|酒红|[黑白红蓝绿黄灰粉紫棕咖米杏橙银金驼裸])色|(?:有|要|还有|来|拍|是)(卡其|藏青|酒红|[黑白红蓝绿黄灰粉紫棕咖杏橙银驼裸])(?:的|吗|么|没)|"
    r"\b(black|white|red|blue|green|yellow|gr[ea]y|pink|purple|brown|coffee|cream|beige|apricot|khaki|orange|silver|gold|navy|camel|nude|burgundy)\b"
)


class Lexicon(msgspec.Struct, frozen=True):
    """What one catalogue version adds to the rules: names, headings and colours to look for."""

    names: tuple[tuple[str, str], ...]
    headings: tuple[tuple[str, str], ...]
    colours: tuple[tuple[str, str], ...]


class Reading(msgspec.Struct, frozen=True):
    """What the words of one comment say.

    Attributes:
        kind: see `CommentKind`; a question is only worth answering when it is about a product.
        reason: stable short code of the rule that decided.
        folded: comparison form of the words.
        slots: facts asked for, sorted.
        named: product ids named in the words (all that fit).
        number: link number named, 0 if none.
        size, colour: the SKU asked for, as the viewer wrote it in comparison form.
        topics: topics of the words (see `topics`).
        negative: the words say no somewhere.
        need: asks for a recommendation.
    """

    kind: CommentKind
    reason: str
    lang: Lang
    folded: str
    slots: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    number: int = 0
    size: str = ""
    colour: str = ""
    topics: frozenset[Topic] = frozenset()
    negative: bool = False
    need: bool = False


def lexicon(catalogue: Catalogue) -> Lexicon:
    """Return the words of one catalogue version."""
    names: dict[str, str] = {}
    doubled: set[str] = set()
    headings: dict[str, str] = {}
    colours: dict[str, str] = {}
    for product in catalogue.products:
        for name in (product.name.zh, product.name.en, *product.aliases):
            key = fold(name)
            if len(key) >= 2:
                if names.get(key, product.id) != product.id:
                    doubled.add(key)
                names[key] = product.id
        for field in product.texts:
            if field not in TEXT_FIELDS and len(fold(field)) >= 2:
                headings[fold(field)] = field
        for colour in product.colours:
            for word in (fold(colour.zh), fold(colour.en)):
                if word:
                    colours[word] = word
    longest = sorted(((k, v) for k, v in names.items() if k not in doubled), key=lambda kv: -len(kv[0]))
    return Lexicon(tuple(longest), tuple(headings.items()), tuple(colours.items()))


def _sku_words(folded: str, raw: str, words: Lexicon) -> tuple[str, str]:
    size = _SIZE_WORD.search(raw)
    found = next((c for c, _ in words.colours if c in folded and (len(c) > 1)), "")
    if not found and (match := _COLOUR_WORD.search(folded)):
        found = next(g for g in match.groups() if g)
    return (next(g for g in size.groups() if g) if size else ""), found


def _named(folded: str, words: Lexicon) -> tuple[str, ...]:
    rest, found = folded, []
    for name, product in words.names:
        if name in rest and (not name.isascii() or re.search(rf"\b{re.escape(name)}(?:e?s)?\b", rest)):
            rest = rest.replace(name, " ")
            if product not in found:
                found.append(product)
    return tuple(found)


def _slots(folded: str, raw: str, words: Lexicon, size: str, colour: str) -> set[str]:
    slots = {slot for slot, pattern in _SLOTS if pattern.search(raw)} if _ANY_SLOT.search(raw) else set()
    slots |= {field for heading, field in words.headings if heading in folded}
    if slots & {"original", "discount"} and not re.search(r"多少钱|how much is (?:it|this) now|现价|到手", raw):
        slots.discard("price")
    if _BODY.search(raw) and (size or slots & {"size", "sizing"} or re.search(r"[码穿]|wear|size", raw)):
        slots = (slots - {"size", "stock"}) | {"sizing"}
    elif "sizing" in slots:
        slots.discard("size")
    elif size or colour:
        if slots & {"size", "colour"} or not slots:
            slots = (slots - {"size", "colour"}) | {"stock"}
    if "returns" in slots and re.search(r"几天|7天|七天", raw) and "shipping" in slots and not re.search(r"发|到", raw):
        slots.discard("shipping")
    return slots


def read(text: str, words: Lexicon) -> Reading:
    """Read one cleaned line. Never raises; the reason says which rule decided."""
    folded, lang = fold(text), lang_of(text)
    raw = text.lower()
    if not folded:
        return Reading("chatter", "no_words", lang, folded)
    if _INJECTION.search(raw):
        return Reading("spam", "injection", lang, folded)
    if _SPAM.search(raw):
        return Reading("spam", "advertisement", lang, folded)
    if _ABUSE.search(raw):
        return Reading("abuse", "abuse", lang, folded)
    if _COMPLAINT.search(raw):
        return Reading("complaint", "after_sale", lang, folded)
    question = bool(_QUESTION.search(raw))
    size, colour = _sku_words(folded, raw, words)
    slots = _slots(folded, raw, words, size, colour)
    if slots == {"stock"} and (size or colour) and not question and not re.search(_SLOTS[3][1], raw):
        slots = set()  # "M码 黑色" alone is an order being thought aloud, not a question
    link = _LINK_NO.search(raw)
    number = 0
    if link:
        group = next(g for g in link.groups() if g)
        number = _HAN_NUMBER.get(group) or int(group)
    named = _named(folded, words)
    need = bool(_NEED.search(raw)) and not _NOT_NEED.search(raw) and not (slots - {"price", "size", "colour"})
    if not (question or slots or need):
        if _INTENT.search(raw):
            return Reading("intent", "purchase_intent", lang, folded, named=named, number=number, size=size, colour=colour)
        if _PRAISE.search(raw):
            return Reading("praise", "praise", lang, folded, named=named)
        return Reading("chatter", "chatter", lang, folded, named=named)
    if _HOST.search(raw) and not slots:
        return Reading("chatter", "about_host", lang, folded)
    topics = topics_of(text)
    if not (slots or need or topics or named or number) and not _worth_asking(raw):
        return Reading("chatter", "small_talk", lang, folded)
    reason = "need" if need else "asks_fact" if slots else "asks_open"
    return Reading(
        "question", reason, lang, folded, () if need else tuple(sorted(slots)), named, number, size, colour, topics,
        negated(text), need,
    )  # fmt: skip


_ABOUT_GOODS = re.compile(
    r"能[用穿吃喝戴装放洗]|可以[用穿吃喝戴装放洗]|好[用穿吃喝搭洗]|[用穿吃喝戴](?:着|起来)|适合|效果|功效|质量|区别|这[款个件条双瓶盒]|它|耐[用穿磨]|会不会|"
    r"does (?:it|this)|is (?:it|this)|can (?:it|this|i)|will (?:it|this)|good for|ok for|suitable|work with|compatible|difference|quality|durable|\bit\b|\bthis\b|\bthese\b"
)


def _worth_asking(raw: str) -> bool:
    return bool(_ABOUT_GOODS.search(raw))


class Reader:
    """`read` for one catalogue version, remembering the wordings it has seen (bounded)."""

    def __init__(self, catalogue: Catalogue, most: int = 20_000) -> None:
        self._words = lexicon(catalogue)
        self._seen: OrderedDict[str, Reading] = OrderedDict()
        self._most = most

    def __call__(self, text: str) -> Reading:
        """Return `read(text)`, from memory when the same words came before."""
        reading = self._seen.get(text)
        if reading is None:
            reading = self._seen[text] = read(text, self._words)
            if len(self._seen) > self._most:
                self._seen.popitem(last=False)
        return reading


def resolve(reading: Reading, catalogue: Catalogue, on_screen: str, asked_before: str) -> tuple[Product | None, str]:
    """Tell which product a comment is about, and how that is known.

    Order: link number, name, the product on screen, the product this viewer asked about before.

    Returns:
        The product, or None with "unknown_number", "ambiguous_name" or "no_product".
    """
    if reading.number:
        found = catalogue.by_number.get(reading.number)
        return (found, "number") if found else (None, "unknown_number")
    if len(reading.named) == 1:
        return catalogue.by_id.get(reading.named[0]), "named"
    if len(reading.named) > 1:
        return None, "ambiguous_name"
    for product, how in ((on_screen, "on_screen"), (asked_before, "asked_before")):
        if product in catalogue.by_id:
            return catalogue.by_id[product], how
    return None, "no_product"
