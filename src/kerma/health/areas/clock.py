"""The clock: whether the database, other hosts and what was stored before agree with ours."""

import datetime as dt
from collections.abc import Iterator

from django.db import connection
from django.utils import timezone

from kerma.health import base
from kerma.health.base import Fact, State
from kerma.health.words import lasting, now
from kerma.store.models import AuditEntry, Process, StoredObject

_ALLOWED_S = 10.0


def _look() -> Iterator[Fact]:
    yield Fact("clock", "Here", f"{timezone.localtime():%Y-%m-%d %H:%M:%S %Z}")
    off = max((found for found in _offsets()), key=lambda found: abs(found[1]))
    yield _fact(*off)


def _offsets() -> Iterator[tuple[str, float]]:
    """Yield how far other clocks are ahead of ours, in seconds; those of the past cannot tell."""
    yield "nothing", 0.0
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT clock_timestamp()")
            yield "the database server", _ahead_s(cursor.fetchone()[0])
    seen = Process.objects.order_by("-seen_at").values_list("host", "seen_at").first()
    if seen is not None:
        yield f"the host {seen[0]}", max(_ahead_s(seen[1]), 0.0)
    for model, column in ((StoredObject, "received_at"), (AuditEntry, "at")):
        last = model._default_manager.order_by("-pk").values_list(column, flat=True).first()
        if last is not None:
            yield "what was stored last", max(_ahead_s(last), 0.0)


def _fact(whose: str, ahead_s: float) -> Fact:
    name, label = "clock-agreement", "Agreement"
    if abs(ahead_s) <= _ALLOWED_S:
        return Fact(name, label, "all clocks agree")
    side = "ahead of" if ahead_s > 0 else "behind"
    value = f"{whose} is {lasting(abs(ahead_s))} {side} this clock"
    advice = f"The clocks disagree: {value}. Set all hosts by the same time server (NTP)."
    return Fact(name, label, value, State.WARN, advice)


def _ahead_s(then: dt.datetime) -> float:
    return (then - now()).total_seconds()


base.add(base.Area("clock", "Clock", 90, _look))
