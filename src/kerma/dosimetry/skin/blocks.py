"""Steps of beams and a body in, the pairs of step and cell worth a closer look out."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kerma.dosimetry.skin.position import Placed
from kerma.dosimetry.skin.solids import Floats
from kerma.dosimetry.skin.steps import Steps

_BLOCK = 8
"""Cells along each side of a block."""


class Blocks(NamedTuple):
    """Cells that lie together, so that most are passed over without a look at each."""

    order: NDArray[np.intp]
    """The cells, block by block."""
    first: NDArray[np.intp]
    """Where each block begins in `order`."""
    size: NDArray[np.intp]
    middle: Floats
    reach: Floats
    """From its middle to the far edge of its farthest cell."""

    @classmethod
    def of(cls, placed: Placed) -> "Blocks":
        """Return the blocks of a body."""
        skin = placed.skin
        key = (skin.part * 1000 + skin.row // _BLOCK) * 1000 + skin.column // _BLOCK
        order = np.argsort(key, kind="stable")
        _, first, size = np.unique(key[order], return_index=True, return_counts=True)
        points = placed.points[order]
        middle = np.add.reduceat(points, first) / size[:, None]
        far = np.linalg.norm(points - np.repeat(middle, size, axis=0), axis=1)
        return cls(order, first, size, middle, np.maximum.reduceat(far, first) + _reach(placed))


def candidates(blocks: Blocks, steps: Steps) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the pairs of step and cell whose block may lie in the field."""
    along = _seen(blocks.middle, steps.source, steps.frame[:, 2])
    within = along > -blocks.reach
    for axis, half in ((0, steps.half_width), (1, steps.half_height)):
        across = np.abs(_seen(blocks.middle, steps.source, steps.frame[:, axis]))
        within &= across < half[:, None] * (along + blocks.reach) + blocks.reach
    step, block = np.nonzero(within)
    size = blocks.size[block]
    ends = np.cumsum(size)
    place = np.arange(ends[-1] if len(ends) else 0) - np.repeat(ends - size, size)
    return np.repeat(step, size), blocks.order[np.repeat(blocks.first[block], size) + place]


def _reach(placed: Placed) -> float:
    """Return how far a cell reaches from its middle, in cm."""
    around = np.linalg.norm(placed.around, axis=1)
    return float(np.hypot(around, np.linalg.norm(placed.along, axis=1)).max() / 2)


def _seen(points: Floats, sources: Floats, axes: Floats) -> Floats:
    """Return how far each point lies from each source along its axis, shape (steps, points)."""
    found: Floats = axes @ points.T - np.einsum("ij,ij->i", sources, axes)[:, None]
    return found
