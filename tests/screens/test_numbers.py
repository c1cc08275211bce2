"""Numbers, dates and key words as screens print them."""

import pytest
from msgspec.structs import replace

from kerma.screens.dates import date_time
from kerma.screens.key_words import is_one_of, starts_with
from kerma.screens.letters import leading_number, leading_run, letters_of, text_of
from kerma.screens.numbers import Style, digits, number, style_of
from kerma.screens.page import Box
from tests.screens.written import page

POINT, COMMA = Style(separator="."), Style(separator=",")


@pytest.mark.parametrize(
    ("text", "places", "expected"),
    [
        ("12.32", (2,), 12.32),
        ("0.13", (2,), 0.13),
        ("312", (0, 1, 2), 312),
        ("12.3", (2,), None),
        ("1232", (2,), None),
        ("012.32", (2,), None),
        ("12.", (0, 1), None),
        (".13", (2,), None),
        ("1,232.10", (2,), None),
        ("12,32", (2,), None),
        ("12.3O", (2,), None),
        ("1\N{REPLACEMENT CHARACTER}.32", (2,), None),
        ("-12.32", (2,), None),
        ("١٢", (0,), None),
        ("", (0,), None),
    ],
)
def test_only_whole_numbers_of_the_expected_form_count(text, places, expected):
    assert number(text, POINT, places) == expected


def test_a_comma_counts_on_screens_with_commas():
    assert number("12,32", COMMA, (2,)) == 12.32
    assert number("12.32", COMMA, (2,)) is None


def test_a_sign_counts_only_where_positions_are():
    assert number("-12.5", POINT, (1,), signed=True) == -12.5
    assert number("+12.5", POINT, (1,), signed=True) == 12.5
    assert number("12.5", POINT, (1,), signed=True) is None
    assert number("0.0", POINT, (1,), signed=True) == 0


def test_a_letter_is_a_digit_only_if_the_screen_has_no_other_glyph_for_it():
    without_zero = page("12 34 O")
    with_zero = page("10 34 O")

    assert digits("12O", style_of([without_zero], [])) == "120"
    assert digits("12O", style_of([with_zero], [])) == "12O"


def test_points_and_commas_on_one_screen_are_no_style():
    words = [word for line in page("12.5 12,5").lines for word in line.words]

    assert style_of([], words).separator == ""
    assert number("12.5", style_of([], words), (1,)) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("29-Jun-2009 10:12", "2009-06-29T10:12:00"),
        ("29-Mai-2009 10:12:13", "2009-05-29T10:12:13"),
        ("2009.06.29 10:12:13", "2009-06-29T10:12:13"),
        ("2009-06-29T10:12:13", "2009-06-29T10:12:13"),
        ("29.06.2009 10:12", "2009-06-29T10:12:00"),
        ("03/04/2010 10:12", ""),
        ("31.02.2009 10:12", ""),
        ("29-Jun-2009", ""),
        ("EXAMPLE 29-Jun-2009 10:12", ""),
    ],
)
def test_date_and_time_count_together_and_in_one_meaning(text, expected):
    assert date_time(text) == expected


def test_key_words_forgive_case_accents_and_letters_that_look_alike():
    assert is_one_of("CTD1vo1*", ("CTDIvol",))
    assert starts_with("Posicion del paciente F-SP", ("Posición del paciente",))
    assert not is_one_of("CTDIw", ("CTDIvol",))


def test_a_little_gap_around_a_thin_one_is_within_the_number():
    """A gap of 9 pixels parts, one of 4 does not: letters are 12 pixels high."""
    words = page("471 1 x").lines[0].words
    left, right = words[0], words[1]
    moved = replace(right, glyphs=(replace(right.glyphs[0], box=Box(28, 0, 7, 12)),))

    assert text_of(leading_run(letters_of([left, right]))) == "471"
    assert text_of(leading_number(letters_of([left, moved]))) == "4711"
