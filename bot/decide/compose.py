"""Words: the line that is posted, and the prompt the model reads."""

from bot.decide import card
from bot.domain.catalog import TEXT_FIELDS, Product
from bot.domain.events import Lang
from bot.domain.turns import Suggestion

_FIELD_NAMES: dict[str, tuple[str, str]] = {
    "shipping": ("发货", "Shipping"),
    "returns": ("退换", "Returns"),
    "material": ("材质", "Material"),
    "usage": ("使用方法", "How to use"),
    "expiry": ("保质期", "Shelf life"),
    "points": ("卖点", "Selling points"),
    "audience": ("适用人群", "For whom"),
    "origin": ("产地", "Origin"),
    "discount": ("优惠", "Discount"),
    "care": ("洗涤保养", "Care"),
    "sizing": ("尺码建议", "Sizing"),
    "warranty": ("质保", "Warranty"),
}


def label(product: Product | None, lang: Lang) -> str:
    """Return how a line names its product: "3号亚麻衬衫：" or "#3 Linen Shirt: "."""
    if product is None:
        return ""
    name = product.name.get(lang)
    if lang == "zh":
        return f"{product.number}号{name}：" if product.number else f"{name}："
    return f"#{product.number} {name}: " if product.number else f"{name}: "


def line(
    body: str, product: Product | None, lang: Lang, askers: int, suggestion: Suggestion | None, limit: int
) -> tuple[str, Suggestion | None]:
    """Build the posted line: asker count, product, words, suggestion.

    What does not fit into `limit` characters is left out in this order: suggestion, asker count, last clauses.

    Returns:
        The line and the suggestion that is really in it.
    """
    asked = "" if askers < 2 else f"【{askers}人问】" if lang == "zh" else f"({askers} asked) "
    core = label(product, lang) + body
    more = ""
    if suggestion and suggestion.text:
        more = f"；{suggestion.text}" if lang == "zh" else f". {suggestion.text[:1].upper()}{suggestion.text[1:]}"
    without = suggestion if suggestion and not suggestion.text else None
    for text, kept in ((asked + core + more, suggestion), (asked + core, without), (core, without)):
        if len(text) <= limit:
            return text, kept
    return shorten(core, limit), without


def shorten(text: str, limit: int) -> str:
    """Cut at the last clause end that fits; the words that remain say nothing new."""
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    end = max(cut.rfind(mark) for mark in ("。", "；", "，", ". ", "; ", ", "))
    if end > limit // 3:
        return cut[:end]
    space = cut.rfind(" ")
    return (cut[:space] if space > limit // 2 else cut) + "…"


_SYSTEM = {
    "zh": (
        "你是直播间助播。只根据下面的商品资料回答观众，一句话，不超过40个字，不报价格和库存。"
        "资料里没有写的，只回答：我帮您问一下主播。"
    ),
    "en": (
        "You assist the host of a live shop. Answer the viewer from the product card below only: one sentence, at most "
        "20 words, no price, no stock. If the card does not say, answer only: Let me check with the host."
    ),
}


def prefix(product: Product, lang: Lang) -> str:
    """Return the shared part of a prompt: instructions and the stable card. The same for every question on a version."""
    rows = [_SYSTEM[lang], ("商品：" if lang == "zh" else "Product: ") + product.name.get(lang)]
    for field, words in card.lines(product, lang):
        name = _FIELD_NAMES[field][0 if lang == "zh" else 1] if field in TEXT_FIELDS else field
        rows.append(f"{name}：{words}" if lang == "zh" else f"{name}: {words}")
    for asked, answered in card.questions(product, lang):
        rows.append(f"问：{asked} 答：{answered}" if lang == "zh" else f"Q: {asked} A: {answered}")
    return "\n".join(rows)


def suffix(question: str, lang: Lang) -> str:
    """Return the changing part of a prompt: the viewer's words, quoted as data."""
    words = question.replace("\n", " ")[:200]
    return f"观众问：{words}" if lang == "zh" else f"Viewer asks: {words}"
