"""Limits and signals against the NIST/SEMATECH e-Handbook of Statistical Methods and theory."""

import math

import numpy as np
import pytest

from kerma import control_charts as spc

FLOW = [49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1]
"""Handbook, section 6.3.2.2."""
MEANS = [
    324.925, 324.675, 324.725, 324.350, 325.350, 325.225, 324.125, 324.525, 325.225, 324.600,
    324.625, 325.150, 328.325, 327.250, 327.825, 328.500, 326.675, 327.775, 326.875, 328.350,
]  # fmt: skip
"""Handbook, section 6.3.2.3."""


@pytest.mark.parametrize(
    ("size", "d2", "d3", "c4"),
    [(2, 1.128, 0.853, 0.7979), (5, 2.326, 0.864, 0.9400), (10, 3.078, 0.797, 0.9727)],
)
def test_the_constants_are_those_of_the_tables(size, d2, d3, c4):
    """As printed in ASTM MNL 7 and every textbook."""
    assert spc.d2(size) == pytest.approx(d2, abs=5e-4)
    assert spc.d3(size) == pytest.approx(d3, abs=5e-4)
    assert spc.c4(size) == pytest.approx(c4, abs=5e-5)


def test_two_values_have_the_constants_known_in_closed_form():
    assert spc.d2(2) == pytest.approx(2 / math.sqrt(math.pi), rel=1e-9)
    assert spc.d3(2) == pytest.approx(math.sqrt(2 - 4 / math.pi), rel=1e-6)
    assert spc.c4(2) == pytest.approx(math.sqrt(2 / math.pi), rel=1e-9)


def test_individuals_are_those_of_the_handbook():
    chart = spc.individuals(FLOW)
    ranges = spc.moving_ranges(FLOW)

    assert chart.centre[0] == pytest.approx(50.81)
    assert chart.upper[0] == pytest.approx(55.8041, rel=1e-4)
    assert chart.lower[0] == pytest.approx(45.8159, rel=1e-4)
    assert ranges.centre[0] == pytest.approx(1.8778, abs=1e-4)
    assert ranges.upper[0] == pytest.approx(3.267 * 1.8778, rel=1e-3)
    assert ranges.lower[0] == 0
    assert np.isnan(ranges.points[0])
    assert chart.signals == []


def test_the_moving_average_is_that_of_the_handbook():
    """Section 6.3.2.4: centre 50, s 2.0539, weight 0.3."""
    values = [
        52.0, 47.0, 53.0, 49.3, 50.1, 47.0, 51.0, 50.1, 51.2, 50.5,
        49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1,
    ]  # fmt: skip
    expected = [
        50.60, 49.52, 50.56, 50.18, 50.16, 49.21, 49.75, 49.85, 50.26, 50.33,
        50.11, 49.36, 49.52, 50.05, 49.38, 49.92, 50.73, 51.23, 51.94, 51.99,
    ]  # fmt: skip

    chart = spc.ewma(values, spc.given(50, 2.0539), weight=0.3)

    np.testing.assert_allclose(chart.points, expected, atol=0.006)
    assert chart.upper[-1] == pytest.approx(52.5884, abs=2e-4)
    assert chart.lower[-1] == pytest.approx(47.4115, abs=2e-4)
    assert chart.signals == []


def test_the_cumulative_sum_is_that_of_the_handbook():
    """Section 6.3.2.3: target 325, k 0.3175, h 4.1959; out of control from the 14th group on."""
    above, below = spc.cusum(MEANS, spc.given(325, 1), slack=0.3175, decision=4.1959)

    np.testing.assert_allclose(above.points[12:16], [3.0075, 4.94, 7.4475, 10.63], atol=2e-3)
    np.testing.assert_allclose(below.points[6:10], [0.5575, 0.715, 0.1725, 0.255], atol=2e-3)
    assert [one.index for one in above.signals] == list(range(13, 20))
    assert below.signals == []


def test_groups_have_the_limits_of_the_textbook_factors():
    """A3 = 1.427 and B4 = 2.089, B3 = 0 for groups of five."""
    groups = np.random.default_rng(1).normal(10, 2, (30, 5))
    deviation = groups.std(axis=1, ddof=1).mean()

    means, deviations = spc.subgroup_means(groups), spc.subgroup_deviations(groups)

    assert means.upper[0] == pytest.approx(groups.mean() + 1.427 * deviation, rel=1e-3)
    assert means.lower[0] == pytest.approx(groups.mean() - 1.427 * deviation, rel=1e-3)
    assert deviations.centre[0] == pytest.approx(deviation)
    assert deviations.upper[0] == pytest.approx(2.089 * deviation, rel=1e-3)
    assert deviations.lower[0] == 0


def test_larger_groups_have_narrower_limits_and_single_values_none_for_the_spread():
    base = spc.given(10, 2)

    means = spc.subgroup_means([[9.0], [9.0, 11.0, 10.0, 10.0], []], base)
    deviations = spc.subgroup_deviations([[9.0], [9.0, 11.0, 10.0, 10.0], []], base)

    np.testing.assert_allclose(means.upper, [16, 13, np.nan])
    np.testing.assert_array_equal(np.isnan(deviations.points), [True, False, True])


def test_wild_values_do_not_move_robust_limits():
    values = np.random.default_rng(2).normal(10, 1, 400)
    wild = values.copy()
    wild[::20] = 1000

    base = spc.baseline(wild, robust=True)

    assert base.centre == pytest.approx(10, abs=0.2)
    assert base.sigma == pytest.approx(1, rel=0.15)


def test_robust_limits_of_mostly_equal_values_are_not_nothing():
    """The median deviation is 0; the mean deviation times √(π/2) is that of a normal spread."""
    base = spc.baseline([5, 5, 5, 5, 7, 3, 5, 5], robust=True)

    assert base.sigma == pytest.approx(0.5 * math.sqrt(math.pi / 2))


def test_a_gap_counts_nowhere_and_is_not_bridged():
    chart = spc.individuals([1, 2, np.nan, 9, 8, np.inf])

    assert chart.baseline.count == 4
    assert chart.centre[0] == pytest.approx(5)
    assert chart.baseline.sigma == pytest.approx(1 / spc.d2(2))
    np.testing.assert_array_equal(np.isnan(chart.points), [False, False, True, False, False, True])


def test_a_moving_average_and_a_sum_wait_at_a_gap():
    base = spc.given(0, 1)

    average = spc.ewma([1, np.nan, 1], base)
    above, _ = spc.cusum([1.5, np.nan, 1.5], base)

    np.testing.assert_allclose(
        average.points, spc.ewma([1, 1], base).points[[0, 0, 1]] * [1, np.nan, 1]
    )
    np.testing.assert_allclose(above.points, [1, np.nan, 2])


@pytest.mark.parametrize("values", [[], [np.nan], [4.0], [np.nan, 4.0, np.nan, 5.0]])
def test_without_neighbours_there_are_no_limits(values):
    chart = spc.individuals(values)

    assert chart.baseline.state == "too few"
    assert np.isnan(chart.upper).all()
    assert chart.signals == []
    assert spc.moving_ranges(values).signals == []
    assert spc.ewma(values).signals == []
    assert spc.cusum(values)[0].signals == []


def test_few_values_give_provisional_limits():
    assert spc.baseline(FLOW).state == "provisional"
    assert spc.baseline(FLOW * 2).state == "ok"


def test_values_that_do_not_vary_are_in_control_and_one_that_differs_is_not():
    base = spc.baseline([3.0] * 30)

    assert base.state == "constant"
    assert spc.individuals([3.0] * 30, rules=spc.NELSON).signals == []
    assert [s.index for s in spc.individuals([3.0, 3.1, 3.0], base).signals] == [1]


def test_values_of_two_dimensions_are_refused():
    with pytest.raises(ValueError, match=r"shape \(n,\), not \(2, 2\)"):
        spc.individuals([[1, 2], [3, 4]])


@pytest.mark.parametrize(("centre", "sigma"), [(math.nan, 1), (1, math.inf), (1, -1)])
def test_given_limits_must_be_numbers(centre, sigma):
    with pytest.raises(ValueError, match="must be numbers"):
        spc.given(centre, sigma)


def test_a_weight_of_zero_is_refused():
    with pytest.raises(ValueError, match="weight must be above 0"):
        spc.ewma(FLOW, weight=0)
