"""The letters of a compressed page in, those that were not known set anew out; see `typeset`."""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from kerma.screens.components import Piece, Pieces, grown
from kerma.screens.lines import Row
from kerma.screens.match import Matcher
from kerma.screens.page import Box, Seen
from kerma.screens.place import by_place
from kerma.screens.strips import Placed, Strip
from kerma.screens.typeset import Case

_NEAR = 0.3
"""Gap, in heights of digits, up to which letters are set together."""
_UP, _DOWN = 1.4, 0.45
"""Rows of a strip above and below the base line, in heights."""
_MARGIN = 3
"""Columns of a strip before and after its letters."""
_BLUR = 2
"""Columns by which smoothed edges reach beyond the ink."""
_SHIFTS = (-1, 0, 1)
"""Rows by which compression may shift the lower edge of what is seen."""
_MOST = 30
"""Heights up to which a strip is set."""


class Letter(NamedTuple):
    """A piece of ink, and the letters it is."""

    piece: Piece
    seen: list[Seen]


def mended(
    whole: Pieces, lines: Sequence[tuple[Row, list[Letter]]], cases: "Cases"
) -> list[list[Seen]]:
    """Return the letters of some lines of a page."""
    done = []
    for row, letters in lines:
        seen: list[Seen] = []
        for run in _runs(letters, row):
            own = [one for letter in run for one in letter.seen]
            if any(map(_is_unsure, own)):
                own = _set(whole, row, run, cases) or own
            seen += own
        done.append(seen)
    return done


class Cases:
    """The letters of a page for lines of every height."""

    def __init__(
        self, lines: Sequence[tuple[Row, list[Letter]]], matcher: Matcher, height: float
    ) -> None:
        self._lines, self._matcher, self._height = lines, matcher, height
        self._bottoms: dict[str, set[int]] = {}
        self._cases: dict[tuple[int, int], Case] = {}

    def case(self, above: int, below: int) -> Case:
        """Return the letters for strips with so many rows above and below the base line."""
        if not self._cases:
            self._bottoms = _bottoms(self._lines)
        if (above, below) not in self._cases:
            self._cases[above, below] = Case(
                self._matcher.texts, self._bottoms, above, below, self._height
            )
        return self._cases[above, below]


def _is_unsure(seen: Seen) -> bool:
    """Whether a letter is unknown, or of a number and not beyond doubt."""
    return not seen.text or (not seen.exact and not seen.text.isalpha())


def _runs(letters: Sequence[Letter], row: Row) -> Iterable[list[Letter]]:
    """Return letters that stand near each other."""
    run = letters[:1]
    run = list(run)
    for before, letter in pairwise(letters):
        if letter.piece.box.x - before.piece.right > _NEAR * row.height:
            yield run
            run = []
        run.append(letter)
    if run:
        yield run


def _bottoms(lines: Iterable[tuple[Row, list[Letter]]]) -> dict[str, set[int]]:
    """Return where the lower edge of letters was seen, in rows below the base line."""
    found: dict[str, set[int]] = {}
    for row, letters in lines:
        for seen in (one for letter in letters for one in letter.seen if one.text):
            bottom = seen.box.y + seen.box.height - row.base
            found.setdefault(seen.text, set()).update(bottom + one for one in _SHIFTS)
    return found


def _set(whole: Pieces, row: Row, run: Sequence[Letter], cases: Cases) -> list[Seen]:
    """Return the letters of a run, none if they cannot be proved."""
    pieces = [letter.piece for letter in run]
    height = max(row.height, whole.text_height)
    above = max(round(_UP * height), row.base - min(one.box.y for one in pieces) + 1)
    below = max(round(_DOWN * height), max(one.bottom for one in pieces) - row.base + 1)
    place = Box(
        pieces[0].box.x - _MARGIN,
        row.base - above,
        max(one.right for one in pieces) - pieces[0].box.x + 2 * _MARGIN,
        above + below,
    )
    if place.width > _MOST * height or any(one.is_cut for one in pieces):
        return []
    letters = cases.case(above, below).set(_strip(whole, place, above, pieces))
    return [_seen(one, place, row) for one in letters]


def _strip(whole: Pieces, place: Box, above: int, pieces: Sequence[Piece]) -> Strip:
    """Return what is seen in a place; letters that stand right beside it may reach into it."""
    around = Box(place.x - _BLUR, place.y, place.width + 2 * _BLUR, place.height)
    labels = _cut(whole.labels, around)
    own = np.isin(labels, list(frozenset().union(*(one.parts for one in pieces))))
    others = grown(grown((labels != 0) & ~own)) & ~own
    seen = _cut(whole.uncut, place) / np.float32(255 * whole.gain)
    return Strip(np.minimum(seen, 1), (~others[:, _BLUR:-_BLUR]).astype(np.float32), above)


def _cut(pixels: NDArray[Any], place: Box) -> NDArray[Any]:
    """Return a part of a picture; beyond its edge there is nothing."""
    part = np.zeros((place.height, place.width), pixels.dtype)
    top, left = max(place.y, 0), max(place.x, 0)
    inside = pixels[top : place.y + place.height, left : place.x + place.width]
    part[top - place.y :, left - place.x :][: inside.shape[0], : inside.shape[1]] = inside
    return part


def _seen(one: Placed, place: Box, row: Row) -> Seen:
    box = Box(one.box.x + place.x, one.box.y + place.y, one.box.width, one.box.height)
    text = by_place(one.text, Piece(box, frozenset()), row)
    return Seen(box=box, glyph=one.glyph, text=text, exact=one.is_exact)
