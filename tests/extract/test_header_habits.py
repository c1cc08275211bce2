"""Habits of devices in headers of reports and images that must not cost a value."""

import pytest

from kerma.dicom.files import read_bytes
from kerma.dicom.write import (
    code,
    container,
    document,
    has_obs_context,
    instance,
    num,
    text,
    to_bytes,
)
from kerma.extract import record_of
from tests.extract.projection_reports import (
    event,
    read,
    report,
)

STARTED = ("111526", "DCM", "DateTime Started")
GRID = ("111635", "DCM", "X-Ray Grid")
SOURCE_TO_DETECTOR = ("113750", "DCM", "Distance Source to Detector")
MODULE = "1.2.840.10008.5.1.4.1.1."


# Reports


def test_the_zero_of_a_calendar_is_no_birth_date():
    """NewTom writes 18991230, the zero of its calendar."""
    record = read(report(event(), StudyDate="20210412", PatientBirthDate="18991230"))

    assert record.patient.age_years is None
    assert record.patient.birth_date.isoformat() == "1899-12-30"


@pytest.mark.parametrize(("said", "years"), [("089Y", 89), ("89Y", 89), ("018M", 1.5), ("", 45.1)])
def test_the_age_is_as_said_or_from_the_birth_date(said, years):
    root = report(event(), StudyDate="20210412", PatientBirthDate="19760301")
    root.add_new(0x00101010, "SH", said)

    assert read(root).patient.age_years == years


REQUEST = {"RequestedProcedureDescription": "XR CHEST"}
REQUEST_CODE = {"RequestedProcedureCodeSequence": ("XC", "L", "XR CHEST")}


@pytest.mark.parametrize(
    "attributes",
    [
        REQUEST,
        REQUEST_CODE,
        {"RequestAttributesSequence": REQUEST},
        {"RequestAttributesSequence": REQUEST_CODE},
        {"ReferencedRequestSequence": REQUEST},
        {"ReferencedRequestSequence": REQUEST_CODE},
    ],
    ids=lambda attributes: str([*attributes]),
)
def test_the_requested_procedure_is_found_wherever_it_is(attributes):
    assert read(report(event(), **attributes)).study.requested_procedure == "XR CHEST"


def test_maker_and_model_of_the_observer_stand_in_for_the_header():
    root = report(event())
    names = (("121014", "Manufacturer", "Ziehm"), ("121015", "Model Name", "Vision RFD"),
             ("121016", "Serial Number", "4711"))  # fmt: skip
    for value, meaning, said in names:
        row = text((value, "DCM", f"Device Observer {meaning}"), said)
        root.ContentSequence.append(has_obs_context(row))

    record = read(root)

    assert (record.manufacturer, record.model) == ("Ziehm", "Vision RFD")
    assert record.device.serial_number == "4711"


# Images


def image(sop_class, modality, **attributes):
    made = instance(MODULE + sop_class, Modality=modality, Rows=1, Columns=1, **attributes)
    return record_of(read_bytes(to_bytes(made)))


def test_a_siemens_filter_named_by_its_type_is_read():
    record = image("1.1", "DX", Manufacturer="SIEMENS", KVP="70", FilterType="CU_0.2_MM")

    [found] = record.events[0].filters
    assert (found.material, found.thickness_min_mm, found.thickness_max_mm) == ("Copper", 0.2, 0.2)
    assert record.quirks == ("siemens-filter-in-filter-type",)


def test_words_for_a_filter_thickness_are_left_out():
    """OpenREM issue 645."""
    made = instance(f"{MODULE}1.1", Modality="DX", KVP="70", FilterMaterial="ALUMINUM")
    made.add_new(0x00187052, "LO", "none")

    [found] = record_of(read_bytes(to_bytes(made))).events[0].filters

    assert (found.material, found.thickness_min_mm) == ("Aluminum", None)


def test_whole_numbers_with_decimals_are_read():
    made = instance(f"{MODULE}1.1", Modality="DX", KVP="70")
    made.add_new(0x00181152, "LO", "12.5")

    assert record_of(read_bytes(to_bytes(made))).events[0].exposure_mas == 12.5


def test_an_acquisition_stored_as_secondary_capture_needs_no_pixels():
    """Hologic keeps the projections of a tomosynthesis so: OpenREM issue 411."""
    made = instance(f"{MODULE}7", Modality="MG", ImageType=["ORIGINAL", "PRIMARY"], KVP="31",
                    OrganDose="0.0026", Laterality="R", Manufacturer="HOLOGIC, Inc.")  # fmt: skip

    record = record_of(read_bytes(to_bytes(made)))

    assert record.events[0].laterality == "Right"
    assert record.totals.agd_right_mgy == pytest.approx(0.26)


@pytest.mark.parametrize("reader", ["lean", "pydicom"])
def test_numbers_of_half_a_length_are_left_out(reader):
    """A Siemens room sends an FL of two bytes: OpenREM issue 1006."""
    data = to_bytes(instance(f"{MODULE}1.1", Modality="DX", KVP="70"))
    place = data.index(b"\x20\0\x0d\0UI")
    exposure_in_mas = b"\x18\0\x32\x93FD\4\0\0\0\0\0"
    private = b"\x21\0\x0c\x10FL\2\0\0\0"

    record = record_of(read_bytes(data[:place] + exposure_in_mas + data[place:] + private, reader))

    assert (record.events[0].kvp, record.events[0].exposure_mas) == (70.0, None)


# Radiopharmaceuticals


def nuclear(*rows, **header):
    root = container(("113500", "DCM", "Radiopharmaceutical Radiation Dose Report"), *rows)
    made = document(root, SOPClassUID=f"{MODULE}88.68", **header)
    return record_of(read_bytes(to_bytes(made)))


def administration(*rows):
    return container(("113502", "DCM", "Radiopharmaceutical Administration"), *rows)


SPECIFIC = num(("123007", "DCM", "Radiopharmaceutical Specific Activity"), 12, "Bq/mmol")
AGENT = ("349358000", "SCT", "Radiopharmaceutical agent")
FDG = ("C-B1031", "SRT", "Fluorodeoxyglucose F^18^")


@pytest.mark.parametrize(
    "rows", [(code(AGENT, FDG, SPECIFIC),), (code(AGENT, FDG), SPECIFIC)], ids=["below", "beside"]
)
def test_the_specific_activity_is_read_below_the_agent_or_beside_it(rows):
    [event] = nuclear(administration(*rows)).events

    assert event.radiopharmaceutical_specific_activity_bq_per_mol == 12_000


def test_patient_characteristics_fill_in_what_the_header_lacks():
    state = container(
        ("121118", "DCM", "Patient Characteristics"),
        num(("121033", "DCM", "Subject Age"), 47, "a"),
        num(("8302-2", "LN", "Patient Height"), 168, "cm"),
        num(("29463-7", "LN", "Patient Weight"), 68, "kg"),
    )

    patient = nuclear(administration(code(AGENT, FDG)), state, PatientWeight="70").patient

    assert (patient.age_years, patient.height_m, patient.weight_kg) == (47, 1.68, 70)
