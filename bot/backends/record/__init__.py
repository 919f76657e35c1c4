"""The record: what came in, what was done, by which rule and when, one hash-chained file per room and day.

直播电商监督管理办法 (in force 2026-02-01), Art. 31, wants a room's operator to keep what was done about its
interaction; this is the file to hand over. Each line carries the SHA-256 of the line before, so that a changed,
missing or moved line shows; the first line of a day carries on from the day before.

    {"n":7,"at":1763900000.1,"what":"turn","about":"5f…","prev":"9a…","did":{…},"hash":"c3…","who":{…}}

`hash` is the SHA-256 of everything before it, byte for byte.

Who said what stands in `who`, outside the chain: the chain holds its salted digest (`about`) alone. A viewer can so be
forgotten and the chain still closes. A chain cannot show that its own end was cut off: keep the last hash, which
`zhubo verify` prints, in another place.
"""

from bot.backends.record.check import Verified, forget, verify
from bot.backends.record.export import days, export
from bot.backends.record.write import FLUSH_EVERY, MOST, Record, folder_name

__all__ = ["FLUSH_EVERY", "MOST", "Record", "Verified", "days", "export", "folder_name", "forget", "verify"]
