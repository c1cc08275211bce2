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
    has_obs_context,
    instance,
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
    read,
    report,
)

STARTED = ("111526", "DCM", "DateTime Started")
GRID = ("111635", "DCM", "X-Ray Grid")
SOURCE_TO_DETECTOR = ("113750", "DCM", "Distance Source to Detector")
MODULE = "1.2.840.10008.5.1.4.1.1."


def first_event(*rows, **header):
    return read(report(event(*rows), **header)).events[0]


def without(item, concept):
    """Return a container without its rows of a concept."""
    item.ContentSequence = [
        row for row in item.ContentSequence if row.ConceptNameCodeSequence[0].CodeValue != concept
    ]
    return item


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


# Units


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


# Header


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
