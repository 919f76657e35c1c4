"""Watch the catalogue file: every save that changes something makes the next version."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

from bot.backends.catalog_file.load import Loaded, load_catalogue
from bot.domain.catalog import Catalogue
from bot.domain.errors import CatalogueError

_Signature = tuple[int, int, int] | None  # (mtime in ns, size, inode); None when there is no file


class CatalogueFile:
    """One catalogue file and its versions. Not for several tasks at once.

    Args:
        path: a .csv, .xlsx or .json file.
        currency: ISO 4217 code of prices without a sign.
    """

    def __init__(self, path: Path, *, currency: str = "CNY") -> None:
        self.path, self.currency = path, currency
        self._last: Loaded | None = None
        self._seen: _Signature = None
        self._looked = False  # a missing file is something to tell, once
        self._failed = False

    def load(self) -> Loaded:
        """Load now. Blocking. The version counts up by one when the products differ from the last ones loaded.

        Raises:
            CatalogueError: nothing in the file can be used; the last version stays the last.
        """
        self._seen, self._looked = self._signature(), True
        try:
            return self._read()
        except CatalogueError:
            self._failed = True
            raise

    def _read(self) -> Loaded:
        last = self._last.catalogue if self._last else Catalogue()
        found = load_catalogue(self.path, version=last.version + 1, currency=self.currency)
        if self._last and found.catalogue.products == last.products:
            found = Loaded(last, found.errors)
        self._last, self._failed = found, False
        return found

    async def changes(self, *, poll: float = 0.25) -> AsyncIterator[Loaded | CatalogueError]:
        """Yield each change of the file, for ever: within twice `poll` of the last write, plus the time to load.

        A save with equal content yields nothing. One that repairs the file, or changes its row errors only, yields
        the version in force again. An unusable file yields the error: keep the version you have.

        Args:
            poll: seconds for which a file must not change before it is read; it is looked at twice as often.
        """
        loop = asyncio.get_running_loop()
        candidate, since = self._seen, loop.time()
        while True:
            now = await asyncio.to_thread(self._signature)
            if now != candidate:
                candidate, since = now, loop.time()
            elif (now != self._seen or not self._looked) and loop.time() - since >= poll:
                item = await asyncio.to_thread(self._change)
                if await asyncio.to_thread(self._signature) != now:  # written to while we read: half of it, perhaps
                    candidate, since = self._seen, loop.time()
                    continue
                self._seen, self._looked = now, True
                if item is not None:
                    yield item
            await asyncio.sleep(poll / 2)

    def _change(self) -> Loaded | CatalogueError | None:
        before, failed = self._last, self._failed
        try:
            found = self._read()
        except CatalogueError as error:
            self._failed = True
            return error
        return None if before == found and not failed else found

    def _signature(self) -> _Signature:
        try:
            stat = self.path.stat()
        except (OSError, ValueError):
            return None
        return stat.st_mtime_ns, stat.st_size, stat.st_ino
