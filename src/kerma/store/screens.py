"""The dose screens of studies: what was read of them, their pictures, and who decided what.

The files lie encrypted in the folder `screens` of the home, one folder a study: pictures as PNG,
and the objects as they came until the study is stored.
"""

import datetime as dt
import re
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.db import connection, transaction
from django.db.models import QuerySet

from kerma.errors import KermaError
from kerma.screens.reading import Reading, Scanner, ScreenTable
from kerma.store import screen_readings
from kerma.store.locks import lock_study
from kerma.store.models import ScreenPicture, ScreenStudy, Source
from kerma.store.sealing import unseal

State = ScreenStudy.State
WAITING = (State.GLYPHS, State.REVIEW)


_UNDECIDED: dict[str, Any] = {
    "corrected": {},
    "decided_by": None,
    "decided_at": None,
    "decided_why": "",
}
_REPORTS = ("CT RDSR", "enhanced RDSR", "Philips CT dose info")
"""Kinds of sources beside which a dose screen is not needed."""


class PictureGone(KermaError):
    """The picture of a dose screen is kept no longer."""


class Kept(NamedTuple):
    """One picture as it is to be kept."""

    sop_instance_uid: str
    series_instance_uid: str = ""
    instance_number: int | None = None
    width: int = 0
    height: int = 0
    is_lossy: bool = False
    sealed_picture: str = ""
    """File below the folder of the study."""
    is_blanked: bool = False
    sealed_object: str = ""


def kept_as(picture: ScreenPicture) -> Kept:
    """Return a picture as it is kept already."""
    return Kept(**{name: getattr(picture, name) for name in Kept._fields})


def folder() -> Path:
    """Return the folder of the folders of the studies."""
    return Path(settings.KERMA_HOME) / "screens"


def lock(study_instance_uid: str) -> None:
    """Wait until nobody else decides about the screens of a study; within a transaction."""
    with connection.cursor() as cursor:
        lock_study(cursor, f"screens {study_instance_uid}")


def scanner_of(study: ScreenStudy) -> Scanner:
    """Return whose screens they are."""
    return Scanner(
        manufacturer=study.manufacturer,
        model=study.model,
        software_versions=study.software_versions,
        station_name=study.station_name,
    )


def reading_of(study: ScreenStudy) -> Reading:
    """Return what was read; its texts name no patient, its unknown shapes may."""
    return screen_readings.reading(study.reading or {})


def second_of(study: ScreenStudy) -> Reading | None:
    """Return what the second reader says, None where there is none."""
    return screen_readings.reading(study.second_reading) if study.second_reading else None


def corrected_of(study: ScreenStudy) -> ScreenTable | None:
    """Return the table that a person confirmed or corrected, None before."""
    return msgspec.convert(study.corrected, ScreenTable) if study.corrected else None


def is_blanked(picture: ScreenPicture) -> bool:
    """Return whether all that may name the patient is painted over."""
    return picture.is_blanked


def png(picture: ScreenPicture) -> bytes:
    """Return a picture.

    Raises
    ------
    PictureGone
        If it is not kept.
    """
    path = folder() / picture.sealed_picture
    if not picture.sealed_picture or not path.exists():
        raise PictureGone("This picture is not kept any more.")
    return unseal(path)


def provenance(study_instance_uid: str) -> ScreenStudy | None:
    """Return the screens that a stored study was read from, None if it was not."""
    found = ScreenStudy.objects.select_related("decided_by").prefetch_related("pictures")
    return found.filter(study_instance_uid=study_instance_uid, state=State.STORED).first()


def waiting_for(study_instance_uid: str) -> ScreenStudy | None:
    """Return the screens of a study that wait for a person, None if there are none."""
    found = ScreenStudy.objects.filter(study_instance_uid=study_instance_uid, state__in=WAITING)
    return found.first()


def has_report(study_instance_uid: str) -> bool:
    """Return whether a dose report of the scanner itself is stored: it counts more."""
    found = Source.objects.filter(study_instance_uid=study_instance_uid)
    return found.filter(kind__in=_REPORTS).exists()


def put(
    study_instance_uid: str,
    scanner: Scanner,
    state: str,
    reading: Reading,
    pictures: Iterable[Kept],
    *,
    study_date: dt.date | None = None,
    anew: bool = False,
) -> ScreenStudy:
    """Store what was read of the screens of a study, in the caller's transaction.

    Parameters
    ----------
    anew
        Whether what a person decided before counts no more.
    """
    study, _ = ScreenStudy.objects.update_or_create(
        study_instance_uid=study_instance_uid,
        defaults={
            **_names(scanner),
            **_read(state, reading),
            "study_date": study_date,
            **(_UNDECIDED if anew else {}),
        },
    )
    put_pictures(study, pictures)
    return study


def put_reading(study: ScreenStudy, state: str, reading: Reading) -> None:
    """Keep what was read anew of a study, in the caller's transaction; the pictures stay."""
    for name, value in _read(state, reading).items():
        setattr(study, name, value)
    study.save()


def put_pictures(study: ScreenStudy, pictures: Iterable[Kept]) -> None:
    """Make the pictures of a study these, in this order."""
    ScreenPicture.objects.filter(study=study).delete()
    ScreenPicture.objects.bulk_create(
        ScreenPicture(study=study, number=number, **one._asdict())
        for number, one in enumerate(pictures)
    )


def put_second(study: ScreenStudy, reading: Reading) -> bool:
    """Keep what the second reader says, unless the study was read anew or decided meanwhile."""
    same = ScreenStudy.objects.filter(pk=study.pk, state__in=WAITING, changed_at=study.changed_at)
    return same.update(second_reading=screen_readings.as_json(reading)) > 0


def decide(
    study: ScreenStudy,
    state: str,
    user: AbstractBaseUser | None,
    *,
    corrected: ScreenTable | None = None,
    why: str = "",
) -> None:
    """Keep what a person decided, in the caller's transaction."""
    study.state = state
    study.corrected = screen_readings.as_json(corrected) if corrected else {}
    study.reading = screen_readings.without_shapes(study.reading)
    study.second_reading = screen_readings.without_shapes(study.second_reading)
    study.decided_by_id = user.pk if user else None
    study.decided_at = dt.datetime.now(dt.UTC)
    study.decided_why = why
    study.save()


def waiting_of(scanner: Scanner) -> list[ScreenStudy]:
    """Return the studies of a scanner that wait for a person; "" is any software version."""
    return list(_of(scanner).filter(state__in=WAITING).order_by("pk"))


def read_with(scanner: Scanner) -> "QuerySet[ScreenStudy]":
    """Return the studies stored as they were read with the letters of a scanner, by nobody seen."""
    return _of(scanner).filter(state=State.STORED, corrected={}).order_by("pk")


def _of(scanner: Scanner) -> "QuerySet[ScreenStudy]":
    found = ScreenStudy.objects.filter(manufacturer=scanner.manufacturer, model=scanner.model)
    if scanner.software_versions:
        found = found.filter(software_versions=scanner.software_versions)
    return found


def waiting() -> int:
    """Return how many studies wait for a person."""
    return ScreenStudy.objects.filter(state__in=WAITING).count()


def forget(study_instance_uid: str) -> None:
    """Remove the screens of a study and their files, with the transaction that is under way.

    Headers of images that wait for a screen of the study go as well.
    """
    known = ScreenStudy.objects.filter(study_instance_uid=study_instance_uid)
    names = {
        Path(name).parts[0]
        for pair in known.values_list("pictures__sealed_picture", "pictures__sealed_object")
        for name in pair
        if name
    }
    if re.fullmatch(r"[0-9.]*[0-9]", study_instance_uid):
        names.add(study_instance_uid)
    known.delete()
    transaction.on_commit(lambda: _remove(names))


def _remove(names: Iterable[str]) -> None:
    for name in names:
        shutil.rmtree(folder() / name, ignore_errors=True)


def _read(state: str, reading: Reading) -> dict[str, Any]:
    return {
        "state": state,
        "layout": reading.table.layout if reading.table else "",
        "reading": screen_readings.as_json(reading),
        "second_reading": {},
        "unknown_glyphs": len({seen.glyph for _, seen in reading.unknown}),
        "doubts": len(reading.doubts),
    }


def _names(scanner: Scanner) -> dict[str, str]:
    return {
        "manufacturer": scanner.manufacturer,
        "model": scanner.model,
        "software_versions": scanner.software_versions,
        "station_name": scanner.station_name,
    }
