"""Never a wrong letter: what is changed, cut or not taught is unknown."""

from functools import cache

import numpy as np
import pytest
from msgspec.structs import replace

from kerma.screens.picture import Picture
from kerma.screens.recognise import recognise
from tests.screens.drawn import (
    letter,
    noto,
    read,
    screen,
    squeezed,
    taught,
    taught_by,
    texts,
    written,
)

DIGITS = "0123456789"


@pytest.mark.parametrize("digit", DIGITS)
def test_no_digit_with_one_pixel_changed_is_read_without_loss(digit):
    for place in list(np.ndindex(7, 5))[::2]:
        changed = letter(digit).copy()
        changed[place] = ~changed[place]
        gray = screen(["DLP   E"])
        gray[10:17, 34:39][changed] = 255

        assert "�" in read(gray)[0]


@pytest.mark.parametrize("quality", [95, 75, 50])
def test_a_compressed_screen_is_read_rightly_or_not_at_all(quality):
    lines = ["DLP 3.88 6.80 90.56", "8033.86 9086.35"]

    for line, truth in zip(
        read(squeezed(screen(lines), quality), is_lossy=True), lines, strict=True
    ):
        assert all(a in (b, "�") for a, b in zip(line, truth, strict=True))


@pytest.mark.parametrize("quality", [90, 75, 50])
@pytest.mark.parametrize("digit", DIGITS)
def test_a_digit_nobody_taught_is_never_another_one(digit, quality):
    font = noto(14)
    known = _taught_noto()
    without = replace(known, texts={g: text for g, text in known.texts.items() if text != digit})
    gray = squeezed(written([f"D {digit}.{digit}{digit} P", "D 0123456789 P"], font), quality)

    first, second = texts(recognise(Picture(gray, True), [without]))

    assert first.replace(" ", "") == "D�.��P"
    assert second.replace(" ", "") == f"D{DIGITS.replace(digit, '�')}P"


def test_compressed_smoothed_letters_are_read():
    lines = ["Total DLP 1234.56 mGy-cm", "0.08 3.69 7.5"]

    for quality in (95, 85, 75):
        page = recognise(
            Picture(squeezed(written(lines, noto(14)), quality), True), [_taught_noto()]
        )

        assert texts(page) == lines


@pytest.mark.parametrize("quality", [95, 85, 75])
@pytest.mark.parametrize("size", [12, 14, 16])
def test_no_smoothed_decimal_sign_is_lost_by_compression(size, quality):
    font = noto(size)
    known = taught_by("0123456789.,", font)
    gray = squeezed(written(["1.23   4.56   0.789", "1,23   4,56   0,789"], font), quality)

    point, comma = texts(recognise(Picture(gray, True), [known]))

    assert point.replace(",", ".") == comma.replace(",", ".") == "1.23 4.56 0.789"


def test_letters_that_touch_are_parted_if_there_is_one_way():
    gray = np.delete(screen(["E88E"]), 10 + 6 * 2 - 1, axis=1)

    assert read(gray)[0].replace(" ", "") == "E88E"


def test_one_digit_is_never_parted_into_two_others():
    known = taught()
    without = replace(known, texts={g: text for g, text in known.texts.items() if text != "0"})

    assert read(screen(["E 10.0"]), without) == ["E 1�. �"]


def test_a_sign_is_what_its_place_says():
    assert read(screen(["E.E E·E E'E", "E-E E_E"])) == ["E.E E·E E'E", "E-E E_E"]


@cache
def _taught_noto():
    return taught_by("0123456789.DLPTotalmGyc-", noto(14))
