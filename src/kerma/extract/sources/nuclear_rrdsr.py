"""Radiopharmaceutical Radiation Dose SR (PS3.16 TID 10021 to 10024)."""

import datetime as dt
from typing import Any

from msgspec.structs import replace

from kerma.dicom import sr
from kerma.dicom.codes import Key
from kerma.dicom.content import ContentItem
from kerma.errors import NoDose
from kerma.extract import header
from kerma.extract.base import DoseObject, Source, sources
from kerma.extract.concepts import common
from kerma.extract.concepts import nuclear as c
from kerma.extract.image_header import scaled, words
from kerma.extract.nuclear import totals
from kerma.extract.projection_rows import containers, gathered
from kerma.records import (
    Administration,
    OrganDose,
    Patient,
    PatientCharacteristics,
    StudyRecord,
)

_CLASS = "1.2.840.10008.5.1.4.1.1.88.68"
_OBSERVATION_DATE_TIME = 0x0040A032
Keys = tuple[Key, ...]


def _accepts(found: DoseObject) -> bool:
    if not found.is_report:
        return False
    return found.root.concept == c.REPORT or found.sop_class == _CLASS


def _read(found: DoseObject) -> StudyRecord:
    """Read TID 10021 Radiopharmaceutical Radiation Dose."""
    root = found.root
    procedure = sr.child(root, c.ASSOCIATED_PROCEDURE)
    observer = header.observer(root)
    events = tuple(
        _administration(item, _said(procedure)) for item in containers(root, c.ADMINISTRATION)
    )
    if not events:
        raise NoDose("This radiopharmaceutical dose report names no administration.")
    state = _patient_characteristics(root)
    return StudyRecord(
        kind="NM RRDSR",
        modality="NM",
        manufacturer=found.manufacturer
        or (observer.device_observer_manufacturer if observer else ""),
        model=found.model or (observer.device_observer_model if observer else ""),
        study=header.study_header(found.header),
        device=header.device(found.header, observer.device_observer_uid if observer else ""),
        patient=_patient(header.patient(found.header), state),
        totals=totals(events),
        events=events,
        patient_characteristics=state,
        observer=observer,
        procedure_reported=_said(procedure),
        intent=_said(sr.child(procedure, common.HAS_INTENT)),
        report_comment=sr.text(root, common.COMMENT),
    )


def _administration(item: ContentItem, procedure: str) -> Administration:
    """Read TID 10022 Radiopharmaceutical Administration Event Data."""
    rows = gathered(item, apart=(c.ORGAN_DOSE_INFORMATION, c.PATIENT_CHARACTERISTICS))
    return Administration(
        administration_event_uid=sr.uid(rows, c.EVENT_UID),
        irradiation_event_uid=sr.uid(rows, common.IRRADIATION_EVENT_UID),
        radiopharmaceutical_specific_activity_bq_per_mol=_specific_activity(rows),
        administered_activity_mbq=sr.number(rows, c.ADMINISTERED_ACTIVITY, "MBq"),
        start=sr.datetime(rows, c.START),
        stop=sr.datetime(rows, c.STOP),
        volume_cm3=sr.number(rows, c.VOLUME, "cm3"),
        effective_dose_msv=sr.number(rows, c.EFFECTIVE_DOSE, "mSv"),
        effective_dose_conversion_factor_msv_per_mbq=sr.number(
            rows, c.EFFECTIVE_DOSE_CONVERSION_FACTOR, "mSv/MBq"
        ),
        organ_doses=tuple(_organ(organ) for organ in containers(item, c.ORGAN_DOSE_INFORMATION)),
        estimated_extravasation_percent=sr.number(rows, c.EXTRAVASATION, "%"),
        intravenous_extravasation_symptoms=_all(rows, c.EXTRAVASATION_SYMPTOMS),
        associated_procedure=procedure,
        comment=sr.text(rows, common.COMMENT),
        **_agent(rows),
        **_measured(rows),
        **_route(rows),
        **_product(rows),
        **_person(rows),
    )


def _agent(rows: ContentItem) -> dict[str, Any]:
    """Read rows 2 to 4; the radionuclide belongs below the agent, devices put it beside."""
    agent = _first(rows, c.AGENT)
    nuclide = sr.child(agent, c.RADIONUCLIDE) or sr.child(rows, c.RADIONUCLIDE)
    code = nuclide.code if nuclide else None
    half_life = sr.number(agent, c.HALF_LIFE, "s")
    if half_life is None:
        half_life = sr.number(nuclide, c.HALF_LIFE, "s")
    if half_life is None:
        half_life = sr.number(rows, c.HALF_LIFE, "s")
    return {
        "radiopharmaceutical_agent": _said(agent),
        "radionuclide": _said(nuclide),
        "radionuclide_code": code.value if code else "",
        "radionuclide_half_life_s": half_life,
    }


def _specific_activity(rows: ContentItem) -> float | None:
    """Read row 5, below the agent or beside it; an absent unit is the template's, Bq/mmol."""
    places = (_first(rows, c.AGENT), rows)
    found = (sr.number(place, c.SPECIFIC_ACTIVITY, "Bq/mmol") for place in places if place)
    return scaled(next((value for value in found if value is not None), None), 1e3)


def _measured(rows: ContentItem) -> dict[str, Any]:
    """Read rows 13 to 18: activities measured before and after, and when."""
    found: dict[str, Any] = {}
    for name, concept in (
        ("pre", c.PRE_ADMINISTRATION_ACTIVITY),
        ("post", c.POST_ADMINISTRATION_ACTIVITY),
    ):
        found[f"{name}_administration_measured_activity_mbq"] = sr.number(rows, concept, "MBq")
        found[f"{name}_administration_measured_at"] = _observed_at(sr.child(rows, concept))
    return found


def _observed_at(row: ContentItem | None) -> dt.datetime | None:
    """Return when a value was measured: Observation DateTime (0040,A032), PS3.3 C.17.3."""
    return row.data_set.datetime(_OBSERVATION_DATE_TIME) if row else None


def _route(rows: ContentItem) -> dict[str, Any]:
    """Read rows 20 to 22; the site is a property of the route, its side of the site."""
    route = sr.child(rows, c.ROUTE)
    site = sr.child(route, c.SITE) or sr.child(rows, c.SITE)
    side = sr.child(site, common.LATERALITY) or sr.child(route, common.LATERALITY)
    return {"route": _said(route), "site": _said(site), "laterality": _said(side)}


def _product(rows: ContentItem) -> dict[str, Any]:
    """Read rows 24 to 31: what was given, from which lot and vial."""
    product = sr.child(rows, c.DRUG_PRODUCT)
    billed = [row.code for row in sr.children(rows, c.BILLING_CODE)]
    return {
        "billing_code": ", ".join(_all(rows, c.BILLING_CODE)),
        "billing_code_value": ", ".join(code.value for code in billed if code and code.value),
        "drug_product": ", ".join(_all(rows, c.DRUG_PRODUCT)),
        "brand_name": sr.text(product, c.BRAND_NAME) or sr.text(rows, c.BRAND_NAME),
        "dispense_unit_id": ", ".join(_all(rows, c.DISPENSE_UNIT)),
        "lot_id": ", ".join(_all(rows, c.LOT)),
        "reagent_vial_id": ", ".join(_all(rows, c.REAGENT_VIAL)),
        "radionuclide_vial_id": ", ".join(_all(rows, c.RADIONUCLIDE_VIAL)),
        "prescription_id": ", ".join(_all(rows, c.PRESCRIPTION)),
    }


def _person(rows: ContentItem) -> dict[str, Any]:
    """Read TID 1020: who administered, else the first person named."""
    people = sr.children(rows, common.PERSON_NAME)
    chosen = next((person for person in people if _administered(person)), None)
    chosen = chosen or (people[0] if people else None)
    return {
        "person": chosen.text if chosen else "",
        "person_role": _said(sr.child(chosen, common.PERSON_ROLE_IN_PROCEDURE)),
    }


def _administered(person: ContentItem) -> bool:
    role = sr.code_key(person, common.PERSON_ROLE_IN_PROCEDURE)
    return role == common.IRRADIATION_ADMINISTERING


def _organ(item: ContentItem) -> OrganDose:
    """Read TID 10023 Organ Dose."""
    dose = sr.child(item, c.ORGAN_DOSE)
    mass = _first(item, c.MASS)
    site = sr.child(item, c.FINDING_SITE)
    side = sr.child(item, common.LATERALITY) or sr.child(site, common.LATERALITY)
    method = sr.child(mass, c.MEASUREMENT_METHOD) or sr.child(item, c.MEASUREMENT_METHOD)
    authority = sr.child(dose, c.REFERENCE_AUTHORITY) or sr.child(item, c.REFERENCE_AUTHORITY)
    return OrganDose(
        organ=_said(site),
        laterality=_said(side),
        dose_mgy=sr.number(item, c.ORGAN_DOSE, "mGy"),
        mass_g=_number(item, c.MASS, "g"),
        measurement_method=_said(method),
        reference_authority=_said(authority),
    )


def _patient_characteristics(root: ContentItem) -> PatientCharacteristics | None:
    """Read TID 10024 Radiopharmaceutical Administration Patient Characteristics."""
    item = next(iter(containers(root, c.PATIENT_CHARACTERISTICS)), None)
    if item is None:
        return None
    rows = gathered(item)
    surface, index = _first(rows, c.BODY_SURFACE_AREA), _first(rows, c.BODY_MASS_INDEX)
    return PatientCharacteristics(
        subject_age_years=sr.number(rows, c.SUBJECT_AGE, "a"),
        subject_sex=_said(sr.child(rows, c.SUBJECT_SEX)),
        height_m=_number(rows, c.HEIGHT, "m"),
        weight_kg=_number(rows, c.WEIGHT, "kg"),
        body_surface_area_m2=_number(rows, c.BODY_SURFACE_AREA, "m2"),
        body_surface_area_formula=_property(surface)
        or _said(sr.child(rows, c.BODY_SURFACE_AREA_FORMULA)),
        body_mass_index_kg_per_m2=_number(rows, c.BODY_MASS_INDEX, "kg/m2"),
        body_mass_index_equation=_property(index) or _said(sr.child(rows, c.EQUATION)),
        glucose_mmol_per_l=_number(rows, c.GLUCOSE, "mmol/l"),
        fasting_duration_h=sr.number(rows, c.FASTING_DURATION, "h"),
        hydration_volume_ml=sr.number(rows, c.HYDRATION_VOLUME, "ml"),
        recent_physical_activity=sr.text(rows, c.RECENT_PHYSICAL_ACTIVITY),
        serum_creatinine_mg_per_dl=_number(rows, c.SERUM_CREATININE, "mg/dl"),
        glomerular_filtration_rate_ml_per_min_1_73m2=_number(
            rows, c.GLOMERULAR_FILTRATION_RATE, "ml/min/{1.73_m2}"
        ),
        glomerular_filtration_rate_method=_filtration_method(rows),
        patient_state=_all(rows, c.PATIENT_STATE),
    )


def _patient(said: Patient, state: PatientCharacteristics | None) -> Patient:
    """Return the patient of the header; age and size from the report where it lacks them."""
    if state is None:
        return said
    return replace(
        said,
        age_years=state.subject_age_years if said.age_years is None else said.age_years,
        height_m=said.height_m or state.height_m,
        weight_kg=said.weight_kg or state.weight_kg,
    )


def _filtration_method(rows: ContentItem) -> str:
    """Return how the filtration rate was got: by a row below it, else by the concept itself."""
    rate = _first(rows, c.GLOMERULAR_FILTRATION_RATE)
    if rate is None:
        return ""
    named = words(rate.concept_code) if rate.concept.scheme == "LN" else ""
    return (
        _said(sr.child(rate, c.MEASUREMENT_METHOD))
        or _said(sr.child(rate, c.EQUIVALENT_MEANING))
        or named
    )


def _first(item: ContentItem | None, concepts: Keys) -> ContentItem | None:
    """Return the first row of any of these concepts."""
    found = (sr.child(item, concept) for concept in concepts)
    return next((row for row in found if row is not None), None)


def _number(item: ContentItem, concepts: Keys, unit: str) -> float | None:
    """Return the value of the first of these concepts that has one."""
    found = (sr.number(item, concept, unit) for concept in concepts)
    return next((value for value in found if value is not None), None)


def _said(row: ContentItem | None) -> str:
    """Return the value of a CODE or TEXT row in the object's words."""
    if row is None:
        return ""
    return words(row.code) or row.text


def _all(item: ContentItem, concept: Key) -> tuple[str, ...]:
    return tuple(filter(None, (_said(row) for row in sr.children(item, concept))))


def _property(row: ContentItem | None) -> str:
    """Return the first CODE or TEXT below a row, e.g. the equation of a body mass index."""
    below = row.children if row else ()
    return next((_said(item) for item in below if item.value_type in ("CODE", "TEXT")), "")


sources.add(Source("nuclear_rrdsr", _accepts, _read))
