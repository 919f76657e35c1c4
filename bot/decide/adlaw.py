"""Advertising law: finds claims that may not leave, says which article forbids them, and rewrites what can be saved.

The rules are data (`law/rules.toml`, or the merchant's own table). They are looked for in a comparison form of the
text, so that "最 好", "最🌟好", "zuì好" and "蕞好" are all read as 最好:

- NFKC, lower case, tone marks off, invisible characters gone;
- for Chinese rules everything but letters, digits and % is dropped, then writings that stand in for others are mapped;
- for English rules the words are kept, parted by single spaces.

Each character of the comparison form knows where it stood, so a hit can be shown and rewritten in the text itself.

What no word of the table names, a small model may know by likeness (`claims`): a rule with a `claim` instead of words
says which law its kind breaks. The model also lets go what a rule hits in a sentence that it knows as innocent.
"""

import re
from collections.abc import Callable, Sequence

import msgspec

from bot.decide import claims
from bot.decide.disguise import HAN, Form, bounded, spaced, tight
from bot.decide.evidence import RESTRICTS
from bot.decide.numbers import read
from bot.decide.words import negated
from bot.domain.events import Lang
from bot.domain.law import AdRule, LawTable

_CLAUSE_MARK = re.compile(r"[，。；！？、,;!?\n]")
_CLAUSE = re.compile(r"(?:[^，。；！？,;!?\n.]|\.(?! )|(?<=\d),(?=\d))*(?:[，。；！？,;!?\n]|\. |$)")
_SENTENCE = re.compile(r"[^。！？!?\n]+[。！？!?\n]*")
_TELLS = re.compile(
    r"(?:[\u3400-\u9fff].*){5}|(?:\b[a-zA-Z]+\b.*){3}", re.S
)  # long enough to claim anything by likeness
_PLAIN = re.compile(r"[\u3400-\u9fff0-9%]+|[a-zA-Z0-9' -]+")  # not disguised: it may be innocent
REMEMBERED = 4096  # texts
_WORDS = re.compile(r"[a-zA-Z]{2}")
# What a merchant's category is called, by the scopes that rules name.
_SCOPES: dict[str, re.Pattern[str]] = {
    "cosmetics": re.compile(
        r"护肤|美妆|彩妆|化妆|面霜|洁面|乳液|精华|面膜|防晒|洗发|护发|cream|skin|cosmetic|make.?up|serum|hair"
    ),
    "food": re.compile(r"食品|零食|茶|坚果|饮料|生鲜|水果|粮油|奶粉|food|snack|tea|nut|drink|fruit|coffee"),
    "health": re.compile(r"保健|营养|滋补|医疗|器械|药|health|supplement|vitamin|medic"),
    "apparel": re.compile(r"装|衣|裤|裙|鞋|袜|帽|包|apparel|dress|shirt|shoe|bag|coat|trouser"),
    "home": re.compile(r"家|床|被|枕|厨|锅|杯|home|bed|kitchen|towel"),
    "baby": re.compile(r"母婴|婴|童|孕|baby|kid|toddler|infant"),
    "alcohol": re.compile(r"酒|alcohol|wine|beer|spirit"),
    "electronics": re.compile(r"数码|电器|电子|手机|electronic|phone|appliance"),
}  # fmt: skip


class Hit(msgspec.Struct, frozen=True):
    """One claim that may not leave.

    Attributes:
        rule: the rule it breaks.
        start, end: where it stands in the text.
        said: the words, as written.
    """

    rule: AdRule
    start: int
    end: int
    said: str


class AdLaw:
    """One version of the table, ready to read texts. Raises ValueError for a pattern that is none."""

    def __init__(self, table: LawTable) -> None:
        self.table = table
        stand_ins = {tight(v).words: tight(word).words for word, vs in table.variants.items() for v in vs}
        stand_ins.pop("", None)
        self._stand_ins = stand_ins
        self._variant = re.compile("|".join(map(re.escape, sorted(stand_ins, key=len, reverse=True))) or r"(?!)")
        self._words: dict[Lang, dict[str, list[tuple[str, AdRule]]]] = {"zh": {}, "en": {}}
        self._patterns: dict[Lang, list[tuple[re.Pattern[str], AdRule]]] = {"zh": [], "en": []}
        self._kept: dict[tuple[str, str, str, tuple[str, ...], bool], tuple[Hit, ...]] = {}
        self._unless: dict[str, tuple[str, ...]] = {}
        self._claims = {rule.claim: rule for rule in table.rules if rule.claim}
        for rule in table.rules:
            form = self._form(rule.lang)
            for word in rule.words:
                if plain := form(word).words.strip():
                    self._words[rule.lang].setdefault(plain[0], []).append((plain, rule))
            if rule.pattern:
                try:
                    self._patterns[rule.lang].append((re.compile(rule.pattern), rule))
                except re.error as error:
                    raise ValueError(f"rule {rule.id}, pattern: {error}") from error
            self._unless[rule.id] = tuple(filter(None, (form(u).words.strip() for u in rule.unless)))

    def hits(
        self, text: str, category: str = "", platform: str = "", labels: Sequence[str] = (), *, likeness: bool = True
    ) -> tuple[Hit, ...]:
        """Return the claims of a text that may not leave, in order, none inside another.

        Args:
            category: the merchant's words for the kind of goods; "" applies the rules of every kind.
            platform: where the text would be posted; "" applies the rules of every platform.
            labels: our own ways to name products ("#1 Linen Shirt"), which claim nothing.
            likeness: ask the model, too; not for our own sentences, whose words are the merchant's fields.
        """
        asked = text, category, platform, tuple(labels), likeness
        if asked not in self._kept:  # facts are told in the same words all day
            if len(self._kept) >= REMEMBERED:
                self._kept.clear()
            self._kept[asked] = self._look(text, category, platform, labels, likeness)
        return self._kept[asked]

    def _look(self, text: str, category: str, platform: str, labels: Sequence[str], likeness: bool) -> tuple[Hit, ...]:
        found: list[Hit] = []
        han, words = bool(HAN.search(text)), bool(_WORDS.search(text))
        langs: list[Lang] = ["zh"] if han or not words else []
        langs += ["en"] if words or not han or "#" in text else []
        for lang in langs:
            form = self._form(lang)(text)
            for start, end, rule in self._found(lang, form.words):
                if self._holds(rule, category, platform) and not self._innocent(rule, form.words, start, end):
                    first, last = form.at[start][0], form.at[end - 1][1]
                    if any(text.startswith(label, first) for label in labels):
                        continue
                    if not _denied(text, first, last) and (lang == "en" or _together(form, start, end, text)):
                        found.append(Hit(rule, first, last, text[first:last]))
        found.sort(key=lambda h: (h.start, -h.end))
        outer: list[Hit] = []
        for hit in found:
            if not outer or hit.start >= outer[-1].end:
                outer.append(hit)
        return self._judged(text, outer, category, platform) if self._claims and likeness else tuple(outer)

    def _judged(self, text: str, found: list[Hit], category: str, platform: str) -> tuple[Hit, ...]:
        """Ask the model, sentence by sentence: it lets go of the innocent, and adds what no rule names."""
        model, hits = claims.shipped(), []
        for sentence in _SENTENCE.finditer(text):
            start, end = sentence.span()
            here = [hit for hit in found if start <= hit.start < end]
            said = sentence[0]
            buckets = self.pieces(said)
            score = model.heads["claim"].logit(buckets)
            lang = "zh" if HAN.search(said) else "en"
            if here:
                low = score < model.thresholds[f"denied:{lang}"]
                hits += [hit for hit in here if not low or not _PLAIN.fullmatch(hit.said)]
            elif score > model.thresholds[f"claim:{lang}"] and _TELLS.search(said):
                kind = max(claims.CLASSES, key=lambda name: model.heads[f"class:{name}"].logit(buckets))
                rule = self._claims.get(kind)
                if rule and self._holds(rule, category, platform):
                    first, last = self._worst(said)
                    hits.append(Hit(rule, start + first, start + last, said[first:last]))
        return tuple(hits)

    def _worst(self, sentence: str) -> tuple[int, int]:
        """Return where the clause stands that sounds most like a claim."""
        spans = [c.span() for c in _CLAUSE.finditer(sentence) if any(map(str.isalnum, c[0]))]
        score = claims.shipped().heads["claim"].logit
        return max(spans, key=lambda span: score(self.pieces(sentence[slice(*span)])), default=(0, len(sentence)))

    def pieces(self, text: str) -> list[int]:
        """Return what the model reads of a text."""
        return claims.pieces(self._mapped(text).words if HAN.search(text) else "", spaced(text).words)

    def lawful(
        self,
        text: str,
        lang: Lang,
        category: str = "",
        platform: str = "",
        labels: Sequence[str] = (),
        *,
        likeness: bool = True,
    ) -> tuple[str, tuple[Hit, ...]]:
        """Return the text as it may leave ("" when nothing may) and what was found in it.

        A hit with a compliant wording is replaced by it; the clause of any other goes.
        """
        hits = self.hits(text, category, platform, labels, likeness=likeness)
        if not hits:
            return text, ()
        edits: dict[tuple[int, int], str] = {}
        for hit in hits:
            clause = _clause_at(text, hit.start)
            said = text[slice(*clause)]
            if instead := hit.rule.rewrite.get(lang):
                if negated(said) or RESTRICTS.search(said.lower()):
                    return "", hits  # in a denial or a condition the compliant words would promise something
                edits[hit.start, hit.end] = instead
            else:
                edits[clause] = ""
        gone = [span for span, instead in edits.items() if not instead]
        kept = text
        for (start, end), instead in sorted(edits.items(), reverse=True):
            if instead and any(s <= start and end <= e for s, e in gone):
                continue
            kept = kept[:start] + instead + kept[end:]
        kept = kept.strip(" ，。；、,;")
        if gone and any(negated(t) or RESTRICTS.search(t.lower()) for t in (kept, *(text[s:e] for s, e in gone))):
            return "", hits  # what goes may be the condition of what stays
        if {n.raw for n in read(kept)} - {n.raw for n in read(text)}:
            return "", hits
        return ("" if self.hits(kept, category, platform, labels, likeness=likeness) else kept), hits

    def _form(self, lang: Lang) -> Callable[[str], Form]:
        return self._mapped if lang == "zh" else spaced

    def _mapped(self, text: str) -> Form:
        form = tight(text)
        words: list[str] = []
        at: list[tuple[int, int]] = []
        end = 0
        for found in self._variant.finditer(form.words):
            if not bounded(form.words, found.start(), found.end()):
                continue
            word = self._stand_ins[found[0]]
            place = form.at[found.start()][0], form.at[found.end() - 1][1]
            words += [form.words[end : found.start()], word]
            at += [*form.at[end : found.start()], *[place] * len(word)]
            end = found.end()
        return Form("".join([*words, form.words[end:]]), (*at, *form.at[end:])) if end else form

    def _found(self, lang: Lang, words: str) -> list[tuple[int, int, AdRule]]:
        table, found = self._words[lang], []
        for i, c in enumerate(words):
            for word, rule in table.get(c, ()):
                end = i + len(word)
                if words.startswith(word, i) and bounded(words, i, end):
                    found.append((i, end, rule))
        for pattern, rule in self._patterns[lang]:
            for m in pattern.finditer(words):
                if m.end() > m.start() and bounded(words, m.start(), m.end()):
                    found.append((m.start(), m.end(), rule))
        return found

    def _innocent(self, rule: AdRule, words: str, start: int, end: int) -> bool:
        for around in self._unless[rule.id]:
            at = words.find(around, max(0, end - len(around)))
            if 0 <= at <= start and end <= at + len(around):
                return True
        return False

    def _holds(self, rule: AdRule, category: str, platform: str) -> bool:
        here = not platform or "*" in rule.platform or platform in rule.platform
        if not category or "*" in rule.scope:
            return here
        kinds = {scope for scope, pattern in _SCOPES.items() if pattern.search(category.lower())}
        return here and (not kinds or bool(kinds & set(rule.scope)))


def _together(form: Form, start: int, end: int, text: str) -> bool:
    """Tell a hit that is written together, or parted at every character to dodge, from words of two clauses."""
    gaps = [text[form.at[i][1] : form.at[i + 1][0]] for i in range(start, end - 1)]
    return all(gaps) or not any(_CLAUSE_MARK.search(gap) for gap in gaps)


# Words that turn a claim into a denial, before it or behind it in the same sentence.
_DENIES = re.compile(
    r"(?:不(?:能|敢|会|可|得)?(?:说|讲|宣称|保证|承诺|代替|替代|属于|代表|等于)|不是|并非|不具有?|没有(?:什么|任何)?(?!副|对手|比|谁|人|一)|不做|不卖|"
    r"别信|谢绝|请勿|无法|问(?:一下)?(?:医生|客服)|\b(?:not|never|no|isn't|doesn't|don't|can't|cannot|won't|without)\b)[^，。；！？,;!?\n]{0,14}$",
    re.I,
)
_TAKES_BACK = re.compile(
    r"^[^，。；！？;!?\n]{0,8}(?:这种话|这样的话|这类话|那种说法|的说法|这回事|我不|不能讲|不敢讲|不说|不清楚|我们没有|我们不|不能代替)"
)


def _denied(text: str, start: int, end: int) -> bool:
    """Tell whether a claim is only named to be denied: 我不能说它能降血糖, it is not a cure."""
    if re.search(r"[不没无非零0]|\bno\b|\bnot\b|n't", text[start:end], re.I):
        return False  # the denial is the claim: 无副作用
    return bool(_DENIES.search(text[:start]) or _TAKES_BACK.match(text[end:]))


def _clause_at(text: str, at: int) -> tuple[int, int]:
    return next((c.span() for c in _CLAUSE.finditer(text) if c.start() <= at < c.end()), (0, len(text)))
