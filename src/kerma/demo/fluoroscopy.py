"""Fluoroscopy studies: runs with geometry, pulses and filters, on one plane or two."""

import datetime as dt
import math
from typing import Any

import msgspec

from kerma.demo.chance import rounded, total
from kerma.demo.objects import projection_report
from kerma.demo.tables import RfProcedure
from kerma.demo.visit import Visit
from kerma.records import Calibration, Filter, ProjectionEvent, StudyRecord, Totals

_PER_KG = 0.016
"""Growth of DAP with the patient's weight under automatic exposure control."""

_REFERENCE_POINT = "15cm from Isocenter toward Source"

_BELOW_CROWN = {
    "Head": 0.05,
    "Esophagus": 0.2,
    "Heart": 0.26,
    "Abdomen": 0.33,
    "Colon": 0.41,
    "Bladder": 0.47,
    "Hip": 0.49,
}
"""Region -> about how far it lies below the crown, as a share of the height."""

_USUAL_HEIGHT_M = 1.72

_CROWN_MM = 50
"""From the head end of the table to the crown."""

_CALIBRATED = dt.datetime.fromisoformat("2025-06-12T09:30:00")


class _Run(msgspec.Struct):
    """One press of the pedal, before its dose is known."""

    kind: str
    weight: float
    """Share of the study's DAP, relative to the other runs."""
    duration_s: float
    pulse_rate_per_s: float


def events(visit: Visit, procedure: RfProcedure) -> tuple[ProjectionEvent, ...]:
    """Return the runs of one examination, in order of time."""
    runs = _runs(visit, procedure)
    whole_gym2 = visit.chance.around(procedure.dap_gycm2, 1.8) * visit.dose / 1e4
    whole_gym2 *= visit.weight_factor(_PER_KG)
    weights = math.fsum(run.weight for run in runs)
    at, made = visit.start, []
    for run in runs:
        at += dt.timedelta(seconds=round(run.duration_s + visit.chance.between(5, 60)))
        dap_gym2 = rounded(whole_gym2 * run.weight / weights)
        made.append(_event(visit, procedure, run, dap_gym2, at))
    return tuple(made)


def report(visit: Visit, events: tuple[ProjectionEvent, ...]) -> StudyRecord:
    """Return the dose report of these runs."""
    end = (events[-1].date_time_started or visit.start) + dt.timedelta(minutes=4)
    planes = tuple(_totals(plane, events) for plane in visit.system.planes)
    return StudyRecord(
        kind="RF RDSR",
        modality="RF",
        manufacturer=visit.system.manufacturer,
        model=visit.system.model,
        study=visit.header(projection_report.SOP_CLASS, "Radiation Dose Report", 990, end),
        device=visit.device,
        patient=visit.patient,
        observer=visit.observer,
        totals=_sum(planes),
        events=events,
        procedure_reported="Projection X-Ray",
        intent="Diagnostic Intent",
        scope_of_accumulation="Study",
        source_of_dose_information=("Automated Data Collection",),
    )


def _runs(visit: Visit, procedure: RfProcedure) -> list[_Run]:
    """Return fluoroscopy and acquisition runs, mixed as they come in an examination."""
    chance = visit.chance
    fluoroscopies, acquisitions = (chance.count(usual) for usual in procedure.runs)
    mean_s = chance.around(procedure.fluoro_s, 1.6) / fluoroscopies
    runs = []
    for _ in range(fluoroscopies):
        duration_s = rounded(chance.around(mean_s, 1.7), 3)
        rate = chance.pick(visit.system.pulse_rates_per_s)
        runs.append(_Run("Fluoroscopy", chance.around(1, 1.9), duration_s, rate))
    for _ in range(acquisitions):
        duration_s = rounded(chance.around(4, 1.4), 3)
        kind = "Stationary Acquisition"
        if procedure.rotation and chance.happens(0.15):
            kind, duration_s = "Rotational Acquisition", 5.0
        runs.append(_Run(kind, chance.around(2, 1.9), duration_s, procedure.frames_per_s))
    return sorted(runs, key=lambda run: chance.between(0, 1))


def _event(
    visit: Visit, procedure: RfProcedure, run: _Run, dap_gym2: float, at: dt.datetime
) -> ProjectionEvent:
    """Return one run; dose at the reference point is DAP over the field's area there."""
    chance, system = visit.chance, visit.system
    lateral = len(system.planes) == 2 and chance.happens(0.35)
    to_detector_mm = rounded(chance.between(*system.source_to_detector_mm))
    side_mm = chance.pick(system.field_sides_mm)
    area_m2 = rounded((side_mm / 1000) ** 2, 4)
    to_reference_mm = system.source_to_isocenter_mm - 150
    fluoroscopy = run.kind == "Fluoroscopy"
    event = ProjectionEvent(
        irradiation_event_uid=chance.uid(),
        date_time_started=at,
        acquisition_plane=system.planes[1 if lateral else 0],
        event_type=run.kind,
        acquisition_protocol=_protocol(procedure, run),
        target_region=procedure.region,
        reference_point_definition=_REFERENCE_POINT,
        dap_gym2=dap_gym2,
        rp_dose_gy=rounded(dap_gym2 / area_m2 * (to_detector_mm / to_reference_mm) ** 2),
        collimated_field_area_m2=area_m2,
        collimated_field_height_mm=side_mm,
        collimated_field_width_mm=side_mm,
        fluoro_mode="Pulsed" if fluoroscopy else "",
        focal_spot_mm=0.6 if fluoroscopy else 1.0,
        source_to_detector_mm=to_detector_mm,
        source_to_isocenter_mm=system.source_to_isocenter_mm,
        source_to_reference_point_mm=to_reference_mm,
    )
    return msgspec.structs.replace(
        event,
        **_technique(visit, run, fluoroscopy),
        **_geometry(visit, procedure, run, lateral),
    )


def _protocol(procedure: RfProcedure, run: _Run) -> str:
    if run.kind == "Rotational Acquisition":
        return procedure.rotation
    return procedure.protocols[0 if run.kind == "Fluoroscopy" else 1]


def _technique(visit: Visit, run: _Run, fluoroscopy: bool) -> dict[str, object]:
    """Return tube voltage, current, pulses and filters."""
    chance = visit.chance
    pulses = max(1, round(run.duration_s * run.pulse_rate_per_s))
    width_ms = rounded(chance.between(3, 12) if fluoroscopy else chance.between(8, 80), 3)
    kvp = rounded(chance.between(66, 95), 3)
    current_ma = rounded(chance.around(60 if fluoroscopy else 350, 1.5), 4)
    technique: dict[str, object] = {
        "irradiation_duration_s": run.duration_s,
        "pulse_rate_per_s": run.pulse_rate_per_s,
        "number_of_pulses": float(pulses),
        "kvp": kvp,
        "tube_current_ma": current_ma,
        "pulse_width_ms": width_ms,
        "exposure_time_ms": rounded(pulses * width_ms, 5),
        "exposure_mas": rounded(current_ma * pulses * width_ms / 1000, 5),
        "filters": (_copper(0.3 if fluoroscopy else 0.1),),
    }
    if not fluoroscopy and pulses <= 12:
        technique |= _per_pulse(visit, kvp, pulses)
    return technique


def _per_pulse(visit: Visit, kvp: float, pulses: int) -> dict[str, object]:
    """Return the tube voltage of each pulse of a short acquisition, and its mean."""
    values = tuple(rounded(visit.chance.normal(kvp, 1.0), 4) for _ in range(pulses))
    return {"kvp_values": values, "kvp": math.fsum(values) / pulses} if pulses > 1 else {}


def _copper(thickness_mm: float) -> Filter:
    return Filter(
        type="Strip filter",
        material="Copper or Copper compound",
        thickness_min_mm=thickness_mm,
        thickness_max_mm=thickness_mm,
    )


def _geometry(visit: Visit, procedure: RfProcedure, run: _Run, lateral: bool) -> dict[str, object]:
    """Return angles, table and patient position, by DICOM's definitions.

    The table's longitudinal position is to the patient's left, its lateral one to the head, both
    from where its head end is in the isocentre, which lies in the middle of the body.
    """
    chance = visit.chance
    height_mm = 1000 * (visit.patient.height_m or _USUAL_HEIGHT_M)
    to_head_mm = _CROWN_MM + _BELOW_CROWN.get(procedure.region, 0.4) * height_mm
    primary_deg, secondary_deg = chance.pick(procedure.angles)
    primary_deg = -90.0 if lateral else primary_deg
    end_deg = None
    if run.kind == "Rotational Acquisition":
        primary_deg, end_deg = -100.0, 100.0
    return {
        "primary_angle_deg": rounded(chance.normal(primary_deg, 1.5), 3),
        "secondary_angle_deg": rounded(chance.normal(secondary_deg, 1.5), 3),
        "primary_end_angle_deg": end_deg,
        "table_longitudinal_mm": rounded(chance.normal(0, 15), 4),
        "table_lateral_mm": rounded(chance.normal(to_head_mm, 25), 4),
        "table_height_mm": rounded(chance.normal(140, 12), 4),
        "patient_table_relationship": "headfirst",
        "patient_orientation": "Recumbent",
        "patient_orientation_modifier": "Supine",
    }


def _totals(plane: str, events: tuple[ProjectionEvent, ...]) -> Totals:
    """Return what a device declares for one plane."""
    mine = [event for event in events if event.acquisition_plane == plane]
    fluoroscopy = [event for event in mine if event.event_type == "Fluoroscopy"]
    acquisition = [event for event in mine if event.event_type != "Fluoroscopy"]
    return Totals(
        plane=plane,
        dap_gym2=total([event.dap_gym2 or 0.0 for event in mine]),
        rp_dose_gy=total([event.rp_dose_gy or 0.0 for event in mine]),
        fluoro_dap_gym2=total([event.dap_gym2 or 0.0 for event in fluoroscopy]),
        fluoro_rp_dose_gy=total([event.rp_dose_gy or 0.0 for event in fluoroscopy]),
        fluoro_time_s=total([event.irradiation_duration_s or 0.0 for event in fluoroscopy]),
        acquisition_dap_gym2=total([event.dap_gym2 or 0.0 for event in acquisition]),
        acquisition_rp_dose_gy=total([event.rp_dose_gy or 0.0 for event in acquisition]),
        acquisition_time_s=total([event.irradiation_duration_s or 0.0 for event in acquisition]),
        reference_point_definition=_REFERENCE_POINT,
        calibration=Calibration(
            date_time=_CALIBRATED,
            factor=1.0,
            uncertainty_percent=5.0,
            responsible_party="Service",
        ),
    )


_ADDED = (
    "dap_gym2",
    "rp_dose_gy",
    "fluoro_dap_gym2",
    "fluoro_rp_dose_gy",
    "fluoro_time_s",
    "acquisition_dap_gym2",
    "acquisition_rp_dose_gy",
    "acquisition_time_s",
)


def _sum(planes: tuple[Totals, ...]) -> Totals:
    """Return the totals of the study: those of the only plane, or the sum of the planes."""
    if len(planes) == 1:
        return msgspec.structs.replace(planes[0], plane="")
    whole: dict[str, Any] = {
        name: math.fsum(getattr(plane, name) for plane in planes) for name in _ADDED
    }
    return Totals(**whole, reference_point_definition=_REFERENCE_POINT, planes=planes)
