"""Values in, what is expected of them out: centre and spread."""

import math
from collections.abc import Sequence
from typing import Literal

import msgspec
import numpy as np
from numpy.typing import ArrayLike, NDArray

from kerma.control_charts.constants import MEDIAN_DEVIATION, c4, d2

Values = NDArray[np.float64]

FEW = 20
"""With fewer values behind them, limits are provisional."""

State = Literal["ok", "provisional", "constant", "too few"]
"""`constant`: the values behind the limits do not vary at all, so the limits are the centre.
`too few`: no spread can be found (fewer than two values next to each other); no limits."""


class Baseline(msgspec.Struct, frozen=True):
    """What is expected of the values."""

    centre: float
    sigma: float
    """Standard deviation of single values; NaN if there are too few."""
    count: int
    """Values it was found from; 0 if it was given."""
    method: str
    """In words, for the reader of the chart."""

    @property
    def state(self) -> State:
        """Return how far the limits can be relied on."""
        if not math.isfinite(self.sigma):
            return "too few"
        if self.sigma == 0:
            return "constant"
        return "provisional" if 0 < self.count < FEW else "ok"


def baseline(values: ArrayLike, *, robust: bool = False) -> Baseline:
    """Return centre and spread of values that are taken to vary by chance only.

    The spread comes from moving ranges of two, which slow drifts hardly widen. `robust` takes
    median and median absolute deviation, so that a few wild values do not matter; slow drifts
    widen it.
    """
    x = series(values)
    known = x[np.isfinite(x)]
    if not known.size:
        return Baseline(math.nan, math.nan, 0, "no values")
    if robust:
        centre = float(np.median(known))
        deviation = float(np.median(np.abs(known - centre)))
        sigma = deviation / MEDIAN_DEVIATION if known.size > 1 else math.nan
        if sigma == 0 and np.ptp(known) > 0:
            sigma = float(np.mean(np.abs(known - centre))) * math.sqrt(math.pi / 2)
        return Baseline(centre, sigma, known.size, "median and median absolute deviation")
    ranges = consecutive_ranges(x)
    ranges = ranges[np.isfinite(ranges)]
    sigma = float(np.mean(ranges)) / d2(2) if ranges.size else math.nan
    return Baseline(float(np.mean(known)), sigma, known.size, "mean and mean moving range")


def given(centre: float, sigma: float) -> Baseline:
    """Return limits that are known beforehand, as of a specification or an earlier period."""
    if not (math.isfinite(centre) and math.isfinite(sigma) and sigma >= 0):
        raise ValueError(f"centre {centre} and sigma {sigma} must be numbers, sigma at least 0.")
    return Baseline(centre, sigma, 0, "given")


def subgroup_baseline(groups: Sequence[ArrayLike]) -> Baseline:
    """Return mean of all values, and the spread within the groups: mean of s / c4(n)."""
    n, means, deviations = of_groups(groups)
    if not n.sum():
        return Baseline(math.nan, math.nan, 0, "no values")
    centre = float(np.nansum(n * means) / n.sum())
    several = n > 1
    sizes = n[several]
    unbiased = deviations[several] / np.array([c4(int(size)) for size in sizes])
    sigma = float(np.average(unbiased, weights=sizes - 1)) if sizes.size else math.nan
    return Baseline(centre, sigma, int(n.sum()), "mean, and standard deviation within groups")


def series(values: ArrayLike) -> Values:
    """Return the values with NaN for what is missing.

    Raises
    ------
    ValueError
        If they are not one-dimensional.
    """
    x = np.asarray(values, dtype=float)
    if x.ndim != 1:
        raise ValueError(f"Values must have shape (n,), not {x.shape}.")
    return np.where(np.isfinite(x), x, np.nan)


def consecutive_ranges(x: Values) -> Values:
    """Return the moving ranges of two; the first is NaN."""
    return np.abs(np.diff(x, prepend=np.nan))


def of_groups(groups: Sequence[ArrayLike]) -> tuple[Values, Values, Values]:
    """Return number, mean and sample standard deviation of each group."""
    known = [x[np.isfinite(x)] for x in map(series, groups)]
    n = np.array([x.size for x in known], dtype=float)
    means = np.array([x.mean() if x.size else np.nan for x in known], dtype=float)
    deviations = np.array([x.std(ddof=1) if x.size > 1 else np.nan for x in known], dtype=float)
    return n, means, deviations
