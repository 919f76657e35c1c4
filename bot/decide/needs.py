"""What a viewer needs, read from the words: budget, size, skin, for whom, for what, and which kind of thing."""

import re
from functools import lru_cache
from typing import Literal

import msgspec

from bot.decide.budget import budget_of

Skin = Literal["", "oily", "dry", "sensitive", "combination"]


class Need(msgspec.Struct, frozen=True, omit_defaults=True):
    """A need in slots.

    Attributes:
        low, high: budget in minor units of the shop's currency, None where open.
        size: size of the thing, upper case, "" when none is named.
        skin: type of skin.
        recipient: mother, father, elder, wife, husband, child, baby, friend, woman or man; "" for oneself.
        occasion: work, date, travel, sport, party, school, gift, summer, winter, sleep or home; "" for none.
    """

    low: int | None = None
    high: int | None = None
    size: str = ""
    skin: Skin = ""
    recipient: str = ""
    occasion: str = ""

    @property
    def asked(self) -> bool:
        """Whether it says anything but a size, which is also asked of one product."""
        return bool(self.skin or self.recipient or self.occasion or self.high or self.low)


SKIN: tuple[tuple[Skin, re.Pattern[str]], ...] = (
    ("combination", re.compile(r"混合|混油|混干|t区.{0,4}(?:油|干)|combination|combo skin|mixed skin", re.I)),
    ("oily", re.compile(

            r"油皮|油性|大油田|出油|控油|油光|脸.{0,4}油|泛油|oily|greasy (?:skin|face)|shiny (?:skin|face|forehead|"
            r"t)|oil slick",
        re.I)),
    ("sensitive", re.compile(


                r"敏感|敏皮|敏肌|皮肤.{0,3}薄|容易.{0,2}(?:泛红|过敏|发红)|泛红|sensitive|reactive|gets? red|"
                r"reacts? to|irritat|"
            r"redness|rosacea", re.I)),
    ("dry", re.compile(

            r"干皮|干性|皮肤.{0,5}干|干(?=到|得)|脸.{0,4}干|起皮|沙漠皮|紧绷|dry skin|skin.{0,14}\bdry\b|flaky|"
            r"dry[- ]skinned|"
        r"dry face|face is (?:so )?dry|dry (?:af|as)|dehydrated", re.I)),
)  # fmt: skip
_RECIPIENT: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("mother", re.compile(

            r"妈|母亲|婆婆|岳母|丈母娘|老娘|\bmu?ms?\b|\bmom\b|\bmoms?\b|mother|step-?mum|step-?mom|\bme ma\b|"
            r"\bmama\b|\bmummy\b|\bmil\b", re.I)),
    ("father", re.compile(
        r"爸|父亲|公公|岳父|老丈人|丈人|老爹|\bdads?\b|father|\bpapa\b|\bdaddy\b|\bfil\b|\bold man\b", re.I)),
    ("elder", re.compile(


                r"老人|长辈|爷爷|奶奶|姥姥|姥爷|外公|外婆|老年|上了?年纪|爸妈|父母|公婆|grand(?:m|p|f|ma|pa|parents|"
                r"dad)|岳父岳母|爸妈|"
            r"granny|\bnan(?:a|s|ny)?\b|"
        r"in.?laws|elderly|parents|older (?:people|folks)|seniors?\b|\bgran\b", re.I)),
    ("wife", re.compile(
        r"老婆|媳妇|女朋友|女友|女票|对象.{0,4}她|妻子|太太|wife|girlfriend|\bgf\b|fianc[eé]e\b|missus", re.I)),
    ("husband", re.compile(
        r"老公|男朋友|男友|男票|丈夫|husband|hubby|\bhubs\b|\bmy man\b|先生(?!们)|boyfriend|\bbf\b|fianc[eé]\b", re.I)),
    ("baby", re.compile(

            r"婴儿|新生儿|月龄|[\d一二三四五六七八九十两]+个月(?:大|的)?(?:宝|娃|孩|婴)|(?:宝宝|娃).{0,4}个月|满月|"
            r"宝宝|\bbab(?:y|ies)\b|newborn|infant|month.?old", re.I)),
    ("child", re.compile(

            r"孩子|小孩|儿童|小朋友|娃|女儿|儿子|闺女|侄[子女]|外甥|孙[子女]|小学|幼儿园|"
            r"[一二三四五六七八九十\d]岁的?(?:孩|娃|小)|\bkids?\b|\bchild|"
        r"\bsons?\b|daughter|niece|nephew|toddler|grandson|little (?:one|girl|boy)|year.?old", re.I)),
    ("friend", re.compile(

            r"闺蜜|朋友|同事|老师|领导|老板送|上司|室友|同学|客户|哥们|兄弟(?!们)|bestie|\bbff\b|"
            r"(?<!boy)(?<!girl)(?<!boy )(?<!girl )friends?\b|"


                r"co-?workers?|colleagues?|teachers?|\bboss\b(?! lady)|professor|classmates?|secret santa|"
                r"room ?mates?|flatmate|neighbou?r|clients?\b|\bbuddy\b|"
            r"\bmates?\b", re.I)),
    ("woman", re.compile(

            r"姐姐|妹妹|我姐|我妹|姑姑|阿姨|姨妈|小姨|舅妈|婶|嫂子|表[姐妹]|堂[姐妹]|女生|女士|女孩|"
            r"\bsis(?:ter)?s?\b|aunt|\bwomen(?:'?s)?\b|female|\bwoman\b|"
        r"\blad(?:y|ies)\b|\bgirls?\b", re.I)),
    ("man", re.compile(


                r"哥哥|弟弟|我哥|我弟|叔叔|舅舅|姑父|姐夫|表[哥弟]|堂[哥弟]|男生|男士|男孩|男的|(?<!帅)男(?=$|\W|款|"
                r"t|穿|的)|老弟|大叔|伯|"
            r"\bbro(?:ther)?s?\b|uncle|\bmen(?:'?s)?\b|\bman\b|"
        r"\bguys?\b|gentleman", re.I)),
)  # fmt: skip
_BOTH = re.compile(r"爸妈|父母|爸爸?妈妈?|公公婆婆|mom and dad|mum and dad|parents", re.I)
_TEACHER = re.compile(
    r"(?:孩子|儿子|女儿|娃)的?(?:班主任|老师)|(?:kid|son|daughter|child)(?:'?s|s')? (?:\w+ )?teacher", re.I
)
_ADDRESS = re.compile(
    r"(?:姐妹|宝宝|兄弟|家人|宝贝)们|(?:姐妹|兄弟|宝贝|老板|主播|小姐姐|小哥哥)(?=[,，!！ ]|$)|^(?:宝宝|姐妹|"
    r"老师|姐|哥)(?=[,，!！ ])|"
    r"^(?:hi|hey|hello|yo|ok)? ?(?:guys|sis|bro|girls|ladies)(?=[,，!！ ])|[,，] ?(?:sis|bro|girls|ladies|guys)$",
    re.I,
)
_OCCASION: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("sleep", re.compile(

            r"睡前|睡得|睡觉前|失眠|睡不着|睡眠|晚上.{0,3}喝|助眠|bed ?time|before bed|before sleep|insomnia|"
            r"can.?t sleep|sleep well|to sleep|at night|"
        r"late at night|in the evening", re.I)),
    ("party", re.compile(

            r"婚礼|喝喜酒|吃酒|聚会|年会|宴会|派对|晚宴|订婚|同学会|part(?:y|ies)\b|wedding|dinner|gala|engagement|"
            r"dinner with|prom\b|banquet|"
        r"reunion", re.I)),
    ("date", re.compile(r"约会|相亲|见男|见女|见对象|\bdates?\b(?! code)|date night|anniversary dinner", re.I)),
    ("sport", re.compile(


                r"运动|跑步|健身|瑜伽|打球|爬山|登山|徒步|露营|骑车|骑行|游泳|球场|\bgym\b|running|marathon|jogging|"
                r"workout|yoga|"
            r"sports?\b|hiking|camping|cycling|tennis|pilates", re.I)),
    ("travel", re.compile(



                    r"旅游|旅行|自驾|坐火车|出差|度假|出去玩|去.{1,4}玩|海边|沙滩|坐飞机|出国|出游|trip\b|honeymoon|"
                    r"cruise|fly(?:ing)? to|train (?:ride|journey)|travel|vacation|"
                r"holiday(?!s? gift)|beach|"
            r"flight|business trip|plane\b|weekend away", re.I)),
    ("school", re.compile(

            r"上学|开学|上课|考研|考试|宿舍|学生|大学|高中|军训|school|dorm|(?:for|to|in) class\b|student|college|"
            r"campus|uni\b|university", re.I)),
    ("work", re.compile(

            r"上班|通勤|办公|职场|面试|开会|公司|工位|office|commut|for work|to work|new job|at work|work bag|"
            r"interviews?|starts? work|boss lady|work trousers|"
        r"meetings?\b|desk\b|workplace", re.I)),
    ("gift", re.compile(

            r"送礼|送人|礼物|礼盒|伴手礼|生日|送给?(?!货|到|达|吗|不|什么|啥|上门)|过节|拜年|节日|见面礼|回礼|"

                r"gift(?:s|ing|y)?\b|presents?\b|birthday|\bbday\b|christmas|secret santa|appreciation|\d0th\b|"
                r"stocking filler|turns? \d\d|turning \d\d|mother.?s day|"
        r"father.?s day|anniversary|thank.?you\b|house ?warming", re.I)),
    ("winter", re.compile(r"冬|保暖|天冷|降温|下雪|零下|winter|cold weather|snow|freezing|keep.{0,6}warm", re.I)),
    ("summer", re.compile(
        r"夏|天热|高温|三伏|空调房|大热天|summer|hot weather|heat ?wave|\bthe heat\b|hot days?", re.I)),
    ("home", re.compile(


                r"在家|居家|新家|搬家|租的房|租房|宅家|宅在|家里用|家用|客厅|卧室|at home|home office|just moved in|"
                r"(?:bought|new) a? ?house|around the house|lounging|living room|"
            r"bedroom|for home|"
        r"for the house|new (?:flat|apartment|house|home)", re.I)),
)  # fmt: skip


@lru_cache(maxsize=4096)
def need_of(text: str, size: str = "") -> Need:
    """Read a cleaned comment.

    Args:
        size: the size named in it, as triage found it.
    """
    low, high = budget_of(text)
    plain = _ADDRESS.sub(" ", text)
    skin: Skin = next((name for name, words in SKIN if words.search(text)), "")
    recipient = next((name for name, words in _RECIPIENT if words.search(plain)), "")
    if _TEACHER.search(plain):
        recipient = "friend"
    if _BOTH.search(plain):
        recipient = "elder"
    occasion = next((name for name, words in _OCCASION if words.search(plain)), "")
    return Need(low, high, _size(size, text), skin, recipient, occasion)


_SIZE = re.compile(r"(?<![A-Za-z0-9])(\d?X{0,3}[SML]|\d?XL)(?![A-Za-z0-9'’])|(\d\.\d) ?(?:m|米)\b|size (\d{1,2})\b")


def _size(size: str, text: str) -> str:
    found = _SIZE.search(text)
    named = size or (next(g for g in found.groups() if g) + ("米" if found[2] else "") if found else "")
    if tall := re.search(r"(\d)米(\d)(?!\d)|(\d)(\d)0 ?cm (?:wide|bed)", text):
        return f"{tall[1] or tall[3]}.{tall[2] or tall[4]}米"
    named = named.upper().removesuffix("码") if len(named) > 1 else named.upper()
    return re.sub(r"^(\d\.\d) ?M$", r"\1米", re.sub(r"^SIZE ?", "", named))
