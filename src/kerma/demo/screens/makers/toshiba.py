"""Toshiba Aquilion: totals per phantom, then each protocol with its scans."""

from collections.abc import Sequence
from itertools import groupby

from kerma.demo.screens.sheet import Grid, Identity, Look, Measure, Sheet, printed
from kerma.screens.reading import ScanRow, ScreenTable

_ON_A_PAGE = 9
MODES = {
    "Constant Angle Acquisition": "Scano",
    "Spiral Acquisition": "Helical",
    "Sequenced Acquisition": "S&S",
    "Stationary Acquisition": "SureStart",
}
PHANTOMS = {160: "(Head)", 320: "(Body)"}


def sheets(table: ScreenTable, identity: Identity, look: Look, measure: Measure) -> list[Sheet]:
    """Return the pages: the totals first, the details on the same page or on those that follow."""
    first = totals_page(table, identity, look, measure, "")
    pages = [first]
    starts = range(0, len(table.rows), _ON_A_PAGE)
    for number, start in enumerate(starts):
        if number or look.variant % 2:
            pages.append(head(table, identity, measure))
        _details(pages[-1], table, table.rows[start : start + _ON_A_PAGE], look, measure)
    return pages


def head(table: ScreenTable, identity: Identity, measure: Measure) -> Sheet:
    """Return a page with who and when."""
    sheet = Sheet(measure)
    sheet.write(f"Patient ID : {identity.patient_id}   Name : {identity.patient_name}")
    sheet.write(table.date_time)
    return sheet


def totals_page(
    table: ScreenTable, identity: Identity, look: Look, measure: Measure, suffix: str
) -> Sheet:
    """Return the page up to the totals; `suffix` is that of the names of doses."""
    sheet = head(table, identity, measure)
    sheet.line += 0.5
    sheet.write("<<Dose Information>>")
    names = ("Total DLP{}(mGy.cm)", "DLP{}(mGycm)")
    name = names[look.variant // 2 % 2].format(suffix)
    totals = [
        printed(total, 2, look, "-")
        for total in (table.total_dlp_head_mgycm, table.total_dlp_body_mgycm)
    ]
    sheet.write(f"{name}: (Head): {totals[0]}  (Body): {totals[1]}", measure("  "))
    sheet.line += 0.5
    return sheet


def _details(
    sheet: Sheet, table: ScreenTable, rows: Sequence[ScanRow], look: Look, measure: Measure
) -> None:
    sheet.write("<<Detail Information>>")
    grid = _grid(rows, look, measure)
    place = 0
    for protocol, scans in groupby(rows, key=lambda row: row.protocol):
        many = len(list(scans))
        sheet.write(title(table, protocol))
        sheet.grid(grid, (0, 1))
        sheet.grid(grid, range(2 + 2 * place, 2 + 2 * (place + many)))
        place += many


def title(table: ScreenTable, protocol: str) -> str:
    """Return e.g. "2.HEAD": protocols are numbered in the order of the study."""
    protocols = list(dict.fromkeys(row.protocol for row in table.rows))
    return f"{protocols.index(protocol) + 1}.{protocol}"


def _grid(rows: Sequence[ScanRow], look: Look, measure: Measure) -> Grid:
    cells = [
        ["", "Total mAs", "Exposure Time", "CTDIvol", "DLP"],
        ["", "Start Pos.", "End Pos.", "Eff. DLP", "SD"],
    ]
    for row in rows:
        cells += _scan(row, look)
    return Grid(cells, "lllll", measure, look.gap * measure("0"), measure("  "))


def _scan(row: ScanRow, look: Look) -> list[list[str]]:
    phantom = PHANTOMS.get(row.phantom_mm or 0, "")
    doses = [printed(value, 2, look) for value in (row.ctdivol_mgy, row.dlp_mgycm)]
    return [
        [
            MODES.get(row.acquisition_type, row.acquisition_type),
            printed(row.exposure_mas, 0, look),
            printed(row.exposure_time_s, 2, look),
            *[dose + phantom if dose else "-" for dose in doses],
        ],
        ["", _signed(row.start_mm, look), _signed(row.end_mm, look), doses[1] or "-", "-"],
    ]


def _signed(value: float | None, look: Look) -> str:
    return ("+" if value is not None and value >= 0 else "") + printed(value, 1, look)
