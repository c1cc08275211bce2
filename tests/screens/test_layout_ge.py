"""GE: the Dose Report."""

import pytest

from kerma.screens.read import table_of
from kerma.screens.reading import Reading, Scanner, ScreenTable
from tests.screens.written import names, page

GE = Scanner(manufacturer="GE MEDICAL SYSTEMS")
HEAD = """\
Patient Name: EXAMPLE ANNA           Exam no: 1234
Accession Number: 12345              05 Mar 2010
Patient ID: 4711                     LightSpeed VCT
Exam Description: CT ABDOMEN
            Dose Report
Series  Type        Scan Range         CTDIvol  DLP       Phantom
                    (mm)               (mGy)    (mGy-cm)  cm
"""
ROWS = """\
1       Scout       -                  -        -         -
2       Helical     S19.250-I658.250   17.95    1299.58   Body 32
2       Smart Prep  I100.000-I100.000  5.12     2.56      Body 32
200     Axial       S10.500-S150.500   40.00    600.00    Head 16
"""
TOTAL = "        Total       Exam DLP:  1902.14\n"
SCREEN = HEAD + ROWS + TOTAL + "                 1/1\n"


def test_a_whole_screen_is_read_without_a_doubt():
    reading = _read(SCREEN)

    assert reading.is_believed, reading.doubts
    table = _table(SCREEN)
    assert table.total_dlp_mgycm == 1902.14
    assert [row.ctdivol_mgy for row in table.rows] == [None, 17.95, 5.12, 40.0]
    assert [row.dlp_mgycm for row in table.rows] == [None, 1299.58, 2.56, 600.0]
    assert [row.phantom_mm for row in table.rows] == [None, 320, 320, 160]
    assert [row.series_number for row in table.rows] == [1, 2, 2, 200]
    assert table.exam_description == "CT ABDOMEN"


def test_superior_is_positive_and_inferior_negative():
    helical = _table(SCREEN).rows[1]

    assert (helical.start_mm, helical.end_mm) == (19.25, -658.25)
    assert helical.scanning_length_mm == 677.5


def test_types_are_those_of_dicom_and_a_range_without_length_is_stationary():
    assert [row.acquisition_type for row in _table(SCREEN).rows] == [
        "Constant Angle Acquisition",
        "Spiral Acquisition",
        "Stationary Acquisition",
        "Sequenced Acquisition",
    ]


def test_names_are_blanked_and_the_patient_id_is_only_kept_to_compare():
    table = _table(SCREEN)

    assert table.patient_id == "4711"
    assert len(table.identity) == 3
    assert "EXAMPLE" not in str(table)
    assert _read(SCREEN, patient_id="4711").is_believed
    assert "patient" in names(_read(SCREEN, patient_id="4712").doubts)


def test_the_total_is_on_the_last_page():
    lines = ROWS.splitlines(keepends=True)
    one = HEAD + "".join(lines[:2]) + "      1/2\n"
    two = HEAD + "".join(lines[2:]) + TOTAL + "      2/2\n"

    assert _read(two, one).is_believed
    assert [row.series_number for row in _table(two, one).rows] == [1, 2, 2, 200]


def test_pages_without_numbers_are_a_doubt_because_series_are_not_numbered_in_their_order():
    """A timing bolus is series 200 between 2 and 3."""
    lines = ROWS.splitlines(keepends=True)
    one, two = HEAD + "".join(lines[:2]), HEAD + "".join(lines[2:]) + TOTAL

    assert names(_read(one, two).doubts) == {"order of the pages"}


def test_half_of_the_pages_is_a_doubt():
    lines = ROWS.splitlines(keepends=True)
    one = HEAD + "".join(lines[:2]) + "      1/2\n"
    two = HEAD + "".join(lines[2:]) + TOTAL + "      2/2\n"

    assert {"pages", "no total"} <= names(_read(one).doubts)
    assert {"pages", "sum of dlp"} <= names(_read(two).doubts)


def test_a_page_number_within_another_line_counts_too():
    text = SCREEN.replace("                 1/1\n", "").replace("LightSpeed VCT", "Page 1 of 2")

    assert "pages" in names(_read(text).doubts)


def test_two_pages_of_the_same_number_that_differ_are_a_doubt():
    other = SCREEN.replace("17.95", "17.96")

    assert "page number" in names(_read(SCREEN, other).doubts)


def test_pages_of_two_patients_are_a_doubt():
    lines = ROWS.splitlines(keepends=True)
    one = HEAD + "".join(lines[:2]) + "      1/2\n"
    two = HEAD.replace("4711", "4712") + "".join(lines[2:]) + TOTAL + "      2/2\n"

    assert "patient" in names(_read(one, two, patient_id="4711").doubts)


def test_projected_dose_is_not_counted():
    text = SCREEN.replace(TOTAL, "        Projected   Series DLP:  500.00\n" + TOTAL)

    assert _read(text).is_believed
    assert _table(text).total_dlp_mgycm == 1902.14


@pytest.mark.parametrize(
    ("was", "seems"),
    [
        ("1299.58", "129958"),
        ("17.95", "1795"),
        ("17.95", "17,95"),
        ("17.95", "17 95"),
        ("19.250", "19 250"),
        ("1902.14", "1902 14"),
        ("17.95", "17.9S"),
        ("S19.250", "519.250"),
        ("I658.250", "1658.250"),
        ("Body 32", "Body 3Z"),
        ("17.95", "17.9\N{REPLACEMENT CHARACTER}"),
        ("1902.14", "1,902.14"),
    ],
)
def test_what_is_not_wholly_a_number_is_a_doubt_and_no_value(was, seems):
    assert not _read(SCREEN.replace(was, seems, 1)).is_believed


def test_without_the_column_of_the_phantom_the_screen_is_cut():
    text = SCREEN.replace("Phantom", "").replace("  cm\n", "\n")
    for phantom in ("Body 32", "Head 16"):
        text = text.replace(phantom, "")

    assert names(_read(text).doubts) == {"column of the phantom"}


def test_without_units_nobody_knows_what_the_numbers_are():
    units = HEAD.splitlines(keepends=True)[-1]

    found = names(_read(SCREEN.replace(units, "")).doubts)

    assert {"unit of ctdivol_mgy", "unit of dlp_mgycm"} <= found


def test_a_line_between_the_rows_that_is_not_understood_is_a_doubt():
    text = SCREEN.replace(TOTAL, "see next series\n" + TOTAL)

    assert "line" in names(_read(text).doubts)


def _read(*texts: str, patient_id: str = "") -> Reading:
    return table_of([page(text) for text in texts], GE, patient_id)


def _table(*texts: str) -> ScreenTable:
    table = _read(*texts).table
    assert table is not None
    return table
