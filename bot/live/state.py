"""What a room knows, and the few ways in which it changes. Shared by hearing (`room.py`), writing (`writing.py`) and
speaking (`outbox.py`); every comment's end passes through `turn`.
"""

from collections import OrderedDict, deque
from typing import Literal

import msgspec

from bot.decide.adlaw import AdLaw
from bot.decide.recommend import Scene
from bot.decide.script.mend import mends
from bot.decide.shared import shared
from bot.decide.triage import Reader, Reading
from bot.domain.catalog import Catalogue, Product
from bot.domain.desk import Mode, Order, Ruling
from bot.domain.events import Heard, Lang
from bot.domain.law import LawTable
from bot.domain.learning import Suggested, Taken
from bot.domain.policy import RoomPolicy
from bot.domain.ports import Caps, Outgoing
from bot.domain.script import Mend, Script
from bot.domain.turns import Announced, Correction, Fate, Turn
from bot.domain.viewers import TRAIL, ViewerContext
from bot.domain.views import QuestionState, QuestionView
from bot.domain.work import Job
from bot.live.book import Book
from bot.live.kin import Kin
from bot.live.questions import Ended, Question
from bot.live.shelf import Learn, Shelf

HEAT = 5000  # questions about products, remembered for what to explain next
KNOWN_VIEWERS = 5000  # session contexts kept in the room; the store has the rest
NOBODY = ViewerContext()
NO_LAW = LawTable()
reader, ad_law = shared(Reader), shared(AdLaw)


class Recall(msgspec.Struct, frozen=True):
    """Fetch a viewer's session context; answer with `Recalled`."""

    viewer: str


class Remember(msgspec.Struct, frozen=True):
    """Store a viewer's session context."""

    viewer: str
    context: ViewerContext


class Cancel(msgspec.Struct, frozen=True):
    """Nobody waits for this job any more."""

    job: str


class Erase(msgspec.Struct, frozen=True):
    """Delete a line; answer with `Erased`."""

    order: Order
    place: str
    message: str


Effect = (
    Recall | Remember | Job | Cancel | Outgoing | Turn | Correction | Ruling | Announced | Erase | Suggested | Learn
)


class State:
    """A room's knowledge.

    Attributes:
        caps, linked: limits of the show's places, and those that are connected.
        boot: milliseconds since the epoch at `Begin`; part of every key that must be unique across restarts.
        staffed: workers can be asked.
        law: the advertising-law table in force; `labels` are our names of products, which claim nothing.
        mode: what may be sent; `taken` says what a person looks after: ("room", ""), ("product", id), ("viewer", id).
        angry: viewers who complained, and when; `told` products that something was said of.
        screen: what the platform says is on screen; `shown` when each product was last.
        heat: which product was asked about, and when; `clicks` on its card.
        shelf: what is suggested and learned of it.
        script: the host's; `mends` what of it is untrue now, by section and place in it.
        out: what the input at hand leads to.
    """

    def __init__(self) -> None:
        self.name, self.boot = "", 0
        self.policy = RoomPolicy()
        self.caps: dict[str, Caps] = {"": Caps()}
        self.linked: set[str] = set()
        self.staffed = False
        self.mode: Mode = "auto"
        self.taken: dict[tuple[str, str], str] = {}
        self.angry: OrderedDict[str, float] = OrderedDict()
        self.told: set[str] = set()
        self.screen = ""
        self.heat: deque[tuple[float, str]] = deque(maxlen=HEAT)
        self.clicks: deque[tuple[float, str]] = deque(maxlen=HEAT)
        self.shown: dict[str, float] = {}
        self.shelf = Shelf()
        self.book, self.kin = Book(), Kin()
        self.out: list[Effect] = []
        self._viewers: OrderedDict[str, ViewerContext] = OrderedDict()
        self._chinese = 0.0  # lines in Chinese less those in English, old ones fading
        self._early: OrderedDict[str, ViewerContext] = OrderedDict()
        self._changed: dict[str, QuestionView] = {}
        self._touched: dict[str, Question] = {}
        self.law = ad_law(NO_LAW)
        self.script: Script | None = None
        self.mends: dict[tuple[str, int], Mend] = {}
        self.stock(Catalogue())

    def stock(self, catalogue: Catalogue) -> None:
        """Put a catalogue version in force."""
        self.catalogue, self.read = catalogue, reader(catalogue)
        self.mend()
        numbered = [p for p in catalogue.products if p.number]
        self.labels = tuple(f"#{p.number}{end}" for p in numbered for end in (f" {p.name.get('en')}", ":"))

    def mend(self, script: Script | None = None) -> None:
        """Find what of the script is untrue now; a new one may be given."""
        self.script = script or self.script
        found = mends(self.script, self.catalogue, self.law) if self.script else []
        self.mends = {(m.section, m.at): m for m in found}

    @property
    def on_screen(self) -> str:
        """Id of the product on screen."""
        return self.meant(self.screen)

    def meant(self, product: str) -> str:
        """Return the id of a product that a platform names by id or by link number, "" for none of ours."""
        if product not in self.catalogue.by_id and product.isdecimal() and len(product) < 10:
            numbered = self.catalogue.by_number.get(int(product))
            return numbered.id if numbered else ""
        return product

    def show(self, now: float, product: str) -> None:
        """Another product comes on screen."""
        if before := self.on_screen:
            self.shown[before] = now
        self.screen = product

    def product(self, id: str) -> Product | None:
        """Return a product of the version in force."""
        return self.catalogue.by_id.get(id)

    def voice(self, place: str) -> str:
        """Return where those are answered who ask at a place: there, or at a sink when nobody may write there."""
        if self.caps[place].can_send:
            return place
        return next((sink for sink, caps in self.caps.items() if caps.sink and sink in self.linked), place)

    # --- viewers --------------------------------------------------------------------------------------------------

    def knows(self, viewer: str) -> bool:
        """Tell whether the viewer's context is here already."""
        return viewer in self._viewers

    def context(self, viewer: str) -> ViewerContext:
        """Return what is remembered of a viewer."""
        return self._viewers.get(viewer, NOBODY)

    def learn(self, viewer: str, context: ViewerContext) -> None:
        """Keep a context that came from the store."""
        self._viewers[viewer] = context
        self._viewers.move_to_end(viewer)
        if len(self._viewers) > KNOWN_VIEWERS:
            self._viewers.popitem(last=False)

    def remember(self, viewer: str, context: ViewerContext) -> None:
        """Keep a context that changed, here and in the store."""
        if viewer:
            self.learn(viewer, context)
            self.out.append(Remember(viewer, context))

    def turned(self, now: float, viewer: str, product: str, how: Taken) -> None:
        """A viewer turned to a product: asked about it, opened its card, or ordered it."""
        (self.clicks if how == "clicked" else self.heat).append((now, product))
        if viewer:
            self.note(viewer, "trail", product)
            self.out += self.shelf.turned(now, viewer, product, how)

    @property
    def lang(self) -> Lang:
        """What more of those who wrote lately write."""
        return "zh" if self._chinese >= 0 else "en"

    def note(self, viewer: str, field: Literal["trail", "bought", "returned"], product: str) -> None:
        """Add a product to what is known of a viewer; of one whose context is not here yet it is kept until it is."""
        if not viewer:
            return
        known = self._viewers.get(viewer) or self._early.get(viewer, NOBODY)
        before: tuple[str, ...] = getattr(known, field)
        if before[-1:] == (product,) or (field != "trail" and product in before):
            return
        more = msgspec.structs.replace(known, **{field: (*before, product)[-TRAIL:]})
        if viewer in self._viewers:
            self.remember(viewer, more)
            return
        self._early[viewer] = more
        if len(self._early) > KNOWN_VIEWERS:
            self._early.popitem(last=False)

    def meet(self, viewer: str, context: ViewerContext) -> None:
        """Keep a context that came from the store, with what happened before it came."""
        early = self._early.pop(viewer, None)
        if early is None:
            self.learn(viewer, context)
            return
        joined = {f: (*getattr(context, f), *getattr(early, f))[-TRAIL:] for f in ("trail", "bought", "returned")}
        self.remember(viewer, msgspec.structs.replace(context, **joined))

    def scene(self, now: float) -> Scene:
        """Return what is known when a product is to be picked."""
        return self.shelf.scene(now, self.on_screen, self.shown, self.policy)

    def complained(self, now: float, viewer: str) -> None:
        """Remember that a viewer is angry."""
        self.angry[viewer] = now
        while len(self.angry) > KNOWN_VIEWERS:
            self.angry.popitem(last=False)

    def in_hand(self, product: str, viewer: str = "") -> str:
        """Return why a person answers here instead of the bot, "" when none does."""
        if self.mode == "stopped":
            return "stopped"
        hands = [("room", ""), ("product", product), ("viewer", viewer)]
        return "taken_over" if self.taken and not self.taken.keys().isdisjoint(hands) else ""

    # --- questions ------------------------------------------------------------------------------------------------

    def touch(self, question: Question) -> None:
        """Onlookers should see it anew."""
        self._touched[question.shown] = question

    def move(self, question: Question, state: QuestionState, until: float) -> None:
        """Put a question into a state that it must have left by `until`."""
        question.state, question.until = state, until
        self.touch(question)

    def unexpect(self, question: Question) -> None:
        """Wait no longer for the worker; a job under way is cancelled."""
        if question.job:
            self.out.append(Cancel(question.job))
            self.book.unexpect(question)

    def close(self, now: float, question: Question, fate: Fate, reason: str) -> None:
        """End a question: one Turn for each of its comments."""
        self.unexpect(question)
        question.reason = reason
        for i, asker in enumerate(self.book.close(question, fate, now, (self.catalogue.version, self.staffed))):
            mine: Fate = "merged" if fate == "answered" and i else fate
            self.turn(now, asker.heard, asker.reading, mine, reason, of=question, decided=asker.decided)
        question.state = "answered" if fate == "merged" or fate == "ignored" else fate  # noqa: PLR1714 - narrows the type
        self._touched.pop(question.shown, None)
        self._changed[question.shown] = self._view(now, question)

    def point(self, now: float, question: Question, before: Ended) -> None:
        """End a question with an answer given a moment ago."""
        question.line = before.line
        self.close(now, question, "merged", "answered_before")

    def views(self, now: float) -> list[QuestionView]:
        """Return what changed among the questions since the last call."""
        changed = list(self._changed.values())
        changed += [self._view(now, q) for q in self._touched.values()]
        self._changed, self._touched = {}, {}
        return changed

    def _view(self, now: float, question: Question) -> QuestionView:
        view = question.view(now, self.product(question.product))
        if not question.rules:
            return view
        rules = {rule.id: rule for rule in self.law.table.rules}
        hits = [rules[id] for id in question.rules if id in rules]
        return msgspec.structs.replace(view, hits=tuple((r.id, r.law, r.why.zh, r.why.en) for r in hits))

    def turn(
        self, now: float, heard: Heard, reading: Reading | None, fate: Fate, reason: str, *, of: Question | None = None,
        decided: float = 0.0, **more: object,
    ) -> None:  # fmt: skip
        """End a comment."""
        if of is not None:
            more |= {
                "question": of.id, "product": of.product, "askers": len(of.askers), "answer": of.line or of.body,
                "path": of.path, "facts": of.facts, "suggestion": of.suggestion, "drafted": of.drafted,
                "rules": of.rules,
            }  # fmt: skip
        if reading is not None:
            more |= {"lang": reading.lang, "kind": reading.kind, "slots": reading.slots}
            self._chinese = 0.98 * self._chinese + (1 if reading.lang == "zh" else -1)
        turn = Turn(
            self.name, heard.seq, heard.id, heard.viewer, heard.text, fate, reason, heard.at, decided or now, now,
            version=self.catalogue.version, place=heard.place, **more,  # type: ignore[arg-type]
        )  # fmt: skip
        self.out.append(turn)
