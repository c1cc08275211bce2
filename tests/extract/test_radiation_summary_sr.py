"""Radiation summary reports of Siemens Arcadis C-arms."""

import pytest
from pydicom.uid import EnhancedSRStorage

from kerma.dicom.write import container, datetime_, document, num
from kerma.errors import ContentError
from tests.extract.projection_reports import ONE, read

SCHEME = "99SMS_RADSUM"
DAP = ("C-204", SCHEME, "Total Dose Area Product")


def summary(*rows):
    root = container(("C-10", SCHEME, "Radiation Summary Report"), *rows)
    return document(root, SOPClassUID=EnhancedSRStorage, Manufacturer="SIEMENS")


def test_the_totals_of_the_examination_are_read():
    found = read(
        summary(
            num(("C-200", SCHEME, "Number of exposures"), 7, ONE),
            num(("C-202", SCHEME, "Total fluoro time"), 93, "s"),
            num(DAP, 0.42, "Gycm2"),
            datetime_(("C-208", SCHEME, "End"), "20240102101500"),
            datetime_(("C-207", SCHEME, "Begin"), "20240102100000"),
        )
    )

    assert (found.kind, found.modality) == ("enhanced SR", "RF")
    assert (found.totals.radiographic_frames, found.totals.fluoro_time_s) == (7, 93)
    assert found.totals.dap_gym2 == pytest.approx(4.2e-5)
    assert found.events == ()
    assert found.start_of_irradiation.isoformat() == "2024-01-02T10:00:00"
    assert found.end_of_irradiation.isoformat() == "2024-01-02T10:15:00"


def test_a_value_that_was_not_measured_is_unknown():
    assert read(summary(num(DAP, None, "Gycm2"))).totals.dap_gym2 is None


def test_a_dose_area_product_without_unit_is_in_the_makers():
    ds = summary(num(DAP, 0.42, "Gycm2"))
    del ds.ContentSequence[0].MeasuredValueSequence[0].MeasurementUnitsCodeSequence

    found = read(ds)

    assert found.totals.dap_gym2 == pytest.approx(4.2e-5)
    assert any("no unit" in note for note in found.notes)


def test_a_dose_area_product_in_an_unknown_unit_is_refused():
    with pytest.raises(ContentError, match="furlong"):
        read(summary(num(DAP, 0.42, "furlong")))
