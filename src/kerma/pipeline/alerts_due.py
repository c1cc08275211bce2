"""Alerts that wait to be sent in, a task that sends them out; one at a time."""

import datetime as dt

from django.db.models import Q
from django.utils import timezone

from kerma.alerts import outbox
from kerma.pipeline.jobs import send_alerts
from kerma.store import jobs, options
from kerma.store.models import Task

_REST_S = 3600.0
"""What failed is asked for again after so long, once the attempts of its task are used up."""


def look() -> None:
    """Ask for what is due to be sent, unless a task for that waits or runs."""
    daily = _digest_is_due()
    rested = timezone.now() - dt.timedelta(seconds=_REST_S)
    ready = Q(claimed_at=None) | Q(claimed_at__lt=rested)
    if outbox.due(daily=daily).filter(ready).exists():
        going_on = (Task.State.QUEUED, Task.State.RUNNING)
        if not Task.objects.filter(job=send_alerts.NAME, state__in=going_on).exists():
            jobs.enqueue(send_alerts.NAME, "Send alerts", daily=daily)


def _digest_is_due() -> bool:
    """Return whether the hour of the daily e-mail has come, and it was not sent today."""
    hour, day = options.several("alert_digest_hour", "alert_digest_day")
    now = timezone.localtime()
    return bool(now.hour >= hour and day != now.date().isoformat())
