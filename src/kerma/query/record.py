"""A stored study in, the record that all its sources say together out, with the sources."""

from typing import NamedTuple

from django.db import connection
from msgspec.structs import replace

from kerma.merge import merge
from kerma.records import StudyRecord
from kerma.store import rules
from kerma.store.held import stored_sources
from kerma.store.models import Source, Study


class Told(NamedTuple):
    """What is known of a study, and from where."""

    record: StudyRecord
    sources: list[Source]


def told(study: Study) -> Told:
    """Return the merged record, with the size that counts for the study, and its sources."""
    with connection.cursor() as cursor:
        decided = rules.load(cursor)
        held = stored_sources(cursor, study.study_instance_uid)
    records = [one.sorted_record for one in held]
    merged = merge(records, trusts_observer_uid=decided.trusts_observer_uid)
    record = next(
        one.record
        for one in merged
        if (one.record.modality, one.equipment) == (study.modality, study.equipment)
    )
    patient = replace(record.patient, height_m=study.height_m, weight_kg=study.weight_kg)
    sources = study.sources.defer("record").order_by("received_at", "id")
    return Told(replace(record, patient=patient), list(sources))
