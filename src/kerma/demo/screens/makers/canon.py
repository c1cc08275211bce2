"""Canon Aquilion: as Toshiba, doses with ".e" and units, one line of headings with kV."""

from itertools import groupby

from kerma.demo.screens.makers import toshiba
from kerma.demo.screens.sheet import Grid, Identity, Look, Measure, Sheet, printed
from kerma.screens.reading import ScanRow, ScreenTable

_ON_A_PAGE = 14


def sheets(table: ScreenTable, identity: Identity, look: Look, measure: Measure) -> list[Sheet]:
    """Return the pages."""
    pages = [toshiba.totals_page(table, identity, look, measure, ".e")]
    grid = _grid(table, look, measure)
    for start in range(0, len(table.rows), _ON_A_PAGE):
        if start:
            pages.append(toshiba.head(table, identity, measure))
        _details(pages[-1], table, grid, start)
    return pages


def _details(sheet: Sheet, table: ScreenTable, grid: Grid, start: int) -> None:
    sheet.write("<<Detail Information>>")
    rows = table.rows[start : start + _ON_A_PAGE]
    place = start
    for protocol, scans in groupby(rows, key=lambda row: row.protocol):
        many = len(list(scans))
        sheet.write(toshiba.title(table, protocol))
        sheet.grid(grid, (0,))
        sheet.grid(grid, range(1 + place, 1 + place + many))
        place += many


def _grid(table: ScreenTable, look: Look, measure: Measure) -> Grid:
    head = ["", "kV", "Total mAs", "Exposure Time", "CTDIvol.e(mGy)", "DLP.e(mGy.cm)"]
    rows = [_row(row, look) for row in table.rows]
    return Grid([head, *rows], "llllll", measure, look.gap * measure("0"), measure("  "))


def _row(row: ScanRow, look: Look) -> list[str]:
    phantom = toshiba.PHANTOMS.get(row.phantom_mm or 0, "")
    doses = [printed(value, 2, look) for value in (row.ctdivol_mgy, row.dlp_mgycm)]
    return [
        toshiba.MODES.get(row.acquisition_type, row.acquisition_type),
        printed(row.kvp, 0, look),
        printed(row.exposure_mas, 0, look),
        printed(row.exposure_time_s, 2, look),
        *[dose + phantom if dose else "-" for dose in doses],
    ]
