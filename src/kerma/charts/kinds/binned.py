"""Number, mean and median of the values in nine bins of breast thickness, in mm."""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from kerma.charts.base import Item, Series
from kerma.charts.grouping import grouped, statistics
from kerma.charts.kind import Asked, Kind, kinds

EDGES = (0.0, 20.0, 30.0, 40.0, 50.0, 60.0, 70.0, 80.0, 90.0, float("inf"))
"""A thickness on an edge belongs to the bin above it."""


def _series(asked: Asked) -> list[Series]:
    return asked.series(_items(asked))


def _items(asked: Asked) -> Iterator[Item]:
    cases = asked.cases
    bins = np.searchsorted(EDGES, cases.against, side="right") - 1
    number = len(EDGES) - 1
    for _, item, part in asked.items():
        chosen = asked.groups.order[part]
        groups = grouped(bins[chosen], number)
        found = statistics(cases.value[chosen], groups)
        counts, item.means, item.medians = [0] * number, [None] * number, [None] * number
        for n, code in enumerate(groups.code.tolist()):
            counts[code] = int(groups.size[n])
            item.means[code] = float(found.mean[n])
            item.medians[code] = float(found.median[n])
        item.bins = [(*edges, count) for edges, count in zip(pairwise(EDGES), counts, strict=True)]
        yield item


kinds.add(Kind("binned", _series))
