"""Background work: what waits, what runs, what failed, and whether anybody is there to do it."""

import datetime as dt
from collections.abc import Iterator

from django.db.models import Count, Min, Q
from django.db.models.functions import Coalesce

from kerma.health import base
from kerma.health.base import Fact, State
from kerma.health.words import lasting, many, now
from kerma.store.models import Task
from kerma.store.processes import living

_PATIENCE_S = 60.0
"""Seconds that a task which could start may wait."""


def _look() -> Iterator[Fact]:
    due = Q(state=Task.State.QUEUED) & (Q(run_after=None) | Q(run_after__lte=now()))
    counts = Task.objects.aggregate(
        waiting=Count("pk", filter=Q(state=Task.State.QUEUED)),
        running=Count("pk", filter=Q(state=Task.State.RUNNING)),
        failed=Count(
            "pk",
            filter=Q(state=Task.State.FAILED, finished_at__gte=now() - dt.timedelta(days=1)),
        ),
        oldest=Min(Coalesce("run_after", "made_at"), filter=due),
    )
    yield Fact("tasks-running", "Running", str(counts["running"]))
    yield _waiting(counts["waiting"], counts["oldest"])
    yield _failed(counts["failed"])


def _waiting(count: int, oldest: dt.datetime | None) -> Fact:
    if oldest is None:
        return Fact("tasks-waiting", "Waiting", str(count))
    seconds = (now() - oldest).total_seconds()
    value = f"{count}, the oldest for {lasting(seconds)}"
    if seconds <= _PATIENCE_S:
        return Fact("tasks-waiting", "Waiting", value)
    if living("work").exists():
        advice = (
            f"A task waits for {lasting(seconds)}: the workers have more to do than they can; "
            "start another with `kerma work`, or wait."
        )
        return Fact("tasks-waiting", "Waiting", value, State.NOTICE, advice, "tasks")
    advice = (
        f"Nobody does what waits ({many(count, 'task')}), for no worker is alive; start one with "
        "`kerma work`, or everything with `kerma run`."
    )
    return Fact("tasks-waiting", "Waiting", value, State.OVER, advice, "tasks")


def _failed(count: int) -> Fact:
    if not count:
        return Fact("tasks-failed", "Failed in 24 hours", "0")
    advice = f"In the last 24 hours {many(count, 'task')} failed; the page of tasks says why."
    return Fact("tasks-failed", "Failed in 24 hours", str(count), State.WARN, advice, "tasks")


base.add(base.Area("tasks", "Background tasks", 40, _look))
