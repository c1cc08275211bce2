"""A study in, the values of comparable earlier studies out; at most so many rows are looked at."""

from collections.abc import Sequence
from typing import Any

from django.db.models import F, Q, QuerySet

from kerma.alerts.base import Field, Settings
from kerma.store.models import Study

LOOKED_AT = 5_000
"""Latest studies of a system, or of a modality, among which comparable ones are looked for."""

NEWEST = (F("date_time").desc(nulls_last=True), F("pk").desc(nulls_last=True))
"""Newest first, as the indexes of studies have it."""

LIKE_FIELD = Field(
    "like",
    "Compared with",
    "choice",
    "Studies without a standard name are compared by study description.",
    default="system-name",
    choices=(
        ("system-name", "Same system and standard name"),
        ("name", "Same standard name on any system"),
        ("system", "Same system, whatever was examined"),
    ),
)


def number_fields(last: int, minimum: int, most: int) -> tuple[Field, Field]:
    """Return how many studies are compared, and with how few nothing is judged."""
    return (
        Field("last", "Last studies", "whole", default=last, least=20, most=most),
        Field(
            "minimum",
            "At least",
            "whole",
            "With fewer comparable studies nothing is judged.",
            "studies",
            default=minimum,
            least=10,
            most=most,
        ),
    )


def check_numbers(settings: Settings) -> dict[str, str]:
    """Return what is wrong with these two together, by name of the field."""
    if settings["minimum"] > settings["last"]:
        return {"minimum": "“At least” cannot be more studies than are compared."}
    return {}


LIKE_WORDS = {
    "system-name": "of the same system and standard name",
    "name": "of the same standard name",
    "system": "of the same system",
}


def earlier(
    study: Study, like: str, names: Sequence[str], number: int, given: Sequence[str] = ()
) -> list[tuple[Any, ...]]:
    """Return the values of the last `number` studies before this one, newest first.

    Only studies count that have all of `names` and `given`, and that are no tests.
    """
    latest = Study.objects.filter(modality=study.modality, date_time__lt=study.date_time)
    if like in {"system", "system-name"}:
        latest = latest.filter(system_id=study.system_id)
    latest = latest.order_by(*NEWEST)
    has = {f"{name}__isnull": False for name in (*names, *given)}
    found = _among(latest, study, like).filter(not_patient="", **has).exclude(pk=study.pk)
    return list(found.order_by(*NEWEST).values_list(*names)[:number])


def _among(latest: "QuerySet[Study]", study: Study, like: str) -> "QuerySet[Study]":
    """Return the latest few thousand, those of the same name where that is asked for."""
    few = Study.objects.filter(pk__in=latest.values("pk")[:LOOKED_AT])
    if like == "system":
        return few
    if study.standard_name:
        return few.filter(standard_name=study.standard_name)
    return few.filter(Q(standard_name=""), study_description=study.study_description)
