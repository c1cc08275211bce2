"""Reasons not to believe a table."""

import itertools
import random

import pytest
from msgspec.structs import replace

from kerma.screens.checks import doubts
from kerma.screens.page import Box, Page
from kerma.screens.reading import Cell, Doubt, Scanner, ScanRow, ScreenTable
from kerma.screens.tolerances import limits
from tests.screens.written import names

BOX = Box(100, 100, 10, 10)
FIELDS = (
    "ctdivol_mgy", "dlp_mgycm", "kvp", "exposure_mas", "start_mm", "end_mm", "phantom_mm",
)  # fmt: skip


def row(**texts: str) -> ScanRow:
    """Return a spiral of 67.75 cm and 4.65 cm of over-ranging, as printed; "" for no such cell."""
    given = {
        "ctdivol_mgy": "17.95",
        "dlp_mgycm": "1299.58",
        "start_mm": "19.250",
        "end_mm": "-658.250",
        "phantom_mm": "320",
    } | texts
    near = given.pop("near", "")
    kind = given.pop("acquisition_type", "Spiral Acquisition")
    given = {name: text for name, text in given.items() if text}
    values = {name: float(text) for name, text in given.items()}
    if "phantom_mm" in values:
        values["phantom_mm"] = int(values["phantom_mm"])
    if {"start_mm", "end_mm"} <= set(values):
        values["scanning_length_mm"] = abs(values["end_mm"] - values["start_mm"])
    cells = tuple(
        Cell(name=name, text=text, page=0, box=BOX, exact=name != near)
        for name, text in given.items()
    )
    return ScanRow(acquisition_type=kind, cells=cells, **values)


def table(*rows: ScanRow, total: str = "1299.58", near: bool = False, **others) -> ScreenTable:
    """Return a table of a GE screen."""
    cell = Cell(name="total_dlp_mgycm", text=total, page=0, box=BOX, exact=not near)
    return ScreenTable(
        layout=others.pop("layout", "ge"),
        rows=rows,
        total_dlp_mgycm=float(total) if total else None,
        cells=(cell,) if total else (),
        pages_seen=(1,),
        **others,
    )


def found(given: ScreenTable, patient_id: str = "", letters: str = "12579") -> set[str]:
    """Return the names of the checks that found something; `letters` are known to the matcher."""
    seen = Page(width=512, height=512, lines=(), letters=letters)
    return names(doubts(given, (seen,), Scanner(), patient_id))


def test_a_consistent_table_is_believed():
    assert found(table(row())) == set()


def test_a_sum_that_is_not_the_total_is_a_doubt_that_says_both_numbers():
    [doubt] = doubts(table(row(), total="1299.68"), (), Scanner())

    assert doubt.name == "sum of dlp"
    assert "1299.58" in doubt.sentence
    assert "1299.68" in doubt.sentence
    assert {cell.name for cell in doubt.cells} == {"dlp_mgycm", "total_dlp_mgycm"}


def test_one_value_and_its_total_are_the_same_number():
    """They are rounded once: 312 and 313 cannot both be right, not even on Siemens' integers."""
    one = row(dlp_mgycm="312", ctdivol_mgy="12.32", start_mm="", end_mm="")

    assert found(table(one, total="312", layout="siemens")) == set()
    assert found(table(one, total="313", layout="siemens")) == {"sum of dlp"}


@pytest.mark.parametrize("decimals", [0, 1, 2])
@pytest.mark.parametrize("count", [2, 5, 30])
def test_rounding_never_makes_a_doubt(count, decimals):
    """Theory: a sum of n rounded values is off by the sum of n errors of half a unit at most."""
    random_numbers = random.Random(count + decimals)

    for _ in range(200):
        true = [random_numbers.uniform(10, 900) for _ in range(count)]
        rows = [
            row(
                dlp_mgycm=f"{dlp:.{decimals}f}",
                ctdivol_mgy=f"{dlp / 30:.2f}",
                start_mm="",
                end_mm="",
            )
            for dlp in true
        ]
        assert found(table(*rows, total=f"{sum(true):.{decimals}f}", layout="siemens")) == set()


def test_a_missing_row_is_found_by_the_sum():
    assert "sum of dlp" in found(table(row(), total="1350.00"))


def test_totals_that_disagree_are_a_doubt():
    one = table(row())
    other = Cell(name="total_dlp_mgycm", text="1288.58", page=0, box=BOX)

    assert "two totals" in found(replace(one, cells=(*one.cells, other)))


def test_no_total_is_a_doubt_where_the_maker_prints_one():
    assert found(table(row(), total="")) == {"no total"}
    assert found(table(row(), total="", layout="siemens")) == set()


@pytest.mark.parametrize(
    ("changed", "name"),
    [
        ({"ctdivol_mgy": "1.795", "dlp_mgycm": "1299.580"}, "dlp and ctdivol"),
        ({"ctdivol_mgy": "27.95"}, "dlp and length"),
        ({"ctdivol_mgy": "11.95"}, "dlp and length"),
        ({"end_mm": "-158.250"}, "dlp and length"),
        ({"kvp": "12"}, "range"),
        ({"kvp": "130"}, "range"),
        ({"exposure_mas": "999999"}, "range"),
        ({"start_mm": "19250"}, "range"),
    ],
)
def test_impossible_numbers_are_doubts(changed, name):
    assert name in found(table(row(**changed), total=changed.get("dlp_mgycm", "1299.58")))


def test_over_ranging_belongs_to_spirals_and_one_beam_to_sequences():
    """CTDIvol 10 mGy over 20 cm is 200 mGy·cm; 17 cm more is a beam of 16 cm, 20 cm is not."""
    given = {"ctdivol_mgy": "10.00", "start_mm": "0.000", "end_mm": "200.000"}
    for kind in ("Spiral Acquisition", "Sequenced Acquisition"):
        for dlp, fine in (("200.00", True), ("360.00", True), ("400.00", False), ("150.00", False)):
            one = row(**given, dlp_mgycm=dlp, acquisition_type=kind)
            assert (found(table(one, total=dlp)) == set()) is fine


def test_a_phantom_that_only_some_rows_state_is_a_doubt():
    assert found(table(row(), row(phantom_mm=""), total="2599.16")) == {"phantom"}
    assert found(table(row(phantom_mm=""), row(phantom_mm=""), total="2599.16")) == set()


def test_a_row_without_dose_is_a_doubt_unless_it_is_a_localizer():
    without = {"ctdivol_mgy": "", "dlp_mgycm": "", "phantom_mm": ""}
    localizer = row(**without, acquisition_type="Constant Angle Acquisition")

    assert found(table(localizer, row())) == set()
    assert found(table(row(**without), row())) == {"no dose"}
    assert found(table(row(ctdivol_mgy=""), total="1299.58")) == {"no dose"}


def test_a_lost_decimal_point_shows_in_the_decimals():
    assert "decimals" in found(table(row(), row(dlp_mgycm="129958"), total="131257.58"))


def test_another_patient_is_a_doubt_that_names_nobody():
    [doubt] = doubts(table(row(), patient_id="0815"), (), Scanner(), "4711")

    assert doubt.name == "patient"
    assert "0815" not in doubt.sentence
    assert "4711" not in doubt.sentence
    assert found(table(row(), patient_id="ab-12"), "AB 12") == set()


def test_a_missing_page_is_a_doubt():
    assert found(table(row(), pages=2)) == {"pages"}


def test_what_was_not_understood_is_a_doubt():
    cell = Cell(name="line", text="? ? ?", page=0, box=BOX)

    assert found(table(row(), strange=(cell,))) == {"line"}


def test_a_cell_without_a_value_is_a_doubt():
    unread = replace(
        row(), kvp=None, cells=(*row().cells, Cell(name="kvp", text="l2O", page=0, box=BOX))
    )

    assert found(table(unread)) == {"unread"}


def test_an_empty_place_in_a_column_is_a_doubt():
    """The value may stand under another heading, joined to the one there."""
    without = row(exposure_mas="", dlp_mgycm="100.00", ctdivol_mgy="10.00", end_mm="-70.750")

    assert found(table(row(exposure_mas="200"), without, total="1399.58")) == {"empty place"}
    assert found(table(row(), without, total="1399.58")) == set()


def test_a_printed_zero_is_less_than_half_a_unit():
    """0.4 mGy·cm is printed as 0 in whole numbers; 30 mGy over the thinnest slice is more."""
    little = row(ctdivol_mgy="2.08", dlp_mgycm="0", start_mm="", end_mm="")
    given = row(ctdivol_mgy="12.32", dlp_mgycm="312", start_mm="", end_mm="")

    assert found(table(given, little, total="312", layout="siemens")) == set()
    much = replace(little, ctdivol_mgy=30.0)
    assert found(table(given, much, total="312", layout="siemens")) == {"dlp and ctdivol"}


@pytest.mark.parametrize(
    ("ctdivol", "dlp"), [("0.00", "312.00"), ("12.32", "0.00"), ("0.00", "0.00")]
)
def test_a_dose_of_zero_with_two_decimals_is_a_doubt(ctdivol, dlp):
    one = row(ctdivol_mgy=ctdivol, dlp_mgycm=dlp, start_mm="", end_mm="")

    assert "range" in found(table(one, total=dlp))


@pytest.mark.parametrize(("left", "doubted"), [(0, True), (3, True), (4, False), (502, True)])
def test_a_number_at_the_edge_of_the_picture_may_be_cut(left, doubted):
    """Digits 10 pixels high stand less than 3.5 pixels apart: the next one would be outside."""
    cut = Cell(name="exposure_mas", text="20", page=0, box=Box(left, 100, 10, 10))
    one = replace(row(), exposure_mas=20.0, cells=(*row().cells, cut))

    assert ("edge" in found(table(one))) is doubted


def test_scans_done_twice_count_twice():
    assert found(table(row(), row(), total="2599.16")) == set()
    assert found(table(row(), row(), total="1299.58")) == {"sum of dlp"}


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"pages": 5}, "The screens count 5 pages, but pages 2 to 5 are not here."),
        (
            {"pages": 3, "pages_seen": (1, 3)},
            "The screens count 3 pages, but page 2 is not here.",
        ),
        (
            {"pages": 6, "pages_seen": (2, 5)},
            "The screens count 6 pages, but pages 1, 3 to 4 and 6 are not here.",
        ),
    ],
)
def test_missing_pages_are_said_as_one_says_them(given, sentence):
    whole = replace(table(row()), **given)

    assert [doubt.sentence for doubt in doubts(whole, (), Scanner())] == [sentence]


def test_lengths_are_said_as_one_says_them():
    one = row(ctdivol_mgy="1.000", dlp_mgycm="300.000", start_mm="", end_mm="")
    [doubt] = doubts(table(one, total="300.000"), (), Scanner())

    assert doubt.sentence == (
        "DLP / CTDIvol is a length of 299.8 to 300.2 cm, which no scan has. "
        "Look for a lost decimal point."
    )
    exact = row(ctdivol_mgy="100.000", dlp_mgycm="30000.000", start_mm="", end_mm="")
    [doubt] = doubts(table(exact, total="30000.000"), (), Scanner())

    assert "a length of 300.0 cm, which" in doubt.sentence


def test_a_sum_of_whole_numbers_is_said_in_whole_numbers():
    one = row(dlp_mgycm="312", start_mm="", end_mm="")
    [doubt] = doubts(table(one, total="374", layout="siemens"), (), Scanner())

    assert doubt.sentence.startswith(
        "The rows add up to 312 mGy·cm, but the total DLP is 374 mGy·cm."
    )


class TestUncertainGlyphs:
    """Digits that only come near a known glyph, as compression makes them."""

    def test_dlp_is_proved_by_an_exact_total(self):
        assert found(table(row(near="dlp_mgycm"))) == set()

    def test_a_total_is_proved_by_exact_rows(self):
        assert found(table(row(), near=True)) == set()

    def test_dlp_and_total_do_not_prove_each_other(self):
        """The same shape misread the same way in both places would still add up."""
        assert found(table(row(near="dlp_mgycm"), near=True)) == {"uncertain glyph"}

    def test_two_rows_do_not_prove_each_other(self):
        rows = row(near="dlp_mgycm"), row(near="dlp_mgycm")

        assert found(table(*rows, total="2599.16")) == {"uncertain glyph"}

    def test_nothing_proves_the_last_digits_of_ctdivol(self):
        """17.96 x 72.4 cm is as good as 17.95 x 72.4 cm."""
        assert found(table(row(near="ctdivol_mgy"))) == {"uncertain glyph"}

    def test_nothing_proves_kv_and_mas(self):
        assert found(table(row(kvp="120", near="kvp"))) == {"uncertain glyph"}
        assert found(table(row(exposure_mas="200", near="exposure_mas"))) == {"uncertain glyph"}

    def test_without_a_total_nothing_proves_dlp(self):
        given = table(row(near="dlp_mgycm"), total="", layout="siemens")

        assert "uncertain glyph" in found(given)

    def test_among_rounded_integers_the_last_digit_is_not_proved(self):
        """Three integers and their total may be off by 2: 312, 313 and 311 all add up."""
        one, two = (row(dlp_mgycm=dlp, start_mm="", end_mm="") for dlp in ("312", "500"))
        three = row(dlp_mgycm="700", start_mm="", end_mm="", near="dlp_mgycm")

        assert "uncertain glyph" in found(table(one, two, three, total="1512", layout="siemens"))

    def test_dlps_and_total_together_if_every_digit_was_compared_and_the_rows_add_up(self):
        given = table(row(near="dlp_mgycm"), near=True)

        assert found(given) == {"uncertain glyph"}
        assert found(given, letters="0123456789") == set()

    def test_the_sum_says_nothing_of_other_columns(self):
        for name in ("ctdivol_mgy", "kvp", "exposure_mas"):
            given = table(row(kvp="120", exposure_mas="200", near=name))

            assert found(given, letters="0123456789") == {"uncertain glyph"}

    def test_none_is_believed_if_there_is_no_total_or_another_one(self):
        without = table(row(near="dlp_mgycm"), total="", layout="siemens")
        other = table(row(near="dlp_mgycm"), total="1299.68")

        assert found(without, letters="0123456789") == {"uncertain glyph"}
        assert "uncertain glyph" in found(other, letters="0123456789")

    def test_a_person_who_looked_is_proof(self):
        assert doubts(table(row(near="ctdivol_mgy")), (), Scanner()) == ()

    def test_names_may_be_uncertain(self):
        cell = Cell(name="protocol", text="Thorax", page=0, box=BOX, exact=False)
        named = replace(row(), protocol="Thorax", cells=(*row().cells, cell))

        assert found(table(named)) == set()


def test_every_single_wrong_digit_of_dlp_and_total_is_found():
    """With two decimals and few rows no other digit anywhere keeps the sum."""
    rows = [("10.25", "512.50"), ("17.95", "1299.58"), ("4.00", "61.07")]
    total = "1873.15"

    for place, (ctdivol, dlp) in itertools.product(range(8), rows):
        for digit in "0123456789":
            if place >= len(dlp) or dlp[place] in (".", digit):
                continue
            wrong = dlp[:place] + digit + dlp[place + 1 :]
            if wrong.startswith("0") or place > len(dlp) - 3:
                continue
            given = [
                row(
                    ctdivol_mgy=one,
                    dlp_mgycm=wrong if other == dlp else other,
                    start_mm="",
                    end_mm="",
                )
                for one, other in rows
            ]
            assert "sum of dlp" in found(table(*given, total=total)), (ctdivol, dlp, wrong)


def test_limits_of_a_layout_are_those_of_all_unless_it_states_its_own():
    assert 130 in limits("siemens").kvp
    assert 130 not in limits("ge").kvp
    assert limits("toshiba").extra_mm("Stationary Acquisition") is None
    assert limits("unheard of").span("ctdivol_mgy") == (0.01, 1000.0)


def test_sentences_are_sentences():
    every: list[Doubt] = list(doubts(table(row(kvp="12"), pages=2, total="1.00"), (), Scanner()))

    assert every
    assert all(
        doubt.sentence.endswith(".") and doubt.sentence[0].isupper()
        for doubt in every
        if doubt.name != "range"
    )
