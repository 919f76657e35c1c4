"""What a viewer needs, read from the words: budget, size, skin, for whom, for what, and which kind of thing."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Literal

import msgspec

from bot.decide.numbers import Number, read

Skin = Literal["", "oily", "dry", "sensitive", "combination"]
ABOUT = 1.2  # "about 150" allows a fifth more

_NEAR = 9  # characters around a sum in which the word stands that makes it a limit
_BELOW_BEFORE = re.compile(
    r"(?:预算|不超过|别超过|别太超过|不要超过|不高于|最多|至多|顶多|低于|少于|小于|上限|封顶|控制在|under|below|"
    r"less than|"
    r"within|up to|"
    r"max(?:imum)?|bud?g?[ej]+t|no more than|not more than|cheaper than|at most|limit|spend|beneath|only have|"
    r"i have|got|"
    r"不到|只有|就|手里有|兜里有|拿着|打算花|花)\W*(?:is|of|to|an?|is around|大概|大约|在|about|around|just|only|the|"
    r"就|是|有|个|也就)?\W*$",
    re.I,
)
_BELOW_AFTER = re.compile(
    r"^\W*(?:(?:以|之|含)[内下]|内|里面|不到|封顶|打住|顶天|(?:块|元)?预算|(?:以|之)?内|max\b|or (?:less|under|"
    r"below|cheaper)|"
    r"budget|tops|at most|and (?:under|below)|limit|range)",
    re.I,
)
_ABOUT_BEFORE = re.compile(r"(?:大概|大约|差不多|约|about|around|roughly|approx\w*|near|~|somewhere)\W*$", re.I)
_ABOUT_AFTER = re.compile(
    r"^\W*(?:块|元)?\W*(?:左右|上下|附近|出头|来块|来|差不多|样子|的样子|or so|ish|-ish|give or take)", re.I
)
_ABOVE_BEFORE = re.compile(
    r"(?:(?<![不别没要])超过|至少|最少|不低于|起码|高于|"
    r"(?<!nothing )(?<!anything )(?<!not )(?<!go )(?<!n't be )over|above|at least|more than|from|minimum|"
    r"不少于)\W*$",
    re.I,
)
_ABOVE_AFTER = re.compile(
    r"^\W*(?:块|元)?(?:以上|往上|之上|起步|起|\+|or (?:more|above|up|over)|and up|plus\b|upwards)", re.I
)
_MANY_AFTER = re.compile(r"^(?:多|几|出点头|something)")
_RANGE = re.compile(r"^\s*(?:块|元|¥|\$)?\s*(?:[-–~～—]|到|至|to|and)\s*(?:[¥$￥]|rmb)?\s*$", re.I)
_BETWEEN = re.compile(r"between\W*(?:[¥$])?\W*$", re.I)
_NO_SUM = re.compile(
    r"^\s*(?:斤|公斤|kg|cm|厘米|米|岁|个月|月|号|码|人|位|天|日|年|次|寸|ml|g\b|克|片|包|盒|瓶|杯|件|条|个|双|套|"
    r"袋|支|pcs|people|"
    r"persons?|years?|months?|days?|yo\b|y/o|%|折|点|楼|点钟|lbs?|inch|ft|feet|升|l\b|层|级|场|页|星|度|名|班|"
    r"-?year|th\b|st\b|nd\b|rd\b|款)",
    re.I,
)
_VAGUE: tuple[tuple[re.Pattern[str], tuple[int | None, int | None]], ...] = (
    (re.compile(r"几十(?:块|元|来块)?"), (None, 9900)),
    (re.compile(r"百来块|一百来块?|百十来?块|百把块|百元左右"), (None, 12000)),
    (re.compile(r"百元(?:以[内下]|内)?|一百块?以内"), (None, 10000)),
    (re.compile(r"几百(?:块|元)?"), (None, 99900)),
    (re.compile(r"十几块?"), (None, 1900)),
)  # fmt: skip


_TEN = {c: i for i, c in enumerate("一二三四五六七八九", 1)}
_TENS = re.compile(r"([一二三四五六七八])([二三四五六七八九])十(?=块|元|的|左右|以内|$|\W)")  # 四五十: 40 to 50


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

            r"敏感|敏皮|敏肌|皮肤.{0,3}薄|容易.{0,2}(?:泛红|过敏|发红)|泛红|sensitive|gets? red|reacts? to|irritat|"
            r"redness|rosacea", re.I)),
    ("dry", re.compile(
        r"干皮|干性|皮肤.{0,5}干|脸.{0,4}干|起皮|沙漠皮|紧绷|dry skin|skin.{0,14}\bdry\b|flaky|dry[- ]skinned|"
        r"dry face|dehydrated", re.I)),
)  # fmt: skip
_RECIPIENT: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("mother", re.compile(
        r"妈|母亲|婆婆|岳母|丈母娘|老娘|\bmu?ms?\b|\bmom\b|\bmoms?\b|mother|\bmama\b|\bmummy\b|\bmil\b", re.I)),
    ("father", re.compile(
        r"爸|父亲|公公|岳父|老丈人|丈人|老爹|\bdads?\b|father|\bpapa\b|\bdaddy\b|\bfil\b|\bold man\b", re.I)),
    ("elder", re.compile(

            r"老人|长辈|爷爷|奶奶|姥姥|姥爷|外公|外婆|老年|上了?年纪|爸妈|父母|公婆|grand(?:m|p|f|ma|pa|parents)|"
            r"granny|\bnan(?:a|s|ny)?\b|"
        r"in.?laws|elderly|parents|older (?:people|folks)|seniors?\b|\bgran\b", re.I)),
    ("wife", re.compile(
        r"老婆|媳妇|女朋友|女友|女票|对象.{0,4}她|妻子|太太|wife|girlfriend|\bgf\b|fianc[eé]e\b|missus", re.I)),
    ("husband", re.compile(r"老公|男朋友|男友|男票|丈夫|husband|hubby|boyfriend|\bbf\b|fianc[eé]\b", re.I)),
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

            r"co-?workers?|colleagues?|teachers?|\bboss\b|room ?mates?|flatmate|neighbou?r|clients?\b|\bbuddy\b|"
            r"\bmates?\b", re.I)),
    ("woman", re.compile(

            r"姐姐|妹妹|我姐|我妹|姑姑|阿姨|姨妈|小姨|舅妈|婶|嫂子|表[姐妹]|堂[姐妹]|女生|女士|女孩|"
            r"\bsis(?:ter)?s?\b|aunt|\bwomen\b|\bwoman\b|"
        r"\blad(?:y|ies)\b|\bgirls?\b", re.I)),
    ("man", re.compile(

            r"哥哥|弟弟|我哥|我弟|叔叔|舅舅|姑父|姐夫|表[哥弟]|堂[哥弟]|男生|男士|男孩|男的|大叔|伯|"
            r"\bbro(?:ther)?s?\b|uncle|\bmen\b|\bman\b|"
        r"\bguys?\b|gentleman", re.I)),
)  # fmt: skip
_BOTH = re.compile(r"爸妈|父母|爸爸?妈妈?|公公婆婆|mom and dad|mum and dad|parents", re.I)
_ADDRESS = re.compile(
    r"(?:姐妹|宝宝(?=[们,，!！ ])|兄弟|家人|姐姐|哥哥|宝贝|老板|主播|小姐姐|小哥哥|hi guys|hey guys|guys|sis|bro|girls|"
    r"ladies)(?:们|[,，!！ ]|$)|^(?:宝宝|姐妹|老师)(?=[们,，!！ ])",
    re.I,
)
_OCCASION: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("sleep", re.compile(
        r"睡前|睡觉前|失眠|睡不着|睡眠|晚上.{0,3}喝|助眠|bed ?time|before bed|before sleep|insomnia|to sleep|at night|"
        r"late at night|in the evening", re.I)),
    ("party", re.compile(
        r"婚礼|喝喜酒|吃酒|聚会|年会|宴会|派对|晚宴|订婚|同学会|part(?:y|ies)\b|wedding|dinner|gala|prom\b|banquet|"
        r"reunion", re.I)),
    ("date", re.compile(r"约会|相亲|见男|见女|见对象|\bdates?\b(?! code)|date night|anniversary dinner", re.I)),
    ("sport", re.compile(

            r"运动|跑步|健身|瑜伽|打球|爬山|登山|徒步|露营|骑车|骑行|游泳|球场|\bgym\b|running|jogging|workout|yoga|"
            r"sports?\b|hiking|camping|cycling|tennis|pilates", re.I)),
    ("travel", re.compile(


                r"旅游|旅行|出差|度假|出去玩|去.{1,4}玩|海边|沙滩|坐飞机|出国|出游|trip\b|travel|vacation|"
                r"holiday(?!s? gift)|beach|"
            r"flight|business trip|plane\b|weekend away", re.I)),
    ("school", re.compile(
        r"上学|开学|上课|宿舍|学生|大学|高中|军训|school|dorm|student|college|campus|uni\b|university", re.I)),
    ("work", re.compile(
        r"上班|通勤|办公|职场|面试|开会|公司|工位|office|commut|for work|to work|new job|at work|work bag|interview|"
        r"meetings?\b|desk\b|workplace", re.I)),
    ("gift", re.compile(

            r"送礼|送人|礼物|礼盒|伴手礼|生日|送给?(?!货|到|达|吗|不|什么|啥|上门)|过节|拜年|节日|见面礼|回礼|"
            r"gifts?\b|presents?\b|birthday|turns? \d\d|turning \d\d|for christmas|mother.?s day|"
        r"father.?s day|anniversary|thank.?you\b|house ?warming", re.I)),
    ("winter", re.compile(r"冬|保暖|天冷|降温|下雪|零下|winter|cold weather|snow|freezing|keep.{0,6}warm", re.I)),
    ("summer", re.compile(
        r"夏|天热|高温|三伏|空调房|大热天|summer|hot weather|heat ?wave|\bthe heat\b|hot days?", re.I)),
    ("home", re.compile(

            r"在家|居家|新家|搬家|租的房|租房|家里用|家用|客厅|卧室|at home|around the house|lounging|living room|"
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
    if _BOTH.search(plain):
        recipient = "elder"
    occasion = next((name for name, words in _OCCASION if words.search(plain)), "")
    return Need(low, high, _size(size, text), skin, recipient, occasion)


_SIZE = re.compile(r"(?<![A-Za-z0-9])(\d?X{0,3}[SML]|\d?XL)(?![A-Za-z0-9'’])|(\d\.\d) ?(?:m|米)\b|size (\d{1,2})\b")


def _size(size: str, text: str) -> str:
    found = _SIZE.search(text)
    named = size or (next(g for g in found.groups() if g) + ("米" if found[2] else "") if found else "")
    named = named.upper().removesuffix("码") if len(named) > 1 else named.upper()
    return re.sub(r"^(\d\.\d) ?M$", r"\1米", re.sub(r"^SIZE ?", "", named))


def budget_of(text: str) -> tuple[int | None, int | None]:
    """Return the least and the most a viewer would spend, in minor units; None where nothing is said."""
    text = text.replace("￥", "¥").replace("，", ",")
    if pair := _TENS.search(text):
        least = None if text[pair.end() :].startswith(("以内", "以下", "左右")) else 1000 * _TEN[pair[1]]
        return least, 1000 * _TEN[pair[2]]
    for words, limits in _VAGUE:
        if words.search(text) and not re.search(r"\d", text):
            return limits
    sums = _sums(text)
    for (start, end, number), (begin, finish, other) in zip(sums, sums[1:], strict=False):
        joined = text[end:begin]
        between = _BETWEEN.search(text[:start]) and re.fullmatch(r"\W*(?:and|to|-)\W*[¥$]?\s*", joined)
        if (_RANGE.match(joined) or between) and number.value < other.value and not _NO_SUM.match(text[finish:]):
            return _minor(number), _minor(other)
    for start, end, number in sums:
        if (said := _limits(text[max(0, start - 24) : start], text[end : end + _NEAR], number)) is not None:
            return said
    return None, None


def _limits(before: str, after: str, number: Number) -> tuple[int | None, int | None] | None:
    """Return what one sum says of a budget, None when it is none."""
    value = _minor(number)
    if _NO_SUM.match(after) and number.unit != "money":
        return None
    if _ABOVE_AFTER.match(after) or _ABOVE_BEFORE.search(before):
        return value, None
    if _ABOUT_AFTER.match(after) or (_ABOUT_BEFORE.search(before) and not _BELOW_AFTER.match(after)):
        return None, round(value * ABOUT)
    if _MANY_AFTER.match(after):
        step = 10 ** (len(str(value // 100)) - 1) * 100
        return value, value + step - 100
    if _BELOW_AFTER.match(after) or _BELOW_BEFORE.search(before):
        return None, value
    return (None, value) if number.unit == "money" else None


def _sums(text: str) -> Sequence[tuple[int, int, Number]]:
    """Return the numbers that can be sums of money, with where they stand."""
    found, at = [], 0
    for number in read(text):
        start = text.find(number.raw, at)
        if start < 0:
            continue
        at = start + len(number.raw)
        if number.unit in ("money", "", "m") and number.value >= 5:
            found.append((start, at, number))
    return found


def _minor(number: Number) -> int:
    return int(number.value * 100)
