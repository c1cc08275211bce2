"""Habits of devices, well known and against the standard, that must not cost a value."""

import pytest

from kerma.dicom.files import read_bytes
from kerma.dicom.write import (
    code,
    code_item,
    container,
    dataset,
    datetime_,
    document,
    has_concept_mod,
    num,
    text,
    to_bytes,
    uidref,
)
from kerma.errors import ContentError, NoDose
from kerma.extract import record_of
from tests.extract.projection_reports import (
    AGD,
    ANATOMY,
    DAP,
    DAP_TOTAL,
    FLUORO_TIME,
    FLUOROSCOPY,
    KVP,
    MAMMOGRAPHY,
    ONE,
    PLANE_A,
    PLANE_B,
    RP_DOSE,
    RP_TOTAL,
    STATIONARY,
    accumulated,
    event,
    first_event,
    read,
    report,
    without,
)

STARTED = ("111526", "DCM", "DateTime Started")
GRID = ("111635", "DCM", "X-Ray Grid")
SOURCE_TO_DETECTOR = ("113750", "DCM", "Distance Source to Detector")
MODULE = "1.2.840.10008.5.1.4.1.1."


# Rows of the wrong type


@pytest.mark.parametrize(
    "written", ["20190316132725", "2019-03-16 13:27:25", "2019-03-16T13:27:25.000+01:00"]
)
def test_a_time_written_as_text_is_read(written):
    item = without(event(), "111526")
    row = text(STARTED, written)
    row.RelationshipType = "CONTAINS"
    item.ContentSequence.append(row)

    found = read(report(item)).events[0].date_time_started

    assert found.isoformat() == "2019-03-16T13:27:25"


def test_a_number_written_as_text_is_read_with_its_unit():
    found = first_event(text(RP_DOSE, "2.5 mGy"), text(KVP, "81"))

    assert (found.rp_dose_gy, found.kvp) == (pytest.approx(0.0025), 81.0)


def test_words_where_a_number_belongs_are_left_out():
    assert first_event(text(KVP, "automatic")).kvp is None


def test_a_dose_written_as_text_in_an_unknown_unit_is_refused():
    with pytest.raises(ContentError, match="rem"):
        first_event(text(RP_DOSE, "2.5 rem"))


@pytest.mark.parametrize(
    ("value", "scheme"),
    [("113733", "DCM"), ("113733", "SRT"), ("113733", "dcm"), ("113733", ""), ("113733", "DICOM")],
)
def test_a_row_is_found_by_its_code_though_the_scheme_is_another_s(value, scheme):
    assert first_event(num((value, scheme, "KVP"), 81, "kV")).kvp == 81


@pytest.mark.parametrize("scheme", ["SRT", "SNM3", "DCM", "SCT"])
def test_a_code_of_snomed_rt_is_known_under_each_designator(scheme):
    record = read(report(event(kind=("P5-06000", scheme, "Fluoroscopy"))))

    assert record.kind == "RF RDSR"


def test_an_observer_uid_written_as_text_is_read():
    """GE surgical C-arms do so: OpenREM issue 739."""
    root = report(event())
    for row in root.ContentSequence:
        if row.ConceptNameCodeSequence[0].CodeValue == "121012":
            row.ValueType, row.TextValue = "TEXT", row.UID
            del row.UID

    assert read(root).device.device_observer_uid == "1.2.840.99.1"


def test_a_number_with_a_qualifier_in_place_of_a_value_is_absent():
    """GE surgical C-arms say of positions that they are unknown: OpenREM issue 739."""
    row = num(("112011", "DCM", "Positioner Primary Angle"), None, "deg")
    row.NumericValueQualifierCodeSequence = [code_item(("114000", "DCM", "Not a number"))]

    assert first_event(row).primary_angle_deg is None


def test_the_first_of_several_numbers_is_kept_where_one_belongs():
    """Toshiba writes both pitches of a variable helical scan: OpenREM issue 670."""
    pitch = num(("113828", "DCM", "Pitch Factor"), 0.5, "{ratio}")
    pitch.MeasuredValueSequence[0].NumericValue = ["0.637", "0.813"]

    record = ct(pitch)

    assert record.events[0].pitch == 0.637
    assert "Pitch Factor has several values; the first is kept." in record.notes


def ct(*parameters, below=(), **header):
    """Return the record of a CT report of one event with these acquisition parameters."""
    root = container(
        ("113701", "DCM", "X-Ray Radiation Dose Report"),
        has_concept_mod(
            code(("121058", "DCM", "Procedure reported"), ("P5-08000", "SRT", "CT X-Ray"))
        ),
        container(
            ("113819", "DCM", "CT Acquisition"),
            uidref(("113769", "DCM", "Irradiation Event UID"), "1.2.3"),
            container(("113822", "DCM", "CT Acquisition Parameters"), *parameters),
            *below,
        ),
    )
    return record_of(read_bytes(to_bytes(document(root, **header))))


def test_a_target_region_without_a_code_is_absent():
    """Philips Big Bore scanners leave it empty: OpenREM issue 765."""
    region = code(("123014", "DCM", "Target Region"), ("T-D0010", "SRT", "Entire body"))
    region.ConceptCodeSequence = []

    record = ct(below=(region, num(("113830", "DCM", "Mean CTDIvol"), 23.7, "mGy")))

    assert (record.events[0].target_region, record.events[0].ctdivol_mgy) == ("", 23.7)


def test_a_person_without_a_name_spoils_no_dose_check():
    """Spectrum Dynamics writes value type PERSON NAME and an empty text: OpenREM issue 865."""
    person = text(("113870", "DCM", "Person Name"), "")
    person.ValueType = "PERSON NAME"
    estimate = num(("113905", "DCM", "Accumulated DLP Forward Estimate"), 21.64, "mGy.cm")

    alert = container(("113900", "DCM", "Dose Check Alert Details"), estimate, person)
    found = ct(below=(container(("113829", "DCM", "CT Dose"), alert),)).events[0].dose_check

    assert found.accumulated_dlp_forward_estimate_mgycm == 21.64
    assert found.alert_person_name == ""


# Structure


def test_events_nested_below_the_accumulated_dose_are_read():
    nested = accumulated(
        num(DAP_TOTAL, 3e-5, "Gy.m2"),
        event(num(DAP, 1e-5, "Gy.m2"), uid="1.2.1"),
        event(num(DAP, 2e-5, "Gy.m2"), uid="1.2.2"),
    )

    record = read(report(nested))

    assert [found.dap_gym2 for found in record.events] == [1e-5, 2e-5]
    assert record.totals.dap_gym2 == 3e-5


def test_events_without_a_uid_or_with_the_same_one_are_all_read():
    bare = without(event(num(DAP, 1e-5, "Gy.m2")), "113769")
    same = [event(num(DAP, value, "Gy.m2"), uid="1.2.9") for value in (2e-5, 3e-5)]

    record = read(report(bare, *same))

    assert [found.dap_gym2 for found in record.events] == [1e-5, 2e-5, 3e-5]


def test_without_an_accumulated_container_the_events_are_summed_apart():
    record = read(report(event(num(DAP, 1e-5, "Gy.m2")), event(num(DAP, 2e-5, "Gy.m2"), uid="9")))

    assert record.totals.dap_gym2 is None
    assert record.totals.dap_sum_of_events_gym2 == pytest.approx(3e-5)


def test_biplane_totals_are_the_sum_of_the_planes():
    record = read(
        report(
            accumulated(num(DAP_TOTAL, 1e-5, "Gy.m2"), num(RP_TOTAL, 0.5, "Gy"), plane=PLANE_A),
            accumulated(num(DAP_TOTAL, 3e-5, "Gy.m2"), num(RP_TOTAL, 0.25, "Gy"), plane=PLANE_B),
            event(plane=PLANE_A),
        )
    )

    assert (record.totals.dap_gym2, record.totals.rp_dose_gy) == (pytest.approx(4e-5), 0.75)
    assert [plane.dap_gym2 for plane in record.totals.planes] == [1e-5, 3e-5]


def test_a_row_written_twice_counts_once():
    """Philips Azurion repeats the table height in every event."""
    height = ("113753", "DCM", "Table Height Position")

    found = first_event(num(height, 935, "mm"), num(height, 935, "mm"))

    assert found.table_height_mm == 935


def test_a_wrong_device_type_makes_no_radiography_of_fluoroscopy():
    """Philips Azurion calls itself an integrated radiography system: OpenREM issue 673."""
    kind = code(("122142", "DCM", "Acquisition Device Type"),
                ("113958", "DCM", "Integrated Projection Radiography System"))  # fmt: skip

    record = read(report(kind, accumulated(num(FLUORO_TIME, 9, "s")), event(kind=FLUOROSCOPY)))

    assert record.kind == "RF RDSR"


def test_a_calibration_without_values_is_read_past():
    """Philips Azurion and Opera Swing leave them empty: OpenREM issues 673 and 770."""
    date = datetime_(("113723", "DCM", "Calibration DateTime"), "")
    factor = num(("122322", "DCM", "Calibration Factor"), None, ONE)
    factor.MeasuredValueSequence = [dataset(NumericValue=None)]
    calibration = container(("122505", "DCM", "Calibration"), date, factor)

    record = read(report(accumulated(calibration, num(DAP_TOTAL, 1e-5, "Gy.m2")), event()))

    assert record.totals.dap_gym2 == 1e-5
    assert record.totals.calibration.factor is None


def test_a_protocol_without_text_is_absent():
    """OpenREM issue 612."""
    row = text(("125203", "DCM", "Acquisition Protocol"), "")
    del row.TextValue

    assert first_event(row).acquisition_protocol == ""


def test_a_study_without_a_time_is_read():
    """Varian writes none: OpenREM issue 681."""
    record = read(report(event(num(DAP, 1e-5, "Gy.m2")), StudyDate="20240102", StudyTime=None))

    assert record.study.study_date.isoformat() == "2024-01-02"


def test_a_breast_said_by_its_side_is_that_side():
    left = code(ANATOMY, ("T-04030", "SRT", "Left breast"))

    root = report(event(left, num(AGD, 1.5, "mGy"), kind=STATIONARY), procedure=MAMMOGRAPHY)

    assert read(root).events[0].laterality == "Left"


def test_a_grid_coded_as_its_concept_is_read_by_its_words():
    """GE surgical C-arms: OpenREM issue 181."""
    row = code(GRID, ("111635", "DCM", "Fixed Grid"))

    record = read(report(event(row), Manufacturer="GE OEC Medical Systems"))

    assert [grid.lower() for grid in record.events[0].grid] == ["fixed grid"]
    assert record.quirks == ("ge-grid-coded-as-its-concept",)


def philips(meaning, value):
    return num(("1", "99PHI-IXR-XPER", meaning), value, "mm")


def test_philips_biplane_distance_is_taken_from_its_private_row():
    """Allura Clarity gives only the final distance; shutters are in the plane 1 m away."""
    shutters = [philips(f"{side} Shutter", 100) for side in ("Left", "Right", "Top", "Bottom")]
    for number, row in enumerate(shutters, 2):
        row.ConceptNameCodeSequence[0].CodeValue = str(number)

    found = first_event(philips("Final Distance Source to Detector", 1200), *shutters)

    assert found.source_to_detector_mm is None
    assert found.derived["source_to_detector_mm"] == 1200
    assert found.derived["collimated_field_area_m2"] == pytest.approx(0.24 * 0.24)


def test_a_report_of_two_kinds_at_once_is_refused_in_words():
    administration = container(
        ("113502", "DCM", "Radiopharmaceutical Administration"), num(KVP, 80, "kV")
    )
    root = report(event(), administration, SOPClassUID=f"{MODULE}88.68")

    with pytest.raises(ContentError, match="contradicts itself"):
        read(root)


def test_a_dose_report_cut_off_before_its_content_carries_no_dose():
    """Ziehm after an aborted procedure: OpenREM issue 499."""
    with pytest.raises(NoDose, match="neither totals nor irradiation events"):
        read(report(procedure=None))
