"""Values and the group of each in, statistics of each group out.

Quantiles are linearly interpolated between the order statistics, as `numpy.quantile` does by
default: position (n - 1) q of the sorted values, counted from 0.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from kerma.charts.cache.parts import Array


class Groups(NamedTuple):
    """Cases sorted by group; only groups that have any."""

    code: Array
    """Of each group, ascending."""
    size: Array
    start: Array
    """Of each group, in `order`."""
    order: Array
    """Number of each case, by group and then as they came."""

    def slices(self) -> Iterator[slice]:
        """Yield where each group lies in `order`."""
        for start, count in zip(self.start.tolist(), self.size.tolist(), strict=True):
            yield slice(start, start + count)


class Statistics(NamedTuple):
    """Of each group."""

    mean: Array
    minimum: Array
    q1: Array
    median: Array
    q3: Array
    maximum: Array
    sorted: Array
    """All values, by group and then ascending."""


def grouped(code: Array, number: int) -> Groups:
    """Return the groups of cases; `code` is from 0 to below `number`."""
    order = _order(code, number)
    if number <= max(_COUNTED, 4 * len(code)):
        counts = np.bincount(code, minlength=number)
        present = np.flatnonzero(counts)
        size = counts[present]
        start = np.cumsum(size) - size
    else:
        present, start, size = np.unique(code[order], return_index=True, return_counts=True)
    return Groups(present, size, start, order)


_COUNTED = 1 << 20
"""Up to this number of possible groups each has a counter, whether it has cases or not."""


def statistics(value: Array, groups: Groups) -> Statistics:
    """Return the statistics of the values of each group."""
    ordered = value[groups.order]
    mean = np.empty(len(groups.size))
    for place, part in enumerate(groups.slices()):
        of_group = ordered[part]
        mean[place] = np.add.reduce(of_group) / of_group.size
        of_group.sort()
    last = groups.start + groups.size - 1
    q1, median, q3 = (quantile(ordered, groups.start, groups.size, q) for q in (0.25, 0.5, 0.75))
    return Statistics(mean, ordered[groups.start], q1, median, q3, ordered[last], ordered)


def quantile(ordered: Array, start: Array, count: Array, q: float) -> Array:
    """Return a quantile of each group of values that ascend within it."""
    position = (count - 1) * q
    below = np.floor(position).astype(np.int64)
    share = position - below
    low = ordered[start + below]
    high = ordered[start + np.minimum(below + 1, count - 1)]
    apart = high - low
    found: Array = np.where(share < 0.5, low + apart * share, high - apart * (1 - share))
    return found


def _order(code: Array, number: int) -> Array:
    """Return the stable order by code: by halves of 16 bits, which NumPy sorts by counting."""
    order = np.argsort((code & 0xFFFF).astype(np.uint16), kind="stable")
    shift = 16
    while number > 1 << shift:
        digit = ((code >> shift) & 0xFFFF).astype(np.uint16)
        order = order[np.argsort(digit[order], kind="stable")]
        shift += 16
    return order
