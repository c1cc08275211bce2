"""Sizes of CT patients by their images, in and out of the database."""

import datetime as dt
from collections.abc import Callable
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models import F

from kerma.store import changes
from kerma.store.locks import lock_study
from kerma.store.models import CtImageSize, Study

Section = tuple[float | None, float, bool]
"""Position in mm, diameter in mm, whether it is cut off."""


class Place(NamedTuple):
    """Which row an image belongs to."""

    study_instance_uid: str
    series_instance_uid: str
    irradiation_event_uid: str
    acquisition_number: str


class Summary(NamedTuple):
    """What is stored of the images of a row."""

    images: int
    mean_mm: float
    minimum_mm: float
    maximum_mm: float
    middle_mm: float | None
    cut_off_share: float


@transaction.atomic
def add(
    place: Place,
    sop_instance_uid: str,
    section: Section,
    *,
    method: str,
    series_number: int | None,
    summarise: Callable[[list[Section]], Summary],
    tells: bool,
) -> bool:
    """Add a measured image; return False if it was there.

    What another method has measured is dropped. The order of arrival does not matter.

    Parameters
    ----------
    summarise
        What follows from all images of the row.
    tells
        Whether the studies count as changed, so that what follows from them is done again.
    """
    with connection.cursor() as cursor:
        lock_study(cursor, place.study_instance_uid)
        row = CtImageSize.objects.filter(**place._asdict()).first()
        kept = dict(row.sections) if row is not None and row.method == method else {}
        if list(kept.get(sop_instance_uid, ())) == list(section):
            return False
        kept[sop_instance_uid] = section
        found = summarise([(one[0], one[1], bool(one[2])) for one in kept.values()])
        values = {**found._asdict(), "sections": kept, "method": method}
        CtImageSize.objects.update_or_create(
            **place._asdict(), defaults={**values, "series_number": series_number}
        )
        if tells:
            studies = Study.objects.filter(
                study_instance_uid=place.study_instance_uid, modality="CT"
            )
            changes.note(cursor, list(studies.values_list("pk", flat=True)))
    return True


def has(place: Place, sop_instance_uid: str, method: str) -> bool:
    """Return whether an image was measured."""
    row = CtImageSize.objects.filter(**place._asdict()).first()
    return row is not None and row.method == method and sop_instance_uid in row.sections


_BY_NUMBER = F("series_number").asc(nulls_last=True)


def of_study(study_instance_uid: str) -> list[CtImageSize]:
    """Return what is known of a study, in the order of its series."""
    found = CtImageSize.objects.filter(study_instance_uid=study_instance_uid)
    return list(found.order_by(_BY_NUMBER, "series_instance_uid", "pk"))


def forget(study_instance_uid: str) -> None:
    """Remove what is known of a study, if none is stored under this UID."""
    if not Study.objects.filter(study_instance_uid=study_instance_uid).exists():
        CtImageSize.objects.filter(study_instance_uid=study_instance_uid).delete()


def expire(days: int, now: dt.datetime | None = None) -> int:
    """Remove what was measured this long ago of studies whose report never came."""
    before = (now or dt.datetime.now(dt.UTC)) - dt.timedelta(days=days)
    stored = Study.objects.values("study_instance_uid")
    due = CtImageSize.objects.filter(measured_at__lt=before)
    return due.exclude(study_instance_uid__in=stored).delete()[0]
