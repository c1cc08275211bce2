"""Values of one group of patients in, what is typical of them out."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

CONFIDENCE = 0.95

FEW = 10
"""Below this number of patients a typical value is marked as resting on few.

Surveys by which national levels were proposed asked each department for at least ten average-sized
patients of an examination (S. J. Foley et al., Br J Radiol 85 (2012) 1390-1397, abstract).
"""


class Summary(NamedTuple):
    """What the values of a group come to, in their unit."""

    number: int
    median: float
    q3: float
    """75th percentile, interpolated linearly between the two nearest values."""
    low: float | None
    """Lower end of the interval of confidence of the median; None below six values."""
    high: float | None

    @property
    def is_few(self) -> bool:
        """Return whether there are too few for a conclusion."""
        return self.number < FEW


def summarise(values: Sequence[float]) -> Summary:
    """Return median, 75th percentile, and the 95 % interval of confidence of the median."""
    ordered = np.sort(np.asarray(values, dtype=float))
    median, q3 = np.percentile(ordered, [50, 75])
    ranks = median_ranks(len(ordered))
    low, high = (None, None) if ranks is None else (ordered[r - 1] for r in ranks)
    return Summary(
        len(ordered),
        float(median),
        float(q3),
        None if low is None else float(low),
        None if high is None else float(high),
    )


def median_ranks(number: int) -> tuple[int, int] | None:
    """Return the ranks, from 1, of the values that bound the median with 95 % confidence.

    Notes
    -----
    How many of n independent values lie below the median is binomial with p = 1/2, whatever their
    distribution. The l-th and the (n + 1 - l)-th value enclose the median with probability
    1 - 2 P(B < l); l is the greatest with P(B < l) <= 0.025. No interval exists below n = 6.
    """
    if number < 1:
        return None
    from scipy.stats import binom  # takes a second and much memory; few processes need it

    rank = int(binom.ppf((1 - CONFIDENCE) / 2, number, 0.5))
    return (rank, number + 1 - rank) if rank >= 1 else None
