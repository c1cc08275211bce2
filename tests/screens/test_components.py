import numpy as np

from kerma.screens.picture import Picture
from kerma.screens.recognise import recognise
from tests.screens.drawn import read, screen, taught


def test_frames_and_lines_are_no_letters():
    gray = screen(["DLP 123.45", "0.08 69%"])
    gray[5, 4:200] = gray[35, 4:200] = 255
    gray[5:36, 4] = gray[5:36, 199] = 255

    assert read(gray) == ["DLP 123.45", "0.08 69%"]


def test_a_letter_that_touches_a_line_is_unknown_not_lost():
    """An F that stands on a line is not told from an E."""
    gray = screen(["DLP 123.45"])
    gray[17, 4:200] = 255

    lines = recognise(Picture(gray), [taught()]).lines

    words = [word for line in lines for word in line.words]
    assert len(words) > 1
    assert not any(word.is_exact for word in words)
    assert not any(sign.isdigit() for word in words for sign in word.text)


def test_a_digit_cut_by_the_edge_of_the_picture_is_unknown():
    gray = screen(["DLP 123.48"])
    last = 10 + 6 * 9

    assert read(gray[:, : last + 5]) == ["DLP 123.4�"]
    assert read(gray[:, : last + 3]) == ["DLP 123.4�"]


def test_a_picture_beside_the_text_is_one_unknown_shape():
    gray = screen(["DLP 123.45"])
    rows, columns = np.ogrid[:60, :60]
    gray[100:160, 100:160][(rows - 30) ** 2 + (columns - 30) ** 2 < 700] = 255

    assert read(gray)[0] == "DLP 123.45"


def test_a_photograph_is_refused_in_a_sentence():
    noise = np.random.default_rng(1).integers(0, 256, (1024, 1024), np.uint8)

    page = recognise(Picture(noise), [taught()])

    assert page.lines == ()
    assert "too many small shapes" in page.trouble


def test_a_huge_picture_is_refused_in_a_sentence():
    page = recognise(Picture(np.zeros((4200, 10), np.uint8)), [taught()])

    assert "4200" in page.trouble
