"""Rows of letters that a strip may be in, the one that is beyond doubt out, or none."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from kerma.screens.components import grown
from kerma.screens.noise import (
    APART,
    FLOOR,
    NOISE,
    SURE_APART,
    SURE_NOISE,
    SURE_WORST,
    UNSEEN,
    WORST,
)
from kerma.screens.page import Box
from kerma.screens.strips import FAINT, LARGE, Floats, Mask, Placed, Strip, Way
from kerma.screens.wordings import differing, is_as_good, is_long_word, is_word, letters

_STRAY = 0.3
"""Coverage over half beside a letter, or at all elsewhere, that no letter explains."""
_TOWARDS = 0.2
"""Of the way from half between two rows of letters to the nearer one, how far the picture must
lie."""
_WORD_APART = 4.0
"""Standard deviations of the noise by which another word must fit worse."""
_NUMBERS = "0123456789."
"""Letters of which no pale part is missing but right at their ink: others, such as the star of some
fonts, lose whole rows of it."""
_INKED = 0.2
"""Coverage of a pixel beside which the smoothed edge may go on."""


class Drawn(NamedTuple):
    """A row of letters as it would be drawn; all of the strip's shape."""

    text: str
    letters: tuple[Placed, ...]
    covers: Floats
    inside: Mask
    """Within the box of a letter."""
    beside: Mask
    """Next to its ink, but not within its box: a smoothed edge may be there."""
    change: Floats
    """By how much each pixel of the strip differs."""
    cost: float


def drawn(strip: Strip, way: Way) -> Drawn:
    """Return a row of letters as it would be drawn."""
    covers = np.zeros_like(strip.seen)
    inside, beside = np.zeros_like(covers, np.bool_), np.zeros_like(covers, np.bool_)
    for spot in way.spots:
        x, y, width, height = spot.placed.box
        box = slice(y, y + height), slice(x, x + width)
        own = np.zeros_like(covers)
        own[:, box[1]] = spot.cover
        around = grown(own >= _INKED)
        if spot.placed.text not in _NUMBERS:
            around = grown(around)
        around[box] = False
        covers += own
        inside[box] = True
        beside |= around
    more = strip.seen - covers
    free = np.where(beside, np.float32(UNSEEN), np.float32(FAINT) * (inside & (covers == 0)))
    change: Floats = np.where(more > 0, np.maximum(more - free, 0), -more) * strip.cares
    letters = tuple(spot.placed for spot in way.spots)
    cost = float((change**2).sum())
    return Drawn(way.text, letters, covers, inside, beside, change, cost)


def proved(strip: Strip, ways: Sequence[Drawn]) -> list[Placed]:
    """Return the letters that fit best if compression allows it and no others nearly fit."""
    first = min(ways, key=lambda way: way.cost)
    leading = [way for way in ways if way is first or is_as_good(first.text, way.text)]
    for best in sorted(leading, key=lambda way: (letters(way.text), way.cost)):
        if best.cost - first.cost <= (_WORD_APART * _noise(best)) ** 2 and _fits(best):
            return _alone(strip, best, [one for one in ways if one is not best])
    return []


def _alone(strip: Strip, best: Drawn, others: Sequence[Drawn]) -> list[Placed]:
    """Return the letters of the best way; none if another one is not ruled out.

    No matter are those that say as good as the same.
    """
    doubtful = np.zeros_like(best.inside)
    for other in others:
        apart = _apart(best, other)
        if _is_ruled_out(strip, best, other, apart, SURE_APART):
            continue
        if is_as_good(best.text, other.text):
            continue
        if not _is_ruled_out(strip, best, other, apart, APART):
            return []
        doubtful |= apart > 0
    return _whole(
        one._replace(is_exact=_is_close(best, one) and not doubtful[_place(one.box)].any())
        for one in best.letters
    )


def _whole(parts: Iterable[Placed]) -> list[Placed]:
    """Return letters with the parts that stand alone before them, such as the stem of an m."""
    whole: list[Placed] = []
    part: Box | None = None
    for one in parts:
        box = _around(part, one.box) if part else one.box
        part = None if one.text else box
        if one.text:
            whole.append(one._replace(box=box))
    return whole


def _around(one: Box, other: Box) -> Box:
    left, top = min(one.x, other.x), min(one.y, other.y)
    right = max(one.x + one.width, other.x + other.width)
    bottom = max(one.y + one.height, other.y + other.height)
    return Box(left, top, right - left, bottom - top)


def _is_ruled_out(
    strip: Strip, best: Drawn, other: Drawn, apart: Floats, deviations: float
) -> bool:
    """Whether another row of letters is far from what is seen.

    Which word it is, the table sees; a digit or sign must be beyond doubt.

    Parameters
    ----------
    apart
        By how much the two differ in each pixel.
    """
    further = other.cost - best.cost
    noise = _noise(best, apart > 0)
    if all(map(is_word, differing(best.text, other.text))) or is_long_word(best.text):
        return further >= (_WORD_APART * noise) ** 2
    way = float((apart**2 * strip.cares).sum())
    return further >= max((deviations * noise) ** 2, _TOWARDS * way)


def _fits(drawn: Drawn) -> bool:
    """Whether compression explains by how much a strip differs from what would be drawn."""
    if drawn.change[~drawn.inside].max(initial=0) > _STRAY:
        return False
    return all(
        float(own.max()) <= (WORST if own.size >= LARGE else SURE_WORST)
        and (own.size < LARGE or _mean(own) <= NOISE)
        for own in (drawn.change[_place(one.box)] for one in drawn.letters)
    )


def _is_close(drawn: Drawn, one: Placed) -> bool:
    """Whether a letter is as good as the same."""
    own = drawn.change[_place(one.box)]
    return float(own.max()) <= SURE_WORST and (own.size < LARGE or _mean(own) <= SURE_NOISE)


def _noise(drawn: Drawn, where: Mask | None = None) -> float:
    """Return the noise of a strip, or of its letters that `where` touches if that is more."""
    own = [
        _mean(drawn.change[_place(one.box)])
        for one in drawn.letters
        if one.box.width * one.box.height >= LARGE
        and (where is None or where[_place(one.box)].any())
    ]
    return max(FLOOR, _mean(drawn.change[drawn.inside]), *own)


def _mean(change: Floats) -> float:
    """Return the root mean square."""
    return float(np.sqrt(np.mean(change**2)))


def _place(box: Box) -> tuple[slice, slice]:
    return slice(box.y, box.y + box.height), slice(box.x, box.x + box.width)


def _apart(one: Drawn, other: Drawn) -> Floats:
    """Return by how much two rows of letters differ at least in each pixel."""
    apart = one.covers - other.covers
    free = np.where(apart > 0, other.beside, one.beside)
    least: Floats = np.maximum(np.abs(apart) - np.float32(UNSEEN) * free, 0)
    return least
