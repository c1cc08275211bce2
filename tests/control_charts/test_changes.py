"""Changes of level are found where they are, and seldom where none is."""

import numpy as np
import pytest

from kerma.control_charts import change_points


def rng():
    return np.random.default_rng(7)


def test_a_clear_change_is_found_where_it_is():
    values = np.concatenate((rng().normal(10, 1, 60), rng().normal(14, 1, 40)))

    (change,) = change_points(values)

    assert abs(change.index - 60) <= 1
    assert change.before == pytest.approx(10, abs=0.5)
    assert change.after == pytest.approx(14, abs=0.5)
    assert change.sigmas == pytest.approx(4, rel=0.25)


def test_several_changes_are_found_in_order():
    levels = [5, 8, 4, 9]
    values = np.concatenate([rng().normal(level, 0.7, 50) for level in levels])

    found = change_points(values)

    assert [abs(c.index - at) <= 2 for c, at in zip(found, (50, 100, 150), strict=True)]
    np.testing.assert_allclose([found[0].before, *[c.after for c in found]], levels, atol=0.5)


@pytest.mark.parametrize("size", [16, 30, 100, 400])
@pytest.mark.parametrize("kind", ["normal", "lognormal"])
def test_fewer_than_one_steady_series_in_fifty_shows_a_change(size, kind):
    draw = getattr(rng(), kind)
    options = {"sigma": 0.5} if kind == "lognormal" else {}
    source = np.random.default_rng(11)
    draw = getattr(source, kind)

    wrong = sum(bool(change_points(draw(size=size, **options))) for _ in range(400))

    assert wrong / 400 < 0.02


@pytest.mark.parametrize(("shift", "share"), [(1.5, 0.8), (2.0, 0.95)])
def test_a_change_of_level_in_the_middle_of_forty_values_is_mostly_found(shift, share):
    source = np.random.default_rng(12)
    found = 0
    for _ in range(200):
        values = source.normal(size=40)
        values[20:] += shift
        found += bool(change_points(values))

    assert found / 200 > share


def test_single_wild_values_are_no_change():
    values = rng().normal(10, 1, 200)
    values[[30, 90, 91, 150]] = [60, 80, -50, 1e6]

    assert change_points(values) == []


def test_scale_and_offset_change_nothing():
    values = rng().normal(size=120)
    values[70:] += 2

    assert [c.index for c in change_points(values)] == [
        c.index for c in change_points(values * 1e-6 + 5)
    ]


def test_missing_values_keep_their_place():
    values = np.concatenate((rng().normal(0, 1, 60), rng().normal(5, 1, 60)))
    gaps = np.insert(values, [10, 20, 30], np.nan)

    assert change_points(gaps)[0].index == change_points(values)[0].index + 3


def test_a_small_but_certain_difference_does_not_matter():
    values = rng().normal(size=20_000)
    values[10_000:] += 0.2

    assert change_points(values) == []
    assert len(change_points(values, smallest=0.1)) == 1


def test_a_long_series_is_divided_at_the_right_value():
    values = rng().normal(size=300_000)
    values[123_456:] += 3

    (change,) = change_points(values)

    assert abs(change.index - 123_456) <= 3


@pytest.mark.parametrize("values", [[], [1.0], [1.0] * 100, [np.nan] * 50, [1, 2] * 7])
def test_too_few_or_constant_values_show_none(values):
    assert change_points(values) == []


def test_a_step_between_constant_levels_is_found():
    (change,) = change_points([1.0] * 20 + [2.0] * 20)

    assert (change.index, change.before, change.after) == (20, 1, 2)
