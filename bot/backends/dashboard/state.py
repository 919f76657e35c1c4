"""What the page remembers of one room: bounded, and written as JSON the moment it changes.

Each item is encoded when it arrives. A frame is then only joined from ready pieces, so that one odd item
is refused at the door and can never spoil a frame for everybody.

    rings   comments: the last `QUIET` that needed nothing, the last `LOUD` that did (or may yet)
            questions: those not ended, and the last `ENDED` ended ones
    frame   what changed since the last one, at most `PER_FRAME` comments, questions before chatter
"""

import time
from collections import OrderedDict, deque
from collections.abc import Callable

import msgspec

from bot.backends.dashboard.lines import Kept, encode, of_heard, of_turn
from bot.domain.desk import Ruling
from bot.domain.events import Heard
from bot.domain.turns import Announced, Correction, Turn
from bot.domain.views import Cues, ProductView, QuestionView, RoomStatus, announced, corrected

Item = Heard | Turn | QuestionView | Correction | Announced | Ruling | Cues | RoomStatus

LOUD = QUIET = 150
OPEN = 500
ENDED = 60
POINTS = 300
PER_FRAME = 40
PRODUCTS = 300
ROW_ERRORS = 60

RULINGS = 60

_ACTIVE = ("open", "drafting", "pending", "ready", "sending")
_CALM = ("ignored", "shed")


class Room:
    """The bounded state of one room.

    Attributes:
        name: room name.
        watched: True while a browser looks at it; only then are changes collected.
        restarted: True when the room began anew: everybody needs a snapshot.
        link: the last known `RoomStatus.link`.
    """

    def __init__(self, name: str, clock: Callable[[], float] = time.time) -> None:
        self.name = name
        self.watched = False
        self.restarted = False
        self.link = ""
        self._clock = clock
        self._clear()

    def _clear(self) -> None:
        self._ahead = 0.0  # room clock minus ours
        self._rings: dict[bool, OrderedDict[int, Kept]] = {False: OrderedDict(), True: OrderedDict()}
        self._active: OrderedDict[str, bytes] = OrderedDict()
        self._ended: OrderedDict[str, bytes] = OrderedDict()
        self._views: dict[str, tuple[int, QuestionView]] = {}
        self._version = 0
        self._status = b"null"
        self._goods = b"null"
        self._goods_from: tuple[object, ...] = ()
        self._points: deque[tuple[int, bytes]] = deque(maxlen=POINTS)
        self._new_lines: dict[int, None] = {}
        self._new_questions: dict[str, None] = {}
        self._rulings: deque[bytes] = deque(maxlen=RULINGS)
        self._new_rulings: list[bytes] = []
        self._cues, self._cues_from = b"null", Cues("", 0.0)
        self._new_status = self._new_goods = self._new_cues = False
        self._new_points: dict[int, bytes] = {}
        self._skipped = 0

    @property
    def changed(self) -> bool:
        """Whether there is anything new for those who watch."""
        return bool(
            self._new_lines or self._new_questions or self._new_status or self._skipped or self._new_cues
            or self._new_rulings
        )  # fmt: skip

    def take(self, item: Item) -> None:
        """Remember one item. Raises TypeError, ValueError and the like for one that cannot be shown."""
        if isinstance(item, Heard):
            self._hear(item)
        elif isinstance(item, Turn):
            self._end(item)
        elif isinstance(item, QuestionView):
            self._ask(item.id, self._version, item)
        elif isinstance(item, Correction):
            view = corrected(item)
            self._ask(view.id, item.version, view)
        elif isinstance(item, Announced):
            view = announced(item)
            self._ask(view.id, self._version, view)
        elif isinstance(item, Ruling):
            self._rule(item)
        elif isinstance(item, Cues):
            self._cue(item)
        else:
            self._report(item)

    def _hear(self, heard: Heard) -> None:
        ahead = heard.at - self._clock()
        line = of_heard(heard)
        kept = Kept(line, encode(line), calm=heard.own or heard.backfill)
        if heard.seq == 1 and (self._rings[False] or self._rings[True]):
            self._clear()
            self.restarted = True
        self._keep(kept)
        self._ahead = ahead

    def _end(self, turn: Turn) -> None:
        held = self._rings[False].get(turn.seq) or self._rings[True].get(turn.seq)
        calm = turn.fate in _CALM
        if held is None and calm:
            return  # it has left the page, and nobody misses it
        line = of_turn(turn, held.line if held else None)
        self._keep(Kept(line, encode(line), calm, held is not None and held.shown))
        known = self._views.get(turn.question)
        if known and turn.version and known[0] != turn.version:
            self._ask(turn.question, turn.version, known[1])

    def _keep(self, kept: Kept) -> None:
        seq, ring = kept.line.seq, self._rings[kept.calm]
        if not isinstance(seq, int):
            raise TypeError("a comment's seq orders the page: it must be an integer")
        self._rings[not kept.calm].pop(seq, None)
        ring[seq] = kept
        if self.watched:
            self._new_lines[seq] = None
        if len(ring) > (QUIET if kept.calm else LOUD):
            gone, old = ring.popitem(last=False)
            if gone in self._new_lines:
                del self._new_lines[gone]
                self._skipped += not old.shown

    def _ask(self, key: str, version: int, view: QuestionView) -> None:
        json = encode((version, view))
        active = view.state in _ACTIVE
        ring, other = (self._active, self._ended) if active else (self._ended, self._active)
        other.pop(key, None)
        ring[key] = json
        self._views[key] = (version, view)
        if self.watched:
            self._new_questions[key] = None
        if len(ring) > (OPEN if active else ENDED):
            gone, _ = ring.popitem(last=False)
            self._views.pop(gone, None)
            self._new_questions.pop(gone, None)

    def _rule(self, ruling: Ruling) -> None:
        json = encode(ruling)
        if not ruling.again:
            self._rulings.append(json)
        if self.watched:
            self._new_rulings.append(json)

    def _cue(self, cues: Cues) -> None:
        same = msgspec.structs.replace(cues, at=0.0)
        if same != self._cues_from:
            self._cues, self._cues_from, self._new_cues = encode(cues), same, True

    def _report(self, status: RoomStatus) -> None:
        light = encode(msgspec.structs.replace(status, products=(), row_errors=()))
        source = (status.version, status.products, status.row_errors)
        ahead = status.at - self._clock()
        goods = self._goods
        if source != self._goods_from:
            goods = encode(
                {
                    "version": status.version,
                    "products": _listed(status),
                    "total": len(status.products),
                    "errors": status.row_errors[:ROW_ERRORS],
                    "error_total": len(status.row_errors),
                }
            )
        fact, model = status.latency.get("fact"), status.latency.get("model")
        second = int(status.at)
        point = encode((second, status.rate, fact and fact[1], model and model[1]))
        self._new_goods |= goods is not self._goods
        self._status, self._goods, self._goods_from = light, goods, source
        self._version, self.link = status.version, status.link
        self._ahead = ahead
        if self._points and self._points[-1][0] == second:
            self._points.pop()
        self._points.append((second, point))
        if self.watched:
            self._new_points[second] = point
            self._new_status = True

    def snapshot(self, rooms: bytes) -> bytes:
        """Return everything kept as one JSON frame. `rooms` is the JSON list of room names."""
        lines = sorted((*self._rings[False].items(), *self._rings[True].items()))
        for _, kept in lines:
            kept.shown = True
        return self._join(
            "snap",
            rooms,
            [kept.json for _, kept in lines],
            [*self._ended.values(), *self._active.values()],
            [json for _, json in self._points],
            list(self._rulings),
            all=True,
            more=0,
        )

    def frame(self, rooms: bytes) -> tuple[bytes, int]:
        """Return what changed since the last frame, and how many comments were left out of it."""
        lines = self._pick()
        questions = [json for key in self._new_questions if (json := self._active.get(key) or self._ended.get(key))]
        skipped, self._skipped = self._skipped, 0
        points = list(self._new_points.values())
        frame = self._join("more", rooms, lines, questions, points, self._new_rulings, more=skipped)
        self._sent()
        return frame, skipped

    def forget_changes(self) -> None:
        """Drop what was collected for a frame: nobody watches any more."""
        self._new_lines.clear()
        self._skipped = 0
        self._sent()

    def _sent(self) -> None:
        self._new_questions.clear()
        self._new_points.clear()
        self._new_rulings = []
        self._new_status = self._new_goods = self._new_cues = False

    def _pick(self) -> list[bytes]:
        """Take at most `PER_FRAME` changed lines: those a browser has, then those that matter, then the newest."""
        found = [(s, k) for s in self._new_lines if (k := self._rings[False].get(s) or self._rings[True].get(s))]
        self._new_lines.clear()
        if len(found) > PER_FRAME:
            found.sort(key=lambda f: (not f[1].shown, f[1].calm, not f[1].line.fate, -f[0]))
            for seq, kept in found[PER_FRAME:]:
                if kept.shown:
                    self._new_lines[seq] = None  # waits for the next frame
                else:
                    self._skipped += 1
            found = sorted(found[:PER_FRAME], key=lambda f: f[0])
        for _, kept in found:
            kept.shown = True
        return [kept.json for _, kept in found]

    def _join(
        self,
        kind: str,
        rooms: bytes,
        lines: list[bytes],
        questions: list[bytes],
        points: list[bytes],
        rulings: list[bytes],
        *,
        all: bool = False,
        more: int,
    ) -> bytes:
        parts = [
            b'{"kind":' + encode(kind),
            b'"room":' + encode(self.name),
            b'"rooms":' + rooms,
            b'"now":' + encode(self._clock() + self._ahead),
            b'"status":' + self._status,
            b'"lines":[' + b",".join(lines) + b"]",
            b'"questions":[' + b",".join(questions) + b"]",
            b'"points":[' + b",".join(points) + b"]",
            b'"rulings":[' + b",".join(rulings) + b"]",
            b'"more":%d' % more,
        ]
        if all or self._new_cues:
            parts.append(b'"cues":' + self._cues)
        if all or self._new_goods:
            parts.append(b'"goods":' + self._goods)
        return b",".join(parts) + b"}"


def _listed(status: RoomStatus) -> list[ProductView]:
    """Return the first `PRODUCTS` products, and the one on screen wherever it stands."""
    return [p for i, p in enumerate(status.products) if i < PRODUCTS or p.id == status.on_screen]
