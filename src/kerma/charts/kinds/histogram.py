"""The number of values in bins of equal width: those of all items, or of each on its own.

Bins go from the least to the greatest value, or half a unit to both sides where all are alike. A
value on an edge belongs to the bin above it, the greatest to the last one.
"""

from collections.abc import Iterator

import numpy as np

from kerma.charts.base import Item, Series
from kerma.charts.cache.parts import Array
from kerma.charts.kind import Asked, Kind, kinds


def _series(asked: Asked) -> list[Series]:
    return asked.series(_items(asked))


def _items(asked: Asked) -> Iterator[Item]:
    values, bins = asked.cases.value, asked.options.bins
    common = np.histogram_bin_edges(values, bins) if len(values) else np.zeros(bins + 1)
    for _, item, part in asked.items():
        of_item = asked.statistics.sorted[part]
        edges = common if asked.options.common_bins else np.histogram_bin_edges(of_item, bins)
        counts = _counts(of_item, edges)
        item.bins = list(zip(edges[:-1].tolist(), edges[1:].tolist(), counts, strict=True))
        yield item


def _counts(ascending: Array, edges: Array) -> list[int]:
    below = np.searchsorted(ascending, edges, side="left")
    below[-1] = np.searchsorted(ascending, edges[-1], side="right")
    found: list[int] = np.diff(below).tolist()
    return found


kinds.add(Kind("histogram", _series))
