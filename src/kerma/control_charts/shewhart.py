"""Charts of values, moving ranges, and means and standard deviations of groups."""

from collections.abc import Iterable, Sequence

import msgspec
import numpy as np
from numpy.typing import ArrayLike

from kerma.control_charts.baseline import (
    Baseline,
    Values,
    baseline,
    consecutive_ranges,
    of_groups,
    series,
    subgroup_baseline,
)
from kerma.control_charts.constants import c4, d2, d3
from kerma.control_charts.rules import SHEWHART, WESTERN_ELECTRIC, Rule, Signal, find_signals


class ControlChart(msgspec.Struct, frozen=True):
    """Points with their limits; arrays have the length of the values given."""

    points: Values
    centre: Values
    lower: Values
    upper: Values
    """NaN where there are no limits."""
    signals: list[Signal]
    baseline: Baseline


def individuals(
    values: ArrayLike,
    base: Baseline | None = None,
    rules: Iterable[Rule] = WESTERN_ELECTRIC,
    *,
    robust: bool = False,
) -> ControlChart:
    """Return the chart of single values, shape (n,): limits at 3 σ about the centre.

    Without `base` the limits are found from all values.
    """
    x = series(values)
    base = base or baseline(x, robust=robust)
    return make_chart(x, base.centre, np.full(x.size, base.sigma), base, rules)


def moving_ranges(values: ArrayLike, base: Baseline | None = None) -> ControlChart:
    """Return the chart of the moving ranges of two; the first point is NaN."""
    x = series(values)
    base = base or baseline(x)
    ranges = consecutive_ranges(x)
    spread = np.full(x.size, d3(2) * base.sigma)
    return _at_least_zero(make_chart(ranges, d2(2) * base.sigma, spread, base, SHEWHART))


def subgroup_means(
    groups: Sequence[ArrayLike],
    base: Baseline | None = None,
    rules: Iterable[Rule] = WESTERN_ELECTRIC,
) -> ControlChart:
    """Return the X-bar chart: means of groups of any sizes, limits at 3 σ/√n.

    A group without values is a gap. NaN in a group are left out.
    """
    n, means, _ = of_groups(groups)
    base = base or subgroup_baseline(groups)
    spread = base.sigma / np.sqrt(np.where(n > 0, n, np.nan))
    return make_chart(means, base.centre, spread, base, rules)


def subgroup_deviations(groups: Sequence[ArrayLike], base: Baseline | None = None) -> ControlChart:
    """Return the S chart: standard deviations of the groups; NaN for fewer than two values."""
    n, _, deviations = of_groups(groups)
    base = base or subgroup_baseline(groups)
    c = np.array([c4(int(size)) if size > 1 else np.nan for size in n])
    spread = base.sigma * np.sqrt(1 - c**2)
    return _at_least_zero(make_chart(deviations, c * base.sigma, spread, base, SHEWHART))


def make_chart(
    points: Values,
    centre: float | Values,
    spread: Values,
    base: Baseline,
    rules: Iterable[Rule],
) -> ControlChart:
    """Return the chart with limits of 3 `spread`."""
    middle = np.broadcast_to(np.asarray(centre, dtype=float), points.shape)
    off = points - middle
    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.where((spread == 0) & (off == 0), 0.0, off / spread)
    kept = rules if base.sigma else [rule for rule in rules if rule.pattern == "same side"]
    found = find_signals(z, kept)
    return ControlChart(points, middle, middle - 3 * spread, middle + 3 * spread, found, base)


def _at_least_zero(chart: ControlChart) -> ControlChart:
    return msgspec.structs.replace(chart, lower=np.maximum(chart.lower, 0.0))
