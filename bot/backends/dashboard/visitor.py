"""Somebody at a page: who it is, what may be asked of us over the socket, and how often.

    page -> {"do":"login","token":…}  or, where no token is needed, {"do":"hello","name":…}
         -> {"do":"order","id":…,"command":{…}}        a command (bot.domain.desk)
         -> {"do":"check","n":…,"answer":…,"text":…}   words being typed
         -> {"do":"export","day":…}                    a day's record
         -> {"do":"script"}, {"do":"write","brief":{…}}  the host's script; a new one
         <- {"kind":"me",…} | {"kind":"script",…} | {"kind":"checked","n":…,…} | {"kind":"file","path":…}
            | {"kind":"no","why":…}

What comes of an order reaches every page of the room as {"kind":"ruling",…}.
"""

import hmac
import time
from collections.abc import Mapping
from typing import Any

import msgspec
from websockets.asyncio.server import ServerConnection

from bot.backends.dashboard.state import Room
from bot.domain.desk import Command, Order, Person, Role
from bot.domain.ports import Desks
from bot.domain.script import Brief

LOGIN_FOR = 12 * 3600.0  # seconds: a page left open overnight has to log in again
BURST, PER_SECOND = 20.0, 10.0  # messages a page may send
ENTER_WITHIN = 60.0  # seconds to log in
TRIES = 5  # wrong tokens on one connection


class Message(msgspec.Struct, omit_defaults=True):
    """What a page sends."""

    do: str
    id: str = ""
    token: str = ""
    name: str = ""
    command: Command | None = None
    n: int = 0
    answer: str = ""
    text: str = ""
    product: str = ""
    day: str = ""
    brief: Brief | None = None


_read = msgspec.json.Decoder(Message).decode
_write = msgspec.json.Encoder().encode


class Visitor:
    """One browser: its connection, the room it asked for, who is there, and since when it does not keep up.

    Attributes:
        person: who it is; None until logged in.
        export: (room, day) of a record that is to be made ready; `brief` a script that is to be written.
    """

    def __init__(
        self, connection: ServerConnection, wanted: str, people: Mapping[str, Person], desks: Desks | None
    ) -> None:
        self.connection = connection
        self.wanted = wanted
        self.room: Room | None = None
        self.stale = True  # needs a snapshot
        self.behind_since: float | None = None
        self.person: Person | None = None
        self.export: tuple[str, str] | None = None
        self.brief: tuple[str, Brief] | None = None
        self._people, self._desks = people, desks
        self._left, self._at = BURST, time.monotonic()
        self._tries, self._until, self._came = 0, 0.0, time.monotonic()

    @property
    def welcome(self) -> bool:
        """Whether it may see anything: everybody where nobody has to log in."""
        return not self._people or (self.person is not None and time.monotonic() < self._until)

    @property
    def banned(self) -> bool:
        """Whether it has tried too many wrong tokens, does not log in at all, or its login is over."""
        late = self.person is not None or time.monotonic() - self._came > ENTER_WITHIN
        return self._tries >= TRIES or (late and not self.welcome)

    def greet(self) -> bytes:
        """Return what a page has to know first: whether to log in, and who it is."""
        person = self.person
        told: dict[str, Any] = {"kind": "me", "login": not self.welcome, "desk": self._desks is not None}
        if person is not None:
            told |= {"name": person.name, "role": person.role}
        return _write(told)

    def take(self, raw: str | bytes) -> bytes | None:
        """Take one message; returns the reply for this page alone, None when the room will tell."""
        if not self._in_time():
            return _no("too_fast")
        try:
            message = _read(raw)
        except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
            return _no("unreadable", str(error)[:200])
        if message.do in ("login", "hello"):
            return self._enter(message)
        if not self.welcome or self.person is None:
            return self.greet()
        if self._desks is None or self.room is None:
            return _no("no_room")
        return self._serve(message, self._desks, self.room.name, self.person)

    def _serve(self, message: Message, desks: Desks, room: str, person: Person) -> bytes | None:
        match message.do:
            case "order" if message.command is not None and 0 < len(message.id) <= 64:
                order = Order(message.id, person.name, person.role, message.command)
                return None if desks.order(room, order) else _no("no_room")
            case "check":
                checked = desks.check(room, message.answer, message.text[:1000], message.product)
                return _write({"kind": "checked", "n": message.n, **msgspec.to_builtins(checked)})
            case "script":
                return _write({"kind": "script", "script": desks.script(room)})
            case "write" if message.brief is not None and person.role != "viewer":
                self.brief = room, message.brief
                return None
            case "days" if person.role == "owner":
                return _write({"kind": "days", "days": desks.days(room)})
            case "export" if person.role == "owner":
                self.export = room, message.day
                return None
            case "days" | "export" | "write":
                return _no("no_right")
        return _no("unknown", message.do[:32])

    def _enter(self, message: Message) -> bytes:
        if not self._people:
            name = "".join(c for c in message.name[:32] if c.isalnum() or c in "-_") or "desk"
            self.person = Person(name, _alone)
            return self.greet()
        found = None
        for token, person in self._people.items():
            if hmac.compare_digest(token.encode(), message.token.encode()):
                found = person
        if found is None:
            self._tries += 1
            return _no("wrong_token")
        self.person, self._until, self.stale = found, time.monotonic() + LOGIN_FOR, True
        return self.greet()

    def _in_time(self) -> bool:
        now = time.monotonic()
        self._left, self._at = min(BURST, self._left + (now - self._at) * PER_SECOND), now
        if self._left < 1:
            return False
        self._left -= 1
        return True


_alone: Role = "owner"  # where nobody has to log in, who reaches the page owns it


def _no(why: str, detail: str = "") -> bytes:
    return _write({"kind": "no", "why": why, "detail": detail})
