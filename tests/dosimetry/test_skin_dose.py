"""The dose to the skin against what one works out by hand."""

import math

import numpy as np
import pytest

from kerma.dosimetry.skin.body import HUMAN, skin
from kerma.dosimetry.skin.calculate import Patient
from kerma.dosimetry.skin.factors import Switches
from tests.dosimetry.skin_cases import (
    MIDDLE_CM,
    ONLY_DISTANCE,
    TO_ISOCENTRE_CM,
    TO_REFERENCE_CM,
    beam,
    computed,
    dose_near,
    middle,
)

CROWN_CM, PAD_CM, TABLE_DOWN_CM = 5.0, 4.0, 15.0
BELOW_CROWN_CM = MIDDLE_CM - CROWN_CM

BACK = (0.5, 0.0, -BELOW_CROWN_CM - 0.5)
"""A cell of the flat back beside the axis of the beam."""


def way_to(point, *, down_cm=TABLE_DOWN_CM):
    """Return the distance from the focus under the table to a point of a supine body."""
    x, y, z = point
    height = TO_ISOCENTRE_CM - down_cm + PAD_CM + y
    return math.sqrt(x**2 + height**2 + (z + BELOW_CROWN_CM) ** 2)


def test_one_beam_on_the_flat_back_is_the_product_of_its_factors():
    """For 80 kV, 0.3 mm copper and 10 cm Benmakhlouf 2011 gives backscatter 1.438, medium 1.031.

    The table lets 0.8 through.
    """
    side = 10 * TO_REFERENCE_CM / way_to((0, 0, -BELOW_CROWN_CM)) / 100

    found = computed(beam(dap_gym2=side**2))

    dose, point = dose_near(found, *BACK)
    slant = way_to(point) / (TO_ISOCENTRE_CM - TABLE_DOWN_CM + PAD_CM)
    by_hand = (TO_REFERENCE_CM / way_to(point)) ** 2 * 1.438 * 1.031 * 0.8**slant
    assert dose == pytest.approx(by_hand, rel=0.01)


@pytest.mark.parametrize("down_cm", [5.0, 15.0, 25.0])
def test_air_kerma_falls_with_the_square_of_the_distance(down_cm):
    found = computed(beam(table_height_mm=10 * down_cm), switches=ONLY_DISTANCE)

    dose, point = dose_near(found, *BACK)
    by_hand = (TO_REFERENCE_CM / way_to(point, down_cm=down_cm)) ** 2
    assert dose == pytest.approx(by_hand, rel=1e-4)


def test_the_table_weakens_rays_from_below_by_their_way_through_it():
    bare = Switches(backscatter=False, medium=False)

    below = computed(beam(), switches=bare, transmission="siemens-artis")
    above = computed(beam(primary_angle_deg=180.0), switches=bare, transmission="siemens-artis")
    beside = computed(beam(primary_angle_deg=90.0), switches=bare, transmission="siemens-artis")

    alone, point = dose_near(computed(beam(), switches=ONLY_DISTANCE), *BACK)
    slant = way_to(point) / (TO_ISOCENTRE_CM - TABLE_DOWN_CM + PAD_CM)
    assert dose_near(below, *BACK)[0] / alone == pytest.approx(0.7319**slant, rel=1e-4)
    assert {one.transmission for one in (*above.contributions, *beside.contributions)} == {1.0}


def test_without_the_way_through_the_table_the_measured_transmission_holds():
    bare = Switches(backscatter=False, medium=False, oblique_table=False)

    found = computed(beam(primary_angle_deg=25.0), switches=bare, transmission="siemens-artis")

    assert found.contributions[0].transmission == pytest.approx(0.7319, rel=1e-4)


def test_a_beam_turned_by_180_degrees_enters_through_the_front():
    back = computed(beam(), switches=ONLY_DISTANCE)
    front = computed(beam(primary_angle_deg=180.0), switches=ONLY_DISTANCE)

    depth = back.measures["depth_cm"]
    dose, point = dose_near(front, 0.5, depth, -BELOW_CROWN_CM - 0.5)
    height = TO_ISOCENTRE_CM + TABLE_DOWN_CM - PAD_CM - depth
    distance = math.sqrt(point[0] ** 2 + height**2 + (point[2] + BELOW_CROWN_CM) ** 2)
    assert dose == pytest.approx((TO_REFERENCE_CM / distance) ** 2, rel=1e-4)
    assert dose_near(front, *BACK)[0] == 0
    assert dose_near(back, 0.5, depth, -BELOW_CROWN_CM - 0.5)[0] == 0


def test_prone_the_same_beam_enters_through_the_front_with_the_same_dose():
    supine = computed(beam(), switches=ONLY_DISTANCE)
    prone = computed(
        beam(patient_orientation_modifier="prone", primary_angle_deg=180.0), switches=ONLY_DISTANCE
    )

    depth = supine.measures["depth_cm"]
    dose, _ = dose_near(prone, -0.5, depth, -BELOW_CROWN_CM - 0.5)
    assert dose == pytest.approx(dose_near(supine, *BACK)[0], rel=1e-6)
    assert prone.position == "HFP"
    assert dose_near(prone, *BACK)[0] == 0


def test_prone_left_and_right_change_sides_of_the_table():
    """A table moved to the left of a supine patient brings its right half into the beam."""
    supine = computed(beam(table_longitudinal_mm=50.0))
    prone = computed(
        beam(table_longitudinal_mm=50.0, patient_orientation_modifier="prone"), angles="table"
    )

    assert "to the right" in supine.place
    assert "to the left" in prone.place


def test_feet_first_the_beam_is_as_far_from_the_feet_as_it_was_from_the_crown():
    tall = Patient(height_cm=180.0)
    head_first = computed(beam(table_lateral_mm=1050.0), patient=tall, kind=HUMAN)
    feet_first = computed(
        beam(table_lateral_mm=1050.0, patient_table_relationship="feet first"),
        patient=tall,
        kind=HUMAN,
    )

    from_crown = middle(head_first)[0] + 0.5
    assert from_crown == pytest.approx(100.0, abs=0.6)
    assert middle(feet_first)[0] + 0.5 == pytest.approx(180.0 - from_crown, abs=0.6)
    assert feet_first.position == "FFS"


def test_feet_first_left_and_right_change_sides_of_the_table():
    found = computed(
        beam(table_lateral_mm=1050.0, table_longitudinal_mm=50.0,
             patient_table_relationship="feet first")
    )  # fmt: skip

    assert "to the left" in found.place


@pytest.mark.parametrize(
    ("words", "angle", "position", "place"),
    [
        ("left lateral decubitus", -90.0, "HFDL", "left side"),
        ("right lateral decubitus", 90.0, "HFDR", "right side"),
    ],
)
@pytest.mark.parametrize("angles", ["patient", "table"])
def test_on_a_side_the_beam_from_below_enters_through_that_side(
    words, angle, position, place, angles
):
    """About the patient, the detector over somebody on the left side is at the right: RAO 90°."""
    event = beam(
        patient_orientation_modifier=words, primary_angle_deg=angle if angles == "patient" else 0.0
    )

    found = computed(event, angles=angles)

    assert found.contributions[0].transmission < 1
    assert found.position == position
    assert found.place.startswith(place)


def test_the_tube_is_on_the_other_side_than_the_detector():
    """LAO: the detector at the left front, so the tube at the right back (PS3.3 C.8.7.5.1.2)."""
    lao = computed(beam(primary_angle_deg=45.0))
    cranial = computed(beam(secondary_angle_deg=30.0))
    straight = computed(beam())

    assert middle(lao)[1] > middle(straight)[1] + 5  # towards the right side of the patient
    assert middle(cranial)[0] > middle(straight)[0] + 3  # towards the feet


def test_the_irradiated_area_of_a_flat_back_is_that_of_the_field_there():
    switches = Switches(backscatter=False, medium=False, table=False, distance=False)
    found = computed(beam(), switches=switches)

    side = 8 * (TO_ISOCENTRE_CM - TABLE_DOWN_CM + PAD_CM) / TO_REFERENCE_CM
    assert found.map_gy.sum() == pytest.approx(side**2, rel=0.01)


def test_a_rotation_is_the_mean_of_its_angles():
    turning = computed(
        beam(primary_angle_deg=-60.0, primary_end_angle_deg=60.0), switches=ONLY_DISTANCE
    )
    steps = [
        beam(primary_angle_deg=float(angle), rp_dose_gy=1 / 240, dap_gym2=0.08**2 / 240)
        for angle in np.arange(-60, 60, 0.5) + 0.25
    ]
    standing = computed(*steps, switches=ONLY_DISTANCE)

    assert turning.map_gy.sum() == pytest.approx(standing.map_gy.sum(), rel=0.01)
    assert turning.peak_gy == pytest.approx(standing.peak_gy, rel=0.05)
    assert np.abs(turning.map_gy - standing.map_gy).max() < 0.07 * standing.peak_gy


def test_a_rotation_over_180_degrees_goes_the_short_way():
    found = computed(beam(primary_angle_deg=170.0, primary_end_angle_deg=-170.0))

    assert found.place.startswith("front of the trunk")
    assert dose_near(found, *BACK)[0] == 0


def test_a_run_with_a_moving_table_is_spread_along_the_body():
    found = computed(
        beam(table_lateral_mm=500.0, table_lateral_end_mm=700.0), switches=ONLY_DISTANCE
    )
    still = computed(beam(), switches=ONLY_DISTANCE)

    assert found.map_gy.sum() == pytest.approx(still.map_gy.sum(), rel=0.01)
    assert np.ptp(np.nonzero(found.map_gy)[0]) == pytest.approx(
        np.ptp(np.nonzero(still.map_gy)[0]) + 19, abs=1
    )  # the run is taken apart into steps of 1 cm, each in its middle


def test_both_planes_have_their_own_calibration():
    frontal = beam(acquisition_plane="Plane A")
    lateral = beam(acquisition_plane="Plane B", primary_angle_deg=-90.0)

    plain = computed(frontal, lateral)
    found = computed(frontal, lateral, calibration={"Plane B": 0.8, "": 1.25})

    ratio = found.map_gy[plain.map_gy > 0] / plain.map_gy[plain.map_gy > 0]
    assert set(np.round(ratio, 4)) == {np.float32(1.25), np.float32(0.8)}


@pytest.mark.parametrize("hidden", [True, False])
def test_one_leg_stands_in_the_way_of_the_other(hidden):
    lateral = beam(
        primary_angle_deg=-90.0, table_lateral_mm=1300.0, table_height_mm=140.0, dap_gym2=0.12**2
    )

    found = computed(lateral, kind=HUMAN, switches=Switches(shadows=hidden))

    body = found.skin
    right_leg = found.map_gy[body.row, body.column][body.part == body.parts.index("right leg")]
    assert bool(right_leg.max() == 0) is hidden


def test_the_share_of_dap_on_the_body():
    """The flat side of the body is at the middle of the field: half of the beam passes it by."""
    half_width = skin("cuboid").measures["torso_width_cm"] / 2

    on = computed(beam())
    beside = computed(beam(table_longitudinal_mm=10 * (half_width + 30)))
    edge = computed(beam(table_longitudinal_mm=10 * half_width, dap_gym2=0.02**2))

    assert on.share_on_body == 1.0
    assert (beside.share_on_body, beside.peak_gy) == (0.0, 0.0)
    assert edge.share_on_body == pytest.approx(0.5, abs=0.2)


@pytest.mark.parametrize(
    ("code", "given", "to_reference_cm"),
    [
        ("113860", None, 60.0),
        ("113861", None, 90.0),
        ("113862", None, 61.0),
        ("113863", None, 90.0),
        ("", 70.0, 70.0),
    ],
    ids=["to the isocentre", "before the detector", "1 cm over the table", "30 cm", "as given"],
)
def test_the_reference_point_is_where_its_definition_puts_it(code, given, to_reference_cm):
    event = beam(
        reference_point_definition_code=code,
        source_to_reference_point_mm=given and 10 * given,
    )

    found = computed(event, switches=ONLY_DISTANCE)

    dose, point = dose_near(found, *BACK)
    assert dose == pytest.approx((to_reference_cm / way_to(point)) ** 2, rel=1e-4)


def test_tilting_the_table_head_up_brings_the_beam_to_the_feet():
    level = computed(beam())
    tilted = computed(beam(table_head_tilt_deg=10.0), table_length_cm=2 * MIDDLE_CM)

    assert middle(tilted)[0] != pytest.approx(middle(level)[0], abs=0.5)
    assert tilted.share_on_body == 1.0


def test_a_table_turned_by_180_degrees_about_the_beam_turns_the_field_about_its_middle():
    turned = beam(table_horizontal_rotation_deg=180.0, secondary_angle_deg=20.0)
    straight = beam(secondary_angle_deg=-20.0)

    one = computed(turned, table_length_cm=2 * MIDDLE_CM)
    other = computed(straight, table_length_cm=2 * MIDDLE_CM)

    assert middle(one) == pytest.approx(middle(other), abs=1e-3)


def test_a_heavier_patient_is_wider_and_a_taller_one_longer():
    usual, heavy, tall = skin("cuboid"), skin("cuboid", 178.6, 146.4), skin("cuboid", 200.0, 73.2)

    assert heavy.measures["depth_cm"] == pytest.approx(
        usual.measures["depth_cm"] * math.sqrt(2), rel=0.03
    )
    assert tall.rows == pytest.approx(94 * 200 / 178.6, abs=1)


@pytest.mark.parametrize("kind", ["cuboid", "human"])
@pytest.mark.parametrize("size", [(178.6, 73.2), (60.0, 5.0), (150.0, 160.0)])
def test_every_cell_has_its_own_place_and_about_a_square_centimetre(kind, size):
    body = skin(kind, *size)

    assert len(set(zip(body.row.tolist(), body.column.tolist(), strict=True))) == len(body.row)
    assert np.linalg.norm(body.normals, axis=1) == pytest.approx(1)
    assert body.points[:, 1].min() >= -1e-6
    trunk = body.areas[body.part == 1]
    assert (trunk.min(), trunk.max()) == (pytest.approx(1, abs=0.1), pytest.approx(1, abs=0.1))
    assert body.column.max() < body.columns


def test_the_head_of_the_human_shape_closes_over_the_crown():
    """The area of half an ellipsoid with half axes 7, 10 and 8.5 cm, by Thomsen's formula."""
    body = skin("human", 174.0, 70.0)
    p = 1.6075
    a, b, c = 7**p, 10**p, 8.5**p
    dome = 2 * math.pi * ((a * b + a * c + b * c) / 3) ** (1 / p)

    cap = body.areas[(body.part == 0) & (body.points[:, 2] > -8.5)].sum()

    assert cap == pytest.approx(dome, rel=0.05)
