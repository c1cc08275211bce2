"""Sources read by an older extractor: listed, and replaced by what the present one reads."""

from collections.abc import Iterator

from django.db import connection, transaction
from msgspec.structs import replace

from kerma.records import StudyRecord
from kerma.store import identity, rules
from kerma.store.locks import lock_study
from kerma.store.merging import renew
from kerma.store.models import Source
from kerma.store.packing import pack_fit, unpack


def outdated(extractor_version: str) -> Iterator[Source]:
    """Return the sources that another version of the extractor has read, a batch at a time."""
    last = 0
    while True:
        found = Source.objects.exclude(extractor_version=extractor_version).filter(pk__gt=last)
        batch = list(found.defer("record").order_by("pk")[:500])
        if not batch:
            return
        yield from batch
        last = batch[-1].pk


@transaction.atomic
def put_again(source: Source, record: StudyRecord, extractor_version: str) -> bool:
    """Replace what a source says by `record`, read anew, and merge its study anew.

    What the policy on identity has removed meanwhile from Kerma's copy is kept as it was.

    Returns
    -------
    bool
        Whether anything has changed.
    """
    with connection.cursor() as cursor:
        lock_study(cursor, source.study_instance_uid)
        site = rules.load(cursor)
        before = unpack(Source.objects.values_list("record", flat=True).get(pk=source.pk))
        record, packed = pack_fit(_with_identity_of(before, identity.apply(record, site)))
        stored = Source.objects.filter(pk=source.pk)
        stored.update(extractor_version=extractor_version)
        if record == before:
            return False
        stored.update(record=packed, kind=record.kind, quirks=record.quirks, notes=record.notes)
        renew(cursor, source.study_instance_uid, site)
        return True


def _with_identity_of(before: StudyRecord, record: StudyRecord) -> StudyRecord:
    """Return `record` with the identity that was stored: Kerma's copy may hold less or a hash."""
    old = before.patient
    patient = replace(
        record.patient,
        name=old.name,
        id=old.id,
        other_ids=old.other_ids,
        birth_date=old.birth_date,
        age_years=record.patient.age_years if old.age_years is None else old.age_years,
    )
    study = replace(record.study, accession_number=before.study.accession_number)
    return replace(record, patient=patient, study=study)
