"""Coefficients against the published tables they stand for, geometry by the rules of safe lists."""

import pytest

from kerma.dosimetry.skin import geometry
from kerma.dosimetry.skin.calculate import Patient, skin_dose
from kerma.dosimetry.skin.geometry import Geometry, find
from kerma.dosimetry.skin.position import position_of
from kerma.dosimetry.skin.tables import geometry_tables, table
from kerma.records import Filter, ProjectionEvent
from tests.dosimetry.skin_cases import GEOMETRY, beam, computed, copper

PUBLISHED = [
    (60, 0.0, 2.37, 1.289, 1.017),
    (60, 0.3, 4.84, 1.412, 1.021),
    (80, 0.0, 3.12, 1.330, 1.021),
    (80, 0.3, 6.47, 1.438, 1.031),
    (80, 0.9, 8.69, 1.463, 1.042),
    (100, 0.3, 7.81, 1.437, 1.041),
    (120, 0.3, 8.85, 1.426, 1.049),
]
"""kV, mm copper, half-value layer, backscatter for 10 cm, medium (Benmakhlouf 2011, table)."""


@pytest.mark.parametrize(("kvp", "thickness", "layer", "backscatter", "medium"), PUBLISHED)
def test_factors_are_the_published_ones(kvp, thickness, layer, backscatter, medium):
    """The field is 10 cm wide at the skin, 64 cm from the focus; the reference point at 60 cm."""
    event = beam(kvp=float(kvp), filters=(copper(thickness),), dap_gym2=(0.1 * 60 / 64) ** 2)
    given = beam(kvp=float(kvp), half_value_layer_mm=layer, filters=(), dap_gym2=event.dap_gym2)

    found, of_layer = computed(event).contributions[0], computed(given).contributions[0]

    assert found.field_side_cm == pytest.approx(10, abs=0.05)
    assert found.backscatter == pytest.approx(backscatter, abs=0.006)
    assert found.medium == pytest.approx(medium, abs=0.001)
    assert (of_layer.backscatter, of_layer.medium) == pytest.approx(
        (found.backscatter, found.medium), abs=1e-3
    )


def test_filters_of_one_material_add_up_and_others_do_not_count():
    lead = Filter(material="Lead or Lead compound", material_code="C-132F9", thickness_min_mm=2.0)

    one = computed(beam(filters=(copper(0.1), copper(0.2), lead)))
    other = computed(beam(filters=(copper(0.3),)))

    assert one.peak_gy == pytest.approx(other.peak_gy, rel=1e-9)


def test_backscatter_is_held_outside_the_published_fields():
    small, smaller = (computed(beam(dap_gym2=side**2)) for side in (0.03, 0.02))

    assert small.contributions[0].backscatter == smaller.contributions[0].backscatter


def test_the_field_is_taken_from_the_first_thing_that_says_it():
    collimated = {"collimated_field_width_mm": 160.0, "collimated_field_height_mm": 160.0}
    view = {"field_of_view_mm": (240.0,), "dap_gym2": None}

    by_blades = computed(beam(**collimated))
    by_ratio = computed(beam(**collimated), field_size=("dap-over-dose",))
    by_view = computed(beam(**view))

    assert [found.fields for found in (by_blades, by_ratio, by_view)] == [
        [("collimated field at the detector", 1)],
        [("dose-area product over dose at the reference point", 1)],
        [("field of view of the detector", 1)],
    ]
    assert by_view.contributions[0].field_side_cm == pytest.approx(24 * 64 / 120, abs=0.1)


def test_the_area_says_how_large_a_field_is_and_its_sides_what_shape_it_has():
    """As by Canon's Alphenix, whose widths and heights are some 2.3 times too large."""
    sides = {"collimated_field_width_mm": 795.0, "collimated_field_height_mm": 635.0}
    event = beam(**sides, collimated_field_area_m2=0.0956095174)

    found = computed(event)

    side_cm = 100 * 0.0956095174**0.5 * 64 / 120
    assert found.contributions[0].field_side_cm == pytest.approx(side_cm, abs=0.2)
    rows, columns = (len(set(axis.tolist())) for axis in found.map_gy.nonzero())
    assert columns / rows == pytest.approx(795 / 635, rel=0.15)


def test_a_field_that_does_not_fit_the_dose_area_product_is_pointed_out():
    wide = {"collimated_field_width_mm": 320.0, "collimated_field_height_mm": 320.0}

    assert [words for words, _ in computed(beam(**wide)).assumed] == [
        "the field as reported, not that of the DAP, over 1.5 times another"
    ]


def test_a_field_worked_out_by_the_reader_is_not_taken_for_a_collimated_one():
    event = beam(collimated_field_area_m2=0.04, derived={"collimated_field_area_m2": 0.04})

    assert computed(event).fields == [("dose-area product over dose at the reference point", 1)]


def test_what_cannot_be_placed_is_left_out_with_a_reason():
    found = computed(
        beam(),
        beam(source_to_isocenter_mm=None),
        beam(dap_gym2=None, source_to_detector_mm=None),
        beam(rp_dose_gy=None, dap_gym2=None),
    )

    assert found.used == 1
    assert found.left == [
        ("the distance from source to isocentre is missing", 1),
        ("nothing says how large the field is", 1),
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        {"rp_dose_gy": -1.0, "dap_gym2": -1.0},
        {"rp_dose_gy": float("nan"), "dap_gym2": None},
        {"primary_angle_deg": float("nan")},
        {"source_to_isocenter_mm": -785.0},
    ],
)
def test_values_that_cannot_be_count_as_not_given(wrong):
    found = computed(beam(), beam(**wrong))

    assert found.used == 1
    assert found.peak_gy == computed(beam()).peak_gy


def test_a_table_that_moves_absurdly_far_takes_no_more_steps():
    found = computed(beam(), beam(table_lateral_end_mm=1e12))

    assert found.used == 2


@pytest.mark.parametrize("patient", [Patient(17800.0, 73.2), Patient(178.6, 0.0), Patient(-1, -1)])
def test_a_size_that_cannot_be_counts_as_unknown(patient):
    found = computed(beam(), patient=patient)

    assert (found.height_cm, found.mass_kg) == (178.6, 73.2)
    assert found.assumed_size


def test_what_is_assumed_is_said():
    found = computed(beam(kvp=None, table_height_mm=None))

    assert dict(found.assumed) == {
        "tube voltage 80 kV": 1,
        "table position 0 where it is missing": 1,
    }
    assert found.assumed_size == ["height", "mass"]


@pytest.mark.parametrize(
    ("values", "declared", "position"),
    [
        ({}, "", ("HFS", "assumed")),
        ({"patient_table_relationship": "feet-first"}, "", ("FFS", "partly assumed")),
        ({"patient_orientation_modifier": "prone"}, "", ("HFP", "partly assumed")),
        ({}, "FFP ", ("FFP", "as in the report")),
        ({"derived": {"patient_table_relationship": "headfirst"}}, "", ("HFS", "partly assumed")),
    ],
)
def test_the_position_of_the_patient(values, declared, position):
    assert position_of(ProjectionEvent(**values), declared) == position


class TestSafeList:
    """The rules of OpenREM 1.0's list of models for which maps are made."""

    LISTED = Geometry(
        manufacturer="Siemens", model="Arc", software_version="VC14J", state="validated"
    )

    def test_manufacturer_model_and_version_match(self):
        assert find("Siemens", "Arc", "VC14J", [self.LISTED]) == self.LISTED

    def test_another_version_is_unknown(self):
        assert find("Siemens", "Arc", "VE10A", [self.LISTED]).state == "unknown"

    def test_another_manufacturer_is_unknown(self):
        assert find("Canon", "Arc", "VC14J", [self.LISTED]).state == "unknown"

    def test_an_entry_without_version_holds_for_all(self):
        every = Geometry(manufacturer="Canon", model="DFP-8000D", state="plausible")

        assert find("Canon", "DFP-8000D", "V9.99", [every]) == every

    def test_an_entry_of_the_version_goes_before_one_for_all(self):
        every = Geometry(manufacturer="Siemens", model="Arc", state="plausible")

        assert find("SIEMENS ", "arc", "VC14J", [every, self.LISTED]) == self.LISTED

    def test_the_site_goes_before_what_is_shipped(self):
        own = Geometry(manufacturer="Siemens", model="AXIOM-Artis", state="unknown")

        assert find("Siemens", "AXIOM-Artis", "VC14J 150507").state == "validated"
        assert find("Siemens", "AXIOM-Artis", "VC14J 150507", [own]).state == "unknown"


def test_every_table_names_its_source_and_validity():
    for name in ("backscatter", "beam_quality"):
        assert table(name)["source"]
        assert table(name)["validity"]
    for known in table("table_transmission").values():
        assert known["source"]
        assert known["validity"]
    for one in geometry_tables():
        assert one["source"]
        assert one["state"] in geometry.STATES
    named = {name for one in geometry_tables() for name in one["manufacturer"]}
    assert {one.manufacturer for one in geometry.shipped()} == named


def test_no_events_give_an_empty_map():
    found = skin_dose([], Patient(), GEOMETRY)

    assert (found.peak_gy, found.used, found.share_on_body) == (0.0, 0, None)
