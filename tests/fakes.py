"""Doubles and small goods that tests share."""

from collections import Counter, deque
from collections.abc import Collection, Sequence

from bot.domain.catalog import Catalogue, Faq, Money, Product, Sku, Text
from bot.domain.events import Heard
from bot.domain.inputs import Begin, Drafted, Entry, Input, Linked, Posted, Recalled, Staffed, Stocked
from bot.domain.policy import RoomPolicy
from bot.domain.ports import Caps, Outgoing, Receipt
from bot.domain.turns import Correction, Turn
from bot.domain.viewers import ViewerContext
from bot.domain.work import Ended, Job, Prompt, Written
from bot.live.room import Recall, Remember, Room


def goods(price: int = 12900, left: int = 3, version: int = 1) -> Catalogue:
    """Two products: a shirt with sizes (L sold out, `left` pieces of M at `price`), and a tote bag."""
    shirt = Product(
        "shirt", 1, Text("亚麻衬衫", "Linen Shirt"), ("衬衫", "shirt"), "女装/衬衫", Money(19900),
        (
            Sku("m", "M", Text("白色", "white"), Money(price), left),
            Sku("l", "L", Text("白色", "white"), Money(price), 0),
            Sku("xl", "XL", Text("黑色", "black"), Money(price), 33),
        ),
        {
            "shipping": Text("48小时内发货，满99元包邮", "Ships within 48 hours, free over ¥99"),
            "points": Text("透气不闷热，版型宽松，微胖也能穿", "Breathable and loose, flattering on curvy figures"),
            "care": Text("不可机洗，建议手洗", "Do not machine wash, hand wash only"),
            "重量": Text("200g", "200g"),
        },
        (Faq("会缩水吗", "首次水洗缩水率约2%"), Faq("does it shrink", "About 2% in the first wash")),
        ("tote",),
    )  # fmt: skip
    tote = Product(
        "tote", 2, Text("帆布包", "Canvas Tote"), ("包", "bag"), "包", None, (Sku("one", price=Money(8900), stock=9),),
        {"points": Text("能装下13寸电脑", "Fits a 13-inch laptop")},
    )  # fmt: skip
    return Catalogue(version, (shirt, tote))


def heard(seq: int, text: str = "", *, at: float = 0.0, viewer: str = "", **more: object) -> Heard:
    """A comment as the room hears it; each one from another viewer unless said."""
    fields: dict[str, object] = {"kind": "comment", "id": f"c{seq}", "viewer": viewer or f"v{seq}"} | more
    return Heard(seq, at, text=text, **fields)  # type: ignore[arg-type]


class Hall:
    """A room with everything around it answering at once, in virtual time. `play` feeds inputs and keeps the record."""

    def __init__(
        self, policy: RoomPolicy | None = None, caps: Caps | None = None, catalogue: Catalogue | None = None
    ) -> None:
        self.now = 1000.0
        self.room = Room()
        self.entries: list[Entry] = []
        self.turns: list[Turn] = []
        self.corrections: list[Correction] = []
        self.posted: list[tuple[float, Outgoing]] = []
        self.jobs: deque[Job] = deque()
        self.stored: dict[str, ViewerContext] = {}
        self.answer_sends = True
        self.feed(Begin("hall", policy or RoomPolicy(), caps or Caps()))
        self.feed(Stocked(goods() if catalogue is None else catalogue))
        self.feed(Linked(True, caps or Caps()))
        self.feed(Staffed(True))

    def feed(self, item: Input, after: float = 0.0) -> list[object]:
        """Feed one input `after` seconds from now and carry out what the room says."""
        self.now += after
        self.entries.append(Entry(self.now, item))
        effects = self.room.handle(self.now, item)
        for effect in effects:
            match effect:
                case Turn():
                    self.turns.append(effect)
                case Correction():
                    self.corrections.append(effect)
                case Recall():
                    self.feed(Recalled({effect.viewer: self.stored.get(effect.viewer, ViewerContext())}))
                case Remember():
                    self.stored[effect.viewer] = effect.context
                case Job():
                    self.jobs.append(effect)
                case Outgoing():
                    self.posted.append((self.now, effect))
                    if self.answer_sends:
                        self.feed(Posted(Receipt(effect.key, "accepted")))
        return list(effects)

    def write(self, text: str, error: str = "") -> None:
        """Answer the oldest job."""
        job = self.jobs.popleft()
        self.feed(Drafted(Written(job.id, text, error)))

    def fates(self) -> Counter[str]:
        """What became of the comments so far."""
        return Counter(t.fate for t in self.turns)


class EchoWriter:
    """A writer that repeats the question: for the queue, not for words."""

    name, slots, held = "echo", 8, 0

    def step(self, admit: Sequence[tuple[str, Prompt]], drop: Collection[str] = ()) -> list[Ended]:
        """Answer each prompt with its own suffix, at once."""
        return [Ended(id, prompt.suffix) for id, prompt in admit]
