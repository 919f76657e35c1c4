"""Write a catalogue as the flat CSV that a spreadsheet opens and `load_catalogue` reads back to the same products."""

import csv
import os
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from bot.backends.catalog_file.headings import OWN, LangMark, own_heading, parse_heading
from bot.backends.catalog_file.messages import broken
from bot.backends.catalog_file.text import has_cjk
from bot.domain.catalog import TEXT_FIELDS, Catalogue, Faq, Money, Product, Sku, Text

_Cell = Callable[[Product, Sku, bool], str]  # (product, SKU, whether it is the product's first row)


def write_csv(catalogue: Catalogue, path: Path) -> None:
    """Write one row per SKU: UTF-8 with BOM, Chinese headings, `_en` columns. Readers see the old file or the new one.

    Loading the file gives products equal to those of any catalogue that `load_catalogue` made.

    Args:
        catalogue: what to write; a product without SKUs would get one when loaded.
        path: the file; its folder must exist.

    Raises:
        CatalogueError: the file cannot be written.
    """
    columns = _columns(catalogue.products)
    temporary = ""
    try:
        handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".tmp", dir=path.parent)
        with os.fdopen(handle, "w", encoding="utf-8-sig", newline="") as file:
            out = csv.writer(file)
            out.writerow([heading for heading, _ in columns])
            for product in catalogue.products:
                for i, sku in enumerate(product.skus or (Sku(""),)):
                    out.writerow([cell(product, sku, i == 0) for _, cell in columns])
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(path.stat().st_mode & 0o777 if path.exists() else 0o644)
        os.replace(temporary, path)  # noqa: PTH105 - the atomic step, named as such
        temporary = ""
    except OSError as error:
        raise broken(path, "unwritable", error.strerror or str(error)) from error
    finally:
        if temporary:
            Path(temporary).unlink(missing_ok=True)


_MARGINS = {"": "", "high": "高", "mid": "中", "low": "低"}


def _columns(products: Sequence[Product]) -> list[tuple[str, _Cell]]:
    found: list[tuple[str, _Cell]] = [
        (own_heading("id", ""), lambda p, s, first: p.id),
        (own_heading("number", ""), lambda p, s, first: str(p.number) if first else ""),
        *_bilingual("name", products, lambda p: p.name),
        (own_heading("alias", ""), lambda p, s, first: "、".join(p.aliases) if first else ""),
        (own_heading("category", ""), lambda p, s, first: p.category if first else ""),
        (own_heading("size", ""), lambda p, s, first: s.size or _none(p)),
        *_colours(products),
        (own_heading("sku", ""), lambda p, s, first: s.id),
        (own_heading("price", ""), lambda p, s, first: _amount(s.price) or "面议"),
        (own_heading("original", ""), lambda p, s, first: _amount(p.original) if first else ""),
        (own_heading("stock", ""), lambda p, s, first: "" if s.stock is None else str(s.stock)),
        (own_heading("currency", ""), lambda p, s, first: _currency(p)),
        (own_heading("listed", ""), lambda p, s, first: ("上架" if p.listed else "下架") if first else ""),
    ]
    if any(p.margin for p in products):
        found.append((own_heading("margin", ""), lambda p, s, first: _MARGINS[p.margin] if first else ""))
    for field in dict.fromkeys((*TEXT_FIELDS, *(f for p in products for f in p.texts))):
        found += _bilingual(field, products, _statement(field))
    found.append((own_heading("faq", ""), lambda p, s, first: "\n".join(map(_pair, p.faq)) if first else ""))
    found.append((own_heading("companions", ""), lambda p, s, first: "\n".join(p.companions) if first else ""))
    return found


def _statement(field: str) -> Callable[[Product], Text]:
    return lambda product: product.texts.get(field, Text())


def _bilingual(field: str, products: Sequence[Product], text: Callable[[Product], Text]) -> list[tuple[str, _Cell]]:
    heading = _heading(field, [text(p).zh for p in products])
    each_row = field == "name"  # so that every row can be found by name; the rest is inherited

    def zh(p: Product, s: Sku, first: bool) -> str:
        return text(p).zh if first or each_row else ""

    def en(p: Product, s: Sku, first: bool) -> str:
        return text(p).en if first or each_row else ""

    return [(heading, zh), (own_heading(field, "en"), en)]


def _colours(products: Sequence[Product]) -> list[tuple[str, _Cell]]:
    heading = _heading("colour", [s.colour.zh for p in products for s in p.skus])
    return [
        (heading, lambda p, s, first: s.colour.zh or ("" if s.colour.en else _none(p))),
        (own_heading("colour", "en"), lambda p, s, first: s.colour.en),
    ]


def _heading(field: str, chinese: Sequence[str]) -> str:
    """Name the language where the text alone would be taken for English, or the heading for something else."""
    mark: LangMark = "zh" if any(t and not has_cjk(t) for t in chinese) else ""
    plain = own_heading(field, mark)
    says = parse_heading(plain)
    known = own_heading(field, "") != field  # one of ours, not the merchant's
    if not known and (says.role, says.stem, says.lang) != (OWN, field, mark):
        return own_heading(field, "zh")
    return plain


def _none(product: Product) -> str:
    """A dash says "none" where an empty cell would inherit from the row above."""
    return "-" if len(product.skus) > 1 else ""


def _currency(product: Product) -> str:
    return next((m.currency for m in (*(s.price for s in product.skus), product.original) if m), "")


def _amount(money: Money | None) -> str:
    return f"{money.minor // 100}.{money.minor % 100:02d}" if money else ""


def _pair(pair: Faq) -> str:
    q, a = ("问：", "答：") if has_cjk(pair.question) else ("Q: ", "A: ")
    return f"{q}{pair.question}\n{a}{pair.answer}"
