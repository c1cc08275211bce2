"""Radiography studies: the views of a procedure, as a dose report or as images."""

import datetime as dt

from kerma.demo.chance import Chance, rounded, total
from kerma.demo.images import only
from kerma.demo.objects import projection_report
from kerma.demo.tables import DxProcedure, View
from kerma.demo.visit import Visit
from kerma.records import ProjectionEvent, StudyRecord, Totals

_PER_KG = 0.015
"""Growth of DAP with the patient's weight."""


def events(visit: Visit, procedure: DxProcedure) -> tuple[ProjectionEvent, ...]:
    """Return the exposures of one examination; now and then one is repeated."""
    chance, side = visit.chance, ""
    if procedure.paired:
        side = chance.pick(("Left", "Right"))
    at, made = visit.start, []
    for view in procedure.views:
        if not chance.happens(view.chance):
            continue
        for _ in range(2 if chance.happens(0.06) else 1):
            at += dt.timedelta(seconds=chance.whole(40, 160))
            made.append(_event(visit, procedure, view, side, at))
    return tuple(made)


def report(visit: Visit, events: tuple[ProjectionEvent, ...]) -> StudyRecord:
    """Return the dose report of these exposures."""
    dap_gym2 = total([event.dap_gym2 or 0.0 for event in events])
    end = (events[-1].date_time_started or visit.start) + dt.timedelta(minutes=1)
    return StudyRecord(
        kind="DX RDSR",
        modality="DX",
        manufacturer=visit.system.manufacturer,
        model=visit.system.model,
        study=visit.header(projection_report.SOP_CLASS, "Dose Report", 995, end),
        device=visit.device,
        patient=visit.patient,
        observer=visit.observer,
        totals=Totals(
            dap_gym2=dap_gym2,
            acquisition_dap_gym2=dap_gym2,
            radiographic_frames=float(len(events)),
        ),
        events=tuple(only(event, projection_report.FIELDS) for event in events),
        procedure_reported="Projection X-Ray",
        intent="Diagnostic Intent",
        scope_of_accumulation="Study",
        source_of_dose_information=("Automated Data Collection",),
    )


def _event(
    visit: Visit, procedure: DxProcedure, view: View, side: str, at: dt.datetime
) -> ProjectionEvent:
    """Return one exposure; the exposure index follows the deviation from its target."""
    chance = visit.chance
    factor = visit.dose * visit.weight_factor(_PER_KG) * chance.around(1, 1.35)
    mas = rounded(view.mas * factor, 3)
    current_ma = float(chance.pick((160, 200, 250, 320, 400)))
    deviation = _deviation(chance)
    return ProjectionEvent(
        irradiation_event_uid=chance.uid(),
        date_time_started=at,
        acquisition_plane="Single Plane",
        event_type="Stationary Acquisition",
        acquisition_protocol=view.protocol,
        target_region=procedure.region,
        anatomical_structure=procedure.region,
        body_part=procedure.body_part,
        laterality=side,
        view=view.view,
        view_position=view.position,
        dap_gym2=rounded(view.dap_cgycm2 * factor / 1e6),
        kvp=view.kvp,
        exposure_mas=mas,
        tube_current_ma=current_ma,
        exposure_time_ms=float(max(1, round(mas / current_ma * 1000))),
        focal_spot_mm=0.6 if view.mas < 3 else 1.2,
        source_to_detector_mm=view.distance_mm,
        exposure_index=rounded(250 * 10 ** (deviation / 10), 4),
        target_exposure_index=250.0,
        deviation_index=deviation,
        exposure_control_mode="AUTOMATIC" if view.mas > 2 else "MANUAL",
    )


def _deviation(chance: Chance) -> float:
    """Return a deviation index (IEC 62494-1) in tenths."""
    return round(chance.normal(-0.3, 1.4), 1)
