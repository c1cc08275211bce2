"""Repairs of Siemens' dose reports of projection systems."""

import pytest

from kerma.dicom.write import num
from tests.extract.projection_reports import (
    AGD,
    MAMMOGRAPHY,
    ROTATIONAL,
    STATIONARY,
    accumulated,
    event,
    read,
    report,
)

QUIRK = "siemens-tomosynthesis-dose-of-one-projection"


def mammomat(kind, model="Mammomat Revelation", manufacturer="SIEMENS"):
    sweep = event(num(AGD, 0.05, "mGy"), kind=kind)
    return read(
        report(
            accumulated(),
            sweep,
            procedure=MAMMOGRAPHY,
            Manufacturer=manufacturer,
            ManufacturerModelName=model,
        )
    )


def test_the_dose_of_a_tomosynthesis_is_kept_and_said_to_be_of_one_projection():
    found = mammomat(ROTATIONAL)

    assert found.quirks == (QUIRK,)
    assert found.events[0].agd_mgy == 0.05
    assert any("one projection" in note for note in found.notes)


@pytest.mark.parametrize(
    "found",
    [
        mammomat(STATIONARY),
        mammomat(ROTATIONAL, manufacturer="Other"),
        mammomat(ROTATIONAL, model="Mammomat Fusion"),
    ],
    ids=["no tomosynthesis", "another maker", "another model"],
)
def test_other_reports_are_left_alone(found):
    assert found.quirks == ()
    assert found.notes == ()
