"""The merchant's catalogue file: read it, watch it, write it. A backend: the only place that knows file formats."""

from bot.backends.catalog_file.load import Loaded, load_catalogue
from bot.backends.catalog_file.watch import CatalogueFile
from bot.backends.catalog_file.write import write_csv

__all__ = ["CatalogueFile", "Loaded", "load_catalogue", "write_csv"]
