import numpy as np
import pytest

from kerma.screens.picture import Picture
from kerma.screens.recognise import recognise
from tests.screens.drawn import letter, noto, read, screen, taught, taught_by, texts, written


def test_parts_of_one_letter_are_joined():
    assert read(screen(["E:E E=E iE 6%"])) == ["E:E E=E iE 6%"]


def test_a_point_under_the_overhang_of_a_seven_stays_a_point():
    gray = screen(["E7"])
    gray[15:17, 20:22] = 255

    assert read(gray) == ["E7."]


def test_words_are_parted_where_letters_have_one_pitch():
    assert read(screen(["1 1.1 11 .1 1. 111", "E E.E EE"])) == ["1 1.1 11 .1 1. 111", "E E.E EE"]


def test_words_are_parted_where_letters_have_not():
    font = noto(15)
    lines = ["Total DLP 1011.14 mGy", "1 11 1.1 117 D 711"]
    known = taught_by("0123456789.DLPTotalmGyc", font)

    assert texts(recognise(Picture(written(lines, font)), [known])) == lines


def test_a_subscript_stands_in_the_line_of_its_word():
    gray = screen(["DLP  12.5", "", "DLP 12.5"])
    gray[12:19, 28:33][letter("8")] = 255

    assert read(gray) == ["DLP8 12.5", "DLP 12.5"]


def test_columns_that_stand_half_a_line_apart_are_lines_of_their_own():
    gray = screen(["DLP 12.5", "DLP 98.6"])
    gray[:, 150:] = np.roll(gray[:, :150], 5, axis=0)

    assert read(gray) == ["DLP 12.5", "DLP 12.5", "DLP 98.6", "DLP 98.6"]


@pytest.mark.parametrize("sign", ["-", "."])
def test_a_sign_alone_in_its_column_stands_in_its_line(sign):
    assert read(screen([f"DLP                {sign}", "DLP 5"])) == [f"DLP {sign}", "DLP 5"]


def test_boxes_say_where_words_stand():
    """Pitch 6 × 11 from (10, 10): the third letter of the second line begins at (22, 21)."""
    page = recognise(Picture(screen(["D", "E DLP"])), [taught()])

    assert page.lines[1].words[1].box == (22, 21, 17, 7)
