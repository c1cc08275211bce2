"""Radiopharmaceutical dose reports (PS3.16 TID 10021)."""

from pydicom.dataset import Dataset
from pydicom.uid import RadiopharmaceuticalRadiationDoseSRStorage

from kerma.demo.objects import header
from kerma.demo.terms import term
from kerma.dicom.write import (
    code,
    container,
    datetime_,
    dcm,
    document,
    has_concept_mod,
    num,
    text,
    uidref,
)
from kerma.records import Administration, OrganDose, PatientCharacteristics, StudyRecord

SOP_CLASS = str(RadiopharmaceuticalRadiationDoseSRStorage)


def write(record: StudyRecord, old: bool) -> Dataset:
    """Return the report; codes are SNOMED-RT where `old`."""
    given = [event for event in record.events if isinstance(event, Administration)]
    state = record.patient_characteristics
    intent = has_concept_mod(code(term("Has Intent", old), term(record.intent, old)))
    procedure = term(record.procedure_reported, old)
    return document(
        container(
            dcm("113500", "Radiopharmaceutical Radiation Dose Report"),
            has_concept_mod(code(term("Associated Procedure", old), procedure, intent)),
            *[_administration(each, old) for each in given],
            _patient(state) if state else None,
            template="10021",
        ),
        **header.attributes(record),
    )


def _administration(given: Administration, old: bool) -> Dataset:
    """Return one administration (TID 10022)."""
    half_life_s, effective_msv = given.radionuclide_half_life_s, given.effective_dose_msv
    start, stop = given.start, given.stop
    return container(
        dcm("113502", "Radiopharmaceutical Administration"),
        code(
            term("Radiopharmaceutical agent", old),
            term(given.radiopharmaceutical_agent, old),
            code(term("Radionuclide", old), term(given.radionuclide, old)),
            num(term("Radionuclide Half Life", old), half_life_s, "s"),
        ),
        uidref(
            dcm("113503", "Radiopharmaceutical Administration Event UID"),
            given.administration_event_uid,
        ),
        datetime_(dcm("123003", "Radiopharmaceutical Start DateTime"), start) if start else None,
        datetime_(dcm("123004", "Radiopharmaceutical Stop DateTime"), stop) if stop else None,
        num(dcm("113507", "Administered activity"), given.administered_activity_mbq, "MBq"),
        num(dcm("113839", "Effective Dose"), effective_msv, "mSv") if effective_msv else None,
        *[_organ(each, old) for each in given.organ_doses],
        code(term("Route of administration", old), term(given.route, old)),
        template="10022",
    )


def _organ(dose: OrganDose, old: bool) -> Dataset:
    """Return one organ's dose (TID 10023)."""
    authority = text(dcm("121406", "Reference Authority"), dose.reference_authority)
    return container(
        dcm("113517", "Organ Dose Information"),
        has_concept_mod(code(term("Finding Site", old), term(dose.organ, old))),
        num(dcm("113518", "Organ Dose"), dose.dose_mgy, "mGy", authority),
    )


def _patient(state: PatientCharacteristics) -> Dataset:
    """Return the state of the patient (TID 10024)."""
    sexes = {"Female": ("F", "DCM", "Female"), "Male": ("M", "DCM", "Male")}
    sex = sexes.get(state.subject_sex)
    height_m, weight_kg, glucose = state.height_m, state.weight_kg, state.glucose_mmol_per_l
    return container(
        dcm("121118", "Patient Characteristics"),
        num(dcm("121033", "Subject Age"), state.subject_age_years, ("a", "UCUM", "year")),
        code(dcm("121032", "Subject Sex"), sex) if sex else None,
        num(("8302-2", "LN", "Patient Height"), height_m, "m"),
        num(("29463-7", "LN", "Patient Weight"), weight_kg, "kg"),
        num(("14749-6", "LN", "Glucose"), glucose, "mmol/l"),
        template="10024",
    )
