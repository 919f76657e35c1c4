"""Topics that viewers ask about and product cards speak of, in both languages.

A question on a topic may go to the model only when the product's card speaks of that topic's group: what the
card is silent about goes to the host. Opposite wordings ("显胖", "显瘦") are different topics of one group,
so their questions are never merged, yet the same sentence of the card answers both.
"""

import re
from functools import lru_cache

import msgspec


class Topic(msgspec.Struct, frozen=True):
    """One topic: `id` tells questions apart, `group` finds the sentence of the card."""

    id: str
    group: str


_TOPICS: tuple[tuple[str, str, str], ...] = (
    ("body:fat", "body", r"显胖|显壮|显肥|look (?:fat|big|chubby)"),
    ("body:slim", "body", r"显瘦|遮肉|修身|显高|slim|flatter"),
    ("warm", "warm", r"保暖|暖和|冬天|冬季|抗冻|warm|winter"),
    ("cool", "cool", r"凉快|夏天|夏季|透气|闷热|闷不闷|热不热|breathab|summer"),
    ("thick", "thick", r"厚|加绒|thick"),
    ("thin", "thick", r"薄|轻薄|\bthin\b|lightweight"),
    ("sheer", "sheer", r"会透|透吗|透不透|透光|透肉|see.?through|sheer"),
    ("oily", "skin:oily", r"油皮|油性|出油|控油|oily"),
    ("dry", "skin:dry", r"干皮|干性|干燥|dry skin"),
    ("sensitive", "skin:sensitive", r"敏感肌|敏感皮|敏感|sensitive"),
    ("allergy", "allergy", r"过敏|allerg"),
    ("alcohol", "alcohol", r"酒精|alcohol"),
    ("fragrance", "smell", r"香精|香味|香不香|味道|气味|异味|smell|scent|fragranc"),
    ("pregnant", "pregnant", r"孕妇|怀孕|孕期|哺乳|pregnan|breastfeed"),
    ("child", "child", r"小孩|孩子|儿童|宝宝(?:能|可以|用|吃|穿)|小朋友|\bkids?\b|\bbaby\b|child|toddler"),
    ("elder", "elder", r"老人|长辈|妈妈|我妈|爸爸|我爸|奶奶|爷爷|婆婆|父母|\bmom\b|mother|\bdad\b|father|parents?|grandm|elder"),
    ("men", "men", r"男生|男士|男的|男款|老公|男朋友|\bmen\b|\bman\b|\bguys?\b|husband|boyfriend|unisex"),
    ("women", "women", r"女生|女士|女款|老婆|女朋友|\bwomen\b|\bwoman\b|\bgirls?\b|wife|girlfriend"),
    ("student", "student", r"学生|student"),
    ("gift", "gift", r"送礼|送人|礼物|礼盒|伴手礼|gift|present"),
    ("work", "work", r"上班|通勤|办公室|office|commut|\bto work\b|for work"),
    ("sport", "sport", r"运动|跑步|健身|gym|running|workout|sport"),
    ("travel", "travel", r"旅游|旅行|出差|度假|travel|vacation|holiday"),
    ("waterproof", "waterproof", r"防水|防泼水|淋雨|下雨|waterproof|water.?resist|\brain"),
    ("sunscreen", "sun", r"防晒|spf|sunscreen|sun protect"),
    ("pilling", "pilling", r"起球|pill(?:ing)?\b"),
    ("fading", "fading", r"掉色|褪色|染色|fade|colou?r.?fast|bleed"),
    ("shrink", "shrink", r"缩水|变形|shrink"),
    ("wrinkle", "wrinkle", r"起皱|皱|wrinkle|crease"),
    ("itchy", "itchy", r"扎人|扎不扎|会扎|扎脖|刺痒|痒|itch|scratchy"),
    ("stretch", "stretch", r"弹力|弹性|有弹|stretch"),
    ("shed", "shed", r"掉毛|shed"),
    ("soft", "soft", r"柔软|软不软|舒服|亲肤|soft|comfortable|comfy"),
    ("loose", "fit", r"宽松|loose|oversize|baggy"),
    ("tight", "fit", r"紧身|紧不紧|tight"),
    ("heavy", "weight", r"重不重|多重|沉不沉|很沉|heavy|weigh"),
    ("light", "weight", r"轻便|轻不轻|\blight\b"),
    ("laptop", "laptop", r"电脑|笔记本|平板|laptop|tablet|ipad|macbook"),
    ("capacity", "capacity", r"容量|能装|装得下|装下|capacity|fit my|hold "),
    ("sweet", "sweet", r"甜不甜|甜吗|很甜|太甜|偏甜|sweet"),
    ("sugar", "sugar", r"无糖|含糖|糖|sugar"),
    ("spicy", "spicy", r"辣|spicy"),
    ("bitter", "bitter", r"苦不苦|苦吗|涩|bitter"),
    ("caffeine", "caffeine", r"咖啡因|睡不着|失眠|晚上喝|caffeine|at night"),
    ("diet", "diet", r"减肥|减脂|热量|卡路里|长胖|发胖|calori|diet|weight loss"),
    ("diabetes", "diabetes", r"糖尿病|血糖|diabet"),
    ("makeup", "makeup", r"上妆|妆前|打底|搓泥|卡粉|makeup|make.?up"),
    ("whiten", "whiten", r"美白|提亮|淡斑|whiten|brighten"),
    ("acne", "acne", r"痘痘|长痘|闷痘|祛痘|acne|breakout|pimple"),
    ("moist", "moist", r"保湿|补水|滋润|moistur|hydrat"),
    ("machine", "wash", r"机洗|洗衣机|machine.?wash"),
    ("handwash", "wash", r"手洗|hand.?wash"),
    ("dryclean", "wash", r"干洗|dry.?clean"),
    ("microwave", "microwave", r"微波|microwave"),
    ("dishwasher", "dishwasher", r"洗碗机|dishwasher"),
    ("charge", "battery", r"充电|续航|电池|charg|battery"),
    ("noise", "noise", r"噪音|吵|声音大|nois|\bloud"),
    ("smallsize", "petite", r"小个子|矮个|petite|short girl"),
    ("bigsize", "plus", r"大码|胖mm|微胖|梨形|plus.?size|chubby|curvy"),
    ("pocket", "pocket", r"口袋|pocket"),
    ("lining", "lining", r"内衬|里衬|夹层|lining|compartment"),
    ("strap", "strap", r"肩带|背带|strap"),
    ("vegan", "vegan", r"素食|清真|vegan|vegetarian|halal"),
    ("match", "match", r"怎么搭|搭配|配什么|好搭|goes? with|pair with|wear (?:it )?with|style"),
)
_COMPILED = tuple((Topic(id, group), re.compile(pattern)) for id, group, pattern in _TOPICS)
_ANY = re.compile("|".join(f"(?:{pattern})" for _, _, pattern in _TOPICS))


@lru_cache(maxsize=8192)
def topics_of(text: str) -> frozenset[Topic]:
    """Return the topics a line speaks of."""
    lowered = text.lower()
    if not _ANY.search(lowered):
        return frozenset()
    return frozenset(topic for topic, pattern in _COMPILED if pattern.search(lowered))
