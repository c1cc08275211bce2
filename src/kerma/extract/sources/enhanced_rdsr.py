"""Enhanced X-ray dose reports: cone-beam CT, tomosynthesis, advanced systems (TID 10040).

Irradiation events are summaries there; how the source radiated is told apart from them, by
source and period of time. Both are joined here into the events that other reports give.
"""

import datetime as dt
from collections.abc import Sequence

from msgspec.structs import replace

from kerma.dicom import sr
from kerma.dicom.codes import Key
from kerma.dicom.content import ContentItem
from kerma.errors import NoDose
from kerma.extract import header
from kerma.extract.base import DoseObject, Source, sources
from kerma.extract.concepts import common as c
from kerma.extract.concepts import projection as p
from kerma.extract.projection import (
    ENHANCED_X_RAY_RADIATION_DOSE_SR,
    base_record,
    comment_of,
    fluoroscopy_or_radiography,
    is_projection_report,
)
from kerma.extract.projection_events import event_of, read_event
from kerma.extract.projection_rows import Rows, containers, gathered
from kerma.extract.projection_totals import totals
from kerma.records import ProjectionEvent, StudyRecord

_MODALITIES: dict[Key | None, str] = {
    c.MAMMOGRAPHY: "MG",
    c.COMPUTED_TOMOGRAPHY: "CT",
    p.FLUOROSCOPY: "RF",
    p.FLUOROSCOPY_AND_RADIOGRAPHY: "RF",
    p.PLAIN_RADIOGRAPHY: "DX",
    p.DENTAL_RADIOGRAPHY: "DX",
}
"""Procedure reported (CID 10005) -> modality, where it says so."""

Period = tuple[dt.datetime | None, dt.datetime | None]


def _accepts(found: DoseObject) -> bool:
    if found.sop_class == ENHANCED_X_RAY_RADIATION_DOSE_SR:
        return True
    if not found.is_report or is_projection_report(found):
        return False
    root = found.root
    if root.find(c.CT_ACQUISITION) or root.find(c.CT_ACCUMULATED_DOSE):
        return False
    of_ct = header.procedure_reported(root) == c.COMPUTED_TOMOGRAPHY
    return not of_ct and any(
        root.find(concept)
        for concept in (
            c.ACCUMULATED_DOSE_DATA,
            c.IRRADIATION_EVENT_SUMMARY,
            c.IRRADIATION_DETAILS,
        )
    )


def _read(found: DoseObject) -> StudyRecord:
    """Read TID 10040.

    Raises
    ------
    NoDose
        If the report holds neither totals nor irradiation events.
    """
    root = found.root
    accumulated = containers(root, c.ACCUMULATED_DOSE_DATA)
    accumulated += containers(root, c.ACCUMULATED_X_RAY_DOSE)
    details = containers(root, c.IRRADIATION_DETAILS)
    groups = [group for detail in details for group in detail.children if group.children]
    events = [_event(each, groups) for each in containers(root, c.IRRADIATION_EVENT_SUMMARY)]
    events += map(read_event, containers(root, c.IRRADIATION_EVENT_X_RAY_DATA))
    if not accumulated and not events:
        raise NoDose("This radiation dose report holds neither totals nor irradiation events.")
    summed = totals(accumulated, events)
    modality = _MODALITIES.get(header.procedure_reported(root))
    return replace(
        base_record(found),
        kind="enhanced RDSR",
        modality=modality or fluoroscopy_or_radiography(found, summed, events),
        totals=summed,
        events=tuple(events),
        report_comment=comment_of(root),
        start_of_irradiation=min(_times(details, c.DATE_TIME_STARTED), default=None),
        end_of_irradiation=max(_times(details, c.DATE_TIME_ENDED), default=None),
    )


def _times(details: Sequence[ContentItem], concept: Key) -> list[dt.datetime]:
    return [time for each in details if (time := sr.datetime(each, concept))]


def _event(summary: ContentItem, groups: Sequence[ContentItem]) -> ProjectionEvent:
    """Return an event of TID 10042 with the rows of TID 10044 to 10054 that hold during it."""
    rows = gathered(summary, apart=(p.FILTERS,))
    source, period = sr.text(rows, p.X_RAY_SOURCE_ID), _period(rows)
    during = (
        _rows_of(group)
        for group in groups
        if _is_of(group, source) and _overlap(_period(group), period)
    )
    return event_of(rows.joined(during))


def _rows_of(group: ContentItem) -> Rows:
    if group.concept == p.FILTERS:
        return Rows(group.data_set, {p.FILTERS: [group]})
    return gathered(group, apart=(p.FILTERS,))


def _is_of(group: ContentItem, source: str) -> bool:
    named = sr.text(group, p.X_RAY_SOURCE_ID)
    return not named or not source or named == source


def _period(item: ContentItem) -> Period:
    return sr.datetime(item, c.DATE_TIME_STARTED), sr.datetime(item, c.DATE_TIME_ENDED)


def _overlap(one: Period, other: Period) -> bool:
    """Return whether two periods have a moment in common; an open end is unbounded."""
    return _begins_by(one[0], other[1] or other[0]) and _begins_by(other[0], one[1])


def _begins_by(start: dt.datetime | None, end: dt.datetime | None) -> bool:
    return start is None or end is None or start <= end


sources.add(Source("enhanced_rdsr", _accepts, _read))
