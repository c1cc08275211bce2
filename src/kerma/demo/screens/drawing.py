"""Dose screens as pictures: a table in, the pixels a scanner of that maker would show out."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kerma.demo.screens.makers import MAKERS
from kerma.demo.screens.pens import Pen, width
from kerma.demo.screens.sheet import Identity, Look, Placed, Sheet
from kerma.screens.page import Box
from kerma.screens.reading import ScreenTable

SIZES = ((512, 512), (768, 768), (1024, 1024), (1280, 1024), (2048, 2048))
"""Columns and rows of screens; the first that is large enough is taken."""

_MARGIN = 10
_HALF = 128


class Letter(NamedTuple):
    """A letter that was drawn, and the box of its ink."""

    text: str
    box: Box


class Screen(NamedTuple):
    """One picture, and what is written on it."""

    gray: NDArray[np.uint8]
    """Shape (rows, columns)."""
    letters: tuple[Letter, ...]


class Colours(NamedTuple):
    """Gray levels of text and ground."""

    text: int = 255
    ground: int = 0


def draw(
    table: ScreenTable,
    layout: str,
    pen: Pen,
    *,
    identity: Identity | None = None,
    look: Look | None = None,
    colours: Colours | None = None,
) -> tuple[Screen, ...]:
    """Return the pages of a study's dose screen.

    Parameters
    ----------
    layout
        siemens, ge, toshiba, canon or philips.
    """
    return tuple(
        pictured(sheet, pen, colours or Colours())
        for sheet in sheets(table, layout, pen, identity=identity, look=look)
    )


def sheets(
    table: ScreenTable,
    layout: str,
    pen: Pen,
    *,
    identity: Identity | None = None,
    look: Look | None = None,
) -> list[Sheet]:
    """Return where every text stands, page by page."""
    return MAKERS[layout](
        table, identity or Identity(), look or Look(), lambda text: width(pen, text)
    )


def size_of(sheet: Sheet, pen: Pen) -> tuple[int, int]:
    """Return columns and rows of the smallest screen that holds the sheet."""
    right = max(one.x + width(pen, one.text) for one in sheet.texts) + 2 * _MARGIN
    bottom = int((max(one.line for one in sheet.texts) + 1) * pen.height) + 2 * _MARGIN
    return next((size for size in SIZES if size[0] >= right and size[1] >= bottom), (right, bottom))


def origin(placed: Placed, pen: Pen) -> tuple[int, int]:
    """Return column and row where the base line of a text starts."""
    return _MARGIN + placed.x, _MARGIN + round(placed.line * pen.height)


def pictured(sheet: Sheet, pen: Pen, colours: Colours) -> Screen:
    """Return a sheet as pixels."""
    columns, rows = size_of(sheet, pen)
    covered = np.zeros((rows, columns), np.uint8)
    letters = [letter for one in sheet.texts for letter in _write(covered, one, pen)]
    return Screen(shaded(covered, colours), tuple(letters))


def shaded(covered: NDArray[np.uint8], colours: Colours) -> NDArray[np.uint8]:
    """Return coverage 0 … 255 as levels of gray."""
    part = covered.astype(np.float32) / 255
    gray: NDArray[np.uint8] = np.rint(
        colours.ground + part * (colours.text - colours.ground)
    ).astype(np.uint8)
    return gray


def _write(covered: NDArray[np.uint8], placed: Placed, pen: Pen) -> list[Letter]:
    """Write a text; two letters may cover the same pixel, then the darker ink counts."""
    x, base = origin(placed, pen)
    letters = []
    for letter in placed.text:
        shape = pen.shape(letter)
        rows, columns = shape.levels.shape
        if rows:
            left, top = x + shape.left, base + shape.top
            place = covered[top : top + rows, left : left + columns]
            np.maximum(place, shape.levels[: place.shape[0], : place.shape[1]], out=place)
            letters.append(Letter(letter, _ink(shape.levels, left, top)))
        x += shape.advance
    return letters


def _ink(levels: NDArray[np.uint8], left: int, top: int) -> Box:
    """Return the box of what is half covered; of everything, if nothing is."""
    half = levels >= _HALF
    rows, columns = np.flatnonzero(half.any(axis=1)), np.flatnonzero(half.any(axis=0))
    if not rows.size:
        return Box(left, top, levels.shape[1], levels.shape[0])
    x, y = int(columns[0]), int(rows[0])
    return Box(left + x, top + y, int(columns[-1]) + 1 - x, int(rows[-1]) + 1 - y)
