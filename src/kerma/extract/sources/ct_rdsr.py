"""CT dose reports in X-Ray Radiation Dose SR objects (PS3.3 A.35.8, PS3.16 TID 10011).

Those that Kerma made itself of a dose screen, of images or by hand keep that kind; those that other
programs made of screens, e.g. PixelMed's, are reports as any other.
"""

from typing import TypeVar

from msgspec.structs import replace

from kerma.dicom.made_here import UNKNOWN, source_of
from kerma.extract.base import DoseObject, Source, sources
from kerma.extract.ct import is_ct_report, record_of
from kerma.merge.sums import events_by_type
from kerma.records import CtEvent, StudyRecord
from kerma.records.base import Record
from kerma.records.study import Event

R = TypeVar("R", bound=Record)

KIND = "CT RDSR"
_XRAY_RADIATION_DOSE_SR = "1.2.840.10008.5.1.4.1.1.88.67"
_NO_CODE = "261665006"
"""What Kerma writes where the template asks for a code that nobody knows."""


def _accepts(found: DoseObject) -> bool:
    return found.sop_class == _XRAY_RADIATION_DOSE_SR and is_ct_report(found.root)


def _read(found: DoseObject) -> StudyRecord:
    source = source_of(found.root)
    if source is None:
        return record_of(found, KIND)
    return _without_writer(record_of(found, source.value))


def _without_writer(record: StudyRecord) -> StudyRecord:
    """Return a record of a report of Kerma's making; its observer is Kerma and no scanner."""
    device = _without_placeholders(replace(record.device, device_observer_uid=""))
    events = tuple(map(_without_unknown, record.events))
    totals = replace(record.totals, events_by_type=events_by_type(events))
    return replace(
        record,
        manufacturer=device.manufacturer,
        model=device.model,
        study=_without_placeholders(record.study),
        device=device,
        observer=None,
        events=events,
        totals=totals,
    )


def _without_placeholders(record: R) -> R:
    names = [name for name in record.__struct_fields__ if getattr(record, name) == UNKNOWN]
    return replace(record, **dict.fromkeys(names, "")) if names else record


def _without_unknown(event: Event) -> Event:
    if not isinstance(event, CtEvent):
        return event
    cleared: dict[str, str] = {}
    for name in ("target_region", "acquisition_type"):
        if getattr(event, f"{name}_code") == _NO_CODE:
            cleared |= {name: "", f"{name}_code": ""}
    return replace(event, **cleared) if cleared else event


sources.add(Source("ct_rdsr", _accepts, _read))
