"""Pseudonyms and masks: nothing above intake can tell who a viewer is."""

import re
from hashlib import blake2b

_MASKS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(?:https?://|www\.)\S+", re.I), "[link]"),
    (re.compile(r"[a-z0-9_.+-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+", re.I), "[contact]"),
    (re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)"), "[contact]"),  # Chinese identity card
    (re.compile(r"(?<!\d)(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?!\d)"), "[contact]"),  # Chinese mobile
    # other long numbers (bank cards have up to 19 digits), but not 扣1 in a row and not a date
    (
        re.compile(
            r"(?<![\d.])(?!(\d)\1{8,})(?!\d{4}-\d\d?-\d\d?)(?!\d{2,3}(?:[ -]+\d{2,3})+(?![\d-]))"
            r"\+?\d[\d -]{8,26}\d(?![\d.])"
        ),
        "[contact]",
    ),
    (
        re.compile(r"(?<![零〇一二三四五六七八九幺])1?[零〇一二三四五六七八九幺]{10,19}(?![零〇一二三四五六七八九幺])"),
        "[contact]",
    ),
    # where somebody lives: a road with a number, a house with a door, an English street
    (
        re.compile(
            r"[\u3400-\u9fff]{0,20}(?:路|街|大道|巷|胡同|小区|公寓|苑)\s?\d{1,5}\s?(?:号楼|号(?!链接|线)|弄|栋|幢|座|单元)"
            r"(?:\s?-?\d{1,5}\s?(?:号楼|号|栋|幢|座|单元|楼|层|室|户)?)*"
        ),
        "[contact]",
    ),
    (re.compile(r"\d{1,3}\s?(?:栋|幢|号楼)\s?(?:\d{1,2}\s?单元\s?)?\d{2,5}\s?(?:室|户|号)?"), "[contact]"),
    (
        re.compile(
            r"\b(at|on|to|address:?|is) \d{1,5} (?:[a-z]+ ){1,3}(?:street|st|road|rd|avenue|ave|lane|drive|blvd)\b",
            re.I,
        ),
        r"\1 [contact]",
    ),
    (
        re.compile(
            r"((?:[加+➕]\s?(?:v|薇|威|微(?!信)|q|企鹅)|微信|薇信|威信|卫星|wei\s?xin|wechat|"
            r"v信|vx|wx|扣扣|qq|telegram|whatsapp)"
            r"(?:号|群)?[\s:：是]*)[a-z0-9][a-z0-9_-]{4,}",
            re.I,
        ),
        r"\1[contact]",
    ),
    (re.compile(r"@[\w\u3400-\u9fff-]{1,30}"), "[user]"),
)
_MAYBE = re.compile(
    r"@|://|www\.|\d[\d -]{8}|[零〇一二三四五六七八九幺]{10}|\d\s?(?:号|弄|栋|幢|座|单元)|\d [a-z]+ [a-z]|"
    r"微信|薇信|威信|卫星|wei ?xin|wechat|v信|vx|wx|扣扣|qq|telegram|whatsapp|"
    r"[加+➕]\s?[vq薇威微企]",
    re.I,
)


def mask(text: str) -> str:
    """Replace contacts, links and mentions by `[contact]`, `[link]` and `[user]`."""
    while _MAYBE.search(text):
        before = text
        for pattern, instead in _MASKS:
            text = pattern.sub(instead, text)
        if text == before:  # what one mask uncovers, another may hide
            break
    return text


def scope(room: str, place: str = "") -> str:
    """Return where a viewer has one pseudonym: a room, and of a show on several platforms one of them."""
    return f"{room}/{place}" if place else room


def pseudonym(key: bytes, scope: str, user_id: str) -> str:
    """Return a viewer's pseudonym: keyed BLAKE2b (RFC 7693) of scope and id, 16 hexadecimal digits after "v".

    Args:
        key: secret of the shop, 16 to 64 bytes; without it a pseudonym cannot be recomputed.
        scope: platform or shop; the same person has different pseudonyms in different scopes.
        user_id: the platform's id.
    """
    return "v" + blake2b(f"{scope}\0{user_id}".encode("utf-8", "replace"), key=key, digest_size=8).hexdigest()
