"""The front put together: rooms, page, journal, metrics, and the line to the store and the workers."""

import asyncio
import logging
import os
import secrets
import signal
import socket
import time
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from importlib.metadata import entry_points
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
from redis.asyncio import Redis

from bot.app.desks import Desks, Stopped
from bot.app.store import connect_redis
from bot.backends.broker import EmbeddedBroker, broker_url
from bot.backends.catalog_file import CatalogueFile, Loaded
from bot.backends.dashboard import LOOPBACK, Page
from bot.backends.data_folder import held, sweep
from bot.backends.journal import Journal
from bot.backends.metrics import Metrics
from bot.backends.mqtt_feed import MqttFeed, dial
from bot.backends.record import Record
from bot.backends.redis_learning import RedisLearning
from bot.backends.redis_queue import RedisJobs, ping
from bot.backends.redis_store import RedisStore
from bot.backends.rules_file import DEFAULT as RULES
from bot.backends.rules_file import RulesFile
from bot.backends.script_file import load as load_script
from bot.backends.valkey import store_url
from bot.decide.patterns import compile_all
from bot.decide.privacy import scope
from bot.domain.catalog import Catalogue, RowError
from bot.domain.desk import Person
from bot.domain.errors import BrokerError, CatalogueError, Fatal, RulesError, SettingsError, StoreError
from bot.domain.inputs import Scripted
from bot.domain.ports import Adapter, AdapterFactory, Observer
from bot.live.jobs import Jobs
from bot.live.lag import Lag
from bot.live.stage import Stage
from bot.settings import Settings, people, pseudonym_key

log = logging.getLogger(__name__)


def open_adapter(url: str, *, unofficial: bool) -> Adapter:
    """Find the adapter of a room URL by its scheme, among the entry points of the group `zhubo.adapters`.

    Raises:
        SettingsError: no such scheme, a plug-in that cannot be loaded, or an unofficial route without the
            operator's flag.
    """
    scheme = urlsplit(url).scheme
    found = {e.name: e for e in entry_points(group="zhubo.adapters")}
    if scheme not in found:
        raise SettingsError(f"room {url}: no adapter for {scheme!r}. Fix: use one of {', '.join(sorted(found))}.")
    try:
        factory: AdapterFactory = found[scheme].load()
    except (ImportError, AttributeError) as error:
        raise SettingsError(
            f"room {url}: adapter {scheme} cannot be loaded ({error}). Fix: pip install 'zhubo[platforms]'."
        ) from error
    adapter = factory(url, credentials(scheme, os.environ))
    if not adapter.caps().official and not unofficial:
        raise SettingsError(
            f"room {url}: {scheme} is an unofficial route. Fix: add --unofficial if you accept the risk."
        )
    return adapter


def credentials(scheme: str, environment: Mapping[str, str]) -> dict[str, str]:
    """Return the options of a platform: ZHUBO_TWITCH_CLIENT_ID is the option "client_id" of scheme twitch.

    The option "token" of every platform is ZHUBO_TOKEN, unless it has its own.
    """
    prefix = f"ZHUBO_{scheme.upper().replace('-', '_')}_"
    own = {name.removeprefix(prefix).lower(): v for name, v in environment.items() if name.startswith(prefix)}
    return {"token": environment.get("ZHUBO_TOKEN", "")} | own


def room_name(url: str, taken: Iterable[str]) -> str:
    """Name a room after its URL: the last part of its path, else its scheme; numbered when taken."""
    parts = urlsplit(url)
    base = parts.path.rstrip("/").rpartition("/")[2].removesuffix(".jsonl") or parts.hostname or parts.scheme
    name, n = base, 1
    while name in set(taken):
        n += 1
        name = f"{base}-{n}"
    return name


def shows(rooms: Sequence[tuple[str, Adapter]], *, apart: bool) -> Iterator[tuple[str, dict[str, Adapter]]]:
    """Yield the shows: the URL that names one, and its places, named by scheme and numbered when taken."""
    if apart or len(rooms) < 2:
        for url, adapter in rooms:
            yield url, {"": adapter}
        return
    places: dict[str, Adapter] = {}
    for url, adapter in rooms:
        scheme, n = urlsplit(url).scheme, 1
        while (name := scheme if n == 1 else f"{scheme}-{n}") in places:
            n += 1
        places[name] = adapter
    yield rooms[0][0], places


class Front:
    """The front process: rooms, page, journal, and the line to the store and the workers."""

    def __init__(self, settings: Settings, observers: Sequence[Observer] = ()) -> None:
        self._settings, self._extra = settings, tuple(observers)
        self.stages: dict[str, Stage] = {}
        self.journal = Journal(settings.folder / "journal")
        self.record = Record(settings.folder / "record")
        self.page: Page | None = None
        self.desks = Desks(self.stages, settings.folder / "record")
        self.feed: MqttFeed | None = None
        self.feed_at = ""
        self._lag = Lag()
        self._catalogue = Catalogue()
        self._errors: tuple[RowError, ...] = ()
        self._stopping = False

    def stop(self) -> None:
        """Stop all rooms, also those that are not open yet; `run` returns soon after."""
        self._stopping = True
        for stage in self.stages.values():
            stage.stop()

    async def run(self, started: Callable[[], None] = lambda: None) -> None:
        """Run all rooms until they ended."""
        settings = self._settings
        key, staff = pseudonym_key(settings), people()
        self._guard(staff)
        adapters = [(url, open_adapter(url, unofficial=settings.unofficial)) for url in settings.rooms]
        file = CatalogueFile(Path(settings.catalogue), currency=settings.currency) if settings.catalogue else None
        rules = RulesFile(Path(settings.rules) if settings.rules else RULES)
        table = await asyncio.to_thread(rules.load)
        script = await asyncio.to_thread(load_script, Path(settings.script)) if settings.script else None
        await asyncio.to_thread(compile_all)
        if file is not None:
            self._stocked(await asyncio.to_thread(file.load))
        async with AsyncExitStack() as stack:
            stack.enter_context(held(settings.folder))
            for folder, days in (("journal", settings.keep_journal_days), ("record", settings.keep_record_days)):
                sweep(settings.folder / folder, days)
            redis = await stack.enter_async_context(self._redis())
            jobs = Jobs(RedisJobs(redis, f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(3)}"), time.time)
            store = RedisStore(redis, settings.keep_session_hours)
            learning = RedisLearning(redis, settings.shop)
            metrics = Metrics(lambda: jobs.crew, jobs.ended, self._lag.figures)
            if settings.page_port:
                self.page = Page(settings.page_host, settings.page_port, {"/metrics": metrics.render},
                                 people=staff, desks=self.desks)  # fmt: skip
            shown: list[Observer] = [self.page, metrics] if self.page else []
            feed_url = await stack.enter_async_context(self._broker(staff))
            if feed_url:
                self.feed = MqttFeed(socket.gethostname(), self.desks, staff)
                shown.append(self.feed)
            stopped = Stopped(settings.folder / "stopped")
            watchers: list[Observer] = [stopped, self.journal, self.record, *shown, *self._extra]
            for url, places in shows(adapters, apart=settings.apart):
                name = room_name(url, self.stages)
                policy = settings.room
                if by := stopped.by(name):
                    log.warning("%s stays stopped, as %s left it. Choose another mode on the page to go on.", name, by)
                    policy = msgspec.structs.replace(policy, mode="stopped")
                self.stages[name] = Stage(
                    name, places, key=key, policy=policy, store=store, jobs=jobs, observers=watchers,
                    clock=time.time, learning=learning,
                )  # fmt: skip
                self.stages[name].rule(table)
                if script:
                    self.stages[name].put(Scripted(script))
                self.stages[name].stock(self._catalogue, self._errors)
                if self._stopping:
                    self.stages[name].stop()
            await self._play(jobs, file, rules, feed_url, started)

    async def _play(
        self, jobs: Jobs, file: CatalogueFile | None, rules: RulesFile, feed_url: str, started: Callable[[], None]
    ) -> None:
        async with asyncio.TaskGroup() as group:
            lasting = (self.journal.run(), self.record.run(), jobs.run(), self._lag.run())
            helpers = [group.create_task(job) for job in lasting]
            if self.page:
                helpers.append(group.create_task(self.page.serve()))
                async with asyncio.timeout(5):
                    ready = group.create_task(self.page.ready.wait())
                    await asyncio.wait([ready, helpers[-1]], return_when=asyncio.FIRST_COMPLETED)
                    ready.cancel()
            if self.feed:
                helpers.append(group.create_task(self.feed.run(feed_url, modern=bool(self._settings.mqtt_url))))
            if file:
                helpers.append(group.create_task(self._watch(file)))
            if self._settings.rules:
                helpers.append(group.create_task(self._watch_rules(rules)))
            started()
            await asyncio.gather(*(stage.run() for stage in self.stages.values()))
            for helper in helpers:
                helper.cancel()
        doors = ((scope(name, place), door) for name, s in self.stages.items() for place, door in s.doors.items())
        if shut := [f"{name}: {door.why}" for name, door in doors if door.state == "bad_credentials"]:
            raise Fatal("; ".join(shut))

    @asynccontextmanager
    async def _redis(self) -> AsyncIterator[Redis]:
        """The store; when it does not answer at the start the rooms run without memory and without workers."""
        try:
            async with store_url(self._settings.redis_url, self._settings.folder) as url:
                redis = connect_redis(url, patience=3)
                try:
                    await ping(redis, 3.0)
                except StoreError as error:
                    log.error("%s Rooms start without memory and model; both come back with the store.", error)
                yield redis
                await redis.aclose()
        except StoreError as error:
            log.error("%s Rooms run without memory and model.", error)
            redis = connect_redis("unix:///nonexistent/zhubo.sock", patience=0)
            yield redis
            await redis.aclose()

    def _guard(self, staff: Mapping[str, Person]) -> None:
        """Refuse to open page or feed to others while nobody is named who may log in."""
        given = self._settings
        if given.mqtt_url:
            dial(given.mqtt_url, "")  # a URL that is none is told before anything starts
        away = urlsplit(given.mqtt_url).hostname
        if away and away not in LOOPBACK and not staff:
            raise SettingsError(
                f"MQTT_URL: whoever writes on {away} could speak for the shop. "
                'Fix: say who may command: ZHUBO_PEOPLE="$(zhubo token YOUR-NAME owner)", and let the broker allow '
                "each of them their own topic alone (deploy/mqtt)."
            )
        for name, port in (("page_host", given.page_port), ("mqtt_host", 0 if given.mqtt_url else given.feed_port)):
            if port and not staff and (host := getattr(given, name)) not in LOOPBACK:
                raise SettingsError(
                    f"setting {name}: {host} lets others in, who could speak for the shop. "
                    'Fix: say who may log in: ZHUBO_PEOPLE="$(zhubo token YOUR-NAME owner)".'
                )

    @asynccontextmanager
    async def _broker(self, staff: Mapping[str, Person]) -> AsyncIterator[str]:
        """The broker's URL, "" for no feed; the rooms run without one that does not start."""
        given = self._settings
        if not given.mqtt_url and not given.feed_port:
            yield ""
            return
        broker = EmbeddedBroker(given.folder / "mqtt", given.mqtt_host, given.feed_port, staff, given.mqtt_tls)
        self.feed_at = urlsplit(given.mqtt_url).hostname or f"{given.mqtt_host}:{given.feed_port}"
        try:
            async with broker_url(given.mqtt_url, broker) as url:
                yield url
        except BrokerError as error:
            log.error("%s Rooms run without the feed.", error)
            yield ""

    async def _watch(self, file: CatalogueFile) -> None:
        async for change in file.changes():
            if isinstance(change, CatalogueError):
                log.error("%s The version in force stays.", change)
            else:
                self._stocked(change)

    async def _watch_rules(self, rules: RulesFile) -> None:
        async for change in rules.changes():
            if isinstance(change, RulesError):
                log.error("%s The table in force stays.", change)
                continue
            log.info("advertising rules, version %s: %d rules", change.version, len(change.rules))
            for stage in self.stages.values():
                stage.rule(change)

    def _stocked(self, loaded: Loaded) -> None:
        self._catalogue, self._errors = loaded.catalogue, loaded.errors
        for error in loaded.errors:
            log.warning("%s", error)
        log.info("catalogue version %d: %d products", self._catalogue.version, len(self._catalogue.products))
        for stage in self.stages.values():
            stage.stock(self._catalogue, self._errors)


async def run_until_signal(front: Front, started: Callable[[], None] = lambda: None) -> None:
    """Run a front; SIGINT and SIGTERM stop it in order."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, front.stop)
    await front.run(started)
