"""Kinds of things: what viewers call them when they ask for one, and what such products are called."""

import re
from functools import lru_cache

from bot.decide.patterns import later

CLOTHES = r"女装|男装|童装|服|衣|衫|裙|裤|外套|夹克|cloth|dress|shirt|trouser|jacket|knit|apparel|wear"
CARE = r"护肤|美妆|个护|霜|乳|精华|洁面|cream|serum|cleanser|skin|lotion|toner|mask"
FOOD = r"食品|零食|坚果|饼|糖|果|肉|奶|茶|饮|咖啡|snack|food|nut|tea|coffee|drink"
# What viewers ask for -> what such a product is called. The more general kinds stand last.
_KINDS: tuple[tuple[str, str], ...] = (
    (





                            r"包(?!邮|装|退|换|括|含|赔|你|我|子铺|裹)|\bbags?\b|tote|backpack|handbag|carry (?:my|"
                            r"all)", r"包(?!裙)|\bbag|tote|backpack"),
    (r"裙|dress(?!ing)|skirt|gown", r"裙|dress|skirt"),
    (





                            r"衬衫|衬衣|上衣|\bshirts?\b|\btops?\b(?! (?:of|up|price))|blouse|t恤|tee\b|短袖|体恤|"
                            r"背心", r"衬衫|上衣|t恤|shirt|tee|top\b|短袖|blouse"),
    (r"外套|大衣|夹克|风衣|coat|jacket|outerwear|windbreaker", r"外套|大衣|夹克|风衣|开衫|coat|jacket|cardigan"),
    (r"毛衣|针织|开衫|sweater|cardigan|knit|jumper|pullover", r"毛衣|针织|开衫|sweater|cardigan|knit"),
    (r"裤|pants|trousers|jeans|leggings", r"裤|pants|trousers|jeans"),
    (r"洗面奶|洁面|洗脸|卸妆|cleanser|face ?wash|wash (?:my|his|her) face", r"洁面|洗面|cleanser|face wash"),
    (r"面霜|乳液|保湿霜|晚霜|擦脸|抹脸|\bcream|lotion|moisturi[sz]", r"霜|乳液|cream|lotion|moisturi[sz]"),
    (
        r"护肤|护脸|精华|面膜|水乳|skin ?care|serum|toner|face mask|for (?:my|her|his) (?:face|skin)|skin\b|脸上|"
        r"皮肤|油皮|干皮|敏感肌|\w皮用", CARE),
    (
        r"床单|被[子套芯罩]|枕|床品|四件套|床上|毯|bedding|duvet|sheets?\b|quilt|pillow|blanket|\bbed ?set|"
        r"for the bed\b", r"被|枕|床|毯|bedding|pillow|blanket|sheet"),
    (r"茶|\bteas?\b|oolong", r"茶|\btea"),
    (




                        r"零食|坚果|饼干|小吃|吃的|解馋|嘴馋|加餐|snacks?|nuts\b|cookies|nibble|munch|to eat|"
                        r"nutrition", r"零食|食品|坚果|饼|snack|nut|food"),
    (r"喝的|饮料|饮品|something to drink|drinks?\b|beverage|泡着喝", r"茶|饮|咖啡|tea|coffee|drink"),
    (r"杯|\bcups?\b|\bmugs?\b|tumbler|保温壶", r"杯|cup|mug|tumbler"),
    (r"毛巾|浴巾|towel", r"毛巾|浴巾|towel"),
    (r"(?<![穿])鞋|靴|\bshoes?\b|sneaker|boots\b|heels\b|sandals|拖鞋", r"鞋|靴|shoe|sneaker|boot|sandal"),
    (







                                    r"口红|唇膏|粉底|眼影|睫毛|腮红|lipstick|mascara|foundation|eye ?shadow|"
                                    r"makeup set", r"口红|唇|粉底|眼影|lipstick|mascara|foundation"),
    (r"防晒霜|防晒乳|sunscreen|sun ?block", r"防晒|sunscreen"),
    (r"洗发|护发|shampoo|conditioner|hair (?:oil|dryer|mask)|吹风机", r"洗发|护发|shampoo|hair|吹风"),
    (r"耳机|耳麦|earbuds|headphones?|earphones|音箱|speaker\b", r"耳机|音箱|earbud|headphone|speaker"),
    (
        r"手机壳?|充电宝|充电器|数据线|手表|手环|平板电脑|phone case|charger|power ?bank|\bwatch(?:es)?\b|"
        r"smart ?watch|tablet\b|keyboard|mouse\b", r"手机|充电|表|平板|phone|charger|power|watch|tablet|keyboard"),
    (
        r"帽子?|围巾|手套|袜|皮带|领带|雨伞|项链|耳环|戒指|手链|墨镜|\bhats?\b|\bcaps?\b|scarf|gloves|socks|belt\b|"












                                                        r"umbrella|necklace|earrings|bracelet|jewel|sunglasses|"
                                                        r"\bring\b",
                                                            r"帽|围巾|手套|袜|皮带|领带|伞|项链|耳环|戒指|手链|镜|"
                                                            r"hat|cap|scarf|glove|sock|belt|umbrella|necklace|"
                                                            r"earring|bracelet|jewel"),
    (



                    r"锅|炒锅|厨具|刀具|电饭|空气炸|微波炉|frying|\bpans?\b|kettle|air ?fryer|cookware|blender|"
                    r"toaster", r"锅|厨|炸|壶|pan|kettle|fryer|cook|blender"),
    (



                    r"玩具|积木|绘本|奶粉|尿不湿|纸尿裤|奶瓶|\btoys?\b|lego|diaper|formula milk|stroller|"
                    r"picture book", r"玩具|积木|绘本|奶粉|尿|奶瓶|toy|diaper|stroller|book"),
    (r"猫粮|狗粮|猫砂|宠物|cat food|dog food|for my (?:cat|dog)|pet\b", r"猫|狗|宠物|cat|dog|pet"),
    (r"香水|蜡烛|香薰|perfume|candle|fragrance diffuser", r"香水|蜡烛|香薰|perfume|candle"),
    (r"行李箱|拉杆箱|suitcase|luggage", r"行李箱|拉杆箱|suitcase|luggage"),
    (r"咖啡|coffee", r"咖啡|coffee"), (r"白酒|红酒|啤酒|wine\b|beer\b|whisky", r"酒|wine|beer"),
    (r"衣服|穿的|衣裳|穿搭|能穿|clothes|outfit|to wear|something to wear|wearable", CLOTHES),
)  # fmt: skip


@later
def _compiled() -> tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]:
    return tuple((re.compile(asked, re.I), re.compile(has, re.I)) for asked, has in _KINDS)


@later
def _any() -> re.Pattern[str]:
    return re.compile("|".join(asked for asked, _ in _KINDS), re.I)


@lru_cache(maxsize=2048)
def kinds_asked(text: str) -> tuple[re.Pattern[str], ...]:
    """Return what products of the kinds asked for are called."""
    if not _any().search(text):
        return ()
    return tuple(has for asked, has in _compiled() if asked.search(text))
