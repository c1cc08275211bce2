"""Limits that a few extreme values do not move: of doses alone, and of doses on patient size."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

TO_SIGMA = 1.4826
"""Median absolute deviation -> standard deviation of a normal distribution: 1/Φ⁻¹(3/4)."""


class Limit(NamedTuple):
    """The dose expected, and the dose from which on a study is an outlier."""

    expected: float
    limit: float


def limit(doses: ArrayLike, deviations: float) -> Limit | None:
    """Return expected dose and upper limit from positive doses of any unit, without sizes.

    The logarithms of doses lie about evenly around their median, so the limit is
    exp(median + deviations · 1.4826 · MAD). None where more than half the doses are the same.
    """
    logs = np.log(np.asarray(doses, dtype=float))
    return _limit(logs - np.median(logs), float(np.median(logs)), deviations)


def limit_by_size(
    doses: ArrayLike, sizes: ArrayLike, size: float, deviations: float
) -> Limit | None:
    """Return expected dose and upper limit for a patient of a size.

    The logarithm of dose is taken as a line in size, through attenuation; its slope is the median
    of the slopes between all pairs (Theil 1950, Sen 1968), so that outliers among the studies
    compared with do not turn it. The limit is taken on the residuals as in `limit`. None where all
    sizes are the same, or the residuals do not spread.
    """
    from scipy.stats import theilslopes  # takes a second and much memory; few processes need it

    logs, at = np.log(np.asarray(doses, dtype=float)), np.asarray(sizes, dtype=float)
    if np.ptp(at) == 0:
        return None
    slope = float(theilslopes(logs, at).slope)
    rest = logs - slope * at
    centre = float(np.median(rest))
    return _limit(rest - centre, centre + slope * size, deviations)


def _limit(residuals: NDArray[np.float64], expected: float, deviations: float) -> Limit | None:
    spread = TO_SIGMA * float(np.median(np.abs(residuals - np.median(residuals))))
    if spread <= 1e-12:
        return None
    return Limit(float(np.exp(expected)), float(np.exp(expected + deviations * spread)))
