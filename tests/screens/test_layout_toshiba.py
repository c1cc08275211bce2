"""Toshiba: Dose Information and Detail Information, one line of values a line of headings."""

import itertools
import re

import pytest

from kerma.screens.read import table_of
from kerma.screens.reading import Reading, Scanner, ScreenTable
from tests.screens.written import names, page

TOSHIBA = Scanner(manufacturer="TOSHIBA", model="Aquilion")
FIRST = """\
Patient ID : 4711     Patient Name : EXAMPLE
2009.06.29 10:12:13
<<Dose Information>>
Total DLP(mGy.cm): (Head): 300.00 (Body): 1302.10
CTDIvol(mGy): (Head): 30.00 (Body): 17.90
<<Contrast/Enhance Information>>
Anna had 100 ml
"""
SECOND = """\
<<Detail Information>>
1.CHEST HCT
            Total mAs  Exposure Time  CTDIvol         DLP
            Start Pos. End Pos.       Eff. DLP        SD
Scano       50         3.4            -               -
            +19.2      -658.2         -               -
Helical     2500       12.5           17.90(Body)     1299.50(Body)
            +19.2      -658.2         1299.50         10.0
Dynamic     100        1.5            1.30(Body)      2.60(Body)
            +19.2      +19.2          2.60            10.0
2.HEAD
            Total mAs  Exposure Time  CTDIvol         DLP
            Start Pos. End Pos.       Eff. DLP        SD
S&S         2000       10.0           30.00(Head)     300.00(Head)
            +120.0     +28.0          300.00          -
"""


def test_two_pages_are_read_without_a_doubt_in_any_order():
    for texts in ((FIRST, SECOND), (SECOND, FIRST), (FIRST + SECOND,)):
        reading = _read(*texts)

        assert reading.is_believed, reading.doubts


def test_details_that_arrive_mixed_are_in_the_order_of_their_protocols():
    start = SECOND.index("2.HEAD")
    one, two = SECOND[:start], "<<Detail Information>>\n" + SECOND[start:]

    for texts in itertools.permutations((FIRST, one, two)):
        assert _read(*texts).is_believed
        assert [row.label for row in _table(*texts).rows] == ["1", "1", "1", "2"]


def test_details_that_begin_without_their_protocol_are_a_doubt():
    """Whichever page came before would lend them its name."""
    start = SECOND.index("2.HEAD")
    two = "<<Detail Information>>\n" + SECOND[start + len("2.HEAD\n") :]

    assert "order of the pages" in names(_read(FIRST, SECOND[:start], two).doubts)


def test_every_value_of_a_scan_comes_from_its_own_line():
    scano, helical, dynamic, head = _table(FIRST, SECOND).rows

    assert (helical.exposure_mas, helical.exposure_time_s) == (2500, 12.5)
    assert (helical.ctdivol_mgy, helical.dlp_mgycm, helical.phantom_mm) == (17.9, 1299.5, 320)
    assert (helical.start_mm, helical.end_mm, helical.scanning_length_mm) == (19.2, -658.2, 677.4)
    assert (scano.dlp_mgycm, scano.acquisition_type) == (None, "Constant Angle Acquisition")
    assert (dynamic.acquisition_type, dynamic.scanning_length_mm) == ("Stationary Acquisition", 0)
    assert (head.protocol, head.label, head.phantom_mm) == ("HEAD", "2", 160)


def test_totals_of_two_phantoms_are_not_added():
    table = _table(FIRST, SECOND)

    assert (table.total_dlp_head_mgycm, table.total_dlp_body_mgycm) == (300.0, 1302.1)
    assert table.total_dlp_mgycm is None


def test_the_total_of_the_only_phantom_is_the_total():
    first = FIRST.replace("(Head): 300.00", "(Head): -")
    second = SECOND[: SECOND.index("2.HEAD")]
    table = _table(first, second)

    assert (table.total_dlp_mgycm, table.total_dlp_head_mgycm) == (1302.1, None)
    assert _read(first, second).is_believed


def test_a_scan_under_the_wrong_phantom_contradicts_both_totals():
    doubts = _read(FIRST, SECOND.replace("(Head)", "(Body)")).doubts

    assert [doubt.name for doubt in doubts].count("sum of dlp") == 2


def test_ctdivol_and_dlp_for_different_phantoms_are_a_doubt():
    doubts = _read(FIRST, SECOND.replace("17.90(Body)", "17.90(Head)")).doubts

    assert "unread" in names(doubts)


@pytest.mark.parametrize(
    "total",
    [
        "DLP(mGycm) (Head): 300.00 (Body): 1302.10",
        "DLP.e(mGycm) (Head): 300.00 (Body): 1302.10",
        "Tota1 DIP(mGy.cm): (Head): 300.00 (Body): 1302.10",
        "Total DLP(mGy.cm): (Head):  (Body):\n      300.00     1302.10",
    ],
)
def test_variants_of_the_total(total):
    if "DIP" in total:
        total = total.replace("DIP", "DlP")
    first = FIRST.replace("Total DLP(mGy.cm): (Head): 300.00 (Body): 1302.10", total)

    assert _read(first, SECOND).is_believed, _read(first, SECOND).doubts


@pytest.mark.parametrize(
    ("head", "rows"),
    [
        (
            "        Total mAs   CTDIvol        DLP            SD",
            "Helical 2500        17.90(Body)    1302.10(Body)  10.0",
        ),
        (
            "        Exposure Time  CTDIvol.e    DLP.e          Total mAs",
            "Helical 12.5           17.90(Body)  1302.10(Body)  2500",
        ),
        (
            "        Total mAs   Exposure Time  CTDIvol(mGy)   DLP(mGycm)",
            "Helical 2500        12.5           17.90(Body)    1302.10(Body)",
        ),
    ],
)
def test_headings_of_one_line(head, rows):
    first = FIRST.replace("(Head): 300.00", "(Head): -")
    second = f"<<Detail Information>>\n1.CHEST\n{head}\n{rows}\n"
    reading = _read(first, second)

    assert reading.is_believed, reading.doubts
    [row] = reading.table.rows if reading.table else []
    assert (row.ctdivol_mgy, row.dlp_mgycm, row.exposure_mas) == (17.9, 1302.1, 2500)


def test_a_missing_detail_page_is_a_doubt():
    assert "rows" in names(_read(FIRST).doubts)
    assert "no total" in names(_read(SECOND).doubts)


def test_a_missing_protocol_is_a_doubt():
    without = SECOND.replace("1.CHEST HCT", "3.CHEST HCT")

    assert "numbering" in names(_read(FIRST, without).doubts)


def test_a_heading_that_is_not_known_is_a_doubt_and_not_passed_over():
    assert "heading" in names(_read(FIRST, SECOND.replace("Start Pos.", "Sfart Pos.")).doubts)


def test_a_comma_for_all_decimals_is_read_whatever_the_date_has():
    point = re.compile(r"(?<![0-9.])([0-9]+)\.([0-9]{1,2})(?![0-9.])")
    first, second = (point.sub(r"\1,\2", one) for one in (FIRST, SECOND))

    assert "2009.06.29" in first
    assert "1302,10" in first
    assert _read(first, second).is_believed, _read(first, second).doubts


def test_a_position_without_its_sign_is_a_doubt():
    reading = _read(FIRST, SECOND.replace("-658.2", " 658.2"))

    assert "unread" in names(reading.doubts)


def test_half_a_scan_is_a_doubt():
    lines = [line for line in SECOND.splitlines() if "1299.50         10.0" not in line]

    assert "line" in names(_read(FIRST, "\n".join(lines)).doubts)


def test_names_and_notes_on_contrast_are_blanked():
    table = _table(FIRST, SECOND)

    assert table.patient_id == "4711"
    assert len(table.identity) == 2
    assert "EXAMPLE" not in str(table)
    assert "Anna" not in str(table)


def _read(*texts: str) -> Reading:
    return table_of([page(text) for text in texts], TOSHIBA)


def _table(*texts: str) -> ScreenTable:
    table = _read(*texts).table
    assert table is not None
    return table
