"""What became of a comment. Every comment ends as exactly one `Turn`; everything downstream reads Turns.

The ledger law: received = the sum over all fates.
"""

from typing import Literal, get_args

import msgspec

from bot.domain.events import Lang

Fate = Literal[
    "answered",  # it opened a question whose answer was sent, or given by the host's voice
    "merged",  # its question was asked by others too, and answered with theirs
    "ignored",  # needs no answer: chatter, praise, spam, our own line, history
    "to_host",  # neither facts nor model may answer: the host should
    "withheld",  # an answer existed, but the guard or a person held it back
    "expired",  # no send slot or no model came in time
    "shed",  # dropped under overload, counted
    "failed",  # the platform refused or lost our line
    "retracted",  # the viewer or the platform took the comment back
]
FATES: tuple[Fate, ...] = get_args(Fate)

CommentKind = Literal["question", "intent", "complaint", "praise", "chatter", "spam", "abuse", "command"]
Path = Literal["fact", "model", "quote", "person"]  # catalogue values, a model, the merchant's sentence, a moderator
PATHS: tuple[Path, ...] = get_args(Path)


class Fact(msgspec.Struct, frozen=True, omit_defaults=True):
    """A statement bound to one field of one catalogue version.

    Attributes:
        product: product id.
        field: "price", "stock", "sizes", a text field, or the merchant's own heading.
        sku: SKU id when the field belongs to one SKU, else "".
        value: the value as the catalogue prints it; compared again when the answer is sent.
    """

    product: str
    field: str
    value: str
    sku: str = ""


class Suggestion(msgspec.Struct, frozen=True, omit_defaults=True):
    """A product put beside an answer.

    Attributes:
        product: id of the suggested product.
        reason: machine-readable: "sold_out", "companion", "need", "push" (unasked).
        text: the words added to the answer, in its language; "" when the answer itself names the product.
        facts: what the words rest on.
        also: id of another product that the words name beside it, "" if none.
        why: why it is suggested, for people, in the language of the question.
        context, chance: in which it was learned of, and the chance (propensity) by which it was picked.
        among: all candidates: (product id, context, chance); empty when there was nothing to pick from.
    """

    product: str
    reason: str
    text: str
    facts: tuple[Fact, ...] = ()
    also: str = ""
    why: str = ""
    context: str = ""
    chance: float = 1.0
    among: tuple[tuple[str, str, float], ...] = ()

    @property
    def products(self) -> tuple[str, ...]:
        """Ids of the products that it names."""
        return (self.product, self.also) if self.also else (self.product,)


CorrectionFate = Literal[
    "sent",
    "moot",  # the old value came back before it could be sent
    "to_host",  # nobody may send it, or no words fit: the host should say it
    "failed",  # the platform refused or lost it
    "expired",  # the room ended
]


class Correction(msgspec.Struct, frozen=True, omit_defaults=True):
    """The end of one correction of lines that a change of the catalogue made wrong.

    Attributes:
        room: room name.
        at: when it ended, seconds since the epoch.
        product, lang: what the lines were about, and their language.
        questions: ids of the answered questions whose lines became wrong; `askers` their comments.
        wrong: what those lines rested on and does not hold any more.
        line: the words sent, or for the host to say; "" if there are none.
        facts: what the words rest on.
        fate: what became of it.
        since: when the change came into force.
        version: catalogue version in force when it ended.
        place: where the lines were sent, of a show on several platforms.
    """

    room: str
    at: float
    product: str
    lang: Lang
    questions: tuple[str, ...]
    askers: int
    wrong: tuple[Fact, ...]
    line: str
    facts: tuple[Fact, ...]
    fate: CorrectionFate
    since: float
    version: int
    place: str = ""


class Announced(msgspec.Struct, frozen=True, omit_defaults=True):
    """The end of a line that a person posted through us.

    Attributes:
        room: room name.
        at: when it ended, seconds since the epoch; `since` when it was asked for.
        order: id of the command; `by` who gave it.
        line: the words; `facts` what they rest on.
        product: what it is about, "" if nothing; `lang` its language.
        answer: id of the question it answers, "" if none.
        fate: what became of it; "moot" when its facts changed before it could be sent.
        place: where it was sent, of a show on several platforms.
    """

    room: str
    at: float
    since: float
    order: str
    by: str
    line: str
    lang: Lang
    fate: CorrectionFate
    facts: tuple[Fact, ...] = ()
    product: str = ""
    answer: str = ""
    place: str = ""


class Turn(msgspec.Struct, frozen=True, omit_defaults=True):
    """The end of one comment.

    Attributes:
        room: room name.
        seq: the comment's number in its room.
        id: the platform's id of the comment.
        viewer: pseudonym.
        text: the cleaned comment.
        lang: language of the comment.
        fate: what became of it.
        reason: why, as a stable short code such as "chatter", "sold_out_recall", "model_late".
        kind: what triage took it for.
        product: id of the product it is about, "" if none.
        slots: facts it asks for.
        question: id of the open question it belonged to, "" if none.
        askers: how many comments that question had when it ended.
        answer: the words sent (or held back), "" if none.
        path: who wrote them.
        facts: what they rest on.
        suggestion: product put beside them.
        rules: ids of the advertising rules that its words hit before they were rewritten or held back.
        version: catalogue version in force when it ended.
        heard: room clock, seconds since the epoch, when the comment was heard.
        decided: when triage and merge had decided what to do with it.
        drafted: when the words were ready; 0 if never.
        ended: when it ended.
        place: where it was heard, of a show on several platforms.
    """

    room: str
    seq: int
    id: str
    viewer: str
    text: str
    fate: Fate
    reason: str
    heard: float
    decided: float
    ended: float
    lang: Lang = "zh"
    kind: CommentKind = "chatter"
    product: str = ""
    slots: tuple[str, ...] = ()
    question: str = ""
    askers: int = 0
    answer: str = ""
    path: Path | None = None
    facts: tuple[Fact, ...] = ()
    suggestion: Suggestion | None = None
    rules: tuple[str, ...] = ()
    version: int = 0
    drafted: float = 0.0
    place: str = ""
