"""Letters as pixels: a font in, the shape and the advance of each letter out.

Letters stand on whole pixels, as scanners draw them: a letter looks the same wherever it stands.
"""

from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import ImageFont

Levels = NDArray[np.uint8]


class Shape(NamedTuple):
    """One letter."""

    levels: Levels
    """How far each pixel is covered, 0 … 255, shape (rows, columns); may be empty."""
    left: int
    """From the pen to the first column."""
    top: int
    """From the base line to the first row; negative above it."""
    advance: int


class Pen(Protocol):
    """Draws letters of one font in one size."""

    @property
    def name(self) -> str:
        """Font and size."""

    @property
    def height(self) -> int:
        """From base line to base line, in pixels."""

    def shape(self, letter: str) -> Shape:
        """Return a letter."""


class FontPen:
    """Letters of a font file that FreeType reads (TrueType, Type 1, PCF), or of Pillow's own.

    Parameters
    ----------
    path
        "" is the font that Pillow brings along.
    size
        In pixels; that of the strike for bitmap fonts.
    smooth
        Whether edges are smoothed.
    """

    def __init__(self, path: str, size: int, *, smooth: bool = True, name: str = "") -> None:
        font = ImageFont.truetype(path, size) if path else ImageFont.load_default(size)
        if not isinstance(font, ImageFont.FreeTypeFont):
            raise TypeError("Pillow has no FreeType.")
        self._font, self._mode = font, "L" if smooth else "1"
        self._shapes: dict[str, Shape] = {}
        self.path, self.size, self.smooth = path, size, smooth
        self.name = name or f"{font.getname()[0]} {size}{'' if smooth else ' plain'}"

    @property
    def height(self) -> int:
        """From base line to base line, in pixels."""
        ascent, descent = self._font.getmetrics()
        return ascent + descent + 2

    def shape(self, letter: str) -> Shape:
        """Return a letter."""
        if letter not in self._shapes:
            self._shapes[letter] = self._drawn(letter)
        return self._shapes[letter]

    def _drawn(self, letter: str) -> Shape:
        mask, (left, top) = self._font.getmask2(letter, mode=self._mode, anchor="ls")
        columns, rows = mask.size
        levels = np.array(list(mask), np.uint8).reshape(rows, columns)
        advance = max(1, round(self._font.getlength(letter, mode=self._mode)))
        return _cut(levels, left, top, advance)


def _cut(levels: Levels, left: int, top: int, advance: int) -> Shape:
    """Return the shape without empty rows and columns around it."""
    rows, columns = np.flatnonzero(levels.any(axis=1)), np.flatnonzero(levels.any(axis=0))
    if not rows.size:
        return Shape(levels[:0, :0], 0, 0, advance)
    inner = levels[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return Shape(inner, left + int(columns[0]), top + int(rows[0]), advance)


def width(pen: Pen, text: str) -> int:
    """Return the width of `text` in pixels."""
    return sum(pen.shape(letter).advance for letter in text)
