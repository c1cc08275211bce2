"""The ledger: which objects arrived, and what each consumer did with them."""

import datetime as dt

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from kerma.store import arrival_log
from kerma.store.arrival import ObjectFacts, Saved
from kerma.store.models import ObjectUse, StoredObject
from kerma.store.sql import Table

RELABELLED = "A copy of an object that is also stored in another study."

_OBJECTS = Table(StoredObject)
_USES = Table(ObjectUse)
_OTHER_STUDY = """
SELECT 1 FROM store_storedobject WHERE sop_instance_uid = %s AND study_instance_uid <> %s LIMIT 1
"""
_ENTER = (
    _OBJECTS.insert_statement
    + """
ON CONFLICT (sop_instance_uid, study_instance_uid, content_hash) DO UPDATE SET
  path = CASE WHEN excluded.path = '' THEN store_storedobject.path ELSE excluded.path END,
  device_id = COALESCE(excluded.device_id, store_storedobject.device_id)
RETURNING id
"""
)
_USE = _USES.insert_statement + " ON CONFLICT (stored_object_id, consumer) DO "
_AGAIN = "UPDATE SET disposition = excluded.disposition, reason = excluded.reason, at = excluded.at"


@transaction.atomic
def note(obj: ObjectFacts, consumer: str, saved: Saved) -> None:
    """Note what `consumer` did with an object, where it has no transaction of its own for it."""
    with connection.cursor() as cursor:
        enter(cursor, obj, consumer, saved)


def enter(
    cursor: CursorWrapper,
    obj: ObjectFacts,
    consumer: str,
    saved: Saved,
    device_id: int | None = None,
) -> None:
    """Note an object and what `consumer` did with it, within the transaction that did it.

    A duplicate never replaces what was noted of the same object before. A refused object enters
    the log of arrivals only once it is in quarantine.
    """
    row = {name: getattr(obj, name, None) for name in _OBJECTS.names} | {"device_id": device_id}
    cursor.execute(_ENTER, _OBJECTS.values(row))
    object_id = cursor.fetchone()[0]
    repeated = saved.outcome == ObjectUse.Disposition.DUPLICATE
    use = {
        "stored_object_id": object_id,
        "consumer": consumer,
        "disposition": saved.outcome,
        "reason": saved.reason,
        "at": dt.datetime.now(dt.UTC),
    }
    cursor.execute(_USE + ("NOTHING" if repeated else _AGAIN), _USES.values(use))
    if obj.came is not None and saved.outcome != ObjectUse.Disposition.REFUSED:
        arrival_log.enter(cursor, obj.came, saved.outcome, saved.reason)


def is_relabelled(cursor: CursorWrapper, obj: ObjectFacts) -> bool:
    """Return whether the same SOP Instance UID has arrived in another study."""
    cursor.execute(_OTHER_STUDY, [obj.sop_instance_uid, obj.study_instance_uid])
    return cursor.fetchone() is not None
