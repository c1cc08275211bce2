"""Small records of each kind, with plausible values, for the tests of merging."""

import datetime as dt
from collections.abc import Sequence
from math import fsum
from typing import Any

from msgspec.structs import replace

from kerma.records import (
    Administration,
    CtEvent,
    Device,
    Event,
    ImageSeries,
    Observer,
    ProjectionEvent,
    StudyHeader,
    StudyRecord,
    Totals,
)

STUDY = "1.2.3"
MORNING = dt.datetime(2024, 3, 1, 9, 0, 0)  # noqa: DTZ001 - objects give local times


def at(seconds: float) -> dt.datetime:
    return MORNING + dt.timedelta(seconds=seconds)


def header(sop: str, seconds: float = 0.0, **fields: Any) -> StudyHeader:
    moment = at(seconds)
    given = {
        "study_instance_uid": STUDY,
        "sop_instance_uid": sop,
        "content_date": moment.date(),
        "content_time": moment.time(),
        "study_date": MORNING.date(),
    }
    return StudyHeader(**(given | fields))


def device(serial: str = "S1", maker: str = "ACME", station: str = "ROOM1") -> Device:
    return Device(manufacturer=maker, model="Model", serial_number=serial, station_name=station)


def observer(uid: str) -> Observer:
    return Observer(device_observer_uid=uid)


def ct(number: int, *, uid: bool = True, dlp: float | None = None, **fields: Any) -> CtEvent:
    kind = "Constant Angle Acquisition" if number == 0 else "Spiral Acquisition"
    return CtEvent(
        irradiation_event_uid=f"1.2.3.9.{number}" if uid else "",
        acquisition_type=kind,
        dlp_mgycm=10.5 + number if dlp is None else dlp,
        **fields,
    )


def shot(number: int, *, fluoro: bool = False, **fields: Any) -> ProjectionEvent:
    given = {
        "irradiation_event_uid": f"1.2.3.8.{number}",
        "date_time_started": at(60.0 * number),
        "event_type": "Fluoroscopy" if fluoro else "Stationary Acquisition",
        "dap_gym2": 1.25e-6 * (number + 1),
        "rp_dose_gy": 1e-4 * (number + 1),
        "irradiation_duration_s": 0.5 + number,
    }
    return ProjectionEvent(**(given | fields))


def injection(number: int = 0, **fields: Any) -> Administration:
    given = {
        "administration_event_uid": f"1.2.3.7.{number}",
        "radionuclide": "^18^Fluorine",
        "administered_activity_mbq": 394.0,
        "start": at(0.0),
    }
    return Administration(**(given | fields))


def sum_of(events: Sequence[Event], name: str) -> float | None:
    values = [v for event in events if (v := getattr(event, name, None)) is not None]
    return fsum(values) if values else None


def ct_totals(events: Sequence[Event]) -> Totals:
    dlp = sum_of(events, "dlp_mgycm")
    types: dict[str, int] = {}
    for event in events:
        name = event.acquisition_type.casefold()
        types[name] = types.get(name, 0) + 1
    return Totals(
        events=len(events),
        events_declared=len(events),
        events_by_type=dict(sorted(types.items())),
        dlp_mgycm=dlp,
        dlp_sum_of_events_mgycm=dlp,
    )


def projection_totals(events: Sequence[Event]) -> Totals:
    fluoro = [event for event in events if event.event_type == "Fluoroscopy"]
    other = [event for event in events if event.event_type != "Fluoroscopy"]
    left = [event for event in events if event.laterality == "Left"]
    right = [event for event in events if event.laterality == "Right"]
    types: dict[str, int] = {}
    for event in events:
        if event.event_type:
            name = event.event_type.casefold()
            types[name] = types.get(name, 0) + 1
    return Totals(
        events=len(events),
        events_by_type=dict(sorted(types.items())),
        dap_gym2=sum_of(events, "dap_gym2"),
        rp_dose_gy=sum_of(events, "rp_dose_gy"),
        fluoro_dap_gym2=sum_of(fluoro, "dap_gym2"),
        fluoro_time_s=sum_of(fluoro, "irradiation_duration_s"),
        acquisition_dap_gym2=sum_of(other, "dap_gym2"),
        acquisition_time_s=sum_of(other, "irradiation_duration_s"),
        agd_left_mgy=sum_of(left, "agd_mgy"),
        agd_right_mgy=sum_of(right, "agd_mgy"),
    )


def ct_report(
    sop: str, events: Sequence[Event], seconds: float = 0.0, **fields: Any
) -> StudyRecord:
    given = {
        "kind": "CT RDSR",
        "modality": "CT",
        "study": header(sop, seconds),
        "device": device(),
        "events": tuple(events),
        "totals": ct_totals(events),
        "scope_of_accumulation": "Study",
    }
    return StudyRecord(**(given | fields))


def report(
    sop: str, events: Sequence[Event], seconds: float = 0.0, modality: str = "RF", **fields: Any
) -> StudyRecord:
    given = {
        "kind": f"{modality} RDSR",
        "modality": modality,
        "study": header(sop, seconds),
        "device": device(),
        "events": tuple(events),
        "totals": projection_totals(events),
        "scope_of_accumulation": "Performed Procedure Step",
    }
    return StudyRecord(**(given | fields))


def image(
    sop: str, event: ProjectionEvent, seconds: float = 0.0, modality: str = "DX", **fields: Any
) -> StudyRecord:
    """Return an image of one exposure, without event type, duration and dose at RP as real ones."""
    event = replace(
        event, image_uid=sop, event_type="", rp_dose_gy=None, irradiation_duration_s=None
    )
    given = {
        "kind": f"{modality} image",
        "modality": modality,
        "study": header(sop, seconds),
        "device": device(),
        "events": (event,),
        "totals": Totals(
            events=1,
            dap_gym2=event.dap_gym2,
            agd_left_mgy=event.agd_mgy if event.laterality == "Left" else None,
            agd_right_mgy=event.agd_mgy if event.laterality == "Right" else None,
        ),
    }
    return StudyRecord(**(given | fields))


def nm_totals(events: Sequence[Event]) -> Totals:
    return Totals(
        events=len(events),
        administered_activity_mbq=sum_of(events, "administered_activity_mbq"),
        effective_dose_msv=sum_of(events, "effective_dose_msv"),
    )


def nm_report(
    sop: str, events: Sequence[Event], seconds: float = 0.0, **fields: Any
) -> StudyRecord:
    given = {
        "kind": "NM RRDSR",
        "modality": "NM",
        "study": header(sop, seconds),
        "device": device(),
        "events": tuple(events),
        "totals": nm_totals(events),
    }
    return StudyRecord(**(given | fields))


def nm_image(
    sop: str,
    events: Sequence[Event],
    series: str = "1.2.3.6.1",
    number: int = 1,
    kind: str = "PT image",
    **fields: Any,
) -> StudyRecord:
    given = {
        "kind": kind,
        "modality": "NM",
        "study": header(sop, 100.0 + number, series_instance_uid=series, instance_number=number),
        "device": device(),
        "events": tuple(events),
        "totals": nm_totals(events),
        "series": (ImageSeries(series_instance_uid=series, decay_factor=1.0 + number / 100),),
    }
    return StudyRecord(**(given | fields))
