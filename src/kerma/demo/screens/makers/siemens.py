"""Siemens "Patient Protocol": one line a scan; totals above, foot note of the phantoms below."""

from kerma.demo.screens.sheet import Grid, Identity, Look, Measure, Sheet, printed
from kerma.screens.reading import ScanRow, ScreenTable

_WORDS = {
    "en": ("Patient Protocol", "Total mAs", "Total DLP", "Patient Position"),
    "de": ("Patientenprotokoll", "Gesamt mAs", "Gesamt DLP", "Patientenlage"),
    "fr": ("Protocole patient", "mAs total", "DLP total", "Position patient"),
    "es": ("Protocolo del paciente", "mAs total", "DLP total", "Posición del paciente"),
    "it": ("Protocollo paziente", "mAs totale", "DLP totale", "Posizione paziente"),
}
_NOTES = ("* L = 32cm, S = 16cm", "L: 32cm S: 16cm", "L--32cm S--16cm")
_ON_A_PAGE = 20


def sheets(table: ScreenTable, identity: Identity, look: Look, measure: Measure) -> list[Sheet]:
    """Return the pages."""
    digit = measure("0")
    grid = _grid(table, look, measure, look.gap * digit)
    starts = range(0, max(len(table.rows), 1), _ON_A_PAGE)
    return [_page(table, identity, look, grid, start, measure) for start in starts]


def _page(
    table: ScreenTable, identity: Identity, look: Look, grid: Grid, start: int, measure: Measure
) -> Sheet:
    title, total_mas, total_dlp, position = _WORDS[look.language]
    sheet = Sheet(measure)
    sheet.spread(identity.institution, "SIEMENS " + identity.model, width=grid.width)
    sheet.write(f"{identity.patient_name}   ID: {identity.patient_id}   *{identity.birth_date}")
    sheet.write(title)
    sheet.write(table.date_time)
    sheet.write(f"Physician: {identity.physician}")
    unit = ("", " mGy*cm", " mGycm")[look.variant % 3]
    decimals = dlp_decimals(look)
    mas, dlp = printed(table.total_mas, 0, look), printed(table.total_dlp_mgycm, decimals, look)
    if mas:
        sheet.write(f"{total_mas} {mas}", stay=True)
    if dlp:
        sheet.write(f"{total_dlp} {dlp}{unit}", grid.width // 2, stay=True)
    sheet.line += 1.5
    sheet.grid(grid, range(2))
    sheet.write(f"{position} H-SP")
    stop = min(start + _ON_A_PAGE, len(table.rows))
    sheet.grid(grid, range(start + 2, stop + 2))
    sheet.line += 1
    if any(row.phantom_mm for row in table.rows):
        sheet.write(_NOTES[look.variant % len(_NOTES)])
    return sheet


def dlp_decimals(look: Look) -> int:
    """Return the decimals with which DLP is shown."""
    return (2, 0, 1)[look.variant // 3 % 3]


def _grid(table: ScreenTable, look: Look, measure: Measure, gap: int) -> Grid:
    kv = ("KV", "kV")[look.variant % 2]
    mas = ("mAs / ref.", "mAs")[look.variant % 2]
    head = ["", "Scan", kv, mas, "CTDIvol*", "DLP", "TI", "cSL"]
    units = ["", "", "", "", "mGy", ("mGy*cm", "mGycm", "mGy-cm")[look.variant % 3], "s", "mm"]
    rows = [_row(row, look) for row in table.rows]
    return Grid([head, units, *rows], ("lccrrrcc", "lccccccc")[look.variant // 2 % 2], measure, gap)


def _row(row: ScanRow, look: Look) -> list[str]:
    mas = printed(row.exposure_mas, 0, look)
    if row.tube_current_ma is not None:
        mas = f"{printed(row.tube_current_ma, 0, look)} mA"
    if row.reference_mas is not None:
        mas += f" / {printed(row.reference_mas, 0, look)}"
    letter = {160: " S", 320: " L"}.get(row.phantom_mm or 0, "")
    dose = printed(row.ctdivol_mgy, 2, look)
    return [
        row.protocol,
        row.label,
        printed(row.kvp, 0, look),
        mas,
        dose + letter if dose else "",
        printed(row.dlp_mgycm, dlp_decimals(look), look),
        printed(row.rotation_time_s or row.exposure_time_s, 2, look),
        printed(row.collimation_mm, 1, look),
    ]
