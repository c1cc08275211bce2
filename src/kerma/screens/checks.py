"""Every reason not to believe a table as it was read.

The limits are in `checks.toml`; why these checks, and what they prove, is written in
`docs/decisions/0031-belief-in-screens.md`.
"""

import re
from collections.abc import Iterator, Sequence

from kerma.screens.equations import LOCALIZER, cells_of, equations, half_unit
from kerma.screens.numbers import decimals
from kerma.screens.page import Page
from kerma.screens.proof import WORDS, unproved
from kerma.screens.reading import Doubt, Scanner, ScanRow, ScreenTable
from kerma.screens.riddles import NAMES, strange, unread, value_of
from kerma.screens.tolerances import Limits, limits

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
_EDGE = 0.35
"""Height of a number, as share of which it must be away from the edge of the picture: digits of one
number stand nearer together."""
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
        *strange(table),
        *unread(table),
        *_rows(table, of_layout),
        *_totals(table, of_layout),
        *_decimals(table),
        *_cut(table, pages),
        *equations(table, of_layout),
        *unproved(table, pages, of_layout),
    ]
    return tuple(found)


def _pages(table: ScreenTable, pages: Sequence[Page]) -> Iterator[Doubt]:
    missing = sorted(set(range(1, table.pages + 1)) - set(table.pages_seen))
    if missing and table.pages_seen:
        yield Doubt(
            name="pages",
            sentence=f"The screens count {table.pages} pages, but {_listed('page', missing)} "
            "not here.",
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


def _rows(table: ScreenTable, of_layout: Limits) -> Iterator[Doubt]:
    if not table.rows:
        yield Doubt(name="rows", sentence="No scan was found in the table.")
    yield from _numbering(table)
    yield from _empty_places(table)
    with_phantom = any(row.phantom_mm for row in table.rows)
    for number, row in enumerate(table.rows):
        yield from _dose_is_there(number, row)
        yield from _ranges(number, row, of_layout)
        if with_phantom and row.dlp_mgycm and not row.phantom_mm and not _has(row, "phantom_mm"):
            yield Doubt(
                name="phantom",
                sentence="This row does not state its phantom, other rows do.",
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
                sentence=f"This row has no value for {NAMES[name]}, other rows have one.",
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
            sentence=f"The rows are numbered, but {_listed('number', missing)} not here.",
        )


def _listed(what: str, numbers: Sequence[int]) -> str:
    """Return e.g. "page 2 is", "pages 1 to 3 and 5 are"; the numbers are in order."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number - runs[-1][-1] <= 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    said = [f"{run[0]} to {run[-1]}" if run[-1] > run[0] else f"{run[0]}" for run in runs]
    words = " and ".join([", ".join(said[:-1]), said[-1]] if said[:-1] else said)
    return f"{what} {words} is" if len(set(numbers)) == 1 else f"{what}s {words} are"


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
        off = max((half_unit(cell) for cell in cells_of([row], name)), default=0.0)
        if value is not None and span and not span[0] - off <= value <= span[1]:
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
        sentence=f"{getattr(row, name):g} cannot be {NAMES[name]}: expected is {expected}.",
        row=number,
        cells=cells_of([row], name),
    )


def _totals(table: ScreenTable, of_layout: Limits) -> Iterator[Doubt]:
    has_total = any(getattr(table, name) is not None for name in _TOTALS)
    if not has_total and of_layout.total_is_printed:
        yield Doubt(
            name="no total",
            sentence="No total DLP was found: nothing proves the DLPs, and rows may be missing.",
        )
    for name in (*_TOTALS, "total_mas"):
        cells = tuple(cell for cell in table.cells if cell.name == name)
        if len({value_of(cell) for cell in cells}) > 1:
            yield Doubt(
                name="two totals",
                sentence=f"The screens give {NAMES[name]} several times, and differently: "
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
                sentence=f"There are more decimals in one place than in another for "
                f"{NAMES[names[0]]}: a decimal point may be lost.",
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


def _cut(table: ScreenTable, pages: Sequence[Page]) -> Iterator[Doubt]:
    """Find numbers so near to the edge of the picture that a digit may be cut off."""
    numbered = [(number, cell) for number, row in enumerate(table.rows) for cell in row.cells]
    for number, cell in [*numbered, *((None, cell) for cell in table.cells)]:
        if not pages or cell.name in WORDS:
            continue
        left = cell.box.x
        room = min(left, pages[cell.page].width - left - cell.box.width)
        if room < _EDGE * cell.box.height:
            yield Doubt(
                name="edge",
                sentence=f"“{cell.text}” stands at the edge of the picture: a part of it may be "
                "cut off.",
                row=number,
                cells=(cell,),
            )


def _has(row: ScanRow, name: str) -> bool:
    """Whether the row has a cell of the field, read or not."""
    return any(cell.name == name for cell in row.cells)
