"""The quarantine: how much is in it, and whether it grows faster than usual."""

import datetime as dt
from collections.abc import Iterator

from django.db.models import Count, Q, Sum

from kerma.health import base
from kerma.health.base import Fact, State
from kerma.health.words import now, size
from kerma.store.models import Quarantine

_FEW = 10
_DAYS = 7
_TIMES = 3
"""More than a few in a day, and more than thrice the daily mean of the week before, is a rise."""


def _look() -> Iterator[Fact]:
    day = now() - dt.timedelta(days=1)
    week = day - dt.timedelta(days=_DAYS)
    found = Quarantine.objects.aggregate(
        held=Count("pk", filter=Q(released_at=None)),
        kept=Sum("size_bytes", filter=Q(released_at=None) & ~Q(sealed_copy="")),
        lately=Count("pk", filter=Q(quarantined_at__gte=day)),
        before=Count("pk", filter=Q(quarantined_at__gte=week, quarantined_at__lt=day)),
    )
    yield Fact("quarantine-held", "Objects held", f"{found['held']}, {size(found['kept'] or 0)}")
    yield _growth(found["lately"], found["before"] / _DAYS)


def _growth(lately: int, usual: float) -> Fact:
    name, label = "quarantine-growth", "New in 24 hours"
    value = f"{lately}, usually {usual:.1f} a day"
    if lately <= max(_FEW, _TIMES * usual):
        return Fact(name, label, value)
    advice = (
        f"{lately} objects came into quarantine in 24 hours, usually {usual:.1f}; "
        "the page says why, and can try them again."
    )
    return Fact(name, label, value, State.WARN, advice, "quarantine")


base.add(base.Area("quarantine", "Quarantine", 70, _look))
