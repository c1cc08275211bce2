"""A task and the queue engine that wakes a worker for it: handed over, claimed, run, given back.

The row of the task is what counts. The engine's row only says "look at task 7"; it may come
twice, late or never, and nothing is done twice or lost: a task is claimed by one statement, and
`requeue_lost` hands over again what nobody works on.
"""

import datetime as dt
import logging
import os
import socket
import threading
import time
from typing import Any
from uuid import UUID

from django.db import DatabaseError, InterfaceError, OperationalError, connection, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django_tasks import TaskResultStatus, task
from django_tasks_db.models import DBTaskResult

from kerma.errors import KermaError
from kerma.store.job import Cancelled, Progress, RunLater, TryAgain, is_ending, jobs
from kerma.store.models import Task

_log = logging.getLogger("kerma.tasks")

HEARTBEAT_S = 3.0
LEASE_S = 30.0
"""A worker silent for this long is taken for dead."""
PATIENCE_S = 15.0
"""A task told to stop that goes on for this long takes its worker process with it."""
_FIRST_DELAY_S = 60.0
_ABANDONED = 70
"""Exit status of a worker that ended itself."""


@task()
def execute(task_id: int) -> None:
    """Run one task; what the queue engine calls in a worker."""
    run(task_id)


def hand_over(made: Task) -> None:
    """Let the engine wake a worker for a task, in the transaction under way."""
    due = made.run_after
    later = execute.using(run_after=due) if due is not None and due > _now() else execute
    made.engine_id = UUID(later.enqueue(made.pk).id)
    Task.objects.filter(pk=made.pk).update(engine_id=made.engine_id)


def take_back(made: Task) -> None:
    """Let the engine forget a task that waits."""
    if made.engine_id is None:
        return
    DBTaskResult.objects.filter(pk=made.engine_id, status=TaskResultStatus.READY).delete()


def run(task_id: int) -> None:
    """Run a task that waits, and keep its outcome; nothing happens if another worker has it."""
    found = _claim(task_id)
    if found is None:
        return
    progress = Progress(task_id, worker(), found.attempts)
    beat = _Heartbeat(found, progress)
    beat.start()
    try:
        outcome = _outcome(found, progress)
    finally:
        beat.end()
    _finish(found, progress.told | outcome)


def requeue_lost() -> int:
    """Give the tasks of dead workers, and those the engine lost, to another; return how many."""
    return sum(_requeue(found) for found in _lost())


def requeue_of(dead: str) -> int:
    """Give the tasks of a worker that is known to be dead to others; return how many."""
    left = Task.objects.filter(state=Task.State.RUNNING, worker=dead)
    return sum(_requeue(found) for found in left)


def worker() -> str:
    """Return the name of this process as a worker."""
    return name_of(os.getpid())


def name_of(pid: int) -> str:
    """Return the name of a process of this host as a worker."""
    return f"{socket.gethostname()}:{pid}"


def _claim(task_id: int) -> Task | None:
    """Take a waiting task by one atomic statement; None if it does not wait, or not until later."""
    now = _now()
    due = Q(run_after=None) | Q(run_after__lte=now)
    taken = Task.objects.filter(due, pk=task_id, state=Task.State.QUEUED).update(
        state=Task.State.RUNNING,
        worker=worker(),
        started_at=now,
        heartbeat_at=now,
        attempts=F("attempts") + 1,
        note="",
        error="",
    )
    return Task.objects.get(pk=task_id) if taken else None


def _outcome(found: Task, progress: Progress) -> dict[str, Any]:
    """Do the work; return the columns that say how it ended."""
    try:
        result = jobs[found.job].run(progress, **found.arguments)
    except Cancelled:
        return {"state": Task.State.CANCELLED}
    except RunLater as later:
        due = _now() + dt.timedelta(seconds=later.seconds)
        return _again(str(later), due if later.seconds else None) | {"attempts": found.attempts - 1}
    except TryAgain as error:
        return _after_a_while(found, str(error))
    except KermaError as error:
        return {"state": Task.State.FAILED, "error": str(error)}
    except (OperationalError, InterfaceError):
        raise  # the database is away: the row stays as it is, until its lease ends
    except Exception:  # noqa: BLE001 - a fault of one job must not end the worker
        _log.exception("Task %s (%s) met a fault of Kerma.", found.pk, found.job)
        return {
            "state": Task.State.FAILED,
            "error": "Kerma has a fault here; the log says where. The task can be run again.",
        }
    return {"state": Task.State.DONE, "result": result or {}}


def _after_a_while(found: Task, sentence: str) -> dict[str, Any]:
    """Return the columns of a failure that may pass: 1, 4, 16 … minutes later it is tried again."""
    if found.attempts >= found.max_attempts:
        return {"state": Task.State.FAILED, "error": sentence}
    seconds = _FIRST_DELAY_S * 4 ** (found.attempts - 1)
    return _again(sentence, _now() + dt.timedelta(seconds=seconds)) | {"error": sentence}


def _again(note: str, due: dt.datetime | None) -> dict[str, Any]:
    return {"state": Task.State.QUEUED, "note": note, "run_after": due, "heartbeat_at": _now()}


@transaction.atomic
def _finish(found: Task, columns: dict[str, Any]) -> None:
    """Keep the outcome, unless the task was taken from this worker.

    One that was told to stop does not wait for another try.
    """
    if columns["state"] != Task.State.QUEUED:
        columns = {"finished_at": _now(), **columns}
    mine = Task.objects.filter(
        pk=found.pk, worker=found.worker, attempts=found.attempts, state=Task.State.RUNNING
    )
    if columns["state"] == Task.State.QUEUED and mine.filter(cancel_requested=True).update(
        **columns | {"state": Task.State.CANCELLED, "run_after": None, "finished_at": _now()}
    ):
        return
    if mine.update(**columns) and columns["state"] == Task.State.QUEUED:
        hand_over(Task.objects.get(pk=found.pk))


def _lost() -> "QuerySet[Task]":
    """Return tasks whose worker is silent, and waiting ones that the engine knows no more.

    A waiting task is given some time: a worker may just be about to claim it.
    """
    before = _now() - dt.timedelta(seconds=LEASE_S)
    silent = Q(state=Task.State.RUNNING, heartbeat_at__lt=before)
    late = Q(made_at__lt=before) & (Q(heartbeat_at=None) | Q(heartbeat_at__lt=before))
    ready = DBTaskResult.objects.filter(pk=OuterRef("engine_id"), status=TaskResultStatus.READY)
    waiting = Q(late, state=Task.State.QUEUED) & ~Exists(ready)
    return Task.objects.filter(silent | waiting).order_by("pk")


@transaction.atomic
def _requeue(found: Task) -> bool:
    """Hand a task over again; one that took its worker with it too often has failed."""
    same = Task.objects.filter(
        pk=found.pk, state=found.state, attempts=found.attempts, heartbeat_at=found.heartbeat_at
    )
    if found.cancel_requested:
        return bool(same.update(state=Task.State.CANCELLED, finished_at=_now()))
    if found.state == Task.State.RUNNING and found.attempts >= found.max_attempts:
        sentence = f"Its worker was ended {found.attempts} times in the middle of it."
        return bool(same.update(state=Task.State.FAILED, error=sentence, finished_at=_now()))
    columns: dict[str, Any] = {"state": Task.State.QUEUED, "heartbeat_at": _now()}
    if found.state == Task.State.RUNNING:
        columns |= {"note": "Its worker was ended; it starts again.", "run_after": None}
    if not same.update(**columns):
        return False
    hand_over(Task.objects.get(pk=found.pk))
    return True


class _Heartbeat(threading.Thread):
    """Says every few seconds that the worker is alive, and learns whether the task shall stop.

    A task that does not stop when told to ends with the process: its transaction is undone by
    the database, and what it had committed before is whole. So does one whose heartbeat could
    not be written for so long that another worker may have it.
    """

    def __init__(self, found: Task, progress: Progress) -> None:
        super().__init__(daemon=True, name="heartbeat")
        self._found = found
        self._progress = progress
        self._ended = threading.Event()
        self._beaten_at = 0.0

    def run(self) -> None:
        """Beat until the task ends."""
        tried = told = self._beaten_at = time.monotonic()
        while not self._ended.wait(0.5):
            now = time.monotonic()
            told = told if self._progress.is_to_stop else now
            if now - told > PATIENCE_S or now - self._beaten_at > LEASE_S:
                self._abandon()
            if now - tried >= HEARTBEAT_S:
                tried = now
                self._beat()
        connection.close()

    def _beat(self) -> None:
        try:
            self._progress.write()
        except DatabaseError as error:
            _log.warning("The heartbeat could not be written: %s", error)
            connection.close()
        else:
            self._beaten_at = time.monotonic()

    def _abandon(self) -> None:
        """End this process, and say of the task what became of it."""
        _log.warning("Task %s does not stop; its worker process ends itself.", self._found.pk)
        try:
            requeue_of(self._found.worker)
        except DatabaseError as error:
            _log.warning("What became of task %s is found out later: %s", self._found.pk, error)
        os._exit(0 if is_ending() else _ABANDONED)

    def end(self) -> None:
        """Stop beating."""
        self._ended.set()
        self.join(timeout=HEARTBEAT_S)


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
