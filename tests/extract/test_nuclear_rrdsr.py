import pytest

from kerma.dicom.files import read_bytes
from kerma.dicom.write import (
    code,
    container,
    datetime_,
    document,
    has_concept_mod,
    num,
    pname,
    text,
    to_bytes,
    uidref,
)
from kerma.errors import ContentError, NoDose
from kerma.extract import record_of

RRDSR = "1.2.840.10008.5.1.4.1.1.88.68"
COMPREHENSIVE = "1.2.840.10008.5.1.4.1.1.88.33"
TITLE = ("113500", "DCM", "Radiopharmaceutical Radiation Dose Report")
ADMINISTRATION = ("113502", "DCM", "Radiopharmaceutical Administration")
AGENT = ("349358000", "SCT", "Radiopharmaceutical agent")
FDG = ("35321007", "SCT", "Fluorodeoxyglucose F^18^")
NUCLIDE = ("89457008", "SCT", "Radionuclide")
FLUORINE = ("77004003", "SCT", "^18^Fluorine")
HALF_LIFE = ("304283002", "SCT", "Radionuclide Half Life")
ACTIVITY = ("113507", "DCM", "Administered activity")
START = ("123003", "DCM", "Radiopharmaceutical Start DateTime")
EVENT_UID = ("113503", "DCM", "Radiopharmaceutical Administration Event UID")
ROUTE = ("410675002", "SCT", "Route of administration")
INTRAVENOUS = ("47625008", "SCT", "Intravenous route")
SITE = ("272737002", "SCT", "Site of")
LATERALITY = ("272741003", "SCT", "Laterality")
LEFT = ("7771000", "SCT", "Left")
ORGAN_DOSE_INFORMATION = ("113517", "DCM", "Organ Dose Information")
ORGAN_DOSE = ("113518", "DCM", "Organ Dose")
FINDING_SITE = ("363698007", "SCT", "Finding Site")
KIDNEY = ("64033007", "SCT", "Kidney")
MASS = ("118538004", "SCT", "Mass")
METHOD = ("370129005", "SCT", "Measurement Method")
AUTHORITY = ("121406", "DCM", "Reference Authority")
EFFECTIVE_DOSE = ("113839", "DCM", "Effective Dose")
PATIENT = ("121118", "DCM", "Patient Characteristics")
PERSON = ("113870", "DCM", "Person Name")
ROLE = ("113875", "DCM", "Person Role in Procedure")


def report(*content, sop_class=RRDSR, title=TITLE):
    root = container(title, *content, template="10021")
    return record_of(read_bytes(to_bytes(document(root, SOPClassUID=sop_class))))


def administration(*rows):
    return report(container(ADMINISTRATION, *rows, template="10022")).events[0]


def test_what_was_administered_when_and_how_much():
    event = administration(
        code(AGENT, FDG, code(NUCLIDE, FLUORINE), num(HALF_LIFE, 6586.2, "s")),
        uidref(EVENT_UID, "1.2.3"),
        datetime_(START, "20220224104030.000000"),
        datetime_(("123004", "DCM", "Radiopharmaceutical Stop DateTime"), "20220224104100"),
        num(ACTIVITY, 394, "MBq"),
        num(("123005", "DCM", "Radiopharmaceutical Volume"), 1.2, "cm3"),
    )

    assert event.radiopharmaceutical_agent == "Fluorodeoxyglucose F^18^"
    assert (event.radionuclide, event.radionuclide_code) == ("^18^Fluorine", "77004003")
    assert (event.radionuclide_half_life_s, event.administration_event_uid) == (6586.2, "1.2.3")
    assert event.start.isoformat() == "2022-02-24T10:40:30"
    assert event.stop.isoformat() == "2022-02-24T10:41:00"
    assert (event.administered_activity_mbq, event.volume_cm3) == (394, 1.2)


def test_snomed_rt_codes_say_the_same():
    event = administration(
        code(
            ("F-61FDB", "SRT", "Radiopharmaceutical agent"),
            ("C-B1031", "SRT", "Fluorodeoxyglucose F^18^"),
            code(("C-10072", "SRT", "Radionuclide"), ("C-111A1", "SRT", "^18^Fluorine")),
            num(("R-42806", "SRT", "Radionuclide Half Life"), 6586.2, "s"),
        ),
        code(("G-C340", "SRT", "Route"), ("G-D101", "SRT", "Intravenous route")),
    )

    assert event.radiopharmaceutical_agent == "Fluorodeoxyglucose F^18^"
    assert (event.radionuclide, event.radionuclide_half_life_s) == ("^18^Fluorine", 6586.2)
    assert event.route == "Intravenous route"


def test_a_nuclide_beside_its_agent_is_found():
    event = administration(code(AGENT, FDG), code(NUCLIDE, FLUORINE), num(HALF_LIFE, 109.77, "min"))

    assert event.radionuclide == "^18^Fluorine"
    assert event.radionuclide_half_life_s == pytest.approx(6586.2)


def test_an_activity_in_another_unit_is_converted():
    """1 mCi = 37 MBq."""
    assert administration(num(ACTIVITY, 10, "mCi")).administered_activity_mbq == pytest.approx(370)
    assert administration(num(ACTIVITY, 0.4, "GBq")).administered_activity_mbq == pytest.approx(400)


def test_an_activity_in_an_unknown_unit_is_refused():
    with pytest.raises(ContentError):
        administration(num(ACTIVITY, 10, "drops"))


def test_a_row_without_a_measured_value_is_none():
    assert administration(num(ACTIVITY, None, "MBq")).administered_activity_mbq is None


def test_specific_activity_is_per_mole():
    """TID 10022 has it in Bq/mmol."""
    row = num(("123007", "DCM", "Radiopharmaceutical Specific Activity"), 5, "Bq/mmol")

    assert administration(row).radiopharmaceutical_specific_activity_bq_per_mol == 5000


def test_activities_before_and_after_have_the_time_of_their_measurement():
    before = num(("113508", "DCM", "Pre-Administration Measured Activity"), 400, "MBq")
    before.ObservationDateTime = "20220224103000"
    after = num(("113509", "DCM", "Post-Administration Measured Activity"), 6, "MBq")

    event = administration(before, after)

    assert event.pre_administration_measured_activity_mbq == 400
    assert event.pre_administration_measured_at.isoformat() == "2022-02-24T10:30:00"
    assert event.post_administration_measured_activity_mbq == 6
    assert event.post_administration_measured_at is None


def test_the_site_is_below_the_route_and_its_side_below_the_site():
    site = code(SITE, ("7569003", "SCT", "Vein"), has_concept_mod(code(LATERALITY, LEFT)))

    event = administration(code(ROUTE, INTRAVENOUS, site))

    assert (event.route, event.site, event.laterality) == ("Intravenous route", "Vein", "Left")


def test_extravasation_is_a_percentage_with_its_symptoms():
    symptoms = ("113505", "DCM", "Intravenous Extravasation Symptoms")

    event = administration(
        num(("113506", "DCM", "Estimated Extravasation Activity"), 12, "%"),
        code(symptoms, ("95387004", "SCT", "Injection site pain")),
        code(symptoms, ("113568", "DCM", "Extravasation visible in image")),
    )

    assert event.estimated_extravasation_percent == 12
    assert event.intravenous_extravasation_symptoms == (
        "Injection site pain", "Extravasation visible in image",
    )  # fmt: skip


def test_organ_doses_have_side_mass_method_and_authority():
    organ = container(
        ORGAN_DOSE_INFORMATION,
        has_concept_mod(code(FINDING_SITE, KIDNEY)),
        has_concept_mod(code(LATERALITY, LEFT)),
        num(MASS, 0.15, "kg", has_concept_mod(text(METHOD, "Standard organ mass"))),
        num(ORGAN_DOSE, 0.0067, "Gy", text(AUTHORITY, "ICRP Publication 128")),
    )
    coded = container(
        ORGAN_DOSE_INFORMATION,
        has_concept_mod(code(FINDING_SITE, ("12738006", "SCT", "Brain"))),
        num(ORGAN_DOSE, 15, "mGy", code(AUTHORITY, ("113521", "DCM", "ICRP Publication 53"))),
    )

    kidney, brain = administration(organ, coded).organ_doses

    assert (kidney.organ, kidney.laterality) == ("Kidney", "Left")
    assert (kidney.mass_g, kidney.measurement_method) == (150, "Standard organ mass")
    assert (kidney.dose_mgy, kidney.reference_authority) == (
        pytest.approx(6.7), "ICRP Publication 128",
    )  # fmt: skip
    assert (brain.organ, brain.laterality, brain.dose_mgy, brain.reference_authority) == (
        "Brain", "", 15, "ICRP Publication 53",
    )  # fmt: skip


def test_an_effective_dose_in_a_container_of_the_makers_own_is_found():
    group = container(("220001", "99SHS", "Effective Dose Information"),
                      num(EFFECTIVE_DOSE, 7.486, "mSv"))  # fmt: skip

    record = report(container(ADMINISTRATION, group))

    assert record.events[0].effective_dose_msv == 7.486
    assert record.totals.effective_dose_msv == 7.486


def test_product_and_vials_are_kept():
    event = administration(
        code(("121147", "DCM", "Billing Code"), ("A9552", "HCPCS", "FDG, per study dose")),
        code(("113510", "DCM", "Drug Product Identifier"), ("0049", "NDC", "FDG 0049"),
             text(("111529", "DCM", "Brand Name"), "Fludeo")),
        text(("113511", "DCM", "Radiopharmaceutical Dispense Unit Identifier"), "unit 1"),
        text(("113512", "DCM", "Radiopharmaceutical Lot Identifier"), "lot 2"),
        text(("113513", "DCM", "Reagent Vial Identifier"), "vial 3"),
        text(("113513", "DCM", "Reagent Vial Identifier"), "vial 4"),
        text(("113514", "DCM", "Radionuclide Vial Identifier"), "vial 5"),
        text(("113516", "DCM", "Prescription Identifier"), "rx 6"),
        text(("121106", "DCM", "Comment"), "slow injection"),
    )  # fmt: skip

    assert (event.billing_code, event.billing_code_value) == ("FDG, per study dose", "A9552")
    assert (event.drug_product, event.brand_name) == ("FDG 0049", "Fludeo")
    assert (event.dispense_unit_id, event.lot_id) == ("unit 1", "lot 2")
    assert (event.reagent_vial_id, event.radionuclide_vial_id) == ("vial 3, vial 4", "vial 5")
    assert (event.prescription_id, event.comment) == ("rx 6", "slow injection")


def test_of_several_people_the_one_who_administered_is_named():
    event = administration(
        pname(PERSON, "One^Orders", code(ROLE, ("113850", "DCM", "Irradiation Authorizing"))),
        pname(PERSON, "Two^Gives", code(ROLE, ("113851", "DCM", "Irradiation Administering"))),
    )

    assert (event.person, event.person_role) == ("Two^Gives", "Irradiation Administering")


def test_several_administrations_add_up():
    record = report(
        container(ADMINISTRATION, num(ACTIVITY, 300, "MBq")),
        container(ADMINISTRATION, num(ACTIVITY, 700, "MBq")),
    )

    assert (record.totals.events, record.totals.administered_activity_mbq) == (2, 1000)


def test_the_state_of_the_patient_is_converted_to_our_units():
    """TID 10024. Glucose: 180.16 g/mol, so 90.08 mg/dl is 5 mmol/l."""
    record = report(
        container(ADMINISTRATION, num(ACTIVITY, 300, "MBq")),
        container(
            PATIENT,
            num(("121033", "DCM", "Subject Age"), 18, "mo"),
            code(("121032", "DCM", "Subject Sex"), ("M", "DCM", "Male")),
            num(("8302-2", "LN", "Patient Height"), 178, "cm"),
            num(("29463-7", "LN", "Patient Weight"), 110, "kg"),
            num(("8277-6", "LN", "Body Surface Area"), 2.2, "m2",
                code(("8278-4", "LN", "BSA Formula"), ("122240", "DCM", "DuBois"))),
            num(("60621009", "SCT", "Body Mass Index"), 34.7, "kg/m2",
                code(("121420", "DCM", "Equation"), ("122265", "DCM", "BMI = Wt / Ht^2"))),
            num(("14749-6", "LN", "Glucose"), 90.08, "mg/dl"),
            num(("113550", "DCM", "Fasting Duration"), 360, "min"),
            num(("113551", "DCM", "Hydration Volume"), 0.5, "l"),
            text(("113552", "DCM", "Recent Physical Activity"), "walked"),
            num(("2160-0", "LN", "Serum Creatinine"), 0.9, "mg/dl"),
            num(("33914-3", "LN", "Glomerular Filtration Rate (MDRD)"), 75, "ml/min/{1.73_m2}"),
            code(("109054", "DCM", "Patient State"), ("128975004", "SCT", "Resting State")),
        ),
    )  # fmt: skip

    found = record.patient_characteristics
    assert (found.subject_age_years, found.subject_sex) == (pytest.approx(1.5), "Male")
    assert (found.height_m, found.weight_kg) == (pytest.approx(1.78), 110)
    assert (found.body_surface_area_m2, found.body_surface_area_formula) == (2.2, "DuBois")
    assert found.body_mass_index_kg_per_m2 == 34.7
    assert found.body_mass_index_equation == "BMI = Wt / Ht^2"
    assert found.glucose_mmol_per_l == pytest.approx(5.0, rel=1e-3)
    assert (found.fasting_duration_h, found.hydration_volume_ml) == (6, pytest.approx(500))
    assert (found.recent_physical_activity, found.serum_creatinine_mg_per_dl) == ("walked", 0.9)
    assert found.glomerular_filtration_rate_ml_per_min_1_73m2 == 75
    assert found.glomerular_filtration_rate_method == "Glomerular Filtration Rate (MDRD)"
    assert found.patient_state == ("Resting State",)


def test_the_procedure_and_its_intent_are_those_of_the_report():
    intent = ("363703001", "SCT", "Has Intent"), ("261004008", "SCT", "Diagnostic Intent")
    procedure = code(("363589002", "SCT", "Associated Procedure"), ("44491008", "SCT", "Lung scan"),
                     has_concept_mod(code(*intent)))  # fmt: skip

    record = report(has_concept_mod(procedure), container(ADMINISTRATION, num(ACTIVITY, 3, "MBq")))

    assert (record.procedure_reported, record.intent) == ("Lung scan", "Diagnostic Intent")
    assert record.events[0].associated_procedure == "Lung scan"


def test_a_report_wrapped_in_a_general_class_reads_the_same():
    record = report(container(ADMINISTRATION, num(ACTIVITY, 394, "MBq")), sop_class=COMPREHENSIVE)

    assert (record.kind, record.modality) == ("NM RRDSR", "NM")
    assert record.totals.administered_activity_mbq == 394


def test_a_report_of_the_class_under_another_title_reads_the_same():
    record = report(
        container(ADMINISTRATION, num(ACTIVITY, 394, "MBq")), title=("1", "99X", "Dose")
    )

    assert record.kind == "NM RRDSR"


def test_a_report_that_names_no_administration_carries_no_dose():
    with pytest.raises(NoDose):
        report(container(PATIENT, num(("29463-7", "LN", "Patient Weight"), 70, "kg")))


def test_a_start_that_is_no_date_is_none():
    assert administration(text(START, "this morning")).start is None
