"""What the options of a chart do, and what is said of those that do not exist."""

import numpy as np
import pytest

from kerma import charts
from kerma.charts.base import Options
from kerma.query.selection import select
from kerma.records import Totals
from kerma.store.models import Study
from tests.charts.by_hand import Rows, cases, counted
from tests.charts.made_up import store_some
from tests.query.hospital import ct_event, store

pytestmark = pytest.mark.django_db


def compute(name, *filters, **options):
    chart = charts.find(name)
    given = charts.read_options(options.items())
    return charts.compute(chart, select(chart.modality, filters), given)


def good_cases(name):
    chart = charts.find(name)
    return counted(chart, cases(chart, Rows(chart.modality)))


def names(result):
    return [item.item for item in result.series[0].items]


@pytest.fixture
def doses():
    """Three descriptions: B twice with 10 and 30, a three times with 5, C once with 100."""
    given = (("B", 10), ("B", 30), ("a", 5), ("a", 5), ("a", 5), ("C", 100))
    for place, (text, dlp) in enumerate(given):
        store(f"1.9.{place}", "CT", study_description=text, totals=Totals(dlp_mgycm=dlp),
              room=f"Room {place % 2}", day=f"2026-0{place % 2 + 1}-15")  # fmt: skip


@pytest.mark.parametrize(
    ("sort", "direction", "expected"),
    [
        ("frequency", "descending", ["a", "B", "C"]),
        ("frequency", "ascending", ["C", "B", "a"]),
        ("name", "ascending", ["a", "B", "C"]),
        ("name", "descending", ["C", "B", "a"]),
        ("value", "descending", ["C", "B", "a"]),
        ("value", "ascending", ["a", "B", "C"]),
    ],
)
def test_items_are_sorted(doses, sort, direction, expected):
    assert names(compute("ct-study-dlp", sort=sort, direction=direction)) == expected


def test_a_series_for_each_system_in_one_order_of_items(doses):
    result = compute("ct-study-dlp", per_system="yes")
    assert [series.system for series in result.series] == ["City Hospital Room 0",
                                                           "City Hospital Room 1"]  # fmt: skip
    assert [[(i.item, i.count) for i in series.items] for series in result.series] == [
        [("a", 2), ("B", 1)],
        [("a", 1), ("B", 1), ("C", 1)],
    ]


def test_grouping_by_system_makes_a_series_for_each(doses):
    assert compute("ct-study-dlp", group_by="system") == compute("ct-study-dlp", per_system="yes")


def test_filters_apply(doses):
    assert compute("ct-study-dlp", ("dlp_min", "10"), ("date_from", "2026-02-01")).cases == 2


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, {"Angio  3 mm ", "Angio 3 mm", "ROUTINE", "Routine"}),
        ({"ignore_case": "yes"}, {"Angio  3 mm ", "Angio 3 mm", "routine"}),
        ({"fold_space": "yes"}, {"Angio 3 mm", "ROUTINE", "Routine"}),
        ({"ignore_case": "yes", "fold_space": "yes"}, {"Angio 3 mm", "routine"}),
    ],
)
def test_case_and_white_space_are_folded(options, expected):
    store_some("CT", 30)
    result = compute("ct-acquisition-frequency", **options)
    found = names(result)
    assert {name.lower() if name.lower() == "routine" else name for name in found} == {
        name.lower() if name.lower() == "routine" else name for name in expected
    }
    assert len(found) == len(expected)
    assert result.cases == len(good_cases("ct-acquisition-frequency"))


def test_a_folded_item_has_its_most_frequent_spelling():
    for place, text in enumerate(("thorax", "Thorax", "Thorax", "THORAX")):
        store(f"1.9.{place}", "CT", study_description=text)
    assert names(compute("ct-study-frequency", ignore_case="yes")) == ["Thorax"]


def test_white_space_alone_is_no_item_once_folded():
    store("1.9.1", "CT", study_description="  ")
    assert compute("ct-study-frequency").cases == 1
    assert compute("ct-study-frequency", fold_space="yes").without == 1


@pytest.mark.parametrize(
    ("wanted", "column"),
    [("spiral", "Spiral"), ("localiser", "Constant"), ("stationary", "Stationary"),
     ("sequenced", "Sequenced")],
)  # fmt: skip
def test_acquisitions_of_one_type_only(wanted, column):
    store_some("CT", 30)
    result = compute("ct-acquisition-dlp", acquisition_type=wanted)
    good = good_cases("ct-acquisition-dlp")
    assert result.cases == sum(c["row"].acquisition_type.startswith(column) for c in good) > 0


def test_several_types_together():
    store_some("CT", 30)
    one = [
        compute("ct-acquisition-dlp", acquisition_type=t).cases for t in ("spiral", "stationary")
    ]
    assert compute("ct-acquisition-dlp", acquisition_type="spiral, stationary").cases == sum(one)


def test_a_type_by_its_code_alone():
    store("1.9.1", "CT", events=(ct_event("", acquisition_type_code="P5-08001",
                                          acquisition_protocol="A", dlp_mgycm=1.0),))  # fmt: skip
    assert compute("ct-acquisition-dlp", acquisition_type="spiral").cases == 1


def test_a_series_for_each_physician():
    store_some("RF", 30)
    result = compute("rf-study-dap", split="physician", per_system="yes")
    good = good_cases("rf-study-dap")
    found = {(s.system, s.split): sum(i.count for i in s.items) for s in result.series}
    keys = {(c["study"].system.display_name, c["study"].physician) for c in good}
    assert found == {
        (system, physician): sum(
            (c["study"].system.display_name, c["study"].physician) == (system, physician)
            for c in good
        )
        for system, physician in keys
    }


@pytest.mark.parametrize("common", ["yes", "no"])
@pytest.mark.parametrize("bins", [2, 7, 40])
def test_bins_are_those_of_numpy(common, bins):
    store_some("CT", 40)
    result = compute("ct-acquisition-dlp-histogram", bins=str(bins), common_bins=common)
    good = good_cases("ct-acquisition-dlp")
    whole = np.array([case["value"] for case in good])
    for item in result.series[0].items:
        values = np.array([case["value"] for case in good if case["item"] == item.item])
        ends = (
            (whole if common == "yes" else values).min(),
            (whole if common == "yes" else values).max(),
        )
        counts, edges = np.histogram(values, bins, range=ends)
        assert [count for _, _, count in item.bins] == counts.tolist()
        np.testing.assert_allclose([low for low, _, _ in item.bins], edges[:-1], rtol=1e-12)


@pytest.mark.parametrize(
    ("period", "expected"),
    [
        ("day", ["2025-12-31", "2026-01-01", "2026-01-04", "2026-01-05", "2026-05-17"]),
        ("week", ["2025-12-29", "2026-01-05", "2026-05-11"]),
        ("month", ["2025-12-01", "2026-01-01", "2026-05-01"]),
        ("quarter", ["2025-10-01", "2026-01-01", "2026-04-01"]),
        ("year", ["2025-01-01", "2026-01-01"]),
    ],
)
def test_periods_begin_on_their_first_day(period, expected):
    """31 December 2025 is a Wednesday, 4 January 2026 a Sunday, 17 May 2026 a Sunday."""
    for place, day in enumerate(("2025-12-31", "2026-01-01", "2026-01-04", "2026-01-05",
                                 "2026-05-17", "")):  # fmt: skip
        store(f"1.9.{place}", "CT", day=day, study_description="Head")
    result = compute("ct-study-frequency-over-time", period=period)
    assert [point[0] for point in result.series[0].items[0].points] == expected
    assert (result.cases, result.without) == (5, 1)


def test_studies_before_1970_have_their_period_too():
    store("1.9.1", "CT", day="1969-12-31", study_description="Head")
    for period, first in (
        ("week", "1969-12-29"),
        ("quarter", "1969-10-01"),
        ("year", "1969-01-01"),
    ):
        points = compute("ct-study-frequency-over-time", period=period).series[0].items[0].points
        assert points[0][0] == first


def test_too_many_items_are_cut_and_said(doses):
    chart = charts.find("ct-study-dlp")
    result = charts.compute(chart, select("CT", []), most_items=2)
    assert (names(result), result.cut, result.cases) == (["a", "B"], 1, 6)


def test_too_many_points_are_thinned_and_said():
    store_some("CT", 40)
    chart = charts.find("ct-acquisition-dlp-mass")
    whole = charts.compute(chart, select("CT", []))
    some = charts.compute(chart, select("CT", []), most_points=10)
    assert some.cases == whole.cases
    assert some.thinned == whole.cases - 10
    pairs = {(i.item, x, y) for i in whole.series[0].items for x, y in zip(i.x, i.y, strict=True)}
    kept = [(i.item, x, y) for i in some.series[0].items for x, y in zip(i.x, i.y, strict=True)]
    assert len(kept) == 10
    assert set(kept) <= pairs


def test_ten_thousand_items_are_drawn_in_part_and_filed_whole():
    store("1.9.0", "CT", study_description="first")
    study = Study.objects.get()
    Study.objects.bulk_create(
        Study(**{f.attname: getattr(study, f.attname) for f in Study._meta.concrete_fields
                 if f.attname not in {"id", "study_instance_uid", "study_description"}},
              study_instance_uid=f"1.9.{n}", study_description=f"Text {n}")
        for n in range(1, 10_000)
    )  # fmt: skip
    chart = charts.find("ct-study-frequency")
    assert len(charts.compute(chart, select("CT", [])).series[0].items) == 10_000
    assert charts.compute(chart, select("CT", []), most_items=50).cut == 9_950


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"colour": "red"}, "There is no option 'colour'. Known: average, period, per_system"),
        ({"average": "mode"}, "average must be one of mean, median, box, not 'mode'."),
        ({"bins": "1"}, "bins must be a whole number from 2 to 40, not '1'."),
        ({"bins": "41"}, "bins must be a whole number from 2 to 40, not '41'."),
        ({"bins": "ten"}, "bins must be a whole number from 2 to 40, not 'ten'."),
        ({"per_system": "perhaps"}, "per_system must be yes or no, not 'perhaps'."),
        ({"split": "room"}, "split must be one of physician, not 'room'."),
        ({"acquisition_type": "spiral,odd"}, "acquisition_type must be one or more of spiral"),
        ({"limit": "nan"}, "limit must be a number that is not negative, not 'nan'."),
    ],
)
def test_a_wrong_option_is_refused_with_what_is_known(options, said):
    with pytest.raises(charts.OptionError) as raised:
        charts.read_options(options.items())
    assert str(raised.value).startswith(said)


def test_an_empty_option_is_the_default():
    assert charts.read_options([("average", ""), ("bins", " ")]) == Options()


def test_an_unknown_chart_is_refused_with_what_may_be_meant():
    with pytest.raises(charts.NoChart, match="Is it ct-study-dlp"):
        charts.find("ct-study-dpl")
