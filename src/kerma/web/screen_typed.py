"""What was typed on the review page in, the table of a dose screen out."""

import hashlib
import re
from collections.abc import Mapping
from typing import Any

import msgspec

from kerma.errors import KermaError
from kerma.screens.reading import Cell, ScanRow, ScreenTable
from kerma.web.screen_tables import COLUMNS, PARTS, TOTALS, Column, has_parts, row_at

_NUMBER = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]+)?")
_MOST_ROWS = 200
_SHORT = 12


class NotATable(KermaError):
    """What was typed cannot be read as a table."""


def typed(given: Mapping[str, str], read: ScreenTable) -> tuple[ScreenTable, list[int]]:
    """Return the table that was typed, and for each row its place in the one that was read.

    What the page does not show is taken from there; every cell counts as seen by a person.

    Raises
    ------
    NotATable
        If something that should be a number is none.
    """
    count = int(given["rows"]) if given.get("rows", "").isdecimal() else 0
    if count > _MOST_ROWS:
        raise NotATable(f"The table has {count} rows; {_MOST_ROWS} is the most.")
    rows, origins = [], []
    for index in range(count):
        origin = _origin(given.get(f"{index}-origin", ""), len(read.rows))
        rows.append(_typed_row(given, index, row_at(read.rows, origin)))
        origins.append(origin)
    totals = {c.name: _value(given, f"total-{c.name}", c, read, c.heading) for c in TOTALS}
    if has_parts(read):
        parts = [totals[name] for name in PARTS if totals[name] is not None]
        totals[TOTALS[0].name] = parts[0] if len(parts) == 1 else None
    cells = tuple(
        _cell(one, read, totals, given.get(f"total-{one.name}", "")) for one in read.cells
    )
    table = msgspec.structs.replace(read, rows=tuple(rows), cells=cells, strange=(), **totals)
    return table, origins


def _typed_row(given: Mapping[str, str], index: int, read: ScanRow) -> ScanRow:
    values = {
        c.name: _value(given, f"{index}-{c.name}", c, read, f"{c.heading} of row {index + 1}")
        for c in COLUMNS
    }
    cells = tuple(
        _cell(one, read, values, given.get(f"{index}-{one.name}", "")) for one in read.cells
    )
    return msgspec.structs.replace(read, cells=cells, **values)


def _cell(cell: Cell, read: Any, values: Mapping[str, Any], text: str) -> Cell:
    """Return a cell as a person confirmed it: its text is what stands there now."""
    is_same = values.get(cell.name, getattr(read, cell.name, None)) == getattr(
        read, cell.name, None
    )
    written = cell.text if is_same else _as_written(text.strip(), cell.text)
    return msgspec.structs.replace(cell, text=written, exact=True)


def _as_written(text: str, before: str) -> str:
    """Return a number with the decimal sign and at least the decimals that the screen has there.

    Who types 12.5 for 12.50 has not lost a digit. Other text stays as it is.
    """
    if not _NUMBER.fullmatch(text) or not _NUMBER.fullmatch(before.strip()):
        return text
    whole, _, decimals = text.replace(",", ".").partition(".")
    kept = before.strip().replace(",", ".").partition(".")[2]
    decimals += "0" * (len(kept) - len(decimals))
    sign = "," if "," in before else "."
    return f"{whole}{sign}{decimals}" if decimals else whole


def _value(given: Mapping[str, str], name: str, column: Column, read: Any, words: str) -> Any:
    """Return one value that was typed, that which was read where the page has no field for it."""
    if name not in given:
        return getattr(read, column.name)
    text = given[name].strip()
    if column.kind in ("text", "type"):
        return text[:200]
    if not text:
        return None
    if column.kind == "phantom":
        return int(text) if text in ("160", "320") else None
    if not _NUMBER.fullmatch(text):
        raise NotATable(
            f"{words} is “{text[:_SHORT]}”. A number is expected, such as 12.5; "
            "leave it empty if the screen does not say."
        )
    number = float(text.replace(",", "."))
    return int(number) if column.kind == "whole" else number


def _origin(text: str, count: int) -> int:
    return int(text) if text.isdecimal() and int(text) < count else -1


def print_of(table: ScreenTable | None) -> str:
    """Return a short mark of what was read, other when it is read otherwise."""
    return hashlib.sha256(msgspec.json.encode(table)).hexdigest()[:16]
