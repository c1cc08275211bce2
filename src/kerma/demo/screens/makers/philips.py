"""Philips dose report: one line a scan with length and phantom, total below."""

from kerma.demo.screens.sheet import Grid, Identity, Look, Measure, Sheet, printed
from kerma.screens.reading import ScanRow, ScreenTable

_ON_A_PAGE = 20
_TYPES = {
    "Constant Angle Acquisition": "Surview",
    "Spiral Acquisition": "Helical",
    "Sequenced Acquisition": "Axial",
}


def sheets(table: ScreenTable, identity: Identity, look: Look, measure: Measure) -> list[Sheet]:
    """Return the pages."""
    grid = _grid(table, look, measure)
    total = printed(table.total_dlp_mgycm, 1, look)
    pages = []
    for start in range(0, max(len(table.rows), 1), _ON_A_PAGE):
        sheet = Sheet(measure)
        sheet.write(("Dose Report", "Dose Info", "Exam Dose Summary")[look.variant % 3])
        sheet.write(f"Patient Name: {identity.patient_name}")
        sheet.write(f"Patient ID: {identity.patient_id}")
        sheet.line += 1
        stop = min(start + _ON_A_PAGE, len(table.rows))
        sheet.grid(grid, (0,))
        sheet.grid(grid, range(start + 1, stop + 1))
        if stop == len(table.rows) and total:
            sheet.line += 0.5
            lead = ("Total DLP:", "Total DLP =", "Exam DLP:")[look.variant % 3]
            sheet.write(f"{lead} {total} mGy*cm")
        pages.append(sheet)
    return pages


def _grid(table: ScreenTable, look: Look, measure: Measure) -> Grid:
    head = [
        "#", "Label", "Scan Type", "kV", "mAs", "Length (mm)", "CTDIvol (mGy)", "DLP (mGy*cm)",
        "Phantom (cm)",
    ]  # fmt: skip
    rows = [_row(number, row, look) for number, row in enumerate(table.rows, 1)]
    align = ("lllrrrrrl", "lllcccccc")[look.variant % 2]
    return Grid([head, *rows], align, measure, max(look.gap - 1, 2) * measure("0"))


def _row(number: int, row: ScanRow, look: Look) -> list[str]:
    return [
        str(number),
        row.protocol,
        _TYPES.get(row.acquisition_type, row.acquisition_type),
        printed(row.kvp, 0, look),
        printed(row.exposure_mas, 0, look),
        printed(row.scanning_length_mm, 1, look),
        printed(row.ctdivol_mgy, 2, look),
        printed(row.dlp_mgycm, 1, look),
        {160: "Head 16", 320: "Body 32"}.get(row.phantom_mm or 0, "-"),
    ]
