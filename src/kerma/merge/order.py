"""The canonical order of sources, which makes the result depend on their set alone."""

import datetime as dt
from collections.abc import Iterable

from kerma.records import StudyRecord, to_json

Key = tuple[dt.date, dt.time, str]


def canonical_key(record: StudyRecord) -> Key:
    """Return content date, content time and SOP Instance UID; what is not said comes first."""
    study = record.study
    date = study.content_date or dt.date.min
    return date, study.content_time or dt.time.min, study.sop_instance_uid


def in_canonical_order(records: Iterable[StudyRecord]) -> tuple[StudyRecord, ...]:
    """Return the distinct records, the oldest content first.

    Of several records with one SOP Instance UID the last in order is kept: there is no telling
    which to believe, but the choice must not depend on the order of arrival.
    """
    found: dict[str | bytes, StudyRecord] = {}
    for record in records:
        identity = record.study.sop_instance_uid or to_json(record)
        other = found.get(identity)
        if other is None or (other != record and _rank(other) < _rank(record)):
            found[identity] = record
    if len(found) == 1:
        return tuple(found.values())
    named = sorted(found.items(), key=lambda item: (canonical_key(item[1]), _text(item[0])))
    return tuple(record for _, record in named)


def _rank(record: StudyRecord) -> tuple[Key, bytes]:
    return canonical_key(record), to_json(record)


def _text(identity: str | bytes) -> bytes:
    return identity.encode() if isinstance(identity, str) else identity
