"""Alerts: what could not be sent, and whether anybody is told of them at all."""

import datetime as dt
from collections.abc import Iterator

from django.db.models import Count, Max, Min, Q

from kerma.alerts import outbox
from kerma.health import base
from kerma.health.base import Fact, State
from kerma.health.words import lasting, many, now
from kerma.store.models import Alert

_PATIENCE_S = 300.0


def _look() -> Iterator[Fact]:
    new = Alert.objects.filter(state=Alert.State.NEW).count()
    yield Fact("alerts-new", "New alerts", str(new))
    counts = outbox.due(daily=False).aggregate(
        waiting=Count("pk"),
        failed=Count("pk", filter=Q(attempts__gt=0)),
        oldest=Min("made_at"),
        fault=Max("fault"),
    )
    yield _unsent(counts["waiting"], counts["failed"], counts["oldest"], counts["fault"] or "")


def _unsent(waiting: int, failed: int, oldest: dt.datetime | None, fault: str) -> Fact:
    if oldest is None:
        return Fact("alerts-unsent", "Alerts to be sent", "0")
    value = f"{waiting}, the oldest for {lasting((now() - oldest).total_seconds())}"
    if failed:
        advice = (
            f"{many(failed, 'alert')} could not be sent: {fault or 'being tried again.'} "
            "It is tried again by itself for a week."
        )
        return Fact("alerts-unsent", "Alerts to be sent", value, State.WARN, advice, "tasks")
    if (now() - oldest).total_seconds() < _PATIENCE_S:
        return Fact("alerts-unsent", "Alerts to be sent", value)
    advice = "Alerts wait to be sent; a worker does it: see whether `kerma work` is running."
    return Fact("alerts-unsent", "Alerts to be sent", value, State.WARN, advice, "tasks")


base.add(base.Area("alerts", "Alerts", 45, _look))
