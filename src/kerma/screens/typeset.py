"""A strip of a compressed line in, the only row of known letters that can have drawn it out.

Where compression joins letters, breaks thin strokes or drowns a point, pieces of ink say nothing.
Here every known letter is laid on every place, and the rows of letters are compared as a whole with
what is seen (a search for the cheapest path, column after column). The cost is the sum of squares;
around letters, where nothing is known of their smoothed edges, up to half coverage costs nothing;
everywhere else whatever is seen must be explained.
"""

import re
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from kerma.screens.page import Box, Glyph
from kerma.screens.proved import drawn, proved
from kerma.screens.spots import group, spots
from kerma.screens.strips import Placed, Spot, Strip, Way, over

_STEM = 0.5
"""Share of the height of digits."""
_WAYS = 6
"""Rows of letters that are followed at each column."""
_LETTER = 0.2
"""Cost of each letter: of two ways to part a word, that with fewer letters is likelier."""
_WIDEST = 24
"""Columns without a letter between two letters of a strip."""
_WORSE = 4.0
"""Cost by which a row of letters may be behind the best one at a column to be followed."""
_ALIKE = str.maketrans({"|": "I", "l": "I", ",": ".", ";": ":", "·": ".", "'": ".", "*": "."})
"""Signs that are told by their place, or of which no number depends on which it is."""
_WORD = re.compile(r"[^\W\d_]{2,}")

_Ways = dict[str, Way]


class Case:
    """The letters of a scanner, ready to be set in strips of one height.

    Parameters
    ----------
    bottoms
        Where the lower edge of letters was seen on this page, in rows below the base line.
    above, below
        Rows of a strip above and below its base line.
    tallest
        Height of digits. Known shapes that are no letter but nearly as high are parts of letters,
        such as the stem of an m that stands alone; what is smaller would explain points away.
    """

    def __init__(
        self,
        texts: Mapping[Glyph, str],
        bottoms: Mapping[str, set[int]],
        above: int,
        below: int,
        tallest: float,
    ) -> None:
        alike: dict[int, list[Placed]] = {}
        for glyph, text in texts.items():
            if len(text) == 1 or (not text and glyph.height >= _STEM * tallest):
                anywhere = _anywhere(glyph, below, above, tallest)
                for bottom in sorted(bottoms.get(text, anywhere)):
                    top = above + bottom - glyph.height
                    if top >= 0 and bottom <= below:
                        box = Box(0, top, glyph.width, glyph.height)
                        alike.setdefault(glyph.width, []).append(Placed(text, glyph, box))
        self._groups = [group(placed, above + below) for placed in alike.values()]

    def set(self, strip: Strip) -> list[Placed]:
        """Return the letters of a strip; none if another row of letters cannot be ruled out."""
        found: dict[int, list[Spot]] = {}
        for letters in self._groups:
            for spot in spots(strip, letters):
                found.setdefault(spot.placed.box.x, []).append(spot)
        ways = [way for way in _ways(strip, found) if way.spots]
        return proved(strip, [drawn(strip, way) for way in ways]) if ways else []


def _anywhere(glyph: Glyph, below: int, above: int, tallest: float) -> Iterable[int]:
    """Return where the lower edge of a letter may be that was not seen on the page yet."""
    if glyph.height >= _STEM * tallest:
        return range(-1, below + 1)
    return range(glyph.height - above, below + 1)


class _Gaps:
    """The cost of columns without a letter."""

    def __init__(self, strip: Strip) -> None:
        self._near = (over(strip.seen) ** 2 * strip.cares).sum(axis=0)
        self._far = np.append(0, np.cumsum((strip.seen**2 * strip.cares).sum(axis=0)))
        self._end = strip.seen.shape[1]

    def cost(self, start: int, end: int) -> float:
        """Return that of columns `start` up to `end`; those beside a letter may be smoothed."""
        first, last = start + (start > 0), end - (end < self._end)
        if last < first:
            return float(self._near[start])
        near = self._near[start] * (start > 0) + self._near[end - 1] * (end < self._end)
        return float(self._far[last] - self._far[first] + near)


def _ways(strip: Strip, found: Mapping[int, Sequence[Spot]]) -> list[Way]:
    """Return the cheapest rows of letters over the whole strip, no two of which say the same."""
    columns = strip.seen.shape[1]
    gaps = _Gaps(strip)
    ended: list[_Ways] = [{} for _ in range(columns + 1)]
    touched: list[_Ways] = [{} for _ in range(columns + 1)]
    ended[0][""] = Way(0.0, "")
    for x in sorted(found):
        for ways, is_touched in ((_after_gap(ended, x, gaps), 0), (_best(touched[x]), 1)):
            for way in ways:
                for spot in found[x]:
                    end = x + spot.placed.box.width
                    alone, beside = spot.costs[is_touched]
                    _put(ended[end], way, spot, alone)
                    _put(touched[end], way, spot, beside)
    return _after_gap(ended, columns, gaps)


def _put(ways: _Ways, way: Way, spot: Spot, cost: float) -> None:
    text = way.text + spot.placed.text
    key = _key(text)
    cost += way.cost + _LETTER
    if key not in ways or cost < ways[key].cost:
        ways[key] = Way(cost, text, (*way.spots, spot))


def _key(text: str) -> str:
    """Return what of a text matters: which word it is, is seen by the table."""
    return _WORD.sub("a", text.translate(_ALIKE))


def _after_gap(ended: Sequence[_Ways], x: int, gaps: _Gaps) -> list[Way]:
    """Return the cheapest ways up to column `x` that have a gap before it."""
    found: _Ways = {}
    for start in range(max(0, x - _WIDEST), x):
        cost = gaps.cost(start, x) if ended[start] else 0.0
        for key, way in ended[start].items():
            if key not in found or way.cost + cost < found[key].cost:
                found[key] = way._replace(cost=way.cost + cost)
    return _best(found)


def _best(ways: _Ways) -> list[Way]:
    """Return the cheapest ways, cheapest first."""
    cheapest = sorted(ways.values(), key=lambda way: way.cost)[:_WAYS]
    return [way for way in cheapest if way.cost <= cheapest[0].cost + _WORSE]
