"""GE "Dose Report": one line a scan range, total on the last page, numbers of pages below."""

from kerma.demo.screens.sheet import Grid, Identity, Look, Measure, Sheet, printed
from kerma.screens.reading import ScanRow, ScreenTable

_ON_A_PAGE = 14
_TYPES = {
    "Constant Angle Acquisition": "Scout",
    "Spiral Acquisition": "Helical",
    "Sequenced Acquisition": "Axial",
    "Stationary Acquisition": "Smart Prep",
}


def sheets(table: ScreenTable, identity: Identity, look: Look, measure: Measure) -> list[Sheet]:
    """Return the pages."""
    total = printed(table.total_dlp_mgycm, 2, look)
    grid = _grid(table, look, measure)
    starts = range(0, max(len(table.rows), 1), _ON_A_PAGE)
    pages = []
    for number, start in enumerate(starts, 1):
        sheet = _head(table, identity, grid, measure)
        stop = min(start + _ON_A_PAGE, len(table.rows))
        sheet.grid(grid, range(start + 2, stop + 2))
        if stop == len(table.rows) and total:
            sheet.line += 0.5
            x = grid.x(1, "Total")
            sheet.write("Total", x, stay=True)
            sheet.write("Exam DLP:", grid.x(2, grid.rows[0][2]), stay=True)
            sheet.write(total, grid.x(4, total))
        sheet.line = _ON_A_PAGE + 14
        sheet.write(f"{number}/{len(starts)}", grid.width // 2)
        pages.append(sheet)
    return pages


def _head(table: ScreenTable, identity: Identity, grid: Grid, measure: Measure) -> Sheet:
    sheet = Sheet(measure)
    width = grid.width
    sheet.spread(f"Patient Name: {identity.patient_name}", "Exam no: 1234", width=width)
    sheet.spread(f"Accession Number: {identity.accession_number}", table.date_time, width=width)
    sheet.spread(f"Patient ID: {identity.patient_id}", identity.model, width=width)
    sheet.write(f"Exam Description: {table.exam_description}")
    sheet.line += 1
    sheet.write("Dose Report", (width - measure("Dose Report")) // 2)
    sheet.line += 0.5
    sheet.grid(grid, range(2))
    sheet.line += 0.3
    return sheet


def _grid(table: ScreenTable, look: Look, measure: Measure) -> Grid:
    head = ["Series", "Type", "Scan Range", "CTDIvol", "DLP", "Phantom"]
    units = ["", "", "(mm)", "(mGy)", "(mGy-cm)", "cm"]
    rows = [_row(row, look) for row in table.rows]
    align = ("llcrrl", "clcccc")[look.variant % 2]
    return Grid([head, units, *rows], align, measure, max(look.gap - 1, 2) * measure("0"))


def _row(row: ScanRow, look: Look) -> list[str]:
    phantom = {160: "Head 16", 320: "Body 32"}.get(row.phantom_mm or 0, "-")
    return [
        str(row.series_number or ""),
        _TYPES.get(row.acquisition_type, row.acquisition_type),
        scan_range(row, look) or "-",
        printed(row.ctdivol_mgy, 2, look, "-"),
        printed(row.dlp_mgycm, 2, look, "-"),
        phantom,
    ]


def scan_range(row: ScanRow, look: Look) -> str:
    """Return e.g. "S19.250-I658.250": superior is positive, inferior negative."""
    if row.start_mm is None or row.end_mm is None:
        return ""
    ends = (row.start_mm, row.end_mm)
    return "-".join(f"{'S' if end >= 0 else 'I'}{printed(abs(end), 3, look)}" for end in ends)
