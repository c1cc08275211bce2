"""A rule that is not kept yet in; how many of the last year's studies would have alerted out."""

import datetime as dt
import time
from typing import NamedTuple

from django.db.models import QuerySet
from django.utils import timezone

from kerma.alerts.base import SLACK, Kind, Settings
from kerma.alerts.earlier import NEWEST
from kerma.store.models import Study

DAYS = 365
_SECONDS = 3.0
"""A page does not wait longer; the newest studies come first."""

_AT_ONCE = 100


class Preview(NamedTuple):
    """What a rule would have found."""

    alerts: int
    judged: int
    """Studies that gave what the rule needs."""
    looked_at: int
    studies: int
    """Studies of the last year; more than were looked at where time ran out."""
    latest: list[int]
    """The newest that would have alerted, ten at most."""


def preview(kind: Kind, modality: str, settings: Settings, seconds: float = _SECONDS) -> Preview:
    """Judge the newest studies of the last year, for as long as a page may take."""
    first = dt.datetime.combine(timezone.localdate() - dt.timedelta(days=DAYS), dt.time())
    found = Study.objects.filter(modality=modality, not_patient="", date_time__gte=first)
    total = found.count()
    if kind.name == "absolute":
        return _counted(found, settings, total)
    until = time.monotonic() + seconds
    alerts = judged = looked_at = 0
    latest: list[int] = []
    for study in found.order_by(*NEWEST).iterator(chunk_size=_AT_ONCE):
        outcome = kind.judge(study, settings)
        looked_at += 1
        judged += outcome is not None
        if outcome is not None and outcome.is_over:
            alerts += 1
            latest.append(study.pk)
        if time.monotonic() > until:
            break
    return Preview(alerts, judged, looked_at, total, latest[:10])


def _counted(found: "QuerySet[Study]", settings: Settings, total: int) -> Preview:
    """Count in the database where a column is compared with a number."""
    name, level = settings["quantity"], settings["level"]
    over = found.filter(**{f"{name}__gte": level * (1 - SLACK)})
    given = found.exclude(**{name: None}).count()
    latest = list(over.order_by(*NEWEST).values_list("pk", flat=True)[:10])
    return Preview(over.count(), given, total, total, latest)
