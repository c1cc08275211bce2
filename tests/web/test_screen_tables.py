"""The table of a dose screen as fields, and back."""

import pytest

from kerma.screens.page import Box
from kerma.screens.reading import Cell, Doubt, ScanRow, ScreenTable
from kerma.web import screen_tables as tables
from kerma.web import screen_typed


def cell(name, text, x):
    return Cell(name=name, text=text, page=0, box=Box(x, 10, 20, 8), exact=False)


SPIRAL = ScanRow(
    label="2", protocol="Thorax", kvp=120.0, ctdivol_mgy=7.42, scanning_length_mm=342.5,
    dlp_mgycm=254.1, phantom_mm=320, rotation_time_s=0.5,
    cells=(cell("ctdivol_mgy", "7.42", 50), cell("dlp_mgycm", "254.10", 90)),
)  # fmt: skip
TOPOGRAM = ScanRow(label="1", protocol="Topogram", kvp=120.0)
READ = ScreenTable(
    layout="Siemens", rows=(TOPOGRAM, SPIRAL), total_dlp_mgycm=254.1,
    cells=(cell("total_dlp_mgycm", "254.1", 140),),
    strange=(cell("line", "?", 0),),
)  # fmt: skip


def sent(form):
    """Return what a browser sends of a form that nobody touched."""
    given = {"rows": str(len(form.rows))}
    for row in form.rows:
        given[f"{row.at}-origin"] = str(row.origin)
        given |= {field.id: field.text for field in (*row.main, *row.more)}
    return given | {field.id: field.text for field in form.totals}


def typed(**changes):
    given = sent(tables.form_of(READ, READ)) | {k.replace("__", "-"): v for k, v in changes.items()}
    return screen_typed.typed(given, READ)


def test_a_form_that_nobody_touched_says_the_same_table():
    table, origins = typed()

    assert origins == [0, 1]
    assert [row.dlp_mgycm for row in table.rows] == [None, 254.1]
    assert tables.changes(READ, table) == []


def test_what_a_person_sent_counts_as_seen():
    table, _ = typed()

    assert all(cell.exact for row in table.rows for cell in (*row.cells, *table.cells))
    assert table.strange == ()
    assert table.rows[1].cells[1].text == "254.10"  # as on the screen where it says the same


def test_a_corrected_value_is_told_with_its_place():
    table, _ = typed(**{"1__dlp_mgycm": "245,1"})

    [change] = tables.changes(READ, table)
    assert change == ("DLP, row 2", "254.1 mGy·cm", "245.1 mGy·cm", READ.rows[1].cells[1])
    assert table.rows[1].cells[1].text == "245.10"  # with the decimals of the screen


def test_what_the_page_does_not_show_stays():
    given = sent(tables.form_of(READ, READ))
    del given["1-rotation_time_s"]

    assert screen_typed.typed(given, READ)[0].rows[1].rotation_time_s == 0.5


def test_an_emptied_field_is_not_zero():
    table, _ = typed(**{"1__ctdivol_mgy": " "})

    assert table.rows[1].ctdivol_mgy is None


@pytest.mark.parametrize("text", ["12.3.4", "7,42 mGy", "seven", "1e3", "nan", "١٢"])
def test_what_is_no_number_is_refused_with_its_place(text):
    with pytest.raises(screen_typed.NotATable, match="CTDIvol of row 2 is"):
        typed(**{"1__ctdivol_mgy": text})


def test_a_removed_row_is_told():
    given = sent(tables.form_of(READ, READ))
    del given["0-rotation_time_s"]
    given |= {"rows": "1", "0-origin": "1", "0-dlp_mgycm": "254.1", "0-ctdivol_mgy": "7.42",
              "0-label": "2", "0-protocol": "Thorax", "0-scanning_length_mm": "342.5",
              "0-phantom_mm": "320"}  # fmt: skip

    table, origins = screen_typed.typed(given, READ)

    assert origins == [1]
    assert [(c.name, c.now) for c in tables.changes(READ, table)] == [
        ("Row 1 of what was read", "removed")
    ]


def test_rows_without_end_are_refused():
    with pytest.raises(screen_typed.NotATable, match="100000 rows"):
        screen_typed.typed({"rows": "100000"}, READ)


def test_an_origin_that_is_none_makes_a_new_row():
    table, origins = screen_typed.typed({"rows": "1", "0-origin": "77", "0-dlp_mgycm": "5"}, READ)

    assert origins == [-1]
    assert table.rows[0].cells == ()


def test_doubts_stand_with_what_they_concern():
    doubts = (
        Doubt(name="sum", sentence="The sum differs."),
        Doubt(name="product", sentence="The product differs.", row=1, cells=SPIRAL.cells[1:]),
    )

    form = tables.form_of(READ, READ, doubts)

    assert form.doubts == ["The sum differs."]
    assert form.rows[1].doubts == ["The product differs."]
    concerned = [field.column.name for field in form.rows[1].main if field.doubts]
    assert concerned == ["dlp_mgycm"]


def test_the_product_is_in_centimetres():
    """7.42 mGy × 34.25 cm = 254.135 mGy·cm."""
    assert tables.form_of(READ, READ).rows[1].product == "7.42 × 34.25 cm = 254.1"


def test_a_second_reading_is_shown_only_where_it_differs():
    second = ScreenTable(layout="Siemens", rows=(TOPOGRAM, ScanRow(label="2", dlp_mgycm=264.1)))

    form = tables.form_of(READ, READ, second=second)

    assert {f.column.name: f.second for f in form.rows[1].main if f.second} == {
        "dlp_mgycm": "264.1"
    }


@pytest.mark.parametrize(
    ("head", "body", "total"), [("", "288.6", 288.6), ("50", "", 50.0), ("50", "288.6", None)]
)
def test_totals_of_two_phantoms_are_never_added(head, body, total):
    read = ScreenTable(
        layout="toshiba", total_dlp_mgycm=999.9, total_dlp_body_mgycm=999.9,
        cells=(cell("total_dlp_body_mgycm", "999.90", 5),),
    )  # fmt: skip
    given = {
        "rows": "0",
        "total-total_dlp_head_mgycm": head,
        "total-total_dlp_body_mgycm": body,
    }

    table, _ = screen_typed.typed(given, read)

    assert table.total_dlp_mgycm == total
    shown = [field.column.name for field in tables.form_of(read, read).totals]
    assert shown == ["total_dlp_body_mgycm"]
