"""What has outlived its time goes: kept copies of objects, encrypted copies in quarantine."""

import datetime as dt
from typing import NamedTuple

from django.db import transaction

from kerma.pipeline.keep import discard
from kerma.store import options, quarantine
from kerma.store.models import Source, StoredObject

_AT_ONCE = 500


class Tidied(NamedTuple):
    """How many copies went."""

    objects: int
    quarantined: int


def tidy() -> Tidied:
    """Remove the copies that the site keeps no longer; the studies and the reasons stay."""
    return Tidied(_expire_copies(), quarantine.expire())


def _expire_copies() -> int:
    """Remove Kerma's copies of objects that came longer ago than the days to keep them."""
    days = options.get("keep_days")
    if not days:
        return 0
    before = dt.datetime.now(dt.UTC) - dt.timedelta(days=days)
    due = Source.objects.filter(received_at__lt=before).exclude(path="").order_by("pk")
    removed = 0
    while batch := list(due.values_list("pk", "sop_instance_uid", "path")[:_AT_ONCE]):
        numbers, sops, paths = zip(*batch, strict=True)
        with transaction.atomic():
            Source.objects.filter(pk__in=numbers).update(path="")
            StoredObject.objects.filter(sop_instance_uid__in=sops, path__in=paths).update(path="")
        for path in paths:
            discard(path)
        removed += len(batch)
    return removed
