"""The viewers: a small core that writes all the time, regulars, and a long tail that writes once."""

import random
from collections import deque
from itertools import accumulate

from bot.demo.lines import bank
from bot.domain.events import Lang, User

_CORE = {"zh": 40, "en": 12}
_REGULARS = {"zh": 120, "en": 30}
_TAIL_SHARE = 0.30
_CORE_SHARE = 0.30

_ZH_FIRST = bank("""
    爱吃桃的|慢半拍的|早睡失败|不想洗碗的|山那边的|小城里的|追风的|圆滚滚的|认真生活的|下雨天的|窗台上的|熬夜的|爱笑的|迷路的
    会做饭的|养花的|晒太阳的|路边的|七月的|十一楼的
""")
_ZH_LAST = bank("小鹿|阿橘|花卷|云朵|栗子|番茄|木木|糯米|小满|土豆|阿北|年糕|芋圆|冬瓜|麦子|柚子|石头|青团|团子|小雨")
_EN_FIRST = bank("mossy|sunny|quiet|lucky|sleepy|tiny|rusty|velvet|hazel|cosmic|salty|foggy|minty|amber|early")
_EN_LAST = bank("lane|otter|pickle|teapot|willow|biscuit|harbor|pebble|fern|comet|waffle|meadow|sparrow|kettle")


class Crowd:
    """Viewers with stable ids and names.

    Args:
        rng: dice of the show.
        tail: share of comments written by somebody new; the others come from the core, regulars and returners.
    """

    def __init__(self, rng: random.Random, tail: float = _TAIL_SHARE) -> None:
        self._rng = rng
        self._tail = tail
        self._made = 0
        self._door: deque[tuple[Lang, User]] = deque(maxlen=400)
        self._core = {lang: [self.newcomer(lang) for _ in range(_CORE[lang])] for lang in ("zh", "en")}
        self._rest = {lang: [self.newcomer(lang) for _ in range(_REGULARS[lang])] for lang in ("zh", "en")}
        self._weights = {lang: list(accumulate(1 / (i + 8) for i in range(_CORE[lang]))) for lang in ("zh", "en")}

    def newcomer(self, lang: Lang) -> User:
        """Make a viewer who was never seen before."""
        self._made += 1
        pick = self._rng.choice
        name = pick(_ZH_FIRST) + pick(_ZH_LAST) if lang == "zh" else f"{pick(_EN_FIRST)}_{pick(_EN_LAST)}"
        if self._rng.random() < 0.5:
            name += str(self._rng.randrange(2, 9999))
        roles = ("fan",) if self._made % 9 == 0 else ()
        return User(id=f"u{100000 + self._made * 37}", name=name, roles=roles)

    def writer(self, lang: Lang) -> User:
        """Pick who writes the next line in this language."""
        dice = self._rng.random()
        if dice < self._tail:
            user = self._from_door(lang)
            if self._rng.random() < 0.15:  # most of the tail never comes back
                self._rest[lang].append(user)
            return user
        if dice < self._tail + _CORE_SHARE:
            return self._rng.choices(self._core[lang], cum_weights=self._weights[lang])[0]
        return self.regular(lang)

    def joiner(self) -> User:
        """Let somebody new in; one of these writes when the tail is to write."""
        lang: Lang = "zh" if self._rng.random() < 0.82 else "en"
        user = self.newcomer(lang)
        self._door.append((lang, user))
        return user

    def _from_door(self, lang: Lang) -> User:
        if self._door and self._door[0][0] == lang:
            return self._door.popleft()[1]
        return self.newcomer(lang)

    def regular(self, lang: Lang) -> User:
        """Pick somebody known in the room who writes this language."""
        return self._rng.choice(self._rest[lang])

    def anyone(self) -> User:
        """Pick somebody in the room for a like, a follow or a gift."""
        return self.regular("zh" if self._rng.random() < 0.82 else "en")
