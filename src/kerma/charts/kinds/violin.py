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

_DRAWN = 65
"""Points at even distances, and as many at even shares of the values, where these lie close."""
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
    least, greatest = values.min(), values.max()
    if not width > 0:
        return np.zeros(0), np.zeros(0)
    low, span = least - _REACH * width, greatest - least + 2 * _REACH * width
    number = _grid(span / width)
    step = span / (number - 1)
    smooth = _smoothed(_counted((values - low) / step, number), width / step)
    drawn = np.unique(
        [*np.linspace(least, greatest, _DRAWN), *np.quantile(values, np.linspace(0, 1, _DRAWN))]
    )
    found = np.interp((drawn - low) / step, np.arange(number), smooth) / (values.size * step)
    return drawn, np.maximum(found, 0.0)


def _grid(widths: float) -> int:
    """Return the number of points on which values are counted: four to a width, if it can be."""
    return int(2 ** np.clip(np.ceil(np.log2(4 * widths)), 8, 16))


def _counted(position: Array, number: int) -> Array:
    """Return how many values lie at each point of the grid, shared between neighbours."""
    below = position.astype(np.int64)
    share = position - below
    counts = np.bincount(below, weights=1 - share, minlength=number)
    counts += np.bincount(np.minimum(below + 1, number - 1), weights=share, minlength=number)
    found: Array = counts
    return found


def _smoothed(counts: Array, width: float) -> Array:
    """Return the counts smoothed by a Gaussian; nothing is near the ends, where they would meet."""
    gaussian = np.exp(-2 * (np.pi * np.fft.rfftfreq(counts.size) * width) ** 2)
    return np.fft.irfft(np.fft.rfft(counts) * gaussian, counts.size)


kinds.add(Kind("violin", _series))
