"""Diameters of drawn bodies against geometry: a cylinder of water is as wide as it is."""

import math

import numpy as np
import pytest

from kerma.dosimetry.image_size import Placed, section, summary
from tests.dosimetry.ct_pictures import AIR, SPACING_MM, box, ellipse, picture, water

PITCH = (SPACING_MM, SPACING_MM)


def measured(image, spacing_mm=PITCH, padded=None):
    found = section(image, spacing_mm, padded)
    assert found is not None
    return found


@pytest.mark.parametrize("diameter_mm", [60, 100, 160, 220, 320, 390])
def test_a_cylinder_of_water_is_as_wide_as_it_is(diameter_mm):
    found = measured(water(diameter_mm))

    assert found.diameter_mm == pytest.approx(diameter_mm, rel=0.005)
    assert not found.is_cut_off


@pytest.mark.parametrize("at_mm", [(40, 0), (-60, 30), (0, -75)])
def test_a_shift_changes_nothing(at_mm):
    assert measured(water(220, at_mm=at_mm)).diameter_mm == pytest.approx(220, rel=0.005)


@pytest.mark.parametrize("spacing_mm", [0.4, 0.977, 1.95, 3.0])
def test_the_size_of_pixels_changes_nothing(spacing_mm):
    image = ellipse(picture(), 180, 180, 0.0, spacing_mm=spacing_mm)

    found = measured(image, (spacing_mm, spacing_mm))

    assert found.diameter_mm == pytest.approx(180, rel=0.01)


def test_an_image_that_cannot_be_halved_is_measured_too():
    image = ellipse(picture(511), 220, 220, 0.0)

    assert measured(image).diameter_mm == pytest.approx(220, rel=0.005)


def test_pixels_need_not_be_square():
    image = water(220)[:, ::2]

    assert measured(image, (0.8, 1.6)).diameter_mm == pytest.approx(220, rel=0.01)


def test_an_ellipse_is_as_wide_as_the_circle_of_its_area():
    """The area of an ellipse is π/4 of its axes: D = √(380 · 240)."""
    image = ellipse(picture(), 380, 240, 0.0)

    assert measured(image).diameter_mm == pytest.approx(math.sqrt(380 * 240), rel=0.005)


def test_tissue_counts_by_its_attenuation():
    """40 HU attenuate like 1.04 of water: D = 250 √1.04."""
    image = ellipse(picture(), 250, 250, 40.0)

    assert measured(image).diameter_mm == pytest.approx(250 * math.sqrt(1.04), rel=0.005)


def test_air_inside_counts_nothing_but_belongs_to_the_patient():
    """D² = 300² - 2 · 90² for two holes of air, + 0.2 of it if they hold lung of -800 HU."""
    hollow = lungs = water(300)
    for x in (-70, 70):
        hollow = ellipse(hollow, 90, 90, AIR, at_mm=(x, 0))
        lungs = ellipse(lungs, 90, 90, -800.0, at_mm=(x, 0))

    assert measured(hollow).diameter_mm == pytest.approx(math.sqrt(300**2 - 2 * 90**2), rel=0.005)
    assert measured(lungs).diameter_mm == pytest.approx(
        math.sqrt(300**2 - 2 * 0.8 * 90**2), rel=0.005
    )


def test_noise_changes_nothing():
    noise = np.random.default_rng(4).normal(0, 30, (512, 512)).astype(np.float32)

    assert measured(water(250) + noise).diameter_mm == pytest.approx(250, rel=0.01)


def test_a_table_apart_from_the_patient_is_left_out():
    """A shell of 4 mm at 0 HU: with it, D² would be larger by 4/π · 4 · 380."""
    image = box(water(250), -190, 190, 135, 139, 0.0)

    assert measured(image).diameter_mm == pytest.approx(250, rel=0.005)


def test_a_table_that_touches_stays_only_along_the_contact():
    """The contact is about 60 mm wide: 4/π · 4 · 60 = 306 mm² on 250² at most, 0.3 %."""
    image = box(water(250), -190, 190, 123.5, 127.5, 0.0)

    assert measured(image).diameter_mm == pytest.approx(250, rel=0.007)


def test_arms_count():
    """D² adds up: 260² + 2 · 70²."""
    image = ellipse(ellipse(water(260), 70, 70, 0.0, (-168, 0)), 70, 70, 0.0, (168, 0))

    assert measured(image).diameter_mm == pytest.approx(math.sqrt(260**2 + 2 * 70**2), rel=0.005)


def rounded(image, hu):
    """Set all beyond the circle of reconstruction to a value."""
    y, x = np.mgrid[:512, :512] - 255.5
    beyond = np.hypot(x, y) > 256
    return np.where(beyond, np.float32(hu), image), beyond


@pytest.mark.parametrize("padding", [-1024.0, -3024.0])
def test_padding_beyond_the_field_is_no_patient(padding):
    image, beyond = rounded(water(320), padding)

    found = measured(image, padded=beyond if padding < -1100 else None)

    assert found.diameter_mm == pytest.approx(320, rel=0.005)
    assert not found.is_cut_off


def test_a_patient_cut_off_by_the_round_field_is_said_to_be():
    """Nothing can be found of what is outside: D is that of what is seen, the whole field here."""
    image, beyond = rounded(ellipse(picture(), 560, 300, 0.0), -3024.0)

    found = measured(image, padded=beyond)

    seen = np.count_nonzero(image > -300) * SPACING_MM**2
    assert found.is_cut_off
    assert found.share_at_edge > 0.15
    assert found.diameter_mm == pytest.approx(2 * math.sqrt(seen / math.pi), rel=0.01)


def test_a_patient_cut_off_is_seen_without_padding_too():
    image, _ = rounded(ellipse(picture(), 560, 300, 0.0), -1024.0)

    assert measured(image).is_cut_off


@pytest.mark.parametrize("at_mm", [(150, 0), (0, 150), (-150, 0), (0, -150)])
def test_a_patient_cut_off_by_the_edge_of_the_image_is_said_to_be(at_mm):
    assert measured(water(220, at_mm=at_mm)).is_cut_off


def test_a_smaller_field_within_a_larger_image_cuts_off_as_well():
    """As where a field of 300 mm is reconstructed on 410 mm."""
    y, x = np.mgrid[:512, :512] - 255.5
    beyond = np.hypot(x, y) * SPACING_MM > 150
    image = np.where(beyond, np.float32(-3024), ellipse(picture(), 340, 240, 0.0))

    assert measured(image, padded=beyond).is_cut_off
    assert not measured(np.where(beyond, np.float32(-3024), water(280)), padded=beyond).is_cut_off


def test_a_body_that_fills_the_image_is_cut_off():
    assert measured(picture(air=0.0)).is_cut_off


@pytest.mark.parametrize("image", [picture(), box(picture(), -190, 190, 100, 104, 0.0), water(30)])
def test_without_a_patient_there_is_no_size(image):
    assert section(image, PITCH) is None


@pytest.mark.parametrize("image", [np.zeros(5), np.zeros((0, 5)), np.full((5, 5), np.nan)])
def test_what_is_no_image_is_refused(image):
    with pytest.raises(ValueError, match="hu must"):
        section(image, (1.0, 1.0))


def test_the_images_of_a_series_are_summed_up_whatever_their_order():
    images = [Placed(-10.0, 200.0, False), Placed(0.0, 220.0, False), Placed(12.0, 300.0, True)]

    found = summary(reversed(images))

    assert found == summary(images)
    assert found == (3, 240.0, 200.0, 300.0, 220.0, pytest.approx(1 / 3))


def test_without_positions_there_is_no_middle():
    found = summary([Placed(None, 200.0, False), Placed(0.0, 220.0, False)])

    assert found is not None
    assert (found.mean_mm, found.middle_mm) == (210.0, None)


def test_without_images_there_is_nothing():
    assert summary([]) is None
