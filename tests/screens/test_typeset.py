"""Rows of letters laid on compressed strips: right or not at all, whatever the noise."""

import numpy as np
import pytest

from kerma.screens.page import Glyph
from kerma.screens.shapes import coverage, glyph_of
from kerma.screens.strips import Strip
from kerma.screens.typeset import Case
from tests.screens.drawn import letter

SIGNS = "0123456789.DLP"
ABOVE, BELOW = 10, 3


def glyph(sign: str) -> Glyph:
    """Return a letter of the font of 5 × 7 pixels with a smoothed left edge, cut to its size."""
    ink = letter(sign)
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    inside = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    levels = np.where(inside, 15, 0).astype(np.uint8)
    levels[:, 0] = np.where(inside[:, 0], 11, 0)
    return glyph_of(levels)


GLYPHS = {sign: glyph(sign) for sign in SIGNS}


def case(signs: str = SIGNS) -> Case:
    return Case({GLYPHS[sign]: sign for sign in signs}, {}, ABOVE, BELOW, 7)


def strip(text: str, gap: int = 0) -> Strip:
    """Return letters side by side, `gap` columns apart."""
    seen = np.zeros((ABOVE + BELOW, 8 * len(text) + 6), np.float32)
    x = 3
    for sign in text:
        cover = coverage(GLYPHS[sign])
        rows, columns = cover.shape
        seen[ABOVE - rows : ABOVE, x : x + columns] = cover
        x += columns + gap
    seen = seen[:, : x - gap + 3]
    return Strip(seen, np.ones_like(seen), ABOVE)


def noisy(one: Strip, deviation: float, seed: int) -> Strip:
    noise = np.random.default_rng(seed).normal(0, deviation, one.seen.shape)
    return one._replace(seen=np.clip(one.seen + noise, 0, 1).astype(np.float32))


def texts(one: Strip, letters: Case) -> str:
    return "".join(placed.text for placed in letters.set(one))


@pytest.mark.parametrize("gap", [0, 1, 2])
def test_letters_that_touch_are_told_apart(gap):
    letters = case()
    numbers = [f"{value / 100:.2f}" for value in range(137, 99999, 9991)]

    found = [texts(noisy(strip(one, gap), 0.05, seed), letters)
             for seed, one in enumerate(numbers)]  # fmt: skip

    assert found == numbers


@pytest.mark.parametrize("deviation", [0.1, 0.2, 0.3, 0.5])
def test_noise_makes_letters_unknown_but_never_others(deviation):
    letters = case()
    numbers = [f"{value / 100:.2f}" for value in range(251, 99999, 4999)]

    found = [texts(noisy(strip(one, 1), deviation, seed), letters)
             for seed, one in enumerate(numbers)]  # fmt: skip

    assert all(one in ("", number) for one, number in zip(found, numbers, strict=True))


@pytest.mark.parametrize("part", [0.4, 0.5, 0.6])
def test_a_point_that_is_half_gone_is_neither_there_nor_not(part):
    one = strip("1.5", 2)
    without = strip("1.5", 2).seen.copy()
    point = slice(ABOVE - 2, ABOVE), slice(3 + 3 + 2, 3 + 3 + 2 + 2)
    without[point] = 0

    half = one._replace(seen=without + part * (one.seen - without))

    assert one.seen[point].min() > 0.5
    assert texts(one, case()) == "1.5"
    assert texts(half, case()) == ""


@pytest.mark.parametrize("sign", "0123456789")
def test_a_digit_nobody_has_taught_is_no_other_digit(sign):
    assert texts(strip(f"7{sign}1", 1), case(SIGNS.replace(sign, ""))) == ""


def test_ink_that_no_letter_explains_is_not_passed_over():
    one = strip("12", 1)
    one.seen[ABOVE - 10 : ABOVE - 8, 6] = 1

    assert texts(one, case()) == ""
