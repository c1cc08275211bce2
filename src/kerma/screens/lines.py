"""Pieces of ink in, lines of letters out, the parts of one letter joined."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from kerma.screens.components import Piece, Pieces, joined

_SMALL = 0.5
"""Share of the usual height below which a piece is a dot, comma, dash or accent."""
_LEVEL = 0.5
"""Share of the lower of two pieces that must be beside the other for both to be on one line."""
_ASTRIDE = 0.5
"""Share of the narrower of two pieces that is above or below the other if they are one letter."""
_PART = 0.75
"""Share of the height of a line below which a piece may be a part of a letter."""
_FOOT = 0.6
"""Share of the height of a letter under which a point stands beside its foot."""
_FAR = 3.0
"""Gap, in heights, up to which a piece hangs on the piece before it."""
_SAME_BASE = 0.2
"""Difference of base lines, in heights, within which two parts of a line are one line."""
_HALF_LINE = 0.5
"""Difference of base lines, in heights, that no two lines of text have."""
_ABOVE, _BELOW = 0.45, 0.45
"""How far, in heights, an accent stands above and a comma hangs below its line."""


class Row(NamedTuple):
    """The letters of one line, from left to right."""

    letters: list[Piece]
    base: int
    """First row below the base line."""
    height: float
    """Of digits and capitals."""


def rows(whole: Pieces) -> list[Row]:
    """Return the lines from top to bottom."""
    usual = whole.text_height
    small = [one for one in whole.pieces if one.box.height < _SMALL * usual]
    tall = [one for one in whole.pieces if one.box.height >= _SMALL * usual]
    segments = _segments(tall, usual)
    single = [one for one in segments if len(one) == 1 and one[0].box.height < _PART * usual]
    lines = _united([one for one in segments if one not in single], usual)
    alone = _put([*small, *(one for [one] in single)], lines)
    lines += _united(_segments(alone, usual), usual)
    made = [_row(line) for line in lines]
    return sorted(made, key=lambda row: (row.base, row.letters[0].box.x))


def _segments(pieces: Sequence[Piece], usual: float) -> list[list[Piece]]:
    """Return runs of pieces that stand beside each other, each near the one before it."""
    found: list[list[Piece]] = []
    edges = np.zeros((max(1, len(pieces)), 3))
    for one in sorted(pieces, key=lambda piece: (piece.box.x, piece.box.y)):
        tops, bottoms, rights = edges[: len(found)].T
        shared = np.minimum(bottoms, one.bottom) - np.maximum(tops, one.box.y)
        share = shared / np.minimum(bottoms - tops, one.box.height)
        share[rights < one.box.x - _FAR * usual] = 0
        best = int(share.argmax()) if found else 0
        if found and share[best] >= _LEVEL:
            found[best].append(one)
        else:
            best = len(found)
            found.append([one])
        edges[best] = one.box.y, one.bottom, one.right
    return found


def _united(segments: list[list[Piece]], usual: float) -> list[list[Piece]]:
    """Return segments on the same base line as one line."""
    lines: list[tuple[int, list[Piece]]] = []
    for base, segment in sorted(
        ((_base(one), one) for one in segments), key=lambda pair: (pair[0], pair[1][0].box.x)
    ):
        if lines and _is_level(*lines[-1], base, segment, usual):
            joined_line = [*lines[-1][1], *segment]
            lines[-1] = _base(joined_line), joined_line
        else:
            lines.append((base, segment))
    return [line for _, line in lines]


def _is_level(base: int, line: list[Piece], other: int, segment: list[Piece], usual: float) -> bool:
    """Whether a segment is of a line: letters stand on one base line, if need be not most of them.

    In short ones such as "(mGy)" most letters have tails.
    """
    apart = other - base
    if apart <= max(1.0, _SAME_BASE * usual):
        return True
    return apart <= _HALF_LINE * usual and (_stands(line, other) or _stands(segment, base))


def _stands(pieces: Sequence[Piece], base: int) -> bool:
    return any(abs(one.bottom - base) <= 1 for one in pieces)


def _base(pieces: Sequence[Piece]) -> int:
    """Return the first row below most pieces; of two, the upper one, below which tails hang."""
    counts = Counter(one.bottom for one in pieces)
    return max(counts, key=lambda bottom: (counts[bottom], -bottom))


def _height(pieces: Sequence[Piece]) -> float:
    """Return the height of capitals and digits: few letters are higher, many are lower."""
    heights = np.array([one.box.height for one in pieces])
    tall = heights[heights >= _SMALL * heights.max()]
    return float(np.percentile(tall, 75))


def _put(small: Sequence[Piece], lines: list[list[Piece]]) -> list[Piece]:
    """Add dots, dashes and accents to the lines they stand in; return those that stand in none."""
    bounds = [
        (_base(line), _height(line), np.array([(p.box.x, p.right) for p in line])) for line in lines
    ]
    alone = []
    for one in small:
        best, least = None, np.inf
        for number, (base, height, sides) in enumerate(bounds):
            middle = one.box.y + one.box.height / 2
            over, under = base - height - middle, middle - base
            if over > _ABOVE * height or under > _BELOW * height:
                continue
            apart = np.maximum(sides[:, 0] - one.right, one.box.x - sides[:, 1]).clip(min=0).min()
            cost = max(over, under, 0) + 0.03 * float(apart)
            if cost < least:
                best, least = number, cost
        if best is None:
            alone.append(one)
        else:
            lines[best].append(one)
    return alone


def _row(line: list[Piece]) -> Row:
    height = _height(line)
    letters = _letters(sorted(line, key=lambda piece: (piece.box.x, piece.box.y)), height)
    full = [one for one in letters if one.box.height >= _SMALL * height]
    return Row(letters, _base(full or letters), height)


def _letters(pieces: list[Piece], height: float) -> list[Piece]:
    """Join what stands above one another: i, j, colon, equals sign, per cent, accents."""
    groups: list[list[Piece]] = []
    for one in pieces:
        last = groups[-1] if groups else []
        if any(_is_astride(one, other, height) for other in last) and not (
            len(last) == 1 and _is_point_under(one, last[0])
        ):
            last.append(one)
        else:
            groups.append([one])
    return [joined(group) for group in groups]


def _is_astride(one: Piece, other: Piece, height: float) -> bool:
    shared = min(one.right, other.right) - max(one.box.x, other.box.x)
    is_part = min(one.box.height, other.box.height) < _PART * height
    return is_part and shared >= _ASTRIDE * min(one.box.width, other.box.width)


def _is_point_under(small: Piece, tall: Piece) -> bool:
    """Whether a point or comma stands under what hangs over of a 7, T or P, beside its foot.

    So does the second ring of a per cent sign, but that has a first one.
    """
    is_low = small.box.y >= tall.box.y + _FOOT * tall.box.height
    is_small = small.box.height < _FOOT * tall.box.height
    return is_low and is_small and small.box.y < tall.bottom
