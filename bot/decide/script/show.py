"""A script for people: Markdown, and the lines of a teleprompter."""

from bot.decide.script.spoken import aloud, length
from bot.domain.catalog import Catalogue
from bot.domain.events import Lang
from bot.domain.script import Part, Script, Section, Sentence

PART_NAMES: dict[Part, tuple[str, str]] = {
    "welcome": ("开场", "Welcome"), "transition": ("过渡", "Handover"), "hook": ("引入", "Hook"),
    "need": ("需求", "Need"),
    "points": ("卖点", "Points"), "demo": ("演示", "Demonstration"), "offer": ("价格与权益", "Offer"),
    "objections": ("答疑", "Objections"),
    "interact": ("互动", "Interaction"), "action": ("下单", "Call to action"), "close": ("收尾", "Close"),
}  # fmt: skip
_WORDS: dict[str, tuple[str, str]] = {
    "rests": ("依据", "rests on"), "planned": ("计划", "planned"), "spoken": ("口播", "spoken"),
    "left": ("没有采用", "Left out"), "why": ("理由", "why"),
    "model": ("模型", "model"), "facts": ("资料", "fields"), "person": ("人工", "by hand"),
    "phrases": ("话术", "phrases"), "run": ("流程", "Run of show"),
    "product": ("商品", "Product"), "minutes": ("时间", "Time"), "begin": ("开始", "From"),
}  # fmt: skip


def word(key: str, lang: Lang) -> str:
    """Return one of the words that documents are made of."""
    return _WORDS[key][0 if lang == "zh" else 1]


def part_name(part: Part, lang: Lang) -> str:
    """Return what a part is called."""
    return PART_NAMES[part][0 if lang == "zh" else 1]


def clock(seconds: float) -> str:
    """Print 95 as 1:35, 3700 as 1:01:40."""
    whole = round(seconds)
    h, m, s = whole // 3600, whole % 3600 // 60, whole % 60
    return f"{h}:{m:02d}:{s:02d}" if h else f"{m}:{s:02d}"


FIELDS_ZH = {
    "price": "价格", "original": "原价", "points": "卖点", "material": "材质", "audience": "适用人群",
    "usage": "使用方法",
    "care": "洗涤保养", "shipping": "发货", "returns": "退换", "discount": "优惠", "sizing": "尺码建议",
    "expiry": "保质期",
    "origin": "产地", "warranty": "质保", "sizes": "规格", "colours": "颜色", "number": "链接号", "name": "商品名",
    "faq": "常见问题",
}  # fmt: skip


def fields_of(sentence: Sentence, lang: Lang) -> tuple[str, ...]:
    """Name the fields that a sentence rests on, each once, as people call them."""
    names = dict.fromkeys(f.field.partition(":")[0] if f.field.startswith("faq:") else f.field for f in sentence.facts)
    return tuple(FIELDS_ZH.get(name, name) if lang == "zh" else name for name in names)


def title(section: Section, catalogue: Catalogue, lang: Lang) -> str:
    """Head a section: what it is, and of which product."""
    product = catalogue.by_id.get(section.product)
    about = f" · {product.number or '–'} {product.name.get(lang)}" if product else ""
    return f"{part_name(section.part, lang)}{about}"


_GLANCE: dict[Lang, int] = {"zh": 30, "en": 60}  # characters


def cue(section: Section, lang: Lang) -> str:
    """Return a section at a glance: the first that it states, else the first that it says."""
    said = next((s for s in section.sentences if s.by != "phrases"), next(iter(section.sentences), None))
    line = aloud(said.text, lang).rstrip("。.") if said else ""
    return line if len(line) <= _GLANCE[lang] else line[: _GLANCE[lang] - 1].rstrip() + "…"


def markdown(script: Script, catalogue: Catalogue, *, read_aloud: bool = False) -> str:
    """Print a script: the run of show as a table, then every sentence with the fields it rests on."""
    lang, tone = script.brief.lang, script.brief.tone
    total = sum(length(s, lang, tone) for s in script.sections)
    lines = [
        f"# {script.name}",
        "",
        f"{word('planned', lang)} {clock(script.brief.seconds)} · {word('spoken', lang)} {clock(total)}",
        "",
    ]
    lines += [
        f"## {word('run', lang)}",
        "",
        f"| {word('begin', lang)} | {word('minutes', lang)} | {word('product', lang)} | {word('why', lang)} |",
        "|---|---|---|---|",
    ]
    at, block, began = 0.0, ("", -1), 0.0
    rows: list[tuple[float, float, str, str]] = []
    for section in script.sections:
        here = (section.product or section.part, 0)
        takes = length(section, lang, tone)
        if here != block:
            product = catalogue.by_id.get(section.product)
            name = f"{product.number or '–'} {product.name.get(lang)}" if product else part_name(section.part, lang)
            rows.append((at, 0.0, name, ""))
            block, began = here, at
        start, _, name, why = rows[-1]
        rows[-1] = (start, at + takes - began, name, why or section.why)
        at += takes
    lines += [f"| {clock(a)} | {clock(b)} | {name} | {why} |" for a, b, name, why in rows]
    for section in script.sections:
        lines += ["", f"### {title(section, catalogue, lang)} ({clock(length(section, lang, tone))})", ""]
        for sentence in section.sentences:
            text = aloud(sentence.text, lang) if read_aloud else sentence.text
            if sentence.pause:
                text += f" {clock(sentence.pause)}"
            on = f" <sub>{word('rests', lang)}: {', '.join(fields_of(sentence, lang))}</sub>" if sentence.facts else ""
            lines.append(f"- {text}{on}")
    if script.left:
        lines += ["", f"## {word('left', lang)}", ""]
        lines += [f"- {item.text} — {item.why.replace('|', ' · ')}" for item in script.left]
    return "\n".join(lines) + "\n"


def teleprompter(script: Script, catalogue: Catalogue) -> str:
    """Print what the host reads: numbers as they are said, one sentence a line, a head with a cue for each section."""
    lang = script.brief.lang
    lines = []
    for section in script.sections:
        lines += ["", f"[{title(section, catalogue, lang)}] {cue(section, lang)}"]
        lines += [aloud(s.text, lang) for s in section.sentences]
    return "\n".join(lines).strip() + "\n"
