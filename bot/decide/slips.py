"""Typing slips: what thumbs and pinyin keyboards make of the words that matter here, put right before reading.

Chinese slips are a table (homophones and net slang). English ones are found: a word that is one slip away from a
word that matters, with the same first letter, unless it is a word of its own ("shopping" is no shipping).
"""

import re
from functools import lru_cache

_HEARD = {
    "什么": "神马 什麽 甚么 啥子 咩",
    "怎么": "肿么 怎麽 咋个",
    "有没有": "有木有 有莫有 有冇 有无",
    "没有": "木有",
    "没": "冇",
    "这个": "介个",
    "这款": "介款",
    "多少钱": "多少前 多烧钱 多钱 几多钱",
    "还有": "还油 害有",
    "发货": "发活 发或",
    "包邮": "包右 包油 保邮",
    "颜色": "眼色 言色",
    "优惠": "优会 有惠",
    "尺码": "尺马 尺寸码",
    "机洗": "几洗",
    "快递": "快弟 快第 块递",
    "保质期": "保持期 保值期 保志期",
    "有券": "有劵 有卷",
    "券": "劵",
    "优惠券": "优惠卷",
    "领券": "领卷",
    "退货": "退或",
}  # meant -> typed
_ZH = {typed: meant for meant, all_typed in _HEARD.items() for typed in all_typed.split()}
_ZH_SLIP = re.compile("|".join(sorted(map(re.escape, _ZH), key=len, reverse=True)))
_FEW = re.compile(r"多小(?![的孩朋码号])")
_RICE = re.compile(r"(?:几|多少)米(?![长高宽厚深色])")  # slang: "rice" is money
_SPACED = re.compile(r"(?<![\u3400-\u9fff])(?:[\u3400-\u9fff] ){3,}[\u3400-\u9fff](?![\u3400-\u9fff])")

# Words that decide what a line asks; only these are repaired.
_MATTER = frozenset(
    re.findall(
        r"\w+",
        "price prices much cost discount discounts coupon coupons available stock colour color colours colors size "
        "sizes "
        "shipping delivery deliver arrive return returns refund exchange material fabric cotton leather ingredients "
        "expire expiry washable machine warranty original recommend how many left which what where when does have "
        "still "
        "sold long waterproof sensitive breathable",
    )
)
# Words of their own, one slip away from one that matters.
_OWN = frozenset(
    re.findall(
        r"\w+",
        "shopping shipping skipping chipping slipping whipping stripping prince prize wrote lather lease wishing "
        "empire "
        "retune fabrics match watt who hay heave hoe sole still steal whit dose exchanged delivered delivers arrived "
        "arrives "
        "returned refunded expired expires costs retained colored coloured rejoin rerun lift loft let felt cots",
    )
)
_SHORT = {"u": "you", "r": "are", "ur": "your", "wat": "what", "wut": "what", "whats": "what's", "isit": "is it",
          "hm": "how much", "plz": "please", "pls": "please", "stok": "stock",
          "coulor": "colour", "sise": "size", "dose": "does"}  # fmt: skip
_EN_WORD = re.compile(r"[a-z]+")
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def _near(word: str) -> set[str]:
    """Return what one slip makes of a word: two letters swapped; in long words also one lost, doubled or hit wrong."""
    swapped = {word[:i] + word[i + 1] + word[i] + word[i + 2 :] for i in range(len(word) - 1)}
    if len(word) < 6:
        return swapped
    lost = {word[:i] + word[i + 1 :] for i in range(1, len(word))}
    wrong = {word[:i] + c + word[i + 1 :] for i in range(1, len(word)) for c in _LETTERS}
    more = {word[:i] + c + word[i:] for i in range(1, len(word) + 1) for c in _LETTERS}
    return swapped | lost | wrong | more


def _table() -> dict[str, str]:
    found: dict[str, str] = {}
    for word in sorted(_MATTER):
        for slip in _near(word):
            if slip not in _MATTER and slip not in _OWN:
                found.setdefault(slip, word)
    return found | _SHORT


_EN = _table()


def _word(found: re.Match[str]) -> str:
    return _EN.get(found[0], found[0])


@lru_cache(maxsize=4096)
def repaired(text: str) -> str:
    """Return a lower-case line with known slips put right and spaced-out Chinese (多 少 钱 啊) closed up."""
    if " " in text and (spaced := _SPACED.search(text)):
        text = text.replace(spaced[0], spaced[0].replace(" ", ""))
    if not text.isascii():
        text = _FEW.sub("多少", text)
        text = _RICE.sub("多少钱", text)
        text = _ZH_SLIP.sub(lambda m: _ZH[m[0]], text)
    return _EN_WORD.sub(_word, text)
