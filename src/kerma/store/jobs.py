"""The only door to background work: a job and its arguments in, a task that is done at least once.

A job is a plain function given a `Progress` and plain values. The queue engine wakes a worker;
the row of the task (`kerma.store.models.Task`) is what counts. A worker that is killed leaves a
row whose heartbeat grows old, and `requeue_lost` gives it to another. So a job may be started
again after any of its statements, and must be harmless to repeat.
"""

import datetime as dt
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from kerma.store import options
from kerma.store.engine import hand_over, requeue_lost, take_back
from kerma.store.job import (
    Cancelled,
    Interrupted,
    Job,
    Progress,
    RunLater,
    TryAgain,
    add,
    jobs,
)
from kerma.store.models import Task

__all__ = [
    "Cancelled",
    "Interrupted",
    "Job",
    "Progress",
    "RunLater",
    "TryAgain",
    "add",
    "cancel",
    "drop_old",
    "enqueue",
    "jobs",
    "requeue_lost",
    "run_again",
]

FINISHED = (Task.State.DONE, Task.State.FAILED, Task.State.CANCELLED)
_AT_ONCE = 500


def enqueue(
    job: str,
    title: str,
    *,
    user: AbstractBaseUser | None = None,
    delay_s: float = 0.0,
    **arguments: Any,
) -> Task:
    """Ask for background work; within a transaction it is asked for only if that commits.

    Parameters
    ----------
    job
        Name of a registered job.
    title
        What it does, for the page of tasks; names no patient.
    delay_s
        Seconds before which it is not started.
    arguments
        Plain values, for the job.
    """
    due = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=delay_s) if delay_s else None
    return _ask(job, title, user.pk if user else None, due, arguments)


def run_again(old: Task, user: AbstractBaseUser | None = None) -> Task:
    """Ask for the same work as a finished task did."""
    return _ask(old.job, old.title, user.pk if user else old.user_id, None, old.arguments)


def cancel(task_id: int) -> bool:
    """Terminate a task: one that waits at once, one that runs at its next step.

    Returns whether there was anything to terminate.
    """
    with transaction.atomic():
        waiting = Task.objects.filter(pk=task_id, state=Task.State.QUEUED)
        if waiting.update(
            state=Task.State.CANCELLED, finished_at=dt.datetime.now(dt.UTC), cancel_requested=True
        ):
            take_back(Task.objects.get(pk=task_id))
            return True
    running = Task.objects.filter(pk=task_id, state=Task.State.RUNNING)
    return bool(running.update(cancel_requested=True))


def drop_old() -> int:
    """Remove the finished tasks beyond the size of the history; return how many."""
    finished = Task.objects.filter(state__in=FINISHED)
    kept = int(options.get("task_history"))
    last = finished.order_by("-pk").values_list("pk", flat=True)[kept : kept + 1].first()
    dropped = 0
    while last is not None:
        numbers = list(finished.filter(pk__lte=last).values_list("pk", flat=True)[:_AT_ONCE])
        if not numbers:
            break
        dropped += Task.objects.filter(pk__in=numbers).delete()[1].get("store.Task", 0)
    return dropped


@transaction.atomic
def _ask(
    job: str, title: str, user_id: int | None, due: dt.datetime | None, arguments: dict[str, Any]
) -> Task:
    made = Task.objects.create(
        job=job,
        title=title,
        arguments=arguments,
        user_id=user_id,
        max_attempts=jobs[job].max_attempts,
        run_after=due,
    )
    hand_over(made)
    return made
