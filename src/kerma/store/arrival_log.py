"""The log of arrivals: one row for each object that came by itself, and what became of it."""

import datetime as dt
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper
from msgspec.structs import asdict

from kerma.store import options
from kerma.store.arrival import Came
from kerma.store.models import Arrival
from kerma.store.sql import Table

_ROWS = Table(Arrival)
_ENTER = f"{_ROWS.insert_statement} ON CONFLICT (spool_name) DO NOTHING"
_AT_ONCE = 5000


def enter(cursor: CursorWrapper, came: Came, decision: str, reason: str = "") -> bool:
    """Note what became of an object, and return whether it was not noted before.

    The first word stands: an object that is taken from the spool again, after a crash, is no
    second arrival.
    """
    row = {name: _clean(value) for name, value in asdict(came).items() if name != "note"}
    row |= {
        "decided_at": dt.datetime.now(dt.UTC),
        "decision": decision,
        "reason": _clean(" ".join(filter(None, (came.note, reason)))),
    }
    cursor.execute(_ENTER, _ROWS.values(row))
    return bool(cursor.rowcount > 0)


def note(came: Came, decision: str, reason: str = "") -> bool:
    """Note what became of an object, where nothing else was to be written."""
    with connection.cursor() as cursor:
        return enter(cursor, came, decision, reason)


def prune() -> int:
    """Remove the rows that are older than the days to keep them, and return how many."""
    before = dt.datetime.now(dt.UTC) - dt.timedelta(days=options.get("arrival_log_days"))
    old = Arrival.objects.filter(arrived_at__lt=before).order_by("arrived_at")
    gone = 0
    while numbers := list(old.values_list("pk", flat=True)[:_AT_ONCE]):
        gone += Arrival.objects.filter(pk__in=numbers).delete()[0]
    return gone


def _clean(value: Any) -> Any:
    """Return text that any database takes."""
    if isinstance(value, str):
        return value.replace("\0", "").encode(errors="replace").decode()
    return value
