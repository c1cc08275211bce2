"""Stored studies as records: what the sources say together, as `kerma study` prints it."""

from django.db import connection
from msgspec.structs import replace

from kerma.merge import MergedStudy, merge
from kerma.records import StudyRecord
from kerma.store import rules, size_values
from kerma.store.held import stored_sources
from kerma.store.models import Study


def merged(study_instance_uid: str) -> tuple[MergedStudy, ...]:
    """Return all studies stored under a UID, one for each modality and equipment."""
    with connection.cursor() as cursor:
        held = stored_sources(cursor, study_instance_uid)
        trusts = rules.load(cursor).trusts_observer_uid
        entries = size_values.entries(cursor, study_instance_uid)
    found = merge([source.sorted_record for source in held], trusts_observer_uid=trusts)
    if not entries:
        return found
    return tuple(replace(part, record=_sized(part.record, entries)) for part in found)


def record_of(study: Study) -> StudyRecord:
    """Return the record of one stored study."""
    for part in merged(study.study_instance_uid):
        if (part.record.modality, part.equipment) == (study.modality, study.equipment):
            return part.record
    raise LookupError(f"Study {study.pk} has no sources.")


def _sized(record: StudyRecord, entries: list[size_values.Entry]) -> StudyRecord:
    """Return the record with the sizes that were entered by hand or by list."""
    sizes = {"height_m": record.patient.height_m, "weight_kg": record.patient.weight_kg}
    size_values.fill(sizes, entries)
    return replace(record, patient=replace(record.patient, **sizes))
