"""Never a wrong letter: what is changed, cut or not taught is unknown."""

from functools import cache

import numpy as np
import pytest
from msgspec.structs import replace

from kerma.screens.binarise import inked
from kerma.screens.components import levels, pieces
from kerma.screens.glyph_set import GlyphSet
from kerma.screens.match import Matcher
from kerma.screens.page import Glyph
from kerma.screens.picture import Picture
from kerma.screens.recognise import recognise
from kerma.screens.shapes import glyph_of
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


def _bar(left: int, right: int) -> Glyph:
    """Return a stroke of ten rows between two pixels, which are covered by so much of 15."""
    return glyph_of(np.tile(np.array([left, right], np.uint8), (10, 1)))


@pytest.mark.parametrize(
    ("known", "text"), [((9, 12), "I"), ((12, 15), "I"), ((5, 15), "�"), ((8, 9), "�")]
)
def test_a_stroke_is_known_darker_or_paler_as_a_whole_but_not_otherwise(known, text):
    gray = np.zeros((60, 80), np.uint8)
    gray[20:30, 40:42] = 204, 255  # 12 and 15 of 15

    assert read(gray, GlyphSet(name="bars", texts={_bar(*known): "I"})) == [text]


@pytest.mark.parametrize("share", [0.8, 0.75])
@pytest.mark.parametrize("digit", DIGITS)
def test_no_digit_that_is_paler_as_a_whole_is_another_one(digit, share):
    """Only one other digit is known each time, so that no second one can make it doubtful."""
    whole = pieces(inked(written([digit * 3], noto(14))))
    paler = whole._replace(coverage=(whole.coverage * share).astype(np.uint8))
    shapes = _taught_noto().texts

    for other in DIGITS.replace(digit, ""):
        matcher = Matcher(
            [GlyphSet(name=other, texts={g: t for g, t in shapes.items() if t == other})]
        )
        for piece in paler.pieces:
            assert matcher.match(paler, piece, levels(paler, piece)) is None


def test_the_smoothed_edge_of_a_letter_beside_it_is_no_part_of_a_letter():
    gray = np.zeros((60, 80), np.uint8)
    gray[20:30, 40:42] = 255
    gray[28:30, 42:45] = 255
    alone = recognise(Picture(gray), []).unknown[0].glyph
    known = GlyphSet(name="L", texts={alone: "L"})
    gray[20:27, 45:47] = 255
    gray[20:27, 44] = 100

    [line] = read(gray, known)
    assert line.startswith("L")


@cache
def _taught_noto():
    return taught_by("0123456789.DLPTotalmGyc-", noto(14))
