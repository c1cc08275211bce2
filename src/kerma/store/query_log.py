"""Queries that ended longer ago than the site keeps them go, with all they found."""

import datetime as dt

from django.utils import timezone

from kerma.store import options
from kerma.store.models import Query

_ENDED = (Query.State.DONE, Query.State.FAILED, Query.State.CANCELLED)


def prune() -> int:
    """Remove the queries and checks that are older than the days to keep them; return how many.

    What waits to be retrieved stays. Studies that came by a query are not touched.
    """
    before = timezone.now() - dt.timedelta(days=options.get("query_days"))
    old = Query.objects.filter(made_at__lt=before, state__in=_ENDED).order_by("pk").only("pk")
    gone = 0
    while query := old.first():
        query.delete()
        gone += 1
    return gone
