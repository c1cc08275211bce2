"""Parts of a line, letters where they may be on them, and rows of such letters."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kerma.screens.noise import UNSEEN
from kerma.screens.page import Box, Glyph

Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]

FAINT = 0.2
"""Coverage up to which a known shape is taken to have none, see `binarise`."""
LARGE = 16
"""Pixels of a letter from which on it tells how large the noise is."""


class Strip(NamedTuple):
    """A part of a line."""

    seen: Floats
    """Coverage, 0 … 1, shape (rows, columns)."""
    cares: Floats
    """1 where it counts, 0 where there is ink of others or what is next to it."""
    base: int
    """First row below the base line."""


class Placed(NamedTuple):
    """A known letter in its place on a strip."""

    text: str
    glyph: Glyph
    box: Box
    is_exact: bool = True
    """Whether it is as good as the same, and all else far away."""


class Spot(NamedTuple):
    """A letter where it may be; its cost by whether another touches it left, right or both."""

    placed: Placed
    cover: Floats
    costs: tuple[tuple[float, float], tuple[float, float]]


class Way(NamedTuple):
    """A row of letters up to a column."""

    cost: float
    text: str
    spots: tuple[Spot, ...] = ()


def over(seen: Floats) -> Floats:
    """Return what coverage is more than the smoothed edge of a letter may have."""
    over: Floats = np.maximum(seen - np.float32(UNSEEN), 0)
    return over
