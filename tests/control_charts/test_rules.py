"""What each rule sees, and how often all of them are wrong: published average run lengths."""

import numpy as np
import pytest

from kerma import control_charts as spc

RNG_SEED = 20
ONE, TWO, OTHER, LONG = 1.1, 2.1, 0.5, 0.6

PATTERNS = {
    "beyond-3": [0.5, -0.5, 3.1],
    "2-of-3-beyond-2": [TWO, -0.5, TWO],
    "4-of-5-beyond-1": [ONE, ONE, -0.5, ONE, ONE],
    "8-on-one-side": [OTHER, LONG, OTHER, OTHER, LONG, LONG, OTHER, LONG],
    "9-on-one-side": [OTHER, LONG, OTHER, OTHER, LONG, LONG, OTHER, LONG, OTHER],
    "6-trend": [-0.9, -0.5, -0.1, 0.3, 0.7, 0.8],
    "14-alternating": [0.5, -0.5] * 7,
    "15-within-1": [0.5, 0.5, -0.5] * 5,
    "8-beyond-1": [1.5, -1.5, -1.5, 1.5] * 2,
}


@pytest.mark.parametrize("name", PATTERNS)
@pytest.mark.parametrize("sign", [1, -1])
def test_a_rule_is_met_when_its_pattern_is_complete_and_not_before(name, sign):
    rule = next(r for rules in spc.RULES.values() for r in rules if r.name == name)
    z = sign * np.array(PATTERNS[name])

    assert [s.index for s in spc.find_signals(z, [rule])] == [z.size - 1]
    assert spc.find_signals(z[1:], [rule]) == [] or name == "beyond-3"


def test_every_rule_is_tried_here():
    assert set(PATTERNS) == {rule.name for rules in spc.RULES.values() for rule in rules}


def test_a_signal_tells_the_side():
    found = spc.find_signals(np.array([3.5, -3.5]), spc.SHEWHART)

    assert [(s.index, s.side) for s in found] == [(0, "above"), (1, "below")]


def test_a_gap_ends_a_run():
    z = np.array([0.5] * 7 + [np.nan] + [0.5] * 7)

    assert spc.find_signals(z, spc.WESTERN_ELECTRIC) == []


def test_a_value_that_is_itself_inside_does_not_signal():
    """The third of three lies at the centre: the two before it have had their signal."""
    found = spc.find_signals(np.array([TWO, TWO, 0.1]), spc.WESTERN_ELECTRIC)

    assert [s.index for s in found] == [1]


def test_one_value_in_370_lies_beyond_three_sigma_by_chance():
    z = np.random.default_rng(RNG_SEED).normal(size=1_000_000)

    share = len(spc.find_signals(z, spc.SHEWHART)) / z.size

    assert share == pytest.approx(0.0026998, rel=0.06)


def _average_run_length(first_signal, runs, length, shift=0.0):
    """Return the mean number of values up to the first signal."""
    rng = np.random.default_rng(RNG_SEED)
    found = [first_signal(rng.normal(shift, 1, length)) for _ in range(runs)]
    assert None not in found, "the series is too short for this test"
    return np.mean(found) + 1


def _first(signals):
    return min((s.index for s in signals), default=None)


def test_the_western_electric_rules_run_for_92_values():
    """Champ and Woodall, Technometrics 29:393 (1987), exact: 91.75 for all four."""
    found = _average_run_length(
        lambda z: _first(spc.find_signals(z, spc.WESTERN_ELECTRIC)), 1500, 1200
    )

    assert found == pytest.approx(91.75, rel=0.09)


@pytest.mark.parametrize(
    ("decision", "shift", "expected"), [(4, 0, 168), (4, 1, 8.38), (5, 0, 465), (5, 1, 10.4)]
)
def test_cumulative_sums_run_as_published(decision, shift, expected):
    """Two-sided, slack 0.5: Montgomery, Introduction to Statistical Quality Control, ch. 9."""
    base = spc.given(0, 1)

    def first(z):
        above, below = spc.cusum(z, base, decision=decision)
        return _first(above.signals[:1] + below.signals[:1])

    found = _average_run_length(first, 800, 8000 if shift == 0 else 200, shift)

    assert found == pytest.approx(expected, rel=0.11 if shift == 0 else 0.07)


@pytest.mark.parametrize(("shift", "expected"), [(0, 500), (1, 10.5)])
def test_moving_averages_run_as_published(shift, expected):
    """Weight 0.2, width 2.962: Lucas and Saccucci, Technometrics 32:1 (1990), table 3."""
    base = spc.given(0, 1)

    def first(z):
        return _first(spc.ewma(z, base, weight=0.2, width=2.962).signals[:1])

    found = _average_run_length(first, 800, 8000 if shift == 0 else 200, shift)

    assert found == pytest.approx(expected, rel=0.11)
