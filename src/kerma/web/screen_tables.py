"""The table of a dose screen in, the fields of the review page out; and what was typed, back."""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from kerma.errors import KermaError
from kerma.screens.page import Box
from kerma.screens.reading import Cell, Doubt, ScanRow, ScreenTable

_NUMBER = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]+)?")
_MOST_ROWS = 200
_SHORT = 12


class NotATable(KermaError):
    """What was typed cannot be read as a table."""


class Column(NamedTuple):
    """One column of the table; its name is that of the field of `ScanRow`."""

    name: str
    heading: str
    unit: str = ""
    kind: str = "number"
    is_main: bool = True
    """Whether it is always shown; the others where the screen says anything."""


COLUMNS = (
    Column("label", "Scan", kind="text"),
    Column("protocol", "Protocol", kind="text"),
    Column("acquisition_type", "Type", kind="type"),
    Column("kvp", "Voltage", "kV"),
    Column("exposure_mas", "Exposure", "mAs"),
    Column("ctdivol_mgy", "CTDIvol", "mGy"),
    Column("phantom_mm", "Phantom", kind="phantom"),
    Column("scanning_length_mm", "Length", "mm"),
    Column("dlp_mgycm", "DLP", "mGy·cm"),
    Column("series_number", "Series", kind="whole", is_main=False),
    Column("reference_mas", "Reference", "mAs", is_main=False),
    Column("tube_current_ma", "Current", "mA", is_main=False),
    Column("rotation_time_s", "Rotation", "s", is_main=False),
    Column("exposure_time_s", "Exposure time", "s", is_main=False),
    Column("collimation_mm", "Collimation", "mm", is_main=False),
    Column("pitch", "Pitch", is_main=False),
    Column("start_mm", "Start", "mm", is_main=False),
    Column("end_mm", "End", "mm", is_main=False),
)
TOTALS = (
    Column("total_dlp_mgycm", "Total DLP", "mGy·cm"),
    Column("total_dlp_head_mgycm", "Total DLP, 16 cm", "mGy·cm", is_main=False),
    Column("total_dlp_body_mgycm", "Total DLP, 32 cm", "mGy·cm", is_main=False),
    Column("total_mas", "Total mAs", "mAs", is_main=False),
)
_PARTS = ("total_dlp_head_mgycm", "total_dlp_body_mgycm")
"""Totals per phantom: what refers to 16 and to 32 cm is never added."""
TYPES = (
    "Spiral Acquisition",
    "Sequenced Acquisition",
    "Constant Angle Acquisition",
    "Stationary Acquisition",
    "Free Acquisition",
)
"""Meanings of CID 10013; a localiser is taken at a constant angle."""
PHANTOMS = (("", "not stated"), ("320", "32 cm"), ("160", "16 cm"))
"""CTDI dosimetry phantoms of IEC 60601-2-44, by their diameter in mm."""


class Field(NamedTuple):
    """One value as it is shown and typed."""

    id: str
    column: Column
    text: str
    cell: Cell | None
    """Where it stands on the screen, None where nothing was read."""
    read: str
    """What was read, where something else stands there now."""
    second: str
    """What the second reading says, where it says something else."""
    doubts: list[str]
    drawn: Any = ""
    """The picture of the cell."""


class Row(NamedTuple):
    """One acquisition as it is shown."""

    at: int
    """Its place in the form, from 0."""
    origin: int
    """Its place in the table as it was read, -1 for a new one."""
    main: list[Field]
    more: list[Field]
    doubts: list[str]
    product: str
    """DLP by CTDIvol and length."""

    @property
    def words(self) -> str:
        """Return what the row is called."""
        return f"row {self.at + 1}"


class Change(NamedTuple):
    """A value that a person corrected."""

    name: str
    read: str
    now: str
    cell: Cell | None


class Form(NamedTuple):
    """The whole table as it is shown."""

    rows: list[Row]
    totals: list[Field]
    doubts: list[str]
    sum: str
    """Of the DLP of the rows."""


def form_of(
    table: ScreenTable,
    read: ScreenTable,
    doubts: Sequence[Doubt] = (),
    second: ScreenTable | None = None,
    origins: Sequence[int] | None = None,
) -> Form:
    """Return the fields of a table beside what was read at first.

    Parameters
    ----------
    origins
        For each row of `table` its place in `read`, -1 for a new one; by default its own.
    """
    places = list(origins) if origins is not None else list(range(len(table.rows)))
    used = _columns(read, table)
    rows = [
        _row(index, row, _at(read.rows, origin), origin, used, doubts, second)
        for index, (row, origin) in enumerate(zip(table.rows, places, strict=True))
    ]
    whole = [one for one in doubts if one.row is None]
    totals = [
        _field(f"total-{c.name}", c, table, read, whole, second) for c in _totals(table, read)
    ]
    general = [one.sentence for one in doubts if one.row is None or one.row >= len(rows)]
    return Form(rows, totals, general, dlp_sum(table))


def _totals(table: ScreenTable, read: ScreenTable) -> list[Column]:
    """Return the totals to show; where the screen has one for a phantom, that for all follows."""
    shown = [c for c in TOTALS if c.is_main or _given(read, c) or _given(table, c)]
    return shown[1:] if _has_parts(read) else shown


def _has_parts(read: ScreenTable) -> bool:
    names = {cell.name for cell in read.cells}
    return TOTALS[0].name not in names and not names.isdisjoint(_PARTS)


def dlp_sum(table: ScreenTable) -> str:
    """Return the sum of the DLP of the rows in mGy·cm, "" where no row has one."""
    parts = [row.dlp_mgycm for row in table.rows if row.dlp_mgycm is not None]
    return plain(round(sum(parts), 3)) if parts else ""


def product(row: ScanRow) -> str:
    """Return CTDIvol × length as people write it, "" where one is missing."""
    if row.ctdivol_mgy is None or row.scanning_length_mm is None:
        return ""
    length_cm = row.scanning_length_mm / 10
    dlp = row.ctdivol_mgy * length_cm
    return f"{plain(row.ctdivol_mgy)} × {plain(length_cm)} cm = {dlp:.1f}"


def changes(read: ScreenTable, now: ScreenTable) -> list[Change]:
    """Return what a person made of what was read."""
    found = []
    origins = origins_of(now, read)
    for index, (row, origin) in enumerate(zip(now.rows, origins, strict=True), start=1):
        found += _changes(COLUMNS, _at(read.rows, origin), row, f", row {index}")
    for origin in sorted(set(range(len(read.rows))) - set(origins)):
        found.append(Change(f"Row {origin + 1} of what was read", "there", "removed", None))
    return found + _changes(TOTALS, read, now, "")


def _changes(columns: Iterable[Column], read: Any, now: Any, where: str) -> list[Change]:
    pairs = ((c, getattr(read, c.name), getattr(now, c.name)) for c in columns)
    return [
        Change(
            f"{column.heading}{where}",
            _with_unit(column, was),
            _with_unit(column, is_now),
            cell_of(read.cells, column.name),
        )
        for column, was, is_now in pairs
        if was != is_now
    ]


def _with_unit(column: Column, value: float | str | None) -> str:
    if column.kind == "phantom":
        return dict(PHANTOMS).get(plain(value), "")
    text = plain(value)
    return f"{text} {column.unit}".strip() if text else ""


def origins_of(table: ScreenTable, read: ScreenTable) -> list[int]:
    """Return for each row of a kept table its place in the one read, -1 for none of them.

    A row is told by the places of its cells; one without cells is the one at its own place.
    """
    places = {_places(row): index for index, row in enumerate(read.rows) if row.cells}
    bare = {index for index, row in enumerate(read.rows) if not row.cells}
    return [
        places.get(_places(row), -1) if row.cells else index if index in bare else -1
        for index, row in enumerate(table.rows)
    ]


def _places(row: ScanRow) -> frozenset[tuple[int, str, Box]]:
    return frozenset((cell.page, cell.name, cell.box) for cell in row.cells)


LAYOUTS = {
    "siemens": "Siemens Patient Protocol",
    "ge": "GE Dose Report",
    "toshiba": "Toshiba dose information",
    "canon": "Canon dose information",
    "philips": "Philips dose information",
}
"""What people call the layouts."""


def print_of(table: ScreenTable | None) -> str:
    """Return a short mark of what was read, other when it is read otherwise."""
    return hashlib.sha256(msgspec.json.encode(table)).hexdigest()[:16]


def layout_words(layout: str) -> str:
    """Return what a layout is called."""
    return LAYOUTS.get(layout.lower(), layout)


def plain(value: float | str | None) -> str:
    """Return a number with the digits it has."""
    if value is None:
        return ""
    return value if isinstance(value, str) else f"{value:.10g}"


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
        rows.append(_typed_row(given, index, _at(read.rows, origin)))
        origins.append(origin)
    totals = {c.name: _value(given, f"total-{c.name}", c, read, c.heading) for c in TOTALS}
    if _has_parts(read):
        parts = [totals[name] for name in _PARTS if totals[name] is not None]
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


def _at(rows: Sequence[ScanRow], index: int) -> ScanRow:
    return rows[index] if 0 <= index < len(rows) else ScanRow()


def _given(holder: Any, column: Column) -> bool:
    return getattr(holder, column.name) not in (None, "")


def _columns(*tables: ScreenTable) -> set[str]:
    rows = [row for table in tables for row in table.rows]
    return {c.name for c in COLUMNS if c.is_main or any(_given(row, c) for row in rows)}


def _row(
    index: int,
    row: ScanRow,
    read: ScanRow,
    origin: int,
    used: set[str],
    doubts: Sequence[Doubt],
    second: ScreenTable | None,
) -> Row:
    own = [one for one in doubts if one.row == index]
    other = second.rows[origin] if second and 0 <= origin < len(second.rows) else None
    fields = [
        _field(f"{index}-{c.name}", c, row, read, own, other) for c in COLUMNS if c.name in used
    ]
    return Row(
        index,
        origin,
        [one for one in fields if one.column.is_main],
        [one for one in fields if not one.column.is_main],
        [one.sentence for one in own],
        product(row),
    )


def _field(
    name: str,
    column: Column,
    holder: Any,
    read: Any,
    doubts: Sequence[Doubt],
    second: Any,
) -> Field:
    value, was = getattr(holder, column.name), getattr(read, column.name)
    other = getattr(second, column.name, None) if second is not None else None
    concerned = [d.sentence for d in doubts if any(c.name == column.name for c in d.cells)]
    return Field(
        name,
        column,
        plain(value),
        cell_of(read.cells, column.name),
        plain(was) if was != value and was not in (None, "") else "",
        plain(other) if other not in (None, "", value) else "",
        concerned,
    )


def cell_of(cells: Iterable[Cell], name: str) -> Cell | None:
    """Return the place of a value on the screen."""
    return next((one for one in cells if one.name == name), None)
