"""What an onlooker sees of a room, apart from comments (`Heard`) and their ends (`Turn`)."""

from typing import Literal

import msgspec

from bot.domain.catalog import Margin, RowError
from bot.domain.desk import Mode
from bot.domain.events import Lang
from bot.domain.policy import Planned
from bot.domain.turns import Announced, Correction, CorrectionFate, Fact, Path, Suggestion

QuestionState = Literal[
    "open",  # no words yet
    "drafting",  # at the worker
    "pending",  # words wait for a person's ruling
    "ready",  # words wait for a send slot
    "sending",  # with the platform
    "answered",
    "to_host",
    "withheld",
    "expired",
    "failed",
    "retracted",
    "shed",  # ended: the fate of its askers
]
LinkState = Literal["connecting", "live", "degraded", "bad_credentials", "ended"]


class QuestionView(msgspec.Struct, frozen=True, omit_defaults=True):
    """An open (or just ended) question, published on each change.

    Attributes:
        id: stable within the room.
        text: the words of the first asker.
        product: product id, "" if none.
        number: the product's link number, 0 if none.
        slots: facts asked for.
        askers: how many comments it has.
        heat: askers in the last 30 s.
        opened: when it was opened, seconds since the epoch.
        state: where it stands; an end state is the last one published.
        answer, path, facts, suggestion: the words so far, who wrote them, and what they rest on.
        rules: ids of the advertising rules that the words hit before they were rewritten or held back.
        reason: why it stands there, a short code.
        changed: when this view was made.
        place: where it is answered, of a show on several platforms; "" while it has no words.
        until: when it must have moved on: a pending one is ruled on by then.
        doubt: why it waits for a person: "assist", or one of `domain.desk.DOUBTS`.
        claimed: name of who has claimed it.
        viewer: pseudonym of the first asker.
        first: the words before the law had them rewritten, "" when they were not.
        was: the facts that earlier words rested on and that have changed since.
        hits: the law behind `rules`, for people: (rule id, article, what is wrong in Chinese, and in English).
    """

    id: str
    text: str
    lang: Lang
    state: QuestionState
    askers: int
    heat: int
    opened: float
    changed: float
    product: str = ""
    number: int = 0
    slots: tuple[str, ...] = ()
    answer: str = ""
    path: Path | None = None
    facts: tuple[Fact, ...] = ()
    suggestion: Suggestion | None = None
    reason: str = ""
    rules: tuple[str, ...] = ()
    place: str = ""
    until: float = 0.0
    doubt: str = ""
    claimed: str = ""
    viewer: str = ""
    first: str = ""
    was: tuple[Fact, ...] = ()
    hits: tuple[tuple[str, str, str, str], ...] = ()


_CORRECTED: dict[CorrectionFate, QuestionState] = {"sent": "answered", "to_host": "to_host", "failed": "failed"}


def corrected(item: Correction) -> QuestionView:
    """Return how an onlooker sees a correction: an answer of its own."""
    return QuestionView(
        f"fix-{item.since:.3f}-{item.product}-{item.lang}{item.place}",
        "更新刚才的回答" if item.lang == "zh" else "Putting an earlier answer right",
        item.lang, _CORRECTED.get(item.fate, "expired"), item.askers, 0, item.since, item.at, item.product,
        answer=item.line, path="fact", facts=item.facts, reason="correction", place=item.place,
    )  # fmt: skip


def announced(item: Announced) -> QuestionView:
    """Return how an onlooker sees a person's own line."""
    return QuestionView(
        f"say-{item.by}-{item.order}{item.place}", f"{item.by}：" if item.lang == "zh" else f"{item.by}:", item.lang,
        _CORRECTED.get(item.fate, "expired"), 0, 0, item.since, item.at, item.product, answer=item.line,
        path="person", facts=item.facts, reason="own_line_by_desk", place=item.place,
    )  # fmt: skip


class Cue(msgspec.Struct, frozen=True, omit_defaults=True):
    """Something for the host to say: a question that people wait for.

    Attributes:
        id: of the question; `Said` takes it.
        line: the whole cue in 20 to 30 characters (English: twice as many), such as "32人问 孕妇能用吗 → 你来答".
        text, people, product: the question, how many ask, and what it is about.
        answer: the words from facts, "" when only the host knows.
        since: when it was asked first, seconds since the epoch.
        reason: why it is the host's, "" while its answer is still under way.
    """

    id: str
    line: str
    text: str
    lang: Lang
    people: int
    since: float
    product: str = ""
    answer: str = ""
    reason: str = ""


class Next(msgspec.Struct, frozen=True, omit_defaults=True):
    """A product worth explaining next, with the evidence.

    Attributes:
        askers: comments that asked about it in the last two minutes; `clicks` on its card.
        margin: its class, where the merchant gave one.
        stock: pieces left, None when unknown.
        shown: when it was on screen last, seconds since the epoch; 0.0 for never in this show.
    """

    product: str
    askers: int
    stock: int | None = None
    shown: float = 0.0
    clicks: int = 0
    margin: Margin = ""


class Spoken(msgspec.Struct, frozen=True, omit_defaults=True):
    """A line of the script, with numbers as they are read.

    Attributes:
        part: which part of the script it belongs to; see `domain.script.Part`.
        stale: a fact under it has changed; `instead` is what is true now, "" for nothing.
    """

    part: str
    text: str
    stale: bool = False
    instead: str = ""


class Cues(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the host sees, published when it changes and about once a second.

    Attributes:
        answer: questions, those first that most people wait for.
        explain: products, the most wanted first.
        schedule: what the merchant has scheduled.
        script: what the script says of the product on screen, or at the opening.
    """

    room: str
    at: float
    on_screen: str = ""
    answer: tuple[Cue, ...] = ()
    explain: tuple[Next, ...] = ()
    schedule: tuple[Planned, ...] = ()
    script: tuple[Spoken, ...] = ()


class ProductView(msgspec.Struct, frozen=True, omit_defaults=True):
    """A product as the page lists it. `price` and `stock` are as the catalogue prints them, "" when unknown."""

    id: str
    number: int
    zh: str
    en: str
    price: str = ""
    original: str = ""
    stock: str = ""


class PlaceView(msgspec.Struct, frozen=True, omit_defaults=True):
    """One connection of a room. `name` is "" where a room has only one."""

    name: str
    link: LinkState
    why: str = ""
    can_send: bool = True
    can_delete: bool = False
    waiting: int = 0
    duplicates: int = 0
    malformed: int = 0


class RoomStatus(msgspec.Struct, frozen=True, omit_defaults=True):
    """A room's figures, published about once a second.

    Attributes:
        room: name.
        at: seconds since the epoch.
        link: state of the platform connection, of several the best; `link_why` explains it.
        places: the connections one by one.
        on_screen: id of the product the host explains now.
        version: catalogue version; `products` its products; `row_errors` what is wrong in the file.
        received: comments heard; `fates` what became of them; `open` those not ended yet.
        events: other events by kind; `duplicates`, `malformed`: dropped at the door, counted.
        rate: comments per second, mean of the last 5 s.
        waiting: events in the intake queue.
        latency: seconds, by path ("fact", "model"): (p50, p95) from frame to draft; absent without data.
        askers_asked, askers_covered: comments that were questions and have ended; those of them answered or merged.
        workers: living workers; 0 means facts-only answers.
        store_up: False when the session store cannot be reached: answers without memory.
        notes: short codes of what is degraded now: "no_store", "no_worker", "no_catalogue", "link_down".
        mode: what may be sent.
        taken: what a person looks after: ("room" | "product" | "viewer", id, name of the person).
        suggested: by product, how often it was suggested in this show, and how often that was taken up.
    """

    room: str
    at: float
    link: LinkState = "connecting"
    link_why: str = ""
    places: tuple[PlaceView, ...] = ()
    on_screen: str = ""
    version: int = 0
    products: tuple[ProductView, ...] = ()
    row_errors: tuple[RowError, ...] = ()
    received: int = 0
    fates: dict[str, int] = {}
    open: int = 0
    events: dict[str, int] = {}
    duplicates: int = 0
    malformed: int = 0
    rate: float = 0.0
    waiting: int = 0
    latency: dict[str, tuple[float, float]] = {}
    askers_asked: int = 0
    askers_covered: int = 0
    workers: int = 0
    store_up: bool = True
    notes: tuple[str, ...] = ()
    mode: Mode = "auto"
    taken: tuple[tuple[str, str, str], ...] = ()
    suggested: dict[str, tuple[int, int]] = {}
