"""Systems against the limits within which chance alone would hold 95 % and 99.8 % of them.

The points are the systems: number of cases, and their mean, or with `limit` the share of cases
above it. The target is that of all cases of the item. Limits of a mean are target ± z s/√n, with
s the standard deviation within systems and z = 1.96 and 3.09. Limits of a share are those of the
binomial distribution, interpolated between its steps. After D. J. Spiegelhalter, Statistics in
Medicine 24:1185 (2005). Differences in patients between systems are not allowed for.
"""

from statistics import NormalDist

import numpy as np
from scipy import stats

from kerma.charts.base import Funnel, Result, Series
from kerma.charts.cache.parts import Array
from kerma.charts.kind import Asked, Kind, kinds

TAILS = (0.025, 0.975, 0.001, 0.999)
_Z = tuple(NormalDist().inv_cdf(p) for p in TAILS)
_POINTS = 60


def _series(asked: Asked) -> list[Series]:
    limit, made = asked.options.limit, []
    for _, item, part in asked.items():
        if limit is not None:
            above = asked.statistics.sorted[part] > limit
            item.share = float(above.mean())
        made.append(item)
    return asked.series(made)


def _finish(asked: Asked, result: Result) -> None:
    """Add the limits of each item."""
    cases = asked.cases
    place = asked.groups.code % len(cases.items) if len(cases.items) else asked.groups.code
    slices = list(asked.groups.slices())
    result.funnels = []
    for number, name in enumerate(cases.items):
        of_systems = np.flatnonzero(place == number)
        counts = asked.groups.size[of_systems]
        n = sizes(int(counts.min()), int(counts.max()))
        values = [asked.statistics.sorted[slices[group]] for group in of_systems.tolist()]
        limit = asked.options.limit
        target, limits = _of_means(values, n) if limit is None else _of_shares(values, n, limit)
        result.funnels.append(Funnel(name, target, n.tolist(), *(x.tolist() for x in limits)))


def sizes(least: int, most: int) -> Array:
    """Return whole numbers of cases from the least to the most, the small ones closer."""
    if least == most:
        least = max(1, least // 2)
    return np.unique(np.round(np.geomspace(least, max(most, least), _POINTS)))


def _of_means(values: list[Array], n: Array) -> tuple[float, list[Array]]:
    target = float(np.concatenate(values).mean())
    sigma = within(values)
    return target, [np.maximum(target + z * sigma / np.sqrt(n), 0) for z in _Z]


def within(values: list[Array]) -> float:
    """Return the standard deviation within groups; that of all where none has two values."""
    freedom = sum(len(x) - 1 for x in values)
    if not freedom:
        together = np.concatenate(values)
        return float(together.std(ddof=1)) if len(together) > 1 else 0.0
    squares = sum(float(((x - x.mean()) ** 2).sum()) for x in values)
    return float(np.sqrt(squares / freedom))


def _of_shares(values: list[Array], n: Array, limit: float) -> tuple[float, list[Array]]:
    together = np.concatenate(values)
    target = float((together > limit).mean())
    return target, [share_limit(p, n, target) for p in TAILS]


def share_limit(p: float, n: Array, target: float) -> Array:
    """Return below which share of n a part p of the binomial distribution lies."""
    if target in {0.0, 1.0}:
        return np.full(len(n), target)
    r = stats.binom.ppf(p, n, target)
    at, below = stats.binom.cdf(r, n, target), stats.binom.cdf(r - 1, n, target)
    found: Array = np.clip((r - (at - p) / (at - below)) / n, 0.0, 1.0)
    return found


kinds.add(Kind("funnel", _series, _finish))
