"""Letters of a line in, words out: parted where the gap is wider than within a word."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from kerma.screens.lines import Row
from kerma.screens.page import Box, Seen, Word

_UNKNOWN = "\ufffd"
_CANDIDATES = np.arange(0.30, 0.90, 0.01)
"""Gaps, as shares of the height of digits, among which the one that parts words is sought."""
_AROUND = 0.07
"""A gap within so much of the one that parts words counts against it."""
_USUAL = 0.5
_FEWEST = 20
"""Gaps from which on a picture says how wide its own are."""
_AFTER_POINT = 0.9
"""Gap after a decimal point up to which digits go on; some screens put a wide one there."""


def gap_of(rows: Sequence[Row]) -> float:
    """Return the gap that parts words on this picture, as a share of the height of digits.

    It is in the middle of the widest range of gaps that do not occur, or else below the rarest:
    letters of one pitch have wide gaps within words, others narrow ones.
    """
    gaps = np.array([
        (right.box.x - left.right) / row.height
        for row in rows
        for left, right in pairwise(row.letters)
    ])  # fmt: skip
    if gaps.size < _FEWEST:
        return _USUAL
    crowd = (np.abs(gaps[:, None] - _CANDIDATES) < _AROUND).sum(axis=0)
    least = crowd == crowd.min()
    edges = np.flatnonzero(np.diff(np.pad(least.astype(np.int8), 1)))
    starts, ends = edges[::2], edges[1::2]
    longest = int((ends - starts).argmax())
    middle = float(_CANDIDATES[starts[longest] : ends[longest]].mean())
    return middle - (_AROUND if crowd.min() else 0)


def words(letters: Sequence[Seen], gap: float) -> tuple[Word, ...]:
    """Return the words; `gap` in pixels."""
    made: list[list[Seen]] = []
    for one in letters:
        if made and _goes_on(made[-1], one, gap):
            made[-1].append(one)
        else:
            made.append([one])
    return tuple(_word(each) for each in made)


def _goes_on(before: list[Seen], one: Seen, gap: float) -> bool:
    last = before[-1]
    apart = one.box.x - (last.box.x + last.box.width)
    if apart <= gap:
        return True
    is_fraction = last.text == "." and len(before) > 1 and before[-2].text.isdigit()
    return is_fraction and one.text.isdigit() and apart <= gap * _AFTER_POINT / _USUAL


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
