"""What CT images say of their dose, noted as they arrive, and what became of their study."""

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

import msgspec
from django.db import connection, transaction
from django.db.models import Count

from kerma.store import packing
from kerma.store.locks import lock_study
from kerma.store.models import ImageNote, ImageStudy, Source, Study

State = ImageStudy.State

_REPORTS = (
    "CT RDSR", "enhanced RDSR", "patient dose SR", "enhanced SR", "Philips CT dose info",
    "CT dose screen", "manual",
)  # fmt: skip
"""Kinds of source that are believed more than an estimate."""


class Place(NamedTuple):
    """The scanner and the study of an image."""

    study_instance_uid: str
    equipment: str
    manufacturer: str
    model: str
    station_name: str
    study_date: dt.date | None


class Notes(NamedTuple):
    """All that is known of the images of a study, and up to where."""

    facts: list[bytes]
    """As they were noted."""
    last: int
    """Notes up to this one are among them."""
    last_at: dt.datetime


def is_reported(study_instance_uid: str, besides: Sequence[str] = ()) -> bool:
    """Return whether a better source than an estimate is stored for a CT study.

    Those of the kinds `besides` are passed over.
    """
    found = Source.objects.filter(study_instance_uid=study_instance_uid, kind__in=_REPORTS)
    return found.exclude(kind__in=besides).exists()


@transaction.atomic
def note(place: Place, sop_instance_uid: str, facts: bytes, sealed_head: str) -> bool:
    """Note an image; return False if it was noted and its study is not quiet yet.

    Parameters
    ----------
    sealed_head
        The encrypted header of the image, kept if it is the first of its study.
    """
    with connection.cursor() as cursor:
        lock_study(cursor, f"images {place.study_instance_uid}")
        now = dt.datetime.now(dt.UTC)
        study, _ = ImageStudy.objects.get_or_create(
            study_instance_uid=place.study_instance_uid,
            equipment=place.equipment,
            defaults={
                "manufacturer": place.manufacturer,
                "model": place.model,
                "station_name": place.station_name,
                "study_date": place.study_date,
                "sealed_head": sealed_head,
                "last_at": now,
            },
        )
        _, is_new = ImageNote.objects.get_or_create(
            study=study, sop_instance_uid=sop_instance_uid, defaults={"facts": facts}
        )
        if is_new:
            ImageStudy.objects.filter(pk=study.pk).update(last_at=now, state=State.COLLECTING)
        return is_new


def has_head(study_instance_uid: str, equipment: str) -> bool:
    """Return whether any image of a study was noted, so that no other header is needed."""
    named = {"study_instance_uid": study_instance_uid, "equipment": equipment}
    return ImageStudy.objects.filter(**named).exclude(sealed_head="").exists()


def notes_of(study: ImageStudy) -> Notes:
    """Return what the images of a study say, those of before and those that are new."""
    study.refresh_from_db()
    rows = list(study.notes.order_by("pk").values_list("pk", "facts"))
    before = bytes(study.facts)
    packed = msgspec.msgpack.decode(packing.expand(before), type=list[bytes]) if before else []
    return Notes(
        [*packed, *(bytes(facts) for _, facts in rows)],
        rows[-1][0] if rows else 0,
        study.last_at,
    )


def settle(
    study: ImageStudy,
    notes: Notes,
    state: str,
    reasons: Sequence[str],
    sop_instance_uid: str,
) -> None:
    """Keep what became of a study; its images as one packed value instead of a row each.

    Images that came meanwhile leave it collecting.
    """
    facts = list(dict.fromkeys(notes.facts))
    ImageNote.objects.filter(study=study, pk__lte=notes.last).delete()
    found = ImageStudy.objects.filter(pk=study.pk)
    found.update(
        facts=packing.compress(msgspec.msgpack.encode(facts)),
        images=len(facts),
        reasons=list(reasons),
        sop_instance_uid=sop_instance_uid,
    )
    found.filter(last_at=notes.last_at).update(state=state)


def quiet(minutes: float) -> list[ImageStudy]:
    """Return the studies of which no image came for some minutes, oldest first."""
    before = dt.datetime.now(dt.UTC) - dt.timedelta(minutes=minutes)
    due = ImageStudy.objects.filter(state=State.COLLECTING, last_at__lte=before)
    return list(due.defer("facts").order_by("last_at", "pk"))


def collecting(study_instance_uids: Sequence[str]) -> list[ImageStudy]:
    """Return those of these studies whose images are still to be looked at."""
    found = ImageStudy.objects.filter(
        state=State.COLLECTING, study_instance_uid__in=study_instance_uids
    )
    return list(found.defer("facts").order_by("pk"))


def expire(days: int, now: dt.datetime | None = None) -> int:
    """Remove headers and facts of studies of which no image came for some days.

    What became of them stays. An image that comes later still begins anew, but never replaces an
    estimate: most images would be missing.
    """
    before = (now or dt.datetime.now(dt.UTC)) - dt.timedelta(days=days)
    due = ImageStudy.objects.filter(last_at__lt=before).exclude(state=State.COLLECTING)
    return due.exclude(sealed_head="").update(sealed_head="", facts=b"")


def forget(study_instance_uid: str) -> None:
    """Remove what is known of the images of a study, if none is stored under this UID."""
    if not Study.objects.filter(study_instance_uid=study_instance_uid).exists():
        ImageStudy.objects.filter(study_instance_uid=study_instance_uid).delete()


def counts() -> dict[str, int]:
    """Return state -> number of studies."""
    found = ImageStudy.objects.values_list("state").annotate(Count("pk")).order_by()
    return dict(found)
