"""The doses of one patient's studies, summed over the weeks up to each of them.

A sum belongs to a study: it looks back from the study's date and includes it. Studies of one
modality belong together by the patient id as stored, which may be a hash; tests and phantoms are
left out. The order in which studies arrive cannot matter: a sum is always made from all rows.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from math import fsum
from typing import Any, NamedTuple

from django.db import connection, transaction

from kerma.query.levels import PERIOD
from kerma.store import changes, options
from kerma.store.locks import lock_study
from kerma.store.models import PatientDay, Study

SUMMED = "RF"
"""The modality whose sums are stored with each study."""

Row = dict[str, Any]


class Place(NamedTuple):
    """A patient's day, in one modality."""

    modality: str
    patient_id: str
    day: dt.date


class Sums(NamedTuple):
    """The sums of one study, None where no study of the window has a value."""

    values: dict[str, float | None]
    exams: int
    study_ids: list[int]


def place_of(study: Study) -> Place | None:
    """Return where a study counts; None without patient id or date, and for tests."""
    if not study.patient_id or study.study_date is None or study.not_patient:
        return None
    return Place(study.modality, study.patient_id, study.study_date)


def weeks_of(settings: Mapping[str, Any]) -> int:
    """Return the weeks of a rule, else those of the site."""
    return int(settings.get("weeks") or options.get("period_weeks"))


def rows_of(place: Place, weeks_before: int, weeks_after: int, names: Iterable[str]) -> list[Row]:
    """Return the patient's studies around a day, oldest first."""
    found = Study.objects.filter(
        patient_id=place.patient_id,
        modality=place.modality,
        not_patient="",
        study_date__gte=_earlier(place.day, weeks_before),
        study_date__lte=_later(place.day, weeks_after),
    )
    return list(found.order_by("study_date", "pk").values("pk", "study_date", *names))


def sums(rows: Sequence[Row], day: dt.date, weeks: int, names: Iterable[str]) -> Sums:
    """Return the sums of the rows within the weeks up to a day, that day included."""
    first = _earlier(day, weeks)
    within = [row for row in rows if first <= row["study_date"] <= day]
    values = {}
    for name in names:
        given = [row[name] for row in within if row[name] is not None]
        values[name] = fsum(given) if given else None
    return Sums(values, len(within), [row["pk"] for row in within])


def _earlier(day: dt.date, weeks: int) -> dt.date:
    return dt.date.fromordinal(max(day.toordinal() - 7 * weeks, 1))


def _later(day: dt.date, weeks: int) -> dt.date:
    return dt.date.fromordinal(min(day.toordinal() + 7 * weeks, dt.date.max.toordinal()))


def moved(study_id: int, place: Place | None) -> list[Place]:
    """Note where a study counts now; return the places whose sums are to be renewed for it."""
    known = PatientDay.objects.filter(pk=study_id).first()
    before = Place(known.modality, known.patient_id, known.study_date) if known else None
    if place is None:
        if known is not None:
            known.delete()
    elif place != before:
        values = {
            "modality": place.modality,
            "patient_id": place.patient_id,
            "study_date": place.day,
        }
        PatientDay.objects.update_or_create(pk=study_id, defaults=values)
    return [one for one in dict.fromkeys((before, place)) if one is not None]


def renew(place: Place) -> None:
    """Make the stored sums right of all studies whose window holds this day."""
    if place.modality == SUMMED:
        weeks = int(options.get("period_weeks"))
        _renew(place, weeks, weeks, place.day)


@transaction.atomic
def renew_all(patient_id: str) -> int:
    """Make all stored sums of a patient right; return how many changed."""
    return _renew(Place(SUMMED, patient_id, dt.date.min), _EVER, _EVER, dt.date.min)


_EVER = 600_000
"""Weeks that hold every study."""


def _renew(place: Place, before: int, after: int, since: dt.date) -> int:
    weeks = int(options.get("period_weeks"))
    names = tuple(PERIOD.values())
    with connection.cursor() as cursor:
        lock_study(cursor, f"patient {place.patient_id}")
        rows = rows_of(place, before, after, (*names, *PERIOD, "period_exams"))
        due = [row for row in rows if row["study_date"] >= since]
        changed = [
            row["pk"] for row in due if _put(row, sums(rows, row["study_date"], weeks, names))
        ]
        changes.note(cursor, changed, derived=True)
    return len(changed)


def _put(row: Row, found: Sums) -> bool:
    """Store the sums with a study; return whether they are new."""
    values: Row = {name: found.values[of] for name, of in PERIOD.items()}
    values["period_exams"] = found.exams
    if all(row[name] == value for name, value in values.items()):
        return False
    Study.objects.filter(pk=row["pk"]).update(**values)
    return True


def clear(study_id: int) -> None:
    """Take the sums off a study that counts for no patient."""
    nothing: Row = dict.fromkeys((*PERIOD, "period_exams"))
    found = Study.objects.filter(pk=study_id).exclude(period_exams=None)
    if found.update(**nothing):
        with connection.cursor() as cursor:
            changes.note(cursor, [study_id], derived=True)


def later_studies(place: Place, weeks: int) -> list[int]:
    """Return the studies of the patient from that day on whose window of `weeks` holds it."""
    rows = rows_of(place, 0, weeks, ())
    return [row["pk"] for row in rows]
