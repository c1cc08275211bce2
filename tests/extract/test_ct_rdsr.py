import pytest

from kerma.dicom import write
from kerma.dicom.files import read_bytes
from kerma.dicom.write import code, container, datetime_, has_concept_mod, num, pname, text, uidref
from kerma.errors import ContentError, UnsupportedObject
from kerma.extract import record_of
from kerma.records import CtSource
from tests.extract.ct_reports import (
    BODY,
    DLP_TOTAL,
    DOSE,
    HEAD,
    METHOD,
    NO,
    PARAMETERS,
    PHANTOM,
    YES,
    accumulated,
    dcm,
    dose,
    event,
    parameters,
    read,
    report,
    source,
)


def only(*rows, **attributes):
    """Read a report of one event with these rows."""
    (found,) = read(report(event(*rows, **attributes))).events
    return found


def test_a_report_says_what_was_scanned_how_and_with_what_dose():
    record = read(report(Manufacturer="ACME", ManufacturerModelName="Ring 9", PatientID="1"))

    assert (record.kind, record.modality, record.manufacturer) == ("CT RDSR", "CT", "ACME")
    assert (record.procedure_reported, record.scope_of_accumulation) == (
        "Computed Tomography X-Ray",
        "Study",
    )
    assert (record.totals.events, record.totals.events_declared) == (1, 1)
    assert record.totals.dlp_mgycm == record.totals.dlp_sum_of_events_mgycm == 280
    (found,) = record.events
    assert (found.irradiation_event_uid, found.acquisition_protocol) == ("1.2.3.1", "Thorax")
    assert (found.acquisition_type, found.target_region) == ("Spiral Acquisition", "Chest")
    assert (found.ctdivol_mgy, found.dlp_mgycm) == (8, 280)
    assert found.phantom_type == "IEC Body Dosimetry Phantom"
    assert (found.exposure_time_s, found.scanning_length_mm, found.pitch) == (4.5, 350, 0.9)
    assert (found.kvp, found.tube_current_ma, found.max_tube_current_ma) == (120, 200, 400)


@pytest.mark.parametrize("syntax", write.TRANSFER_SYNTAXES, ids=lambda uid: uid.name)
def test_every_native_transfer_syntax_says_the_same(syntax):
    made = report(StudyInstanceUID="1.2", SeriesInstanceUID="1.3", SOPInstanceUID="1.4")

    assert record_of(read_bytes(write.to_bytes(made, syntax))) == read(made)


@pytest.mark.parametrize(
    ("value", "scheme", "meaning"),
    [
        ("116152004", "SCT", "Spiral Acquisition"),
        ("P5-08001", "SRT", "Spiral Acquisition"),
        ("113804", "DCM", "Sequenced Acquisition"),
        ("113805", "DCM", "Constant Angle Acquisition"),
        ("113806", "DCM", "Stationary Acquisition"),
        ("113807", "DCM", "Free Acquisition"),
        ("702569007", "SCT", "Cone Beam Acquisition"),
    ],
)
def test_the_type_is_named_as_in_the_standard_whatever_the_device_calls_it(value, scheme, meaning):
    found = only(kind=(value, scheme, "Aufnahme"))

    assert (found.acquisition_type, found.acquisition_type_code) == (meaning, value)


def test_a_type_of_the_device_s_own_keeps_its_name():
    assert only(kind=("7", "99ACME", "Wobble")).acquisition_type == "Wobble"


def test_events_are_counted_by_type():
    spiral, localiser = event(uid="1.1"), event(uid="1.2", kind=dcm("113805"))

    totals = read(report(spiral, localiser, event(uid="1.3"))).totals

    assert totals.events_by_type == {"constant angle acquisition": 1, "spiral acquisition": 2}


def test_a_localiser_without_dose_has_none_not_zero():
    found = only(parameters(source()), kind=dcm("113805"))

    assert (found.ctdivol_mgy, found.dlp_mgycm, found.phantom_type) == (None, None, "")


def test_a_dose_of_zero_is_kept():
    assert only(dose(ctdivol=0, dlp=0)).dlp_mgycm == 0


def test_an_empty_number_is_none():
    found = only(dose(ctdivol=None, dlp=12))

    assert (found.ctdivol_mgy, found.dlp_mgycm) == (None, 12)


def test_text_where_a_number_belongs_is_left_out_and_noted():
    made = report(event(parameters(num(dcm("113821"), 1, "mm")), dose()))
    rows = made.ContentSequence[2].ContentSequence[4].ContentSequence
    rows[0].MeasuredValueSequence[0].add_new(0x0040A30A, "LO", "four")

    record = read(made)

    assert record.events[0].exposure_time_s is None
    assert record.events[0].dlp_mgycm == 280
    assert any("not a number" in note for note in record.notes)


@pytest.mark.parametrize(
    ("value", "unit"), [(280, "mGy.cm"), (280, "mGycm"), (2.8, "mGy.m"), (0.28, "Gy.cm")]
)
def test_dose_length_products_are_converted_by_their_unit(value, unit):
    assert only(dose(dlp=value, unit=unit)).dlp_mgycm == pytest.approx(280)


def test_a_dose_in_an_unknown_unit_is_refused():
    with pytest.raises(ContentError, match=r"DLP is in 'furlong', which cannot be read as mGy\.cm"):
        read(report(event(dose(unit="furlong"))))


def test_an_unknown_unit_elsewhere_costs_only_that_value():
    record = read(report(event(container(PARAMETERS, num(dcm("113824"), 3, "furlong")), dose())))

    assert record.events[0].exposure_time_s is None
    assert any("furlong" in note for note in record.notes)


def test_two_sources_are_kept_apart():
    found = only(parameters(num(dcm("113823"), 2, "1"), source("A", 100), source("B", 140)), dose())

    assert found.number_of_xray_sources == 2
    assert found.kvp is None
    assert [(tube.source_id, tube.kvp) for tube in found.sources] == [("A", 100), ("B", 140)]


def test_a_single_source_is_listed_as_well():
    (tube,) = only().sources

    assert tube == CtSource(
        source_id="A", kvp=120, tube_current_ma=200, max_tube_current_ma=400, rotation_time_s=0.5
    )


def test_source_parameters_without_their_container_are_found():
    found = only(parameters(num(dcm("113733"), 80, "kV"), num(dcm("113734"), 30, "mA")))

    assert (found.kvp, found.tube_current_ma) == (80, 30)


def test_several_tube_currents_give_their_mean():
    found = only(parameters(num(dcm("113734"), "100\\200", "mA")))

    assert found.tube_current_ma == 150


def test_containers_nested_a_level_too_deep_are_found():
    found = only(container(PARAMETERS, dose()))

    assert found.dlp_mgycm == 280


def test_events_below_the_accumulated_dose_are_found():
    record = read(report(accumulated(num(DLP_TOTAL, 280, "mGy.cm"), event())))

    assert record.totals.events == 1


def test_variants_of_the_scanned_length():
    lengths = {"113893": 300, "113899": 370, "113895": 1, "113896": -2, "113897": 3, "113898": -4}
    rows = [num(dcm(value), length, "mm") for value, length in lengths.items()]

    found = only(parameters(*rows, uidref(dcm("112227"), "1.9")))

    assert found.length_of_reconstructable_volume_mm == 300
    assert found.exposed_range_mm == 370
    assert found.top_z_location_of_reconstructable_volume_mm == 1
    assert found.bottom_z_location_of_reconstructable_volume_mm == -2
    assert found.top_z_location_of_scanning_length_mm == 3
    assert found.bottom_z_location_of_scanning_length_mm == -4
    assert found.frame_of_reference_uid == "1.9"


def test_lengths_in_other_units_become_millimetres():
    found = only(container(PARAMETERS, num(dcm("113825"), 35, "cm")))

    assert found.scanning_length_mm == pytest.approx(350)


def test_the_size_specific_dose_estimate_says_how_it_was_made():
    diameter = num(
        dcm("113980"), 310, "mm", has_concept_mod(code(METHOD, dcm("113984", "From Localizer")))
    )
    method = dcm("113988", "Estimated from Water Equivalent Diameter")
    estimate = num(dcm("113930"), 11, "mGy", has_concept_mod(code(METHOD, method)), diameter)

    found = only(dose(estimate))

    assert (found.ssde_mgy, found.ssde_method) == (11, method[2])
    assert found.water_equivalent_diameter_mm == 310
    assert found.water_equivalent_diameter_method == "Water Equivalent Diameter From Localizer"


def test_the_water_equivalent_diameter_may_stand_by_itself():
    assert only(dose(num(dcm("113980"), 31, "cm"))).water_equivalent_diameter_mm == 310


def test_the_effective_dose_says_how_it_was_made():
    method = has_concept_mod(code(METHOD, dcm("113800", "DLP to E conversion via MC computation")))
    rows = num(dcm("113839"), 4.2, "mSv", method, num(dcm("113840"), 0.015, "mSv/mGy.cm"))

    found = only(dose(rows))

    assert (found.effective_dose_msv, found.effective_dose_method) == (
        4.2,
        "DLP to E conversion via MC computation",
    )
    assert found.effective_dose_conversion_factor_msv_per_mgycm == 0.015


def test_dose_check_says_what_was_configured_and_who_went_on():
    role = code(dcm("113875"), dcm("113850", "Irradiation Authorizing"))
    alert = container(
        dcm("113900"),
        code(dcm("113901"), YES),
        code(dcm("113902"), NO),
        num(dcm("113903"), 100, "mGy.cm"),
        num(dcm("113905"), 251.2, "mGy.cm"),
        text(dcm("113907"), "obese"),
        pname(dcm("113870"), "Doe^Jo", role),
    )
    notice = container(dcm("113908"), code(dcm("113909"), NO), num(dcm("113914"), 9, "mGy"))

    found = only(dose(alert, notice)).dose_check

    assert (found.dlp_alert_configured, found.ctdivol_alert_configured) == (True, False)
    assert found.dlp_alert_value_mgycm == 100
    assert found.accumulated_dlp_forward_estimate_mgycm == 251.2
    assert (found.alert_reason, found.alert_person_name) == ("obese", "Doe^Jo")
    assert found.alert_person_role == "Irradiation Authorizing"
    assert (found.dlp_notification_configured, found.ctdivol_forward_estimate_mgy) == (False, 9)
    assert found.ctdivol_notification_configured is None


def test_an_event_without_dose_check_has_none():
    assert only().dose_check is None


def test_comments_and_modulation_are_kept_as_written():
    words = "Internal technical scan parameters: Body Size = Adult"
    rows = [text(dcm("121106"), words), text(dcm("121106"), "moved"), text(dcm("113842"), "XYZ_EC")]

    found = only(*rows)

    assert (found.comment, found.modulation_type) == (f"{words}\nmoved", "XYZ_EC")


def test_the_irradiating_device_and_the_operator_of_an_event():
    device = code(
        dcm("113876"),
        dcm("113859", "Irradiating Device"),
        text(dcm("113878"), "ACME"),
        text(dcm("113879"), "Ring 9"),
        text(dcm("113880"), "77"),
        uidref(dcm("121012"), "1.9"),
    )
    operator = pname(dcm("113870"), "Roe^Al", code(dcm("113875"), dcm("113851")))
    doctor = pname(dcm("113870"), "Doe^Jo", code(dcm("113875"), dcm("113850")))

    found = only(device, doctor, operator)

    assert (found.device_manufacturer, found.device_model) == ("ACME", "Ring 9")
    assert (found.device_serial_number, found.device_observer_uid) == ("77", "1.9")
    assert found.operator == "Roe^Al"


def test_a_repeated_acquisition_says_why_and_when():
    why = has_concept_mod(code(dcm("128552"), dcm("128553", "Patient motion")))
    rows = [code(dcm("128551"), YES, why), datetime_(dcm("111526"), "20260102101112.5+0100")]

    found = only(*rows)

    assert (found.is_repeated_acquisition, found.reason_for_repeating) == (True, "Patient motion")
    assert found.date_time_started == "2026-01-02T10:11:12.500000"


def test_the_label_of_an_event_says_what_it_is_taken_from():
    kind = has_concept_mod(code(dcm("113606"), dcm("113607", "Series Number")))

    found = only(text(dcm("113605"), "4", kind))

    assert (found.irradiation_event_label, found.irradiation_event_label_type) == (
        "4",
        "Series Number",
    )


def test_what_is_planned_to_be_reconstructed_is_kept_with_the_event():
    made = report(event())
    kind = made.ContentSequence[2].ContentSequence[2]
    kind.ContentSequence = [code(dcm("113961"), dcm("113963", "Iterative Reconstruction"))]

    found = read(made).events[0]

    assert found.reconstruction_algorithms == ("Iterative Reconstruction",)


def test_dose_in_air_and_the_measured_size_of_the_patient():
    size = (
        num(dcm("113931"), 350, "mm"),
        num(dcm("113932"), 24, "cm"),
        num(dcm("113933"), 290, "mm"),
    )
    rows = num(dcm("113836"), 0.2, "mGy/mA.s"), num(dcm("113837"), 30, "mGy")

    found = only(dose(*rows, num(dcm("113930"), 11, "mGy", *size)))

    assert found.ctdi_freeair_calculation_factor_mgy_per_mas == 0.2
    assert found.mean_ctdi_freeair_mgy == 30
    assert found.measured_lateral_dimension_mm == 350
    assert found.measured_ap_dimension_mm == 240
    assert found.derived_effective_diameter_mm == 290


def test_the_filtration_of_a_source_is_kept_with_it():
    tube = source()
    tube.ContentSequence.append(parameters(num(dcm("113821"), 6.8, "mm")).ContentSequence[-1])

    assert only(parameters(tube)).sources[0].aluminum_equivalent_mm == 6.8


def test_a_person_whose_value_type_is_misspelt_does_not_stop_the_report():
    """Spectrum Dynamics' Veriton writes PERSON NAME and an empty text (openrem issue 865)."""
    person = text(dcm("113870"), "", code(dcm("113875"), dcm("113850", "Irradiation Authorizing")))
    person.ValueType = "PERSON NAME"

    found = only(dose(container(dcm("113900"), code(dcm("113901"), NO), person)), person)

    assert (found.dose_check.alert_person_name, found.dose_check.alert_person_role) == (
        "",
        "Irradiation Authorizing",
    )
    assert found.dlp_mgycm == 280


def test_start_and_end_are_local_times_as_in_the_object():
    rows = datetime_(dcm("113809"), "20260102101112"), datetime_(dcm("113810"), "20260102111213")

    record = read(report(*rows, event()))

    assert record.start_of_irradiation.isoformat() == "2026-01-02T10:11:12"
    assert record.end_of_irradiation.isoformat() == "2026-01-02T11:12:13"


def test_totals_per_phantom_are_added_where_there_is_no_other():
    def total(value, phantom):
        return num(DLP_TOTAL, value, "mGy.cm", code(PHANTOM, phantom))

    assert read(report(accumulated(total(100, BODY), total(20, HEAD)))).totals.dlp_mgycm == 120
    whole = num(DLP_TOTAL, 150, "mGy.cm")
    assert read(report(accumulated(total(100, BODY), whole))).totals.dlp_mgycm == 150
    assert read(report(accumulated(total(100, BODY)))).totals.dlp_mgycm == 100


def test_a_total_that_is_not_declared_is_only_summed():
    totals = read(report(event(uid="1.1"), event(uid="1.2"))).totals

    assert (totals.dlp_mgycm, totals.dlp_sum_of_events_mgycm) == (None, 560)


def test_counts_are_read_whatever_their_unit():
    for unit in ("{events}", "1", "events", "X-ray sources"):
        made = report(container(dcm("113811"), num(dcm("113812"), 4, unit)), event())
        assert read(made).totals.events_declared == 4


@pytest.mark.parametrize("number", ["-1", "1e200"])
def test_an_absurd_count_is_left_out_and_noted(number):
    record = read(report(container(dcm("113811"), num(dcm("113812"), number, "1")), event()))

    assert record.totals.events_declared is None
    assert record.notes == ("Total Number of Irradiation Events cannot be right; left out.",)


def test_a_target_region_without_a_code_does_not_stop_the_report():
    made = report()
    del made.ContentSequence[3].ContentSequence[1].ConceptCodeSequence

    assert read(made).events[0].target_region == ""


def test_relationships_templates_and_meanings_are_not_needed():
    made = report()
    for item in items_of(made):
        item.pop("RelationshipType", None)
        item.pop("ContentTemplateSequence", None)
        if "ConceptNameCodeSequence" in item:
            item.ConceptNameCodeSequence[0].CodeMeaning = "?"

    assert read(made).events[0].dlp_mgycm == 280


def items_of(ds):
    for item in ds.get("ContentSequence", []):
        yield item
        yield from items_of(item)


@pytest.mark.parametrize("procedure", [None, dcm("113704", "Projection X-Ray")])
def test_a_report_with_ct_containers_is_of_ct_whatever_procedure_it_names(procedure):
    assert read(report(procedure=procedure)).kind == "CT RDSR"


def test_a_ct_report_without_events_is_read_as_it_is():
    record = read(report(text(dcm("121106"), "aborted")))

    assert (record.totals.events, record.report_comment) == (0, "aborted")


def test_an_empty_root_of_unknown_procedure_is_refused_by_name():
    made = report(container(DOSE), procedure=("1", "99X", "Sewing"))

    with pytest.raises(UnsupportedObject, match="X-Ray Radiation Dose Report"):
        read(made)
