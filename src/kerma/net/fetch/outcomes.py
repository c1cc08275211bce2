"""What became of what a query fetched, once it was imported."""

import datetime as dt
from collections import Counter

from django.db.models import Count

from kerma.records.base import Record
from kerma.store.models import Arrival, ObjectUse, Quarantine, Query, QueryStudy


class ObjectOutcome(Record, frozen=True, kw_only=True):
    """One object of a study, and what became of it."""

    series_instance_uid: str
    sop_instance_uid: str
    outcome: str
    """A decision of `Arrival`, in words."""
    reason: str = ""
    at: dt.datetime | None = None
    by_network: bool = True
    """Whether it came over the network; else by an import of files."""


def query_outcomes(study: QueryStudy) -> list[ObjectOutcome]:
    """Return what became of the objects of a study since the query, the latest of each.

    Objects that were here before, and are why something is dropped, are in it as well.
    """
    uid = study.study_instance_uid
    found: dict[str, ObjectOutcome] = {}
    for each in (*_quarantined(uid), *_used(uid), *_arrived(uid)):
        found[each.sop_instance_uid] = each
    return sorted(
        found.values(), key=lambda each: (each.series_instance_uid, each.sop_instance_uid)
    )


def outcome_counts(query: Query) -> Counter[str]:
    """Return how many objects of the studies kept have arrived since the query, by outcome."""
    uids = QueryStudy.objects.filter(query=query, kept=True).values("study_instance_uid")
    rows = Arrival.objects.filter(study_instance_uid__in=uids, arrived_at__gte=query.made_at)
    counted = rows.values_list("decision").annotate(number=Count("pk"))
    labels = dict(Arrival.Decision.choices)
    return Counter({str(labels.get(what, what)): number for what, number in counted})


def _arrived(uid: str) -> list[ObjectOutcome]:
    rows = Arrival.objects.filter(study_instance_uid=uid).order_by("arrived_at")
    return [
        ObjectOutcome(
            series_instance_uid=row.series_instance_uid,
            sop_instance_uid=row.sop_instance_uid,
            outcome=row.get_decision_display(),
            reason=row.reason,
            at=row.arrived_at,
        )
        for row in rows
    ]


def _used(uid: str) -> list[ObjectOutcome]:
    uses = ObjectUse.objects.filter(stored_object__study_instance_uid=uid)
    rows = uses.select_related("stored_object").order_by("at")
    return [
        ObjectOutcome(
            series_instance_uid=use.stored_object.series_instance_uid,
            sop_instance_uid=use.stored_object.sop_instance_uid,
            outcome=use.get_disposition_display(),
            reason=use.reason,
            at=use.at,
            by_network=use.stored_object.came_by == "receive",
        )
        for use in rows
    ]


def _quarantined(uid: str) -> list[ObjectOutcome]:
    rows = Quarantine.objects.filter(study_instance_uid=uid, released_at=None)
    return [
        ObjectOutcome(
            series_instance_uid="",
            sop_instance_uid=row.sop_instance_uid,
            outcome=str(Arrival.Decision.REFUSED.label),
            reason=row.reason,
            at=row.quarantined_at,
            by_network=row.came_by == "receive",
        )
        for row in rows.order_by("quarantined_at")
    ]
