"""Objects that could not be used: why, and an encrypted copy to try again with."""

import datetime as dt
import hashlib
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F

from kerma.errors import KermaError
from kerma.store import options
from kerma.store.arrival import ObjectFacts
from kerma.store.models import Quarantine
from kerma.store.sealing import seal, unseal

_NOWHERE = ObjectFacts(sop_instance_uid="", content_hash="")


class CopyExpired(KermaError):
    """The encrypted copy of a quarantined object is gone."""


def put(
    data: Any,
    error: KermaError,
    *,
    came_by: str = "",
    origin: str = "",
    facts: ObjectFacts | None = None,
) -> Quarantine:
    """Put the bytes of an object into quarantine; the same again only counts.

    Parameters
    ----------
    data
        Its bytes, or anything with the buffer interface; empty where there are none to keep.
    error
        Why; its text is shown to administrators.
    origin
        File name, or AE title of the sender.
    facts
        What is known of the object, if it could be read that far.
    """
    with memoryview(data) as view:
        content_hash = hashlib.sha256(view).hexdigest() if len(view) else ""
        key = content_hash or hashlib.sha256(f"{origin}\0{error}".encode()).hexdigest()
        if len(view):
            seal(view, _folder() / _file_name(content_hash))
        return _enter(key, len(view), error, came_by, origin, facts or _NOWHERE)


@transaction.atomic
def _enter(
    key: str, size: int, error: KermaError, came_by: str, origin: str, facts: ObjectFacts
) -> Quarantine:
    values = {
        "reason": str(error),
        "error": type(error).__name__,
        "came_by": came_by,
        "origin": origin,
        "study_instance_uid": facts.study_instance_uid,
        "sop_instance_uid": facts.sop_instance_uid,
        "size_bytes": size,
        "retriable": size > 0,
        "sealed_copy": _file_name(key) if size else "",
        "expires_at": _now() + dt.timedelta(days=options.get("quarantine_days")),
    }
    values = {name: _clean(value) for name, value in values.items()}
    here = Quarantine.objects.filter(content_hash=key, released_at=None).order_by("id").first()
    if here is None:
        return Quarantine.objects.create(content_hash=key, **values)
    Quarantine.objects.filter(pk=here.pk).update(times_seen=F("times_seen") + 1, **values)
    here.refresh_from_db()
    return here


def copy_of(entry: Quarantine) -> bytes:
    """Return the bytes of the object.

    Raises
    ------
    CopyExpired
        If they are kept no longer.
    """
    path = _folder() / entry.sealed_copy
    if not entry.sealed_copy or not path.exists():
        raise CopyExpired("No copy of this object is kept any more; send it again.")
    return unseal(path)


def release(entry: Quarantine) -> None:
    """Let an object go that has been used after all, and its copy."""
    entry.released_at = _now()
    _drop_copy(entry)


def refuse_again(entry: Quarantine, error: KermaError) -> None:
    """Keep an object that a retry could not use either, with the reason of today."""
    entry.reason, entry.error = _clean(str(error)), type(error).__name__
    entry.retriable = not isinstance(error, CopyExpired)
    entry.save(update_fields=["reason", "error", "retriable"])


def remove(entry: Quarantine) -> None:
    """Remove an entry and its copy for good."""
    _drop_copy(entry)
    entry.delete()


def expire() -> int:
    """Remove the copies whose time has come, and return how many; the reasons stay."""
    due = Quarantine.objects.filter(expires_at__lte=_now()).exclude(sealed_copy="")
    gone = list(due.order_by("id"))
    for entry in gone:
        _drop_copy(entry)
    return len(gone)


def _drop_copy(entry: Quarantine) -> None:
    """Forget the copy, and delete it unless another entry needs it."""
    name, entry.sealed_copy, entry.retriable = entry.sealed_copy, "", False
    entry.save(update_fields=["sealed_copy", "retriable", "released_at"])
    if name and not Quarantine.objects.filter(sealed_copy=name).exists():
        (_folder() / name).unlink(missing_ok=True)


def _folder() -> Path:
    return Path(settings.KERMA_HOME) / "quarantine"


def _file_name(content_hash: str) -> str:
    return f"{content_hash}.sealed"


def _clean(value: Any) -> Any:
    """Return text that any database takes: file names may hold bytes that are no characters."""
    if isinstance(value, str):
        return value.replace("\0", "").encode(errors="replace").decode()
    return value


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
