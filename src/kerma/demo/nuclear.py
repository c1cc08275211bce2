"""Nuclear medicine studies: administrations, and the images made of them."""

import datetime as dt
from typing import Any

import msgspec

from kerma.demo.chance import rounded, total
from kerma.demo.objects import nuclear_image, nuclear_report
from kerma.demo.tables import NmProcedure
from kerma.demo.visit import Visit
from kerma.records import (
    Administration,
    EnergyWindow,
    ImageSeries,
    OrganDose,
    PatientCharacteristics,
    StudyRecord,
    Totals,
)

_ORGANS = (("Bladder", 0.13), ("Heart", 0.067), ("Brain", 0.038), ("Liver", 0.021))
"""Absorbed doses per administered activity in mGy/MBq, fluorodeoxyglucose, adult: as the dose
report of a Siemens Biograph (software VG80B) gives them, which names ICRP Publication 128."""


def administrations(visit: Visit, procedure: NmProcedure) -> tuple[Administration, ...]:
    """Return the one or, for stress and rest, two administrations."""
    usual_mbq = [procedure.activity_mbq, procedure.second_activity_mbq]
    return tuple(
        _administration(visit, procedure, activity_mbq, visit.start + dt.timedelta(hours=3 * index))
        for index, activity_mbq in enumerate(filter(None, usual_mbq))
    )


def report(visit: Visit, given: Administration) -> StudyRecord:
    """Return the radiopharmaceutical dose report of one administration."""
    at = (given.stop or visit.start) + dt.timedelta(minutes=80)
    patient = visit.patient
    said = msgspec.structs.replace(given, radiopharmaceutical="", start_time=None)
    return msgspec.structs.replace(
        _record(visit, "NM RRDSR", (said,)),
        study=visit.header(nuclear_report.SOP_CLASS, "PET Dose Report", 501, at),
        procedure_reported="PET study for localization of tumor",
        intent="Diagnostic Intent",
        patient_characteristics=PatientCharacteristics(
            subject_age_years=patient.age_years,
            subject_sex={"F": "Female", "M": "Male"}.get(patient.sex, ""),
            height_m=patient.height_m,
            weight_kg=patient.weight_kg,
            glucose_mmol_per_l=round(visit.chance.normal(5.6, 0.7), 1),
        ),
    )


def image(
    visit: Visit, procedure: NmProcedure, given: Administration, number: int, name: str
) -> StudyRecord:
    """Return one image series of an administration, made after the usual waiting time."""
    kind = "PT" if procedure.room == "pet" else "NM"
    at = (given.start or visit.start) + dt.timedelta(minutes=procedure.wait_min)
    study = visit.header(nuclear_image.SOP_CLASSES[kind], name, number, at)
    series = ImageSeries(
        series_instance_uid=study.series_instance_uid,
        series_description=name,
        series_date_time=at,
        collimator=procedure.collimator,
        energy_windows=(
            EnergyWindow(lower_kev=procedure.window_kev[0], upper_kev=procedure.window_kev[1]),
        ),
        **(_PET if kind == "PT" else _PLANAR),
    )
    shown = msgspec.structs.replace(
        given,
        effective_dose_msv=None,
        organ_doses=(),
        route="",
    )
    return msgspec.structs.replace(
        _record(visit, f"{kind} image", (shown,)), study=study, series=(series,)
    )


_PET: dict[str, Any] = {
    "units": "BQML",
    "counts_source": "EMISSION",
    "series_type": ("WHOLE BODY", "IMAGE"),
    "corrected_image": ("NORM", "DTIM", "ATTN", "SCAT", "DECY", "RAN"),
    "decay_correction": "START",
    "randoms_correction": "DLYD",
    "attenuation_correction": "measured,AC_CT",
    "scatter_correction": "Model-based",
    "reconstruction_method": "PSF+TOF 4i5s",
    "number_of_slices": 332,
    "actual_frame_duration_ms": 120000.0,
}
_PLANAR: dict[str, Any] = {"actual_frame_duration_ms": 600000.0}


def _administration(
    visit: Visit, procedure: NmProcedure, usual_mbq: float, at: dt.datetime
) -> Administration:
    """Return one administration; FDG is given by weight."""
    chance, coefficient = visit.chance, procedure.effective_dose_msv_per_mbq
    size = (visit.patient.weight_kg or 75) / 75 if coefficient else 1.0
    activity_mbq = rounded(chance.around(usual_mbq * size, 1.08) * visit.dose, 4)
    return Administration(
        administration_event_uid=chance.uid(),
        radiopharmaceutical=procedure.pharmaceutical,
        radiopharmaceutical_agent=procedure.agent,
        radionuclide=procedure.nuclide,
        radionuclide_half_life_s=procedure.half_life_s,
        administered_activity_mbq=activity_mbq,
        start=at,
        stop=at,
        start_time=at.time(),
        route="Intravenous route",
        effective_dose_msv=rounded(activity_mbq * coefficient, 4) if coefficient else None,
        organ_doses=_organ_doses(activity_mbq) if coefficient else (),
    )


def _organ_doses(activity_mbq: float) -> tuple[OrganDose, ...]:
    return tuple(
        OrganDose(
            organ=organ,
            dose_mgy=rounded(activity_mbq * per_mbq, 4),
            reference_authority="ICRP Publication 128",
        )
        for organ, per_mbq in _ORGANS
    )


def _record(visit: Visit, kind: str, given: tuple[Administration, ...]) -> StudyRecord:
    return StudyRecord(
        kind=kind,
        modality="NM",
        manufacturer=visit.system.manufacturer,
        model=visit.system.model,
        device=msgspec.structs.replace(visit.device, device_observer_uid=""),
        patient=visit.patient,
        totals=Totals(
            events=len(given),
            administered_activity_mbq=total(
                [each.administered_activity_mbq or 0.0 for each in given]
            ),
        ),
        events=given,
    )
