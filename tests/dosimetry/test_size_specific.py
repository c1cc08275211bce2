"""Size-specific dose against the printed tables of AAPM Report 204 and against geometry."""

import math

import numpy as np
import pytest

from kerma.dosimetry.size_specific import (
    Scan,
    conversion_factor,
    effective_diameter,
    ssde,
    water_equivalent_diameter,
)

TABLE_1D = {8: 2.76, 10: 2.57, 15: 2.14, 20: 1.78, 25: 1.48, 28: 1.32, 30: 1.23, 33: 1.10,
            36: 0.99, 40: 0.85, 45: 0.71}  # fmt: skip
"""Effective diameter in cm -> factor, 32 cm phantom, as others have copied it from the report."""
TABLE_2D = {6: 1.49, 8: 1.38, 10: 1.27, 12: 1.18, 15: 1.05, 18: 0.93, 20: 0.86, 25: 0.71, 30: 0.59,
            36: 0.47, 45: 0.33, 55: 0.22}  # fmt: skip
"""16 cm phantom."""

HEAD_PHANTOM, BODY_PHANTOM = "113690", "113691"
CHEST, HEAD, ABDOMEN_SCT = "T-D3000", "T-D1100", "818981001"


def scan(**changes):
    given = {
        "ctdivol_mgy": 10.0,
        "phantom_code": BODY_PHANTOM,
        "region_code": CHEST,
        "water_equivalent_diameter_mm": 300.0,
    }
    return Scan(**(given | changes))


@pytest.mark.parametrize(("diameter_cm", "factor"), TABLE_1D.items())
def test_factors_of_the_32_cm_phantom_are_those_printed(diameter_cm, factor):
    assert conversion_factor(diameter_cm * 10, 32) == pytest.approx(factor, abs=0.0051)


@pytest.mark.parametrize(("diameter_cm", "factor"), TABLE_2D.items())
def test_factors_of_the_16_cm_phantom_are_those_printed(diameter_cm, factor):
    assert conversion_factor(diameter_cm * 10, 16) == pytest.approx(factor, abs=0.0051)


@pytest.mark.parametrize(("diameter_mm", "phantom_cm"), [(79, 32), (451, 32), (59, 16), (551, 16)])
def test_outside_of_the_tables_there_is_no_factor(diameter_mm, phantom_cm):
    assert conversion_factor(diameter_mm, phantom_cm) is None


def test_another_phantom_is_a_mistake_of_the_caller():
    with pytest.raises(KeyError):
        conversion_factor(300, 20)


def test_an_adult_chest_has_the_dose_of_the_table():
    """CTDIvol 10 mGy at 30 cm: 1.23 by table 1D."""
    found = ssde(scan())

    assert found.value == pytest.approx(12.3, abs=0.05)
    assert found.inputs == {
        "CTDIvol": "10 mGy", "phantom": "32 cm", "D": "30 cm", "f": "1.231"
    }  # fmt: skip
    assert "204" in found.source


def test_the_phantoms_are_never_mixed():
    adult = ssde(scan(water_equivalent_diameter_mm=200.0))
    child = ssde(scan(water_equivalent_diameter_mm=200.0, phantom_code=HEAD_PHANTOM))

    assert (adult.value, child.value) == (
        pytest.approx(17.8, abs=0.06),
        pytest.approx(8.6, abs=0.06),
    )


def test_attenuation_counts_before_geometry():
    by_geometry = scan(
        water_equivalent_diameter_mm=None,
        effective_diameter_mm=280.0,
        ap_mm=200.0,
        lateral_mm=300.0,
    )

    assert "water-equivalent" in ssde(scan(effective_diameter_mm=280.0)).method
    assert ssde(by_geometry).inputs["D"] == "28 cm"


def test_both_dimensions_make_a_diameter():
    """An ellipse of these axes has the area of a circle of this diameter."""
    found = ssde(scan(water_equivalent_diameter_mm=None, ap_mm=200.0, lateral_mm=288.0))

    assert found.inputs["D"] == "24 cm"
    assert math.pi * 120**2 == pytest.approx(math.pi * 100 * 144)
    assert effective_diameter(200, 288) == pytest.approx(240)


REASONS = {
    "no CTDIvol": ({"ctdivol_mgy": None}, "no CTDIvol"),
    "no dose": ({"ctdivol_mgy": 0.0}, "no CTDIvol above 0"),
    "negative": ({"ctdivol_mgy": -3.0}, "no CTDIvol above 0"),
    "not a number": ({"ctdivol_mgy": math.nan}, "no CTDIvol above 0"),
    "no phantom": ({"phantom_code": ""}, "16 or 32 cm"),
    "unknown phantom": ({"phantom_code": "999999"}, "16 or 32 cm"),
    "head": ({"region_code": HEAD, "phantom_code": HEAD_PHANTOM}, "not for the head"),
    "head, body phantom": ({"region_code": HEAD}, "not for the head"),
    "small phantom": ({"region_code": "", "phantom_code": HEAD_PHANTOM}, "could be a head"),
    "no size": ({"water_equivalent_diameter_mm": None}, "no water-equivalent"),
    "one dimension": (
        {"water_equivalent_diameter_mm": None, "lateral_mm": 300.0},
        "nor both the lateral and the AP",
    ),
    "size 0": ({"water_equivalent_diameter_mm": 0.0}, "no water-equivalent"),
    "giant": ({"water_equivalent_diameter_mm": 900.0}, "outside of 8 to 45 cm"),
}


@pytest.mark.parametrize("name", REASONS)
def test_what_is_missing_leaves_a_reason_and_no_value(name):
    changes, words = REASONS[name]

    found = ssde(scan(**changes))

    assert found.value is None
    assert words in found.reason


def test_a_region_that_is_not_named_does_no_harm_with_the_body_phantom():
    assert ssde(scan(region_code="")).value == ssde(scan()).value


def disc(diameter_mm, hu, spacing_mm=1.0, size=512):
    y, x = np.mgrid[:size, :size] - (size - 1) / 2
    image = np.full((size, size), -1000.0)
    image[np.hypot(x, y) * spacing_mm <= diameter_mm / 2] = hu
    return image


@pytest.mark.parametrize("diameter_mm", [100, 220, 330])
def test_a_cylinder_of_water_is_as_wide_as_it_is(diameter_mm):
    found = water_equivalent_diameter(disc(diameter_mm, 0.0), 1.0)

    assert found == pytest.approx(diameter_mm, rel=0.003)


def test_a_cylinder_of_lung_is_narrower_by_the_root_of_its_density():
    """-700 HU attenuates like 0.3 water: D_w = D √0.3."""
    found = water_equivalent_diameter(disc(300, -700.0), 1.0)

    assert found == pytest.approx(300 * math.sqrt(0.3), rel=0.003)


def test_two_halves_add_up_by_their_areas():
    image = disc(300, 0.0)
    image[:, :256][image[:, :256] == 0] = 200.0

    assert water_equivalent_diameter(image, 1.0) == pytest.approx(300 * math.sqrt(1.1), rel=0.003)


def test_pixel_size_and_shift_change_nothing():
    image = disc(200, 40.0)
    fine = disc(200, 40.0, spacing_mm=0.5)

    whole = water_equivalent_diameter(image, 1.0)

    assert water_equivalent_diameter(fine, 0.25) == pytest.approx(whole, rel=0.003)
    assert water_equivalent_diameter(np.roll(image, (30, -40), (0, 1)), 1.0) == pytest.approx(whole)


def test_padding_below_air_counts_as_air():
    image = disc(200, 0.0)
    image[:20] = -3024.0

    assert water_equivalent_diameter(image, 1.0) == pytest.approx(200, rel=0.003)


def test_only_what_is_inside_counts():
    image = disc(200, 0.0)
    table = image.copy()
    table[480:490] = 300.0

    found = water_equivalent_diameter(table, 1.0, inside=image > -500)

    assert found == pytest.approx(200, rel=0.003)


@pytest.mark.parametrize(
    ("hu", "area", "inside"),
    [
        (np.zeros(5), 1.0, None),
        (np.zeros((5, 5)), 0.0, None),
        (np.zeros((5, 5)), 1.0, np.zeros((5, 5), bool)),
        (np.full((5, 5), np.nan), 1.0, None),
    ],
)
def test_images_that_are_none_are_refused(hu, area, inside):
    with pytest.raises(ValueError, match="hu must"):
        water_equivalent_diameter(hu, area, inside)


def test_a_code_of_either_scheme_names_the_region():
    of_child = {"phantom_code": HEAD_PHANTOM, "water_equivalent_diameter_mm": 200.0}

    assert ssde(scan(region_code=ABDOMEN_SCT, **of_child)).value is not None
    assert ssde(scan(region_code="T-D4000", **of_child)).value is not None
