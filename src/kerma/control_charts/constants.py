"""The constants of control charts, worked out from the normal distribution."""

import math
from functools import cache

import numpy as np
from scipy import integrate, special, stats


@cache
def d2(size: int) -> float:
    """Return the expected range of `size` values of a normal distribution of sigma 1."""

    def tail(x: float) -> float:
        below = float(special.ndtr(x))
        return float(1 - below**size - (1 - below) ** size)

    return 2 * float(integrate.quad(tail, 0, np.inf)[0])


@cache
def d3(size: int) -> float:
    """Return the standard deviation of that range, from its distribution."""

    def over(r: float) -> float:
        def inner(x: float) -> float:
            return float(stats.norm.pdf(x) * (special.ndtr(x + r) - special.ndtr(x)) ** (size - 1))

        return 2 * r * float(1 - size * integrate.quad(inner, -9, 9)[0])

    return math.sqrt(float(integrate.quad(over, 0, 12)[0]) - d2(size) ** 2)


@cache
def c4(size: int) -> float:
    """Return the expected sample standard deviation (n - 1) of `size` values of sigma 1."""
    half = float(special.gammaln(size / 2) - special.gammaln((size - 1) / 2))
    return math.sqrt(2 / (size - 1)) * math.exp(half)
