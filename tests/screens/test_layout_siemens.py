"""Siemens: the Patient Protocol."""

import pytest
from msgspec.structs import replace

from kerma.screens.checks import doubts
from kerma.screens.page import Line, Page, Seen
from kerma.screens.read import table_of
from kerma.screens.reading import Reading, Scanner, ScreenTable
from tests.screens.written import MARGIN, cell, names, page

SIEMENS = Scanner(manufacturer="SIEMENS")
SCREEN = """\
EXAMPLE HOSPITAL                      Sensation 16
EXAMPLE^ANNA   4711   *31-Jan-1950
Patient Protocol
29-Jun-2009 10:12
Ward:  Physician:  Operator:
Total mAs 2341    Total DLP 374 mGy*cm

               Scan  KV   mAs / ref.  CTDIvol*  DLP     TI   cSL
                                      mGy       mGy*cm  s    mm
Patient Position H-SP
Topogram       1    120  35 mA       0.13 L    10      7.8  0.6
Thorax 2       2    120  110 / 120   12.32 L   312     0.5  0.6
PreMonitoring  4    120  20          2.08L     2       0.5  10.0
Patient Position F-SP
BaseSeq        2-15 140  220 /230    33.51 S   50      1.5  3.0
Medium  Type  Iodine Conc.  Volume  Flow  CM Ratio
                 mg/ml      ml      ml/s
Contrast         300  80  3.0  100
Comment:  Anna is a nice patient
* L = 32cm, S = 16cm
"""


def test_a_whole_screen_is_read_without_a_doubt():
    reading = _read(SCREEN)

    assert reading.is_believed, reading.doubts
    assert reading.table is not None
    assert reading.table.total_dlp_mgycm == 374
    assert reading.table.total_mas == 2341
    assert reading.table.date_time == "2009-06-29T10:12:00"
    assert [row.protocol for row in reading.table.rows] == [
        "Topogram",
        "Thorax 2",
        "PreMonitoring",
        "BaseSeq",
    ]


def test_the_topogram_has_ma_and_a_scan_time_others_mas_and_a_rotation_time():
    topogram, thorax, _, _ = _table(SCREEN).rows

    assert topogram.acquisition_type == "Constant Angle Acquisition"
    assert (topogram.tube_current_ma, topogram.exposure_mas) == (35, None)
    assert (topogram.exposure_time_s, topogram.rotation_time_s) == (7.8, None)
    assert (thorax.exposure_mas, thorax.reference_mas) == (110, 120)
    assert (thorax.rotation_time_s, thorax.collimation_mm) == (0.5, 0.6)


def test_the_phantom_is_what_the_foot_note_says_of_the_letter():
    assert [row.phantom_mm for row in _table(SCREEN).rows] == [320, 320, 320, 160]
    turned = SCREEN.replace("L = 32cm, S = 16cm", "L = 16cm, S = 32cm")
    assert [row.phantom_mm for row in _table(turned).rows] == [160, 160, 160, 320]


@pytest.mark.parametrize(
    "note", ["L--32cm S--16cm", "L: 32cm S: 16cm", "* L = 32 cm, S = 16 cm", "..L--32cm S--16cm"]
)
def test_notations_of_the_foot_note(note):
    table = _table(SCREEN.replace("* L = 32cm, S = 16cm", note))

    assert [row.phantom_mm for row in table.rows] == [320, 320, 320, 160]


def test_phantoms_in_brackets_with_their_own_note():
    text = SCREEN.replace("13 L ", "13(a)").replace("32 L ", "32(a)").replace("08L ", "08(a)")
    text = text.replace("51 S ", "51(b)")
    text = text.replace("* L = 32cm, S = 16cm", "Phantom Type (a) 32cm (b) 16cm")

    assert [row.phantom_mm for row in _table(text).rows] == [320, 320, 320, 160]


def test_a_phantom_letter_without_its_foot_note_is_a_doubt():
    reading = _read(SCREEN.replace("* L = 32cm, S = 16cm", ""))

    assert "unread" in names(reading.doubts)
    assert reading.table is not None
    assert reading.table.rows[0].phantom_mm is None


def test_foot_notes_that_contradict_each_other_tell_no_phantom():
    text = SCREEN.replace("* L = 32cm, S = 16cm", "* L = 32cm, S = 16cm\n* L = 16cm, S = 32cm")
    reading = _read(text)

    assert "unread" in names(reading.doubts)
    assert reading.table is not None
    assert {row.phantom_mm for row in reading.table.rows} == {None}


@pytest.mark.parametrize(
    ("was", "seems"),
    [
        ("110 / 120", "110  120 "),
        ("12.32 L", "12 32 L"),
        ("  312 ", "  3 2 "),
        ("374 mGy", "3 4 mGy"),
        ("  312 ", " 1,312 "),
        (" 120  35", " 1 0  35"),
        (" 0.5  0.6", " 0 5  0.6"),
        ("       2    120", "       2120    "),
        (" 110 / 120 ", " 110 /120012.32 "),
    ],
    ids=lambda text: text.strip(),
)
def test_digits_and_signs_that_are_lost_or_run_together_are_doubts(was, seems):
    """A white line over the picture may take a column of digits, points or strokes."""
    assert was in SCREEN
    assert not _read(SCREEN.replace(was, seems, 1)).is_believed


def test_a_lost_point_leaves_room_between_digits_that_stand_in_one_word():
    """Of digits 8 pixels apart, a lost point of half their width moves one by 4 more."""
    whole = page(SCREEN)
    torn = [_moved(line, "312", 4) for line in whole.lines]

    assert table_of([replace(whole, lines=tuple(torn))], SIEMENS).doubts
    near = [_moved(line, "312", 2) for line in whole.lines]
    assert table_of([replace(whole, lines=tuple(near))], SIEMENS).is_believed


def _moved(line: Line, text: str, pixels: int) -> Line:
    """Return the line with the last digit of a word so many pixels further right."""
    words = [
        replace(word, glyphs=(*word.glyphs[:-1], _right(word.glyphs[-1], pixels)))
        if word.text == text
        else word
        for word in line.words
    ]
    return replace(line, words=tuple(words))


def _right(seen: Seen, pixels: int) -> Seen:
    return replace(seen, box=seen.box._replace(x=seen.box.x + pixels))


def test_the_last_scan_at_the_lower_edge_may_not_be_the_last():
    """Its DLP may be so small that a total of whole numbers does not miss it."""
    text = SCREEN[: SCREEN.index("Medium")].replace(" L ", "   ").replace("2.08L", "2.08 ")
    whole = page(text.replace("51 S", "51  "))
    below = whole.lines[-1].box.y + whole.lines[-1].box.height

    assert table_of([replace(whole, height=below + 16)], SIEMENS).is_believed
    cut = table_of([replace(whole, height=below + 3)], SIEMENS)
    assert names(cut.doubts) == {"end of the table"}


@pytest.mark.parametrize("unit", ["mGy*m", "Gy*cm", "mGy", "cGy*cm"])
def test_a_dlp_in_another_unit_is_a_doubt(unit):
    assert "unit of dlp_mgycm" in names(_read(SCREEN.replace("mGy*cm  s", f"{unit}  s")).doubts)
    assert not _read(SCREEN.replace("374 mGy*cm", f"374 {unit}")).is_believed


def test_an_m_that_compression_parts_into_r_and_n_leaves_one_reading_of_a_unit():
    parted = SCREEN.replace("mGy       mGy*cm  s    mm", "rnGy      rnGy*crn s    rnm")
    reading = _read(parted.replace("374 mGy*cm", "374 rnGy*cm"))

    assert reading.is_believed, reading.doubts


def test_old_software_without_phantom_and_without_reference_is_believed():
    text = SCREEN.replace(" L ", "   ").replace("2.08L", "2.08 ").replace("51 S", "51  ")
    text = (
        text.replace("* L = 32cm, S = 16cm", "").replace("/ 120", "     ").replace("/230", "    ")
    )
    reading = _read(text)

    assert reading.is_believed, reading.doubts
    assert reading.table is not None
    assert {row.phantom_mm for row in reading.table.rows} == {None}


@pytest.mark.parametrize(
    ("title", "total_mas", "total_dlp", "position"),
    [
        ("Patientenprotokoll", "Gesamt mAs", "Gesamt DLP", "Patientenlage"),
        ("Protocole patient", "mAs total", "DLP total", "Position patient"),
        ("Protocolo del paciente", "mAs total", "DLP total", "Posición del paciente"),
        ("Protocollo paziente", "mAs totale", "DLP totale", "Posizione paziente"),
        ("Patient ProtocoI", "TotaI mAs", "Tota1 DLP", "Patient Posltlon"),
    ],
)
def test_other_languages_and_letters_that_look_alike(title, total_mas, total_dlp, position):
    text = SCREEN.replace("Patient Protocol", title).replace("Total mAs", total_mas)
    text = text.replace("Total DLP", total_dlp).replace("Patient Position", position)
    reading = _read(text)

    assert reading.is_believed, reading.doubts


@pytest.mark.parametrize(
    "position", ["Patiëntligging", "Pozycja pacjenta", "PosiciÄn del paciente"]
)
def test_how_the_patient_lies_is_told_by_its_code_in_any_language(position):
    reading = _read(SCREEN.replace("Patient Position", position))

    assert reading.is_believed, reading.doubts
    assert len(reading.table.rows) == 4


@pytest.mark.parametrize("line", ["Thorax 3 H-SP", "Thorax \ufffd H-SP", "Thorax HSP"])
def test_a_line_that_may_be_a_scan_does_not_tell_how_the_patient_lies(line):
    reading = _read(SCREEN.replace("Patient Position F-SP", line))

    assert not reading.is_believed


def test_a_comma_for_all_decimals_is_read_and_one_among_points_is_a_doubt():
    rows = SCREEN[SCREEN.index("Topogram") :]
    commas = SCREEN.replace(rows, rows.replace(".", ","))

    assert _table(commas).rows[1].ctdivol_mgy == 12.32
    assert _read(commas).is_believed
    assert not _read(SCREEN.replace("12.32", "12,32")).is_believed


def test_all_that_may_name_somebody_is_blanked_and_nothing_of_the_table():
    table = _table(SCREEN)
    lines = SCREEN.splitlines()
    blanked = {lines[(box.y + box.height // 2) // 16] for _, box in table.identity}

    assert {one for one in lines if "EXAMPLE" in one or "Anna" in one} <= blanked
    tops = [one.box.y for row in table.rows for one in row.cells]
    assert not any(box.y <= top <= box.y + box.height for _, box in table.identity for top in tops)
    assert "Anna" not in str(table)
    assert "EXAMPLE" not in str(table)


def test_names_beside_the_total_are_blanked_and_kept_nowhere():
    total = "Total mAs 2341    Total DLP 374 mGy*cm"
    table = _table(SCREEN.replace(total, f"Operator: Otto  {total}  Dr. Ella"))

    assert (table.total_mas, table.total_dlp_mgycm) == (2341, 374)
    assert "Otto" not in str(table)
    assert "Ella" not in str(table)
    assert len([box for _, box in table.identity if box.y < 5.5 * 16 < box.y + box.height]) == 2


def test_a_line_of_the_table_that_names_somebody_is_a_doubt_without_its_words():
    text = SCREEN.replace("Patient Position F-SP", "Patient Name: Otto")
    reading = _read(text)

    assert "line" in names(reading.doubts)
    assert "Otto" not in str(reading)


def test_a_screen_of_another_patient_is_a_doubt():
    text = SCREEN.replace("4711   *31", "ID: 4711   *31")

    assert table_of([page(text)], SIEMENS, "4711").is_believed
    assert "patient" in names(table_of([page(text)], SIEMENS, "4712").doubts)


def test_two_pages_go_together_whatever_their_order():
    head, rows = SCREEN[: SCREEN.index("Topogram")], SCREEN[SCREEN.index("Topogram") :]
    first, second = rows.splitlines()[:2], rows.splitlines()[2:]
    one = head + "\n".join(first) + "\n* L = 32cm, S = 16cm\n"
    two = head + "\n".join(second) + "\n"

    assert _read(two, one).is_believed
    assert len(_table(two, one).rows) == 4


def test_pages_that_arrive_mixed_are_stored_in_the_order_of_their_scans():
    head, rows = SCREEN[: SCREEN.index("Topogram")], SCREEN[SCREEN.index("Topogram") :]
    text = rows.replace("2-15", "5-18").splitlines()
    one, two = head + "\n".join(text[:2]), head + "\n".join(text[2:])

    for pages in ((one, two), (two, one)):
        assert _read(*pages).is_believed
        assert [row.label for row in _table(*pages).rows] == ["1", "2", "4", "5-18"]


def test_pages_whose_scans_leave_the_order_open_are_a_doubt():
    head, rows = SCREEN[: SCREEN.index("Topogram")], SCREEN[SCREEN.index("Topogram") :]
    text = rows.replace("PreMonitoring  4", "PreMonitoring  1").splitlines()
    one, two = head + "\n".join(text[:2]), head + "\n".join(text[2:])

    assert names(_read(one, two).doubts) == {"order of the pages"}
    assert names(_read(two, one).doubts) == {"order of the pages"}


def test_without_total_and_page_numbers_nothing_proves_that_all_pages_are_here():
    head, rows = SCREEN[: SCREEN.index("Topogram")], SCREEN[SCREEN.index("Topogram") :]
    head = head.replace("Total mAs 2341    Total DLP 374 mGy*cm", "")
    text = rows.splitlines()
    one, two = ["\n".join(some) + "\n* L = 32cm, S = 16cm\n" for some in (text[:2], text[2:])]

    assert names(_read(head + one, head + two).doubts) == {"number of pages"}
    numbered = (head + one + "Page 1/2\n", head + two + "Page 2/2\n")
    assert _read(*numbered).is_believed


def test_the_same_page_twice_counts_once_and_its_names_are_blanked_twice():
    table = _table(SCREEN, SCREEN)

    assert len(table.rows) == 4
    assert {number for number, _ in table.identity} == {0, 1}
    assert _read(SCREEN, SCREEN).is_believed


def test_a_scan_that_cannot_be_understood_is_a_doubt_and_not_skipped():
    reading = _read(SCREEN.replace("PreMonitoring  4 ", "PreMonitoring  ? "))

    assert {"line", "sum of dlp"} & names(reading.doubts)


def test_without_a_total_a_screen_that_ends_with_a_scan_may_be_cut():
    lines = [line for line in SCREEN.splitlines() if not line.startswith("Total")]
    cut = lines[: next(n for n, line in enumerate(lines) if line.startswith("BaseSeq")) + 1]

    assert _read("\n".join(lines)).is_believed
    assert "end of the table" in names(_read("\n".join(cut)).doubts)


def test_a_line_that_cannot_be_read_may_be_the_total():
    lines = [
        "\ufffd" * 5 + " " + "\ufffd" * 4 if line.startswith("Total") else line
        for line in SCREEN.splitlines()
    ]

    assert not _read("\n".join(lines)).is_believed


def test_without_a_total_the_title_shows_that_nothing_is_cut_off_above():
    lines = [line for line in SCREEN.splitlines() if not line.startswith(("Total", "Patient Pro"))]

    assert "top of the table" in names(_read("\n".join(lines)).doubts)


def test_an_unknown_heading_is_a_doubt():
    text = SCREEN.replace("TI   cSL", "XX   cSL").replace("KV ", "KV TI")

    assert "heading" in names(_read(text).doubts)


def test_an_unknown_unit_is_a_doubt_and_not_a_guess():
    wrong = SCREEN.replace("mGy       mGy*cm", "mGy       dGy*cm")

    assert "unit of dlp_mgycm" in names(_read(wrong).doubts)
    assert "unit of total_dlp_mgycm" in names(
        _read(SCREEN.replace("374 mGy*cm", "374 Gy*cm")).doubts
    )


def test_values_flush_right_are_under_their_heading_too():
    text = SCREEN.replace("0.13 L    10  ", "   0.13 L    10").replace(
        "2.08L     2 ", "    2.08L    2 "
    )
    table = _table(text)

    assert (table.rows[0].ctdivol_mgy, table.rows[0].dlp_mgycm) == (0.13, 10)
    assert (table.rows[2].ctdivol_mgy, table.rows[2].dlp_mgycm) == (2.08, 2)


def test_a_cell_knows_its_place():
    box = cell(_table(SCREEN).rows[1], "ctdivol_mgy").box
    line = SCREEN.splitlines()[11]

    assert (box.x, box.y) == (MARGIN + 8 * line.index("12.32"), 11 * 16)
    assert box.width == 5 * 8 - 1


def test_numbers_printed_as_letters_count_if_the_screen_has_no_such_digit():
    as_letters = "".join(
        letter if not letter.isdigit() else letter.replace("0", "O") for letter in SCREEN
    )

    assert _table(as_letters).rows[1].exposure_mas == 110
    assert _table(SCREEN.replace("110 / 120", "11O / 120")).rows[1].exposure_mas is None


def test_another_makers_screen_does_not_fit():
    assert table_of([page("Dose Report\nSeries Type DLP")], SIEMENS).table is None


def _read(*texts: str) -> Reading:
    return table_of([page(text) for text in texts], SIEMENS)


def _table(*texts: str) -> ScreenTable:
    table = _read(*texts).table
    assert table is not None
    return table


def test_a_page_that_could_not_be_seen_is_a_doubt():
    table = _table(SCREEN)
    turned = Page(width=1, height=1, lines=(), trouble="The picture is turned by 90°.")

    assert "pages" in names(doubts(table, [page(SCREEN), turned], SIEMENS))
