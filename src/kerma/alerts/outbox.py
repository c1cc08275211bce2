"""An alert in, what is to be sent of it to whom noted out, in the transaction that raised it.

A note is unique for alert, address and value, so nothing is ever sent twice for the same value.
"""

import datetime as dt
from collections.abc import Iterable

from django.db.models import Q, QuerySet
from django.utils import timezone

from kerma.store import options
from kerma.store.models import (
    Alert,
    AlertDelivery,
    AlertRecipient,
    AlertRule,
    AlertWebhook,
    Study,
)

DIGITS = 9
"""Significant digits of the value: sums made in another order are the same value."""

GIVES_UP_DAYS = 7
"""What could not be sent for so long is not tried again."""


def address(alert: Alert, rule: AlertRule, study: Study) -> None:
    """Note whom an alert is to be sent to."""
    if not rule.sends_mail or not _is_recent(study):
        return
    value = float(f"{alert.value:.{DIGITS}g}")
    AlertDelivery.objects.bulk_create(
        [
            AlertDelivery(alert=alert, address=one, value=value)
            for one in _addresses(study.modality)
        ],
        ignore_conflicts=True,
    )


def _is_recent(study: Study) -> bool:
    days = int(options.get("alert_mail_days"))
    first = timezone.localdate() - dt.timedelta(days=days)
    return not days or (study.study_date is not None and study.study_date >= first)


def _addresses(modality: str) -> Iterable[str]:
    for one in reachable():
        if not one.modalities or modality in one.modalities:
            yield f"user:{one.user_id}"
    for hook in AlertWebhook.objects.filter(is_active=True).order_by("pk"):
        if not hook.modalities or modality in hook.modalities:
            yield f"webhook:{hook.pk}"


def reachable() -> "QuerySet[AlertRecipient]":
    """Return the chosen users who may log in and have an e-mail address."""
    chosen = AlertRecipient.objects.select_related("user").filter(user__is_active=True)
    return chosen.exclude(user__email="").order_by("pk")


def unsent() -> "QuerySet[AlertDelivery]":
    """Return what waits to be sent, and is not too old for it."""
    since = timezone.now() - dt.timedelta(days=GIVES_UP_DAYS)
    return AlertDelivery.objects.filter(sent_at=None, made_at__gte=since)


def due(*, daily: bool) -> "QuerySet[AlertDelivery]":
    """Return what is to be sent now; with `daily`, what waits for the daily e-mail too."""
    if daily:
        return unsent()
    waiting = AlertRecipient.objects.filter(way=AlertRecipient.Way.DAILY)
    later = [f"user:{number}" for number in waiting.values_list("user_id", flat=True)]
    return unsent().filter(~Q(address__in=later))
