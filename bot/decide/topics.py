"""Topics that viewers ask about and product cards speak of, in both languages.

A question on a topic may go to the model only when the product's card speaks of that topic's group: what the
card is silent about goes to the host. Opposite wordings ("显胖", "显瘦") are different topics of one group: the same
sentence of the card answers both, with opposite signs (`rests_on`). Topics of shop business (invoice, restock) are
listed so that they reach the host: no card speaks of them by accident.
"""

import re
from functools import lru_cache

import msgspec

from bot.decide.patterns import later, split, tried


class Topic(msgspec.Struct, frozen=True):
    """One topic: `id` tells questions apart, `group` finds the sentence of the card."""

    id: str
    group: str


_TOPICS: tuple[tuple[str, str, str], ...] = (
    ("body:fat", "body", r"显胖|显壮|显肥|look (?:fat|big|chubby)"),
    ("body:slim", "body", r"显瘦|遮肉|修身|显高|slim|flatter"),
    ("warm", "warm", r"保暖|暖和|暖|抗冻|抗寒|会冷|冷不冷|冷吗|warm(?! water)|cold enough"),
    ("freezing", "warm", r"零下|零度|below zero|freezing|sub.?zero"),
    ("winter", "warm", r"冬天|冬季|秋冬|冬|winter"),
    ("cool", "cool", r"凉快|清凉|透气|凉爽|breath(?!e? in)|\bcool to wear|keeps? you cool"),
    (
        "hot",
        "cool",
        r"闷热|闷不闷|[不很太]闷|会闷|闷吗|闷汗|热不热|会热|热吗|热不|不热|太热|很热|too hot|\bhot for|sweat|stuffy",
    ),
    ("summer", "cool", r"夏天|夏季|夏|三十多度|summer"),
    ("thick", "thick", r"厚|加绒|thick|heavyweight"),
    ("thin", "thick", r"薄|\bthin\b|lightweight"),
    ("sheer", "sheer", r"(?<![渗通剔])透(?![气明彻亮])|see.?through|sheer|something under"),
    ("oily", "skin:oily", r"油皮|油性|出油|控油|oily"),
    ("dry", "skin:dry", r"干皮|干性|干燥|dry skin"),
    ("sensitive", "skin:sensitive", r"敏感|皮肤薄|容易(?:泛)?红|sensitive|gets? red"),
    ("allergy", "allergy", r"过敏|allerg"),
    ("alcohol", "alcohol", r"酒精|alcohol"),
    ("fragrance", "taste", r"香精|香味|香不香|味道|气味|异味|刺鼻|smell|scent|fragranc|perfume"),
    ("pregnant", "pregnant", r"孕妇|怀孕|孕期|哺乳|pregnan|breastfeed"),
    (
        "child",
        "child",
        r"小孩|孩子|儿童|婴|宝宝(?:能|可以|用|吃|穿|喝)|小朋友|"
        r"[一二三四五六七八九\d]岁|\bkids?\b|\bbaby\b|child|toddler|year.old",
    ),
    (
        "elder",
        "elder",
        r"老人|长辈|妈妈|我妈|爸爸|我爸|奶奶|爷爷|婆婆|父母|\bmu?m\b|"
        r"\bmom\b|mother|\bdad\b|father|parents?|grandm|elder",
    ),
    ("men", "men", r"男生|男士|男的|男款|老公|男朋友|\bmen\b|\bman\b|\bguys?\b|husband|boyfriend|unisex"),
    (
        "women",
        "women",
        r"女生|女士|女款|老婆|女朋友|\bwomen\b|\bwoman\b|(?<!curvy )(?<!short )(?<!chubby )(?<!bigger )\bgirls?\b|"
        r"wife|girlfriend",
    ),
    ("student", "student", r"学生|student"),
    ("gift", "gift", r"送礼|送人|礼物|礼盒|伴手礼|gift|present"),
    ("work", "work", r"上班|通勤|办公室|office|commut|\bto work\b|for work"),
    ("sport", "sport", r"运动|跑步|健身|gym|running|workout|sport"),
    ("travel", "travel", r"旅游|旅行|出差|度假|travel|vacation|holiday"),
    ("waterproof", "waterproof", r"防水|防泼水|泼.?水|雨|打湿|waterproof|water.?re|\brain(?!bow)|drizzle|gets? wet"),
    ("sunscreen", "sun", r"防晒|spf|sunscreen|sun protect"),
    ("pilling", "pilling", r"起毛?球|毛球|\bpill(?:s|ing)?\b|bobble|fuzzy"),
    ("fading", "fading", r"掉色|褪色|染色|fade|colou?r.?fast|bleed"),
    ("shrink", "shrink", r"缩水|变形|shrink"),
    ("wrinkle", "wrinkle", r"起皱|皱|wrinkle|crease"),
    ("itchy", "itchy", r"扎(?![染带实发口])|刺痒|痒|itch|scratchy"),
    ("stretch", "stretch", r"弹力|弹性|有弹|stretch"),
    ("shed", "shed", r"掉毛|\bshed"),
    ("soft", "soft", r"柔软|软不软|舒服|亲肤|soft|comfortable|comfy"),
    ("loose", "fit", r"宽松|loose|oversize|baggy"),
    ("tight", "fit", r"紧身|紧不紧|tight"),
    ("heavy", "weight", r"重不重|多重|沉(?!稳|浸)|很重|太重|自重|背.{0,3}累|heavy|weigh"),
    ("light", "weight", r"轻便|轻不轻|轻巧|\blight\b(?! (?:clothes|colou?r|make|wash))"),
    ("laptop", "laptop", r"电脑|笔记本|平板|laptop|tablet|ipad|macbook"),
    ("capacity", "capacity", r"容量|装多少|capacity"),
    ("sweet", "sweet", r"甜|(?<![油细黏粘])腻|sweet"),
    ("greasy", "greasy", r"油腻|[黏粘]腻|greasy|sticky"),
    ("sugar", "sugar", r"无糖|含糖|糖|sugar"),
    ("spicy", "spicy", r"辣|spicy"),
    ("bitter", "bitter", r"苦(?!手)|涩|bitter"),
    ("caffeine", "caffeine", r"咖啡因|caffeine"),
    ("night", "caffeine", r"睡不着|失眠|晚上.{0,2}喝|up at night|at night|before bed"),
    ("diet", "diet", r"减肥|减脂|热量|卡路里|长胖|发胖|calori|diet|weight loss"),
    ("diabetes", "diabetes", r"糖尿病|血糖|diabet"),
    ("makeup", "makeup", r"上妆|妆前|打底|搓泥|卡粉|makeup|make.?up"),
    ("whiten", "whiten", r"美白|提亮|[淡祛]斑|whiten|brighten"),
    ("acne", "acne", r"痘痘|长痘|闷痘|祛痘|acne|breakout|pimple"),
    ("moist", "moist", r"保湿|补水|滋润|moistur|hydrat"),
    ("machine", "wash", r"机洗|洗衣机|machine.?wash"),
    ("handwash", "wash", r"手洗|hand.?wash"),
    ("dryclean", "wash", r"干洗|dry.?clean"),
    ("microwave", "microwave", r"微波|microwave"),
    ("dishwasher", "dishwasher", r"洗碗机|dishwasher"),
    ("charge", "battery", r"充电|续航|电池|charg|battery"),
    ("noise", "noise", r"噪音|吵|声音大|nois|\bloud"),
    ("smallsize", "petite", r"小个子|矮个|个子[小矮]|1[45]\d能|一米五|petite|short (?:girl|people)"),
    ("bigsize", "plus", r"大码|胖(?:mm|妹|子|人|的)|微胖|梨形|肚子|小肚|plus.?size|chubby|curvy|belly"),
    ("pocket", "pocket", r"口袋|pocket"),
    ("lining", "lining", r"内衬|里衬|夹层|lining|compartment"),
    ("strap", "strap", r"肩带|背带|strap"),
    ("layer", "layer", r"单穿|内搭|打底衫|叠穿|on its own|layer"),
    ("taste", "taste", r"口味|口感|flavou?r|taste"),
    (
        "shade",
        "shade",
        r"色差|实物|镜头里|滤镜|灯光下|same colou?r|"
        r"colou?r (?:is )?(?:the )?same|real life|daylight|the light",
    ),
    ("space", "space", r"占地|收纳|放得下不|占.?空间|much space|easy to store|small flat"),
    ("restock", "restock", r"补货|还会上|再上|下一批|会再有|restock|next batch|com(?:e|ing) back"),
    ("invoice", "invoice", r"发票|抬头|invoice|receipt"),
    ("store", "store", r"实体店|线下|自提|门店|real (?:store|shop)|physical|pick (?:it )?up in person"),
    ("report", "report", r"检测|质检|报告|证书|lab report|certificate|tested|certified"),
    ("pet", "pet", r"猫|狗|宠物|\bcats?\b|\bdogs?\b|\bpets?\b"),
    ("years", "years", r"用到20|[十几]年|年会|过时|ten years|till 20|years? from now|winters\b"),
    (
        "version",
        "version",
        r"去年|上次卖|上一批|升级版|旧款|老款|last year|"
        r"old version|last batch|previous (?:one|version)",
    ),
    ("illness", "illness", r"鼻炎|湿疹|高血压|关节|颈椎|腰椎|痛风|便秘|eczema|arthritis|rosacea|psoriasis|back pain"),
    (
        "effect",
        "effect",
        r"见效|有效果|变白|年轻.{0,2}岁|抗皱|results? in|"
        r"years younger|dark spots|erase spots|anti.?ag|acne scar",
    ),
    ("vegan", "vegan", r"素食|清真|vegan|vegetarian|halal"),
    ("match", "match", r"怎么搭|搭配|配什么|搭什么|搭哪|好搭|goes? with|pair with|wear (?:it )?with"),
)


@later
def _compiled() -> tuple[tuple[Topic, re.Pattern[str]], ...]:
    return tuple((Topic(id, group), re.compile(pattern)) for id, group, pattern in _TOPICS)


@later
def _any() -> re.Pattern[str]:
    return re.compile(tried(split("|".join(pattern for _, _, pattern in _TOPICS))))


@later
def _any_word() -> re.Pattern[str]:
    return re.compile(rf"(?:{_any().pattern})[a-z]*")


# Who, not what: a line that only speaks of these asks nothing about goods.
PEOPLE = frozenset({"child", "elder", "men", "women", "student"})
_OPPOSITE = {"body:fat": "body:slim", "hot": "cool", "thick": "thin", "loose": "tight", "heavy": "light"}
_OPPOSITE |= {b: a for a, b in _OPPOSITE.items()}
# A season is answered by the quality it asks for; never the other way round.
_ANSWERED_BY = {"summer": ("cool", True), "winter": ("warm", True)}


@lru_cache(maxsize=8192)
def topics_of(text: str) -> frozenset[Topic]:
    """Return the topics a line speaks of."""
    lowered = text.lower()
    if not _any().search(lowered):
        return frozenset()
    return frozenset(topic for topic, pattern in _compiled() if pattern.search(lowered))


def without_topics(text: str) -> str:
    """Return a line with the words of its topics taken out."""
    return _any_word().sub(" ", text.lower())


def rests_on(topic_id: str) -> tuple[tuple[str, bool], ...]:
    """Return what can bear out a claim on a topic: (topic id, True when with the same sign, False when reversed)."""
    found = [(topic_id, True)]
    if topic_id in _OPPOSITE:
        found.append((_OPPOSITE[topic_id], False))
    if topic_id in _ANSWERED_BY:
        quality, same = _ANSWERED_BY[topic_id]
        found += [(quality, same), (_OPPOSITE.get(quality, ""), not same)]
    return tuple(found)
