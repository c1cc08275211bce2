"""Which numbers may be believed although a glyph of them only comes near a known one.

A digit is proved if the screen would contradict itself with every other digit in its place, and
if nothing else in the same relation is uncertain. DLPs and their total prove each other together
if the matcher knew all ten digits, so that the right one was among those compared. All else must
be exact, as the matcher calls what compression cannot have made of another letter. See
`docs/decisions/0031-belief-in-screens.md`.
"""

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from kerma.screens.equations import equations
from kerma.screens.page import Page
from kerma.screens.reading import Cell, Doubt, ScanRow, ScreenTable
from kerma.screens.tolerances import Limits

WORDS = frozenset(("protocol", "acquisition_type", "label"))
"""Cells of words: a letter that is wrong there changes no dose."""
_LENGTH = frozenset(("ctdivol_mgy", "dlp_mgycm", "start_mm", "end_mm", "scanning_length_mm"))


def unproved(table: ScreenTable, pages: Sequence[Page], limits: Limits) -> Iterator[Doubt]:
    """Yield every number that has an uncertain glyph and that nothing proves.

    Parameters
    ----------
    pages
        What was seen; empty for a table that a person has looked at, who proves it.
    """
    if not pages:
        return
    adds_up = _all_digits_known(pages) and _adds_up(table, limits)
    for number, row in enumerate(table.rows):
        for cell in row.cells:
            if cell.exact or cell.name in WORDS or (adds_up and cell.name == "dlp_mgycm"):
                continue
            if not (_is_alone(table, row, cell) and _is_proved(table, number, cell, limits)):
                yield _doubt(cell, number)
    for cell in table.cells:
        if cell.exact or (adds_up and cell.name.startswith("total_dlp")):
            continue
        if not (_is_alone(table, None, cell) and _is_proved(table, None, cell, limits)):
            yield _doubt(cell, None)


def _all_digits_known(pages: Sequence[Page]) -> bool:
    return all(set("0123456789") <= set(page.letters) for page in pages)


def _adds_up(table: ScreenTable, limits: Limits) -> bool:
    """Whether a printed total is the sum of at least one row."""
    totals = [cell for cell in table.cells if cell.name.startswith("total_dlp")]
    rows = [row for row in table.rows if row.dlp_mgycm is not None]
    return bool(totals and rows) and not any(True for _ in equations(table, limits))


def _doubt(cell: Cell, row: int | None) -> Doubt:
    return Doubt(
        name="uncertain glyph",
        sentence=f"A digit or letter of “{cell.text}” only comes near a known one, and no other "
        "number of the screen proves it. Compare it with the picture.",
        row=row,
        cells=(cell,),
    )


def _is_alone(table: ScreenTable, row: ScanRow | None, cell: Cell) -> bool:
    """Whether everything else in the relation that could prove the cell is certain.

    The same misread shape may stand in a row and in the total, and the sum would still hold.
    """
    if cell.name == "ctdivol_mgy" and row is not None:
        others = [one for one in row.cells if one.name in _LENGTH]
    elif cell.name == "dlp_mgycm" or cell.name.startswith("total_dlp"):
        others = [one for one in table.cells if one.name.startswith("total_dlp")]
        others += [one for each in table.rows for one in each.cells if one.name == "dlp_mgycm"]
    else:
        return False
    return all(one.exact for one in others if one is not cell)


def _is_proved(table: ScreenTable, row: int | None, cell: Cell, limits: Limits) -> bool:
    """Whether every other digit in any one place contradicts the rest of the screen."""
    return all(
        any(True for _ in equations(changed, limits))
        for text in _others(cell.text)
        if (changed := _with(table, row, cell, text)) is not None
    )


def _others(text: str) -> Iterator[str]:
    """Yield the texts with one other digit, or without the decimal point."""
    for place, letter in enumerate(text):
        if letter in ".,":
            yield text[:place] + text[place + 1 :]
        elif letter.isdigit():
            yield from (
                text[:place] + other + text[place + 1 :]
                for other in "0123456789"
                if other != letter
            )


def _with(table: ScreenTable, row: int | None, cell: Cell, text: str) -> ScreenTable | None:
    """Return the table with another text in the cell; None if that is no number."""
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        return None
    other = replace(cell, text=text)
    if row is None:
        cells = tuple(other if one is cell else one for one in table.cells)
        return replace(table, cells=cells, **{cell.name: value})
    old = table.rows[row]
    cells = tuple(other if one is cell else one for one in old.cells)
    rows = list(table.rows)
    rows[row] = replace(old, cells=cells, **{cell.name: value})
    return replace(table, rows=tuple(rows))
