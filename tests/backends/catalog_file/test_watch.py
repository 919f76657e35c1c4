"""Watching: every save that changes something is the next version, and a bad save changes nothing."""

import asyncio
import os
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.backends.catalog_file import CatalogueFile, Loaded
from bot.domain.catalog import Money
from bot.domain.errors import CatalogueError

POLL = 0.02
_HEAD = "商品名,价格\n"


def save(path: Path, rows: str) -> None:
    """Save the file as an editor does, in one go."""
    path.write_text(_HEAD + rows, encoding="utf-8")


def remove(path: Path) -> None:
    """Remove the file."""
    path.unlink()


def replace(path: Path, rows: str) -> None:
    """Put another file in its place, with the same date."""
    old = path.stat()
    other = path.with_name("new.csv")
    save(other, rows)
    os.utime(other, ns=(old.st_atime_ns, old.st_mtime_ns))
    other.replace(path)


class Watch:
    """A watched file whose next change can be awaited, or found missing."""

    def __init__(self, file: CatalogueFile) -> None:
        self.stream: AsyncIterator[Loaded | CatalogueError] = file.changes(poll=POLL)
        self.waiting: asyncio.Task[Loaded | CatalogueError] | None = None

    async def next(self) -> Loaded | CatalogueError:
        """Wait for the next change, at most 5 s."""
        self._ask()
        async with asyncio.timeout(5):
            assert self.waiting is not None
            found = await self.waiting
        self.waiting = None
        return found

    async def loaded(self) -> Loaded:
        """Wait for the next change, which is a catalogue."""
        found = await self.next()
        assert isinstance(found, Loaded)
        return found

    async def quiet(self) -> bool:
        """Tell whether ten polls bring nothing."""
        self._ask()
        assert self.waiting is not None
        done, _ = await asyncio.wait([self.waiting], timeout=10 * POLL)
        return not done

    def _ask(self) -> None:
        self.waiting = self.waiting or asyncio.ensure_future(anext(self.stream))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return a file with one product at 129."""
    file = tmp_path / "goods.csv"
    save(file, "裙子,129\n")
    return file


async def test_a_change_is_the_next_version(path: Path) -> None:
    """A new price is yielded with the next version; equal content yields nothing, whatever the file's date."""
    file = CatalogueFile(path)
    assert file.load().catalogue.version == 1
    watch = Watch(file)
    assert await watch.quiet()
    save(path, "裙子,119\n")
    found = await watch.loaded()
    assert found.catalogue.version == 2
    assert found.catalogue.products[0].prices == (Money(11900),)
    save(path, "裙子,￥119.00\n\n")
    assert await watch.quiet()
    save(path, "裙子,109\n")
    assert (await watch.loaded()).catalogue.version == 3


async def test_watching_without_a_first_load(path: Path) -> None:
    """Who only watches gets version 1 first; and a missing file is told once, then found when it comes."""
    assert (await Watch(CatalogueFile(path)).loaded()).catalogue.version == 1
    remove(path)
    watch = Watch(CatalogueFile(path))
    assert isinstance(await watch.next(), CatalogueError)
    assert await watch.quiet()
    save(path, "裙子,129\n")
    assert (await watch.loaded()).catalogue.version == 1


async def test_error_then_repair(path: Path) -> None:
    """An unusable file is told once; the repaired one comes as the version in force when its content is the same."""
    file = CatalogueFile(path)
    first = file.load()
    watch = Watch(file)
    save(path, '裙子,"12')
    error = await watch.next()
    assert isinstance(error, CatalogueError)
    assert "goods.csv" in str(error)
    assert await watch.quiet()
    save(path, "裙子,129\n")
    assert await watch.loaded() == first
    save(path, "裙子,99\n")
    assert (await watch.loaded()).catalogue.version == 2


async def test_row_errors_alone_do_not_count_up(path: Path) -> None:
    """A save that changes what is wrong, but no product, is yielded under the same version."""
    file = CatalogueFile(path)
    file.load()
    watch = Watch(file)
    save(path, "裙子,129\n,5\n")
    found = await watch.loaded()
    assert (found.catalogue.version, len(found.errors)) == (1, 1)


async def test_a_file_still_being_written_is_not_read(path: Path) -> None:
    """While the file keeps growing nothing is yielded; then all of it is."""
    file = CatalogueFile(path)
    file.load()
    watch = Watch(file)
    watch._ask()
    assert watch.waiting is not None
    rows = ""
    for i in range(25):
        rows += f"商品{i},{i + 1}\n"
        save(path, rows)
        await asyncio.sleep(POLL / 4)
        assert not watch.waiting.done()
    found = await watch.loaded()
    assert (len(found.catalogue.products), found.catalogue.version) == (25, 2)


async def test_an_atomic_replace_is_seen(path: Path) -> None:
    """A file put in place of the old one is seen by its inode, even with the same size and date."""
    file = CatalogueFile(path)
    file.load()
    replace(path, "裙子,128\n")
    assert (await Watch(file).loaded()).catalogue.version == 2


async def test_a_change_is_seen_within_half_a_second(path: Path) -> None:
    """With the default poll a save is loaded within 0.5 s."""
    file = CatalogueFile(path)
    file.load()
    waiting = asyncio.ensure_future(anext(file.changes()))
    await asyncio.sleep(0.013)
    save(path, "裙子,119\n")
    start = time.monotonic()
    async with asyncio.timeout(5):
        await waiting
    assert time.monotonic() - start < 0.5


def test_a_failed_load_keeps_the_version(path: Path) -> None:
    """`load` raises for an unusable file, and the next good one counts on from the last good one."""
    file = CatalogueFile(path, currency="USD")
    assert file.load().catalogue.products[0].prices == (Money(12900, "USD"),)
    path.write_text("x", encoding="utf-8")
    with pytest.raises(CatalogueError):
        file.load()
    save(path, "裙子,1\n")
    assert file.load().catalogue.version == 2
    assert file.load().catalogue.version == 2
