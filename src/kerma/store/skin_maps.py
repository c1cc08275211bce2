"""Skin dose maps in and out of the database, and what a site says of geometry and calibration."""

import datetime as dt
from typing import Any

from django.db import connection
from django.db.models import Q

from kerma.store import changes
from kerma.store.models import SkinGeometry, SkinMap, Study, TubeCalibration
from kerma.store.packing import compress, expand


def geometries(manufacturer: str, model: str) -> list[dict[str, Any]]:
    """Return what the site says of a model, as the fields of a geometry."""
    found = SkinGeometry.objects.filter(manufacturer__iexact=manufacturer.strip())
    return [
        {
            **one.settings,
            "manufacturer": one.manufacturer,
            "model": one.model,
            "software_version": one.software_version,
            "state": one.state,
            "source": one.comment or "Entered by this site.",
        }
        for one in found.filter(model__iexact=model.strip()).order_by("pk")
    ]


def calibrations(system_id: int, day: dt.date | None) -> dict[str, float]:
    """Return the factors in force on a day, by plane; the newest for a study without a date."""
    due = Q() if day is None else Q(valid_from__lte=day)
    found = TubeCalibration.objects.filter(due, system=system_id).order_by("valid_from")
    return {one.plane: one.factor for one in found}


def keep(study: Study, inputs_hash: str, result: bytes | None, **values: Any) -> SkinMap:
    """Store the map of a study, and its peak at the study; the rest are fields of the model."""
    kept, _ = SkinMap.objects.update_or_create(
        study=study,
        defaults={
            "inputs_hash": inputs_hash,
            "result": None if result is None else compress(result),
            **values,
        },
    )
    keep_peak(study, kept.peak_skin_dose_gy)
    return kept


def drop(study: Study) -> None:
    """Remove the map of a study."""
    if SkinMap.objects.filter(study=study).delete()[0]:
        keep_peak(study, None)


def result_of(kept: SkinMap) -> bytes | None:
    """Return what `keep` was given as the result."""
    return None if kept.result is None else expand(bytes(kept.result))


def keep_peak(study: Study, peak_gy: float | None) -> None:
    """Store the peak at the study, unless it is there."""
    mine = Study.objects.filter(pk=study.pk)
    current = mine.values_list("peak_skin_dose_gy", flat=True).first()
    if current == peak_gy:
        return
    mine.update(peak_skin_dose_gy=peak_gy)
    with connection.cursor() as cursor:
        changes.note(cursor, [study.pk], derived=True)
