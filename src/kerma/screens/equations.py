"""What the numbers of one screen must have to do with each other."""

from collections.abc import Iterator, Sequence
from math import sqrt

from kerma.screens.numbers import decimals
from kerma.screens.reading import Cell, Doubt, ScanRow, ScreenTable
from kerma.screens.tolerances import Limits

_DEVIATION = 1 / sqrt(12)
"""Of an error that is anywhere in one unit with the same probability, in units."""
_TINY = 1e-6
LOCALIZER = "Constant Angle Acquisition"
_TOTALS = (
    ("total_dlp_mgycm", None, ""),
    ("total_dlp_head_mgycm", 160, " of the 16 cm phantom"),
    ("total_dlp_body_mgycm", 320, " of the 32 cm phantom"),
)
"""Total, phantom of its rows in mm, and how they are called."""


def equations(table: ScreenTable, limits: Limits) -> Iterator[Doubt]:
    """Yield every relation that does not hold."""
    yield from sums(table, limits)
    for number, row in enumerate(table.rows):
        yield from lengths(number, row, limits)


def sums(table: ScreenTable, limits: Limits) -> Iterator[Doubt]:
    """Yield totals that are not the sum of their rows.

    A printed total is of all rows, whatever their phantom: it is compared as it is printed.
    """
    for name, phantom, of in _TOTALS:
        total = getattr(table, name)
        if total is None or (phantom is None and _is_said_by_phantom(table)):
            continue
        rows = [row for row in _dosed(table) if phantom is None or row.phantom_mm == phantom]
        cells = [*cells_of(rows, "dlp_mgycm"), *(cell for cell in table.cells if cell.name == name)]
        found = sum(row.dlp_mgycm or 0 for row in rows)
        if abs(found - total) > _rounding(cells, limits) + _TINY:
            places = max((decimals(cell.text) for cell in cells), default=2)
            sentence = (
                f"The rows{of} add up to {found:.{places}f} mGy·cm, but the total DLP{of} is "
                f"{total:.{places}f} mGy·cm. Compare every DLP with the picture, and look for a "
                "row that is missing."
            )
            yield Doubt(name="sum of dlp", sentence=sentence, cells=tuple(cells))


def _dosed(table: ScreenTable) -> list[ScanRow]:
    return [row for row in table.rows if row.dlp_mgycm is not None]


def _is_said_by_phantom(table: ScreenTable) -> bool:
    """Whether the total of the one phantom of all rows is printed, and no other."""
    printed = {cell.name for cell in table.cells}
    phantoms = {row.phantom_mm for row in _dosed(table)}
    return "total_dlp_mgycm" not in printed and any(
        name in printed and phantoms == {phantom} for name, phantom, _ in _TOTALS
    )


def lengths(number: int, row: ScanRow, limits: Limits) -> Iterator[Doubt]:
    """Yield what is wrong with the length that DLP and CTDIvol mean together."""
    if row.ctdivol_mgy is None or row.dlp_mgycm is None:
        return
    low, high = _implied_mm(row)
    cells = cells_of([row], "ctdivol_mgy", "dlp_mgycm")
    possible = limits.span("implied_length_mm")
    if possible and (high < possible[0] or low > possible[1]):
        yield Doubt(
            name="dlp and ctdivol",
            sentence=f"DLP / CTDIvol is a length of {_in_cm(low, high)}, which no scan has. Look "
            "for a lost decimal point.",
            row=number,
            cells=cells,
        )
    yield from _against_printed(number, row, limits, (low, high))


def _against_printed(
    number: int, row: ScanRow, limits: Limits, implied: tuple[float, float]
) -> Iterator[Doubt]:
    extra = limits.extra_mm(row.acquisition_type)
    if row.scanning_length_mm is None or extra is None or row.acquisition_type == LOCALIZER:
        return
    low, high = implied
    least, most = (row.scanning_length_mm + one for one in extra)
    if high < least or low > most:
        yield Doubt(
            name="dlp and length",
            sentence=f"DLP / CTDIvol is a length of {_in_cm(low, high)}, but the scan is "
            f"{row.scanning_length_mm / 10:.1f} cm long.",
            row=number,
            cells=cells_of(
                [row], "ctdivol_mgy", "dlp_mgycm", "start_mm", "end_mm", "scanning_length_mm"
            ),
        )


def _in_cm(low_mm: float, high_mm: float) -> str:
    """Return a range of lengths as text; what rounds to one number is one."""
    low, high = f"{low_mm / 10:.1f}", f"{high_mm / 10:.1f}"
    return f"{low} cm" if low == high else f"{low} to {high} cm"


def cells_of(rows: Sequence[ScanRow], *names: str) -> tuple[Cell, ...]:
    """Return the cells of these fields."""
    return tuple(cell for row in rows for cell in row.cells if cell.name in names)


def half_unit(cell: Cell) -> float:
    """Return half a unit of the last printed digit."""
    return 0.5 * 10.0 ** -decimals(cell.text)


def _rounding(cells: Sequence[Cell], limits: Limits) -> float:
    """Return how far a sum of rounded values may be from the rounded sum.

    One value and a total with the same digits are the same number, rounded once.
    """
    halves = [half_unit(cell) for cell in cells]
    if not halves or (len(halves) == 2 and halves[0] == halves[1]):
        return 0.0
    likely = limits.rounding_deviations * 2 * _DEVIATION * sqrt(sum(half**2 for half in halves))
    return min(sum(halves), likely)


def _implied_mm(row: ScanRow) -> tuple[float, float]:
    """Return the least and the greatest DLP / CTDIvol in mm that round to what is printed."""
    ctdivol, dlp = row.ctdivol_mgy or 0.0, row.dlp_mgycm or 0.0
    off = {cell.name: half_unit(cell) for cell in row.cells}
    ctdivol_off, dlp_off = off.get("ctdivol_mgy", 0.0), off.get("dlp_mgycm", 0.0)
    least = max(dlp - dlp_off, 0.0) / max(ctdivol + ctdivol_off, _TINY)
    most = (dlp + dlp_off) / max(ctdivol - ctdivol_off, _TINY)
    return 10 * least, 10 * most
