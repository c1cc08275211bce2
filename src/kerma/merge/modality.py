"""Whether a projection study is fluoroscopy or radiography, from what its record holds."""

from kerma.merge.kinds import is_image
from kerma.records import ProjectionEvent, StudyRecord

_FLUOROSCOPY_CODES = frozenset({"P5-06000", "44491008"})
"""Fluoroscopy in SRT and SCT (CID 10002 Irradiation Event Type)."""


def is_fluoroscopy(event: ProjectionEvent) -> bool:
    """Whether the event type is fluoroscopy, by code, or by meaning where there is no code."""
    if event.event_type_code:
        return event.event_type_code in _FLUOROSCOPY_CODES
    return event.event_type.strip().casefold() == "fluoroscopy"


def modality_by_content(record: StudyRecord) -> str:
    """Return ``"RF"`` or ``"DX"`` for a record of a combined system.

    RF when there is fluoroscopy time or a fluoroscopy event; images are DX. A record that is
    neither RF nor DX keeps its modality.
    """
    if record.modality not in {"RF", "DX"}:
        return record.modality
    if is_image(record):
        return "DX"
    if (record.totals.fluoro_time_s or 0.0) > 0.0:
        return "RF"
    events = (e for e in record.events if isinstance(e, ProjectionEvent))
    return "RF" if any(is_fluoroscopy(event) for event in events) else "DX"
