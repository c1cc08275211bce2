"""The only door to background work: a job and its arguments in, a task that is done at least once.

A job is a plain function given a `Progress` and plain values. The queue engine wakes a worker;
the row of the task (`kerma.store.models.Task`) is what counts. A worker that is killed leaves a
row whose heartbeat grows old, and `requeue_lost` gives it to another. So a job may be started
again after any of its statements, and must be harmless to repeat.
"""

import datetime as dt
import logging
import os
import socket
import threading
from collections.abc import Callable
from typing import Any, NamedTuple

from django.contrib.auth.models import AbstractBaseUser
from django.db import DatabaseError, close_old_connections, connection, transaction
from django.db.models import F, Q
from django_tasks import TaskResultStatus, task
from django_tasks_db.models import DBTaskResult

from kerma.errors import KermaError
from kerma.registry import Registry
from kerma.store.models import Task

_log = logging.getLogger("kerma.tasks")

HEARTBEAT_S = 3.0
LEASE_S = 30.0
"""A worker silent for this long is taken for dead."""


class Cancelled(KermaError):
    """Somebody terminated the task."""


class RunLater(KermaError):
    """A job cannot go on just now and asks to be started again after some seconds."""

    def __init__(self, sentence: str, seconds: float) -> None:
        super().__init__(sentence)
        self.seconds = seconds


class Job(NamedTuple):
    """One kind of background work."""

    name: str
    label: str
    run: "Callable[..., dict[str, Any] | None]"
    """Called with a `Progress` and the arguments of the task; returns what is kept as result."""
    effect: str = "What is done by then stays; it can be started again."
    """What terminating it means, for the person about to do it."""
    max_attempts: int = 3


jobs: Registry[Job] = Registry("job")
add = jobs.add


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
    known = jobs[job]
    with transaction.atomic():
        made = Task.objects.create(
            job=job,
            title=title,
            arguments=arguments,
            user_id=user.pk if user else None,
            max_attempts=known.max_attempts,
            run_after=_now() + dt.timedelta(seconds=delay_s) if delay_s else None,
        )
        _hand_to_engine(made)
    return made


def cancel(task_id: int) -> bool:
    """Terminate a task: one that waits at once, one that runs at its next step."""
    gone = Task.objects.filter(pk=task_id, state=Task.State.QUEUED).update(
        state=Task.State.CANCELLED, finished_at=_now(), cancel_requested=True
    )
    running = Task.objects.filter(pk=task_id, state=Task.State.RUNNING)
    return bool(gone or running.update(cancel_requested=True))


def requeue_lost() -> int:
    """Give the tasks of dead workers, and those the engine lost, to another; return how many.

    A task that took its worker with it too often has failed.
    """
    return sum(_requeue(found) for found in _lost())


class Progress:
    """What a job tells about itself, and how it learns that it shall stop."""

    def __init__(self, task_id: int) -> None:
        self.task_id = task_id
        self._stop = threading.Event()

    def check(self) -> None:
        """Raise `Cancelled` if somebody terminated the task."""
        if self._stop.is_set():
            raise Cancelled("Terminated.")

    def tell(self, done: int, total: int = 0, note: str = "") -> None:
        """Keep how far the job is, and stop it here if somebody terminated it."""
        Task.objects.filter(pk=self.task_id).update(
            done=done, total=total, note=note, heartbeat_at=_now()
        )
        if Task.objects.filter(pk=self.task_id, cancel_requested=True).exists():
            self._stop.set()
        self.check()

    def wait(self, seconds: float) -> None:
        """Sleep, but wake and raise `Cancelled` when somebody terminates the task."""
        self._stop.wait(seconds)
        self.check()

    def stop(self) -> None:
        """Let the next `check` raise."""
        self._stop.set()


@task()
def execute(task_id: int) -> None:
    """Run one task; what the queue engine calls in a worker."""
    run(task_id)


def run(task_id: int) -> None:
    """Run a task that waits, and keep its outcome; nothing happens if another worker has it."""
    found = _claim(task_id)
    if found is None:
        return
    progress = Progress(task_id)
    beat = _Heartbeat(progress)
    beat.start()
    try:
        outcome = _outcome(found, progress)
    finally:
        beat.end()
    _finish(task_id, outcome)


def _outcome(found: Task, progress: Progress) -> dict[str, Any]:
    """Do the work; return the columns that say how it ended."""
    try:
        result = jobs[found.job].run(progress, **found.arguments)
    except Cancelled:
        return {"state": Task.State.CANCELLED, "error": ""}
    except RunLater as later:
        due = _now() + dt.timedelta(seconds=later.seconds)
        return {"state": Task.State.QUEUED, "note": str(later), "run_after": due}
    except KermaError as error:
        return {"state": Task.State.FAILED, "error": str(error)}
    except DatabaseError:
        raise
    except Exception:  # noqa: BLE001 - a fault of one job must not end the worker
        _log.exception("Task %s (%s) met a fault of Kerma.", found.pk, found.job)
        return {
            "state": Task.State.FAILED,
            "error": "Kerma has a fault here; the log says where. The task can be run again.",
        }
    return {"state": Task.State.DONE, "result": result or {}, "error": ""}


def _finish(task_id: int, outcome: dict[str, Any]) -> None:
    with transaction.atomic():
        again = outcome["state"] == Task.State.QUEUED
        columns = outcome if again else {"finished_at": _now(), **outcome}
        mine = Task.objects.filter(pk=task_id, worker=_worker(), state=Task.State.RUNNING)
        if mine.update(**columns) and again:
            Task.objects.filter(pk=task_id).update(attempts=F("attempts") - 1)
            _hand_to_engine(Task.objects.get(pk=task_id))


def _claim(task_id: int) -> Task | None:
    """Take a waiting task by one atomic statement; None if it waits no more."""
    taken = Task.objects.filter(pk=task_id, state=Task.State.QUEUED).update(
        state=Task.State.RUNNING,
        worker=_worker(),
        started_at=_now(),
        heartbeat_at=_now(),
        attempts=F("attempts") + 1,
        note="",
    )
    return Task.objects.get(pk=task_id) if taken else None


def _lost() -> list[Task]:
    """Return tasks whose worker is silent, and waiting ones that the engine knows no more."""
    silent = Q(state=Task.State.RUNNING, heartbeat_at__lt=_now() - dt.timedelta(seconds=LEASE_S))
    waiting = Q(state=Task.State.QUEUED, made_at__lt=_now() - dt.timedelta(seconds=LEASE_S))
    ready = {str(pk) for pk in DBTaskResult.objects.ready().values_list("pk", flat=True)}
    later = {
        str(pk)
        for pk in DBTaskResult.objects.filter(
            status=TaskResultStatus.READY, run_after__gt=_now()
        ).values_list("pk", flat=True)
    }
    found = Task.objects.filter(silent | waiting).order_by("pk")
    return [t for t in found if t.state == Task.State.RUNNING or t.engine_id not in ready | later]


@transaction.atomic
def _requeue(found: Task) -> bool:
    same = Task.objects.filter(
        pk=found.pk, state=found.state, attempts=found.attempts, heartbeat_at=found.heartbeat_at
    )
    if found.cancel_requested:
        return bool(same.update(state=Task.State.CANCELLED, finished_at=_now()))
    if found.attempts >= found.max_attempts:
        sentence = f"Its worker was ended {found.attempts} times in the middle of it."
        return bool(same.update(state=Task.State.FAILED, error=sentence, finished_at=_now()))
    if not same.update(state=Task.State.QUEUED, note="Its worker was ended; it starts again."):
        return False
    _hand_to_engine(found)
    return True


def _hand_to_engine(made: Task) -> None:
    """Let the engine wake a worker for a task, in the transaction under way."""
    due = made.run_after
    later = execute.using(run_after=due) if due is not None and due > _now() else execute
    Task.objects.filter(pk=made.pk).update(engine_id=str(later.enqueue(made.pk).id))


class _Heartbeat(threading.Thread):
    """Says every few seconds that the worker is alive, and learns whether the task shall stop."""

    def __init__(self, progress: Progress) -> None:
        super().__init__(daemon=True, name="heartbeat")
        self._progress = progress
        self._ended = threading.Event()

    def run(self) -> None:
        """Beat until the task ends."""
        while not self._ended.wait(HEARTBEAT_S):
            try:
                self._beat()
            except DatabaseError as error:
                _log.warning("The heartbeat could not be written: %s", error)
                close_old_connections()
        connection.close()

    def _beat(self) -> None:
        mine = Task.objects.filter(pk=self._progress.task_id, worker=_worker())
        mine.update(heartbeat_at=_now())
        if mine.filter(cancel_requested=True).exists():
            self._progress.stop()

    def end(self) -> None:
        """Stop beating."""
        self._ended.set()
        self.join(timeout=HEARTBEAT_S)


def _worker() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
