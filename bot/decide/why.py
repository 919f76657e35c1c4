"""Why a comment ended as it did, in words: kind, product, question, facts with their version, rules hit, outcome."""

from bot.domain.catalog import Catalogue
from bot.domain.events import Lang
from bot.domain.law import LawTable
from bot.domain.turns import Fact, Turn

_KINDS = {
    "question": ("提问", "a question"), "intent": ("想买", "wants to buy"), "complaint": ("售后投诉", "a complaint"),
    "praise": ("夸赞", "praise"), "chatter": ("闲聊", "chatter"), "spam": ("广告", "an advertisement"),
    "abuse": ("辱骂", "abuse"), "command": ("对助手下指令", "an instruction to the assistant"),
}  # fmt: skip
_FATES = {
    "answered": ("已回答", "answered"), "merged": ("合并回答", "answered together with others"),
    "ignored": ("无需回答", "needs no answer"), "to_host": ("转给主播", "passed to the host"),
    "withheld": ("已拦下", "held back"), "expired": ("已过期", "expired"),
    "shed": ("过载丢弃", "dropped under overload"),
    "failed": ("发送失败", "could not be sent"), "retracted": ("已撤回", "taken back"),
}  # fmt: skip
_PATHS = {
    "fact": ("商品表里的数据", "values of the catalogue"),
    "model": ("语言模型，按商品资料核对过", "a model, held to the card"),
    "quote": ("商家原话", "the merchant's own sentence"),
    "person": ("人写的，按商品资料核对过", "a person, held to the facts"),
}  # fmt: skip
_FIELDS = {
    "price": ("价格", "price"), "original": ("原价", "list price"), "stock": ("库存", "stock"),
    "size": ("尺码", "sizes"),
    "sizes": ("尺码", "sizes"), "colour": ("颜色", "colours"), "colours": ("颜色", "colours"),
    "shipping": ("发货", "shipping"), "returns": ("退换", "returns"), "material": ("材质", "material"),
    "usage": ("用法", "how to use"), "expiry": ("保质期", "shelf life"), "points": ("卖点", "highlights"),
    "audience": ("适用人群", "who it suits"), "origin": ("产地", "origin"), "discount": ("优惠", "discount"),
    "care": ("洗护", "care"), "sizing": ("尺码建议", "fit advice"), "warranty": ("质保", "warranty"),
    "name": ("名称", "name"), "number": ("链接号", "link number"), "link": ("怎么买", "how to buy"),
}  # fmt: skip
# Reason codes; what stands behind a colon is told as it is.
REASONS = {
    "chatter": ("没有要回答的内容", "nothing in it to answer"), "small_talk": ("与商品无关", "not about the goods"),
    "no_words": ("没有文字", "no words in it"), "about_host": ("聊主播本人", "about the host in person"),
    "praise": ("夸赞", "praise"), "purchase_intent": ("表示要买，没有提问", "says they are buying, asks nothing"),
    "advertisement": ("广告引流", "advertises something else"), "markup": ("含有代码", "holds markup"),
    "injection": ("试图操纵助手", "tries to steer the assistant"), "abuse": ("辱骂", "abuse"),
    "command": ("只有主播和房管能指挥助手", "only the host and moderators may instruct the assistant"),
    "own_line": ("助手自己的发言", "our own line"), "history": ("进场前的历史弹幕", "from before we joined"),
    "sent": ("已发到直播间", "posted in the room"), "answered_before": ("刚刚回答过", "answered a moment ago"),
    "after_sale": ("售后问题，需要人来处理", "after-sale trouble: a person should reply"),
    "no_catalogue": ("还没有商品表", "no catalogue is loaded"), "nothing_fits": ("没有符合要求的商品", "nothing fits"),
    "not_listed": ("商品已下架", "not for sale now"),
    "not_in_catalogue": ("商品表没写这一项", "the catalogue is silent on it"),
    "not_on_card": ("商品资料里没有提到", "the product card does not speak of it"),
    "product_gone": ("商品已不在商品表里", "the product left the catalogue"),
    "unknown_number": ("没有这个链接号", "no product has that link number"),
    "ambiguous_name": ("可能指好几款商品", "could mean more than one product"),
    "no_product": ("不知道问的是哪一款", "unclear which product is meant"),
    "no_worker": ("没有模型在线", "no model is running"),
    "model_late": ("模型没赶上", "the model was too late"), "model_failed": ("模型出错", "the model failed"),
    "model_asks_host": ("模型建议问主播", "the model would ask the host"),
    "too_long": ("一条发不下", "too long for one line"),
    "read_only": ("平台只读", "the platform is read-only"),
    "unbound_number": ("数字没有依据", "a number without a source"),
    "fact_changed": ("资料变了，重新起草", "the facts changed"),
    "resend": ("平台没显示，再发一次", "not shown, sent again"),
    "no_slot": ("没等到发言名额", "no send slot in time"),
    "send_dropped": ("平台没有显示", "the platform did not show it"),
    "seen": ("已在直播间看到", "seen in the room"),
    "send_swallowed": ("平台收了但没有显示", "the platform took it and did not show it"),
    "send_unknown": ("平台没有回执", "no receipt from the platform"), "room_ended": ("直播结束", "the show ended"),
    "stopped": ("已停，由主播回答", "stopped: left to the host"),
    "taken_over": ("有人接管，由人回答", "taken over: left to a person"),
    "no_ruling": ("没有人审核", "nobody ruled on it in time"), "rejected": ("场控拒绝", "rejected by a moderator"),
    "shadow": ("演练模式，没有发送", "shadow: not sent"), "host_said": ("主播已口头回答", "the host has said it"),
    "overload": ("弹幕过载", "too many comments at once"), "too_many_open": ("待答问题太多", "too many open questions"),
    "retracted": ("观众撤回", "taken back by the viewer"),
    "guard": ("草稿没有通过事实核对", "the draft failed the fact check"),
    "adlaw": ("广告法规则不允许", "advertising law forbids the words"),
    "quoted": ("改用商家原话", "the merchant's sentence was used instead"),
    "model": ("小模型的判断", "judged by the small model"),
}  # fmt: skip


def why(turn: Turn, catalogue: Catalogue, rules: LawTable, lang: Lang) -> list[str]:
    """Tell how a comment was decided, a statement a line.

    Args:
        catalogue: the version in force then, for names.
        rules: the table in force then, for articles.
    """
    i = 0 if lang == "zh" else 1
    lines = [f"弹幕「{turn.text}」" if not i else f'Comment "{turn.text}"']
    product = catalogue.by_id.get(turn.product)
    heads = (
        ("类型", "Kind", _KINDS[turn.kind][i]),
        ("商品", "Product", f"#{product.number} {product.name.get(lang)}" if product else turn.product),
        ("问的是", "Asks for", ("、", ", ")[i].join(_field(s, i) for s in turn.slots)),
        ("归入", "Question", _question(turn, i)),
        ("依据", "Facts", ("；", "; ")[i].join(dict.fromkeys(_fact(f, i) for f in turn.facts))),
        ("资料版本", "Catalogue", f"v{turn.version}" if turn.version else ""),
        ("写法", "Worded by", _PATHS[turn.path][i] if turn.path else ""),
        ("规则", "Rules", ("；", "; ")[i].join(_rule(id, rules, lang) for id in turn.rules)),
        ("回复" if turn.fate in ("answered", "merged") else "草稿", "Answer", turn.answer),
        ("结果", "Outcome", f"{_FATES[turn.fate][i]}{('：', ': ')[i]}{reason(turn.reason, lang)}"),
        ("用时", "Took", _seconds(turn, i)),
    )
    return lines + [f"{zh}：{told}" if not i else f"{en}: {told}" for zh, en, told in heads if told]


def reason(code: str, lang: Lang) -> str:
    """Tell a reason code in words; one that is not known is told as it is."""
    head, _, detail = code.partition(":")
    words = REASONS.get(head, (head, head))[0 if lang == "zh" else 1]
    return words + (f" ({reason(detail, lang) if head == 'quoted' else detail})" if detail else "")


def _field(name: str, i: int) -> str:
    return _FIELDS[name][i] if name in _FIELDS else name.removeprefix("faq:")


def _fact(fact: Fact, i: int) -> str:
    value = fact.value.replace("\n", " / ")
    return f"{_field(fact.field, i)}{f' [{fact.sku}]' if fact.sku else ''} = {value}"


def _question(turn: Turn, i: int) -> str:
    if not turn.question:
        return ""
    return (f"问题 {turn.question}", f"{turn.question}")[i] + (
        (f"，同问 {turn.askers} 条", f", asked in {turn.askers} comments")[i] if turn.askers else ""
    )


def _rule(id: str, rules: LawTable, lang: Lang) -> str:
    rule = next((r for r in rules.rules if r.id == id), None)
    return f"{rule.law}: {rule.why.get(lang)} [{id}]" if rule else id


def _seconds(turn: Turn, i: int) -> str:
    total = f"{turn.ended - turn.heard:.1f} s"
    if not turn.drafted or turn.drafted < turn.heard:
        return total
    return total + (f"，其中起草 {turn.drafted - turn.heard:.1f} s", f", {turn.drafted - turn.heard:.1f} s to draft")[i]
