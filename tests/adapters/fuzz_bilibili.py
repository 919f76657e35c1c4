"""Fuzzes Bilibili's packets and messages with atheris (not among the project's packages; nothing collects this).

    python3.11 -m venv /tmp/fuzz && /tmp/fuzz/bin/pip install atheris msgspec aiohttp websockets
    PYTHONPATH=. /tmp/fuzz/bin/python tests/adapters/fuzz_bilibili.py -max_total_time=300 -max_len=65536

Anything but events or a ValueError, or more than 4 MiB unpacked, is a crash.
"""

import sys
import zlib
from contextlib import suppress

import atheris  # type: ignore[import-not-found]

with atheris.instrument_imports(include=["adapters.bilibili"]):
    from adapters.bilibili.codec import MESSAGE, UNPACKED, ZLIB, events, pack, packets


def one(data: bytes) -> None:
    """Read a frame as it is, as a batch (which a fuzzer does not pack by itself), and as one message."""
    for frame in (data, pack(MESSAGE, zlib.compress(data, 1), ZLIB), pack(MESSAGE, data)):
        made = 0
        with suppress(ValueError):
            for operation, body in packets(frame):
                made += len(body)
                if operation == MESSAGE:
                    list(events(body))
        assert made <= len(frame) + UNPACKED * (1 + len(frame) // 20), made


if __name__ == "__main__":
    atheris.Setup(sys.argv, one)
    atheris.Fuzz()
