"""The only writer of studies: a record and the facts of its object in, rows out.

Everything an object changes is one transaction: it is stored whole or not at all, and storing it
again changes nothing.
"""

from typing import Any, NamedTuple

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from msgspec.structs import replace

from kerma.records import StudyRecord
from kerma.store import counts, identity, ledger, models, not_patient, rules
from kerma.store.arrival import ObjectFacts, Saved
from kerma.store.devices import resolve
from kerma.store.held import Held, stored_sources
from kerma.store.locks import lock_study
from kerma.store.merging import Placement, Stored, merge_anew, settle, stored_studies
from kerma.store.packing import pack_fit
from kerma.store.rules import Rules
from kerma.store.sql import Table

CONSUMER = "dose"
"""Name in the ledger of the consumer that stores studies."""

OTHER_CONTENT = (
    "An object with the same SOP Instance UID but other content is stored in the same study; "
    "delete that study first if this one is right."
)
NO_STUDY_UID = "The object has no Study Instance UID, so it belongs to no study."
NO_SOP_UID = "The object has no SOP Instance UID, so it cannot be told from others."

_SOURCES = Table(models.Source)
_KNOWN = """
SELECT content_hash, study_id FROM store_source
 WHERE study_instance_uid = %s AND sop_instance_uid = %s
"""


class _Prepared(NamedTuple):
    """What can be worked out of an object before anyone has to wait for it."""

    site: Rules
    record: StudyRecord
    """After the policy on identity."""
    packed: bytes
    not_patient: list[list[str]]


class _Arriving(NamedTuple):
    """A new source, its row but for the study, and the rules it is stored under."""

    source: Held
    row: dict[str, Any]
    site: Rules


def save(record: StudyRecord, obj: ObjectFacts, site: Rules | None = None) -> Saved:
    """Save what `record` says of `obj`, or leave the database as it was.

    The site's policy on identity is applied first. An object that is stored already is a
    `duplicate`; one with the SOP Instance UID of a stored object of the study, but another data
    set, is `refused` and changes nothing but the ledger.
    """
    if not obj.study_instance_uid:
        return Saved(outcome="refused", reason=NO_STUDY_UID)
    if not obj.sop_instance_uid:
        return Saved(outcome="refused", reason=NO_SOP_UID)
    prepared = _prepared(record, obj, site or rules.load())
    with transaction.atomic(), connection.cursor() as cursor:
        lock_study(cursor, obj.study_instance_uid)
        return _save(cursor, prepared, obj)


def already(obj: ObjectFacts) -> Saved | None:
    """Return what `save` would answer if `obj` need not be read at all, else None."""
    with connection.cursor() as cursor:
        cursor.execute(_KNOWN, [obj.study_instance_uid, obj.sop_instance_uid])
        row = cursor.fetchone()
    return None if row is None else _answer(obj, *row)


def _prepared(record: StudyRecord, obj: ObjectFacts, site: Rules) -> _Prepared:
    met = not_patient.matched(record.patient, site)
    patterns = [list(part) for part in met] if any(met) else []
    record, packed = pack_fit(_identified(identity.apply(record, site), obj))
    return _Prepared(site, record, packed, patterns)


def _save(cursor: CursorWrapper, prepared: _Prepared, obj: ObjectFacts) -> Saved:
    held = stored_sources(cursor, obj.study_instance_uid)
    for source in held:
        if source.sop_instance_uid == obj.sop_instance_uid:
            return _noted(cursor, obj, _answer(obj, source.content_hash, source.study_id))
    arriving = _new_source(cursor, prepared, obj)
    source = arriving.source
    before = stored_studies(cursor, obj.study_instance_uid) if held else []
    shown = _same_pet_series(source, held)
    if shown and _image_order(shown.record) < _image_order(source.record):
        return _noted(cursor, obj, Saved(outcome="duplicate", study_ids=_ids(shown.study_id)))
    if shown:
        cursor.execute("DELETE FROM store_source WHERE id = %s", [shown.row_id])
        held.remove(shown)
    placed = _join(cursor, arriving, held, before)
    saved = Saved(outcome=_outcome(placed), study_ids=(placed.study_id,))
    return _noted(cursor, obj, saved, source.placed.device_id)


def _answer(obj: ObjectFacts, content_hash: str, study_id: int | None) -> Saved:
    """Return what becomes of an object whose SOP Instance UID the study has already."""
    if content_hash == obj.content_hash:
        return Saved(outcome="duplicate", study_ids=_ids(study_id))
    return Saved(outcome="refused", reason=OTHER_CONTENT)


def _noted(
    cursor: CursorWrapper, obj: ObjectFacts, saved: Saved, device_id: int | None = None
) -> Saved:
    """Enter `saved` in the ledger and return it, with a word on copies in other studies."""
    if saved.outcome in ("imported", "merged") and ledger.is_relabelled(cursor, obj):
        saved = replace(saved, reason=ledger.RELABELLED)
    ledger.enter(cursor, obj, CONSUMER, saved, device_id)
    return saved


def _new_source(cursor: CursorWrapper, prepared: _Prepared, obj: ObjectFacts) -> _Arriving:
    """Return the source that `obj` becomes."""
    site, record, packed, patterns = prepared
    source = Held(
        row_id=None,
        study_id=None,
        sop_instance_uid=obj.sop_instance_uid,
        content_hash=obj.content_hash,
        state="",
        not_patient=patterns,
        placed=resolve(cursor, record, site),
        record=record,
    )
    row = {
        "device_id": source.placed.device_id,
        "study_instance_uid": obj.study_instance_uid,
        "sop_instance_uid": obj.sop_instance_uid,
        "series_instance_uid": obj.series_instance_uid,
        "kind": record.kind,
        "content_hash": obj.content_hash,
        "path": obj.path,
        "received_at": obj.received_at,
        "extractor_version": obj.extractor_version,
        "quirks": record.quirks,
        "notes": record.notes,
        "not_patient": patterns,
        "record": packed,
    }
    return _Arriving(source, row, site)


def _join(
    cursor: CursorWrapper, arriving: _Arriving, held: list[Held], before: list[Stored]
) -> Placement:
    """Merge a source with those that the study has, and store the lot."""
    source, row, site = arriving
    uid = source.record.study.study_instance_uid
    renewed = merge_anew(cursor, uid, site, [*held, source], before)
    placed = renewed.placements[source.sop_instance_uid]
    _SOURCES.insert(cursor, [row | {"study_id": placed.study_id, "state": placed.state}])
    if before:
        settle(cursor, uid, held, renewed)
    else:
        counts.add(cursor, renewed.changes)
    return placed


def _outcome(placed: Placement) -> str:
    if placed.state == models.Source.State.DUPLICATE:
        return "duplicate"
    return "imported" if placed.is_new_study else "merged"


def _same_pet_series(source: Held, held: list[Held]) -> Held | None:
    """Return the stored image of the PET series that `source` is of.

    Every slice is an object of its own. One speaks for all: the first by instance number, so
    that the order in which hundreds of them arrive does not matter.
    """
    if source.record.kind != "PT image":
        return None
    for other in held:
        if other.record.kind == "PT image" and _series(other.record) == _series(source.record):
            return other
    return None


def _series(record: StudyRecord) -> str:
    return record.study.series_instance_uid


def _image_order(record: StudyRecord) -> tuple[int, str]:
    number = record.study.instance_number
    return (2**62 if number is None else number, record.study.sop_instance_uid)


def _ids(study_id: int | None) -> tuple[int, ...]:
    return () if study_id is None else (study_id,)


def _identified(record: StudyRecord, obj: ObjectFacts) -> StudyRecord:
    """Return the record under the UIDs of its object, should it lack them."""
    study = record.study
    if study.sop_instance_uid == obj.sop_instance_uid and (
        study.study_instance_uid == obj.study_instance_uid
    ):
        return record
    named = replace(
        study,
        sop_instance_uid=obj.sop_instance_uid,
        study_instance_uid=obj.study_instance_uid,
    )
    return replace(record, study=named)
