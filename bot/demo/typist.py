"""How lines are typed: heads and tails, slips, and the text that breaks careless programs."""

import random
import re
from itertools import cycle

from bot.demo.wares import LINES
from bot.domain.events import Lang

_LONGEST = 2000
_PAYLOADS = (
    "<script>alert('hi')</script>",
    "<img src=x onerror=alert(1)>",
    "<a href='http://gift.example/'>免费领</a>",
    "<h1>SALE</h1><style>*{display:none}</style>",
    '"><svg onload=alert(1)>',
    "{{7*7}} ${jndi:x} %s %n",
    "'; DROP TABLE orders; --",
)
_FULL_WIDTH = {i: i + 0xFEE0 for i in range(0x21, 0x7F)}
# A second particle after these would be no Chinese.
_PARTICLES = frozenset("啊呀呢啦")
_ENDED = frozenset("吗嘛么不没呢啊呀哦吧了啦的？?！!～~。…")
_CAN = re.compile(r"(能|可以|支持|包|有券|有货|偏)[^了]{0,6}吗$")  # 能退吗 -> 能退不
# Topics whose wording must stay whole: their point is the exact text.
_AS_IS = frozenset({"spam", "injection"})


def _asks(label: str) -> bool:
    return label.startswith(("fact", "open", "unanswerable", "need"))


class Typist:
    """Types lines with the noise of a phone keyboard.

    Args:
        rng: dice of the show.
    """

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._masks = cycle(range(6))

    def type(self, text: str, lang: Lang, label: str) -> str:
        """Return the line as typed: often as it is, sometimes with a head, a tail, an emoji or a slip."""
        if label in _AS_IS:
            return text
        asks = _asks(label)
        dice = self._rng.random()
        if asks and dice < 0.16:
            text = self._slip(text, lang)
        elif asks and dice < 0.26:
            text = f"{self._rng.choice(LINES[lang].heads)} {text}"
        if self._rng.random() < 0.25:
            text = self._tail(text, lang, asks)
        if lang == "en" and self._rng.random() < 0.25:
            text = text[:1].upper() + text[1:]
        return text

    def vary(self, text: str, lang: Lang, label: str) -> str:
        """Change a line a little, so that it differs from one seen before."""
        if len(text) > 1 and len(set(text)) == 1:
            return text + text[0] * self._rng.randrange(1, 4)
        if _asks(label) and self._rng.random() < 0.35:
            return f"{self._rng.choice(LINES[lang].heads)} {text}"
        return self._tail(text, lang, _asks(label))

    def beside(self, name: str, text: str, lang: Lang) -> str:
        """Put a product's name before a wording that has no room for it, in English also after it."""
        if lang == "en" and self._rng.random() < 0.5:
            return f"{text} {name}"
        return f"{name}{self._rng.choice((' ', '', '，') if lang == 'zh' else (' ', ': '))}{text}"

    def payload(self) -> str:
        """Return markup or code that must be shown as text and never run."""
        return self._rng.choice(_PAYLOADS) + " " * self._rng.randrange(2) + str(self._rng.randrange(100))

    def endless(self, text: str) -> str:
        """Return the line many times over, up to 2,000 characters."""
        return (f"{text} " * _LONGEST)[: self._rng.randrange(600, _LONGEST + 1)].rstrip()

    def disguise(self, text: str) -> str:
        """Hide a line behind invisible, turned, full-width or control characters, or in markup."""
        dice = next(self._masks)
        if dice == 0:
            return "".join(c + self._rng.choice(("", "\u200b", "\u200d", "\ufeff")) for c in text)
        if dice == 1:
            return f"\u202e{text}\u202c"
        if dice == 2:
            return f"\x07{text}\x1b[31m\x00"
        if dice == 3:
            return f"<b>{text}</b>"
        if dice == 4 and text.isascii():
            return text.translate(_FULL_WIDTH)
        return f"\u2066{text}\u2069\u00ad\U000e0041"

    def _tail(self, text: str, lang: Lang, asks: bool) -> str:
        tail = self._rng.choice(LINES[lang].tails if asks else LINES[lang].ends)
        if tail in _PARTICLES and text[-1:] in _ENDED:
            tail = "？" if asks else "～"
        if text[-1:] in "?？" and tail[0] in "?？":
            return text + tail[1:]
        gap = " " if (tail[0].isalpha() and len(tail) > 1) or (lang == "en" and tail[0] not in "?!.") else ""
        return text + gap + tail

    def _slip(self, text: str, lang: Lang) -> str:
        slips = [pair for pair in LINES[lang].typos if pair[0] in text and (pair[1] != "不" or _CAN.search(text))]
        if not slips:
            return text
        right, typed = self._rng.choice(slips)
        if lang == "en":
            return re.sub(rf"\b{right}\b", typed, text, count=1)
        head, _, tail = text.rpartition(right)
        return head + typed + tail
