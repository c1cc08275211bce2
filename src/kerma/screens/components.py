"""Ink in, pieces that may be letters out.

Lines and frames are taken away, but nothing that touches them is lost silently.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from kerma.screens.binarise import Inked
from kerma.screens.page import Box, Glyph
from kerma.screens.shapes import FULL, glyph_of

MOST = 8000
"""Pieces of a picture that is still looked at: a full screen of text has 2,000 letters."""

_EIGHT = np.ones((3, 3))
_HALF = 128
"""Coverage of 255 from which a pixel is ink: halfway between background and text."""

_TALL = 2.2
_WIDE = 3.0
"""Sizes in heights of the text beyond which a piece is no letter: a frame, a line, a picture, or
letters that touch each other."""

_DEEP = 1.8
"""Height in heights of the text up to which a wide piece may be letters that touch."""


@dataclass(slots=True, eq=False)
class Piece:
    """Ink that hangs together, or parts of a letter that belong together."""

    box: Box
    parts: frozenset[int]
    """Labels of its ink."""
    is_cut: bool = False
    """It touches a line, a frame, a picture, or the edge of the picture: what is seen of it may
    be only a part of it."""

    @property
    def right(self) -> int:
        """The first column after it."""
        return self.box.x + self.box.width

    @property
    def bottom(self) -> int:
        """The first row below it."""
        return self.box.y + self.box.height


class Pieces(NamedTuple):
    """The ink of a picture in pieces."""

    coverage: NDArray[np.uint8]
    uncut: NDArray[np.uint16]
    """See `binarise.Inked`."""
    labels: NDArray[np.int32]
    """Which part each inked pixel belongs to; 0 is none."""
    pieces: tuple[Piece, ...]
    text_height: float
    """Of most letters, in pixels; 0 if there are none."""
    is_lossy: bool
    is_too_much: bool = False
    gain: float = 1.0
    """How many times darker the letters are than their known shapes."""


_LEVELS = np.rint(np.arange(256) * (FULL / 255)).astype(np.uint8)
_OF_INK, _OF_REST = np.maximum(_LEVELS, FULL // 2 + 1), np.minimum(_LEVELS, FULL // 2)
"""The level of each coverage. Rounding must not move a pixel over the half: ink is what the labels
say."""


def pieces(drawn: Inked) -> Pieces:
    """Return what may be letters."""
    labels, count = _labelled(drawn)
    if count > MOST:
        return Pieces(drawn.coverage, drawn.uncut, labels, (), 0, drawn.is_lossy, is_too_much=True)
    boxes = _boxes(labels)
    height = text_height(list(boxes.values()))
    found = []
    for label, box in boxes.items():
        if box.height <= _TALL * height and box.width <= _WIDE * height:
            found.append(Piece(box, frozenset([label]), _at_edge(box, labels.shape)))
        else:
            found += _taken_apart(label, box, labels, height)
    return Pieces(drawn.coverage, drawn.uncut, labels, tuple(found), height, drawn.is_lossy)


def text_height(boxes: Sequence[Box]) -> float:
    """Return the height of most letters: the median of what has the proportions of letters."""
    heights = [b.height for b in boxes if 5 <= b.height <= 100 and b.width <= 2 * b.height]
    letters = [b.height for b in boxes if b.height >= 4 and b.width <= 3 * b.height]
    return float(np.median(heights or letters)) if heights or letters else 0.0


def levels(whole: Pieces, piece: Piece) -> NDArray[np.uint8]:
    """Return how far the pixels of a piece's box are covered, 0 … 15, without other pieces."""
    place = _place(piece.box)
    others = foreign(whole, piece, place)
    own = ~others & (whole.labels[place] != 0)
    seen = whole.coverage[place]
    covered: NDArray[np.uint8] = np.where(own, _OF_INK[seen], _OF_REST[seen])
    if others.any():
        covered[~own & grown(others)] = 0
    return covered


def glyph(whole: Pieces, piece: Piece) -> Glyph:
    """Return the shape of a piece."""
    return glyph_of(levels(whole, piece))


def foreign(whole: Pieces, piece: Piece, place: tuple[slice, slice]) -> NDArray[np.bool_]:
    """Return which pixels of `place` are ink of other pieces."""
    labels = whole.labels[place]
    others: NDArray[np.bool_] = labels != 0
    for part in piece.parts:
        others &= labels != part
    return others


def beside_others(whole: Pieces, piece: Piece) -> NDArray[np.bool_]:
    """Return which pixels of a piece's box may be the smoothed edge of another piece."""
    x, y, width, height = piece.box
    left, top = max(0, x - 1), max(0, y - 1)
    around = slice(top, y + height + 1), slice(left, x + width + 1)
    near = grown(foreign(whole, piece, around))[y - top :, x - left :][:height, :width]
    beside: NDArray[np.bool_] = near & (whole.labels[_place(piece.box)] == 0)
    return beside


def grown(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return a mask with the pixels beside it, also across corners."""
    if not mask.any():
        return mask
    near = mask.copy()
    near[1:] |= mask[:-1]
    near[:-1] |= mask[1:]
    wide = near.copy()
    wide[:, 1:] |= near[:, :-1]
    wide[:, :-1] |= near[:, 1:]
    return wide


def joined(group: Sequence[Piece]) -> Piece:
    """Return pieces as one."""
    if len(group) == 1:
        return group[0]
    left, top = min(one.box.x for one in group), min(one.box.y for one in group)
    right, bottom = max(one.right for one in group), max(one.bottom for one in group)
    return Piece(
        Box(left, top, right - left, bottom - top),
        frozenset().union(*(one.parts for one in group)),
        any(one.is_cut for one in group),
    )


def _labelled(drawn: Inked) -> tuple[NDArray[np.int32], int]:
    """Return the parts of the ink; brighter and darker ink never hang together."""
    labels, count = ndimage.label((drawn.coverage >= _HALF) & (drawn.side > 0), _EIGHT)
    darker, more = ndimage.label((drawn.coverage >= _HALF) & (drawn.side < 0), _EIGHT)
    both = np.where(darker > 0, darker + count, labels).astype(np.int32)
    return both, count + more


def _boxes(labels: NDArray[np.int32]) -> dict[int, Box]:
    places = ndimage.find_objects(labels)
    return {number: _box(place) for number, place in enumerate(places, start=1) if place}


def _taken_apart(label: int, box: Box, labels: NDArray[np.int32], height: float) -> list[Piece]:
    """Return what is left of a large piece without its straight lines, in new parts.

    A picture or a logo stays a piece of its own, cut, so that letters it covers are missed by
    nobody; pure lines and frames vanish.
    """
    place = _place(box)
    own = labels[place] == label
    lines = _runs(own, (1, max(3, round(_WIDE * height)))) | _runs(
        own, (max(3, round(_TALL * height)), 1)
    )
    if not lines.any():
        cut = box.height > _DEEP * height or _at_edge(box, labels.shape)
        return [Piece(box, frozenset([label]), cut)]
    labels[place][own & lines] = 0
    rest, _ = ndimage.label(own & ~lines, _EIGHT)
    first = int(labels.max())
    labels[place][rest > 0] = rest[rest > 0] + first
    return [
        Piece(Box(box.x + b.x, box.y + b.y, b.width, b.height), frozenset([first + number]), True)
        for number, b in _boxes(rest).items()
    ]


def _runs(mask: NDArray[np.bool_], size: tuple[int, int]) -> NDArray[np.bool_]:
    """Return the pixels of `mask` that lie in straight runs of at least `size`."""
    if mask.shape[0] < size[0] or mask.shape[1] < size[1]:
        return np.zeros_like(mask)
    eroded = ndimage.minimum_filter(mask.view(np.uint8), size, mode="constant")
    origin = tuple(-1 if extent % 2 == 0 else 0 for extent in size)
    grown = ndimage.maximum_filter(eroded, size, mode="constant", origin=origin)
    runs: NDArray[np.bool_] = grown.view(np.bool_)
    return runs


def _at_edge(box: Box, shape: tuple[int, ...]) -> bool:
    rows, columns = shape
    return box.x <= 0 or box.y <= 0 or box.x + box.width >= columns or box.y + box.height >= rows


def _place(box: Box) -> tuple[slice, slice]:
    return slice(box.y, box.y + box.height), slice(box.x, box.x + box.width)


def _box(place: tuple[slice, slice]) -> Box:
    rows, columns = place
    return Box(columns.start, rows.start, columns.stop - columns.start, rows.stop - rows.start)
