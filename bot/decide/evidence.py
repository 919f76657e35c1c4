"""Evidence: the card cut into pieces that a claim can rest on, and the test whether it does.

A claim rests on the card when everything it says is in one field (numbers and sizes in one clause of it), with the same
sign, and without dropping a restriction ("only", 先). A bare yes or an echo of the question says the question's own
words: they must be on the card as well, and every clause that speaks of the matter must agree.
"""

import re
from collections.abc import Sequence
from decimal import Decimal

import msgspec

from bot.decide.card import remembered
from bot.decide.numbers import read
from bot.decide.topics import rests_on, topics_of, without_topics
from bot.decide.words import atoms, clauses, content, fold, negated
from bot.domain.catalog import Product

SIZE = re.compile(
    r"(?<![a-z0-9'’])(xxs|xs|s|m|l|xl|xxl|xxxl|[2-6]xl)(?![a-z0-9'’])|(?<!\d)(3[4-9]|4[0-6])\s*码|"
    r"(均码|大码|加大码|小码|one size)",
    re.I,
)
RESTRICTS = re.compile(
    r"只|仅|除|(?<!减)少(?!女)|先|如果|若|以[内下上]|之前|避|略|轻微|单独|易|薄涂|薄薄|合成|人造|仿|"
    r"\b(?:only|unless|except|if|until|little|slight\w*|thin layer|under|below|above|first|up to|at most|before|"
    r"separate\w*|synthetic|faux|imitation)\b"
)
_QUALITY = frozenset(
    re.findall(r"\S+", "warm cool thick thin soft loose tight stretch light heavy moist sweet body:slim lining pocket")
)
# Said without a "no", yet the opposite of what is hoped for.
_ADVERSE = re.compile(r"渗|漏|soaks? through|leaks?\b")
_YES_NO = re.compile(r"(?:yes|no)\b")
_CONDITIONS = frozenset(
    re.findall(r"\S+", "sensitive oily dry allergy pregnant child petite bigsize night illness diabetes")
)
_TURN = re.compile(r"^(.+?)([不没无](?!建议|推荐|能|可|要|宜|适|会|含|加|支|包|是|得|耐|易|用|需|太|够).+)$")


class Piece(msgspec.Struct, frozen=True):
    """A clause of the card or of an answer.

    Attributes:
        field: catalogue field it comes from; "faq:<question>" for an answered question.
        words: the clause, lower case.
        atoms: what it is made of (see `words.atoms`).
        figures: its numbers with their units, and its sizes.
        topics: ids of its topics.
        negative: it says no.
        limits: its restricting words; advice to people with a condition (建议) restricts too.
        pairs: pairs of Chinese characters that stand side by side.
    """

    field: str
    words: str
    atoms: frozenset[str]
    figures: frozenset[tuple[Decimal | str, str]]
    topics: frozenset[str]
    negative: bool
    limits: frozenset[str]
    pairs: frozenset[str]


def piece(words: str, field: str = "") -> Piece:
    """Read one clause."""
    lowered = words.lower()
    sizes = {(next(g for g in f.groups() if g), "size") for f in SIZE.finditer(lowered)}
    figures: set[tuple[Decimal | str, str]] = {(n.value, n.unit) for n in read(lowered)} | sizes
    topics = frozenset(t.id for t in topics_of(lowered))
    limits = frozenset(RESTRICTS.findall(lowered)) | ({"建议"} if topics & _CONDITIONS and "建议" in lowered else set())
    pairs = frozenset(u for u in content(lowered) if not u.isascii() and len(u) == 2)
    negative = negated(lowered) != bool(_ADVERSE.search(lowered))
    return Piece(field, lowered, atoms(lowered), frozenset(figures), topics, negative, limits, pairs)


def parts(text: str) -> list[str]:
    """Split into clauses, and "透气不闷热" into its two halves: what is praised before 不 is not denied by it."""
    found: list[str] = []
    for clause in clauses(text):
        turn = _TURN.match(clause)
        if turn and (topics := {t.id for t in topics_of(turn[1])}) and topics <= _QUALITY:
            found += [turn[1], turn[2]]
        else:
            found.append(clause)
    return found


def pieces(product: Product) -> tuple[Piece, ...]:
    """Return the whole card, both languages. A bare yes or no in the FAQ counts as saying its question."""
    return remembered(product, "_pieces", _pieces)


def _pieces(product: Product) -> tuple[Piece, ...]:
    found: list[Piece] = []
    for field, text in product.texts.items():
        for words in dict.fromkeys((text.zh, text.en)):
            found += [piece(part, field) for part in parts(words)]
    for faq in product.faq:
        field, asked = f"faq:{faq.question}", piece(faq.question)
        for i, part in enumerate(parts(faq.answer)):
            said = piece(part, field)
            if i == 0 and (not said.atoms - asked.atoms or _YES_NO.match(said.words)):
                said = Piece(
                    field, said.words, said.atoms | asked.atoms, said.figures | asked.figures,
                    said.topics | asked.topics, said.negative, said.limits, said.pairs | asked.pairs,
                )  # fmt: skip
            found.append(said)
    return tuple(found)


def _named(product: Product) -> re.Pattern[str]:
    names = [n.lower() for n in (product.name.zh, product.name.en, *product.aliases) if len(n) > 1]
    return re.compile("|".join(map(re.escape, sorted(names, key=len, reverse=True))) or r"(?!)")


def _asked(product: Product) -> tuple[tuple[str, Piece], ...]:
    return tuple((f"faq:{f.question}", piece(f.question)) for f in product.faq)


class Evidence:
    """The card of one product, asked whether it bears out claims.

    Args:
        question: the viewer's words; what they say may be echoed.
    """

    def __init__(self, product: Product, question: str) -> None:
        self._card = pieces(product)
        self._name = remembered(product, "_named", _named)
        self._question = self.read(question)
        self._near = {known for topic in self._question.topics for known, _ in rests_on(topic)}
        self._rest = atoms(without_topics(self._question.words))
        asked = remembered(product, "_asked", _asked)
        self._asked_there = {field for field, question in asked if self._alike(question)}
        self.fields: list[str] = []
        self.answers = False

    def read(self, clause: str) -> Piece:
        """Read a clause of an answer; the product's name in it claims nothing."""
        return piece(self._name.sub(" ", clause.lower()))

    def bears_out(self, claim: Piece, limits: frozenset[str]) -> str:
        """Return "" when the card bears out a clause, else why not; the fields it rests on are noted.

        Args:
            limits: restricting words of the whole answer.
        """
        own = claim.atoms
        bare = not own and not claim.figures
        topics = self._question.topics if bare else claim.topics
        if bare and self._question.negative:
            return "ambiguous"
        if claim.negative and len(topics) > 1 and not self._singled_out(claim, self._card):
            return "unclear"  # which of the two things is denied?
        agreeing: list[Piece] = []
        for topic in sorted(topics):
            found = self._on_topic(topic, claim, limits)
            if isinstance(found, str):
                return found
            agreeing += found
        new = own - self._question.atoms
        if new or claim.figures:
            return self._stated(claim, new, limits)
        said = self._rest if bare else atoms(without_topics(claim.words))
        return self._echoed(claim, said, agreeing, limits, bare)

    def _on_topic(self, topic: str, claim: Piece, limits: frozenset[str]) -> list[Piece] | str:
        """Return the pieces that say the same of a topic, or why the claim cannot rest on them."""
        for known, same in rests_on(topic):
            on_card = [p for p in self._card if known in p.topics]
            agreeing = [p for p in on_card if p.negative == (claim.negative if same else not claim.negative)]
            if not on_card:
                continue
            if not agreeing:
                return f"contradicts:{topic}"
            denying = [p for p in on_card if p not in agreeing]
            if denying and (not self._singled_out(claim, agreeing) or self._singled_out(claim, denying)):
                return f"mixed:{topic}"
            free = [p for p in agreeing if p.limits <= limits]
            return free or f"drops_limit:{topic}"
        return f"ungrounded:{topic}"

    def _singled_out(self, claim: Piece, agreeing: Sequence[Piece]) -> bool:
        """Tell whether one piece speaks of all that a clause speaks of: between yes and no, only that counts."""
        return bool(claim.atoms) and any(claim.atoms <= p.atoms for p in agreeing)

    def _stated(self, claim: Piece, new: frozenset[str], limits: frozenset[str]) -> str:
        """Check a clause that says more than the question did: one field must say all of it, with the same sign."""
        fields: dict[str, list[Piece]] = {}
        for p in self._card:
            if p.negative == claim.negative and (p.atoms & new or p.figures & claim.figures):
                fields.setdefault(p.field, []).append(p)
        bearing: list[tuple[str, bool]] = []
        own = atoms(without_topics(claim.words)) | new
        on_card = claim.atoms & frozenset().union(*(p.atoms for p in self._card))
        for field, used in fields.items():
            said = frozenset().union(*(p.atoms for p in used))
            pairs = frozenset().union(*(p.pairs for p in used))
            whole = frozenset().union(*(p.atoms for p in self._card if p.field == field))
            recombined = any(set(pair) <= whole for pair in claim.pairs - pairs)
            figures = not claim.figures or any(claim.figures <= p.figures and on_card <= p.atoms for p in used)
            free = all(p.limits <= limits for p in used if p.atoms & own or claim.figures)
            if own <= said and figures and free and not recombined:
                bearing.append((field, any(self._touches(p) for p in used)))
        if not bearing:
            return "unsupported"
        self._note(*max(bearing, key=lambda field_answers: field_answers[1]))
        return ""

    def _echoed(
        self, claim: Piece, said: frozenset[str], agreeing: Sequence[Piece], limits: frozenset[str], bare: bool
    ) -> str:
        """Check a yes, a no, or the question's own words said back."""
        if agreeing:
            known = frozenset().union(*(p.atoms for p in agreeing))
            figures = frozenset().union(*(p.figures for p in agreeing))
            if said <= known and (not bare or self._question.figures <= figures):
                self._note(agreeing[0].field, True)
                return ""
            return "unsupported"
        if not said:
            return "" if not self._question.atoms else "unsupported"
        on_card = [p for p in self._card if said <= p.atoms and (not bare or self._question.figures <= p.figures)]
        if (
            not on_card
            or (len(said) < 2 and not max(said).isascii())
            or any(p.negative != claim.negative or not p.limits <= limits for p in on_card)
        ):
            return "unsupported"
        self._note(on_card[0].field, True)
        return ""

    def _alike(self, asked: Piece) -> bool:
        return bool(asked.topics & self._near) or self._shares_half(asked)

    def _shares_half(self, p: Piece) -> bool:
        return 2 * len(p.atoms & self._question.atoms) >= max(1, len(self._question.atoms))

    def _touches(self, p: Piece) -> bool:
        if p.field in self._asked_there or p.topics & self._near:
            return True
        return not self._question.topics and bool(p.pairs & self._question.pairs or self._shares_half(p))

    def _note(self, field: str, answers: bool) -> None:
        self.answers = self.answers or answers
        if field not in self.fields:
            self.fields.append(field)


def verbatim(text: str, product: Product) -> str:
    """Return the field whose whole words a text repeats, "" when there is none."""
    said = fold(text)
    return remembered(product, "_fields", _fields).get(said, "") if said else ""


def _fields(product: Product) -> dict[str, str]:
    """Return the fields by their whole words in comparison form; the first of two that say the same."""
    fields = [(field, words) for field, text in product.texts.items() for words in (text.zh, text.en)]
    fields += [(f"faq:{f.question}", f.answer) for f in product.faq]
    return {fold(words): field for field, words in reversed(fields) if words}
