"""Studies of scanners without reports: objects together until the study is complete and read.

Whoever can read such a study registers a reader, one file in `kerma.pipeline.readers`. Studies
that no reader wants wait.
"""

import datetime as dt
import logging
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models import F
from msgspec.structs import replace

from kerma.dicom.lean import Bytes
from kerma.errors import KermaError
from kerma.pipeline import aside
from kerma.pipeline import readers as _readers
from kerma.registry import Registry, load_all
from kerma.store import arrival_log, jobs, options
from kerma.store.arrival import Came
from kerma.store.locks import lock_study
from kerma.store.models import Arrival, CollectedStudy, Task

_log = logging.getLogger("kerma.import")

JOB = "read-collected"
State = CollectedStudy.State
_AT_ONCE = 400


class Reader(NamedTuple):
    """One way to read the dose of a study from its objects."""

    name: str
    wants: Callable[[CollectedStudy], bool]
    read: Callable[[Path], None]
    """Given the folder of the objects, import what they say; must be harmless to repeat."""


readers: Registry[Reader] = Registry("reader of collected studies")
add = readers.add


def folder() -> Path:
    """Return the folder of the folders of the studies."""
    return aside.folder("collected")


def folder_of(study: CollectedStudy) -> Path:
    """Return the folder of the objects of a study."""
    return folder() / study.folder


def keep(source: Path, came: Came, reason: str) -> None:
    """Put an object with the others of its study, durably; the same again changes nothing."""
    name = aside.safe(came.study_instance_uid)
    with transaction.atomic(), connection.cursor() as cursor:
        lock_study(cursor, f"collected {came.study_instance_uid}")
        target = folder() / name / f"{aside.safe(came.sop_instance_uid)}.dcm"
        is_new = aside.put(source, target)
        if arrival_log.enter(cursor, came, Arrival.Decision.COLLECTED, reason) and is_new:
            _count(came, name)


def keep_object(data: Bytes, came: Came, reason: str = "", name: str = "") -> bool:
    """Keep an object, or a part of it, that lies in no spool; return whether it is new.

    Parameters
    ----------
    reason
        For the log of arrivals; what did not come by itself has no row there.
    name
        Of its file, where that is not its SOP Instance UID; the first of a name stays.
    """
    study = aside.safe(came.study_instance_uid)
    with transaction.atomic(), connection.cursor() as cursor:
        lock_study(cursor, f"collected {came.study_instance_uid}")
        target = folder() / study / f"{name or aside.safe(came.sop_instance_uid)}.dcm"
        is_new = aside.write(data, target)
        is_told = bool(came.spool_name)
        if is_told:
            arrival_log.enter(cursor, came, Arrival.Decision.COLLECTED, reason)
        if is_new or not is_told:
            _count(replace(came, size_bytes=len(data)), study, int(is_new))
    return is_new


def is_known(study_instance_uid: str) -> bool:
    """Return whether objects of a study are collected, or were."""
    return CollectedStudy.objects.filter(study_instance_uid=study_instance_uid).exists()


def holds(study_instance_uid: str, name: str) -> bool:
    """Return whether a file of this name is in the folder of a study."""
    return (folder() / aside.safe(study_instance_uid) / f"{name}.dcm").exists()


def touch(study_instance_uid: str) -> None:
    """Let a study that is being collected wait anew: its objects are still coming."""
    CollectedStudy.objects.filter(
        study_instance_uid=study_instance_uid, state__in=(State.COLLECTING, State.COMPLETE)
    ).update(last_at=dt.datetime.now(dt.UTC), state=State.COLLECTING)


def hasten(study_instance_uids: Iterable[str]) -> int:
    """Let studies be complete at once, because all was sent; return how many there are."""
    uids = list(study_instance_uids)
    count = 0
    for at in range(0, len(uids), _AT_ONCE):
        found = CollectedStudy.objects.filter(study_instance_uid__in=uids[at : at + _AT_ONCE])
        count += found.filter(state=State.COLLECTING).update(state=State.COMPLETE)
    if count and can_read():
        _ask()
    return count


def _count(came: Came, name: str, number: int = 1) -> None:
    known, _ = CollectedStudy.objects.get_or_create(
        study_instance_uid=came.study_instance_uid,
        defaults={
            "folder": name,
            "manufacturer": came.manufacturer,
            "model": came.model,
            "station_name": came.station_name,
            "first_at": came.arrived_at,
            "last_at": came.arrived_at,
        },
    )
    CollectedStudy.objects.filter(pk=known.pk).update(
        objects_kept=F("objects_kept") + number,
        size_bytes=F("size_bytes") + number * came.size_bytes,
        last_at=dt.datetime.now(dt.UTC),
        state=State.COLLECTING,
    )


def complete_due() -> int:
    """Let studies of which nothing came for some minutes be complete, and return how many.

    A worker is asked to read those that wait, if there is a reader for any of them.
    """
    before = dt.datetime.now(dt.UTC) - dt.timedelta(minutes=options.get("collect_minutes"))
    due = CollectedStudy.objects.filter(state=State.COLLECTING, last_at__lt=before)
    count = due.update(state=State.COMPLETE)
    if waiting():
        _ask()
    return count


def _ask() -> None:
    asked = Task.objects.filter(job=JOB, state__in=(Task.State.QUEUED, Task.State.RUNNING))
    if not asked.exists():
        jobs.enqueue(JOB, "Read studies of scanners without reports")


def can_read() -> bool:
    """Return whether this version has any reader."""
    load_all(_readers)
    return any(readers)


def waiting() -> list[CollectedStudy]:
    """Return the complete studies that somebody can read."""
    if not can_read():
        return []
    complete = CollectedStudy.objects.filter(state=State.COMPLETE).order_by("pk")
    return [study for study in complete if _reader_of(study)]


def read(study: CollectedStudy) -> None:
    """Read a study; objects that come meanwhile make it be read again.

    One that cannot be read is told in the log and not tried again until more of it comes.
    """
    reader = _reader_of(study)
    if reader is None:
        return
    try:
        reader.read(folder_of(study))
    except KermaError as error:
        _log.warning("A collected study (%s) cannot be read: %s", reader.name, error)
    done(study)


def done(study: CollectedStudy) -> None:
    """Note that a study was read, unless further objects have come meanwhile."""
    same = CollectedStudy.objects.filter(pk=study.pk, last_at=study.last_at)
    same.update(state=State.READ)


def delete(study: CollectedStudy) -> None:
    """Delete a study and its objects."""
    with transaction.atomic(), connection.cursor() as cursor:
        lock_study(cursor, f"collected {study.study_instance_uid}")
        CollectedStudy.objects.filter(pk=study.pk).delete()
        shutil.rmtree(folder_of(study), ignore_errors=True)


def _reader_of(study: CollectedStudy) -> Reader | None:
    return next((reader for reader in readers if reader.wants(study)), None)
