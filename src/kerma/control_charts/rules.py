"""Rules as data, and where values meet them."""

from collections.abc import Iterable
from typing import Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from kerma.control_charts.baseline import Values

Side = Literal["above", "below", ""]


class Rule(msgspec.Struct, frozen=True):
    """A pattern that is rare among values that only vary by chance."""

    name: str
    label: str
    pattern: Literal["same side", "either side", "within", "trend", "alternating"]
    count: int
    """So many …"""
    of: int
    """… of so many in a row."""
    sigmas: float = 0.0
    """Beyond, or within, so many standard deviations of the centre."""


_BEYOND_3 = Rule("beyond-3", "one value beyond 3 σ", "same side", 1, 1, 3.0)
_TWO_OF_3 = Rule("2-of-3-beyond-2", "two of three beyond 2 σ, on one side", "same side", 2, 3, 2.0)
_FOUR_OF_5 = Rule("4-of-5-beyond-1", "four of five beyond 1 σ, on one side", "same side", 4, 5, 1.0)

SHEWHART = (_BEYOND_3,)
WESTERN_ELECTRIC = (
    _BEYOND_3,
    _TWO_OF_3,
    _FOUR_OF_5,
    Rule("8-on-one-side", "eight in a row on one side", "same side", 8, 8),
)
"""Western Electric (1956)."""
NELSON = (
    _BEYOND_3,
    Rule("9-on-one-side", "nine in a row on one side", "same side", 9, 9),
    Rule("6-trend", "six in a row rising, or falling", "trend", 5, 5),
    Rule("14-alternating", "fourteen in a row up and down in turn", "alternating", 12, 12),
    _TWO_OF_3,
    _FOUR_OF_5,
    Rule("15-within-1", "fifteen in a row within 1 σ", "within", 15, 15, 1.0),
    Rule("8-beyond-1", "eight in a row beyond 1 σ, on either side", "either side", 8, 8, 1.0),
)
"""Nelson (1984), tests 1 to 8."""
RULES = {"shewhart": SHEWHART, "western-electric": WESTERN_ELECTRIC, "nelson": NELSON}


class Signal(msgspec.Struct, frozen=True):
    """A rule is met by the values up to this one."""

    index: int
    rule: str
    side: Side
    """Of the centre, or of its course for a trend; "" where the rule knows no side."""


def find_signals(z: Values, rules: Iterable[Rule]) -> list[Signal]:
    """Return where values in units of σ about their centre meet a rule, in order.

    A signal stands at the value that completes the pattern and is itself part of it.
    """
    found = [one for rule in rules for one in _met(z, rule)]
    return sorted(found, key=lambda one: (one.index, one.rule))


def _met(z: Values, rule: Rule) -> Iterable[Signal]:
    step = np.diff(z, prepend=np.nan)
    if rule.pattern == "same side":
        yield from _runs(z > rule.sigmas, rule, "above")
        yield from _runs(z < -rule.sigmas, rule, "below")
    elif rule.pattern == "either side":
        yield from _runs(np.abs(z) > rule.sigmas, rule, "")
    elif rule.pattern == "within":
        yield from _runs(np.abs(z) < rule.sigmas, rule, "")
    elif rule.pattern == "trend":
        yield from _runs(step > 0, rule, "above")
        yield from _runs(step < 0, rule, "below")
    else:
        turns = step * np.concatenate(([np.nan], step[:-1])) if step.size else step
        yield from _runs(turns < 0, rule, "")


def _runs(hit: NDArray[np.bool_], rule: Rule, side: Side) -> list[Signal]:
    total = np.concatenate((np.zeros(rule.of, int), np.cumsum(hit)))
    within = total[rule.of :] - total[: -rule.of]
    return [Signal(int(i), rule.name, side) for i in np.flatnonzero(hit & (within >= rule.count))]
