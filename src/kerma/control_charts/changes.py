"""Values in time order in, the places where their level changes out."""

import math

import msgspec
import numpy as np
from numpy.typing import ArrayLike

from kerma.control_charts.baseline import Values, consecutive_ranges, series
from kerma.control_charts.constants import MEDIAN_DEVIATION, d2

_AT_ONCE = 5_000
"""Longer series are looked at in means of neighbours first; PELT takes time as the square."""


class Change(msgspec.Struct, frozen=True):
    """The level of the values is another from here on."""

    index: int
    """Of the first value after the change."""
    before: float
    after: float
    """Medians of the values between this change and the one before, or after."""
    sigmas: float
    """Difference of the means, in standard deviations of single values."""


def change_points(
    values: ArrayLike,
    *,
    shortest: int = 8,
    penalty: float = 3.0,
    smallest: float = 0.5,
    significance: float = 1e-3,
) -> list[Change]:
    """Return where the level of the values changes, in order; [] if there are too few.

    The sum of squares about the levels, plus `penalty` · σ² · ln n for each change, is made as
    small as it can be (PELT). Then changes go, the least certain first, that are smaller than
    `smallest` σ or whose two sides differ with p > `significance` (Welch's t test). σ is that of
    neighbours, so it does not see the changes themselves; single wild values are drawn in to 3 σ
    of the running median first.

    Values that depend on those before them, as when a detector drifts, show more changes than
    there are.

    Parameters
    ----------
    shortest
        Fewest values between two changes.

    References
    ----------
    R. Killick, P. Fearnhead, I. A. Eckley, J. Am. Stat. Assoc. 107:1590 (2012).
    """
    x = series(values)
    places = np.flatnonzero(np.isfinite(x))
    known = x[places]
    if known.size < 2 * shortest:
        return []
    drawn_in = _drawn_in(known, shortest)
    sigma = float(np.mean(np.abs(np.diff(drawn_in)))) / d2(2)
    if sigma == 0:
        return []
    breaks = _breaks(drawn_in / sigma, shortest, penalty)
    breaks = _certain(drawn_in / sigma, breaks, smallest, significance)
    edges = [0, *breaks, known.size]
    return [
        Change(
            int(places[at]),
            float(np.median(known[start:at])),
            float(np.median(known[at:end])),
            float(drawn_in[at:end].mean() - drawn_in[start:at].mean()) / sigma,
        )
        for start, at, end in zip(edges, edges[1:], edges[2:], strict=False)
    ]


def _drawn_in(x: Values, shortest: int) -> Values:
    """Return the values with those far from their neighbours drawn in."""
    from scipy import ndimage

    middle = ndimage.median_filter(x, size=shortest | 1, mode="nearest")
    ranges = consecutive_ranges(x)[1:]
    sigma = float(np.median(ranges)) / (math.sqrt(2) * MEDIAN_DEVIATION)
    sigma = sigma or float(ranges.mean()) / d2(2)
    drawn: Values = np.clip(x, middle - 3 * sigma, middle + 3 * sigma)
    return drawn


def _breaks(z: Values, shortest: int, penalty: float) -> list[int]:
    """Return the changes of the best division of values of σ 1."""
    cost = penalty * math.log(z.size)
    pooled = -(-z.size // _AT_ONCE)
    if pooled == 1:
        return _pelt(z, shortest, cost)
    whole = z.size - z.size % pooled
    means = z[:whole].reshape(-1, pooled).mean(axis=1)
    rough = _pelt(means, max(2, shortest // pooled), cost / pooled)
    return [_refined(z, at * pooled, pooled) for at in rough]


def _pelt(z: Values, shortest: int, cost: float) -> list[int]:
    import ruptures

    found = ruptures.KernelCPD(kernel="linear", min_size=shortest).fit(z[:, None])
    return [int(at) for at in found.predict(pen=cost)[:-1]]


def _refined(z: Values, about: int, reach: int) -> int:
    """Return the place within `reach` that divides its neighbourhood best."""
    start, end = max(0, about - 50 * reach), min(z.size, about + 50 * reach)
    places = np.arange(max(start + 1, about - reach), min(end, about + reach + 1))
    total = np.concatenate(([0.0], np.cumsum(z[start:end])))
    left, right = places - start, end - places
    apart = total[left] / left - (total[-1] - total[left]) / right
    return int(places[np.argmax(apart**2 * left * right)])


def _certain(z: Values, breaks: list[int], smallest: float, significance: float) -> list[int]:
    """Return the changes that are left once the uncertain have gone, one by one."""
    kept = list(breaks)
    while kept:
        edges = [0, *kept, z.size]
        doubts = []
        for start, at, end in zip(edges, edges[1:], edges[2:], strict=False):
            before, after = z[start:at], z[at:end]
            doubts.append(_doubt(before, after, smallest))
        worst = int(np.argmax(doubts))
        if doubts[worst] <= significance:
            break
        del kept[worst]
    return kept


def _doubt(before: Values, after: Values, smallest: float) -> float:
    """Return p of Welch's t test, above 1 for a difference too small to matter."""
    apart = abs(float(after.mean() - before.mean()))
    if apart < smallest:
        return 2.0 - apart / smallest
    if not (np.ptp(before) or np.ptp(after)):
        return 0.0
    from scipy import special

    errors = [float(z.var(ddof=1)) / z.size for z in (before, after)]
    error = sum(errors)
    freedom = error**2 / sum(
        e**2 / (z.size - 1) for e, z in zip(errors, (before, after), strict=True)
    )
    return 2 * float(special.stdtr(freedom, -apart / math.sqrt(error)))
