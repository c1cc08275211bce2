"""Letters of lines in, words out: parted where the gap is wider than within a word."""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kerma.screens.page import Box, Seen, Word

_UNKNOWN = "\ufffd"
_CANDIDATES = np.arange(0.30, 0.60, 0.01)
"""Gaps, as shares of the height of digits, among which the one that parts words is sought: a space
is a quarter to a third of the size of the font, digits are seven tenths of it high."""
_AROUND = 0.05
"""A gap within so much of the one that parts words counts against it."""
_USUAL = 0.42
_FEWEST = 5
"""Gaps from which on a picture says how wide its own are."""
_ON_GRID, _ONE_PITCH = 0.2, 0.9
"""Letters have one pitch if so many of them stand within so much of it from a whole multiple."""
_SPACED = 0.9
"""Gap that parts words where letters have one pitch, as share of it: between narrow letters there
are up to four fifths, across a space at least one."""
_CELL = 0.8
"""Width of a digit, as share of the pitch of digits, where a thin 1 is taken to be as wide as the
others: nearly all fonts give digits one pitch, so that columns of numbers stand in line."""

_IN_NUMBERS = (".", ",", ":", "-", "/")
_NEIGHBOURS = 25
"""Percentile of the distances of digits that is their pitch: some digits are of other numbers."""


class Spelled(NamedTuple):
    """The letters of one line, not yet parted."""

    letters: Sequence[Seen]
    height: float
    """Of its digits, in pixels."""


class Spacing(NamedTuple):
    """How words are parted on a picture; both are shares of the height of digits."""

    gap: float
    digit: float = 0.0
    """Least width of a digit's cell."""


def spacing(lines: Sequence[Spelled]) -> Spacing:
    """Return what parts words on this picture."""
    pairs = [(line.height, *pair) for line in lines for pair in pairwise(line.letters)]
    if len(pairs) < _FEWEST:
        return Spacing(_USUAL)
    gaps = np.array([_gap(left, right) / height for height, left, right in pairs])
    steps = np.array([_step(left, right) / height for height, left, right in pairs])
    # Signs do not stand in the middle of their cells.
    are_letters = np.array(
        [left.text.isalnum() and right.text.isalnum() for _, left, right in pairs]
    )
    pitch = _pitch(steps[(gaps < 1) & are_letters])
    if pitch:
        return Spacing(_SPACED * pitch)
    are_digits = [left.text.isdigit() and right.text.isdigit() for _, left, right in pairs]
    between = steps[np.array(are_digits)]
    cell = _CELL * float(np.percentile(between, _NEIGHBOURS)) if between.size else 0.0
    widened = [_gap(left, right, cell * height) / height for height, left, right in pairs]
    return Spacing(_valley(np.array(widened)), cell)


def words(line: Spelled, parted: Spacing) -> tuple[Word, ...]:
    """Return the words of a line."""
    gap, cell = parted.gap * line.height, parted.digit * line.height
    made: list[list[Seen]] = []
    for one in line.letters:
        if made and _gap(made[-1][-1], one, cell) <= gap:
            made[-1].append(one)
        else:
            made.append([one])
    return tuple(_word(each) for each in made)


def _gap(left: Seen, right: Seen, cell: float = 0.0) -> float:
    """Return the gap between two letters; within a number, a digit is at least `cell` wide."""
    apart = float(right.box.x - left.box.x - left.box.width)
    if not (_is_of_number(left) and _is_of_number(right)):
        return apart
    return apart - sum(
        max(0.0, cell - one.box.width) / 2 for one in (left, right) if one.text.isdigit()
    )


def _step(left: Seen, right: Seen) -> float:
    return right.box.x + right.box.width / 2 - left.box.x - left.box.width / 2


def _is_of_number(one: Seen) -> bool:
    return one.text.isdigit() or one.text in _IN_NUMBERS


def _pitch(steps: NDArray[np.float64]) -> float:
    """Return the distance of letters if all have the same, else 0."""
    if steps.size < _FEWEST:
        return 0.0
    pitch = float(np.median(steps))
    off = np.abs(steps / pitch - np.rint(steps / pitch))
    return pitch if (off < _ON_GRID).mean() >= _ONE_PITCH else 0.0


def _valley(gaps: NDArray[np.float64]) -> float:
    """Return the middle of the widest range of gaps that do not occur, or below the rarest."""
    crowd = (np.abs(gaps[:, None] - _CANDIDATES) < _AROUND).sum(axis=0)
    least = crowd == crowd.min()
    edges = np.flatnonzero(np.diff(np.pad(least.astype(np.int8), 1)))
    starts, ends = edges[::2], edges[1::2]
    widest = int((ends - starts).argmax())
    middle = float(_CANDIDATES[starts[widest] : ends[widest]].mean())
    return middle - (_AROUND if crowd.min() else 0)


def _word(letters: list[Seen]) -> Word:
    left = letters[0].box.x
    right = max(one.box.x + one.box.width for one in letters)
    top = min(one.box.y for one in letters)
    bottom = max(one.box.y + one.box.height for one in letters)
    return Word(
        text="".join(one.text or _UNKNOWN for one in letters),
        box=Box(left, top, right - left, bottom - top),
        glyphs=tuple(letters),
    )
