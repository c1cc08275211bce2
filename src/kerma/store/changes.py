"""The log of changed studies: written by whatever changes one, read on by caches and follow-ups.

A reader keeps a position. On PostgreSQL transactions end in another order than they began, so the
position is the number of a transaction up to which all have ended: no change can be missed. On
SQLite there is one writer at a time, and the position is the row's id.
"""

import datetime as dt
import secrets
from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import Q

from kerma.store.models import ChangeReader, StudyChange

_KEPT = 200_000
"""Changes that every reader has seen are kept up to this number, for caches that were away."""
_FLOOR = "floor"
"""Reader that stands for what has been removed from the log."""
_LOG = "log"
"""Reader whose position is a number drawn once for this database."""

_NOTE = "INSERT INTO store_studychange (study_id, made_at, derived) VALUES (%s, %s, %s)"
_NOTE_MANY = """
INSERT INTO store_studychange (study_id, made_at, derived)
SELECT id, %s, %s FROM store_study WHERE {where}
"""
_END = {
    "sqlite": "SELECT COALESCE(MAX(id), 0) FROM store_studychange",
    "postgresql": "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint - 1",
}
_PLACE = {"sqlite": "id", "postgresql": "transaction"}


class Changes(NamedTuple):
    """Studies changed since a position, and the position to read on from."""

    study_ids: list[int]
    """Each once, in the order of their first change."""
    position: int
    complete: bool
    """False if the log does not reach back to the position asked for: read everything anew."""


def note(cursor: CursorWrapper, study_ids: Iterable[int], *, derived: bool = False) -> None:
    """Say that these studies are stored, changed or deleted in this transaction.

    `derived` says that only values changed that follow from a study, so no follow-up is due.
    """
    moment = _now()
    rows = [[study_id, moment, derived] for study_id in study_ids]
    if len(rows) == 1:
        cursor.execute(_NOTE, rows[0])
    elif rows:
        cursor.executemany(_NOTE, rows)


def note_where(
    cursor: CursorWrapper, where: str, values: Iterable[Any] = (), *, derived: bool = False
) -> None:
    """Say that the studies that meet an SQL condition on `store_study` change."""
    cursor.execute(_NOTE_MANY.format(where=where), [_now(), derived, *values])


def end() -> int:
    """Return the position after all changes that are final now."""
    with connection.cursor() as cursor:
        cursor.execute(_END[connection.vendor])
        return int(cursor.fetchone()[0])


def since(position: int, limit: int | None = None, *, derived: bool = True) -> Changes:
    """Return the studies changed after `position`; `limit` is about how many changes to read.

    Without `derived`, changes of values that only follow from the study are left out.

    The statements run in this order: what is read up to is final before it is read.
    """
    until = end()
    floor = _position_of(_FLOOR)
    if position < floor or position > until:
        return Changes([], until, complete=False)
    place = _PLACE[connection.vendor]
    found = StudyChange.objects.filter(**{f"{place}__gt": position, f"{place}__lte": until})
    found = found.order_by(place, "id")
    if not derived:
        found = found.filter(derived=False)
    if limit is not None:
        last = found.values_list(place, flat=True)[limit - 1 : limit].first()
        until = until if last is None else last
        found = found.filter(**{f"{place}__lte": until})
    ids = dict.fromkeys(found.values_list("study_id", flat=True))
    return Changes(list(ids), until, complete=True)


class Seen(NamedTuple):
    """All changes noted after a position that this transaction sees, those of long ones too."""

    study_ids: list[int]
    """Each once."""
    stamp: tuple[int, int]
    """Number and greatest id of the changes: it differs once there are others."""


def seen_since(position: int, limit: int) -> Seen | None:
    """Return the studies changed after `position`, for readers that do not move on from it.

    Unlike `since`, it need not leave out what ended before an older transaction: the reader asks
    from the same position again. None if the log does not reach back, or has over `limit` changes.
    """
    floor = _position_of(_FLOOR)
    if position < floor or position > end():
        return None
    place = _PLACE[connection.vendor]
    found = StudyChange.objects.filter(**{f"{place}__gt": position})
    rows = list(found.values_list("id", "study_id")[: limit + 1])
    if len(rows) > limit:
        return None
    ids = list(dict.fromkeys(study_id for _, study_id in rows))
    return Seen(ids, (len(rows), max((row[0] for row in rows), default=0)))


def newest() -> tuple[int, str] | None:
    """Return id and moment of the newest change: a log that has lost it is another one's."""
    row = StudyChange.objects.order_by("-id").values_list("id", "made_at").first()
    return None if row is None else (row[0], row[1].isoformat())


def has(change: tuple[int, str] | None) -> bool:
    """Return whether this very change is still in the log, or was before all that is kept."""
    if change is None:
        return True
    made_at = StudyChange.objects.filter(pk=change[0]).values_list("made_at", flat=True).first()
    if made_at is not None:
        return made_at.isoformat() == change[1]
    oldest = StudyChange.objects.order_by("id").values_list("id", flat=True).first()
    return oldest is not None and oldest > change[0]


def log_id() -> int:
    """Return a number that tells this database from any other, e.g. one restored from a backup."""
    row, _ = ChangeReader.objects.get_or_create(
        name=_LOG, defaults={"position": secrets.randbits(48)}
    )
    return row.position


def position_of(reader: str) -> int | None:
    """Return how far a reader that keeps its position in the database is, None if it is new."""
    return ChangeReader.objects.filter(name=reader).values_list("position", flat=True).first()


def move(reader: str, position: int) -> None:
    """Keep the position of a reader."""
    ChangeReader.objects.update_or_create(name=reader, defaults={"position": position})


def hold(reader: str, holder: str, seconds: float) -> bool:
    """Let one process at a time read on; return whether `holder` is the one, for `seconds` more."""
    now = dt.datetime.now(dt.UTC)
    free = Q(held_until__isnull=True) | Q(held_until__lt=now) | Q(holder=holder)
    row, _ = ChangeReader.objects.get_or_create(name=reader)
    until = now + dt.timedelta(seconds=seconds)
    return bool(
        ChangeReader.objects.filter(free, pk=row.pk).update(holder=holder, held_until=until)
    )


@transaction.atomic
def drop_old() -> int:
    """Remove changes that all readers have seen, but for the newest; return how many."""
    readers = ChangeReader.objects.exclude(name__in=(_FLOOR, _LOG))
    seen = min(readers.values_list("position", flat=True), default=0)
    place = _PLACE[connection.vendor]
    newest = StudyChange.objects.order_by("-id").values_list(place, flat=True)
    oldest_kept = newest[_KEPT : _KEPT + 1].first()
    if oldest_kept is None or not seen:
        return 0
    floor = min(seen, oldest_kept)
    move(_FLOOR, max(floor, _position_of(_FLOOR)))
    return StudyChange.objects.filter(**{f"{place}__lte": floor}).delete()[0]


def _position_of(reader: str) -> int:
    return position_of(reader) or 0


def _now() -> dt.datetime | str:
    """Return the moment as the driver takes it."""
    now = dt.datetime.now(dt.UTC)
    if connection.vendor == "postgresql":
        return now
    return now.replace(tzinfo=None).isoformat(" ")
