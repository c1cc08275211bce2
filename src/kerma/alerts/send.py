"""What waits to be sent in; e-mails and webhooks out, each with what came of it."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from django.db.models import F, Q
from django.utils import timezone

from kerma.alerts import message, outbox, webhook
from kerma.errors import KermaError
from kerma.store import mail
from kerma.store.models import Alert, AlertDelivery, AlertRecipient, AlertWebhook

_FLIGHT_S = 600.0
"""After so long, what a process began to send and did not finish is anybody's."""


class Sent(NamedTuple):
    """How many messages went, how many did not, and why."""

    messages: int
    failed: int
    faults: list[str]


def send(*, daily: bool = False) -> Sent:
    """Send what is due: one e-mail for all alerts of a recipient, one post for each of a webhook.

    Parameters
    ----------
    daily
        Send too what waits for the daily e-mail.
    """
    messages, faults = 0, []
    by_address: dict[str, list[AlertDelivery]] = defaultdict(list)
    for one in _claim(daily=daily):
        by_address[one.address].append(one)
    for address, deliveries in by_address.items():
        for group in _groups(address, deliveries):
            try:
                _deliver(address, group)
            except KermaError as error:
                faults.append(str(error))
                _failed(group, str(error))
            else:
                messages += 1
                _done(group)
    return Sent(messages, len(faults), faults)


def _claim(*, daily: bool) -> list[AlertDelivery]:
    """Return what is due and no other process sends, marked as ours."""
    now = timezone.now()
    free = (
        Q(claimed_at=None) | ~Q(fault="") | Q(claimed_at__lt=now - dt.timedelta(seconds=_FLIGHT_S))
    )
    numbers = list(outbox.due(daily=daily).filter(free).values_list("pk", flat=True))
    AlertDelivery.objects.filter(free, pk__in=numbers, sent_at=None).update(
        claimed_at=now, fault=""
    )
    ours = AlertDelivery.objects.filter(pk__in=numbers, claimed_at=now)
    wanted = ("alert__rule", "alert__study__system")
    return list(ours.select_related(*wanted).order_by("-alert__study__date_time", "pk"))


def _groups(address: str, deliveries: list[AlertDelivery]) -> Iterable[list[AlertDelivery]]:
    """Return what makes one message: all of a user, those of one alert for a webhook."""
    if address.startswith("user:"):
        return [deliveries]
    by_alert: dict[int, list[AlertDelivery]] = defaultdict(list)
    for one in deliveries:
        by_alert[one.alert_id].append(one)
    return by_alert.values()


def _deliver(address: str, group: list[AlertDelivery]) -> None:
    """Send one message; to whom is no recipient any more, nothing."""
    alerts = list({one.alert_id: one.alert for one in group}.values())
    kind, _, number = address.partition(":")
    if kind == "user":
        found = outbox.reachable().filter(user_id=number).first()
        if found is not None:
            _mail(found, alerts)
        return
    hook = AlertWebhook.objects.filter(pk=number, is_active=True).first()
    if hook is not None:
        for alert in alerts:
            webhook.post(hook, webhook.content(alert, message.link(alert, mail.server().url)))


def _mail(recipient: AlertRecipient, alerts: list[Alert]) -> None:
    body = message.body(alerts, mail.server().url)
    mail.send(message.subject(alerts), body, [recipient.user.email])


def _done(group: list[AlertDelivery]) -> None:
    numbers = [one.pk for one in group]
    AlertDelivery.objects.filter(pk__in=numbers).update(sent_at=timezone.now())


def _failed(group: list[AlertDelivery], fault: str) -> None:
    numbers = [one.pk for one in group]
    AlertDelivery.objects.filter(pk__in=numbers).update(fault=fault, attempts=F("attempts") + 1)
