"""Units as devices spell them: read where they cannot be mistaken, refused on a dose else."""

import pytest

from kerma.dicom.write import (
    num,
)
from kerma.errors import ContentError
from tests.extract.projection_reports import (
    DAP,
    FLUORO_TIME,
    KVP,
    RP_DOSE,
    RP_TOTAL,
    accumulated,
    event,
    first_event,
    read,
    report,
)

STARTED = ("111526", "DCM", "DateTime Started")
GRID = ("111635", "DCM", "X-Ray Grid")
SOURCE_TO_DETECTOR = ("113750", "DCM", "Distance Source to Detector")
MODULE = "1.2.840.10008.5.1.4.1.1."


@pytest.mark.parametrize(
    ("unit", "gym2"),
    [
        ("Gy.m2", 1.0),
        ("Gym2", 1.0),
        ("Gy*m²", 1.0),
        ("dGy.cm2", 1e-5),
        ("dGy*cm*cm", 1e-5),
        ("cGycm2", 1e-6),
        ("Gy·cm²", 1e-4),
        ("Gy-cm2", 1e-4),
        ("mGy.cm^2", 1e-7),
        ("µGy.m2", 1e-6),
        ("microGy.m2", 1e-6),
        ("uGYm2", 1e-6),
    ],
)
def test_a_dose_area_product_is_read_in_every_spelling_of_its_unit(unit, gym2):
    assert first_event(num(DAP, 3.0, unit)).dap_gym2 == pytest.approx(3.0 * gym2)


@pytest.mark.parametrize("unit", ["Gy/m2", "Gy", "R.cm2", "MGy.m2"])
def test_a_dose_area_product_in_another_unit_is_refused(unit):
    with pytest.raises(ContentError):
        first_event(num(DAP, 3.0, unit))


ANGLE = ("112011", "DCM", "Positioner Primary Angle")
FORCE = ("111647", "DCM", "Compression Force")
RATE = ("113791", "DCM", "Pulse Rate")


@pytest.mark.parametrize(
    ("concept", "unit", "field", "expected"),
    [
        (KVP, "KV", "kvp", 8.0),
        (KVP, "kVp", "kvp", 8.0),
        (ANGLE, "Degrees", "primary_angle_deg", 8.0),
        (FORCE, "kgf", "compression_force_n", 78.4532),
        (FORCE, "daN", "compression_force_n", 80.0),
        (RATE, "fps", "pulse_rate_per_s", 8.0),
        (RATE, "{frame}/s", "pulse_rate_per_s", 8.0),
        (("113845", "DCM", "Exposure Index"), "No Units", "exposure_index", 8.0),
    ],
)
def test_spellings_of_other_units_are_read_in_any_case(concept, unit, field, expected):
    assert getattr(first_event(num(concept, 8, unit)), field) == pytest.approx(expected)


def test_a_conversion_adds_no_digits():
    area = ("113790", "DCM", "Collimated Field Area")

    assert first_event(num(area, 300, "cm2")).collimated_field_area_m2 == 0.03


def test_dose_at_the_reference_point_may_be_in_milligray():
    """Canon Ultimax-i: the template wants Gy."""
    record = read(report(accumulated(num(RP_TOTAL, 12.5, "mGy")), event(num(RP_DOSE, 3.0, "mGy"))))

    assert record.totals.rp_dose_gy == pytest.approx(0.0125)
    assert record.events[0].rp_dose_gy == pytest.approx(0.003)


@pytest.mark.parametrize(
    ("value", "unit"), [(4500, ""), (4500, "uA.s"), (4.5, "mA.s"), (4.5, "mAs")]
)
def test_exposure_is_read_in_its_unit_and_without_one_in_the_template_s(value, unit):
    """TID 10003B wants uA.s."""
    assert first_event(num(("113736", "DCM", "Exposure"), value, unit)).exposure_mas == 4.5


@pytest.mark.parametrize(("value", "unit"), [(90.0, "s"), (1.5, "min"), (90000.0, "ms")])
def test_fluoroscopy_time_is_read_in_its_unit(value, unit):
    record = read(report(accumulated(num(FLUORO_TIME, value, unit)), event()))

    assert record.totals.fluoro_time_s == pytest.approx(90.0)
