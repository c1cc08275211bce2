"""Known shapes of about one size, laid on canvases, and how far a picture is from each of them."""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kerma.screens.components import Piece, Pieces, foreign, grown
from kerma.screens.page import Glyph
from kerma.screens.shapes import Levels, coverage, inked, plain

_BY_PLACE = {sign: list(signs) for signs in (".·'*", "_-¯") for sign in signs}
"""Signs that are no rivals: their place decides, see `kerma.screens.place`."""
_ALIKE = {sign: list(signs) for signs in (".,", ":;", "Il|") for sign in signs}
"""Signs of which the nearest is taken: no number depends on which it is. A decimal comma is worth
as much as a point, no screen parts thousands, and a letter is never a digit where 1 is known."""
_TELLING = 4.0
"""Wholly covered pixels' worth of ink from which a gain can be measured: a point has less."""
_FADED = 0.25
"""Mean coverage, beyond a shape, where only a larger one has ink: more may be that one, faded."""

Plain = tuple[int, int, bytes]
"""Rows, columns and packed bits of a black and white picture."""


class Canvas(NamedTuple):
    """The picture around a piece, with an edge of one pixel; both are flat."""

    seen: NDArray[np.float32]
    """Coverage, 0 … 1."""
    cares: NDArray[np.float32]
    """1 for pixels that count, 0 for ink of others and what is next to it."""


class Rivals(NamedTuple):
    """The shapes of a bank that stand for another text than one of them does."""

    which: NDArray[np.intp]
    """Their numbers; without signs that only the place tells from it, and without those alike."""
    are_words: NDArray[np.bool_]
    """Whether each of them stands for letters only."""
    is_alike: bool
    """Whether one is there that nobody need tell from it."""


class _Laid(NamedTuple):
    """A shape at one place of a canvas; both pictures are flat."""

    cover: NDArray[np.float32]
    within: NDArray[np.float32]
    glyph: Glyph


class Bank:
    """The known shapes of about one size, each where it may lie on a canvas of that size.

    Attributes
    ----------
    canvases
        Shape (n, pixels).
    within
        1 in the box of a shape, 0 around it.
    over
        Square of what the coverage is over half.
    texts, plains
        What each shape stands for, and its black and white picture.
    """

    def __init__(self, texts: Mapping[Glyph, str], rows: int, columns: int) -> None:
        laid = [one for glyph in texts for one in _laid(glyph, rows, columns)]
        none = np.zeros((0, (rows + 2) * (columns + 2)), np.float32)
        self.canvases = np.stack([one.cover for one in laid]) if laid else none
        self.within = np.stack([one.within for one in laid]) if laid else none
        self.over = _over(self.canvases) ** 2
        self.texts = np.array([texts[one.glyph] for one in laid], object)
        self.plains = [plain_of(one.glyph) for one in laid]
        self._weights = np.concatenate(
            [self.canvases**2, -2 * self.canvases, self.within], axis=1
        )  # of the features in `costs`
        self._rivals: dict[str, Rivals] = {}

    def costs(self, canvas: Canvas) -> NDArray[np.float32]:
        """Return the sum of squares by which what is seen differs from each shape.

        Where a shape has no box, what is seen may be covered by up to half without a cost.
        """
        seen, cares = canvas
        over = _over(seen) ** 2
        features = np.concatenate([cares, seen * cares, (seen**2 - over) * cares])
        costs: NDArray[np.float32] = self._weights @ features + float(over @ cares)
        return costs

    def noise(self, number: int, canvas: Canvas) -> tuple[float, float]:
        """Return by how much pixels that count differ from a shape: root mean square, and most."""
        seen, cares = canvas
        inside = np.abs(seen - self.canvases[number])
        change = np.where(self.within[number] > 0, inside, _over(seen))[cares > 0]
        return math.sqrt(float(change @ change) / change.size), float(change.max())

    def gain(self, number: int, canvas: Canvas) -> float:
        """Return how many times darker a picture is than a shape; 1 if nothing tells.

        Wholly covered pixels tell nothing: what is more is cut off.
        """
        seen, cares = canvas
        counts = cares * self.within[number] * (seen < 1)
        shape = self.canvases[number]
        ink = float(shape**2 @ counts)
        return float(shape @ (seen * counts)) / ink if ink >= _TELLING else 1.0

    def are_empty(self, canvas: Canvas) -> NDArray[np.bool_]:
        """Return which shapes have ink where, of the pixels that count, next to none is seen."""
        beyond = (self.over > 0).astype(np.float32)
        count = beyond @ canvas.cares
        faded = (beyond @ (canvas.seen * canvas.cares)) / np.maximum(count, 1)
        empty: NDArray[np.bool_] = (count > 0) & (faded <= _FADED)
        return empty

    def rivals(self, text: str) -> Rivals:
        """Return the shapes that must be ruled out before a shape stands for `text`."""
        if text not in self._rivals:
            others = (self.texts != text) & ~np.isin(self.texts, _BY_PLACE.get(text, []))
            alike = others & np.isin(self.texts, _ALIKE.get(text, []))
            which = np.flatnonzero(others & ~alike)
            words = np.array([other.isalpha() for other in self.texts[which]], np.bool_)
            self._rivals[text] = Rivals(which, words, bool(alike.any()))
        return self._rivals[text]


def canvas_of(whole: Pieces, piece: Piece) -> Canvas:
    """Return the picture around a piece."""
    x, y, width, height = piece.box
    top, left = max(0, y - 1), max(0, x - 1)
    place = slice(top, y + height + 1), slice(left, x + width + 1)
    others = foreign(whole, piece, place)
    down, across = top - y + 1, left - x + 1
    inside = slice(down, down + others.shape[0]), slice(across, across + others.shape[1])
    seen = np.zeros((height + 2, width + 2), np.float32)
    seen[inside] = whole.coverage[place]
    cares = np.ones_like(seen)
    if others.any():
        cares[inside] = ~grown(others) | ((whole.labels[place] != 0) & ~others)
    return Canvas(seen.ravel() / np.float32(255), cares.ravel())


def plain_of(shape: Glyph) -> Plain:
    """Return the black and white picture of a known shape."""
    return shape.height, shape.width, plain(shape)


def plain_drawn(drawn: Levels) -> Plain:
    """Return the black and white picture of what is drawn."""
    rows, columns = drawn.shape
    return rows, columns, np.packbits(inked(drawn)).tobytes()


def sizes_near(rows: int, columns: int) -> Sequence[tuple[int, int]]:
    """Return the sizes of shapes that belong in a bank: up to a pixel larger or smaller."""
    return [
        (height, width)
        for height in (rows - 1, rows, rows + 1)
        for width in (columns - 1, columns, columns + 1)
    ]


def _laid(glyph: Glyph, rows: int, columns: int) -> Iterator[_Laid]:
    """Yield a shape at each place of a canvas where it may be, with an edge of one pixel."""
    along = {-1: (1, 2), 0: (1,), 1: (0, 1)}
    height, width = glyph.height, glyph.width
    for top in along[height - rows]:
        for left in along[width - columns]:
            cover, within = np.zeros((2, rows + 2, columns + 2), np.float32)
            cover[top : top + height, left : left + width] = coverage(glyph)
            within[top : top + height, left : left + width] = 1
            yield _Laid(cover.ravel(), within.ravel(), glyph)


def _over(covered: NDArray[np.float32]) -> NDArray[np.float32]:
    over: NDArray[np.float32] = np.maximum(covered - np.float32(0.5), 0)
    return over
