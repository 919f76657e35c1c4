"""zhubo's own generic room protocol, version 1: JSON text frames over a WebSocket, in both roles.

    ws://host:port/room, wss://…   we dial the platform
    listen://host:port/room        the platform (or a bridge) dials us

`codec.py` is the wire format, `link.py` the connections, `schema/zhubo.v1.json` the contract for others.
"""

from adapters.generic.link import Dial, Listen, dial, listen

__all__ = ["Dial", "Listen", "dial", "listen"]
