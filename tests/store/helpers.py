"""Records into the store and its rows out, for the tests of the store."""

import hashlib
from typing import Any

from django.db.models import Model, Sum

from kerma.records import StudyRecord, to_json
from kerma.store import models
from kerma.store.arrival import ObjectFacts, Saved
from kerma.store.save import save

_OF_ARRIVAL = ("id", "study_id", "system_id", "device_id", "updated_at", "received_at")


def facts(record: StudyRecord, **fields: Any) -> ObjectFacts:
    """Return what the pipeline would say of the object that `record` was read from."""
    given = {
        "sop_instance_uid": record.study.sop_instance_uid,
        "study_instance_uid": record.study.study_instance_uid,
        "series_instance_uid": record.study.series_instance_uid,
        "content_hash": hashlib.sha256(to_json(record)).hexdigest(),
        "extractor_version": "1",
    }
    return ObjectFacts(**(given | fields))


def arrive(record: StudyRecord, **fields: Any) -> Saved:
    """Save one record."""
    return save(record, facts(record, **fields))


def contents() -> dict[str, list[Any]]:
    """Return all that is stored of studies, but ids and times of arrival, in a fixed order."""
    return {
        "studies": _rows(models.Study, "system__display_name"),
        "ct": _rows(models.CtEvent, "study__equipment", "system__display_name"),
        "projection": _rows(models.ProjectionEvent, "study__equipment", "system__display_name"),
        "nuclear": _rows(models.Administration, "study__equipment", "system__display_name"),
        "sources": _rows(models.Source, "study__equipment", "study__modality"),
        "days": _days(),
    }


def _days() -> list[Any]:
    """Return the counts of the days, whatever shards they are in."""
    found = models.DailyCount.objects.values_list(
        "modality", "system__display_name", "study_date"
    ).annotate(total=Sum("studies"))
    return sorted(found.exclude(total=0))


def _rows(model: type[Model], *others: str) -> list[dict[str, Any]]:
    names = [f.attname for f in model._meta.concrete_fields if f.attname not in _OF_ARRIVAL]
    rows = model._default_manager.values(*names, *others)
    return sorted(({k: _plain(v) for k, v in row.items()} for row in rows), key=str)


def _plain(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value
