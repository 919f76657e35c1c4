"""How a broker's URL becomes a client."""

import logging
import socket
import ssl
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import aiomqtt

from bot.domain.errors import SettingsError

PATIENCE = 2.0  # seconds a broker may take for one message
_quiet = logging.getLogger("zhubo.mqtt.wire")
_quiet.setLevel(logging.CRITICAL)


def dial(url: str, status: str) -> Callable[[bool], aiomqtt.Client]:
    """Return what makes a client of a broker's URL: mqtt:// or mqtts://, ?ca=FILE for a certificate of one's own."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise SettingsError("MQTT_URL: not a URL. Fix: give mqtt://HOST:1883 or mqtts://HOST:8883.") from error
    if parts.scheme not in ("mqtt", "mqtts") or not host:
        raise SettingsError("MQTT_URL: not an MQTT URL. Fix: give mqtt://HOST:1883 or mqtts://HOST:8883.")
    secure = parts.scheme == "mqtts"
    given: dict[str, Any] = {
        "hostname": host, "port": port or (8883 if secure else 1883), "logger": _quiet, "timeout": PATIENCE,
        "username": unquote(parts.username) if parts.username else None, "keepalive": 15,
        "password": unquote(parts.password) if parts.password else None,
        "will": aiomqtt.Will(status, b"offline", 1, True), "max_queued_incoming_messages": 10_000,
        "max_queued_outgoing_messages": 10_000, "socket_options": [(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)],
    }  # fmt: skip
    if secure:
        ca = parse_qs(parts.query).get("ca", [None])[0]
        try:
            given["tls_context"] = ssl.create_default_context(cafile=ca)
        except OSError as error:
            raise SettingsError(f"MQTT_URL: the certificate {ca} cannot be read. Fix: repair ?ca=FILE.") from error

    def make(modern: bool) -> aiomqtt.Client:
        if modern:
            return aiomqtt.Client(**given, protocol=aiomqtt.ProtocolVersion.V5, clean_start=True)
        return aiomqtt.Client(**given, protocol=aiomqtt.ProtocolVersion.V311, clean_session=True)

    return make
