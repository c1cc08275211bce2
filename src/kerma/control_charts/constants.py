"""The constants of control charts, worked out from the normal distribution.

SciPy is loaded by the functions of this package that need it: loading it takes a second that
every process would wait for.
"""

import math
from functools import cache
from statistics import NormalDist

_NORMAL = NormalDist()

MEDIAN_DEVIATION = _NORMAL.inv_cdf(0.75)
"""Median absolute deviation from the mean of a normal distribution of sigma 1."""


@cache
def d2(size: int) -> float:
    """Return the expected range of `size` values of a normal distribution of sigma 1."""
    from scipy import integrate

    def tail(x: float) -> float:
        below = _NORMAL.cdf(x)
        return float(1 - below**size - (1 - below) ** size)

    return 2 * float(integrate.quad(tail, 0, math.inf)[0])


@cache
def d3(size: int) -> float:
    """Return the standard deviation of that range, from its distribution."""
    from scipy import integrate

    def over(r: float) -> float:
        def inner(x: float) -> float:
            within = _NORMAL.cdf(x + r) - _NORMAL.cdf(x)
            return float(_NORMAL.pdf(x) * within ** (size - 1))

        return 2 * r * float(1 - size * integrate.quad(inner, -9, 9)[0])

    return math.sqrt(float(integrate.quad(over, 0, 12)[0]) - d2(size) ** 2)


@cache
def c4(size: int) -> float:
    """Return the expected sample standard deviation (n - 1) of `size` values of sigma 1."""
    half = math.lgamma(size / 2) - math.lgamma((size - 1) / 2)
    return math.sqrt(2 / (size - 1)) * math.exp(half)
