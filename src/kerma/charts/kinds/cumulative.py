"""The share of the cases of each item that have at most a value."""

from collections.abc import Iterator

import numpy as np

from kerma.charts.base import Item, Series
from kerma.charts.cache.parts import Array
from kerma.charts.kind import Asked, Kind, kinds

MOST = 501
"""Points of a curve; where there are more different values, those at even shares."""


def _series(asked: Asked) -> list[Series]:
    return asked.series(_items(asked))


def _items(asked: Asked) -> Iterator[Item]:
    for _, item, part in asked.items():
        x, y = curve(asked.statistics.sorted[part])
        item.x, item.y = x.tolist(), y.tolist()
        yield item


def curve(ascending: Array) -> tuple[Array, Array]:
    """Return values and the share of all that is at most as great."""
    different = ascending[np.concatenate([[True], ascending[1:] != ascending[:-1]])]
    if len(different) > MOST:
        rank = np.ceil(np.linspace(0, 1, MOST) * len(ascending)).astype(np.int64)
        different = np.unique(ascending[np.maximum(rank - 1, 0)])
    return different, np.searchsorted(ascending, different, side="right") / len(ascending)


kinds.add(Kind("cumulative", _series))
