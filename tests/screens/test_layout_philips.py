"""Philips: one line a scan, columns in any order."""

from msgspec.structs import replace

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


def test_without_a_phantom_there_must_be_room_for_its_column():
    text = SCREEN.replace("Phantom (cm)", "").replace("Body 32", "")
    whole = page(text)
    right = max(word.box.x + word.box.width for word in whole.lines[2].words)

    assert table_of([whole], PHILIPS).is_believed
    cut = table_of([replace(whole, width=right + 20)], PHILIPS)
    assert names(cut.doubts) == {"column of the phantom"}


def test_a_length_without_a_unit_is_none():
    """10 cm and 10 mm may both agree with the doses: a spiral irradiates up to 17 cm more."""
    for unit in ("", "(in)"):
        reading = _read(SCREEN.replace("Length (mm)", f"Length {unit}"))

        assert reading.doubts
        assert reading.table is not None
        assert {row.scanning_length_mm for row in reading.table.rows} == {None}


def test_units_that_are_missing_or_strange_are_doubts():
    assert "unit of dlp_mgycm" in names(_read(SCREEN.replace("(mGy*cm)", "        ")).doubts)
    assert "unit of dlp_mgycm" in names(_read(SCREEN.replace("(mGy*cm)", "(Gy*cm) ")).doubts)


def test_a_missing_number_in_the_first_column_is_a_doubt():
    lines = [line for line in SCREEN.splitlines() if not line.startswith("1 ")]

    assert {"numbering", "sum of dlp"} <= names(_read("\n".join(lines)).doubts)


def test_pages_that_arrive_mixed_are_in_the_order_of_their_numbers():
    lines = SCREEN.splitlines(keepends=True)
    one, two = "".join(lines[:4]), "".join([*lines[:3], *lines[4:]])

    for pages in ((one, two), (two, one)):
        reading = _read(*pages)
        assert reading.is_believed, reading.doubts
        assert reading.table is not None
        assert [row.label for row in reading.table.rows] == ["1", "2"]


def _read(*texts: str) -> Reading:
    return table_of([page(text) for text in texts], PHILIPS)


def _table(text: str) -> ScreenTable:
    table = _read(text).table
    assert table is not None
    return table
