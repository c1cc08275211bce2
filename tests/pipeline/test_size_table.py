"""Lists of sizes as hospitals export them: encodings, delimiters, decimal commas, empty cells."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerma.pipeline.size_table import (
    LARGEST_LIST,
    Columns,
    UnknownColumn,
    UnreadableList,
    guess,
    read_table,
)

COLUMNS = Columns("Acc num", "height", "weight")


def sizes(text, columns=COLUMNS, encoding="utf-8"):
    table = read_table(text.encode(encoding))
    return [(s.id, s.height_m, s.weight_kg, s.faults) for s in table.sizes(columns)]


def test_height_in_cm_becomes_m_and_weight_stays_kg():
    """The list of the issue's own example."""
    text = "Acc num,height,weight\nACC12345601,170,90\n74624646290,165,80.6\n00938475,198,102.3\n"

    assert sizes(text) == [
        ("ACC12345601", 1.70, 90.0, ()),
        ("74624646290", 1.65, 80.6, ()),
        ("00938475", 1.98, 102.3, ()),
    ]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_delimiter_is_told_from_the_list(delimiter):
    text = "Acc num,height,weight,remark\nA1,170,90,a b c\n".replace(",", delimiter)

    assert sizes(text) == [("A1", 1.70, 90.0, ())]


def test_decimal_commas_are_read_where_cells_are_cut_otherwise_or_quoted():
    assert sizes("Acc num;height;weight\nA1;170,5;80,6\n") == [("A1", 1.705, 80.6, ())]
    assert sizes('Acc num,height,weight\nA1,"170,5","80,6"\n') == [("A1", 1.705, 80.6, ())]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "utf-16"])
def test_titles_with_accents_are_read_in_any_usual_encoding(encoding):
    text = "Número,Größe,Poids\nÄ1,170,90\n"

    found = sizes(text, Columns("Número", "Größe", "Poids"), encoding)

    assert found == [("Ä1", 1.70, 90.0, ())]


def test_empty_cells_say_nothing_and_empty_rows_are_passed_over():
    text = "Acc num,height,weight\nA1,,90\n,,\n\nA2,170,\nA3, - ,\n"

    assert sizes(text) == [
        ("A1", None, 90.0, ()), ("A2", 1.70, None, ()), ("A3", None, None, ())
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["1.70", "0", "19.9", "261", "17000"])
def test_a_height_that_no_person_has_in_cm_is_refused_and_never_converted(text):
    [(_, height, weight, faults)] = sizes(f"Acc num,height,weight\nA1,{text},90\n")

    assert (height, weight) == (None, 90.0)
    assert faults == ("the height is not between 20 and 260 cm",)


NO_NUMBERS = ["tall", "170-175", "1,70 m", "1.234,5", "NaN", "inf", "1e2", "-5"]


@pytest.mark.parametrize("text", NO_NUMBERS)
def test_what_is_no_number_of_the_unit_is_refused(text):
    [(_, height, _, faults)] = sizes(f"Acc num;height;weight\nA1;{text};90\n")

    assert height is None
    assert faults == ("the height is no number of cm",)


def test_the_right_unit_may_stand_behind_a_number():
    assert sizes("Acc num,height,weight\nA1,170 cm,90KG\n") == [("A1", 1.70, 90.0, ())]


def test_a_row_with_more_cells_than_titles_is_refused_as_a_whole():
    [(name, height, weight, faults)] = sizes("Acc num,height,weight\nA1,170,5,90\n")

    assert (name, height, weight) == ("", None, None)
    assert faults == ("the row has 4 cells under 3 titles",)


def test_a_row_without_id_is_refused():
    assert sizes("Acc num,height,weight\n,170,90\n")[0][3] == ("the id is missing",)


def test_lines_are_counted_as_in_an_editor():
    table = read_table(b'Acc num,height,weight\nA1,170,90\n\n"A\n2",170,90\nA3,170,90\n')

    assert [size.line for size in table.sizes(COLUMNS)] == [2, 5, 6]


def test_a_column_is_found_whatever_its_letter_case_and_spaces():
    assert sizes(" ACC NUM , Height,WEIGHT\nA1,170,90\n") == [("A1", 1.70, 90.0, ())]


def test_a_column_that_is_not_there_is_named_with_those_that_are():
    with pytest.raises(UnknownColumn, match=r"no column 'size'\. It has: 'Acc num', 'height'"):
        list(read_table(b"Acc num,height\nA1,170\n").sizes(Columns("Acc num", "size", "height")))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"\n \n,,\n", "empty"),
        (b"only one\n1\n", "single column"),
        (b"PK\3\4\0\0\0\0a,b", "no text"),
        (b"a,b\n" + b"x" * LARGEST_LIST, "larger than 20 MiB"),
    ],
)
def test_what_is_no_list_is_refused_in_a_sentence(data, words):
    with pytest.raises(UnreadableList, match=words):
        read_table(data)


def test_columns_are_guessed_from_usual_titles():
    titles = ("Patient", "Accession Number", "Height (cm)", "Weight")

    assert guess(titles) == Columns("Accession Number", "Height (cm)", "Weight")
    assert guess(("a", "b")) == Columns("", "", "")


@given(st.binary(max_size=300))
def test_any_bytes_are_a_list_or_refused(data):
    try:
        table = read_table(data)
    except UnreadableList:
        return

    for size in table.sizes(Columns(*(table.titles[0],) * 3)):
        assert size.height_m is None or 0.2 <= size.height_m <= 2.6
