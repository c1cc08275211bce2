"""Mammography studies: four views, with tomosynthesis where the system has it."""

import datetime as dt

import msgspec

from kerma.demo.chance import rounded, total
from kerma.demo.images import only
from kerma.demo.objects import projection_report
from kerma.demo.tables import Procedure
from kerma.demo.visit import Visit
from kerma.records import Filter, ProjectionEvent, StudyRecord, Totals

PROCEDURES = (
    Procedure(
        description="MG Screening",
        requested="Mammogram, screening, both breasts",
        code=("MSCR", "99SEELAND", "Screening mammography"),
        share=7,
        group="woman",
    ),
    Procedure(
        description="MG Symptomatic",
        requested="Mammogram, symptomatic, both breasts",
        code=("MSYM", "99SEELAND", "Diagnostic mammography"),
        share=3,
        group="woman",
    ),
)

_VIEWS = (("cranio-caudal", "CC", 0.0), ("medio-lateral oblique", "MLO", 45.0))
"""View, its position in images, gantry angle in degrees."""


def events(visit: Visit) -> tuple[ProjectionEvent, ...]:
    """Return the exposures of both breasts; tomosynthesis follows the view it belongs to."""
    thickness_mm = min(95.0, max(20.0, visit.chance.normal(56, 13)))
    at, made = visit.start, []
    for view in _VIEWS:
        for side in ("Right", "Left"):
            for tomosynthesis in (False, True) if visit.system.tomosynthesis else (False,):
                at += dt.timedelta(seconds=visit.chance.whole(25, 120))
                made.append(_event(visit, view, side, tomosynthesis, thickness_mm, at))
    return tuple(made)


def report(visit: Visit, events: tuple[ProjectionEvent, ...]) -> StudyRecord:
    """Return the dose report of these exposures."""
    end = (events[-1].date_time_started or visit.start) + dt.timedelta(minutes=1)
    return StudyRecord(
        kind="MG RDSR",
        modality="MG",
        manufacturer=visit.system.manufacturer,
        model=visit.system.model,
        study=visit.header(projection_report.SOP_CLASS, "Dose Report", 995, end),
        device=visit.device,
        patient=visit.patient,
        observer=visit.observer,
        totals=Totals(agd_left_mgy=agd_mgy(events, "Left"), agd_right_mgy=agd_mgy(events, "Right")),
        events=tuple(_as_reported(event) for event in events),
        procedure_reported="Mammography",
        intent="Diagnostic Intent",
        scope_of_accumulation="Study",
        source_of_dose_information=("Automated Data Collection",),
    )


def agd_mgy(events: tuple[ProjectionEvent, ...], side: str) -> float:
    """Return the average glandular dose of one breast."""
    return total([event.agd_mgy or 0.0 for event in events if event.laterality == side])


def _as_reported(event: ProjectionEvent) -> ProjectionEvent:
    """Return what the report says of an exposure: it names metals by their codes' meanings."""
    metals = tuple(
        msgspec.structs.replace(each, type="Strip filter", material=_compound(each.material))
        for each in event.filters
    )
    said = only(event, projection_report.FIELDS)
    return msgspec.structs.replace(said, filters=metals, anode_target=_compound(event.anode_target))


def _compound(metal: str) -> str:
    return f"{metal} or {metal} compound"


def _event(
    visit: Visit,
    view: tuple[str, str, float],
    side: str,
    tomosynthesis: bool,
    thickness_mm: float,
    at: dt.datetime,
) -> ProjectionEvent:
    """Return one exposure: about 1.3 mGy for 53 mm, growing by 2 % per mm."""
    chance, (name, position, angle_deg) = visit.chance, view
    thick_mm = round(thickness_mm + chance.normal(0, 2))
    dose = chance.around(1.3, 1.15) * 1.02 ** (thick_mm - 53) * visit.dose
    agd_mgy = rounded(dose * (1.25 if tomosynthesis else 1.0), 3)
    mas = rounded(agd_mgy * 62, 4)
    kvp = float(min(35, max(25, round(28 + (thick_mm - 50) / 10))))
    return ProjectionEvent(
        irradiation_event_uid=chance.uid(),
        acquired_image_uids=(chance.uid(),) if visit.system.report else (),
        date_time_started=at,
        acquisition_plane="Single Plane",
        event_type="Stationary Acquisition",
        acquisition_protocol=f"{position} {'Tomo' if tomosynthesis else 'Conventional'}",
        target_region="Breast",
        anatomical_structure="Breast",
        body_part="BREAST",
        laterality=side,
        view=name,
        view_position=position,
        reference_point_definition="4.2cm above Breast Support Surface",
        primary_angle_deg=angle_deg if side == "Left" else -angle_deg,
        half_value_layer_mm=rounded(0.33 + 0.007 * kvp, 3),
        entrance_exposure_at_rp_mgy=rounded(agd_mgy * 3.4, 3) if visit.system.report else None,
        entrance_dose_mgy=rounded(agd_mgy * 3.6, 3),
        agd_mgy=agd_mgy,
        kvp=kvp,
        tube_current_ma=100.0,
        exposure_time_ms=float(round(mas * 10)),
        exposure_mas=mas,
        focal_spot_mm=0.3,
        anode_target=visit.system.anode,
        filters=(_filter(visit, thick_mm, tomosynthesis),),
        filter_type="FLAT",
        compressed_thickness_mm=float(thick_mm),
        compression_force_n=float(round(chance.normal(105, 22))),
        source_to_detector_mm=700.0 if visit.system.report else 660.0,
        exposure_control_mode="AUTOMATIC",
    )


def _filter(visit: Visit, thick_mm: int, tomosynthesis: bool) -> Filter:
    if tomosynthesis:
        return Filter(material="Aluminum", thickness_min_mm=0.7, thickness_max_mm=0.7)
    material = visit.system.filters[0 if thick_mm < 60 else 1]
    return Filter(material=material, thickness_min_mm=0.05, thickness_max_mm=0.05)
