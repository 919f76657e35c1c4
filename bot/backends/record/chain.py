"""The chain: one line of a record, its bytes and its hash."""

import secrets
from hashlib import sha256
from typing import Any

import msgspec

START = "0" * 64

encoder = msgspec.json.Encoder(order="deterministic")


class Line(msgspec.Struct):
    """One line as it stands in the file."""

    n: int
    at: float
    what: str
    did: msgspec.Raw
    about: str
    prev: str
    hash: str
    who: dict[str, Any] | None = None


decode = msgspec.json.Decoder(Line).decode


def body_of(n: int, at: float, what: str, about: str, prev: str, did: bytes) -> bytes:
    """Write what a line's hash is made of."""
    return b'{"n":%d,"at":%b,"what":"%b","about":"%b","prev":"%b","did":%b,' % (
        n, encoder.encode(at), what.encode(), about.encode(), prev.encode(), did,
    )  # fmt: skip


def line_of(body: bytes, digest: str, who: dict[str, Any] | None) -> bytes:
    """Write a whole line."""
    return b'%b"hash":"%b","who":%b}\n' % (body, digest.encode(), encoder.encode(who))


def chained(n: int, at: float, what: str, did: object, who: dict[str, str], prev: str) -> tuple[bytes, str]:
    """Write the next line of a chain; returns it with its hash."""
    about = ""
    if who:
        who = {**who, "salt": secrets.token_hex(16)}
        about = sha256(encoder.encode(who)).hexdigest()
    body = body_of(n, at, what, about, prev, encoder.encode(did))
    digest = sha256(body).hexdigest()
    return line_of(body, digest, who or None), digest
