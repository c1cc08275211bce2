"""The canonical order of sources, which makes the result depend on their set alone."""

from collections.abc import Iterable

from kerma.records import StudyRecord, to_json

Key = tuple[str, str, str]


def canonical_key(record: StudyRecord) -> Key:
    """Return content date, content time and SOP Instance UID; what is not said comes first."""
    study = record.study
    date = study.content_date.isoformat() if study.content_date else ""
    time = study.content_time.isoformat() if study.content_time else ""
    return date, time, study.sop_instance_uid


def in_canonical_order(records: Iterable[StudyRecord]) -> tuple[StudyRecord, ...]:
    """Return the distinct records, the oldest content first.

    Of several records of a study with one SOP Instance UID the last in order is kept: there is
    no telling which to believe, but the choice must not depend on the order of arrival.
    """
    found: dict[tuple[str, str | bytes], StudyRecord] = {}
    for record in records:
        study = record.study
        identity = (study.study_instance_uid, study.sop_instance_uid or to_json(record))
        other = found.get(identity)
        if other is None or (other != record and _rank(other) < _rank(record)):
            found[identity] = record
    if len(found) == 1:
        return tuple(found.values())
    return tuple(sorted(found.values(), key=_rank_where_needed))


def _rank(record: StudyRecord) -> tuple[Key, bytes]:
    return canonical_key(record), to_json(record)


def _rank_where_needed(record: StudyRecord) -> tuple[Key, bytes]:
    """Return the canonical key, and the whole record where there is no SOP Instance UID."""
    named = record.study.sop_instance_uid
    return canonical_key(record), b"" if named else to_json(record)
