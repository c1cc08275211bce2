"""Canon: the pages of Toshiba, with kV."""

from kerma.screens.read import table_of
from kerma.screens.reading import Scanner
from tests.screens.written import page

CANON = Scanner(manufacturer="CANON_MEC", model="Aquilion Prime SP")
SCREEN = """\
Patient ID : 4711     Patient Name : EXAMPLE
2019.06.29 10:12:13
<<Dose Information>>
Total DLP.e(mGy.cm): (Head): -  (Body): 1299.50
<<Detail Information>>
1.CHEST
            kV   Total mAs  Exposure Time  CTDIvol.e(mGy)  DLP.e(mGy.cm)
Helical     120  2500       12.5           17.90(Body)     1299.50(Body)
"""


def test_a_screen_is_read_without_a_doubt():
    reading = table_of([page(SCREEN)], CANON)

    assert reading.is_believed, reading.doubts
    assert reading.table is not None
    [row] = reading.table.rows
    assert (row.kvp, row.exposure_mas, row.exposure_time_s) == (120, 2500, 12.5)
    assert (row.ctdivol_mgy, row.dlp_mgycm, row.phantom_mm) == (17.9, 1299.5, 320)
    assert reading.table.layout == "canon"


def test_without_canon_in_the_header_it_is_toshibas():
    table = table_of([page(SCREEN)], Scanner(manufacturer="TOSHIBA")).table

    assert table is not None
    assert table.layout == "toshiba"
