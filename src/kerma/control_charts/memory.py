"""Charts that remember: moving averages and cumulative sums, for small lasting shifts."""

import math
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from kerma.control_charts.baseline import Baseline, Values, baseline, series
from kerma.control_charts.rules import SHEWHART, Signal
from kerma.control_charts.shewhart import ControlChart, make_chart


def ewma(
    values: ArrayLike, base: Baseline | None = None, *, weight: float = 0.2, width: float = 3.0
) -> ControlChart:
    """Return the exponentially weighted moving average, for shifts of about 1 σ and less.

    z = weight x + (1 - weight) z, from the centre on; limits `width` of its standard deviation
    at each point, sigma √(weight/(2 - weight) (1 - (1 - weight)^2i)). It waits at a gap.
    """
    from scipy import signal

    if not 0 < weight <= 1:
        raise ValueError(f"weight must be above 0 and at most 1, not {weight}.")
    x = series(values)
    base = base or baseline(x)
    known = np.isfinite(x)
    points, factor = np.full(x.size, np.nan), np.full(x.size, np.nan)
    if known.any():
        start = [(1 - weight) * base.centre]
        points[known] = signal.lfilter([weight], [1, weight - 1], x[known], zi=start)[0]
        i = np.arange(1, known.sum() + 1)
        factor[known] = np.sqrt(weight / (2 - weight) * (1 - (1 - weight) ** (2 * i)))
    return make_chart(points, base.centre, base.sigma * factor * width / 3, base, SHEWHART)


def cusum(
    values: ArrayLike, base: Baseline | None = None, *, slack: float = 0.5, decision: float = 5.0
) -> tuple[ControlChart, ControlChart]:
    """Return the sums of what exceeds the centre, and of what falls short of it, in σ.

    Each adds up how far a value is beyond `slack`, never below zero, and signals above
    `decision`; it goes on after a signal, and waits at a gap. The sums of values that do not vary
    are NaN.
    """
    x = series(values)
    base = base or baseline(x)
    z = (x - base.centre) / (base.sigma or math.nan)
    return (
        _sum_chart(z - slack, decision, base, "above"),
        _sum_chart(-z - slack, decision, base, "below"),
    )


def _sum_chart(
    excess: Values, decision: float, base: Baseline, side: Literal["above", "below"]
) -> ControlChart:
    total = np.cumsum(np.nan_to_num(excess))
    sums = total - np.minimum(np.minimum.accumulate(total), 0) if total.size else total
    sums = np.where(np.isfinite(excess), sums, np.nan)
    zero = np.zeros(sums.size)
    limit = np.full(sums.size, decision if math.isfinite(base.sigma) and base.sigma else np.nan)
    found = [Signal(int(i), "cusum", side) for i in np.flatnonzero(sums > limit)]
    return ControlChart(sums, zero, zero, limit, found, base)
