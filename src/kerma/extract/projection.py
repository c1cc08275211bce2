"""A projection X-ray dose report in, its study record out (PS3.16 TID 10001)."""

from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace

from kerma.dicom import codes, sr, tags
from kerma.dicom.codes import Key
from kerma.dicom.content import ContentItem
from kerma.errors import NoDose
from kerma.extract import header
from kerma.extract import projection_vendor as vendor
from kerma.extract.base import DoseObject
from kerma.extract.concepts import common as c
from kerma.extract.concepts import projection as p
from kerma.extract.projection_events import operator, read_event
from kerma.extract.projection_rows import containers
from kerma.extract.projection_totals import totals
from kerma.merge.modality import is_fluoroscopy
from kerma.records import Observer, ProjectionEvent, StudyRecord, Totals

ENHANCED_X_RAY_RADIATION_DOSE_SR = "1.2.840.10008.5.1.4.1.1.88.76"
_PROCEDURES = frozenset((c.PROJECTION_X_RAY, c.MAMMOGRAPHY))


def is_projection_report(found: DoseObject) -> bool:
    """Return whether a report is of projection X-ray: by its containers, else by the procedure.

    The SOP class does not matter: converters wrap these reports in Comprehensive SR.
    """
    if not found.is_report or found.sop_class == ENHANCED_X_RAY_RADIATION_DOSE_SR:
        return False
    root = found.root
    of_projection = _holds(root, c.IRRADIATION_EVENT_X_RAY_DATA, c.ACCUMULATED_X_RAY_DOSE)
    if of_projection != _holds(root, c.CT_ACQUISITION, c.CT_ACCUMULATED_DOSE):
        return of_projection
    if _holds(root, c.IRRADIATION_EVENT_SUMMARY, c.ACCUMULATED_DOSE_DATA):
        return False
    procedure = header.procedure_reported(root)
    return root.concept == c.X_RAY_RADIATION_DOSE_REPORT and procedure in _PROCEDURES


def _holds(root: ContentItem, *concepts: Key) -> bool:
    return any(root.find(concept) for concept in concepts)


def is_mammography(root: ContentItem) -> bool:
    """Return whether a projection report is of mammography.

    By the procedure reported; where that is not said or not precise, by glandular dose or
    compression, which only mammography has.
    """
    if header.procedure_reported(root) == c.MAMMOGRAPHY:
        return True
    return any(
        item.find(concept)
        for container, concepts in _OF_MAMMOGRAPHY.items()
        for item in root.find(container)[:3]
        for concept in concepts
    )


_OF_MAMMOGRAPHY = {
    c.ACCUMULATED_X_RAY_DOSE: (p.ACCUMULATED_AGD,),
    c.IRRADIATION_EVENT_X_RAY_DATA: tuple(
        p.NUMBERS[name][0] for name in ("agd_mgy", "compressed_thickness_mm", "compression_force_n")
    ),
}


def record_of(found: DoseObject, modality: str = "") -> StudyRecord:
    """Return the record of a projection report; RF or DX by content unless `modality` is given.

    Raises
    ------
    NoDose
        If the report holds neither totals nor irradiation events.
    """
    root = found.root
    accumulated = containers(root, c.ACCUMULATED_X_RAY_DOSE)
    items = containers(root, c.IRRADIATION_EVENT_X_RAY_DATA)
    if not accumulated and not items:
        raise NoDose("This radiation dose report holds neither totals nor irradiation events.")
    comment = comment_of(root)
    position = vendor.siemens_position(comment, root.notes)
    events = _completed([read_event(item) for item in items], accumulated, position)
    summed = replace(totals(accumulated, events), patient_position=position)
    modality = modality or fluoroscopy_or_radiography(found, summed, events)
    return replace(
        base_record(found),
        kind=f"{modality} RDSR",
        modality=modality,
        totals=summed,
        events=tuple(events),
        report_comment=comment,
    )


def base_record(found: DoseObject) -> StudyRecord:
    """Return what the header and the first level of TID 10001 or 10040 say."""
    root, observer = found.root, header.observer(found.root)
    named = observer or Observer()
    study = header.study_header(found.header)
    device = header.device(found.header, named.device_observer_uid)
    procedure = sr.child(root, c.PROCEDURE_REPORTED)
    return StudyRecord(
        kind="",
        modality="",
        manufacturer=found.manufacturer or named.device_observer_manufacturer,
        model=found.model or named.device_observer_model,
        study=replace(study, operator=study.operator or operator(root)),
        device=replace(
            device,
            manufacturer=device.manufacturer or named.device_observer_manufacturer,
            model=device.model or named.device_observer_model,
            serial_number=device.serial_number or named.device_observer_serial_number,
        ),
        patient=header.patient(found.header),
        observer=observer,
        procedure_reported=sr.meaning(root, c.PROCEDURE_REPORTED),
        scope_of_accumulation=sr.meaning(root, c.SCOPE_OF_ACCUMULATION),
        intent=sr.meaning(procedure, c.HAS_INTENT) or sr.meaning(root, c.HAS_INTENT),
        source_of_dose_information=tuple(
            words
            for row in sr.children(root, c.SOURCE_OF_DOSE_INFORMATION)
            if (words := codes.meaning(row.code) or row.text)
        ),
    )


def comment_of(root: ContentItem) -> str:
    """Return the comments of a report (TID 10001 row 14), one a line."""
    return "\n".join(row.text for row in sr.children(root, c.COMMENT) if row.text)


def _completed(
    events: list[ProjectionEvent], accumulated: Sequence[ContentItem], position: str
) -> list[ProjectionEvent]:
    """Return the events with what the report says once for all of them.

    That is the distance to the reference point (TID 10007, "the distance is constant for all
    irradiation events"), and in the XML comment of Siemens the patient's position.
    """
    distances = {
        sr.meaning(each, p.ACQUISITION_PLANE): sr.number(
            each, p.DISTANCE_SOURCE_TO_REFERENCE_POINT, "mm"
        )
        for each in accumulated
    }
    oriented = vendor.orientation(position)
    if not oriented and not any(distances.values()):
        return events
    return [_complete(event, distances.get(event.acquisition_plane), oriented) for event in events]


def _complete(
    event: ProjectionEvent, distance: float | None, oriented: dict[str, float | str]
) -> ProjectionEvent:
    changes: dict[str, Any] = {}
    if event.source_to_reference_point_mm is None and distance is not None:
        changes["source_to_reference_point_mm"] = distance
    if oriented and not event.patient_table_relationship:
        changes["derived"] = event.derived | oriented
    return replace(event, **changes) if changes else event


def fluoroscopy_or_radiography(
    found: DoseObject, summed: Totals, events: Sequence[ProjectionEvent]
) -> str:
    """Return "RF" or "DX", by what was done rather than by what the system could do.

    Fluoroscopy time, dose or events make it RF. A report without any is RF if it comes from
    an angiography system: by its planes, its runs of pulses about an isocenter, the device type
    or the modalities of the study. Otherwise it is DX.
    """
    fluoroscopy = (summed.fluoro_time_s, summed.fluoro_dap_gym2, summed.fluoro_rp_dose_gy)
    if any(fluoroscopy) or any(map(is_fluoroscopy, events)):
        return "RF"
    if any(map(_is_angiographic, events)):
        return "RF"
    device_type = sr.code_key(found.root, c.ACQUISITION_DEVICE_TYPE)
    if device_type in (p.INTEGRATED_SYSTEM, p.CASSETTE_BASED_SYSTEM):
        return "DX"
    modalities = {found.modality, *found.header.strings(tags.ModalitiesInStudy)}
    angiographic = modalities & {"XA", "RF"} and not modalities & {"DX", "CR"}
    return "RF" if device_type == p.FLUOROSCOPY_GUIDED_SYSTEM or angiographic else "DX"


def _is_angiographic(event: ProjectionEvent) -> bool:
    if event.acquisition_plane.casefold() in _BIPLANE:
        return True
    return event.source_to_isocenter_mm is not None and bool(event.pulse_rate_per_s)


_BIPLANE = frozenset(("plane a", "plane b"))
"""CID 10003: two tubes about one patient."""
