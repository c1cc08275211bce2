"""Studies of physicists' tests: objects kept as they came, one zip file for each study.

Objects first lie in a folder beside the zip file. When none came for some minutes they are packed
into it, so that a study of a thousand images is not written a thousand times.
"""

import datetime as dt
import fcntl
import os
import re
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import F

from kerma.dicom import tags
from kerma.dicom.dataset import DataSet
from kerma.pipeline import aside
from kerma.store import arrival_log, jobs, options
from kerma.store.arrival import Came
from kerma.store.locks import lock_study
from kerma.store.models import Arrival, PhysicsStudy, Task

JOB = "pack-physics"
_SUFFIX = ".dcm"


def folder() -> Path:
    """Return the folder of the zip files."""
    return aside.folder("physics")


def keep(source: Path, header: DataSet, came: Came, reason: str, pattern: str) -> None:
    """Keep an object, durably; the same object again changes nothing."""
    with _alone(came.study_instance_uid) as cursor:
        target = _loose(came) / f"{aside.safe(came.sop_instance_uid)}{_SUFFIX}"
        is_new = not _is_packed(came) and aside.put(source, target)
        if arrival_log.enter(cursor, came, Arrival.Decision.PHYSICS, reason) and is_new:
            _count(header, came, pattern)


def keep_too(source: Path, header: DataSet, came: Came, pattern: str) -> None:
    """Keep an object whose dose is imported as well; the import enters it in the log."""
    with _alone(came.study_instance_uid):
        target = _loose(came) / f"{aside.safe(came.sop_instance_uid)}{_SUFFIX}"
        if not _is_packed(came) and not target.exists():
            aside.put(source, target)
            _count(header, came, pattern)


def due() -> list[str]:
    """Return the studies that lie loose and of which nothing came for some minutes."""
    before = dt.datetime.now(dt.UTC) - dt.timedelta(minutes=options.get("collect_minutes"))
    found = PhysicsStudy.objects.filter(is_packed=False, last_at__lt=before)
    return list(found.values_list("study_instance_uid", flat=True))


def pack_due() -> None:
    """Ask a worker to pack the studies that are due, if there are any."""
    asked = Task.objects.filter(job=JOB, state__in=(Task.State.QUEUED, Task.State.RUNNING))
    if due() and not asked.exists():
        jobs.enqueue(JOB, "Pack physics studies")


def pack(study_instance_uid: str) -> None:
    """Bring the loose objects of a study into its zip file.

    The old file stays whole until the new one is. Only one process packs a study; another leaves
    it to that one.
    """
    study = PhysicsStudy.objects.filter(study_instance_uid=study_instance_uid).first()
    if study is None or study.is_packed:
        return
    loose = folder() / study.folder
    loose.mkdir(mode=0o700, exist_ok=True)  # gone if a run was ended just before it was noted
    with _held(loose) as is_mine:
        if not is_mine:
            return
        names = sorted(path.name for path in loose.iterdir() if path.suffix == _SUFFIX)
        draft = folder() / f".{study.folder}.{os.getpid()}.part"
        try:
            _write(draft, folder() / study.file_name, loose, names)
            _exchange(study, draft, names)
        finally:
            draft.unlink(missing_ok=True)


def zip_of(study: PhysicsStudy) -> Path:
    """Return the zip file with all that is there of a study.

    Raises
    ------
    FileNotFoundError
        If somebody took it away.
    """
    pack(study.study_instance_uid)
    path = folder() / study.file_name
    path.stat()
    return path


def delete(study: PhysicsStudy) -> None:
    """Delete a study and all that was kept of it."""
    with _alone(study.study_instance_uid):
        PhysicsStudy.objects.filter(pk=study.pk).delete()
        (folder() / study.file_name).unlink(missing_ok=True)
        shutil.rmtree(folder() / study.folder, ignore_errors=True)


@contextmanager
def _alone(study_instance_uid: str) -> Iterator[CursorWrapper]:
    """Open a transaction in which nobody else changes the study's files and row."""
    with transaction.atomic(), connection.cursor() as cursor:
        lock_study(cursor, f"physics {study_instance_uid}")
        yield cursor


def _loose(came: Came) -> Path:
    return folder() / aside.safe(came.study_instance_uid)


def _is_packed(came: Came) -> bool:
    """Return whether the object is in the zip file already."""
    study = PhysicsStudy.objects.filter(study_instance_uid=came.study_instance_uid).first()
    path = folder() / study.file_name if study else None
    if path is None or not path.exists():
        return False
    return f"{aside.safe(came.sop_instance_uid)}{_SUFFIX}" in _names(path)


def _names(path: Path) -> set[str]:
    """Return the names in a zip file; none if somebody damaged it."""
    try:
        with zipfile.ZipFile(path) as archive:
            return set(archive.namelist())
    except zipfile.BadZipFile:
        return set()


def _count(header: DataSet, came: Came, pattern: str) -> None:
    date = header.date(tags.StudyDate)
    name = aside.safe(came.study_instance_uid)
    known, _ = PhysicsStudy.objects.get_or_create(
        study_instance_uid=came.study_instance_uid,
        defaults={
            "file_name": _file_name(date, came.station_name or came.model, name),
            "folder": name,
            "study_date": date,
            "study_description": header.text(tags.StudyDescription),
            "modality": came.modality,
            "station_name": came.station_name,
            "model": came.model,
            "pattern": pattern,
            "first_at": came.arrived_at,
            "last_at": came.arrived_at,
        },
    )
    PhysicsStudy.objects.filter(pk=known.pk).update(
        objects_kept=F("objects_kept") + 1,
        size_bytes=F("size_bytes") + came.size_bytes,
        last_at=dt.datetime.now(dt.UTC),
        is_packed=False,
    )


def _file_name(date: dt.date | None, system: str, name: str) -> str:
    """Return a name by which people find the study: date, station, UID."""
    plain = re.sub(r"[^0-9A-Za-z.-]+", "-", system).strip("-.")[:40]
    day = date.isoformat() if date else ""
    return "_".join(filter(None, (day, plain, name))) + ".zip"


def _write(draft: Path, old: Path, loose: Path, names: list[str]) -> None:
    """Write what the old zip file holds and the loose objects to a draft, durably."""
    known = _names(old) if old.exists() else set()
    if known:
        shutil.copyfile(old, draft)
    with zipfile.ZipFile(draft, "a" if known else "w", zipfile.ZIP_DEFLATED, compresslevel=1) as z:
        for name in names:
            if name not in known:
                z.write(loose / name, name)
    aside.sync_file(draft)


def _exchange(study: PhysicsStudy, draft: Path, names: list[str]) -> None:
    """Put the draft in the place of the zip file, and take away what is in it."""
    with _alone(study.study_instance_uid):
        if not PhysicsStudy.objects.filter(pk=study.pk).exists():
            return  # somebody deleted it meanwhile
        draft.rename(folder() / study.file_name)
        aside.sync_folder(folder())
        loose = folder() / study.folder
        for name in names:
            (loose / name).unlink(missing_ok=True)
        rest = any(loose.iterdir())
        if not rest:
            loose.rmdir()
        path = folder() / study.file_name
        PhysicsStudy.objects.filter(pk=study.pk).update(
            is_packed=not rest, objects_kept=len(_names(path)), size_bytes=path.stat().st_size
        )


@contextmanager
def _held(path: Path) -> Iterator[bool]:
    """Hold a folder while working on it; gives False if another process does, or it is gone."""
    try:
        handle = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        yield False
        return
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        is_mine = True
    except BlockingIOError:
        is_mine = False
    try:
        yield is_mine
    finally:
        os.close(handle)
