"""Projection X-ray dose reports: fluoroscopy, angiography, radiography (TID 10001 to 10008)."""

import pytest
from pydicom.uid import ComprehensiveSRStorage

from kerma.dicom.files import read_bytes
from kerma.dicom.write import (
    code,
    container,
    has_concept_mod,
    image,
    num,
    pname,
    related,
    text,
    to_bytes,
)
from kerma.errors import ContentError, NoDose, UnsupportedObject
from kerma.extract import record_of
from kerma.records import Filter
from tests.extract.projection_reports import (
    COMMENT,
    DAP,
    DAP_TOTAL,
    FLUORO_TIME,
    FLUOROSCOPY,
    IMAGE_VIEW,
    KVP,
    LEFT,
    ONE,
    PLANE_A,
    PLANE_B,
    ROTATIONAL,
    RP_DOSE,
    RP_TOTAL,
    TARGET_REGION,
    accumulated,
    event,
    read,
    report,
    x_ray_filter,
)

FLUORO_DAP = ("113726", "DCM", "Fluoro Dose Area Product Total")
PULSES = ("113768", "DCM", "Number of Pulses")
PULSE_WIDTH = ("113793", "DCM", "Pulse Width")
PULSE_RATE = ("113791", "DCM", "Pulse Rate")
SOURCE_TO_ISOCENTER = ("113748", "DCM", "Distance Source to Isocenter")
SOURCE_TO_DETECTOR = ("113750", "DCM", "Distance Source to Detector")
REFERENCE_POINT = ("113780", "DCM", "Reference Point Definition")
DEVICE_TYPE = ("122142", "DCM", "Acquisition Device Type")
FLUOROSCOPY_GUIDED = ("113957", "DCM", "Fluoroscopy-Guided Projection Radiography System")
ORIENTATION = ("113743", "DCM", "Patient Orientation")
ORIENTATION_MODIFIER = ("113744", "DCM", "Patient Orientation Modifier")
RECUMBENT = ("F-10450", "SRT", "recumbent")
SUPINE = ("F-10340", "SRT", "supine")
PHILIPS = "99PHI-IXR-XPER"


def only_event(*rows, **kwargs):
    return read(report(accumulated(), event(*rows, **kwargs))).events[0]


def test_an_event_has_its_uid_time_type_and_plane():
    found = only_event(kind=FLUOROSCOPY, uid="1.2.826.1")

    assert found.irradiation_event_uid == "1.2.826.1"
    assert found.date_time_started.isoformat() == "2024-01-02T03:04:05.250000"
    assert found.event_type == "Fluoroscopy"
    assert found.event_type_code == "P5-06000"
    assert found.acquisition_plane == "Single Plane"


@pytest.mark.parametrize(
    ("value", "unit", "gy_m2"),
    [
        (1.034, "dGy.cm2", 1.034e-5),
        (1.6e-5, "Gym2", 1.6e-5),
        (1.6e-5, "Gy.m2", 1.6e-5),
        (16, "uGy.m2", 1.6e-5),
        (160, "mGy.cm2", 1.6e-5),
        (16, "cGy.cm2", 1.6e-5),
        (0.113, "dGy*cm^2", 1.13e-6),
        (16, "µGym²", 1.6e-5),
    ],
)
def test_dose_area_product_is_converted_from_the_unit_the_device_writes(value, unit, gy_m2):
    assert only_event(num(DAP, value, unit)).dap_gym2 == pytest.approx(gy_m2)


@pytest.mark.parametrize(("value", "unit"), [(1.034, "mGy"), (0.001034, "Gy"), (1034, "uGy")])
def test_dose_at_the_reference_point_is_in_gray(value, unit):
    assert only_event(num(RP_DOSE, value, unit)).rp_dose_gy == pytest.approx(0.001034)


def test_an_absent_unit_is_the_templates_own_and_noted():
    ds = report(accumulated(), event(num(RP_DOSE, 0.0016, "Gy")))
    row = ds.ContentSequence[-1].ContentSequence[-1]
    del row.MeasuredValueSequence[0].MeasurementUnitsCodeSequence

    found = read(ds)

    assert found.events[0].rp_dose_gy == 0.0016
    assert "Dose (RP) has no unit; read as Gy." in found.notes


def test_a_dose_in_an_unknown_unit_is_refused():
    with pytest.raises(ContentError, match=r"Dose Area Product is in 'Gy\.furlong2'"):
        only_event(num(DAP, 1, "Gy.furlong2"))


def test_another_value_in_an_unknown_unit_is_left_out_with_a_note():
    found = read(report(accumulated(), event(num(SOURCE_TO_DETECTOR, 3, "furlong"))))

    assert found.events[0].source_to_detector_mm is None
    assert any("furlong" in note for note in found.notes)


def test_an_annotation_does_not_change_a_unit():
    layer = ("111634", "DCM", "Half Value Layer")

    assert only_event(num(layer, 3.1, "mm{Al}")).half_value_layer_mm == 3.1


def test_a_number_without_measured_value_is_unknown_and_zero_is_zero():
    found = only_event(num(DAP, None, "Gy.m2"), num(RP_DOSE, 0, "Gy"))

    assert found.dap_gym2 is None
    assert found.rp_dose_gy == 0


def test_a_floating_point_value_stands_in_for_a_missing_decimal_string():
    ds = report(accumulated(), event(num(RP_DOSE, 1, "Gy")))
    measured = ds.ContentSequence[-1].ContentSequence[-1].MeasuredValueSequence[0]
    del measured.NumericValue
    measured.FloatingPointValue = 0.0125

    assert read(ds).events[0].rp_dose_gy == 0.0125


def test_text_in_a_number_is_left_out_with_a_note():
    data = to_bytes(report(accumulated(), event(num(KVP, 7777, "kV"), num(DAP, 1e-6, "Gy.m2"))))

    found = record_of(read_bytes(data.replace(b"7777", b"none")))

    assert found.events[0].kvp is None
    assert found.events[0].dap_gym2 == 1e-6
    assert any("not a number" in note for note in found.notes)


def test_values_per_pulse_are_kept_with_their_mean_without_zeros():
    found = only_event(*(num(KVP, value, "kV") for value in (70, 0, 80)))

    assert found.kvp_values == (70, 0, 80)
    assert found.kvp == 75


def test_values_per_pulse_may_stand_in_one_item():
    found = only_event(num(KVP, "70\\0\\80", "kV"))

    assert found.kvp_values == (70, 0, 80)
    assert found.kvp == 75


def test_one_value_is_no_list():
    found = only_event(num(KVP, 81, "kV"))

    assert (found.kvp, found.kvp_values) == (81, ())


def test_the_uid_of_an_event_may_stand_under_the_code_of_its_type():
    ds = event(uid="1.2.77")
    ds.ContentSequence[1].ConceptNameCodeSequence[0].CodeValue = "113853"

    assert read(report(ds)).events[0].irradiation_event_uid == "1.2.77"


@pytest.mark.parametrize("value", ["113735", "113824"])
def test_exposure_time_is_read_under_its_former_and_its_present_code(value):
    row = num((value, "DCM", "Exposure Time"), 12.5, "ms")

    assert only_event(row).exposure_time_ms == 12.5


@pytest.mark.parametrize("unit", ["uA.s", "uAs"])
def test_exposure_is_in_milliampere_seconds(unit):
    row = num(("113736", "DCM", "Exposure"), 9586, unit)

    assert only_event(row).exposure_mas == pytest.approx(9.586)


def test_rows_are_found_by_code_whatever_meaning_relationship_and_scheme_spelling():
    row = related("HAS PROPERTIES", num(("122130", "dcm", "Dosisflächenprodukt"), 1e-6, "Gy.m2"))

    assert only_event(row).dap_gym2 == 1e-6


def test_rows_in_a_group_of_their_own_are_found():
    group = container(("113943", "99X", "Source data"), num(KVP, 77, "kV"))

    assert only_event(group).kvp == 77


def test_a_row_in_its_place_wins_over_one_in_a_group():
    group = container(("1", "99X", "Nominal"), num(KVP, 1, "kV"), num(DAP, 9, "Gy.m2"))

    found = only_event(group, num(KVP, 77, "kV"), num(DAP, 1e-6, "Gy.m2"))

    assert (found.kvp, found.kvp_values) == (77, ())
    assert found.dap_gym2 == 1e-6


def test_filters_keep_their_order_and_put_thickness_limits_in_order():
    found = only_event(x_ray_filter(), x_ray_filter("C-120F9", least=0.3, most=0.1))

    assert found.filters == (
        Filter(
            type="Strip filter",
            material="Copper or Copper compound",
            material_code="C-127F9",
            thickness_min_mm=0.1,
            thickness_max_mm=0.3,
        ),
        Filter(
            type="Strip filter",
            material="Copper or Copper compound",
            material_code="C-120F9",
            thickness_min_mm=0.1,
            thickness_max_mm=0.3,
        ),
    )


def test_a_filter_without_thickness_has_none():
    bare = x_ray_filter()
    bare.ContentSequence = bare.ContentSequence[:2]

    found = only_event(bare).filters[0]

    assert (found.thickness_min_mm, found.thickness_max_mm) == (None, None)


def test_no_filter_says_so_and_nothing_else():
    none = container(
        ("113771", "DCM", "X-Ray Filters"),
        code(("113772", "DCM", "X-Ray Filter Type"), ("111609", "DCM", "No Filter")),
    )

    assert only_event(none).filters == (Filter(type="No Filter"),)


def test_reference_point_may_be_coded_or_text():
    coded = only_event(
        code(REFERENCE_POINT, ("113860", "DCM", "15cm from Isocenter toward Source"))
    )
    worded = only_event(text(REFERENCE_POINT, "15cm below BeamIsocenter"))

    assert coded.reference_point_definition == "15cm from Isocenter toward Source"
    assert coded.reference_point_definition_code == "113860"
    assert worded.reference_point_definition == "15cm below BeamIsocenter"
    assert worded.reference_point_definition_code == ""


def test_the_orientation_modifier_is_read_below_and_beside_the_orientation():
    modifier = code(ORIENTATION_MODIFIER, SUPINE)
    below = only_event(code(ORIENTATION, RECUMBENT, has_concept_mod(modifier)))
    beside = only_event(code(ORIENTATION, RECUMBENT), code(ORIENTATION_MODIFIER, SUPINE))

    for found in (below, beside):
        assert found.patient_orientation == "recumbent"
        assert found.patient_orientation_modifier == "supine"


@pytest.mark.parametrize(
    "rows",
    [
        (code(TARGET_REGION, ("T-D8200", "SRT", "Arm"), code(("G-C171", "SRT", "x"), LEFT)),),
        (code(TARGET_REGION, ("T-D8200", "SRT", "Arm")), code(("G-C171", "SRT", "x"), LEFT)),
        (code(IMAGE_VIEW, ("R-10206", "SRT", "ap"), code(("272741003", "SCT", "x"), LEFT)),),
    ],
    ids=["below the region", "beside it", "below the view, in SNOMED CT"],
)
def test_laterality_is_found_in_either_place(rows):
    assert only_event(*rows).laterality == "Left"


def test_geometry_of_a_rotation_is_read_with_its_end():
    found = only_event(
        num(("112011", "DCM", "Positioner Primary Angle"), 90, "deg"),
        num(("113739", "DCM", "Positioner Primary End Angle"), -120, "deg"),
        num(("113751", "DCM", "Table Longitudinal Position"), -60, "mm"),
        num(("113759", "DCM", "Table Longitudinal End Position"), -5, "cm"),
        num(("128766", "DCM", "Table X Position to Isocenter"), 12, "mm"),
        kind=ROTATIONAL,
    )

    assert (found.primary_angle_deg, found.primary_end_angle_deg) == (90, -120)
    assert (found.table_longitudinal_mm, found.table_longitudinal_end_mm) == (-60, -50)
    assert found.table_x_to_isocenter_mm == 12


def test_references_to_images_without_a_uid_are_left_out():
    named = image(("113795", "DCM", "Acquired Image"), "1.2.840.10008.5.1.4.1.1.12.1", "1.2.9")
    empty = image(("113795", "DCM", "Acquired Image"), "1.2.840.10008.5.1.4.1.1.12.1", "1.2.8")
    del empty.ReferencedSOPSequence[0].ReferencedSOPInstanceUID

    assert only_event(empty, named).acquired_image_uids == ("1.2.9",)


def test_device_and_operator_of_an_event_are_read_from_its_participants():
    device = code(
        ("113876", "DCM", "Device Role in Procedure"),
        ("113859", "DCM", "Irradiating Device"),
        text(("113878", "DCM", "Device Manufacturer"), "Maker"),
        text(("113879", "DCM", "Device Model Name"), "Model"),
        text(("113880", "DCM", "Device Serial Number"), "42"),
    )
    person = pname(
        ("113870", "DCM", "Person Name"),
        "Radiographer^A",
        code(
            ("113875", "DCM", "Person Role in Procedure"),
            ("113851", "DCM", "Irradiation Administering"),
        ),
    )

    found = only_event(device, person)

    assert (found.device_manufacturer, found.device_model) == ("Maker", "Model")
    assert (found.device_serial_number, found.operator) == ("42", "Radiographer^A")


def test_private_rows_are_kept_under_the_makers_names_without_persons():
    found = only_event(
        num(("026", PHILIPS, "Object Thickness"), 145.5, "mm"),
        container(("023", PHILIPS, "Detector"), num(("024", PHILIPS, "X side"), 380, "mm")),
        text(("030", PHILIPS, "Fluoro Flavour"), "Low"),
        text(("027", PHILIPS, "Performing Physicians Name"), "Secret^Name"),
        text(("028", PHILIPS, "Applicationgroup Name"), ""),
    )

    assert found.vendor_private == {
        "object thickness": 145.5,
        "x side": 380,
        "fluoro flavour": "Low",
    }


def test_philips_shutters_give_the_field_at_the_detector():
    """Similar triangles: a side at 1 m from the focus grows with the distance to the detector."""
    sides = {"006": ("Bottom", 50), "007": ("Left", 60), "008": ("Right", 70), "009": ("Top", 80)}

    found = only_event(
        num(SOURCE_TO_DETECTOR, 1200, "mm"),
        *(num((key, PHILIPS, f"{name} Shutter"), v, "mm") for key, (name, v) in sides.items()),
    )

    assert found.derived["collimated_field_height_mm"] == pytest.approx(130 * 1.2)
    assert found.derived["collimated_field_width_mm"] == pytest.approx(130 * 1.2)
    assert found.derived["collimated_field_area_m2"] == pytest.approx(0.156**2)
    assert found.collimated_field_area_m2 is None


def test_a_field_the_report_gives_itself_is_not_worked_out_again():
    area = num(("113790", "DCM", "Collimated Field Area"), 0.02, "m2")
    shutters = [num((f"00{n}", PHILIPS, name), 50, "mm") for n, name in enumerate("abcd", 6)]

    found = only_event(area, *shutters, num(SOURCE_TO_DETECTOR, 1200, "mm"))

    assert found.collimated_field_area_m2 == 0.02
    assert found.derived == {}


def test_exposure_time_follows_from_pulses_where_it_is_not_said():
    said = num(("113824", "DCM", "Exposure Time"), 7, "ms")
    pulses = (num(PULSES, 98, ONE), num(PULSE_WIDTH, 4.5, "ms"))

    assert only_event(*pulses).derived == {"exposure_time_ms": 441}
    assert only_event(*pulses, said).derived == {}


SIEMENS_REPORT = '<Root><PatientPosition><Position SRData="{} "/></PatientPosition></Root>'


@pytest.mark.parametrize(
    ("position", "table", "modifier"),
    [
        ("HFS", "headfirst", "supine"),
        ("FFP", "feet-first", "prone"),
        ("HFDR", "headfirst", "right lateral decubitus"),
    ],
)
def test_the_position_in_the_xml_of_siemens_holds_for_every_event(position, table, modifier):
    comment = text(COMMENT, SIEMENS_REPORT.format(position))

    found = read(report(accumulated(), event(), event(uid="1.2.4"), comment))

    assert found.totals.patient_position == position
    for each in found.events:
        assert each.derived["patient_table_relationship"] == table
        assert each.derived["patient_orientation"] == "recumbent"
        assert each.derived["patient_orientation_modifier"] == modifier


def test_a_position_that_changed_is_not_known_for_the_events():
    comment = text(COMMENT, SIEMENS_REPORT.format("HFS") + SIEMENS_REPORT.format("HFP"))

    found = read(report(accumulated(), event(), comment))

    assert found.totals.patient_position == ""
    assert found.events[0].derived == {}
    assert any("position changed" in note for note in found.notes)


def test_a_coded_position_is_not_overruled_by_the_xml_of_siemens():
    relation = code(
        ("113745", "DCM", "Patient Table Relationship"), ("F-10480", "SRT", "feet-first")
    )
    comment = text(COMMENT, SIEMENS_REPORT.format("HFS"))

    found = read(report(accumulated(), event(relation), comment)).events[0]

    assert found.patient_table_relationship == "feet-first"
    assert "patient_table_relationship" not in found.derived


def test_the_detector_size_in_the_xml_of_siemens_is_read_even_where_it_is_not_well_formed():
    comment = text(COMMENT, '<FluoroData><SceneName SRData="a<b"/><iiDiameter SRData="220"/>')

    assert only_event(comment).derived == {"detector_field_size_mm": 220}


def test_totals_are_as_declared_with_the_sums_of_events_beside():
    declared = accumulated(
        num(DAP_TOTAL, 2.12e-6, "Gy.m2"),
        num(RP_TOTAL, 0.0001, "Gy"),
        num(FLUORO_TIME, 4, "s"),
        num(("113731", "DCM", "Total Number of Radiographic Frames"), 2, ONE),
    )
    events = [
        event(num(DAP, 1.1e-6, "Gy.m2"), num(RP_DOSE, 3e-5, "Gy"), uid="1.1", kind=FLUOROSCOPY),
        event(num(DAP, 0.9e-6, "Gy.m2"), num(RP_DOSE, 3e-5, "Gy"), uid="1.2"),
    ]

    found = read(report(declared, *events)).totals

    assert (found.events, found.number_of_planes, found.radiographic_frames) == (2, 1, 2)
    assert (found.dap_gym2, found.rp_dose_gy, found.fluoro_time_s) == (2.12e-6, 0.0001, 4)
    assert found.dap_sum_of_events_gym2 == pytest.approx(2.0e-6)
    assert found.rp_dose_sum_of_events_gy == pytest.approx(6e-5)
    assert found.events_by_type == {"fluoroscopy": 1, "stationary acquisition": 1}
    assert found.planes == ()


def test_a_report_without_totals_gives_the_sums_only():
    found = read(report(event(num(DAP, 1e-6, "Gy.m2")), event(num(DAP, 2e-6, "Gy.m2")))).totals

    assert found.dap_gym2 is None
    assert found.dap_sum_of_events_gym2 == pytest.approx(3e-6)
    assert found.number_of_planes is None


def test_biplane_totals_are_the_sum_of_the_planes():
    a = accumulated(num(DAP_TOTAL, 1e-5, "Gy.m2"), num(FLUORO_TIME, 30, "s"), plane=PLANE_A)
    b = accumulated(num(DAP_TOTAL, 3e-5, "Gy.m2"), num(FLUORO_TIME, 12, "s"), plane=PLANE_B)

    found = read(report(a, b, event(plane=PLANE_A), event(plane=PLANE_B))).totals

    assert found.dap_gym2 == pytest.approx(4e-5)
    assert found.fluoro_time_s == 42
    assert found.number_of_planes == 2
    assert [(each.plane, each.dap_gym2) for each in found.planes] == [
        ("Plane A", 1e-5),
        ("Plane B", 3e-5),
    ]


def test_a_container_of_all_planes_is_the_total_and_not_added():
    planes = [
        accumulated(num(DAP_TOTAL, value, "Gy.m2"), plane=plane)
        for value, plane in (
            (1e-5, PLANE_A), (3e-5, PLANE_B), (4.01e-5, ("113890", "DCM", "All Planes")),
        )
    ]  # fmt: skip

    found = read(report(*planes)).totals

    assert found.dap_gym2 == 4.01e-5
    assert found.number_of_planes == 2


def test_a_container_repeated_word_for_word_counts_once():
    total = [accumulated(num(DAP_TOTAL, 1e-5, "Gy.m2")) for _ in range(2)]

    assert read(report(*total)).totals.dap_gym2 == 1e-5


def test_a_total_under_the_code_of_an_events_value_is_a_total_where_it_stands():
    found = read(report(accumulated(num(DAP, 3e-5, "Gy.m2"), num(RP_DOSE, 0.2, "Gy")))).totals

    assert (found.dap_gym2, found.rp_dose_gy) == (3e-5, 0.2)


def test_calibration_is_read():
    calibration = container(
        ("122505", "DCM", "Calibration"),
        num(("122322", "DCM", "Calibration Factor"), 0.98, ONE),
        num(("113763", "DCM", "Calibration Uncertainty"), 5, "%"),
        text(("113724", "DCM", "Calibration Responsible Party"), "Physics"),
    )

    found = read(report(accumulated(calibration))).totals.calibration

    assert (found.factor, found.uncertainty_percent) == (0.98, 5)
    assert found.responsible_party == "Physics"


def test_a_distance_given_once_for_all_events_holds_for_each():
    distance = num(("113737", "DCM", "Distance Source to Reference Point"), 297, "mm")

    found = read(report(accumulated(distance), event()))

    assert found.events[0].source_to_reference_point_mm == 297


@pytest.mark.parametrize(
    ("rows", "kind"),
    [
        ([accumulated(num(FLUORO_TIME, 28, "s"))], "RF RDSR"),
        ([accumulated(num(FLUORO_DAP, 1e-6, "Gy.m2"))], "RF RDSR"),
        ([accumulated(), event(kind=FLUOROSCOPY)], "RF RDSR"),
        ([accumulated(num(FLUORO_TIME, 0, "s")), event()], "DX RDSR"),
        ([accumulated(), event()], "DX RDSR"),
        ([code(DEVICE_TYPE, FLUOROSCOPY_GUIDED), accumulated(), event()], "RF RDSR"),
        ([accumulated(), event(plane=PLANE_B)], "RF RDSR"),
        (
            [event(num(PULSE_RATE, 15, "{pulse}/s"), num(SOURCE_TO_ISOCENTER, 765, "mm"))],
            "RF RDSR",
        ),
    ],
    ids=[
        "fluoroscopy time",
        "fluoroscopy dose",
        "a fluoroscopy event",
        "no fluoroscopy on a combined system",
        "radiographs",
        "device type",
        "biplane",
        "a run of an angiography system",
    ],
)
def test_fluoroscopy_and_radiography_are_told_apart_by_content(rows, kind):
    found = read(report(*rows))

    assert found.kind == kind
    assert found.modality == kind[:2]


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        ({"ModalitiesInStudy": ["XA", "SR"]}, "RF RDSR"),
        ({"ModalitiesInStudy": ["DX", "RF"]}, "DX RDSR"),
        ({"Modality": "XA"}, "RF RDSR"),
    ],
)
def test_modalities_of_the_header_decide_where_the_content_does_not(header, kind):
    assert read(report(accumulated(), event(), **header)).kind == kind


def test_the_context_of_the_report_is_read():
    found = read(
        report(
            code(("113705", "DCM", "Scope of Accumulation"), ("113014", "DCM", "Study")),
            accumulated(),
            text(COMMENT, "first"),
            code(
                ("113854", "DCM", "Source of Dose Information"),
                ("A-2C090", "SRT", "Dosimeter"),
            ),
        )
    )

    assert found.procedure_reported == "Projection X-Ray"
    assert found.intent == "Diagnostic Intent"
    assert found.scope_of_accumulation == "Study"
    assert found.source_of_dose_information == ("Dosimeter",)
    assert found.report_comment == "first"
    assert found.device.device_observer_uid == "1.2.840.99.1"


def test_maker_and_model_come_from_the_observer_where_the_header_has_none():
    observer = text(("121015", "DCM", "Device Observer Model Name"), "Allura Xper")

    found = read(report(observer, accumulated(), Manufacturer="Maker"))

    assert (found.manufacturer, found.model, found.device.model) == (
        "Maker",
        "Allura Xper",
        "Allura Xper",
    )


def test_a_report_wrapped_in_another_class_without_template_and_procedure_is_read():
    ds = report(accumulated(), event(num(DAP, 1e-6, "Gy.m2")), procedure=None)
    ds.SOPClassUID = ComprehensiveSRStorage
    del ds.ContentTemplateSequence

    found = read(ds)

    assert found.kind == "DX RDSR"
    assert found.events[0].dap_gym2 == 1e-6


def test_containers_one_level_too_deep_are_found():
    group = container(("1", "99X", "Dose"), accumulated(num(DAP_TOTAL, 2e-6, "Gy.m2")), event())

    found = read(report(group))

    assert found.totals.dap_gym2 == 2e-6
    assert len(found.events) == 1


def test_an_empty_report_carries_no_dose():
    with pytest.raises(NoDose, match="neither totals nor irradiation events"):
        read(report())


def test_another_structured_report_is_refused_by_name():
    ds = report(procedure=None)
    ds.ConceptNameCodeSequence[0].CodeValue = "121144"
    ds.ConceptNameCodeSequence[0].CodeMeaning = "Document Title"

    with pytest.raises(UnsupportedObject, match="Document Title"):
        read(ds)
