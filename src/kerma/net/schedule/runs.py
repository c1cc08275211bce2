"""Schedules and the clock in, queries started, paused and resumed out.

What is due is decided by `kerma.net.schedule.plan`. A schedule is started by one
atomic statement on its row, so that any number of schedulers may run.
"""

import datetime as dt
import logging
from zoneinfo import ZoneInfo

import msgspec
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from kerma.errors import KermaError
from kerma.net import queries
from kerma.net.schedule import hours as week
from kerma.net.schedule.plan import Dates, Plan, covered_until, dates, decide, success_after
from kerma.net.wanted import Wanted
from kerma.store.models import Query, Schedule, Task

_log = logging.getLogger("kerma.schedule")

UNDER_WAY = (
    Query.State.QUEUED,
    Query.State.QUERYING,
    Query.State.FOUND,
    Query.State.RETRIEVING,
    Query.State.PAUSED,
)
"""States of a query of a schedule that still has something to do."""


class NoStore(KermaError):
    """A schedule has lost what it needs to run."""


def run_due(now: dt.datetime | None = None) -> int:
    """Start the queries that are due, and keep those under way to their hours; return how many.

    A fault of one schedule is logged, keeps no other from running, and counts as a run.
    """
    at = now or timezone.now()
    started = 0
    for schedule in Schedule.objects.select_related("node", "store").order_by("pk"):
        try:
            _note_success(schedule, at)
            _keep_to_hours(schedule, at)
            started += _start_if_due(schedule, at)
        except (KermaError, msgspec.ValidationError) as error:
            _log.warning("Schedule %s does not run: %s", schedule.pk, error)
            Schedule.objects.filter(pk=schedule.pk).update(last_run_at=at)
    return started


def run_now(schedule: Schedule, now: dt.datetime | None = None) -> Query | None:
    """Start a schedule whatever its hours; None if its previous run is under way."""
    if _queries_under_way(schedule).exists():
        return None
    return _start(schedule, now or timezone.now(), keeps_hours=False)


def plan_of(schedule: Schedule) -> Plan:
    """Return the plan of a row."""
    return Plan(**{name: getattr(schedule, name) for name in Plan._fields})


def site_zone() -> ZoneInfo:
    """Return the zone of the site's clock."""
    return ZoneInfo(timezone.get_default_timezone_name())


def _start_if_due(schedule: Schedule, now: dt.datetime) -> bool:
    running = _queries_under_way(schedule).exists()
    if not decide(plan_of(schedule), now, site_zone(), is_running=running).is_due:
        return False
    return _start(schedule, now) is not None


@transaction.atomic
def _start(schedule: Schedule, now: dt.datetime, *, keeps_hours: bool = True) -> Query | None:
    """Start a schedule, unless another scheduler has just done it."""
    same = Schedule.objects.filter(pk=schedule.pk, last_run_at=schedule.last_run_at)
    if not same.update(last_run_at=now):
        return None
    if schedule.store is None and schedule.node.way == schedule.node.Way.MOVE:
        raise NoStore("The store it retrieves to is deleted. Choose another one.")
    asked = dates(plan_of(schedule), now, site_zone())
    wanted = Wanted.of(schedule.wanted | {"date_from": asked.first, "date_until": asked.last})
    query = queries.start(
        schedule.node, schedule.store, wanted, schedule=schedule, retrieve_at_once=True
    )
    if not keeps_hours:
        Query.objects.filter(pk=query.pk).update(waits_for_hours=False)
    _log.info("Schedule %s has started query %s.", schedule.pk, query.pk)
    return query


def _queries_under_way(schedule: Schedule) -> QuerySet[Query]:
    """Return the queries that still have something to do; not those whose task was lost."""
    ended = (Task.State.FAILED, Task.State.CANCELLED)
    lost = Q(task__state__in=ended) & ~Q(state=Query.State.PAUSED)
    return Query.objects.filter(schedule=schedule, state__in=UNDER_WAY).exclude(lost)


def _note_success(schedule: Schedule, now: dt.datetime) -> None:
    """Keep until when all is fetched, from the latest run that has tried all it found."""
    ended = Query.objects.filter(
        schedule=schedule, state__in=(Query.State.DONE, Query.State.FAILED)
    ).only("state", "made_at", "wanted", "counts")
    query = ended.order_by("-pk").first()
    if query is None or not _has_tried_all(query):
        return
    wanted = Wanted.of(query.wanted)
    if wanted.date_from is None or wanted.date_until is None:
        return
    until = success_after(
        schedule.last_success_at,
        covered_until(Dates(wanted.date_from, wanted.date_until), query.made_at, site_zone()),
        now,
        fetched=bool(query.counts.get("retrieved")),
        failed=any(query.counts.get(name) for name in ("failed", "partly", "not_looked_into")),
    )
    if until != schedule.last_success_at:
        Schedule.objects.filter(pk=schedule.pk).update(last_success_at=until)
        schedule.last_success_at = until


def _has_tried_all(query: Query) -> bool:
    """Return whether a run came to its end; one that has failed may have been answered in full."""
    if query.state == Query.State.DONE:
        return True
    kept = queries.kept_series(query)
    return kept.exists() and not kept.filter(fetched="").exists()


def _keep_to_hours(schedule: Schedule, now: dt.datetime) -> None:
    """Pause what retrieves outside the hours, and resume what was paused for them."""
    if week.is_allowed(schedule.hours, now, site_zone()):
        for query in _queries_under_way(schedule).filter(
            state=Query.State.PAUSED, waits_for_hours=True
        ):
            Query.objects.filter(pk=query.pk).update(waits_for_hours=None)
            queries.resume(query)
        return
    for query in _queries_under_way(schedule).filter(
        state=Query.State.RETRIEVING, waits_for_hours=None
    ):
        Query.objects.filter(pk=query.pk).update(waits_for_hours=True)
        queries.pause(query)
