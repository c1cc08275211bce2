"""Every reason not to believe a table as it was read.

The limits are in `checks.toml`; why these checks, and what they prove, is written in
`docs/decisions/0031-belief-in-screens.md`.
"""

import re
from collections.abc import Iterator, Sequence

from kerma.screens.equations import LOCALIZER, cells_of, equations
from kerma.screens.numbers import decimals
from kerma.screens.page import Page
from kerma.screens.proof import unproved
from kerma.screens.reading import Cell, Doubt, Scanner, ScanRow, ScreenTable
from kerma.screens.tolerances import Limits, limits

NAMES = {
    "kvp": "the tube voltage in kV",
    "tube_current_ma": "the tube current in mA",
    "exposure_mas": "mAs",
    "reference_mas": "the reference mAs",
    "rotation_time_s": "the rotation time in s",
    "exposure_time_s": "the exposure time in s",
    "collimation_mm": "the collimation in mm",
    "pitch": "the pitch",
    "start_mm": "the start of the scan in mm",
    "end_mm": "the end of the scan in mm",
    "scanning_length_mm": "the length of the scan in mm",
    "ctdivol_mgy": "CTDIvol in mGy",
    "dlp_mgycm": "DLP in mGy·cm",
    "phantom_mm": "the phantom",
    "series_number": "the series number",
    "total_dlp_mgycm": "the total DLP in mGy·cm",
    "total_dlp_head_mgycm": "the total DLP of the 16 cm phantom in mGy·cm",
    "total_dlp_body_mgycm": "the total DLP of the 32 cm phantom in mGy·cm",
    "total_mas": "the total mAs",
}
"""Field -> its name in sentences."""
_RANGED = (
    "tube_current_ma", "exposure_mas", "reference_mas", "rotation_time_s", "exposure_time_s",
    "collimation_mm", "pitch", "ctdivol_mgy", "dlp_mgycm",
)  # fmt: skip
_TOTALS = ("total_dlp_mgycm", "total_dlp_head_mgycm", "total_dlp_body_mgycm")
_UNIFORM = (
    ("ctdivol_mgy",),
    ("dlp_mgycm", *_TOTALS),
    ("exposure_mas",),
    ("exposure_time_s",),
    ("start_mm", "end_mm"),
)
"""Columns whose numbers have the same number of decimals on the whole screen."""
_IN_EVERY_ROW = (
    "kvp", "exposure_mas", "rotation_time_s", "exposure_time_s", "collimation_mm", "start_mm",
    "end_mm",
)  # fmt: skip
"""What every scan has if one has it; localizers may have none."""


def doubts(
    table: ScreenTable, pages: Sequence[Page], scanner: Scanner, patient_id: str = ""
) -> tuple[Doubt, ...]:
    """Return why a person must look at the table; empty if it can be believed.

    Parameters
    ----------
    pages
        What the table was read from; empty for a table that a person has typed.
    patient_id
        Of the header of the pictures; "" if unknown.
    """
    of_layout = limits(table.layout)
    found = [
        *_pages(table, pages),
        *_patient(table, patient_id),
        *_strange(table),
        *_unread(table),
        *_rows(table, of_layout),
        *_totals(table, of_layout),
        *_decimals(table),
        *equations(table, of_layout),
        *unproved(table, pages, of_layout),
    ]
    return tuple(found)


def _pages(table: ScreenTable, pages: Sequence[Page]) -> Iterator[Doubt]:
    missing = sorted(set(range(1, table.pages + 1)) - set(table.pages_seen))
    if missing and table.pages_seen:
        yield Doubt(
            name="pages",
            sentence=f"The screens have {table.pages} pages, but page "
            f"{', '.join(map(str, missing))} is not here.",
        )
    for page in pages:
        if page.trouble:
            yield Doubt(name="pages", sentence=page.trouble)


def _patient(table: ScreenTable, patient_id: str) -> Iterator[Doubt]:
    """Compare the identifiers without spaces and signs, which screens and headers set otherwise.

    Each page may have one, and other words may stand near behind it.
    """
    said = _plain(patient_id)
    shown = [line.split() for line in table.patient_id.splitlines()]
    beginnings = [
        {_plain("".join(words[:end])) for end in range(1, len(words) + 1)} for words in shown
    ]
    if said and any(said not in some for some in beginnings if some):
        yield Doubt(
            name="patient",
            sentence="The patient ID on the screen is not the one of the study. Make sure that "
            "the screen is of this patient.",
        )


def _plain(text: str) -> str:
    return re.sub(r"\W", "", text).casefold()


def _strange(table: ScreenTable) -> Iterator[Doubt]:
    for cell in table.strange:
        yield Doubt(name=cell.name, sentence=_strange_sentence(cell), cells=(cell,))


def _strange_sentence(cell: Cell) -> str:
    if cell.name.startswith("unit of"):
        field = cell.name.removeprefix("unit of ")
        return f"The unit of {NAMES.get(field, field)} is missing or is not the expected one."
    if cell.name == "page number":
        return f"The page number {cell.text} does not fit the other pages."
    if cell.name == "heading":
        return "A heading of the table is not known: values under it are not read."
    if cell.name == "top of the table":
        return "The title above the table is not to be seen: the total may be cut off."
    if cell.name == "end of the table":
        return "The end of the table is not to be seen: rows may be missing."
    return "A line of the table was not understood. Look whether it is a scan."


def _unread(table: ScreenTable) -> Iterator[Doubt]:
    for number, row in enumerate(table.rows):
        for cell in row.cells:
            if getattr(row, cell.name, None) in (None, ""):
                yield _unread_doubt(cell, number)
    for cell in table.cells:
        if _value(cell) is None:
            yield _unread_doubt(cell, None)


def _unread_doubt(cell: Cell, row: int | None) -> Doubt:
    sentence = f"“{cell.text}” could not be read as {NAMES.get(cell.name, cell.name)}."
    if not cell.text:
        sentence = f"The place of {NAMES.get(cell.name, cell.name)} is empty."
    elif cell.name == "phantom_mm":
        sentence = f"“{cell.text}” does not tell which phantom is meant, 16 cm or 32 cm."
    return Doubt(name="unread", sentence=sentence, row=row, cells=(cell,))


def _rows(table: ScreenTable, of_layout: Limits) -> Iterator[Doubt]:
    if not table.rows:
        yield Doubt(name="rows", sentence="The table has no row.")
    yield from _numbering(table)
    yield from _empty_places(table)
    with_phantom = any(row.phantom_mm for row in table.rows)
    for number, row in enumerate(table.rows):
        yield from _dose_is_there(number, row)
        yield from _ranges(number, row, of_layout)
        if with_phantom and row.dlp_mgycm and not row.phantom_mm and not _has(row, "phantom_mm"):
            yield Doubt(
                name="phantom",
                sentence="The phantom of this row is missing, others state theirs.",
                row=number,
            )


def _empty_places(table: ScreenTable) -> Iterator[Doubt]:
    """Look for empty places in columns: the value may stand, misread, under another heading."""
    scans = [
        (number, row) for number, row in enumerate(table.rows) if row.acquisition_type != LOCALIZER
    ]
    for name in _IN_EVERY_ROW:
        empty = [(number, row) for number, row in scans if not _has(row, name)]
        if 0 < len(empty) < len(scans):
            yield Doubt(
                name="empty place",
                sentence=f"This row has no value for {NAMES[name]}, others have one.",
                row=empty[0][0],
            )


def _numbering(table: ScreenTable) -> Iterator[Doubt]:
    """Look for gaps, where the layout counts its rows or protocols from 1."""
    if table.layout not in ("philips", "toshiba", "canon"):
        return
    missing = _gaps([int(row.label) for row in table.rows if row.label.isdecimal()])
    if missing:
        yield Doubt(
            name="numbering",
            sentence=f"The rows are numbered, but number {', '.join(map(str, missing))} is not "
            "here.",
        )


def _gaps(numbers: Sequence[int]) -> list[int]:
    """Return the numbers that are left out, whether protocols are counted or the scans in them.

    Scans of one protocol share its number: 1, 1, 2 counts protocols, and 1, 1, 3 counts scans.
    """
    missing: list[int] = []
    last = scans = 0
    for number in numbers:
        if number == last:
            scans += 1
        elif number not in (last + 1, last + scans):
            missing += range(last + 1, number)
        scans = 1 if number != last else scans
        last = number
    return missing


def _dose_is_there(number: int, row: ScanRow) -> Iterator[Doubt]:
    missing = [name for name in ("ctdivol_mgy", "dlp_mgycm") if getattr(row, name) is None]
    if not missing or any(_has(row, name) for name in missing):
        return
    if len(missing) == 2 and row.acquisition_type == LOCALIZER:
        return
    names = " and ".join(NAMES[name] for name in missing)
    yield Doubt(name="no dose", sentence=f"This row has no value for {names}.", row=number)


def _ranges(number: int, row: ScanRow, of_layout: Limits) -> Iterator[Doubt]:
    for name in _RANGED:
        value, span = getattr(row, name), of_layout.span(name)
        if value is not None and span and not span[0] <= value <= span[1]:
            expected = f"between {span[0]:g} and {span[1]:g}"
            yield _range_doubt(number, row, name, expected)
    if row.kvp is not None and row.kvp not in of_layout.kvp:
        expected = "one of " + ", ".join(f"{one:g}" for one in sorted(of_layout.kvp))
        yield _range_doubt(number, row, "kvp", expected)
    for name in ("start_mm", "end_mm", "scanning_length_mm"):
        value = getattr(row, name)
        if value is not None and abs(value) > of_layout.position_mm:
            yield _range_doubt(number, row, name, f"at most {of_layout.position_mm:g}")


def _range_doubt(number: int, row: ScanRow, name: str, expected: str) -> Doubt:
    return Doubt(
        name="range",
        sentence=f"{getattr(row, name):g} is not possible for {NAMES[name]}: expected is "
        f"{expected}.",
        row=number,
        cells=cells_of([row], name),
    )


def _totals(table: ScreenTable, of_layout: Limits) -> Iterator[Doubt]:
    has_total = any(getattr(table, name) is not None for name in _TOTALS)
    if not has_total and of_layout.total_is_printed:
        yield Doubt(
            name="no total",
            sentence="The total DLP was not found: rows may be missing, and nothing proves the "
            "others.",
        )
    for name in (*_TOTALS, "total_mas"):
        cells = tuple(cell for cell in table.cells if cell.name == name)
        if len({_value(cell) for cell in cells}) > 1:
            yield Doubt(
                name="two totals",
                sentence=f"The screens say {NAMES[name]} several times and do not agree: "
                f"{', '.join(cell.text for cell in cells)}.",
                cells=cells,
            )


def _decimals(table: ScreenTable) -> Iterator[Doubt]:
    """Find lost decimal points, and points and commas on the same screen."""
    for names in _UNIFORM:
        cells = cells_of(table.rows, *names)
        cells += tuple(cell for cell in table.cells if cell.name in names)
        if len({decimals(cell.text) for cell in cells}) > 1:
            yield Doubt(
                name="decimals",
                sentence=f"{NAMES[names[0]]} has more decimals in one place than in another: a "
                "decimal point may be lost.",
                cells=cells,
            )
    every = [cell for row in table.rows for cell in row.cells] + list(table.cells)
    numbers = [cell for cell in every if re.fullmatch(r"[0-9]+[.,][0-9]+", cell.text)]
    if len({"," in cell.text for cell in numbers}) > 1:
        yield Doubt(
            name="decimals",
            sentence="Some numbers have a decimal point and others a comma.",
            cells=tuple(numbers),
        )


def _has(row: ScanRow, name: str) -> bool:
    """Whether the row has a cell of the field, read or not."""
    return any(cell.name == name for cell in row.cells)


def _value(cell: Cell) -> float | None:
    """Return the number of a total; letters that stand for digits count as them."""
    text = cell.text.replace(",", ".").translate(str.maketrans("OolI|", "00111"))
    return float(text) if re.fullmatch(r"[0-9]+(\.[0-9]+)?", text) else None
