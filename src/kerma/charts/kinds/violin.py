"""The density of the values of each item, by Gaussian kernels.

The width of the kernels is Scott's: s n^(-1/5), s the standard deviation of the n values
(D. W. Scott, Multivariate Density Estimation, 1992, as for one dimension). The density is cut at
the least and greatest value. Values that are all alike have none.
"""

from collections.abc import Iterator

import numpy as np

from kerma.charts.base import Item, Series
from kerma.charts.cache.parts import Array
from kerma.charts.kind import Asked, Kind, kinds

_GRID = 4096
"""Points on which the values are counted before they are smoothed."""
_DRAWN = 129
_REACH = 5.0
"""Standard deviations after which a kernel is taken for nothing."""


def _series(asked: Asked) -> list[Series]:
    return asked.series(_items(asked))


def _items(asked: Asked) -> Iterator[Item]:
    for _, item, part in asked.items():
        x, y = density(asked.statistics.sorted[part])
        item.x, item.y = x.tolist(), y.tolist()
        yield item


def density(values: Array) -> tuple[Array, Array]:
    """Return points from the least to the greatest value, and the density there (1/unit)."""
    width = values.std(ddof=1) * values.size**-0.2 if values.size > 1 else 0.0
    if not width > 0:
        return np.zeros(0), np.zeros(0)
    low, high = values.min() - _REACH * width, values.max() + _REACH * width
    step = (high - low) / (_GRID - 1)
    smooth = np.convolve(_counted((values - low) / step), _kernel(width / step), mode="same")
    drawn = np.linspace(values.min(), values.max(), _DRAWN)
    return drawn, np.interp((drawn - low) / step, np.arange(_GRID), smooth) / (values.size * step)


def _counted(position: Array) -> Array:
    """Return how many values lie at each point of the grid, shared between neighbours."""
    below = position.astype(np.int64)
    share = position - below
    counts = np.bincount(below, weights=1 - share, minlength=_GRID)
    counts += np.bincount(np.minimum(below + 1, _GRID - 1), weights=share, minlength=_GRID)
    found: Array = counts
    return found


def _kernel(width: float) -> Array:
    """Return the kernel on the grid; its sum is 1."""
    reach = max(1, min(int(np.ceil(_REACH * width)), _GRID // 2 - 1))
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / width) ** 2)
    found: Array = kernel / kernel.sum()
    return found


kinds.add(Kind("violin", _series))
