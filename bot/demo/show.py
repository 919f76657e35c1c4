"""The demo's show: a made-up selling room, second by second, for a room server to replay.

Pure: the same catalogue, length, seed and rate give the same list of cues. Start reading at `make_show`.
"""

import heapq
import math
import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial

import msgspec

from bot.demo.crowd import Crowd
from bot.demo.host import host_line, restock_line
from bot.demo.lines_en import LINES as EN
from bot.demo.lines_zh import LINES as ZH
from bot.demo.plan import Moment, arrivals, plan
from bot.demo.repeats import Repeats, Said
from bot.demo.shop import CatalogueEdit, Shop
from bot.demo.talk import Mood, Scene, Talk
from bot.demo.wares import Ware, wares_of
from bot.domain.catalog import Catalogue, Sku
from bot.domain.errors import CatalogueError, SettingsError
from bot.domain.events import Event, Lang, User

__all__ = ["CatalogueEdit", "Cue", "make_show"]

_HOST = User(id="host", name="主播", roles=("host",))
_STATS_EVERY = 5.0
_STOCK_EVERY = 4.0
_TRIES = 12
# How long an event colours the chat, seconds.
_MOODS: dict[str, tuple[Mood, float]] = {
    "appear": ("appear", 5.0),
    "drop": ("drop", 6.0),
    "sold_out": ("sold_out", 8.0),
    "call": ("call", 2.5),
}
_LIFTS: dict[Mood, float] = {"calm": -0.03, "appear": 0.05, "drop": 0.1, "sold_out": 0.08, "call": 0.15}
_GIFTS = (10, 10, 10, 50, 100, 100, 520, 990, 6600)  # minor units


class Cue(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing that happens in the show.

    Attributes:
        at: seconds from the start of the show.
        event: what the platform would send; `at` is 0 for the server to stamp, ids are unique ("c000123").
            A platform delivers some comments twice: such a cue repeats the event, with the same id.
        edit: one cell of the merchant's catalogue that changes now.
        say: what the host says, for the log, Chinese and English.
        label: ground truth of a comment: "fact:price", "fact:stock,colour" (slots in the order asked; price,
            original, discount, stock, size, colour, shipping, returns, material, usage, expiry, care, origin,
            warranty), "open" (the card answers it), "unanswerable" (it does not), "need" (asks for a
            recommendation), "intent", "complaint", "praise", "chatter", "spam", "abuse", "injection".
        about: ground truth: id of the product the comment is about, "" if none.
    """

    at: float
    event: Event | None = None
    edit: CatalogueEdit | None = None
    say: str = ""
    label: str = ""
    about: str = ""


def make_show(catalogue: Catalogue, *, seconds: float, seed: int = 7, rate: float = 13.0) -> list[Cue]:
    """Make up a show.

    Args:
        catalogue: the goods; only listed products are shown.
        seconds: length of the show; from about 60 s on there is a price cut, a later rise and a sell-out in it
            at the pace of a real room (shorter shows have them too, crowded).
        seed: other seeds give other shows.
        rate: mean comments per second; bursts reach about 3.7 times that.

    Returns:
        Cues sorted by `at`, all within 0 to `seconds`.

    Raises:
        SettingsError: `seconds` or `rate` is not a positive number.
        CatalogueError: nothing is for sale.
    """
    for field, value in (("seconds", seconds), ("rate", rate)):
        if not (math.isfinite(value) and value > 0):
            raise SettingsError(f"{field} must be a positive number, not {value!r}. Fix: give one, such as 60.")
    wares = wares_of(catalogue)
    if not wares:
        raise CatalogueError("The show has nothing to sell. Fix: list at least one product in the catalogue.")
    return _Director(catalogue, wares, seconds, rate, random.Random(seed)).run()


class _Director:
    """Walks through the show in time order; what a comment sets off is put on the agenda."""

    def __init__(
        self, catalogue: Catalogue, wares: dict[str, Ware], seconds: float, rate: float, rng: random.Random
    ) -> None:
        self._wares = wares
        self._seconds = seconds
        self._rng = rng
        self._shop = Shop(catalogue, rng)
        # Few hundred viewers in a minute, a few thousand in an hour: people come and go.
        self._crowd = Crowd(rng, tail=0.30 * min(1.0, math.sqrt(60 / seconds)))
        self._talk = Talk(wares, rng, self._name)
        self._repeats = Repeats(rng)
        self._cues: list[Cue] = []
        self._agenda: list[tuple[float, int, Callable[[float], None]]] = []
        self._planned = 0
        self._ids = 0
        self._scene = Scene(next(iter(wares.values())))
        self._mood_until = 0.0
        self._leaving: dict[str, Sku] = {}
        self._likes = 0
        self._viewers = rng.uniform(260, 420)
        self._currency = _currency(wares.values())
        self._set_up(rate)

    def run(self) -> list[Cue]:
        """Play the agenda and return the cues."""
        while self._agenda:
            at, _, act = heapq.heappop(self._agenda)
            act(at)
        return self._cues

    def _set_up(self, rate: float) -> None:
        moments = plan(list(self._wares.values()), self._seconds, self._rng)
        for moment in moments:
            self._at(moment.at, partial(self._moment, moment))
        times = arrivals(moments, self._seconds, rate, self._rng)
        late = len(times) // 10  # early comments have nothing to take back, late ones no time to
        odd = range(late, max(late, len(times) - late))
        again = set(self._rng.sample(odd, min(len(odd), max(2, len(times) // 250))))
        back = set(self._rng.sample(odd, min(len(odd), max(2, len(times) // 260))))
        for i, at in enumerate(times):
            self._at(at, partial(self._comment, i in again, i in back))
        for mean_gap, act in (
            (8.0 / rate, self._join),
            (10.0 / rate, self._like),
            (100.0 / rate, self._follow),
            (90.0 / rate, self._gift),
        ):
            for at in self._scatter(mean_gap):
                self._at(at, act)
        for tick, act in ((_STATS_EVERY, self._stats), (_STOCK_EVERY, self._stock)):
            for i in range(1, int(self._seconds / tick) + 1):
                self._at(i * tick, act)

    def _scatter(self, gap: float) -> Iterator[float]:
        at = self._rng.uniform(0, gap)
        while at <= self._seconds:
            yield at
            at += gap * self._rng.uniform(0.4, 1.6)

    def _at(self, at: float, act: Callable[[float], None]) -> None:
        if at <= self._seconds:
            self._planned += 1
            heapq.heappush(self._agenda, (at, self._planned, act))

    def _emit(self, at: float, cue: Cue) -> None:
        self._cues.append(msgspec.structs.replace(cue, at=round(at, 3)))

    def _id(self) -> str:
        self._ids += 1
        return f"c{self._ids:06d}"

    def _name(self, lang: Lang) -> str:
        return self._crowd.regular(lang).name

    # Comments

    def _comment(self, again: bool, back: bool, at: float) -> None:
        if at >= self._mood_until and self._scene.mood != "calm":
            self._scene = Scene(self._scene.ware)
        said = self._next_line(at)
        self._repeats.note(said, at)
        user = self._crowd.writer(said.lang)
        event = Event("comment", id=self._id(), user=user, text=said.text)
        cue = Cue(at, event=event, label=said.label, about=said.about)
        self._emit(at, cue)
        if again:
            self._at(at + self._rng.uniform(0.3, 2.5), lambda t: self._emit(t, cue))
        if back:
            taken = Event("retract", id="", user=user, target=event.id)
            self._at(at + self._rng.uniform(1.5, 5), lambda t: self._send(t, taken))
        eager = 0.6 if self._scene.mood == "drop" else 0.35
        if said.label == "intent" and said.about and self._rng.random() < eager:
            self._at(at + self._rng.uniform(1, 6), lambda t: self._order(t, user, said))

    def _next_line(self, at: float) -> Said:
        scene = self._scene
        if self._repeats.wanted(_LIFTS[scene.mood]) and (old := self._repeats.pick(scene.ware.product.id)):
            return old
        said = self._talk.line(scene)
        for attempt in range(_TRIES):
            if not self._repeats.seen(said.text, at):
                break
            said = self._talk.line(scene) if attempt == 3 else self._talk.vary(said)
        return said

    # The host and the shop

    def _moment(self, moment: Moment, at: float) -> None:
        product = self._wares[moment.product].product
        edits: Sequence[CatalogueEdit] = ()
        sku: Sku | None = None
        if moment.kind == "appear":
            self._appear(at, moment)
            return
        if moment.kind == "drop":
            edits = self._shop.cut(product, self._rng.choice((0.12, 0.15, 0.2, 0.25)))
        elif moment.kind == "rise":
            edits = self._shop.uncut(product)
        elif moment.kind in ("low", "sold_out"):
            sku = self._leaving.get(product.id) or self._shop.reserve(product)
            if sku is not None:
                self._leaving[product.id] = sku
                edits = self._shop.shrink(product, sku, moment.share)
        if moment.kind in ("drop", "rise", "low", "sold_out") and not edits:
            return  # the catalogue has no price or stock to change here
        if moment.kind == "sold_out":
            self._leaving.pop(product.id, None)
        quiet = moment.kind == "low" and moment.share < 0.6  # the host mentions it once, near the end
        self._announce(at, "" if quiet else host_line(moment.kind, product, sku, self._rng), edits)
        if moment.kind in _MOODS:
            self._feel(at, moment, sku)

    def _appear(self, at: float, moment: Moment) -> None:
        product = self._wares[moment.product].product
        line = host_line("appear", product, None, self._rng)
        self._emit(at, Cue(at, Event("room", id=self._id(), user=_HOST, text=line, product=product.id), say=line))
        if edits := self._shop.restock(product, self._rng.randrange(15, 40)):
            self._announce(at, restock_line(product), edits)
        self._feel(at, moment, None)

    def _announce(self, at: float, line: str, edits: Sequence[CatalogueEdit]) -> None:
        if line or edits:
            self._emit(at, Cue(at, edit=edits[0] if edits else None, say=line))
        for edit in edits[1:]:
            self._emit(at, Cue(at, edit=edit))

    def _feel(self, at: float, moment: Moment, sku: Sku | None) -> None:
        mood, length = _MOODS[moment.kind]
        self._scene = Scene(self._wares[moment.product], mood, sku)
        self._mood_until = at + length

    def _order(self, at: float, user: User, said: Said) -> None:
        product = self._wares[said.about].product
        if (sold := self._shop.sell(product)) is None:
            return
        sku, minor = sold
        title = product.name.get(said.lang)
        currency = sku.price.currency if sku.price else ""
        self._send(at, Event("order", "", 0.0, user, title, 1, minor, currency, product.id))

    def _stock(self, at: float) -> None:
        for edit in self._shop.flush():
            self._emit(at, Cue(at, edit=edit))

    # The rest of the room

    def _send(self, at: float, event: Event) -> None:
        self._emit(at, Cue(at, msgspec.structs.replace(event, id=self._id())))

    def _join(self, at: float) -> None:
        self._send(at, Event("join", user=self._crowd.joiner()))

    def _like(self, at: float) -> None:
        count = self._rng.randrange(1, 40) * (1 if self._scene.mood == "calm" else 3)
        self._likes += count
        self._send(at, Event("like", user=self._crowd.anyone(), count=count))

    def _follow(self, at: float) -> None:
        self._send(at, Event("follow", user=self._crowd.anyone()))

    def _gift(self, at: float) -> None:
        lines = ZH if self._rng.random() < 0.82 else EN
        count = self._rng.choice((1, 1, 1, 1, 3, 5, 10))
        gift = Event(
            "gift",
            user=self._crowd.regular("zh" if lines is ZH else "en"),
            text=self._rng.choice(lines.slots["gift"]),
            count=count,
            amount_minor=self._rng.choice(_GIFTS) * count,
            currency=self._currency,
        )
        self._send(at, gift)

    def _stats(self, at: float) -> None:
        lift = 1.0 if self._scene.mood == "calm" else 1.06
        self._viewers = min(2000.0, max(150.0, self._viewers * lift * self._rng.uniform(0.96, 1.045)))
        self._send(at, Event("stats", stats={"viewers": float(int(self._viewers)), "likes_total": float(self._likes)}))


def _currency(wares: Iterable[Ware]) -> str:
    """The currency most of the goods are priced in; CNY without any price."""
    found = Counter(m.currency for w in wares for m in w.product.prices)
    return found.most_common(1)[0][0] if found else "CNY"
