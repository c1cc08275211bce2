"""A strip and the known letters in, where on it each of them may be out."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from kerma.screens.noise import NOISE
from kerma.screens.shapes import coverage
from kerma.screens.strips import FAINT, LARGE, Floats, Placed, Spot, Strip, over

_LOOSE = 0.2
"""Root mean square, over the box of a letter, beyond which no row of letters has it there."""
_MOSTLY = 0.75
"""Part of the box of a letter that must not be hidden by other ink."""


class Group(NamedTuple):
    """Letters of one width, each on a canvas as high as a strip, at every height it may have."""

    width: int
    weights: Floats
    """Of what `_features` returns, shape (features, letters): their product is the cost."""
    covers: Floats
    """Shape (letters, rows, columns)."""
    boxes: Floats
    """1 in the box of a letter, 0 around it; shape (rows * columns, letters)."""
    within: Floats
    """1 in the rows of a letter, shape (letters, rows)."""
    sizes: NDArray[np.int64]
    """Pixels of each box."""
    placed: list[Placed]
    """With their boxes at column 0."""


def group(placed: list[Placed], rows: int) -> Group:
    """Return letters of one width on canvases of so many rows."""
    width = placed[0].box.width
    covers = np.zeros((len(placed), rows, width), np.float32)
    boxes = np.zeros_like(covers)
    for number, one in enumerate(placed):
        place = slice(one.box.y, one.box.y + one.box.height)
        covers[number, place] = coverage(one.glyph)
        boxes[number, place] = 1
    flat, inside = covers.reshape(len(placed), -1).T, boxes.reshape(len(placed), -1).T
    inked = (flat > 0).astype(np.float32)
    weights = np.concatenate([inked, inside - inked, 1 - inside, -2 * flat, flat**2])
    sizes = inside.sum(axis=0).astype(np.int64)
    return Group(width, weights, covers, inside, boxes[:, :, 0], sizes, placed)


def spots(strip: Strip, letters: Group) -> Iterator[Spot]:
    """Return where each letter of a group may be."""
    if letters.width > strip.seen.shape[1]:
        return
    seen, cares = _windows(strip.seen, letters.width), _windows(strip.cares, letters.width)
    costs = _features(seen, cares) @ letters.weights
    most = np.where(letters.sizes >= LARGE, NOISE, _LOOSE) ** 2 * letters.sizes
    free = _free(strip)
    spare = free[: len(seen)] + free[letters.width - 1 :]
    likely = costs - spare[:, None] <= most
    if not strip.cares.all():
        likely &= cares @ letters.boxes >= _MOSTLY * letters.sizes
    at, of = np.nonzero(likely)
    own = letters.within[of]
    left = _saved(strip, at, letters.covers[of, :, 0], own)
    right = _saved(strip, at + letters.width - 1, letters.covers[of, :, -1], own)
    both = left + right if letters.width > 1 else left
    cost = costs[at, of]
    for one in np.flatnonzero(cost - both <= most[of]):
        alone, placed = float(cost[one]), letters.placed[of[one]]
        yield Spot(
            placed._replace(box=placed.box._replace(x=int(at[one]))),
            letters.covers[of[one]],
            (
                (alone, alone - float(right[one])),
                (alone - float(left[one]), alone - float(both[one])),
            ),
        )


def _windows(pixels: Floats, width: int) -> Floats:
    """Return all parts of a strip of one width, shape (places, rows * width)."""
    seen = sliding_window_view(pixels, width, axis=1).transpose(1, 0, 2)
    windows: Floats = seen.reshape(len(seen), -1)
    return windows


def _features(seen: Floats, cares: Floats) -> Floats:
    """Return what the cost of a letter is a weighted sum of, shape (places, features).

    Its pixels cost the square of the difference; those in its box without ink may be faint;
    those above and below it may be covered by up to half.
    """
    pale = np.maximum(seen - np.float32(FAINT), 0)
    features: Floats = np.concatenate(
        [seen**2 * cares, pale**2 * cares, over(seen) ** 2 * cares, seen * cares, cares], axis=1
    )
    return features


def _free(strip: Strip) -> Floats:
    """Return by how much a neighbour may make each column cheaper at most."""
    free: Floats = ((strip.seen**2 - over(strip.seen) ** 2) * strip.cares).sum(axis=0)
    return free


def _saved(strip: Strip, columns: NDArray[np.int64], covers: Floats, within: Floats) -> Floats:
    """Return what columns cost less where the edge of a neighbour may add to them."""
    more = strip.seen[:, columns].T - covers - np.float32(FAINT) * (covers == 0)
    more = np.maximum(more, 0)
    cheaper = (more**2 - over(more) ** 2) * strip.cares[:, columns].T * within
    saved: Floats = cheaper.sum(axis=1)
    return saved
