"""Reading what people type: cleaning, folding for comparison, language, content words."""

import re
import unicodedata
from functools import lru_cache

from bot.domain.events import Lang

MAX_CHARS = 500
CJK = r"\u3400-\u9fff\uf900-\ufaff"
# Colour codes of terminals, controls and line separators part words; zero-width, bidi, soft hyphen, variation
# selectors, tags and surrogates stand inside words: they go without a trace.
_PARTING = re.compile(r"\x1b\[[0-9;]*m|[\x00-\x1f\x7f-\x9f\u2028\u2029\u3164\uffa0\u115f\u1160]+")
_UNSEEN = re.compile(
    r"[\u00ad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    r"\ud800-\udfff\ufe00-\ufe0f\ufeff\ufff0-\uffff\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3"
    r"\U0001d173-\U0001d17a\U000e0000-\U000e0fff]+"
)
_SPACE = re.compile(r"\s+")
_NOT_WORD = re.compile(rf"[^0-9a-z{CJK}%$¥.]+")
_DOT = re.compile(r"(?<![0-9])\.|\.(?![0-9])")
_RUN = re.compile(r"(.)\1{3,}")
_CJK = re.compile(rf"[{CJK}]")
_HAN_RUN = re.compile(rf"[{CJK}]+")
_WORD = re.compile(r"[a-z]+")


def clean(text: str, limit: int = MAX_CHARS) -> str:
    """Return `text` as one visible line: NFKC, no control or invisible characters, at most `limit` characters."""
    text = text[: limit * 4]
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
        text = _UNSEEN.sub("", text)
    text = _SPACE.sub(" ", _PARTING.sub(" ", text)).strip()
    return text[:limit].rstrip()


def fold(text: str) -> str:
    """Return the comparison form of a cleaned line: lower case, words parted by one space, long runs cut to three."""
    text = _NOT_WORD.sub(" ", text.lower())
    text = _DOT.sub(" ", text)
    text = _RUN.sub(r"\1\1\1", text)
    return _SPACE.sub(" ", text).strip()


@lru_cache(maxsize=8192)
def lang_of(text: str) -> Lang:
    """Tell Chinese (any CJK character) from English (the rest)."""
    return "zh" if _CJK.search(text) else "en"


# What carries no topic: removed before content is compared.
_FUNCTION_ZH = re.compile(
    "请问|问一下|问下|主播|老板|宝子|宝贝|亲爱的|亲们|你们|我们|咱们|这个|这款|这件|这条|那个|那款|哪个|哪款|"
    "可不可以|可以|能不能|"
    "会不会|是不是|有没有|要不要|好不好|行不行|适不适合|适合|合适|怎么样|怎样|怎么|为什么|什么|多少|如何|如果|还是|"
    "或者|就是|但是|"
    "一般|平时|时候|东西|知道|觉得|应该|真的|需要|现在|大家|一个|一下|有点|非常|比较|容易|吗|嘛|么|呢|啊|呀|哦|吧|哈|"
    "啦|的|了|着|过|"
    "我|你|他|她|它|这|那|哪|谁|几|能|会|是|有|在|和|跟|给|让|把|被|也|都|还|就|才|又|很|太|要|想|说|看|用|做|号|款|"
    "件|条|吃|穿|人"
)
_FUNCTION_EN = frozenset(
    _WORD.findall(
        "a an the this that these those it its is are was were be been am do does did can could will would should may "
        "might i you he she we they me my your his her our their of in on at to for from with by as and or but if so "
        "not no yes what which who how when where why any some one there here have has had get got very really too "
        "also just please product item link number pls plz u ur ok okay good use used using wear suitable go about "
        "into out up than then"
    )
)


_ASKING_TAIL = re.compile(rf"([{CJK}])[不没]\1|[不没](?=\s|$)")


@lru_cache(maxsize=8192)
def content(text: str) -> frozenset[str]:
    """Return what carries a line's topic: Chinese character pairs and English words, function words left out."""
    folded = _ASKING_TAIL.sub(r"\1", fold(text))
    units: set[str] = set()
    for run in _HAN_RUN.findall(_FUNCTION_ZH.sub(" ", folded)):
        units.update(run[i : i + 2] for i in range(len(run) - 1))
        if len(run) == 1:
            units.add(run)
    for word in _WORD.findall(folded):
        if word not in _FUNCTION_EN and len(word) > 1:
            units.add(_stem(word))
    return frozenset(units)


_FREE_ZH = re.compile(
    "大约|左右|没问题|没关系|里面|"
    "得下|得进|得住|得了|进去|建议|推荐|注意|需要|当然|其实|特别|非常|相当|而且|并且|所以|因为|因此|等等|例如|以及|"
    "[亲您哦喔哈哟嗯噢对好行请约挺蛮些并而且与及不没无别勿未]"
)
_FREE_EN = frozenset(
    _WORD.findall(
        "recommend suggest advis need fin yeah sur also both quit well com feel look dear hi thank right cours work "
        "hold girl"
    )
)


def atoms(text: str) -> frozenset[str]:
    """Return what a clause is made of: Chinese characters and English stems, without function words and negation."""
    rest = _FREE_ZH.sub(" ", _FUNCTION_ZH.sub(" ", _ASKING_TAIL.sub(r"\1", fold(text))))
    english = {_stem(w) for w in _WORD.findall(rest) if len(w) > 1 and w not in _FUNCTION_EN}
    return frozenset(_CJK.findall(rest)) | frozenset(english - _FREE_EN)


def _stem(word: str) -> str:
    for end in ("ability", "able", "ing", "es", "ed", "s", "ly"):
        if word.endswith(end) and len(word) - len(end) >= 3:
            word = word[: -len(end)]
            break
    return word[:-1] if word.endswith("e") and len(word) > 3 else word


# "No" that is none: reassurance, comparison, 差不多, and 别 inside other words.
_NOT_NEGATION = re.compile(
    r"没问题|没关系|没事|不客气|[不别]用?必?担心|不要紧|差不多|对不起|了不起|不好意思|不[错同仅但论]|不管(?!用)|"
    r"不过(?=[\s，,])|"
    r"[特级分区类个辨告性]别|"
    r"别[的人致]|未来|无[论线缝]|无理由|非[常洲]|\bno (?:problem|worr(?:y|ies)|doubt)|\bnot only\b|\bno\.? ?\d"
)
_NEGATION = re.compile(
    r"[不没未无别勿禁非莫拒]|免洗|免熨|\bnot\b|n['’]t\b|\bno\b|\bnever\b|\bwithout\b|\bnone\b|\bneither\b|\bnor\b|"
    r"\blacks?\b|"
    r"\b(?:hardly|barely|rarely|cannot|cant|dont|doesnt|isnt|arent|wont|avoid)\b|\bfree (?:of|from)\b|\b[a-z]+-free\b"
)
_A_NOT_A = re.compile(rf"([{CJK}])[不没]\1|有没有|是不是|能不能|会不会|可不可以|要不要")


def negated(text: str) -> bool:
    """Tell whether a clause says no. The A-not-A question (能不能) is not a negation, nor is 没问题."""
    return bool(_NEGATION.search(_NOT_NEGATION.sub(" ", _A_NOT_A.sub(" ", text.lower()))))


_CLAUSE = re.compile(
    r"[。！？!?；;，,、\n|]|(?<![0-9])\.(?![0-9])|\bbut\b|但是?|(?:(?<=[\s，,。；;！!])|^)不过(?![敏膝期时分关多少高度])"
)


def clauses(text: str) -> list[str]:
    """Split into clauses at punctuation and at "but"."""
    return [c.strip() for c in _CLAUSE.split(text) if c and c.strip()]
