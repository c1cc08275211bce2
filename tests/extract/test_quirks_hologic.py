"""Repairs of Hologic's dose reports."""

from kerma.dicom.write import code, container
from tests.extract.projection_reports import (
    MAMMOGRAPHY,
    accumulated,
    event,
    read,
    report,
)

AVAILABLE = code(("113745", "DCM", "X-Ray Detector Data Available"), ("R-0038D", "SRT", "Yes"))


def strip_filter(value):
    return container(
        ("113771", "DCM", "X-Ray Filters"),
        code(("113772", "DCM", "X-Ray Filter Type"), (value, "DCM", "Bandfilter")),
    )


def hologic(*rows, manufacturer="HOLOGIC, Inc."):
    return read(report(accumulated(), *rows, procedure=MAMMOGRAPHY, Manufacturer=manufacturer))


def test_a_filter_type_of_no_code_is_the_strip_filter_it_is_called():
    found = hologic(event(strip_filter("111650")))

    assert found.quirks == ("hologic-wrong-codes",)
    assert found.events[0].filters[0].type == "Strip filter"


def test_detector_data_available_is_no_patient_table_relationship():
    found = hologic(AVAILABLE, event())

    assert found.quirks == ("hologic-wrong-codes",)
    assert found.events[0].patient_table_relationship == ""


def test_a_right_report_is_left_alone():
    assert hologic(event(strip_filter("113650"))).quirks == ()


def test_other_makers_are_left_alone():
    found = hologic(event(strip_filter("111650")), manufacturer="Other")

    assert found.quirks == ()
    assert found.events[0].filters[0].type == "Bandfilter"
