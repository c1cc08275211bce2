"""Values in time order in, control limits, signals and change points out.

Used for doses of a protocol and for results of phantom checks alike. A missing value is NaN (so is
an infinite one): it stays in its place, counts nowhere, ends a run, and no moving range is taken
across it. Limits are for independent values that are about normal; of skewed values, as doses are,
give the logarithms.

References: W. A. Shewhart, Economic Control of Quality of Manufactured Product (1931); Western
Electric, Statistical Quality Control Handbook (1956); E. S. Page, Biometrika 41:100 (1954);
S. W. Roberts, Technometrics 1:239 (1959); L. S. Nelson, J. Qual. Technol. 16:237 (1984).
"""

from kerma.control_charts.baseline import FEW, Baseline, baseline, given, subgroup_baseline
from kerma.control_charts.changes import Change, change_points
from kerma.control_charts.constants import c4, d2, d3
from kerma.control_charts.memory import cusum, ewma
from kerma.control_charts.rules import (
    NELSON,
    RULES,
    SHEWHART,
    WESTERN_ELECTRIC,
    Rule,
    Signal,
    find_signals,
)
from kerma.control_charts.shewhart import (
    ControlChart,
    individuals,
    moving_ranges,
    subgroup_deviations,
    subgroup_means,
)

__all__ = [
    "FEW",
    "NELSON",
    "RULES",
    "SHEWHART",
    "WESTERN_ELECTRIC",
    "Baseline",
    "Change",
    "ControlChart",
    "Rule",
    "Signal",
    "baseline",
    "c4",
    "change_points",
    "cusum",
    "d2",
    "d3",
    "ewma",
    "find_signals",
    "given",
    "individuals",
    "moving_ranges",
    "subgroup_baseline",
    "subgroup_deviations",
    "subgroup_means",
]
