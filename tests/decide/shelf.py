"""The catalogues that tests of `decide` read: the small one of the fakes, and the demo's."""

from functools import cache
from pathlib import Path

import bot.demo
from bot.backends.catalog_file import load_catalogue
from bot.domain.catalog import Catalogue


@cache
def demo_goods() -> Catalogue:
    """The catalogue the demo sells from."""
    return load_catalogue(Path(bot.demo.__file__).with_name("goods.csv"), version=1).catalogue
