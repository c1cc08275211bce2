"""Similar exposures of fluoroscopy are one group."""

import random

import pytest

from kerma.exports.columns import COLUMNS
from kerma.exports.grouping import Grouping, headings, kinds

VALUES = COLUMNS["RF"].chosen(identity=False, extra=False).event
NAMES = [one.name for one in VALUES]


def event(**values):
    return tuple(values.get(name) for name in NAMES)


def groups(*events):
    grouping = Grouping(VALUES)
    return [[row[NAMES.index("kvp")] for row in group] for group in grouping.groups(events)]


def at(first, second=0.0, kvp=0.0, **others):
    values = {"primary_angle_deg": first, "secondary_angle_deg": second, "kvp": kvp}
    return event(**(values | others))


def test_angles_are_compared_with_those_of_the_groups_first():
    """1 and 6 are within 5° of each other, but a group is about its first: 10 is not of 1."""
    assert groups(at(1, kvp=1), at(6, kvp=2), at(10, kvp=3), at(5.99, kvp=4)) == [[1, 2, 4], [3]]


def test_both_angles_count_and_five_degrees_are_within():
    assert groups(at(0, 0, 1), at(5, -5, 2), at(5.01, 0, 3), at(0, 5.01, 4)) == [[1, 2], [3], [4]]


@pytest.mark.parametrize(
    "name",
    ["event_type", "acquisition_protocol", "acquisition_plane", "pulse_rate_per_s",
     "field_size_mm", "filters", "filter_thicknesses_mm"],
)  # fmt: skip
def test_whatever_else_differs_makes_another_group(name):
    assert groups(at(0, kvp=1), at(0, kvp=2, **{name: 7.5})) == [[1], [2]]


def test_exposures_without_angles_are_alike():
    assert groups(at(None, None, 1), at(0, 0, 2), at(None, None, 3)) == [[1, 3], [2]]


def test_grouping_equals_taking_the_first_of_the_rest_again_and_again():
    """Independent: as long as any is left, the first left takes all that are near it."""
    chance = random.Random(4)
    events = [
        at(chance.uniform(-20, 20), chance.uniform(-8, 8), n, event_type=chance.choice("ab"))
        for n in range(300)
    ]
    left, wanted = list(events), []
    one, two, kind = (NAMES.index(n) for n in ("primary_angle_deg", "secondary_angle_deg",
                                               "event_type"))  # fmt: skip
    while left:
        first = left[0]
        near = [e for e in left if e[kind] == first[kind] and abs(e[one] - first[one]) <= 5
                and abs(e[two] - first[two]) <= 5]  # fmt: skip
        wanted.append([e[NAMES.index("kvp")] for e in near])
        left = [e for e in left if e not in near]

    assert groups(*events) == wanted


def test_a_group_has_least_greatest_and_mean():
    grouping = Grouping(VALUES)
    (group,) = grouping.groups([at(0, kvp=60, dap_cgycm2=1.0), at(2, kvp=80), at(1, kvp=None)])

    found = dict(zip(headings(1), grouping.values(group), strict=True))

    assert len(kinds()) == len(found)
    assert found["G1 No. exposures"] == 3
    assert (found["G1 kVp min"], found["G1 kVp max"], found["G1 kVp mean"]) == (60, 80, 70)
    assert found["G1 DAP mean (Gy.m^2)"] == pytest.approx(1e-6)
    assert found["G1 Primary angle mean"] == 1
    assert found["G1 mA min"] is None
