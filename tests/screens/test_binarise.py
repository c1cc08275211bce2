import numpy as np
import pytest

from kerma.screens.binarise import background, inked
from tests.screens.drawn import noto, read, screen, squeezed, written

LINES = ["DLP 123.45", "0.08 69%"]


@pytest.mark.parametrize(
    ("ink", "paper"), [(255, 0), (0, 255), (226, 0), (90, 200), (60, 20), (120, 255), (255, 160)]
)
def test_any_two_colours_are_read_alike(ink, paper):
    assert read(screen(LINES, ink, paper)) == LINES


def test_ink_is_the_same_whatever_the_contrast():
    full = inked(screen(LINES)).coverage
    weak = inked(screen(LINES, 130, 70)).coverage

    np.testing.assert_array_equal(full, weak)


def test_a_title_bar_and_an_inverse_row_have_their_own_background():
    gray = screen(["DLP", "", "DLP 12.5", "", "DLP 98.6"])
    bar = gray[28:43, 4:120]
    bar[:] = np.where(bar == 255, 0, 200)

    assert read(gray) == ["DLP", "DLP 12.5", "DLP 98.6"]
    assert background(gray)[35, 60] == 200


def test_lines_of_two_colours_are_on_one_picture():
    gray = screen(["DLP 123.45", "0.08 69%"])
    gray[20:29][gray[20:29] == 255] = 150

    assert read(gray) == LINES


def test_a_point_that_falls_between_pixels_is_not_lost():
    """A point of one pixel in the middle of four covers a quarter of each."""
    gray = screen(["DLP 123 45"])
    gray[15:17, 54:56] = 64

    [line] = read(gray)

    assert line in ("DLP 123.45", "DLP 123 � 45", "DLP 123�45")


def test_loss_is_seen_though_the_header_does_not_say_it():
    gray = written(["Total DLP 123.45 mGy", "8.91 7.65"], noto(14))

    assert not inked(gray).is_lossy
    assert inked(squeezed(gray, 75)).is_lossy


def test_an_empty_picture_has_no_ink():
    assert not inked(np.full((64, 64), 77, np.uint8)).coverage.any()
