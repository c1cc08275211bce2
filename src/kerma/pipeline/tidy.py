"""What has outlived its time goes: kept copies of objects, encrypted copies in quarantine."""

import datetime as dt
import time
from typing import NamedTuple

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from kerma.pipeline import estimated
from kerma.pipeline.keep import discard
from kerma.pipeline.screens.sweep import sweep
from kerma.store import (
    arrival_log,
    audit,
    ct_sizes,
    disk_history,
    image_studies,
    options,
    quarantine,
    query_log,
)
from kerma.store.keeping import unwanted
from kerma.store.models import Source, StoredObject

_AT_ONCE = 500
_UNREPORTED_DAYS = 365
"""Days after which the size of a patient goes that was measured in images without a report."""


class Tidied(NamedTuple):
    """How many copies went."""

    objects: int
    quarantined: int
    audited: int = 0
    """Entries of the audit log."""
    arrivals: int = 0
    """Rows of the log of arrivals."""
    queries: int = 0


def tidy() -> Tidied:
    """Remove the copies that the site keeps no longer; the studies and the reasons stay.

    The room left on the disk is noted for the day, so that its growth is known.
    """
    gone = Tidied(
        _expire_copies(),
        quarantine.expire(),
        audit.expire(),
        arrival_log.prune(),
        query_log.prune(),
    )
    ct_sizes.expire(_UNREPORTED_DAYS)
    sweep()
    image_studies.expire(estimated.KEPT_DAYS)
    disk_history.record(settings.KERMA_HOME, timezone.localdate())
    return gone


def _expire_copies() -> int:
    """Remove Kerma's copies of objects that came longer ago than the days to keep them."""
    days = options.get("keep_days")
    if not days:
        return 0
    before = dt.datetime.now(dt.UTC) - dt.timedelta(days=days)
    due = Source.objects.filter(received_at__lt=before).exclude(path="").order_by("pk")
    removed = 0
    while went := _drop(due):
        removed += went
    return removed


def drop_unwanted(seconds: float) -> int:
    """Remove copies of kinds that the site keeps no more, for some seconds; return how many went.

    0 means that none is left.
    """
    until = time.monotonic() + seconds
    removed = 0
    while went := _drop(unwanted()):
        removed += went
        if time.monotonic() > until:
            break
    return removed


def _drop(due: "QuerySet[Source]") -> int:
    """Forget some of these copies, then remove them; return how many."""
    batch = list(due.values_list("pk", "sop_instance_uid", "path")[:_AT_ONCE])
    if not batch:
        return 0
    numbers, sops, paths = zip(*batch, strict=True)
    with transaction.atomic():
        Source.objects.filter(pk__in=numbers).update(path="")
        StoredObject.objects.filter(sop_instance_uid__in=sops, path__in=paths).update(path="")
    for path in paths:
        discard(path)
    return len(batch)
