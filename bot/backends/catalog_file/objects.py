"""From JSON to the same table: flat objects, or nested ones with `skus`, `faq` and bilingual texts."""

import json
from collections.abc import Iterator
from pathlib import Path

from bot.backends.catalog_file.headings import parse_heading
from bot.backends.catalog_file.messages import broken
from bot.backends.catalog_file.table import MAX_COLUMNS, MAX_ROWS, Row, Table, cell_text, too_many
from bot.backends.catalog_file.text import clean, has_cjk, one_line

_LISTS = ("products", "items", "goods", "商品")
_SKUS = ("skus", "variants", "规格列表")
_LANGS = {"zh": "_zh", "cn": "_zh", "中文": "_zh", "en": "_en", "英文": "_en"}


def json_table(path: Path, data: bytes) -> Table:
    """Read a list of objects, or an object with the list under "products".

    Raises:
        CatalogueError: not JSON, half written, or without such a list.
    """
    headings: dict[str, int] = {}
    rows: list[Row] = []
    for number, item in enumerate(_products(path, data), 1):
        if not isinstance(item, dict):
            raise broken(path, "json_shape", number)
        for flat in _flatten(item):
            cells = {headings.setdefault(k, len(headings)): v for k, v in flat.items() if v}
            if cells:
                rows.append(Row(number, cells))
            if len(rows) > MAX_ROWS:
                raise too_many(path)
            if len(headings) > MAX_COLUMNS:
                raise broken(path, "columns", MAX_COLUMNS)
    return Table(tuple(headings), 0, tuple(rows))


def _products(path: Path, data: bytes) -> list[object]:
    try:
        # Numbers stay as they are written: money must not pass through binary fractions.
        found: object = json.loads(data.decode("utf-8-sig"), parse_float=str, parse_int=str, parse_constant=str)
    except (ValueError, RecursionError) as error:
        raise broken(path, "json", str(error)) from error
    if isinstance(found, dict):
        found = next((found[k] for k in _LISTS if isinstance(found.get(k), list)), None)
    if not isinstance(found, list):
        raise broken(path, "json_shape", 1)
    return found


def _flatten(item: dict[str, object]) -> Iterator[dict[str, str]]:
    """Yield one flat row per SKU; what belongs to the product stands in the first one alone."""
    skus: list[object] = []
    own: dict[str, str] = {}
    for key, value in item.items():
        if key.strip().lower() in _SKUS and isinstance(value, list):
            skus = value
        elif key.strip().lower() == "texts" and isinstance(value, dict):
            for heading, text in value.items():
                own.update(_cells(heading, text))
        else:
            own.update(_cells(key, value))
    nested = [_members(s) for s in skus if isinstance(s, dict)]
    if not nested:
        yield own
        return
    # An empty own price of a later SKU inherits, as in a sheet; product and SKU may both have an "id".
    first, *rest = [_sku_id(s) for s in nested]
    yield own | first
    mine = {k: v for k, v in own.items() if parse_heading(k).role in ("id", "name")}
    for other in rest:
        yield mine | other


def _members(item: dict[str, object]) -> dict[str, str]:
    return {k: v for key, value in item.items() for k, v in _cells(key, value).items()}


def _sku_id(sku: dict[str, str]) -> dict[str, str]:
    """Inside a SKU, "id" and "code" are the SKU's own."""
    return {"SKU" if k.lower() in ("id", "code", "编码", "sku_id", "skuid") else k: v for k, v in sku.items()}


def _cells(key: str, value: object) -> dict[str, str]:
    """Turn one JSON member into cells: `{"zh": …, "en": …}` becomes two columns."""
    key = one_line(key)
    if isinstance(value, dict):
        langs = {_LANGS[k.lower()]: v for k, v in value.items() if k.lower() in _LANGS}
        if langs:
            return {key + suffix: _text(v, key) for suffix, v in langs.items()}
    return {key: _text(value, key)}


def _text(value: object, key: str) -> str:
    """Write a value as one cell; what is nested deeper than a list or a flat object has no place in a cell."""
    if isinstance(value, dict):
        said = [f"{one_line(k)}：{clean(cell_text(v))}" for k, v in value.items() if _is_plain(v)]
        return clean("；".join(said))
    if not isinstance(value, list):
        return clean(cell_text(value))
    faq = [_pair(v) for v in value if isinstance(v, dict)]
    if faq:
        return "\n".join(faq)
    parts = [clean(cell_text(v)) for v in value if _is_plain(v)]
    if parse_heading(key).role in ("faq", "companions"):
        return "\n".join(parts)
    return clean(("；" if any(has_cjk(p) for p in parts) else "; ").join(parts))


def _is_plain(value: object) -> bool:
    return value is not None and not isinstance(value, dict | list)


def _pair(pair: dict[str, object]) -> str:
    """Write an answered question the way it stands in a sheet's cell."""
    lower = {k.strip().lower(): one_line(cell_text(v)) for k, v in pair.items() if _is_plain(v)}
    question = next((lower[k] for k in ("question", "q", "问", "问题") if k in lower), "")
    answer = next((lower[k] for k in ("answer", "a", "答", "答案", "回答") if k in lower), "")
    return f"问：{question}\n答：{answer}"
