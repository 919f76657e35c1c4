"""Contrasts: words that make two questions different however alike the rest is, in sets of which one excludes another.

领口会松吗 and 袖口会松吗 differ in one character and have two answers. A text "has" the members of a set whose words it
uses; two texts conflict when both use a set and neither uses all that the other does. Sets marked strict conflict also
when only one of the two texts uses them: returning what was washed is not returning.
"""

import re
from functools import lru_cache

from bot.decide.patterns import later

Found = frozenset[tuple[str, int]]

# name, then the members; a name that ends with ! is strict.
_SETS = {
    "washed!": (r"没洗|未洗|洗前|unwashed|before wash",
    r"[洗水][完了过后]|after (?:a |the )?wash|in the wash|(?<!un)washed"),
    "season": (r"夏|热天|伏天|summer|july|august", r"冬|冷天|零下|雪天|winter"),
    "daytime!": (r"早|白天|morning|\bday(?:time)?\b", r"晚|夜|睡前|night|before bed"),
    "order!": (r"[前先]|before", r"后(?!天)|after"),
    "opened!": (
        r"没(?:有)?[拆打开]|未[拆开]|密封|sealed|unopen",
        r"(?<![没未])(?:[拆打]开|开[封袋瓶罐]|拆[封了过])|half eaten|(?<!un)opened"
    ),
    "part": (
        r"领|collar|neck", r"袖|sleeve|cuff", r"腰|waist", r"胸|bust|chest", r"肩|shoulder",
        r"裤[长脚]|衣长|裙长|length",
        r"口袋|pocket", r"拉链|zip", r"扣|button", r"臀|屁股|胯|\bhips?\b", r"大?腿|thigh|\blegs?\b", r"帽|\bhood",
        r"肚|tummy|belly",
        r"下摆|\bhem\b", r"把手|提手|带子|strap|handle", r"内胆|里衬|内衬|lining",
        r"手(?!机|洗|提)|\bhands?\b(?! wash)", r"脸|\bface\b",
        r"皮肤|\bskin\b",
    ),
    "bedding": (r"枕套|枕头|pillow", r"被套|被罩|duvet", r"床单|床笠|sheet", r"被芯|filling"),
    "size!": (r"小(?![孩姐朋宝时雨])|small|mini\b|little", r"大(?![家概约雨])|\bbig|large", r"中[支号瓶]|medium"),
    "fabric": (
        r"羊毛|羊绒|wool|cashmere", r"棉|cotton", r"真丝|蚕丝|silk", r"亚?麻|linen", r"皮|leather",
        r"涤|化纤|聚酯|polyester",
        r"羽绒|鸭绒|鹅绒|\bdown jacket",
    ),
    "life": (r"怀孕?|孕|pregnan|baby bump", r"哺乳|喂奶|产后|生完|坐月|nursing|breast ?feed|postpartum"),
    "blood": (r"血压|高压|blood pressure", r"血糖|糖尿|blood sugar|diabet"),
    "rain": (r"小雨|drizzle", r"大雨|暴雨|heavy rain|storm"),
    "element": (r"水|雨|water|\brain", r"火|\bfire", r"油|\boil"),
    "measure": (
        r"几斤|多重|多少[斤克]|克重|weigh", r"承重|装多|weight can|\bholds?\b",
        r"几[个件包粒片袋杯]|多少[个件包粒片袋]|number|how many",
        r"多大|尺寸|(?<!my )\bsize\b|dimension", r"多长|\blength|how long is",
        r"几块|多少钱|什么价|啥价|how much (?:is|does|for)|price|cost",
        r"多深|how deep",
    ),
    "who": (
        r"小孩|孩子|娃|宝宝|儿童|\bkids?\b|child|toddler|\bbab(?:y|ies)|\bson\b|daughter",
        r"老人|[爸妈]|长辈|\bmom|\bdad|parent|elder",
        r"男|老公|boyfriend|husband|\bm[ae]n\b|\bguys?\b", r"女生|女的|女孩|老婆|wom[ae]n|\bgirls?\b",
    ),
    "payment": (r"花呗|分期|klarna|afterpay|install", r"货到付款|\bcod\b|cash on delivery", r"微信", r"支付宝|paypal"),
    "data": (r"电话|手机号|phone", r"地址|address", r"名字|\bname\b", r"尺码|码数", r"抬头|税号|tax id"),
    "heat": (r"热(?!卖)|烫|\bhot\b|\bwarm", r"[冷冰凉]|\bcold\b|\biced?\b|\bcool"),
    "effect": (
        r"缩|shrink|smaller", r"变形|\bshape|撑大|松垮|stretch out|变大", r"掉色|褪色|染|fade|colou?r|bleed",
        r"[皱褶]|wrinkle|crease|crumple",
        r"起毛?球|\bpill|bobble", r"静电|static|cling", r"[扎痒]|itch|scratchy", r"硬|stiff", r"勾丝|抽丝|snag|pull",
        r"掉毛|起毛(?!球)|\bshed|\blint",
        r"透(?!气)|see.?through|sheer|走光", r"闷|透气|sweat|breath|捂", r"臭|味|smell|odou?r|stink",
        r"脏|stain|\bdirt", r"裂|crack|peel|破|\brip|\btear",
        r"卡|stuck|\bjam", r"粘身|cling",
    ),
    "what": (r"拉链|zip", r"弹|松紧|elastic|stretch", r"高腰|sit high|\brise\b"),
    "fit": (r"紧身|修身|贴身|tight|fitted", r"宽松|松一?点|loose|baggy|oversized?"),
    "taste": (
        r"甜|sweet", r"苦|bitter|涩|astringent", r"酸|sour", r"咸|salty", r"辣|spicy", r"脆|crunch|crisp",
        r"香|scent|fragran|floral",
        r"淡|\bweak|\bstrong|浓", r"焦|糊|burnt", r"哈喇|rancid|stale",
    ),
    "skin": (
        r"假滑|slippery", r"紧绷|拔干|tight|\bdry", r"搓泥|ball up|pilling", r"卡粉|浮粉|patchy|cakey",
        r"闷痘|长痘|爆痘|acne|break ?out|clog",
        r"过敏|刺激|泛红|allerg|sting|irritat", r"油腻|黏|greasy|sticky", r"泛白|white cast", r"去角质|exfoliat",
        r"黑头|blackhead", r"斑|\bspots?\b",
    ),
    "body's good": (r"胖|热量|calor|减[脂肥]|weight", r"睡眠|失眠|sleep|awake", r"上火", r"蛋白|protein",
    r"油脂|\bfat\b", r"效果|results?"),
    "delivery": (
        r"什么快递|哪家快递|顺丰|圆通|中通|邮政|courier|carrier|fedex|usps|\bups\b",
        r"运费|邮费|包邮|shipping fee|free|postage",
        r"到货|到手|送到|能到|几天到|arriv|get here|deliver", r"发货|发走|发出|寄出|发的|dispatch|ship out|\bsent\b",
        r"哪里发|哪发|from where|ships? from",
    ),
    "remedy": (
        r"退货|退款|能退|给退|return|refund|send back", r"换货|换码|换个|能换|给换|换新|exchange|swap|replace",
        r"修|repair|\bfix", r"怎么|咋|how (?:do|to)|then how",
        r"保修多久|warranty",
    ),
    "view": (
        r"近|closer|zoom|怼", r"远|全身|full", r"背|后面|转|\bback\b|\bturn", r"里面|inside",
        r"试穿|上身|穿一下|try.{0,4} on",
        r"放飞机|飞机|plane", r"登机箱|suitcase", r"高铁|train",
    ),
    "deal": (r"送|\bgift|included|come with", r"卖|\bsell|\bbuy|单买|separately|另外买"),
    "body": (r"苹果|apple", r"梨|pear", r"腿粗|粗腿|chunky|thick (?:legs|thighs)", r"腿细|筷子腿|skinny",
    r"胖|plus.?size|curvy|chubby", r"瘦|petite|\bthin"),
    "whose": (r"\bmy own|自己", r"friend|朋友"),
    "place": (
        "新疆", "西藏", "内蒙", "海南", "香港", "澳门", "台湾", "国外|海外|overseas|abroad", r"\buk\b", "canada",
        "australia", r"乡|村|镇", "xinjiang", "tibet",
    ),
    "carried": (r"电脑|笔记本|laptop|macbook", r"a4|文件|书(?!包)|\bbooks?\b", r"水杯|保温杯|bottle", r"伞|umbrella",
    r"手机(?!号)|\bphone"),
    "care!": (
        r"机洗|洗衣机|machine|washer", r"手洗|hand ?wash", r"干洗|dry.?clean", r"烘|dryer|tumble",
        r"[晾晒]|air dry|\bhang|line dry", r"[熨烫]|\biron|steam"
    ),
    "stock": (r"补货|再上|回货|restock|come back|coming back", r"断货|卖完|没了|sold out",
    r"有货|还有|剩|\bgot\b|available|\bleft\b"),
    "goods": (
        r"包(?![邮装不吗])|\btote|\bbag\b", r"夹克|冲锋衣|jacket", r"衬衫|shirt", r"裤|trouser|pants", r"裙|dress",
        r"开衫|毛衣|cardigan", r"茶(?!汤)|\btea",
        r"巧克力|choc", r"坚果|果仁|\bnuts?\b", r"面霜|\bcream", r"洁面|洗面奶|cleanser",
    ),
    "free of!": (r"无(?:酒精|糖|香|咖啡因)|free (?:one|version|of|from)|-free|caffeine free|alcohol free|sugar free",
    r"(?!)"),
}  # fmt: skip


@later
def _table() -> dict[str, tuple[re.Pattern[str], ...]]:
    return {name: tuple(map(re.compile, members)) for name, members in _SETS.items()}


@lru_cache(maxsize=8192)
def members(folded: str) -> Found:
    """Return which members of which sets a text uses, as (set, position)."""
    return frozenset((name, i) for name, ms in _table().items() for i, m in enumerate(ms) if m.search(folded))


def conflict(a: Found, b: Found) -> str:
    """Return the name of a set in which two texts differ; "" when there is none."""
    for name in sorted({name for name, _ in a ^ b}):
        one, other = {i for n, i in a if n == name}, {i for n, i in b if n == name}
        if (name.endswith("!") and bool(one) != bool(other)) or (one and other and not (one <= other or other <= one)):
            return name
    return ""
