"""The table of a dose screen in, the fields of the review page out."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from kerma.screens.page import Box
from kerma.screens.reading import Cell, Doubt, ScanRow, ScreenTable


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
PARTS = ("total_dlp_head_mgycm", "total_dlp_body_mgycm")
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
        _row(index, row, row_at(read.rows, origin), origin, used, doubts, second)
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
    return shown[1:] if has_parts(read) else shown


def has_parts(read: ScreenTable) -> bool:
    """Return whether the screen gives totals per phantom, and none for all."""
    names = {cell.name for cell in read.cells}
    return TOTALS[0].name not in names and not names.isdisjoint(PARTS)


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
        found += _changes(COLUMNS, row_at(read.rows, origin), row, f", row {index}")
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


def layout_words(layout: str) -> str:
    """Return what a layout is called."""
    return LAYOUTS.get(layout.lower(), layout)


def plain(value: float | str | None) -> str:
    """Return a number with the digits it has."""
    if value is None:
        return ""
    return value if isinstance(value, str) else f"{value:.10g}"


def row_at(rows: Sequence[ScanRow], index: int) -> ScanRow:
    """Return a row, an empty one where there is none."""
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
