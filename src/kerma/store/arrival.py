"""What the pipeline says of an object that arrived, and what the store answers."""

import datetime as dt

from msgspec import field

from kerma.records.base import Record


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


class Came(Record, frozen=True, kw_only=True):
    """What the log of arrivals (`kerma.store.arrival_log`) says of an object."""

    spool_name: str
    arrived_at: dt.datetime
    came_by: str
    store: str = ""
    caller: str = ""
    study_instance_uid: str = ""
    series_instance_uid: str = ""
    sop_instance_uid: str = ""
    modality: str = ""
    manufacturer: str = ""
    model: str = ""
    station_name: str = ""
    software_versions: str = ""
    serial_number: str = ""
    size_bytes: int = 0
    note: str = ""
    """A sentence to put before the reason of what became of it."""


class ObjectFacts(Record, frozen=True, kw_only=True):
    """An object as the ledger knows it, whatever it holds."""

    sop_instance_uid: str
    study_instance_uid: str = ""
    series_instance_uid: str = ""
    sop_class_uid: str = ""
    content_hash: str
    """SHA-256 of the data set (not of the file), hex."""
    path: str = ""
    """Where Kerma's own copy lies; "" if it keeps none."""
    came_by: str = ""
    """`import`, `upload`, `receive` …"""
    received_at: dt.datetime = field(default_factory=_now)
    extractor_version: str = ""
    came: Came | None = None
    """For the log of arrivals; None for what somebody imported or uploaded."""


class Saved(Record, frozen=True, kw_only=True):
    """What became of an object."""

    outcome: str
    """`imported`, `merged`, `duplicate`, `skipped` or `refused`."""
    reason: str = ""
    study_ids: tuple[int, ...] = ()
    """Rows of the study that the object's data are in."""
    modality: str = ""
    """CT, RF, DX, MG or NM, as the object's record says."""
    is_collected: bool = False
    """Whether it waits for the others of its study, and is told of with these."""
