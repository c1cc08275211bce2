"""The kinds that draw a curve or a limit, against theory and other programs."""

import datetime as dt
import importlib
import math
import pkgutil

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy import stats

from kerma import charts
from kerma.charts import kinds as every_kind
from kerma.charts.base import Line, catalogue
from kerma.charts.grouping import grouped, statistics
from kerma.charts.kind import kind_of, kinds
from kerma.charts.kinds.cumulative import MOST, curve
from kerma.charts.kinds.funnel import share_limit, sizes, within
from kerma.charts.kinds.violin import density
from kerma.query.selection import select
from kerma.records import Totals
from kerma.store.models import Device, Study
from tests.query.hospital import store

RANDOM = np.random.default_rng(1)


@given(
    arrays.arrays(np.int32, st.integers(0, 60), elements=st.integers(0, 5)),
    st.randoms(use_true_random=False),
)
def test_statistics_are_those_of_numpy(code, chance):
    value = np.array([chance.uniform(0, 100) for _ in code])
    groups = grouped(code, 6)
    found = statistics(value, groups)
    assert groups.code.tolist() == sorted(set(code.tolist()))
    for n, of_group in enumerate(groups.code):
        part = value[code == of_group]
        assert groups.size[n] == len(part)
        given = (found.mean, found.minimum, found.q1, found.median, found.q3, found.maximum)
        expected = (part.mean(), *np.quantile(part, (0, 0.25, 0.5, 0.75, 1)))
        np.testing.assert_allclose([x[n] for x in given], expected, rtol=1e-12, atol=1e-300)


@pytest.mark.parametrize("number", [300, 70_000, 2**33])
def test_many_groups_are_sorted_too(number):
    code = RANDOM.integers(0, min(number, 100_000), 5000) * max(1, number // 100_000)
    groups = grouped(code, number)
    np.testing.assert_array_equal(groups.order, np.argsort(code, kind="stable"))
    present, sizes_of = np.unique(code, return_counts=True)
    np.testing.assert_array_equal(groups.code, present)
    np.testing.assert_array_equal(groups.size, sizes_of)
    np.testing.assert_array_equal(code[groups.order][groups.start], present)


def test_the_density_is_that_of_a_gaussian_kernel_of_scotts_width():
    values = RANDOM.lognormal(2, 0.4, 500)
    x, y = density(values)
    expected = stats.gaussian_kde(values, bw_method="scott")(x)
    np.testing.assert_allclose(y, expected, atol=0.002 * expected.max())
    assert (x[0], x[-1]) == (values.min(), values.max())


def test_values_all_alike_have_no_density():
    for values in (np.array([3.0]), np.full(5, 3.0)):
        assert density(values)[0].size == 0


def test_a_wild_value_leaves_the_density_of_the_others():
    values = np.concatenate([RANDOM.normal(10, 1, 2000), [5000.0]])
    _, y = density(values)
    width = values.std(ddof=1) * values.size**-0.2
    assert np.isfinite(y).all()
    assert y.max() == pytest.approx(1 / (width * math.sqrt(2 * math.pi)), rel=0.02)


def test_a_cumulative_curve_of_few_values_has_a_step_at_each():
    x, y = curve(np.array([1.0, 2.0, 2.0, 4.0]))
    assert x.tolist() == [1, 2, 4]
    assert y.tolist() == [0.25, 0.75, 1]


def test_a_cumulative_curve_of_many_values_is_within_its_resolution():
    values = np.sort(RANDOM.normal(size=20_000))
    x, y = curve(values)
    assert len(x) <= MOST
    assert y[-1] == 1
    assert np.diff(y).max() <= 1.1 / (MOST - 1)
    np.testing.assert_allclose(y, stats.norm.cdf(x), atol=0.02)


def test_exact_limits_of_a_share_cover_what_they_say():
    """The binomial limits of 30 % in 200: outside 95 % lies at most 5 %, and nearly so much."""
    low, high = (float(share_limit(p, np.array([200.0]), 0.3)[0]) for p in (0.025, 0.975))
    outside = stats.binom.cdf(math.floor(low * 200), 200, 0.3)
    outside += stats.binom.sf(math.floor(high * 200), 200, 0.3)
    assert 0.03 < outside < 0.055
    near = 1.96 * math.sqrt(0.3 * 0.7 / 200)
    assert low == pytest.approx(0.3 - near, abs=0.006)
    assert high == pytest.approx(0.3 + near, abs=0.006)


def test_the_deviation_within_systems_knows_nothing_of_their_means():
    groups = [RANDOM.normal(mean, 2.0, 4000) for mean in (0, 100, 1000)]
    assert within(groups) == pytest.approx(2.0, rel=0.03)
    assert within([np.array([1.0]), np.array([3.0])]) == pytest.approx(math.sqrt(2))
    assert within([np.array([1.0])]) == 0


def test_sizes_reach_from_the_least_to_the_most():
    assert sizes(1, 1000)[[0, -1]].tolist() == [1, 1000]
    assert sizes(7, 7)[[0, -1]].tolist() == [3, 7]


@pytest.fixture
def two_rooms(db):
    """25 studies in room A of mean 20, 100 in room B of mean 10."""
    for room, number, mean in (("A", 25, 20), ("B", 100, 10)):
        for place in range(number):
            store(f"1.7.{room}.{place}", "CT", room=room, study_description="Head",
                  day="2026-01-01", totals=Totals(dlp_mgycm=mean + place % 5 - 2))  # fmt: skip


def test_a_funnel_of_means(two_rooms):
    """Within a room the values are m - 2 … m + 2 in equal parts: variance 2."""
    result = charts.compute(charts.find("ct-study-dlp-funnel"), select("CT", []))
    (funnel,) = result.funnels
    assert funnel.target == pytest.approx(12.0)
    assert [(i.count, i.mean) for s in result.series for i in s.items] == [(25, 20), (100, 10)]
    sigma = math.sqrt(2 * 125 / 123)
    for z, low, high in ((1.959964, funnel.lower95, funnel.upper95),
                         (3.090232, funnel.lower998, funnel.upper998)):  # fmt: skip
        n = np.array(funnel.n)
        np.testing.assert_allclose(low, 12 - z * sigma / np.sqrt(n), rtol=1e-6)
        np.testing.assert_allclose(high, 12 + z * sigma / np.sqrt(n), rtol=1e-6)


def test_a_funnel_of_shares_over_a_limit(two_rooms):
    """Over 11 are all of room A, and of room B the fifth with 12."""
    given = charts.read_options([("limit", "11")])
    result = charts.compute(charts.find("ct-study-dlp-funnel"), select("CT", []), given)
    assert [i.share for s in result.series for i in s.items] == [1.0, 0.2]
    assert result.funnels[0].target == pytest.approx(45 / 125)


def test_lines_are_kept_for_the_items_there_are(two_rooms):
    lines = [Line(15, "national", "Head"), Line(9, "other", "Knee"), Line(1, "all")]
    result = charts.compute(charts.find("ct-study-dlp"), select("CT", []), lines=lines)
    assert [line.label for line in result.lines] == ["national", "all"]


@pytest.fixture
def new_software(db):
    """Make a room whose dose falls by 40 % in the month in which its software changes."""
    start = dt.date(2023, 1, 10)
    chance = np.random.default_rng(4)
    for month in range(36):
        day = (start.replace(day=1) + dt.timedelta(days=31 * month)).replace(day=10)
        for place in range(4):
            level = 500 if month < 20 else 300
            store(f"1.7.{month}.{place}", "CT", study_description="Head", day=day.isoformat(),
                  totals=Totals(dlp_mgycm=level * chance.lognormal(0, 0.05)))  # fmt: skip
    old = Device.objects.get()
    old.software_versions = "VA10"
    old.save()
    new = Device.objects.create(system=old.system, kind="report", software_versions="VB20",
                                identity_hash="other")  # fmt: skip
    Study.objects.filter(study_date__gte=dt.date(2024, 9, 1)).update(device=new)


def test_a_change_of_dose_is_found_with_the_software_that_came_with_it(new_software):
    result = charts.compute(charts.find("ct-study-dlp-control"), select("CT", []))
    (item,) = result.series[0].items
    (level,) = item.control.levels
    (version,) = item.control.versions
    assert item.points[version.index][0] == "2024-09-01"
    assert (version.version_before, version.version_after) == ("VA10", "VB20")
    assert (level.version_before, level.version_after) == ("VA10", "VB20")
    assert abs(level.index - version.index) <= 1
    assert level.before == pytest.approx(500, rel=0.03)
    assert level.after == pytest.approx(300, rel=0.03)
    assert item.control.lower < item.control.centre < item.control.upper
    assert item.control.outside


def test_a_control_point_is_the_geometric_mean(db):
    for place, dlp in enumerate((2, 8, 0)):
        store(f"1.7.{place}", "CT", study_description="Head", totals=Totals(dlp_mgycm=dlp))
    result = charts.compute(charts.find("ct-study-dlp-control"), select("CT", []))
    (item,) = result.series[0].items
    assert item.control.points == [pytest.approx(4.0)]
    assert item.points[0][1] == 3


def test_the_module_of_a_kind_has_its_name():
    """So that a chart loads no more than it needs."""
    for module in pkgutil.iter_modules(every_kind.__path__):
        importlib.import_module(f"{every_kind.__name__}.{module.name}")
        assert kinds[module.name.replace("_", "-")]


def test_every_chart_has_a_kind():
    names = {module.name.replace("_", "-") for module in pkgutil.iter_modules(every_kind.__path__)}
    assert {kind_of(chart) for chart in catalogue} == names
