"""The events of a merged record in, rows of the tables of events out: columns by name."""

import datetime as dt
from collections.abc import Iterator
from operator import attrgetter
from typing import Any

import msgspec
from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.db.models import JSONField, Model

from kerma import records
from kerma.records import StudyRecord
from kerma.store import models
from kerma.store.names import Mapping
from kerma.store.sql import Table


class EventTable(Table):
    """The table of one kind of event; what has no column of its own goes into `more`."""

    def __init__(self, model: type[Model], record: type[records.Event]) -> None:
        super().__init__(model)
        fields = [f for f in self.fields if f.name in record.__struct_fields__]
        self._plain = [f.name for f in fields if not isinstance(f, JSONField)]
        self._structured = [f.name for f in fields if isinstance(f, JSONField)]
        self._get = attrgetter(*self._plain)
        self._not_more = {"event_kind", *(f.name for f in fields)}

    def row(self, event: records.Event, given: dict[str, Any]) -> dict[str, Any]:
        """Return the row of `event`; `given` is what it has from its study."""
        said = msgspec.to_builtins(event)
        row = dict(zip(self._plain, self._get(event), strict=True))
        for name in self._structured:
            row[name] = said.get(name)
        if isinstance(event, records.CtEvent):
            row["date_time_started"] = _parse(event.date_time_started)
        row["more"] = {name: said[name] for name in said if name not in self._not_more}
        row.update(given)
        return row


_TO_BE_COMPUTED: dict[str, Any] = {
    "computed": {},
    "computed_ssde_mgy": None,
    "computed_effective_dose_msv": None,
    "computed_agd_mgy": None,
}
"""What follows from an event once its study is stored; empty until then."""

_TABLES: dict[type[records.Event], EventTable] = {
    records.CtEvent: EventTable(models.CtEvent, records.CtEvent),
    records.ProjectionEvent: EventTable(models.ProjectionEvent, records.ProjectionEvent),
    records.Administration: EventTable(models.Administration, records.Administration),
}


def insert_events(
    cursor: CursorWrapper,
    record: StudyRecord,
    study_id: int,
    system_id: int,
    mapping: Mapping,
) -> None:
    """Insert the events of a study that has none yet."""
    given = {
        "study_id": study_id,
        "system_id": system_id,
        "study_date": record.study.study_date,
        "modality": record.modality,
        **_TO_BE_COMPUTED,
    }
    by_kind: dict[type[records.Event], list[dict[str, Any]]] = {}
    for ordinal, event in enumerate(record.events, start=1):
        protocol = getattr(event, "acquisition_protocol", "")
        name = mapping.acquisition(record.modality, protocol)
        row = _TABLES[type(event)].row(event, given | {"ordinal": ordinal, "standard_name": name})
        by_kind.setdefault(type(event), []).append(row)
    for kind, rows in by_kind.items():
        _TABLES[kind].insert(cursor, rows)


def delete_events(cursor: CursorWrapper, study_id: int) -> None:
    """Delete the events of a study."""
    for table in _TABLES.values():
        name = connection.ops.quote_name(table.model._meta.db_table)
        cursor.execute(f"DELETE FROM {name} WHERE study_id = %s", [study_id])


def event_models() -> Iterator[type[Model]]:
    """Return the models of the tables of events."""
    return (table.model for table in _TABLES.values())


def _parse(value: str) -> dt.datetime | None:
    """Return a date and time that a CT event gives as text."""
    try:
        return dt.datetime.fromisoformat(value).replace(tzinfo=None) if value else None
    except ValueError:
        return None
