"""CT studies: events drawn from the procedure's scans, as records and as dose reports."""

import datetime as dt
import math
from typing import Any

from kerma.demo.chance import rounded, total
from kerma.demo.objects import ct_report
from kerma.demo.tables import CtProcedure, Scan
from kerma.demo.visit import Visit
from kerma.records import CtEvent, CtSource, DoseCheck, StudyRecord, Totals

_PER_KG = 0.012
"""Growth of CTDIvol with the patient's weight under tube current modulation."""

_SSDE_FACTOR = (3.704369, 0.03671937)
"""AAPM Report 204: size-specific dose estimate = a exp(-b d) CTDIvol, 32 cm phantom, d in cm."""


def events(visit: Visit, procedure: CtProcedure) -> tuple[CtEvent, ...]:
    """Return the localiser and the scans of one examination."""
    made = [_localiser(visit, procedure)]
    for scan in procedure.scans:
        for _ in range(scan.repeats):
            made.append(_scan(visit, procedure, scan))
    return tuple(made)


def further_scan(visit: Visit, procedure: CtProcedure) -> CtEvent:
    """Return one more acquisition of the last scan, as when it had to be repeated."""
    return _scan(visit, procedure, procedure.scans[-1])


def report(visit: Visit, events: tuple[CtEvent, ...], after: dt.timedelta) -> StudyRecord:
    """Return the dose report of these events, made so long after the start."""
    end = visit.start + after
    return StudyRecord(
        kind="CT RDSR",
        modality="CT",
        manufacturer=visit.system.manufacturer,
        model=visit.system.model,
        study=visit.header(ct_report.SOP_CLASS, "Dose Report", 997, end),
        device=visit.device,
        patient=visit.patient,
        observer=visit.observer,
        totals=Totals(
            events=len(events),
            events_declared=len(events),
            dlp_mgycm=total([event.dlp_mgycm or 0.0 for event in events]),
        ),
        events=events,
        procedure_reported="Computed Tomography X-Ray",
        intent="Diagnostic Intent",
        scope_of_accumulation="Study",
        source_of_dose_information=("Automated Data Collection",),
        start_of_irradiation=visit.start,
        end_of_irradiation=end,
    )


def _localiser(visit: Visit, procedure: CtProcedure) -> CtEvent:
    """Return the scan projection radiograph over the length of all scans."""
    length_mm = rounded(max(scan.length_mm for scan in procedure.scans) * 1.15, 4)
    dlp_mgycm = rounded(visit.chance.around(0.12, 1.1) * length_mm / 10, 3)
    return CtEvent(
        irradiation_event_uid=visit.chance.uid(),
        acquisition_protocol=visit.system.localiser,
        acquisition_type="Constant Angle Acquisition",
        target_region=procedure.region,
        exposure_time_s=rounded(length_mm / 100, 3),
        scanning_length_mm=length_mm,
        nominal_single_collimation_mm=visit.system.collimation_mm[0],
        nominal_total_collimation_mm=rounded(6 * visit.system.collimation_mm[0]),
        number_of_xray_sources=1,
        sources=(
            CtSource(source_id="A", kvp=100.0, tube_current_ma=20.0, max_tube_current_ma=20.0),
        ),
        ctdivol_mgy=rounded(dlp_mgycm / (length_mm / 10), 3),
        dlp_mgycm=dlp_mgycm,
        phantom_type="IEC Body Dosimetry Phantom",
        **_device(visit),
    )


def _scan(visit: Visit, procedure: CtProcedure, scan: Scan) -> CtEvent:
    """Return one acquisition; DLP is CTDIvol times the irradiated length."""
    chance, system = visit.chance, visit.system
    modulated = scan.type in ("Spiral Acquisition", "Sequenced Acquisition")
    size = visit.weight_factor(_PER_KG) if modulated and not scan.head else 1.0
    ctdivol_mgy = rounded(chance.around(scan.ctdivol_mgy, 1.18) * visit.dose * size, 4)
    length_mm = rounded(chance.around(scan.length_mm, 1.07) if scan.length_mm > 20 else 10.0, 4)
    kvp = min(140.0, scan.kvp + 20) if chance.happens(0.15) else scan.kvp
    spiral = scan.type == "Spiral Acquisition"
    return CtEvent(
        irradiation_event_uid=chance.uid(),
        acquisition_protocol=system.naming.format(
            name=scan.name, group=procedure.group.capitalize(), number=len(scan.name) % 7 + 1
        ),
        acquisition_type=scan.type,
        target_region=procedure.region,
        procedure_context="CT without contrast" if "without" in procedure.requested else "",
        exposure_time_s=_exposure_time_s(visit, scan, length_mm),
        scanning_length_mm=length_mm,
        nominal_single_collimation_mm=system.collimation_mm[0],
        nominal_total_collimation_mm=system.collimation_mm[1],
        pitch=system.pitch if spiral else None,
        number_of_xray_sources=system.tubes,
        sources=_tubes(visit, ctdivol_mgy, kvp),
        ctdivol_mgy=ctdivol_mgy,
        dlp_mgycm=rounded(ctdivol_mgy * length_mm / 10, 5),
        phantom_type="IEC Head Dosimetry Phantom" if scan.head else "IEC Body Dosimetry Phantom",
        modulation_type="XYZ_EC" if modulated else "OFF",
        dose_check=_dose_check(visit, ctdivol_mgy),
        **_size_specific(visit, scan, ctdivol_mgy),
        **_device(visit),
    )


def _exposure_time_s(visit: Visit, scan: Scan, length_mm: float) -> float:
    system = visit.system
    rotations = length_mm / system.collimation_mm[1] + 1
    pitch = system.pitch if scan.type == "Spiral Acquisition" else 1.0
    return rounded(rotations * system.rotation_time_s / pitch, 4)


def _tubes(visit: Visit, ctdivol_mgy: float, kvp: float) -> tuple[CtSource, ...]:
    """Return the tubes: a second one runs on 140 kV with less current."""
    mean_ma = rounded(25 * ctdivol_mgy * (120 / kvp) ** 2, 3)
    first = CtSource(
        source_id="A",
        kvp=kvp,
        tube_current_ma=mean_ma,
        max_tube_current_ma=rounded(mean_ma * visit.chance.between(1.2, 1.7), 3),
        rotation_time_s=visit.system.rotation_time_s,
    )
    if visit.system.tubes == 1:
        return (first,)
    second = CtSource(
        source_id="B",
        kvp=140.0,
        tube_current_ma=rounded(mean_ma * 0.6, 3),
        max_tube_current_ma=rounded(mean_ma * 0.9, 3),
        rotation_time_s=visit.system.rotation_time_s,
    )
    return first, second


def _size_specific(visit: Visit, scan: Scan, ctdivol_mgy: float) -> dict[str, Any]:
    """Return the values of systems that estimate the patient's size, for scans of the trunk."""
    weight_kg = visit.patient.weight_kg
    if visit.system.tubes == 1 or scan.head or scan.length_mm < 20 or weight_kg is None:
        return {}
    water_equivalent_mm = rounded(290 * (weight_kg / 75) ** 0.4, 4)
    a, b = _SSDE_FACTOR
    factor = a * math.exp(-b * water_equivalent_mm / 10)
    return {
        "ssde_method": "Estimated from Water Equivalent Diameter",
        "water_equivalent_diameter_mm": water_equivalent_mm,
        "ssde_mgy": rounded(factor * ctdivol_mgy, 4),
    }


def _dose_check(visit: Visit, ctdivol_mgy: float) -> DoseCheck | None:
    """Return the dose check of systems that have it on: an alert where CTDIvol is beyond 80 mGy."""
    if not visit.system.dose_check:
        return None
    exceeded = ctdivol_mgy > 80
    return DoseCheck(
        dlp_alert_configured=False,
        ctdivol_alert_configured=True,
        ctdivol_alert_value_mgy=80.0,
        accumulated_ctdivol_forward_estimate_mgy=ctdivol_mgy if exceeded else None,
        alert_reason="Needed for the diagnosis" if exceeded else "",
        alert_person_name=visit.study.operator if exceeded else "",
        dlp_notification_configured=False,
        ctdivol_notification_configured=False,
    )


def _device(visit: Visit) -> dict[str, Any]:
    return {
        "device_manufacturer": visit.system.manufacturer,
        "device_model": visit.system.model,
        "device_serial_number": visit.system.serial_number,
    }
