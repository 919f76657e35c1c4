"""How well a product suits what a viewer says they need, from the card alone.

What the card rules out ("男装" for a mother, a size that is gone, a skin it is not for) rules the product out; what it
says in favour counts. A need that the words leave open is met by what the card says in the viewer's own words.
"""

import re
from collections.abc import Collection

import msgspec

from bot.decide.card import remembered, statements
from bot.decide.needs import SKIN, Need
from bot.decide.things import CARE, CLOTHES, FOOD, kinds_asked
from bot.decide.topics import topics_of
from bot.decide.words import content
from bot.domain.catalog import Product

_MEN = re.compile(r"男装|男士|男款|\bmen\b|\bmen's\b|menswear", re.I)
_WOMEN = re.compile(r"女装|女士|女款|\bwomen\b|\bwomen's\b|ladies", re.I)
_KIDS = re.compile(r"童装|儿童|婴|母婴|kids?\b|child|baby", re.I)
_NOT_KIDS = re.compile(
    r"(?:儿童|婴|孕妇|children|infants).{0,12}(?:不建议|不要|勿|not)|not (?:for|suitable).{0,40}child|"
    r"不建议.{0,8}(?:儿童|婴)",
    re.I,
)
_FOR_HER, _FOR_HIM = frozenset(("mother", "wife", "woman")), frozenset(("father", "husband", "man"))
_YOUNG = frozenset(("child", "baby"))
_WORN = re.compile(CLOTHES, re.I)
_CARED = re.compile(CARE, re.I)
_EATEN = re.compile(FOOD, re.I)
_OCCASIONS = {
    "work":















                                                                    r"通勤|上班|办公|面试|office|commut|work|"
                                                                    r"interview", "date": r"约会|dates?\b", "travel":
                                                                        r"出行|旅|度假|出差|travel|trip|holiday",
    "sport":
















                                                                        r"运动|健身|户外|徒步|sport|gym|outdoor|"
                                                                        r"walks", "party":


                                                                                    r"聚会|宴|婚|party|wedding|"
                                                                                    r"dinner", "school":
                                                                                        r"上课|学生|宿舍|class|"
                                                                                        r"student|school",
    "gift": r"送礼|礼盒|礼物|伴手礼|gift|present", "summer": r"夏|清凉|透气|防晒|summer|breathab|cool\b",
    "winter":



















                                                                                    r"冬|保暖|加绒|羊毛|winter|warm|"
                                                                                    r"wool", "sleep":
                                                                                        r"睡|床|无咖啡因|sleep|bed|"
                                                                                        r"caffeine.free", "home":
                                                                                            r"家居|床|居家|home|"
                                                                                            r"bedding",
}  # fmt: skip
FITS_OCCASION = {name: re.compile(words, re.I) for name, words in _OCCASIONS.items()}
_CAFFEINE = re.compile(r"含咖啡因|contains caffeine", re.I)


# What somebody cannot have, and the cards that say they hold it.
_AVOIDED = (
    (
        re.compile(r"(?:不含|无|没有?|不要|without|\bno|free of|zero) ?(?:咖啡因|caffeine)|decaf|caffeine.free", re.I),
        _CAFFEINE,
    ),
    (
        re.compile(
            r"(?:allergic to|allergy to|no|without) (?:\w+ )?nuts|nut allerg|坚果.{0,2}过敏|对坚果过敏|不能吃坚果", re.I
        ),
        re.compile(r"坚果|nuts?\b", re.I),
    ),
)


class Face(msgspec.Struct, frozen=True):
    """What counts of a product's card for a need: its names, all its words, and for whom it is."""

    label: str
    card: str
    men: bool
    women: bool
    kids: bool
    grown: bool
    skins: frozenset[str]
    not_skins: frozenset[str]
    groups: frozenset[str]
    units: frozenset[str]


def face(product: Product) -> Face:
    """Read a product's card once."""
    return remembered(product, "_face", _face)


def _face(product: Product) -> Face:
    label = f"{product.name.zh} {product.name.en} {product.category} {' '.join(product.aliases)}"
    card = " ".join(f"{t.zh} {t.en}" for t in product.texts.values())
    for_skin: dict[bool, set[str]] = {True: set(), False: set()}
    for s in statements(product):
        for name, words in SKIN:
            plain = s.negative or not _CAREFUL.search(s.words)
            if plain and words.search(s.words) and not s.field.startswith("faq:"):
                for_skin[not s.negative].add(name)
    return Face(
        label, card, bool(_MEN.search(label)), bool(_WOMEN.search(label)), bool(_KIDS.search(label)),
        bool(_NOT_KIDS.search(card)), frozenset(for_skin[True] - for_skin[False]), frozenset(for_skin[False]),
        frozenset(t.group for t in topics_of(f"{label} {card}")), content(f"{label} {card}"),
    )  # fmt: skip


_CAREFUL = re.compile(r"建议|先|试用|慎|test|thin layer|careful", re.I)


def suits(text: str, need: Need, product: Product, named: Collection[str] = ()) -> float | None:
    """Return how well a product suits, higher is better; None when something rules it out.

    Args:
        text: the cleaned comment.
        named: ids of products whose kind or name the comment names.
    """
    its = face(product)
    if any(avoided.search(text) and holds.search(its.card) for avoided, holds in _AVOIDED):
        return None
    asked = kinds_asked(text)
    score = 0.0
    if asked and not any(has.search(its.label) for has in asked):
        return None
    score += 3.0 * bool(asked)
    if named:
        score += 2.0 * (product.id in named)
    if not _for_whom(need, its) or (need.size and not _has_size(need.size, product)):
        return None
    if need.skin:
        if need.skin in its.not_skins or not _CARED.search(its.label):
            return None
        score += 3.0 * (need.skin in its.skins)
    if need.occasion:
        fits = bool(FITS_OCCASION[need.occasion].search(f"{its.label} {its.card}"))
        if need.occasion == "sleep" and _CAFFEINE.search(its.card):
            return None
        score += 2.0 * fits
    if need.recipient and need.recipient not in _YOUNG:
        score += 0.5 * ((need.recipient in _FOR_HER and its.women) or (need.recipient in _FOR_HIM and its.men))
        score += 0.5 * bool(FITS_OCCASION["gift"].search(its.card))
    wanted = {t.group for t in topics_of(text)}
    score += 1.5 * len(wanted & its.groups)
    return score + min(3, len(content(text) & its.units))


def _for_whom(need: Need, its: Face) -> bool:
    """Tell whether a product can be for whom it is wanted."""
    if need.recipient in _FOR_HER and its.men and not its.women:
        return False
    if need.recipient in _FOR_HIM and its.women and not its.men:
        return False
    if need.recipient in _YOUNG:
        return its.kids or not (
            its.grown
            or its.men
            or its.women
            or (need.recipient == "baby" and (_CARED.search(its.label) or _EATEN.search(its.label)))
        )
    return True


def _has_size(size: str, product: Product) -> bool:
    """Tell whether a size can be bought; things without sizes fit anybody."""
    if not product.sizes or not _WORN.search(face(product).label):
        named = [s for s in product.skus if s.size.upper().startswith(size)]
        return not named or any(s.stock != 0 for s in named)
    return any(s.stock != 0 for s in product.skus if s.size.upper() in (size, "均码", "ONE SIZE", "F"))
