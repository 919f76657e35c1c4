"""What viewers write at a given moment: a theme chosen by the mood, a wording, and the noise of real typing."""

import random
import re
from collections.abc import Callable
from functools import cache
from itertools import accumulate, cycle
from typing import Literal

import msgspec

from bot.demo.lines import THEMES
from bot.demo.lines_zh import MIXED
from bot.demo.repeats import Said
from bot.demo.typist import Typist
from bot.demo.wares import LINES, Ware, budgets
from bot.domain.catalog import Sku
from bot.domain.events import Lang

Mood = Literal["calm", "appear", "drop", "sold_out", "call"]
Topic = Literal[
    "chatter", "praise", "fact", "open", "unanswerable", "need", "intent", "complaint", "spam", "abuse", "injection",
    "hostile", "pair",
]  # fmt: skip
# How often each topic comes up, by mood.
_MIX: dict[Mood, dict[Topic, float]] = {
    "calm": {"chatter": 62.5, "praise": 13.0, "fact": 14.0, "intent": 8.5, "open": 1.0},
    "appear": {"chatter": 47.0, "praise": 22.0, "fact": 18.0, "open": 3.0, "intent": 5.0},
    "drop": {"chatter": 45.0, "praise": 6.0, "fact": 12.0, "open": 1.0, "intent": 34.0, "complaint": 2.0},
    "sold_out": {"chatter": 57.0, "fact": 29.0, "unanswerable": 6.0, "intent": 6.0, "complaint": 2.0},
    "call": {"chatter": 84.0, "praise": 4.0, "fact": 5.0, "intent": 7.0},
}
# Rare topics are dealt like cards, this many among so many fresh lines, so that a minute has each of them.
_DECK = 250
_RARE: dict[Topic, int] = {
    "open": 7, "unanswerable": 5, "need": 5, "complaint": 3, "spam": 3, "abuse": 2, "injection": 2, "hostile": 2,
    "pair": 4,
}  # fmt: skip
_SLOTS: dict[str, float] = {
    "price": 20, "stock": 11, "size": 14, "colour": 10, "shipping": 14, "returns": 7, "discount": 9, "material": 7,
    "original": 3, "usage": 5, "expiry": 5, "care": 5, "origin": 3, "warranty": 2,
}  # fmt: skip
_SLOTS_AT: dict[Mood, dict[str, float]] = {
    "appear": {"price": 40, "size": 14, "colour": 14, "stock": 8, "material": 8, "shipping": 8, "discount": 8},
    "drop": {"price": 35, "discount": 30, "stock": 20, "original": 10, "shipping": 5},
}
_PAIRS = (
    ("price", "shipping"), ("price", "shipping"), ("price", "size"), ("stock", "colour"), ("colour", "size"),
    ("price", "discount"), ("shipping", "returns"), ("material", "care"), ("stock", "shipping"), ("price", "expiry"),
    ("price", "stock"), ("material", "price"),
)  # fmt: skip
_HOLE = re.compile(r"\{([a-z]+)\}")
_RESTOCK = next(t for t in THEMES if t.name == "restock")


class Scene(msgspec.Struct, frozen=True):
    """What a viewer sees: the product on screen, the mood, and the SKU that has just sold out, if one has."""

    ware: Ware
    mood: Mood = "calm"
    gone: Sku | None = None


class Talk:
    """Writes lines for a crowd.

    Args:
        wares: listed products by id.
        rng: dice of the show.
        name: returns the display name of somebody in the room who writes that language.
    """

    def __init__(self, wares: dict[str, Ware], rng: random.Random, name: Callable[[Lang], str]) -> None:
        self._rng = rng
        self._name = name
        self._typist = Typist(rng)
        self._wares = list(wares.values())
        self._kinds = {k for w in self._wares for k in w.kinds}
        self._deck: list[Topic | None] = []
        self._hostile_turns = cycle(("endless", "disguise", "payload", "disguise"))
        self._mix = {mood: (list(mix), list(accumulate(mix.values()))) for mood, mix in _MIX.items()}
        self._slots: dict[tuple[str, Mood], tuple[list[str], list[float]]] = {}
        self._themes = {(w.product.id, yes): w.themes(yes) for w in self._wares for yes in (True, False)}
        self._shop_themes = tuple(t for t in THEMES if t.shop)
        self._budgets = budgets(self._wares)
        self._makers: dict[Topic, Callable[[Scene, Lang], Said]] = {
            "chatter": self._chatter,
            "praise": self._praise,
            "fact": self._fact,
            "pair": self._pair,
            "open": self._open,
            "unanswerable": self._unanswerable,
            "need": self._need,
            "intent": self._intent,
            "hostile": self._hostile,
        }

    def line(self, scene: Scene) -> Said:
        """Write one line: about 80 % Chinese, 18 % English, 2 % both at once."""
        dice = self._rng.random()
        if dice < 0.02 and scene.mood != "sold_out":
            return self._mixed(scene)
        topic = self._topic(scene.mood)
        lang: Lang = "en" if dice < 0.20 else "zh"
        if topic in self._makers:
            return self._makers[topic](scene, lang)
        return self._finish(self._rng.choice(_others(lang)[topic]), topic, None, lang, named=False)

    def _topic(self, mood: Mood) -> Topic:
        if not self._deck:
            cards: list[Topic | None] = [topic for topic, count in _RARE.items() for _ in range(count)]
            self._deck = cards + [None] * (_DECK - len(cards))
            self._rng.shuffle(self._deck)
        if card := self._deck.pop():
            return card
        topics, weights = self._mix[mood]
        return self._rng.choices(topics, cum_weights=weights)[0]

    def vary(self, said: Said) -> Said:
        """Say the same with another ending, so that it is not an exact repeat."""
        return _retyped(said, self._typist.vary(said.text, said.lang, said.label))

    # Facts

    def _fact(self, scene: Scene, lang: Lang) -> Said:
        if scene.gone is not None and self._rng.random() < 0.85:
            return self._just_gone(scene, scene.gone, lang)
        ware, named = self._whose(scene, lang)
        slot = self._slot(ware, scene.mood)
        bank = ware.wordings(lang, slot, LINES[lang].facts[slot], named and self._rng.random() < 0.6)
        return self._finish(self._rng.choice(bank), f"fact:{slot}", ware, lang, named)

    def _slot(self, ware: Ware, mood: Mood) -> str:
        key = (ware.product.id, mood)
        if key not in self._slots:
            weights = {
                s: w
                for s, w in _SLOTS_AT.get(mood, _SLOTS).items()
                if ware.asks(s) and all(ware.wordings(lang, s, LINES[lang].facts[s]) for lang in LINES)
            }
            self._slots[key] = (list(weights), list(accumulate(weights.values())))
        names, cumulated = self._slots[key]
        return self._rng.choices(names, cum_weights=cumulated)[0]

    def _pair(self, scene: Scene, lang: Lang) -> Said:
        ware, named = self._whose(scene, lang)
        for slots in self._rng.sample(_PAIRS, 6):
            parts = [ware.wordings(lang, f"short {s}", LINES[lang].short[s]) if ware.asks(s) else () for s in slots]
            if all(parts):
                a, b = map(self._rng.choice, parts)
                text = self._rng.choice(LINES[lang].joins).replace("{a}", a).replace("{b}", b)
                return self._finish(text, f"fact:{','.join(slots)}", ware, lang, named)
        return self._fact(scene, lang)

    def _just_gone(self, scene: Scene, sku: Sku, lang: Lang) -> Said:
        colour = sku.colour.zh if lang == "zh" else sku.colour.en.lower()
        size = scene.ware.size_word(sku, lang)
        bank = [t for t in LINES[lang].gone if ("{size}" not in t or size) and ("{colour}" not in t or colour)]
        text = self._rng.choice(bank).replace("{size}", size).replace("{colour}", colour)
        return self._finish(text, "fact:stock", scene.ware, lang, named=False)

    def _mixed(self, scene: Scene) -> Said:
        ware = scene.ware
        fitting = [(s, t) for s, m in MIXED.items() if ware.asks(s) for t in ware.wordings("zh", f"mixed {s}", m)]
        slot, text = self._rng.choice(fitting)
        return self._finish(text, f"fact:{slot}", ware, "zh", named=False)

    # Questions beyond the fact fields

    def _open(self, scene: Scene, lang: Lang) -> Said:
        ware, named = self._whose(scene, lang)
        if not self._themes[ware.product.id, True]:  # its card says little: ask about another one
            others = [w for w in self._wares if self._themes[w.product.id, True] and w.refs[lang]]
            if not others:
                return self._fact(scene, lang)
            ware, named = self._rng.choice(others), True
        themes = self._themes[ware.product.id, True]
        return self._theme(self._rng.choice(themes).name, "open", ware, lang, named)

    def _unanswerable(self, scene: Scene, lang: Lang) -> Said:
        themes = self._themes[scene.ware.product.id, False]
        if scene.gone is not None and _RESTOCK in themes:
            return self._theme("restock", "unanswerable", scene.ware, lang, named=False)
        if self._rng.random() < 0.15:
            text = self._rng.choice(LINES[lang].themes[self._rng.choice(self._shop_themes).name])
            return self._finish(text, "unanswerable", None, lang, named=False)
        return self._theme(self._rng.choice(themes).name, "unanswerable", scene.ware, lang, named=False)

    def _theme(self, name: str, label: str, ware: Ware, lang: Lang, named: bool) -> Said:
        bank = ware.wordings(lang, f"theme {name}", LINES[lang].themes[name])
        return self._finish(self._rng.choice(bank), label, ware, lang, named)

    def _need(self, scene: Scene, lang: Lang) -> Said:
        bank = scene.ware.wordings(lang, "need", LINES[lang].needs)
        text = self._rng.choice(bank)
        return self._finish(text, "need", scene.ware if "{it}" in text else None, lang, named=False)

    # Everything else

    def _intent(self, scene: Scene, lang: Lang) -> Said:
        bank = scene.ware.wordings(lang, "intent", LINES[lang].intents)
        text = self._rng.choice(bank)
        if "{n}" in text and scene.ware.product.number <= 0:
            text = bank[0]
        text = text.replace("{n}", str(scene.ware.product.number))
        return self._finish(text, "intent", scene.ware, lang, named=False)

    def _praise(self, scene: Scene, lang: Lang) -> Said:
        if self._rng.random() < 0.2:
            return self._finish(self._rng.choice(LINES[lang].praise_host), "praise", None, lang, named=False)
        bank = scene.ware.wordings(lang, "praise", LINES[lang].praise)
        return self._finish(self._rng.choice(bank), "praise", scene.ware, lang, named=False)

    def _chatter(self, scene: Scene, lang: Lang) -> Said:
        lines = LINES[lang]
        dice = self._rng.random()
        if scene.mood == "call" and dice < 0.6:
            text = ("" if self._rng.random() < 0.7 else "扣") + "1" * self._rng.randrange(1, 12)
            return Said(text, "chatter", "", lang, plain=True)
        if scene.mood == "sold_out" and dice < 0.5:
            text = self._rng.choice(lines.missed)
        elif dice < 0.42:
            text = self._rng.choice(lines.chatter)
        elif dice < 0.58:
            text = self._rng.choice(lines.stretch) * self._rng.choice((1, 2, 3, 3, 4, 5, 6, 8, 12))
            return Said(text, "chatter", "", lang, plain=True)
        else:
            text = self._rng.choice(lines.forms)
        return self._finish(text, "chatter", None, lang, named=False)

    def _hostile(self, scene: Scene, lang: Lang) -> Said:
        """Text that breaks careless programs; a question in disguise stays the question that it is."""
        turn = next(self._hostile_turns)
        if turn == "payload":
            return Said(self._typist.payload(), "spam", "", lang)
        if turn == "endless":
            said = self._chatter(scene, lang)
            return _retyped(said, self._typist.endless(said.text))
        said = self._fact(scene, lang)
        return _retyped(said, self._typist.disguise(said.text))

    # Wording

    def _whose(self, scene: Scene, lang: Lang) -> tuple[Ware, bool]:
        """Choose the product a question is about, and whether the viewer names it."""
        if self._rng.random() < 0.16:
            other = self._rng.choice(self._wares)
            if other.refs[lang]:
                return other, True
        return scene.ware, bool(scene.ware.refs[lang]) and self._rng.random() < 0.2

    def _finish(self, text: str, label: str, ware: Ware | None, lang: Lang, named: bool) -> Said:
        """Name the product or point at it, fill the other slots, and type it as people type."""
        if ware is not None:
            if not named:
                text = text.replace("{it}", self._rng.choice(LINES[lang].it))
            elif "{it}" in text:
                text = text.replace("{it}", self._rng.choice(ware.refs[lang]))
            else:
                text = self._typist.beside(self._rng.choice(ware.refs[lang]), text, lang)
        if filled := "{" in text:
            text = _HOLE.sub(lambda m: self._fill(m[1], ware, lang), text)
        about = ware.product.id if ware is not None else ""
        typed = self._typist.type(text, lang, label)
        plain = typed == text and not named and not filled
        return Said(typed, label, about, lang, ware is not None and not named, plain)

    def _fill(self, hole: str, ware: Ware | None, lang: Lang) -> str:
        pick = self._rng.choice
        if hole in ("size", "code", "colour") and ware is not None:
            words = ware.colour_words[lang] if hole == "colour" else ware.size_words[lang]
            word = pick(words) if words else ""
            return word.removesuffix("码") if hole == "code" else word
        if hole in ("h", "w"):
            men = ware is not None and "men" in ware.kinds
            kilos = self._rng.randrange(58, 96) if men else self._rng.randrange(43, 82)
            jin = kilos * 2 + self._rng.randrange(2)
            tall = self._rng.randrange(165, 187) if men else self._rng.randrange(150, 173)
            return str(tall if hole == "h" else jin if lang == "zh" else kilos)
        if hole == "ware":
            banks = [words for kind, words in LINES[lang].wares.items() if kind in self._kinds]
            return pick(pick(banks)) if banks else ("东西" if lang == "zh" else "things")
        if hole == "budget":
            return str(pick(self._budgets))
        if hole == "name":
            return self._name(lang)
        return str(self._rng.randrange(1, 30)) if hole == "n" else pick(LINES[lang].slots[hole])


def _retyped(said: Said, text: str) -> Said:
    return msgspec.structs.replace(said, text=text, plain=False)


@cache
def _others(lang: Lang) -> dict[Topic, tuple[str, ...]]:
    lines = LINES[lang]
    return {"complaint": lines.complaints, "spam": lines.spam, "abuse": lines.abuse, "injection": lines.injection}
