"""Philips: one line a scan, columns in any order."""

from kerma.screens.read import table_of
from kerma.screens.reading import Reading, Scanner, ScreenTable
from tests.screens.written import names, page

PHILIPS = Scanner(manufacturer="Philips", model="Brilliance 16")
SCREEN = """\
Dose Report
Patient Name: EXAMPLE     Patient ID: 4711
#   Label       Scan Type  kV   mAs  Length (mm)  CTDIvol (mGy)  DLP (mGy*cm)  Phantom (cm)
1   Surview     Surview    120  30   400.0        0.10           4.0           Body 32
2   Abdomen PV  Helical    120  200  350.0        13.10          491.3         Body 32
Total DLP: 495.3 mGy*cm
"""


def test_a_screen_is_read_without_a_doubt():
    reading = _read(SCREEN)

    assert reading.is_believed, reading.doubts
    surview, abdomen = _table(SCREEN).rows
    assert surview.acquisition_type == "Constant Angle Acquisition"
    assert (abdomen.protocol, abdomen.acquisition_type) == ("Abdomen PV", "Spiral Acquisition")
    assert (abdomen.kvp, abdomen.exposure_mas, abdomen.scanning_length_mm) == (120, 200, 350)
    assert (abdomen.ctdivol_mgy, abdomen.dlp_mgycm, abdomen.phantom_mm) == (13.1, 491.3, 320)


def test_the_order_of_columns_does_not_matter():
    text = """\
Scan  Type     DLP (mGy*cm)  CTDIvol (mGy)  kV   Label
1     Helical  491.3         13.10          120  Abdomen
Exam DLP = 491.3
"""
    [row] = _table(text).rows

    assert (row.ctdivol_mgy, row.dlp_mgycm, row.kvp) == (13.1, 491.3, 120)


def test_a_length_in_cm_is_converted():
    text = SCREEN.replace("Length (mm)", "Length (cm)").replace("350.0", "35.0 ")

    assert _table(text).rows[1].scanning_length_mm == 350


def test_units_that_are_missing_or_strange_are_doubts():
    assert "unit of dlp_mgycm" in names(_read(SCREEN.replace("(mGy*cm)", "        ")).doubts)
    assert "unit of dlp_mgycm" in names(_read(SCREEN.replace("(mGy*cm)", "(Gy*cm) ")).doubts)


def test_a_missing_number_in_the_first_column_is_a_doubt():
    lines = [line for line in SCREEN.splitlines() if not line.startswith("1 ")]

    assert {"numbering", "sum of dlp"} <= names(_read("\n".join(lines)).doubts)


def _read(text: str) -> Reading:
    return table_of([page(text)], PHILIPS)


def _table(text: str) -> ScreenTable:
    table = _read(text).table
    assert table is not None
    return table
