"""Queries begun, retrieved, paused and terminated: what pages, schedules and scripts call."""

import datetime as dt

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import Q, QuerySet

from kerma.errors import KermaError
from kerma.net import every_job
from kerma.net.ask.keys import dates_of
from kerma.net.wanted import Wanted
from kerma.store import jobs
from kerma.store.models import LocalStore, Query, QuerySeries, RemoteNode, Schedule, Task

_RETRIEVABLE = (
    Query.State.FOUND,
    Query.State.DONE,
    Query.State.FAILED,
    Query.State.CANCELLED,
)
_UNDER_WAY = (Query.State.QUEUED, Query.State.QUERYING, Query.State.RETRIEVING)


class NotNow(KermaError):
    """A query is not in the state for what is asked of it."""


class NothingWanted(KermaError):
    """A query asks for nothing, or for what cannot be asked together."""


@transaction.atomic
def start(
    node: RemoteNode,
    store: LocalStore | None,
    wanted: Wanted,
    *,
    user: AbstractBaseUser | None = None,
    schedule: Schedule | None = None,
    retrieve_at_once: bool = False,
) -> Query:
    """Ask for a query of a node by a worker.

    Parameters
    ----------
    store
        Where C-MOVE sends what is retrieved; needless for the other ways.
    retrieve_at_once
        Whether nobody reviews what was found before it is retrieved.

    Raises
    ------
    NothingWanted
        If the options contradict each other.
    """
    query = make(node, store, wanted, user, schedule, retrieve_at_once=retrieve_at_once)
    return _hand_over(query, "query", f"Query {node.name} for {_asked(wanted)}", user)


def make(
    node: RemoteNode,
    store: LocalStore | None,
    wanted: Wanted,
    user: AbstractBaseUser | None = None,
    schedule: Schedule | None = None,
    *,
    retrieve_at_once: bool = False,
    purpose: str = Query.Purpose.RETRIEVE,
) -> Query:
    """Make the row of a query that no worker has been asked for.

    Raises
    ------
    NothingWanted
        If the options contradict each other.
    """
    check(wanted)
    return Query.objects.create(
        node=node,
        node_name=node.name,
        store=store,
        schedule=schedule,
        user_id=user.pk if user else None,
        wanted=wanted.as_json(),
        retrieve_at_once=retrieve_at_once,
        purpose=purpose,
    )


def check(wanted: Wanted) -> None:
    """Refuse a query whose options contradict each other.

    Raises
    ------
    NothingWanted
        With what to choose instead.
    """
    if wanted.sr_only and wanted.modalities:
        raise NothingWanted("Studies of reports only cannot be asked for together with modalities.")
    if not wanted.sr_only and not wanted.modalities:
        raise NothingWanted("Choose at least one modality, or studies of reports only.")
    if wanted.date_from and wanted.date_until and wanted.date_from > wanted.date_until:
        raise NothingWanted(
            f"The first date, {wanted.date_from}, is after the last, {wanted.date_until}."
        )
    if wanted.time_from is None and wanted.time_until is None:
        return
    if wanted.date_from is None or wanted.date_from != wanted.date_until:
        raise NothingWanted("Times can be asked for only with a single date.")
    if wanted.time_from and wanted.time_until and wanted.time_from > wanted.time_until:
        raise NothingWanted("The time from which to ask is after the time until which to ask.")


@transaction.atomic
def retrieve(query: Query, user: AbstractBaseUser | None = None) -> Query:
    """Let a worker fetch what a query has kept and not fetched; what failed is tried again.

    Raises
    ------
    NotNow
        If it is not at rest, or was never answered.
    """
    ready(query)
    return _hand_over(query, "retrieve", f"Retrieve from {query.node_name}", user)


def ready(query: Query) -> None:
    """Put a query into the state of being retrieved, for whoever does that.

    Raises
    ------
    NotNow
        If it is not at rest, or was never answered.
    """
    rows = Query.objects.filter(pk=query.pk, state__in=_RETRIEVABLE)
    if not kept_series(query).exists() or not rows.update(
        state=Query.State.RETRIEVING, stage="Waiting for a worker", error="", finished_at=None
    ):
        query.refresh_from_db()
        raise NotNow(
            "There is nothing to retrieve."
            if query.state in _RETRIEVABLE
            else f"It cannot be retrieved now: {query.get_state_display().lower()}."
        )
    failed = (QuerySeries.Fetched.PARTLY, QuerySeries.Fetched.FAILED)
    kept_series(query).filter(fetched__in=failed).update(fetched="", fault="")
    query.refresh_from_db()
    counts = query.counts | {"rests": 0}
    Query.objects.filter(pk=query.pk).update(counts=counts)
    query.counts = counts


def pause(query: Query) -> Query:
    """Stop a retrieval after the series under way, to be resumed where it was.

    Raises
    ------
    NotNow
        If it is not retrieving.
    """
    rows = Query.objects.filter(pk=query.pk, state=Query.State.RETRIEVING)
    paused = rows.update(state=Query.State.PAUSED, stage="Paused")
    query.refresh_from_db()
    if not paused:
        raise NotNow("Only a retrieval under way can be paused.")
    return query


@transaction.atomic
def resume(query: Query, user: AbstractBaseUser | None = None) -> Query:
    """Go on with a paused retrieval.

    Raises
    ------
    NotNow
        If it is not paused.
    """
    rows = Query.objects.filter(pk=query.pk, state=Query.State.PAUSED)
    if not rows.update(state=Query.State.RETRIEVING, stage="Waiting for a worker"):
        query.refresh_from_db()
        raise NotNow("Only a paused retrieval can be resumed.")
    return _hand_over(query, "retrieve", f"Retrieve from {query.node_name}", user)


def cancel(query: Query) -> Query:
    """Terminate a query or its retrieval: one under way ends at its next step.

    What has been found and fetched by then stays.
    """
    query.refresh_from_db()
    if query.task_id is not None:
        jobs.cancel(query.task_id)
    running = Q(task__state=Task.State.RUNNING) & ~Q(state=Query.State.PAUSED)
    at_rest = Query.objects.filter(pk=query.pk).exclude(running)
    ended = (Query.State.DONE, Query.State.FAILED, Query.State.CANCELLED)
    at_rest.exclude(state__in=ended).update(
        state=Query.State.CANCELLED, stage="Terminated", finished_at=dt.datetime.now(dt.UTC)
    )
    query.refresh_from_db()
    return query


def settle_orphans() -> int:
    """Let queries whose task ended without them say so too; return how many.

    That happens when a waiting task is terminated, or a worker died too often.
    """
    orphans = Query.objects.filter(state__in=_UNDER_WAY)
    now = dt.datetime.now(dt.UTC)
    cancelled = orphans.filter(task__state=Task.State.CANCELLED)
    number = cancelled.update(state=Query.State.CANCELLED, stage="Terminated", finished_at=now)
    for query in orphans.filter(task__state=Task.State.FAILED).select_related("task"):
        error = query.task.error if query.task else ""
        number += orphans.filter(pk=query.pk).update(
            state=Query.State.FAILED, stage="", error=error, finished_at=now
        )
    return number


def counts_of(query_id: int) -> dict[str, object]:
    """Return what a query has counted so far."""
    counts = Query.objects.filter(pk=query_id).values_list("counts", flat=True).first()
    return {name: value for name, value in (counts or {}).items() if isinstance(value, int)}


def kept_series(query: Query) -> QuerySet[QuerySeries]:
    """Return the series to fetch."""
    return QuerySeries.objects.filter(study__query=query, study__kept=True, kept=True)


def _hand_over(query: Query, job: str, title: str, user: AbstractBaseUser | None) -> Query:
    """Ask for a worker; only its task may carry the query out."""
    every_job.load()
    task = jobs.enqueue(job, title, user=user, query_id=query.pk)
    Query.objects.filter(pk=query.pk).update(task=task)
    query.refresh_from_db()
    return query


def _asked(wanted: Wanted) -> str:
    kinds = "studies of reports only" if wanted.sr_only else ", ".join(wanted.modalities)
    return f"{kinds} {dates_of(wanted)}"
