"""What one cell means: money, stock, link number, listed or not, answered questions."""

import re
import unicodedata
from decimal import Decimal

from bot.backends.catalog_file.headings import CURRENCY_WORDS
from bot.backends.catalog_file.messages import Bad, bad
from bot.backends.catalog_file.text import is_blank, one_line, squeezed
from bot.domain.catalog import Faq, Margin, Money

MOST = 1_000_000_000  # pieces, or whole units of money: more is a slip of the keyboard
_LETTER_SIZE = re.compile(r"(?:[2-6]?X{0,4}[SL]|M|F|均码)", re.I)
_SIZE = re.compile(r"(\d{2}(?:\.5)?|[2-6]?X{0,4}[SL]|M)\s*码?", re.I | re.A)
_LADDER = ("XXS", "XS", "S", "M", "L", "XL", "XXL", "XXXL")
_WORD = r"[^\d\s.,+\-]*"
_FIGURE = r"(?:\d{1,3}(?:,\d{3})+|\d+)"
_AMOUNT = re.compile(rf"(?P<sign>{_WORD})\s*(?P<number>{_FIGURE}(?:\.\d+)?)\s*(?P<unit>{_WORD})", re.A)
_PIECES = re.compile(rf"({_FIGURE})(?:\.0+)?(?:[件个双条瓶盒包套只支袋罐箱本张台块]|pcs?|pieces?|units?|left)?", re.A)
_NUMBER = re.compile(r"(?:#|no\.?|link|链接|第)?(\d{1,6})(?:\.0+)?(?:号|号链接|号宝贝)?", re.A)
_DOLLARS = frozenset(("USD", "HKD", "TWD", "SGD", "AUD", "CAD", "NZD", "MXN"))
# White space and case are gone when these are compared.
_SOLD_OUT = frozenset(
    [
        "售罄",
        "已售罄",
        "无货",
        "缺货",
        "断货",
        "没货",
        "卖完",
        "卖完了",
        "售完",
        "无",
        "无库存",
        "soldout",
        "outofstock",
        "nostock",
        "none",
        "oos",
    ]
)
_ENOUGH = frozenset(["充足", "有货", "现货", "库存充足", "不限", "大量", "instock", "plenty", "available", "unlimited"])
_YES = frozenset(
    ["上架", "已上架", "在售", "是", "yes", "y", "1", "true", "on", "listed", "active", "onsale", "√", "✓", "available"]
)
_NO = frozenset(
    [
        "下架",
        "已下架",
        "停售",
        "否",
        "未上架",
        "待上架",
        "no",
        "n",
        "0",
        "false",
        "off",
        "unlisted",
        "inactive",
        "×",
        "x",
        "delisted",
    ]
)
_MARK = re.compile(
    r"(?P<q>(?:问题?|提问|question|q)\s*[0-9]{0,2}\s*[:：])"
    r"|(?P<a>(?:(?<![回解应])答案?|回答|answer|a)\s*[0-9]{0,2}\s*[:：])",
    re.I,
)


def size_of(text: str) -> str:
    """Tidy one size: "Ｍ码" -> "M", "38码" -> "38"; other sizes stay as written."""
    found = _SIZE.fullmatch(unicodedata.normalize("NFKC", text))
    return found[1].upper() if found else text


def letter_sizes(text: str) -> list[str]:
    """Return the sizes of "S/M/L", "S,M,L", "S M L" or "S-XL"; [] when the cell is not such a list of letters."""
    found = [w for w in re.split(r"[/|、;；／｜,，\s]+", text) if w]
    if len(found) > 1 and all(_LETTER_SIZE.fullmatch(w) for w in found):
        return found
    ends = [w.strip().upper() for w in re.split(r"[-~～至到—–]", text)]
    if len(ends) == 2 and ends[0] in _LADDER and ends[1] in _LADDER:
        span = list(_LADDER[_LADDER.index(ends[0]) : _LADDER.index(ends[1]) + 1])
        return span if len(span) > 2 else []
    return []


def currency_of(text: str, default: str) -> str | None:
    """Read a currency ("人民币", "USD", "$"); None when it is not known."""
    return default if text.upper() == default else CURRENCY_WORDS.get(squeezed(text))


def price_of(text: str, currency: str) -> Money | Bad:
    """Read an amount: exact, in hundredths of the currency's unit.

    Args:
        text: "129", "¥1,299.00", "129元", "39.90 USD"; full-width characters are fine.
        currency: what an amount without a sign is in.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    found = _AMOUNT.fullmatch(plain)
    if not found:
        return _bad_price(text, plain)
    code = currency
    for sign in (found["sign"], found["unit"]):
        if sign:
            named = _sign(sign.lower(), currency)
            if named is None:
                return bad("currency_unknown", sign) if _is_sign(sign) else _bad_price(text, plain)
            code = named
    if found["sign"] and found["unit"] and _sign(found["sign"].lower(), code) != code:
        return bad("currency_clash", text, code)
    hundredths = Decimal(found["number"].replace(",", "")) * 100
    if hundredths == 0:
        return bad("price_zero", text)
    if hundredths != hundredths.to_integral_value():
        return bad("price_decimals", text)
    if hundredths > MOST * 100:
        return bad("price_huge", text)
    return Money(int(hundredths), code)


def _is_sign(text: str) -> bool:
    """Tell a currency that is not known from other words ("129起")."""
    return any(unicodedata.category(c) == "Sc" for c in text) or (text.isascii() and text.isalpha() and len(text) == 3)


def _sign(sign: str, currency: str) -> str | None:
    if sign == "$" and currency in _DOLLARS:
        return currency
    if sign == "¥" and currency == "JPY":
        return currency
    if sign in ("块", "块钱", "圆"):
        return "CNY"
    return currency if sign.upper() == currency else CURRENCY_WORDS.get(sign)


def _bad_price(text: str, plain: str) -> Bad:
    if is_blank(text):
        return bad("price_missing")
    if re.match(r"[^\d]{0,4}[-−][^\d]{0,4}\d", plain):
        return bad("price_negative", text)
    several = len(re.findall(r"\d+(?:[.,]\d+)*", plain)) > 1
    return bad("price_range" if several else "price_words", text)


def stock_of(text: str) -> int | None | Bad:
    """Read pieces left; None when the merchant does not say how many ("充足", or blank)."""
    if is_blank(text):
        return None
    plain = squeezed(text)
    if plain in _SOLD_OUT:
        return 0
    if plain in _ENOUGH:
        return None
    found = _PIECES.fullmatch(plain)
    if found and len(found[1]) < 13 and int(found[1].replace(",", "")) <= MOST:
        return int(found[1].replace(",", ""))
    return bad("stock_words", text)


def number_of(text: str) -> int | Bad:
    """Read a link number ("3", "3号链接"); 0 says that the product has none."""
    plain = squeezed(text)
    found = _NUMBER.fullmatch(plain)
    if found and int(found[1]) <= 9999:
        return int(found[1])
    return 0 if plain == "无" else bad("number_words", text)


def listed_of(text: str) -> bool | Bad:
    """Read whether a product is for sale."""
    plain = squeezed(text)
    if plain in _YES:
        return True
    if plain in _NO:
        return False
    return bad("listed_words", text)


_MARGINS: dict[str, Margin] = {
    "高": "high", "高利润": "high", "高毛利": "high", "high": "high", "a": "high",
    "中": "mid", "中等": "mid", "mid": "mid", "medium": "mid", "b": "mid",
    "低": "low", "低利润": "low", "低毛利": "low", "low": "low", "c": "low",
}  # fmt: skip
HIGH_MARGIN, LOW_MARGIN = 40.0, 20.0  # percent from which, and below which, a margin is classed so


def margin_of(text: str) -> Margin | Bad:
    """Read a margin class: a word, or a share of the price such as "35%"."""
    plain = squeezed(text)
    if plain in _MARGINS:
        return _MARGINS[plain]
    found = re.fullmatch(r"(\d+(?:\.\d+)?)(%?)", plain)
    if not found:
        return bad("margin_words", text)
    share = float(found[1]) * (1 if found[2] or float(found[1]) > 1 else 100)
    return "high" if share >= HIGH_MARGIN else "low" if share < LOW_MARGIN else "mid"


def faq_of(text: str) -> tuple[list[Faq], str]:
    """Read "问：…答：…" or "Q: … A: …" pairs, separated by line breaks or |.

    Returns:
        The pairs, and the first words that belong to none.
    """
    pairs: list[Faq] = []
    stray = question = state = ""
    start = 0
    for mark in _MARK.finditer(text):
        between = text[start : mark.start()]
        if mark["q"] and _begins(between, start == 0):
            stray = stray or _close(pairs, state, question, between)
            state, start = "q", mark.end()
        elif mark["a"] and state == "q" and _bare(between) and (mark["a"][0] == "答" or not between[-1].isalnum()):
            question, state, start = _bare(between), "a", mark.end()
    return pairs, stray or _close(pairs, state, question, text[start:])


def _begins(between: str, at_start: bool) -> bool:
    """Tell whether a question may begin here: after a line break, a bar or the end of a sentence."""
    core = between.rstrip()
    if not core:
        return at_start or "\n" in between
    return "\n" in between[len(core) :] or core[-1] in "|。！？!?；;."


def _bare(text: str) -> str:
    return one_line(text).strip(" |")


def _close(pairs: list[Faq], state: str, question: str, tail: str) -> str:
    """End a pair with the words before the next question; return what is left over when there is no pair."""
    answer = _bare(tail)
    if state == "a" and answer:
        pairs.append(Faq(question, answer))
        return ""
    return answer or (question if state == "a" else "")
