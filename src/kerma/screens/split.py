"""Letters that touch in, each by itself out, if there is exactly one way to part them."""

from itertools import pairwise
from typing import NamedTuple

import numpy as np
from scipy import ndimage

from kerma.screens.components import Piece, Pieces, levels
from kerma.screens.match import Match, Matcher
from kerma.screens.page import Box, Seen
from kerma.screens.shapes import glyph_of

_MOST = 12
"""Letters in one piece."""
_NARROWEST = 3
_LOWEST = 0.5
"""Width in pixels, and share of the height of the whole, of a part: strokes and dots are shared by
too many letters to prove anything."""
_WIDER = 1.2
"""How many times wider than the widest digit the whole must be: one digit is never parted."""
_BRIDGES = (144, 160)
"""Coverage of 255 that compression may give to what is less than half covered between letters."""
_OTHERS = -1
"""Label of the rest of the piece, and of all other pieces."""


class _Part(NamedTuple):
    piece: Piece
    around: Pieces
    match: Match


def split(whole: Pieces, piece: Piece, matcher: Matcher) -> list[Seen]:
    """Return the known letters of which a piece is made up side by side.

    None if there is no way to part it, or more than one.
    """
    if piece.is_cut or piece.box.width <= _WIDER * matcher.digit_width:
        return []
    around, moved = _alone(whole, piece)
    ways = _ways(around, moved, matcher)
    if len(ways) > 1 and whole.is_lossy:
        ways = _fewest(ways)
    parts = ways[0] if len(ways) == 1 else []
    if not ways and whole.is_lossy:
        parts = next(filter(None, (_parted(around, moved, matcher, at) for at in _BRIDGES)), [])
    if len(parts) < 2:
        return []
    return [_seen(part, piece.box.x - moved.box.x, piece.box.y - moved.box.y) for part in parts]


def _fewest(ways: list[list[_Part]]) -> list[list[_Part]]:
    """Return the ways with fewest letters if all say words: an m is made up of r and n."""
    if not all(part.match.text.isalpha() for way in ways for part in way):
        return ways
    least = min(len(way) for way in ways)
    return [way for way in ways if len(way) == least]


def _parted(around: Pieces, whole: Piece, matcher: Matcher, level: int) -> list[_Part]:
    """Return the letters of a piece that hang together only by ink paler than `level`.

    None if one of them is unknown: each is compared with all its rivals.
    """
    own = around.labels == 1
    marked, count = ndimage.label(own & (around.coverage >= level), np.ones((3, 3)))
    parts = []
    for number, place in enumerate(ndimage.find_objects(marked), start=1):
        rows, columns = place
        box = Box(columns.start, rows.start, columns.stop - columns.start, rows.stop - rows.start)
        labels = np.where(marked == number, 1, np.where(marked > 0, _OTHERS, around.labels))
        labels[own & (marked == 0)] = 0
        cut = around._replace(labels=labels.astype(np.int32))
        piece = Piece(box, frozenset([1]))
        is_part = count > 1 and box.height >= _LOWEST * whole.box.height
        match = matcher.match(cut, piece, levels(cut, piece)) if is_part else None
        if match is None or len(match.text) != 1:
            return []
        parts.append(_Part(piece, cut, match))
    parts.sort(key=lambda part: part.piece.box.x)
    apart = all(one.piece.right <= other.piece.box.x for one, other in pairwise(parts))
    return parts if apart else []


def _ways(around: Pieces, whole: Piece, matcher: Matcher) -> list[list[_Part]]:
    """Return the ways to part a piece, two at most, that differ in what they say."""
    end = whole.box.width
    ways: list[dict[str, list[_Part]]] = [{} for _ in range(end + 1)]
    ways[0][""] = []
    for start in range(end):
        for width in matcher.widths if ways[start] else ():
            part = _part(around, whole, start, width, matcher) if start + width <= end else None
            if part is None:
                continue
            further = ways[start + width]
            for text, way in ways[start].items():
                if len(way) < _MOST and len(further) < 2:
                    further.setdefault(text + part.match.text, [*way, part])
    return list(ways[end].values())


def _alone(whole: Pieces, piece: Piece) -> tuple[Pieces, Piece]:
    """Return the surroundings of a piece, and it within them; its ink has the label 1."""
    x, y, width, height = piece.box
    left, top = max(0, x - 2), max(0, y - 2)
    place = slice(top, y + height + 2), slice(left, x + width + 2)
    labels = whole.labels[place]
    own = np.isin(labels, list(piece.parts))
    marked = np.where(own, 1, np.where(labels != 0, _OTHERS, 0)).astype(np.int32)
    around = whole._replace(coverage=whole.coverage[place], labels=marked)
    return around, Piece(Box(x - left, y - top, width, height), frozenset([1]))


def _part(around: Pieces, whole: Piece, start: int, width: int, matcher: Matcher) -> _Part | None:
    """Return what the columns of a piece from `start` on stand for."""
    if width < _NARROWEST:
        return None
    first = whole.box.x + start
    own = around.labels == 1
    inside = own[:, first : first + width]
    filled = np.flatnonzero(inside.any(axis=1))
    if not (inside[:, 0].any() and inside[:, -1].any()):
        return None
    top, bottom = int(filled[0]), int(filled[-1]) + 1
    if bottom - top < _LOWEST * whole.box.height:
        return None
    labels = around.labels.copy()
    labels[own] = _OTHERS
    labels[:, first : first + width][inside] = 1
    cut = around._replace(labels=labels)
    piece = Piece(Box(first, top, width, bottom - top), frozenset([1]))
    match = matcher.match(cut, piece, levels(cut, piece))
    if match is None or not match.text or match.width not in (width - 1, width):
        return None
    return _Part(piece, cut, match)


def _seen(part: _Part, right: int, down: int) -> Seen:
    x, y, width, height = part.piece.box
    return Seen(
        box=Box(x + right, y + down, width, height),
        glyph=glyph_of(levels(part.around, part.piece)),
        text=part.match.text,
        exact=part.match.is_exact,
    )
